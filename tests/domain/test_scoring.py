"""Scores of one unit from its interviews."""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from cati.domain.programmes import Channel, Choice, Group, Programme, Question, Settings, Unit
from cati.domain.score_plan import WeightedGroup, score_plan
from cati.domain.scoring import Collected, opinion_score, working
from cati.domain.weighing import Pattern
from tests.domain.score_plans import POINTS, REFUSED, UNCLEAR, UNKNOWN, a_plan, of, patterns, worked_example


def samples(items: int) -> st.SearchStrategy[Mapping[str, Collected]]:
    return st.fixed_dictionaries({"staff": patterns(items), "served": patterns(items)})


def test_the_worked_example_of_the_phone_channel() -> None:
    score = opinion_score(a_plan(), "u1", worked_example())
    assert score.items["i1"].score == 93
    assert {score.items[f"i{n}"].score for n in range(2, 11)} == {87}
    assert score.score == Fraction("87.72")
    assert score.n == 4
    assert score.items["i1"].n == 3
    assert score.items["i1"].answers == {"0": 1, "1": 2, "2": 1}
    assert score.shares == {UNKNOWN: Fraction(1, 40)}


@given(samples(3), st.booleans())
def test_interviews_in_another_order_give_the_same_score(
    sample: Mapping[str, Collected], first: bool
) -> None:
    plan = a_plan(weights=(50, 30, 20), items_first=first)
    turned = {
        group: Collected(Counter(dict(reversed(list(c.patterns.items())))))
        for group, c in reversed(list(sample.items()))
    }
    assert opinion_score(plan, "u1", turned) == opinion_score(plan, "u1", sample)


@given(samples(3), st.booleans())
def test_a_score_lies_between_the_fewest_and_the_most_points(
    sample: Mapping[str, Collected], first: bool
) -> None:
    score = opinion_score(a_plan(weights=(50, 30, 20), items_first=first), "u1", sample)
    assert score.score is None or 40 <= score.score <= 100
    if score.interval is not None and score.score is not None:
        low, high = score.interval
        assert 40 <= low <= float(score.score) <= high <= 100


@given(
    st.lists(st.sampled_from([UNKNOWN, UNCLEAR, REFUSED, "1", None]), min_size=3, max_size=3), st.booleans()
)
def test_nothing_but_the_best_answer_is_a_hundred(pattern: list[str | None], first: bool) -> None:
    plan = a_plan(weights=(50, 30, 20), items_first=first)
    sample = {"staff": of(("1", "1", None), tuple(pattern)), "served": of(("1", None, "1"))}
    assert opinion_score(plan, "u1", sample).score == 100


@given(samples(2))
def test_an_answer_that_does_not_count_leaves_numerator_and_denominator(
    sample: Mapping[str, Collected],
) -> None:
    plan = a_plan(weights=(60, 40))
    more = dict(sample)
    more["staff"] = Collected(Counter(sample["staff"].patterns) + Counter([(UNKNOWN, REFUSED)]))
    assert opinion_score(plan, "u1", more).score == opinion_score(plan, "u1", sample).score


@given(samples(3))
def test_both_ways_of_weighing_agree_when_nothing_is_missing(sample: Mapping[str, Collected]) -> None:
    full = {g: of(("2", "1", "4"), *(p for p in c.patterns if None not in p)) for g, c in sample.items()}
    one, other = (
        opinion_score(a_plan(weights=(50, 30, 20), items_first=f), "u1", full) for f in (False, True)
    )
    assert one.score == other.score


def test_weighing_items_first_differs_where_a_group_misses_an_item() -> None:
    sample = {"staff": of(("1", None)), "served": of(("3", "3"))}
    items_inside = opinion_score(a_plan(weights=(50, 50), items_first=True), "u1", sample)
    groups_inside = opinion_score(a_plan(weights=(50, 50)), "u1", sample)
    assert items_inside.score == Fraction(30 * 100 + 70 * 60, 100)
    assert groups_inside.score == Fraction(72 + 60, 2)


def test_groups_without_weight_are_pooled() -> None:
    sample = {"staff": of(("1",)), "served": of(("4",), ("4",), ("4",))}
    score = opinion_score(a_plan(weights=(100,), groups={"staff": None, "served": None}), "u1", sample)
    assert score.score == Fraction(100 + 3 * 40, 4)


