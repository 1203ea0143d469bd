"""What supervisors write to one operator or to all, until it is read."""

from __future__ import annotations

from datetime import timedelta

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.attendance import bounds, local_day
from cati.domain.users import Right
from cati.services import audit
from cati.services.context import Context
from cati.services.reasons import given_words
from cati.services.steering import require_operator
from cati.store import notices as store
from cati.store.notices import Notice as Notice

LASTS = timedelta(hours=12)
"""How long a notice is shown to who has not read it: a working day."""


def send(ctx: Context, text: str, *, to: int | None = None) -> int:
    """Write to an operator, or to all; gives the notice's row number.

    Args:
        ctx: somebody who may steer calling.
        text: what operators read; never a respondent's name or number.
        to: row number of an active operator; None for everybody.

    Raises:
        CatiError: ``not_allowed``, ``words_missing``, ``words_too_long``, ``no_operator``.
    """
    ctx.actor.require(Right.STEER)
    words = given_words(text)
    if not words:
        raise CatiError("words_missing", N_("Nothing is written yet. Nothing was sent. Write a few words."))
    with ctx.database.write() as connection:
        if to is not None:
            require_operator(connection, to)
        now = ctx.now(connection)
        notice_id = store.add(connection, words, to=to, at=now, by=ctx.actor.user_id)
        audit.record(ctx, connection, "notice_sent", f"notice {notice_id}", everybody=to is None)
        return notice_id


def of_today(ctx: Context) -> tuple[Notice, ...]:
    """What was written to operators today, the newest first, with how many have read it.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.STEER)
    with ctx.database.read() as connection:
        start, _end = bounds(local_day(ctx.now(connection)))
        return store.since(connection, start)


def take(ctx: Context) -> tuple[Notice, ...]:
    """What this operator has not read yet, the oldest first; from now on it is read.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.INTERVIEW)
    mine = ctx.actor.user_id
    with ctx.database.read() as connection:
        now = ctx.now(connection)
        found = store.unread(connection, mine, now - LASTS)
    if found:
        with ctx.database.write() as connection:
            for notice in found:
                store.mark_read(connection, notice.id, mine, now)
    return found
