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


def hours(time: timedelta) -> str:
    """A stretch of time as hours and minutes, such as 7:45."""
    minutes = round(time.total_seconds() / 60)
    return f"{minutes // 60}:{minutes % 60:02}"


@dataclass(frozen=True, slots=True)
class Clocked:
    """A step as it was clocked, with the number of its row."""

    id: int
    event: Event


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a correction; lines of one moment are one correction of the whole day.

    Attributes:
        clocked_id: the clocked step that does not hold, None for a step that was forgotten.
        event: the forgotten step; None with no `clocked_id` says that everything holds as it was clocked.
        at: a moment of the day it belongs to (aware).
        made_at: when the correction was made (aware).
        made_by: name of who made it.
        reason: in words.
    """

    clocked_id: int | None
    event: Event | None
    at: datetime
    made_at: datetime
    made_by: str
    reason: str


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


def effective(clocked: Sequence[Clocked], changes: Sequence[Change]) -> tuple[Event, ...]:
    """What holds of a day, in order of time: the last correction of it, else what was clocked.

    The original is never lost: corrections lie beside it, and a later one speaks for the whole day.
    """
    if not changes:
        return tuple(one.event for one in clocked)
    newest = max(change.made_at for change in changes)
    last = [change for change in changes if change.made_at == newest]
    struck = {change.clocked_id for change in last if change.clocked_id is not None}
    kept = [one.event for one in clocked if one.id not in struck]
    added = [change.event for change in last if change.event is not None]
    return tuple(sorted((*kept, *added), key=lambda event: event.at))


def changes_to(
    day: date,
    clocked: Sequence[Clocked],
    wanted: Sequence[Event],
    made_at: datetime,
    made_by: str,
    reason: str,
) -> tuple[Change, ...]:
    """The lines by which a day becomes what it was in truth.

    Args:
        day: which one.
        clocked: what was clocked on that day.
        wanted: the steps as they were, in order of time.
        made_at: now (aware).
        made_by: name of who corrects.
        reason: in words.

    Raises:
        CatiError: as `after`, if the wanted steps do not follow each other.
    """
    presence = Presence.OUT
    for event in wanted:
        presence = after(presence, event.step)
    left = list(wanted)
    struck = []
    for one in clocked:
        if one.event in left:
            left.remove(one.event)
        else:
            struck.append(Change(one.id, None, one.event.at, made_at, made_by, reason))
    added = [Change(None, event, event.at, made_at, made_by, reason) for event in left]
    return (*struck, *added) or (Change(None, None, bounds(day)[0], made_at, made_by, reason),)
