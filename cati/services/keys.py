"""Secrets of programmes and of the bureau: made once, sealed to their holders and the recovery key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.logins import folded
from cati.domain.users import Role
from cati.sealing.contacts import new_secret
from cati.sealing.keyring import KeyRing, Secret
from cati.sealing.keys import new_pair, seal
from cati.services import audit
from cati.services.context import Context
from cati.store import keys as store
from cati.store import users as user_store
from cati.store.engine import Connection
from cati.store.keys import Grant
from cati.store.users import StoredUser

RECOVERY_PUBLIC = "recovery_public"
"""Name of the database's fact that holds the public half of the recovery key, in hexadecimal."""

HOLDERS: dict[Secret, frozenset[Role]] = {
    Secret.CONTACT: frozenset({Role.OPERATOR, Role.BUREAU}),
    Secret.RECORDING: frozenset({Role.SUPERVISOR, Role.BUREAU}),
    Secret.REFUSAL: frozenset({Role.OPERATOR, Role.BUREAU}),
}
"""Whose role entitles them to which secret."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A secret that a user's role entitles to and that nobody has granted yet; no programme: the bureau's."""

    login: str
    programme_id: int | None
    which: Secret


def entitled(roles: Iterable[Role]) -> frozenset[Secret]:
    """The secrets that these roles may hold."""
    held = frozenset(roles)
    return frozenset(which for which, holders in HOLDERS.items() if holders & held)


def create_programme_secrets(ctx: Context, connection: Connection, programme_id: int) -> None:
    """Make a programme's contact secret and recording key pair and grant them by role.

    The programme's row is already there, its `recording_public` a placeholder that is replaced. The
    actor's ring holds the secrets at once, and loses them again if the transaction is undone.

    Args:
        ctx: whoever loads the programme.
        connection: the transaction that adds the programme.
        programme_id: key of its row.
    """
    recording = new_pair()
    secrets = {Secret.CONTACT: new_secret(), Secret.RECORDING: recording.private}
    store.set_recording_public(connection, programme_id, recording.public)
    _grant_to_all(ctx, connection, programme_id, secrets)


def make_refusal_secret(ctx: Context, connection: Connection) -> None:
    """Make the secret of the bureau's refusal list, unless there is one, and grant it by role.

    Nobody has to hold anything for that: it is made at whatever sign-in comes first, also in a database
    of an earlier version.
    """
    # Asked twice: everybody who signs in at the start of a shift would wait for the lock.
    if store.is_made(connection, None, Secret.REFUSAL):
        return
    user_store.hold_fact(connection, RECOVERY_PUBLIC)
    if not store.is_made(connection, None, Secret.REFUSAL):
        _grant_to_all(ctx, connection, None, {Secret.REFUSAL: new_secret()})


def _grant_to_all(
    ctx: Context, connection: Connection, programme_id: int | None, secrets: Mapping[Secret, bytes]
) -> None:
    """Seal new secrets to the recovery key and to everybody entitled, and put them on the actor's ring."""
    now = ctx.now(connection)
    people = [user for user in user_store.everybody(connection) if user.active]
    recovery = recovery_public(connection)
    for which, secret in secrets.items():
        store.put(connection, Grant(programme_id, which, None, seal(secret, recovery)), now)
        for user in people:
            if which in entitled(user.roles):
                store.put(connection, Grant(programme_id, which, user.id, seal(secret, user.public_key)), now)
    store.on_rollback(connection, lambda: ctx.keys.drop(programme_id))
    for which in entitled(ctx.actor.roles) & secrets.keys():
        ctx.keys.add(programme_id, which, secrets[which])


def recovery_public(connection: Connection) -> bytes:
    """The public half of the recovery key.

    Raises:
        CatiError: ``not_initialised`` when the database has none yet.
    """
    value = user_store.fact(connection, RECOVERY_PUBLIC)
    if value is None:
        raise CatiError(
            "not_initialised",
            N_(
                "This database has no user yet. Nothing was changed. Run “cati init”, or open "
                "the window and make the first user."
            ),
        )
    return bytes.fromhex(value)


