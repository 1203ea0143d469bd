"""The work of units for the 12345 hotline in figures and points.

The rules are those of 鱼峰区12345政务服务便民热线办理工作考评办法（2024年修订）; each stands with its
sentence. All of it is exact (fractions); only what is shown is rounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from cati.base.i18n import mark as N_
from cati.domain.hotline import Outcome, Ticket, Way, costs_points, is_on_time
from cati.domain.programmes import Unit
from cati.domain.ranking import shown
from cati.domain.scoring import Note


class Satisfied(StrEnum):
    """Of which tickets the satisfied ones are a share; the document leaves it open."""

    OF_RATED = "rated"
    OF_CLOSED = "closed"


RATES_FULL = Fraction(7)
"""“三率”的评价数据，满分7分 (N)."""
ON_TIME_PART, SATISFIED_PART, RESOLVED_PART = Fraction(10, 100), Fraction(30, 100), Fraction(60, 100)
"""按时率占比权重 10%；处理满意率占比权重30%；诉求解决率占比权重 60%."""
UNRESOLVED_POINTS = Fraction(2, 10)
"""－自治区抽查未解决工单量（申诉未通过）×0.2."""
FOLLOW_UP_FULL = Fraction(3)
"""2023年未解决工单跟踪问效满分值为M … 满分3分."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The work of one unit; rates are from 0 to 1, None where there was nothing to take a share of.

    Attributes:
        unresolved: tickets that cost points after a spot check.
        points: earned in all, as the platform computed them; None where they follow from the rates.
    """

    on_time: Fraction | None
    satisfied: Fraction | None
    resolved: Fraction | None
    unresolved: int = 0
    points: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Adopted:
    """The platform's own figures of a unit, which count (采信): rates in percent as it printed them.

    Attributes:
        on_time, satisfied, resolved: 0 to 100, None where it gives none.
        unresolved: tickets found unresolved by a spot check whose appeal failed.
        points: of 10, None where they follow from the rates.
    """

    on_time: Decimal | None
    satisfied: Decimal | None
    resolved: Decimal | None
    unresolved: int = 0
    points: Decimal | None = None

    def figures(self) -> Figures:
        """The same, exact and with rates from 0 to 1."""
        on_time, satisfied, resolved = (
            None if rate is None else Fraction(rate) / 100
            for rate in (self.on_time, self.satisfied, self.resolved)
        )
        points = None if self.points is None else Fraction(self.points)
        return Figures(on_time, satisfied, resolved, self.unresolved, points)


def printed_places(adopted: Iterable[Adopted]) -> int:
    """To how many decimals of a percent the platform printed its rates: the most of any, 4 at most."""
    rates = [rate for one in adopted for rate in (one.on_time, one.satisfied, one.resolved)]
    exponents = [rate.normalize().as_tuple().exponent for rate in rates if rate is not None]
    return min(4, max([0, *(-e for e in exponents if isinstance(e, int))]))


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Last year's unresolved tickets of a unit that were followed up, and those whose appeal failed."""

    followed: int
    failed: int


