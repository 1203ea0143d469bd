"""Outcome rates against figures worked by hand."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cati.domain.dispositions import DISPOSITIONS, PastAttempt
from cati.domain.rates import Counts, Rates, category, rates

MORNING = datetime(2024, 2, 21, 2, 0, tzinfo=UTC)
RATES = [field.name for field in fields(Rates) if field.name not in ("counts", "e")]

# I 400, P 50, R 150, NC 100, O 50 (750 eligible), UH 200, UO 50 (250 unknown), NE 250.
# D = 1000, e = 750/1000 = 0.75, De = 750 + 0.75 x 250 = 937.5, D0 = 750.
WORKED = Counts(i=400, p=50, r=150, nc=100, o=50, uh=200, uo=50, ne=250)
BY_HAND = {
    "rr1": Fraction(400, 1000),
    "rr2": Fraction(450, 1000),
    "rr3": Fraction(4000, 9375),
    "rr4": Fraction(4500, 9375),
    "rr5": Fraction(400, 750),
    "rr6": Fraction(450, 750),
    "coop1": Fraction(400, 650),
    "coop2": Fraction(450, 650),
    "coop3": Fraction(400, 600),
    "coop4": Fraction(450, 600),
    "ref1": Fraction(150, 1000),
    "ref2": Fraction(1500, 9375),
    "ref3": Fraction(150, 750),
    "con1": Fraction(650, 1000),
    "con2": Fraction(6500, 9375),
    "con3": Fraction(650, 750),
}

counts = st.builds(Counts, **{field.name: st.integers(0, 1000) for field in fields(Counts)})


@pytest.mark.parametrize("name", RATES)
def test_a_rate_is_as_worked_by_hand(name: str) -> None:
    assert getattr(rates(WORKED), name) == BY_HAND[name]


def test_the_estimated_share_of_the_eligible_is_that_among_the_known() -> None:
    assert rates(WORKED).e == Fraction(3, 4)


def test_without_any_case_no_rate_can_be_given() -> None:
    nothing = rates(Counts())
    assert nothing.e is None
    assert all(getattr(nothing, name) is None for name in RATES)


def test_with_numbers_nobody_answered_only_what_needs_no_estimate_is_given() -> None:
    silent = rates(Counts(uh=10))
    assert silent.rr1 == 0
    assert silent.con1 == 0
    assert silent.rr3 is None
    assert silent.rr5 is None
    assert silent.coop1 is None


def test_where_only_ineligible_numbers_are_known_the_unknown_are_taken_for_ineligible_too() -> None:
    # e = 0: the estimated denominator is nothing.
    assert rates(Counts(uh=10, ne=5)).e == 0
    assert rates(Counts(uh=10, ne=5)).rr3 is None


@given(counts)
def test_rates_lie_between_nothing_and_all_and_keep_their_order(given_counts: Counts) -> None:
    found = rates(given_counts)
    for name in RATES:
        value = getattr(found, name)
        assert value is None or 0 <= value <= 1
    for low, middle, high in (("rr1", "rr3", "rr5"), ("ref1", "ref2", "ref3"), ("con1", "con2", "con3")):
        values = [v for v in (getattr(found, n) for n in (low, middle, high)) if v is not None]
        assert values == sorted(values)


@given(counts)
def test_the_counts_of_categories_are_what_was_counted(given_counts: Counts) -> None:
    categories = [f.name.upper() for f in fields(Counts) for _ in range(getattr(given_counts, f.name))]
    assert Counts.of(categories) == given_counts
    assert given_counts.cases == len(categories)


def test_every_outcome_belongs_to_a_category_of_the_standard() -> None:
    names = {field.name.upper() for field in fields(Counts)}
    assert {outcome.category for outcome in DISPOSITIONS.values()} <= names


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], "UH"),
        (["no_answer", "busy"], "UH"),
        (["inconvenient", "no_answer"], "NC"),
        (["refusal", "no_answer", "no_answer"], "R"),
        (["refusal", "complete"], "I"),
        (["partial", "no_answer"], "P"),
        (["not_in_service"], "NE"),
        (["no_answer", "wrong_person"], "NE"),
        (["silent"], "UO"),
        (["language"], "O"),
    ],
)
def test_a_case_counts_by_its_whole_history(codes: list[str], expected: str) -> None:
    history = [PastAttempt(MORNING + timedelta(hours=n), code) for n, code in enumerate(codes)]
    assert category(history) == expected
