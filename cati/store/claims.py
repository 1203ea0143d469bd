"""What a programme counts itself beside what a report claims, and claims noted after it was loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def noted(connection: Connection, programme_id: int) -> Mapping[str, tuple[str, str, str]]:
    """What was noted last, by code: planned, done and source, each empty where nothing was noted."""
    c = noted_claims.c
    rows = connection.execute(
        select(c.code, c.planned, c.done, c.source).where(c.programme_id == programme_id).order_by(c.id)
    )
    found: dict[str, tuple[str, str, str]] = {}
    for code, *texts in rows:
        before = found.get(code, ("", "", ""))
        planned, done, source = (new or old for new, old in zip(texts, before, strict=True))
        found[code] = planned, done, source
    return found


def _number(connection: Connection, statement: object) -> int:
    return int(connection.scalar(statement) or 0)  # type: ignore[call-overload]
