"""Interviews as a review sees them, and the verdicts on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, func, insert, or_, select, true, update

from cati.store.engine import Connection
from cati.store.queue_postgres import call
from cati.store.tables import (
    answers,
    attempts,
    cells,
    groups,
    interviews,
    recordings,
    review_marks,
    reviews,
    units,
    users,
)

_AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One interview with where its review stands.

    Attributes:
        verdict: the last one, with who gave it and when; None before the first.
    """

    interview_id: str
    case_id: int
    cell_id: int
    unit_code: str
    unit_name: str
    group_code: str
    group_label: str
    operator_id: int
    operator: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    language: str
    late: bool
    excluded: bool
    verdict: str | None
    reason: str | None
    verdict_by: int | None
    verdict_name: str | None
    verdict_at: datetime | None


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer event of an interview."""

    interview_id: str
    item: str
    value: str | None
    at: datetime
    attempt_id: str | None
    offset_ms: int | None


@dataclass(frozen=True, slots=True)
class TalkRow:
    """One conversation of an interview: its attempt."""

    interview_id: str
    attempt_id: str
    connected_at: datetime
    ended_at: datetime | None
    note: str
    prompted: bool
    simulated: bool


@dataclass(frozen=True, slots=True)
class SoundRow:
    """One recording of an interview."""

    interview_id: str
    recording_id: str
    attempt_id: str
    file: str
    station: str
    started_at: datetime
    duration_ms: int | None
    channels: int | None
    complete: bool
    problem: str | None


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    """One verdict of the history."""

    verdict: str
    reason: str | None
    note: str
    user_id: int
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredMark:
    """A place in a recording that somebody marked.

    Attributes:
        offset_ms: from the recording's first frame.
    """

    recording_id: str
    offset_ms: int
    note: str
    user_id: int
    name: str
    at: datetime


def _last() -> Any:
    return select(func.max(reviews.c.id).label("id")).group_by(reviews.c.interview_id).subquery("last")


_JUDGES = users.alias("judges")


def last_verdicts() -> Any:
    """A subquery of the verdicts that hold, one of each reviewed interview; without notes."""
    last = _last()
    return (
        select(*(column for column in reviews.c if column.name != "note"))
        .where(reviews.c.id.in_(select(last.c.id)))
        .subquery("holds")
    )


def _query() -> Select[Any]:
    holds = last_verdicts()
    return (
        select(
            interviews.c.id,
            interviews.c.case_id,
            interviews.c.cell_id,
            units.c.code,
            units.c.name,
            groups.c.code,
            groups.c.label,
            interviews.c.user_id,
            users.c.name,
            interviews.c.state,
            interviews.c.started_at,
            interviews.c.ended_at,
            interviews.c.language,
            interviews.c.late,
            interviews.c.excluded,
            holds.c.verdict,
            holds.c.reason,
            holds.c.user_id,
            _JUDGES.c.name,
            holds.c.at,
        )
        .join(cells, cells.c.id == interviews.c.cell_id)
        .join(units, units.c.id == cells.c.unit_id)
        .join(groups, groups.c.id == cells.c.group_id)
        .join(users, users.c.id == interviews.c.user_id)
        .outerjoin(holds, holds.c.interview_id == interviews.c.id)
        .outerjoin(_JUDGES, _JUDGES.c.id == holds.c.user_id)
    )


def listing(
    connection: Connection, programme_id: int, states: Sequence[str], *, undecided: bool, limit: int
) -> tuple[Reviewed, ...]:
    """The newest interviews of a programme in these states, oldest of them first.

    Args:
        connection: any transaction.
        programme_id: whose.
        states: of the interviews.
        undecided: only those without a verdict, or whose last one asks for another.
        limit: at most so many.
    """
    query = _query().where(cells.c.programme_id == programme_id, interviews.c.state.in_(states))
    if undecided:
        verdict = query.selected_columns[15]
        query = query.where(or_(verdict.is_(None), verdict == "second"))
    rows = connection.execute(query.order_by(interviews.c.ended_at.desc(), interviews.c.id).limit(limit))
    return tuple(Reviewed(*row) for row in rows)[::-1]


def one(connection: Connection, programme_id: int, interview_id: str) -> Reviewed | None:
    """One interview of a programme; None when it has none of that id."""
    row = connection.execute(
        _query().where(interviews.c.id == interview_id, cells.c.programme_id == programme_id)
    ).one_or_none()
    return None if row is None else Reviewed(*row)


def by_operator(connection: Connection, programme_id: int, states: Sequence[str]) -> list[tuple[str, int]]:
    """Id and operator of every interview of a programme in these states."""
    rows = connection.execute(
        select(interviews.c.id, interviews.c.user_id)
        .join(cells, cells.c.id == interviews.c.cell_id)
        .where(cells.c.programme_id == programme_id, interviews.c.state.in_(states))
    )
    return [(interview, operator) for interview, operator in rows]


_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_ANSWERS = (
    select(
        answers.c.interview_id,
        answers.c.item,
        answers.c.value,
        answers.c.at,
        answers.c.attempt_id,
        answers.c.offset_ms,
    )
    .where(answers.c.interview_id.in_(_IDS))
    .order_by(answers.c.interview_id, answers.c.seq, answers.c.at)
)
# An interview's conversations are the attempts of its case from its first one to its end: what was sent back
# has a second interview with attempts of its own.
_OF_INTERVIEW = and_(
    attempts.c.case_id == interviews.c.case_id,
    attempts.c.connected_at >= interviews.c.started_at,
    or_(interviews.c.ended_at.is_(None), attempts.c.connected_at <= interviews.c.ended_at),
)
_TALKS = (
    select(
        interviews.c.id,
        attempts.c.id,
        attempts.c.connected_at,
        attempts.c.ended_at,
        attempts.c.note,
        attempts.c.prompted,
        attempts.c.simulated,
    )
    .join(attempts, _OF_INTERVIEW)
    .where(interviews.c.id.in_(_IDS))
    .order_by(interviews.c.id, attempts.c.number)
)
_SOUNDS = (
    select(
        interviews.c.id,
        recordings.c.id,
        recordings.c.attempt_id,
        recordings.c.file,
        recordings.c.station,
        recordings.c.started_at,
        recordings.c.duration_ms,
        recordings.c.channels,
        recordings.c.complete,
        recordings.c.problem,
    )
    .join(attempts, _OF_INTERVIEW)
    .join(recordings, recordings.c.attempt_id == attempts.c.id)
    .where(interviews.c.id.in_(_IDS))
    .order_by(interviews.c.id, recordings.c.started_at)
)


def _each(connection: Connection, statement: Any, ids: Sequence[str]) -> Iterator[Any]:
    for first in range(0, len(ids), _AT_ONCE):
        yield from connection.execute(statement, {"ids": ids[first : first + _AT_ONCE]})


def answer_rows(connection: Connection, ids: Sequence[str]) -> Iterator[AnswerRow]:
    """The answer events of these interviews, in their order."""
    return (AnswerRow(*row) for row in _each(connection, _ANSWERS, ids))


def talk_rows(connection: Connection, ids: Sequence[str]) -> Iterator[TalkRow]:
    """The conversations of these interviews, in their order."""
    return (TalkRow(*row) for row in _each(connection, _TALKS, ids))


def sound_rows(connection: Connection, ids: Sequence[str]) -> Iterator[SoundRow]:
    """The recordings of these interviews, in their order."""
    return (SoundRow(*row) for row in _each(connection, _SOUNDS, ids))


def interview_of(connection: Connection, recording_id: str) -> str | None:
    """The interview that a recording is of; None as long as its conversation has not ended."""
    return connection.scalar(
        select(interviews.c.id)
        .join(attempts, _OF_INTERVIEW)
        .join(recordings, recordings.c.attempt_id == attempts.c.id)
        .where(recordings.c.id == recording_id)
        .order_by(interviews.c.started_at.desc())
        .limit(1)
    )


def history(connection: Connection, interview_id: str) -> tuple[StoredVerdict, ...]:
    """All verdicts on an interview, oldest first."""
    rows = connection.execute(
        select(
            reviews.c.verdict,
            reviews.c.reason,
            reviews.c.note,
            reviews.c.user_id,
            users.c.name,
            reviews.c.at,
        )
        .join(users, users.c.id == reviews.c.user_id)
        .where(reviews.c.interview_id == interview_id)
        .order_by(reviews.c.id)
    )
    return tuple(StoredVerdict(*row) for row in rows)


def add(
    connection: Connection,
    interview_id: str,
    *,
    verdict: str,
    reason: str | None,
    note: str,
    user_id: int,
    at: datetime,
) -> None:
    """Write a verdict down; earlier ones stay."""
    connection.execute(
        insert(reviews).values(
            interview_id=interview_id, verdict=verdict, reason=reason, note=note, user_id=user_id, at=at
        )
    )


def add_mark(
    connection: Connection,
    interview_id: str,
    *,
    recording_id: str,
    offset_ms: int,
    note: str,
    user_id: int,
    at: datetime,
) -> None:
    """Note a place in a recording of an interview."""
    connection.execute(
        insert(review_marks).values(
            interview_id=interview_id,
            recording_id=recording_id,
            offset_ms=offset_ms,
            note=note,
            user_id=user_id,
            at=at,
        )
    )


def marks(connection: Connection, interview_id: str) -> tuple[StoredMark, ...]:
    """The marked places of an interview, in the order in which they were marked."""
    rows = connection.execute(
        select(
            review_marks.c.recording_id,
            review_marks.c.offset_ms,
            review_marks.c.note,
            review_marks.c.user_id,
            users.c.name,
            review_marks.c.at,
        )
        .join(users, users.c.id == review_marks.c.user_id)
        .where(review_marks.c.interview_id == interview_id)
        .order_by(review_marks.c.id)
    )
    return tuple(StoredMark(*row) for row in rows)


def set_excluded(connection: Connection, interview_id: str, excluded: bool) -> None:
    """Take an interview out of scores, or let it in again."""
    if connection.dialect.name == "postgresql":
        call(connection, "exclude_interview", interview=interview_id, excluded=excluded)
        return
    connection.execute(update(interviews).where(interviews.c.id == interview_id).values(excluded=excluded))


def accepted() -> Any:
    """A condition on interviews: the last verdict accepts it."""
    last = _last()
    holding = reviews.alias("holding")
    return interviews.c.id.in_(
        select(holding.c.interview_id).where(
            holding.c.id.in_(select(last.c.id)), holding.c.verdict == "accepted"
        )
    )


def in_scores(accepted_only: bool) -> Any:
    """A condition on interviews: no review excludes it, and one accepts it where the programme wants that."""
    return and_(~interviews.c.excluded, accepted() if accepted_only else true())
