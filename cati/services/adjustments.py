"""Points added to or taken from a unit: proposed, then confirmed with their effect, or waived."""

from __future__ import annotations

from decimal import Decimal

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.frames import find_unit
from cati.domain.programmes import LoadedProgramme, Unit
from cati.domain.users import Right
from cati.services import audit
from cati.services.context import Context
from cati.services.reasons import given_reason
from cati.store import frames as frame_store
from cati.store import scoring as store
from cati.store.engine import Connection
from cati.store.scoring import StoredAdjustment as StoredAdjustment

__all__ = [
    "LATE",
    "MOST_POINTS",
    "StoredAdjustment",
    "adjust",
    "listing",
    "propose",
    "propose_late",
    "settle",
]

LATE = "late"
"""Code of the rule about papers that came late."""

MOST_POINTS = Decimal(100)


def adjust(
    ctx: Context,
    programme: LoadedProgramme,
    unit: str,
    code: str,
    points: Decimal,
    reason: str,
    *,
    confirm: bool = False,
) -> StoredAdjustment:
    """Propose points for a unit on some ground, or confirm them at once, in place of any on that ground.

    Args:
        ctx: somebody who may adjust scores.
        programme: whose.
        unit: name or code of the unit.
        code: the ground, such as ``late``.
        points: -100 to 100, not 0.
        reason: evidence, and how the work was affected.
        confirm: whether they count from now on.

    Raises:
        CatiError: ``not_allowed``, ``unit_not_found``, ``code_missing``, ``ground_unknown`` when the
            programme names its grounds, ``points_out_of_range``, ``reason_missing``.
    """
    ctx.actor.require(Right.ADJUST)
    reason, code = given_reason(reason), _given_code(programme, code)
    if not points.is_finite() or not 0 < abs(points) <= MOST_POINTS:
        raise CatiError(
            "points_out_of_range",
            N_("{points} are no points to add or take. Nothing was changed. Give -100 to 100, not 0."),
            points=str(points),
        )
    found = _unit(programme, unit)
    with ctx.database.write() as connection:
        store.lock_scores(connection, programme.id)
        _put(ctx, connection, programme, found, code, points, reason, "confirmed" if confirm else "proposed")
        return _stored(connection, programme, found, code)


def propose(
    ctx: Context,
    connection: Connection,
    programme: LoadedProgramme,
    unit: Unit,
    code: str,
    points: Decimal,
    reason: str,
) -> StoredAdjustment:
    """Propose points in a transaction of the caller, who has asked for the right and locked the scores.

    Args:
        ctx, programme: see `adjust`.
        connection: a write transaction.
        unit: of the programme.
        code: the ground.
        points: see `adjust`; in place of what the unit has on that ground, which is to be confirmed anew.
        reason: evidence.

    Raises:
        CatiError: ``code_missing``, ``ground_unknown``.
    """
    code = _given_code(programme, code)
    _put(ctx, connection, programme, unit, code, points, reason, "proposed")
    return _stored(connection, programme, unit, code)


def settle(
    ctx: Context, programme: LoadedProgramme, unit: str, code: str, reason: str, *, confirm: bool
) -> StoredAdjustment:
    """Confirm or waive what was proposed for a unit on some ground.

    Args:
        ctx: somebody who may adjust scores.
        programme: whose.
        unit: name or code of the unit.
        code: the ground.
        reason: how the work was affected, or why the points are waived.
        confirm: False waives.

    Raises:
        CatiError: ``not_allowed``, ``unit_not_found``, ``adjustment_unknown``, ``reason_missing``.
    """
    ctx.actor.require(Right.ADJUST)
    reason = given_reason(reason)
    found = _unit(programme, unit)
    state = "confirmed" if confirm else "waived"
    with ctx.database.write() as connection:
        store.lock_scores(connection, programme.id)
        known = _stored(connection, programme, found, code)
        at, by = ctx.now(connection), ctx.actor.user_id
        store.settle_adjustment(connection, known.id, state=state, reason=reason, at=at, by=by)
        audit.record(
            ctx, connection, "settle_adjustment", f"unit:{found.code}", code=code, state=state, reason=reason
        )
        return _stored(connection, programme, found, code)


def propose_late(ctx: Context, programme: LoadedProgramme) -> tuple[str, ...]:
    """Propose the programme's points for every unit whose lists came late; gives the codes of new proposals.

    What somebody decided about a unit before is left as it is. A programme without such a rule proposes
    nothing.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.ADJUST)
    rule = next((a for a in programme.programme.adjustments if a.code == LATE), None)
    if rule is None:
        return ()
    with ctx.database.write() as connection:
        store.lock_scores(connection, programme.id)
        known = {a.unit for a in store.stored_adjustments(connection, programme.id) if a.code == LATE}
        new = tuple(u for u in store.late_units(connection, programme.id) if u not in known)
        for code in new:
            unit = programme.programme.unit(code)
            reason = _("The phone lists came after the deadline.")
            _put(ctx, connection, programme, unit, LATE, rule.points, reason, "proposed")
    return new


def listing(ctx: Context, programme: LoadedProgramme) -> tuple[StoredAdjustment, ...]:
    """All adjustments, whatever became of them, by unit and code.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.ADJUST)
    with ctx.database.read() as connection:
        return store.stored_adjustments(connection, programme.id)


def _put(
    ctx: Context,
    connection: Connection,
    programme: LoadedProgramme,
    unit: Unit,
    code: str,
    points: Decimal,
    reason: str,
    state: str,
) -> None:
    store.put_adjustment(
        connection,
        programme.id,
        frame_store.unit_ids(connection, programme.id)[unit.code],
        code=code,
        points=str(points),
        reason=reason,
        state=state,
        at=ctx.now(connection),
        by=ctx.actor.user_id,
    )
    audit.record(
        ctx, connection, "adjust", f"unit:{unit.code}", code=code, points=points, state=state, reason=reason
    )


def _stored(connection: Connection, programme: LoadedProgramme, unit: Unit, code: str) -> StoredAdjustment:
    for known in store.stored_adjustments(connection, programme.id):
        if (known.unit, known.code) == (unit.code, code):
            return known
    raise CatiError(
        "adjustment_unknown",
        N_(
            "Nothing was proposed for {unit} under {ground}. Nothing was changed. The scores (Ctrl+8) and "
            "“cati adjustments” show what was proposed."
        ),
        unit=unit.name,
        ground=code,
    )


def _unit(programme: LoadedProgramme, text: str) -> Unit:
    units = programme.programme.units
    found = next((u for u in units if u.code == text), None) or find_unit(units, text)
    if found is None:
        raise CatiError(
            "unit_not_found",
            N_("The programme has no unit {unit}. Nothing was changed. Check the name."),
            unit=text,
        )
    return found


def _given_code(programme: LoadedProgramme, code: str) -> str:
    code = code.strip()
    if not code or len(code) > 32:
        raise CatiError(
            "code_missing",
            N_("An adjustment needs a short name of its ground, such as late. Nothing was changed."),
        )
    grounds = [rule.code for rule in programme.programme.adjustments]
    # A mistyped ground would count beside the right one.
    if grounds and code not in grounds:
        raise CatiError(
            "ground_unknown",
            N_("The programme has no adjustment {ground}. Nothing was changed. It has: {grounds}."),
            ground=code,
            grounds=", ".join(grounds),
        )
    return code
