"""Secrets of programmes and of the bureau, sealed to users and to the recovery key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, event, insert, select, update

from cati.sealing.keyring import Secret
from cati.store.engine import Connection
from cati.store.statements import change_one
from cati.store.tables import key_grants, programmes


@dataclass(frozen=True, slots=True)
class Grant:
    """One secret sealed to one user; no user means the recovery key, no programme the bureau's own."""

    programme_id: int | None
    which: Secret
    user_id: int | None
    sealed: bytes = field(repr=False)


def grants(connection: Connection) -> tuple[Grant, ...]:
    """All grants."""
    return tuple(
        Grant(row.programme_id, Secret(row.secret), row.user_id, row.sealed)
        for row in connection.execute(select(key_grants).order_by(key_grants.c.id))
    )


def grants_to(connection: Connection, user_id: int | None) -> tuple[Grant, ...]:
    """The grants of a user; None means the recovery key's."""
    return tuple(
        Grant(row.programme_id, Secret(row.secret), row.user_id, row.sealed)
        for row in connection.execute(
            select(key_grants)
            .where(key_grants.c.user_id.is_not_distinct_from(user_id))
            .order_by(key_grants.c.id)
        )
    )


def put(connection: Connection, grant: Grant, at: datetime) -> None:
    """Store a grant in place of an earlier one of the same secret and user."""
    connection.execute(
        delete(key_grants).where(
            key_grants.c.programme_id.is_not_distinct_from(grant.programme_id),
            key_grants.c.secret == str(grant.which),
            key_grants.c.user_id.is_not_distinct_from(grant.user_id),
        )
    )
    connection.execute(
        insert(key_grants).values(
            programme_id=grant.programme_id,
            secret=str(grant.which),
            user_id=grant.user_id,
            sealed=grant.sealed,
            granted_at=at,
        )
    )


def withdraw(connection: Connection, user_id: int) -> int:
    """Remove all grants of a user; how many there were."""
    return connection.execute(delete(key_grants).where(key_grants.c.user_id == user_id)).rowcount


def withdraw_others(connection: Connection, user_id: int, kept: Iterable[Secret]) -> int:
    """Remove a user's grants of all secrets but these kinds; how many there were."""
    return connection.execute(
        delete(key_grants).where(
            key_grants.c.user_id == user_id, key_grants.c.secret.not_in([str(which) for which in kept])
        )
    ).rowcount


def retired_ids(connection: Connection) -> tuple[int, ...]:
    """Keys of the programmes whose contacts were destroyed."""
    return tuple(connection.scalars(select(programmes.c.id).where(programmes.c.state == "retired")))


def is_made(connection: Connection, programme_id: int | None, which: Secret) -> bool:
    """Whether there is such a secret: it was granted to somebody."""
    query = select(key_grants.c.id).where(
        key_grants.c.programme_id.is_not_distinct_from(programme_id), key_grants.c.secret == str(which)
    )
    return connection.scalar(query.limit(1)) is not None


def set_recording_public(connection: Connection, programme_id: int, public: bytes) -> None:
    """Store the public half by which a programme's recordings are sealed."""
    change_one(
        connection,
        update(programmes).where(programmes.c.id == programme_id).values(recording_public=public),
    )


def recording_public(connection: Connection, programme_id: int) -> bytes:
    """The public half by which a programme's recordings are sealed."""
    public: bytes = connection.execute(
        select(programmes.c.recording_public).where(programmes.c.id == programme_id)
    ).scalar_one()
    return public


def on_rollback(connection: Connection, action: Callable[[], None]) -> None:
    """Call `action` if the transaction of this connection is undone."""
    event.listen(connection, "rollback", lambda _connection: action())
