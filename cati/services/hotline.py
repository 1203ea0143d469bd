"""The 12345 hotline: its figures are adopted and score; tickets say where they differ; units claim points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.adjusting import Move
from cati.domain.hotline import (
    BONUS_LEAST,
    BONUS_MOST,
    CHECKED_ON_SITE,
    GROUNDS,
    Ticket,
    Way,
    appeal_until,
    claim_until,
)
from cati.domain.hotline_scores import (
    Adopted,
    Difference,
    Figures,
    FollowUp,
    HotlineScore,
    Satisfied,
    differences,
    figures,
    hotline_score,
    printed_places,
)
from cati.domain.programmes import Channel, LoadedProgramme, Programme, Unit
from cati.domain.users import Right
from cati.files.hotline_figures import FigureFile, read_adopted, read_follow_up
from cati.files.tickets import read_tickets
from cati.services import adjustments, audit
from cati.services.adjustments import StoredAdjustment
from cati.services.context import Context
from cati.services.reasons import given_reason
from cati.store import frames as frame_store
from cati.store import hotline as store
from cati.store import scoring as score_store
from cati.store.engine import Connection
from cati.store.hotline import Claim

T = TypeVar("T", Adopted, FollowUp)


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was taken: rows or units in it, and how many there were before in their place."""

    count: int
    replaced: int


@dataclass(frozen=True, slots=True)
class HotlineLine:
    """One unit on the hotline.

    Attributes:
        adopted: the platform's figures, None before they were taken.
        recomputed: from its tickets.
        tickets: how many it has.
        follow_up: None while none were taken.
        score: as it counts; None before figures were adopted for the unit.
        differences: what to ask the platform about; empty before there are figures and tickets.
    """

    unit: Unit
    adopted: Figures | None
    recomputed: Figures
    tickets: int
    follow_up: FollowUp | None
    score: HotlineScore | None
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class HotlineBoard:
    """All that is known of the hotline.

    Attributes:
        lines: units whom a channel of the hotline is about, in the programme's order.
        tickets: of all of them.
        appeals_until: last day to appeal against the adopted figures, None before they were taken.
        formula: of what the satisfied are a share.
        claims: of all units.
    """

    lines: tuple[HotlineLine, ...]
    tickets: int
    appeals_until: date | None
    formula: Satisfied
    claims: tuple[Claim, ...]


def import_tickets(ctx: Context, programme: LoadedProgramme, path: Path) -> Taken:
    """Take a list of tickets, all or nothing, in place of the one before.

    Args:
        ctx: somebody who may adjust scores.
        programme: one with a channel of the hotline.
        path: .xlsx or .csv; see `cati.files.tickets`.

    Raises:
        CatiError: ``not_allowed``, ``hotline_none``, and what `read_tickets` refuses.
    """
    ctx.actor.require(Right.ADJUST)
    _refuse_without_channel(programme.programme)
    found = read_tickets(path, programme.programme.units, _zone(programme))
    with ctx.database.write() as connection:
        score_store.lock_scores(connection, programme.id)
        keys = frame_store.unit_ids(connection, programme.id)
        gone = store.put_tickets(connection, programme.id, found.tickets, keys)
        audit.record(
            ctx, connection, "import_tickets", f"programme:{programme.id}",
            file=found.name, sha256=found.sha256, rows=len(found.tickets), replaced=gone,
        )  # fmt: skip
    return Taken(len(found.tickets), gone)


def adopt(ctx: Context, programme: LoadedProgramme, path: Path) -> Taken:
    """Take the hotline's own figures, which score from now on, in place of those before.

    采信区网格中心考评结果: the document adopts what the hotline found.

    Args:
        ctx: somebody who may adjust scores.
        programme: one with a channel of the hotline.
        path: .xlsx or .csv with a row for each unit; see `cati.files.hotline_figures`.

    Raises:
        CatiError: ``not_allowed``, ``hotline_none``, and what `read_adopted` refuses.
    """
    return _take_figures(ctx, programme, path, read_adopted, store.put_adopted, "adopt_hotline")


def take_follow_up(ctx: Context, programme: LoadedProgramme, path: Path) -> Taken:
    """Take how many of last year's unresolved tickets were followed up, by unit, in place of those before.

    A unit that is not in the file had none followed up.

    Args:
        ctx: somebody who may adjust scores.
        programme: one with a channel of the hotline.
        path: .xlsx or .csv; see `cati.files.hotline_figures`.

    Raises:
        CatiError: ``not_allowed``, ``hotline_none``, and what `read_follow_up` refuses.
    """
    return _take_figures(ctx, programme, path, read_follow_up, store.put_follow_ups, "follow_up_hotline")


