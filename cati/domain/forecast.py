"""How the interviews grow, and whether the wanted number is reached in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from math import ceil

DAYS_LOOKED_BACK = 7
"""Days from which the speed is taken."""
LOOK_AHEAD = 730
"""Days after which a forecast is none."""


@dataclass(frozen=True, slots=True)
class Calling:
    """What a forecast is made of.

    Attributes:
        done, target: interviews that fill a place, and those wanted.
        start, end: first and last day of calling as planned, None if unknown.
        closed: days without calling.
        by_day: interviews by the day on which they ended.
        closed_on: day on which fieldwork was closed.
        goes_on: whether anything is still to come.
    """

    today: date
    done: int
    target: int
    start: date | None
    end: date | None
    closed: frozenset[date]
    by_day: Mapping[date, int]
    closed_on: date | None
    goes_on: bool


@dataclass(frozen=True, slots=True)
class Forecast:
    """How the interviews grow, and whether that is fast enough.

    Attributes:
        line: (day, interviews up to its end), the day before the first one with 0.
        start, end: of the fieldwork; either may be unknown.
        target: interviews wanted.
        average: interviews a day of calling in the last seven; None before there was any.
        needed: interviews a day that just meet the end; None without an end, or when it has passed.
        finish: day on which the target is reached at this speed; None when that cannot be said.
        in_time: whether that is early enough; None when it cannot be said.
        closed: days without calling.
    """

    line: tuple[tuple[date, int], ...]
    start: date | None
    end: date | None
    target: int
    average: float | None
    needed: int | None
    finish: date | None
    in_time: bool | None
    closed: tuple[date, ...]


def foretell(calling: Calling) -> Forecast:
    """The line so far, and where it leads at the speed of the last days of calling."""
    days = (calling.start, *calling.by_day)
    start = min((day for day in days if day is not None), default=None)
    average = _average(calling, start)
    left = max(0, calling.target - calling.done)
    finish = _finish(calling, left, average) if calling.goes_on else None
    end, in_time = calling.end, None
    if calling.goes_on and left == 0:
        in_time = True
    elif calling.goes_on and end is not None and (average is not None or calling.today > end):
        in_time = finish is not None and finish <= end
    return Forecast(
        _line(calling, start),
        start,
        end,
        calling.target,
        average,
        _needed(calling, left, start) if calling.goes_on else None,
        finish,
        in_time,
        tuple(sorted(calling.closed)),
    )


def _needed(calling: Calling, left: int, start: date | None) -> int | None:
    if calling.end is None or calling.today > calling.end:
        return None
    first = max(calling.today, start or calling.today)
    open_days = sum(day not in calling.closed for day in _days(first, calling.end))
    return ceil(left / max(1, open_days))


def _line(calling: Calling, start: date | None) -> tuple[tuple[date, int], ...]:
    if start is None or calling.today < start:
        return ()
    days = _days(start, calling.today if calling.closed_on is None else max(calling.closed_on, start))
    sums = accumulate(calling.by_day.get(day, 0) for day in days)
    return ((start - timedelta(days=1), 0), *zip(days, sums, strict=True))


def _average(calling: Calling, start: date | None) -> float | None:
    if start is None:
        return None
    first = max(start, calling.today - timedelta(days=DAYS_LOOKED_BACK))
    days = [day for day in _days(first, calling.today - timedelta(days=1)) if day not in calling.closed]
    return sum(calling.by_day.get(day, 0) for day in days) / len(days) if days else None


def _finish(calling: Calling, left: int, average: float | None) -> date | None:
    if left == 0:
        return calling.today
    if not average:
        return None
    to_go = ceil(left / average)
    for day in _days(calling.today, calling.today + timedelta(days=LOOK_AHEAD)):
        to_go -= day not in calling.closed
        if to_go <= 0:
            return day
    return None


def _days(first: date, last: date) -> Sequence[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
