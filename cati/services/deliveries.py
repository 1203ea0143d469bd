"""Taking in what a station wrote down while, or just before, the server took it: every write exactly once.

A write that cannot take its place any more is set aside and told to the supervisor; none is ever dropped.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from functools import partial

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.call_effects import EndAttempt, KeepTyped
from cati.domain.messages import LATE_WORDS, WORK_HELD
from cati.domain.ports import AnswerEvent, RecordingSummary
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Role
from cati.domain.writes import (
    Begun,
    Closing,
    Envelope,
    Opened,
    Proof,
    RecordingBegun,
    SignedIn,
    SignedOut,
    WentHome,
    document_of,
    kind_of,
)
from cati.services import attendance, audit, calls, interviews, recordings, sessions
from cati.services.context import Context
from cati.store import conflicts as store
from cati.store import interviews as interview_store
from cati.store import users as user_store
from cati.store.conflicts import SetAside
from cati.store.engine import Connection

SET_ASIDE, AT_WORK_AGAIN, NOT_PROVEN = "set_aside", "at_work_again", "written_by_other"
assert {SET_ASIDE, AT_WORK_AGAIN} <= LATE_WORDS.keys()


def acting_for(ctx: Context, envelope: Envelope, proof: Proof | None = None) -> Context:
    """The session of whoever sends, with the writer as who acted.

    This is the one place where the sender of a write stands for its writer. The writer had the right to
    interview when it was written, whatever became of it since. Where everybody signs in to the server as
    themselves, the server checks the writer's proof at the beginning of each transaction, and lets nothing
    into it but what was proven.

    Raises:
        CatiError: ``written_by_other`` when there is no proof, there or later.
    """
    writer, database, sender = ctx.actor, ctx.database, None
    if writer.user_id != envelope.user_id:
        with ctx.database.read() as connection:
            user = user_store.by_id(connection, envelope.user_id)
        assert user is not None
        if database.personal:
            if proof is None:
                raise _not_proven(user.name)
            database, sender = database.preceded(partial(_vouch, proof, user.name)), ctx.actor
        writer = sessions.actor_of(user, envelope.station)
    writer = replace(writer, station=envelope.station, roles=writer.roles | {Role.OPERATOR})
    return replace(ctx, actor=writer, database=database, sender=sender)


def _vouch(proof: Proof, name: str, connection: Connection) -> None:
    if not user_store.vouch(connection, proof.coded, proof.mac):
        raise _not_proven(name)


def _not_proven(name: str) -> CatiError:
    return CatiError(
        NOT_PROVEN,
        N_(
            "What {name} wrote at this station is kept here and not sent yet. Have {name} sign in "
            "here once: then it is sent."
        ),
        name=name,
    )


def deliver(ctx: Context, programme: LoadedProgramme, envelope: Envelope, proof: Proof | None = None) -> None:
    """Carry out a write of a call; doing so again changes nothing.

    Args:
        ctx: the session of whoever sends it.
        programme: the one the envelope names.
        envelope: the write, with who wrote it and where.
        proof: that it was written by who is named.

    Raises:
        CatiError: when the database cannot take it now, or the sender holds no key that is needed; as
            `acting_for`.
    """
    writer = acting_for(ctx, envelope, proof)
    match envelope.write:
        case Begun() as begun:
            if not calls.note_attempt(writer, begun):
                _tell(writer, programme, begun.case_id, begun.attempt_id, "late_dialled")
        case Opened() as opened:
            interviews.open_interview(writer, **asdict(opened))
        case AnswerEvent() as event:
            _answer(writer, programme, envelope, event)
        case KeepTyped() as typed:
            _keep(writer, programme, envelope, typed)
        case EndAttempt() as ended:
            _end(writer, ended)
        case Closing() as closing:
            _close(writer, programme, envelope, closing)
        case RecordingBegun() as begun:
            recordings.register(writer, **asdict(begun))
        case RecordingSummary() as summary:
            recordings.finish(writer, summary)
        case WentHome(at):
            _go_home(writer, programme, envelope, at)
        case SignedIn(at):
            sessions.note_offline(writer, envelope.id, at, begins=True)
        case SignedOut(at):
            sessions.note_offline(writer, envelope.id, at, begins=False)


def set_aside(
    ctx: Context,
    programme: LoadedProgramme,
    envelope: Envelope,
    refusal: Exception,
    proof: Proof | None = None,
) -> None:
    """Keep a write that the program cannot carry out, as it came, and tell the supervisor.

    Raises:
        CatiError: when the database cannot take it now.
    """
    writer = acting_for(ctx, envelope, proof)
    reason = refusal.code if isinstance(refusal, CatiError) else type(refusal).__name__
    with writer.database.write() as connection:
        _set_aside(writer, connection, programme, envelope, reason)


def _answer(writer: Context, programme: LoadedProgramme, envelope: Envelope, event: AnswerEvent) -> None:
    with writer.database.write() as connection:
        if store.is_answered(connection, event.id):
            return
        if store.is_overtaken(connection, event.interview_id, event.epoch):
            _set_aside(writer, connection, programme, envelope, SET_ASIDE)
        else:
            interview_store.append_answer(connection, event, writer.actor.user_id)


def _keep(writer: Context, programme: LoadedProgramme, envelope: Envelope, typed: KeepTyped) -> None:
    if typed.interview_id is not None:
        with writer.database.write() as connection:
            attempt = store.attempt_of(connection, typed.attempt_id)
            assert attempt is not None
            if store.is_overtaken(connection, typed.interview_id, attempt.epoch):
                _set_aside(writer, connection, programme, envelope, SET_ASIDE)
                return
    interviews.keep_typed(writer, typed)


def _end(writer: Context, ended: EndAttempt, *, late: bool = False) -> None:
    calls.end_attempt(
        writer,
        attempt_id=ended.attempt_id,
        disposition=ended.disposition,
        note=ended.note,
        prompted=ended.prompted,
        connected_at=ended.connected_at,
        ended_at=ended.at,
        late=late,
    )


def _close(writer: Context, programme: LoadedProgramme, envelope: Envelope, closing: Closing) -> None:
    if not _close_is_overtaken(writer, programme, envelope, closing):
        calls.close(writer, programme, closing, tell_late=True)
        return
    ended = EndAttempt(
        closing.attempt_id,
        closing.disposition,
        closing.note,
        closing.prompted,
        closing.connected_at,
        closing.ended_at,
    )
    _end(writer, ended, late=True)


def _close_is_overtaken(
    writer: Context, programme: LoadedProgramme, envelope: Envelope, closing: Closing
) -> bool:
    """Whether the interview was gone on with elsewhere; then its end from here is set aside."""
    if closing.interview_id is None:
        return False
    with writer.database.write() as connection:
        if calls.is_settled(connection, closing):
            return False
        overtaken = store.is_overtaken(connection, closing.interview_id, closing.epoch)
        if overtaken:
            _set_aside(writer, connection, programme, envelope, SET_ASIDE)
        return overtaken


def _set_aside(
    writer: Context,
    connection: Connection,
    programme: LoadedProgramme,
    envelope: Envelope,
    reason: str,
    said: str = SET_ASIDE,
) -> None:
    document = document_of(envelope.write)
    attempt_id = document.get("attempt_id")
    attempt = store.attempt_of(connection, attempt_id) if attempt_id else None
    case_id = attempt.case_id if attempt is not None else None
    row = SetAside(
        id=envelope.id,
        programme_id=programme.id,
        case_id=case_id,
        attempt_id=attempt_id,
        user_id=envelope.user_id,
        station=envelope.station,
        kind=kind_of(envelope.write),
        reason=reason,
        document=document,
        written_at=envelope.at,
        received_at=writer.now(connection),
    )
    if store.add(connection, row):
        # What is not stored cannot be referred to.
        known = attempt_id if attempt is not None else None
        case_id, held = store.hold(connection, row.id)
        if not held:
            calls.tell_supervisor(writer, connection, programme, case_id, known, said)
        elif case_id is not None and not store.is_asked(connection, case_id, envelope.user_id):
            calls.tell_supervisor(writer, connection, programme, case_id, known, WORK_HELD)
        audit.record(
            writer,
            connection,
            "write_set_aside",
            f"case {case_id}",
            kind=row.kind,
            reason=reason,
            station=row.station,
        )


def _go_home(writer: Context, programme: LoadedProgramme, envelope: Envelope, at: datetime) -> None:
    if not attendance.went_home(writer, envelope.id, at):
        with writer.database.write() as connection:
            _set_aside(writer, connection, programme, envelope, AT_WORK_AGAIN, said=AT_WORK_AGAIN)


def _tell(writer: Context, programme: LoadedProgramme, case_id: int, attempt_id: str, said: str) -> None:
    with writer.database.write() as connection:
        calls.tell_supervisor(writer, connection, programme, case_id, attempt_id, said)