def _take_figures(
    ctx: Context,
    programme: LoadedProgramme,
    path: Path,
    read: Callable[[Path, Sequence[Unit]], FigureFile[T]],
    put: Callable[..., int],
    action: str,
) -> Taken:
    """Take figures of units from a file, all or nothing, in place of those before."""
    ctx.actor.require(Right.ADJUST)
    _refuse_without_channel(programme.programme)
    found = read(path, programme.programme.units)
    with ctx.database.write() as connection:
        score_store.lock_scores(connection, programme.id)
        gone = put(
            connection, programme.id, found.figures, frame_store.unit_ids(connection, programme.id),
            at=ctx.now(connection), by=ctx.actor.user_id,
        )  # fmt: skip
        audit.record(
            ctx, connection, action, f"programme:{programme.id}",
            file=found.name, sha256=found.sha256, units=len(found.figures), replaced=gone,
        )  # fmt: skip
    return Taken(len(found.figures), gone)


def board(ctx: Context, programme: LoadedProgramme) -> HotlineBoard:
    """The figures of every unit, adopted and recomputed, with what differs.

    Raises:
        CatiError: ``not_allowed``, ``hotline_none``, ``holidays_unknown``.
    """
    ctx.actor.require(Right.ADJUST)
    channels = _refuse_without_channel(programme.programme)
    zone, formula = _zone(programme), _formula(programme)
    with ctx.database.read() as connection:
        known = store.tickets(connection, programme.id, zone)
        adopted = store.adopted(connection, programme.id)
        at = store.adopted_at(connection, programme.id)
        follow_ups = store.follow_ups(connection, programme.id)
        claims = store.claims(connection, programme.id)
    by_unit: dict[str, list[Ticket]] = {}
    for ticket in known:
        by_unit.setdefault(ticket.unit, []).append(ticket)
    places = printed_places(adopted.values())
    lines = tuple(
        _line(unit, by_unit.get(unit.code, []), adopted, follow_ups, formula, places)
        for unit in programme.programme.units
        if any(channel.is_about(unit) for channel in channels)
    )
    until = None if at is None else appeal_until(at.astimezone(zone).date())
    return HotlineBoard(lines, len(known), until, formula, claims)


def scores(connection: Connection, programme: LoadedProgramme) -> dict[tuple[str, str], HotlineScore]:
    """The points of every unit with adopted figures, by codes of channel and unit."""
    channels = _channels(programme.programme)
    adopted = store.adopted(connection, programme.id) if channels else {}
    follow_ups = store.follow_ups(connection, programme.id) if adopted else {}
    return {
        (channel.code, unit.code): hotline_score(
            adopted[unit.code].figures(), _follow_up(follow_ups, unit.code)
        )
        for channel in channels
        for unit in programme.programme.units
        if channel.is_about(unit) and unit.code in adopted
    }


def claim(
    ctx: Context,
    programme: LoadedProgramme,
    number: str,
    ground: str,
    points: Decimal,
    reason: str,
    *,
    claimed_on: date | None = None,
) -> StoredAdjustment:
    """Write down that a unit claims points for a ticket, and propose them with those it has on that ground.

    Args:
        ctx: somebody who may adjust scores.
        programme: one with a channel of the hotline.
        number: of the ticket.
        ground: a key of `cati.domain.hotline.GROUNDS`.
        points: 0.05 to 0.1.
        reason: the evidence that was handed in.
        claimed_on: day on which it was handed in; None is today.

    Raises:
        CatiError: ``not_allowed``, ``hotline_none``, ``claim_ground``, ``claim_points``, ``reason_missing``,
            ``ticket_unknown``, ``claim_returned``, ``claim_dissatisfied``, ``claim_early``, ``claim_late``,
            ``claim_twice``, ``ground_unknown`` when the programme names other grounds.
    """
    ctx.actor.require(Right.ADJUST)
    _refuse_without_channel(programme.programme)
    reason = given_reason(reason)
    _refuse_claim(ground, points)
    zone = _zone(programme)
    with ctx.database.write() as connection:
        score_store.lock_scores(connection, programme.id)
        now = ctx.now(connection)
        ticket = _ticket(connection, programme, number.strip(), zone)
        day = claimed_on or now.astimezone(zone).date()
        _refuse_ticket(ticket, ground, day)
        earlier = [c for c in store.claims(connection, programme.id) if c.ground == ground]
        if any(c.number == ticket.number for c in earlier):
            raise CatiError(
                "claim_twice",
                N_("Points for ticket {number} on this ground were claimed before. Nothing was changed."),
                number=ticket.number,
            )
        new = Claim(ticket.unit, ticket.number, ground, str(points), day, reason)
        unit = programme.programme.unit(ticket.unit)
        key = frame_store.unit_ids(connection, programme.id)[unit.code]
        store.add_claim(connection, programme.id, key, new, at=now, by=ctx.actor.user_id)
        mine = [*(c for c in earlier if c.unit == unit.code), new]
        together = sum((Decimal(c.points) for c in mine), Decimal(0))
        reasons = _("; ").join(f"{c.number}: {c.reason}" for c in mine)
        made = adjustments.propose(
            ctx, connection, programme, unit, ground, together, reasons, move=Move.RECKON
        )
        audit.record(
            ctx, connection, "claim_points", f"unit:{unit.code}", code=ground, points=points, reason=reason
        )
    return made


