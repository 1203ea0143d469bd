"""Attempts: one dialling of a case each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, func, insert, or_, select, update

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.dispositions import HANDED_OVER, UNSETTLED, PastAttempt
from cati.domain.queue import CaseState
from cati.store import queue_postgres
from cati.store.engine import Connection
from cati.store.statements import any_row, seconds_between
from cati.store.tables import answers, attempts, cases, interviews
from cati.store.types import Moment


@dataclass(frozen=True, slots=True)
class MyDayAttempt:
    """One of an operator's attempts of a day: when, with what outcome, seconds connected (None: never).

    Attributes:
        interview_seconds: of the interview that it completed, over all calls in which it was held; None
            for every other outcome.
    """

    at: datetime
    disposition: str | None
    connected_seconds: float | None
    interview_seconds: float | None = None


_COUNT_ATTEMPT = (
    update(cases)
    .where(
        cases.c.id == bindparam("case"),
        cases.c.held_by == bindparam("user"),
        cases.c.epoch == bindparam("lease"),
        cases.c.state == int(CaseState.HELD),
    )
    .values(attempts=cases.c.attempts + 1)
    .returning(cases.c.attempts)
)
_IS_BEGUN = select(attempts.c.id).where(attempts.c.id == bindparam("attempt"))
_NUMBER = select(attempts.c.number).where(attempts.c.id == bindparam("attempt"))
_BEGIN = insert(attempts)
_SPOKEN_TO = any_row().where(answers.c.attempt_id == attempts.c.id)
_CUT_OFF = (
    update(attempts)
    .where(attempts.c.case_id == bindparam("case"), attempts.c.disposition.is_(None))
    .values(disposition=case((_SPOKEN_TO, "interrupted"), else_="dialling_cut_off"))
)
_KEEP_NOTE = (
    update(attempts)
    .where(attempts.c.id == bindparam("attempt"), attempts.c.disposition.is_(None))
    .values(note=bindparam("text"))
)
_LAST = (
    select(attempts.c.user_id, attempts.c.disposition)
    .where(attempts.c.case_id == bindparam("case"))
    .order_by(attempts.c.number.desc())
    .limit(1)
)
_NUMBERED = select(attempts.c.user_id, attempts.c.disposition).where(
    attempts.c.case_id == bindparam("case"), attempts.c.number == bindparam("number")
)
_OPEN_INTERVIEW = (
    select(interviews.c.id)
    .where(
        interviews.c.case_id == bindparam("case"),
        interviews.c.state == "open",
        any_row().where(answers.c.interview_id == interviews.c.id),
    )
    .limit(1)
)
# Once ended it stays so, for whoever sends it again.
_END = update(attempts).where(attempts.c.id == bindparam("attempt"), attempts.c.ended_at.is_(None))
_STANDS = select(attempts.c.disposition, attempts.c.ended_at).where(attempts.c.id == bindparam("attempt"))
_SETTLED_STATE = (
    select(cases.c.state)
    .join(attempts, attempts.c.case_id == cases.c.id)
    .where(
        attempts.c.id == bindparam("attempt"),
        attempts.c.disposition == bindparam("disposition"),
        attempts.c.ended_at == bindparam("ended_at", type_=Moment()),
    )
)
_HISTORY = (
    select(attempts.c.dialled_at, attempts.c.disposition, attempts.c.alternate)
    .where(
        attempts.c.case_id == bindparam("case"),
        attempts.c.id != bindparam("but"),
        attempts.c.disposition.is_not(None),
    )
    .order_by(attempts.c.number)
)


def begin(
    connection: Connection,
    *,
    attempt_id: str,
    case_id: int,
    epoch: int,
    user_id: int,
    station: str,
    alternate: int,
    at: datetime,
    simulated: bool,
    incoming: bool = False,
) -> int | None:
    """Add an attempt to a case held under this epoch; its number, or None when the lease was lost.

    An earlier attempt without an outcome was cut off by a stopped station; see `cut_off`. When it ended
    stays unknown.
    """
    if connection.dialect.name == "postgresql":
        return queue_postgres.begin(
            connection,
            attempt_id=attempt_id,
            case_id=case_id,
            epoch=epoch,
            user_id=user_id,
            station=station,
            alternate=alternate,
            at=at,
            simulated=simulated,
            incoming=incoming,
        )
    held: dict[str, Any] = {"case": case_id, "user": user_id, "lease": epoch}
    number = connection.scalar(_COUNT_ATTEMPT, held)
    if number is None:
        return None
    if number > 1:
        cut_off(connection, case_id)
    connection.execute(
        _BEGIN,
        {
            "id": attempt_id,
            "case_id": case_id,
            "number": number,
            "user_id": user_id,
            "station": station,
            "epoch": epoch,
            "alternate": alternate,
            "dialled_at": at,
            "simulated": simulated,
            "incoming": incoming,
        },
    )
    return int(number)


def is_noted(connection: Connection, attempt_id: str) -> bool:
    """Whether an attempt is stored."""
    return connection.scalar(_IS_BEGUN, {"attempt": attempt_id}) is not None


def number_of(connection: Connection, attempt_id: str) -> int | None:
    """The number of an attempt within its case; None when it is not stored."""
    number: int | None = connection.scalar(_NUMBER, {"attempt": attempt_id})
    return number


def keep_note(connection: Connection, attempt_id: str, note: str) -> None:
    """Write down the note of an attempt that has no outcome yet."""
    connection.execute(_KEEP_NOTE, {"attempt": attempt_id, "text": note})


def cut_off(connection: Connection, case_id: int) -> None:
    """Give an attempt that a stopped station left without an outcome the one it has.

    It is "interrupted" when something had been answered in it, else nobody is known to have been reached.
    """
    if connection.dialect.name == "postgresql":
        queue_postgres.cut_off(connection, case_id)
        return
    connection.execute(_CUT_OFF, {"case": case_id})


def is_begun(connection: Connection, case_id: int, user_id: int) -> bool:
    """Whether the operator goes on with this case: was cut off in it, or a colleague handed it over.

    Cut off means dialled without coming to an outcome.
    """
    last = connection.execute(_LAST, {"case": case_id}).one_or_none()
    if last is not None:
        mine = last.user_id == user_id
        cut = mine and (last.disposition is None or last.disposition in UNSETTLED)
        if cut or (not mine and last.disposition == HANDED_OVER):
            return True
    return connection.scalar(_OPEN_INTERVIEW, {"case": case_id}) is not None


def was_cut_off(connection: Connection, case_id: int, number: int, user_id: int) -> bool:
    """Whether an attempt of a case, by its number, was this operator's and ended without an outcome."""
    found = connection.execute(_NUMBERED, {"case": case_id, "number": number}).one_or_none()
    return found is not None and found.user_id == user_id and found.disposition in {None, *UNSETTLED}


