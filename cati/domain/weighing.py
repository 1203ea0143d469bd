"""Weighing the answers of several groups to several items into one score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

Number = TypeVar("Number", Fraction, float)

Pattern = tuple[str | None, ...]
"""One interview: the answer to each item in order, None where it was not asked."""

Points = Mapping[str, Fraction]
"""Points of each answer that counts; any other answer leaves the denominator."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """The interviews of one weighted group, or of all groups that are pooled.

    Attributes:
        weight: of the group, in any unit that is the same for all.
        patterns: how many interviews answered like this.
        counts: of each item, how often each answer was given.
        population: entries that could have been drawn, None if unknown.
        groups: codes of the group or groups.
    """

    label: str
    weight: Fraction
    patterns: Mapping[Pattern, int]
    counts: tuple[Mapping[str, int], ...]
    population: int | None
    groups: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Interviews."""
        return sum(self.patterns.values())


def stratum(
    label: str,
    weight: Fraction,
    collected: Sequence[Mapping[Pattern, int]],
    population: int | None,
    places: Sequence[int],
    codes: tuple[str, ...] = (),
) -> Stratum:
    """Put the interviews of some groups together.

    Args:
        label: name for notes.
        weight: of the whole.
        collected: how many interviews of each group answered like this.
        population: entries of all the groups, None if unknown.
        places: which places of a pattern are kept, the items that apply.
        codes: of the groups.
    """
    patterns: Counter[Pattern] = Counter()
    counts: list[Counter[str]] = [Counter() for _ in places]
    for group in collected:
        for pattern, times in group.items():
            kept = tuple([pattern[place] for place in places])
            patterns[kept] += times
            for answer, count in zip(kept, counts, strict=True):
                if answer is not None:
                    count[answer] += times
    return Stratum(label, weight, patterns, tuple(counts), population, codes)


def mean(points: Points, answers: Mapping[str, int]) -> Fraction | None:
    """Σ points / number of counted answers; None when there is none."""
    n = counted(points, answers)
    return (
        sum((points[a] * times for a, times in answers.items() if a in points), Fraction(0)) / n
        if n
        else None
    )


def counted(points: Points, answers: Mapping[str, int]) -> int:
    """How many of the answers count."""
    return sum(times for answer, times in answers.items() if answer in points)


def weighted_mean(weights: Sequence[Number], values: Sequence[Number | None]) -> Number | None:
    """Σ w·v / Σ w over the values that are there; None when they weigh nothing."""
    total = weight = None
    for w, v in zip(weights, values, strict=True):
        if v is None or not w:
            continue
        total = w * v if total is None else total + w * v
        weight = w if weight is None else weight + w
    return None if total is None or weight is None else total / weight


def combined(
    item_weights: Sequence[Number],
    group_weights: Sequence[Number],
    means: Sequence[Sequence[Number | None]],
    *,
    items_first: bool,
) -> Number | None:
    """Weigh the means of groups and items into one score.

    Groups are weighed inside each item, then items; `items_first` turns that round. The weight of what is
    missing goes to the rest in proportion.

    Args:
        item_weights: of each item.
        group_weights: of each group.
        means: by group, then item; None where nobody gave a counted answer.
        items_first: weigh items inside each group before groups are weighed.
    """
    if items_first:
        return weighted_mean(group_weights, [weighted_mean(item_weights, row) for row in means])
    columns = [[row[place] for row in means] for place in range(len(item_weights))]
    return weighted_mean(item_weights, [weighted_mean(group_weights, column) for column in columns])
