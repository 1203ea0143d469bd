"""Commands on who may call live."""

from __future__ import annotations

import click

from cati.base.i18n import translate as _
from cati.cli.session import Session, as_json, json_option
from cati.cli.texts import group, option
from cati.domain.clearances import Clearance, pledge_of
from cati.services import clearances as service


@group()
def clearance() -> None:
    """Who may call: the pledge of confidentiality and the practice test."""


@clearance.command("list")
@json_option
@click.pass_obj
def list_(session: Session, in_json: bool) -> None:
    """List who has signed the pledge and passed the practice test."""
    found = service.listing(session.ctx, session.programme)
    if in_json:
        as_json(
            [
                {
                    "login": one.login,
                    "name": one.name,
                    "pledge": _day(one.pledge) or None,
                    "practice": _day(one.practice) or None,
                    "waived": one.practice is not None and one.practice.waived,
                }
                for one in found
            ]
        )
        return
    for one in found:
        pledge = _("signed {day}").format(day=_day(one.pledge)) if one.pledge else _("not signed")
        click.echo(f"{one.login}\t{one.name}\t{pledge}\t{_practice(one.practice) if one.interviews else '—'}")


def _practice(found: Clearance | None) -> str:
    if found is None:
        return _("not practised")
    pattern = _("excused {day}") if found.waived else _("passed {day}")
    return pattern.format(day=_day(found))


def _day(found: Clearance | None) -> str:
    return found.at.date().isoformat() if found else ""


@clearance.command()
@click.argument("login")
@option("--reason", required=True, help="Kept with the decision and in the audit log.")
@click.pass_obj
def waive(session: Session, login: str, reason: str) -> None:
    """Excuse an experienced operator from the practice test."""
    service.waive(session.ctx, session.programme, login, reason)
    click.echo(_("{login} may call without the practice test once the pledge is signed.").format(login=login))


@clearance.command()
@option("--ballots", is_flag=True, help="As it is signed by whoever is hired to key ballots.")
@click.pass_obj
def pledge(session: Session, ballots: bool) -> None:
    """Print the pledge of confidentiality as operators sign it."""
    click.echo(pledge_of(session.programme.programme, calls=not ballots, ballots=ballots).text)


COMMANDS = {"clearance": clearance}
"""By name, for the main group."""
