"""Commands on users and the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import click

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.cli.session import Session, as_json, json_option, password_in, text_of
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
    Role.CLERK: N_("clerk"),
}
"""What roles are called, to be translated."""


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
@option("--new-password-file", metavar="FILE", help="File with the first password.")
@click.pass_obj
def add(
    session: Session,
    login: str,
    name: str | None,
    roles: Sequence[str],
    new_password_file: str | None,
) -> None:
    """Add a user with one or more roles."""
    ctx = session.ctx
    password = _new_password(session, login, new_password_file)
    service.add_user(ctx, login, name or login, [Role(r) for r in roles], password)
    click.echo(_("User {login} added.").format(login=login))


def _new_password(session: Session, login: str, file: str | None) -> str:
    if file is not None:
        return password_in(file)
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
                {
                    "login": u.login,
                    "name": u.name,
                    "roles": sorted(map(str, u.roles)),
                    "active": u.active,
                    "languages": list(u.languages),
                }
                for u in found
            ]
        )
        return
    for u in found:
        state = "" if u.active else _("disabled")
        roles = _(", ").join(_(label) for role, label in ROLES.items() if role in u.roles)
        click.echo(f"{u.login}\t{u.name}\t{roles}\t{state}".rstrip())


@user.command("roles")
@click.argument("login")
@click.argument("names", nargs=-1, required=True, type=click.Choice([str(r) for r in Role]))
@click.pass_obj
def roles_(session: Session, login: str, names: Sequence[str]) -> None:
    """Say what a user is hired for from now on; keys follow."""
    service.set_roles(session.ctx, login, [Role(name) for name in names])
    said = _(", ").join(_(label) for role, label in ROLES.items() if role in names)
    click.echo(_("Roles of {login}: {roles}.").format(login=login, roles=said))


@user.command()
@click.argument("login")
@click.argument("names", nargs=-1)
@click.pass_obj
def languages(session: Session, login: str, names: Sequence[str]) -> None:
    """Say which languages and dialects a user interviews in beside the questionnaire's own."""
    service.set_languages(session.ctx, login, names)
    spoken = _(", ").join(names) or _("none")
    click.echo(_("Further languages of {login}: {languages}.").format(login=login, languages=spoken))


@user.command()
@click.argument("login")
@click.pass_obj
def disable(session: Session, login: str) -> None:
    """Let a user sign in no more."""
    service.disable_user(session.ctx, login)
    click.echo(_("User {login} is disabled.").format(login=login))


@user.command()
@click.argument("login")
@click.pass_obj
def enable(session: Session, login: str) -> None:
    """Let a disabled user sign in again."""
    count = service.enable_user(session.ctx, login)
    words = ngettext(
        "User {login} may sign in again and was granted {count} key.",
        "User {login} may sign in again and was granted {count} keys.",
        count,
    )
    if not count:
        words = _("User {login} may sign in again; keys that are missing a holder grants.")
    click.echo(words.format(login=login, count=count))


@user.command()
@option("--new-password-file", metavar="FILE", help="File with the new password.")
@click.pass_obj
def password(session: Session, new_password_file: str | None) -> None:
    """Change your own password; all keys stay yours."""
    ctx = session.ctx
    new = _new_password(session, ctx.actor.login, new_password_file)
    passwords.change_password(ctx, session.own_password, new)
    click.echo(_("The password of {login} was changed.").format(login=ctx.actor.login))


@user.command()
@click.argument("login")
@option("--new-password-file", metavar="FILE", help="File with the new password.")
@click.pass_obj
def reset(session: Session, login: str, new_password_file: str | None) -> None:
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
@option("--recovery-file", metavar="FILE", help="File with the recovery key as on paper.")
@option("--new-password-file", metavar="FILE", help="File with the new password.")
@click.pass_obj
def recover(session: Session, login: str, recovery_file: str | None, new_password_file: str | None) -> None:
    """Give a user a new password and all keys, by the recovery key."""
    opened = session.opened
    key = text_of(recovery_file) if recovery_file else click.prompt(_("Recovery key"), err=True)
    password = _new_password(session, login, new_password_file)
    passwords.recover(opened.database, opened.clock, key, login, password, opened.settings.station)
    click.echo(_("User {login} has a new password and all keys again.").format(login=login))


@group()
def audit() -> None:
    """The audit log."""


@audit.command()
@option("--head", "kept", multiple=True, metavar="DAY=HASH", help="A head kept elsewhere, to be found again.")
@click.pass_obj
def verify(session: Session, kept: Sequence[str]) -> None:
    """Check that no entry of the audit log was changed, removed or moved.

    Entries cut off at the end of a session, or whole sessions, show only beside a head kept elsewhere.
    Of several heads the earliest that differs is named.
    """
    heads = sorted(_head(text) for text in kept)
    bad = audit_service.verify(session.ctx)
    if bad is not None:
        raise CatiError(
            "audit_broken",
            N_(
                "The audit log is broken at entry {seq} of session {session} ({login}): {problem}. Keep "
                "this computer as it is and tell the bureau; compare with a backup of an earlier "
                "day."
            ),
            seq=bad.seq,
            session=bad.session_id,
            problem=_(audit_service.BROKEN[bad.problem]),
            login=bad.login or _("unknown"),
        )
    for day, hash_ in heads:
        if audit_service.head(session.ctx, day).hash != hash_:
            raise CatiError(
                "audit_head_differs",
                N_(
                    "The audit log up to {day} is not the one whose head was kept: entries were removed, "
                    "added or changed. Compare with a backup of that day."
                ),
                day=f"{day:%Y-%m-%d}",
            )
    click.echo(_("The audit log is whole."))


def _head(text: str) -> tuple[date, str]:
    """DAY=HASH taken apart.

    Raises:
        CatiError: ``head_malformed``.
    """
    day, _sign, hash_ = text.partition("=")
    try:
        return date.fromisoformat(day), hash_.strip().lower()
    except ValueError:
        raise CatiError(
            "head_malformed",
            N_(
                "“{text}” is no daily head such as 2024-01-25=9f2c…. Nothing was compared. Give "
                "it as “cati audit head” printed it."
            ),
            text=text,
        ) from None


@audit.command()
@option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Last day it stands for; by default yesterday. That day must be over.",
)
@json_option
@click.pass_obj
def head(session: Session, day: datetime | None, in_json: bool) -> None:
    """Print one hash over all of the audit log up to the end of a day, to be kept elsewhere."""
    found = audit_service.head(session.ctx, day.date() if day else None)
    audit_service.note_head(session.ctx, found, "printed")
    if in_json:
        as_json({"day": found.day.isoformat(), "entries": found.entries, "hash": found.hash})
        return
    click.echo(found.line)


COMMANDS = {"user": user, "audit": audit}
"""By name, for the main group."""