def figures(tickets: Iterable[Ticket], formula: Satisfied) -> Figures:
    """The figures of a unit from its tickets.

    按时率=（按时办结量+按时退单量）/（办结量+退单量）. 综合解决率=（短信评价已解决+短信评价部分解决+
    人工回访已解决+人工回访部分解决）/（these and 短信评价未解决+人工回访未解决）.

    Args:
        tickets: of one unit, in any order.
        formula: of the satisfied ones.

    Raises:
        CatiError: ``holidays_unknown``.
    """
    known = list(tickets)
    said = [outcome for t in known for outcome in (t.sms, t.call) if outcome is not None]
    closed = sum(t.way is Way.CLOSED for t in known)
    rated = sum(t.satisfied is not None for t in known)
    return Figures(
        _share(sum(map(is_on_time, known)), len(known)),
        _share(sum(t.satisfied is True for t in known), rated if formula is Satisfied.OF_RATED else closed),
        _share(sum(outcome is not Outcome.UNRESOLVED for outcome in said), len(said)),
        sum(map(costs_points, known)),
    )


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the working of a unit's points.

    Attributes:
        name: on_time, satisfied, resolved or follow_up.
        rate: from 0 to 1; None where the part does not apply.
        earned, possible: points; both 0 where it does not apply.
        taken: tickets whose points were taken off, 0.2 each in the part of the resolved ones.
    """

    name: str
    rate: Fraction | None
    earned: Fraction
    possible: Fraction
    taken: int = 0


@dataclass(frozen=True, slots=True)
class HotlineScore:
    """One unit on the hotline.

    Attributes:
        parts: how the points come about.
        earned: by the platform's own points where it gives them, else the sum of the parts.
        possible: points that could be earned; parts that do not apply are not in it.
        score: earned over possible in percent, None when nothing applies or something is not known yet.
        notes: every part that does not apply, and why there is no score.
    """

    parts: tuple[Part, ...]
    earned: Fraction
    possible: Fraction
    score: Fraction | None
    notes: tuple[Note, ...]

    @property
    def nothing_applies(self) -> bool:
        """Whether no ticket of this year and the year before counts, and all of it is known."""
        unknown = any(note.code == "hotline_follow_up_missing" for note in self.notes)
        return not (self.possible or self.earned or unknown)


PARTS = {
    "on_time": N_("done in time"),
    "satisfied": N_("satisfied"),
    "resolved": N_("resolved"),
    "unresolved": N_("found unresolved"),
    "follow_up": N_("follow-up"),
    "points": N_("points earned"),
}
"""What figures are called, to be translated."""

RATES = ("on_time", "satisfied", "resolved")
"""The three figures that are shares (三率)."""

MISSING = {
    "on_time": N_("No ticket was closed or returned; the 0.7 points for time are not among those possible."),
    "satisfied": N_(
        "Nobody said whether they were satisfied; the 2.1 points for it are not among those possible."
    ),
    "resolved": N_("Nobody said what came of it; the 4.2 points for it are not among those possible."),
    "follow_up": N_(
        "No ticket of last year was followed up; the 3 points for it are not among those possible."
    ),
}
"""Why a part does not apply, to be translated."""


def hotline_score(found: Figures, follow_up: FollowUp | None) -> HotlineScore:
    """The points of a unit.

    按时率得分=按时率×10%N; 诉求解决率得分=综合解决率×60%N-自治区抽查未解决工单量（申诉未通过）×0.2;
    跟踪问效得分=M-（申诉未通过量/跟踪问效量）×M. A part whose denominator is 0 leaves the
    points earned and possible, and is noted. Points that the platform itself computed are of all 10.

    Args:
        found: adopted, or from tickets.
        follow_up: None while nobody said whether tickets of last year were followed up; then there is no
            score, unless the platform's own points hold it already.
    """
    parts = (
        _part("on_time", found.on_time, ON_TIME_PART * RATES_FULL),
        _part("satisfied", found.satisfied, SATISFIED_PART * RATES_FULL),
        _part("resolved", found.resolved, RESOLVED_PART * RATES_FULL, found.unresolved),
        _part("follow_up", _kept(follow_up), FOLLOW_UP_FULL),
    )
    if found.points is not None:
        full = RATES_FULL + FOLLOW_UP_FULL
        return HotlineScore(parts, found.points, full, 100 * found.points / full, ())
    possible = sum((part.possible for part in parts), Fraction(0))
    earned = sum((part.earned for part in parts), Fraction(0))
    notes = [
        Note("hotline_part_missing", MISSING[part.name])
        for part in parts
        if part.rate is None and not (part.name == "follow_up" and follow_up is None)
    ]
    if follow_up is None:
        sentence = N_("There is no score of the hotline yet: the figures of the follow-up are missing.")
        notes.append(Note("hotline_follow_up_missing", sentence))
    known = follow_up is not None and possible
    return HotlineScore(parts, earned, possible, 100 * earned / possible if known else None, tuple(notes))


def _part(name: str, rate: Fraction | None, full: Fraction, taken: int = 0) -> Part:
    off = taken * UNRESOLVED_POINTS
    if rate is None:
        return Part(name, None, -off, Fraction(0), taken)
    return Part(name, rate, rate * full - off, full, taken)


def _kept(follow_up: FollowUp | None) -> Fraction | None:
    if follow_up is None or not follow_up.followed:
        return None
    return 1 - Fraction(follow_up.failed, follow_up.followed)


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that tickets give otherwise than it was adopted.

    Attributes:
        figure: a key of `PARTS`.
        adopted, recomputed: rates from 0 to 1, counts or points; None where there is none.
        tickets: numbers of those behind it, in order.
    """

    unit: str
    figure: str
    adopted: Fraction | None
    recomputed: Fraction | None
    tickets: tuple[str, ...]


