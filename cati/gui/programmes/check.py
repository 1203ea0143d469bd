"""A workbook with faults: its own grid with the cells marked, and what is wrong beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.gui.programmes.sheets import Tab, Tabs
from cati.gui.widgets.layouts import column, row
from cati.gui.widgets.rows import Cell, Column
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.table import Table
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.programmes import Problem, WorkbookCheck

WIDTH = 380
A = ord("A")


class CheckView(QWidget):
    """Choosing a fault shows its cell."""

    def __init__(self) -> None:
        super().__init__()
        self.tabs = Tabs()
        self.problems = Table(
            _("What is wrong"),
            (Column("place", _("Cell"), 120), Column("message", _("What is wrong"), 160, grows=1)),
            lambda problem: (Cell(_place(problem), "warn", True), problem.message),
            nothing=_("No errors found"),
        )
        self.problems.chosen.connect(self._show_problem)
        self._title = Text(size=17, bold=True, wrap=True)
        self._place, self._message = Text(size=14, ink="stop", bold=True), Text(size=15, wrap=True)
        side = column(
            self._title,
            (self.problems, 3),
            Surface(column(self._place, self._message, None, gap=4, margins=(12, 8, 12, 8)), "panel"),
            gap=8,
            margins=(14, 12, 10, 12),
        )
        self.setLayout(row((self.tabs, 1), Surface(side, width=WIDTH), gap=12))

    def show_check(self, found: WorkbookCheck) -> None:
        """Show a workbook and what is wrong with it."""
        count = len(found.problems)
        pattern = ngettext("{file}: {count} thing to put right", "{file}: {count} things to put right", count)
        self._title.set_text(pattern.format(file=found.path.name, count=count))
        faulty = {(problem.sheet, problem.row, problem.column) for problem in found.problems}
        tabs = []
        for grid in found.sheets:
            wide = len(grid.rows[0]) if grid.rows else 1
            letters = [column_letter(at) for at in range(wide)]
            columns = tuple(Column(letter, letter, 96, grows=1) for letter in letters)
            rows = [
                (
                    str(number),
                    *(
                        _cell(text, (grid.title, number, column_letter(at)) in faulty)
                        for at, text in enumerate(cells)
                    ),
                )
                for number, cells in enumerate(grid.rows, 1)
            ]
            bad = sum(problem.sheet == grid.title for problem in found.problems)
            title = f"{grid.title} · {bad}" if bad else grid.title
            tabs.append(Tab(grid.title, title, (Column("row", "", 40, figure=True), *columns), rows))
        self.tabs.show_tabs(tabs)
        self.problems.show_rows(found.problems)
        if count:
            self.problems.choose(0)
        self._show_problem(self.problems.current())

    def _show_problem(self, problem: Problem | None) -> None:
        self._place.set_text(_place(problem) if problem is not None else "")
        self._message.set_text(problem.message if problem is not None else "")
        if problem is None or not problem.sheet:
            return
        self.tabs.choose(problem.sheet)
        if self.tabs.code == problem.sheet and 0 < problem.row <= len(self.tabs.table.rows.source):
            table = self.tabs.table
            table.choose(problem.row - 1)
            if problem.column:
                table.scrollTo(table.rows.index(problem.row - 1, column_number(problem.column)))


def column_letter(at: int) -> str:
    """Excel's letter of a column, from 0."""
    name, at = "", at + 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(A + rest) + name
    return name


def column_number(name: str) -> int:
    """Place of a column from 1 by Excel's letter."""
    found = 0
    for one in name:
        found = found * 26 + ord(one) - A + 1
    return found


def _place(problem: Problem) -> str:
    cell = f"{problem.column}{problem.row or ''}"
    return f"{problem.sheet} {cell}".strip() or _("the whole workbook")


def _cell(text: str, faulty: bool) -> Cell | str:
    text = text.replace("\n", " ")
    return Cell(text or _("empty"), "stop", True, "warning", "stop_s") if faulty else text
