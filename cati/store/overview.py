"""Figures of a whole programme: calling by day, verdicts, what is held now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import String, func, select, text

from cati.store.engine import Connection
from cati.store.reviews import last_verdicts
from cati.store.tables import cases, cells, interviews, programmes


class ByVerdict(NamedTuple):
    """Complete interviews with one verdict (None: without any), and when the oldest of them ended."""

    verdict: str | None
    number: int
    oldest: datetime | None


def completed_by_hour(connection: Connection, programme_id: int) -> dict[datetime, int]:
    """Complete interviews that no review excluded, by the hour (aware UTC) in which they ended."""
    if connection.dialect.name == "sqlite":
        hour = func.strftime("%Y-%m-%d %H", interviews.c.ended_at, type_=String())
    else:
        hour = func.to_char(func.timezone("UTC", interviews.c.ended_at), "YYYY-MM-DD HH24", type_=String())
    rows = connection.execute(
        select(hour, func.count())
        .select_from(interviews)
        .join(cells, cells.c.id == interviews.c.cell_id)
        .where(
            cells.c.programme_id == programme_id,
            interviews.c.state == "complete",
            ~interviews.c.excluded,
            interviews.c.ended_at.is_not(None),
        )
        .group_by(hour)
    )
    return {datetime.strptime(at, "%Y-%m-%d %H").replace(tzinfo=UTC): count for at, count in rows}


def by_verdict(connection: Connection, programme_id: int) -> tuple[ByVerdict, ...]:
    """Complete interviews by the verdict that holds."""
    holds = last_verdicts()
    rows = connection.execute(
        select(holds.c.verdict, func.count(), func.min(interviews.c.ended_at))
        .select_from(interviews)
        .join(cells, cells.c.id == interviews.c.cell_id)
        .outerjoin(holds, holds.c.interview_id == interviews.c.id)
        .where(cells.c.programme_id == programme_id, interviews.c.state == "complete")
        .group_by(holds.c.verdict)
    )
    return tuple(ByVerdict(*tuple(row)) for row in rows)


def under_way(connection: Connection, programme_id: int) -> int:
    """Cases that somebody works on now."""
    found = connection.scalar(
        select(func.count())
        .select_from(cases)
        .where(cases.c.programme_id == programme_id, text("cases.state = 1"))
    )
    return int(found or 0)


def tickets(connection: Connection, programme_id: int) -> int:
    """Cases that the draw made."""
    found = connection.scalar(
        select(func.count())
        .select_from(cases)
        .where(cases.c.programme_id == programme_id, cases.c.source == "list")
    )
    return int(found or 0)


def closed_at(connection: Connection, programme_id: int) -> datetime | None:
    """When fieldwork was closed, None while it is not."""
    return connection.scalar(select(programmes.c.closed_at).where(programmes.c.id == programme_id))
