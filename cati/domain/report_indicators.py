"""What a report tells of indicators: who gives their points, who answers for them, and what units got."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from cati.base.i18n import translate as _
from cati.domain.papers import Annex, Block, Grid, Value
from cati.domain.programmes import Indicator, in_language
from cati.domain.ranking import UnitScore
from cati.domain.report_facts import Facts, Outline, evenly
from cati.domain.score_plan import WeightedChannel

UNITS_OF_A_TABLE = 4


def indicator_annex(facts: Facts, outline: Outline, lines: Sequence[UnitScore]) -> Iterator[Block | Annex]:
    """Every indicator with the points of some units, a table for each channel made of indicators."""
    channels = [channel for channel in facts.plan.channels if channel.kind == "indicators"]
    if not channels:
        return
    yield Annex(outline.annex(_("points by indicator")))
    for channel in channels:
        about = [line for line in lines if not channel.series or line.unit.series in channel.series]
        for part in evenly(about, UNITS_OF_A_TABLE):
            yield _table(facts, outline, channel, part)


def indicators_of(facts: Facts, channel: str) -> list[Indicator]:
    """The indicators a channel (code) is made of."""
    return [one for one in facts.programme.indicators if one.channel == channel]


def indicator_words(facts: Facts, one: Indicator) -> tuple[str, str | None, str]:
    """What an indicator is called, who gives its points, and who answers for it."""
    answers = [words for words in ("、".join(one.teams) or _("all teams"), one.leader) if words]
    return in_language(one.labels, facts.language, one.label), one.collector or None, " · ".join(answers)


def points_got(facts: Facts, unit: str, one: Indicator) -> Decimal | None:
    """What a unit (code) got for an indicator; None where nobody has said."""
    return facts.indicator_points.get(unit, {}).get(one.code)


def _table(facts: Facts, outline: Outline, channel: WeightedChannel, lines: Sequence[UnitScore]) -> Grid:
    found = indicators_of(facts, channel.code)
    got = {line.unit.code: [points_got(facts, line.unit.code, one) for one in found] for line in lines}
    rows: list[tuple[Value, ...]] = []
    for place, one in enumerate(found):
        given = (_exact(got[line.unit.code][place]) for line in lines)
        rows.append((str(place + 1), *indicator_words(facts, one), f"{one.points:f}", *given))
    sums = (_exact(sum((p for p in got[line.unit.code] if p is not None), Decimal(0))) for line in lines)
    most = sum((one.points for one in found), Decimal(0))
    rows.append((None, _("all indicators"), None, None, f"{most:f}", *sums))
    names = (_("Points got"),) if len(facts.lines) == 1 else tuple(line.unit.name for line in lines)
    return Grid(
        *outline.table(_("{channel}: points by indicator").format(channel=channel.label)),
        (_("#"), _("Indicator"), _("Collected by"), _("Answered for by"), _("Worth"), *names),
        tuple(rows),
        (0.6, 3.4, 1.6, 1.7, 0.8, *(1.0 for _line in lines)),
    )


def _exact(points: Decimal | None) -> Fraction | None:
    return None if points is None else Fraction(points)
