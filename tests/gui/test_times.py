"""Times that may be agreed on lie in call hours, ahead of now, and can be reached by arrows."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cati.domain.programmes import CallHours, Settings
from cati.domain.queue import open_groups
from cati.gui.console.times import SOON, Calendar, clock_of
from tests.gui.calls import NOW

ZONE = ZoneInfo("Asia/Shanghai")
DEFAULT = Settings(local_area_code="0898", mobile_only=False)
ANY_HOUR = dataclasses.replace(DEFAULT, call_hours=(CallHours((), tuple(range(7)), time(0), time.max),))
OFFICE = dataclasses.replace(
    DEFAULT, call_hours=(CallHours(("managed",), tuple(range(5)), time(9), time(11, 30)),)
)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2024, 12, 31), timezones=st.just(ZONE))


def shown(times: tuple[datetime | None, ...]) -> list[str]:
    return [f"{found:%a %H:%M}" if found else "" for found in times]


def test_the_quick_times_are_this_evening_tomorrow_and_saturday_morning() -> None:
    assert shown(Calendar(DEFAULT, "service", NOW).quick()) == ["Wed 19:30", "Thu 10:50", "Sat 10:00"]


def test_late_in_the_evening_the_first_quick_time_is_tomorrow_evening() -> None:
    late = NOW.replace(hour=19, minute=40)
    assert shown(Calendar(DEFAULT, "service", late).quick())[0] == "Thu 19:30"


def test_before_a_closed_day_each_quick_time_is_another_and_today_is_offered_first() -> None:
    closed = dataclasses.replace(OFFICE, closed_days=(NOW.date() + timedelta(days=1),))
    assert shown(Calendar(closed, "managed", NOW).quick()) == ["Wed 11:05", "Fri 09:00", "Mon 09:00"]


def test_quick_times_outside_the_groups_hours_are_in_its_last_and_next_ones() -> None:
    friday = NOW + timedelta(days=2)
    assert shown(Calendar(OFFICE, "managed", friday).quick()) == ["Fri 11:05", "Mon 09:00", "Tue 09:00"]


def test_after_the_last_day_of_dialling_there_is_nothing_to_agree_on() -> None:
    over = dataclasses.replace(DEFAULT, expires=date(2024, 2, 20))
    calendar = Calendar(over, "service", NOW)
    assert shown(calendar.quick()) == ["", "", ""]
    assert calendar.open == ()


@pytest.mark.parametrize(
    ("settings", "bands"),
    [
        (DEFAULT, ["9–10", "10–12", "14–16", "16–18", "18–20:30"]),
        (ANY_HOUR, ["0–4", "4–8", "8–12", "12–16", "16–20", "20–24"]),
    ],
)
def test_the_week_has_a_handful_of_bands_that_cover_the_call_hours(
    settings: Settings, bands: list[str]
) -> None:
    assert [band.words for band in Calendar(settings, "service", NOW).bands] == bands


@pytest.mark.parametrize(
    ("typed", "clock"),
    [
        ("1930", time(19, 30)),
        ("19:30", time(19, 30)),
        ("930", time(9, 30)),
        ("9:30", time(9, 30)),
        ("0905", time(9, 5)),
        ("2400", None),
        ("1960", None),
        ("19", None),
        ("193", None),
        ("19:3", None),
        ("", None),
    ],
)
def test_a_clock_time_is_read_as_it_is_typed(typed: str, clock: time | None) -> None:
    assert clock_of(typed) == clock


def test_a_cell_that_is_over_or_closed_has_no_time() -> None:
    calendar = Calendar(DEFAULT, "service", NOW)
    today, sunday = calendar.days[0], calendar.days[4]
    nine, ten = calendar.bands[0], calendar.bands[1]
    assert calendar.first_in(today, nine) is None
    assert calendar.first_in(sunday, nine) is None
    assert calendar.first_in(today, ten) == NOW.replace(minute=5, hour=11)


def test_quarters_of_an_hour_stay_within_the_same_call_hours() -> None:
    calendar = Calendar(DEFAULT, "service", NOW)
    first = NOW.replace(hour=14, minute=0)
    assert calendar.moved(first, -1) == first
    assert calendar.moved(first, 2) == NOW.replace(hour=14, minute=30)
    last = NOW.replace(hour=20, minute=15)
    assert calendar.moved(last, 1) == last


@given(now=moments, settings=st.sampled_from([DEFAULT, ANY_HOUR, OFFICE]))
def test_whatever_is_offered_lies_in_call_hours_and_far_enough_ahead(
    now: datetime, settings: Settings
) -> None:
    calendar = Calendar(settings, "managed", now)
    cells = [calendar.first_in(day, band) for day in calendar.days for band in calendar.bands]
    offered = [found for found in (*cells, *calendar.quick()) if found is not None]
    assert offered
    for found in offered:
        assert found >= now + SOON
        assert found.minute % 5 == 0
        assert open_groups(settings, ("managed",), found) == {"managed"}


@given(now=moments)
def test_every_cell_knows_its_own_first_time(now: datetime) -> None:
    calendar = Calendar(DEFAULT, "service", now)
    for across, day in enumerate(calendar.days):
        for down, band in enumerate(calendar.bands):
            found = calendar.first_in(day, band)
            assert found is None or calendar.cell_of(found) == (across, down)
