"""Steps of working days as clocked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, insert, select

from cati.domain.attendance import Event, Step
from cati.store.engine import Connection
from cati.store.tables import attendance


def events(connection: Connection, user_id: int, start: datetime, end: datetime) -> tuple[Event, ...]:
    """A user's events in [start, end), in the order they were clocked."""
    rows = connection.execute(
        select(attendance.c.event, attendance.c.at)
        .where(attendance.c.user_id == user_id, attendance.c.at >= start, attendance.c.at < end)
        .order_by(attendance.c.id)
    )
    return tuple(Event(Step(row.event), row.at) for row in rows)


def last_of_everybody(connection: Connection, start: datetime, end: datetime) -> dict[int, Event]:
    """The last event of every user in [start, end)."""
    newest = (
        select(func.max(attendance.c.id))
        .where(attendance.c.at >= start, attendance.c.at < end)
        .group_by(attendance.c.user_id)
    )
    rows = connection.execute(
        select(attendance.c.user_id, attendance.c.event, attendance.c.at).where(attendance.c.id.in_(newest))
    )
    return {row.user_id: Event(Step(row.event), row.at) for row in rows}


def add(connection: Connection, user_id: int, event: Event, station: str) -> None:
    """Add an event."""
    connection.execute(
        insert(attendance).values(user_id=user_id, event=str(event.step), at=event.at, station=station)
    )
