"""Sessions: signing in to a database or a floor, without the server, and signing out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cati.base.clock import Clock
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.attendance import LOCAL
from cati.domain.logins import folded
from cati.domain.users import Actor, Right
from cati.sealing import passwords
from cati.sealing.keyring import KeyRing, Secret
from cati.sealing.keys import KeyPair
from cati.sealing.passwords import LockedKey
from cati.services import audit, keys
from cati.services.context import Context
from cati.store import faults, migrate
from cati.store import keys as key_store
from cati.store import users as store
from cati.store.engine import Connection, Database, is_floor
from cati.store.users import StoredUser

FREE_FAILURES = 4
"""Wrong passwords in a row that cost nothing; each further one doubles the wait."""
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)


def sign_in(database: Database, clock: Clock, login: str, password: str, station: str) -> Context:
    """Open a session with login and password.

    Nobody learns whether a login exists, is disabled or has to wait: the refusal is one sentence, and
    a password is stretched in every case.

    Raises:
        CatiError: ``sign_in_refused``.
    """
    with database.read() as connection:
        user = store.by_login(connection, folded(login))
        locked = store.lock_of(connection, user.id) if user is not None else passwords.DECOY
        now = database.now(connection, clock)
    private = passwords.unlock(locked, password)  # slow on purpose, so outside any transaction
    session_id = audit.new_session()
    refused = user is None or not user.active or user.simulated or _waits(user, now) or private is None
    with database.write() as connection:
        now = database.now(connection, clock)
        if refused:
            _note_failure(connection, session_id, user, now)
        else:
            assert user is not None
            assert private is not None
            ctx = Context(database, clock, actor_of(user, station), KeyRing(KeyPair.of(private)), session_id)
            _open_session(ctx, connection, user)
            return ctx
    raise faults.sign_in_refused()


def on_floor(url: str) -> bool:
    """Whether everybody signs in to a database's server as themselves: its address names nobody.

    Raises:
        CatiError: ``database_url``.
    """
    return is_floor(url)


def far_database(url: str, login: str, password: str) -> Database:
    """A server's database in the name of this person; nothing is connected yet."""
    return Database(url, login=folded(login), password=passwords.folded(password))


def enter_floor(url: str, clock: Clock, login: str, password: str, station: str) -> Context:
    """Open a session at a server that everybody signs in to as themselves.

    The server checks the password; it then unlocks the key as well. The session's database is closed with
    `sign_out`.

    Args:
        url: address of the server's database, which names nobody.
        clock: tells when.
        login, password: as typed.
        station: where this happens.

    Raises:
        CatiError: ``sign_in_refused``; ``database_older``, ``database_newer``; ``key_locked_otherwise``.
    """
    database = far_database(url, login, password)
    try:
        database.schema = migrate.require_present(database)
        with database.read() as connection:
            user = store.by_login(connection, folded(login))
            if user is None or not user.active:
                raise faults.sign_in_refused()
            locked = store.lock_of(connection, user.id)
        private = passwords.unlock(locked, password)
        if private is None:
            raise CatiError(
                "key_locked_otherwise",
                N_(
                    "The server knows this password, but it does not open your key. Nothing was changed. "
                    "Ask the bureau to reset your password."
                ),
            )
        ctx = Context(database, clock, actor_of(user, station), KeyRing(KeyPair.of(private)))
        with database.write() as connection:
            _open_session(ctx, connection, user)
            _enrol(ctx, connection)
    except BaseException:
        database.close()
        raise
    return ctx


@dataclass(frozen=True, slots=True)
class Passport:
    """What lets an operator in on a station while the server is gone: as it lies in the database, sealed.

    Attributes:
        grants: programme id (None: the bureau's own), which secret, and the secret sealed to this user.
    """

    actor: Actor
    locked: LockedKey
    grants: tuple[tuple[int | None, Secret, bytes], ...]


def passport(ctx: Context) -> Passport:
    """The actor's own, to be kept on the station."""
    with ctx.database.read() as connection:
        locked = store.lock_of(connection, ctx.actor.user_id)
        grants = key_store.grants_to(connection, ctx.actor.user_id)
    return Passport(ctx.actor, locked, tuple((one.programme_id, one.which, one.sealed) for one in grants))


