"""The score of a unit in one channel, from interviews, ballots or what else people answered.

All of it is exact (fractions); only what is shown is rounded. The rules are those of Yazhou 2023, section 9:
an item is the points of all answers over the number of people who gave a counted one; items and groups are
weighed into the score of the channel.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from cati.base.i18n import mark as N_
from cati.base.i18n import translate
from cati.domain.score_plan import Item, ScorePlan
from cati.domain.variance import interval, score_variance
from cati.domain.weighing import (
    Pattern,
    Stratum,
    combined,
    counted,
    mean,
    stratum,
    weighted_mean,
)

FEW_ANSWERS = 5
"""An item with fewer counted answers is marked."""
SIMULATED = N_(
    "{count:,} of the interviews were made up by a simulation, in which nobody is called. "
    "These are no scores."
)


@dataclass(frozen=True, slots=True)
class Collected:
    """What was collected from one group about one unit.

    Attributes:
        patterns: how many interviews or ballots answered like this, items in the plan's order.
        population: entries that could have been drawn, None if unknown.
        supplement: how many of the interviews came from the public pool.
    """

    patterns: Mapping[Pattern, int]
    population: int | None = None
    supplement: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know about a score; `message` is the msgid of a sentence with ``{name}`` fields.

    Attributes:
        channel: name of the channel it is about; empty where the sentence says that itself.
    """

    code: str
    message: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    channel: str = ""

    def __str__(self) -> str:
        return translate(self.message).format(**self.params)


@dataclass(frozen=True, slots=True)
class ItemScore:
    """One item of one unit.

    Attributes:
        score: None when nobody gave a counted answer.
        n: counted answers.
        answers: how often each answer was given, counted or not.
    """

    score: Fraction | None
    n: int
    answers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OpinionScore:
    """One unit by what people answered in one channel.

    Attributes:
        score: None when there is no counted answer.
        n: interviews or ballots.
        variance: of the score, None when it cannot be estimated.
        interval: around the score at the programme's level.
        shares: of each answer that does not count, among all answers to evaluated items.
        supplement_share: of the interviews, those from the public pool; None without interviews.
        notes: every weight that went elsewhere, every thin item, the supplement.
        scale: fewest and most points an answer can have.
    """

    score: Fraction | None
    n: int
    variance: float | None
    interval: tuple[float, float] | None
    items: Mapping[str, ItemScore]
    shares: Mapping[str, Fraction]
    supplement_share: Fraction | None
    notes: tuple[Note, ...]
    scale: tuple[float, float] = (0.0, 100.0)


@dataclass(frozen=True, slots=True)
class GroupPart:
    """A weighted group, or all pooled ones, in the working of a score.

    Attributes:
        n: interviews.
        population: entries that could have been drawn, None if unknown.
        score: of the items over the group alone, None without any counted answer.
    """

    label: str
    weight: Fraction
    n: int
    population: int | None
    score: Fraction | None = None


@dataclass(frozen=True, slots=True)
class ItemPart:
    """One item in the working of a score.

    Attributes:
        by_group: mean and counted answers in each group; the mean is None without any.
        score: of the item over the groups, None without any counted answer.
        name: of the item.
        interval: around the score at the programme's level; None where it cannot be estimated.
    """

    label: str
    weight: Fraction
    by_group: tuple[tuple[Fraction | None, int], ...]
    score: Fraction | None
    name: str = ""
    interval: tuple[float, float] | None = None

    @property
    def n(self) -> int:
        """Counted answers."""
        return sum(n for _mean, n in self.by_group)


@dataclass(frozen=True, slots=True)
class Working:
    """How the score of one unit comes about, to be read line by line.

    Attributes:
        items_first: items are weighed inside each group before groups are weighed.
    """

    groups: tuple[GroupPart, ...]
    items: tuple[ItemPart, ...]
    opinion: OpinionScore
    items_first: bool


