"""What the planned interviews of a programme give, and what a margin would take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.planning import SHARE_SPREAD, PlannedGroup, margin, needed, widest_spread
from cati.domain.programmes import LoadedProgramme
from cati.domain.score_plan import score_plan
from cati.domain.users import Right
from cati.services.context import Context
from cati.store import scoring as store


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """What the planned interviews of one unit give.

    Attributes:
        populations: usable entries of its lists, group by group, None where no list is in.
        share: margin of a share of its people, in percentage points, at its widest.
        score: margin of one item's score, in points, at its widest.
    """

    unit: str
    populations: tuple[int | None, ...]
    share: float
    score: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What planned interviews give and what a margin takes.

    Attributes:
        level: of confidence, 0 to 1.
        groups: labels of the groups, in the programme's order.
        interviews: planned of each group and unit.
        share: margin of a share from long lists, in percentage points, at its widest.
        score: margin of one item's score from long lists, in points, at its widest.
        wanted: the margin asked for, in percentage points of a share.
        needed: interviews of each group and unit that it takes; None beyond all measure.
        units: with their lists.
    """

    level: float
    groups: tuple[str, ...]
    interviews: tuple[int, ...]
    share: float
    score: float
    wanted: float
    needed: tuple[int, ...] | None
    units: tuple[UnitPlan, ...]


def plan(ctx: Context, programme: LoadedProgramme, wanted: float, level: float | None = None) -> Plan:
    """What the interviews a programme plans give, unit by unit, and what a margin takes.

    Args:
        ctx: somebody who may set programmes up.
        programme: whose.
        wanted: margin of a share, > 0 and < 50 percentage points.
        level: of confidence, 0 to 1; None takes the programme's.

    Raises:
        CatiError: ``not_allowed``, ``margin_wrong``, ``no_interviews_planned``.
    """
    ctx.actor.require(Right.SET_UP_PROGRAMME)
    definition = programme.programme
    level = float(definition.settings.confidence_level) if level is None else level
    if not (0 < wanted < SHARE_SPREAD and 0 < level < 1):
        raise CatiError(
            "margin_wrong",
            N_("A margin is more than 0 and less than 50 points, a level more than 0 and less than 100 %."),
        )
    asked = [group for group in definition.groups if group.quota]
    if not asked:
        raise CatiError("no_interviews_planned", N_("The programme plans no interviews by telephone."))
    points = [float(y) for item in score_plan(definition).items for y in item.points.values()]
    spread = widest_spread(points) if points else 0.0
    with ctx.database.read() as connection:
        sizes = {(c.unit, c.group): c.population for c in store.cell_sizes(connection, programme.id)}
    weights = _weights([None if g.weight is None else float(g.weight) for g in asked])
    long = [PlannedGroup(w, g.quota) for w, g in zip(weights, asked, strict=True)]
    units = []
    for unit in definition.units:
        known = tuple(sizes.get((unit.code, group.code)) or None for group in asked)
        groups = [
            PlannedGroup(w, g.quota if n is None else min(g.quota, n), n)
            for w, g, n in zip(weights, asked, known, strict=True)
        ]
        units.append(UnitPlan(unit.name, known, margin(groups, level), margin(groups, level, spread)))
    return Plan(
        level,
        tuple(group.label for group in asked),
        tuple(group.quota for group in asked),
        margin(long, level),
        margin(long, level, spread),
        wanted,
        needed(long, level, wanted),
        tuple(units),
    )


def _weights(given: Sequence[float | None]) -> list[float]:
    """What each group weighs: groups without a weight share what the others leave of 100 percent."""
    without = sum(weight is None for weight in given)
    left = max(0.0, 100 - sum(weight for weight in given if weight is not None))
    return [left / without if weight is None else weight for weight in given]