def enter_offline(database: Database, clock: Clock, held: Passport, password: str) -> Context:
    """Open a session without asking the server, which may be gone; it is told by `come_back`.

    Args:
        database: where the session goes on once the server is back.
        clock: tells when.
        held: of whoever signs in.
        password: as typed.

    Raises:
        CatiError: ``sign_in_refused``.
    """
    private = passwords.unlock(held.locked, password)
    if private is None:
        raise faults.sign_in_refused()
    keyring = KeyRing(KeyPair.of(private))
    for programme_id, which, sealed in held.grants:
        keyring.open_grant(programme_id, which, sealed)
    database.schema = migrate.head()
    return Context(database, clock, held.actor, keyring)


def come_back(ctx: Context) -> None:
    """Make a session that was opened while the server was gone known to it; that it began is sent after.

    Raises:
        CatiError: ``let_in_no_more`` where it has another version now; when it is still gone.
    """
    ctx.database.meet(migrate.current(ctx.database))
    with ctx.database.write() as connection:
        _enrol(ctx, connection)


def note_offline(ctx: Context, entry_id: str, at: datetime, *, begins: bool) -> None:
    """Write down that a session began, or ended, while the server was gone; doing so again changes nothing.

    Args:
        ctx: of whoever sends it, for whose session it was.
        entry_id: uuid of what the station wrote down; each sender has a chain of this one entry.
        at: when that was (aware).
        begins: else the session ended.
    """
    # Nobody sees what another sender has written into the log, as before the server was restored.
    chain = str(uuid.uuid5(uuid.UUID(entry_id), str((ctx.sender or ctx.actor).user_id)))
    with ctx.database.write() as connection:
        if audit.is_begun(connection, chain):
            return
        audit.record(
            replace(ctx, session_id=chain),
            connection,
            "sign_in_offline" if begins else "sign_out_offline",
            f"user {ctx.actor.user_id}",
            station=ctx.actor.station,
            moment=f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}",
        )


def sign_out(ctx: Context) -> None:
    """Note the end of a session; it is over even where that cannot be noted."""
    try:
        with ctx.database.write() as connection:
            audit.record(ctx, connection, "sign_out", f"user {ctx.actor.user_id}", station=ctx.actor.station)
    finally:
        if ctx.database.personal:
            ctx.database.close()


def actor_of(user: StoredUser, station: str) -> Actor:
    """A stored user as who acts on a station."""
    return Actor(user.id, user.login, user.name, user.roles, station)


def _waits(user: StoredUser, now: datetime) -> bool:
    return user.locked_until is not None and now < user.locked_until


def _note_failure(connection: Connection, session_id: str, user: StoredUser | None, now: datetime) -> None:
    # The login as typed is not kept: it may be a password typed into the wrong field.
    if user is None:
        audit.append(connection, session_id, now, None, "sign_in_refused", "user unknown")
        return
    if not _waits(user, now):
        count = store.count_failure(connection, user.id)
        if count > FREE_FAILURES:
            wait = min(FIRST_WAIT * 2 ** min(count - FREE_FAILURES - 1, 10), LONGEST_WAIT)
            store.lock_until(connection, user.id, now + wait)
    audit.append(connection, session_id, now, user.id, "sign_in_refused", f"user {user.id}")


def _enrol(ctx: Context, connection: Connection) -> None:
    """Let a floor know what this person's writes are proven by, whoever may have to send them."""
    if ctx.database.personal and ctx.actor.may(Right.INTERVIEW):
        store.enrol(connection, *ctx.keys.proof_key.halves)


def _open_session(ctx: Context, connection: Connection, user: StoredUser) -> None:
    if user.failed_sign_ins:
        store.clear_failures(connection, user.id)
    keys.make_refusal_secret(ctx, connection)
    unreadable = keys.load(connection, ctx.keys, user.id)
    audit.record(
        ctx, connection, "sign_in", f"user {user.id}", station=ctx.actor.station, unreadable_grants=unreadable
    )
