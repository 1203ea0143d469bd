"""Times that may be agreed on: three quick ones, and a week in bands of call hours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise, takewhile

from cati.domain.programmes import Settings
from cati.domain.queue import hours_of, openings
from cati.gui.console.words import local

DAYS = 7
STEP = timedelta(minutes=15)
SOON = timedelta(minutes=15)
"""An appointment is at least this far ahead: sooner, one stays on the line."""
EVENING_CALL, MORNING_CALL, SATURDAY = time(19, 30), time(10), 5
MOST_BANDS = 6
BAND_HOURS = (2, 3, 4, 6)
_DAY = 24 * 60


@dataclass(frozen=True)
class Band:
    """A stretch of the day, in minutes after midnight: a row of the week."""

    start: int
    end: int

    @property
    def words(self) -> str:
        """Such as 9–10 or 18–20:30."""
        return f"{_hour(self.start)}–{_hour(self.end)}"


def _hour(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours}:{rest:02d}" if rest else f"{hours}"


def _minutes(clock: time) -> int:
    """Minutes after midnight; the last moment of a day is its end."""
    return _DAY if clock >= time(23, 59) else clock.hour * 60 + clock.minute


def clock_of(typed: str) -> time | None:
    """The clock time of digits as they are typed: 1930, 19:30, 930; None while it is no whole time."""
    hour, colon, minute = typed.partition(":")
    if not colon:
        # No hour begins with a 3 or more, so that what follows are minutes.
        cut = 1 if typed[:1] > "2" else 2
        hour, minute = typed[:cut], typed[cut:]
    if not hour or len(hour) > 2 or len(minute) != 2 or int(hour) > 23 or int(minute) > 59:
        return None
    return time(int(hour), int(minute))


class Calendar:
    """When one group may be called in the week from now on.

    Args:
        settings: of the programme.
        group: its code.
        now: aware.
    """

    def __init__(self, settings: Settings, group: str, now: datetime) -> None:
        self.now = local(now, settings)
        self.days = tuple(self.now.date() + timedelta(days=ahead) for ahead in range(DAYS))
        self._settings, self._group = settings, group
        last = self.days[-1]
        self.open = tuple(
            takewhile(lambda stretch: stretch[0].date() <= last, self._openings(self.now + SOON))
        )
        self.bands = _bands([(_minutes(h.start), _minutes(h.end)) for h in hours_of(settings, group)])

    def _openings(self, after: datetime) -> Iterator[tuple[datetime, datetime]]:
        return openings(self._settings, self._group, after)

    def fitting(self, wish: datetime) -> datetime | None:
        """The first time from `wish` on that is far enough ahead and in call hours."""
        first = next(self._openings(max(wish, self.now + SOON)), None)
        return None if first is None else _rounded(*first)

    def at(self, day: date, clock: time) -> datetime | None:
        """A time of a day if it is far enough ahead and in call hours, None if it is not."""
        wish = datetime.combine(day, clock, self.now.tzinfo)
        first = next(self._openings(wish), None)
        return wish if first is not None and first[0] == wish >= self.now + SOON else None

    def is_too_soon(self, day: date, clock: time) -> bool:
        """Whether a time of a day is gone, or so near that one stays on the line."""
        return datetime.combine(day, clock, self.now.tzinfo) < self.now + SOON

    def quick(self) -> tuple[datetime | None, ...]:
        """This evening, tomorrow at the same time, Saturday morning: moved into call hours, each another.

        A group without call hours in the evening is offered its last ones of that day.
        """
        today, zone = self.now.date(), self.now.tzinfo
        evening = datetime.combine(today, EVENING_CALL, zone)
        if evening < self.now + SOON:
            evening += timedelta(days=1)
        to_saturday = (SATURDAY - today.weekday() - 1) % 7 + 1
        saturday = datetime.combine(today + timedelta(days=to_saturday), MORNING_CALL, zone)
        found: list[datetime | None] = []
        for wish in (self._last_of(evening), self.now + timedelta(days=1), saturday):
            moment = self.fitting(wish)
            while moment is not None and moment in found:
                moment = self._after(moment)
            found.append(moment)
        return tuple(found)

    def _last_of(self, evening: datetime) -> datetime:
        """The evening asked for, or when the last call hours before it on that day begin or go on."""
        if next(self._openings(evening), (None,))[0] == evening:
            return evening
        midnight = datetime.combine(evening.date(), time(), evening.tzinfo)
        stretches = takewhile(
            lambda stretch: stretch[0] < evening, self._openings(max(midnight, self.now + SOON))
        )
        return max((opens for opens, _closes in stretches), default=evening)

    def _after(self, moment: datetime) -> datetime | None:
        """When the next call hours after those of a time begin."""
        _opens, closes = next(self._openings(moment))
        return self.fitting(closes)

    def first_in(self, day: date, band: Band) -> datetime | None:
        """The first time of a cell of the week that may be agreed on, None when it is closed."""
        start, end = self._edges(day, band)
        for opens, closes in self.open:
            if opens < end and start < closes:
                found = _rounded(max(opens, start), min(closes, end))
                if found is not None:
                    return found
        return None

    def cell_of(self, moment: datetime) -> tuple[int, int] | None:
        """Day and band of a time, counted from 0; None outside this week."""
        if moment.date() not in self.days:
            return None
        minutes = moment.hour * 60 + moment.minute
        for nth, band in enumerate(self.bands):
            if band.start <= minutes < band.end:
                return self.days.index(moment.date()), nth
        return None

    def _edges(self, day: date, band: Band) -> tuple[datetime, datetime]:
        midnight = datetime.combine(day, time(), self.now.tzinfo)
        return midnight + timedelta(minutes=band.start), midnight + timedelta(minutes=band.end)

    def moved(self, moment: datetime, steps: int) -> datetime:
        """A time `steps` quarters of an hour later (or earlier), if that is still in the same call hours."""
        wish = moment + steps * STEP
        for opens, closes in self.open:
            if opens <= moment < closes:
                return wish if opens <= wish < closes else moment
        return moment


def _rounded(start: datetime, end: datetime) -> datetime | None:
    """The first full five minutes from `start` on that lie before `end`."""
    plain = start.replace(second=0, microsecond=0)
    if plain < start:
        plain += timedelta(minutes=1)
    plain += timedelta(minutes=-plain.minute % 5)
    return plain if plain < end else None


def _bands(hours: Sequence[tuple[int, int]]) -> tuple[Band, ...]:
    """The open part of a day in rows: cut where hours begin or end, and every few hours."""
    edges = sorted({edge for stretch in hours for edge in stretch})
    stretches = [
        (start, end) for start, end in pairwise(edges) if any(a <= start and end <= b for a, b in hours)
    ]
    for width in BAND_HOURS:
        bands = [band for stretch in stretches for band in _cut(*stretch, width * 60)]
        if len(bands) <= MOST_BANDS:
            break
    return tuple(bands)


def _cut(start: int, end: int, width: int) -> list[Band]:
    """Pieces of about `width` minutes; a rest of less than half of that joins the last one."""
    count = max(1, (end - start + width // 2 - 1) // width)
    cuts = [start + nth * width for nth in range(count)] + [end]
    return [Band(a, b) for a, b in pairwise(cuts)]
