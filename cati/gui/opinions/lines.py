"""Opinions and units as rows of tables, and which of them a filter shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cati.base.i18n import language
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.opinions import Book
from cati.domain.programmes import LoadedProgramme, in_language
from cati.domain.replies import STATE_WORDS
from cati.gui.actions import BY_NAME
from cati.gui.review.words import unit_names
from cati.gui.widgets.rows import Cell, Column
from cati.gui.widgets.text import Part, Strong

if TYPE_CHECKING:
    from cati.services.opinion_bundles import Sent, SentLine
    from cati.services.opinions import Opinion, Opinions

ALL, UNCODED, CODED, SENT, OVERDUE, ANSWERED = "all", "uncoded", "coded", "sent", "overdue", "answered"
FILTERS = {
    UNCODED: N_("uncoded"),
    CODED: N_("coded"),
    SENT: N_("not answered"),
    OVERDUE: N_("overdue"),
    ANSWERED: N_("answered"),
    ALL: N_("all"),
}
"""By code, to be translated."""
EVERYBODY = ""
"""Stands for all units."""


@dataclass(frozen=True)
class Known:
    """All that the page shows."""

    loaded: LoadedProgramme
    found: Opinions
    sent: Sent

    @cached_property
    def by_opinion(self) -> Mapping[int, SentLine]:
        """What was sent, by key of the opinion."""
        return {line.opinion: line for line in self.sent.lines}

    @cached_property
    def late(self) -> frozenset[int]:
        """Keys of the opinions that are overdue."""
        return frozenset(line.opinion for line in self.sent.overdue)


@dataclass(frozen=True)
class UnitLine:
    """One unit in the list at the left; all of them together have no code."""

    code: str
    name: str
    opinions: int
    uncoded: int
    overdue: int


def unit_lines(known: Known, second: bool) -> list[UnitLine]:
    """Units about which somebody said something, all of them together first."""
    counts: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for one in known.found.opinions:
        for unit in (EVERYBODY, one.unit):
            counts[unit] += 1
            left[unit] += not (one.second_by if second else one.by)
    late = {unit: tally.overdue for unit, tally in known.sent.tallies.items()}
    late[EVERYBODY] = sum(late.values())
    names = {EVERYBODY: _("All units"), **unit_names(known.loaded.programme)}
    return [
        UnitLine(unit, name, counts[unit], left[unit], late.get(unit, 0))
        for unit, name in names.items()
        if counts[unit] or unit == EVERYBODY
    ]


def unit_columns() -> list[Column]:
    """Headings of the list of units."""
    return [
        Column("unit", f"{_('Unit')}  {BY_NAME['opinion_unit'].printed}", 90, grows=1),
        Column("count", _("Opinions"), 30, figure=True),
        Column("uncoded", _("Uncoded"), 30, figure=True),
        Column("overdue", _("Overdue"), 30, figure=True),
    ]


def unit_cells(line: UnitLine) -> Sequence[Cell | str]:
    """Cells of a unit."""
    overdue = Cell(str(line.overdue), "warn", True) if line.overdue else ""
    return [line.name, str(line.opinions), str(line.uncoded or ""), overdue]


def shown(known: Known, unit: str, which: str, code: str, second: bool) -> list[Opinion]:
    """The opinions of a unit that a filter lets through; of a code if one is given."""
    sent = known.by_opinion
    tests: Mapping[str, Callable[[Opinion], bool]] = {
        ALL: lambda one: True,
        UNCODED: lambda one: not (one.second_by if second else one.by),
        CODED: lambda one: bool(one.second_by if second else one.by),
        SENT: lambda one: one.id in sent and sent[one.id].answer is None,
        OVERDUE: lambda one: one.id in known.late,
        ANSWERED: lambda one: one.id in sent and sent[one.id].answer is not None,
    }
    return [
        one
        for one in known.found.opinions
        if unit in (EVERYBODY, one.unit)
        and tests[which](one)
        and (not code or code in (one.second if second else one.codes))
    ]


def columns() -> list[Column]:
    """Headings of the list of opinions."""
    return [
        Column("text", _("Opinion"), 160, grows=3),
        Column("codes", f"{_('What it is about')} ({BY_NAME['opinion_of_code'].printed})", 110, grows=1),
        Column("state", _("State"), 76, gives_way=1),
    ]


def cells(known: Known, one: Opinion, codes: Sequence[str]) -> Sequence[Cell | str]:
    """Cells of an opinion; `codes` as the coder at work gave them."""
    return [" ".join(one.text.split()), _(", ").join(_labels(known.found.book, codes)), _state(known, one)]


def _labels(book: Book, codes: Sequence[str]) -> list[str]:
    return [code_words(book, code) for code in codes]


def code_words(book: Book, code: str) -> str:
    """What a code is called."""
    return in_language(book[code].labels, language(), code)


def _state(known: Known, one: Opinion) -> Cell | str:
    line = known.by_opinion.get(one.id)
    if line is None:
        return ""
    if line.answer is not None:
        return Cell(_(STATE_WORDS[line.answer.state]), "ok")
    return Cell(_("overdue"), "warn", True) if one.id in known.late else Cell(_("sent"), "ink2")


def words(one: Opinion) -> list[Part]:
    """An opinion with what its unit does not get to see in bold."""
    parts: list[Part] = []
    at = 0
    for span in one.hidden:
        parts += [one.text[at : span.start], Strong(one.text[span.start : span.end], "stop")]
        at = span.end
    return [part for part in (*parts, one.text[at:]) if part]


def about(known: Known, one: Opinion) -> str:
    """What is hidden of an opinion, when it was sent and what came back."""
    said = []
    if one.hidden:
        said.append(
            _("The words in bold are hidden from the unit.")
            if one.decided
            else _("The words in bold look like a number: they are hidden unless you decide otherwise (H).")
        )
    line = known.by_opinion.get(one.id)
    if line is not None:
        told = _("Sent in bundle {number}, to be answered by {day}.")
        said.append(told.format(number=line.bundle.number, day=line.bundle.due_on.isoformat()))
        if line.answer is not None:
            late = _(" (late)") if line.late else ""
            said.append(f"{_(STATE_WORDS[line.answer.state])}{late}{_(':')} {line.answer.result}")
    return "\n".join(said)
