"""How far the cells of a programme are, one of them in detail, and pausing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from cati.domain.dispositions import DISPOSITIONS
from cati.domain.outlook import Outlook, outlook
from cati.domain.programmes import LoadedProgramme
from cati.domain.queue import CaseState
from cati.domain.users import Right
from cati.services import audit
from cati.services.context import Context
from cati.services.reasons import given_reason
from cati.store import frames as frame_store
from cati.store import quotas as store
from cati.store.quotas import CellProgress, CellStep

__all__ = ["CellDetail", "CellProgress", "CellStep", "cells", "detail", "pause"]


@dataclass(frozen=True, slots=True)
class CellDetail:
    """One cell explained.

    Attributes:
        progress: how far it is.
        usable: usable rows of its list in force, None without one.
        short: the list was under its minimum when it was handed in.
        states: how many cases stand where.
        ended: how many ended without an interview, by category of the standard: R, NE, UH …
        outlook: interviews it is likely to end with, None while nothing can be told.
        step: what was decided last about whom it calls, None when nothing ever was.
        takes_pool: whether the public pool may fill it.
    """

    progress: CellProgress
    usable: int | None
    short: bool
    states: Mapping[CaseState, int]
    ended: Mapping[str, int]
    outlook: Outlook | None
    step: CellStep | None = None
    takes_pool: bool = True


def cells(ctx: Context, programme: LoadedProgramme) -> tuple[CellProgress, ...]:
    """All cells by unit and group, with what is done, under way and left."""
    ctx.actor.require(Right.SEE_PROGRESS)
    with ctx.database.read() as connection:
        return store.progress(connection, programme.id)


def detail(ctx: Context, programme: LoadedProgramme, cell: CellProgress) -> CellDetail:
    """One cell explained: its list, what became of its people, what is left, what it is likely to give.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.SEE_PROGRESS)
    with ctx.database.read() as connection:
        counts = store.case_counts(connection, cell.cell_id)
        step = store.last_step(connection, cell.cell_id)
        lists = [
            frame
            for frame in frame_store.stored_frames(connection, programme.id)
            if frame.current and (frame.unit, frame.group) == (cell.unit, cell.group)
        ]
    states: Counter[CaseState] = Counter()
    ended: Counter[str] = Counter()
    for (state, disposition), count in counts.items():
        states[CaseState(state)] += count
        if state == CaseState.CLOSED and disposition in DISPOSITIONS:
            ended[DISPOSITIONS[disposition].category] += count
    over = cell.completed + states[CaseState.CLOSED]
    return CellDetail(
        progress=cell,
        usable=lists[0].accepted if lists else None,
        short=bool(lists and lists[0].short),
        states=dict(states),
        ended=dict(ended),
        outlook=outlook(cell.completed, over, cell.left, cell.quota),
        step=step,
        takes_pool=programme.programme.group(cell.group).takes_pool,
    )


def pause(ctx: Context, programme: LoadedProgramme, cell: CellProgress, paused: bool, reason: str) -> bool:
    """Let nobody be called in a cell for now, or let calling go on; interviews under way are finished.

    Args:
        ctx: somebody who may steer calling.
        programme: whose cell.
        cell: which.
        paused: whether it rests from now on.
        reason: why; kept in the audit log.

    Returns:
        Whether that changed anything.

    Raises:
        CatiError: ``not_allowed``, ``reason_missing``.
    """
    ctx.actor.require(Right.STEER)
    reason = given_reason(reason)
    with ctx.database.write() as connection:
        changed = store.set_paused(connection, cell.cell_id, paused)
        if changed:
            action = "pause_cell" if paused else "resume_cell"
            subject = f"cell:{programme.programme.code}/{cell.unit}/{cell.group}"
            kind = "pause" if paused else "resume"
            now, by = ctx.now(connection), ctx.actor.user_id
            store.add_step(connection, cell.cell_id, kind, reason=reason, at=now, by=by)
            audit.record(ctx, connection, action, subject, reason=reason)
    return changed
