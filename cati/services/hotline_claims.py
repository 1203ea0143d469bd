"""Points that units claim for tickets of the hotline: claimed, added up by ground, turned down one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
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
    IN_TIME,
    Ticket,
    Way,
    claim_until,
    counts_as_on_time,
)
from cati.domain.programmes import Channel, LoadedProgramme, Programme, Unit
from cati.domain.users import Right
from cati.services import adjustments, audit
from cati.services.adjustments import StoredAdjustment
from cati.services.context import Context
from cati.services.reasons import given_reason
from cati.store import frames as frame_store
from cati.store import hotline as store
from cati.store import scoring as score_store
from cati.store.engine import Connection
from cati.store.hotline import Claim


@dataclass(frozen=True, slots=True)
class DecidedClaim:
    """A claim, and what became of it.

    Attributes:
        state: as of adjustments: proposed, confirmed or waived; it is settled with its ground, or turned
            down by itself.
        why: it was turned down, or what its ground was confirmed or waived with; empty while it is proposed.
    """

    claim: Claim
    state: str
    why: str


def listing(ctx: Context, programme: LoadedProgramme) -> tuple[DecidedClaim, ...]:
    """All claims in the order in which they came, those turned down too.

    Raises:
        CatiError: ``not_allowed``, ``hotline_none``.
    """
    ctx.actor.require(Right.ADJUST)
    refuse_without_channel(programme.programme)
    with ctx.database.read() as connection:
        return decided(connection, programme)


def decided(connection: Connection, programme: LoadedProgramme) -> tuple[DecidedClaim, ...]:
    """All claims, in a transaction of the caller, who has asked for the right."""
    settled = {(a.unit, a.code): a for a in score_store.stored_adjustments(connection, programme.id)}
    known = store.claims(connection, programme.id)
    return tuple(_decided(claim, known, settled.get((claim.unit, claim.ground))) for claim in known)


def _decided(claim: Claim, known: Sequence[Claim], ground: StoredAdjustment | None) -> DecidedClaim:
    if claim.turned_down:
        return DecidedClaim(claim, "waived", claim.turned_down)
    if ground is None or ground.state == "proposed":
        return DecidedClaim(claim, "proposed", "")
    return DecidedClaim(claim, ground.state, _settled_with(ground, known))


def _settled_with(ground: StoredAdjustment, known: Sequence[Claim]) -> str:
    """What a ground was settled with, without the reasons of the claims that stand before it."""
    mine = [c for c in known if (c.unit, c.ground) == (ground.unit, ground.code) and not c.turned_down]
    return ground.reason.removeprefix(_reasons(mine).rstrip(".。") + _("; "))


def _reasons(claims: Sequence[Claim]) -> str:
    return _("; ").join(f"{c.number}: {c.reason}" for c in claims)


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

    What was turned down stays so, be it by itself or with all of its ground, until it is claimed anew.

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
            ``ticket_unknown``, ``claim_returned``, ``claim_dissatisfied``, ``claim_not_in_time``,
            ``claim_early``, ``claim_late``, ``claim_twice``, ``ground_unknown`` when the programme names
            other grounds.
    """
    ctx.actor.require(Right.ADJUST)
    refuse_without_channel(programme.programme)
    reason = given_reason(reason)
    _refuse_claim(ground, points)
    zone = zone_of(programme)
    with ctx.database.write() as connection:
        score_store.lock_scores(connection, programme.id)
        now = ctx.now(connection)
        ticket = _ticket(connection, programme, number.strip(), zone)
        day = claimed_on or now.astimezone(zone).date()
        _refuse_ticket(ticket, ground, day)
        unit = programme.programme.unit(ticket.unit)
        _turn_down_what_was_waived(connection, programme, unit, ground)
        earlier = [c for c in store.claims(connection, programme.id) if c.ground == ground]
        before = next((c for c in earlier if c.number == ticket.number), None)
        if before is not None and not before.turned_down:
            raise CatiError(
                "claim_twice",
                N_(
                    "Points for ticket {number} on this ground were claimed before. Nothing was changed. If "
                    "that claim is wrong, turn it down first."
                ),
                number=ticket.number,
            )
        new = Claim(ticket.unit, ticket.number, ground, str(points), day, reason)
        key = frame_store.unit_ids(connection, programme.id)[unit.code]
        store.put_claim(connection, programme.id, key, new, at=now, by=ctx.actor.user_id)
        mine = [c for c in earlier if c.unit == unit.code and not c.turned_down]
        made = _propose(ctx, connection, programme, unit, ground, [*mine, new])
        audit.record(
            ctx, connection, "claim_points", f"unit:{unit.code}",
            number=ticket.number, code=ground, points=points, reason=reason,
        )  # fmt: skip
    return made


