"""Commands on ballots: taken from a file, keyed twice, settled by a third look."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.cli.session import Session, as_json, json_option
from cati.cli.sets import add_withdrawing, document, echo_set
from cati.cli.texts import group, option
from cati.domain.names import channel_group_words, channel_words
from cati.services import ballots as service
from cati.services import keying, sets, third_look
from cati.services.ballots import BallotSet


@group()
def ballots() -> None:
    """Ballots that were filled in on paper: by representatives, the public or leaders."""


@ballots.command()
@click.argument("channel")
@click.argument("file", type=click.Path(path_type=Path))
@option("--number", type=int, required=True, help="How many ballots there are.")
@click.pass_obj
def form(session: Session, channel: str, file: Path, number: int) -> None:
    """Write an empty workbook for two people to key the same ballots."""
    service.write_form(session.ctx, session.programme, channel, number, file)
    click.echo(_("{file} written.").format(file=file))


@ballots.command()
@click.argument("channel")
@click.argument("file", type=click.Path(path_type=Path))
@option("--group", "who", default="", help="Who filled them in, where the channel tells groups apart.")
@option("--settled", type=click.Path(path_type=Path), help="The differences as a third look settled them.")
@json_option
@click.pass_obj
def take(session: Session, channel: str, file: Path, who: str, settled: Path | None, in_json: bool) -> None:
    """Take keyed ballots, all or nothing; two sheets are two keyings that must agree."""
    made = service.take(session.ctx, session.programme, channel, file, group=who, looks=settled)
    _tell_taken(session, made, in_json)


@ballots.command()
@click.argument("channel")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.pass_obj
def differences(session: Session, channel: str, file: Path, out: Path) -> None:
    """Write where the two keyings in FILE differ, for a third person to look at the papers."""
    count = service.write_differences(session.ctx, session.programme, channel, file, out)
    words = ngettext("{count} difference; {file} written.", "{count} differences; {file} written.", count)
    click.echo(words.format(count=count, file=out))


@ballots.command("list")
@json_option
@click.pass_obj
def list_(session: Session, in_json: bool) -> None:
    """All ballots that were taken, withdrawn ones too."""
    found = sets.taken(session.ctx, session.programme, service.SETS)
    if in_json:
        as_json([document(one) for one in found])
        return
    for one in found:
        words = _("{number}  {channel} {group}  {file}  {ballots} ballots, {void} void lines")
        line = words.format(
            number=one.id,
            channel=_channel(session, one.channel),
            group=channel_group_words(session.programme.programme, one.channel, one.group),
            file=one.file or _("keyed in the window"),
            ballots=one.ballots,
            void=one.void,
        )
        echo_set(line, one.withdrawn_for)


add_withdrawing(ballots, service.SETS)


@ballots.command("open")
@click.argument("channel")
@option("--number", type=int, required=True, help="How many ballots there are.")
@option("--group", "who", default="", help="Who filled them in, where the channel tells groups apart.")
@option("--by-item", is_flag=True, help="On paper the units follow each other under each item.")
@click.pass_obj
def open_(session: Session, channel: str, number: int, who: str, by_item: bool) -> None:
    """Let ballots be keyed twice in the window, or say how many there are after all."""
    made = keying.open_keying(session.ctx, session.programme, channel, number, group=who, by_item=by_item)
    words = _("Keying {number}: ballots 1 to {ballots} of {channel} can be keyed (Ctrl+B in the window).")
    click.echo(words.format(number=made.id, ballots=made.ballots, channel=_channel(session, made.channel)))


@ballots.command()
@json_option
@click.pass_obj
def keyed(session: Session, in_json: bool) -> None:
    """How far the ballots are that are keyed in the window."""
    found = keying.progress(session.ctx, session.programme)
    if in_json:
        as_json(
            [
                asdict(one) | {"keying": asdict(one.keying) | {"at": one.keying.at.isoformat()}}
                for one in found
            ]
        )
        return
    for one in found:
        words = _(
            "{number}  {channel} {group}  of {ballots} ballots keyed once {once}, twice {twice}; "
            "{differing} differences, {open} not settled"
        )
        line = words.format(
            number=one.keying.id,
            channel=_channel(session, one.keying.channel),
            group=one.group,
            ballots=one.keying.ballots,
            once=one.once,
            twice=one.twice,
            differing="—" if one.differing is None else one.differing,
            open="—" if one.open is None else one.open,
        )
        taken = (
            "" if one.keying.set_id is None else _("taken as set {number}").format(number=one.keying.set_id)
        )
        click.echo(f"{line}  {taken}".rstrip())


@ballots.command("take-keyed")
@click.argument("number", type=int)
@json_option
@click.pass_obj
def take_keyed(session: Session, number: int, in_json: bool) -> None:
    """Take ballots that were keyed in the window, once nothing about them is in doubt."""
    _tell_taken(session, third_look.take(session.ctx, session.programme, number), in_json)


def _channel(session: Session, code: str) -> str:
    return channel_words(session.programme.programme, code)


def _tell_taken(session: Session, made: BallotSet, in_json: bool) -> None:
    if in_json:
        as_json(document(made))
        return
    words = ngettext(
        "Set {number}: {count} ballot taken for {channel}, {void} void lines.",
        "Set {number}: {count} ballots taken for {channel}, {void} void lines.",
        made.ballots,
    )
    click.echo(
        words.format(
            number=made.id, count=made.ballots, channel=_channel(session, made.channel), void=made.void
        )
    )


COMMANDS = {"ballots": ballots}