def alternate_of(connection: Connection, attempt_id: str) -> int:
    """Which of the entry's numbers was dialled, 0 the first."""
    return connection.scalar(select(attempts.c.alternate).where(attempts.c.id == attempt_id)) or 0


def is_simulated(connection: Connection, attempt_id: str) -> bool:
    """Whether nobody was dialled in this attempt."""
    return bool(connection.scalar(select(attempts.c.simulated).where(attempts.c.id == attempt_id)))


def end(
    connection: Connection,
    *,
    attempt_id: str,
    disposition: str,
    note: str,
    prompted: bool,
    connected_at: datetime | None,
    ended_at: datetime,
    late: bool = False,
) -> None:
    """Write down how an attempt went; doing so again changes nothing.

    Raises:
        CatiError: ``attempt_ended_otherwise`` also when the attempt is not stored, or another's.
    """
    ended = connection.execute(
        _END,
        {
            "attempt": attempt_id,
            "disposition": disposition,
            "note": note,
            "prompted": prompted,
            "connected_at": connected_at,
            "ended_at": ended_at,
            "late": late,
        },
    )
    if ended.rowcount == 1:
        return
    stands = connection.execute(_STANDS, {"attempt": attempt_id}).one_or_none()
    if stands is None or (stands.disposition, stands.ended_at) != (disposition, ended_at):
        raise CatiError(
            "attempt_ended_otherwise",
            N_(
                "How this call ended could not be written down: it is not stored, or has ended otherwise. "
                "Every answer is kept. Tell the supervisor."
            ),
        )


def settled_state(
    connection: Connection, attempt_id: str, disposition: str, ended_at: datetime
) -> CaseState | None:
    """The state of the case if this very end of the attempt is written down already, None if it is not."""
    if connection.dialect.name == "postgresql":
        return queue_postgres.settled_state(connection, attempt_id, disposition, ended_at)
    found = {"attempt": attempt_id, "disposition": disposition, "ended_at": ended_at}
    state = connection.scalar(_SETTLED_STATE, found)
    return None if state is None else CaseState(state)


def history(connection: Connection, case_id: int, but: str = "") -> tuple[PastAttempt, ...]:
    """All settled attempts of a case, `but` one if it is named, oldest first."""
    rows = connection.execute(_HISTORY, {"case": case_id, "but": but})
    return tuple(PastAttempt(row.dialled_at, row.disposition, row.alternate) for row in rows)


def of_day(connection: Connection, user_id: int, start: datetime, end_: datetime) -> tuple[MyDayAttempt, ...]:
    """An operator's attempts in [start, end_), oldest first."""
    rows = connection.execute(
        select(
            attempts.c.dialled_at,
            attempts.c.disposition,
            attempts.c.connected_at,
            attempts.c.ended_at,
            case((attempts.c.disposition == "complete", interview_length(connection))).label("length"),
        )
        .where(attempts.c.user_id == user_id, attempts.c.dialled_at >= start, attempts.c.dialled_at < end_)
        .order_by(attempts.c.dialled_at)
    )
    return tuple(
        MyDayAttempt(
            r.dialled_at,
            r.disposition,
            (r.ended_at - r.connected_at).total_seconds() if r.connected_at and r.ended_at else None,
            # The engines count in floats: a thousandth is more than they lose.
            round(float(r.length), 3) if r.length is not None else None,
        )
        for r in rows
    )


def interview_length(connection: Connection) -> ColumnElement[Any]:
    """Seconds of connection of the interview of an attempt's case, over all calls in which it was held."""
    talk = attempts.alias("talk")
    # Of answers no more is read than that there are some: so an observer may be told.
    held = (
        select(answers.c.id)
        .where(
            interviews.c.case_id == attempts.c.case_id,
            interviews.c.state.in_(("complete", "no_opinion")),
            answers.c.interview_id == interviews.c.id,
            answers.c.attempt_id == talk.c.id,
        )
        .correlate(attempts, talk)
        .exists()
    )
    return (
        select(func.sum(seconds_between(connection, talk.c.connected_at, talk.c.ended_at)))
        .where(talk.c.case_id == attempts.c.case_id, or_(talk.c.id == attempts.c.id, held))
        .correlate(attempts)
        .scalar_subquery()
    )


def any_live(connection: Connection, programme_id: int) -> bool:
    """Whether a person has ever dialled in this programme (simulation leaves that alone)."""
    query = (
        select(attempts.c.id)
        .join(cases, cases.c.id == attempts.c.case_id)
        .where(cases.c.programme_id == programme_id, ~attempts.c.simulated)
        .limit(1)
    )
    return connection.scalar(query) is not None
