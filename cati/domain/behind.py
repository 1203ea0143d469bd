"""What is behind a unit's score, layer by layer: channels, groups of people, items, answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from cati.domain.programmes import Programme, in_language
from cati.domain.ranking import ChannelScore
from cati.domain.score_plan import Item, ScorePlan, WeightedChannel
from cati.domain.scoring import Collected, working


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """How often one answer was given to an item; points are None where it does not count."""

    name: str
    label: str
    points: Fraction | None
    count: int


@dataclass(frozen=True, slots=True)
class ItemBehind:
    """One item among some people.

    Attributes:
        score: None without any counted answer.
        n: counted answers.
    """

    name: str
    label: str
    weight: Fraction
    score: Fraction | None
    n: int
    answers: tuple[AnswerCount, ...]


@dataclass(frozen=True, slots=True)
class GroupBehind:
    """Some people: one group, or all of a channel.

    Attributes:
        code: of the group, empty for all.
        label: empty for all.
        weight: None for all, and for a group that is pooled.
        n: people.
    """

    code: str
    label: str
    weight: Fraction | None
    score: Fraction | None
    n: int
    items: tuple[ItemBehind, ...]


@dataclass(frozen=True, slots=True)
class ChannelBehind:
    """One channel.

    Attributes:
        n: people; None where its score was computed elsewhere, or from other channels.
        groups: all people first; empty where nobody answered.
    """

    code: str
    label: str
    kind: str
    weight: Fraction
    score: Fraction | None
    n: int | None
    groups: tuple[GroupBehind, ...]


def channel_behind(
    programme: Programme,
    plan: ScorePlan,
    channel: WeightedChannel,
    unit: str,
    score: ChannelScore,
    collected: Mapping[str, Collected] | None,
) -> ChannelBehind:
    """What is behind the score of a unit in a channel.

    Args:
        programme: with its names in the language wanted.
        plan: with the items and groups of the channel.
        channel: which.
        unit: code.
        score: of the unit in the channel.
        collected: what people answered, by group; None where nobody was asked.
    """
    groups: tuple[GroupBehind, ...] = ()
    if collected:
        labels = _labels(programme, channel)
        whole = _group(plan, channel, unit, collected, labels, ("", "", None))
        parts = [
            _group(plan, channel, unit, {g.code: collected[g.code]}, labels, (g.code, g.label, g.weight))
            for g in channel.groups
            if g.code in collected
        ]
        groups = (whole, *(parts if len(parts) > 1 else ()))
    n = score.behind.n if score.behind is not None else None
    return ChannelBehind(channel.code, channel.label, channel.kind, channel.weight, score.score, n, groups)


def _labels(programme: Programme, channel: WeightedChannel) -> dict[str, str]:
    wanted = {item.name for item in channel.items}
    own = next((c for c in programme.channels if c.code == channel.code), None)
    lists = [item.list_name for item in (own.items if own else ())]
    lists += [item.list_name for item in programme.items if item.name in wanted]
    return {
        choice.name: in_language(choice.labels, programme.default_language, choice.name)
        for name in dict.fromkeys(lists)
        if name
        for choice in programme.choices[name]
    }


def _group(
    plan: ScorePlan,
    channel: WeightedChannel,
    unit: str,
    collected: Mapping[str, Collected],
    labels: Mapping[str, str],
    about: tuple[str, str, Fraction | None],
) -> GroupBehind:
    found = working(plan, unit, collected)
    known = {item.name: item for item in channel.items}
    items = tuple(
        ItemBehind(
            part.name,
            part.label,
            part.weight,
            part.score,
            found.opinion.items[part.name].n,
            _counts(known[part.name], found.opinion.items[part.name].answers, labels),
        )
        for part in found.items
    )
    return GroupBehind(*about, found.opinion.score, found.opinion.n, items)


def _counts(item: Item, answers: Mapping[str, int], labels: Mapping[str, str]) -> tuple[AnswerCount, ...]:
    """The answers that count by their points, then those that do not."""
    counts = [
        AnswerCount(
            name,
            labels.get(name, name),
            Fraction(name) if item.numbers is not None and name not in labels else item.points.get(name),
            count,
        )
        for name, count in answers.items()
    ]
    return tuple(sorted(counts, key=lambda one: (one.points is None, -(one.points or 0), one.name)))
