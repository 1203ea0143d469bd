"""Passwords: changing one's own, resetting another's, and the way back with the recovery key."""

from __future__ import annotations

from dataclasses import replace

from cati.base.clock import Clock
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.logins import folded
from cati.domain.users import Right
from cati.sealing import passwords
from cati.sealing.keyring import KeyRing
from cati.sealing.keys import new_pair
from cati.sealing.recovery import read_recovery_key
from cati.services import audit, keys
from cati.services.context import Context
from cati.services.sessions import actor_of
from cati.services.users import active_user
from cati.store import floor
from cati.store import keys as key_store
from cati.store import users as store
from cati.store.engine import Connection, Database
from cati.store.users import StoredUser


def change_password(ctx: Context, old: str, new: str) -> None:
    """Lock the actor's own key with another password; grants stay as they are.

    Raises:
        CatiError: ``password_wrong`` for the old one, or a refused new one.
    """
    passwords.check_password(new, ctx.actor.login)
    with ctx.database.read() as connection:
        user = _user_of(ctx, connection)
        locked = store.lock_of(connection, user.id)
    private = passwords.unlock(locked, old)
    if private is None:
        raise CatiError("password_wrong", N_("The old password is wrong. The password was not changed."))
    locked = passwords.lock(private, new)
    with ctx.database.write() as connection:
        if _user_of(ctx, connection).public_key != user.public_key:
            raise CatiError(
                "password_reset_meanwhile",
                N_("Your password was reset meanwhile and stays so. Sign in again with the new one."),
            )
        store.set_keys(connection, user.id, user.public_key, locked)
        if ctx.database.personal:
            floor.admit(connection, user.id, passwords.folded(new))
        audit.record(ctx, connection, "change_password", f"user {user.id}")
    if ctx.database.personal:
        # A connection of this session that breaks is made anew with it.
        ctx.database.take_password(passwords.folded(new))


def reset_password(ctx: Context, login: str, password: str) -> None:
    """Give a user a new key pair and password; `keys.missing` lists what a holder then confirms.

    What was granted to the old pair is withdrawn; every secret stays sealed to its other holders and
    to the recovery key.

    Raises:
        CatiError: ``unknown_user``, ``own_password`` (that one is changed, not reset), or a refused password.
    """
    ctx.actor.require(Right.MANAGE_USERS)
    if folded(login) == ctx.actor.login:
        raise CatiError(
            "own_password",
            N_("Your own password cannot be reset by yourself. Nothing was changed. Change it instead."),
        )
    passwords.check_password(password, folded(login))
    pair = new_pair()
    locked = passwords.lock(pair.private, password)
    with ctx.database.write() as connection:
        user = active_user(connection, login)
        store.set_keys(connection, user.id, pair.public, locked)
        if ctx.database.personal:
            floor.admit(connection, user.id, passwords.folded(password))
        withdrawn = key_store.withdraw(connection, user.id)
        audit.record(ctx, connection, "reset_password", f"user {user.id}", grants_withdrawn=withdrawn)


def recover(
    database: Database, clock: Clock, recovery_key: str, login: str, password: str, station: str
) -> Context:
    """Open everything with the recovery key: give a user a new password and what the roles entitle to.

    Args:
        database: where.
        clock: tells when.
        recovery_key: as on paper.
        login: an active user.
        password: the user's new one.
        station: where this happens.

    Returns:
        The user, signed in.

    Raises:
        CatiError: ``recovery_key_length``, ``recovery_key_mistyped``, ``recovery_key_foreign``,
            ``unknown_user``, or a refused password.
    """
    recovery = KeyRing(read_recovery_key(recovery_key))
    passwords.check_password(password, folded(login))
    pair = new_pair()
    locked = passwords.lock(pair.private, password)
    with database.write() as connection:
        if keys.recovery_public(connection) != recovery.public:
            raise CatiError(
                "recovery_key_foreign",
                N_(
                    "This recovery key belongs to another database. Nothing was changed. "
                    "Look for the right paper."
                ),
            )
        user = active_user(connection, login)
        keys.load(connection, recovery, None)
        store.set_keys(connection, user.id, pair.public, locked)
        key_store.withdraw(connection, user.id)
        now = database.now(connection, clock)
        count = keys.put_grants(recovery, connection, replace(user, public_key=pair.public), now)
        ctx = Context(database, clock, actor_of(user, station), KeyRing(pair))
        keys.make_refusal_secret(ctx, connection)
        keys.load(connection, ctx.keys, user.id)
        audit.record(ctx, connection, "recover", f"user {user.id}", station=station, count=count)
    return ctx


def _user_of(ctx: Context, connection: Connection) -> StoredUser:
    user = store.by_id(connection, ctx.actor.user_id)
    assert user is not None
    return user
