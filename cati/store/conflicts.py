"""Writes of stations that came too late to take their place: set aside as they came, and told of once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from cati.domain.messages import Kind
from cati.domain.queue import CaseState
from cati.store import queue_postgres
from cati.store.engine import Connection
from cati.store.statements import any_row, insert_once
from cati.store.tables import answers, attempts, cases, conflicts, interviews, messages

_ANSWERED = any_row().where(answers.c.id == bindparam("answer"))
_OVERTAKEN = any_row().where(
    answers.c.interview_id == bindparam("interview"), answers.c.epoch > bindparam("lease")
)
_CASE_OF_INTERVIEW = (
    select(cases.c.state, cases.c.epoch)
    .join(interviews, interviews.c.case_id == cases.c.id)
    .where(interviews.c.id == bindparam("interview"))
)
_ATTEMPT = select(attempts.c.case_id, attempts.c.epoch).where(attempts.c.id == bindparam("attempt"))


class AttemptOf(NamedTuple):
    """The case of an attempt, and the lease under which it was made."""

    case_id: int
    epoch: int


@dataclass(frozen=True, slots=True)
class SetAside:
    """One write that could not take its place; `document` is the write itself."""

    id: str
    programme_id: int
    case_id: int | None
    attempt_id: str | None
    user_id: int
    station: str
    kind: str
    reason: str
    document: Mapping[str, Any]
    written_at: datetime
    received_at: datetime


def add(connection: Connection, row: SetAside) -> bool:
    """Keep a write that could not take its place; False when it is kept already."""
    values = {name: getattr(row, name) for name in SetAside.__slots__}
    return connection.execute(insert_once(connection, conflicts), values).rowcount == 1


def of_attempt(connection: Connection, attempt_id: str) -> tuple[SetAside, ...]:
    """What was set aside of one attempt, in the order in which it was written."""
    rows = connection.execute(
        select(conflicts)
        .where(conflicts.c.attempt_id == attempt_id)
        .order_by(conflicts.c.written_at, conflicts.c.id)
    )
    return tuple(SetAside(**row._mapping) for row in rows)


def of_no_attempt(
    connection: Connection, programme_id: int, user_id: int, received_at: datetime
) -> tuple[SetAside, ...]:
    """What was set aside at that moment of what a user wrote and no attempt is known of."""
    rows = connection.execute(
        select(conflicts)
        .where(
            conflicts.c.programme_id == programme_id,
            conflicts.c.user_id == user_id,
            conflicts.c.case_id.is_(None),
            conflicts.c.received_at == received_at,
        )
        .order_by(conflicts.c.written_at, conflicts.c.id)
    )
    return tuple(SetAside(**row._mapping) for row in rows)


def outcome_of(connection: Connection, case_id: int) -> str | None:
    """The outcome that a case has."""
    return connection.scalar(select(cases.c.disposition).where(cases.c.id == case_id))


def is_told(connection: Connection, attempt_id: str, said: str) -> bool:
    """Whether the supervisor was told this of an attempt already."""
    found = any_row().where(
        messages.c.attempt_id == attempt_id, messages.c.kind == str(Kind.LATE), messages.c.text == said
    )
    return bool(connection.scalar(select(found)))


def attempt_of(connection: Connection, attempt_id: str) -> AttemptOf | None:
    """Where an attempt belongs; None for one that is not stored."""
    row = connection.execute(_ATTEMPT, {"attempt": attempt_id}).one_or_none()
    return AttemptOf(row.case_id, row.epoch) if row is not None else None


def is_overtaken(connection: Connection, interview_id: str, epoch: int) -> bool:
    """Whether an interview was gone on with under a later lease than the one of `epoch`.

    A lease that only lapsed does not matter.
    """
    state, reached = _standing(connection, interview_id)
    if reached is None or reached <= epoch:
        return False
    held_again = state == CaseState.HELD
    later = {"interview": interview_id, "lease": epoch}
    return held_again or bool(connection.scalar(select(_OVERTAKEN), later))


def _standing(connection: Connection, interview_id: str) -> tuple[int | None, int | None]:
    """State and epoch of an interview's case, also where it is shown no more."""
    if connection.dialect.name == "postgresql":
        found = queue_postgres.call(connection, "standing_of", interview=interview_id)
        return found.state, found.epoch
    row = connection.execute(_CASE_OF_INTERVIEW, {"interview": interview_id}).one_or_none()
    return (None, None) if row is None else (row.state, row.epoch)


def is_answered(connection: Connection, answer_id: str) -> bool:
    """Whether an answer event is stored."""
    return bool(connection.scalar(select(_ANSWERED), {"answer": answer_id}))
