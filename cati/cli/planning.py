"""The command that plans how many to interview."""

from __future__ import annotations

from dataclasses import asdict

import click

from cati.base.i18n import translate as _
from cati.cli.session import Session, as_json, json_option
from cati.cli.texts import command, option
from cati.services import planning

PERCENT = 100


@command()
@option("--margin", type=float, default=5.0, help="Margin wanted of a share, in percentage points.")
@option("--level", type=float, help="Level of confidence in percent; the programme's own if left out.")
@json_option
@click.pass_obj
def plan(session: Session, margin: float, level: float | None, in_json: bool) -> None:
    """Show how sure the planned interviews make a unit's figures, and what a margin would take."""
    found = planning.plan(session.ctx, session.programme, margin, None if level is None else level / PERCENT)
    if in_json:
        as_json(asdict(found))
        return
    planned = "、".join(f"{g} {n}" for g, n in zip(found.groups, found.interviews, strict=True))
    words = _("Level {level} %. Planned of each unit: {planned}. Margins at their widest:")
    click.echo(words.format(level=f"{PERCENT * found.level:g}", planned=planned))
    words = _("from long lists: a share ±{share:.1f} percentage points, an item's score ±{score:.1f} points")
    click.echo("  " + words.format(share=found.share, score=found.score))
    for unit in found.units:
        if any(size is not None for size in unit.populations):
            lists = "、".join("—" if size is None else f"{size:,}" for size in unit.populations)
            words = _("{unit} (lists {lists}): a share ±{share:.1f}, an item's score ±{score:.1f}")
            click.echo("  " + words.format(unit=unit.unit, lists=lists, share=unit.share, score=unit.score))
    if found.needed is None:
        click.echo(_("No number of interviews gives ±{margin:g}.").format(margin=found.wanted))
        return
    wanted = "、".join(f"{g} {n}" for g, n in zip(found.groups, found.needed, strict=True))
    words = _("±{margin:g} percentage points take of each unit: {planned}.")
    click.echo(words.format(margin=found.wanted, planned=wanted))


COMMANDS = {"plan": plan}
"""By name, for the main group."""
