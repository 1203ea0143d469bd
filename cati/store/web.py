"""Opinions of surveys on the web as they were taken, and how often each was given about each unit."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, repeat

from sqlalchemy import func, insert, select

from cati.domain.ballots import is_void, pattern
from cati.domain.weighing import Pattern
from cati.store.engine import Connection
from cati.store.sets import Sets
from cati.store.tables import units, users, web_patterns, web_respondents, web_sets
from cati.store.tally import Alike

_BATCH = 10_000
SETS = Sets(web_sets, web_patterns)


@dataclass(frozen=True, slots=True)
class WebSet:
    """Opinions of one channel that were taken from a file.

    Attributes:
        sha256: of the file, in hex.
        opinions: how many count, one for each respondent and unit.
        doubles: how many were left out by the rule.
        void: how many of those that count answer nothing.
        rule: see `cati.domain.web.DOUBLES`.
        columns: heading by what it says.
        at: aware UTC.
        by: name of who took them.
        withdrawn_for: why they count no more; empty while they count.
    """

    id: int
    channel: str
    file: str
    sha256: str
    opinions: int
    doubles: int
    void: int
    rule: str
    columns: Mapping[str, str]
    at: datetime
    by: str
    withdrawn_for: str


def add_set(
    connection: Connection,
    programme_id: int,
    channel: str,
    *,
    file: str,
    sha256: str,
    opinions: int,
    doubles: int,
    void: int,
    rule: str,
    columns: Mapping[str, str],
    at: datetime,
    by: int,
) -> int:
    """Store that a file was taken, and give the key of the set; see `WebSet`."""
    made = connection.execute(
        insert(web_sets).values(
            programme_id=programme_id,
            channel=channel,
            file=file[:255],
            sha256=sha256,
            opinions=opinions,
            doubles=doubles,
            void=void,
            rule=rule,
            columns=dict(columns),
            at=at,
            user_id=by,
        )
    )
    return int(made.inserted_primary_key[0])  # type: ignore[index]


def add_patterns(connection: Connection, set_id: int, found: Iterable[Alike]) -> Iterator[int]:
    """Store what was said, batch by batch; gives after each how many opinions are stored."""
    numbered = enumerate(found)
    stored = 0
    while batch := list(islice(numbered, _BATCH)):
        connection.execute(
            insert(web_patterns),
            [
                {
                    "set_id": set_id,
                    "unit_id": one.unit_id,
                    "number": number,
                    "group_code": one.part,
                    "answers": one.answers,
                    "times": one.times,
                }
                for number, one in batch
            ],
        )
        stored += sum(one.times for _number, one in batch)
        yield stored


def add_respondents(connection: Connection, set_id: int, told: Iterable[tuple[int, int, int | None]]) -> None:
    """Store what tells respondents apart in later files.

    Args:
        connection: a write transaction.
        set_id: key of the set.
        told: 64 bits, signed, of respondent and unit, where they stood in the file, and when they answered.
    """
    found = iter(told)
    number = 0
    while part := list(islice(found, _BATCH)):
        hashes, places, moments = zip(*part, strict=True)
        connection.execute(
            insert(web_respondents).values(
                set_id=set_id,
                number=number,
                hashes=array("q", hashes).tobytes(),
                places=array("q", places).tobytes(),
                moments=None if None in moments else array("q", moments).tobytes(),
            )
        )
        number += 1


def respondents(connection: Connection, set_ids: Iterable[int]) -> Iterator[tuple[int, int, int, int | None]]:
    """Key of the set, what tells the respondent apart, the place in its file, and when, of some sets."""
    for set_id in set_ids:
        parts = connection.execute(
            select(web_respondents.c.hashes, web_respondents.c.places, web_respondents.c.moments)
            .where(web_respondents.c.set_id == set_id)
            .order_by(web_respondents.c.number),
            execution_options={"yield_per": 1},
        )
        for hashes, places, moments in parts:
            who, where = array("q", hashes), array("q", places)
            when = repeat(None, len(who)) if moments is None else array("q", moments)
            yield from zip(repeat(set_id, len(who)), who, where, when, strict=True)


def sets_of(connection: Connection, programme_id: int) -> tuple[WebSet, ...]:
    """All opinions that were taken for a programme, the first taken first."""
    s = web_sets.c
    rows = connection.execute(
        select(
            s.id, s.channel, s.file, s.sha256, s.opinions, s.doubles, s.void, s.rule, s.columns, s.at,
            users.c.name, func.coalesce(s.withdrawn_for, ""),
        )
        .join(users, users.c.id == s.user_id)
        .where(s.programme_id == programme_id)
        .order_by(s.id)
    )  # fmt: skip
    return tuple(WebSet(*tuple(row)) for row in rows)


def collected(
    connection: Connection, programme_id: int, channel: str, unit: str
) -> Mapping[str, Mapping[Pattern, int]]:
    """How many respondents of each group (by code) said the same about one unit (code)."""
    s, said = web_sets.c, web_patterns.c
    rows = connection.execute(
        select(said.group_code, said.answers, said.times)
        .select_from(web_sets)
        .join(units, units.c.programme_id == s.programme_id)
        .join(web_patterns, (said.set_id == s.id) & (said.unit_id == units.c.id))
        .where(
            s.programme_id == programme_id,
            s.channel == channel,
            s.withdrawn_at.is_(None),
            units.c.code == unit,
        )
    )
    found: dict[str, Counter[Pattern]] = {}
    for group, answers, times in rows:
        of_group = found.setdefault(group, Counter())
        # Whoever left everything blank rated nothing.
        if not is_void(tuple(answers.split(" "))):
            of_group[pattern(answers)] += times
    return found
