"""Who listens to whose call while it runs, and the sound of it on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, insert, select, text, update

from cati.domain.users import Role
from cati.store.engine import Connection
from cati.store.tables import attempts, cases, listening_sounds, listenings, recordings, users


@dataclass(frozen=True, slots=True)
class Running:
    """A call that is being recorded.

    Attributes:
        public_key: of the operator who is in it.
    """

    attempt_id: str
    case_id: int
    operator: str
    public_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Listened:
    """One listening.

    Attributes:
        login: of who listens.
        ended_at: None while it goes on.
    """

    id: str
    user_id: int
    login: str
    active: bool
    roles: frozenset[Role]
    operator_id: int
    attempt_id: str
    sealed_key: bytes = field(repr=False)
    begun_at: datetime
    looked_at: datetime
    ended_at: datetime | None


def running(connection: Connection, programme_id: int, operator_id: int, now: datetime) -> Running | None:
    """The call that an operator is in and that is being recorded; None without one."""
    recorded = exists().where(recordings.c.attempt_id == attempts.c.id, recordings.c.duration_ms.is_(None))
    row = connection.execute(
        select(attempts.c.id, cases.c.id, users.c.name, users.c.public_key)
        .join(
            attempts,
            (attempts.c.case_id == cases.c.id)
            & (attempts.c.number == cases.c.attempts)
            & (attempts.c.epoch == cases.c.epoch),
        )
        .join(users, users.c.id == cases.c.held_by)
        .where(
            text("cases.state = 1"),
            cases.c.programme_id == programme_id,
            cases.c.held_by == operator_id,
            cases.c.lease_until > now,
            attempts.c.ended_at.is_(None),
            recorded,
        )
    ).first()
    return None if row is None else Running(*row)


def add(
    connection: Connection,
    listening_id: str,
    *,
    user_id: int,
    operator_id: int,
    attempt_id: str,
    sealed_key: bytes,
    at: datetime,
) -> None:
    """Note that somebody listens from now on."""
    connection.execute(
        insert(listenings).values(
            id=listening_id,
            user_id=user_id,
            operator_id=operator_id,
            attempt_id=attempt_id,
            sealed_key=sealed_key,
            begun_at=at,
            looked_at=at,
        )
    )


def find(connection: Connection, listening_id: str) -> Listened | None:
    """One listening."""
    return next(iter(_listened(connection, listenings.c.id == listening_id)), None)


def of_operator(connection: Connection, operator_id: int) -> tuple[Listened, ...]:
    """Who listens to an operator, by what is noted."""
    return _listened(connection, (listenings.c.operator_id == operator_id) & listenings.c.ended_at.is_(None))


def left_open(connection: Connection, user_id: int, before: datetime) -> tuple[Listened, ...]:
    """Listenings that nobody ended: a user's own, and others' at which nobody looked since a moment."""
    stale = (listenings.c.user_id == user_id) | (listenings.c.looked_at < before)
    return _listened(connection, stale & listenings.c.ended_at.is_(None))


def look(connection: Connection, listening_id: str, at: datetime) -> None:
    """Note that the listener is still there."""
    connection.execute(update(listenings).where(listenings.c.id == listening_id).values(looked_at=at))


def close(connection: Connection, listening_id: str, at: datetime) -> bool:
    """Note that it is over, and drop what was on the way; False when that was noted before."""
    connection.execute(delete(listening_sounds).where(listening_sounds.c.listening_id == listening_id))
    ended = update(listenings).where(listenings.c.id == listening_id, listenings.c.ended_at.is_(None))
    return connection.execute(ended.values(ended_at=at)).rowcount == 1


def give(connection: Connection, listening_id: str, seq: int, sealed: bytes, kept: int) -> None:
    """Put a piece of sound on the way; of those before it the last `kept` stay."""
    connection.execute(insert(listening_sounds).values(listening_id=listening_id, seq=seq, sealed=sealed))
    old = listening_sounds.c.listening_id == listening_id, listening_sounds.c.seq <= seq - kept
    connection.execute(delete(listening_sounds).where(*old))


def take(connection: Connection, listening_id: str, after: int) -> tuple[tuple[int, bytes], ...]:
    """Pieces of sound with their numbers, after a number, in order."""
    rows = connection.execute(
        select(listening_sounds.c.seq, listening_sounds.c.sealed)
        .where(listening_sounds.c.listening_id == listening_id, listening_sounds.c.seq > after)
        .order_by(listening_sounds.c.seq)
    )
    return tuple((seq, bytes(sealed)) for seq, sealed in rows)


def _listened(connection: Connection, condition: ColumnElement[bool]) -> tuple[Listened, ...]:
    rows = connection.execute(
        select(
            listenings.c.id,
            listenings.c.user_id,
            users.c.login,
            users.c.active,
            users.c.roles,
            listenings.c.operator_id,
            listenings.c.attempt_id,
            listenings.c.sealed_key,
            listenings.c.begun_at,
            listenings.c.looked_at,
            listenings.c.ended_at,
        )
        .join(users, users.c.id == listenings.c.user_id)
        .where(condition)
        .order_by(listenings.c.begun_at, listenings.c.id)
    )
    return tuple(Listened(**{**row._mapping, "roles": frozenset(map(Role, row.roles))}) for row in rows)