def test_pooled_groups_carry_what_the_weighted_leave() -> None:
    groups = {"staff": 30, "served": None, "public": None}
    sample = {"staff": of(("1",)), "served": of(("4",), ("4",)), "public": of(("2",), ("2",))}
    score = opinion_score(a_plan(weights=(100,), groups=groups), "u1", sample)
    assert score.score == Fraction(30 * 100 + 70 * 60, 100)


def notes_of(sample: Mapping[str, Collected], **changes: object) -> list[str]:
    plan = a_plan(weights=(60, 40), **changes)  # type: ignore[arg-type]
    return [str(note) for note in opinion_score(plan, "u1", sample).notes]


def test_an_item_nobody_answered_gives_its_weight_to_the_others_and_is_listed() -> None:
    sample = {"staff": of(*[("1", UNKNOWN)] * 5), "served": of(("1", REFUSED))}
    assert opinion_score(a_plan(weights=(60, 40)), "u1", sample).score == 100
    assert notes_of(sample) == ["item 2 has no counted answer; its weight went to the other items."]


def test_a_group_without_interviews_gives_its_weight_to_the_others_and_is_listed() -> None:
    sample = {"served": of(*[("2", "2")] * 5)}
    assert opinion_score(a_plan(weights=(60, 40)), "u1", sample).score == 80
    assert notes_of(sample) == ["Nobody of staff was heard; its weight went to the other groups."]


def test_an_item_that_misses_a_group_is_listed() -> None:
    sample = {"staff": of(("1", UNKNOWN), ("1", UNKNOWN)), "served": of(*[("2", "2")] * 5)}
    assert notes_of(sample) == ["item 2 has no counted answer of staff; the other groups stand for it."]


def test_an_item_declared_not_applicable_is_left_out_whatever_was_answered() -> None:
    sample = {"staff": of(*[("1", "4")] * 5), "served": of(*[("1", "8")] * 5)}
    plan = a_plan(weights=(60, 40), not_applicable=frozenset({("u1", "i2")}))
    score = opinion_score(plan, "u1", sample)
    assert score.score == 100
    assert list(score.items) == ["i1"]
    assert [note.code for note in score.notes] == ["not_applicable"]
    assert opinion_score(plan, "u2", sample).score != 100


def test_an_item_with_fewer_than_five_counted_answers_is_marked() -> None:
    sample = {"staff": of(("1", "1"), ("1", "2")), "served": of(("1", UNKNOWN), ("1", "1"), ("1", "2"))}
    assert notes_of(sample) == ["item 2 has fewer than 5 counted answers: 4."]


def test_the_share_of_the_public_pool_stands_beside_the_score() -> None:
    sample = {"staff": of(*[("1", "1")] * 5, supplement=2), "served": of(*[("1", "1")] * 5)}
    assert opinion_score(a_plan(weights=(60, 40)), "u1", sample).supplement_share == Fraction(1, 5)
    assert notes_of(sample) == ["2 of 10 interviews come from the public pool."]


def test_a_unit_without_interviews_has_no_score() -> None:
    score = opinion_score(a_plan(), "u1", {})
    assert (score.score, score.n, score.interval, score.supplement_share) == (None, 0, None, None)
    assert score.shares == {}


def programme(**settings: object) -> Programme:
    zh = {"zh": "满意吗"}
    points = (("1", 100), ("2", 80), ("3", 60), ("4", 40), ("0", None), ("9", 0))
    return Programme(
        "p", "t", "1", "zh",
        Settings(local_area_code="0898", mobile_only=True, **settings),  # type: ignore[arg-type]
        units=(Unit("u1", "区教育局", "政府"),),
        groups=(Group("staff", "管理对象", Decimal("30"), 15), Group("served", "服务对象", None, 35)),
        questions=(
            Question("consent", "select_one", zh, "yes_no"),
            Question(
                "work_style", "select_one", {"zh": "您对${unit}的${item}满意吗"}, "levels",
                short={"zh": "作风建设"}, weight=Decimal("12.5"),
            ),
        ),
        choices={
            "levels": tuple(Choice(n, {"zh": n}, None if p is None else Decimal(p)) for n, p in points),
            "yes_no": (Choice("yes", {"zh": "是"}),),
        },
        channels=(Channel("phone", "电话", Decimal("50"), "phone"),),
        not_applicable=(("u1", "work_style"),),
    )  # fmt: skip


