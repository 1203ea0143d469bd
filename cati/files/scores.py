"""The table of scores as a workbook: ranking, items, notes, method."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.programmes import Programme
from cati.domain.ranking import ChannelScore, UnitScore, final_interval, shown
from cati.domain.scoring import SIMULATED, OpinionScore, ScorePlan, WeightedChannel
from cati.files.exports import Cell, new_workbook

Column: TypeAlias = tuple[str, Callable[[UnitScore], Cell]]

METHOD = (
    N_("An item is the points of all counted answers over the number of people who gave a counted answer."),
    N_("Groups are weighed inside each item, then items by their weights. Groups without weight are pooled."),
    N_("The weight of what is missing goes to the rest in proportion; the sheet of notes lists every case."),
    N_("The composite is the weighed sum of the channels; with confirmed adjustments it is the final score."),
    N_("Scores are exact and rounded half up only when shown; ranks go by exact scores, ties share a rank."),
    N_(
        "Intervals are by linearisation with finite population correction, and by the jackknife where an "
        "item misses a group."
    ),
    N_("A unit differs from the next when their distance is beyond chance at the level of the intervals."),
)
ITEMS_FIRST = N_("In this programme items are weighed inside each group before groups are weighed.")


def write_scores(
    path: Path,
    programme: Programme,
    plan: ScorePlan,
    lines: Sequence[UnitScore],
    simulated: int = 0,
    approval: str = "",
) -> None:
    """Write a workbook with the sheets scores, items, notes and method.

    Args:
        path: where to.
        programme: what was evaluated.
        plan: how it is scored.
        lines: of all units; they are written by rank.
        simulated: how many of the interviews were made up; scores, notes and method then say so.
        approval: a sentence on who approved the scores, and whether that still holds.
    """
    ranked = sorted(lines, key=lambda line: (line.rank is None, line.rank or 0))
    answers = _answers(programme)
    with new_workbook(path) as book:
        columns = _columns(plan, answers, simulated > 0)
        rows = ([cell(line) for _heading, cell in columns] for line in ranked)
        book.add_sheet("scores", [heading for heading, _cell in columns], rows, widths=(6, 32, 32))
        heading = [_("Unit"), _("Item"), _("Weight"), _("Score"), _("Counted answers"), *answers.values()]
        book.add_sheet("items", heading, _items(plan, ranked, list(answers)), widths=(32, 32))
        notes: list[list[Cell]] = [[line.unit.name, str(note)] for line in ranked for note in line.notes]
        if simulated:
            notes.insert(0, ["", _(SIMULATED).format(count=simulated)])
        book.add_sheet("notes", [_("Unit"), _("Note")], notes, widths=(32, 90))
        book.add_sheet("method", [programme.title], _method(plan, simulated, approval), widths=(110,))


def _answers(programme: Programme) -> dict[str, str]:
    """Labels of the answers to evaluated items, by name, in the order of their lists."""
    return {
        choice.name: choice.labels.get(programme.default_language, choice.name)
        for item in programme.items
        for choice in programme.choices[item.list_name]
    }


def _columns(plan: ScorePlan, answers: dict[str, str], simulated: bool) -> list[Column]:
    columns: list[Column] = [
        (_("Rank"), lambda line: line.rank),
        (_("Unit"), lambda line: line.unit.name),
        (_("Series"), lambda line: line.unit.series),
        (_("Rank in series"), lambda line: line.rank_in_series),
        (_("Final score (simulated)") if simulated else _("Final score"), lambda line: _shown(line.final)),
        (_("Final score: from"), lambda line: _end(final_interval(plan, line), 0)),
        (_("Final score: to"), lambda line: _end(final_interval(plan, line), 1)),
        (_("Differs from the next"), lambda line: _yes_no(line.differs_from_next)),
        (_("Composite"), lambda line: _shown(line.composite)),
        (_("Adjustments"), lambda line: _shown(sum((a.points for a in line.adjustments), Fraction(0)))),
        (
            _("Reasons"),
            lambda line: "; ".join(f"{a.code} {shown(a.points)}: {a.reason}" for a in line.adjustments),
        ),
    ]
    for channel in plan.channels:
        columns += _channel_columns(channel.code, channel.label)
    if plan.phone:
        counted = {answer for item in plan.items for answer in item.points}
        columns += _phone_columns(
            plan.phone, {name: label for name, label in answers.items() if name not in counted}
        )
    return columns


def _channel_columns(code: str, label: str) -> list[Column]:
    def of(line: UnitScore) -> ChannelScore:
        return line.channels[code]

    return [
        (label, lambda line: _shown(of(line).score)),
        (_("{channel}: rank").format(channel=label), lambda line: of(line).rank),
    ]


def _phone_columns(channel: WeightedChannel, uncounted: dict[str, str]) -> list[Column]:
    def of(line: UnitScore) -> OpinionScore | None:
        return line.channels[channel.code].behind

    def bound(which: int) -> Callable[[UnitScore], Cell]:
        def cell(line: UnitScore) -> Cell:
            phone = of(line)
            return None if phone is None else _end(phone.interval, which)

        return cell

    def share(answer: str) -> Callable[[UnitScore], Cell]:
        def cell(line: UnitScore) -> Cell:
            phone = of(line)
            return None if phone is None else _shown(100 * phone.shares.get(answer, Fraction(0)))

        return cell

    def pool(line: UnitScore) -> Cell:
        phone = of(line)
        return (
            None if phone is None or phone.supplement_share is None else _shown(100 * phone.supplement_share)
        )

    def interviews(line: UnitScore) -> Cell:
        phone = of(line)
        return None if phone is None else phone.n

    return [
        (_("Interviews"), interviews),
        (_("{channel}: from").format(channel=channel.label), bound(0)),
        (_("{channel}: to").format(channel=channel.label), bound(1)),
        (_("From the public pool (%)"), pool),
        *((_("{answer} (%)").format(answer=label), share(name)) for name, label in uncounted.items()),
    ]


def _items(plan: ScorePlan, lines: Sequence[UnitScore], answers: Sequence[str]) -> Iterator[list[Cell]]:
    for line in lines:
        phone = line.channels[plan.phone.code].behind if plan.phone else None
        if phone is None:
            continue
        for item in plan.items:
            found = phone.items.get(item.name)
            if found is not None:
                counts = [found.answers.get(answer, 0) for answer in answers]
                yield [line.unit.name, item.label, float(item.weight), _shown(found.score), found.n, *counts]


def _method(plan: ScorePlan, simulated: int, approval: str) -> Iterator[list[Cell]]:
    if approval:
        yield [approval]
    if simulated:
        yield [_(SIMULATED).format(count=simulated)]
    for sentence in METHOD:
        yield [_(sentence)]
    if plan.items_first:
        yield [_(ITEMS_FIRST)]
    yield [_("Level of the intervals: {level} %").format(level=f"{100 * plan.level:g}")]
    for channel in plan.channels:
        yield [
            _("Channel {name}: weight {weight}").format(
                name=channel.label, weight=f"{float(channel.weight):g}"
            )
        ]
    for group in plan.groups:
        weight = _("pooled") if group.weight is None else f"{float(group.weight):g}"
        yield [_("Group {name}: weight {weight}").format(name=group.label, weight=weight)]


def _shown(value: Fraction | None) -> Cell:
    return None if value is None else float(shown(value))


def _end(interval: tuple[float, float] | None, which: int) -> Cell:
    """One end of an interval."""
    return None if interval is None else round(interval[which], 2)


def _yes_no(value: bool | None) -> Cell:
    return None if value is None else _("yes") if value else _("no")
