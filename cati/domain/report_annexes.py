"""The annexes of a report: how the scores were made, how the calling went, and what went elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from fractions import Fraction
from itertools import groupby

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.dispositions import DISPOSITIONS
from cati.domain.papers import Annex, Block, Grid, Paragraph, Tone, Value
from cati.domain.rates import Rates
from cati.domain.report_facts import Facts, Outline, day_words, percent, sentences
from cati.domain.report_lots import lot_words, representatives
from cati.domain.score_plan import Item, WeightedChannel, WeightedGroup
from cati.domain.scoring import Note
from cati.domain.setting_words import setting_question, setting_value

FEW_UNITS = 4
"""That are named as left out, where all others are meant."""
COMPLETE = "complete"
"""How a case ended with an interview."""
NOT_ATTEMPTED = "3.11"
"""Code of a case that was released and never dialled."""
OPINIONS = (
    N_("An item is the points of all counted answers over the number of people who gave a counted answer."),
    N_("Groups are weighed inside each item, then items by their weights. Groups without weight are pooled."),
)
INDICATORS = N_(
    "What is measured by indicators is the sum of the points that their collectors gave, out of what they "
    "are worth."
)
METHOD = (
    N_("The weight of what is missing goes to the rest in proportion; the notes list every case."),
    N_("The composite is the weighed sum of the channels; with confirmed adjustments it is the final score."),
    N_("Scores are exact and rounded half up only when shown; ranks go by exact scores, ties share a rank."),
)
CHANCE = (
    N_(
        "Intervals are by linearisation with finite population correction, and by the jackknife where an "
        "item misses a group."
    ),
    N_("A unit differs from the next when their distance is beyond chance at the level of the intervals."),
)
"""How scores are made, in words: of what people answered, of all, and how sure it is."""
ITEMS_FIRST = N_("In this programme items are weighed inside each group before groups are weighed.")


def annexes(facts: Facts, outline: Outline) -> Iterator[Block | Annex]:
    """Method, fieldwork, and every weight that went elsewhere."""
    yield from method_annex(facts, outline)
    noted: dict[tuple[str | None, str], list[str]] = {}
    for line in facts.lines:
        for note in told_notes(line.notes):
            noted.setdefault(note, []).append(line.unit.name)
    # What is to be known of many units alike is told once, channel by channel.
    order = ["", *(channel.label for channel in facts.plan.channels)]
    rows = tuple(
        (*note, _units_words(facts, units))
        for note, units in sorted(noted.items(), key=lambda one: order.index(one[0][0] or ""))
    )
    if not rows:
        yield Paragraph(_("No weight went elsewhere."))
    yield from _fieldwork(facts, outline)
    if rows:
        yield Annex(outline.annex(_("weights that went elsewhere, and other notes")))
        yield Grid(
            *outline.table(_("notes on the units")),
            (_("Channel of opinions"), _("Note"), _("Unit")),
            rows,
            (1, 2.4, 2.4),
        )


def _units_words(facts: Facts, names: Sequence[str]) -> str:
    """Some units by name, or all without those few that are not among them."""
    others = [line.unit.name for line in facts.lines if line.unit.name not in names]
    if not others and len(names) > 1:
        return _("all units")
    if len(others) <= FEW_UNITS < len(names) / 2:
        return _("all units but {names}").format(names="、".join(others))
    return "、".join(names)


def told_notes(notes: Sequence[Note]) -> list[tuple[str | None, str]]:
    """Notes on a unit, each with its channel; items with few answers in one line for each channel."""
    found: list[tuple[str | None, str]] = []
    for channel, of_channel in groupby(notes, key=lambda note: note.channel):
        own = list(of_channel)
        few = [note.params for note in own if note.code == "few_answers"]
        found += [(channel or None, str(note)) for note in own if len(few) < 2 or note.code != "few_answers"]
        if len(few) > 1:
            items = _(", ").join(_("{item} ({n})").format(**one) for one in few)
            words = _("Fewer than {few} counted answers have: {items}.")
            found.append((channel or None, words.format(few=few[0]["few"], items=items)))
    return found


def method_words(facts: Facts) -> Iterator[str]:
    """How these scores are made, a sentence each; what the programme has none of is not explained."""
    heard = facts.heard()
    found = [*(OPINIONS if heard else ()), *METHOD, *(CHANCE if heard else ())]
    if any(channel.kind == "indicators" for channel in facts.plan.channels):
        found.insert(0, INDICATORS)
    if heard and facts.plan.items_first:
        found.append(ITEMS_FIRST)
    yield from map(_, found)
    if heard:
        yield _("Level of the intervals: {level} %").format(level=f"{100 * facts.plan.level:g}")


def method_annex(facts: Facts, outline: Outline, unit: str = "") -> Iterator[Block | Annex]:
    """Weights, the way of computing in words, and the lot.

    Args:
        facts, outline: of the report.
        unit: code of the one unit whose copy it is; empty means the report of all.
    """
    yield Annex(outline.annex(_("method")))
    for sentence in method_words(facts):
        yield Paragraph(sentence)
    yield from _weights(facts, outline, unit)
    yield from _open_points(facts, outline)
    yield from lot_words(facts)


def weight_words(facts: Facts, channel: WeightedChannel) -> str:
    """What a channel weighs: of the composite in points or percent, of another channel by its number."""
    weight = f"{float(channel.weight):g}"
    if channel.parent:
        return weight
    return _("{weight} points").format(weight=weight) if facts.plan.in_points else f"{weight}%"


def _weights(facts: Facts, outline: Outline, unit: str) -> Iterator[Block]:
    labels = {channel.code: channel.label for channel in facts.plan.channels}
    rows: list[tuple[Value, ...]] = [
        (
            c.label,
            labels.get(c.parent),
            weight_words(facts, c),
            "、".join(c.series) or _("all units"),
        )
        for c in facts.plan.channels
    ]
    yield Grid(
        *outline.table(_("channels and their weights")),
        (_("Channel of opinions"), _("Part of"), _("Weight"), _("Units it is about")),
        tuple(rows),
        (2.5, 2, 1, 3),
    )
    for channel in facts.heard():
        plan = facts.plan.of_channel(channel)
        items = [item for item in channel.items if not unit or plan.applies(item, unit)]
        yield _items(facts, channel, items, outline)
        groups = [group for group in channel.groups if not unit or facts.plan.asks(group, unit)]
        if len(groups) > 1:
            yield _groups(channel, groups, outline)


def _items(facts: Facts, channel: WeightedChannel, items: Sequence[Item], outline: Outline) -> Grid:
    """What each item weighs, and about which units and of whom it is asked where that is not all."""
    units = {line.unit.code: line.unit.name for line in facts.lines}
    groups = {group.code: group.label for group in channel.groups}

    def asked(item: Item) -> str:
        about = "、".join(units[code] for code in item.units if code in units)
        of = "、".join(groups[code] for code in item.groups if code in groups)
        return _("; ").join(part for part in (about, of) if part)

    limited = any(item.units or item.groups for item in items)
    rows = tuple(
        (
            item.label,
            *((asked(item) or _("all"),) if limited else ()),
            f"{float(item.weight):g}",
            _scale(item.points),
        )
        for item in items
    )
    return Grid(
        *outline.table(_("{channel}: items and their weights").format(channel=channel.label)),
        (
            _("Item"),
            *((_("Units and kinds of respondent"),) if limited else ()),
            _("Weight"),
            _("Points of the answers"),
        ),
        rows,
        (3, 3, 0.8, 2.2) if limited else (3, 1, 3),
    )


def _groups(channel: WeightedChannel, groups: Sequence[WeightedGroup], outline: Outline) -> Grid:
    limited = any(group.series for group in groups)
    return Grid(
        *outline.table(_("{channel}: groups and their weights").format(channel=channel.label)),
        (_("Kind of respondent"), _("Weight"), *((_("Units it is about"),) if limited else ())),
        tuple(
            (
                group.label,
                _("pooled") if group.weight is None else f"{float(group.weight):g}",
                *(("、".join(group.series) or _("all units"),) if limited else ()),
            )
            for group in groups
        ),
        (2, 0.8, 4) if limited else (3, 1),
    )


def _scale(points: object) -> str:
    found = sorted(set(points.values()), reverse=True) if isinstance(points, dict) else []
    return " / ".join(f"{float(value):g}" for value in found) or _("the number given")


def _open_points(facts: Facts, outline: Outline) -> Iterator[Block]:
    """What the document leaves open, and was not decided otherwise, as the workbook asks it."""
    if assumed := facts.programme.settings.assumed:
        rows = tuple(
            (setting_question(facts.programme, name, facts.language), setting_value(value))
            for name, value in assumed.items()
        )
        yield Grid(
            *outline.table(_("what the document leaves open: the proposed values that hold")),
            (_("Setting"), _("In force")),
            rows,
            (5, 1.6),
        )


def _fieldwork(facts: Facts, outline: Outline) -> Iterator[Block | Annex]:
    if facts.rates is None and not facts.heard() and not facts.rosters:
        return
    yield Annex(outline.annex(_("fieldwork")))
    yield from _dates(facts)
    if facts.rates is not None and facts.outcomes:
        yield _outcomes(facts, outline)
        yield from _left_out(facts)
        yield from _below(facts, outline)
        yield _rates(facts.rates, outline)
        yield Paragraph(
            _(
                "AAPOR, Standard Definitions (2023). The lists were handed in by the units: the rates tell "
                "about the calling, not about a sample of the public."
            ),
            Tone.NOTE,
        )
    for channel in facts.heard():
        yield from _uncounted(facts, channel, outline)
    for channel in facts.plan.channels:
        yield from representatives(facts, channel, outline)
        if channel.code in facts.ballots:
            ballots, void = facts.ballots[channel.code]
            words = _("{channel}: {ballots:,} ballots were taken; {void:,} lines of them are void.")
            yield Paragraph(words.format(channel=channel.label, ballots=ballots, void=void))
        if channel.code in facts.surveys:
            opinions, doubles, void = facts.surveys[channel.code]
            words = _(
                "{channel}: {opinions:,} opinions were taken from the web; {doubles:,} doubles were left "
                "out, and {void:,} of those taken answer nothing."
            )
            told = words.format(channel=channel.label, opinions=opinions, doubles=doubles, void=void)
            yield Paragraph(told)


def _left_out(facts: Facts) -> Iterator[Block]:
    """How many of the complete interviews do not count: a case may have more of them than the scores."""
    phone = facts.plan.phone
    if phone is None:
        return
    counted = sum(w.opinion.n for (code, _unit), w in facts.workings.items() if code == phone.code)
    count = facts.outcomes.get(COMPLETE, 0) - counted
    if count > 0:
        words = ngettext(
            "{count} of the complete interviews does not count: too few of its answers count, or a review "
            "left it out.",
            "{count} of the complete interviews do not count: too few of their answers count, or a review "
            "left them out.",
            count,
        )
        yield Paragraph(words.format(count=count), Tone.NOTE)


def _below(facts: Facts, outline: Outline) -> Iterator[Block]:
    """Where fewer people were interviewed than planned: what rests on them is less sure."""
    if facts.below:
        yield Grid(
            *outline.table(_("fewer interviews than planned")),
            (_("Unit"), _("Group"), _("Interviews planned"), _("Interviews done"), _("Interviews missing")),
            tuple(
                (one.unit, one.group, one.planned, one.done, one.planned - one.done) for one in facts.below
            ),
            (3, 2, 1, 1, 1),
        )


def _dates(facts: Facts) -> Iterator[Block]:
    settings, words = facts.programme.settings, []
    if settings.fieldwork_start and settings.fieldwork_end:
        words.append(
            _("Fieldwork was planned from {first} to {last}.").format(
                first=day_words(settings.fieldwork_start), last=day_words(settings.fieldwork_end)
            )
        )
    if facts.dialled is not None:
        words.append(
            _("People were called from {first} to {last}.").format(
                first=day_words(facts.dialled[0]), last=day_words(facts.dialled[1])
            )
        )
    if facts.closed_on is not None:
        words.append(_("Fieldwork was closed on {day}.").format(day=day_words(facts.closed_on)))
    if words:
        yield Paragraph(sentences(words))


def _outcomes(facts: Facts, outline: Outline) -> Grid:
    total = sum(facts.outcomes.values())
    rows: list[tuple[Value, ...]] = []
    ordered = sorted(facts.outcomes.items(), key=lambda one: DISPOSITIONS[one[0]].aapor if one[0] else "9")
    for code, count in ordered:
        found = DISPOSITIONS[code] if code else None
        rows.append(
            (
                NOT_ATTEMPTED if found is None else found.aapor,
                _("never dialled") if found is None else _(found.label),
                count,
                percent(Fraction(count, total)),
            )
        )
    rows.append((None, _("all cases"), total, "100.0%"))
    return Grid(
        *outline.table(_("how the cases ended")),
        (_("AAPOR code"), _("Outcome"), _("Cases"), _("Share")),
        tuple(rows),
        (1, 4, 1, 1),
    )


def _rates(rates: Rates, outline: Outline) -> Grid:
    found = [(f.name.upper(), getattr(rates, f.name)) for f in fields(Rates) if f.name not in ("counts", "e")]
    found.append(("e", rates.e))
    cells = [(name, percent(value)) for name, value in found]
    half = -(-len(cells) // 2)
    rows: list[tuple[Value, ...]] = []
    for at in range(half):
        second = cells[half + at] if half + at < len(cells) else ("", "")
        rows.append((*cells[at], *second))
    heading = (_("Indicator"), _("Value"))
    return Grid(*outline.table(_("fieldwork indicators")), heading * 2, tuple(rows))


def _uncounted(facts: Facts, channel: WeightedChannel, outline: Outline) -> Iterator[Grid]:
    """Beside every score: how many were heard, from where, and what does not count."""
    counted = {answer for item in channel.items for answer in item.points}
    left_out = {name: label for name, label in facts.answers(channel).items() if name not in counted}
    phone = channel.kind == "phone"
    if not left_out and not phone:
        return
    rows: list[tuple[Value, ...]] = []
    for line in facts.lines:
        working = facts.workings.get((channel.code, line.unit.code))
        if working is None or not working.opinion.n:
            continue
        opinion = working.opinion
        pool = (percent(opinion.supplement_share),) if phone else ()
        shares = (percent(opinion.shares.get(name, Fraction(0))) for name in left_out)
        rows.append((line.unit.name, opinion.n, *pool, *shares))
    yield Grid(
        *outline.table(
            _("{channel}: people heard, and answers that do not count").format(channel=channel.label)
        ),
        (_("Unit"), _("People heard"), *((_("From the public pool"),) if phone else ()), *left_out.values()),
        tuple(rows),
        (3, 0.8, *((1.2,) if phone else ()), *(1.0 for _name in left_out)),
    )
