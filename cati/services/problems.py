"""Problems found about units: each proposes what the programme's rules take for it, once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.adjusting import Move
from cati.domain.deductions import Circumstance, Points, Problem, Relief, points_for_persons, points_of
from cati.domain.programmes import AdjustmentRule, LoadedProgramme, Unit
from cati.domain.users import Right
from cati.services import adjustments, audit
from cati.services.adjustments import StoredAdjustment
from cati.services.context import Context
from cati.services.reasons import given_reason
from cati.services.today import today_of
from cati.store import frames as frame_store
from cati.store import problems as store
from cati.store import scoring as score_store
from cati.store.engine import Connection
from cati.store.problems import StoredProblem as StoredProblem

MOST_PERSONS = 1_000


@dataclass(frozen=True, slots=True)
class Found:
    """A problem, what it costs by the rules, and what was proposed or decided.

    Attributes:
        points: None where it only counts persons held accountable, whose points are of all of them together.
        adjustment: for the problem, or for all persons on the ground; None where nothing is proposed.
        counted_with: number of the problem beside which the points for all persons stand, in a list of all;
            empty where they stand here, or are for this problem alone.
    """

    known: StoredProblem
    points: Points | None
    adjustment: StoredAdjustment | None
    counted_with: str = ""


def listing(ctx: Context, programme: LoadedProgramme) -> tuple[Found, ...]:
    """All problems, by unit, day and number; points for all persons on a ground stand beside the last.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.ADJUST)
    with ctx.database.read() as connection:
        points = score_store.stored_adjustments(connection, programme.id)
        found = [_found(programme, known, points) for known in store.listing(connection, programme.id)]
    last = {_together(one.known): one.known.number for one in found if one.known.persons}
    return tuple(
        replace(one, adjustment=None, counted_with=number)
        if one.known.persons and (number := last[_together(one.known)]) != one.known.number
        else one
        for one in found
    )


def _together(known: StoredProblem) -> tuple[str, str]:
    """Unit and ground, whose persons bring points together."""
    return known.unit, known.problem.grounds[0]


def report(
    ctx: Context,
    programme: LoadedProgramme,
    unit: str,
    number: str,
    grounds: Sequence[str],
    said: str,
    found_on: date,
    circumstances: Collection[str] = (),
    persons: int = 0,
) -> Found:
    """Write down a problem and propose what it costs; one known by its number is the same problem still.

    What is said of a known problem is added to it: its rules and circumstances become more, and only the
    highest counts. If that changes its points, they are to be confirmed anew.

    Args:
        ctx: somebody who may adjust scores.
        programme: whose rules are for problems or persons.
        unit: name or code of the unit.
        number: of the problem, at most 40 characters.
        grounds: codes of rules for each problem, or one for each person.
        said: what was found, with the evidence.
        found_on: the day, not after today.
        circumstances: words of `Circumstance`.
        persons: held accountable; 0 unless a ground counts them.

    Raises:
        CatiError: ``not_allowed``, ``unit_not_found``, ``problem_unnumbered``, ``problem_long``,
            ``grounds_unknown``, ``grounds_mixed``, ``circumstance_unknown``, ``persons_wrong``,
            ``found_later``, ``reason_missing``.
    """
    ctx.actor.require(Right.ADJUST)
    found = adjustments.given_unit(programme, unit)
    number, said = _numbered(number), given_reason(said)
    person = _checked(programme, grounds, persons)
    worse = frozenset(map(_circumstance, circumstances))
    with ctx.database.write() as connection:
        score_store.lock_scores(connection, programme.id)
        if found_on > today_of(ctx, connection, programme):
            raise CatiError(
                "found_later",
                N_(
                    "{day} is still to come. Nothing was changed. Give the day on which the "
                    "problem was found."
                ),
                day=found_on.isoformat(),
            )
        return report_in(
            ctx, connection, programme, found, number, grounds, said, found_on, worse, persons, person=person
        )


