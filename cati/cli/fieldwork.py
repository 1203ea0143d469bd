"""Commands on fieldwork: status, rates, simulate."""

from __future__ import annotations

import dataclasses
import time
from fractions import Fraction

import click

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.cli.programmes import STATES
from cati.cli.session import Session, as_json, json_option, progress
from cati.cli.texts import command, option
from cati.domain.rates import Rates
from cati.domain.stations import strain_words
from cati.services import quotas, stations
from cati.services import rates as indicators
from cati.station import parallel
from cati.station import simulate as simulation


@command()
@json_option
@click.pass_obj
def status(session: Session, in_json: bool) -> None:
    """Show how far each cell has come."""
    programme = session.programme
    cells = quotas.cells(session.ctx, programme)
    strain = stations.strain(session.ctx)
    if in_json:
        as_json(
            {
                "trouble": strain.code if strain is not None else "",
                "programme": programme.programme.code,
                "state": programme.state,
                "cells": [
                    {
                        "unit": c.unit_name,
                        "group": c.group_label,
                        "quota": c.quota,
                        "completed": c.completed,
                        "reserved": c.reserved,
                        "left": c.left,
                    }
                    for c in cells
                ],
            }
        )
        return
    if strain is not None:
        click.echo(strain_words(strain, _))
    done, wanted = sum(c.completed for c in cells), sum(c.quota for c in cells)
    click.echo(f"{programme.programme.title}: {_(STATES[programme.state])}, {done} / {wanted}")
    for c in cells:
        dry = "  " + _("list dry") if c.dry and programme.state != "setup" else ""
        click.echo(f"  {c.unit_name}/{c.group_label}: {c.completed} / {c.quota}" + dry)


@command()
@option(
    "--by",
    type=click.Choice([by.value for by in indicators.By]),
    default="programme",
    show_default=True,
    help="What the cases are told apart by.",
)
@json_option
@click.pass_obj
def rates(session: Session, by: str, in_json: bool) -> None:
    """Show response, cooperation, refusal and contact rates of the calling so far."""
    lines = indicators.indicators(session.ctx, session.programme, indicators.By(by))
    if in_json:
        as_json([{"name": line.name, **_rates(line.rates)} for line in lines])
        return
    shown = ("rr1", "rr5", "coop1", "ref1", "con1")
    for line in lines:
        counts = line.rates.counts
        values = "  ".join(f"{name.upper()} {_percent(getattr(line.rates, name))}" for name in shown)
        click.echo(f"{line.name or session.programme.programme.title}: {counts.i} / {counts.cases}  {values}")


def _rates(found: Rates) -> dict[str, object]:
    """Counts by category, and rates unrounded; null where the denominator is nothing."""
    facts: dict[str, object] = {
        name.upper(): count for name, count in dataclasses.asdict(found.counts).items()
    }
    for field in dataclasses.fields(found):
        value = getattr(found, field.name)
        if field.name != "counts":
            facts[field.name] = None if value is None else float(value)
    return facts


def _percent(value: Fraction | None) -> str:
    return _("n/a") if value is None else f"{float(value):.1%}"


@command()
@option(
    "--stations", type=click.IntRange(1, 256), default=4, show_default=True, help="How many operators call."
)
@option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same answers.")
@option(
    "--parallel",
    "in_parallel",
    is_flag=True,
    help="Stations call at once, each on a connection of its own; only counts are promised.",
)
@json_option
@click.pass_obj
def simulate(session: Session, stations: int, seed: int, in_parallel: bool, in_json: bool) -> None:
    """Fill all cells with invented interviews in virtual time, then close fieldwork.

    It ends well (0) too where lists and public pool run dry first, and names the cells that stayed short.
    """
    if session.interactive and not in_json:
        _confirm(session.programme.programme.code)
    started = time.monotonic()
    run = parallel.simulate if in_parallel else simulation.simulate
    with progress(_("Interviews"), quiet=in_json) as show:
        result = run(session.ctx, session.programme, stations=stations, seed=seed, progress=show)
    facts = {**dataclasses.asdict(result), "seconds": round(time.monotonic() - started, 1)}
    if in_json:
        as_json(facts)
    else:
        counted = {
            "interviews": ngettext("{n} interview", "{n} interviews", result.interviews),
            "attempts": ngettext("{n} attempt", "{n} attempts", result.attempts),
            "cells": ngettext("{n} full cell", "{n} full cells", result.cells),
        }
        words = {name: pattern.format(n=facts[name]) for name, pattern in counted.items()}
        pattern = _("{interviews}, {attempts}, {cells}, {seconds} s.")
        click.echo(pattern.format(**words, seconds=facts["seconds"]))
        if result.short:
            click.echo(_("Nobody was left to call. Short of interviews:"))
        for cell, missing in result.short.items():
            click.echo(f"  {cell}: {missing:,}")


def _confirm(code: str) -> None:
    """Let nobody fill a programme that is meant for real people by mistake.

    Raises:
        CatiError: ``not_confirmed``.
    """
    words = _("Invented interviews fill {code} and end its fieldwork; nobody real can be called after that.")
    click.echo(words.format(code=code), err=True)
    if click.prompt(_("Type {code} to simulate it").format(code=code), err=True) != code:
        raise CatiError(
            "not_confirmed", N_("The code of the programme was not typed. Nothing was simulated.")
        )


COMMANDS = {"status": status, "rates": rates, "simulate": simulate}
"""By name, for the main group."""