def _refuse_claim(ground: str, points: Decimal) -> None:
    if ground not in GROUNDS:
        raise CatiError(
            "claim_ground",
            N_("There is no ground {ground} to claim points on. Nothing was changed. There are: {grounds}."),
            ground=ground,
            grounds=", ".join(GROUNDS),
        )
    if not (points.is_finite() and BONUS_LEAST <= points <= BONUS_MOST):
        raise CatiError(
            "claim_points",
            N_("{points} are not 0.05 to 0.1 points, as each claim is worth. Nothing was changed."),
            points=str(points),
        )


def _ticket(connection: Connection, programme: LoadedProgramme, number: str, zone: ZoneInfo) -> Ticket:
    found = store.ticket(connection, programme.id, number, zone)
    if found is None:
        raise CatiError(
            "ticket_unknown",
            N_("There is no ticket {number} among those imported. Nothing was changed. Check the number."),
            number=number,
        )
    return found


def _refuse_ticket(ticket: Ticket, ground: str, day: date) -> None:
    if ticket.way is Way.RETURNED:
        raise CatiError(
            "claim_returned",
            N_("Ticket {number} was returned, not closed: it earns no points. Nothing was changed."),
            number=ticket.number,
        )
    if ground != CHECKED_ON_SITE and ticket.satisfied is not True:
        raise CatiError(
            "claim_dissatisfied",
            N_("Nobody said of ticket {number} to be satisfied, as this ground asks. Nothing was changed."),
            number=ticket.number,
        )
    done = ticket.done.date()
    if day < done:
        raise CatiError(
            "claim_early",
            N_("Ticket {number} was closed on {done}, after the day of the claim. Nothing was changed."),
            number=ticket.number,
            done=done.isoformat(),
        )
    if day > (last := claim_until(done)):
        raise CatiError(
            "claim_late",
            N_(
                "Points for ticket {number} could be claimed until {last}, 15 working days after it was "
                "closed. Nothing was changed."
            ),
            number=ticket.number,
            last=last.isoformat(),
        )


def _line(
    unit: Unit,
    tickets: list[Ticket],
    adopted: dict[str, Adopted],
    follow_ups: dict[str, FollowUp],
    formula: Satisfied,
    places: int,
) -> HotlineLine:
    theirs = adopted[unit.code].figures() if unit.code in adopted else None
    follow_up = _follow_up(follow_ups, unit.code)
    return HotlineLine(
        unit,
        theirs,
        figures(tickets, formula),
        len(tickets),
        follow_up,
        None if theirs is None else hotline_score(theirs, follow_up),
        differences(unit.code, theirs, tickets, follow_up, formula, places) if theirs and tickets else (),
    )


def _follow_up(known: dict[str, FollowUp], unit: str) -> FollowUp | None:
    """Of a unit that is not in the file nothing was followed up; without a file nobody knows."""
    return known.get(unit, FollowUp(0, 0)) if known else None


def _channels(programme: Programme) -> tuple[Channel, ...]:
    return tuple(channel for channel in programme.channels if channel.kind == "hotline")


def _refuse_without_channel(programme: Programme) -> tuple[Channel, ...]:
    channels = _channels(programme)
    if not channels:
        raise CatiError(
            "hotline_none",
            N_("{programme} has no channel of the hotline. Nothing was changed. See its sheet of channels."),
            programme=programme.title,
        )
    return channels


def _zone(programme: LoadedProgramme) -> ZoneInfo:
    return ZoneInfo(programme.programme.settings.timezone)


def _formula(programme: LoadedProgramme) -> Satisfied:
    return Satisfied(programme.programme.settings.hotline_satisfied)
