"""Interviews and their answer events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select, update

from cati.domain.ports import AnswerEvent
from cati.store.engine import Connection
from cati.store.statements import change_one, insert_once
from cati.store.tables import answers, interviews, responses
from cati.store.types import Moment

_GO_ON = (
    update(interviews)
    .where(
        interviews.c.id == bindparam("interview"),
        interviews.c.state == "partial",
        # What is delivered a second time was before that end.
        interviews.c.ended_at <= bindparam("again_at", type_=Moment()),
    )
    .values(state="open", ended_at=None)
)
_ANSWER = select(answers).where(answers.c.id == bindparam("answer"))
_EVENTS = (
    select(answers.c.seq, answers.c.item, answers.c.value)
    .where(answers.c.interview_id == bindparam("interview"))
    .order_by(answers.c.seq, answers.c.at)
)
_CHANGE = update(interviews).where(interviews.c.id == bindparam("interview"))
_STATE = select(interviews.c.state).where(interviews.c.id == bindparam("interview"))
_TYPED = select(interviews.c.typed).where(interviews.c.id == bindparam("interview"))
_LAST_ANSWERS = (
    select(answers.c.item, func.max(answers.c.seq).label("last"))
    .where(answers.c.interview_id == bindparam("interview"))
    .group_by(answers.c.item)
)
_NO_RESPONSES = delete(responses).where(responses.c.interview_id == bindparam("interview"))
_RESPONSES = insert(responses)


def open_interview(
    connection: Connection,
    *,
    interview_id: str,
    case_id: int,
    cell_id: int,
    user_id: int,
    language: str,
    at: datetime,
) -> None:
    """Note that an interview is under way; one that was stopped half-way is under way again."""
    row = {
        "id": interview_id,
        "case_id": case_id,
        "cell_id": cell_id,
        "state": "open",
        "started_at": at,
        "user_id": user_id,
        "language": language,
    }
    if connection.execute(insert_once(connection, interviews), row).rowcount == 0:
        # No row where it is under way still, or was finished after this was written.
        connection.execute(_GO_ON, {"interview": interview_id, "again_at": at})


def append_answer(connection: Connection, event: AnswerEvent, user_id: int) -> bool:
    """Store one answer event; False when it is there already, alike to the letter.

    Raises:
        ValueError: when another event has the same id: a fault of the program.
    """
    row = {
        "id": event.id,
        "interview_id": event.interview_id,
        "seq": event.seq,
        "epoch": event.epoch,
        "item": event.item,
        "value": event.value,
        "user_id": user_id,
        "at": event.at,
        "attempt_id": event.attempt_id,
        "offset_ms": event.offset_ms,
    }
    if connection.execute(insert_once(connection, answers), row).rowcount == 1:
        return True
    held = connection.execute(_ANSWER, {"answer": event.id}).one()
    if (held.interview_id, held.seq, held.item, held.value) != (
        event.interview_id,
        event.seq,
        event.item,
        event.value,
    ):
        raise ValueError("two different answer events have one id")
    return False


def latest_answers(connection: Connection, interview_id: str) -> tuple[int, dict[str, str]]:
    """The last sequence number, and the answer that holds for each item (taken-back ones left out)."""
    held: dict[str, str | None] = {}
    seq = 0
    for row in connection.execute(_EVENTS, {"interview": interview_id}):
        held[row.item] = row.value
        seq = row.seq
    return seq, {item: value for item, value in held.items() if value is not None}


def answers_of_case(connection: Connection, case_id: int) -> dict[str, str]:
    """What was answered in the interviews of a case, by question, once they are closed."""
    rows = connection.execute(
        select(responses.c.item, responses.c.value)
        .join(interviews, interviews.c.id == responses.c.interview_id)
        .where(interviews.c.case_id == case_id, responses.c.on_path)
    )
    return {row.item: row.value for row in rows}


def keep_typed(connection: Connection, interview_id: str, typed: Mapping[str, str], seq: int) -> None:
    """Write down what is typed and not entered, in place of what was typed before.

    Args:
        typed: words by item.
        seq: of the last answer event before them.
    """
    document = {"seq": seq, "items": dict(typed)}
    # No row where the interview is finished: then nothing is typed in it any more.
    connection.execute(_CHANGE, {"interview": interview_id, "typed": document})


def typed_words(connection: Connection, interview_id: str) -> dict[str, str]:
    """What was typed and not entered, by item; an answer that came later makes the words of its item void."""
    document = connection.scalar(_TYPED, {"interview": interview_id})
    if document is None:
        return {}
    last = {row.item: row.last for row in connection.execute(_LAST_ANSWERS, {"interview": interview_id})}
    return {item: text for item, text in document["items"].items() if last.get(item, 0) <= document["seq"]}


def is_complete(connection: Connection, interview_id: str | None) -> bool:
    """Whether an interview was finished; False when there is none."""
    return connection.scalar(_STATE, {"interview": interview_id}) == "complete"


def close_interview(
    connection: Connection,
    *,
    interview_id: str,
    state: str,
    counted: int,
    late: bool,
    held: Mapping[str, str],
    off_path: frozenset[str],
    at: datetime,
) -> None:
    """Fix what an interview became, and the answers that hold."""
    connection.execute(_NO_RESPONSES, {"interview": interview_id})
    rows = [
        {"interview_id": interview_id, "item": item, "value": value, "on_path": item not in off_path}
        for item, value in held.items()
    ]
    if rows:
        connection.execute(_RESPONSES, rows)
    # Last: what has ended takes no answers any more from whoever is bound to rows under way.
    became = {"state": state, "counted": counted, "late": late, "ended_at": at}
    change_one(connection, _CHANGE, {"interview": interview_id, **became})
