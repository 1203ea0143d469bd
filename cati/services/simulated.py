"""Operators who are no people: they fill a programme with invented interviews."""

from __future__ import annotations

import secrets

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Right, Role
from cati.sealing import passwords
from cati.sealing.keyring import KeyRing, Secret
from cati.sealing.keys import new_pair
from cati.services import audit, clearances, sessions, users
from cati.services.context import Context
from cati.store import floor
from cati.store import users as store
from cati.store.engine import Connection, Database


def hire(ctx: Context, programme: LoadedProgramme, count: int, *, apart: bool = False) -> list[Context]:
    """Operators, made or found again, each on a station of its own, cleared, and signed in.

    They hold the contact key and the refusal key in memory only, and nobody else can sign in as one of them.
    At a server that everybody signs in to as themselves each has a connection, and a password that is told
    to nobody; there they stay until `dismiss`.

    Args:
        ctx: a holder of both keys.
        programme: what they call for.
        count: how many, >= 1.
        apart: each will connect by itself, whatever the server.

    Raises:
        CatiError: ``no_contact_key``, ``no_refusal_key``; ``login_taken`` when a real user has one of their
            logins; ``too_few_connections``.
    """
    ctx.actor.require(Right.MANAGE_USERS)
    contact = ctx.keys.secret(programme.id, Secret.CONTACT)
    refusal = ctx.keys.secret(None, Secret.REFUSAL)
    operators = []
    with ctx.database.write() as connection:
        if ctx.database.personal or (apart and not ctx.database.is_sqlite):
            _require_room(connection, count)
        for number in range(1, count + 1):
            station, ring = f"simulated-{number:03}", KeyRing(new_pair())
            login = f"{station}-{ctx.database.url.database}" if ctx.database.personal else station
            user = store.by_login(connection, login) or users.insert(
                ctx, connection, login, login, {Role.OPERATOR}, ring.public, passwords.DECOY, simulated=True
            )
            if not user.simulated:
                raise users.login_taken(login)
            ring.add(programme.id, Secret.CONTACT, contact)
            ring.add(None, Secret.REFUSAL, refusal)
            clearances.clear_for_invented(ctx, connection, programme.id, user.id)
            database = _let_in(ctx, connection, user.id, login)
            operators.append(Context(database, ctx.clock, sessions.actor_of(user, station), ring))
        audit.record(ctx, connection, "simulated_operators", f"programme {programme.id}", count=count)
    return operators


def dismiss(ctx: Context, operators: list[Context]) -> None:
    """Let the operators into the server no more, where they were let in one by one."""
    if not ctx.database.personal:
        return
    for operator in operators:
        operator.database.close()
    with ctx.database.write() as connection:
        for operator in operators:
            store.set_active(connection, operator.actor.user_id, False)
            users.let_in(ctx, connection, operator.actor.user_id)


def _let_in(ctx: Context, connection: Connection, user_id: int, login: str) -> Database:
    if not ctx.database.personal:
        return ctx.database
    password = secrets.token_urlsafe(24)
    store.set_active(connection, user_id, True)
    users.let_in(ctx, connection, user_id, password)
    return Database(ctx.database.url, pool_size=1, login=login, password=passwords.folded(password))


def _require_room(connection: Connection, stations: int) -> None:
    room = floor.free_connections(connection)
    if room < stations:
        raise CatiError(
            "too_few_connections",
            N_(
                "The server has room for {room} more connections, and each of {stations} stations needs one. "
                "Nothing was changed. Take fewer stations, or set the server's max_connections higher."
            ),
            room=room,
            stations=stations,
        )
