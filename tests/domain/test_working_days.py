"""Working days of China: weekends, public holidays, days made up for them."""

from __future__ import annotations

from datetime import date

import pytest

from cati.base.errors import CatiError
from cati.domain.working_days import is_working_day, working_days_after


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2024, 2, 4), True),  # a Sunday, made up for the Spring Festival
        (date(2024, 2, 9), True),  # its eve, which in 2024 was a working day
        (date(2024, 2, 12), False),
        (date(2024, 2, 18), True),
        (date(2024, 6, 10), False),  # Monday, Dragon Boat Festival
        (date(2024, 6, 11), True),
        (date(2024, 10, 12), True),  # a Saturday
        (date(2024, 10, 13), False),
        (date(2025, 1, 26), True),
        (date(2025, 1, 28), False),  # the eve is a holiday from 2025 on
        (date(2026, 1, 1), False),
    ],
)
def test_days_of_2024_to_2026_are_as_announced(day: date, works: bool) -> None:
    assert is_working_day(day) is works


@pytest.mark.parametrize(
    ("day", "count", "last"),
    [
        (date(2024, 7, 1), 1, date(2024, 7, 2)),
        (date(2024, 7, 5), 1, date(2024, 7, 8)),  # from Friday over the weekend
        (date(2024, 7, 6), 1, date(2024, 7, 8)),  # a Saturday does not count, nor does it as a start
        (date(2024, 2, 9), 2, date(2024, 2, 19)),  # the festival, then the made-up Sunday
        (date(2024, 9, 30), 2, date(2024, 10, 9)),
        (date(2024, 10, 11), 2, date(2024, 10, 14)),  # Saturday the 12th is worked
        (date(2024, 12, 31), 1, date(2025, 1, 2)),
    ],
)
def test_working_days_are_counted_from_the_next_one(day: date, count: int, last: date) -> None:
    assert working_days_after(day, count) == last


def test_what_is_left_out_does_not_count() -> None:
    # Out are Wednesday to Friday; Tuesday is the day on which it began.
    assert working_days_after(date(2024, 7, 1), 2, (date(2024, 7, 2), date(2024, 7, 5))) == date(2024, 7, 8)


def test_a_year_that_is_not_known_is_refused_in_words() -> None:
    with pytest.raises(CatiError, match="holidays of 2099 are not known") as refusal:
        working_days_after(date(2099, 5, 4), 2)
    assert refusal.value.code == "holidays_unknown"
