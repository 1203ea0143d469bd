"""What a station sent that came too late to take its place: shown beside what stands, taken over or left."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.dispositions import DISPOSITIONS, interview_state
from cati.domain.interview import Script
from cati.domain.messages import Kind, LateWrite, holds
from cati.domain.programmes import LoadedProgramme
from cati.domain.queue import WAITING
from cati.domain.times import clock
from cati.domain.users import Right
from cati.domain.writes import Closing, write_of
from cati.services import audit, calls, steering
from cati.services.context import Context
from cati.services.queue import refuse_outside_fieldwork
from cati.services.steering import KEEPS
from cati.store import conflicts as store
from cati.store import interviews as interview_store
from cati.store import messages as message_store
from cati.store import steering as steering_store
from cati.store.conflicts import SetAside
from cati.store.engine import Connection
from cati.store.messages import Message
from cati.store.steering import SteeredCase


def of_message(
    ctx: Context, programme: LoadedProgramme, message_id: int, language: str
) -> tuple[LateWrite, ...]:
    """What a message about late work is about, in the order in which it was written.

    Args:
        ctx: a supervisor.
        programme: in hand.
        message_id: its row number.
        language: in which questions and answers are named.

    Raises:
        CatiError: ``not_allowed``, ``unknown_message``.
    """
    ctx.actor.require(Right.REVIEW)
    with ctx.database.read() as connection:
        message = message_store.find(connection, programme.id, message_id)
        if message is None:
            raise CatiError(
                "unknown_message",
                N_("There is no such message. Nothing was changed. Look at the messages again."),
            )
        if message.kind is not Kind.LATE:
            return ()
        found = _of(connection, programme, message, message_store.attempt_of(connection, message_id))
        return tuple(_late(connection, programme, one, language) for one in found)


def _of(
    connection: Connection, programme: LoadedProgramme, message: Message, attempt_id: str | None
) -> tuple[SetAside, ...]:
    if message.case_id is not None and holds(message.kind, message.text):
        return store.of_case(connection, message.case_id, message.operator_id)
    if attempt_id is not None:
        return store.of_attempt(connection, attempt_id)
    return store.of_no_attempt(connection, programme.id, message.operator_id, message.at)


def take_over(
    ctx: Context, connection: Connection, programme: LoadedProgramme, message: Message, now: datetime
) -> None:
    """Give what came late its place after all: calls, answers, recordings, outcome, place in the quota.

    An interview without an end waits for whoever held it, a day for that one alone. What is sent once more
    afterwards is there already.

    Args:
        ctx: a supervisor.
        connection: a write transaction.
        programme: in hand.
        message: it asks what becomes of the work.
        now: aware.

    Raises:
        CatiError: ``case_on_desk``, ``person_elsewhere``.
    """
    case_id = _off_desk(connection, programme, message).id
    writes = store.of_case(connection, case_id, message.operator_id)
    store.store_work(connection, case_id, message.operator_id)
    ends = [write_of(one.kind, one.document) for one in writes if one.kind == "close"]
    outcome = ""
    if ends:
        closing = ends[-1]
        assert isinstance(closing, Closing)
        outcome = closing.disposition
        _settle(ctx, connection, programme, message, closing, now)
    else:
        store.resume_work(connection, case_id, message.operator_id, now=now, until=now + KEEPS)
    audit.record(
        ctx,
        connection,
        "work_taken_over",
        f"case {case_id}",
        number=message.id,
        disposition=outcome,
    )


def offer_again(ctx: Context, connection: Connection, programme: LoadedProgramme, message: Message) -> None:
    """Let the person be called again whatever came late; it stays in the list as it came.

    Args:
        ctx, connection, programme, message: as for `take_over`.

    Raises:
        CatiError: ``case_on_desk``.
    """
    case_id = _off_desk(connection, programme, message).id
    store.offer_again(connection, case_id, message.operator_id)
    audit.record(ctx, connection, "work_left", f"case {case_id}", number=message.id)


def take_over_after_all(
    ctx: Context, connection: Connection, programme: LoadedProgramme, message: Message, now: datetime
) -> None:
    """Take work over whose person was to be called again, and was not yet.

    Args:
        ctx, connection, programme, now: as for `take_over`.
        message: settled by `offer_again`.

    Raises:
        CatiError: ``called_since``; as `take_over`.
    """
    assert message.settled_at is not None
    case = _off_desk(connection, programme, message)
    if store.is_called_since(connection, case.id, message.settled_at):
        raise CatiError(
            "called_since",
            N_(
                "The person was called again meanwhile, and that call stands. Nothing was changed; what came "
                "late is kept in the list."
            ),
        )
    # It stands again as it stood before the decision.
    if case.state in WAITING:
        steering_store.set_aside(connection, case)
    take_over(ctx, connection, programme, message, now)


def _off_desk(connection: Connection, programme: LoadedProgramme, message: Message) -> SteeredCase:
    assert message.case_id is not None
    refuse_outside_fieldwork(connection, programme)
    case = steering_store.lock(connection, programme.id, message.case_id)
    assert case is not None
    steering.refuse_on_desk(case)
    return case


def _settle(
    ctx: Context,
    connection: Connection,
    programme: LoadedProgramme,
    message: Message,
    closing: Closing,
    now: datetime,
) -> None:
    writer = replace(ctx, actor=replace(ctx.actor, user_id=message.operator_id))
    settlement = calls.settlement_of(writer, connection, programme, closing, now)
    asked = closing.interview_id is not None and closing.outcome is not None
    done = store.settle_work(
        connection,
        case_id=closing.case_id,
        user_id=message.operator_id,
        attempt_id=closing.attempt_id,
        now=now,
        outcome=settlement,
        state=interview_state(settlement, closing.outcome) if asked and closing.outcome else None,
    )
    if not done:
        raise steering.person_elsewhere()
    calls.note_wish(ctx, connection, programme, closing, now)


def _late(connection: Connection, programme: LoadedProgramme, aside: SetAside, language: str) -> LateWrite:
    written = aside.document
    if aside.kind == "close":
        stands = store.outcome_of(connection, written["case_id"])
        return LateWrite(aside.kind, "", _outcome(written["disposition"]), _outcome(stands))
    if aside.kind == "out":
        return LateWrite(aside.kind, "", clock(datetime.fromisoformat(written["at"])), "")
    if aside.kind != "answer":
        return LateWrite(aside.kind, "", "", "")
    script, item = Script.of(programme.programme), written["item"]
    _seq, held = interview_store.latest_answers(connection, written["interview_id"])
    known = any(question.name == item for question in programme.programme.questions)

    def label(value: str | None) -> str:
        return script.answer_label(item, value, language) if known and value else value or ""

    about = script.short(item, language) if known else item
    return LateWrite(aside.kind, about, label(written["value"]), label(held.get(item)))


def _outcome(code: str | None) -> str:
    known = DISPOSITIONS.get(code or "")
    return known.label if known is not None else code or ""
