"""Complaints about units: taken on the supervision line, verified or not, and what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.programmes import AdjustmentRule, LoadedProgramme
from cati.domain.users import Right
from cati.services import adjustments, audit, problems
from cati.services.adjustments import StoredAdjustment
from cati.services.context import Context
from cati.services.reasons import given_reason, given_words
from cati.services.today import today_of
from cati.store import complaints as store
from cati.store import frames as frame_store
from cati.store import scoring as score_store
from cati.store.complaints import Complaint as Complaint
from cati.store.engine import Connection

_BOUND_TO = b"complaint"


def listing(ctx: Context, programme: LoadedProgramme) -> tuple[Complaint, ...]:
    """All complaints, in the order in which they came.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.ADJUST)
    with ctx.database.read() as connection:
        return store.listing(connection, programme.id)


def take(
    ctx: Context,
    programme: LoadedProgramme,
    unit: str,
    said: str,
    heard_on: date | None = None,
    caller: str = "",
) -> Complaint:
    """Write a complaint down.

    Args:
        ctx: who took it; somebody who may adjust scores.
        programme: whose unit it is about.
        unit: name or code of the unit.
        said: what was complained of.
        heard_on: the day, not after today; None is today.
        caller: who called, only if given; it is sealed with the programme's contact key.

    Raises:
        CatiError: ``not_allowed``, ``unit_not_found``, ``reason_missing``, ``received_later``,
            ``no_contact_key``.
    """
    ctx.actor.require(Right.ADJUST)
    found, said, caller = adjustments.given_unit(programme, unit), given_reason(said), given_words(caller)
    sealed = None
    if caller:
        sealed = ctx.keys.contact_key(programme.id).seal(caller.encode(), bound_to=_BOUND_TO)
    with ctx.database.write() as connection:
        today = today_of(ctx, connection, programme)
        if heard_on is not None and heard_on > today:
            raise CatiError(
                "received_later",
                N_("{day} is still to come. Nothing was changed. Give the day of the complaint."),
                day=heard_on.isoformat(),
            )
        made = store.add(
            connection,
            programme.id,
            frame_store.unit_ids(connection, programme.id)[found.code],
            heard_on=heard_on or today,
            said=said,
            caller=sealed,
            at=ctx.now(connection),
            by=ctx.actor.user_id,
        )
        audit.record(ctx, connection, "take_complaint", f"unit:{found.code}", number=made, named=bool(caller))
        return _known(connection, programme, made)


def settle(
    ctx: Context, programme: LoadedProgramme, number: int, evidence: str, *, verified: bool, ground: str = ""
) -> Complaint:
    """Say whether a complaint is true, and propose the points of a ground if it is.

    Args:
        ctx: somebody who may adjust scores.
        programme: whose.
        number: of the complaint.
        evidence: what shows it, or that nothing does.
        verified: whether it is true.
        ground: code of the adjustment it falls under; empty proposes nothing. On one for each problem the
            complaint is such a problem.

    Raises:
        CatiError: ``not_allowed``, ``complaint_unknown``, ``complaint_settled``, ``reason_missing``,
            ``ground_unknown``, ``ground_of_persons``, ``ground_adds``, ``adjustment_confirmed``.
    """
    ctx.actor.require(Right.ADJUST)
    evidence = given_reason(evidence)
    rule = _rule(programme, ground) if verified and ground.strip() else None
    with ctx.database.write() as connection:
        score_store.lock_scores(connection, programme.id)
        known = _known(connection, programme, number)
        unit = programme.programme.unit(known.unit)
        state = "verified" if verified else "unfounded"
        at, by = ctx.now(connection), ctx.actor.user_id
        if not store.settle(connection, number, state=state, evidence=evidence, at=at, by=by):
            raise CatiError(
                "complaint_settled",
                N_(
                    "Complaint {number} is settled already. Nothing was changed. Take it up again to change "
                    "that."
                ),
                number=number,
            )
        audit.record(
            ctx,
            connection,
            "settle_complaint",
            f"unit:{unit.code}",
            number=number,
            verified=verified,
            reason=evidence,
            code="" if rule is None else rule.code,
        )
        if rule is not None and rule.per == "problem":
            problems.report_in(
                ctx, connection, programme, unit, f"T{number}", (rule.code,), evidence, known.heard_on
            )
        elif rule is not None:
            adjustments.propose(ctx, connection, programme, unit, rule.code, rule.points, evidence)
        return replace(known, state=state, evidence=evidence)


