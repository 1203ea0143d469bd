"""Equal opinions counted on disk, so that memory stays flat however many there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

_BATCH = 5_000
_CACHE_KIB = 48 * 1024

_ON_DOUBLE = {
    "refuse": "on conflict do update set again = excluded.place where again is null",
    "first": "on conflict do nothing",
    "last": "on conflict do update set unit_id = excluded.unit_id, part = excluded.part, "
    "answers = excluded.answers",
    "each": "",
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
        self._batch: list[tuple[int | None, int, int, str, str]] = []
        self._added = 0
        connection.execute(
            "create table opinions (who integer primary key, place integer not null, "
            "unit_id integer not null, part text not null, answers text not null, again integer)"
        )
        self._insert = (
            "insert into opinions (who, place, unit_id, part, answers) values (?, ?, ?, ?, ?) "
            + _ON_DOUBLE[rule]
        )

    def add(self, who: int | None, place: int, unit_id: int, part: str, answers: str) -> None:
        """Put in one opinion.

        Args:
            who: 64 bits, signed, that respondent and unit make; None where nobody is told from others.
            place: where it stands in the file, in any numbering.
            unit_id: key of the unit.
            part: code of the group.
            answers: packed.
        """
        self._batch.append((who, place, unit_id, part, answers))
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

    def told(self) -> Iterator[tuple[int, int]]:
        """What tells each respondent and unit from others, in order, with the place in the file."""
        self._flush()
        yield from self._connection.execute("select who, place from opinions order by who")

    def compare(self, earlier: Iterable[tuple[int, int, int]]) -> int:
        """Note who answered about the same unit in earlier files; gives how many did.

        Args:
            earlier: by file, in any numbering: who, and the place there.
        """
        self._flush()
        self._connection.execute(
            "create table earlier (who integer primary key, file integer not null, place integer not null)"
        )
        self._connection.executemany(
            "insert into earlier (file, who, place) select ?1, ?2, ?3 "
            "where exists (select 1 from opinions where who = ?2) on conflict do nothing",
            earlier,
        )
        return int(self._connection.execute("select count(*) from earlier").fetchone()[0])

    def answered_before(self, most: int) -> list[tuple[int, int, int]]:
        """Of those that `compare` noted the first: the place here, the earlier file and the place there."""
        found = self._connection.execute(
            "select o.place, e.file, e.place from earlier e join opinions o on o.who = e.who "
            "order by o.place limit ?",
            (most,),
        )
        return [(place, file, there) for place, file, there in found]

    def leave_out_earlier(self) -> None:
        """Let those that `compare` noted count no more: what was said first counts."""
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
