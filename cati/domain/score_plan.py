"""How a programme is scored: items, groups and channels with their weights, from its definition."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from cati.domain.programmes import Channel, Programme, Question, in_language
from cati.domain.weighing import Points


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

    def applies(self, item: Item, unit: str) -> bool:
        """Whether an item is asked about a unit, by its code."""
        if (unit, item.name) in self.not_applicable or (item.units and unit not in item.units):
            return False
        return not item.groups or any(g.code in item.groups and self.asks(g, unit) for g in self.groups)

    @property
    def phone(self) -> WeightedChannel | None:
        """The channel of the interviews, None if the programme has none."""
        return next((c for c in self.channels if c.kind == "phone"), None)

    def parts(self, parent: str, series: str) -> tuple[WeightedChannel, ...]:
        """The channels that make up another (empty: the composite) for units of a series."""
        return tuple(c for c in self.channels if c.parent == parent and (not c.series or series in c.series))

    def most(self, series: str) -> Fraction:
        """The points that a unit of a series can have before any are added or taken."""
        if not self.in_points:
            return Fraction(100)
        return sum((channel.weight for channel in self.parts("", series)), Fraction(0))

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
