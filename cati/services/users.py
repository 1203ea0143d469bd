"""Users: the first one, signing in and out, adding and disabling."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cati.base.clock import Clock
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.attendance import LOCAL
from cati.domain.languages import checked_language
from cati.domain.logins import checked_login, checked_name, folded
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Actor, Right, Role
from cati.sealing import passwords
from cati.sealing.keyring import KeyRing, Secret
from cati.sealing.keys import KeyPair, new_pair
from cati.sealing.passwords import LockedKey
from cati.sealing.recovery import new_recovery_key as new_recovery_key
from cati.sealing.recovery import read_recovery_key
from cati.services import audit, keys
from cati.services.context import Context
from cati.store import faults, floor, migrate
from cati.store import keys as key_store
from cati.store import users as store
from cati.store.engine import Connection, Database, is_floor
from cati.store.users import StoredUser

FREE_FAILURES = 4
"""Wrong passwords in a row that cost nothing; each further one doubles the wait."""
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class User:
    """A user as screens list them.

    Attributes:
        locked_until: no password is looked at before, None if none was wrong too often.
        languages: spoken beside the questionnaire's own; respondents who need one go to such a user.
    """

    id: int
    login: str
    name: str
    roles: frozenset[Role]
    active: bool
    simulated: bool
    locked_until: datetime | None
    languages: tuple[str, ...] = ()


def initialised(database: Database) -> bool:
    """Whether the database has its first user."""
    with database.read() as connection:
        return store.exist(connection)


def refuse_second_beginning(database: Database) -> None:
    """Refuse to begin a database that has users, before anything is made for it.

    Raises:
        CatiError: ``already_initialised``.
    """
    if initialised(database):
        raise _has_users()


def _has_users() -> CatiError:
    return CatiError(
        "already_initialised",
        N_("This database has users already; nothing was changed. Sign in as one of them."),
    )


def check_first_user(login: str, name: str, password: str) -> tuple[str, str]:
    """Login and name as `init` would store them.

    Raises:
        CatiError: what `init` would refuse of them.
    """
    login, name = checked_login(login), checked_name(name)
    passwords.check_password(password, login)
    return login, name


def init(
    database: Database,
    clock: Clock,
    *,
    login: str,
    name: str,
    password: str,
    station: str,
    recovery_key: str | None = None,
    roles: frozenset[Role] = frozenset({Role.BUREAU}),
) -> tuple[Context, str]:
    """Make the first user, of the bureau, and the recovery key.

    Args:
        database: with the schema and no user.
        clock: tells when.
        login: see `add_user`.
        name: shown on screens.
        password: see `cati.sealing.passwords.check_password`.
        station: where this happens.
        recovery_key: one of `new_recovery_key` that was shown and typed back; None makes one.
        roles: of the first user, the bureau's among them.

    Returns:
        The first user, signed in, and the recovery key, which is kept nowhere.

    Raises:
        CatiError: ``already_initialised``; as `add_user` and `check_password`.
    """
    login, name = check_first_user(login, name, password)
    recovery_key = recovery_key or new_recovery_key()
    recovery = read_recovery_key(recovery_key)
    pair = new_pair()
    locked = passwords.lock(pair.private, password)
    with database.write() as connection:
        if store.exist(connection) or not store.set_fact_once(
            connection, keys.RECOVERY_PUBLIC, recovery.public.hex()
        ):
            raise _has_users()
        user_id = store.add(
            connection,
            login=login,
            name=name,
            roles=roles,
            public_key=pair.public,
            locked=locked,
            simulated=False,
            at=database.now(connection, clock),
        )
        assert user_id is not None
        ctx = Context(database, clock, Actor(user_id, login, name, roles, station), KeyRing(pair))
        audit.record(ctx, connection, "init", f"user {user_id}")
        keys.make_refusal_secret(ctx, connection)
    return ctx, recovery_key


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


def sole_login(database: Database) -> str:
    """The login of the only user there is, so that a command need not be told.

    Raises:
        CatiError: ``not_initialised`` without any user, ``which_user`` with several.
    """
    with database.read() as connection:
        keys.recovery_public(connection)
        logins = [user.login for user in store.everybody(connection) if user.active and not user.simulated]
    if len(logins) > 1:
        raise CatiError(
            "which_user",
            N_("There are several users. Nothing was done. Say who you are with --as LOGIN."),
        )
    return logins[0]


def list_users(ctx: Context) -> tuple[User, ...]:
    """All users by login."""
    ctx.actor.require(Right.MANAGE_USERS)
    with ctx.database.read() as connection:
        return tuple(_summary(user) for user in store.everybody(connection))


def add_user(ctx: Context, login: str, name: str, roles: Iterable[Role], password: str) -> User:
    """Add a user and grant what the roles entitle to, as far as the actor holds it.

    Args:
        ctx: who adds.
        login: 1 to 64 visible characters without blanks; case and width do not matter.
        name: 1 to 64 characters, shown on screens.
        roles: at least one.
        password: the first one, to be changed by the user.

    Raises:
        CatiError: ``login_invalid``, ``name_invalid``, ``role_missing``, ``login_taken`` or a refused
            password.
    """
    ctx.actor.require(Right.MANAGE_USERS)
    login, name, held = checked_login(login), checked_name(name), frozenset(roles)
    if not held:
        raise CatiError(
            "role_missing", N_("A user needs at least one role. Nothing was changed. Choose one or more.")
        )
    passwords.check_password(password, login)
    pair = new_pair()
    locked = passwords.lock(pair.private, password)
    with ctx.database.write() as connection:
        user = insert(ctx, connection, login, name, held, pair.public, locked)
        let_in(ctx, connection, user.id, password)
        audit.record(ctx, connection, "add_user", f"user {user.id}", roles=sorted(held))
        keys.grant_to(ctx, connection, user)
    return _summary(user)


def disable_user(ctx: Context, login: str) -> None:
    """Let a user sign in no more and withdraw what was granted.

    Raises:
        CatiError: ``unknown_user``, or ``own_user`` for the actor.
    """
    ctx.actor.require(Right.MANAGE_USERS)
    login = folded(login)
    if login == ctx.actor.login:
        raise CatiError(
            "own_user", N_("You cannot disable yourself. Nothing was changed. Somebody else may do it.")
        )
    with ctx.database.write() as connection:
        user = active_user(connection, login)
        store.set_active(connection, user.id, False)
        let_in(ctx, connection, user.id)
        withdrawn = key_store.withdraw(connection, user.id)
        audit.record(ctx, connection, "disable_user", f"user {user.id}", grants_withdrawn=withdrawn)


def enable_user(ctx: Context, login: str) -> int:
    """Let a disabled user sign in again and grant what the roles entitle to, as far as the actor holds it.

    Returns:
        How many keys were granted; the rest a holder grants.

    Raises:
        CatiError: ``unknown_user``.
    """
    ctx.actor.require(Right.MANAGE_USERS)
    with ctx.database.write() as connection:
        user = store.by_login(connection, folded(login))
        if user is None:
            raise keys.unknown_user(login)
        store.set_active(connection, user.id, True)
        let_in(ctx, connection, user.id)
        store.clear_failures(connection, user.id)
        audit.record(ctx, connection, "enable_user", f"user {user.id}")
        return keys.grant_to(ctx, connection, replace(user, active=True))


def languages_spoken(ctx: Context, programme: LoadedProgramme) -> tuple[str, ...]:
    """Languages beside the questionnaire's own: those of the programme first, then those operators speak."""
    ctx.actor.require(Right.INTERVIEW)
    with ctx.database.read() as connection:
        people = store.everybody(connection)
    spoken = (name for user in people if user.active for name in user.languages)
    return tuple(dict.fromkeys((*programme.programme.settings.languages, *spoken)))


