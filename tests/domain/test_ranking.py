"""Composite, adjustments, final scores and ranks."""

from dataclasses import replace
from fractions import Fraction
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cati.domain.ranking import Adjustment, final_interval, neighbours, ranking, ranks, shown
from cati.domain.score_plan import WeightedChannel
from cati.domain.scoring import OpinionScore, opinion_score
from tests.domain.score_plans import PHONE, PUBLIC, a_plan, patterns, worked_example

LATE = Adjustment("late", Fraction(-5), "lists came on 27 January")


def a_phone_score(score: Fraction | None, variance: float | None = None) -> OpinionScore:
    return OpinionScore(score, 50, variance, None, {}, {}, None, ())


def test_the_worked_example_ends_at_84_36() -> None:
    plan = a_plan()
    phone = {("phone", "u1"): opinion_score(plan, "u1", worked_example())}
    (line,) = ranking(plan, phone, {("public", "u1"): Fraction(91)}, {"u1": [LATE]})
    assert line.channels["phone"].score == Fraction("87.72")
    assert line.composite == Fraction("89.36")
    assert line.final == Fraction("84.36")
    assert (line.rank, line.rank_in_series, line.channels["public"].rank) == (1, 1, 1)


def test_without_a_channel_there_is_no_composite_and_the_reason_is_said() -> None:
    plan = a_plan(units=2)
    phone = {("phone", "u1"): a_phone_score(Fraction(90)), ("phone", "u2"): a_phone_score(None)}
    first, second = ranking(plan, phone, {("public", "u2"): Fraction(80)}, {"u1": [LATE]})
    assert (first.composite, first.final, first.rank, first.rank_in_series) == (None, None, None, None)
    assert str(first.notes[0]) == "There is no composite: public has no score."
    assert str(second.notes[0]) == "There is no composite: phone has no score."
    assert first.channels["phone"].rank == 1
    assert second.channels["phone"].rank is None


def test_a_channel_that_does_not_apply_gives_its_weight_to_the_others_and_that_is_said() -> None:
    plan = replace(a_plan(units=2), in_points=True)
    phone = {("phone", "u1"): a_phone_score(Fraction(90), 1.0), ("phone", "u2"): a_phone_score(Fraction(90))}
    exempt = {("public", "u1"), ("phone", "u2"), ("public", "u2")}
    first, second = ranking(plan, phone, {}, {}, exempt)
    assert (first.composite, first.exempt) == (Fraction(90), frozenset({"public"}))
    assert [str(note) for note in first.notes] == [
        "public does not apply to the unit: the other channels share its weight."
    ]
    interval = final_interval(plan, first)
    assert interval is not None
    assert interval[0] == pytest.approx(90 - NormalDist().inv_cdf(0.95))
    assert second.composite is None


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
    phone = {("phone", f"u{n}"): a_phone_score(Fraction(90 - n)) for n in range(1, 5)}
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
            ("phone", "u1"): opinion_score(plan, "u1", {"staff": one}),  # type: ignore[dict-item]
            ("phone", "u2"): opinion_score(plan, "u2", {"staff": of_other}),  # type: ignore[dict-item]
        }
        line = ranking(plan, phone, {}, {})[0]
        return line.final, line.composite, line.channels["phone"].behind

    assert final(other) == final(third)


def test_channels_weigh_as_the_programme_says() -> None:
    channels = (
        replace(PHONE, weight=Fraction(70)),
        WeightedChannel("leaders", "leaders", Fraction(30), "leaders"),
    )
    plan = a_plan(channels=channels)
    (line,) = ranking(
        plan, {("phone", "u1"): a_phone_score(Fraction(80))}, {("leaders", "u1"): Fraction(90)}, {}
    )
    assert line.composite == Fraction(83)


def test_a_programme_without_interviews_is_ranked_by_its_other_channels() -> None:
    plan = a_plan(units=2, channels=(PUBLIC,))
    lines = ranking(plan, {}, {("public", "u1"): Fraction(80), ("public", "u2"): Fraction(90)}, {})
    assert [line.rank for line in lines] == [2, 1]
    assert [line.differs_from_next for line in lines] == [None, None]


def test_neighbours_in_the_ranking_are_told_apart_or_not() -> None:
    plan = a_plan(units=3)
    phone = {
        ("phone", f"u{n}"): a_phone_score(Fraction(score), 1.0) for n, score in ((1, 80), (2, 95), (3, 94))
    }
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
    plan_level = NormalDist().inv_cdf(0.95)
    heard = {
        ("phone", "u1"): a_phone_score(Fraction(80), 1.0),
        ("phone", "u2"): a_phone_score(Fraction(99), 4.0),
    }
    finished = {("public", "u1"): Fraction(90), ("public", "u2"): Fraction(90)}
    first, second = ranking(plan, heard, finished, {"u1": [LATE]})
    assert first.final == 80
    sure = ranking(plan, {("phone", "u1"): a_phone_score(Fraction(70))}, finished, {})[0]
    assert final_interval(plan, sure) is None
    assert final_interval(plan, first) == pytest.approx((80 - plan_level / 2, 80 + plan_level / 2))
    assert final_interval(plan, second) == pytest.approx((94.5 - plan_level, 95.0))


