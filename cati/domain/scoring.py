"""The score of a unit from its interviews.

All of it is exact (fractions); only what is shown is rounded. The rules are those of Yazhou 2023, section 9:
an item is the points of all answers over the number of people who gave a counted one; items and groups are
weighed into the score of the channel.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from cati.base.i18n import mark as N_
from cati.base.i18n import translate
from cati.domain.programmes import Programme, in_language
from cati.domain.variance import interval, score_variance
from cati.domain.weighing import (
    Pattern,
    Points,
    Stratum,
    combined,
    counted,
    mean,
    stratum,
    weighted_mean,
)

FEW_ANSWERS = 5
"""An item with fewer counted answers is marked."""


@dataclass(frozen=True, slots=True)
class Item:
    """One evaluated question; its weight is in percent, or any unit that is the same for all items."""

    name: str
    label: str
    weight: Fraction
    points: Points


@dataclass(frozen=True, slots=True)
class WeightedGroup:
    """A kind of respondent; groups without weight are pooled."""

    code: str
    label: str
    weight: Fraction | None


@dataclass(frozen=True, slots=True)
class WeightedChannel:
    """A way opinions are collected; `kind` phone is what the interviews give."""

    code: str
    label: str
    weight: Fraction
    kind: str


@dataclass(frozen=True, slots=True)
class ScoredUnit:
    """A body evaluated and its peers."""

    code: str
    name: str
    series: str


@dataclass(frozen=True, slots=True)
class ScorePlan:
    """How a programme is scored.

    Attributes:
        level: confidence level of intervals, 0 to 1.
        not_applicable: (unit, item) pairs declared beforehand; the item's weight goes to the others.
        items_first: weigh items inside each group before groups are weighed.
    """

    units: tuple[ScoredUnit, ...]
    items: tuple[Item, ...]
    groups: tuple[WeightedGroup, ...]
    channels: tuple[WeightedChannel, ...]
    level: float
    not_applicable: frozenset[tuple[str, str]] = frozenset()
    items_first: bool = False

    @property
    def phone(self) -> WeightedChannel | None:
        """The channel of the interviews, None if the programme has none."""
        return next((c for c in self.channels if c.kind == "phone"), None)


@dataclass(frozen=True, slots=True)
class Collected:
    """What was collected from one group about one unit.

    Attributes:
        patterns: how many complete interviews answered like this, items in the plan's order.
        population: entries that could have been drawn, None if unknown.
        supplement: how many of the interviews came from the public pool.
    """

    patterns: Mapping[Pattern, int]
    population: int | None = None
    supplement: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know about a score; `message` is the msgid of a sentence with ``{name}`` fields."""

    code: str
    message: str
    params: Mapping[str, str | int] = field(default_factory=dict)

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
class PhoneScore:
    """One unit by its interviews.

    Attributes:
        score: None when there is no counted answer.
        n: interviews.
        variance: of the score, None when it cannot be estimated.
        interval: around the score at the programme's level.
        shares: of each answer that does not count, among all answers to evaluated items.
        supplement_share: of the interviews, those from the public pool; None without interviews.
        notes: every weight that went elsewhere, every thin item, the supplement.
    """

    score: Fraction | None
    n: int
    variance: float | None
    interval: tuple[float, float] | None
    items: Mapping[str, ItemScore]
    shares: Mapping[str, Fraction]
    supplement_share: Fraction | None
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class GroupPart:
    """A weighted group, or all pooled ones, in the working of a score.

    Attributes:
        n: interviews.
        population: entries that could have been drawn, None if unknown.
    """

    label: str
    weight: Fraction
    n: int
    population: int | None


@dataclass(frozen=True, slots=True)
class ItemPart:
    """One item in the working of a score.

    Attributes:
        by_group: mean and counted answers in each group; the mean is None without any.
        score: of the item over the groups, None without any counted answer.
    """

    label: str
    weight: Fraction
    by_group: tuple[tuple[Fraction | None, int], ...]
    score: Fraction | None


