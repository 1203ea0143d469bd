"""Commands on what lists need not meet, on addresses for questionnaires, and on last year's people."""

from __future__ import annotations

from pathlib import Path

import click

from cati.base.i18n import translate as _
from cati.cli.session import Session, as_json, json_option
from cati.cli.texts import command, group, option
from cati.domain.list_checks import AREAS, EXEMPTED, SIZE
from cati.domain.programmes import Programme
from cati.services import exemptions, follow_up, mailing

KIND = click.Choice(EXEMPTED)


@group()
def exemption() -> None:
    """Lists that need not have their smallest size, or cover all areas, and who granted it."""


@exemption.command("list")
@json_option
@click.pass_obj
def list_(session: Session, in_json: bool) -> None:
    """List all exemptions."""
    programme = session.programme.programme
    found = exemptions.listing(session.ctx, session.programme)
    if in_json:
        as_json(
            [
                {
                    "unit": programme.unit(one.unit).name,
                    "group": programme.group(one.group).label,
                    "kind": one.kind,
                    "granted_by": one.granted_by,
                    "document": one.document,
                    "reason": one.reason,
                    "at": one.at.isoformat(),
                }
                for one in found
            ]
        )
        return
    for one in found:
        click.echo(
            "\t".join((_whose(programme, one.unit, one.group), kind_words(one.kind), one.granted_by))
            + f"\t{one.document}\t{one.reason}"
        )


@exemption.command()
@click.argument("unit")
@click.argument("group")
@click.argument("kind", type=KIND)
@option("--by", "granted_by", required=True, help="Who granted it.")
@option("--document", required=True, help="Number of the paper that says so.")
@option("--reason", required=True, help="Why.")
@click.pass_obj
def grant(
    session: Session, unit: str, group: str, kind: str, granted_by: str, document: str, reason: str
) -> None:
    """Write down that a unit's list need not meet something."""
    found = exemptions.grant(
        session.ctx,
        session.programme,
        unit,
        group,
        kind,
        granted_by=granted_by,
        document=document,
        reason=reason,
    )
    whose = _whose(session.programme.programme, found.unit, found.group)
    click.echo(_("{list} is exempted from: {kind}.").format(list=whose, kind=kind_words(kind)))


@exemption.command()
@click.argument("unit")
@click.argument("group")
@click.argument("kind", type=KIND)
@option("--reason", required=True, help="Why.")
@click.pass_obj
def lift(session: Session, unit: str, group: str, kind: str, reason: str) -> None:
    """Take an exemption back."""
    exemptions.lift(session.ctx, session.programme, unit, group, kind, reason)
    click.echo(_("The exemption was taken back."))


def kind_words(kind: str) -> str:
    """What a list is exempted from, in words."""
    return {SIZE: _("smallest size"), AREAS: _("covering all areas")}[kind]


@group("mailing")
def mailing_() -> None:
    """Questionnaires by mail: to whom they go, and how many came back."""


@mailing_.command("list")
@json_option
@click.pass_obj
def mailed(session: Session, in_json: bool) -> None:
    """Show how many addresses each unit has, and how many ballots came back."""
    found = mailing.progress(session.ctx, session.programme)
    if in_json:
        as_json(
            [
                {
                    "unit": one.unit.name,
                    "group": one.group.label,
                    "addresses": one.addresses,
                    "returned": one.returned,
                }
                for one in found
            ]
        )
        return
    for one in found:
        words = _("{addresses} addresses, {returned} ballots came back")
        said = words.format(addresses=one.addresses, returned=one.returned)
        click.echo(f"{one.unit.name}/{one.group.label}\t{said}")


@mailing_.command()
@click.argument("file", type=click.Path(path_type=Path))
@option("--unit", default="", help="Only this unit.")
@click.pass_obj
def write(session: Session, file: Path, unit: str) -> None:
    """Write the addresses to FILE (.xlsx), a sheet for each unit, for envelopes and letters."""
    count = mailing.write_labels(session.ctx, session.programme, file, unit)
    click.echo(_("{file}: {count} addresses.").format(file=file, count=count))


@command("follow-up")
@click.argument("earlier")
@json_option
@click.pass_obj
def follow_up_(session: Session, earlier: str, in_json: bool) -> None:
    """Take whoever gave opinions in the EARLIER programme (its code) as lists of this one."""
    found = follow_up.take(session.ctx, session.programme, earlier)
    if in_json:
        as_json([{"unit": one.unit.name, "group": one.group.label, **one.report.as_json()} for one in found])
        return
    for one in found:
        said = _("{group} rows accepted: {accepted} of {rows}").format(
            group=one.group.label, accepted=one.report.accepted, rows=one.report.rows
        )
        click.echo(f"{one.unit.name}\t{said}")


def _whose(programme: Programme, unit: str, group: str) -> str:
    return f"{programme.unit(unit).name}/{programme.group(group).label}"


COMMANDS = {"exemption": exemption, "mailing": mailing_, "follow-up": follow_up_}
"""By name, for the main group."""
