"""The demonstration as it was before its draw: lists may come in and go."""

from __future__ import annotations

from sqlalchemy import update

from cati.store import tables
from tests.gui.officials import Official


def thaw(somebody: Official) -> Official:
    """Void the draw of the demonstration."""
    with somebody.database.write() as connection:
        connection.execute(update(tables.draws).values(state="void"))
        connection.execute(update(tables.programmes).values(state="setup"))
    return somebody