def opinion_score(plan: ScorePlan, unit: str, collected: Mapping[str, Collected]) -> OpinionScore:
    """The score of one unit from what people answered.

    Args:
        plan: how the channel is scored, as `ScorePlan.of_channel` gives it.
        unit: code of the unit.
        collected: by group code.
    """
    items, strata = _applied(plan, unit, collected)
    points = [item.points for item in items]
    scores = {item.name: _item_score(item, place, strata) for place, item in enumerate(items)}
    score = combined(
        [item.weight for item in items],
        [s.weight for s in strata],
        [[mean(p, count) for p, count in zip(points, s.counts, strict=True)] for s in strata],
        items_first=plan.items_first,
    )
    variance = score_variance(
        points, [float(item.weight) for item in items], strata, items_first=plan.items_first
    )
    n = sum(s.n for s in strata)
    supplement = sum(c.supplement for c in collected.values())
    scale = _scale(items)
    return OpinionScore(
        score=score,
        n=n,
        variance=variance,
        interval=None if score is None else interval(float(score), variance, plan.level, *scale),
        items=scores,
        shares=_uncounted_shares(items, scores),
        supplement_share=Fraction(supplement, n) if n else None,
        notes=(*_renormalised(plan, unit, items, strata, scores), *_supplement_note(supplement, n)),
        scale=scale,
    )


def working(plan: ScorePlan, unit: str, collected: Mapping[str, Collected]) -> Working:
    """As `opinion_score`, with what every item and group adds to it."""
    items, strata = _applied(plan, unit, collected)
    opinion = opinion_score(plan, unit, collected)
    weights = [item.weight for item in items]
    return Working(
        groups=tuple(
            GroupPart(
                s.label,
                s.weight,
                s.n,
                s.population,
                weighted_mean(
                    weights, [mean(item.points, c) for item, c in zip(items, s.counts, strict=True)]
                ),
            )
            for s in strata
        ),
        items=tuple(
            ItemPart(
                item.label,
                item.weight,
                tuple(
                    (mean(item.points, s.counts[place]), counted(item.points, s.counts[place]))
                    for s in strata
                ),
                opinion.items[item.name].score,
                item.name,
                _item_interval(plan, item, place, strata, opinion.items[item.name].score),
            )
            for place, item in enumerate(items)
        ),
        opinion=opinion,
        items_first=plan.items_first,
    )


def _item_interval(
    plan: ScorePlan, item: Item, place: int, strata: Sequence[Stratum], score: Fraction | None
) -> tuple[float, float] | None:
    """As if the item were all that was asked."""
    if score is None:
        return None
    alone = [stratum(s.label, s.weight, [s.patterns], s.population, [place]) for s in strata]
    variance = score_variance([item.points], [1.0], alone, items_first=plan.items_first)
    return interval(float(score), variance, plan.level, *_scale([item]))


def _applied(
    plan: ScorePlan, unit: str, collected: Mapping[str, Collected]
) -> tuple[list[Item], list[Stratum]]:
    """The items that apply to a unit, numbers with their points, and what was collected by weight."""
    items = [item for item in plan.items if plan.applies(item, unit)]
    strata = _strata(plan, unit, items, collected)
    return [_with_numbers(item, place, strata) for place, item in enumerate(items)], strata


def _with_numbers(item: Item, place: int, strata: Sequence[Stratum]) -> Item:
    """An item whose answers are numbers, with every number that was given as its own points."""
    if item.numbers is None:
        return item
    given = {answer for s in strata for answer in s.counts[place]}
    return replace(item, points={answer: Fraction(answer) for answer in given})


def _scale(items: Sequence[Item]) -> tuple[float, float]:
    ends = [float(y) for item in items for y in (item.numbers or item.points.values())]
    return min(ends, default=0.0), max(ends, default=0.0)


