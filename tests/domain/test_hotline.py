"""Limits, returns, appeals and points of the 12345 hotline, worked by hand from the rules of Yufeng 2024."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction as F
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cati.domain.hotline import (
    Appeal,
    Kind,
    Outcome,
    Ticket,
    Way,
    appeal_until,
    claim_until,
    costs_points,
    due,
    is_on_time,
)
from cati.domain.hotline_scores import (
    Figures,
    FollowUp,
    Satisfied,
    differences,
    figures,
    hotline_score,
)

ZONE = ZoneInfo("Asia/Shanghai")
NONE = FollowUp(0, 0)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def ticket(
    kind: Kind = Kind.QUESTION, sent: str = "2024-07-01 09:00", done: str = "2024-07-02 09:00", **more: object
) -> Ticket:
    return replace(Ticket("T1", "u1", kind, at(sent), at(done), Way.CLOSED), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "last"),
    [
        # Sent on Friday, 27 September 2024; Sunday the 29th is worked, 1 to 7 October are not.
        (Kind.QUESTION, "2024-09-30"),
        (Kind.HELP, "2024-10-08"),
        (Kind.PROPOSAL, "2024-10-10"),
        (Kind.COMPLAINT, "2024-10-16"),  # 8 9 10 11 12 14 15 16 after 29 and 30
        (Kind.REPORT, "2024-10-16"),
    ],
)
def test_a_limit_runs_from_the_next_working_day_to_the_end_of_its_last(kind: Kind, last: str) -> None:
    sent = ticket(kind, "2024-09-27 23:30")
    assert due(sent).date() == date.fromisoformat(last)
    assert is_on_time(replace(sent, done=at(f"{last} 23:59:59")))
    assert not is_on_time(replace(sent, done=at(f"{last} 23:59:59") + timedelta(seconds=1)))


def test_an_urgent_one_has_24_hours_on_any_day() -> None:
    urgent = ticket(Kind.URGENT, "2024-10-01 08:00", "2024-10-02 08:00")
    assert is_on_time(urgent)
    assert not is_on_time(replace(urgent, done=at("2024-10-02 08:00:01")))


def test_a_return_has_a_working_day_and_an_urgent_one_half_an_hour() -> None:
    returned = ticket(Kind.COMPLAINT, "2024-09-30 17:00", "2024-10-08 23:00", way=Way.RETURNED)
    assert is_on_time(returned)
    assert not is_on_time(replace(returned, done=at("2024-10-09 00:00")))
    urgent = ticket(Kind.URGENT, "2024-10-01 08:00", "2024-10-01 08:30", way=Way.RETURNED)
    assert is_on_time(urgent)
    assert not is_on_time(replace(urgent, done=at("2024-10-01 08:30:01")))


def test_an_extension_gives_at_most_the_limit_once_more() -> None:
    assert due(ticket(Kind.HELP, extension=2)).date() == date(2024, 7, 8)  # 2 3 4 5 8
    assert due(ticket(Kind.HELP, extension=3)) == due(ticket(Kind.HELP, extension=30))
    assert due(ticket(Kind.HELP, extension=3)).date() == date(2024, 7, 9)
    assert due(ticket(Kind.URGENT, extension=99)) == at("2024-07-03 09:00")


def test_what_is_suspended_while_the_limit_runs_does_not_count() -> None:
    pause = (at("2024-07-02 10:00"), at("2024-07-04 10:00"))
    assert due(ticket(Kind.HELP, suspended=pause)).date() == date(2024, 7, 8)  # 2, then 5 and 8
    late = (at("2024-07-05 10:00"), at("2024-07-09 10:00"))
    assert due(ticket(Kind.HELP, suspended=late)).date() == date(2024, 7, 4)  # it had run out before
    urgent = (at("2024-07-01 20:00"), at("2024-07-01 22:30"))
    assert due(ticket(Kind.URGENT, suspended=urgent)) == at("2024-07-02 11:30")


def test_appeals_run_to_the_last_day_of_the_next_month() -> None:
    assert appeal_until(date(2024, 1, 1)) == date(2024, 2, 29)
    assert appeal_until(date(2024, 12, 31)) == date(2025, 1, 31)


def test_points_are_claimed_within_fifteen_working_days() -> None:
    assert claim_until(date(2024, 9, 13)) == date(2024, 10, 11)  # 14 18 19 20 23 24 25 26 27 29 30 8 9 10 11


def test_a_spot_check_costs_points_only_when_its_appeal_failed() -> None:
    checked = ticket(spot_unresolved=True)
    assert not costs_points(checked)
    assert costs_points(replace(checked, appeal=Appeal.FAILED))
    assert not costs_points(replace(checked, appeal=Appeal.PASSED, appealed=date(2024, 8, 31)))
    assert costs_points(replace(checked, appeal=Appeal.PASSED, appealed=date(2024, 9, 1)))
    assert not costs_points(ticket(appeal=Appeal.FAILED))


def handmade() -> list[Ticket]:
    """Eight tickets: 6 of 8 in time; 3 of 5 satisfied, of 7 closed; 4 of 6 answers (partly) resolved."""
    good, bad = Outcome.RESOLVED, Outcome.UNRESOLVED
    return [
        ticket(number="T1", satisfied=True, sms=good, call=good),
        ticket(number="T2", satisfied=True, sms=Outcome.PARTLY),
        ticket(number="T3", satisfied=True, call=Outcome.PARTLY),
        ticket(number="T4", satisfied=False, sms=bad, marked=True),
        ticket(number="T5", satisfied=False, call=bad, spot_unresolved=True, appeal=Appeal.FAILED),
        ticket(number="T6", done="2024-07-04 00:00", marked=True),
        ticket(number="T7", way=Way.RETURNED),
        ticket(number="T8", done="2024-07-09 10:00", marked=False),
    ]


def test_figures_and_points_of_eight_tickets_by_hand() -> None:
    found = figures(handmade(), Satisfied.OF_RATED)
    assert found == Figures(F(6, 8), F(3, 5), F(4, 6), 1)
    assert figures(handmade(), Satisfied.OF_CLOSED).satisfied == F(3, 7)
    score = hotline_score(found, FollowUp(8, 1))
    # 0.75 × 0.7, 0.6 × 2.1, 4/6 × 4.2 − 0.2, 3 − 1/8 × 3
    assert [part.earned for part in score.parts] == [F(525, 1000), F(126, 100), F(26, 10), F(2625, 1000)]
    assert (score.earned, score.possible, score.score) == (F("7.01"), F(10), F("70.1"))


def test_what_has_no_denominator_is_not_among_the_points_possible_and_says_why() -> None:
    score = hotline_score(figures([ticket()], Satisfied.OF_RATED), NONE)
    assert [part.rate for part in score.parts] == [1, None, None, None]
    assert (score.possible, score.score) == (F(7, 10), F(100))
    assert [str(note).split(";")[0] for note in score.notes] == [
        "Nobody said whether they were satisfied",
        "Nobody said what came of it",
        "No ticket of last year was followed up",
    ]
    nothing = hotline_score(figures([], Satisfied.OF_RATED), NONE)
    assert nothing.score is None
    assert len(nothing.notes) == 4


def test_without_the_follow_up_there_is_no_score() -> None:
    score = hotline_score(Figures(F(1), F(1), F(1)), None)
    assert score.score is None
    assert [note.code for note in score.notes] == ["hotline_follow_up_missing"]


def test_the_platforms_own_points_count_as_they_are() -> None:
    score = hotline_score(Figures(F(1), None, F(1), points=F("9.25")), None)
    assert (score.earned, score.score, score.notes) == (F("9.25"), F("92.5"), ())


def test_differences_name_the_figure_and_the_tickets_behind_it() -> None:
    adopted = Figures(F("0.875"), F("0.6"), F("0.6667"), 0)
    found = differences("u1", adopted, handmade(), FollowUp(8, 1), Satisfied.OF_RATED)
    assert [(d.figure, d.adopted, d.recomputed, d.tickets) for d in found] == [
        ("on_time", F(7, 8), F(6, 8), ("T6",)),
        ("unresolved", 0, 1, ("T5",)),
        ("points", F("0.6125") + F("1.26") + F("0.6667") * F("4.2") + F("2.625"), F("7.01"), ()),
    ]


moments = st.datetimes(datetime(2024, 1, 2), datetime(2024, 12, 1)).map(lambda m: m.replace(tzinfo=ZONE))
outcomes = st.none() | st.sampled_from(Outcome)
tickets = st.lists(
    st.builds(
        lambda number, unit, kind, sent, hours, way, *said: Ticket(
            f"T{number}", unit, kind, sent, sent + timedelta(hours=hours), way, *said
        ),
        st.integers(0, 10**6),
        st.sampled_from(["u1", "u2", "u3"]),
        st.sampled_from(Kind),
        moments,
        st.integers(0, 500),
        st.sampled_from(Way),
        st.none() | st.booleans(),
        st.none() | st.booleans(),
        outcomes,
        outcomes,
        st.booleans(),
        st.none() | st.sampled_from(Appeal),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(tickets, st.randoms(use_true_random=False), st.sampled_from(Satisfied))
def test_order_never_matters_and_no_ticket_moves_another_units_figures(
    found: list[Ticket], chance: object, formula: Satisfied
) -> None:
    mixed = list(found)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    adopted = Figures(F(1), F(1), F(1))

    def of(unit: str, among: list[Ticket]) -> tuple[object, ...]:
        own = [t for t in among if t.unit == unit]
        return figures(own, formula), differences(unit, adopted, own, NONE, formula)

    assert of("u1", found) == of("u1", mixed)
    assert of("u1", found) == of("u1", [t for t in mixed if t.unit != "u2"])


@settings(max_examples=60, deadline=None)
@given(tickets, st.integers(0, 9), st.integers(0, 9))
def test_points_stay_within_those_possible_and_an_extension_never_costs_any(
    found: list[Ticket], followed: int, failed: int
) -> None:
    follow_up = FollowUp(followed, min(followed, failed))
    score = hotline_score(figures(found, Satisfied.OF_RATED), follow_up)
    taken = F(2, 10) * sum(map(costs_points, found))
    assert -taken <= score.earned <= score.possible <= 10
    longer = [replace(t, extension=1) for t in found]
    assert (figures(longer, Satisfied.OF_RATED).on_time or 0) >= (
        figures(found, Satisfied.OF_RATED).on_time or 0
    )
