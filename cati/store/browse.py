"""Lists of cases, attempts and recordings: the ids of all rows that are wanted, in order."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from cati.domain.browse import Filters, Order, Uuids
from cati.domain.queue import CaseState
from cati.domain.recordings import DECLINED
from cati.store.engine import Connection
from cati.store.persons import persons_of_number
from cati.store.statements import any_row
from cati.store.tables import (
    attempts,
    cases,
    cells,
    contacts,
    groups,
    persons,
    recordings,
    units,
)

AT_ONCE = 10_000
"""Ids read between two steps."""

Step = Callable[[int], None]
"""Told how many ids have been read; may stop by raising."""


_WAITING = (int(CaseState.CALLBACK), int(CaseState.APPOINTMENT))
FAULTY = or_(~recordings.c.complete, recordings.c.problem != DECLINED)
"""That a recording is not whole, or something was wrong with it; not that the respondent declined it."""
OVER = or_(attempts.c.ended_at.is_not(None), attempts.c.disposition.is_not(None))
"""That a call has ended: what is still being recorded is not whole yet, and nothing is wrong with it."""


# ---- ids -----------------------------------------------------------------------------------------


def case_ids(
    connection: Connection,
    programme_id: int,
    filters: Filters,
    order: Order,
    *,
    down: bool = False,
    limit: int | None = None,
    step: Step = lambda _count: None,
) -> array[int]:
    """Ids of the cases that are wanted, in order; at most `limit` of them."""
    found = array("q")
    for query in _case_queries(connection, programme_id, filters, order, down):
        with closing(_parts(connection, query, None if limit is None else limit - len(found))) as parts:
            for part in parts:
                found.extend(part)
                step(len(found))
        if limit is not None and len(found) >= limit:
            break
    return found


def attempt_ids(
    connection: Connection,
    programme_id: int,
    filters: Filters,
    *,
    down: bool = True,
    limit: int | None = None,
    step: Step = lambda _count: None,
) -> Uuids:
    """Ids of the attempts that are wanted, by time; at most `limit` of them."""
    wanted = [*_of_attempts(filters), _of_programme(programme_id, filters)]
    if filters.faulty:
        wanted.append(any_row().where(recordings.c.attempt_id == attempts.c.id, FAULTY, OVER))
    began = attempts.c.dialled_at
    query = select(attempts.c.id).where(*wanted).order_by(began.desc() if down else began)
    return _uuids(connection, query, limit, step)


def recording_ids(
    connection: Connection,
    programme_id: int,
    filters: Filters,
    *,
    down: bool = True,
    limit: int | None = None,
    step: Step = lambda _count: None,
) -> Uuids:
    """Ids of the recordings that are wanted, by time; at most `limit` of them."""
    began = recordings.c.started_at
    wanted: list[ColumnElement[bool]] = [
        attempts.c.id == recordings.c.attempt_id,
        _of_programme(programme_id, filters),
    ]
    if filters.operator is not None:
        wanted.append(attempts.c.user_id == filters.operator)
    if filters.disposition:
        wanted.append(attempts.c.disposition == filters.disposition)
    if filters.faulty:
        wanted.append(OVER)
    mine = [any_row().where(*wanted), *_between(began, filters)]
    if filters.faulty:
        mine.append(FAULTY)
    query = select(recordings.c.id).where(*mine).order_by(began.desc() if down else began)
    return _uuids(connection, query, limit, step)


def _parts(
    connection: Connection, query: Select[Any], limit: int | None
) -> Generator[Sequence[Any], None, None]:
    query = query if limit is None else query.limit(limit)
    with connection.execution_options(yield_per=AT_ONCE).execute(query) as rows:
        yield from rows.scalars().partitions()


def _uuids(connection: Connection, query: Select[Any], limit: int | None, step: Step) -> Uuids:
    found = Uuids()
    with closing(_parts(connection, query, limit)) as parts:
        for part in parts:
            found.extend(part)
            step(len(found))
    return found


def _case_queries(
    connection: Connection, programme_id: int, filters: Filters, order: Order, down: bool
) -> Iterator[Select[Any]]:
    """Statements whose results follow each other, each in the order of an index."""
    wanted = _of_cases(filters)
    if order is Order.TICKET:
        for cell in _cells(connection, programme_id, filters, down):
            turn = cases.c.position.desc() if down else cases.c.position
            yield select(cases.c.id).where(cases.c.cell_id == cell, *wanted).order_by(turn)
        return
    turn = cases.c.id.desc() if down else cases.c.id
    every = select(cases.c.id).where(
        cases.c.programme_id == programme_id, *_of_cells(programme_id, filters), *wanted
    )
    if order is Order.NUMBER:
        yield every.order_by(turn)
        return
    due = cases.c.not_before.desc() if down else cases.c.not_before
    waiting = every.where(cases.c.state.in_(_WAITING)).order_by(due, turn)
    others = every.where(cases.c.state.not_in(_WAITING)).order_by(turn)
    yield from (others, waiting) if down else (waiting, others)


def _cells(connection: Connection, programme_id: int, filters: Filters, down: bool) -> list[int]:
    places = (units.c.position, groups.c.position, cells.c.id)
    query = _cell_query(programme_id, filters).order_by(*(p.desc() if down else p for p in places))
    return list(connection.scalars(query))


def _cell_query(programme_id: int, filters: Filters) -> Select[Any]:
    query = (
        select(cells.c.id)
        .join(units, units.c.id == cells.c.unit_id)
        .join(groups, groups.c.id == cells.c.group_id)
        .where(cells.c.programme_id == programme_id)
    )
    if filters.unit:
        query = query.where(units.c.code == filters.unit)
    if filters.group:
        query = query.where(groups.c.code == filters.group)
    return query


def _of_cells(programme_id: int, filters: Filters) -> list[ColumnElement[bool]]:
    if not (filters.unit or filters.group):
        return []
    return [cases.c.cell_id.in_(_cell_query(programme_id, filters))]


def _of_cases(filters: Filters) -> list[ColumnElement[bool]]:
    """Conditions on a case; unit and group apart."""
    wanted: list[ColumnElement[bool]] = []
    if filters.state is not None:
        wanted.append(cases.c.state == int(filters.state))
    if filters.disposition:
        wanted.append(cases.c.disposition == filters.disposition)
    if filters.cases is not None:
        wanted.append(cases.c.id.in_(filters.cases))
    tried: list[ColumnElement[bool]] = list(_between(attempts.c.dialled_at, filters))
    if filters.operator is not None:
        tried.append(attempts.c.user_id == filters.operator)
    if tried:
        wanted.append(cases.c.id.in_(select(attempts.c.case_id).where(*tried)))
    return wanted


def _of_attempts(filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.disposition:
        yield attempts.c.disposition == filters.disposition
    if filters.operator is not None:
        yield attempts.c.user_id == filters.operator
    yield from _between(attempts.c.dialled_at, filters)


def _of_programme(programme_id: int, filters: Filters) -> ColumnElement[bool]:
    """That an attempt's case is wanted."""
    wanted = [cases.c.programme_id == programme_id, *_of_cells(programme_id, filters)]
    if filters.state is not None:
        wanted.append(cases.c.state == int(filters.state))
    if filters.cases is not None:
        wanted.append(cases.c.id.in_(filters.cases))
    return any_row().where(cases.c.id == attempts.c.case_id, *wanted)


