"""The `cati` command: its groups, and how refusals and faults end it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from cati.base import i18n
from cati.base.errors import CatiError
from cati.base.i18n import translate as _
from cati.cli.session import Session
from cati.cli.texts import Context, Group, Option, chosen_language, option, spoken

REFUSED = 1
FAULT = 70


COMMANDS = {
    "init": "setup",
    "demo": "setup",
    "programme": "programmes",
    "import": "frames",
    "frames": "frames",
    "exemption": "lists",
    "mailing": "lists",
    "follow-up": "lists",
    "draw": "draws",
    "supplement": "draws",
    "status": "fieldwork",
    "rates": "fieldwork",
    "simulate": "fieldwork",
    "board": "field",
    "stations": "field",
    "case": "field",
    "messages": "field",
    "steer": "steering",
    "notice": "steering",
    "plan": "planning",
    "channel": "scoring",
    "ballots": "ballots",
    "representatives": "representatives",
    "web": "web",
    "claims": "claims",
    "adjust": "scoring",
    "confirm": "scoring",
    "waive": "scoring",
    "adjustments": "scoring",
    "score": "scoring",
    "approve": "scoring",
    "results": "scoring",
    "hotline": "hotline",
    "register": "register",
    "opinions": "opinions",
    "complaint": "register",
    "problem": "problems",
    "indicators": "indicators",
    "export": "exports",
    "exports": "exports",
    "recording": "recordings",
    "review": "review",
    "wish": "wishes",
    "attendance": "attendance",
    "clearance": "clearances",
    "user": "users",
    "audit": "users",
    "phone": "phone",
    "doctor": "care",
    "backup": "care",
    "restore": "care",
    "report": "care",
    "outbox": "care",
    "floor": "floor",
}
"""In which module of this package each command is; only the one that runs is loaded."""


class Commands(Group):
    """The commands, each loaded when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of a survey."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"cati.cli.{COMMANDS[cmd_name]}")
        found: click.Command = module.COMMANDS[cmd_name]
        return found


@click.group(cls=Commands)
@option("--db", "database", metavar="URL", help="Database: sqlite:///FILE or postgresql://USER@HOST/NAME.")
@option("--data", "data_folder", metavar="FOLDER", help="Folder of database, recordings and logs.")
@option("--as", "login", metavar="USER", help="Sign in as this user.")
@option("--password-file", metavar="FILE", help="File that holds the password; nothing prompts.")
@option("--programme", metavar="CODE", help="Programme, when the database holds several.")
@option("--language", type=click.Choice(i18n.LANGUAGES), help="Language of texts.")
@click.version_option(package_name="cati", cls=Option)
@click.pass_context
def cati(
    context: click.Context,
    database: str | None,
    data_folder: str | None,
    login: str | None,
    password_file: str | None,
    programme: str | None,
    language: str | None,
) -> None:
    """Telephone interviews on satisfaction with government units.

    Without a command the window opens.
    """
    context.obj = Session(
        flags={"database": database, "data_folder": data_folder, "language": language},
        login=login,
        password_file=password_file,
        programme=programme,
    )
    context.call_on_close(context.obj.close)


def run(arguments: Sequence[str]) -> int:
    """Run one command.

    Returns:
        0 done; 1 refused with a sentence on stderr, nothing changed or
            the doctor found something; 2 wrong usage; 70 a fault.
    """
    from cati.base import logging

    try:
        with spoken(chosen_language(_flags(arguments))):
            return _run(arguments)
    finally:
        logging.stop()


def without_command(arguments: Sequence[str]) -> dict[str, str] | None:
    """The settings that options give a window; None where a command follows or anything else is asked."""
    try:
        given, rest, _order = cati.make_parser(Context(cati)).parse_args(list(arguments))
    except click.UsageError:
        return None
    if rest or given.keys() - {"database", "data_folder", "language"}:
        return None
    return dict(given)


def _flags(arguments: Sequence[str]) -> dict[str, str | None]:
    """What decides the language; it is looked for first, because help is printed while options are parsed."""
    try:
        given = cati.make_parser(Context(cati)).parse_args(list(arguments))[0]
    except click.UsageError:
        given = {}  # said in words when the options are parsed in earnest
    return {name: given.get(name) for name in ("data_folder", "language")}


def _run(arguments: Sequence[str]) -> int:
    try:
        # What a command ended itself with is given back here.
        ended = cati.main(list(arguments), prog_name="cati", standalone_mode=False)
    except CatiError as refusal:
        click.echo(str(refusal), err=True)
        return REFUSED
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo(_("Stopped. Nothing that was under way was kept."), err=True)
        return REFUSED
    except click.exceptions.Exit as end:
        return end.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        return REFUSED
    except Exception as fault:
        return _fault(fault)
    return ended if isinstance(ended, int) else 0


def _fault(fault: Exception) -> int:
    from cati.base import logging

    logging.fault("command_failed", fault)
    click.echo(
        _("The program failed ({kind}). What was finished before is kept; see the log.").format(
            kind=type(fault).__name__
        ),
        err=True,
    )
    return FAULT
