"""Points added to or taken from a unit: proposed, then confirmed with their effect, or waived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.adjusting import MOST_POINTS, Move, after, bounds
from cati.domain.deductions import BY_LISTS
from cati.domain.frames import DEADLINE, find_unit, is_late
from cati.domain.hotline import is_for_tickets
from cati.domain.names import ground_words
from cati.domain.programmes import AdjustmentRule, LoadedProgramme, Programme, Unit
from cati.domain.users import Right
from cati.services import audit
from cati.services.context import Context
from cati.services.reasons import given_reason, given_words
from cati.store import frames as frame_store
from cati.store import register
from cati.store import scoring as store
from cati.store.engine import Connection
from cati.store.frames import StoredFrame
from cati.store.scoring import StoredAdjustment as StoredAdjustment

LATE = "late"
"""Code of the rule about papers that came late."""

LONGEST_PROBLEM, LONGEST_DOCUMENT = 40, 200
"""Characters of the numbers of a problem and of a document."""


def adjust(
    ctx: Context,
    programme: LoadedProgramme,
    unit: str,
    code: str,
    points: Decimal,
    reason: str,
    *,
    confirm: bool = False,
    problem: str = "",
    less: str = "",
) -> StoredAdjustment:
    """Propose points for a unit on some ground, or confirm them at once, in place of any that do not count.

    Args:
        ctx: somebody who may adjust scores.
        programme: whose.
        unit: name or code of the unit.
        code: the ground, such as ``late``, or what it is called.
        points: -100 to 100, not 0.
        reason: evidence, and how the work was affected.
        confirm: whether they count from now on.
        problem: number of the problem they are for, in place of any for that problem; empty where the ground
            counts once.
        less: why they are fewer than the ground gives or takes, or empty.

    Raises:
        CatiError: ``not_allowed``, ``unit_not_found``, ``code_missing``, ``ground_unknown`` when the
            programme names its grounds, ``points_out_of_range``, ``reason_missing``, ``problem_long``,
            ``ground_of_problems`` for a ground that does not count once where no problem is given,
            ``points_beyond_ground`` for more than the ground gives or takes, or the opposite of it,
            ``points_less`` for fewer without saying why, ``adjustment_confirmed`` where some count already.
    """
    ctx.actor.require(Right.ADJUST)
    reason, less, code = given_reason(reason), given_words(less), _given_code(programme, code)
    rule = next((one for one in programme.programme.adjustments if one.code == code), None)
    if rule is not None and rule.per != "unit" and not problem.strip():
        raise CatiError(
            "ground_of_problems",
            N_(
                "{ground} is counted for each problem. Nothing was changed. Write the problem down in the "
                "register: R at the lists, or “cati problem report”."
            ),
            ground=rule.label,
        )
    if is_for_tickets(programme.programme, code):
        raise CatiError(
            "ground_of_tickets",
            N_(
                "{ground} is counted for tickets of the hotline. Nothing was changed. Claim it with the "
                "number of the ticket: H at the scores, or “cati hotline claim”."
            ),
            ground=code if rule is None else rule.label,
        )
    if not points.is_finite() or not 0 < abs(points) <= MOST_POINTS:
        raise CatiError(
            "points_out_of_range",
            N_("{points} are no points to add or take. Nothing was changed. Give -100 to 100, not 0."),
            points=str(points),
        )
    if _is_less(rule, points, less):
        reason = given_words(_("{reason} (less, because: {why})").format(reason=reason, why=less))
    found, problem = given_unit(programme, unit), given_problem(problem)
    move = Move.GIVE if confirm else Move.PROPOSE
    with ctx.database.write() as connection:
        store.lock_scores(connection, programme.id)
        _put(ctx, connection, programme, found, code, points, reason, move, problem)
        return stored(connection, programme, found, code, problem)


def propose(
    ctx: Context,
    connection: Connection,
    programme: LoadedProgramme,
    unit: Unit,
    code: str,
    points: Decimal,
    reason: str,
    problem: str = "",
    basis: str = "",
    *,
    move: Move = Move.PROPOSE,
) -> StoredAdjustment:
    """Propose points in a transaction of the caller, who has asked for the right and locked the scores.

    Args:
        ctx, programme: see `adjust`.
        connection: a write transaction.
        unit: of the programme.
        code: the ground.
        points: see `adjust`; in place of what the unit has on that ground.
        reason: evidence.
        problem: see `adjust`.
        basis: how the points come about.
        move: `Move.RECKON` where they may take the place of what counts, which is to be confirmed anew.

    Raises:
        CatiError: ``code_missing``, ``ground_unknown``, ``adjustment_confirmed``.
    """
    code = _given_code(programme, code)
    _put(ctx, connection, programme, unit, code, points, reason, move, problem, basis)
    return stored(connection, programme, unit, code, problem)


def settle(
    ctx: Context,
    programme: LoadedProgramme,
    unit: str,
    code: str,
    reason: str,
    *,
    confirm: bool,
    problem: str = "",
    document: str = "",
) -> StoredAdjustment:
    """Confirm or waive what was proposed for a unit on some ground.

    Args:
        ctx: somebody who may adjust scores.
        programme: whose.
        unit: name or code of the unit.
        code: the ground.
        reason: how the work was affected, or why the points are waived.
        confirm: False waives.
        problem: number of the problem they are for, or empty.
        document: number of the document that waives them, or empty.

    Raises:
        CatiError: ``not_allowed``, ``unit_not_found``, ``adjustment_unknown``, ``adjustment_confirmed``,
            ``reason_missing``.
    """
    ctx.actor.require(Right.ADJUST)
    reason, document = given_reason(reason), given_document(document)
    found, code = given_unit(programme, unit), _named(programme, code)
    with ctx.database.write() as connection:
        store.lock_scores(connection, programme.id)
        settle_in(
            ctx,
            connection,
            programme,
            found,
            code,
            reason,
            confirm=confirm,
            problem=problem,
            document=document,
        )
        return stored(connection, programme, found, code, problem)


def settle_in(
    ctx: Context,
    connection: Connection,
    programme: LoadedProgramme,
    unit: Unit,
    code: str,
    reason: str,
    *,
    confirm: bool,
    problem: str = "",
    document: str = "",
) -> None:
    """Settle in a transaction of the caller, who has asked for the right and locked the scores; see `settle`.

    Raises:
        CatiError: ``adjustment_unknown``, ``adjustment_confirmed``.
    """
    known = stored(connection, programme, unit, code, problem)
    state = _moved(known, unit, Move.CONFIRM if confirm else Move.WAIVE)
    # What counts is told with its evidence.
    evident = confirm and known.state == "proposed"
    said = _("; ").join((known.reason.rstrip(".。"), reason)) if evident else reason
    store.settle_adjustment(
        connection,
        known.id,
        state=state,
        reason=said,
        document=document,
        at=ctx.now(connection),
        by=ctx.actor.user_id,
    )
    audit.record(
        ctx,
        connection,
        "settle_adjustment",
        f"unit:{unit.code}",
        code=code,
        problem=problem,
        state=state,
        reason=reason,
        document=document,
    )


def known(
    connection: Connection, programme: LoadedProgramme, unit: Unit, code: str, problem: str = ""
) -> StoredAdjustment | None:
    """What was proposed or decided for a unit on a ground, or for a problem whatever the ground."""
    for one in store.stored_adjustments(connection, programme.id):
        same = one.problem == problem if problem else (one.code, one.problem) == (code, "")
        if one.unit == unit.code and same:
            return one
    return None


def propose_late(ctx: Context, programme: LoadedProgramme) -> tuple[str, ...]:
    """Propose the programme's points for every unit whose lists came late; gives the codes of new proposals.

    What somebody decided about a unit before is left as it is. A programme without such a rule proposes
    nothing.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.ADJUST)
    with ctx.database.write() as connection:
        store.lock_scores(connection, programme.id)
        return reckon_late(ctx, connection, programme)