@dataclass(frozen=True, slots=True)
class Working:
    """How the score of one unit comes about, to be read line by line.

    Attributes:
        items_first: items are weighed inside each group before groups are weighed.
    """

    groups: tuple[GroupPart, ...]
    items: tuple[ItemPart, ...]
    phone: PhoneScore
    items_first: bool


def score_plan(programme: Programme) -> ScorePlan:
    """What of a programme decides about scores; one without channels has its interviews alone."""
    settings = programme.settings
    return ScorePlan(
        units=tuple(ScoredUnit(u.code, u.name, u.series) for u in programme.units),
        items=_items(programme),
        groups=tuple(WeightedGroup(g.code, g.label, _fraction(g.weight)) for g in programme.groups),
        channels=tuple(
            WeightedChannel(c.code, c.label, Fraction(c.weight), c.kind) for c in programme.channels
        )
        or (WeightedChannel("phone", "phone", Fraction(100), "phone"),),
        level=float(settings.confidence_level),
        not_applicable=frozenset(programme.not_applicable),
        items_first=settings.weigh_items_first,
    )


def _items(programme: Programme) -> tuple[Item, ...]:
    left_out = set(programme.settings.not_counted)
    return tuple(
        Item(
            question.name,
            in_language(question.short or question.labels, programme.default_language, question.name),
            Fraction(question.weight or 0),
            {
                choice.name: Fraction(choice.points)
                for choice in programme.choices[question.list_name]
                if choice.points is not None and choice.name not in left_out
            },
        )
        for question in programme.items
    )


def _fraction(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def phone_score(plan: ScorePlan, unit: str, collected: Mapping[str, Collected]) -> PhoneScore:
    """The score of one unit from its interviews.

    Args:
        plan: how the programme is scored.
        unit: code of the unit.
        collected: by group code.
    """
    items = [item for item in plan.items if (unit, item.name) not in plan.not_applicable]
    strata = _strata(plan, items, collected)
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
    scale = [float(y) for p in points for y in p.values()]
    return PhoneScore(
        score=score,
        n=n,
        variance=variance,
        interval=None
        if score is None
        else interval(float(score), variance, plan.level, min(scale), max(scale)),
        items=scores,
        shares=_uncounted_shares(items, scores),
        supplement_share=Fraction(supplement, n) if n else None,
        notes=(*_renormalised(plan, items, strata, scores), *_supplement_note(supplement, n)),
    )


def working(plan: ScorePlan, unit: str, collected: Mapping[str, Collected]) -> Working:
    """As `phone_score`, with what every item and group adds to it."""
    items = [item for item in plan.items if (unit, item.name) not in plan.not_applicable]
    strata = _strata(plan, items, collected)
    phone = phone_score(plan, unit, collected)
    return Working(
        groups=tuple(GroupPart(s.label, s.weight, s.n, s.population) for s in strata),
        items=tuple(
            ItemPart(
                item.label,
                item.weight,
                tuple(
                    (mean(item.points, s.counts[place]), counted(item.points, s.counts[place]))
                    for s in strata
                ),
                phone.items[item.name].score,
            )
            for place, item in enumerate(items)
        ),
        phone=phone,
        items_first=plan.items_first,
    )


def _strata(plan: ScorePlan, items: Sequence[Item], collected: Mapping[str, Collected]) -> list[Stratum]:
    """What was collected, by weight: each weighted group alone, all others as one."""
    weighted = [g for g in plan.groups if g.weight is not None]
    pooled = [g for g in plan.groups if g.weight is None]
    parts = [([g], g.weight or Fraction(0)) for g in weighted]
    if pooled:
        # Together they carry what the weighted groups leave of 100 percent.
        parts.append((pooled, max(Fraction(0), 100 - sum((w for _, w in parts), Fraction(0)))))
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
    plan: ScorePlan, items: Sequence[Item], strata: Sequence[Stratum], scores: Mapping[str, ItemScore]
) -> list[Note]:
    notes = [
        Note(
            "not_applicable",
            N_("{item} does not apply to this unit; its weight went to the other items."),
            {"item": item.label},
        )
        for item in plan.items
        if item not in items
    ]
    notes += [
        Note(
            "group_missing",
            N_("There is no interview of {group}; its weight went to the other groups."),
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
