"""How a score comes about: every item in every group, with its weight, over the ranking."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from cati.base.i18n import translate as _
from cati.domain.ranking import UnitScore, shown
from cati.domain.scoring import Working
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.scoring.lines import NONE
from cati.gui.theme import px
from cati.gui.widgets.layouts import Holder, column
from cati.gui.widgets.rows import Cell, Column
from cati.gui.widgets.table import Table
from cati.gui.widgets.table_parts import HEAD
from cati.gui.widgets.text import Text

WIDTH = 940
ROW = 24


class _Row(NamedTuple):
    cells: tuple[str, ...]
    bold: bool = False


def show_working(place: Place, line: UnitScore, working: Working, channel: str) -> Question:
    """Lay the working of a unit's score in a channel, by its name, over its place."""
    table = Table(
        _("Working"), _columns(working), _cells, lambda row: row.cells[0], most_row=ROW, least_row=ROW
    )
    rows = _rows(working)
    table.show_rows(rows)
    table.setMinimumHeight(px(HEAD) + px(ROW) * min(len(rows), 12) + 4)
    notes = Text("\n".join(str(note) for note in line.notes) or _("No weight went elsewhere."), 13, wrap=True)
    parts = [table, Holder(column(Text(_("Notes on this unit"), 13, "ink2", True), notes, gap=4))]
    title = " · ".join(filter(None, (line.unit.name, channel)))
    asked: Question
    asked = Question(place, title, _lead(working), parts, _("Close"), lambda: asked.leave(), width=WIDTH)
    return asked


def _lead(working: Working) -> str:
    groups = _(", ").join(
        _("{group}: {n} of {population} (weight {weight})").format(
            group=g.label,
            n=g.n,
            population=NONE if g.population is None else g.population,
            weight=f"{float(g.weight):g}",
        )
        for g in working.groups
    )
    way = (
        _("Items are weighed inside each group before groups are weighed.")
        if working.items_first
        else _("Groups are weighed inside each item, then the items.")
    )
    return f"{way} {groups}"


def _columns(working: Working) -> list[Column]:
    groups = [Column(f"group{n}", g.label, 110, figure=True) for n, g in enumerate(working.groups)]
    return [
        Column("item", _("Item"), 120, grows=1),
        Column("weight", _("Weight"), 60, figure=True),
        *groups,
        Column("score", _("Item score"), 80, figure=True),
        Column("part", _("Adds"), 80, figure=True),
    ]


def _cells(row: _Row) -> Sequence[Cell]:
    return [Cell(text, bold=row.bold) for text in row.cells]


def _rows(working: Working) -> list[_Row]:
    counted = sum((item.weight for item in working.items if item.score is not None), Fraction(0))
    rows = []
    for item in working.items:
        groups = [NONE if mean is None else f"{shown(mean)} (n {n})" for mean, n in item.by_group]
        adds = NONE if item.score is None or not counted else shown(item.score * item.weight / counted)
        score = NONE if item.score is None else shown(item.score)
        rows.append(_Row((item.label, f"{float(item.weight):g}", *groups, score, adds)))
    total = NONE if working.opinion.score is None else shown(working.opinion.score)
    blank = ("",) * len(working.groups)
    rows.append(_Row((_("Score of the channel"), f"{float(counted):g}", *blank, "", total), True))
    return rows