def reckon_late(ctx: Context, connection: Connection, programme: LoadedProgramme) -> tuple[str, ...]:
    """As `propose_late`; the caller has asked for the right and locked the scores."""
    waived = register.waived(connection, programme.id, DEADLINE)
    late = [unit for unit in store.late_units(connection, programme.id) if unit not in waived]
    frames = frame_store.stored_frames(connection, programme.id)
    wrong = {unit: _lateness(programme.programme, unit, frames) for unit in late}
    return reckon_lists(ctx, connection, programme, LATE, wrong)


def _lateness(programme: Programme, unit: str, frames: Sequence[StoredFrame]) -> str:
    """Which lists of a unit came when, and when they were due."""
    deadline = programme.settings.deadlines.get(DEADLINE)
    # A file is late as a whole; its list that was in time is not what to reproach.
    labels: dict[date, list[str]] = {}
    for frame in frames:
        if frame.current and frame.unit == unit and is_late(frame.submitted_on, deadline):
            assert frame.submitted_on is not None
            assert frame.group is not None
            labels.setdefault(frame.submitted_on, []).append(programme.group(frame.group).label)
    if deadline is None or not labels:
        # The deadline was moved since they came.
        return _("The lists came after the deadline.")
    said = [
        _("list {groups}: handed in {day}").format(groups=_(", ").join(groups), day=day.isoformat())
        for day, groups in sorted(labels.items())
    ]
    return _("{lists}; due by {deadline}.").format(lists=_("; ").join(said), deadline=deadline.isoformat())


