"""Steps of working days as clocked, and what was put right about them afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, insert, select

from cati.domain.attendance import Change, Clocked, Event, Step, bounds, effective, local_day
from cati.store import queue_postgres
from cati.store.engine import Connection
from cati.store.statements import any_row
from cati.store.tables import attempts, attendance, attendance_corrections, users


@dataclass(frozen=True, slots=True)
class UserSteps:
    """What one user clocked in a stretch of time, and its corrections; oldest first."""

    user_id: int
    login: str
    name: str
    clocked: tuple[Clocked, ...]
    changes: tuple[Change, ...]


def events(connection: Connection, user_id: int, start: datetime, end: datetime) -> tuple[Event, ...]:
    """A user's steps in [start, end) that hold, in order of time; the stretch is one working day."""
    return effective(clocked(connection, user_id, start, end), corrections(connection, user_id, start, end))


def clocked(connection: Connection, user_id: int, start: datetime, end: datetime) -> tuple[Clocked, ...]:
    """A user's steps in [start, end) as they were clocked."""
    rows = connection.execute(
        select(attendance.c.id, attendance.c.event, attendance.c.at)
        .where(attendance.c.user_id == user_id, attendance.c.at >= start, attendance.c.at < end)
        .order_by(attendance.c.id)
    )
    return tuple(Clocked(row.id, Event(Step(row.event), row.at)) for row in rows)


_maker = users.alias("maker")
_CHANGES = (
    select(
        attendance_corrections.c.user_id,
        attendance_corrections.c.attendance_id,
        attendance_corrections.c.event,
        attendance_corrections.c.at,
        attendance_corrections.c.corrected_at,
        attendance_corrections.c.reason,
        _maker.c.name,
    )
    .join(_maker, _maker.c.id == attendance_corrections.c.corrected_by)
    .order_by(attendance_corrections.c.id)
)


def corrections(connection: Connection, user_id: int, start: datetime, end: datetime) -> tuple[Change, ...]:
    """The corrections of a user's steps in [start, end)."""
    found = connection.execute(
        _CHANGES.where(
            attendance_corrections.c.user_id == user_id,
            attendance_corrections.c.at >= start,
            attendance_corrections.c.at < end,
        )
    )
    return tuple(_change(row) for row in found)


def _change(row: Any) -> Change:
    event = Event(Step(row.event), row.at) if row.event is not None else None
    return Change(
        row.attendance_id,
        event,
        row.at,
        row.corrected_at,
        row.name,
        row.reason,
    )


def of_everybody(connection: Connection, start: datetime, end: datetime) -> tuple[UserSteps, ...]:
    """The steps of everybody who clocked any, or had any put right, in [start, end); by name."""
    steps: dict[int, list[Clocked]] = defaultdict(list)
    changes: dict[int, list[Change]] = defaultdict(list)
    for row in connection.execute(
        select(attendance)
        .where(attendance.c.at >= start, attendance.c.at < end)
        .order_by(attendance.c.user_id, attendance.c.id)
    ):
        steps[row.user_id].append(Clocked(row.id, Event(Step(row.event), row.at)))
    for row in connection.execute(
        _CHANGES.where(attendance_corrections.c.at >= start, attendance_corrections.c.at < end)
    ):
        changes[row.user_id].append(_change(row))
    people = connection.execute(
        select(users.c.id, users.c.login, users.c.name)
        .where(users.c.id.in_([*steps, *changes]))
        .order_by(users.c.name, users.c.id)
    )
    return tuple(
        UserSteps(row.id, row.login, row.name, tuple(steps[row.id]), tuple(changes[row.id])) for row in people
    )


_START: BindParameter[datetime] = bindparam("start")
_END: BindParameter[datetime] = bindparam("end")
# Asked at every claim, so put together once.
_LAST = select(attendance.c.user_id, attendance.c.event, attendance.c.at).where(
    attendance.c.id.in_(
        select(func.max(attendance.c.id))
        .where(attendance.c.at >= _START, attendance.c.at < _END)
        .group_by(attendance.c.user_id)
    )
)
_CORRECTED = (
    select(attendance_corrections.c.user_id)
    .where(attendance_corrections.c.at >= _START, attendance_corrections.c.at < _END)
    .distinct()
)


def last_of_everybody(connection: Connection, start: datetime, end: datetime) -> dict[int, Event]:
    """The last event that holds of every user in [start, end); the stretch is one working day."""
    day = {"start": start, "end": end}
    last = {row.user_id: Event(Step(row.event), row.at) for row in connection.execute(_LAST, day)}
    for user_id in connection.scalars(_CORRECTED, day).all():
        last.pop(user_id, None)
        for event in events(connection, user_id, start, end)[-1:]:
            last[user_id] = event
    return last


def at_work(connection: Connection, now: datetime) -> dict[int, Step]:
    """Who has come to work today and not gone home, and what they did last; `now` is aware.

    On a server nobody counts whose station has fallen silent.
    """
    if connection.dialect.name == "postgresql":
        return {row.user_id: Step(row.event) for row in queue_postgres.at_work(connection, now)}
    last = last_of_everybody(connection, *bounds(local_day(now)))
    return {user_id: event.step for user_id, event in last.items() if event.step is not Step.OUT}


def add(
    connection: Connection, user_id: int, event: Event, station: str, write_id: str | None = None
) -> None:
    """Add an event; `write_id` names the write of a station it came by, if it came by one."""
    connection.execute(
        insert(attendance).values(
            user_id=user_id, event=str(event.step), at=event.at, station=station, write_id=write_id
        )
    )


def is_taken(connection: Connection, write_id: str) -> bool:
    """Whether a write of a station was taken in."""
    found = any_row().where(attendance.c.write_id == write_id)
    return bool(connection.scalar(select(found)))


def dialled_since(connection: Connection, user_id: int, moment: datetime) -> bool:
    """Whether a user has dialled anybody after a moment."""
    found = any_row().where(attempts.c.user_id == user_id, attempts.c.dialled_at > moment)
    return bool(connection.scalar(select(found)))


def add_correction(connection: Connection, user_id: int, changes: Sequence[Change], made_by: int) -> None:
    """Add the lines of one correction of a user's day; `made_by` is the row number of who corrects."""
    connection.execute(
        insert(attendance_corrections),
        [
            {
                "user_id": user_id,
                "attendance_id": change.clocked_id,
                "event": str(change.event.step) if change.event else None,
                "at": change.at,
                "reason": change.reason,
                "corrected_at": change.made_at,
                "corrected_by": made_by,
            }
            for change in changes
        ],
    )
