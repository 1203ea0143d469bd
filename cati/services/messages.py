"""Messages from operators to the supervisor: complaints, calls for help, refusals to decide on."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.messages import Kind, Stretch, holds, pressing
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Right, Role
from cati.services import audit, late_work
from cati.services.context import Context
from cati.services.reasons import given_words
from cati.store import messages as store
from cati.store import settlement
from cati.store import users as user_store
from cati.store.engine import Connection
from cati.store.messages import Message

__all__ = [
    "Kind",
    "Message",
    "count_waiting",
    "decided",
    "mine",
    "send",
    "settle",
    "settle_after_all",
    "stretch_of",
    "take_over_all",
    "waiting",
]

SHOWN_FOR = timedelta(days=3)
"""How long what was decided is looked at once more: as long as stations can send again."""
MOST_DECIDED = 200
"""How many of those are shown, the latest."""


def send(
    ctx: Context,
    programme: LoadedProgramme,
    kind: Kind,
    text: str = "",
    *,
    case_id: int | None = None,
    attempt_id: str | None = None,
    stretch: Stretch | None = None,
) -> int:
    """Lay a message before the supervisor; gives its row number.

    Args:
        ctx: an operator.
        programme: in hand.
        kind: what it is about.
        text: in the operator's words; never a name or a number.
        case_id: the case it is about, if any.
        attempt_id: the attempt in which it arose, if any.
        stretch: what of a recording it marks, if anything.

    Raises:
        CatiError: ``not_allowed``, ``words_too_long``.
    """
    ctx.actor.require(Right.INTERVIEW)
    words = given_words(text)
    with ctx.database.write() as connection:
        message_id = store.add(
            connection,
            programme_id=programme.id,
            kind=kind,
            text=words,
            user_id=ctx.actor.user_id,
            station=ctx.actor.station,
            at=ctx.now(connection),
            case_id=case_id,
            attempt_id=attempt_id,
            stretch=stretch,
        )
        audit.record(ctx, connection, "message_sent", f"message {message_id}", kind=str(kind))
        return message_id


def stretch_of(ctx: Context, programme: LoadedProgramme, message_id: int) -> Stretch:
    """What of a recording a message marks.

    Raises:
        CatiError: ``not_allowed``; ``nothing_marked``.
    """
    ctx.actor.require(Right.REVIEW)
    with ctx.database.read() as connection:
        found = store.find(connection, programme.id, message_id)
    if found is None or found.stretch is None:
        raise CatiError(
            "nothing_marked",
            N_("This message marks nothing of a recording. Nothing was written. Look at the messages again."),
        )
    return found.stretch


def mine(ctx: Context, programme: LoadedProgramme, since: datetime) -> tuple[Message, ...]:
    """What the operator sent since a moment (aware), the oldest first, with what was answered."""
    ctx.actor.require(Right.INTERVIEW)
    with ctx.database.read() as connection:
        return store.sent_by(connection, programme.id, ctx.actor.user_id, since)


def waiting(ctx: Context, programme: LoadedProgramme) -> tuple[Message, ...]:
    """What nobody settled yet: calls for help, then complaints, then the rest, the oldest of each first."""
    ctx.actor.require(Right.REVIEW)
    with ctx.database.read() as connection:
        return tuple(sorted(store.waiting(connection, programme.id), key=lambda one: pressing(one.kind)))


def count_waiting(ctx: Context, programme: LoadedProgramme) -> int:
    """How many nobody settled yet."""
    ctx.actor.require(Right.REVIEW)
    with ctx.database.read() as connection:
        return store.count_waiting(connection, programme.id)


def decided(ctx: Context, programme: LoadedProgramme) -> tuple[Message, ...]:
    """What was settled in the last days, the latest first."""
    ctx.actor.require(Right.REVIEW)
    with ctx.database.read() as connection:
        since = ctx.now(connection) - SHOWN_FOR
        return store.decided(connection, programme.id, since, MOST_DECIDED)


def settle(
    ctx: Context, programme: LoadedProgramme, message_id: int, answer: str = "", *, again: bool = False
) -> None:
    """Settle a message with an answer.

    Args:
        ctx: a supervisor.
        programme: in hand.
        message_id: its row number.
        answer: kept with it; a complaint and a call for help need one.
        again: of a refusal or an unknown language: the person is called once more, from the next day on, by
            another operator if there is one. Else the case has ended. Of work that holds its case: the person
            is called again whatever was answered. Else the work is taken over.

    Raises:
        CatiError: ``not_allowed``, ``words_too_long``, ``unknown_message``, ``answer_missing``,
            ``message_settled``, ``case_goes_on`` when the case of the refusal was taken up in another way; as
            `late_work.take_over`.
    """
    ctx.actor.require(Right.REVIEW)
    answer = given_words(answer)
    with ctx.database.write() as connection:
        found = _find(connection, programme, message_id)
        held = holds(found.kind, found.text)
        if not (found.kind.decides or held) and not answer:
            raise CatiError("answer_missing", N_("Write what was done about it. The message still waits."))
        now = ctx.now(connection)
        how = again if found.kind.decides or held else None
        by = ctx.actor.user_id
        if not store.settle(connection, message_id, user_id=by, at=now, answer=answer, again=how):
            raise _settled(_find(connection, programme, message_id))
        if found.kind.decides and again:
            _call_again(connection, programme, found, now)
        if held and again:
            late_work.offer_again(ctx, connection, programme, found)
        elif held:
            late_work.take_over(ctx, connection, programme, found, now)
        audit.record(
            ctx, connection, "message_settled", f"message {message_id}", kind=str(found.kind), again=again
        )


def settle_after_all(ctx: Context, programme: LoadedProgramme, message_id: int, answer: str = "") -> None:
    """Take late work over whose person was to be called again, as long as nobody has called yet.

    Args:
        ctx: a supervisor.
        programme: in hand.
        message_id: row number of what was settled with `again`.
        answer: kept with it, in place of the first.

    Raises:
        CatiError: ``not_allowed``, ``words_too_long``, ``unknown_message``, ``message_settled`` where it is
            taken over already, ``nothing_left`` where it was not about late work or waits still; as
            `late_work.take_over_after_all`.
    """
    ctx.actor.require(Right.REVIEW)
    answer = given_words(answer)
    with ctx.database.write() as connection:
        found = _find(connection, programme, message_id)
        if not holds(found.kind, found.text) or found.settled_at is None:
            raise CatiError(
                "nothing_left",
                N_("This message has left no work that could still be taken over. Nothing was changed."),
            )
        now = ctx.now(connection)
        by = ctx.actor.user_id
        if not store.settle_otherwise(connection, message_id, user_id=by, at=now, answer=answer):
            raise _settled(_find(connection, programme, message_id))
        late_work.take_over_after_all(ctx, connection, programme, found, now)
        audit.record(
            ctx, connection, "message_settled", f"message {message_id}", kind=str(found.kind), again=False
        )


def _find(connection: Connection, programme: LoadedProgramme, message_id: int) -> Message:
    found = store.find(connection, programme.id, message_id)
    if found is None:
        raise CatiError(
            "unknown_message",
            N_("There is no such message. Nothing was changed. Look at the messages again."),
        )
    return found


def _settled(found: Message) -> CatiError:
    """Somebody was there first: who, is known after waiting for it only."""
    return CatiError(
        "message_settled",
        N_("{name} has settled this message meanwhile. Nothing was changed."),
        name=found.settled_by or "",
    )


def take_over_all(ctx: Context, programme: LoadedProgramme) -> tuple[int, int]:
    """Take all late work over that waits for a decision, as after a restore; each for itself.

    Returns:
        How much was taken over, and how much not yet: its case is on a desk, or its person in another.

    Raises:
        CatiError: ``not_allowed``; as `settle`.
    """
    held = [one for one in waiting(ctx, programme) if holds(one.kind, one.text)]
    left = 0
    for one in held:
        try:
            settle(ctx, programme, one.id)
        except CatiError as refused:
            if refused.code not in ("case_on_desk", "person_elsewhere", "message_settled"):
                raise
            left += 1
    return len(held) - left, left


def _call_again(connection: Connection, programme: LoadedProgramme, found: Message, now: datetime) -> None:
    assert found.case_id is not None
    zone = ZoneInfo(programme.programme.settings.timezone)
    tomorrow = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone)
    others = (user for user in user_store.everybody(connection) if user.id != found.operator_id)
    alone = not any(user.active and Role.OPERATOR in user.roles for user in others)
    barred = None if alone else found.operator_id
    if not settlement.call_again(connection, found.case_id, not_before=tomorrow, barred_id=barred):
        raise CatiError(
            "case_goes_on",
            N_("This case has not ended, so there is nothing to decide. Nothing was changed."),
        )
