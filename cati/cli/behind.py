"""What is behind the scores of one unit, printed for `cati score --unit`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from fractions import Fraction

import click

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.cli.session import Session, as_json
from cati.domain.adjusting import state_words
from cati.domain.behind import ChannelBehind, GroupBehind
from cati.domain.names import ground_words
from cati.domain.ranking import UnitScore, shown
from cati.domain.signal_words import clock
from cati.domain.users import Right
from cati.services import adjustments, behind
from cati.services.behind import InterviewBehind


def show(session: Session, unit: str, channel: str, group: str, item: str, *, in_json: bool) -> None:
    """Print channels, groups and items of a unit, as far as they were asked for.

    Raises:
        CatiError: ``layer_unknown`` for what the unit has not, and what the services refuse.
    """
    found = behind.unit_behind(session.ctx, session.programme, unit)
    channels = [c for c in found.channels if not channel or c.code == channel]
    channels = [c for c in channels if not (group or item) or _groups(c, group, item)]
    if not channels:
        raise CatiError(
            "layer_unknown",
            N_("Nothing of that kind is behind the scores of {unit}. “cati score --unit” lists what is."),
            unit=found.line.unit.name,
        )
    heard: Sequence[InterviewBehind] = ()
    if item and any(c.kind == "phone" for c in channels):
        heard = behind.interviews_behind(session.ctx, session.programme, unit, group, item)
    if in_json:
        as_json(behind.as_json(found) | {"interviews": [_as_json(one) for one in heard]})
        return
    if not (channel or group or item):
        _show_total(session, found.line)
    for one in channels:
        people = "" if one.n is None else f"n={one.n}"
        weight = _weight(one.weight)
        points = _points(session, one)
        click.echo("\t".join([one.code, one.label, _figure(one.score), weight, *points, people]).rstrip())
        parts = one.groups if not (group or item) else ()
        for part in (part for part in parts if part.code):
            click.echo("\t".join([f"  {part.code}", part.label, _figure(part.score), f"n={part.n}"]))
        for part in _groups(one, group, item):
            _show_group(part, item)
    for interview in heard:
        place = "" if interview.answered_ms is None else clock(interview.answered_ms)
        click.echo(f"    {interview.interview_id}\t{interview.group}\t{interview.answer or '-'}\t{place}")


def _show_total(session: Session, line: UnitScore) -> None:
    """What the channels make together, and what was added or taken since."""
    programme = session.programme.programme
    click.echo(f"{_('Composite')}\t{_figure(line.composite)}")
    given = [(a.code, a.points, "confirmed", a.problem, a.reason) for a in line.adjustments]
    if session.ctx.actor.may(Right.ADJUST):
        given += [
            (a.code, Fraction(a.points), a.state, a.problem, a.reason)
            for a in adjustments.listing(session.ctx, session.programme)
            if a.unit == line.unit.code and a.state != "confirmed"
        ]
    for code, points, state, problem, reason in given:
        said = [
            ground_words(programme, code),
            f"{float(points):+g}",
            state_words(state, points),
            problem,
            reason,
        ]
        click.echo("\t".join(part for part in (_("Adjustments"), *said) if part))
    click.echo(f"{_('Final score')}\t{_figure(line.final)}")


def _points(session: Session, channel: ChannelBehind) -> list[str]:
    """What a channel gives of the points it is worth, where the composite adds them up."""
    programme = session.programme.programme
    top = any(one.code == channel.code and not one.parent for one in programme.channels)
    if channel.score is None or not (programme.settings.composite_in_points and top):
        return []
    got = shown(channel.score * channel.weight / 100)
    return [_("{earned} of {possible} points").format(earned=got, possible=f"{float(channel.weight):g}")]


def _weight(weight: Fraction) -> str:
    return _("weight {weight}").format(weight=f"{float(weight):g}")


def _groups(channel: ChannelBehind, group: str, item: str) -> list[GroupBehind]:
    """The groups that were asked for; all people where none was."""
    return [
        one
        for one in channel.groups
        if group in (one.code, one.label) and (not item or any(i.name == item for i in one.items))
    ]


def _show_group(group: GroupBehind, item: str) -> None:
    if group.code:
        click.echo(f"  {group.code}\t{group.label}\t{_figure(group.score)}\tn={group.n}")
    for one in group.items:
        if item in ("", one.name):
            click.echo(f"  {one.name}\t{one.label}\t{_figure(one.score)}\tn={one.n}")
            for answer in one.answers if item else ():
                click.echo(f"    {answer.label}\t{answer.count}")


def _figure(score: Fraction | None) -> str:
    return _("n/a") if score is None else shown(score)


def _as_json(one: InterviewBehind) -> dict[str, object]:
    return asdict(one) | {"ended_at": one.ended_at.isoformat()}
