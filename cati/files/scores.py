"""The scores of a programme as a workbook: the ranking, and sheet by sheet what is behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

from cati.base.i18n import translate as _
from cati.domain.claims import Amount
from cati.domain.dispositions import DISPOSITIONS
from cati.domain.papers import Paper, Value
from cati.domain.programmes import Programme, in_language
from cati.domain.ranking import ChannelScore, UnitScore, final_interval, shown
from cati.domain.rates import Counts, Rates
from cati.domain.report import points_reason
from cati.domain.report_annexes import method_words, told_notes
from cati.domain.report_claims import claim_name, settled_words
from cati.domain.report_facts import Facts, undecided_words
from cati.domain.report_indicators import indicator_words, indicators_of, points_got
from cati.domain.score_plan import WeightedChannel
from cati.domain.scoring import SIMULATED, OpinionScore, Working
from cati.files.exports import Cell, new_workbook

Column: TypeAlias = tuple[str, Callable[[UnitScore], Cell]]
SCORE_WIDTHS = (6, 32, 32, 9, 9, 9, 9, 9, 9, 9, 30)
"""Of the columns up to the reasons of points, in letters."""
NAME_LENGTH = 28
"""Of a sheet, at most."""


def write_scores(path: Path, facts: Facts, approval: str = "") -> None:
    """Write a workbook of all scores and how they come about; sheets and headings in the language in use.

    Args:
        path: where to.
        facts: what is known; units are written by rank. Of made-up interviews scores, notes and method tell.
        approval: a sentence on who approved the scores, and whether that still holds.
    """
    programme, simulated = facts.programme, facts.simulated
    ranked = sorted(facts.lines, key=lambda line: (line.rank is None, line.rank or 0))
    answers = _answers(programme)
    columns = _columns(facts, _grounds(programme))
    rows = ([cell(line) for _heading, cell in columns] for line in ranked)
    notes: list[list[Cell]] = [[line.unit.name, *note] for line in ranked for note in told_notes(line.notes)]
    if simulated:
        notes.insert(0, ["", "", _(SIMULATED).format(count=simulated)])
    points = [_("Unit"), _("On what ground"), _("Points"), _("Reason and evidence")]
    with new_workbook(path) as book:

        def add(name: str, heading: Sequence[str], rows: Iterable[Sequence[Cell]], *widths: float) -> None:
            book.add_sheet(name, heading, rows, widths=widths, on_paper=True)

        add(_("scores"), [heading for heading, _cell in columns], rows, *SCORE_WIDTHS)
        add(_("channels"), _channel_heading(), _channels(facts, ranked), 32, 24)
        add(_("groups"), _group_heading(), _groups(facts, ranked), 32, 24, 24)
        add(
            _("items"),
            [*_item_heading(), *answers.values()],
            _items(facts, ranked, list(answers)),
            32,
            24,
            32,
        )
        if programme.indicators:
            add(_("indicators"), _indicator_heading(), _indicators(facts, ranked), 32, 24, 8, 40, 24, 24)
        if facts.claims:
            add(_("claims"), _claim_heading(), _claims(facts), 36, 14, 14, 14, 14, 14, 44, 44)
        add(_("adjustments"), points, _points(facts, ranked), 32, 24, 10, 80)
        add(_("notes"), [_("Unit"), _("Channel of opinions"), _("Note")], notes, 32, 24, 90)
        add(_("method"), [programme.title], _method(facts, approval), 110)
        add(_("rates"), [_("Indicator"), _("Value")], _rates(facts), 40, 12)


def write_tables(path: Path, paper: Paper) -> None:
    """Write the tables of a paper as a workbook, a sheet each.

    Raises:
        OSError: it could not be written.
    """
    used: set[str] = set()
    with new_workbook(path) as book:
        rows: Iterator[list[Cell]] = ([line] for line in paper.below)
        book.add_sheet(_("about"), [paper.title], rows, widths=(80,), on_paper=True)
        for grid in paper.grids:
            name = _sheet_name(grid.name, used)
            used.add(name.casefold())
            rows = ([_plain(value) for value in row] for row in grid.rows)
            widths = [14 * share for share in grid.widths]
            book.add_sheet(name, grid.heading, rows, widths=widths, on_paper=True)


def _sheet_name(text: str, used: set[str]) -> str:
    """A name that a sheet can have and none has yet."""
    whole = " ".join(re.sub(r"[\[\]:：*?/\\']", " ", text).split())
    name, number = whole[:NAME_LENGTH], 2
    while name.casefold() in used:
        name, number = f"{whole[: NAME_LENGTH - 3]} {number}", number + 1
    return name


def _plain(value: Value) -> Cell:
    return float(shown(value)) if isinstance(value, Fraction) else value


def _grounds(programme: Programme) -> dict[str, str]:
    return {rule.code: rule.label for rule in programme.adjustments}


def _answers(programme: Programme) -> dict[str, str]:
    """Labels of the answers to evaluated items, by name, in the order of their lists."""
    lists = [item.list_name for item in programme.items]
    lists += [item.list_name for c in programme.channels for item in c.items if item.list_name]
    return {
        choice.name: in_language(choice.labels, programme.default_language, choice.name)
        for name in dict.fromkeys(lists)
        for choice in programme.choices[name]
    }


def _columns(facts: Facts, grounds: dict[str, str]) -> list[Column]:
    plan = facts.plan
    columns: list[Column] = [
        (_("Rank"), lambda line: line.rank),
        (_("Unit"), lambda line: line.unit.name),
        (_("Series"), lambda line: line.unit.series),
        (_("Rank in series"), lambda line: line.rank_in_series),
        (
            _("Final score (simulated)") if facts.simulated else _("Final score"),
            lambda line: _shown(line.final),
        ),
        (_("Final score: from"), lambda line: _end(final_interval(plan, line), 0)),
        (_("Final score: to"), lambda line: _end(final_interval(plan, line), 1)),
        (_("Differs from the next"), lambda line: _yes_no(line.differs_from_next)),
        (_("Composite"), lambda line: _shown(line.composite)),
        (_("Adjustments"), lambda line: _shown(sum((a.points for a in line.adjustments), Fraction(0)))),
        (
            _("Reasons"),
            lambda line: _("; ").join(
                _("{ground} {points}: {reason}").format(
                    ground=grounds.get(a.code, a.code), points=shown(a.points), reason=a.reason
                )
                for a in line.adjustments
            ),
        ),
    ]
    for channel in plan.channels:
        columns += _channel_columns(channel.code, channel.label)
    if plan.phone:
        counted = {answer for item in plan.items for answer in item.points}
        asked = facts.answers(plan.phone)
        columns += _phone_columns(plan.phone, {n: label for n, label in asked.items() if n not in counted})
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

    def interviews(line: UnitScore) -> Cell:
        phone = of(line)
        return None if phone is None else phone.n

    return [
        (_("Interviews"), interviews),
        (_("{channel}: from").format(channel=channel.label), bound(0)),
        (_("{channel}: to").format(channel=channel.label), bound(1)),
        (_("From the public pool (%)"), lambda line: _pool(of(line))),
        *((_("{answer} (%)").format(answer=label), share(name)) for name, label in uncounted.items()),
    ]


def _pool(opinion: OpinionScore | None) -> Cell:
    if opinion is None or opinion.supplement_share is None:
        return None
    return _shown(100 * opinion.supplement_share)


def _channel_heading() -> list[str]:
    return [
        _("Unit"),
        _("Channel of opinions"),
        _("Score"),
        _("Rank"),
        _("Interval: from"),
        _("Interval: to"),
        _("People heard"),
        _("From the public pool (%)"),
        _("Differs from the next"),
    ]


def _channels(facts: Facts, lines: Sequence[UnitScore]) -> Iterator[list[Cell]]:
    for line in lines:
        for channel in facts.plan.channels:
            if channel.series and line.unit.series not in channel.series:
                continue
            found = line.channels[channel.code]
            behind = found.behind
            interval = behind.interval if behind else None
            pool = _pool(behind) if channel.kind == "phone" else None
            yield [
                line.unit.name, channel.label, _shown(found.score), found.rank, _end(interval, 0),
                _end(interval, 1), behind.n if behind else None, pool, _yes_no(found.differs_from_next),
            ]  # fmt: skip


def _workings(
    facts: Facts, lines: Sequence[UnitScore]
) -> Iterator[tuple[UnitScore, WeightedChannel, Working]]:
    for line in lines:
        for channel in facts.heard():
            working = facts.workings.get((channel.code, line.unit.code))
            if working is not None:
                yield line, channel, working


def _group_heading() -> list[str]:
    return [
        _("Unit"),
        _("Channel of opinions"),
        _("Kind of respondent"),
        _("Weight"),
        _("People heard"),
        _("Could be drawn"),
        _("Score"),
    ]


def _groups(facts: Facts, lines: Sequence[UnitScore]) -> Iterator[list[Cell]]:
    for line, channel, working in _workings(facts, lines):
        for group in working.groups:
            yield [
                line.unit.name, channel.label, group.label, _weight(group.weight), group.n, group.population,
                _shown(group.score),
            ]  # fmt: skip


def _item_heading() -> list[str]:
    return [
        _("Unit"),
        _("Channel of opinions"),
        _("Item"),
        _("Weight"),
        _("Score"),
        _("Interval: from"),
        _("Interval: to"),
        _("Counted answers"),
    ]


def _items(facts: Facts, lines: Sequence[UnitScore], answers: Sequence[str]) -> Iterator[list[Cell]]:
    for line, channel, working in _workings(facts, lines):
        offered = facts.answers(channel)
        for item in working.items:
            found = working.opinion.items[item.name]
            # What nobody could answer there stands empty, and not as an answer that nobody gave.
            counts = [found.answers.get(name, 0) if name in offered else None for name in answers]
            yield [
                line.unit.name, channel.label, item.label, _weight(item.weight), _shown(item.score),
                _end(item.interval, 0), _end(item.interval, 1), found.n, *counts,
            ]  # fmt: skip


def _indicator_heading() -> list[str]:
    return [
        _("Unit"), _("Channel of opinions"), _("#"), _("Indicator"), _("Collected by"),
        _("Answered for by"), _("Worth"), _("Points got"),
    ]  # fmt: skip


def _indicators(facts: Facts, lines: Sequence[UnitScore]) -> Iterator[list[Cell]]:
    """Every indicator of every unit, then the sum of its channel."""
    for line in lines:
        for channel in facts.plan.channels:
            found = indicators_of(facts, channel.code)
            if not found or (channel.series and line.unit.series not in channel.series):
                continue
            got = [points_got(facts, line.unit.code, one) for one in found]
            for place, (one, points) in enumerate(zip(found, got, strict=True), start=1):
                words = indicator_words(facts, one)
                given = None if points is None else float(points)
                yield [line.unit.name, channel.label, place, *words, float(one.points), given]
            most, given_ = (
                sum(one.points for one in found),
                sum(points for points in got if points is not None),
            )
            all_ = (_("all indicators"), None, None)
            yield [line.unit.name, channel.label, None, *all_, float(most), float(given_)]


def _claim_heading() -> list[str]:
    return [
        _("Claim"), _("claimed as planned"), _("computed"), _("claimed as done"), _("computed"),
        _("Claimed less computed"), _("How it was settled"), _("Where it is said"),
    ]  # fmt: skip


def _claims(facts: Facts) -> Iterator[list[Cell]]:
    for one in facts.claims:
        claim = one.claim
        yield [
            claim_name(one, facts.language), _amount(claim.planned), _amount(one.planned),
            _amount(claim.done), _amount(one.done), _amount(one.done_difference), settled_words(one),
            claim.source,
        ]  # fmt: skip


def _amount(amount: Amount | Decimal | None) -> Cell:
    """A number; what is only said to be more than it stays words."""
    if isinstance(amount, Amount):
        if amount.or_more:
            return str(amount)
        amount = amount.value
    if amount is None:
        return None
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _points(facts: Facts, lines: Sequence[UnitScore]) -> Iterator[list[Cell]]:
    labels = _grounds(facts.programme)
    for line in lines:
        for a in line.adjustments:
            yield [line.unit.name, labels.get(a.code, a.code), _shown(a.points), points_reason(facts, a)]


def _method(facts: Facts, approval: str) -> Iterator[list[Cell]]:
    plan = facts.plan
    if approval:
        yield [approval]
    if facts.simulated:
        yield [_(SIMULATED).format(count=facts.simulated)]
    if facts.undecided:
        yield [undecided_words(facts.undecided)]
    for sentence in method_words(facts):
        yield [sentence]
    for channel in plan.channels:
        yield [
            _("Channel {name}: weight {weight}").format(
                name=channel.label, weight=f"{float(channel.weight):g}"
            )
        ]
    for group in plan.groups:
        weight = _("pooled") if group.weight is None else f"{float(group.weight):g}"
        yield [_("Group {name}: weight {weight}").format(name=group.label, weight=weight)]


def _rates(facts: Facts) -> Iterator[list[Cell]]:
    if facts.rates is None:
        return
    for code, count in facts.outcomes.items():
        yield [_(DISPOSITIONS[code].label) if code else _("never dialled"), count]
    for counted in fields(Counts):
        yield [counted.name.upper(), getattr(facts.rates.counts, counted.name)]
    for rate in fields(Rates):
        if rate.name != "counts":
            value = getattr(facts.rates, rate.name)
            yield [rate.name.upper(), None if value is None else round(float(value), 6)]


def _weight(value: Fraction) -> Cell:
    return int(value) if value.denominator == 1 else float(value)


def _shown(value: Fraction | None) -> Cell:
    return None if value is None else float(shown(value))


def _end(interval: tuple[float, float] | None, which: int) -> Cell:
    """One end of an interval."""
    return None if interval is None else round(interval[which], 2)


def _yes_no(value: bool | None) -> Cell:
    return None if value is None else _("yes") if value else _("no")
