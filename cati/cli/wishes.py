"""Commands on the list of those who are not to be called."""

from __future__ import annotations

import click

from cati.base.i18n import translate as _
from cati.cli.session import Session, as_json, json_option
from cati.cli.texts import group, option
from cati.domain.wishes import WISH_WORDS
from cati.services import wishes as service


@group()
def wish() -> None:
    """People who are never to be called, and who agreed to be called again."""


@wish.command()
@json_option
@click.pass_obj
def count(session: Session, in_json: bool) -> None:
    """Count the numbers on the lists."""
    found = service.counts(session.ctx)
    if in_json:
        as_json({str(kind): number for kind, number in found.items()})
        return
    for kind, number in found.items():
        click.echo(f"{_(WISH_WORDS[kind])}\t{number}")


@wish.command()
@click.argument("number")
@json_option
@click.pass_obj
def show(session: Session, number: str, in_json: bool) -> None:
    """Show what is wished for a number."""
    found = service.of_number(session.ctx, session.programme, number)
    if in_json:
        as_json(
            [
                {"wish": str(one.wish), "programme": one.programme, "until": one.expires_at.isoformat()}
                for one in found
            ]
        )
        return
    if not found:
        click.echo(_("This number is on no list."))
    for one in found:
        click.echo(f"{_(WISH_WORDS[one.wish])}\t{one.programme}\t{one.expires_at:%Y-%m-%d}")


@wish.command()
@click.argument("number")
@option("--reason", required=True, help="Kept in the audit log.")
@click.pass_obj
def add(session: Session, number: str, reason: str) -> None:
    """Put a number on the list of those who are not to be called."""
    service.add(session.ctx, session.programme, number, reason)
    click.echo(_("Stored. The number is not called any more."))


@wish.command()
@click.argument("number")
@option("--reason", required=True, help="Kept in the audit log.")
@click.pass_obj
def remove(session: Session, number: str, reason: str) -> None:
    """Forget what is wished for a number."""
    service.withdraw(session.ctx, session.programme, number, reason)
    click.echo(_("The number is on no list any more. What was closed for it stays closed."))


COMMANDS = {"wish": wish}
"""By name, for the main group."""
