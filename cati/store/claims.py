"""What a programme counts itself beside what a report claims, and claims noted after it was loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select

from cati.store.engine import Connection
from cati.store.tables import (
    attempts,
    ballot_sets,
    cases,
    cells,
    frames,
    noted_claims,
    users,
    web_sets,
)


def list_rows(connection: Connection, programme_id: int) -> int:
    """Rows of the lists in force that units handed in."""
    return _number(
        connection,
        select(func.sum(frames.c.rows)).where(
            frames.c.programme_id == programme_id, frames.c.current, frames.c.unit_id.is_not(None)
        ),
    )


def dialled(connection: Connection, programme_id: int) -> int:
    """People who were called at least once; who called by himself is none of them."""
    return _number(
        connection,
        select(func.count(func.distinct(attempts.c.case_id)))
        .join(cases, cases.c.id == attempts.c.case_id)
        .where(cases.c.programme_id == programme_id, attempts.c.incoming.is_(False)),
    )


def completed(connection: Connection, programme_id: int) -> int:
    """Interviews that fill a place of a quota."""
    return _number(
        connection, select(func.sum(cells.c.completed)).where(cells.c.programme_id == programme_id)
    )


def opinions(connection: Connection, programme_id: int, channels: Sequence[str]) -> int:
    """Opinions taken from the web that count, in some channels or (none named) in all."""
    s = web_sets.c
    found = select(func.sum(s.opinions)).where(s.programme_id == programme_id, s.withdrawn_at.is_(None))
    return _number(connection, found.where(s.channel.in_(channels)) if channels else found)


def ballots(connection: Connection, programme_id: int, channels: Sequence[str]) -> int:
    """Ballots taken that count, in some channels or (none named) in all."""
    s = ballot_sets.c
    found = select(func.sum(s.ballots)).where(s.programme_id == programme_id, s.withdrawn_at.is_(None))
    return _number(connection, found.where(s.channel.in_(channels)) if channels else found)


def note(
    connection: Connection,
    programme_id: int,
    code: str,
    *,
    planned: str,
    done: str,
    source: str,
    at: datetime,
    by: int,
) -> None:
    """Note what a report claims now; empty texts leave what was claimed before."""
    connection.execute(
        insert(noted_claims).values(
            programme_id=programme_id,
            code=code,
            planned=planned,
            done=done,
            source=source,
            at=at,
            user_id=by,
        )
    )


@dataclass(frozen=True, slots=True)
class NotedClaim:
    """What a report claims now, as texts that are empty where nothing was noted.

    Attributes:
        at: when something was noted last (aware).
        by: name of who noted that.
    """

    planned: str
    done: str
    source: str
    at: datetime
    by: str


def noted(connection: Connection, programme_id: int) -> Mapping[str, NotedClaim]:
    """What was noted last, by code of the claim."""
    c = noted_claims.c
    rows = connection.execute(
        select(c.code, c.planned, c.done, c.source, c.at, users.c.name)
        .join(users, users.c.id == c.user_id)
        .where(c.programme_id == programme_id)
        .order_by(c.id)
    )
    found: dict[str, NotedClaim] = {}
    for code, planned, done, source, at, by in rows:
        before = found.get(code)
        if before is not None:
            planned, done = planned or before.planned, done or before.done
            source = source or before.source
        found[code] = NotedClaim(planned, done, source, at, by)
    return found


def _number(connection: Connection, statement: object) -> int:
    return int(connection.scalar(statement) or 0)  # type: ignore[call-overload]
