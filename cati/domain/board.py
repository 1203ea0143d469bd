"""The floor of today: what every operator does at this moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cati.domain.attendance import Event, Step
from cati.domain.dispositions import DISPOSITIONS
from cati.domain.sound import Tested
from cati.domain.stations import Seen


class Activity(StrEnum):
    """What an operator does, the busiest first."""

    INTERVIEW = "interview"
    UNKNOWN = "unknown"
    """In a call that a server lacks which was restored meanwhile."""
    DIALLING = "dialling"
    READY = "ready"
    UNSEEN = "unseen"
    BREAK = "break"
    OUT = "out"


AT_WORK = frozenset({Activity.INTERVIEW, Activity.UNKNOWN, Activity.DIALLING, Activity.READY})
"""What is counted as working; who is not seen may have gone home, or lost the line."""


class Sound(StrEnum):
    """What is known of an operator's sound of today."""

    TESTED = "tested"
    UNTESTED = "untested"
    NOT_IN = "not_in"


REFUSALS = frozenset({"refusal", "refusal_final", "recording_refused"})
"""Outcomes that are counted as refusals of today."""
assert DISPOSITIONS.keys() >= REFUSALS


@dataclass(frozen=True, slots=True)
class Held:
    """A case on an operator's station.

    Attributes:
        dialled_at: begin of the attempt under this lease; None when it was not dialled yet.
        ended: that attempt has ended.
        asked_at: begin of its open interview; None when there is none.
    """

    case_id: int
    unit: str
    group: str
    station: str
    dialled_at: datetime | None
    ended: bool
    asked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Unknown:
    """A call that goes on and that the server knows only from what was set aside of it.

    Attributes:
        since: when the first of that was written, `until` the last (aware).
    """

    case_id: int
    unit: str
    group: str
    station: str
    since: datetime
    until: datetime


_ACTIVITY = {
    Step.IN: Activity.READY,
    Step.BACK: Activity.READY,
    Step.BREAK: Activity.BREAK,
    Step.OUT: Activity.OUT,
}


def activity(
    last: Event | None, held: Held | None, last_call_end: datetime | None, unknown: Unknown | None = None
) -> tuple[Activity, datetime | None]:
    """What an operator does, and since when.

    Args:
        last: the last step of today's attendance.
        held: the case on the station, under a lease that has not lapsed.
        last_call_end: when the operator's last attempt of today ended.
        unknown: what is set aside of a call that has no end.
    """
    if held is not None and held.dialled_at is not None and not held.ended:
        if held.asked_at is None:
            return Activity.DIALLING, held.dialled_at
        return Activity.INTERVIEW, max(held.asked_at, held.dialled_at)
    if unknown is not None:
        return Activity.UNKNOWN, unknown.since
    found = _ACTIVITY[last.step] if last is not None else Activity.OUT
    if held is not None and last is None:
        # Whoever forgot to clock in. Who went on a break or home has a case until its lease lapses.
        found = Activity.READY
    since = last.at if last is not None else None
    if found is Activity.READY and last_call_end is not None:
        since = last_call_end if since is None else max(since, last_call_end)
    return found, since


def in_sight(
    found: tuple[Activity, datetime | None], seen: Seen | None, done: Iterable[datetime | None], now: datetime
) -> tuple[Activity, datetime | None]:
    """What `activity` found, unless nothing is seen of the operator any more.

    Args:
        found: activity, and since when.
        seen: by way of a station; None where stations do not tell of themselves.
        done: when the operator did things that reached the server.
        now: aware.
    """
    if seen is None or found[0] is Activity.OUT:
        return found
    gone = seen.gone_since(max((at for at in done if at is not None), default=None), now)
    return found if gone is None else (Activity.UNSEEN, gone)


def sound(result: Tested | None, doing: Activity) -> Sound:
    """What is known of an operator's sound.

    Args:
        result: of today's last sound test, None without one.
        doing: who is not at work needs none.
    """
    if result is Tested.PASSED:
        return Sound.TESTED
    return Sound.NOT_IN if result is None and doing is Activity.OUT else Sound.UNTESTED