def report_in(
    ctx: Context,
    connection: Connection,
    programme: LoadedProgramme,
    unit: Unit,
    number: str,
    grounds: Sequence[str],
    said: str,
    found_on: date,
    circumstances: frozenset[Circumstance] = frozenset(),
    persons: int = 0,
    *,
    person: bool = False,
) -> Found:
    """As `report`, in a transaction of the caller, who checked what is given and locked the scores."""
    before = _known(connection, programme, unit, number)
    if before is not None and (before.persons > 0) != person:
        raise _mixed()
    named = {*grounds, *(before.problem.grounds if before else ())}
    problem = Problem(
        tuple(rule.code for rule in programme.programme.adjustments if rule.code in named),
        circumstances | (before.problem.circumstances if before else frozenset()),
        before.problem.relief if before else None,
    )
    after = StoredProblem(
        unit.code,
        number,
        said,
        before.found_on if before else found_on,
        problem,
        persons,
        before.relief_reason if before else "",
    )
    return _put_problem(ctx, connection, programme, unit, after, "report_problem")


def drop(connection: Connection, programme: LoadedProgramme, unit: Unit, number: str) -> None:
    """Forget a problem that is none, in a transaction of the caller, who took its points away."""
    store.drop(connection, frame_store.unit_ids(connection, programme.id)[unit.code], number)


def relieve(
    ctx: Context, programme: LoadedProgramme, unit: str, number: str, ground: str, left: Decimal, reason: str
) -> Found:
    """Decide that a problem costs less, or nothing.

    Args:
        ctx: somebody who may adjust scores.
        programme: whose.
        unit, number: of the problem.
        ground: code of one of the programme's grounds of relief.
        left: points still taken, 0 or more and less than by the rules.
        reason: why the ground holds.

    Raises:
        CatiError: ``not_allowed``, ``unit_not_found``, ``problem_unknown``, ``relief_unknown``,
            ``relief_none``, ``reason_missing``.
    """
    ctx.actor.require(Right.ADJUST)
    found, reason = adjustments.given_unit(programme, unit), given_reason(reason)
    known_grounds = [one.code for one in programme.programme.relief]
    if ground not in known_grounds:
        raise CatiError(
            "relief_unknown",
            N_("The programme has no ground of relief {ground}. Nothing was changed. It has: {known}."),
            ground=ground,
            known=", ".join(known_grounds),
        )
    with ctx.database.write() as connection:
        score_store.lock_scores(connection, programme.id)
        before = _known(connection, programme, found, _numbered(number))
        if before is None or before.persons:
            raise CatiError(
                "problem_unknown",
                N_("{unit} has no problem {number} that costs points. Nothing was changed."),
                unit=found.name,
                number=number,
            )
        full = points_of(programme.programme.adjustments, replace(before.problem, relief=None)).points
        if not (left.is_finite() and 0 <= left < abs(full)):
            raise CatiError(
                "relief_none",
                N_("{left} of {points} points are no relief. Nothing was changed. Give 0 or more, but less."),
                left=str(left),
                points=str(full),
            )
        problem = replace(before.problem, relief=Relief(ground, left))
        after = replace(before, problem=problem, relief_reason=reason)
        return _put_problem(ctx, connection, programme, found, after, "relieve_problem")


def _put_problem(
    ctx: Context,
    connection: Connection,
    programme: LoadedProgramme,
    unit: Unit,
    known: StoredProblem,
    action: str,
) -> Found:
    """Store a problem and propose its points, or those of all persons on its ground."""
    unit_id = frame_store.unit_ids(connection, programme.id)[unit.code]
    at, by = ctx.now(connection), ctx.actor.user_id
    store.put(connection, programme.id, unit_id, known, at=at, by=by)
    relief = known.problem.relief
    audit.record(
        ctx,
        connection,
        action,
        f"unit:{unit.code}",
        problem=known.number,
        grounds=list(known.problem.grounds),
        circumstances=sorted(known.problem.circumstances),
        persons=known.persons,
        relief="" if relief is None else relief.ground,
        reason=known.relief_reason if relief else known.said,
    )
    if programme.programme.settings.problems_in_total:
        if known.persons:
            _propose_persons(ctx, connection, programme, unit, known)
        else:
            _propose(ctx, connection, programme, unit, known)
    return _found(programme, known, score_store.stored_adjustments(connection, programme.id))


