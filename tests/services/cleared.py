"""Operators who may call: their pledge is signed and their practice test passed."""

from __future__ import annotations

from sqlalchemy import select

from cati.services import clearances
from cati.services.context import Context
from cati.store import tables


def cleared(ctx: Context) -> Context:
    """The same session; whoever it is may call in every programme there is."""
    with ctx.database.write() as connection:
        for programme_id in connection.scalars(select(tables.programmes.c.id)).all():
            clearances.clear_for_invented(ctx, connection, programme_id, ctx.actor.user_id)
    return ctx
