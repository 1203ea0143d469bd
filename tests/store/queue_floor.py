"""A call floor for tests of the queue: one programme with operators, cells and cases, on either engine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from cati.domain.queue import CaseState, ClaimRequest, Pick, Settlement, SettleResult
from cati.store import queue as store
from cati.store import quotas, settlement, steering
from cati.store import tables as t
from cati.store.engine import Connection, Database
from cati.store.steering import SteeredCase

START = datetime(2024, 2, 21, 2, 0, tzinfo=UTC)
LEASE = timedelta(minutes=2)
OWNER_KEEPS = timedelta(minutes=15)


@dataclass
class Floor:
    """One database with one programme in it; operators are numbered from 1, cells from 0.

    Attributes:
        now: the time handed to every operation.
        cells: row numbers of the cells; `units` those of their units, one for each.
        cases: row numbers of the cases of each cell, by ticket.
    """

    database: Database
    now: datetime = START
    programme_id: int = 0
    operators: list[int] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    cells: list[int] = field(default_factory=list)
    units: list[int] = field(default_factory=list)
    cases: list[list[int]] = field(default_factory=list)

    def connection(self) -> Any:
        return self.database.write()

    def claim(
        self,
        operator: int = 1,
        *,
        groups: Iterable[int] | None = None,
        factor: int = 4,
        languages: Sequence[str] = (),
        full: Iterable[int] = (),
    ) -> Pick | None:
        """What `services.queue.claim_next` does, without opening the contact."""
        open_now = tuple(self.groups if groups is None else [self.groups[g] for g in groups])
        request = ClaimRequest(
            self.programme_id,
            self.operators[operator - 1],
            f"pc{operator}",
            open_now,
            self.now,
            LEASE,
            factor,
            tuple(languages),
            tuple(self.units[cell] for cell in full),
        )
        while True:
            with self.database.write() as connection:
                found = store.claim(connection, request)
            if isinstance(found, Pick):
                return found
            if found is None and not self.reap():
                return None

    def reap(self) -> int:
        with self.database.write() as connection:
            return store.reap(connection, self.programme_id, self.now, owner_keeps=OWNER_KEEPS)

    def settle(self, case_id: int, epoch: int, outcome: Settlement, operator: int = 1) -> SettleResult:
        with self.database.write() as connection:
            return settlement.settle(
                connection,
                case_id=case_id,
                epoch=epoch,
                user_id=self.operators[operator - 1],
                now=self.now,
                outcome=outcome,
            )

    def pause(self, index: int, paused: bool) -> None:
        """Let nobody be called in a cell, or let them be called again."""
        with self.database.write() as connection:
            quotas.set_paused(connection, self.cells[index], paused)

    @contextmanager
    def steered(self, key: tuple[int, int]) -> Iterator[tuple[Connection, SteeredCase]]:
        """A case, by cell and place in it, locked in a transaction that decides about it."""
        with self.database.write() as connection:
            case = steering.lock(connection, self.programme_id, self.cases[key[0]][key[1]])
            assert case is not None
            yield connection, case

    def dial(self, case_id: int) -> None:
        """As the attempt does that is written down before its number is dialled."""
        with self.database.write() as connection:
            dialled = update(t.cases).where(t.cases.c.id == case_id)
            connection.execute(dialled.values(attempts=t.cases.c.attempts + 1))

    def case(self, case_id: int) -> Any:
        with self.database.read() as connection:
            return connection.execute(select(t.cases).where(t.cases.c.id == case_id)).one()

    def cell(self, index: int = 0) -> Any:
        with self.database.read() as connection:
            return connection.execute(select(t.cells).where(t.cells.c.id == self.cells[index])).one()

    def age(self, case_id: int, by: timedelta = LEASE) -> None:
        """Make a lease older than it is."""
        row = self.case(case_id)
        if row.lease_until is None:
            return  # somebody who held the case before has just finished its interview
        with self.database.write() as connection:
            connection.execute(
                update(t.cases).where(t.cases.c.id == case_id).values(lease_until=row.lease_until - by)
            )

    def add_cases(
        self, index: int, persons: Sequence[int], *, reserve: int = 0, source: str = "list"
    ) -> None:
        """Put cases at the end of a cell, the last `reserve` of them unreleased."""
        with self.database.write() as connection:
            self.put_cases(connection, index, persons, reserve=reserve, source=source)

    def put_cases(
        self,
        connection: Connection,
        index: int,
        persons: Sequence[int],
        *,
        reserve: int = 0,
        source: str = "list",
    ) -> None:
        frame = connection.scalar(select(t.frames.c.id))
        for number, person in enumerate(persons):
            position = len(self.cases[index]) + 1
            entry = _insert(
                connection, t.entries, frame_id=frame, row=index * 100_000 + position, person_id=person
            )
            connection.execute(insert(t.contacts).values(entry_id=entry, sealed=b"sealed"))
            state = CaseState.RESERVE if number >= len(persons) - reserve else CaseState.FRESH
            self.cases[index].append(
                _insert(
                    connection,
                    t.cases,
                    programme_id=self.programme_id,
                    cell_id=self.cells[index],
                    entry_id=entry,
                    person_id=person,
                    ticket=f"{position:064x}",
                    position=position,
                    source=source,
                    state=int(state),
                )
            )

    def person(self) -> int:
        """A new person."""
        with self.database.write() as connection:
            return self.put_person(connection)

    def put_person(self, connection: Connection) -> int:
        known = len(connection.execute(select(t.persons.c.id)).all())
        return _insert(
            connection,
            t.persons,
            programme_id=self.programme_id,
            number_hash=hashlib.sha256(str(known).encode()).digest(),
        )

    def clear(self) -> None:
        """Take everything out of the database again."""
        with self.database.write() as connection:
            for table in reversed(t.metadata.sorted_tables):
                connection.execute(delete(table))


def floor(
    database: Database,
    *,
    quotas: Sequence[int] = (2,),
    cases: Sequence[int] = (6,),
    reserve: Sequence[int] = (0,),
    operators: int = 3,
    groups: int = 1,
) -> Floor:
    """A floor whose cell i has `cases[i]` cases of own persons, the last `reserve[i]` of them unreleased.

    Cell i belongs to group i modulo `groups`.
    """
    made = Floor(database)
    with database.write() as connection:
        made.operators = [_user(connection, f"op{n}") for n in range(1, operators + 1)]
        made.programme_id = _insert(
            connection,
            t.programmes,
            code="p",
            definition={},
            state="drawn",
            plan_hash="",
            recording_public=b"",
            loaded_at=START,
            loaded_by=made.operators[0],
        )
        _insert(
            connection,
            t.frames,
            programme_id=made.programme_id,
            version=1,
            file="f",
            sha256="",
            received_at=START,
            imported_by=made.operators[0],
            late=False,
            short=False,
            rows=0,
            accepted=0,
            rejected={},
        )
        made.groups = [
            _insert(
                connection, t.groups, programme_id=made.programme_id, code=f"g{n}", label=f"g{n}", position=n
            )
            for n in range(groups)
        ]
        for index, quota in enumerate(quotas):
            _cell(connection, made, index, quota)
            persons = [made.put_person(connection) for _ in range(cases[index])]
            made.put_cases(connection, index, persons, reserve=reserve[index] if index < len(reserve) else 0)
    return made


def _cell(connection: Connection, made: Floor, index: int, quota: int) -> None:
    unit = _insert(
        connection,
        t.units,
        programme_id=made.programme_id,
        code=f"u{index}",
        name=f"u{index}",
        series="s",
        position=index,
    )
    made.units.append(unit)
    made.cells.append(
        _insert(
            connection,
            t.cells,
            programme_id=made.programme_id,
            unit_id=unit,
            group_id=made.groups[index % len(made.groups)],
            quota=quota,
        )
    )
    made.cases.append([])


def _user(connection: Connection, login: str) -> int:
    return _insert(
        connection,
        t.users,
        login=login,
        name=login,
        roles=["operator"],
        public_key=b"",
        locked_private=b"",
        lock_parameters={},
        created_at=START,
    )


def _insert(connection: Connection, table: Any, **values: Any) -> int:
    result = connection.execute(insert(table).values(**values).returning(table.c.id))
    return int(result.scalar_one())
