"""How far the cells of a programme are."""

from __future__ import annotations

from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Right
from cati.services.context import Context
from cati.store import quotas as store
from cati.store.quotas import CellProgress

__all__ = ["CellProgress", "cells"]


def cells(ctx: Context, programme: LoadedProgramme) -> tuple[CellProgress, ...]:
    """All cells by unit and group, with what is done, under way and left."""
    ctx.actor.require(Right.SEE_PROGRESS)
    with ctx.database.read() as connection:
        return store.progress(connection, programme.id)
