"""How far the first setting up of a station has come, told by what there is."""

from __future__ import annotations

from cati.domain.users import Right
from cati.services import audit
from cati.services.context import Context
from cati.store import audit as audit_store
from cati.store import programmes as programme_store
from cati.store import sound_tests as sound_store
from cati.store import users as user_store


def unfinished(ctx: Context) -> tuple[str, ...]:
    """What is still to be settled: ``sound``, ``programme``, in this order; nothing for who may not do it.

    A station where a programme was loaded, a second user was added, or somebody said that the programme
    comes later, is set up.
    """
    if not ctx.actor.may(Right.SET_UP_PROGRAMME):
        return ()
    with ctx.database.read() as connection:
        people = [user for user in user_store.everybody(connection) if user.active and not user.simulated]
        if (
            len(people) > 1
            or programme_store.everything(connection)
            or audit_store.noted(connection, "set_up_finished")
        ):
            return ()
        tested = sound_store.exist(connection, ctx.actor.station)
    return ("programme",) if tested else ("sound", "programme")


def finish(ctx: Context) -> None:
    """The programme comes later: nobody is asked for it at sign-in any more.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.SET_UP_PROGRAMME)
    with ctx.database.write() as connection:
        audit.record(ctx, connection, "set_up_finished", f"station {ctx.actor.station}")
