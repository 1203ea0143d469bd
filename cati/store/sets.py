"""What ballots and surveys have alike: sets taken from files, which count until they are withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import datetime

from sqlalchemy import Table, exists, select, update

from cati.store.engine import Connection
from cati.store.tables import units


def withdraw(connection: Connection, sets: Table, set_id: int, *, reason: str, at: datetime, by: int) -> None:
    """Let a set count no more."""
    connection.execute(
        update(sets).where(sets.c.id == set_id).values(withdrawn_at=at, withdrawn_by=by, withdrawn_for=reason)
    )


def any_counts(connection: Connection, sets: Table, programme_id: int, channel: str) -> bool:
    """Whether any set of a channel counts."""
    s = sets.c
    counting = exists().where(s.programme_id == programme_id, s.channel == channel, s.withdrawn_at.is_(None))
    return bool(connection.scalar(select(counting)))


def units_heard(
    connection: Connection, sets: Table, lines: Table, programme_id: int
) -> Mapping[str, Set[str]]:
    """Codes of the units about which lines of sets count, by channel."""
    # A unit is looked for in each set, so that a million lines are not gone through.
    said = exists().where(lines.c.set_id == sets.c.id, lines.c.unit_id == units.c.id)
    rows = connection.execute(
        select(sets.c.channel, units.c.code)
        .join(units, units.c.programme_id == sets.c.programme_id)
        .where(sets.c.programme_id == programme_id, sets.c.withdrawn_at.is_(None), said)
        .distinct()
    )
    found: dict[str, set[str]] = {}
    for channel, unit in rows:
        found.setdefault(channel, set()).add(unit)
    return found
