"""Sound tests at the beginning of a shift: everybody makes their own; skipping one is written down."""

from __future__ import annotations

from cati.domain.attendance import bounds, local_day
from cati.domain.sound import Heard, Tested
from cati.services import audit
from cati.services.context import Context
from cati.services.reasons import given_reason
from cati.store import sound_tests as store
from cati.store.sound_tests import SoundTest


def due(ctx: Context) -> bool:
    """Whether the actor has neither tested nor skipped on this station today."""
    with ctx.database.read() as connection:
        day = bounds(local_day(ctx.now(connection)))
        return not store.made(connection, ctx.actor.user_id, ctx.actor.station, *day)


def passed(ctx: Context, heard: Heard) -> None:
    """The actor heard and was heard.

    Args:
        ctx: who tested, and where.
        heard: how the voice was heard.
    """
    _note(ctx, Tested.PASSED, heard, "")


def skip(ctx: Context, heard: Heard | None, reason: str) -> None:
    """The actor works without a passed test: a broken loudspeaker must not stop work.

    Args:
        ctx: who skipped, and where.
        heard: how the voice was heard, None when nothing was recorded.
        reason: in words.

    Raises:
        CatiError: as `given_reason`.
    """
    _note(ctx, Tested.SKIPPED, heard, given_reason(reason))


def _note(ctx: Context, result: Tested, heard: Heard | None, reason: str) -> None:
    with ctx.database.write() as connection:
        actor, now = ctx.actor, ctx.now(connection)
        store.add(connection, SoundTest(actor.user_id, actor.station, now, result, heard, reason))
        audit.record(
            ctx,
            connection,
            f"sound_test_{result}",
            f"user {actor.user_id}",
            station=actor.station,
            heard=str(heard) if heard else None,
            reason=reason or None,
        )