def differences(
    unit: str,
    adopted: Figures,
    tickets: Sequence[Ticket],
    follow_up: FollowUp | None,
    formula: Satisfied,
    places: int = 2,
) -> tuple[Difference, ...]:
    """The figures of a unit that its tickets give otherwise than the platform's, which score all the same.

    采信区网格中心考评结果: what is adopted counts; this only says what to ask the platform about.

    Args:
        unit: code.
        adopted: the platform's.
        tickets: of the unit, in any order.
        follow_up: as in `hotline_score`.
        formula: of the satisfied ones.
        places: decimals of a percent that the platform gives; figures alike to these are alike.

    Raises:
        CatiError: ``holidays_unknown``.
    """
    own = figures(tickets, formula)
    ordered = sorted(tickets, key=lambda t: t.number)
    behind = {
        "on_time": [t for t in ordered if t.marked is not None and is_on_time(t) != t.marked],
        "satisfied": [t for t in ordered if t.satisfied is False],
        "resolved": [t for t in ordered if Outcome.UNRESOLVED in (t.sms, t.call)],
        "unresolved": [t for t in ordered if t.spot_unresolved],
    }
    pairs = {
        "on_time": (adopted.on_time, own.on_time),
        "satisfied": (adopted.satisfied, own.satisfied),
        "resolved": (adopted.resolved, own.resolved),
        "unresolved": (Fraction(adopted.unresolved), Fraction(own.unresolved)),
    }
    if follow_up is not None:
        pairs["points"] = (hotline_score(adopted, follow_up).earned, hotline_score(own, follow_up).earned)
    return tuple(
        Difference(unit, name, theirs, ours, tuple(t.number for t in behind.get(name, ())))
        for name, (theirs, ours) in pairs.items()
        if not _alike(theirs, ours, places + 2 if name in RATES else 2)
    )


def _alike(one: Fraction | None, other: Fraction | None, places: int) -> bool:
    if one is None or other is None:
        return one is other
    return _rounded(one, places) == _rounded(other, places)


def _rounded(value: Fraction, places: int) -> int:
    """Half up, in units of the last place."""
    return int((value * 10**places + Fraction(1, 2)) // 1)


@dataclass(frozen=True, slots=True)
class HotlineLine:
    """One unit on the hotline.

    Attributes:
        adopted: the platform's figures, None before they were taken.
        recomputed: from its tickets.
        tickets: how many it has.
        follow_up: None while none were taken.
        score: as it counts; None before figures were adopted for the unit.
        differences: what to ask the platform about; empty before there are figures and tickets.
    """

    unit: Unit
    adopted: Figures | None
    recomputed: Figures
    tickets: int
    follow_up: FollowUp | None
    score: HotlineScore | None
    differences: tuple[Difference, ...]


def shown_figure(name: str, value: Fraction | None) -> str:
    """A figure as it is shown: rates in percent, counts whole, points with two decimals, – for none."""
    if value is None:
        return "–"
    if name == "unresolved":
        return str(int(value))
    return f"{shown(100 * value)}%" if name in (*RATES, "follow_up") else shown(value)
