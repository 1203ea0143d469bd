"""Users, and the facts that hold for a whole database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Row, select, update

from cati.domain.users import Role
from cati.sealing.passwords import LockedKey
from cati.store import queue_postgres
from cati.store.engine import Connection
from cati.store.statements import any_row, change_one, insert_once, take_turns
from cati.store.tables import bureau, users


@dataclass(frozen=True, slots=True)
class StoredUser:
    """A user's row.

    Attributes:
        failed_sign_ins: wrong passwords since the last right one.
        locked_until: before this time no password is looked at.
        languages: spoken beside the questionnaire's own.
    """

    id: int
    login: str
    name: str
    roles: frozenset[Role]
    public_key: bytes = field(repr=False)
    active: bool
    simulated: bool
    failed_sign_ins: int
    locked_until: datetime | None
    created_at: datetime
    languages: tuple[str, ...] = ()


_SHOWN = [column for column in users.c if column.name not in ("locked_private", "lock_parameters")]


def exist(connection: Connection) -> bool:
    """Whether there is any user."""
    return bool(connection.scalar(select(any_row().select_from(users))))


def by_login(connection: Connection, login: str) -> StoredUser | None:
    """The user of that login as stored."""
    return _one(connection, users.c.login == login)


def by_id(connection: Connection, user_id: int) -> StoredUser | None:
    """The user of that key."""
    return _one(connection, users.c.id == user_id)


def lock_of(connection: Connection, user_id: int) -> LockedKey:
    """A user's locked private key; where everybody signs in to the server as themselves, only one's own."""
    if connection.dialect.name == "postgresql":
        held = queue_postgres.call(connection, "lock_of", user=user_id)
        return LockedKey(held.box, held.parameters)
    query = select(users.c.locked_private, users.c.lock_parameters).where(users.c.id == user_id)
    row = connection.execute(query).one()
    return LockedKey(row.locked_private, row.lock_parameters)


def enrol(connection: Connection, inner: bytes, outer: bytes) -> None:
    """Leave the halves of the actor's proof key with a server that everybody signs in to as themselves."""
    queue_postgres.call(connection, "enrol", inner=inner, outer=outer)


def vouch(connection: Connection, coded: bytes, mac: bytes) -> bool:
    """Let this transaction write what an envelope says, in its writer's name; False when it is not proven."""
    return bool(queue_postgres.call(connection, "vouch", coded=coded, mac=mac).vouch)


def everybody(connection: Connection) -> tuple[StoredUser, ...]:
    """All users by login."""
    return tuple(_user(row) for row in connection.execute(select(*_SHOWN).order_by(users.c.login)))


def add(
    connection: Connection,
    *,
    login: str,
    name: str,
    roles: Iterable[Role],
    public_key: bytes,
    locked: LockedKey,
    simulated: bool,
    at: datetime,
) -> int | None:
    """Add a user; None when the login is taken."""
    user_id: int | None = connection.scalar(
        insert_once(connection, users)
        .values(
            login=login,
            name=name,
            roles=sorted(roles),
            public_key=public_key,
            locked_private=locked.box,
            lock_parameters=locked.parameters,
            simulated=simulated,
            created_at=at,
        )
        .returning(users.c.id)
    )
    return user_id


def set_keys(connection: Connection, user_id: int, public_key: bytes, locked: LockedKey) -> None:
    """Store a user's pair anew and forget failed sign-ins."""
    change_one(
        connection,
        update(users)
        .where(users.c.id == user_id)
        .values(
            public_key=public_key,
            locked_private=locked.box,
            lock_parameters=locked.parameters,
            failed_sign_ins=0,
            locked_until=None,
        ),
    )


def languages(connection: Connection, user_id: int) -> tuple[str, ...]:
    """What a user speaks beside the questionnaire's own languages."""
    return tuple(connection.scalar(select(users.c.languages).where(users.c.id == user_id)) or ())


def set_languages(connection: Connection, user_id: int, spoken: Sequence[str]) -> None:
    """Store what a user speaks."""
    change_one(connection, update(users).where(users.c.id == user_id).values(languages=list(spoken)))


def set_roles(connection: Connection, user_id: int, roles: Iterable[Role]) -> None:
    """Store what a user is hired for."""
    change_one(connection, update(users).where(users.c.id == user_id).values(roles=sorted(roles)))


def set_active(connection: Connection, user_id: int, active: bool) -> None:
    """Let a user sign in or not."""
    change_one(connection, update(users).where(users.c.id == user_id).values(active=active))


def count_failure(connection: Connection, user_id: int) -> int:
    """Count one more wrong password; how many there are since the last right one."""
    count: int = connection.execute(
        update(users)
        .where(users.c.id == user_id)
        .values(failed_sign_ins=users.c.failed_sign_ins + 1)
        .returning(users.c.failed_sign_ins)
    ).scalar_one()
    return count


def lock_until(connection: Connection, user_id: int, until: datetime | None) -> None:
    """Look at no password of this user before `until`."""
    connection.execute(update(users).where(users.c.id == user_id).values(locked_until=until))


def clear_failures(connection: Connection, user_id: int) -> None:
    """Forget failed sign-ins."""
    connection.execute(
        update(users).where(users.c.id == user_id).values(failed_sign_ins=0, locked_until=None)
    )


def hold(connection: Connection, user_id: int) -> None:
    """Let nobody else hold this user until the transaction ends (SQLite has one writer anyway)."""
    take_turns(connection, f"user {user_id}")


def fact(connection: Connection, name: str) -> str | None:
    """A fact of the database, such as ``recovery_public``."""
    return connection.scalar(select(bureau.c.value).where(bureau.c.name == name))


def hold_fact(connection: Connection, name: str) -> None:
    """Let nobody else hold this fact until the transaction ends (SQLite has one writer anyway)."""
    take_turns(connection, f"fact {name}")


def set_fact_once(connection: Connection, name: str, value: str) -> bool:
    """Store a fact; False when it is there already."""
    added = insert_once(connection, bureau).values(name=name, value=value).returning(bureau.c.name)
    return connection.scalar(added) is not None


def _one(connection: Connection, condition: ColumnElement[bool]) -> StoredUser | None:
    row = connection.execute(select(*_SHOWN).where(condition)).one_or_none()
    return None if row is None else _user(row)


def _user(row: Row[tuple[object, ...]]) -> StoredUser:
    return StoredUser(
        id=row.id,
        login=row.login,
        name=row.name,
        roles=frozenset(Role(role) for role in row.roles),
        public_key=row.public_key,
        active=row.active,
        simulated=row.simulated,
        failed_sign_ins=row.failed_sign_ins,
        locked_until=row.locked_until,
        created_at=row.created_at,
        languages=tuple(row.languages or ()),
    )
