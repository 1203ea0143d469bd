"""What commands on ballots and on surveys have alike: sets are told, and withdrawn."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from cati.base.i18n import translate as _
from cati.cli.session import Session
from cati.cli.texts import Group, option
from cati.services import sets as service
from cati.services.sets import SetKind


def add_withdrawing(group: Group, kind: SetKind[Any]) -> None:
    """Give a group of commands the one that withdraws a set."""

    @group.command()
    @click.argument("number", type=int)
    @option("--reason", required=True, help="Kept with the set.")
    @click.pass_obj
    def withdraw(session: Session, number: int, reason: str) -> None:
        """Let a set count no more; it stays stored."""
        service.withdraw(session.ctx, session.programme, kind, number, reason)
        click.echo(_("Set {number} counts no more.").format(number=number))


def document(one: Any) -> dict[str, object]:
    """A set as JSON has it."""
    return asdict(one) | {"at": one.at.isoformat()}


def echo_set(words: str, withdrawn_for: str) -> None:
    """Tell of a set in a line, and why it counts no more."""
    withdrawn = _("withdrawn: {reason}").format(reason=withdrawn_for) if withdrawn_for else ""
    click.echo(f"{words}  {withdrawn}".rstrip())
