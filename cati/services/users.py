"""Users: the first one, adding, changing and disabling."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from cati.base.clock import Clock
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.languages import checked_language
from cati.domain.logins import checked_login, checked_name, folded
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Actor, Right, Role
from cati.sealing import passwords
from cati.sealing.keyring import KeyRing
from cati.sealing.keys import new_pair
from cati.sealing.passwords import LockedKey
from cati.sealing.recovery import new_recovery_key as new_recovery_key
from cati.sealing.recovery import read_recovery_key
from cati.services import audit, keys
from cati.services.context import Context
from cati.store import floor
from cati.store import keys as key_store
from cati.store import users as store
from cati.store.engine import Connection, Database
from cati.store.users import StoredUser


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
