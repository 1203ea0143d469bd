"""Versions of phone lists: whether they may change, and taking back what was imported by mistake."""

from __future__ import annotations

from collections.abc import Sequence

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Right
from cati.services import audit, exemptions
from cati.services.context import Context
from cati.services.drawn_lists import refuse_if_frozen
from cati.services.frames import POOL
from cati.services.reasons import given_reason
from cati.store import frames as store
from cati.store import scoring as score_store
from cati.store.frames import StoredFrame


def last_import(frames: Sequence[StoredFrame], of: StoredFrame) -> tuple[StoredFrame, ...]:
    """The lists of the same unit, or the pool, that the last file handed in has put in force.

    Args:
        frames: all versions of all lists.
        of: any of the unit's; a list is held against the unit's other lists, so that only what came last can
            be taken back without changing what others were found to be.
    """
    of_unit = [frame for frame in frames if frame.unit == of.unit and frame.withdrawn_at is None]
    if not of_unit:
        return ()
    newest = max(of_unit, key=lambda frame: frame.id)
    return tuple(frame for frame in of_unit if frame.current and frame.sha256 == newest.sha256)


def withdraw(
    ctx: Context, programme: LoadedProgramme, frame: StoredFrame, reason: str
) -> tuple[StoredFrame, ...]:
    """Take back the file that a list came in with, because it was imported by mistake; gives its lists.

    The versions before them are in force again; those withdrawn are kept, with when and why. Points that were
    only proposed for lists follow.

    Args:
        ctx: somebody who may import.
        programme: whose.
        frame: a list of the last file of its unit.
        reason: what was wrong with it.

    Raises:
        CatiError: ``not_allowed``, ``reason_missing``, ``frames_frozen``, ``frame_not_last``.
    """
    ctx.actor.require(Right.IMPORT_FRAMES)
    reason = given_reason(reason)
    with ctx.database.write() as connection:
        store.lock_programme(connection, programme.id)
        lists = last_import(store.stored_frames(connection, programme.id), frame)
        refuse_if_frozen(connection, programme, [(one.unit, one.group) for one in lists])
        if frame.id not in {one.id for one in lists}:
            raise CatiError(
                "frame_not_last",
                N_(
                    "{file} is not the last file of this unit. Nothing was changed. "
                    "Only the last one can be withdrawn; look at the lists again."
                ),
                file=frame.file,
            )
        at = ctx.now(connection)
        for one in lists:
            store.withdraw(connection, one, at, reason)
        what = f"unit {frame.unit}" if frame.unit else POOL
        versions = [f"{one.group or POOL} {one.version}" for one in lists]
        audit.record(
            ctx, connection, "withdraw_frame", what, file=frame.sha256, versions=versions, reason=reason
        )
        if ctx.actor.may(Right.ADJUST):
            score_store.lock_scores(connection, programme.id)
            exemptions.reckon(ctx, connection, programme)
    return lists
