"""Commands on users and the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

import click

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.cli.session import Session, as_json, json_option
from cati.cli.texts import group, option
from cati.domain.users import Role
from cati.services import audit as audit_service
from cati.services import keys, passwords
from cati.services import users as service

ROLES = {
    Role.OPERATOR: N_("operator"),
    Role.SUPERVISOR: N_("supervisor"),
    Role.BUREAU: N_("bureau"),
    Role.OBSERVER: N_("observer"),
    Role.ADMIN: N_("admin"),
}
"""What roles are called, to be translated."""

new_password_option = option(
    "--new-password-file", type=click.File("r", encoding="utf-8"), help="File with the user's password."
)


@group()
def user() -> None:
    """Users: add, list, disable, passwords, keys."""


@user.command()
@click.argument("login")
@option("--name", help="Name shown on screens; by default the login.")
@option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([str(r) for r in Role]),
    help="What the user is hired for; may be given several times.",
)
@option("--new-password-file", type=click.File("r", encoding="utf-8"), help="File with the first password.")
@click.pass_obj
def add(
    session: Session,
    login: str,
    name: str | None,
    roles: Sequence[str],
    new_password_file: TextIO | None,
) -> None:
    """Add a user with one or more roles."""
    ctx = session.ctx
    password = _new_password(session, login, new_password_file)
    service.add_user(ctx, login, name or login, [Role(r) for r in roles], password)
    click.echo(_("User {login} added.").format(login=login))


def _new_password(session: Session, login: str, file: TextIO | None) -> str:
    if file is not None:
        return str(file.readline()).rstrip("\r\n")
    if not session.interactive:
        raise CatiError("new_password_missing", N_("Give the new user's password with --new-password-file."))
    answer: str = click.prompt(
        _("New password of {login}").format(login=login), hide_input=True, confirmation_prompt=True, err=True
    )
    return answer


@user.command("list")
@json_option
@click.pass_obj
def list_(session: Session, in_json: bool) -> None:
    """List all users."""
    found = service.list_users(session.ctx)
    if in_json:
        as_json(
            [
                {"login": u.login, "name": u.name, "roles": sorted(map(str, u.roles)), "active": u.active}
                for u in found
            ]
        )
        return
    for u in found:
        state = "" if u.active else _("disabled")
        roles = _(", ").join(_(label) for role, label in ROLES.items() if role in u.roles)
        click.echo(f"{u.login}\t{u.name}\t{roles}\t{state}".rstrip())


@user.command()
@click.argument("login")
@click.pass_obj
def disable(session: Session, login: str) -> None:
    """Let a user sign in no more."""
    service.disable_user(session.ctx, login)
    click.echo(_("User {login} is disabled.").format(login=login))


@user.command()
@click.argument("login")
@option("--new-password-file", type=click.File("r", encoding="utf-8"), help="File with the new password.")
@click.pass_obj
def reset(session: Session, login: str, new_password_file: TextIO | None) -> None:
    """Give a user a new password and key pair."""
    ctx = session.ctx
    passwords.reset_password(ctx, login, _new_password(session, login, new_password_file))
    click.echo(
        _("User {login} has a new password. A holder of the keys now runs: cati user grant {login}").format(
            login=login
        )
    )


@user.command()
@click.argument("login")
@click.pass_obj
def grant(session: Session, login: str) -> None:
    """Grant a user the keys that the roles entitle to, from those you hold."""
    count = keys.grant(session.ctx, login)
    click.echo(
        ngettext("{count} key granted to {login}.", "{count} keys granted to {login}.", count).format(
            count=count, login=login
        )
    )


@user.command()
@click.argument("login")
@option(
    "--recovery-file", type=click.File("r", encoding="utf-8"), help="File with the recovery key as on paper."
)
@option("--new-password-file", type=click.File("r", encoding="utf-8"), help="File with the new password.")
@click.pass_obj
def recover(
    session: Session, login: str, recovery_file: TextIO | None, new_password_file: TextIO | None
) -> None:
    """Give a user a new password and all keys, by the recovery key."""
    opened = session.opened
    key = recovery_file.read() if recovery_file else click.prompt(_("Recovery key"), err=True)
    password = _new_password(session, login, new_password_file)
    passwords.recover(opened.database, opened.clock, key, login, password, opened.settings.station)
    click.echo(_("User {login} has a new password and all keys again.").format(login=login))


@group()
def audit() -> None:
    """The audit log."""


@audit.command()
@click.pass_obj
def verify(session: Session) -> None:
    """Check that no entry of the audit log was changed, removed or moved."""
    bad = audit_service.verify(session.ctx)
    if bad is not None:
        raise CatiError(
            "audit_broken",
            N_("The audit log is broken at entry {seq} of session {session}: {problem}."),
            seq=bad.seq,
            session=bad.session_id,
            problem=bad.problem,
        )
    click.echo(_("The audit log is whole."))


COMMANDS = {"user": user, "audit": audit}
"""By name, for the main group."""
