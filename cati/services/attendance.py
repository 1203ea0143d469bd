"""Working days: clocking, which everybody does for themselves, and the tables and corrections of all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.attendance import (
    Change,
    Clocked,
    Day,
    Event,
    Presence,
    Step,
    after,
    bounds,
    changes_to,
    effective,
    local_day,
    summarise,
)
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Right, Role
from cati.files.attendance import DayRow, write_attendance
from cati.services import audit, clearances
from cati.services.context import Context
from cati.services.keys import unknown_user
from cati.services.reasons import given_reason
from cati.store import attendance as store
from cati.store import users as user_store
from cati.store.attendance import UserSteps

INEXACT = timedelta(minutes=1)
"""How far a station's idea of the server's time is never off."""
LONGEST = timedelta(days=366)
"""The longest stretch a table covers."""


class Colleague(NamedTuple):
    """An operator at work."""

    user_id: int
    name: str
    login: str


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """One user's working day as it holds, with its corrections.

    Attributes:
        steps: what holds, in order of time.
        clocked: what was clocked; the original of what was put right.
        changes: all corrections of the day, oldest first.
        summary: times worked and on breaks.
        last_out: when the work ended, None while it goes on.
        open: nobody clocked out and the day is over: it was counted up to midnight.
    """

    day: date
    login: str
    name: str
    steps: tuple[Event, ...]
    clocked: tuple[Clocked, ...]
    changes: tuple[Change, ...]
    summary: Day
    last_out: datetime | None
    open: bool


def colleagues(ctx: Context, programme: LoadedProgramme) -> tuple[Colleague, ...]:
    """Other operators who may call live, are clocked in, not on a break and still there, by name."""
    ctx.actor.require(Right.INTERVIEW)
    with ctx.database.read() as connection:
        steps = store.at_work(connection, ctx.now(connection))
        people = user_store.everybody(connection)
        cleared = clearances.who_may_call(connection, programme)
    here = {user_id for user_id, step in steps.items() if step is not Step.BREAK}
    others = here & cleared - {ctx.actor.user_id}
    found = (
        Colleague(user.id, user.name, user.login)
        for user in people
        if user.active and Role.OPERATOR in user.roles and user.id in others
    )
    return tuple(sorted(found, key=lambda one: (one.name, one.user_id)))


def is_at_work(ctx: Context, user_id: int) -> bool:
    """Whether somebody has clocked in today and not gone home.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.STEER)
    with ctx.database.read() as connection:
        start, end = bounds(local_day(ctx.now(connection)))
        last = store.last_of_everybody(connection, start, end).get(user_id)
    return last is not None and last.step is not Step.OUT


def clock_in(ctx: Context) -> Day:
    """Begin working.

    Raises:
        CatiError: ``attendance_in`` or ``attendance_break`` when the day is on already.
    """
    return _step(ctx, Step.IN)


def start_break(ctx: Context) -> Day:
    """Begin a break.

    Raises:
        CatiError: ``attendance_out`` or ``attendance_break``.
    """
    return _step(ctx, Step.BREAK)


def end_break(ctx: Context) -> Day:
    """Come back from a break.

    Raises:
        CatiError: ``attendance_out`` or ``attendance_in``.
    """
    return _step(ctx, Step.BACK)


def clock_out(ctx: Context) -> Day:
    """Stop working, from a break too.

    Raises:
        CatiError: ``attendance_out``.
    """
    return _step(ctx, Step.OUT)


def went_home(ctx: Context, write_id: str, at: datetime) -> bool:
    """Take in the end of a working day that a station has kept; doing so again changes nothing.

    Args:
        ctx: of whoever went home.
        write_id: uuid of the station's write.
        at: when that was (aware).

    Returns:
        False where the day had not begun, or somebody was at work again since: then nothing is changed.
    """
    user_id = ctx.actor.user_id
    with ctx.database.write() as connection:
        user_store.hold(connection, user_id)
        if store.is_taken(connection, write_id):
            return True
        now = ctx.now(connection)
        events = store.events(connection, user_id, *bounds(local_day(at)))
        if not events or events[-1].at > at + INEXACT or store.dialled_since(connection, user_id, at):
            return False
        if summarise(events, now).presence is not Presence.OUT:
            event = Event(Step.OUT, max(min(at, now), events[-1].at))
            store.add(connection, user_id, event, ctx.actor.station, write_id)
            audit.record(ctx, connection, "attendance_out", f"user {user_id}")
    return True


def today(ctx: Context) -> Day:
    """The actor's working day so far; a day nobody clocked out of ended at midnight."""
    with ctx.database.read() as connection:
        now = ctx.now(connection)
        return summarise(store.events(connection, ctx.actor.user_id, *bounds(local_day(now))), now)


def _step(ctx: Context, step: Step) -> Day:
    with ctx.database.write() as connection:
        user_store.hold(connection, ctx.actor.user_id)
        now = ctx.now(connection)
        events = store.events(connection, ctx.actor.user_id, *bounds(local_day(now)))
        after(summarise(events, now).presence, step)
        # A clock that was set back does not put a step before the one that led to it.
        event = Event(step, max(now, *(one.at for one in events)) if events else now)
        store.add(connection, ctx.actor.user_id, event, ctx.actor.station)
        audit.record(ctx, connection, f"attendance_{step}", f"user {ctx.actor.user_id}")
        return summarise((*events, event), event.at)


