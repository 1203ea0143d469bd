"""The report of a programme, for the bureau and whom it reports to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.deductions import basis_words
from cati.domain.papers import Bars, Block, Chart, Grid, Paper, Paragraph, Tone, Value
from cati.domain.ranking import Adjustment, UnitScore, final_interval, neighbours, shown
from cati.domain.report_annexes import annexes
from cati.domain.report_claims import claims_annex, claims_words
from cati.domain.report_facts import (
    Facts,
    Outline,
    around,
    average,
    day_words,
    evenly,
    figure,
    sentences,
    undecided_words,
)
from cati.domain.report_hotline import hotline_annex
from cati.domain.report_indicators import indicator_annex
from cati.domain.report_items import items_by_unit, items_over_units
from cati.domain.scoring import SIMULATED

CHANNELS_OF_A_TABLE = 4
ALIKE = "≈"
"""Stands behind a score that does not differ from the next."""


def programme_report(facts: Facts) -> Paper:
    """Write the report of a whole programme."""
    outline = Outline(facts.language)
    return Paper(
        _("{title}: report on the results").format(title=facts.programme.title),
        (facts.programme.settings.bureau, day_words(facts.made_on)),
        (
            *warnings(facts),
            *_overview(facts, outline),
            *_ranking(facts, outline),
            *_channels(facts, outline),
            *items_over_units(facts, outline),
            *_points(facts, outline),
            *indicator_annex(facts, outline, facts.lines),
            *annexes(facts, outline),
            *hotline_annex(facts, outline, facts.lines),
            *claims_annex(facts, outline),
            *items_by_unit(facts, outline),
        ),
        facts.language,
        facts.made_on,
        facts.programme.settings.bureau,
    )


def warnings(facts: Facts) -> Iterator[Block]:
    """What nobody may overlook: that interviews were made up."""
    if facts.simulated:
        yield Paragraph(_(SIMULATED).format(count=facts.simulated), Tone.WARNING)


def channel_list(facts: Facts, series: str = "") -> str:
    """The channels at the top with what they weigh; where a series is named, those that are about it."""
    pattern = _("{channel} ({weight} points)") if facts.plan.in_points else _("{channel} ({weight} %)")
    return _(", ").join(
        pattern.format(channel=c.label, weight=f"{float(c.weight):g}")
        for c in facts.plan.channels
        if not c.parent and (not series or not c.series or series in c.series)
    )


def collected_words(facts: Facts) -> Iterator[str]:
    """How many interviews and ballots there are, a sentence each."""
    for channel in facts.heard():
        count = sum(w.opinion.n for (code, _unit), w in facts.workings.items() if code == channel.code)
        if channel.kind == "phone":
            words = ngettext(
                "{channel}: {count:,} interview counts.", "{channel}: {count:,} interviews count.", count
            )
        else:
            words = ngettext(
                "{channel}: {count:,} line about a unit counts.",
                "{channel}: {count:,} lines about units count.",
                count,
            )
        yield words.format(channel=channel.label, count=count)


def approval_words(facts: Facts) -> str:
    """Who approved the scores."""
    assert facts.approval is not None
    return _("{body} ({signer}) approved the scores on {day}.").format(
        body=facts.approval.body, signer=facts.approval.signer, day=day_words(facts.approval.day)
    )


def _overview(facts: Facts, outline: Outline) -> Iterator[Block]:
    settings = facts.programme.settings
    yield outline.heading(_("The evaluation in brief"))
    words = [
        ngettext("{count} unit was evaluated", "{count} units were evaluated", len(facts.lines)).format(
            count=len(facts.lines)
        )
        + ngettext(", in {count} series.", ", in {count} series.", len(facts.series)).format(
            count=len(facts.series)
        ),
        _("The score is made of {channels}.").format(channels=channel_list(facts)),
        *collected_words(facts),
    ]
    if facts.dialled is not None:
        words.append(
            _("People were called from {first} to {last}.").format(
                first=day_words(facts.dialled[0]), last=day_words(facts.dialled[1])
            )
        )
    if settings.approval_number and facts.programme.has_interviews:
        words.append(
            _("The survey is approved under number {number}.").format(number=settings.approval_number)
        )
    if facts.claims:
        words.append(claims_words(facts))
    words.append(approval_words(facts))
    yield Paragraph(sentences(words))
    rows: list[tuple[Value, ...]] = []
    for series in facts.series:
        finals = [line.final for line in facts.members(series)]
        known = [value for value in finals if value is not None]
        high, low = max(known, default=None), min(known, default=None)
        spread = None if high is None or low is None or len(known) < 2 else high - low
        most = (f"{float(facts.plan.most(series)):g}",) if facts.plan.in_points else ()
        rows.append((series, len(finals), *most, average(finals), high, low, spread))
    most_ = (_("Most possible"),) if facts.plan.in_points else ()
    yield Grid(
        *outline.table(_("the series at a glance")),
        (_("Series"), _("Units"), *most_, _("Mean score"), _("Highest"), _("Lowest"), _("Range")),
        tuple(rows),
        (4, 1, *(1.1 for _one in most_), 1.3, 1.3, 1.3, 1.3),
    )


def _ranking(facts: Facts, outline: Outline) -> Iterator[Block]:
    yield outline.heading(_("Ranking"))
    if any(final_interval(facts.plan, line) for line in facts.lines):
        yield Paragraph(
            _(
                "{mark} stands behind a score that does not differ from the next beyond chance, at a level "
                "of {level} %. Intervals are of that level; finished scores and points are taken as they are."
            ).format(mark=ALIKE, level=f"{100 * facts.plan.level:g}"),
            Tone.NOTE,
        )
    if len({facts.plan.most(series) for series in facts.series}) > 1:
        words = _("Series can reach different numbers of points; the rank overall goes by the points alone.")
        yield Paragraph(words, Tone.NOTE)
    for series in facts.series:
        members = facts.members(series)
        yield outline.heading(series, 2)
        yield ranking_grid(facts, outline, series)
        if sum(line.final is not None for line in members) < 2:
            continue
        intervals = tuple(final_interval(facts.plan, line) for line in members)
        words = (
            _("{series}: final scores with their intervals")
            if any(intervals)
            else _("{series}: final scores")
        )
        yield Chart(
            outline.chart(words.format(series=series)),
            tuple(line.unit.name for line in members),
            (Bars(_("Final score"), tuple(figure(line.final) for line in members), intervals),),
        )


def ranking_grid(facts: Facts, outline: Outline, series: str) -> Grid:
    """The units of a series by their final scores."""
    members = facts.members(series)
    rows: list[tuple[Value, ...]] = []
    intervals = [around(final_interval(facts.plan, line)) for line in members]
    for line, apart, interval in zip(members, neighbours(facts.plan, members), intervals, strict=True):
        final = None if line.final is None else shown(line.final)
        rows.append(
            (
                line.rank_in_series,
                line.unit.name,
                f"{final} {ALIKE}" if apart is False else final,
                *((interval,) if any(intervals) else ()),
                line.composite,
                _points_of(line),
                line.rank,
            )
        )
    return Grid(*outline.table(_("{series}: ranking").format(series=series)),
        (
            _("Rank"), _("Unit"), _("Final score"), *((_("Interval"),) if any(intervals) else ()),
            _("Composite"), _("Points"), _("Rank overall"),
        ),
        tuple(rows),
        (0.9, 4, 1.5, *((2.1,) if any(intervals) else ()), 1.3, 1.1, 1.1),
    )  # fmt: skip


def _points_of(line: UnitScore) -> Value:
    if not line.adjustments:
        return None
    together = sum((a.points for a in line.adjustments), Fraction(0))
    return shown(together) if together <= 0 else f"+{shown(together)}"


def _channels(facts: Facts, outline: Outline) -> Iterator[Block]:
    if len(facts.plan.channels) < 2:
        return
    yield outline.heading(_("Scores by channel"))
    words = [_("In brackets the rank of the unit in the channel, among all units.")]
    if facts.plan.in_points:
        words.append(
            _(
                "Channels are scored out of 100; the composite adds up their shares of the points they "
                "are worth."
            )
        )
    yield Paragraph(sentences(words), Tone.NOTE)
    for series in facts.series:
        members = facts.members(series)
        found = [c for c in facts.plan.channels if not c.series or series in c.series]
        for part in evenly(found, CHANNELS_OF_A_TABLE):
            yield Grid(
                *outline.table(_("{series}: scores by channel").format(series=series)),
                (_("Unit"), *(c.label for c in part)),
                tuple((line.unit.name, *(_ranked(line, c.code) for c in part)) for line in members),
                (3, *(1.6 for _channel in part)),
            )


def _ranked(line: UnitScore, channel: str) -> str | None:
    found = line.channels[channel]
    return None if found.score is None else f"{shown(found.score)} ({found.rank})"


def _points(facts: Facts, outline: Outline) -> Iterator[Block]:
    yield outline.heading(_("Points added and taken"))
    yield from points_blocks(facts, outline, facts.lines, named=True)
    if facts.undecided:
        yield Paragraph(undecided_words(facts.undecided))


def points_blocks(
    facts: Facts, outline: Outline, lines: Sequence[UnitScore], *, named: bool
) -> Iterator[Block]:
    """The confirmed points of some units with their grounds."""
    labels = {rule.code: rule.label for rule in facts.programme.adjustments}
    rows: list[tuple[Value, ...]] = [
        (
            *((line.unit.name,) if named else ()),
            labels.get(a.code, a.code),
            _signed(a.points),
            points_reason(facts, a),
        )
        for line in lines
        for a in line.adjustments
    ]
    if not rows:
        yield Paragraph(_("No points were added or taken."))
        return
    heading = (_("On what ground"), _("Points"), _("Reason and evidence"))
    yield Grid(
        *outline.table(_("points added and taken")),
        (_("Unit"), *heading) if named else heading,
        tuple(rows),
        (3, 2, 1, 4) if named else (2, 1, 4),
    )


def points_reason(facts: Facts, adjustment: Adjustment) -> str:
    """Reason with evidence, number of the problem, and how the points come about."""
    parts = [adjustment.reason, basis_words(facts.programme, adjustment.basis)]
    if adjustment.problem:
        parts.insert(1, _("problem {number}").format(number=adjustment.problem))
    return _("; ").join(part for part in parts if part)


def _signed(points: Fraction) -> str:
    return f"{'+' if points > 0 else ''}{shown(points)}"
