"""What one run of the command line shares: settings, database, who signed in, output."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from cati import bootstrap
from cati.base import settings
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.base.settings import Settings
from cati.bootstrap import Opened
from cati.cli.texts import option
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Right
from cati.services import programmes, sessions, users
from cati.services.context import Context

PASSWORD_VARIABLE = "CATI_PASSWORD_FILE"


class Session:
    """One command's session; opens what it needs when it is first asked for.

    Args:
        flags: settings given as options.
        login: user to sign in as, None for the only one.
        password_file: file with the password, None to take the variable or prompt.
        programme: code, None for the only one.
    """

    def __init__(
        self,
        *,
        flags: Mapping[str, str | None],
        login: str | None,
        password_file: str | None,
        programme: str | None,
    ) -> None:
        self._flags = flags
        self.login = login
        self._password_file = password_file
        self._programme = programme
        self._opened: Opened | None = None
        self._context: Context | None = None
        self.own_password = ""
        """What the user signed in with; empty before."""

    @property
    def settings(self) -> Settings:
        """The station's settings, without opening anything."""
        return settings.load(self._flags)

    @property
    def opened(self) -> Opened:
        """The station's settings and database.

        Raises:
            CatiError: as `bootstrap.refuse_missing` and `bootstrap.open_database`.
        """
        if self._opened is None:
            bootstrap.refuse_missing(self.settings)
        return self.begun

    @property
    def begun(self) -> Opened:
        """As `opened`; a database that is not there is made."""
        if self._opened is None:
            self._opened = bootstrap.open_database(self.settings)
        return self._opened

    @property
    def ctx(self) -> Context:
        """The signed-in session."""
        if self._context is None and bootstrap.on_floor(self.settings):
            self._context = self._enter()
        if self._context is None:
            opened = self.opened
            login = self.login or users.sole_login(opened.database)
            password = self.own_password = self.password(_("Password of {login}").format(login=login))
            self._context = sessions.sign_in(
                opened.database, opened.clock, login, password, opened.settings.station
            )
        return self._context

    def _enter(self) -> Context:
        if self.login is None:
            raise CatiError(
                "who_enters",
                N_("On this server everybody signs in as themselves. Nothing was done. Say --as LOGIN."),
            )
        password = self.own_password = self.password(_("Password of {login}").format(login=self.login))
        return bootstrap.enter_floor(self.settings, self.login, password)

    @property
    def programme(self) -> LoadedProgramme:
        """The programme the command is about.

        Raises:
            CatiError: ``not_allowed`` for whoever may do nothing about programmes, before being asked which;
                as `programmes.get`.
        """
        try:
            return programmes.get(self.ctx, self._programme)
        except CatiError as refused:
            actor = self.ctx.actor
            if refused.code == "programme_several" and not actor.may(Right.KEY_BALLOTS):
                actor.require(Right.SEE_PROGRESS)
            raise

    @property
    def interactive(self) -> bool:
        """Whether somebody can be asked."""
        return self._file() is None and sys.stdin.isatty()

    def _file(self) -> str | None:
        return self._password_file or os.environ.get(PASSWORD_VARIABLE)

    def password(self, prompt: str, *, confirm: bool = False) -> str:
        """The password from the file, or asked for at the terminal.

        Raises:
            CatiError: ``password_file``, ``password_missing``.
        """
        file = self._file()
        if file is not None:
            return password_in(file)
        if not sys.stdin.isatty():
            raise CatiError(
                "password_missing",
                N_("A password is needed. Give --password-file or set CATI_PASSWORD_FILE."),
            )
        answer: str = click.prompt(prompt, hide_input=True, confirmation_prompt=confirm, err=True)
        return answer

    def close(self) -> None:
        """Give the database back."""
        if self._opened is not None:
            self._opened.close()
        if self._context is not None:
            self._context.database.close()


def text_of(file: str) -> str:
    """The text of a small file, without the mark some editors put before it.

    Raises:
        CatiError: ``password_file`` when it is not there or no text in UTF-8.
    """
    try:
        return Path(file).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise CatiError(
            "password_file",
            N_(
                "The password file {file} cannot be read. Nothing was changed. Check the name and "
                "who may open it."
            ),
            file=file,
        ) from None


def password_in(file: str) -> str:
    """The password in a file: its first line.

    Raises:
        CatiError: ``password_file``.
    """
    return text_of(file).split("\n", 1)[0].rstrip("\r")


def as_json(value: Any) -> None:
    """Print one JSON value and nothing else."""
    click.echo(json.dumps(value, ensure_ascii=False))


@contextmanager
def progress(label: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal's stderr; gives a function of (done, total)."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    with click.progressbar(length=100, label=label, file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.update(int(100 * done / max(total, 1)) - bar.pos)

        yield show


json_option = option("--json", "in_json", is_flag=True, help="Print one JSON value.")
