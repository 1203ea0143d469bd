"""Commands on surveys on the web: look at a file, take it, list, withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.cli.session import Session, as_json, json_option, password_in, progress
from cati.cli.sets import add_withdrawing, document, echo_set
from cati.cli.texts import group, option
from cati.domain.names import channel_words
from cati.domain.web import DOUBLES, as_read, order_words
from cati.services import sets
from cati.services import web as service


@group()
def web() -> None:
    """Results of surveys on the web or in WeChat, from a file of many rows."""


@web.command()
@click.argument("file", type=click.Path(path_type=Path))
@option("--channel", default="", help="Code of the channel, where the programme has several of the web.")
@option("--password-file", "password_file", help="File with the password of a protected workbook.")
@json_option
@click.pass_obj
def columns(session: Session, file: Path, channel: str, password_file: str | None, in_json: bool) -> None:
    """Show the columns of FILE, its first rows, and what each column is taken for."""
    passwords = [password_in(password_file)] if password_file is not None else []
    found = service.look(session.ctx, session.programme, channel, file, passwords=passwords)
    if in_json:
        as_json(asdict(found))
        return
    says = {heading: name for name, heading in found.proposal.columns.items()}
    for at, heading in enumerate(found.preview.headings):
        cells = [row[at] for row in found.preview.rows if at < len(row) and row[at]]
        click.echo(f"{heading}\t{says.get(heading, '')}\t{' | '.join(dict.fromkeys(cells[:3]))}")
    for heading in found.proposal.gone:
        click.echo(_("used last time and not in this file: {heading}").format(heading=heading))


@web.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@option("--channel", default="", help="Code of the channel, where the programme has several of the web.")
@option(
    "--map",
    "named",
    multiple=True,
    metavar="NAME=HEADING",
    help="Which column is unit, group, respondent, time, or an item (no heading: none); as last time where "
    "nothing is said.",
)
@option(
    "--doubles",
    type=click.Choice(list(DOUBLES)),
    help="Somebody answered twice about the same unit: refuse the file, or what counts.",
)
@option("--group", "who", default="", help="Who answered all of it, where no column says so.")
@option("--password-file", "password_file", help="File with the password of a protected workbook.")
@json_option
@click.pass_obj
def import_(
    session: Session,
    file: Path,
    channel: str,
    named: Sequence[str],
    doubles: str | None,
    who: str,
    password_file: str | None,
    in_json: bool,
) -> None:
    """Take the answers of FILE (.csv or .xlsx, any number of sheets), all or nothing."""
    passwords = [password_in(password_file)] if password_file is not None else []
    proposal = service.look(session.ctx, session.programme, channel, file, passwords=passwords).proposal
    for heading in proposal.gone:
        click.echo(_("used last time and not in this file: {heading}").format(heading=heading), err=True)
    chosen = dict(map(_pair, named))
    again = {says: h for says, h in proposal.columns.items() if h not in chosen.values()}
    mapped = {says: heading for says, heading in (again | chosen).items() if heading}
    rule = doubles or proposal.doubles
    if not rule and session.interactive and not in_json:
        rule = click.prompt(
            _("Somebody answered twice about the same unit"), type=click.Choice(list(DOUBLES)), err=True
        )
    with progress(_("Reading"), quiet=in_json) as show:
        made = service.take(
            session.ctx, session.programme, channel, file, mapped, rule,
            group=who, progress=show, passwords=passwords,
        )  # fmt: skip
    if in_json:
        as_json(document(made))
        return
    words = ngettext(
        "Set {number}: {count:,} opinion taken for {channel}; doubles left out: {doubles:,}; without any "
        "answer: {void:,}.",
        "Set {number}: {count:,} opinions taken for {channel}; doubles left out: {doubles:,}; without any "
        "answer: {void:,}.",
        made.opinions,
    )
    click.echo(
        words.format(
            number=made.id,
            count=made.opinions,
            channel=channel_words(session.programme.programme, made.channel),
            doubles=made.doubles,
            void=made.void,
        )
    )
    if told := order_words(made.rule, made.columns):
        click.echo(told)


@web.command("list")
@json_option
@click.pass_obj
def list_(session: Session, in_json: bool) -> None:
    """All that was taken, withdrawn sets too."""
    found = sets.taken(session.ctx, session.programme, service.SETS)
    if in_json:
        as_json([document(one) for one in found])
        return
    for one in found:
        words = _("{number}  {channel}  {file}  {count:,} opinions, doubles left out: {doubles:,} ({rule})")
        line = words.format(
            number=one.id,
            channel=channel_words(session.programme.programme, one.channel),
            file=one.file,
            count=one.opinions,
            doubles=one.doubles,
            rule=_(DOUBLES[one.rule]),
        )
        echo_set(line, one.withdrawn_for)


add_withdrawing(web, service.SETS)


def _pair(text: str) -> tuple[str, str]:
    name, sign, heading = text.partition("=")
    if not sign or not name.strip():
        raise CatiError(
            "map_malformed", N_("--map wants NAME=HEADING; “{text}” is not. Nothing was changed."), text=text
        )
    return name.strip(), as_read(heading)


COMMANDS = {"web": web}
