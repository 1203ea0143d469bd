"""Equal opinions counted on disk, so that memory stays flat however many there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from cati.domain.web import DAY

_BATCH = 5_000
_CACHE_KIB = 48 * 1024

_INSTEAD = (
    "on conflict do update set place = excluded.place, unit_id = excluded.unit_id, part = excluded.part, "
    "answers = excluded.answers, at = excluded.at where "
)
# Where no time is known, the order of the rows tells; so it does at equal times.
_ON_DOUBLE = {
    "refuse": "on conflict do update set again = excluded.place where again is null",
    "first": _INSTEAD + "excluded.at < opinions.at",
    "last": _INSTEAD + "coalesce(excluded.at >= opinions.at, true)",
    "each": "",
}
# Which of those who answered before said so here in a way that would take the place of what was taken.
_INSTEAD_OF_EARLIER = {
    "refuse": "true",
    "first": f"o.at < e.at and o.at >= {DAY}",
    "last": f"coalesce(o.at >= e.at or o.at < {DAY}, true)",
}


@dataclass(frozen=True, slots=True)
class Alike:
    """Opinions of one group about one unit that say the same; `answers` packed."""

    unit_id: int
    part: str
    answers: str
    times: int


class Tally:
    """Counts opinions, doubles by a rule.

    Args:
        connection: to an empty database of its own.
        rule: see `cati.domain.web.DOUBLES`.
    """

    def __init__(self, connection: sqlite3.Connection, rule: str) -> None:
        self._connection = connection
        self._rule = rule
        self._batch: list[tuple[int | None, int, int, str, str, int | None]] = []
        self._added = 0
        connection.execute(
            "create table opinions (who integer primary key, place integer not null, "
            "unit_id integer not null, part text not null, answers text not null, at integer, again integer)"
        )
        self._insert = (
            "insert into opinions (who, place, unit_id, part, answers, at) values (?, ?, ?, ?, ?, ?) "
            + _ON_DOUBLE[rule]
        )

    def add(
        self, who: int | None, place: int, unit_id: int, part: str, answers: str, at: int | None = None
    ) -> None:
        """Put in one opinion.

        Args:
            who: 64 bits, signed, that respondent and unit make; None where nobody is told from others.
            place: where it stands in the file, in any numbering.
            unit_id: key of the unit.
            part: code of the group.
            answers: packed.
            at: when, see `cati.domain.web.moment_of`; None where nobody knows.
        """
        self._batch.append((who, place, unit_id, part, answers, at))
        if len(self._batch) == _BATCH:
            self._flush()

    @property
    def opinions(self) -> int:
        """How many count."""
        self._flush()
        return int(self._connection.execute("select count(*) from opinions").fetchone()[0])

    @property
    def left_out(self) -> int:
        """How many do not, being doubles."""
        return self._added - self.opinions

    def doubles(self, most: int) -> list[tuple[int, int]]:
        """Places of the first doubles, each with the place of the earlier one; for the rule that refuses."""
        self._flush()
        found = self._connection.execute(
            "select again, place from opinions where again is not null order by again limit ?", (most,)
        )
        return [(again, place) for again, place in found]

    def told(self) -> Iterator[tuple[int, int, int | None]]:
        """What tells each respondent and unit from others, in order, with the place in the file, and when."""
        self._flush()
        yield from self._connection.execute("select who, place, at from opinions order by who")

    def compare(self, earlier: Iterable[tuple[int, int, int, int | None]]) -> int:
        """Note who answered about the same unit in earlier files.

        Args:
            earlier: by file, in any numbering: who, the place there, and when.

        Returns:
            How many did, and would take the place of what they said there by the rule of this file.
        """
        self._flush()
        self._connection.execute(
            "create table earlier (who integer primary key, file integer not null, place integer not null, "
            "at integer)"
        )
        self._connection.executemany(
            "insert into earlier (file, who, place, at) select ?1, ?2, ?3, ?4 "
            "where exists (select 1 from opinions where who = ?2) on conflict do nothing",
            earlier,
        )
        count = f"select count(*) from {self._instead}"
        return int(self._connection.execute(count).fetchone()[0])

    @property
    def _instead(self) -> str:
        holds = _INSTEAD_OF_EARLIER[self._rule]
        return f"earlier e join opinions o on o.who = e.who where {holds}"

    def answered_before(self, most: int) -> list[tuple[int, int, int]]:
        """Of those that `compare` counted the first: the place here, the earlier file and the place there."""
        found = self._connection.execute(
            f"select o.place, e.file, e.place from {self._instead} order by o.place limit ?", (most,)
        )
        return [(place, file, there) for place, file, there in found]

    def leave_out_earlier(self) -> None:
        """Let those that `compare` noted count no more: what was taken before counts."""
        self._connection.execute("delete from opinions where who in (select who from earlier)")

    def alike(self) -> Iterator[Alike]:
        """What was said, in the order of the units."""
        self._flush()
        for row in self._connection.execute(
            "select unit_id, part, answers, count(*) from opinions group by 1, 2, 3 order by 1, 2, 3"
        ):
            yield Alike(*row)

    def _flush(self) -> None:
        if self._batch:
            self._connection.executemany(self._insert, self._batch)
            self._added += len(self._batch)
            self._batch = []


@contextmanager
def tally(rule: str) -> Iterator[Tally]:
    """A tally that is gone, and its file with it, at the end of the block; it holds no name and no number."""
    # Without a name SQLite makes a file of its own that goes with the connection.
    with closing(sqlite3.connect("", isolation_level=None)) as connection:
        for setting in (
            "journal_mode = off", "synchronous = off", "temp_store = file", f"cache_size = -{_CACHE_KIB}",
        ):  # fmt: skip
            connection.execute(f"pragma {setting}")
        connection.execute("begin")
        yield Tally(connection, rule)
