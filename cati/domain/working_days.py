"""Working days of mainland China: weekends, public holidays and the days made up for them.

The days off are announced by the State Council for one year at a time (国务院办公厅关于节假日安排的通知); a
maintained library holds those announced so far.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_


@lru_cache(maxsize=4096)
def is_working_day(day: date) -> bool:
    """Whether people work on a day: made-up days count, public holidays and other weekends do not.

    Raises:
        CatiError: ``holidays_unknown`` for a year whose holidays are not in the library.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        raise CatiError(
            "holidays_unknown",
            N_(
                "The public holidays of {year} are not known to this version of the program, so working days "
                "cannot be counted. Nothing was changed. Install a version that knows them."
            ),
            year=day.year,
        ) from None


def working_days_after(day: date, count: int, without: tuple[date, date] | None = None) -> date:
    """The working day so many after a day, which itself is not counted.

    Args:
        day: where counting starts; it need not be a working day.
        count: >= 1.
        without: days after the first of these two, up to the second, are not counted.

    Raises:
        CatiError: ``holidays_unknown``.
    """
    while count:
        day += timedelta(days=1)
        if is_working_day(day) and not (without and without[0] < day <= without[1]):
            count -= 1
    return day
