"""Draws: the frame as it lies in the database, what the parties gave, and the cases that come of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from cati.domain.draws import Party
from cati.domain.queue import CaseState
from cati.store import quotas
from cati.store.engine import Connection
from cati.store.statements import any_row, change_one
from cati.store.tables import (
    cases,
    cells,
    contacts,
    draw_parties,
    drawn_lists,
    draws,
    entries,
    frames,
    groups,
    persons,
    programmes,
    supplements,
    units,
)

_BATCH = 5_000
_STREAM = {"yield_per": _BATCH}


@dataclass(frozen=True, slots=True)
class StoredDraw:
    """A draw as stored.

    Attributes:
        state: committed, held or void.
        created_at: when the frame hash was published.
    """

    id: int
    state: str
    frame_hash: str
    plan_hash: str
    public_name: str
    public_value: str | None
    seed: str | None
    certificate: bytes | None
    created_at: datetime
    held_at: datetime | None
    parties: tuple[Party, ...]


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """One usable row of a list in force; unit and group are codes, None for the public pool."""

    entry_id: int
    unit: str | None
    group: str | None
    version: int
    row: int
    person_id: int
    number_hash: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class DrawnCell:
    """A cell as the draw sees it; `unit` and `group` are codes, the names are what people read."""

    id: int
    unit: str
    group: str
    unit_name: str
    group_label: str
    quota: int
    completed: int

    @property
    def name(self) -> str:
        """``unit code/group code``."""
        return f"{self.unit}/{self.group}"


@dataclass(frozen=True, slots=True)
class NewCase:
    """An entry that is to be called; `position` counts from 1 within its cell."""

    cell_id: int
    entry_id: int
    person_id: int
    ticket: str
    position: int
    source: str
    state: CaseState


def drawn_cells(connection: Connection, programme_id: int) -> tuple[DrawnCell, ...]:
    """All cells of a programme, by position of unit and group."""
    rows = connection.execute(
        select(
            cells.c.id,
            units.c.code,
            groups.c.code,
            units.c.name,
            groups.c.label,
            cells.c.quota,
            cells.c.completed,
        )
        .join(units, units.c.id == cells.c.unit_id)
        .join(groups, groups.c.id == cells.c.group_id)
        .where(cells.c.programme_id == programme_id)
        .order_by(units.c.position, groups.c.position)
    )
    return tuple(DrawnCell(*tuple(row)) for row in rows)


def listed_entries(connection: Connection, lists: Collection[int]) -> Iterator[ListedEntry]:
    """The usable rows of these lists, by unit, group and row, the pool last; read as taken."""
    rows = connection.execute(
        select(
            entries.c.id,
            units.c.code,
            groups.c.code,
            frames.c.version,
            entries.c.row,
            entries.c.person_id,
            persons.c.number_hash,
            contacts.c.sealed,
        )
        .select_from(frames)
        .join(entries, entries.c.frame_id == frames.c.id)
        .join(persons, persons.c.id == entries.c.person_id)
        .join(contacts, contacts.c.entry_id == entries.c.id)
        .outerjoin(units, units.c.id == frames.c.unit_id)
        .outerjoin(groups, groups.c.id == frames.c.group_id)
        .where(frames.c.id.in_(lists))
        .order_by(frames.c.unit_id.is_(None), units.c.position, groups.c.position, entries.c.row),
        execution_options=_STREAM,
    )
    for row in rows:
        yield ListedEntry(*tuple(row))


def live_draw(connection: Connection, programme_id: int) -> StoredDraw | None:
    """The draw of a programme that was not voided; not those of lists that came later."""
    return next(iter(live_draws(connection, programme_id)), None)


def live_draws(connection: Connection, programme_id: int) -> tuple[StoredDraw, ...]:
    """The draws of a programme that were not voided: its draw, then those of lists that came later."""
    return _those(connection, programme_id, draws.c.state != "void")


def void_draws(connection: Connection, programme_id: int) -> tuple[StoredDraw, ...]:
    """The draws of a programme that were given up, oldest first."""
    return _those(connection, programme_id, draws.c.state == "void")


def _those(connection: Connection, programme_id: int, which: ColumnElement[bool]) -> tuple[StoredDraw, ...]:
    found = select(draws).where(draws.c.programme_id == programme_id, which).order_by(draws.c.id)
    return tuple(_stored(connection, row) for row in connection.execute(found).all())


def lists_of(connection: Connection, draw_id: int) -> tuple[int, ...]:
    """Keys of the lists that a draw takes."""
    of_it = select(drawn_lists.c.frame_id).where(drawn_lists.c.draw_id == draw_id)
    return tuple(connection.scalars(of_it.order_by(drawn_lists.c.frame_id)))


def drawn(connection: Connection, programme_id: int) -> frozenset[int]:
    """Keys of all lists that held draws of a programme have taken."""
    return frozenset(
        connection.scalars(
            select(drawn_lists.c.frame_id)
            .join(draws, draws.c.id == drawn_lists.c.draw_id)
            .where(draws.c.programme_id == programme_id, draws.c.state == "held")
        )
    )


def with_case(connection: Connection, lists: Collection[int]) -> frozenset[int]:
    """Keys of the persons in these lists who have a case already."""
    called = select(entries.c.person_id).join(cases, cases.c.person_id == entries.c.person_id)
    return frozenset(connection.scalars(called.where(entries.c.frame_id.in_(lists))))


def _stored(connection: Connection, row: Any) -> StoredDraw:
    parties = connection.execute(
        select(draw_parties.c.name, draw_parties.c.commit, draw_parties.c.reveal)
        .where(draw_parties.c.draw_id == row.id)
        .order_by(draw_parties.c.position)
    )
    return StoredDraw(
        id=row.id,
        state=row.state,
        frame_hash=row.frame_hash,
        plan_hash=row.plan_hash,
        public_name=row.public_name,
        public_value=row.public_value,
        seed=row.seed,
        certificate=row.certificate,
        created_at=row.created_at,
        held_at=row.held_at,
        parties=tuple(Party(*tuple(party)) for party in parties),
    )


def programme_state(connection: Connection, programme_id: int) -> str:
    """Where a programme stands: setup, drawn or closed."""
    return str(connection.scalar(select(programmes.c.state).where(programmes.c.id == programme_id)))


def add_draw(
    connection: Connection,
    programme_id: int,
    *,
    frame_hash: str,
    plan_hash: str,
    public_name: str,
    parties: Iterable[Party],
    lists: Collection[int],
    at: datetime,
) -> None:
    """Store a draw with its parties' commitments: from now on the lists that it takes are frozen."""
    added = connection.execute(
        insert(draws).values(
            programme_id=programme_id,
            state="committed",
            frame_hash=frame_hash,
            plan_hash=plan_hash,
            public_name=public_name,
            created_at=at,
        )
    )
    assert added.inserted_primary_key is not None
    draw_id = added.inserted_primary_key[0]
    if lists:
        connection.execute(
            insert(drawn_lists), [{"draw_id": draw_id, "frame_id": frame_id} for frame_id in lists]
        )
    connection.execute(
        insert(draw_parties),
        [
            {
                "draw_id": draw_id,
                "name": party.name,
                "position": position,
                "commit": party.commit,
            }
            for position, party in enumerate(parties)
        ],
    )


