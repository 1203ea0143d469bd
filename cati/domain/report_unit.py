"""The copy of a report that one unit gets: its own scores, and of the others nothing but the mean."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from cati.base.i18n import translate as _
from cati.domain.papers import WITHHELD, Annex, Bars, Block, Chart, Grid, Paper, Paragraph, Tone, Value
from cati.domain.ranking import UnitScore, final_interval
from cati.domain.report import (
    approval_words,
    channel_list,
    points_blocks,
    ranking_grid,
    warnings,
)
from cati.domain.report_annexes import method_annex, told_notes, weight_words
from cati.domain.report_facts import (
    FEWEST_OF_A_MEAN,
    Facts,
    Outline,
    around,
    average,
    day_words,
    figure,
    sentences,
)
from cati.domain.report_hotline import hotline_annex
from cati.domain.report_indicators import indicator_annex
from cati.domain.score_plan import WeightedChannel
from cati.domain.scoring import Working
from cati.domain.suppression import withheld

TELLING = frozenset({"few_answers"})
"""Notes that would tell a withheld number."""


def unit_report(facts: Facts, unit: str) -> Paper:
    """Write the copy for a unit (code)."""
    line = next(one for one in facts.lines if one.unit.code == unit)
    outline = Outline(facts.language)
    return Paper(
        _("{title}: results of the unit").format(title=facts.programme.title),
        (line.unit.name, facts.programme.settings.bureau, day_words(facts.made_on)),
        (
            *warnings(facts),
            *_Copy(facts, line, outline).blocks(),
            *indicator_annex(facts, outline, (line,)),
            *hotline_annex(facts, outline, (line,)),
            *method_annex(facts, outline, unit),
            *_notes(line, outline),
        ),
        facts.language,
        facts.made_on,
        facts.programme.settings.bureau,
    )


def _notes(line: UnitScore, outline: Outline) -> Iterator[Block | Annex]:
    notes = [note for note in line.notes if note.code not in TELLING]
    if notes:
        yield Annex(outline.annex(_("weights that went elsewhere, and other notes")))
        for channel, words in told_notes(notes):
            yield Paragraph(_("{channel}: {note}").format(channel=channel, note=words) if channel else words)


class _Copy:
    def __init__(self, facts: Facts, line: UnitScore, outline: Outline) -> None:
        self._facts, self._line, self._outline = facts, line, outline
        self._members = facts.members(line.unit.series)
        self._smallest = facts.programme.settings.report_smallest_cell
        self._hidden = False

    def blocks(self) -> Iterator[Block]:
        """Everything but the annexes."""
        yield from self._scores()
        yield from self._channels()
        for channel in self._facts.heard():
            working = self._facts.workings.get((channel.code, self._line.unit.code))
            if working is not None and (len(channel.items) > 1 or len(working.groups) > 1):
                yield from self._behind(channel, working)
        yield self._outline.heading(_("Points added and taken"))
        yield from points_blocks(self._facts, self._outline, [self._line], named=False)
        if self._hidden:
            words = _(
                "{mark} stands for what is not told, because fewer than {count} people are behind it, or "
                "because it would let such a figure be computed."
            )
            yield Paragraph(words.format(mark=WITHHELD, count=self._smallest), Tone.NOTE)

    # ---- scores ----------------------------------------------------------------------------------

    def _mean(self, values: list[Fraction | None]) -> Fraction | str | None:
        """Of the series; told only where it tells nobody's score."""
        if len([value for value in values if value is not None]) >= FEWEST_OF_A_MEAN or self._named():
            return average(values)
        self._hidden = True
        return WITHHELD

    def _named(self) -> bool:
        return self._facts.programme.settings.report_names_others

    def _scores(self) -> Iterator[Block]:
        facts, line = self._facts, self._line
        yield self._outline.heading(_("Score and place"))
        words = _("The score is made of {channels}.").format(channels=channel_list(facts, line.unit.series))
        yield Paragraph(sentences([words, approval_words(facts)]))
        rows: tuple[tuple[Value, ...], ...] = (
            (_("Composite"), line.composite),
            (_("Points"), sum((a.points for a in line.adjustments), Fraction(0))),
            (_("Final score"), line.final),
            (
                _("Interval at a level of {level} %").format(level=f"{100 * facts.plan.level:g}"),
                around(final_interval(facts.plan, line)),
            ),
            (
                _("Place in the series {series}").format(series=line.unit.series),
                _("{rank} of {count}").format(rank=line.rank_in_series, count=len(self._members)),
            ),
            (_("Mean of the series"), self._mean([one.final for one in self._members])),
        )
        yield Grid(*self._outline.table(_("score and place")), (_("What"), _("Value")), rows, (2, 1))
        if self._named():
            yield ranking_grid(facts, self._outline, line.unit.series)

    def _channels(self) -> Iterator[Block]:
        facts, line = self._facts, self._line
        rows: list[tuple[Value, ...]] = []
        for c in facts.plan.channels:
            if c.series and line.unit.series not in c.series:
                continue
            found = line.channels[c.code]
            few = found.behind is not None and 0 < found.behind.n < self._smallest
            self._hidden |= few
            n = None if found.behind is None else WITHHELD if few else found.behind.n
            interval = None if found.behind is None else WITHHELD if few else around(found.behind.interval)
            scores = [one.channels[c.code].score for one in self._members]
            rows.append((c.label, weight_words(facts, c), found.score, interval, n, self._mean(scores)))
        yield self._outline.heading(_("Scores by channel"))
        yield Grid(
            *self._outline.table(_("scores by channel")),
            (
                _("Channel of opinions"),
                _("Weight"),
                _("Score"),
                _("Interval"),
                _("People heard"),
                _("Mean of the series"),
            ),
            tuple(rows),
            (2.6, 0.9, 1.1, 1.9, 0.9, 1.3),
        )

    # ---- what is behind a channel ----------------------------------------------------------------

    def _behind(self, channel: WeightedChannel, working: Working) -> Iterator[Block]:
        yield self._outline.heading(channel.label)
        if 0 < working.opinion.n < self._smallest:
            yield Paragraph(
                _("Fewer than {count} people were heard; nothing more is told.").format(count=self._smallest)
            )
            return
        if len(channel.items) > 1:
            yield from self._items(channel, working)
        if len(working.groups) > 1:
            yield self._groups(channel, working)
        if answers := self._facts.answers(channel):
            yield self._answers(channel, working, answers)

    def _items(self, channel: WeightedChannel, working: Working) -> Iterator[Block]:
        hidden = withheld([item.n for item in working.items], self._smallest)
        self._hidden |= bool(hidden)
        rows: list[tuple[Value, ...]] = []
        means: list[Fraction | None] = []
        for place, item in enumerate(working.items):
            of_series = self._mean(self._of_series(channel.code, item.name))
            means.append(of_series if isinstance(of_series, Fraction) else None)
            own: tuple[Value, ...] = (item.score, around(item.interval), item.n)
            shown_here = (WITHHELD,) * 3 if place in hidden else own
            rows.append((item.label, f"{float(item.weight):g}", *shown_here, of_series))
        words = _("{channel}: items").format(channel=channel.label)
        yield Grid(
            *self._outline.table(words),
            (_("Item"), _("Weight"), _("Score"), _("Interval"), _("Answers"), _("Mean of the series")),
            tuple(rows),
            (2.6, 0.9, 1.1, 1.9, 0.9, 1.3),
        )
        own_bars = tuple(
            None if place in hidden else figure(item.score) for place, item in enumerate(working.items)
        )
        bars = [Bars(_("This unit"), own_bars)]
        if any(mean is not None for mean in means):
            bars.append(Bars(_("Mean of the series"), tuple(figure(mean) for mean in means)))
        labels = tuple(item.label for item in working.items)
        yield Chart(self._outline.chart(words), labels, tuple(bars))

    def _of_series(self, channel: str, item: str) -> list[Fraction | None]:
        workings = (self._facts.workings.get((channel, one.unit.code)) for one in self._members)
        return [i.score for working in workings if working for i in working.items if i.name == item]

    def _groups(self, channel: WeightedChannel, working: Working) -> Grid:
        hidden = withheld([group.n for group in working.groups], self._smallest)
        self._hidden |= bool(hidden)
        rows: list[tuple[Value, ...]] = []
        for place, group in enumerate(working.groups):
            own: tuple[Value, ...] = (WITHHELD, WITHHELD) if place in hidden else (group.n, group.score)
            rows.append((group.label, f"{float(group.weight):g}", *own))
        return Grid(
            *self._outline.table(_("{channel}: groups").format(channel=channel.label)),
            (_("Kind of respondent"), _("Weight"), _("People heard"), _("Score")),
            tuple(rows),
            (3, 1, 1, 1),
        )

    def _answers(self, channel: WeightedChannel, working: Working, answers: dict[str, str]) -> Grid:
        """How often each answer that counts was given; the others are told together."""
        points = {name: p for item in channel.items for name, p in item.points.items()}
        counted = {name: label for name, label in answers.items() if name in points}
        few = withheld([item.n for item in working.items], self._smallest)
        rows: list[tuple[Value, ...]] = []
        for place, item in enumerate(working.items):
            given = working.opinion.items[item.name].answers
            counts = [given.get(name, 0) for name in counted]
            # Number and mean of the answers stand in the table of items.
            hidden = withheld(counts, self._smallest, relations=2)
            hidden = frozenset(range(len(counts))) if place in few else hidden
            self._hidden |= bool(hidden)
            cells = (WITHHELD if at in hidden else count for at, count in enumerate(counts))
            rest = sum(given.values()) - sum(counts)
            rows.append((item.label, *cells, WITHHELD if place in few else rest))
        return Grid(
            *self._outline.table(_("{channel}: answers").format(channel=channel.label)),
            (_("Item"), *counted.values(), _("not counted")),
            tuple(rows),
            (2.6, *(1.1 for _name in counted), 1.1),
        )
