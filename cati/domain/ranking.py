"""From the scores of channels to composite, final score and rank of every unit.

Yazhou 2023, section 9: the composite is the weighed sum of the channels; points are added or taken last.
Yufeng 2024, annex 1: channels may weigh points instead, which add up.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from math import sqrt

from cati.base.i18n import mark as N_
from cati.domain.score_plan import ScoredUnit, ScorePlan
from cati.domain.scoring import Note, OpinionScore
from cati.domain.variance import differ, margin_factor
from cati.domain.weighing import weighted_mean


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Confirmed points added to or taken from a unit.

    Attributes:
        problem: number of the problem they are for, empty where the ground counts once.
        basis: how they come about, as `cati.domain.deductions.Basis` keeps it; empty where they were given.
    """

    code: str
    points: Fraction
    reason: str
    problem: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class ChannelScore:
    """One unit in one channel.

    Attributes:
        behind: what people answered; None when the score was computed elsewhere, or from other channels.
        differs_from_next: from the unit ranked next in this channel, at the programme's level; None when
            that cannot be said.
    """

    score: Fraction | None
    behind: OpinionScore | None = None
    rank: int | None = None
    differs_from_next: bool | None = None


@dataclass(frozen=True, slots=True)
class UnitScore:
    """One line of the ranking.

    Attributes:
        composite: None while a channel is missing; so are final score and ranks.
        differs_from_next: as in `ChannelScore`, for the final score.
        notes: why there is no composite, and what is to be known of the interviews.
        exempt: codes of channels that do not apply to the unit; the others share their weight.
    """

    unit: ScoredUnit
    channels: Mapping[str, ChannelScore]
    composite: Fraction | None
    adjustments: tuple[Adjustment, ...]
    final: Fraction | None
    rank: int | None = None
    rank_in_series: int | None = None
    differs_from_next: bool | None = None
    notes: tuple[Note, ...] = field(default=())
    exempt: frozenset[str] = frozenset()


def ranking(
    plan: ScorePlan,
    heard: Mapping[tuple[str, str], OpinionScore],
    finished: Mapping[tuple[str, str], Fraction],
    adjustments: Mapping[str, Sequence[Adjustment]],
    exempt: Collection[tuple[str, str]] = (),
) -> list[UnitScore]:
    """The scores and ranks of all units, in the programme's order.

    Args:
        plan: how the programme is scored.
        heard: score from what people answered, by (channel code, unit code).
        finished: score of a channel that was computed elsewhere, likewise; what people answered goes first.
        adjustments: confirmed ones by unit code.
        exempt: channels that do not apply to a unit, by (channel code, unit code).
    """
    lines = [
        _line(
            plan,
            unit,
            heard,
            finished,
            adjustments.get(unit.code, ()),
            frozenset(channel for channel, of in exempt if of == unit.code),
        )
        for unit in plan.units
    ]
    channels = {
        c.code: _ranked_channel([line.channels[c.code] for line in lines], plan) for c in plan.channels
    }
    overall = ranks([line.final for line in lines])
    in_series = _ranks_in_series(lines)
    apart = _differs_from_next([line.final for line in lines], _final_variances(plan, lines), plan.level)
    return [
        replace(
            line,
            channels={code: scores[i] for code, scores in channels.items()},
            rank=overall[i],
            rank_in_series=in_series[i],
            differs_from_next=apart[i],
        )
        for i, line in enumerate(lines)
    ]


def final_interval(plan: ScorePlan, line: UnitScore) -> tuple[float, float] | None:
    """The interval of a final score: that of what people answered, as far as it weighs in the composite.

    Channels that were computed elsewhere and the adjustments are taken as they are.
    """
    variance = _final_variance(plan, line)
    if variance is None or line.final is None:
        return None
    reach = margin_factor(plan.level) * sqrt(variance)
    low = high = 0.0
    for share, behind in _sampled(plan, line):
        score = float(behind.score or 0)
        low += share * (score - behind.scale[0])
        high += share * (behind.scale[1] - score)
    return float(line.final) - min(reach, low), float(line.final) + min(reach, high)


def neighbours(plan: ScorePlan, lines: Sequence[UnitScore], channel: str = "") -> list[bool | None]:
    """Whether each of these lines differs from the one ranked next among them, as `UnitScore` says it.

    Args:
        plan: how the programme is scored.
        lines: such as those of one series.
        channel: code of a channel; empty compares the final scores.
    """
    if not channel:
        return _differs_from_next([line.final for line in lines], _final_variances(plan, lines), plan.level)
    found = [line.channels[channel] for line in lines]
    variances = [one.behind.variance if one.behind else None for one in found]
    return _differs_from_next([one.score for one in found], variances, plan.level)


def ranks(values: Sequence[Fraction | None]) -> list[int | None]:
    """Places from the highest value down; equal values share a place (1, 2, 2, 4), None has none."""
    ordered = sorted((v for v in values if v is not None), reverse=True)
    place: dict[Fraction, int] = {}
    for position, value in enumerate(ordered, start=1):
        place.setdefault(value, position)
    return [None if value is None else place[value] for value in values]


