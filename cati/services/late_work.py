"""What a station sent that came too late to take its place, as it was written, beside what stands instead."""

from __future__ import annotations

from datetime import datetime

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.dispositions import DISPOSITIONS
from cati.domain.interview import Script
from cati.domain.messages import Kind, LateWrite
from cati.domain.programmes import LoadedProgramme
from cati.domain.times import clock
from cati.domain.users import Right
from cati.services.context import Context
from cati.store import conflicts as store
from cati.store import interviews as interview_store
from cati.store import messages as message_store
from cati.store.conflicts import SetAside
from cati.store.engine import Connection


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
        attempt_id = message_store.attempt_of(connection, message_id)
        found = (
            store.of_attempt(connection, attempt_id)
            if attempt_id is not None
            else store.of_no_attempt(connection, programme.id, message.operator_id, message.at)
        )
        return tuple(_late(connection, programme, one, language) for one in found)


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
