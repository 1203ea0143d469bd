"""Cells: how far they are, and the release of their cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    func,
    insert,
    literal,
    literal_column,
    select,
    text,
    union_all,
    update,
)

from cati.store.engine import Connection
from cati.store.queue_postgres import call
from cati.store.statements import any_row
from cati.store.tables import cases, cell_steps, cells, groups, supplements, units, users


@dataclass(frozen=True, slots=True)
class CellProgress:
    """How far one cell is.

    Attributes:
        unit, group: codes; `unit_name` and `group_label` are what people read.
        left: cases of it that have not ended, whether released or in reserve.
        dry: places are open, and nobody is left to call.
        supplement_open: the public pool was opened for it.
        from_pool: how many of its completed interviews are of people of the public pool.
        paused: nobody is called in it for now.
    """

    cell_id: int
    unit: str
    unit_name: str
    group: str
    group_label: str
    quota: int
    completed: int
    reserved: int
    overshoot: int
    left: int
    supplement_open: bool
    from_pool: int
    paused: bool

    @property
    def dry(self) -> bool:
        """Whether interviews are missing and no case is left that could give one."""
        return self.completed < self.quota and self.left == 0


@dataclass(frozen=True, slots=True)
class CellStep:
    """One thing decided by hand about whom a cell calls.

    Attributes:
        kind: release, supplement, pause or resume.
        cases: how many came to be called by it; None where that is no question.
        name: of who decided.
    """

    kind: str
    reason: str
    cases: int | None
    at: datetime
    name: str


_LEFT = text("cases.state not in (4, 5)")


def progress(connection: Connection, programme_id: int) -> tuple[CellProgress, ...]:
    """All cells of a programme, by position of unit and group."""
    # One pass over the table as it lies: by an index of cells, SQLite would look every case up by itself.
    cell: ColumnElement[int] = literal_column("+cases.cell_id")
    counted = (
        select(
            cell.label("cell_id"),
            func.count().filter(_LEFT).label("left"),
            func.count().filter(cases.c.source == "pool", text("cases.state = 4")).label("from_pool"),
        )
        .select_from(cases)
        .where(cases.c.programme_id == programme_id)
        .group_by(cell)
        .subquery()
    )
    query = (
        select(
            cells,
            units.c.code.label("unit"),
            units.c.name.label("unit_name"),
            groups.c.code.label("group"),
            groups.c.label.label("group_label"),
            func.coalesce(counted.c.left, 0).label("left"),
            any_row().where(supplements.c.cell_id == cells.c.id).label("supplement_open"),
            func.coalesce(counted.c.from_pool, 0).label("from_pool"),
        )
        .join(units, units.c.id == cells.c.unit_id)
        .join(groups, groups.c.id == cells.c.group_id)
        .outerjoin(counted, counted.c.cell_id == cells.c.id)
        .where(cells.c.programme_id == programme_id)
        .order_by(units.c.position, groups.c.position, cells.c.id)
    )
    return tuple(
        CellProgress(
            cell_id=row.id,
            unit=row.unit,
            unit_name=row.unit_name,
            group=row.group,
            group_label=row.group_label,
            quota=row.quota,
            completed=row.completed,
            reserved=row.reserved,
            overshoot=row.overshoot,
            left=row.left,
            supplement_open=bool(row.supplement_open),
            from_pool=row.from_pool,
            paused=row.paused,
        )
        for row in connection.execute(query)
    )


def _any_case(state: int) -> ColumnElement[bool]:
    return any_row().where(cases.c.cell_id == cells.c.id, text(f"cases.state = {state}"))


def dry_cells(connection: Connection, programme_id: int) -> tuple[int, ...]:
    """Row numbers of the cells that miss interviews and have no case left that could give one."""
    begun = any_row().where(cases.c.cell_id == cells.c.id, text("cases.state in (1, 2, 3)"))
    found = connection.scalars(
        select(cells.c.id)
        .where(
            cells.c.programme_id == programme_id,
            cells.c.completed < cells.c.quota,
            and_(~_any_case(0), ~_any_case(7), ~_any_case(6), ~begun),
        )
        .order_by(cells.c.id)
    )
    return tuple(found)


_NEXT_RESERVES = (
    select(cases.c.id)
    .where(cases.c.cell_id == bindparam("cell"), text("cases.state = 7"))
    .order_by(cases.c.position)
    .limit(bindparam("count", type_=cells.c.quota.type))
)
_RELEASE = update(cases).where(cases.c.id.in_(_NEXT_RESERVES)).values(state=literal_column("0"))
_SERVE_AGAIN = update(cells).where(cells.c.id == bindparam("cell")).values(exhausted=False)


def release(connection: Connection, cell_id: int, count: int) -> int:
    """Release up to `count` (>= 0) cases of a cell, in the order of their tickets; gives how many there were.

    The claim does this by itself when a cell's fresh cases are used up.
    """
    facts: dict[str, Any] = {"cell": cell_id, "count": count}
    if connection.dialect.name == "postgresql":
        return int(call(connection, "release_cases", cell=cell_id, most=count)[0])
    released = connection.execute(_RELEASE, facts).rowcount
    if released:
        serve_again(connection, cell_id)
    return released


def serve_again(connection: Connection, cell_id: int) -> None:
    """Let claims look for fresh cases in a cell again: after cases were added to it."""
    if connection.dialect.name == "postgresql":
        call(connection, "serve_cell", cell=cell_id)
    else:
        connection.execute(_SERVE_AGAIN, {"cell": cell_id})


def case_counts(connection: Connection, cell_id: int) -> dict[tuple[int, str | None], int]:
    """How many cases of a cell stand where: by state and, of those that ended, by outcome."""
    found = connection.execute(
        select(cases.c.state, cases.c.disposition, func.count())
        .where(cases.c.cell_id == cell_id)
        .group_by(cases.c.state, cases.c.disposition)
    )
    return {(state, disposition): count for state, disposition, count in found}


def set_paused(connection: Connection, cell_id: int, paused: bool) -> bool:
    """Let nobody be called in a cell, or let it go on; whether that changed anything."""
    if connection.dialect.name == "postgresql":
        return bool(call(connection, "pause_cell", cell=cell_id, paused=paused)[0])
    changed = connection.execute(
        update(cells).where(cells.c.id == cell_id, cells.c.paused != paused).values(paused=paused)
    )
    return bool(changed.rowcount)


def add_step(
    connection: Connection,
    cell_id: int,
    kind: str,
    *,
    reason: str,
    at: datetime,
    by: int,
    released: int | None = None,
) -> None:
    """Keep what was decided about a cell.

    Args:
        connection: a write transaction.
        cell_id: which.
        kind: release, pause or resume; the opening of the pool is kept by `add_supplement`.
        reason: why.
        at: when (aware).
        by: row number of who decided.
        released: how many cases.
    """
    connection.execute(
        insert(cell_steps).values(
            cell_id=cell_id, kind=kind, reason=reason, cases=released, at=at, user_id=by
        )
    )


def last_step(connection: Connection, cell_id: int) -> CellStep | None:
    """What was decided last about a cell; None when nothing ever was."""
    opened = select(
        literal("supplement").label("kind"),
        supplements.c.reason,
        supplements.c.cases,
        supplements.c.opened_at.label("at"),
        supplements.c.opened_by.label("user_id"),
    ).where(supplements.c.cell_id == cell_id)
    others = select(
        cell_steps.c.kind, cell_steps.c.reason, cell_steps.c.cases, cell_steps.c.at, cell_steps.c.user_id
    ).where(cell_steps.c.cell_id == cell_id)
    known = union_all(opened, others).subquery()
    row = connection.execute(
        select(known.c.kind, known.c.reason, known.c.cases, known.c.at, users.c.name)
        .join(users, users.c.id == known.c.user_id)
        .order_by(known.c.at.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else CellStep(*row)
