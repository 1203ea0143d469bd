"""An operator's working day: in, break, back, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_

LOCAL = ZoneInfo("Asia/Shanghai")
"""The time by which working days are counted; a day's work ends at its midnight at the latest."""


class Step(StrEnum):
    """What an operator does to the attendance clock."""

    IN = "in"
    BREAK = "break"
    BACK = "back"
    OUT = "out"


class Presence(StrEnum):
    """Where an operator is."""

    OUT = "out"
    IN = "in"
    BREAK = "break"


@dataclass(frozen=True, slots=True)
class Event:
    """A step and its time (aware)."""

    step: Step
    at: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """A working day as it stands.

    Attributes:
        presence: where the operator is at the moment asked about.
        since: when that began; None before the day's first event.
        first_in: when the day began, None if it has not.
        worked: time in, breaks left out.
        on_break: time of all breaks.
    """

    presence: Presence
    since: datetime | None
    first_in: datetime | None
    worked: timedelta
    on_break: timedelta


_LEADS_TO = {
    (Presence.OUT, Step.IN): Presence.IN,
    (Presence.IN, Step.BREAK): Presence.BREAK,
    (Presence.BREAK, Step.BACK): Presence.IN,
    (Presence.IN, Step.OUT): Presence.OUT,
    (Presence.BREAK, Step.OUT): Presence.OUT,
}

_REFUSALS = {
    Presence.OUT: N_("You are not clocked in. Nothing was changed. Clock in first."),
    Presence.IN: N_("You are clocked in and not on a break. Nothing was changed."),
    Presence.BREAK: N_("You are on a break. Nothing was changed. End the break first."),
}


def after(presence: Presence, step: Step) -> Presence:
    """Where a step leads.

    Raises:
        CatiError: ``attendance_out``, ``attendance_in`` or ``attendance_break``, by where the operator is,
            when the step is not possible there.
    """
    if (presence, step) not in _LEADS_TO:
        raise CatiError(f"attendance_{presence}", _REFUSALS[presence])
    return _LEADS_TO[presence, step]


def local_day(moment: datetime) -> date:
    """The working day a moment belongs to."""
    return moment.astimezone(LOCAL).date()


def bounds(day: date) -> tuple[datetime, datetime]:
    """First moment of a working day and of the next."""
    start = datetime(day.year, day.month, day.day, tzinfo=LOCAL)
    return start, start + timedelta(days=1)


def summarise(events: Sequence[Event], now: datetime) -> Day:
    """A day by its events.

    Args:
        events: of one working day, in order of time.
        now: the moment asked about; time that still runs is counted up to it, but never past midnight.

    Raises:
        CatiError: as `after`, if the events do not follow each other.
    """
    presence, since = Presence.OUT, None
    spent = {Presence.OUT: timedelta(), Presence.IN: timedelta(), Presence.BREAK: timedelta()}
    for event in events:
        if since is not None:
            spent[presence] += event.at - since
        presence, since = after(presence, event.step), event.at
    if since is not None:
        end = min(now, bounds(local_day(since))[1])
        spent[presence] += max(end - since, timedelta())
    first_in = events[0].at if events else None
    return Day(presence, since, first_in, spent[Presence.IN], spent[Presence.BREAK])
