"""Margins and the interviews they need."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cati.domain.planning import PlannedGroup, margin, needed, widest_spread

YAZHOU = (PlannedGroup(30, 15), PlannedGroup(70, 35))
GROUPS = st.lists(
    st.builds(PlannedGroup, st.integers(1, 9).map(float), st.integers(1, 60)), min_size=1, max_size=4
)


def test_fifteen_and_thirty_five_interviews_do_not_give_five_points() -> None:
    assert margin(YAZHOU, 0.9) == pytest.approx(1.6448536 * 50 * sqrt(0.09 / 15 + 0.49 / 35))
    assert margin(YAZHOU, 0.9) == pytest.approx(11.63, abs=0.005)


def test_five_points_at_ninety_percent_need_as_many_as_the_formula_of_books_says() -> None:
    one = (PlannedGroup(1, 1),)
    assert needed(one, 0.9, 5) == (271,)
    assert needed(one, 0.95, 5) == (385,)
    assert needed(one, 0.95, 3) == (1068,)


def test_groups_keep_their_proportions() -> None:
    assert needed(YAZHOU, 0.9, 5) == (82, 190)
    assert margin((PlannedGroup(30, 82), PlannedGroup(70, 190)), 0.9) <= 5


def test_a_list_asked_whole_leaves_no_doubt() -> None:
    whole = (PlannedGroup(30, 15, 15), PlannedGroup(70, 35, 35))
    assert margin(whole, 0.9) == 0
    assert needed((PlannedGroup(1, 5, 80),), 0.9, 0.001) == (80,)


def test_a_margin_that_nobody_reaches_has_no_answer() -> None:
    assert needed((PlannedGroup(1, 1),), 0.9, 0.001) is None


def test_the_widest_spread_is_half_of_the_scale() -> None:
    assert widest_spread([100, 80, 60, 40]) == 30


@given(GROUPS, st.floats(0.5, 20))
def test_what_is_needed_is_enough_and_one_less_is_not(groups: list[PlannedGroup], wanted: float) -> None:
    found = needed(groups, 0.9, wanted)
    assert found is not None
    enough = [PlannedGroup(g.weight, n) for g, n in zip(groups, found, strict=True)]
    assert margin(enough, 0.9) <= wanted
    if all(n > 1 for n in found):
        fewer = [PlannedGroup(g.weight, n - 1) for g, n in zip(groups, found, strict=True)]
        assert margin(fewer, 0.9) > wanted


@given(GROUPS, st.integers(1, 50))
def test_more_interviews_never_widen_the_margin(groups: list[PlannedGroup], more: int) -> None:
    larger = [PlannedGroup(g.weight, g.interviews + more) for g in groups]
    assert margin(larger, 0.9) <= margin(groups, 0.9)
