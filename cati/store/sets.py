"""What ballots and surveys have alike: sets taken from files, which count until they are withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, exists, select, update

from cati.store.engine import Connection
from cati.store.tables import units


@dataclass(frozen=True, slots=True)
class Sets:
    """Sets of one kind.

    Attributes:
        sets: a row for each.
        lines: what was said in them about each unit.
    """

    sets: Table
    lines: Table

    def withdraw(self, connection: Connection, set_id: int, *, reason: str, at: datetime, by: int) -> None:
        """Let a set count no more."""
        connection.execute(
            update(self.sets)
            .where(self.sets.c.id == set_id)
            .values(withdrawn_at=at, withdrawn_by=by, withdrawn_for=reason)
        )

    def any_counts(self, connection: Connection, programme_id: int, channel: str) -> bool:
        """Whether any set of a channel counts."""
        s = self.sets.c
        counting = exists().where(
            s.programme_id == programme_id, s.channel == channel, s.withdrawn_at.is_(None)
        )
        return bool(connection.scalar(select(counting)))

    def units_heard(self, connection: Connection, programme_id: int) -> Mapping[str, Set[str]]:
        """Codes of the units about which lines of sets that count say something, by channel."""
        s, lines = self.sets.c, self.lines.c
        # A unit is looked for in each set, so that a million lines are not gone through.
        said = exists().where(lines.set_id == s.id, lines.unit_id == units.c.id)
        rows = connection.execute(
            select(s.channel, units.c.code)
            .join(units, units.c.programme_id == s.programme_id)
            .where(s.programme_id == programme_id, s.withdrawn_at.is_(None), said)
            .distinct()
        )
        found: dict[str, set[str]] = {}
        for channel, unit in rows:
            found.setdefault(channel, set()).add(unit)
        return found