def _between(moment: ColumnElement[Any], filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.since is not None:
        yield moment >= filters.since
    if filters.until is not None:
        yield moment < filters.until


# ---- looking for people --------------------------------------------------------------------------


def cases_of_number(connection: Connection, programme_id: int, number_hash: bytes) -> tuple[int, ...]:
    """Cases of a phone number, by its keyed hash."""
    whose = persons_of_number(programme_id, number_hash)
    return tuple(
        connection.scalars(select(cases.c.id).where(cases.c.person_id.in_(whose)).order_by(cases.c.id))
    )


def has_case(connection: Connection, programme_id: int, case_id: int) -> bool:
    """Whether a programme has a case of this number."""
    of_it = select(cases.c.id).where(cases.c.id == case_id, cases.c.programme_id == programme_id)
    return connection.scalar(of_it) is not None


def count_cases(connection: Connection, programme_id: int) -> int:
    """How many cases a programme has."""
    query = select(func.count()).select_from(cases).where(cases.c.programme_id == programme_id)
    return int(connection.scalar(query) or 0)


def sealed_contacts(
    connection: Connection, programme_id: int
) -> Generator[Sequence[tuple[int, bytes, bytes]], None, None]:
    """Case, sealed contact and what it is bound to, of every case; in parts, read as they are asked for."""
    query = (
        select(cases.c.id, contacts.c.sealed, persons.c.number_hash)
        .join(contacts, contacts.c.entry_id == cases.c.entry_id)
        .join(persons, persons.c.id == cases.c.person_id)
        .where(cases.c.programme_id == programme_id)
        .order_by(cases.c.id)
    )
    with connection.execution_options(yield_per=AT_ONCE).execute(query) as rows:
        for part in rows.partitions():
            yield [tuple(row) for row in part]
