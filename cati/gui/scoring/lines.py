"""What the ranking shows, line by line, for a series and for the composite or one channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from cati.base.i18n import translate as _
from cati.domain.names import channel_words
from cati.domain.programmes import Programme
from cati.domain.ranking import UnitScore, final_interval, neighbours, ranks, shown
from cati.domain.score_plan import ScorePlan
from cati.domain.scoring import OpinionScore

DONT_KNOW = "0"
"""Key of the answer whose share is printed beside the score."""
MUCH = Fraction(12, 100)
"""A share of answers beyond which it is printed bold."""
NONE = "—"


@dataclass(frozen=True, slots=True)
class Line:
    """One unit as it is drawn.

    Attributes:
        code: of the unit.
        score: as it is drawn; None without any.
        interval: around it.
        before: where it stood before points were added or taken; None without any.
        joined: whether it does not differ from the one ranked next.
        cells: the figures right of the axis, in the order of `headings`.
        strong: which of them are bold, by place; taken ones are in the colour of what needs a person.
    """

    code: str
    rank: str
    name: str
    shown: str
    score: float | None
    interval: tuple[float, float] | None
    before: float | None
    joined: bool
    cells: tuple[str, ...]
    strong: Mapping[int, str]


def headings(programme: Programme, plan: ScorePlan) -> tuple[str, ...]:
    """Of the figures right of the axis."""
    channels = [channel_words(programme, channel.code) for channel in plan.channels]
    return (*channels, _("Points"), _("Valid n"), _("Don't know"), _("Pool"))


def lines(
    programme: Programme, plan: ScorePlan, scores: Sequence[UnitScore], series: str, channel: str
) -> tuple[Line, ...]:
    """The units of a series (empty: all), the first rank first, those without a score last.

    Args:
        programme: what was evaluated.
        plan: how it is scored.
        scores: of all units.
        series: name, or empty.
        channel: code, or empty for the composite with its adjustments.
    """
    members = [line for line in scores if not series or line.unit.series == series]
    values = [_value(line, channel) for line in members]
    places = ranks(values)
    apart = neighbours(plan, members, channel)
    order = sorted(range(len(members)), key=lambda at: (values[at] is None, -(values[at] or 0), at))
    unknown = _dont_know(programme)
    return tuple(_line(plan, members[at], places[at], apart[at] is False, channel, unknown) for at in order)


def _value(line: UnitScore, channel: str) -> Fraction | None:
    return line.channels[channel].score if channel else line.final


def _line(
    plan: ScorePlan, line: UnitScore, rank: int | None, joined: bool, channel: str, unknown: str | None
) -> Line:
    value = _value(line, channel)
    points = sum((a.points for a in line.adjustments), Fraction(0))
    phone = _phone(plan, line)
    interval = final_interval(plan, line)
    if channel:
        behind = line.channels[channel].behind
        interval = behind.interval if behind is not None else None
    cells = [_shown(line.channels[c.code].score) for c in plan.channels]
    share = _share(phone, unknown)
    strong = {}
    if points:
        strong[len(cells)] = "warn" if points < 0 else "ok"
    if share is not None and share > MUCH:
        strong[len(cells) + 2] = "ink"
    pool = phone.supplement_share if phone is not None else None
    cells += [
        signed(points) if points else NONE,
        NONE if phone is None else str(phone.n),
        NONE if share is None else f"{shown(100 * share, 1)}%",
        f"{shown(100 * pool, 0).rstrip('.')}%" if pool else NONE,
    ]
    before = float(line.composite) if points and not channel and line.composite is not None else None
    return Line(
        line.unit.code,
        NONE if rank is None else str(rank),
        line.unit.name,
        _shown(value),
        None if value is None else float(value),
        interval,
        before,
        joined,
        tuple(cells),
        strong,
    )


def signed(points: Fraction) -> str:
    """Points with their sign; a true minus."""
    return f"{'+' if points > 0 else '−'}{shown(abs(points))}"


def _phone(plan: ScorePlan, line: UnitScore) -> OpinionScore | None:
    return line.channels[plan.phone.code].behind if plan.phone is not None else None


def _shown(value: Fraction | None) -> str:
    return NONE if value is None else shown(value)


def _dont_know(programme: Programme) -> str | None:
    for item in programme.items:
        for choice in programme.choices[item.list_name]:
            if choice.key == DONT_KNOW:
                return choice.name
    return None


def _share(phone: OpinionScore | None, answer: str | None) -> Fraction | None:
    if phone is None or not phone.n or answer is None:
        return None
    return phone.shares.get(answer, Fraction(0))
