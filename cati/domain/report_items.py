"""What a report tells of items: those by which all units can be compared, and those of single units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from cati.base.i18n import translate as _
from cati.domain.papers import Annex, Bars, Block, Chart, Grid, Value
from cati.domain.ranking import UnitScore, shown
from cati.domain.report_facts import Facts, Outline, around, average, evenly, figure
from cati.domain.score_plan import Item, WeightedChannel
from cati.domain.scoring import ItemPart
from cati.domain.weighing import weighted_mean

ITEMS_OF_A_TABLE = 10
"""Where words are short, as in Chinese; else half as many."""


def items_over_units(facts: Facts, outline: Outline) -> Iterator[Block]:
    """The common items over all units, and what was asked about single units in brief."""
    found = _told(facts)
    if not found:
        return
    yield outline.heading(_("Scores by item"))
    for channel in found:
        yield outline.heading(channel.label, 2)
        if common := _common(channel):
            yield from _over_units(facts, outline, channel, common)
        if own := _own(facts, channel):
            yield _in_brief(outline, channel, own)


def items_by_unit(facts: Facts, outline: Outline) -> Iterator[Block | Annex]:
    """Every unit's score of every item, an annex."""
    found = _told(facts)
    if not found:
        return
    yield Annex(outline.annex(_("items by unit")))
    for channel in found:
        yield from _common_by_unit(facts, outline, channel)
        if own := _own(facts, channel):
            yield _own_by_unit(outline, channel, own)


def _told(facts: Facts) -> list[WeightedChannel]:
    """The channels of more than one item: of one its score tells all."""
    return [channel for channel in facts.heard() if len(channel.items) > 1]


def _common(channel: WeightedChannel) -> list[Item]:
    """The items by which all units can be compared."""
    return [item for item in channel.items if not item.units]


def _own(facts: Facts, channel: WeightedChannel) -> list[tuple[UnitScore, list[ItemPart]]]:
    """The units that have items of their own, with these."""
    names = {item.name for item in channel.items if item.units}
    found = []
    for line in facts.lines:
        working = facts.workings.get((channel.code, line.unit.code))
        items = [item for item in working.items if item.name in names] if working is not None else []
        if items:
            found.append((line, items))
    return found


def _over_units(
    facts: Facts, outline: Outline, channel: WeightedChannel, items: Sequence[Item]
) -> Iterator[Block]:
    rows: list[tuple[Value, ...]] = []
    means: list[Fraction | None] = []
    for item in items:
        scores = _item_scores(facts, channel, item.name)
        mean = average([score for _unit, score, _n in scores])
        means.append(mean)
        high, low = _ends([(unit, score) for unit, score, _n in scores])
        answers = sum(n for _unit, _score, n in scores)
        rows.append((item.label, f"{float(item.weight):g}", mean, high, low, answers))
    yield Grid(
        *outline.table(_("{channel}: items over all units").format(channel=channel.label)),
        (_("Item"), _("Weight"), _("Mean score"), _("Highest"), _("Lowest"), _("Counted answers")),
        tuple(rows),
        (2, 0.9, 1.1, 2.8, 2.8, 1.1),
    )
    drawn = [(item, figure(mean)) for item, mean in zip(items, means, strict=True) if mean is not None]
    if len(drawn) > 1:
        yield Chart(
            outline.chart(_("{channel}: mean of the units, by item").format(channel=channel.label)),
            tuple(item.label for item, _mean in drawn),
            (Bars(_("Mean score"), tuple(mean for _item, mean in drawn)),),
        )


def _item_scores(facts: Facts, channel: WeightedChannel, name: str) -> list[tuple[str, Fraction, int]]:
    """Unit, score and counted answers, of the units that have any."""
    found = []
    for line in facts.lines:
        working = facts.workings.get((channel.code, line.unit.code))
        for item in working.items if working is not None else ():
            if item.name == name and item.score is not None:
                found.append((line.unit.name, item.score, item.n))
    return found


def _ends(scores: Sequence[tuple[str, Fraction]]) -> tuple[str | None, str | None]:
    """The highest and the lowest score, with what they are of; where all are alike, none is the lowest."""
    if not scores:
        return None, None
    values = [score for _name, score in scores]
    high, low = max(values), min(values)
    if high == low:
        return _named(scores, high), None
    return _named(scores, high), _named(scores, low)


def _named(scores: Sequence[tuple[str, Fraction]], wanted: Fraction) -> str:
    """A score, with the first it is of and how many share it."""
    names = [name for name, score in scores if score == wanted]
    if len(names) == 1:
        return f"{names[0]} {shown(wanted)}"
    return _("{first} and others, {count} in all, {score}").format(
        first=names[0], count=len(names), score=shown(wanted)
    )


def _in_brief(
    outline: Outline, channel: WeightedChannel, own: Sequence[tuple[UnitScore, list[ItemPart]]]
) -> Grid:
    rows: list[tuple[Value, ...]] = []
    for line, items in own:
        together = weighted_mean([item.weight for item in items], [item.score for item in items])
        high, low = _ends([(item.label, item.score) for item in items if item.score is not None])
        rows.append((line.unit.name, len(items), together, high, low, sum(item.n for item in items)))
    return Grid(
        *outline.table(_("{channel}: items of single units").format(channel=channel.label)),
        (_("Unit"), _("Items"), _("Together"), _("Highest"), _("Lowest"), _("Counted answers")),
        tuple(rows),
        (2, 0.8, 1.0, 2.8, 2.8, 1.0),
    )


def _common_by_unit(facts: Facts, outline: Outline, channel: WeightedChannel) -> Iterator[Grid]:
    most = ITEMS_OF_A_TABLE if facts.language.startswith("zh") else ITEMS_OF_A_TABLE // 2
    for part in evenly(_common(channel), most):
        rows: list[tuple[Value, ...]] = []
        for line in facts.lines:
            working = facts.workings.get((channel.code, line.unit.code))
            if working is not None:
                scores = {item.name: item.score for item in working.items}
                rows.append((line.unit.name, working.opinion.n, *(scores.get(i.name) for i in part)))
        yield Grid(
            *outline.table(_("{channel}: items by unit").format(channel=channel.label)),
            (_("Unit"), _("People heard"), *(item.label for item in part)),
            tuple(rows),
            (3, 0.8, *(1.1 for _item in part)),
        )


def _own_by_unit(
    outline: Outline, channel: WeightedChannel, own: Sequence[tuple[UnitScore, list[ItemPart]]]
) -> Grid:
    return Grid(
        *outline.table(_("{channel}: items of single units").format(channel=channel.label)),
        (_("Unit"), _("Item"), _("Weight"), _("Score"), _("Interval"), _("Counted answers")),
        tuple(
            (
                line.unit.name, item.label, f"{float(item.weight):g}", item.score, around(item.interval),
                item.n,
            )
            for line, items in own
            for item in items
        ),
        (2.6, 3, 0.8, 1, 1.9, 1),
    )  # fmt: skip
