"""Commands on problems found about units, and what they cost."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import click

from cati.base.i18n import translate as _
from cati.cli.register import DAY
from cati.cli.scoring import Points
from cati.cli.session import Session, as_json, json_option
from cati.cli.texts import group, option
from cati.domain.adjusting import STATES
from cati.domain.deductions import Circumstance, basis_words
from cati.domain.names import ground_words
from cati.services import problems as service


@group()
def problem() -> None:
    """Problems found about units; the programme's rules say what each costs, once."""


@problem.command()
@click.argument("unit")
@click.argument("number")
@option("--ground", "grounds", multiple=True, required=True, help="Rule it falls under; may be given again.")
@option("--said", required=True, help="What was found, with the evidence.")
@option("--on", "day", required=True, type=DAY, help="Day on which it was found.")
@option(
    "--in",
    "circumstances",
    multiple=True,
    type=click.Choice([one.value for one in Circumstance]),
    help="Circumstance; again.",
)
@option("--persons", default=0, type=click.IntRange(0), help="Persons held accountable, where each counts.")
@click.pass_obj
def report(
    session: Session,
    unit: str,
    number: str,
    grounds: tuple[str, ...],
    said: str,
    day: datetime,
    circumstances: tuple[str, ...],
    persons: int,
) -> None:
    """Write down a problem and propose what it costs; a known number is the same problem still."""
    found = service.report(
        session.ctx, session.programme, unit, number, grounds, said, day.date(), circumstances, persons
    )
    click.echo(_words(session, found))


@problem.command()
@click.argument("unit")
@click.argument("number")
@option("--ground", required=True, help="Ground of relief of the programme.")
@option("--left", required=True, type=Points(), help="Points still taken; 0 waives them.")
@option("--reason", required=True, help="Why the ground holds.")
@click.pass_obj
def relieve(session: Session, unit: str, number: str, ground: str, left: Decimal, reason: str) -> None:
    """Decide that a problem costs less, or nothing."""
    found = service.relieve(session.ctx, session.programme, unit, number, ground, left, reason)
    click.echo(_words(session, found))


@problem.command("list")
@json_option
@click.pass_obj
def list_(session: Session, in_json: bool) -> None:
    """List all problems, with what each costs and why."""
    found = service.listing(session.ctx, session.programme)
    if in_json:
        as_json([_facts(session, one) for one in found])
        return
    for one in found:
        click.echo(_words(session, one))


def _words(session: Session, found: service.Found) -> str:
    programme, known, adjustment = session.programme.programme, found.known, found.adjustment
    parts = [programme.unit(known.unit).name, known.number, known.found_on.isoformat()]
    if adjustment is not None:
        parts += [
            ground_words(programme, adjustment.code),
            f"{adjustment.points} {_(STATES[adjustment.state])}",
        ]
        parts.append(basis_words(programme, adjustment.basis))
    elif found.counted_with:
        parts += [
            ground_words(programme, known.problem.grounds[0]),
            _("counted with {number}").format(number=found.counted_with),
        ]
    elif found.points is not None:
        parts += [ground_words(programme, found.points.ground), str(found.points.points)]
    return "\t".join([*parts, known.said])


def _facts(session: Session, found: service.Found) -> dict[str, object]:
    known, adjustment, relief = found.known, found.adjustment, found.known.problem.relief
    return {
        "unit": session.programme.programme.unit(known.unit).name,
        "number": known.number,
        "found_on": known.found_on.isoformat(),
        "grounds": list(known.problem.grounds),
        "circumstances": sorted(known.problem.circumstances),
        "persons": known.persons,
        "said": known.said,
        "relief": None if relief is None else relief.ground,
        "counted_with": found.counted_with,
        "costs": None if found.points is None else float(found.points.points),
        "points": None if adjustment is None else float(adjustment.points),
        "state": None if adjustment is None else adjustment.state,
    }


COMMANDS = {"problem": problem}
"""By name, for the main group."""