def keep_reveal(connection: Connection, draw_id: int, party: Party) -> None:
    """Store what a party revealed."""
    named = update(draw_parties).where(draw_parties.c.draw_id == draw_id, draw_parties.c.name == party.name)
    change_one(connection, named.values(reveal=party.reveal))


def void(connection: Connection, draw_id: int) -> None:
    """Give a draw up: the lists may change again."""
    change_one(connection, update(draws).where(draws.c.id == draw_id).values(state="void"))


def keep_held(
    connection: Connection,
    programme_id: int,
    draw_id: int,
    *,
    public_value: str,
    seed: str,
    certificate: bytes,
    at: datetime,
    by: int,
) -> None:
    """Store that a draw was held; the programme is drawn from now on, if it was not before."""
    change_one(
        connection,
        update(draws)
        .where(draws.c.id == draw_id)
        .values(
            state="held",
            public_value=public_value,
            seed=seed,
            certificate=certificate,
            held_at=at,
            held_by=by,
        ),
    )
    undrawn = update(programmes).where(programmes.c.id == programme_id, programmes.c.state == "setup")
    connection.execute(undrawn.values(state="drawn"))


def add_cases(connection: Connection, programme_id: int, new: Iterable[NewCase]) -> int:
    """Store cases; gives how many."""
    count = 0
    waiting = iter(new)
    while batch := list(islice(waiting, _BATCH)):
        rows: list[dict[str, Any]] = [
            {
                "programme_id": programme_id,
                "cell_id": case.cell_id,
                "entry_id": case.entry_id,
                "person_id": case.person_id,
                "ticket": case.ticket,
                "position": case.position,
                "source": case.source,
                "state": int(case.state),
            }
            for case in batch
        ]
        connection.execute(insert(cases), rows)
        count += len(batch)
    return count


def last_position(connection: Connection, cell_id: int) -> int:
    """The place of the last case of a cell, 0 without any."""
    return connection.scalar(select(func.max(cases.c.position)).where(cases.c.cell_id == cell_id)) or 0


def unfinished(connection: Connection, cell_id: int) -> int:
    """How many cases of a cell may still give an interview, released or not."""
    ended = (int(CaseState.COMPLETE), int(CaseState.CLOSED))
    count = connection.scalar(
        select(func.count()).where(cases.c.cell_id == cell_id, cases.c.state.not_in(ended))
    )
    return int(count or 0)


def pool_without_case(connection: Connection, programme_id: int) -> Iterator[tuple[int, int, int, int]]:
    """(entry, person, version, row) of the public pool, for every person who has no case anywhere."""
    rows = connection.execute(
        select(entries.c.id, entries.c.person_id, frames.c.version, entries.c.row)
        .join(frames, frames.c.id == entries.c.frame_id)
        .where(
            frames.c.programme_id == programme_id,
            frames.c.unit_id.is_(None),
            frames.c.current,
            ~any_row().where(cases.c.person_id == entries.c.person_id),
        ),
        execution_options=_STREAM,
    )
    for row in rows:
        yield tuple(row)


def add_supplement(
    connection: Connection, cell_id: int, *, reason: str, cases_added: int, at: datetime, by: int
) -> None:
    """Store that the public pool was opened for a cell, and let claims look there again."""
    connection.execute(
        insert(supplements).values(
            cell_id=cell_id, reason=reason, cases=cases_added, opened_at=at, opened_by=by
        )
    )
    quotas.serve_again(connection, cell_id)
