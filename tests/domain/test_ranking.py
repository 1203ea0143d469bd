"""Composite, adjustments, final scores and ranks."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cati.domain.ranking import Adjustment, final_interval, neighbours, ranking, ranks, shown
from cati.domain.scoring import PhoneScore, WeightedChannel, phone_score
from tests.domain.score_plans import PHONE, PUBLIC, a_plan, patterns, worked_example

LATE = Adjustment("late", Fraction(-5), "lists came on 27 January")


def a_phone_score(score: Fraction | None, variance: float | None = None) -> PhoneScore:
    return PhoneScore(score, 50, variance, None, {}, {}, None, ())


def test_the_worked_example_ends_at_84_36() -> None:
    plan = a_plan()
    phone = {"u1": phone_score(plan, "u1", worked_example())}
    (line,) = ranking(plan, phone, {("public", "u1"): Fraction(91)}, {"u1": [LATE]})
    assert line.channels["phone"].score == Fraction("87.72")
    assert line.composite == Fraction("89.36")
    assert line.final == Fraction("84.36")
    assert (line.rank, line.rank_in_series, line.channels["public"].rank) == (1, 1, 1)


def test_without_a_channel_there_is_no_composite_and_the_reason_is_said() -> None:
    plan = a_plan(units=2)
    phone = {"u1": a_phone_score(Fraction(90)), "u2": a_phone_score(None)}
    first, second = ranking(plan, phone, {("public", "u2"): Fraction(80)}, {"u1": [LATE]})
    assert (first.composite, first.final, first.rank, first.rank_in_series) == (None, None, None, None)
    assert str(first.notes[0]) == "There is no composite: public has no score."
    assert str(second.notes[0]) == "There is no composite: phone has no score."
    assert first.channels["phone"].rank == 1
    assert second.channels["phone"].rank is None


def test_equal_scores_share_a_rank_and_the_next_is_left_out() -> None:
    values = [Fraction(n) for n in (80, 90, 80, 70)]
    assert ranks(values) == [2, 1, 2, 4]
    assert ranks([None, *values]) == [None, 2, 1, 2, 4]


def test_ranks_go_by_exact_values_not_by_what_is_shown() -> None:
    close = [Fraction(8000001, 100000), Fraction(80)]
    assert shown(close[0]) == shown(close[1])
    assert ranks(close) == [1, 2]


@given(st.lists(st.fractions(0, 100), max_size=12))
def test_a_rank_is_one_more_than_the_number_of_better_units(values: list[Fraction]) -> None:
    assert ranks(values) == [1 + sum(other > value for other in values) for value in values]


def test_ranks_are_also_given_within_series_and_after_adjustments() -> None:
    plan = a_plan(units=4, channels=(PHONE,))
    phone = {f"u{n}": a_phone_score(Fraction(90 - n)) for n in range(1, 5)}
    lines = ranking(plan, phone, {}, {"u1": [LATE]})
    assert [line.final for line in lines] == [84, 88, 87, 86]
    assert [line.rank for line in lines] == [4, 1, 2, 3]
    assert [line.rank_in_series for line in lines] == [2, 1, 1, 2]


@given(patterns(2), patterns(2), patterns(2))
def test_a_score_never_depends_on_the_answers_about_another_unit(
    one: object, other: object, third: object
) -> None:
    plan = a_plan(units=2, weights=(60, 40), channels=(PHONE,))

    def final(of_other: object) -> tuple[object, ...]:
        phone = {
            "u1": phone_score(plan, "u1", {"staff": one}),  # type: ignore[dict-item]
            "u2": phone_score(plan, "u2", {"staff": of_other}),  # type: ignore[dict-item]
        }
        line = ranking(plan, phone, {}, {})[0]
        return line.final, line.composite, line.channels["phone"].phone

    assert final(other) == final(third)


def test_channels_weigh_as_the_programme_says() -> None:
    channels = (
        replace(PHONE, weight=Fraction(70)),
        WeightedChannel("leaders", "leaders", Fraction(30), "leaders"),
    )
    plan = a_plan(channels=channels)
    (line,) = ranking(plan, {"u1": a_phone_score(Fraction(80))}, {("leaders", "u1"): Fraction(90)}, {})
    assert line.composite == Fraction(83)


def test_a_programme_without_interviews_is_ranked_by_its_other_channels() -> None:
    plan = a_plan(units=2, channels=(PUBLIC,))
    lines = ranking(plan, {}, {("public", "u1"): Fraction(80), ("public", "u2"): Fraction(90)}, {})
    assert [line.rank for line in lines] == [2, 1]
    assert [line.differs_from_next for line in lines] == [None, None]


def test_neighbours_in_the_ranking_are_told_apart_or_not() -> None:
    plan = a_plan(units=3)
    phone = {f"u{n}": a_phone_score(Fraction(score), 1.0) for n, score in ((1, 80), (2, 95), (3, 94))}
    public = {("public", f"u{n}"): Fraction(90) for n in range(1, 4)}
    lines = ranking(plan, phone, public, {})
    assert [line.channels["phone"].differs_from_next for line in lines] == [None, False, True]
    assert [line.differs_from_next for line in lines] == [None, False, True]
    assert [line.channels["public"].differs_from_next for line in lines] == [None, None, None]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("84.365", "84.37"),
        ("84.364999", "84.36"),
        ("100", "100.00"),
        ("-5", "-5.00"),
        ("-0.004", "0.00"),
        ("-0.005", "-0.01"),
        ("0.05", "0.05"),
    ],
)
def test_scores_are_rounded_half_up_only_when_shown(value: str, text: str) -> None:
    assert shown(Fraction(value)) == text


def test_the_interval_of_a_final_score_is_that_of_the_interviews_by_their_weight() -> None:
    plan = a_plan(units=2)
    heard = PhoneScore(Fraction(80), 50, 1.0, (78.0, 83.0), {}, {}, None, ())
    finished = {("public", "u1"): Fraction(90), ("public", "u2"): Fraction(90)}
    lines = ranking(plan, {"u1": heard, "u2": a_phone_score(Fraction(70))}, finished, {"u1": [LATE]})
    assert lines[0].final == 80
    assert final_interval(plan, lines[0]) == (79.0, 81.5)
    assert final_interval(plan, lines[1]) is None


def test_neighbours_are_those_among_the_lines_given() -> None:
    plan = a_plan(units=3)
    scores = {"u1": 90, "u2": 89, "u3": 60}
    phone = {unit: a_phone_score(Fraction(score), 1.0) for unit, score in scores.items()}
    finished = {("public", unit): Fraction(score) for unit, score in scores.items()}
    lines = ranking(plan, phone, finished, {})
    assert neighbours(plan, lines) == [False, True, None]
    assert neighbours(plan, [lines[0], lines[2]]) == [True, None]
    assert neighbours(plan, lines, "phone") == [False, True, None]
    assert neighbours(plan, lines, "public") == [None, None, None]
