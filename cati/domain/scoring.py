"""The score of a unit in one channel, from interviews, ballots or what else people answered.

All of it is exact (fractions); only what is shown is rounded. The rules are those of Yazhou 2023, section 9:
an item is the points of all answers over the number of people who gave a counted one; items and groups are
weighed into the score of the channel.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from cati.base.i18n import mark as N_
from cati.base.i18n import translate
from cati.domain.programmes import Channel, Programme, Question, in_language
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
SIMULATED = N_(
    "{count:,} of the interviews were made up by a simulation, in which nobody is called. "
    "These are no scores."
)


@dataclass(frozen=True, slots=True)
class Item:
    """One evaluated question; its weight is in percent, or any unit that is the same for all items.

    Attributes:
        points: of each answer that counts; empty where answers are numbers.
        numbers: lowest and highest number, where answers are numbers and are their own points.
        units: codes of the units it is asked about; empty means all.
        groups: codes of the groups it is asked of; empty means all.
    """

    name: str
    label: str
    weight: Fraction
    points: Points
    numbers: tuple[Fraction, Fraction] | None = None
    units: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WeightedGroup:
    """A kind of respondent; groups without weight are pooled. Without series it is of all units."""

    code: str
    label: str
    weight: Fraction | None
    series: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WeightedChannel:
    """A way opinions are collected, or a name for several of them.

    Attributes:
        weight: among the channels of the same parent; points of the composite at the top where the
            composite is in points.
        kind: phone is what the interviews give; empty for a channel that others make up.
        parent: code of the channel it is a part of, empty at the top.
        series: of the units it is about; empty means all.
        items: what is evaluated in it.
        groups: who is asked in it.
    """

    code: str
    label: str
    weight: Fraction
    kind: str
    parent: str = ""
    series: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    groups: tuple[WeightedGroup, ...] = ()


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
        items: of the questionnaire.
        groups: of the interviews.
        level: confidence level of intervals, 0 to 1.
        not_applicable: (unit, item) pairs declared beforehand; the item's weight goes to the others.
        items_first: weigh items inside each group before groups are weighed.
        in_points: the channels at the top weigh points, which the composite adds up; else percent.
    """

    units: tuple[ScoredUnit, ...]
    items: tuple[Item, ...]
    groups: tuple[WeightedGroup, ...]
    channels: tuple[WeightedChannel, ...]
    level: float
    not_applicable: frozenset[tuple[str, str]] = frozenset()
    items_first: bool = False
    in_points: bool = False

    def asks(self, group: WeightedGroup, unit: str) -> bool:
        """Whether people of a group are asked about a unit, by its code."""
        return not group.series or any(u.code == unit and u.series in group.series for u in self.units)

    @property
    def phone(self) -> WeightedChannel | None:
        """The channel of the interviews, None if the programme has none."""
        return next((c for c in self.channels if c.kind == "phone"), None)

    def parts(self, parent: str, series: str) -> tuple[WeightedChannel, ...]:
        """The channels that make up another (empty: the composite) for units of a series."""
        return tuple(c for c in self.channels if c.parent == parent and (not c.series or series in c.series))

    def shares(self, series: str, without: Collection[str] = ()) -> dict[str, Fraction]:
        """What a point of each collected channel adds to the composite of a unit of a series, by its code.

        Together 1, or the points of all channels over 100 where the composite is in points.

        Args:
            series: of the unit.
            without: codes of collected channels that do not apply to it; those beside each share its weight.
        """
        top = self.parts("", series)
        whole = sum((c.weight for c in top), Fraction(0)) / 100 if self.in_points else Fraction(1)
        return dict(self._shares(top, series, whole, without))

    def _shares(
        self, channels: Sequence[WeightedChannel], series: str, whole: Fraction, without: Collection[str]
    ) -> Iterator[tuple[str, Fraction]]:
        channels = [channel for channel in channels if channel.code not in without]
        together = sum((c.weight for c in channels), Fraction(0))
        for channel in channels:
            share = whole * channel.weight / together if together else Fraction(0)
            if parts := self.parts(channel.code, series):
                yield from self._shares(parts, series, share, without)
            else:
                yield channel.code, share

    def of_channel(self, channel: WeightedChannel) -> ScorePlan:
        """This plan with the items and groups of one channel."""
        return replace(self, items=channel.items or self.items, groups=channel.groups or self.groups)


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


