"""Opening interviews and keeping their answers."""

from __future__ import annotations

from datetime import datetime

from cati.domain.call_effects import KeepTyped
from cati.domain.ports import AnswerEvent
from cati.domain.users import Right
from cati.services.context import Context
from cati.store import calls
from cati.store import interviews as store


def open_interview(
    ctx: Context, *, interview_id: str, case_id: int, cell_id: int, language: str, at: datetime
) -> None:
    """Commit that an interview is under way; doing so twice changes nothing.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.INTERVIEW)
    with ctx.database.write() as connection:
        store.open_interview(
            connection,
            interview_id=interview_id,
            case_id=case_id,
            cell_id=cell_id,
            user_id=ctx.actor.user_id,
            language=language,
            at=at,
        )


def keep_typed(ctx: Context, typed: KeepTyped) -> None:
    """Commit the note of an attempt under way, and what is typed and not entered in its interview.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.INTERVIEW)
    with ctx.database.write() as connection:
        calls.keep_note(connection, typed.attempt_id, typed.note)
        if typed.interview_id is not None:
            store.keep_typed(connection, typed.interview_id, typed.typed, typed.seq)


class DatabaseAnswerLog:
    """The answer log of a station that writes straight into the database.

    Args:
        ctx: the operator's session.
    """

    def __init__(self, ctx: Context) -> None:
        ctx.actor.require(Right.INTERVIEW)
        self._ctx = ctx

    def append(self, event: AnswerEvent) -> None:
        """Commit one answer event. The same event twice is stored once, on both engines."""
        with self._ctx.database.write() as connection:
            store.append_answer(connection, event, self._ctx.actor.user_id)
