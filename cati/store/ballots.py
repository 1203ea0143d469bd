"""Ballots as they were taken, and how often each answer was given about each unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select

from cati.domain.ballots import Line, is_void, packed, pattern
from cati.domain.weighing import Pattern
from cati.store.engine import Connection
from cati.store.sets import Sets
from cati.store.tables import ballot_lines, ballot_sets, units, users

_BATCH = 5_000
SETS = Sets(ballot_sets, ballot_lines)


@dataclass(frozen=True, slots=True)
class BallotSet:
    """Ballots of one channel and group that were taken from a file.

    Attributes:
        group: code, empty where the channel has none.
        sha256: of the file, in hex.
        ballots: how many.
        void: how many of their lines count nothing.
        at: aware UTC.
        by: name of who took them.
        withdrawn_for: why they count no more; empty while they count.
    """

    id: int
    channel: str
    group: str
    file: str
    sha256: str
    ballots: int
    void: int
    at: datetime
    by: str
    withdrawn_for: str


def add_set(
    connection: Connection,
    programme_id: int,
    channel: str,
    group: str,
    *,
    file: str,
    sha256: str,
    lines: Sequence[tuple[int, int, Line]],
    ballots: int,
    void: int,
    at: datetime,
    by: int,
) -> int:
    """Store ballots, and give the key of their set.

    Args:
        connection: a transaction that writes.
        programme_id: whose.
        channel: code.
        group: code, or empty.
        file: name of the file.
        sha256: of the file, in hex.
        lines: number of the ballot, key of the unit and what was ticked.
        ballots: how many.
        void: how many lines count nothing.
        at: aware UTC.
        by: key of the user.
    """
    made = connection.execute(
        insert(ballot_sets).values(
            programme_id=programme_id,
            channel=channel,
            group_code=group,
            file=file[:255],
            sha256=sha256,
            ballots=ballots,
            void=void,
            at=at,
            user_id=by,
        )
    )
    key = int(made.inserted_primary_key[0])  # type: ignore[index]
    for start in range(0, len(lines), _BATCH):
        connection.execute(
            insert(ballot_lines),
            [
                {"set_id": key, "ballot": number, "unit_id": unit, "answers": packed(line)}
                for number, unit, line in lines[start : start + _BATCH]
            ],
        )
    return key


def ballot_sets_of(connection: Connection, programme_id: int) -> tuple[BallotSet, ...]:
    """All ballots that were taken for a programme, the first taken first."""
    s = ballot_sets.c
    rows = connection.execute(
        select(
            s.id, s.channel, s.group_code, s.file, s.sha256, s.ballots, s.void, s.at, users.c.name,
            func.coalesce(s.withdrawn_for, ""),
        )
        .join(users, users.c.id == s.user_id)
        .where(s.programme_id == programme_id)
        .order_by(s.id)
    )  # fmt: skip
    return tuple(BallotSet(*tuple(row)) for row in rows)


def collected(
    connection: Connection, programme_id: int, channel: str
) -> Mapping[str, Mapping[str, Mapping[Pattern, int]]]:
    """How many ballots of a channel answered alike, by code of the unit and of the group."""
    s, line = ballot_sets.c, ballot_lines.c
    rows = connection.execute(
        select(units.c.code, s.group_code, line.answers, func.count())
        .select_from(ballot_lines)
        .join(ballot_sets, s.id == line.set_id)
        .join(units, units.c.id == line.unit_id)
        .where(s.programme_id == programme_id, s.channel == channel, s.withdrawn_at.is_(None))
        .group_by(units.c.code, s.group_code, line.answers)
    )
    found: dict[str, dict[str, Counter[Pattern]]] = {}
    for unit, group, answers, times in rows:
        of_unit = found.setdefault(unit, {}).setdefault(group, Counter())
        # What is blank or doubly ticked altogether is void: nobody rated the unit by that line.
        if not is_void(tuple(answers.split(" "))):
            of_unit[pattern(answers)] += times
    return found
