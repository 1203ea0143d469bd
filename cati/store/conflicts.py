"""Writes of stations that came too late to take their place: set aside as they came, and told of once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, select

from cati.domain.messages import WORK_HELD, Kind
from cati.domain.queue import CaseState, Settlement
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


class Held(NamedTuple):
    """The case that a write belongs to, and whether nobody gets it now."""

    case_id: int | None
    held: bool


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


def hold(connection: Connection, write_id: str) -> Held:
    """Let nobody get the case of a write that was set aside, where somebody was spoken to in it.

    That is so where the server knows nothing of the call, as after a restore, and where it was a whole
    interview; what the supervisor was told of it then asks for a decision. Only to a server is something
    ever sent late.
    """
    if connection.dialect.name == "sqlite":
        of_write = select(conflicts.c.case_id).where(conflicts.c.id == write_id)
        return Held(connection.scalar(of_write), False)
    found = queue_postgres.call(connection, "hold_for_write", write=write_id)
    return Held(found.o_case, found.o_held)


def store_work(connection: Connection, case_id: int, user_id: int) -> None:
    """Give all that was set aside of a user's calls in a case its place; doing so again changes nothing."""
    queue_postgres.call(connection, "store_held_work", case=case_id, user=user_id)


def settle_work(
    connection: Connection,
    *,
    case_id: int,
    user_id: int,
    attempt_id: str,
    now: datetime,
    outcome: Settlement,
    state: str | None,
) -> bool:
    """End a case as a call ended whose work was stored; False where its person belongs to another case.

    Args:
        state: what the interview has become; None where there was none.
    """
    done = queue_postgres.call(
        connection,
        "settle_held_work",
        case=case_id,
        user=user_id,
        now=now,
        attempt=attempt_id,
        **queue_postgres.told(outcome),
        became=state,
    )
    return bool(done.o_fate != "person_elsewhere")


def resume_work(
    connection: Connection, case_id: int, user_id: int, *, now: datetime, until: datetime
) -> None:
    """Let a case wait whose call has no end; `until` then only whoever was cut off in it gets it."""
    queue_postgres.call(connection, "resume_held_work", case=case_id, user=user_id, now=now, until=until)


def offer_again(connection: Connection, case_id: int, user_id: int) -> None:
    """Let a case be called again whatever a user did in it; what was set aside stays in the list."""
    queue_postgres.call(connection, "offer_again", case=case_id, user=user_id)


def is_called_since(connection: Connection, case_id: int, since: datetime) -> bool:
    """Whether anybody was called in a case after a moment."""
    found = any_row().where(attempts.c.case_id == case_id, attempts.c.dialled_at > since)
    return bool(connection.scalar(select(found)))


def of_case(connection: Connection, case_id: int, user_id: int) -> tuple[SetAside, ...]:
    """What was set aside of a user's calls in a case, in the order in which it was written."""
    return _found(connection, conflicts.c.case_id == case_id, conflicts.c.user_id == user_id)


def of_attempt(connection: Connection, attempt_id: str) -> tuple[SetAside, ...]:
    """What was set aside of one attempt, in the order in which it was written."""
    return _found(connection, conflicts.c.attempt_id == attempt_id)


def of_no_attempt(
    connection: Connection, programme_id: int, user_id: int, received_at: datetime
) -> tuple[SetAside, ...]:
    """What was set aside at that moment of what a user wrote and no attempt is known of."""
    return _found(
        connection,
        conflicts.c.programme_id == programme_id,
        conflicts.c.user_id == user_id,
        conflicts.c.case_id.is_(None),
        conflicts.c.received_at == received_at,
    )


def _found(connection: Connection, *conditions: ColumnElement[bool]) -> tuple[SetAside, ...]:
    rows = connection.execute(
        select(*(conflicts.c[name] for name in SetAside.__slots__))
        .where(*conditions)
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


def is_asked(connection: Connection, case_id: int, user_id: int) -> bool:
    """Whether the supervisor is asked already what becomes of a user's work in a case."""
    found = any_row().where(
        messages.c.case_id == case_id,
        messages.c.user_id == user_id,
        messages.c.kind == str(Kind.LATE),
        messages.c.text == WORK_HELD,
        messages.c.settled_at.is_(None),
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
