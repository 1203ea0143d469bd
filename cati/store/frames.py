"""Phone lists: versions of frames, their entries, sealed contacts and rejected rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import and_, func, insert, select, text, update
from sqlalchemy.sql.elements import ColumnElement

from cati.store.engine import Connection
from cati.store.tables import draws, entries, frame_problems, frames, groups, persons, programmes, units

EntryRow: TypeAlias = tuple[int, bytes, bytes]
"""Row of the sheet, keyed hash of the number, sealed contact (bound to that hash)."""

ProblemRow: TypeAlias = tuple[int, str, bytes]
"""Row of the sheet, code of the problem, sealed cells."""

Progress: TypeAlias = Callable[[int], None]
"""Told how many rows more were stored."""


_CACHE_KIB = 64 * 1024


@dataclass(frozen=True, slots=True)
class NewFrame:
    """A list about to be stored; no unit and group means the public pool.

    Attributes:
        file: name of the workbook.
        sha256: of the workbook, hexadecimal.
        rejected: rows by code of their problem.
    """

    programme_id: int
    unit_id: int | None
    group_id: int | None
    file: str
    sha256: str
    submitted_on: date | None
    received_at: datetime
    imported_by: int
    late: bool
    short: bool
    rows: int
    accepted: int
    rejected: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class StoredFrame:
    """One version of one list as stored; unit and group are codes, None for the public pool."""

    id: int
    unit: str | None
    group: str | None
    version: int
    current: bool
    file: str
    sha256: str
    submitted_on: date | None
    received_at: datetime
    late: bool
    short: bool
    rows: int
    accepted: int
    rejected: dict[str, int]


def lock_programme(connection: Connection, programme_id: int) -> None:
    """Let nobody else import into a programme, or draw from it, until the transaction ends."""
    connection.execute(select(programmes.c.id).where(programmes.c.id == programme_id).with_for_update())


def frozen(connection: Connection, programme_id: int) -> bool:
    """Whether lists may no longer change: a draw was begun and not voided."""
    state = connection.scalar(select(programmes.c.state).where(programmes.c.id == programme_id))
    begun = connection.scalar(
        select(func.count())
        .select_from(draws)
        .where(draws.c.programme_id == programme_id, draws.c.state != "void")
    )
    return state != "setup" or bool(begun)


def unit_ids(connection: Connection, programme_id: int) -> dict[str, int]:
    """Keys of a programme's units by code."""
    rows = connection.execute(select(units.c.code, units.c.id).where(units.c.programme_id == programme_id))
    return {row.code: row.id for row in rows}


def group_ids(connection: Connection, programme_id: int) -> dict[str, int]:
    """Keys of a programme's groups by code."""
    rows = connection.execute(select(groups.c.code, groups.c.id).where(groups.c.programme_id == programme_id))
    return {row.code: row.id for row in rows}


def stored_frames(connection: Connection, programme_id: int) -> tuple[StoredFrame, ...]:
    """All versions of all lists of a programme, in the programme's order, the pool last."""
    rows = connection.execute(
        select(
            frames.c.id,
            units.c.code,
            groups.c.code,
            frames.c.version,
            frames.c.current,
            frames.c.file,
            frames.c.sha256,
            frames.c.submitted_on,
            frames.c.received_at,
            frames.c.late,
            frames.c.short,
            frames.c.rows,
            frames.c.accepted,
            frames.c.rejected,
        )
        .select_from(frames)
        .outerjoin(units, units.c.id == frames.c.unit_id)
        .outerjoin(groups, groups.c.id == frames.c.group_id)
        .where(frames.c.programme_id == programme_id)
        .order_by(frames.c.unit_id.is_(None), units.c.position, groups.c.position, frames.c.version)
    )
    return tuple(StoredFrame(*tuple(row)) for row in rows)


