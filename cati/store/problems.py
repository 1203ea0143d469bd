"""Problems found about units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import delete, insert, select

from cati.domain.deductions import Circumstance, Problem, Relief
from cati.store.engine import Connection
from cati.store.tables import problems, units

_p = problems.c


@dataclass(frozen=True, slots=True)
class StoredProblem:
    """A problem of a unit (by code).

    Attributes:
        number: by which it is known; what is found again is the same problem.
        persons: who were held accountable, where that brings points.
        relief_reason: why it costs less, or empty.
    """

    unit: str
    number: str
    said: str
    found_on: date
    problem: Problem
    persons: int = 0
    relief_reason: str = ""


def listing(connection: Connection, programme_id: int) -> tuple[StoredProblem, ...]:
    """All problems, by unit, day and number."""
    rows = connection.execute(
        select(units.c.code, problems)
        .join(units, units.c.id == _p.unit_id)
        .where(_p.programme_id == programme_id)
        .order_by(units.c.position, _p.found_on, _p.number)
    )
    return tuple(
        StoredProblem(
            row.code,
            row.number,
            row.said,
            row.found_on,
            Problem(
                tuple(row.grounds.split(";")),
                frozenset(Circumstance(one) for one in row.circumstances.split(";") if one),
                Relief(row.relief, Decimal(row.points_left)) if row.relief else None,
            ),
            row.persons,
            row.relief_reason,
        )
        for row in rows
    )


def put(
    connection: Connection, programme_id: int, unit_id: int, found: StoredProblem, *, at: datetime, by: int
) -> None:
    """Put a problem in place of what was known of it."""
    relief = found.problem.relief
    drop(connection, unit_id, found.number)
    connection.execute(
        insert(problems).values(
            programme_id=programme_id,
            unit_id=unit_id,
            number=found.number,
            said=found.said,
            found_on=found.found_on,
            grounds=";".join(found.problem.grounds),
            circumstances=";".join(sorted(found.problem.circumstances)),
            persons=found.persons,
            relief="" if relief is None else relief.ground,
            points_left="" if relief is None else str(relief.left),
            relief_reason=found.relief_reason,
            set_at=at,
            set_by=by,
        )
    )


def drop(connection: Connection, unit_id: int, number: str) -> None:
    """Forget a problem, if there is one of this number."""
    connection.execute(delete(problems).where(_p.unit_id == unit_id, _p.number == number))