def reckon_lists(
    ctx: Context, connection: Connection, programme: LoadedProgramme, code: str, wrong: Mapping[str, str]
) -> tuple[str, ...]:
    """Let the proposals on a ground follow the lists in force: new ones, others, or none any more.

    What somebody decided about a unit, or proposed himself, is left as it is. A programme without such a
    rule proposes nothing.

    Args:
        ctx, programme: see `adjust`; the caller has asked for the right and locked the scores.
        connection: a write transaction.
        code: the ground.
        wrong: what is wrong with the lists, by code of the unit; whose lists are well is not named.

    Returns:
        Codes of the units about which something is proposed now and was not before.
    """
    rule = next((a for a in programme.programme.adjustments if a.code == code), None)
    if rule is None:
        return ()
    found = {
        a.unit: a
        for a in store.stored_adjustments(connection, programme.id)
        if (a.code, a.problem) == (code, "")
    }
    open_ = {u: a for u, a in found.items() if a.state == "proposed" and a.basis == BY_LISTS}
    for unit, reason in wrong.items():
        if unit not in found or (unit in open_ and open_[unit].reason != reason):
            propose(
                ctx, connection, programme, programme.programme.unit(unit), code, rule.points, reason,
                basis=BY_LISTS,
            )  # fmt: skip
    for unit, fallen in open_.items():
        if unit not in wrong:
            drop(ctx, connection, programme.programme.unit(unit), fallen)
    return tuple(unit for unit in wrong if unit not in found)


def drop(ctx: Context, connection: Connection, unit: Unit, fallen: StoredAdjustment) -> None:
    """Take points away for which there is no reason any more, in a transaction of the caller; see `propose`.

    Raises:
        CatiError: ``adjustment_confirmed`` where they count: only somebody takes those away.
    """
    if fallen.state == "confirmed":
        raise _refuse_confirmed(fallen, unit)
    store.drop_adjustment(connection, fallen.id)
    audit.record(
        ctx, connection, "drop_adjustment", f"unit:{unit.code}",
        code=fallen.code, points=fallen.points, reason=fallen.reason,
    )  # fmt: skip


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
    move: Move,
    problem: str = "",
    basis: str = "",
) -> None:
    state = _moved(known(connection, programme, unit, code, problem), unit, move)
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
        problem=problem,
        basis=basis,
    )
    audit.record(
        ctx,
        connection,
        "adjust",
        f"unit:{unit.code}",
        code=code,
        problem=problem,
        points=points,
        state=state,
        reason=reason,
    )


