"""Points for problems: the higher of two rules, doubled once, halved, relieved, bounded for persons alone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from cati.domain.deductions import (
    ALWAYS,
    Basis,
    Circumstance,
    Problem,
    Relief,
    points_for_persons,
    points_of,
)
from cati.domain.programmes import AdjustmentRule

WORSE = ("found_above", "not_mended", "report_late", "undecided")
RULES = (
    AdjustmentRule("work", "落实", Decimal(-5), "", per="problem", doubled=WORSE),
    AdjustmentRule("style", "作风", Decimal(-5), "", per="problem", doubled=WORSE),
    AdjustmentRule("media", "曝光", Decimal(-20), "", per="problem"),
    AdjustmentRule("city", "市察访", Decimal(-5), "", per="problem", doubled=(ALWAYS,)),
    AdjustmentRule("district", "区察访", Decimal(-5), "", per="problem", halved=("accountable",)),
)
OWN = AdjustmentRule("own", "自查", Decimal(1), "", per="person", most=Decimal(10))
AGGRAVATING = [Circumstance(one) for one in WORSE]

problems = st.builds(
    Problem,
    st.lists(st.sampled_from([rule.code for rule in RULES]), min_size=1, unique=True).map(tuple),
    st.frozensets(st.sampled_from(list(Circumstance))),
)


def cost(problem: Problem) -> Decimal:
    return points_of(RULES, problem).points


@settings(max_examples=40)
@given(problems, st.sampled_from(RULES), st.sampled_from(AGGRAVATING))
def test_no_rule_or_circumstance_that_is_added_makes_a_problem_cheaper(
    problem: Problem, rule: AdjustmentRule, worse: Circumstance
) -> None:
    assert cost(replace(problem, grounds=tuple({*problem.grounds, rule.code}))) <= cost(problem)
    assert cost(replace(problem, circumstances=problem.circumstances | {worse})) <= cost(problem)
    eased = replace(problem, circumstances=problem.circumstances | {Circumstance.ACCOUNTABLE})
    assert cost(problem) <= cost(eased) <= Decimal("-2.5")


@settings(max_examples=40)
@given(problems)
def test_a_problem_costs_what_its_dearest_rule_takes_and_never_two(problem: Problem) -> None:
    alone = {code: cost(replace(problem, grounds=(code,))) for code in problem.grounds}
    found = points_of(RULES, problem)
    assert found.points == min(alone.values()) == alone[found.ground]
    assert set(found.basis.lower) == alone.keys() - {found.ground}
    assert points_of(RULES, replace(problem, grounds=problem.grounds[::-1])) == found
    assert Basis.of_text(found.basis.as_text()) == found.basis


@settings(max_examples=40)
@given(problems, st.decimals(0, 30, places=1))
def test_relief_takes_never_more_and_never_gives(problem: Problem, left: Decimal) -> None:
    relieved = points_of(RULES, replace(problem, relief=Relief("r7", left)))
    assert cost(problem) <= relieved.points <= 0
    assert abs(relieved.points) == min(left, abs(cost(problem)))
    assert bool(relieved.basis.relief) == (left < abs(cost(problem)))


@given(st.integers(0, 60), st.integers(0, 60))
def test_persons_bring_a_point_each_up_to_ten(few: int, more: int) -> None:
    low, high = sorted((few, more))
    assert points_for_persons(OWN, low).points == min(low, 10)
    assert points_for_persons(OWN, low).points <= points_for_persons(OWN, high).points
    assert points_for_persons(OWN, high).basis.counted == high


def test_the_sentences_of_the_annex_one_by_one() -> None:
    assert cost(Problem(("work",))) == -5
    twice = Problem(("work",), frozenset(AGGRAVATING))
    assert cost(twice) == -10
    assert points_of(RULES, twice).basis.doubled == WORSE
    assert cost(Problem(("work", "media"), frozenset(AGGRAVATING))) == -20
    assert cost(Problem(("city",))) == -10
    assert cost(Problem(("district",), frozenset({Circumstance.ACCOUNTABLE}))) == Decimal("-2.5")
    assert cost(Problem(("work",), relief=Relief("r6", Decimal(0)))) == 0
