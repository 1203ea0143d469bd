"""Commands on what units hand in, and on complaints about them."""

from __future__ import annotations

from datetime import date, datetime

import click

from cati.base.i18n import translate as _
from cati.cli.session import Session, as_json, json_option
from cati.cli.texts import group, option
from cati.domain.adjusting import STATES
from cati.domain.register import COMPLAINTS, STANDINGS, Standing
from cati.services import complaints
from cati.services import register as service

DAY = click.DateTime(["%Y-%m-%d"])


@group()
def register() -> None:
    """What each unit handed in and when, what was late or missing, and what follows."""


@register.command("list")
@option("--all", "everything", is_flag=True, help="Show also what came in time.")
@json_option
@click.pass_obj
def list_(session: Session, everything: bool, in_json: bool) -> None:
    """List what is late, missing or still awaited, and what was decided about it."""
    found = service.look(session.ctx, session.programme)
    entries = [
        (line.unit.name, entry)
        for line in found.lines
        for entry in line.entries
        if entry.standing is not Standing.NOT_ASKED
        and (everything or in_json or entry.standing is not Standing.IN_TIME)
    ]
    if in_json:
        as_json([{"unit": unit, **_facts(entry, found.due.get(entry.item.due))} for unit, entry in entries])
        return
    for item in found.items:
        if item.due in found.due:
            words = _("{item}: by {day}, that day included")
            click.echo(words.format(item=service.item_name(item), day=found.due[item.due]))
    for unit, entry in entries:
        click.echo(f"{unit}\t{service.item_name(entry.item)}\t{entry_words(entry)}")


@register.command()
@click.argument("unit")
@click.argument("item")
@option("--on", "day", required=True, type=DAY, help="Day on which it was handed in.")
@option("--document", default="", help="Number of the letter it came with.")
@click.pass_obj
def enter(session: Session, unit: str, item: str, day: datetime, document: str) -> None:
    """Write down on which day a unit handed something in."""
    _say(unit, service.enter(session.ctx, session.programme, unit, item, day.date(), document))


@register.command()
@click.argument("unit")
@click.argument("item")
@option("--how", required=True, help="How being late or missing hindered the work.")
@click.pass_obj
def hinder(session: Session, unit: str, item: str, how: str) -> None:
    """Write down how something late or missing hindered the work; the points of its ground are proposed."""
    _say(unit, service.hinder(session.ctx, session.programme, unit, item, how))


@register.command()
@click.argument("unit")
@click.argument("item")
@option("--evidence", required=True, help="What shows that the work was hindered.")
@click.pass_obj
def confirm(session: Session, unit: str, item: str, evidence: str) -> None:
    """Let the points count that were proposed for what a unit handed in late or not at all."""
    _say(unit, service.confirm(session.ctx, session.programme, unit, item, evidence))


@register.command("waive")
@click.argument("unit")
@click.argument("item")
@option("--document", required=True, help="Number of the document that waives it.")
@option("--reason", required=True, help="What the document says.")
@click.pass_obj
def waive_(session: Session, unit: str, item: str, document: str, reason: str) -> None:
    """Let a unit off by a document."""
    _say(unit, service.waive(session.ctx, session.programme, unit, item, document, reason))


@register.command("take-back")
@click.argument("unit")
@click.argument("item")
@option("--reason", required=True, help="Why, such as the wrong unit.")
@click.pass_obj
def take_back(session: Session, unit: str, item: str, reason: str) -> None:
    """Take back what was written of an item; what was proposed for it falls away."""
    _say(unit, service.take_back(session.ctx, session.programme, unit, item, reason))


@group()
def complaint() -> None:
    """Complaints about units, taken on the supervision line."""