def recording_public(ctx: Context, programme_id: int) -> bytes:
    """The public half by which a programme's recordings are sealed; it is no secret."""
    with ctx.database.read() as connection:
        return store.recording_public(connection, programme_id)


def load(connection: Connection, keys: KeyRing, user_id: int | None) -> int:
    """Put all grants of a user (None: of the recovery key) on a ring.

    Returns:
        How many could not be opened; they are as if never granted, so a holder can grant them again.
    """
    unreadable = 0
    for grant in store.grants_to(connection, user_id):
        try:
            keys.open_grant(grant.programme_id, grant.which, grant.sealed)
        except CatiError:
            unreadable += 1
    for programme_id in store.retired_ids(connection):
        keys.destroy_contacts(programme_id)
    return unreadable


def refresh(ctx: Context) -> None:
    """Take up what was granted to the actor since sign-in."""
    with ctx.database.read() as connection:
        load(connection, ctx.keys, ctx.actor.user_id)


def grant(ctx: Context, login: str) -> int:
    """Grant a user what the role entitles to, from what the actor holds.

    Holding a key is the right to pass it on; who is entitled is decided by who gives roles.

    Returns:
        How many secrets were granted.

    Raises:
        CatiError: ``unknown_user``, or ``nothing_to_grant`` when the actor holds none of what is wanted.
    """
    with ctx.database.write() as connection:
        user = user_store.by_login(connection, folded(login))
        if user is None or not user.active:
            raise unknown_user(login)
        count = grant_to(ctx, connection, user)
        if not count:
            raise CatiError(
                "nothing_to_grant",
                N_(
                    "Nothing was granted to {login}: the role asks for no key, there is no programme yet, "
                    "or you hold none of the keys yourself. Ask somebody who holds them."
                ),
                login=login,
            )
    return count


def grant_to(ctx: Context, connection: Connection, user: StoredUser) -> int:
    """As `grant`, inside a transaction, for a user just read; 0 when there is nothing to grant."""
    count = put_grants(ctx.keys, connection, user, ctx.now(connection))
    if count:
        audit.record(ctx, connection, "grant_keys", f"user {user.id}", count=count)
    return count


def put_grants(keys: KeyRing, connection: Connection, user: StoredUser, now: datetime) -> int:
    """Seal to a user what the role entitles to and the ring holds; how many secrets that were."""
    wanted = entitled(user.roles)
    # A secret that the recovery key has not was destroyed, also if an open session still holds it.
    made = {(grant.programme_id, grant.which) for grant in store.grants_to(connection, None)}
    granted = [secret for secret in keys.held() if secret[1] in wanted and secret in made]
    granted.sort(key=lambda one: (one[0] or 0, one[1]))
    for programme_id, which in granted:
        sealed = seal(keys.secret(programme_id, which), user.public_key)
        store.put(connection, Grant(programme_id, which, user.id, sealed), now)
    return len(granted)


def missing(ctx: Context) -> tuple[Missing, ...]:
    """What users are entitled to and have not been granted, for a holder to confirm."""
    with ctx.database.read() as connection:
        have = {(g.programme_id, g.which, g.user_id) for g in store.grants(connection)}
        # Whatever was ever made was granted to the recovery key.
        made = [(g.programme_id, g.which) for g in store.grants_to(connection, None)]
        made.sort(key=lambda one: (one[0] or 0, one[1]))
        return tuple(
            Missing(user.login, programme_id, which)
            for user in user_store.everybody(connection)
            if user.active and not user.simulated
            for programme_id, which in made
            if which in entitled(user.roles) and (programme_id, which, user.id) not in have
        )


def unknown_user(login: str) -> CatiError:
    """The refusal for a login that nobody (active) has."""
    return CatiError(
        "unknown_user",
        N_("There is no active user “{login}”. Nothing was changed. Look at the list of users."),
        login=login,
    )