def days(ctx: Context, first: date, last: date) -> tuple[WorkingDay, ...]:
    """The working days of everybody from one day to another, by day and name.

    Raises:
        CatiError: ``not_allowed``; ``stretch_too_long`` for more than a year or an end before its beginning.
    """
    ctx.actor.require(Right.KEEP_ATTENDANCE)
    if not timedelta(0) <= last - first < LONGEST:
        raise CatiError(
            "stretch_too_long",
            N_(
                "From {first} to {last} is more than a year, or ends before it begins. Nothing "
                "was made. Choose other days."
            ),
            first=first.isoformat(),
            last=last.isoformat(),
        )
    with ctx.database.read() as connection:
        now = ctx.now(connection)
        everybody = store.of_everybody(connection, bounds(first)[0], bounds(last)[1])
    found = [day for user in everybody for day in _days_of(user, now)]
    return tuple(sorted(found, key=lambda day: (day.day, day.name, day.login)))


def correct(ctx: Context, login: str, day: date, steps: Sequence[Event], reason: str) -> WorkingDay:
    """Put a user's working day right; what was clocked is kept beside it.

    Args:
        ctx: who corrects.
        login: whose day.
        day: which day; not a coming one.
        steps: the day as it was in truth, in order of time; none strikes the whole day out.
        reason: in words.

    Raises:
        CatiError: ``not_allowed``; ``unknown_user``; ``reason_missing``; ``steps_misplaced`` when a step does
            not lie on that day or lies in the future; as `domain.attendance.after` when they do not follow
            each other; ``own_attendance`` for one's own day.
    """
    ctx.actor.require(Right.KEEP_ATTENDANCE)
    reason = given_reason(reason)
    start, end = bounds(day)
    with ctx.database.write() as connection:
        user = user_store.by_login(connection, login)
        if user is None:
            raise unknown_user(login)
        if user.id == ctx.actor.user_id:
            raise CatiError(
                "own_attendance",
                N_("Nobody corrects their own working day. Nothing was changed. Ask a colleague."),
            )
        user_store.hold(connection, user.id)
        now = ctx.now(connection)
        ordered = sorted(steps, key=lambda step: step.at)
        if any(not start <= step.at < end or step.at > now for step in ordered) or start > now:
            raise CatiError(
                "steps_misplaced",
                N_("Every time has to lie on {day} and in the past. Nothing was changed. Check the times."),
                day=day.isoformat(),
            )
        clocked = store.clocked(connection, user.id, start, end)
        changes = changes_to(day, clocked, ordered, now, ctx.actor.name, reason)
        store.add_correction(connection, user.id, changes, ctx.actor.user_id)
        audit.record(
            ctx, connection, "attendance_corrected", f"user {user.id}", day=day.isoformat(), reason=reason
        )
        found = UserSteps(
            user.id, user.login, user.name, clocked, store.corrections(connection, user.id, start, end)
        )
    (corrected,) = _days_of(found, now)
    return corrected


def _days_of(user: UserSteps, now: datetime) -> list[WorkingDay]:
    clocked: dict[date, list[Clocked]] = defaultdict(list)
    changes: dict[date, list[Change]] = defaultdict(list)
    for one in user.clocked:
        clocked[local_day(one.event.at)].append(one)
    for change in user.changes:
        changes[local_day(change.at)].append(change)
    return [_working_day(user, day, clocked[day], changes[day], now) for day in sorted({*clocked, *changes})]


def _working_day(
    user: UserSteps, day: date, clocked: Sequence[Clocked], changes: Sequence[Change], now: datetime
) -> WorkingDay:
    steps = effective(clocked, changes)
    summary = summarise(steps, now)
    ended = steps[-1].at if steps and summary.presence is Presence.OUT else None
    still = summary.presence is not Presence.OUT and bounds(day)[1] <= now
    return WorkingDay(
        day, user.login, user.name, steps, tuple(clocked), tuple(changes), summary, ended, still
    )


def write_workbook(ctx: Context, first: date, last: date, path: Path) -> int:
    """Write the days, months and corrections of everybody into a workbook; gives the number of days.

    Raises:
        CatiError: as `days`; ``export_failed`` when the file cannot be written.
    """
    found = days(ctx, first, last)
    rows = [
        DayRow(
            day=one.day,
            login=one.login,
            name=one.name,
            first_in=one.summary.first_in,
            last_out=one.last_out,
            worked=one.summary.worked,
            on_break=one.summary.on_break,
            open=one.open,
            corrections=tuple(
                dict.fromkeys((change.made_at, change.made_by, change.reason) for change in one.changes)
            ),
        )
        for one in found
    ]
    write_attendance(path, rows)
    with ctx.database.write() as connection:
        audit.record(
            ctx,
            connection,
            "export",
            "attendance",
            first=first.isoformat(),
            last=last.isoformat(),
            rows=len(rows),
        )
    return len(rows)
