"""Commands of the keeper of a floor: a server that everybody signs in to as themselves."""

from __future__ import annotations

from pathlib import Path

import click

from cati.base.clock import SystemClock
from cati.base.i18n import translate as _
from cati.cli.session import Session, as_json, json_option, text_of
from cati.cli.setup import make_first_user
from cati.cli.texts import command, group, option
from cati.services import floor as service


@group()
def floor() -> None:
    """Look after a server where everybody signs in as themselves; URL: postgresql://KEEPER@HOST/NAME."""


@command()
@click.argument("url")
@option("--name", help="Name shown on screens; by default the login.")
@option(
    "--recovery-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the recovery key is written; by default recovery-key.txt in the data folder.",
)
@click.pass_obj
def init(session: Session, url: str, name: str | None, recovery_file: Path | None) -> None:
    """Make roles, tables, rights, the first user, of the bureau, and the recovery key."""

    def make(login: str, password: str, recovery: str) -> None:
        service.init(
            url,
            SystemClock(),
            login=login,
            name=name or login,
            password=password,
            station=session.settings.station,
            recovery_key=recovery,
        )

    make_first_user(session, recovery_file, make)


@command()
@click.argument("url")
def upgrade(url: str) -> None:
    """Bring tables, functions and rights to what this program knows."""
    service.upgrade(url)
    click.echo(_("The floor is of this program's version, its rights as they should be."))


@command()
@click.argument("url")
@json_option
def check(url: str, in_json: bool) -> None:
    """Look for what lets people where they do not belong; ends with 1 when there is anything."""
    found = service.check(url)
    if in_json:
        as_json([{"code": fault.code, "subject": fault.subject} for fault in found])
    else:
        for fault in found:
            click.echo(_(service.REMEDIES[fault.code]).format(subject=fault.subject))
        if not found:
            click.echo(_("Nothing is wrong with the floor."))
    if found:
        raise click.exceptions.Exit(1)


@command()
@click.argument("url")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(url: str, file: Path) -> None:
    """Copy the floor into FILE with pg_dump."""
    service.back_up(url, file)
    click.echo(_("{file}: {size:.1f} MB").format(file=file, size=file.stat().st_size / 1_000_000))


@command()
@click.argument("url")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(url: str, file: Path) -> None:
    """Make a floor of the copy FILE in an empty database with pg_restore."""
    left_out = service.restore(url, file)
    click.echo(_("The database is the copy {file} now.").format(file=file))
    if left_out:
        told = _("Not let in, because another floor of this server has these logins: {logins}")
        click.echo(told.format(logins=", ".join(left_out)))


@command("let-in")
@click.argument("url")
@click.argument("login")
@click.pass_obj
def let_in(session: Session, url: str, login: str) -> None:
    """Give LOGIN, with the password that person has, a login on this server: after a restore."""
    service.let_in(url, login, session.password(_("Password of {login}").format(login=login)))
    click.echo(_("{login} may sign in.").format(login=login))


@command()
@click.argument("url")
@click.argument("login")
@option("--recovery-file", metavar="FILE", help="File with the recovery key as on paper.")
@click.pass_obj
def recover(session: Session, url: str, login: str, recovery_file: str | None) -> None:
    """Give LOGIN a new password and all keys, by the recovery key: when nobody holds them any more."""
    key = text_of(recovery_file) if recovery_file else click.prompt(_("Recovery key"), err=True)
    password = session.password(_("New password of {login}").format(login=login), confirm=True)
    service.recover(url, SystemClock(), key, login, password, session.settings.station)
    click.echo(_("User {login} has a new password and all keys again.").format(login=login))


for each in (init, upgrade, check, backup, restore, let_in, recover):
    floor.add_command(each)

COMMANDS = {"floor": floor}
"""By name, for the main group."""
