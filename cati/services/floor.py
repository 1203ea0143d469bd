"""A floor: a server that everybody signs in to as themselves; made, examined, upgraded by its keeper."""

from __future__ import annotations

from pathlib import Path

from cati.base.clock import Clock
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.files.aside import written_aside
from cati.sealing import passwords as locks
from cati.services import passwords, users
from cati.store import faults, floor_copies, migrate
from cati.store import floor as store
from cati.store import users as user_store
from cati.store.engine import Database
from cati.store.floor import Fault as Fault

REMEDIES: dict[str, str] = {
    "owner_signs_in": N_(
        "{subject} owns the tables and can sign in: alter role {subject} nologin nosuperuser."
    ),
    "owner_other": N_("{subject} does not belong to the floor's owner: alter its owner."),
    "row_security": N_("Row security is not forced on {subject}: run “cati floor upgrade”."),
    "search_path": N_("The function {subject} has no fixed search path: run “cati floor upgrade”."),
    "public_table": N_("Everybody may use {subject}: run “cati floor upgrade”."),
    "public_column": N_("Everybody may use columns of {subject}: revoke that."),
    "public_function": N_("Everybody may call {subject}: run “cati floor upgrade”."),
    "public_schema": N_("Everybody may use the schema {subject}: run “cati floor upgrade”."),
    "public_database": N_("Everybody on the server may enter {subject}: run “cati floor upgrade”."),
    "person_powerful": N_("{subject} has power over the server: take it away with alter role."),
    "person_owner": N_("{subject} can act as the owner of the tables: revoke that membership."),
    "person_roles": N_("{subject} has other roles on the server than in the list of users: set them anew."),
    "tls": N_("The server takes connections without TLS: set ssl = on and give it a certificate."),
    "hba_error": N_("The server cannot read line {subject} of pg_hba.conf: mend it."),
    "hba_plain": N_("Line {subject} of pg_hba.conf lets people in without TLS: write hostssl."),
    "hba_open": N_("Line {subject} of pg_hba.conf asks for no password: write scram-sha-256."),
    "hba_weak": N_(
        "Line {subject} of pg_hba.conf takes passwords that can be overheard or guessed: write scram-sha-256."
    ),
    "password_encryption": N_("The server keeps passwords badly: set password_encryption = scram-sha-256."),
}
"""What each fault is, and what to do about it."""


def init(
    url: str,
    clock: Clock,
    *,
    login: str,
    name: str,
    password: str,
    station: str,
    recovery_key: str | None = None,
) -> str:
    """Make a floor in an empty database, with its first user, of the bureau; gives the recovery key.

    Args:
        url: with somebody who may make roles and owns the database, best a superuser.
        clock, login, name, password, station, recovery_key: see `users.init`.

    Raises:
        CatiError: ``floor_taken``, ``not_server``, ``login_taken``; as `users.init`.
    """
    users.check_first_user(login, name, password)
    keeper = Database(store.server_url(url))
    try:
        store.found(keeper, login)
    finally:
        keeper.close()
    upgrade(url)
    holder = Database(store.owner_url(url))
    try:
        ctx, recovery = users.init(
            holder,
            clock,
            login=login,
            name=name,
            password=password,
            station=station,
            recovery_key=recovery_key,
        )
        with holder.write() as connection:
            store.admit(connection, ctx.actor.user_id, locks.folded(password))
    finally:
        holder.close()
    return recovery


def recover(url: str, clock: Clock, recovery_key: str, login: str, password: str, station: str) -> None:
    """Give a user a new password, at the server too, and what the roles entitle to, by the recovery key.

    Args:
        url: with the keeper.
        clock, recovery_key, login, password, station: see `passwords.recover`.

    Raises:
        CatiError: as `passwords.recover`; ``not_floor``, ``database_older``, ``database_newer``.
    """
    holder = Database(store.owner_url(url))
    try:
        migrate.require_present(holder)
        ctx = passwords.recover(holder, clock, recovery_key, login, password, station)
        # Where this is cut off, the same command does it again.
        with holder.write() as connection:
            store.admit(connection, ctx.actor.user_id, locks.folded(password))
    finally:
        holder.close()


def let_in(url: str, login: str, password: str) -> None:
    """Give a user, whose password it is already, a login on the server: after a copy went to another one.

    Args:
        url: with the keeper.
        login: of an active user.
        password: the one that opens the user's key.

    Raises:
        CatiError: ``sign_in_refused`` for another password; ``unknown_user``.
    """
    holder = Database(store.owner_url(url))
    try:
        with holder.write() as connection:
            user = users.active_user(connection, login)
            if locks.unlock(user_store.lock_of(connection, user.id), password) is None:
                raise faults.sign_in_refused()
            store.admit(connection, user.id, locks.folded(password))
    finally:
        holder.close()


def upgrade(url: str) -> None:
    """Bring a floor's tables, functions and rights to what this program knows.

    Raises:
        CatiError: ``database_newer``.
    """
    keeper = Database(store.server_url(url))
    try:
        with keeper.write() as connection:
            store.make_roles(connection, keeper.url.database or "")
    finally:
        keeper.close()
    migrate.upgrade(store.owner_url(url))
    holder = Database(store.owner_url(url))
    try:
        with holder.write() as connection:
            store.apply(connection)
    finally:
        holder.close()


def check(url: str) -> tuple[Fault, ...]:
    """What is wrong with a floor; empty when nothing is.

    The lines of pg_hba.conf are looked at if the keeper is a superuser.

    Raises:
        CatiError: ``not_floor``, ``database_older``, ``database_newer``.
    """
    holder, keeper = Database(store.owner_url(url)), Database(store.server_url(url))
    try:
        migrate.require_present(holder)
        with holder.read() as connection:
            found = store.faults(connection)
        with keeper.read() as connection:
            return found + store.host_faults(connection)
    finally:
        keeper.close()
        holder.close()


def back_up(url: str, target: Path) -> None:
    """Write a copy of a floor; it is there whole or not at all, and for its owner alone to read.

    Args:
        url: with the keeper.
        target: the file; one that is there already is replaced when the new one is whole.

    Raises:
        CatiError: ``tool_missing``, ``tool_failed``, ``file_not_written``, ``not_floor``, ``database_older``,
            ``database_newer``.
    """
    with written_aside(target, private=True) as (aside,):
        floor_copies.dump(url, aside)


def restore(url: str, file: Path) -> tuple[str, ...]:
    """Make a floor of a copy in an empty database; gives the logins that another floor of the server has.

    Who has a login on the server keeps it, with its password; the bureau resets the passwords of others.

    Raises:
        CatiError: ``copy_other_version``, ``floor_taken``, ``tool_missing``, ``tool_failed``.
    """
    have = floor_copies.version(file)
    if have is None or have > migrate.head():
        raise CatiError(
            "copy_other_version",
            N_("{file} is no copy of a floor that this program knows. Nothing was done. Name another."),
            file=str(file),
        )
    keeper = Database(store.server_url(url))
    try:
        store.found(keeper)
    finally:
        keeper.close()
    floor_copies.restore(url, file)
    upgrade(url)
    return floor_copies.everybody(url)
