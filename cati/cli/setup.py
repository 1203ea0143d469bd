"""Commands that make a database ready: init, demo."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from cati import bootstrap
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.cli.session import Session, as_json, json_option, progress
from cati.cli.texts import command, option
from cati.services import users
from cati.station import demo as demonstration


@command()
@option("--name", help="Name shown on screens; by default the login.")
@option(
    "--recovery-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the recovery key is written; by default recovery-key.txt in the data folder.",
)
@click.pass_obj
def init(session: Session, name: str | None, recovery_file: Path | None) -> None:
    """Make the first user, of the bureau, and the recovery key."""
    opened = session.begun
    users.refuse_second_beginning(opened.database)

    def make(login: str, password: str, recovery: str) -> None:
        users.init(
            opened.database,
            opened.clock,
            login=login,
            name=name or login,
            password=password,
            station=opened.settings.station,
            recovery_key=recovery,
        )

    make_first_user(session, recovery_file, make)


def make_first_user(
    session: Session, recovery_file: Path | None, make: Callable[[str, str, str], Any]
) -> None:
    """Ask for a password, write a new recovery key into its file and have the first user made.

    Args:
        session: names the user.
        recovery_file: where the key goes; None for the data folder.
        make: gets login, password and recovery key; when it fails, the file is gone again.
    """
    login = session.login or "admin"
    password = session.password(_("New password of {login}").format(login=login), confirm=True)
    file = recovery_file or session.settings.data_folder / "recovery-key.txt"
    recovery = users.new_recovery_key()
    # The key is on disk before the user exists: a user without a recovery key could lose everything.
    write_secret(file, recovery)
    try:
        make(login, password, recovery)
    except BaseException:
        file.unlink()
        raise
    click.echo(
        _(
            "user {login} (bureau) created; recovery key written to {file}: print it, then delete the file"
        ).format(login=login, file=file)
    )


def write_secret(file: Path, text: str) -> None:
    """Write a secret into a new file that only its owner may read.

    Raises:
        CatiError: ``recovery_file_exists``, ``recovery_file``.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CatiError(
            "recovery_file_exists",
            N_("{file} is there already. Nothing was changed. Move it away or name another --recovery-file."),
            file=str(file),
        ) from None
    except OSError:
        raise CatiError(
            "recovery_file",
            N_("{file} cannot be written. Nothing was changed. Name another."),
            file=str(file),
        ) from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text + "\n")


@command()
@json_option
@click.pass_obj
def demo(session: Session, in_json: bool) -> None:
    """Make a demonstration: the Yazhou programme with today's dates and invented people, ready to call."""
    ctx = (
        session.ctx if users.initialised(session.begun.database) else bootstrap.first_demo_user(session.begun)
    )
    with progress(_("Making the demonstration"), quiet=in_json) as show:
        made = demonstration.make(ctx, show)
    if in_json:
        as_json({"programme": made.programme, "login": made.login, "cases": made.cases})
    else:
        click.echo(
            _("Demonstration {programme} is ready: {cases} people to call. Sign in as {login}.").format(
                programme=made.programme, cases=made.cases, login=made.login
            )
        )


COMMANDS = {"init": init, "demo": demo}
"""By name, for the main group."""