def turn_down(
    ctx: Context, programme: LoadedProgramme, number: str, ground: str, reason: str
) -> StoredAdjustment:
    """Turn a claim down; the others of its unit and ground are proposed without it, to be confirmed anew.

    It stays stored with the reason, and may be claimed anew: so a slip is put right.

    Args:
        ctx: somebody who may adjust scores.
        programme: one with a channel of the hotline.
        number: of the ticket.
        ground: as claimed.
        reason: why, such as evidence that does not suffice.

    Returns:
        What the unit has on that ground then: proposed, or waived when no claim is left.

    Raises:
        CatiError: ``not_allowed``, ``hotline_none``, ``reason_missing``, ``claim_unknown``,
            ``claim_turned_down``.
    """
    ctx.actor.require(Right.ADJUST)
    refuse_without_channel(programme.programme)
    reason, number = given_reason(reason), number.strip()
    with ctx.database.write() as connection:
        score_store.lock_scores(connection, programme.id)
        known = store.claims(connection, programme.id)
        found = next((c for c in known if (c.number, c.ground) == (number, ground)), None)
        if found is None:
            raise CatiError(
                "claim_unknown",
                N_("No points were claimed for ticket {number} on this ground. Nothing was changed."),
                number=number,
            )
        if found.turned_down:
            raise CatiError(
                "claim_turned_down",
                N_("The claim for ticket {number} was turned down before. Nothing was changed."),
                number=number,
            )
        unit = programme.programme.unit(found.unit)
        store.turn_down(connection, programme.id, found, reason)
        audit.record(
            ctx, connection, "turn_down_claim", f"unit:{unit.code}",
            number=number, code=ground, points=found.points, reason=reason,
        )  # fmt: skip
        left = [
            c for c in known if (c.unit, c.ground) == (unit.code, ground) and not c.turned_down and c != found
        ]
        now = adjustments.known(connection, programme, unit, ground)
        if left and (now is None or now.state != "waived"):
            return _propose(ctx, connection, programme, unit, ground, left)
        if now is not None and now.state != "waived":
            adjustments.settle_in(ctx, connection, programme, unit, ground, reason, confirm=False)
        return adjustments.stored(connection, programme, unit, ground)


def _turn_down_what_was_waived(
    connection: Connection, programme: LoadedProgramme, unit: Unit, ground: str
) -> None:
    """Claims whose ground was waived as a whole do not come back with the next one."""
    waived = adjustments.known(connection, programme, unit, ground)
    if waived is None or waived.state != "waived":
        return
    known = store.claims(connection, programme.id)
    why = _settled_with(waived, known)
    for one in known:
        if (one.unit, one.ground) == (unit.code, ground) and not one.turned_down:
            store.turn_down(connection, programme.id, one, why)


def _propose(
    ctx: Context,
    connection: Connection,
    programme: LoadedProgramme,
    unit: Unit,
    ground: str,
    claims: Sequence[Claim],
) -> StoredAdjustment:
    """Propose the sum of the claims of a unit on a ground, whatever was confirmed of it before."""
    together = sum((Decimal(c.points) for c in claims), Decimal(0))
    return adjustments.propose(
        ctx, connection, programme, unit, ground, together, _reasons(claims), move=Move.RECKON
    )


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
    if ground in IN_TIME and not counts_as_on_time(ticket):
        raise CatiError(
            "claim_not_in_time",
            N_("Ticket {number} was not closed in time, as this ground asks. Nothing was changed."),
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


def hotline_channels(programme: Programme) -> tuple[Channel, ...]:
    """The channels of the hotline."""
    return tuple(channel for channel in programme.channels if channel.kind == "hotline")


def refuse_without_channel(programme: Programme) -> tuple[Channel, ...]:
    """The channels of the hotline, of which there is one at least.

    Raises:
        CatiError: ``hotline_none``.
    """
    channels = hotline_channels(programme)
    if not channels:
        raise CatiError(
            "hotline_none",
            N_("{programme} has no channel of the hotline. Nothing was changed. See its sheet of channels."),
            programme=programme.title,
        )
    return channels


def zone_of(programme: LoadedProgramme) -> ZoneInfo:
    """The time zone of a programme."""
    return ZoneInfo(programme.programme.settings.timezone)
