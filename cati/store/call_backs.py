"""The cases of one telephone number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from cati.domain.queue import CaseState
from cati.store import queue_postgres
from cati.store.engine import Connection
from cati.store.persons import persons_of_number
from cati.store.tables import cases, cells, persons


@dataclass(frozen=True, slots=True)
class NumberCase:
    """A case of one telephone number.

    Attributes:
        attempts: diallings so far.
        barred: this operator must not get it.
        taken: the person belongs to another case.
        busy: somebody else holds it.
        paused: nobody is called in its cell for now.
    """

    case_id: int
    state: CaseState
    disposition: str | None
    attempts: int
    barred: bool
    taken: bool
    busy: bool
    paused: bool


def cases_of_number(
    connection: Connection, programme_id: int, number: bytes, user_id: int, now: datetime
) -> tuple[NumberCase, ...]:
    """The cases of a number (by the programme's hash), in the order of their tickets."""
    if connection.dialect.name == "postgresql":
        known = queue_postgres.cases_of_number(connection, programme_id, number, user_id, now)
        return tuple(NumberCase(**{**row._mapping, "state": CaseState(row.state)}) for row in known)
    rows = connection.execute(
        select(cases, persons.c.case_id.label("taken_by"), cells.c.paused)
        .join(persons, persons.c.id == cases.c.person_id)
        .join(cells, cells.c.id == cases.c.cell_id)
        .where(cases.c.person_id.in_(persons_of_number(programme_id, number)))
        .order_by(cases.c.ticket)
    )
    return tuple(
        NumberCase(
            case_id=row.id,
            state=CaseState(row.state),
            disposition=row.disposition,
            attempts=row.attempts,
            barred=row.barred_id == user_id,
            taken=row.taken_by not in (None, row.id),
            busy=row.state == CaseState.HELD and row.held_by != user_id and row.lease_until > now,
            paused=row.paused,
        )
        for row in rows
    )
