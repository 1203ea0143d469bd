"""The telephones of stations: which number a test may call, and what was done about them, noted."""

from __future__ import annotations

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.phones import PhoneProblem, of_row
from cati.domain.users import Right
from cati.sealing.keyring import Secret
from cati.services import audit
from cati.services.context import Context
from cati.store import programmes as programme_store
from cati.store.persons import is_somebody


def require_setting(ctx: Context) -> None:
    """Only who looks after stations says where their calls go.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.MANAGE_USERS)


def refuse_respondent(ctx: Context, number: str) -> None:
    """A test call goes to a telephone of the bureau, never to somebody of a list.

    Args:
        ctx: whose keys tell; a programme whose contacts they do not open is not looked into.
        number: as it is dialled, without what leads outside.

    Raises:
        CatiError: ``test_number_respondent``.
    """
    held = {programme for programme, which in ctx.keys.held() if which is Secret.CONTACT}
    with ctx.database.read() as connection:
        for loaded in programme_store.everything(connection):
            found = of_row((number,), loaded.programme.settings.local_area_code, False)
            # What is no number of the public network, such as an extension, stands in no list.
            if loaded.id not in held or isinstance(found, PhoneProblem):
                continue
            hashed = ctx.keys.contact_key(loaded.id).number_hash(found[0].e164)
            if is_somebody(connection, loaded.id, hashed):
                raise CatiError(
                    "test_number_respondent",
                    N_(
                        "This number stands in a phone list of {programme}, and test calls never go to "
                        "respondents. Nothing was changed, nobody was called. Name a telephone of the bureau."
                    ),
                    programme=loaded.programme.code,
                )


def note_account(ctx: Context, server: str, transport: str, *, encrypted: bool) -> None:
    """The audit log keeps where a station's calls go from now on."""
    with ctx.database.write() as connection:
        audit.record(
            ctx,
            connection,
            "set_telephone",
            f"station {ctx.actor.station}",
            server=server,
            transport=transport,
            encrypted=encrypted,
        )


def note_secret(ctx: Context) -> None:
    """The audit log keeps that somebody may call by a station's telephone."""
    with ctx.database.write() as connection:
        audit.record(ctx, connection, "unlock_telephone", f"station {ctx.actor.station}")


def note_forgotten(ctx: Context) -> None:
    """The audit log keeps that a station dials by hand from now on."""
    with ctx.database.write() as connection:
        audit.record(ctx, connection, "forget_telephone", f"station {ctx.actor.station}")


def note_test(ctx: Context, answered: bool, code: int) -> None:
    """The audit log keeps that a test call was made.

    Args:
        answered: somebody answered.
        code: the network's last answer, 0 without one.
    """
    with ctx.database.write() as connection:
        audit.record(
            ctx, connection, "test_call", f"station {ctx.actor.station}", answered=answered, answer=code
        )
