"""Commands on scores: channels, adjustments, the table of scores."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.cli import behind as layers
from cati.cli.session import Session, as_json, json_option, progress
from cati.cli.texts import command, group, option
from cati.domain.adjusting import state_words
from cati.domain.deductions import basis_words
from cati.domain.exports import What
from cati.domain.names import channel_name, ground_words
from cati.domain.ranking import UnitScore, shown
from cati.domain.report_facts import undecided_words
from cati.domain.scoring import SIMULATED
from cati.services import adjustments, channels, exports
from cati.services import results as papers
from cati.services import scoring as service

WITHOUT = N_("Points, complaints and overdue hand-ins nobody has decided on are not to count.")
PROBLEM = N_("Number of the problem they are for, where a ground counts for each.")


class Points(click.ParamType[Decimal]):
    """Points to add or to take, exact."""

    name = "points"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """An exact decimal."""
        try:
            return Decimal(str(value))
        except InvalidOperation:
            self.fail(_("“{text}” must be a number.").format(text=value), param, ctx)


@group()
def channel() -> None:
    """Ways opinions were collected besides the telephone."""


@channel.command("set")
@click.argument("code")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def set_(session: Session, code: str, file: Path) -> None:
    """Take finished scores per unit of another channel from a .csv or .xlsx file (columns unit, score)."""
    count = channels.set_channel(session.ctx, session.programme, code, file)
    words = ngettext(
        "Score of {count} unit taken for {channel}.", "Scores of {count} units taken for {channel}.", count
    )
    click.echo(
        words.format(
            count=count, channel=channel_name(channels.known_channel(session.programme.programme, code))
        )
    )
    missing = channels.without_score(session.ctx, session.programme, code)
    if missing:
        names = "、".join(unit.name for unit in missing)
        click.echo(_("Still without a score: {names}. Their composite is n/a.").format(names=names))


@command()
@click.argument("unit")
@option("--code", required=True, help="The ground, such as late.")
@option("--points", required=True, type=Points(), help="Points to add, or to take with a minus.")
@option("--reason", required=True, help="Evidence, and how the work was affected.")
@option("--confirm", is_flag=True, help="Count them from now on; otherwise they are only proposed.")
@option("--problem", default="", help=PROBLEM)
@option("--less", default="", help="Why they are fewer than the ground gives or takes.")
@click.pass_obj
def adjust(
    session: Session,
    unit: str,
    code: str,
    points: Decimal,
    reason: str,
    confirm: bool,
    problem: str,
    less: str,
) -> None:
    """Propose points for a unit on some ground, or confirm them."""
    made = adjustments.adjust(
        session.ctx,
        session.programme,
        unit,
        code,
        points,
        reason,
        confirm=confirm,
        problem=problem,
        less=less,
    )
    text = _("{unit}: {points} points confirmed.") if confirm else _("{unit}: {points} points proposed.")
    click.echo(text.format(unit=unit, points=made.points))


@command("adjustments")
@json_option
@click.pass_obj
def adjustments_(session: Session, in_json: bool) -> None:
    """List all points proposed, confirmed or waived."""
    programme = session.programme
    found = adjustments.listing(session.ctx, programme)
    names = {unit.code: unit.name for unit in programme.programme.units}
    if in_json:
        as_json(
            [
                {
                    "unit": names[a.unit],
                    "code": a.code,
                    "points": float(a.points),
                    "reason": a.reason,
                    "state": a.state,
                    "problem": a.problem,
                    "why": basis_words(programme.programme, a.basis),
                    "document": a.document,
                }
                for a in found
            ]
        )
        return
    for a in found:
        about = [part for part in (a.problem, basis_words(programme.programme, a.basis), a.document) if part]
        words = [
            names[a.unit],
            ground_words(programme.programme, a.code),
            a.points,
            state_words(a.state, Decimal(a.points)),
            *about,
            a.reason,
        ]
        click.echo("\t".join(words))


@command()
@click.argument("unit")
@option("--code", required=True, help="The ground, such as late.")
@option("--evidence", required=True, help="Evidence, and how the work was affected.")
@option("--problem", default="", help=PROBLEM)
@click.pass_obj
def confirm(session: Session, unit: str, code: str, evidence: str, problem: str) -> None:
    """Let points count that were proposed for a unit."""
    made = adjustments.settle(
        session.ctx, session.programme, unit, code, evidence, confirm=True, problem=problem
    )
    click.echo(_("{unit}: {points} points confirmed.").format(unit=unit, points=made.points))


@command()
@click.argument("unit")
@option("--code", required=True, help="The ground, such as late.")
@option("--reason", required=True, help="Why the work was not affected, or what excuses it.")
@option("--problem", default="", help=PROBLEM)
@option("--document", default="", help="Number of the document that waives them.")
@click.pass_obj
def waive(session: Session, unit: str, code: str, reason: str, problem: str, document: str) -> None:
    """Waive points that were proposed for a unit."""
    made = adjustments.settle(
        session.ctx,
        session.programme,
        unit,
        code,
        reason,
        confirm=False,
        problem=problem,
        document=document,
    )
    words = _("{unit}: points not granted.") if Decimal(made.points) > 0 else _("{unit}: waived.")
    click.echo(words.format(unit=unit))


@command()
@click.argument("workbook", required=False, type=click.Path(dir_okay=False, path_type=Path))
@option("--unit", default="", help="Show what is behind the scores of this unit: channels, groups, items.")
@option("--channel", default="", help="Of the unit, only this channel.")
@option("--group", default="", help="Of the unit, only this group.")
@option("--item", default="", help="Of the unit, the answers to this item, and the interviews they are from.")
@json_option
@click.pass_obj
def score(
    session: Session, workbook: Path | None, unit: str, channel: str, group: str, item: str, in_json: bool
) -> None:
    """Show the scores and ranks of all units, or write them into a workbook."""
    if unit:
        layers.show(session, unit, channel, group, item, in_json=in_json)
        return
    if channel or group or item:
        raise click.UsageError(_("--channel, --group and --item go with --unit."))
    found = service.board(session.ctx, session.programme)
    lines = found.lines
    if found.simulated:
        click.echo(_(SIMULATED).format(count=found.simulated), err=True)
    if found.undecided.points:
        click.echo(undecided_words(found.undecided.points), err=True)
    if workbook is not None:
        made = exports.export(session.ctx, session.programme, What.SCORES, workbook)
        if not in_json:
            words = ngettext("{file} written, {count} unit.", "{file} written, {count} units.", made.rows)
            click.echo(words.format(file=workbook, count=made.rows))
    if in_json:
        as_json(service.as_json(lines))
    elif workbook is None:
        series = {line.unit.series for line in lines}
        if len(series) > 1:
            click.echo(_("Ranked over all series; behind each unit its series, and its rank there."))
        else:
            click.echo(_("Ranked over all units."))
        for line in sorted(lines, key=lambda one: (one.rank is None, one.rank)):
            click.echo(_row(line, with_series=len(series) > 1))


def _row(line: UnitScore, *, with_series: bool) -> str:
    final = _("n/a") if line.final is None else shown(line.final)
    behind = f"  {line.unit.series}  {line.rank_in_series or '-'}" if with_series else ""
    return f"{line.rank or '-':>3}  {final:>6}  {line.unit.name}{behind}"


@command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@option("--for", "recipient", default="", help="For whom it is.")
@click.pass_obj
def results(session: Session, folder: Path, recipient: str) -> None:
    """Write the report, the scores and a copy for every unit into a new folder, once they are approved.

    A unit's copy tells its own scores, and of the others nothing but the mean.
    """
    with progress(_("Writing"), quiet=False) as show:
        made = papers.write_results(
            session.ctx, session.programme, folder, recipient=recipient, progress=show
        )
    words = ngettext("{folder}: {count} file written.", "{folder}: {count} files written.", made.rows)
    click.echo(words.format(folder=folder, count=made.rows))


@command()
@option("--body", required=True, help="Which body approves; not the bureau that evaluates.")
@option("--signer", required=True, help="Who signs for it.")
@option("--without-undecided", is_flag=True, help=WITHOUT)
@click.pass_obj
def approve(session: Session, body: str, signer: str, without_undecided: bool) -> None:
    """Write down that a second body approved the scores as they are now."""
    left = service.undecided(session.ctx, session.programme) if without_undecided else None
    made = service.sign_off(session.ctx, session.programme, body, signer, without_undecided=without_undecided)
    click.echo(_("{body} ({signer}) approved the scores.").format(body=made.body, signer=made.signer))
    if left:
        click.echo(_("Not decided, and without effect on the scores: {what}").format(what=left.words()))


COMMANDS = {
    "channel": channel,
    "adjust": adjust,
    "adjustments": adjustments_,
    "confirm": confirm,
    "waive": waive,
    "score": score,
    "approve": approve,
    "results": results,
}
"""By name, for the main group."""