def score_plan(programme: Programme, spoken: str = "") -> ScorePlan:
    """What of a programme decides about scores; one without channels has its interviews alone.

    Args:
        programme: what is evaluated.
        spoken: language of all names, where the programme has them in it; empty means its own.
    """
    settings = programme.settings
    if spoken:
        programme = named_in(programme, spoken)
    items = tuple(_question(programme, question) for question in programme.items)
    groups = tuple(WeightedGroup(g.code, g.label, _fraction(g.weight), g.series) for g in programme.groups)
    return ScorePlan(
        units=tuple(ScoredUnit(u.code, u.name, u.series) for u in programme.units),
        items=items,
        groups=groups,
        channels=tuple(_channel(programme, c, items, groups) for c in programme.channels)
        or (WeightedChannel("phone", "phone", Fraction(100), "phone", items=items, groups=groups),),
        level=float(settings.confidence_level),
        not_applicable=frozenset(programme.not_applicable),
        items_first=settings.weigh_items_first,
        in_points=settings.composite_in_points,
    )


def named_in(programme: Programme, spoken: str) -> Programme:
    """A programme whose units, groups, channels and rules are called as in a language, for papers in it.

    What has no name in the language keeps its own.
    """
    return replace(
        programme,
        default_language=spoken,
        units=tuple(replace(u, name=u.labels.get(spoken, u.name)) for u in programme.units),
        groups=tuple(replace(g, label=g.labels.get(spoken, g.label)) for g in programme.groups),
        channels=tuple(replace(c, label=c.labels.get(spoken, c.label)) for c in programme.channels),
        adjustments=tuple(
            replace(a, label=a.labels.get(spoken, a.label), rule=a.rules.get(spoken, a.rule))
            for a in programme.adjustments
        ),
    )


def _channel(
    programme: Programme, channel: Channel, items: tuple[Item, ...], groups: tuple[WeightedGroup, ...]
) -> WeightedChannel:
    """A channel with its own items and groups; without any the questionnaire's, and people of one kind."""
    own_items = tuple(
        Item(
            item.name,
            in_language(item.labels, programme.default_language, item.name),
            Fraction(item.weight),
            _points(programme, item.list_name) if item.list_name else {},
            None if item.numbers is None else (Fraction(item.numbers[0]), Fraction(item.numbers[1])),
        )
        for item in channel.items
    )
    own_groups = tuple(
        WeightedGroup(g.code, in_language(g.labels, programme.default_language, g.code), _fraction(g.weight))
        for g in channel.groups
    )
    if channel.kind != "phone" and not own_groups:
        own_groups = (WeightedGroup("", channel.label, None),)
    return WeightedChannel(
        channel.code,
        channel.label,
        Fraction(channel.weight),
        channel.kind,
        channel.parent,
        channel.series,
        # Whoever is not telephoned is of none of the groups that items of the questionnaire are asked of.
        own_items or (items if channel.kind == "phone" else tuple(replace(i, groups=()) for i in items)),
        own_groups or groups,
    )


def _question(programme: Programme, question: Question) -> Item:
    return Item(
        question.name,
        in_language(question.short or question.labels, programme.default_language, question.name),
        Fraction(question.weight or 0),
        _points(programme, question.list_name),
        units=question.units,
        groups=question.groups,
    )


def _points(programme: Programme, list_name: str) -> Points:
    left_out = set(programme.settings.not_counted)
    return {
        choice.name: Fraction(choice.points)
        for choice in programme.choices[list_name]
        if choice.points is not None and choice.name not in left_out
    }


def _fraction(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


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
    asked = {group.code for group in plan.groups if plan.asks(group, unit)}
    items = [
        item
        for item in plan.items
        if (unit, item.name) not in plan.not_applicable
        and (not item.units or unit in item.units)
        and (not item.groups or asked & set(item.groups))
    ]
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
