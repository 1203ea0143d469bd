"""Silent listening: somebody hears an operator's call while it runs.

The operator's station seals the sound to the listener and lays its last few fractions of a second on the
server, where the listener's station fetches them: neither has to reach the other. The right is asked at both
ends, for each piece.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Right, may
from cati.sealing import keys, passing
from cati.services import audit
from cati.services.context import Context
from cati.store import listening as store
from cati.store.engine import Connection
from cati.store.listening import Listened

GONE_AFTER = timedelta(seconds=10)
"""Who has not asked for sound for so long listens no more."""
LOOK_EVERY = timedelta(seconds=2)
"""How often it is noted that the listener still asks."""
KEPT = 12
"""Pieces of sound that wait for the listener; who is slower misses the oldest."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A listening as it begins.

    Attributes:
        key: opens its sound.
        operator: name of who is listened to.
        at: aware.
    """

    id: str
    key: bytes = field(repr=False)
    operator: str
    case_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """A listening as the operator's station sees it.

    Attributes:
        key: seals its sound.
    """

    id: str
    attempt_id: str
    key: bytes = field(repr=False)


def begin(ctx: Context, programme: LoadedProgramme, operator_id: int) -> Begun:
    """Begin to listen to the call an operator is in; nothing can be heard before the audit log knows it.

    What the same person listened to before is over.

    Args:
        ctx: somebody who may hear interviews.
        programme: in hand.
        operator_id: row number of the operator.

    Raises:
        CatiError: ``not_allowed``; ``no_call_to_hear``; whatever keeps the log from being written.
    """
    ctx.actor.require(Right.LISTEN)
    mine = ctx.actor.user_id
    with ctx.database.write() as connection:
        now = ctx.now(connection)
        for one in store.left_open(connection, mine, now - timedelta(minutes=2)):
            _close(ctx, connection, one, min(now, one.looked_at + GONE_AFTER))
        call = store.running(connection, programme.id, operator_id, now)
        if call is None:
            raise CatiError(
                "no_call_to_hear",
                N_(
                    "This operator is in no call that is being recorded. Nothing is heard. Choose somebody "
                    "whose interview is under way."
                ),
            )
        key, listening_id = passing.new_key(), str(uuid.uuid4())
        store.add(
            connection,
            listening_id,
            user_id=mine,
            operator_id=operator_id,
            attempt_id=call.attempt_id,
            sealed_key=keys.seal(key, call.public_key),
            at=now,
        )
        audit.record(
            ctx,
            connection,
            "listening_begun",
            f"user {operator_id}",
            attempt=call.attempt_id,
            case=call.case_id,
        )
    return Begun(listening_id, key, call.operator, call.case_id, now)


def take(ctx: Context, listening_id: str, after: int) -> tuple[tuple[int, bytes], ...] | None:
    """Sealed pieces of sound with their numbers, those after a number, in order; None once it is over.

    Raises:
        CatiError: ``not_allowed`` also when the right was withdrawn meanwhile.
    """
    ctx.actor.require(Right.LISTEN)
    with ctx.database.write() as connection:
        one = store.find(connection, listening_id)
        if one is None or one.user_id != ctx.actor.user_id or one.ended_at is not None:
            return None
        if not _may(one):
            raise CatiError("may_listen_no_more", N_("You may hear interviews no more. Listening was ended."))
        now = ctx.now(connection)
        if now - one.looked_at >= LOOK_EVERY:
            store.look(connection, listening_id, now)
        return store.take(connection, listening_id, after)


def end(ctx: Context, listening_id: str) -> None:
    """Note that somebody listens no more; twice changes nothing."""
    with ctx.database.write() as connection:
        one = store.find(connection, listening_id)
        if one is not None and one.user_id == ctx.actor.user_id:
            _close(ctx, connection, one, ctx.now(connection))


def wanted(ctx: Context) -> tuple[Wanted, ...]:
    """Who wants to hear the call of this operator, for the operator's station.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.INTERVIEW)
    with ctx.database.read() as connection:
        now = ctx.now(connection)
        found = store.of_operator(connection, ctx.actor.user_id)
    return tuple(
        Wanted(one.id, one.attempt_id, keys.unseal(one.sealed_key, ctx.keys.private))
        for one in found
        if _is_there(one, now)
    )


def give(ctx: Context, listening_id: str, seq: int, sealed: bytes) -> bool:
    """Hand a sealed piece of the own call's sound to who listens; False when nobody does any more.

    Args:
        ctx: the operator's session.
        listening_id: uuid.
        seq: 1, 2, 3 …
        sealed: by `cati.sealing.passing`.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.INTERVIEW)
    with ctx.database.write() as connection:
        one = store.find(connection, listening_id)
        if one is None or one.operator_id != ctx.actor.user_id or not _is_there(one, ctx.now(connection)):
            return False
        store.give(connection, listening_id, seq, sealed, KEPT)
        return True


def _is_there(one: Listened, now: datetime) -> bool:
    return one.ended_at is None and now - one.looked_at < GONE_AFTER and _may(one)


def _may(one: Listened) -> bool:
    """Whether the listener, as users stand now, still has the right."""
    return one.active and may(one.roles, Right.LISTEN)


def _close(ctx: Context, connection: Connection, one: Listened, at: datetime) -> None:
    if store.close(connection, one.id, at):
        audit.record(
            ctx,
            connection,
            "listening_ended",
            f"user {one.operator_id}",
            attempt=one.attempt_id,
            listener=one.login,
            seconds=max(0, round((at - one.begun_at).total_seconds())),
        )