def _propose(
    ctx: Context, connection: Connection, programme: LoadedProgramme, unit: Unit, known: StoredProblem
) -> None:
    rules = programme.programme.adjustments
    points = points_of(rules, known.problem)
    waived = not points.points
    worth = points_of(rules, replace(known.problem, relief=None)).points if waived else points.points
    before = adjustments.known(connection, programme, unit, points.ground, known.number)
    if before is not None and before.basis == points.basis.as_text() and not waived:
        return
    adjustments.propose(
        ctx,
        connection,
        programme,
        unit,
        points.ground,
        worth,
        known.said,
        known.number,
        points.basis.as_text(),
        move=Move.RECKON,
    )
    if waived:
        adjustments.settle_in(
            ctx,
            connection,
            programme,
            unit,
            points.ground,
            known.relief_reason,
            confirm=False,
            problem=known.number,
        )


def _propose_persons(
    ctx: Context, connection: Connection, programme: LoadedProgramme, unit: Unit, known: StoredProblem
) -> None:
    """Points for all persons of a unit on a ground are one sum, since its bound is of all of them."""
    rule = _rules(programme)[known.problem.grounds[0]]
    persons = sum(
        one.persons
        for one in store.listing(connection, programme.id)
        if one.unit == unit.code and one.problem.grounds == known.problem.grounds
    )
    points = points_for_persons(rule, persons)
    basis = points.basis.as_text()
    before = adjustments.known(connection, programme, unit, rule.code)
    if before is None or before.basis != basis:
        adjustments.propose(
            ctx, connection, programme, unit, rule.code, points.points, known.said, basis=basis,
            move=Move.RECKON,
        )  # fmt: skip


def _found(programme: LoadedProgramme, known: StoredProblem, points: Sequence[StoredAdjustment]) -> Found:
    ground = known.problem.grounds[0]
    adjustment = next(
        (
            one
            for one in points
            if one.unit == known.unit
            and ((one.code, one.problem) == (ground, "") if known.persons else one.problem == known.number)
        ),
        None,
    )
    cost = None if known.persons else points_of(programme.programme.adjustments, known.problem)
    return Found(known, cost, adjustment)


def _known(
    connection: Connection, programme: LoadedProgramme, unit: Unit, number: str
) -> StoredProblem | None:
    return next(
        (
            one
            for one in store.listing(connection, programme.id)
            if (one.unit, one.number) == (unit.code, number)
        ),
        None,
    )


def _rules(programme: LoadedProgramme) -> dict[str, AdjustmentRule]:
    return {rule.code: rule for rule in programme.programme.adjustments}


def _checked(programme: LoadedProgramme, grounds: Sequence[str], persons: int) -> bool:
    """Whether the grounds count persons; refuses what does not go together."""
    rules = _rules(programme)
    kinds = {code: rules[code].per for code in grounds if code in rules and rules[code].per != "unit"}
    if not grounds or len(kinds) < len(set(grounds)):
        raise CatiError(
            "grounds_unknown",
            N_("{grounds}: not all are rules for problems. Nothing was changed. The programme has: {known}."),
            grounds=", ".join(grounds),
            known=", ".join(code for code, rule in rules.items() if rule.per != "unit"),
        )
    person = "person" in kinds.values()
    if person and len(kinds) > 1:
        raise _mixed()
    if not (0 < persons <= MOST_PERSONS if person else persons == 0):
        raise CatiError(
            "persons_wrong",
            N_(
                "{count} persons held accountable do not fit this ground. Nothing was changed. Give 1 or "
                "more where each brings points, else none."
            ),
            count=persons,
        )
    return person


def _mixed() -> CatiError:
    return CatiError(
        "grounds_mixed",
        N_(
            "Persons held accountable bring points on a ground of their own. Nothing was changed. Write them "
            "down under another number."
        ),
    )


def _circumstance(text: str) -> Circumstance:
    if text not in list(Circumstance):
        raise CatiError(
            "circumstance_unknown",
            N_("There is no circumstance “{text}”. Nothing was changed. Known are: {known}."),
            text=text,
            known=", ".join(Circumstance),
        )
    return Circumstance(text)


def _numbered(number: str) -> str:
    number = adjustments.given_problem(number)
    if not number:
        raise CatiError(
            "problem_unnumbered",
            N_("A problem needs a number, by which it is known when it is found again. Nothing was changed."),
        )
    return number
