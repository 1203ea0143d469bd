"""Sound tests of operators, as they were made or skipped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select

from cati.domain.sound import Heard, Tested
from cati.store.engine import Connection
from cati.store.tables import sound_tests


@dataclass(frozen=True, slots=True)
class SoundTest:
    """One sound test.

    Attributes:
        at: when it ended (aware).
        heard: how the voice was heard last, None when nothing was recorded.
        reason: why it was skipped; empty for a passed one.
    """

    user_id: int
    station: str
    at: datetime
    result: Tested
    heard: Heard | None
    reason: str


def add(connection: Connection, test: SoundTest) -> None:
    """Add a test."""
    connection.execute(
        insert(sound_tests).values(
            user_id=test.user_id,
            station=test.station,
            at=test.at,
            result=str(test.result),
            heard=str(test.heard) if test.heard else None,
            reason=test.reason or None,
        )
    )


def made(connection: Connection, user_id: int, station: str, start: datetime, end: datetime) -> bool:
    """Whether a user tested or skipped at a station in [start, end)."""
    found = connection.scalar(
        select(func.count()).where(
            sound_tests.c.user_id == user_id,
            sound_tests.c.station == station,
            sound_tests.c.at >= start,
            sound_tests.c.at < end,
        )
    )
    return bool(found)


def exist(connection: Connection, station: str) -> bool:
    """Whether anybody ever tested or skipped at a station."""
    found = select(sound_tests.c.id).where(sound_tests.c.station == station).limit(1)
    return connection.execute(found).first() is not None


def last_of_everybody(connection: Connection, start: datetime, end: datetime) -> dict[int, SoundTest]:
    """The last test of every user in [start, end)."""
    newest = (
        select(func.max(sound_tests.c.id))
        .where(sound_tests.c.at >= start, sound_tests.c.at < end)
        .group_by(sound_tests.c.user_id)
    )
    rows = connection.execute(select(sound_tests).where(sound_tests.c.id.in_(newest)))
    return {
        row.user_id: SoundTest(
            row.user_id,
            row.station,
            row.at,
            Tested(row.result),
            Heard(row.heard) if row.heard else None,
            row.reason or "",
        )
        for row in rows
    }
