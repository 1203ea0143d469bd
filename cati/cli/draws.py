"""Commands on the draw: all at once, or step by step as the ceremony goes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.cli.session import Session
from cati.cli.texts import command, group, option
from cati.domain.draws import PUBLIC_NAME, commitment, party_twice
from cati.domain.frames import find_group, find_unit
from cati.domain.programmes import Group, Programme, Unit
from cati.services import drawn_lists, supplements
from cati.services import draws as service
from cati.services.draws import DrawStatus

out_option = option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("draw"),
    show_default=True,
    help="Folder for certificate.json and frame.csv.",
)


without_option = option(
    "--without-lists",
    is_flag=True,
    help="Draw although cells have no list; what comes later is drawn apart.",
)


def pair(text: str) -> tuple[str, str]:
    """NAME=VALUE taken apart.

    Raises:
        CatiError: ``party_malformed``.
    """
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value:
        raise CatiError("party_malformed", N_("“{text}” is not NAME=VALUE. Nothing was changed."), text=text)
    return name.strip(), value


@group(invoke_without_command=True)
@option("--party", "parties", multiple=True, metavar="NAME=PART", help="A party and its secret part.")
@option("--public", metavar="VALUE", help="The public value named beforehand.")
@option("--public-name", default=PUBLIC_NAME, help="Which public value it is.")
@out_option
@without_option
@click.pass_context
def draw(
    context: click.Context,
    parties: Sequence[str],
    public: str | None,
    public_name: str,
    out: Path,
    without_lists: bool,
) -> None:
    """Hold the draw with all parties in one room, or step by step with the commands below."""
    if context.invoked_subcommand is not None:
        return
    if not parties or public is None:
        raise click.UsageError(_("--party NAME=PART (at least two) and --public VALUE are needed."))
    session: Session = context.obj
    given = pairs(parties)
    _agree(session, without_lists)
    held = service.draw(
        session.ctx, session.programme, parties=given, public=public, out=out, public_name=public_name
    )
    _held(held)


def _agree(session: Session, without_lists: bool) -> None:
    """Name the cells that have no list, and go on only after a plain yes.

    Raises:
        CatiError: ``lists_missing``.
    """
    programme = session.programme
    cells = drawn_lists.unlisted(session.ctx, programme)
    if not cells or without_lists:
        return
    named = drawn_lists.cells_named(programme.programme, cells)
    asked = ngettext("{count} cell has no list: {cells}.", "{count} cells have no list: {cells}.", len(cells))
    click.echo(asked.format(count=len(cells), cells=named), err=True)
    if session.interactive and click.confirm(_("Draw without them?"), err=True):
        return
    raise CatiError(
        "lists_missing",
        N_(
            "Nothing was drawn and no list is frozen. Import what is missing first, or say --without-lists: "
            "lists of these cells that come after the draw get a draw of their own."
        ),
    )


def _held(held: service.HeldDraw) -> None:
    _written(held.certificate, held.frame)
    if held.passed_over:
        words = ngettext(
            "{count} person has a case of an earlier draw already and was passed over.",
            "{count} people have a case of an earlier draw already and were passed over.",
            held.passed_over,
        )
        click.echo(words.format(count=held.passed_over))


def pairs(texts: Sequence[str]) -> dict[str, str]:
    """NAME=VALUE of each text; nobody twice.

    Raises:
        CatiError: ``party_malformed``, ``party_twice``.
    """
    given: dict[str, str] = {}
    for name, value in map(pair, texts):
        if name in given:
            raise party_twice(name)
        given[name] = value
    return given


def _written(certificate: Path, frame: Path) -> None:
    click.echo(_("{certificate} and {frame} written").format(certificate=certificate, frame=frame))


@draw.command("commitment")
@click.argument("name")
@click.argument("part")
def commitment_of(name: str, part: str) -> None:
    """Print the commitment of a party to its secret part."""
    click.echo(commitment(name, part))


@draw.command()
@option(
    "--party",
    "parties",
    multiple=True,
    required=True,
    metavar="NAME=COMMITMENT",
    help="A party and what it commits to.",
)
@option("--public-name", default=PUBLIC_NAME, help="Which public value will be taken.")
@without_option
@click.pass_obj
def commit(session: Session, parties: Sequence[str], public_name: str, without_lists: bool) -> None:
    """Freeze the lists, take the parties' commitments and print the frame's hash, to be published."""
    _agree(session, without_lists)
    _told(service.commit(session.ctx, session.programme, pairs(parties), public_name))


@draw.command()
@option("--party", "party", required=True, metavar="NAME=PART", help="A party and its secret part.")
@click.pass_obj
def reveal(session: Session, party: str) -> None:
    """Take the secret part a party committed to."""
    _told(service.reveal(session.ctx, session.programme, *pair(party)))


@draw.command()
@option("--public", required=True, metavar="VALUE", help="The public value, as published.")
@out_option
@click.pass_obj
def hold(session: Session, public: str, out: Path) -> None:
    """Hold the draw after all parties have revealed."""
    _held(service.hold(session.ctx, session.programme, public, out))


@draw.command()
@out_option
@click.pass_obj
def write(session: Session, out: Path) -> None:
    """Write certificate and frame of each draw that was held once more, byte for byte."""
    for number in range(max(1, service.held_number(session.ctx, session.programme))):
        _written(*service.write_files(session.ctx, session.programme, out, number))


@draw.command()
@option("--reason", required=True, help="Why, as it is kept in the audit log.")
@click.pass_obj
def void(session: Session, reason: str) -> None:
    """Give up a draw that was begun, as when a party fails to reveal."""
    service.void(session.ctx, session.programme, reason)
    click.echo(_("The draw is void; the lists may change again."))


def _cell(programme: Programme, unit: str, group: str) -> tuple[Unit, Group]:
    """The unit and group of these names or codes."""
    units = {u.code: u for u in programme.units}
    groups = {g.code: g for g in programme.groups}
    found = units.get(unit) or find_unit(programme.units, unit)
    kind = groups.get(group) or find_group(programme.groups, group)
    if found is None or kind is None:
        raise CatiError(
            "cell_unnamed",
            N_("The programme has no {unit}/{group}. Nothing was changed. See: cati status"),
            unit=unit,
            group=group,
        )
    return found, kind


@command()
@click.argument("unit")
@click.argument("group")
@option("--reason", required=True, help="Why, as it is kept in the audit log.")
@click.pass_obj
def supplement(session: Session, unit: str, group: str, reason: str) -> None:
    """Open the public pool for a cell whose list has run dry."""
    programme = session.programme
    found, kind = _cell(programme.programme, unit, group)
    count = supplements.open_supplement(session.ctx, programme, found.code, kind.code, reason)
    words = ngettext(
        "{count} person of the public pool added to {unit}/{group}.",
        "{count} people of the public pool added to {unit}/{group}.",
        count,
    )
    click.echo(words.format(count=count, unit=found.name, group=kind.label))


def _told(status: DrawStatus) -> None:
    click.echo(_("frame hash {hash}").format(hash=status.frame_hash))
    if status.waiting:
        click.echo(_("still to reveal: {names}").format(names="、".join(status.waiting)))


COMMANDS = {"draw": draw, "supplement": supplement}
"""By name, for the main group."""
