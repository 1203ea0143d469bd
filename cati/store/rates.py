"""What became of the cases: every attempt of a programme with its unit, group, operator and moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from cati.domain.queue import CaseState
from cati.store.engine import Connection
from cati.store.tables import attempts, cases, cells, groups, units, users

AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class TriedCase:
    """One attempt of a case, or a case without any.

    Attributes:
        case_id: of the case; rows of one case follow each other, in the order of its attempts.
        unit, group: names that people read.
        closed_as: outcome of a case that was closed undialled, None else.
        at: when it was dialled; None for a case never dialled.
        disposition: of the attempt; None while its outcome is open.
        operator: name of who dialled.
    """

    case_id: int
    unit: str
    group: str
    closed_as: str | None
    at: datetime | None
    disposition: str | None
    operator: str | None


_TRIED = (
    select(
        cases.c.id.label("case_id"),
        units.c.name.label("unit"),
        groups.c.label.label("group"),
        cases.c.disposition.label("closed_as"),
        attempts.c.dialled_at.label("at"),
        attempts.c.disposition,
        users.c.name.label("operator"),
    )
    .join(cells, cells.c.id == cases.c.cell_id)
    .join(units, units.c.id == cells.c.unit_id)
    .join(groups, groups.c.id == cells.c.group_id)
    .outerjoin(attempts, attempts.c.case_id == cases.c.id)
    .outerjoin(users, users.c.id == attempts.c.user_id)
    .order_by(units.c.position, groups.c.position, cases.c.id, attempts.c.number)
)


def tried(
    connection: Connection, programme_id: int, between: tuple[datetime, datetime] | None = None
) -> Iterator[TriedCase]:
    """Every released case of a programme with its attempts, read as they are asked for.

    Cases still in reserve were not released, and are not part of the fieldwork.

    Args:
        between: only attempts from one moment on and before the other, and the cases they are of.
    """
    query = _TRIED.where(cases.c.programme_id == programme_id, cases.c.state != int(CaseState.RESERVE))
    if between is not None:
        query = query.where(attempts.c.dialled_at >= between[0], attempts.c.dialled_at < between[1])
    for row in connection.execution_options(yield_per=AT_ONCE).execute(query):
        yield TriedCase(**row._mapping)


def first_and_last(connection: Connection, programme_id: int) -> tuple[datetime, datetime] | None:
    """When somebody was dialled first and last in a programme (aware UTC); None where nobody was."""
    first, last = connection.execute(
        select(func.min(attempts.c.dialled_at), func.max(attempts.c.dialled_at))
        .join(cases, cases.c.id == attempts.c.case_id)
        .where(cases.c.programme_id == programme_id)
    ).one()
    return None if first is None else (first, last)
