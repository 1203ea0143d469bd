"""Wishes: the numbers, by the bureau's keyed hash, that are never to be called or to be called again."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select

from cati.domain.wishes import Wish
from cati.store import queue_postgres
from cati.store.engine import Connection
from cati.store.statements import insert_once
from cati.store.tables import programmes, wishes


@dataclass(frozen=True, slots=True)
class StoredWish:
    """One wish; `programme` is the code of the one in which it was said."""

    wish: Wish
    programme: str
    noted_at: datetime
    expires_at: datetime


def note(
    connection: Connection,
    numbers: Collection[bytes],
    wish: Wish,
    *,
    programme_id: int,
    now: datetime,
    expires: datetime,
    attempt_id: str | None = None,
) -> None:
    """Store a wish for numbers, in place of whatever was wished for them; what has expired is forgotten.

    `attempt_id`: the call in which it was said, ended in this transaction; None when the bureau was told so.
    """
    if connection.dialect.name == "postgresql":
        queue_postgres.call(
            connection,
            "note_wish",
            numbers=sorted(set(numbers)),
            kind=str(wish),
            programme=programme_id,
            now=now,
            expires=expires,
            attempt=attempt_id,
        )
        return
    connection.execute(delete(wishes).where(wishes.c.expires_at <= now))
    connection.execute(delete(wishes).where(wishes.c.number_hash.in_(numbers)))
    connection.execute(
        insert_once(connection, wishes),
        [
            {
                "kind": str(wish),
                "number_hash": number,
                "programme_id": programme_id,
                "noted_at": now,
                "expires_at": expires,
            }
            for number in sorted(set(numbers))
        ],
    )


# Asked before every call, so put together once.
_REFUSED = (
    select(wishes.c.id)
    .where(
        wishes.c.kind == str(Wish.REFUSAL),
        wishes.c.number_hash.in_(bindparam("numbers", expanding=True)),
        wishes.c.expires_at > bindparam("now"),
    )
    .limit(1)
)


def refused(connection: Connection, numbers: Iterable[bytes], now: datetime) -> bool:
    """Whether one of these numbers is never to be called; whoever calls asks and does not read the list."""
    given = {"numbers": list(numbers), "now": now}
    if connection.dialect.name == "postgresql":
        return bool(queue_postgres.call(connection, "refused_by", **given)[0])
    return connection.scalar(_REFUSED, given) is not None


def numbers_of(connection: Connection, wish: Wish, now: datetime) -> frozenset[bytes]:
    """All numbers of a wish."""
    mine = wishes.c.kind == str(wish), wishes.c.expires_at > now
    return frozenset(connection.scalars(select(wishes.c.number_hash).where(*mine)))


def of_numbers(connection: Connection, numbers: Iterable[bytes], now: datetime) -> tuple[StoredWish, ...]:
    """What is wished for these numbers."""
    rows = connection.execute(
        select(wishes.c.kind, programmes.c.code, wishes.c.noted_at, wishes.c.expires_at)
        .join(programmes, programmes.c.id == wishes.c.programme_id)
        .where(wishes.c.number_hash.in_(tuple(numbers)), wishes.c.expires_at > now)
        .order_by(wishes.c.id)
    )
    return tuple(StoredWish(Wish(row.kind), row.code, row.noted_at, row.expires_at) for row in rows)


def withdraw(connection: Connection, number: bytes) -> int:
    """Forget what is wished for a number; how many wishes there were."""
    return connection.execute(delete(wishes).where(wishes.c.number_hash == number)).rowcount


def counts(connection: Connection, now: datetime) -> dict[Wish, int]:
    """How many numbers there are of each wish."""
    rows = connection.execute(
        select(wishes.c.kind, func.count().label("number"))
        .where(wishes.c.expires_at > now)
        .group_by(wishes.c.kind)
    )
    return dict.fromkeys(Wish, 0) | {Wish(row.kind): row.number for row in rows}