@complaint.command()
@click.argument("unit")
@option("--said", required=True, help="What was complained of.")
@option("--on", "day", type=DAY, help="Day of the complaint; else today.")
@option("--caller", default="", help="Who called, only if given; it is sealed.")
@click.pass_obj
def take(session: Session, unit: str, said: str, day: datetime | None, caller: str) -> None:
    """Write a complaint down."""
    heard_on = None if day is None else day.date()
    made = complaints.take(session.ctx, session.programme, unit, said, heard_on, caller)
    click.echo(_("Complaint {number} written down.").format(number=made.id))


@complaint.command()
@click.argument("number", type=int)
@option("--evidence", required=True, help="What shows that it is true, or that nothing does.")
@option("--ground", default="", help="Adjustment it falls under, whose points are proposed.")
@option("--unfounded", is_flag=True, help="It is not true.")
@click.pass_obj
def settle(session: Session, number: int, evidence: str, ground: str, unfounded: bool) -> None:
    """Say that a complaint is true, which may propose points, or that it is not."""
    made = complaints.settle(
        session.ctx, session.programme, number, evidence, verified=not unfounded, ground=ground
    )
    click.echo(_(COMPLAINTS[made.state]))


@complaint.command()
@click.argument("number", type=int)
@option("--reason", required=True, help="Why, such as a slip or new evidence.")
@click.pass_obj
def reopen(session: Session, number: int, reason: str) -> None:
    """Take a settled complaint up again; points that were only proposed for it fall away."""
    made = complaints.reopen(session.ctx, session.programme, number, reason)
    click.echo(_(COMPLAINTS[made.state]))


@complaint.command("list")
@json_option
@click.pass_obj
def complaints_(session: Session, in_json: bool) -> None:
    """List all complaints; who called is not shown."""
    found = complaints.listing(session.ctx, session.programme)
    names = {unit.code: unit.name for unit in session.programme.programme.units}
    if in_json:
        as_json(
            [
                {
                    "number": one.id,
                    "unit": names[one.unit],
                    "heard_on": one.heard_on.isoformat(),
                    "said": one.said,
                    "taken_by": one.taken_by,
                    "named": one.named,
                    "state": one.state,
                    "evidence": one.evidence,
                }
                for one in found
            ]
        )
        return
    for one in found:
        words = [str(one.id), one.heard_on.isoformat(), names[one.unit], _(COMPLAINTS[one.state])]
        click.echo("\t".join([*words, one.taken_by, one.said, one.evidence]).rstrip())


@complaint.command()
@click.argument("number", type=int)
@click.pass_obj
def caller(session: Session, number: int) -> None:
    """Show who made a complaint, if a name was given; the log keeps that it was looked up."""
    click.echo(complaints.caller(session.ctx, session.programme, number))


def entry_words(entry: service.Entry) -> str:
    """Where something stands, since when, and what is proposed or decided."""
    receipt, said = entry.receipt, [_(STANDINGS[entry.standing])]
    if receipt.received_on is not None:
        said.append(receipt.received_on.isoformat())
    said += [words for words in (receipt.document, receipt.hindering, receipt.waiver) if words]
    if entry.adjustment is not None:
        said.append(f"{entry.adjustment.points} {_(STATES[entry.adjustment.state])}")
    return "\t".join(said)


def _say(unit: str, entry: service.Entry) -> None:
    click.echo(f"{unit}\t{service.item_name(entry.item)}\t{entry_words(entry)}")


def _facts(entry: service.Entry, due: date | None) -> dict[str, object]:
    receipt, points = entry.receipt, entry.adjustment
    return {
        "item": entry.item.code,
        "due": None if due is None else due.isoformat(),
        "standing": entry.standing,
        "received_on": None if receipt.received_on is None else receipt.received_on.isoformat(),
        "document": receipt.document,
        "hindering": receipt.hindering,
        "waiver": receipt.waiver,
        "points": None if points is None else float(points.points),
        "state": None if points is None else points.state,
    }


COMMANDS = {"register": register, "complaint": complaint}
"""By name, for the main group."""
