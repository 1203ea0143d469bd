"""Commands on representatives: rosters, their draw, who does not come, the list they sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.cli.draws import out_option, pairs
from cati.cli.session import Session, as_json, json_option
from cati.cli.texts import group, option
from cati.domain.draws import PUBLIC_NAME
from cati.services import guests
from cati.services import representatives as service


@group()
def representatives() -> None:
    """Representatives who fill in ballots: rosters, their draw, absent ones, the list they sign."""


@representatives.command("import")
@click.argument("roster")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def import_(session: Session, roster: str, file: Path) -> None:
    """Take a roster with names, organisations, posts and phone numbers, all or nothing."""
    made = service.import_roster(session.ctx, session.programme, roster, file)
    words = _("{roster}: {count} of {listed} people.")
    click.echo(words.format(roster=made.label, count=made.rows, listed=made.roster.listed))


@representatives.command()
@option(
    "--party",
    "parties",
    multiple=True,
    required=True,
    metavar="NAME=PART",
    help="A party and its secret part.",
)
@option("--public", metavar="VALUE", required=True, help="The public value named beforehand.")
@option("--public-name", default=PUBLIC_NAME, help="Which public value it is.")
@out_option
@click.pass_obj
def draw(session: Session, parties: Sequence[str], public: str, public_name: str, out: Path) -> None:
    """Draw the representatives with all parties in one room; verify_draw.py checks it."""
    found = service.draw(
        session.ctx,
        session.programme,
        parties=pairs(parties),
        public=public,
        out=out,
        public_name=public_name,
    )
    for one in found:
        click.echo(
            _("{roster}: {coming} of {count} drawn.").format(
                roster=one.label, coming=one.coming, count=one.rows
            )
        )


@representatives.command()
@click.argument("roster")
@click.argument("ticket", type=int)
@option("--reason", required=True, help="Kept in the log.")
@click.pass_obj
def absent(session: Session, roster: str, ticket: int, reason: str) -> None:
    """Note that somebody who was drawn does not come; the next ticket follows."""
    follows = guests.note_absent(session.ctx, session.programme, roster, ticket, reason)
    if follows is None:
        click.echo(_("Nobody is left on this roster."))
        return
    person = follows.person
    words = _("Ticket {ticket} follows: {name}, {organisation}, {phone}.")
    click.echo(
        words.format(
            ticket=follows.ticket, name=person.name, organisation=person.organisation,
            phone=guests.shown_number(person),
        )
    )  # fmt: skip


@representatives.command("list")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@option("--numbers", is_flag=True, help="With phone numbers, for whoever invites them.")
@json_option
@click.pass_obj
def list_(session: Session, file: Path | None, numbers: bool, in_json: bool) -> None:
    """Write the list that representatives sign into FILE; without one, how far the rosters are."""
    if file is not None:
        count = guests.write_list(session.ctx, session.programme, file, numbers=numbers)
        words = ngettext("{count} person; {file} written.", "{count} people; {file} written.", count)
        click.echo(words.format(count=count, file=file))
        return
    found = service.states(session.ctx, session.programme)
    if in_json:
        as_json([asdict(one) for one in found])
        return
    for one in found:
        words = _("{roster}: {count} of {listed} handed in, {coming} of {drawn} drawn, {absent} absent")
        click.echo(
            words.format(
                roster=one.label, count=one.rows, listed=one.roster.listed, coming=one.coming,
                drawn=one.roster.drawn, absent=one.absent,
            )
        )  # fmt: skip


COMMANDS = {"representatives": representatives}
