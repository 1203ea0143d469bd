"""What a report tells of, and the words that all its parts share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.claims import Compared
from cati.domain.hotline_scores import HotlineLine
from cati.domain.papers import Heading
from cati.domain.programmes import Programme, in_language
from cati.domain.ranking import UnitScore, shown
from cati.domain.rates import Rates
from cati.domain.score_plan import ScorePlan, WeightedChannel
from cati.domain.scoring import Working

T = TypeVar("T")

DIGITS = "〇一二三四五六七八九"
FEWEST_OF_A_MEAN = 3
"""Units of a series whose mean is told to one of them: of two, it would tell the other's score."""


@dataclass(frozen=True, slots=True)
class Lot:
    """The draw of who was called, or of representatives.

    Attributes:
        held_on: None if that is not known.
        certificate: its digest, hexadecimal.
        frame: hash of the lists, published before.
        parties: who gave a part of the seed.
        public: name of the value that nobody could know before.
        seed: hexadecimal.
        later: of draws of lists that came later: when each was held, and the digest of its certificate.
    """

    held_on: date | None
    certificate: str
    frame: str
    parties: tuple[str, ...]
    public: str
    seed: str
    later: tuple[tuple[date | None, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DrawnRoster:
    """A roster whose representatives were drawn; a ticket is a place in the order of the draw, from 1.

    Attributes:
        channel: code of the channel they fill in ballots of.
        label: who they are.
        people: handed in.
        drawn: how many are to come.
        absent: tickets of those who do not come.
        instead: tickets of those who come in their place.
    """

    channel: str
    label: str
    people: int
    drawn: int
    absent: tuple[int, ...]
    instead: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Below:
    """A unit and group of whom fewer people were interviewed than planned.

    Attributes:
        unit, group: names.
        planned, done: interviews.
    """

    unit: str
    group: str
    planned: int
    done: int


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved the scores as they are."""

    body: str
    signer: str
    day: date


@dataclass(frozen=True, slots=True)
class Facts:
    """All a report is written from.

    Attributes:
        programme: with its names in the language of the report.
        lines: of all units, in the programme's order.
        approval: of the scores as they are; None without one, and no report is written then.
        workings: how each unit's score of a channel comes about, by codes of channel and unit.
        rates: of the calls; None where nobody was called.
        outcomes: cases by the code of how they ended; "" those never dialled.
        dialled: first and last day somebody was dialled; None where nobody was.
        roster_lot: the draw of representatives; None without one.
        rosters: that it was held for.
        below: where fewer people were interviewed than planned.
        ballots: taken and void lines, by code of the channel.
        surveys: opinions taken from the web, doubles left out and opinions without any answer, likewise.
        simulated: how many of the interviews were made up.
        indicator_points: what units got for indicators, by codes of unit and indicator.
        undecided: how many proposals of points nobody has decided on; they count nowhere.
        claims: what a report claims was planned and done, beside what is counted.
        hotline: figures of the 12345 hotline by unit; empty without a channel of it.
        language: of the report.
    """

    programme: Programme
    plan: ScorePlan
    lines: tuple[UnitScore, ...]
    workings: Mapping[tuple[str, str], Working]
    approval: Approval | None
    made_on: date
    language: str
    rates: Rates | None = None
    outcomes: Mapping[str, int] = field(default_factory=dict)
    dialled: tuple[date, date] | None = None
    closed_on: date | None = None
    lot: Lot | None = None
    roster_lot: Lot | None = None
    rosters: tuple[DrawnRoster, ...] = ()
    below: tuple[Below, ...] = ()
    ballots: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    surveys: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)
    simulated: int = 0
    indicator_points: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    undecided: int = 0
    claims: tuple[Compared, ...] = ()
    hotline: tuple[HotlineLine, ...] = ()

    @property
    def series(self) -> tuple[str, ...]:
        """Names of the series, in the programme's order."""
        return tuple(dict.fromkeys(line.unit.series for line in self.lines))

    def members(self, series: str) -> list[UnitScore]:
        """The units of a series, the first rank first."""
        found = [line for line in self.lines if line.unit.series == series]
        return sorted(found, key=lambda line: (line.rank_in_series is None, line.rank_in_series or 0))

    def heard(self) -> list[WeightedChannel]:
        """The channels in which people answered."""
        asked = {channel for (channel, _unit), found in self.workings.items() if found.opinion.n}
        return [channel for channel in self.plan.channels if channel.code in asked]

    def answers(self, channel: WeightedChannel) -> dict[str, str]:
        """Labels of the answers that can be given in a channel, by name; empty where numbers are given."""
        wanted = {item.name for item in channel.items}
        own = next((c for c in self.programme.channels if c.code == channel.code), None)
        lists = [i.list_name for i in own.items if i.name in wanted] if own is not None else []
        lists = lists or [i.list_name for i in self.programme.items if i.name in wanted]
        return {
            choice.name: in_language(choice.labels, self.language, choice.name)
            for name in dict.fromkeys(lists)
            if name
            for choice in self.programme.choices[name]
        }


class Outline:
    """Numbers headings, tables and charts as official papers do.

    Args:
        language: of the paper.
    """

    def __init__(self, language: str) -> None:
        self._chinese = language.startswith("zh")
        self._numbers = [0, 0]
        self._tables = self._charts = self._annexes = 0

    def heading(self, text: str, level: int = 1) -> Heading:
        """The next heading of a level."""
        self._numbers[level - 1] += 1
        self._numbers[level:] = [0] * (len(self._numbers) - level)
        number = self._numbers[level - 1]
        if self._chinese:
            mark = f"{chinese(number)}、" if level == 1 else f"（{chinese(number)}）"
        else:
            mark = ".".join(str(n) for n in self._numbers[:level]) + " "
        return Heading(mark + text, level)

    def table(self, text: str) -> tuple[str, str]:
        """Name and caption of the next table."""
        self._tables += 1
        return text, _("Table {number}: {text}").format(number=self._tables, text=text)

    def chart(self, text: str) -> str:
        """Caption of the next chart."""
        self._charts += 1
        return _("Figure {number}: {text}").format(number=self._charts, text=text)

    def annex(self, text: str) -> str:
        """Title of the next annex."""
        self._annexes += 1
        return _("Annex {number}: {text}").format(number=self._annexes, text=text)


def evenly(things: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    """Parts of at most so many, none much smaller than the others."""
    parts = -(-len(things) // most)
    for part in range(parts):
        yield things[len(things) * part // parts : len(things) * (part + 1) // parts]


def undecided_words(count: int) -> str:
    """That so many proposals of points count nowhere yet; empty without any."""
    if not count:
        return ""
    return ngettext(
        "{count} proposal of points is undecided and does not count.",
        "{count} proposals of points are undecided and do not count.",
        count,
    ).format(count=count)


def chinese(number: int) -> str:
    """A number from 1 to 99 as it stands before a heading."""
    tens, ones = divmod(number, 10)
    before = ("" if tens == 1 else DIGITS[tens]) + "十" if tens else ""
    return before + (DIGITS[ones] if ones or not tens else "")


def sentences(words: Sequence[str]) -> str:
    """Sentences one after the other, without empty ones; Chinese ones stand without blanks."""
    return ("" if language().startswith("zh") else " ").join(filter(None, words))


def day_words(day: date) -> str:
    """A day, in full."""
    return _("{year}-{month:02}-{day:02}").format(year=day.year, month=day.month, day=day.day)


def around(interval: tuple[float, float] | None) -> str | None:
    """An interval in a cell."""
    return None if interval is None else f"{interval[0]:.2f}–{interval[1]:.2f}"


def percent(share: Fraction | None, places: int = 1) -> str | None:
    """A share in a cell."""
    return None if share is None else f"{shown(100 * share, places)}%"


def average(values: Sequence[Fraction | None]) -> Fraction | None:
    """The mean of those that are there; None without any."""
    found = [value for value in values if value is not None]
    return sum(found, Fraction(0)) / len(found) if found else None


def figure(value: Fraction | None) -> float | None:
    """A score in a chart, rounded as in the tables."""
    return None if value is None else float(shown(value))
