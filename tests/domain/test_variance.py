"""Variance of a score: linearisation, jackknife, and what they are used for."""

import random
from collections import Counter
from fractions import Fraction
from statistics import variance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cati.domain.variance import differ, interval, jackknifed, linearised, margin_factor, score_variance
from cati.domain.weighing import Pattern, Stratum, stratum
from tests.domain.score_plans import ANSWERS, POINTS, YAZHOU_WEIGHTS

ITEMS = [POINTS] * 10
WEIGHTS = [float(w) for w in YAZHOU_WEIGHTS]


def a_stratum(
    patterns: list[Pattern], weight: int = 1, population: int | None = None, items: int = 10
) -> Stratum:
    return stratum("g", Fraction(weight), [Counter(patterns)], population, range(items))


def interviews(seed: int, n: int) -> list[Pattern]:
    chance = random.Random(seed)
    return [tuple(chance.choices(ANSWERS, (45, 30, 10, 5, 5, 3, 2), k=10)) for _ in range(n)]


def test_of_one_complete_item_it_is_the_variance_of_a_mean() -> None:
    patterns: list[Pattern] = [("1",), ("2",), ("2",), ("4",), ("3",)]
    expected = float(variance([100, 80, 80, 40, 60])) / 5 * (1 - 5 / 50)
    s = a_stratum(patterns, population=50, items=1)
    assert linearised([POINTS], [1.0], [s], items_first=False) == pytest.approx(expected, rel=1e-12)
    assert jackknifed([POINTS], [1.0], [s], items_first=False) == pytest.approx(expected, rel=1e-9)


def test_groups_add_with_the_square_of_their_share() -> None:
    patterns: list[Pattern] = [("1",), ("2",), ("4",)]
    alone = linearised([POINTS], [1.0], [a_stratum(patterns, items=1)], items_first=False)
    both = linearised(
        [POINTS],
        [1.0],
        [a_stratum(patterns, 30, items=1), a_stratum(patterns, 70, items=1)],
        items_first=False,
    )
    assert both == pytest.approx((0.09 + 0.49) * alone, rel=1e-12)


@given(st.integers(0, 10_000), st.booleans())
def test_linearisation_agrees_with_the_jackknife(seed: int, items_first: bool) -> None:
    strata = [a_stratum(interviews(seed, 15), 30, 200), a_stratum(interviews(seed + 1, 35), 70, 400)]
    one = linearised(ITEMS, WEIGHTS, strata, items_first=items_first)
    other = jackknifed(ITEMS, WEIGHTS, strata, items_first=items_first)
    assert other == pytest.approx(one, rel=0.15)


def test_on_average_both_agree_to_some_three_per_cent() -> None:
    ratios = []
    for seed in range(0, 400, 2):
        strata = [a_stratum(interviews(seed, 15), 30), a_stratum(interviews(seed + 1, 35), 70)]
        other = jackknifed(ITEMS, WEIGHTS, strata, items_first=False)
        assert other is not None
        ratios.append(other / linearised(ITEMS, WEIGHTS, strata, items_first=False))
    assert sum(ratios) / len(ratios) == pytest.approx(1, abs=0.03)


def test_where_an_item_misses_a_whole_group_the_jackknife_is_taken() -> None:
    one = a_stratum([("0", *p[1:]) for p in interviews(1, 15)], 30)
    other = a_stratum(interviews(2, 35), 70)
    taken = score_variance(ITEMS, WEIGHTS, [one, other], items_first=False)
    assert taken == jackknifed(ITEMS, WEIGHTS, [one, other], items_first=False)
    assert taken != linearised(ITEMS, WEIGHTS, [one, other], items_first=False)
    inside = score_variance(ITEMS, WEIGHTS, [one, other], items_first=True)
    assert inside == linearised(ITEMS, WEIGHTS, [one, other], items_first=True)


def test_an_item_nobody_answered_does_not_call_for_the_jackknife() -> None:
    strata = [a_stratum([("0", *p[1:]) for p in interviews(n, 20)]) for n in (1, 2)]
    taken = score_variance(ITEMS, WEIGHTS, strata, items_first=False)
    assert taken == linearised(ITEMS, WEIGHTS, strata, items_first=False)


def test_a_single_interview_of_a_longer_list_has_no_variance() -> None:
    lone = a_stratum([("1",) * 10], population=2)
    assert score_variance(ITEMS, WEIGHTS, [lone], items_first=False) is None
    whole = a_stratum([("1",) * 10], population=1)
    assert score_variance(ITEMS, WEIGHTS, [whole], items_first=False) == 0
    assert score_variance(ITEMS, WEIGHTS, [], items_first=False) is None


def test_without_the_only_counted_answer_there_is_no_jackknife() -> None:
    lone = a_stratum([("1",), ("0",)], items=1)
    assert jackknifed([POINTS], [1.0], [lone], items_first=False) is None


def test_an_interval_reaches_as_far_as_its_level_says() -> None:
    assert margin_factor(0.9) == pytest.approx(1.6449, abs=1e-4)
    assert margin_factor(0.95) == pytest.approx(1.95996, abs=1e-4)
    low, high = interval(80, 4.0, 0.95, 40, 100) or (0, 0)
    assert (low, high) == pytest.approx((80 - 2 * 1.95996, 80 + 2 * 1.95996), abs=1e-3)
    assert interval(80, None, 0.95, 40, 100) is None


def test_an_interval_stays_on_the_scale() -> None:
    assert interval(99.9, 25.0, 0.9, 40, 100) == pytest.approx((91.68, 100), abs=0.01)


def test_neighbours_differ_when_their_distance_is_beyond_chance() -> None:
    assert differ((90, 1.0), (80, 1.0), 0.9) is True
    assert differ((81, 1.0), (80, 1.0), 0.9) is False
    assert differ((90, None), (80, 1.0), 0.9) is None
