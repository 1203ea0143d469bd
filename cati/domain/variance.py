"""How far a score may lie from the one all listed people together would give."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, sqrt
from statistics import NormalDist

from cati.domain.weighing import Pattern, Points, Stratum, combined, counted, mean


def score_variance(
    points: Sequence[Points], item_weights: Sequence[float], strata: Sequence[Stratum], *, items_first: bool
) -> float | None:
    """The variance of a score, by linearisation where that is right, else by the jackknife.

    Linearisation takes each item's mean in a group as a ratio; where an item misses a whole group the weights
    of the groups differ between items, and the jackknife is taken.

    Args:
        points: of each item.
        item_weights: of each item.
        strata: the interviews by group.
        items_first: items are weighed inside each group before groups are.

    Returns:
        None when a group that was not asked whole has a single interview.
    """
    heard = [s for s in strata if s.n and s.weight]
    if not heard or any(s.n < 2 and _uncovered(s) for s in heard):
        return None
    if items_first or not _misses_a_group(points, heard):
        return linearised(points, item_weights, heard, items_first=items_first)
    return jackknifed(points, item_weights, heard, items_first=items_first)


def linearised(
    points: Sequence[Points], item_weights: Sequence[float], strata: Sequence[Stratum], *, items_first: bool
) -> float:
    """Σ over groups of (w_g/Σw)² (1 − n_g/N_g) s²_z / n_g.

    The z of an interview is Σ over its counted answers of (w_i/W)(n_g/n_ig)(y − S_ig), which has mean 0; W
    sums the weights of the items that were answered at all, or answered in the group when `items_first`.

    Args:
        points: of each item.
        item_weights: of each item.
        strata: groups with weight and at least one interview each.
        items_first: items are weighed inside each group before groups are.
    """
    everywhere = [sum(counted(p, s.counts[i]) for s in strata) for i, p in enumerate(points)]
    total_weight = sum(float(s.weight) for s in strata)
    variance = 0.0
    for s in strata:
        here = [counted(p, s.counts[i]) for i, p in enumerate(points)]
        asked = here if items_first else everywhere
        weight_sum = sum(w for w, n in zip(item_weights, asked, strict=True) if n)
        tables: list[dict[str | None, float]] = []
        for i, (p, w, n) in enumerate(zip(points, item_weights, here, strict=True)):
            centre = mean(p, s.counts[i])
            factor = w / weight_sum * s.n / n if n and weight_sum else 0.0
            tables.append({a: factor * float(y - centre) for a, y in p.items()} if centre is not None else {})
        squares = fsum(times * _z(tables, pattern) ** 2 for pattern, times in s.patterns.items())
        if uncovered := _uncovered(s):
            variance += (float(s.weight) / total_weight) ** 2 * uncovered * squares / (s.n - 1) / s.n
    return variance


def _z(tables: Sequence[dict[str | None, float]], pattern: Pattern) -> float:
    return sum([table.get(answer, 0.0) for table, answer in zip(tables, pattern, strict=True)])


def jackknifed(
    points: Sequence[Points], item_weights: Sequence[float], strata: Sequence[Stratum], *, items_first: bool
) -> float | None:
    """Σ over groups of (1 − n_g/N_g) (n_g − 1)/n_g Σ (score without one interview − their mean)².

    Args:
        points: of each item.
        item_weights: of each item.
        strata: groups with weight and at least one interview each.
        items_first: items are weighed inside each group before groups are.

    Returns:
        None when nothing is left to score without some one interview.
    """
    values = [{answer: float(y) for answer, y in p.items()} for p in points]
    weights = [float(s.weight) for s in strata]
    sums = [
        [
            (float((mean(p, s.counts[i]) or 0) * counted(p, s.counts[i])), counted(p, s.counts[i]))
            for i, p in enumerate(points)
        ]
        for s in strata
    ]
    means = [[total / n if n else None for total, n in row] for row in sums]
    variance = 0.0
    for g, s in enumerate(strata):
        whole = means[g]
        without: list[tuple[float, int]] = []
        for pattern, times in s.patterns.items():
            means[g] = [
                _mean_without(v, a, t, n) for v, a, (t, n) in zip(values, pattern, sums[g], strict=True)
            ]
            score = combined(item_weights, weights, means, items_first=items_first)
            if score is None:
                return None
            without.append((score, times))
        means[g] = whole
        centre = fsum(times * score for score, times in without) / s.n
        squares = fsum(times * (score - centre) ** 2 for score, times in without)
        variance += _uncovered(s) * (s.n - 1) / s.n * squares
    return variance


def _mean_without(values: dict[str, float], answer: str | None, total: float, n: int) -> float | None:
    """The mean of an item when one interview with this answer is left out."""
    if answer in values:
        total, n = total - values[answer], n - 1
    return total / n if n else None


def _uncovered(s: Stratum) -> float:
    """1 − n/N: nothing is uncertain about a list that was asked whole."""
    return 1.0 if s.population is None else max(0.0, 1 - s.n / s.population) if s.population else 0.0


def _misses_a_group(points: Sequence[Points], strata: Sequence[Stratum]) -> bool:
    for i, p in enumerate(points):
        n = [counted(p, s.counts[i]) for s in strata]
        if any(n) and not all(n):
            return True
    return False


def margin_factor(level: float) -> float:
    """Standard errors to either side that an interval of this level (0 to 1) reaches."""
    return NormalDist().inv_cdf((1 + level) / 2)


def interval(
    score: float, variance: float | None, level: float, lowest: float, highest: float
) -> tuple[float, float] | None:
    """The interval around a score at a level, inside the scale.

    Args:
        score: in points.
        variance: in points², None if it could not be estimated.
        level: 0 to 1.
        lowest: fewest points there are.
        highest: most points there are.
    """
    if variance is None:
        return None
    reach = margin_factor(level) * sqrt(variance)
    return max(lowest, score - reach), min(highest, score + reach)


def differ(one: tuple[float, float | None], other: tuple[float, float | None], level: float) -> bool | None:
    """Whether two scores with their variances differ at a level; None when a variance is missing."""
    if one[1] is None or other[1] is None:
        return None
    return abs(one[0] - other[0]) > margin_factor(level) * sqrt(one[1] + other[1])
