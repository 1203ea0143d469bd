"""Several tables under one row of names, such as the sheets of a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from cati.base.i18n import translate as _
from cati.gui.widgets.layouts import column, row
from cati.gui.widgets.rows import Cell, Column
from cati.gui.widgets.segments import Segment, Segments
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.table import Table


class Tab(NamedTuple):
    """One of the tables.

    Attributes:
        code: names it to the program.
        title: its name.
        columns: its headings.
        rows: its cells, row by row.
    """

    code: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell | str, ...]]


class Tabs(Surface):
    """Shows one of them; a name chooses another."""

    changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._names = Segments(_("Sheets"), slides=True)
        self._names.chosen.connect(self._show)
        self._body = QWidget()
        self._stack = QStackedLayout(self._body)
        self._tables: dict[str, Table] = {}
        names = row(self._names, None)
        self.setLayout(column(names, (self._body, 1), gap=6, margins=(10, 10, 6, 6)))

    @property
    def code(self) -> str:
        """Which is shown."""
        return self._names.code

    @property
    def table(self) -> Table:
        """The table that is shown."""
        return self._tables[self.code]

    def show_tabs(self, tabs: Sequence[Tab]) -> None:
        """Show other tables; the one of the same name stays in view."""
        for old in self._tables.values():
            self._stack.removeWidget(old)
            old.deleteLater()
        self._tables = {}
        for tab in tabs:
            table = Table(tab.title, tab.columns, _cells, _number, _("This sheet is empty"))
            table.show_rows(list(enumerate(tab.rows)))
            self._tables[tab.code] = table
            self._stack.addWidget(table)
        self._names.set_segments([Segment(tab.code, tab.title) for tab in tabs])
        self._show(self.code)

    def choose(self, code: str) -> None:
        """Show the table of a name."""
        self._names.choose(code)

    def step(self, key: str) -> None:
        """Show the one before or after, by Left or Right."""
        codes = list(self._tables)
        if codes:
            there = codes.index(self.code) + (-1 if key == "Left" else 1)
            self.choose(codes[max(0, min(len(codes) - 1, there))])

    def _show(self, code: str) -> None:
        if code in self._tables:
            self._stack.setCurrentWidget(self._tables[code])
            self.changed.emit(code)


def _cells(one: tuple[int, tuple[Any, ...]]) -> tuple[Any, ...]:
    return one[1]


def _number(one: tuple[int, tuple[Any, ...]]) -> int:
    return one[0]
