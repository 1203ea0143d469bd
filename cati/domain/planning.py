"""How sure a score or a share is with so many interviews, and how many interviews a margin needs.

The textbook formulas for a stratified sample: the variance of a weighed mean is
Σ (w_g / Σw)² (1 − n_g/N_g) s² / n_g, and the margin is as many standard errors as the level wants.
Yazhou 2023, section 7, wants 90 % and 5 points and plans 15 and 35 interviews weighed 30 and 70.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from cati.domain.variance import margin_factor

SHARE_SPREAD = 50.0
"""The widest standard deviation of a share, in percentage points: half of the people each way."""

MOST = 10_000_000
"""More interviews than anybody asks for."""


@dataclass(frozen=True, slots=True)
class PlannedGroup:
    """A kind of respondent of a unit.

    Attributes:
        weight: in any unit that is the same for all groups, > 0.
        interviews: planned, >= 1.
        population: people on its list, None for many.
    """

    weight: float
    interviews: int
    population: int | None = None


def margin(groups: Sequence[PlannedGroup], level: float, spread: float = SHARE_SPREAD) -> float:
    """How far the figure of a unit may lie from that of all its people, to either side.

    Args:
        groups: of the unit, at least one.
        level: of confidence, 0 to 1.
        spread: standard deviation of the answers of one group; the margin is in its unit.
    """
    total = sum(group.weight for group in groups)
    variance = sum((group.weight / total) ** 2 * _uncovered(group) / group.interviews for group in groups)
    return margin_factor(level) * spread * sqrt(variance)


def needed(
    groups: Sequence[PlannedGroup], level: float, wanted: float, spread: float = SHARE_SPREAD
) -> tuple[int, ...] | None:
    """The fewest interviews of each group whose margin is not beyond the wanted one.

    The groups keep the proportions in which they are planned.

    Args:
        groups: of the unit, as planned.
        level: of confidence, 0 to 1.
        wanted: margin, > 0, in the unit of the spread.
        spread: standard deviation of the answers of one group.

    Returns:
        None where more than `MOST` interviews would be needed.
    """
    planned = sum(group.interviews for group in groups)

    def of(whole: int) -> list[PlannedGroup]:
        # At least one each, and nobody is asked twice.
        found = []
        for group in groups:
            interviews = max(1, -(-whole * group.interviews // planned))
            if group.population is not None:
                interviews = max(1, min(interviews, group.population))
            found.append(PlannedGroup(group.weight, interviews, group.population))
        return found

    low, high = 1, 1
    while margin(of(high), level, spread) > wanted:
        low, high = high + 1, high * 2
        if high > MOST:
            return None
    while low < high:
        middle = (low + high) // 2
        if margin(of(middle), level, spread) > wanted:
            low = middle + 1
        else:
            high = middle
    return tuple(group.interviews for group in of(low))


def widest_spread(points: Sequence[float]) -> float:
    """The widest standard deviation of answers with these points: half of them lowest, half highest."""
    return (max(points) - min(points)) / 2


def _uncovered(group: PlannedGroup) -> float:
    if group.population is None:
        return 1.0
    return max(0.0, 1 - group.interviews / group.population) if group.population else 0.0