def reopen(ctx: Context, programme: LoadedProgramme, number: int, reason: str) -> Complaint:
    """Take a settled complaint up again; points that were only proposed for it fall away.

    Args:
        ctx: somebody who may adjust scores.
        programme: whose.
        number: of the complaint.
        reason: why, such as a slip or new evidence; the log keeps it with what was said before.

    Raises:
        CatiError: ``not_allowed``, ``complaint_unknown``, ``complaint_open``, ``reason_missing``,
            ``adjustment_confirmed`` where points for it count.
    """
    ctx.actor.require(Right.ADJUST)
    reason = given_reason(reason)
    with ctx.database.write() as connection:
        score_store.lock_scores(connection, programme.id)
        known = _known(connection, programme, number)
        if known.state == "open":
            raise CatiError(
                "complaint_open", N_("Complaint {number} is not settled. Nothing was changed."), number=number
            )
        unit = programme.programme.unit(known.unit)
        for points in _proposed_for(connection, programme, known):
            adjustments.drop(ctx, connection, unit, points)
            if points.code == adjustments.LATE:
                adjustments.reckon_late(ctx, connection, programme)
        problems.drop(connection, programme, unit, f"T{number}")
        store.reopen(connection, number)
        audit.record(
            ctx, connection, "reopen_complaint", f"unit:{unit.code}",
            number=number, verified=known.state == "verified", before=known.evidence, reason=reason,
        )  # fmt: skip
        return replace(known, state="open", evidence="")


def _proposed_for(
    connection: Connection, programme: LoadedProgramme, known: Complaint
) -> list[StoredAdjustment]:
    """The points that a verified complaint brought: its problem's, or those whose reason is its evidence."""
    if known.state != "verified":
        return []
    mine = [a for a in score_store.stored_adjustments(connection, programme.id) if a.unit == known.unit]
    return [
        one
        for one in mine
        if one.problem == f"T{known.id}"
        or (not one.problem and one.state != "waived" and one.reason.startswith(known.evidence))
    ]


def caller(ctx: Context, programme: LoadedProgramme, number: int) -> str:
    """Who made a complaint, empty where nobody gave a name; that it was looked up is written down.

    Raises:
        CatiError: ``not_allowed``, ``complaint_unknown``, ``no_contact_key``, ``contacts_destroyed``.
    """
    ctx.actor.require(Right.ADJUST)
    with ctx.database.write() as connection:
        known = _known(connection, programme, number)
        sealed = store.caller(connection, number)
        if sealed is None:
            return ""
        plain = ctx.keys.contact_key(programme.id).open(sealed, bound_to=_BOUND_TO)
        audit.record(ctx, connection, "see_complainant", f"unit:{known.unit}", number=number)
    return plain.decode()


def _known(connection: Connection, programme: LoadedProgramme, number: int) -> Complaint:
    found = next((one for one in store.listing(connection, programme.id) if one.id == number), None)
    if found is None:
        raise CatiError(
            "complaint_unknown",
            N_("There is no complaint {number}. Nothing was changed. Look at the list of complaints."),
            number=number,
        )
    return found


def _rule(programme: LoadedProgramme, ground: str) -> AdjustmentRule:
    rules = {rule.code: rule for rule in programme.programme.adjustments}
    if ground not in rules:
        raise CatiError(
            "ground_unknown",
            N_("The programme has no adjustment {ground}. Nothing was changed. It has: {grounds}."),
            ground=ground,
            grounds=", ".join(rules),
        )
    if rules[ground].per == "person":
        raise CatiError(
            "ground_of_persons",
            N_("{ground} counts persons held accountable, not complaints. Nothing was changed."),
            ground=ground,
        )
    if rules[ground].points > 0:
        raise CatiError(
            "ground_adds",
            N_("{ground} adds points, and a complaint that is true takes some. Nothing was changed."),
            ground=rules[ground].label,
        )
    return rules[ground]
