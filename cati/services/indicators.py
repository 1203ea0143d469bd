"""Indicators: the points collectors give, and how far the teams that answer for them say they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.indicators import share
from cati.domain.programmes import HandIn, Indicator, LoadedProgramme, Unit
from cati.domain.register import PROGRESS, Receipt, Standing, hand_ins, standing
from cati.domain.users import Right
from cati.files import indicators as files
from cati.files.aside import written_aside
from cati.services import audit
from cati.services.context import Context
from cati.services.today import today_of
from cati.store import frames as frame_store
from cati.store import indicators as store
from cati.store import scoring as score_store
from cati.store.engine import Connection
from cati.store.indicators import Filing


@dataclass(frozen=True, slots=True)
class Report:
    """What one team is to report by one day, and what it did (None: nothing yet)."""

    item: HandIn
    team: str
    wanted: int
    filing: Filing | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class IndicatorBoard:
    """All that is known of indicators; points by codes of unit and indicator."""

    indicators: tuple[Indicator, ...]
    points: Mapping[str, Mapping[str, Decimal]]
    reports: tuple[Report, ...]


def board(ctx: Context, programme: LoadedProgramme) -> IndicatorBoard:
    """The indicators with what units got, and the teams' reports.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.ADJUST)
    with ctx.database.read() as connection:
        return IndicatorBoard(
            programme.programme.indicators,
            store.points(connection, programme.id),
            reports(ctx, connection, programme),
        )


def take_points(ctx: Context, programme: LoadedProgramme, path: Path) -> int:
    """Take points of units for indicators from a file, all or nothing; gives how many.

    Args:
        ctx: somebody who may adjust scores.
        programme: one with indicators.
        path: see `cati.files.indicators.read_points`.

    Raises:
        CatiError: ``not_allowed``, ``indicators_none``, and what `read_points` refuses.
    """
    ctx.actor.require(Right.ADJUST)
    _refuse_without(programme)
    found = files.read_points(path, programme.programme)
    with ctx.database.write() as connection:
        score_store.lock_scores(connection, programme.id)
        gone = store.put_points(
            connection,
            programme.id,
            found.points,
            frame_store.unit_ids(connection, programme.id),
            at=ctx.now(connection),
            by=ctx.actor.user_id,
        )
        audit.record(
            ctx,
            connection,
            "take_indicators",
            f"programme:{programme.id}",
            file=found.name,
            sha256=found.sha256,
            rows=len(found.points),
            replaced=gone,
        )
    return len(found.points)


def take_progress(ctx: Context, programme: LoadedProgramme, item: str, path: Path) -> Report:
    """Take what a team reports on its indicators, all or nothing, in place of what it reported before.

    Args:
        ctx: somebody who may adjust scores.
        programme: one with indicators.
        item: code or name of what is handed in.
        path: see `cati.files.indicators.read_progress`.

    Raises:
        CatiError: ``not_allowed``, ``indicators_none``, ``progress_unknown``, and what `read_progress`
            refuses.
    """
    ctx.actor.require(Right.ADJUST)
    _refuse_without(programme)
    thing = _item(programme, item)
    found = files.read_progress(path, programme.programme)
    with ctx.database.write() as connection:
        gone = store.put_filing(
            connection,
            programme.id,
            thing.code,
            found.team,
            Filing(found.filed_on, found.lines),
            at=ctx.now(connection),
            by=ctx.actor.user_id,
        )
        audit.record(
            ctx,
            connection,
            "take_progress",
            f"programme:{programme.id}",
            item=thing.code,
            team=found.team,
            file=found.name,
            sha256=found.sha256,
            rows=len(found.lines),
            replaced=gone,
        )
        return next(
            one
            for one in reports(ctx, connection, programme)
            if (one.item.code, one.team) == (thing.code, found.team)
        )


def write_form(ctx: Context, programme: LoadedProgramme, item: str, team: str, path: Path) -> None:
    """Write the form on which a team reports, with its indicators.

    Args:
        ctx: somebody who may adjust scores.
        programme: one with indicators.
        item: code or name of what is handed in.
        team: one of the programme's teams.
        path: an .xlsx file; it is there whole or not at all.

    Raises:
        CatiError: ``not_allowed``, ``indicators_none``, ``progress_unknown``, ``team_none``,
            ``file_not_written``.
    """
    ctx.actor.require(Right.ADJUST)
    _refuse_without(programme)
    definition = programme.programme
    thing = _item(programme, item)
    if team not in definition.teams:
        raise CatiError(
            "team_none",
            N_("No team “{team}” reports on indicators. Nothing was written. Known are: {known}."),
            team=team,
            known="、".join(definition.teams),
        )
    with written_aside(path) as (aside,):
        files.write_form(aside, definition, team, definition.settings.deadlines.get(thing.due))


def reports(ctx: Context, connection: Connection, programme: LoadedProgramme) -> tuple[Report, ...]:
    """What teams are to report, with what they did; by item, then team."""
    definition = programme.programme
    items = [one for one in hand_ins(definition) if one.kind == PROGRESS]
    filed = store.filed(connection, programme.id) if items else {}
    today = today_of(ctx, connection, programme)

    def report(item: HandIn, team: str) -> Report:
        filing = filed.get((item.code, team))
        receipt = Receipt(filing.filed_on if filing else None, undated=filing is not None)
        due = definition.settings.deadlines.get(item.due)
        wanted = len(definition.indicators_of(team))
        return Report(item, team, wanted, filing, standing(receipt, due, today))

    return tuple(report(item, team) for item in items for team in definition.teams)


def scores(connection: Connection, programme: LoadedProgramme) -> dict[tuple[str, str], Fraction]:
    """What units got of the points of channels made of indicators, out of 100, where all are in."""
    definition = programme.programme
    channels = [channel for channel in definition.channels if channel.kind == "indicators"]
    points = store.points(connection, programme.id) if channels else {}
    found = {}
    for channel in channels:
        mine = [one for one in definition.indicators if one.channel == channel.code]
        for unit in definition.units:
            got = share(mine, points.get(unit.code, {})) if channel.is_about(unit) else None
            if got is not None:
                found[channel.code, unit.code] = got
    return found


def missing(board: IndicatorBoard, unit: Unit) -> tuple[Indicator, ...]:
    """The indicators for which a unit has no points yet."""
    got = board.points.get(unit.code, {})
    return tuple(one for one in board.indicators if one.code not in got)


def _item(programme: LoadedProgramme, item: str) -> HandIn:
    items = [one for one in hand_ins(programme.programme) if one.kind == PROGRESS]
    found = next((one for one in items if item in (one.code, one.label, *one.labels.values())), None)
    if found is None:
        raise CatiError(
            "progress_unknown",
            N_("Teams report nothing called “{item}”. Nothing was changed. Known are: {known}."),
            item=item,
            known=", ".join(one.code for one in items),
        )
    return found


def _refuse_without(programme: LoadedProgramme) -> None:
    if not programme.programme.indicators:
        raise CatiError(
            "indicators_none",
            N_("{programme} has no indicators. Nothing was changed. See its sheet of indicators."),
            programme=programme.programme.title,
        )