def numbers_of(connection: Connection, frame_id: int) -> frozenset[bytes]:
    """Keyed hashes of all numbers of a frame."""
    rows = connection.scalars(
        select(persons.c.number_hash)
        .join(entries, entries.c.person_id == persons.c.id)
        .where(entries.c.frame_id == frame_id)
    )
    return frozenset(rows)


def pool_numbers_in_unit_lists(connection: Connection, pool_frame_id: int, programme_id: int) -> int:
    """How many entries of the public pool are in a unit's list in force as well."""
    pool = entries.alias("pool")
    elsewhere = (
        select(entries.c.id)
        .join(frames, frames.c.id == entries.c.frame_id)
        .where(
            entries.c.person_id == pool.c.person_id,
            frames.c.programme_id == programme_id,
            frames.c.unit_id.is_not(None),
            frames.c.current,
        )
    )
    counted = connection.scalar(
        select(func.count()).select_from(pool).where(pool.c.frame_id == pool_frame_id, elsewhere.exists())
    )
    return int(counted or 0)


def add_frame(connection: Connection, frame: NewFrame) -> tuple[int, int]:
    """Store a list as the next version, in force from now on; gives its key and its version, from 1.

    The programme must be locked.
    """
    same = _same_list(frame)
    last = connection.scalar(select(func.max(frames.c.version)).where(same))
    connection.execute(update(frames).where(same, frames.c.current).values(current=False))
    version = (last or 0) + 1
    added = connection.execute(
        insert(frames).values(
            programme_id=frame.programme_id,
            unit_id=frame.unit_id,
            group_id=frame.group_id,
            version=version,
            current=True,
            file=frame.file,
            sha256=frame.sha256,
            submitted_on=frame.submitted_on,
            received_at=frame.received_at,
            imported_by=frame.imported_by,
            late=frame.late,
            short=frame.short,
            rows=frame.rows,
            accepted=frame.accepted,
            rejected=dict(frame.rejected),
        )
    )
    assert added.inserted_primary_key is not None
    return int(added.inserted_primary_key[0]), version


def _same_list(frame: NewFrame) -> ColumnElement[bool]:
    if frame.unit_id is None:
        return and_(frames.c.programme_id == frame.programme_id, frames.c.unit_id.is_(None))
    return and_(frames.c.unit_id == frame.unit_id, frames.c.group_id == frame.group_id)


def add_entries(
    connection: Connection,
    programme_id: int,
    frame_id: int,
    batches: Iterable[list[EntryRow]],
    progress: Progress,
) -> None:
    """Store the usable rows of a frame, each number once in it, with the persons they make known.

    The programme must be locked.
    """
    if connection.dialect.name == "sqlite":
        _add_entries_sqlite(connection, programme_id, frame_id, batches, progress)
    else:
        _add_entries_postgres(connection, programme_id, frame_id, batches, progress)


def _add_entries_sqlite(
    connection: Connection,
    programme_id: int,
    frame_id: int,
    batches: Iterable[list[EntryRow]],
    progress: Progress,
) -> None:
    # The index over a million hashes is written all over: with the usual cache each page goes to disk often.
    connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE_KIB}")
    next_entry, next_person = (
        (connection.scalar(select(func.max(table.c.id))) or 0) + 1 for table in (entries, persons)
    )
    for batch in batches:
        size = len(batch)
        new_persons = range(next_person, next_person + size)
        added = connection.exec_driver_sql(
            "INSERT INTO persons (id, programme_id, number_hash) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(new, programme_id, number) for new, (_, number, _) in zip(new_persons, batch, strict=True)],
        )
        known: Iterable[int] = new_persons
        if added.rowcount < size:
            known = _person_ids(connection, programme_id, batch)
        new_entries = range(next_entry, next_entry + size)
        connection.exec_driver_sql(
            "INSERT INTO entries (id, frame_id, row, person_id) VALUES (?, ?, ?, ?)",
            [
                (new, frame_id, row, person)
                for new, person, (row, _, _) in zip(new_entries, known, batch, strict=True)
            ],
        )
        connection.exec_driver_sql(
            "INSERT INTO contacts (entry_id, sealed) VALUES (?, ?)",
            [(new, sealed) for new, (_, _, sealed) in zip(new_entries, batch, strict=True)],
        )
        next_entry, next_person = new_entries.stop, new_persons.stop
        progress(size)
    connection.exec_driver_sql("PRAGMA cache_size = -2000")