def test_a_plan_takes_weights_points_and_settings_from_the_programme() -> None:
    plan = score_plan(programme(not_counted=("9",), weigh_items_first=True, confidence_level=Decimal("0.95")))
    (item,) = plan.items
    assert (item.name, item.label, item.weight, item.points) == (
        "work_style",
        "作风建设",
        Fraction(25, 2),
        POINTS,
    )
    assert [g.weight for g in plan.groups] == [30, None]
    assert (plan.level, plan.items_first) == (0.95, True)
    assert plan.not_applicable == {("u1", "work_style")}
    assert plan.phone == plan.channels[0]
    assert "9" in score_plan(programme()).items[0].points


def random_interviews(seed: int, n: int, items: int, missing: float = 0.15) -> list[Pattern]:
    chance = random.Random(seed)
    return [
        tuple(UNKNOWN if chance.random() < missing else chance.choice(list(POINTS)) for _ in range(items))
        for _ in range(n)
    ]


def test_a_wider_sample_gives_a_narrower_interval() -> None:
    widths = []
    for n in (20, 80, 320):
        sample = {g: of(*random_interviews(s, n, 10)) for s, g in enumerate(("staff", "served"))}
        low, high = opinion_score(a_plan(), "u1", sample).interval or (0.0, 0.0)
        widths.append(high - low)
    assert widths[0] > 1.5 * widths[1] > 2 * widths[2] > 0


def test_a_list_asked_whole_has_no_uncertainty() -> None:
    sample = {
        "staff": of(*random_interviews(1, 15, 10), population=15),
        "served": of(*random_interviews(2, 35, 10), population=35),
    }
    score = opinion_score(a_plan(), "u1", sample)
    assert score.variance == 0


def test_an_item_has_the_interval_it_would_have_if_it_alone_were_asked() -> None:
    sample = {g: of(*random_interviews(s, 40, 2)) for s, g in enumerate(("staff", "served"))}
    alone = {
        g: of(*[(p[1],) for p, times in c.patterns.items() for _ in range(times)]) for g, c in sample.items()
    }
    found = working(a_plan(weights=(60, 40)), "u1", sample)
    assert found.items[1].interval == opinion_score(a_plan(weights=(40,)), "u1", alone).interval
    assert found.items[1].n == found.opinion.items["i2"].n
    # The groups' own scores, weighed, are the channel's: nothing is missing in either.
    whole = (found.groups[0].score or 0) * 30 + (found.groups[1].score or 0) * 70
    assert whole / 100 == found.opinion.score


def test_names_are_given_in_the_language_asked_for() -> None:
    made = programme()
    spoken = score_plan(replace(made, groups=(replace(made.groups[0], labels={"en": "Staff"}),)), "en")
    assert spoken.groups[0].label == "Staff"
    assert spoken.level == score_plan(made).level


def test_a_unit_is_scored_by_its_own_items_and_groups_and_others_are_told_once() -> None:
    plan = replace(
        a_plan(weights=(100, 60, 40, 100), groups={"staff": 30, "served": 70}, units=2, items_first=True),
        groups=(
            WeightedGroup("staff", "staff", Fraction(30), ("series 1",)),
            WeightedGroup("served", "served", Fraction(70)),
        ),
    )
    whom = (("staff", ()), ("served", ("u1",)), ("served", ("u1",)), ("served", ("u2",)))
    items = [
        replace(item, groups=(group,), units=units)
        for item, (group, units) in zip(plan.items, whom, strict=True)
    ]
    plan = replace(plan, items=tuple(items))
    first = opinion_score(
        plan, "u1", {"staff": of(("2", None, None, None)), "served": of((None, "1", "4", None))}
    )
    # 30 % x 80 + 70 % x (60 % x 100 + 40 % x 40)
    assert first.score == Fraction(30 * 80, 100) + Fraction(70 * (60 + 16), 100)
    assert list(first.items) == ["i1", "i2", "i3"]
    assert {note.code for note in first.notes} == {"few_answers"}
    second = opinion_score(plan, "u2", {"served": of(*[(None, None, None, "3")] * 5)})
    assert second.score == 60
    told = {(note.code, *note.params.values()) for note in second.notes}
    assert told == {("group_elsewhere", "staff")}
