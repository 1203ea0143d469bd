"""Commands on indicators: points, and how far the teams say they are."""

from __future__ import annotations

from pathlib import Path

import click

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.cli.session import Session, as_json, json_option
from cati.cli.texts import group
from cati.domain.register import STANDINGS, Standing
from cati.services import indicators as service
from cati.services.register import item_name

FILE = click.Path(path_type=Path)


@group()
def indicators() -> None:
    """What units are measured by: points of collectors, reports of teams."""


@indicators.command()
@click.argument("file", type=FILE)
@click.pass_obj
def points(session: Session, file: Path) -> None:
    """Take points from an .xlsx or .csv file (columns 指标名称, 得分 and, with several units, 单位)."""
    count = service.take_points(session.ctx, session.programme, file)
    words = ngettext("Points for {count} indicator taken.", "Points for {count} indicators taken.", count)
    click.echo(words.format(count=count))


@indicators.command()
@click.argument("item")
@click.argument("team")
@click.argument("file", type=FILE)
@click.pass_obj
def form(session: Session, item: str, team: str, file: Path) -> None:
    """Write the form on which a team reports how far its indicators are."""
    service.write_form(session.ctx, session.programme, item, team, file)
    click.echo(_("{file} written.").format(file=file))


@indicators.command()
@click.argument("item")
@click.argument("file", type=FILE)
@click.pass_obj
def progress(session: Session, item: str, file: Path) -> None:
    """Take the form that a team filled in."""
    made = service.take_progress(session.ctx, session.programme, item, file)
    click.echo(_report(made))


@indicators.command("list")
@json_option
@click.pass_obj
def list_(session: Session, in_json: bool) -> None:
    """List indicators with the points units got, and what teams still have to report."""
    found = service.board(session.ctx, session.programme)
    units = session.programme.programme.units
    if in_json:
        as_json(
            {
                "indicators": [
                    {
                        "code": one.code,
                        "name": one.label,
                        "channel": one.channel,
                        "most": float(one.points),
                        "collector": one.collector,
                        "teams": list(one.teams),
                        "points": {
                            unit.name: float(found.points[unit.code][one.code])
                            for unit in units
                            if one.code in found.points.get(unit.code, {})
                        },
                    }
                    for one in found.indicators
                ],
                "reports": [
                    {
                        "item": one.item.code,
                        "team": one.team,
                        "standing": one.standing,
                        "indicators": one.wanted,
                    }
                    for one in found.reports
                ],
            }
        )
        return
    for one in found.indicators:
        got = [str(found.points.get(unit.code, {}).get(one.code, "-")) for unit in units]
        click.echo("\t".join([one.code, one.label, *got, f"/ {one.points}", one.collector]))
    for made in found.reports:
        if made.standing is not Standing.IN_TIME:
            click.echo(_report(made))


def _report(made: service.Report) -> str:
    day = "" if made.filing is None or made.filing.filed_on is None else made.filing.filed_on.isoformat()
    return "\t".join([item_name(made.item), made.team, _(STANDINGS[made.standing]), day]).rstrip()


COMMANDS = {"indicators": indicators}
"""By name, for the main group."""