def _person_ids(connection: Connection, programme_id: int, batch: list[EntryRow]) -> list[int]:
    rows = connection.execute(
        select(persons.c.number_hash, persons.c.id).where(
            persons.c.programme_id == programme_id,
            persons.c.number_hash.in_([number for _, number, _ in batch]),
        )
    )
    known = {row.number_hash: row.id for row in rows}
    return [known[number] for _, number, _ in batch]


def _add_entries_postgres(
    connection: Connection,
    programme_id: int,
    frame_id: int,
    batches: Iterable[list[EntryRow]],
    progress: Progress,
) -> None:
    """By way of a temporary table, because only COPY is fast and it can neither look up nor skip."""
    connection.execute(text("CREATE TEMP TABLE incoming (row int, number_hash bytea, sealed bytea)"))
    _copy(
        connection,
        "COPY incoming (row, number_hash, sealed) FROM STDIN (FORMAT BINARY)",
        ("int4", "bytea", "bytea"),
        batches,
        progress,
    )
    keys = {"programme": programme_id, "frame": frame_id}
    for statement in (
        "ANALYZE incoming",
        # The lock on the programme makes this as safe as ON CONFLICT, which costs a third more.
        "INSERT INTO persons (programme_id, number_hash) SELECT :programme, i.number_hash FROM incoming i"
        " WHERE NOT EXISTS (SELECT FROM persons p"
        " WHERE p.programme_id = :programme AND p.number_hash = i.number_hash)",
        "INSERT INTO entries (frame_id, row, person_id) SELECT :frame, i.row, p.id FROM incoming i"
        " JOIN persons p ON p.programme_id = :programme AND p.number_hash = i.number_hash",
        "INSERT INTO contacts (entry_id, sealed) SELECT e.id, i.sealed FROM incoming i"
        " JOIN entries e ON e.frame_id = :frame AND e.row = i.row",
        "DROP TABLE incoming",
    ):
        connection.execute(text(statement), keys if ":" in statement else {})


def add_problems(
    connection: Connection, frame_id: int, batches: Iterable[list[ProblemRow]], progress: Progress
) -> None:
    """Store the rejected rows of a frame."""
    if connection.dialect.name == "sqlite":
        for batch in batches:
            connection.exec_driver_sql(
                "INSERT INTO frame_problems (frame_id, row, code, sealed) VALUES (?, ?, ?, ?)",
                [(frame_id, *row) for row in batch],
            )
            progress(len(batch))
        return
    _copy(
        connection,
        "COPY frame_problems (frame_id, row, code, sealed) FROM STDIN (FORMAT BINARY)",
        ("int8", "int4", "varchar", "bytea"),
        ([(frame_id, *row) for row in batch] for batch in batches),
        progress,
    )


def _copy(
    connection: Connection,
    statement: str,
    types: tuple[str, ...],
    batches: Iterable[Iterable[tuple[Any, ...]]],
    progress: Progress,
) -> None:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(types)
        for batch in batches:
            written = 0
            for row in batch:
                copy.write_row(row)
                written += 1
            progress(written)


def problems_of(connection: Connection, frame_id: int) -> list[ProblemRow]:
    """The rejected rows of a frame in their order, cells sealed."""
    rows = connection.execute(
        select(frame_problems.c.row, frame_problems.c.code, frame_problems.c.sealed)
        .where(frame_problems.c.frame_id == frame_id)
        .order_by(frame_problems.c.row)
    )
    return [(row, code, sealed) for row, code, sealed in rows]