def _line(
    plan: ScorePlan,
    unit: ScoredUnit,
    heard: Mapping[tuple[str, str], OpinionScore],
    finished: Mapping[tuple[str, str], Fraction],
    adjustments: Sequence[Adjustment],
    exempt: frozenset[str],
) -> UnitScore:
    shares = plan.shares(unit.series, exempt)
    channels = {c.code: ChannelScore(None) for c in plan.channels}
    notes: list[Note] = []
    missing: list[Note] = []
    for channel in plan.channels:
        if channel.code in exempt:
            sentence = N_("{channel} does not apply to the unit: the other channels share its weight.")
            notes.append(Note("channel_exempt", sentence, {"channel": channel.label}))
        if channel.code not in shares:
            continue
        behind = heard.get((channel.code, unit.code))
        score = behind.score if behind is not None else finished.get((channel.code, unit.code))
        channels[channel.code] = ChannelScore(score, behind)
        if behind is not None:
            notes += [replace(note, channel=channel.label) for note in behind.notes]
        # What is worth nothing is not waited for, as the hotline of departments where a document gives none.
        if score is None and shares[channel.code]:
            missing.append(
                Note(
                    "channel_missing",
                    N_("There is no composite: {channel} has no score."),
                    {"channel": channel.label},
                )
            )
    _combine(plan, "", unit.series, channels, exempt)
    composite = None
    if shares and not missing:
        weighed = ((share, channels[code]) for code, share in shares.items() if share)
        composite = sum((share * _known(channel) for share, channel in weighed), Fraction(0))
    final = None if composite is None else composite + sum((a.points for a in adjustments), Fraction(0))
    told = (*missing, *notes)
    return UnitScore(unit, channels, composite, tuple(adjustments), final, notes=told, exempt=exempt)


def _known(channel: ChannelScore) -> Fraction:
    assert channel.score is not None
    return channel.score


def _combine(
    plan: ScorePlan, parent: str, series: str, channels: dict[str, ChannelScore], exempt: Collection[str]
) -> None:
    """Fill in the scores of channels that others make up; one whose part is missing has none."""
    for channel in plan.parts(parent, series):
        parts = [part for part in plan.parts(channel.code, series) if part.code not in exempt]
        if not parts:
            continue
        _combine(plan, channel.code, series, channels, exempt)
        scores = [channels[part.code].score for part in parts]
        if all(score is not None for part, score in zip(parts, scores, strict=True) if part.weight):
            channels[channel.code] = ChannelScore(weighted_mean([p.weight for p in parts], scores))


def _ranked_channel(scores: Sequence[ChannelScore], plan: ScorePlan) -> list[ChannelScore]:
    values = [score.score for score in scores]
    places = ranks(values)
    apart = _differs_from_next(values, [s.behind.variance if s.behind else None for s in scores], plan.level)
    return [
        replace(score, rank=place, differs_from_next=differs)
        for score, place, differs in zip(scores, places, apart, strict=True)
    ]


def _ranks_in_series(lines: Sequence[UnitScore]) -> list[int | None]:
    result: list[int | None] = [None] * len(lines)
    for series in {line.unit.series for line in lines}:
        members = [i for i, line in enumerate(lines) if line.unit.series == series]
        for i, rank in zip(members, ranks([lines[i].final for i in members]), strict=True):
            result[i] = rank
    return result


def _final_variances(plan: ScorePlan, lines: Sequence[UnitScore]) -> list[float | None]:
    return [_final_variance(plan, line) for line in lines]


def _final_variance(plan: ScorePlan, line: UnitScore) -> float | None:
    """Of a final score: finished scores and the adjustments are taken as they are."""
    parts = [(share, behind.variance) for share, behind in _sampled(plan, line)]
    known = [share**2 * variance for share, variance in parts if variance is not None]
    return sum(known) if parts and len(known) == len(parts) else None


def _sampled(plan: ScorePlan, line: UnitScore) -> list[tuple[float, OpinionScore]]:
    """The channels in which people answered, each with its share of the composite."""
    found = []
    for code, share in plan.shares(line.unit.series, line.exempt).items():
        behind = line.channels[code].behind
        if behind is not None and share:
            found.append((float(share), behind))
    return found


def _differs_from_next(
    values: Sequence[Fraction | None], variances: Sequence[float | None], level: float
) -> list[bool | None]:
    ranked = sorted((-value, i) for i, value in enumerate(values) if value is not None)
    result: list[bool | None] = [None] * len(values)
    for (score, i), (next_score, j) in pairwise(ranked):
        result[i] = differ((float(score), variances[i]), (float(next_score), variances[j]), level)
    return result


def shown(value: Fraction, places: int = 2) -> str:
    """A score as it is shown: rounded half up (away from zero) to some decimal places."""
    units = int(abs(value) * 10**places + Fraction(1, 2))
    whole, rest = divmod(units, 10**places)
    return f"{'-' if value < 0 and units else ''}{whole}.{rest:0{places}}"
