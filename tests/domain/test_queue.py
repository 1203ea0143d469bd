"""When a case may be dialled, and how full a cell is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cati.domain.programmes import CallHours, RetryRules, Settings
from cati.domain.queue import (
    EVENING,
    CaseState,
    Closed,
    Fate,
    SettleResult,
    effort,
    has_place,
    next_attempt,
    next_opening,
    open_groups,
    openings,
    season_closed,
    share,
    share_limit,
    why_closed,
)

HAINAN = ZoneInfo("Asia/Shanghai")
PLAIN = Settings(local_area_code="0898", mobile_only=True)
WORKDAYS = (0, 1, 2, 3, 4)
OFFICE = replace(
    PLAIN,
    call_hours=(
        CallHours(("staff",), WORKDAYS, time(9), time(12)),
        CallHours(("staff",), WORKDAYS, time(14, 30), time(17, 30)),
    ),
)
WEDNESDAY, SATURDAY, SUNDAY = date(2024, 2, 21), date(2024, 2, 24), date(2024, 2, 25)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), HAINAN)


@pytest.mark.parametrize(
    ("day", "hour", "minute", "is_open"),
    [
        (WEDNESDAY, 8, 59, False),
        (WEDNESDAY, 9, 0, True),
        (WEDNESDAY, 11, 59, True),
        (WEDNESDAY, 12, 0, False),
        (WEDNESDAY, 13, 59, False),
        (WEDNESDAY, 14, 0, True),
        (WEDNESDAY, 20, 29, True),
        (WEDNESDAY, 20, 30, False),
        (SATURDAY, 9, 0, True),
        (SUNDAY, 9, 59, False),
        (SUNDAY, 10, 0, True),
        (SUNDAY, 20, 29, True),
    ],
)
def test_the_default_hours_are_mornings_and_afternoons_and_sundays_from_ten(
    day: date, hour: int, minute: int, is_open: bool
) -> None:
    assert bool(open_groups(PLAIN, ["managed"], at(day, hour, minute))) == is_open


def test_hours_are_those_of_the_programmes_place_whatever_the_clock_shows() -> None:
    assert open_groups(PLAIN, ["managed"], datetime(2024, 2, 21, 1, 0, tzinfo=UTC)) == {"managed"}
    assert open_groups(PLAIN, ["managed"], datetime(2024, 2, 21, 9, 0, tzinfo=ZoneInfo("Europe/London"))) == {
        "managed"
    }
    assert open_groups(PLAIN, ["managed"], datetime(2024, 2, 21, 13, 0, tzinfo=UTC)) == frozenset()


def test_hours_that_name_a_group_replace_all_others_for_it() -> None:
    assert open_groups(OFFICE, ["staff", "public"], at(WEDNESDAY, 10)) == {"staff", "public"}
    assert open_groups(OFFICE, ["staff", "public"], at(WEDNESDAY, 18)) == {"public"}
    assert open_groups(OFFICE, ["staff", "public"], at(SATURDAY, 10)) == {"public"}


def test_hours_for_every_group_replace_the_default_ones() -> None:
    evenings = replace(PLAIN, call_hours=(CallHours((), (0, 1, 2, 3, 4, 5, 6), time(18), time(21)),))
    assert open_groups(evenings, ["public"], at(WEDNESDAY, 10)) == frozenset()
    assert open_groups(evenings, ["public"], at(WEDNESDAY, 20, 45)) == {"public"}


def test_nobody_is_called_on_closed_days() -> None:
    feast = replace(PLAIN, closed_days=(WEDNESDAY,))
    assert open_groups(feast, ["public"], at(WEDNESDAY, 10)) == frozenset()
    assert next_opening(feast, ["public"], at(WEDNESDAY, 10)) == at(date(2024, 2, 22), 9)


def test_nobody_is_called_after_the_last_day() -> None:
    ending = replace(PLAIN, expires=WEDNESDAY)
    assert open_groups(ending, ["public"], at(WEDNESDAY, 20)) == {"public"}
    assert season_closed(ending, at(WEDNESDAY, 23, 59)) is None
    assert season_closed(ending, at(date(2024, 2, 22), 0)) is Closed.EXPIRED
    assert open_groups(ending, ["public"], at(date(2024, 2, 22), 10)) == frozenset()
    assert next_opening(ending, ["public"], at(WEDNESDAY, 20, 30)) is None


def test_fieldwork_has_a_first_and_a_last_day_of_calling() -> None:
    season = replace(PLAIN, fieldwork_start=WEDNESDAY, fieldwork_end=SATURDAY, expires=date(2024, 12, 31))
    before = at(date(2024, 2, 20), 10)
    assert season_closed(season, before) is Closed.NOT_BEGUN
    assert open_groups(season, ["public"], before) == frozenset()
    assert next_opening(season, ["public"], before) == at(WEDNESDAY, 9)
    assert open_groups(season, ["public"], at(SATURDAY, 20)) == {"public"}
    assert season_closed(season, at(SUNDAY, 0)) is Closed.OVER
    assert open_groups(season, ["public"], at(SUNDAY, 11)) == frozenset()
    assert next_opening(season, ["public"], at(SATURDAY, 20, 30)) is None


def test_why_nobody_may_be_called_names_the_season_before_the_hour() -> None:
    season = replace(PLAIN, fieldwork_end=WEDNESDAY, expires=SATURDAY)
    assert why_closed(season, ["public"], at(WEDNESDAY, 10)) is None
    assert why_closed(season, ["public"], at(WEDNESDAY, 13)) is Closed.HOURS
    assert why_closed(season, ["public"], at(SATURDAY, 10)) is Closed.OVER
    assert why_closed(season, ["public"], at(SUNDAY, 11)) is Closed.EXPIRED


@pytest.mark.parametrize(
    ("after", "opening"),
    [
        (at(WEDNESDAY, 10, 7), at(WEDNESDAY, 10, 7)),
        (at(WEDNESDAY, 12), at(WEDNESDAY, 14)),
        (at(WEDNESDAY, 20, 30), at(date(2024, 2, 22), 9)),
        (at(SATURDAY, 21), at(SUNDAY, 10)),
        (at(SUNDAY, 2), at(SUNDAY, 10)),
    ],
)
def test_the_next_opening_is_now_or_the_next_stretch(after: datetime, opening: datetime) -> None:
    assert next_opening(PLAIN, ["public"], after) == opening


def test_of_several_groups_the_first_to_open_counts() -> None:
    assert next_opening(OFFICE, ["staff"], at(SATURDAY, 8)) == at(date(2024, 2, 26), 9)
    assert next_opening(OFFICE, ["staff", "public"], at(SATURDAY, 8)) == at(SATURDAY, 9)
    assert next_opening(PLAIN, [], at(WEDNESDAY, 10)) is None


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2025, 12, 31), timezones=st.just(HAINAN))
SETTINGS = st.sampled_from(
    [
        PLAIN,
        OFFICE,
        replace(PLAIN, closed_days=(WEDNESDAY, SUNDAY), expires=date(2024, 12, 24)),
        replace(PLAIN, fieldwork_start=SUNDAY, fieldwork_end=date(2024, 4, 1), expires=date(2024, 12, 24)),
    ]
)


@given(SETTINGS, st.sampled_from(["staff", "public"]), MOMENTS)
def test_an_opening_is_open_and_nothing_before_it_is(settings: Settings, group: str, after: datetime) -> None:
    opening = next_opening(settings, [group], after)
    if opening is None:
        assert settings.expires is not None
        return
    assert opening >= after
    assert open_groups(settings, [group], opening) == {group}
    between = after + (opening - after) / 2
    assert between == opening or not open_groups(settings, [group], between)


def test_stretches_follow_one_another() -> None:
    stretches = openings(OFFICE, "staff", at(WEDNESDAY, 11))
    assert [next(stretches) for _ in range(3)] == [
        (at(WEDNESDAY, 11), at(WEDNESDAY, 12)),
        (at(WEDNESDAY, 14, 30), at(WEDNESDAY, 17, 30)),
        (at(date(2024, 2, 22), 9), at(date(2024, 2, 22), 12)),
    ]


# ---- trying again --------------------------------------------------------------------------------

NO_ANSWER = timedelta(minutes=120)


def tries(settings: Settings, group: str, first: datetime, count: int) -> list[datetime]:
    """The attempts on a case that nobody ever answers."""
    tried = [first]
    while len(tried) < count:
        following = next_attempt(settings, group, tried, tried[-1] + NO_ANSWER)
        assert following is not None
        tried.append(following)
    return tried


def test_the_next_attempt_waits_for_call_hours() -> None:
    assert next_attempt(PLAIN, "public", [at(WEDNESDAY, 10, 30)], at(WEDNESDAY, 12, 30)) == at(WEDNESDAY, 14)


def test_a_day_sees_no_more_attempts_than_it_takes() -> None:
    tried = [at(WEDNESDAY, 9), at(WEDNESDAY, 11)]
    assert next_attempt(PLAIN, "public", tried, at(WEDNESDAY, 14)) == at(date(2024, 2, 22), 9)


def test_the_last_attempts_fall_on_an_evening_and_a_weekend() -> None:
    tried = tries(PLAIN, "public", at(date(2024, 2, 19), 9), 5)
    assert effort(PLAIN, tried).enough
    assert tried == [
        at(date(2024, 2, 19), 9),
        at(date(2024, 2, 19), 11),
        at(date(2024, 2, 20), 9),
        at(date(2024, 2, 20), 18),
        at(SATURDAY, 9),
    ]


@given(MOMENTS, st.sampled_from([RetryRules(), RetryRules(minimum_attempts=3, minimum_days=2)]))
def test_the_least_number_of_attempts_is_enough(moment: datetime, rules: RetryRules) -> None:
    settings = replace(PLAIN, retry=rules)
    first = next_opening(settings, ["public"], moment)
    assert first is not None
    tried = tries(settings, "public", first, rules.minimum_attempts)
    assert effort(settings, tried).enough
    assert all(open_groups(settings, ["public"], t) for t in tried)


def test_a_group_called_in_office_hours_only_waits_for_no_evening() -> None:
    tried = tries(OFFICE, "staff", at(date(2024, 2, 19), 9), 5)
    assert all(open_groups(OFFICE, ["staff"], t) for t in tried)
    assert tried[-1] == at(WEDNESDAY, 9)


def test_no_attempt_follows_when_dialling_ends_before() -> None:
    ending = replace(PLAIN, expires=WEDNESDAY)
    assert next_attempt(ending, "public", [at(WEDNESDAY, 19)], at(WEDNESDAY, 21)) is None


def test_effort_counts_days_evenings_and_weekends_in_local_time() -> None:
    late = datetime(2024, 2, 20, 17, 0, tzinfo=UTC)  # 1 o'clock of Wednesday
    made = effort(PLAIN, [late, at(WEDNESDAY, 10), at(SATURDAY, 10)])
    assert (made.attempts, made.days, made.evening, made.weekend, made.enough) == (3, 2, False, True, False)
    assert effort(PLAIN, [at(WEDNESDAY, EVENING.hour)]).evening


# ---- places --------------------------------------------------------------------------------------


@given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 50))
def test_a_cell_with_a_place_is_less_than_full(completed: int, reserved: int, quota: int) -> None:
    assert has_place(completed, reserved, quota) == (share(completed, reserved, quota) < 1)


@pytest.mark.parametrize("fate", list(Fate))
def test_everything_but_a_settlement_in_time_is_late(fate: Fate) -> None:
    assert SettleResult(fate, CaseState.CLOSED).late == (fate is not Fate.SETTLED)


@pytest.mark.parametrize(
    ("quota", "operators", "limit"),
    [(50, 0, 50), (50, 1, 50), (50, 2, 50), (50, 3, 34), (50, 4, 25), (50, 10, 10), (50, 40, 10), (3, 40, 1)],
)
def test_the_largest_share_of_one_unit_is_a_fifth_or_two_operators_work(
    quota: int, operators: int, limit: int
) -> None:
    assert share_limit(quota, operators) == limit
