"""Ballots keyed twice, and what of them counts."""

from hypothesis import given
from hypothesis import strategies as st

from cati.domain.ballots import (
    NONE_TICKED,
    SEVERAL_TICKED,
    Ballots,
    Difference,
    Line,
    differences,
    is_void,
    lines,
    packed,
    pattern,
    settled,
    void_lines,
)

ANSWERS = st.sampled_from(["good", "fair", "bad", NONE_TICKED, SEVERAL_TICKED])
LINES = st.tuples(ANSWERS, ANSWERS)
BALLOTS = st.dictionaries(
    st.integers(1, 9), st.dictionaries(st.sampled_from(["u1", "u2", "u3"]), LINES, min_size=1), max_size=6
)


@given(LINES)
def test_a_line_is_scored_as_it_was_ticked_and_not_where_it_was_not_or_twice(line: Line) -> None:
    assert pattern(packed(line)) == tuple(None if a in "-*" else a for a in line)
    assert is_void(line) == (pattern(packed(line)) == (None, None))


@given(BALLOTS)
def test_equal_keyings_differ_nowhere_and_are_taken_as_they_are(ballots: Ballots) -> None:
    assert differences(ballots, ballots, 2) == ()
    assert settled(ballots, ballots, {}, 2) == (ballots, ())


@given(BALLOTS, BALLOTS)
def test_a_third_look_at_every_difference_leaves_none_open_and_changes_nothing_else(
    first: Ballots, second: Ballots
) -> None:
    found = differences(first, second, 2)
    assert {(d.ballot, d.unit, d.place) for d in found} == {
        (d.ballot, d.unit, d.place) for d in differences(second, first, 2)
    }
    looks = {(d.ballot, d.unit, d.place): "good" for d in found}
    ballots, open_ones = settled(first, second, looks, 2)
    assert open_ones == ()
    for number, unit, line in lines(ballots):
        for place, answer in enumerate(line):
            if (number, unit, place) in looks:
                assert answer == "good"
            else:
                assert answer == first[number][unit][place] == second[number][unit][place]


def test_a_line_that_one_keying_misses_is_a_difference() -> None:
    first: Ballots = {1: {"u1": ("good",)}}
    second: Ballots = {1: {"u1": ("good",), "u2": ("bad",)}}
    assert differences(first, second, 1) == (Difference(1, "u2", 0, None, "bad"),)
    assert settled(first, second, {}, 1)[1] == (Difference(1, "u2", 0, None, "bad"),)


def test_void_lines_are_counted_over_all_ballots() -> None:
    ballots: Ballots = {1: {"u1": ("good",), "u2": (NONE_TICKED,)}, 2: {"u1": (SEVERAL_TICKED,)}}
    assert void_lines(ballots) == 2


def test_a_questionnaire_about_one_unit_is_void_only_if_nothing_on_it_counts() -> None:
    """Guangxi 2015: staff are mailed a questionnaire about their own unit; it has no line of any other."""
    blank, several = (NONE_TICKED,), (SEVERAL_TICKED,)
    ballots: Ballots = {
        1: {"u1": ("good",), "u2": blank, "u3": blank},
        2: {"u1": blank, "u2": several, "u3": blank},
        3: {"u1": blank, "u2": blank, "u3": blank},
    }
    assert void_lines(ballots) == 8
    assert void_lines(ballots, about_one=True) == 2
