"""Commands on the 12345 hotline: its tickets, its figures, follow-ups, claims of points."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import click

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.cli.scoring import Points
from cati.cli.session import Session, as_json, json_option
from cati.cli.texts import group, option
from cati.domain.adjusting import state_words
from cati.domain.hotline import GROUNDS
from cati.domain.hotline_scores import PARTS, Difference, HotlineLine, HotlineScore, shown_figure
from cati.domain.names import ground_words
from cati.domain.ranking import shown
from cati.domain.report_facts import sentences
from cati.services import hotline as service
from cati.services import hotline_claims

FILE = click.Path(path_type=Path)


@group()
def hotline() -> None:
    """What units did about the 12345 hotline: figures that score, tickets that check them."""


@hotline.command("import")
@click.argument("file", type=FILE)
@click.pass_obj
def import_(session: Session, file: Path) -> None:
    """Take a list of tickets from an .xlsx or .csv file, in place of the one before."""
    taken = service.import_tickets(session.ctx, session.programme, file)
    words = ngettext("{count} ticket taken.", "{count} tickets taken.", taken.count)
    _say(words.format(count=taken.count), taken)


@hotline.command()
@click.argument("file", type=FILE)
@click.pass_obj
def adopt(session: Session, file: Path) -> None:
    """Take the hotline's own figures by unit, which score from now on."""
    taken = service.adopt(session.ctx, session.programme, file)
    words = ngettext(
        "Figures of {count} unit adopted; they score.", "Figures of {count} units adopted; they score.",
        taken.count,
    )  # fmt: skip
    _say(words.format(count=taken.count), taken)


@hotline.command("follow-up")
@click.argument("file", type=FILE)
@click.pass_obj
def follow_up(session: Session, file: Path) -> None:
    """Take how many of last year's unresolved tickets were followed up, and how many appeals failed."""
    taken = service.take_follow_up(session.ctx, session.programme, file)
    words = ngettext("Follow-up of {count} unit taken.", "Follow-up of {count} units taken.", taken.count)
    _say(words.format(count=taken.count), taken)


def _say(words: str, taken: service.Taken) -> None:
    click.echo(sentences([words, taken.replaced_words()]))


@hotline.command()
@json_option
@click.pass_obj
def check(session: Session, in_json: bool) -> None:
    """Show the points of every unit, and where its tickets give other figures than those adopted."""
    board = service.board(session.ctx, session.programme)
    if in_json:
        as_json([_facts(line) for line in board.lines])
        return
    for line in board.lines:
        score = _("n/a") if line.score is None else _points(line.score)
        tickets = ngettext("{count} ticket", "{count} tickets", line.tickets).format(count=line.tickets)
        click.echo(f"{line.unit.name}\t{score}\t{tickets}")
        for one in line.differences:
            click.echo(f"  {_difference(one)}")
    if board.appeals_until is not None:
        click.echo(_("Appeals against these figures until {day}.").format(day=board.appeals_until))


@hotline.command()
@click.argument("number")
@option("--ground", required=True, type=click.Choice(list(GROUNDS)), help="What the points are claimed on.")
@option("--points", required=True, type=Points(), help="0.05 to 0.1.")
@option("--reason", required=True, help="The evidence that was handed in.")
@option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="Day on which it was handed in; else today.")
@click.pass_obj
def claim(
    session: Session, number: str, ground: str, points: Decimal, reason: str, day: datetime | None
) -> None:
    """Write down that a unit claims points for a ticket; they are proposed, not yet confirmed."""
    made = hotline_claims.claim(
        session.ctx, session.programme, number, ground, points, reason,
        claimed_on=None if day is None else day.date(),
    )  # fmt: skip
    unit = session.programme.programme.unit(made.unit)
    click.echo(_("{unit}: {points} points proposed.").format(unit=unit.name, points=made.points))


@hotline.command("turn-down")
@click.argument("number")
@option("--ground", required=True, type=click.Choice(list(GROUNDS)), help="As it was claimed.")
@option("--reason", required=True, help="Why it does not count.")
@click.pass_obj
def turn_down(session: Session, number: str, ground: str, reason: str) -> None:
    """Turn one claim down; it stays listed and may be claimed anew."""
    left = hotline_claims.turn_down(session.ctx, session.programme, number, ground, reason)
    unit = session.programme.programme.unit(left.unit).name
    if left.state == "waived":
        click.echo(_("{unit}: no points are left on this ground.").format(unit=unit))
    else:
        click.echo(_("{unit}: {points} points proposed.").format(unit=unit, points=left.points))


@hotline.command()
@json_option
@click.pass_obj
def claims(session: Session, in_json: bool) -> None:
    """List the points that units claim for tickets, and what became of each claim."""
    programme = session.programme.programme
    found = hotline_claims.listing(session.ctx, session.programme)
    if in_json:
        as_json([_claim_facts(programme.unit(one.claim.unit).name, one) for one in found])
        return
    for one in found:
        said = one.claim
        words = [
            programme.unit(said.unit).name,
            said.number,
            ground_words(programme, said.ground),
            said.points,
        ]
        state = state_words(one.state, Decimal(said.points))
        click.echo("\t".join([*words, said.claimed_on.isoformat(), state, said.reason, one.why]).rstrip())


def _claim_facts(unit: str, one: hotline_claims.DecidedClaim) -> dict[str, object]:
    said = one.claim
    return {
        "unit": unit,
        "ticket": said.number,
        "ground": said.ground,
        "points": float(said.points),
        "claimed_on": said.claimed_on.isoformat(),
        "reason": said.reason,
        "state": one.state,
        "why": one.why,
    }


def _points(score: HotlineScore) -> str:
    if score.score is None:
        return _("n/a")
    return _("{earned} of {possible} points").format(
        earned=shown(score.earned), possible=f"{float(score.possible):g}"
    )


def _difference(one: Difference) -> str:
    words = _("{figure}: adopted {adopted}, from tickets {recomputed}").format(
        figure=_(PARTS[one.figure]),
        adopted=shown_figure(one.figure, one.adopted),
        recomputed=shown_figure(one.figure, one.recomputed),
    )
    return words + (f" ({', '.join(one.tickets)})" if one.tickets else "")


def _facts(line: HotlineLine) -> dict[str, object]:
    score = line.score
    return {
        "unit": line.unit.name,
        "tickets": line.tickets,
        "earned": None if score is None else float(score.earned),
        "possible": None if score is None else float(score.possible),
        "score": None if score is None or score.score is None else float(score.score),
        "parts": []
        if score is None
        else [
            {
                "name": part.name,
                "rate": None if part.rate is None else float(part.rate),
                "earned": float(part.earned),
                "possible": float(part.possible),
            }
            for part in score.parts
        ],
        "differences": [
            {
                "figure": one.figure,
                "adopted": None if one.adopted is None else float(one.adopted),
                "recomputed": None if one.recomputed is None else float(one.recomputed),
                "tickets": list(one.tickets),
            }
            for one in line.differences
        ],
    }


COMMANDS = {"hotline": hotline}
"""By name, for the main group."""