def _moved(known: StoredAdjustment | None, unit: Unit, move: Move) -> str:
    """The state of points after a move.

    Raises:
        CatiError: ``adjustment_confirmed``, the only one there is to refuse: points that are known can be
            settled, and others are not settled.
    """
    state = after(known.state if known is not None else "", move)
    if state is None:
        assert known is not None
        raise _refuse_confirmed(known, unit)
    return state


def _refuse_confirmed(known: StoredAdjustment, unit: Unit) -> CatiError:
    return CatiError(
        "adjustment_confirmed",
        N_(
            "{points} points of {unit} on this ground are confirmed already, and it counts once. Nothing "
            "was changed. Waive them first if they are wrong: P at the scores, or “cati waive”."
        ),
        points=known.points,
        unit=unit.name,
    )


def _is_less(rule: AdjustmentRule | None, points: Decimal, why: str) -> bool:
    """Whether points are fewer than the ground gives, which is a decision and has a reason of its own.

    More, or the opposite of it, is a slip of the hand.
    """
    if rule is None or not rule.points:
        return False
    fewest, most = bounds(rule)
    if not 0 < points / most <= 1:
        raise CatiError(
            "points_beyond_ground",
            N_("{ground} is worth {most} points at most, not {points}. Nothing was changed."),
            ground=rule.label,
            most=format(most, "f"),
            points=format(points, "f"),
        )
    if abs(points) >= abs(fewest):
        return False
    if not why:
        raise CatiError(
            "points_less",
            N_("{ground} is worth {most} points, not {points}. Nothing was changed. Say why it is less."),
            ground=rule.label,
            most=format(fewest, "f"),
            points=format(points, "f"),
        )
    return True


def stored(
    connection: Connection, programme: LoadedProgramme, unit: Unit, code: str, problem: str = ""
) -> StoredAdjustment:
    """What was proposed or decided for a unit on a ground.

    Raises:
        CatiError: ``adjustment_unknown``.
    """
    found = known(connection, programme, unit, code, problem)
    if found is not None and found.code == code:
        return found
    raise CatiError(
        "adjustment_unknown",
        N_(
            "Nothing was proposed for {unit} under {ground}. Nothing was changed. The scores (Ctrl+8) and "
            "“cati adjustments” show what was proposed."
        ),
        unit=unit.name,
        ground=code,
    )


def given_unit(programme: LoadedProgramme, text: str) -> Unit:
    """The unit of a code or name.

    Raises:
        CatiError: ``unit_not_found``.
    """
    units = programme.programme.units
    found = next((u for u in units if u.code == text), None) or find_unit(units, text)
    if found is None:
        raise CatiError(
            "unit_not_found",
            N_("The programme has no unit {unit}. Nothing was changed. Check the name."),
            unit=text,
        )
    return found


def given_problem(number: str) -> str:
    """The number of a problem on one line; empty without one.

    Raises:
        CatiError: ``problem_long``.
    """
    sentence = N_("The number of a problem has at most {most} characters. Nothing was changed. Shorten it.")
    return _given_number(number, LONGEST_PROBLEM, "problem_long", sentence)


def given_document(number: str) -> str:
    """The number of a document on one line; empty without one.

    Raises:
        CatiError: ``document_long``.
    """
    sentence = N_("The number of a document has at most {most} characters. Nothing was changed. Shorten it.")
    return _given_number(number, LONGEST_DOCUMENT, "document_long", sentence)


def _given_number(number: str, most: int, code: str, sentence: str) -> str:
    number = " ".join(number.split())
    if len(number) > most:
        raise CatiError(code, sentence, most=most)
    return number


def _named(programme: LoadedProgramme, text: str) -> str:
    """The code of a ground that is given by code or name; what is neither stays as it is."""
    text = text.strip()
    rules = programme.programme.adjustments
    named = (rule.code for rule in rules if text in (rule.code, rule.label, *rule.labels.values()))
    return next(named, text)


def _given_code(programme: LoadedProgramme, code: str) -> str:
    code = _named(programme, code)
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
            grounds=_("; ").join(f"{code} {ground_words(programme.programme, code)}" for code in grounds),
        )
    return code