def test_a_channel_in_which_people_answered_adds_to_the_interval() -> None:
    plan = a_plan()
    heard = {
        ("phone", "u1"): a_phone_score(Fraction(80), 9.0),
        ("public", "u1"): a_phone_score(Fraction(90), 16.0),
    }
    (line,) = ranking(plan, heard, {}, {})
    reach = NormalDist().inv_cdf(0.95) * 2.5
    assert line.composite == 85
    assert final_interval(plan, line) == pytest.approx((85 - reach, 85 + reach))


OPINION = WeightedChannel("opinion", "opinion", Fraction(25), "")
LEADERS = WeightedChannel("leaders", "leaders", Fraction(25), "")
PEOPLE = WeightedChannel("people", "people", Fraction(15), "ballots", "opinion")
HOTLINE = WeightedChannel("hotline", "hotline", Fraction(10), "hotline", "opinion")
FOUR = WeightedChannel("four", "four", Fraction(20), "leaders", "leaders")
PEERS = WeightedChannel("peers", "peers", Fraction(5), "leaders", "leaders")


def test_channels_of_channels_in_points_add_up_as_the_points_say() -> None:
    plan = replace(a_plan(channels=(OPINION, PEOPLE, HOTLINE, LEADERS, FOUR, PEERS)), in_points=True)
    given = {"people": 90, "hotline": 80, "four": 95, "peers": 70}
    (line,) = ranking(plan, {}, {(code, "u1"): Fraction(score) for code, score in given.items()}, {})
    assert line.channels["opinion"].score == Fraction(15 * 90 + 10 * 80, 25)
    assert line.channels["leaders"].score == 90
    assert line.composite == Fraction("13.5") + 8 + 19 + Fraction("3.5")


def test_a_channel_that_is_not_about_a_series_is_not_missed_there() -> None:
    towns = replace(HOTLINE, series=("series 1",))
    flat = (replace(PEOPLE, parent=""), replace(towns, parent=""))
    percent, points = (replace(a_plan(units=2, channels=flat), in_points=is_so) for is_so in (False, True))
    finished = {
        ("people", "u1"): Fraction(80),
        ("hotline", "u1"): Fraction(90),
        ("people", "u2"): Fraction(60),
    }
    assert [line.composite for line in ranking(percent, {}, finished, {})] == [84, 60]
    assert [line.composite for line in ranking(points, {}, finished, {})] == [21, 9]
    del finished["hotline", "u1"]
    assert [line.composite for line in ranking(percent, {}, finished, {})] == [None, 60]


def test_a_channel_that_is_worth_nothing_is_not_waited_for() -> None:
    top = WeightedChannel("top", "opinion", Fraction(100), "")
    parts = (replace(PHONE, parent="top"), replace(PUBLIC, weight=Fraction(0), parent="top"))
    phone = {("phone", "u1"): a_phone_score(Fraction(90))}
    for channels in ((PHONE, replace(PUBLIC, weight=Fraction(0))), (top, *parts)):
        (line,) = ranking(a_plan(channels=channels), phone, {}, {})
        assert line.composite == 90
        assert not line.notes
    assert line.channels["top"].score == 90


def test_a_channel_of_channels_has_no_score_while_one_of_them_misses() -> None:
    plan = a_plan(channels=(OPINION, PEOPLE, HOTLINE))
    (line,) = ranking(plan, {}, {("people", "u1"): Fraction(90)}, {})
    assert (line.channels["opinion"].score, line.composite) == (None, None)
    assert [str(note) for note in line.notes] == ["There is no composite: hotline has no score."]


@st.composite
def trees(draw: st.DrawFn) -> tuple[WeightedChannel, ...]:
    """Channels of any depth; each weighs 1 to 9 and is a part of an earlier one or of the composite."""
    channels: list[WeightedChannel] = []
    for n in range(draw(st.integers(1, 8))):
        parent = draw(st.sampled_from(["", *(c.code for c in channels)]))
        weight = Fraction(draw(st.integers(1, 9)))
        channels.append(WeightedChannel(f"c{n}", f"c{n}", weight, "ballots", parent))
    return tuple(channels)


@given(trees(), st.lists(st.fractions(0, 100), min_size=8, max_size=8))
def test_the_composite_is_the_channels_weighed_level_by_level(
    channels: tuple[WeightedChannel, ...], scores: list[Fraction]
) -> None:
    plan = a_plan(channels=channels)
    finished = {(c.code, "u1"): score for c, score in zip(channels, scores, strict=False)}

    def by_hand(parent: str) -> Fraction:
        parts = [c for c in channels if c.parent == parent]
        values = [
            by_hand(c.code) if any(o.parent == c.code for o in channels) else finished[c.code, "u1"]
            for c in parts
        ]
        weighed = sum((c.weight * v for c, v in zip(parts, values, strict=True)), Fraction(0))
        return weighed / sum(c.weight for c in parts)

    (line,) = ranking(plan, {}, finished, {})
    assert line.composite == by_hand("")
    assert sum(plan.shares("series 1").values()) == 1


def test_neighbours_are_those_among_the_lines_given() -> None:
    plan = a_plan(units=3)
    scores = {"u1": 90, "u2": 89, "u3": 60}
    phone = {("phone", unit): a_phone_score(Fraction(score), 1.0) for unit, score in scores.items()}
    finished = {("public", unit): Fraction(score) for unit, score in scores.items()}
    lines = ranking(plan, phone, finished, {})
    assert neighbours(plan, lines) == [False, True, None]
    assert neighbours(plan, [lines[0], lines[2]]) == [True, None]
    assert neighbours(plan, lines, "phone") == [False, True, None]
    assert neighbours(plan, lines, "public") == [None, None, None]
