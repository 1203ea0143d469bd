"""The places of a cell: reserved, filled, given back, and what waits where none is left."""

from __future__ import annotations

from sqlalchemy import bindparam, case, literal_column, select, text, update

from cati.domain.queue import CaseState
from cati.store.engine import Connection
from cati.store.statements import any_row
from cati.store.tables import cases, cells

_c, _q = cases.c, cells.c

_CELL = _q.id == bindparam("cell")
_TAKE_PLACE = (
    update(cells).where(_CELL, _q.completed + _q.reserved < _q.quota).values(reserved=_q.reserved + 1)
)
_HAS_PLACE = select(_q.id).where(_CELL, _q.completed + _q.reserved < _q.quota)
_MOVE_PLACE = (
    update(cells)
    .where(_CELL)
    .values(
        reserved=_q.reserved + bindparam("places", type_=_q.reserved.type),
        completed=_q.completed + bindparam("interviews", type_=_q.completed.type),
    )
)


def take(connection: Connection, cell_id: int) -> bool:
    """Reserve a place; False when the cell has none."""
    return connection.execute(_TAKE_PLACE, {"cell": cell_id}).rowcount == 1


def is_free(connection: Connection, cell_id: int) -> bool:
    """Whether the cell has a place for one more."""
    return connection.scalar(_HAS_PLACE, {"cell": cell_id}) is not None


def move(connection: Connection, cell_id: int, *, reserved: int, completed: int = 0) -> None:
    """Add to the numbers of places reserved and completed."""
    connection.execute(_MOVE_PLACE, {"cell": cell_id, "places": reserved, "interviews": completed})


# Callbacks of a cell whose places are all gone would be passed over by every claim: they are put aside.
# While somebody is on the phone for one of the places they stay, or they would come and go with every call.
_FULL = select(_q.id).where(
    _CELL,
    _q.completed + _q.reserved >= _q.quota,
    ~any_row().where(_c.cell_id == _q.id, text("cases.state = 1")),
)
_PARK = (
    update(cases)
    .where(
        _c.id.in_(
            select(_c.id)
            .where(_c.cell_id == bindparam("cell"), text("cases.state in (2, 3)"), ~_c.reserves)
            .with_for_update(skip_locked=True)
        )
    )
    .values(state=int(CaseState.PARKED))
)
_UNPARK = (
    update(cases)
    .where(_c.cell_id == bindparam("cell"), text("state = 6"))
    .values(state=case((_c.appointment.is_(None), literal_column("2")), else_=literal_column("3")))
)


def park_if_full(connection: Connection, cell_id: int) -> None:
    """Put callbacks aside where all places are gone and nobody is on the phone."""
    if connection.scalar(_FULL, {"cell": cell_id}) is not None:
        connection.execute(_PARK, {"cell": cell_id})


def unpark(connection: Connection, cell_id: int) -> None:
    """Let callbacks that were put aside wait again."""
    connection.execute(_UNPARK, {"cell": cell_id})


_POSITION = bindparam("position", type_=_q.watermark.type)
# Fresh cases are looked for above the watermark first, and not at all in an exhausted cell.
_FROM_HERE = (
    update(cells)
    .where(_q.id == bindparam("cell"))
    .values(watermark=case((_q.watermark >= _POSITION, _POSITION - 1), else_=_q.watermark), exhausted=False)
)


def look_from(connection: Connection, cell_id: int, position: int) -> None:
    """Let fresh cases be looked for from a position on, as one of that position is fresh again."""
    connection.execute(_FROM_HERE, {"cell": cell_id, "position": position})
