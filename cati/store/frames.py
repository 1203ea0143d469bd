"""Phone lists: versions of frames, their entries, sealed contacts and rejected rows."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import Table, and_, cast, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlalchemy.sql.elements import ColumnElement

from cati.domain.list_checks import NOTHING, ListFindings
from cati.store.engine import Connection
from cati.store.statements import any_row, change_one
from cati.store.tables import (
    entries,
    frame_problems,
    frames,
    groups,
    mail_entries,
    persons,
    programmes,
    units,
)

EntryRow: TypeAlias = tuple[int, bytes, bytes, tuple[bytes, ...]]
"""Row of the sheet, keyed hash of the number, sealed contact (bound to that hash), hashes of others."""

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
    findings: ListFindings = NOTHING


@dataclass(frozen=True, slots=True)
class StoredFrame:
    """One version of one list as stored; unit and group are codes, None for the public pool.

    Attributes:
        current: the version in force.
        withdrawn_at: when it was withdrawn as imported by mistake; None for one that was not.
        withdrawn_because: the reason given then.
        findings: about the list as a whole.
    """

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
    withdrawn_at: datetime | None = None
    withdrawn_because: str | None = None
    findings: ListFindings = NOTHING


def lock_programme(connection: Connection, programme_id: int) -> None:
    """Let nobody else import into a programme, or draw from it, until the transaction ends."""
    # Its key stays as it is, so rows that refer to it can still be added.
    lock = select(programmes.c.id).where(programmes.c.id == programme_id).with_for_update(key_share=True)
    connection.execute(lock)


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
            frames.c.withdrawn_at,
            frames.c.withdrawn_because,
            frames.c.findings,
        )
        .select_from(frames)
        .outerjoin(units, units.c.id == frames.c.unit_id)
        .outerjoin(groups, groups.c.id == frames.c.group_id)
        .where(frames.c.programme_id == programme_id)
        .order_by(frames.c.unit_id.is_(None), units.c.position, groups.c.position, frames.c.version)
    )
    return tuple(StoredFrame(*(*row[:-1], ListFindings.of(row[-1]))) for row in rows)


def numbers_of(connection: Connection, frame_id: int) -> frozenset[bytes]:
    """Keyed hashes of all numbers of a frame, and of the people of a list of addresses."""
    called = (
        select(persons.c.number_hash)
        .join(entries, entries.c.person_id == persons.c.id)
        .where(entries.c.frame_id == frame_id)
    )
    mailed = select(mail_entries.c.person_hash).where(mail_entries.c.frame_id == frame_id)
    return frozenset([*connection.scalars(called), *connection.scalars(mailed)])


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
            findings=frame.findings.as_json(),
        )
    )
    assert added.inserted_primary_key is not None
    return int(added.inserted_primary_key[0]), version


def _same_list(frame: NewFrame) -> ColumnElement[bool]:
    if frame.unit_id is None:
        return and_(frames.c.programme_id == frame.programme_id, frames.c.unit_id.is_(None))
    return and_(frames.c.unit_id == frame.unit_id, frames.c.group_id == frame.group_id)


def withdraw(connection: Connection, frame: StoredFrame, at: datetime, because: str) -> None:
    """Put a version out of force for good, and the last one before it that was not withdrawn back in force.

    The programme must be locked.
    """
    this = frames.alias()
    same = and_(
        frames.c.programme_id == this.c.programme_id,
        frames.c.unit_id.is_not_distinct_from(this.c.unit_id),
        frames.c.group_id.is_not_distinct_from(this.c.group_id),
        this.c.id == frame.id,
    )
    withdrawn = update(frames).where(frames.c.id == frame.id)
    change_one(connection, withdrawn.values(current=False, withdrawn_at=at, withdrawn_because=because))
    earlier = connection.scalar(
        select(frames.c.id)
        .join(this, same)
        .where(frames.c.withdrawn_at.is_(None))
        .order_by(frames.c.version.desc())
        .limit(1)
    )
    if earlier is not None:
        connection.execute(update(frames).where(frames.c.id == earlier).values(current=True))


def add_entries(
    connection: Connection,
    programme_id: int,
    frame_id: int,
    numbers: Collection[bytes],
    batches: Iterable[list[EntryRow]],
    progress: Progress,
) -> None:
    """Store the usable rows of a frame with the persons they make known.

    That every entry has its frame, its person and its contact is seen to here: no foreign key does.

    Args:
        connection: the programme is locked in it.
        programme_id: whose frame it is.
        frame_id: of a frame that was added in the same transaction.
        numbers: keyed hashes of the frame's numbers, each once.
        batches: the rows, each with another one of these numbers.
        progress: told how many rows more are stored.
    """
    with _room_for_indexes(connection):
        known = _known_persons(connection, programme_id, numbers)
        for batch in batches:
            # In order, so that neighbours go to the same page of the index.
            new = sorted(number for _, number, _, _ in batch if number not in known)
            added = dict(zip(new, _new_keys(connection, persons, len(new)), strict=True))
            _write(
                connection,
                "persons",
                {"id": "int8", "programme_id": "int8", "number_hash": "bytea"},
                [(key, programme_id, number) for number, key in added.items()],
            )
            owners = [added.get(number) or known[number] for _, number, _, _ in batch]
            _write(
                connection,
                "other_numbers",
                {"person_id": "int8", "number_hash": "bytea"},
                [(owner, other) for owner, row in zip(owners, batch, strict=True) for other in row[3]],
            )
            keys = _new_keys(connection, entries, len(batch))
            _write(
                connection,
                "entries",
                {"id": "int8", "frame_id": "int8", "row": "int4", "person_id": "int8"},
                [(key, frame_id, row[0], owner) for key, owner, row in zip(keys, owners, batch, strict=True)],
            )
            _write(
                connection,
                "contacts",
                {"entry_id": "int8", "sealed": "bytea"},
                [(key, row[2]) for key, row in zip(keys, batch, strict=True)],
            )
            progress(len(batch))


def add_mail_entries(
    connection: Connection, frame_id: int, batches: Iterable[list[EntryRow]], progress: Progress
) -> None:
    """Store the usable rows of a list of addresses."""
    types = {"frame_id": "int8", "row": "int4", "person_hash": "bytea", "sealed": "bytea"}
    for batch in batches:
        _write(connection, "mail_entries", types, [(frame_id, *row[:3]) for row in batch])
        progress(len(batch))


def mail_entries_of(connection: Connection, frame_id: int) -> list[tuple[int, bytes, bytes]]:
    """The usable rows of a list of addresses in their order: row of the sheet, hash, sealed address."""
    rows = connection.execute(
        select(mail_entries.c.row, mail_entries.c.person_hash, mail_entries.c.sealed)
        .where(mail_entries.c.frame_id == frame_id)
        .order_by(mail_entries.c.row)
    )
    return [(row, person, sealed) for row, person, sealed in rows]


def add_problems(
    connection: Connection, frame_id: int, batches: Iterable[list[ProblemRow]], progress: Progress
) -> None:
    """Store the rejected rows of a frame."""
    types = {"frame_id": "int8", "row": "int4", "code": "varchar", "sealed": "bytea"}
    for batch in batches:
        _write(connection, "frame_problems", types, [(frame_id, *row) for row in batch])
        progress(len(batch))


@contextmanager
def _room_for_indexes(connection: Connection) -> Iterator[None]:
    """Let SQLite keep more pages in memory for a while.

    The index over a million hashes is written all over: with the usual cache each page goes to disk often.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    usual = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE_KIB}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size = {usual}")


