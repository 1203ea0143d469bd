"""Rows of the lists of cases, attempts and recordings, by their ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select

from cati.domain.queue import CaseState
from cati.store.browse import FAULTY, OVER
from cati.store.engine import Connection
from cati.store.statements import any_row
from cati.store.tables import (
    attempts,
    cases,
    cells,
    contacts,
    groups,
    interviews,
    persons,
    recordings,
    units,
    users,
)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case of a list.

    Attributes:
        unit, group: names that people read.
        position: place in its cell's order by lot, from 1.
        pool: it came with the public-pool supplement.
        last_at, operator: of its last attempt.
        sealed, number_hash: its contact and what that is bound to; empty unless asked for, or destroyed.
    """

    id: int
    unit: str
    group: str
    position: int
    pool: bool
    state: CaseState
    attempts: int
    disposition: str | None
    not_before: datetime | None
    appointment: str | None
    last_at: datetime | None
    operator: str | None
    sealed: bytes = b""
    number_hash: bytes = b""


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One attempt of a list.

    Attributes:
        number: which attempt of its case, from 1.
        note: empty as well for who may not read it.
        recorded: whether a recording of it is registered; `faulty` whether one of them has a problem.
    """

    id: str
    case_id: int
    number: int
    unit: str
    group: str
    operator: str
    station: str
    dialled_at: datetime
    connected_at: datetime | None
    ended_at: datetime | None
    disposition: str | None
    note: str
    prompted: bool
    late: bool
    incoming: bool
    simulated: bool
    recorded: bool
    faulty: bool


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """One recording of a list.

    Attributes:
        interview_id: of its case's interview; None when none was begun.
        under_way: its call has not ended: it is still being recorded.
    """

    id: str
    case_id: int
    attempt_id: str
    interview_id: str | None
    unit: str
    group: str
    operator: str
    station: str
    started_at: datetime
    duration_ms: int | None
    size: int | None
    channels: int | None
    complete: bool
    problem: str | None
    under_way: bool


_LAST = attempts.alias("last")
_IDS: Any = bindparam("ids", expanding=True)
_CASES = (
    select(
        cases.c.id,
        units.c.name.label("unit"),
        groups.c.label.label("group"),
        cases.c.position,
        cases.c.source,
        cases.c.state,
        cases.c.attempts,
        cases.c.disposition,
        cases.c.not_before,
        cases.c.appointment,
        _LAST.c.dialled_at.label("last_at"),
        users.c.name.label("operator"),
    )
    .join(cells, cells.c.id == cases.c.cell_id)
    .join(units, units.c.id == cells.c.unit_id)
    .join(groups, groups.c.id == cells.c.group_id)
    .outerjoin(_LAST, and_(_LAST.c.case_id == cases.c.id, _LAST.c.number == cases.c.attempts))
    .outerjoin(users, users.c.id == _LAST.c.user_id)
    .where(cases.c.id.in_(_IDS))
)
_CASES_WITH_CONTACTS = (
    _CASES.add_columns(contacts.c.sealed, persons.c.number_hash)
    .join(persons, persons.c.id == cases.c.person_id)
    .outerjoin(contacts, contacts.c.entry_id == cases.c.entry_id)
)
_SOUND = any_row().where(recordings.c.attempt_id == attempts.c.id)
_WITHOUT_NOTES = (
    select(
        *(column for column in attempts.c if column.name != "note"),
        units.c.name.label("unit"),
        groups.c.label.label("group"),
        users.c.name.label("operator"),
        _SOUND.label("recorded"),
        _SOUND.where(FAULTY, OVER).label("faulty"),
    )
    .join(cases, cases.c.id == attempts.c.case_id)
    .join(cells, cells.c.id == cases.c.cell_id)
    .join(units, units.c.id == cells.c.unit_id)
    .join(groups, groups.c.id == cells.c.group_id)
    .join(users, users.c.id == attempts.c.user_id)
)
_WITH_NOTES = _WITHOUT_NOTES.add_columns(attempts.c.note)
_INTERVIEW = (
    select(interviews.c.id)
    .where(interviews.c.case_id == attempts.c.case_id)
    .order_by(interviews.c.started_at.desc())
    .limit(1)
    .scalar_subquery()
)
_RECORDINGS = (
    select(
        recordings,
        attempts.c.case_id,
        _INTERVIEW.label("interview_id"),
        units.c.name.label("unit"),
        groups.c.label.label("group"),
        users.c.name.label("operator"),
        (~OVER & ~recordings.c.complete).label("under_way"),
    )
    .join(attempts, attempts.c.id == recordings.c.attempt_id)
    .join(cases, cases.c.id == attempts.c.case_id)
    .join(cells, cells.c.id == cases.c.cell_id)
    .join(units, units.c.id == cells.c.unit_id)
    .join(groups, groups.c.id == cells.c.group_id)
    .join(users, users.c.id == attempts.c.user_id)
)


def case_rows(
    connection: Connection, ids: Sequence[int], *, with_contacts: bool
) -> tuple[CaseRow | None, ...]:
    """The cases of some ids in their order; None for one that is not there."""
    query = _CASES_WITH_CONTACTS if with_contacts else _CASES
    return _in_order(ids, (_case(row._mapping) for row in connection.execute(query, {"ids": list(ids)})))


def _case(row: Mapping[Any, Any]) -> CaseRow:
    facts = dict(row)
    pool, state = facts.pop("source") == "pool", CaseState(facts.pop("state"))
    sealed, number_hash = facts.pop("sealed", None) or b"", facts.pop("number_hash", b"")
    return CaseRow(**facts, pool=pool, state=state, sealed=sealed, number_hash=number_hash)


def attempt_rows(
    connection: Connection, ids: Sequence[str], *, with_notes: bool
) -> tuple[AttemptRow | None, ...]:
    """The attempts of some ids in their order; None for one that is not there."""
    query = (_WITH_NOTES if with_notes else _WITHOUT_NOTES).where(attempts.c.id.in_(_IDS))
    return _in_order(ids, (_attempt(row._mapping) for row in connection.execute(query, {"ids": list(ids)})))


def attempts_of(connection: Connection, case_id: int, *, with_notes: bool) -> tuple[AttemptRow, ...]:
    """All attempts of a case, oldest first."""
    query = _WITH_NOTES if with_notes else _WITHOUT_NOTES
    rows = connection.execute(query.where(attempts.c.case_id == case_id).order_by(attempts.c.number))
    return tuple(_attempt(row._mapping) for row in rows)


def _attempt(row: Mapping[Any, Any]) -> AttemptRow:
    return AttemptRow(**{name: row.get(name, "") for name in AttemptRow.__slots__})


def recording_rows(connection: Connection, ids: Sequence[str]) -> tuple[RecordingRow | None, ...]:
    """The recordings of some ids in their order; None for one that is not there."""
    query = _RECORDINGS.where(recordings.c.id.in_(_IDS))
    rows = connection.execute(query, {"ids": list(ids)})
    return _in_order(ids, (_recording(row._mapping) for row in rows))


def recordings_of(connection: Connection, case_id: int) -> tuple[RecordingRow, ...]:
    """All recordings of a case, oldest first."""
    query = _RECORDINGS.where(attempts.c.case_id == case_id).order_by(recordings.c.started_at)
    return tuple(_recording(row._mapping) for row in connection.execute(query))


def _recording(row: Mapping[Any, Any]) -> RecordingRow:
    return RecordingRow(**{name: row[name] for name in RecordingRow.__slots__})


def _in_order(ids: Sequence[Any], rows: Iterator[Any]) -> tuple[Any, ...]:
    by_id = {row.id: row for row in rows}
    return tuple(by_id.get(wanted) for wanted in ids)