def _strata(
    plan: ScorePlan, unit: str, items: Sequence[Item], collected: Mapping[str, Collected]
) -> list[Stratum]:
    """What was collected, by weight: each weighted group of the unit alone, all others as one."""
    groups_of_unit = [g for g in plan.groups if plan.asks(g, unit)]
    weighted = [g for g in groups_of_unit if g.weight is not None]
    pooled = [g for g in groups_of_unit if g.weight is None]
    parts = [([g], g.weight or Fraction(0)) for g in weighted]
    if pooled:
        # Together they carry what the weighted groups leave of 100 percent.
        taken = sum((g.weight for g in plan.groups if g.weight is not None), Fraction(0))
        parts.append((pooled, max(Fraction(0), 100 - taken)))
    places = [place for place, item in enumerate(plan.items) if item in items]
    result = []
    for groups, weight in parts:
        found = [collected[g.code] for g in groups if g.code in collected]
        sizes = [c.population for c in found]
        known = [size for size in sizes if size is not None]
        result.append(
            stratum(
                "、".join(g.label for g in groups),
                weight,
                [c.patterns for c in found],
                sum(known) if len(known) == len(sizes) else None,
                places,
                tuple(g.code for g in groups),
            )
        )
    return result


def _item_score(item: Item, place: int, strata: Sequence[Stratum]) -> ItemScore:
    answers: Counter[str] = Counter()
    for s in strata:
        answers.update(s.counts[place])
    return ItemScore(
        weighted_mean([s.weight for s in strata], [mean(item.points, s.counts[place]) for s in strata]),
        counted(item.points, answers),
        dict(sorted(answers.items())),
    )


def _uncounted_shares(items: Sequence[Item], scores: Mapping[str, ItemScore]) -> dict[str, Fraction]:
    total = sum(times for score in scores.values() for times in score.answers.values())
    left_out: Counter[str] = Counter()
    for item in items:
        left_out.update({a: t for a, t in scores[item.name].answers.items() if a not in item.points})
    return {answer: Fraction(times, total) for answer, times in sorted(left_out.items())}


def _renormalised(
    plan: ScorePlan,
    unit: str,
    items: Sequence[Item],
    strata: Sequence[Stratum],
    scores: Mapping[str, ItemScore],
) -> list[Note]:
    notes = [
        Note(
            "group_elsewhere",
            N_("{group} is not asked about units of this series; its weight went to the other groups."),
            {"group": group.label},
        )
        for group in plan.groups
        if group.weight and not plan.asks(group, unit)
    ]
    notes += [
        Note(
            "not_applicable",
            N_("{item} does not apply to this unit; its weight went to the other items."),
            {"item": item.label},
        )
        for item in plan.items
        if (unit, item.name) in plan.not_applicable
    ]
    notes += [
        Note(
            "group_missing",
            N_("Nobody of {group} was heard; its weight went to the other groups."),
            {"group": s.label},
        )
        for s in strata
        if s.weight and not s.n
    ]
    for place, item in enumerate(items):
        notes += _item_notes(item, place, strata, scores[item.name].n)
    return notes


def _item_notes(item: Item, place: int, strata: Sequence[Stratum], n: int) -> list[Note]:
    if not n:
        sentence = N_("{item} has no counted answer; its weight went to the other items.")
        return [Note("item_missing", sentence, {"item": item.label})]
    notes = [
        Note(
            "item_missing_in_group",
            N_("{item} has no counted answer of {group}; the other groups stand for it."),
            {"item": item.label, "group": s.label},
        )
        for s in strata
        if s.weight and s.n and not counted(item.points, s.counts[place])
        # Whoever is not asked it is not missing.
        if not item.groups or set(item.groups) & set(s.groups)
    ]
    if n < FEW_ANSWERS:
        sentence = N_("{item} has fewer than {few} counted answers: {n}.")
        notes.append(Note("few_answers", sentence, {"item": item.label, "few": FEW_ANSWERS, "n": n}))
    return notes


def _supplement_note(supplement: int, n: int) -> list[Note]:
    if not supplement:
        return []
    sentence = N_("{count} of {n} interviews come from the public pool.")
    return [Note("supplement", sentence, {"count": supplement, "n": n})]