def _known_persons(connection: Connection, programme_id: int, numbers: Collection[bytes]) -> dict[bytes, int]:
    """Keys of those numbers that a programme knows already."""
    if not connection.scalar(select(any_row().where(persons.c.programme_id == programme_id))):
        return {}
    # All are asked for at once: for some thousand at a time the planner reads the whole table every time.
    connection.execute(text("CREATE TEMPORARY TABLE incoming (number_hash bytea)"))
    _write(connection, "incoming", {"number_hash": "bytea"}, [(number,) for number in numbers])
    if connection.dialect.name == "postgresql":
        connection.execute(text("ANALYZE incoming"))
    rows = connection.execute(
        text(
            "SELECT p.number_hash, p.id FROM incoming i"
            " JOIN persons p ON p.programme_id = :programme AND p.number_hash = i.number_hash"
        ),
        {"programme": programme_id},
    )
    known = {number: key for number, key in rows}  # noqa: C416 - dict() takes no rows
    connection.execute(text("DROP TABLE incoming"))
    return known


def _new_keys(connection: Connection, table: Table, count: int) -> Sequence[int]:
    """Keys for rows about to be added, which nobody else is given, in rising order."""
    if connection.dialect.name == "sqlite":
        # Whoever writes is alone.
        last = connection.scalar(select(func.max(table.c.id))) or 0
        return range(last + 1, last + 1 + count)
    # A query of its own: in the list of what is selected, the sequence would be looked up for every key.
    sequence = select(cast(func.pg_get_serial_sequence(table.name, "id"), REGCLASS)).scalar_subquery()
    given = select(func.array_agg(func.nextval(sequence))).select_from(func.generate_series(1, count))
    return connection.scalar(given) or []


def _write(
    connection: Connection, table: str, types: Mapping[str, str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Add many rows at the least cost.

    Args:
        connection: a transaction that may write.
        table: where to.
        types: PostgreSQL's types of the columns given, by their names.
        rows: the values in that order.
    """
    if not rows:
        return
    columns = ", ".join(types)
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" * len(types))
        connection.exec_driver_sql(f"INSERT INTO {table} ({columns}) VALUES ({places})", list(rows))
        return
    # COPY refuses a table of which a user may not see all rows: there it fills one aside.
    aside = bool(connection.scalar(select(func.row_security_active(cast(table, REGCLASS)))))
    target = "landing" if aside else table
    if aside:
        typed = ", ".join(f"{name} {kind}" for name, kind in types.items())
        connection.exec_driver_sql(f"CREATE TEMPORARY TABLE landing ({typed})")
    driver: Any = connection.connection.driver_connection
    statement = f"COPY {target} ({columns}) FROM STDIN (FORMAT BINARY)"
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(list(types.values()))
        for row in rows:
            copy.write_row(row)
    if aside:
        connection.exec_driver_sql(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM landing")
        connection.exec_driver_sql("DROP TABLE landing")


def problem_numbers(connection: Connection, frame_id: int) -> array[int]:
    """Rows of the sheet that were rejected, in their order."""
    rows = connection.scalars(
        select(frame_problems.c.row)
        .where(frame_problems.c.frame_id == frame_id)
        .order_by(frame_problems.c.row)
    )
    return array("l", rows)


def problems_of(
    connection: Connection, frame_id: int, numbers: Sequence[int] | None = None
) -> list[ProblemRow]:
    """The rejected rows of a frame in their order, cells sealed; only those of `numbers` if given."""
    wanted = select(frame_problems.c.row, frame_problems.c.code, frame_problems.c.sealed).where(
        frame_problems.c.frame_id == frame_id
    )
    if numbers is not None:
        wanted = wanted.where(frame_problems.c.row.in_(numbers))
    rows = connection.execute(wanted.order_by(frame_problems.c.row))
    return [(row, code, sealed) for row, code, sealed in rows]