def set_roles(ctx: Context, login: str, roles: Iterable[Role]) -> None:
    """Store what a user is hired for: withdraw the keys that no role entitles to, grant what the actor holds.

    Raises:
        CatiError: ``not_allowed``, ``unknown_user``, ``role_missing``, ``own_roles`` for the actor.
    """
    ctx.actor.require(Right.MANAGE_USERS)
    held = frozenset(roles)
    if not held:
        raise CatiError(
            "role_missing", N_("A user needs at least one role. Nothing was changed. Choose one or more.")
        )
    if folded(login) == ctx.actor.login:
        raise CatiError(
            "own_roles",
            N_("You cannot change your own roles. Nothing was changed. Somebody else may do it."),
        )
    with ctx.database.write() as connection:
        user = active_user(connection, login)
        store.set_roles(connection, user.id, held)
        let_in(ctx, connection, user.id)
        withdrawn = key_store.withdraw_others(connection, user.id, keys.entitled(held))
        audit.record(
            ctx, connection, "set_roles", f"user {user.id}", roles=sorted(held), grants_withdrawn=withdrawn
        )
        keys.grant_to(ctx, connection, replace(user, roles=held))


def set_languages(ctx: Context, login: str, languages: Iterable[str]) -> None:
    """Store which languages and dialects a user can interview in, beside the questionnaire's own.

    Raises:
        CatiError: ``not_allowed``, ``unknown_user``, ``language_too_long``.
    """
    ctx.actor.require(Right.MANAGE_USERS)
    spoken = tuple(dict.fromkeys(checked_language(name) for name in languages if name.strip()))
    with ctx.database.write() as connection:
        user = active_user(connection, login)
        store.set_languages(connection, user.id, spoken)
        audit.record(ctx, connection, "set_languages", f"user {user.id}", languages=spoken)


def insert(
    ctx: Context,
    connection: Connection,
    login: str,
    name: str,
    roles: Iterable[Role],
    public_key: bytes,
    locked: LockedKey,
    *,
    simulated: bool = False,
) -> StoredUser:
    """Add a user's row, and nothing else.

    Raises:
        CatiError: ``login_taken``.
    """
    user_id = store.add(
        connection,
        login=login,
        name=name,
        roles=roles,
        public_key=public_key,
        locked=locked,
        simulated=simulated,
        at=ctx.now(connection),
    )
    user = None if user_id is None else store.by_id(connection, user_id)
    if user is None:
        raise login_taken(login)
    return user


def let_in(ctx: Context, connection: Connection, user_id: int, password: str | None = None) -> None:
    """Tell a server that everybody signs in to as themselves what a user's row says now."""
    if ctx.database.personal:
        floor.admit(connection, user_id, None if password is None else passwords.folded(password))


def login_taken(login: str) -> CatiError:
    """The refusal where somebody has a login already."""
    return CatiError(
        "login_taken",
        N_("There is a user “{login}” already. Nothing was changed. Take another login."),
        login=login,
    )


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


def actor_of(user: StoredUser, station: str) -> Actor:
    """A stored user as who acts on a station."""
    return Actor(user.id, user.login, user.name, user.roles, station)


def active_user(connection: Connection, login: str) -> StoredUser:
    """The active user of a login as typed.

    Raises:
        CatiError: ``unknown_user``.
    """
    user = store.by_login(connection, folded(login))
    if user is None or not user.active:
        raise keys.unknown_user(login)
    return user


def _summary(user: StoredUser) -> User:
    return User(
        user.id,
        user.login,
        user.name,
        user.roles,
        user.active,
        user.simulated,
        user.locked_until,
        user.languages,
    )
