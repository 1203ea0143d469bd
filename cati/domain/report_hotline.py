"""What a report tells of the 12345 hotline: the figures that score, and where tickets give others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.hotline_scores import PARTS, RATES, HotlineLine, shown_figure
from cati.domain.papers import Annex, Block, Grid, Paragraph, Value
from cati.domain.ranking import UnitScore, shown
from cati.domain.report_facts import Facts, Outline, sentences

MOST_TICKETS = 5
"""Numbers of tickets that are told behind one difference."""


def hotline_annex(facts: Facts, outline: Outline, lines: Sequence[UnitScore]) -> Iterator[Block | Annex]:
    """The adopted figures of some units with the points they give, and what tickets say against them."""
    names = {line.unit.code: line.unit.name for line in lines}
    found = [one for one in facts.hotline if one.unit.code in names and one.adopted is not None]
    if not found:
        return
    yield Annex(outline.annex(_("12345 hotline")))
    yield Paragraph(_hotline_words(found))
    yield Grid(
        *outline.table(_("adopted figures of the hotline")),
        (
            _("Unit"),
            *(_(PARTS[name]) for name in (*RATES, "unresolved")),
            _("Followed up, appeals failed"),
            _(PARTS["points"]),
            _("Of"),
        ),
        tuple(_row(names[one.unit.code], one) for one in found),
        (2.6, 1.3, 1.3, 1.3, 1.1, 1.4, 1, 0.8),
    )
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (
            names[one.unit.code],
            _(PARTS[differs.figure]),
            shown_figure(differs.figure, differs.adopted),
            shown_figure(differs.figure, differs.recomputed),
            _tickets(differs.tickets),
        )
        for one in found
        for differs in one.differences
    )
    if rows:
        yield Grid(
            *outline.table(_("where tickets give other figures")),
            (_("Unit"), _("Figure"), _("Adopted"), _("From tickets"), _("Tickets behind it")),
            rows,
            (2, 1.4, 1.1, 1.1, 3.4),
        )


def _hotline_words(found: Sequence[HotlineLine]) -> str:
    count, differ = sum(one.tickets for one in found), sum(bool(one.differences) for one in found)
    looked = ngettext("{count:,} ticket was looked at.", "{count:,} tickets were looked at.", count)
    differs = ngettext("Figures of {count} unit differ.", "Figures of {count} units differ.", differ)
    return sentences(
        [
            _("What the hotline found is adopted and scores; tickets only check it."),
            looked.format(count=count),
            differs.format(count=differ),
        ]
    )


def _row(name: str, one: HotlineLine) -> tuple[Value, ...]:
    """A unit's figures; one whose points the platform gave has those alone."""
    assert one.adopted is not None
    follow, score = one.follow_up, one.score
    followed = f"{follow.followed} / {follow.failed}" if follow is not None and follow.followed else None
    figures = (shown_figure(part, getattr(one.adopted, part)) for part in (*RATES, "unresolved"))
    earned, of = (
        (shown(score.earned), f"{float(score.possible):g}")
        if score is not None and score.score is not None
        else (None, None)
    )
    return (name, *(None if words == "–" else words for words in figures), followed, earned, of)


def _tickets(numbers: Sequence[str]) -> str | None:
    if not numbers:
        return None
    words = "、".join(numbers[:MOST_TICKETS])
    if len(numbers) <= MOST_TICKETS:
        return words
    return _("{numbers} and others, {count} in all").format(numbers=words, count=len(numbers))
