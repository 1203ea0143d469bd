"""The map of all cells in two columns: what is seen of it at once, and the cell that is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from cati.gui.quotas.heat import HEAD, LEAST_ROW, HeatMap, HeatRow
from cati.gui.quotas.sections import Chunk, Section, sections
from cati.gui.theme import px
from cati.gui.widgets.layouts import column, row
from cati.gui.widgets.surface import Rule, Surface

GAP = 10
TOP, BELOW = 10, 8
"""Between maps and round them, px at 100 %."""


class Spot(NamedTuple):
    """Where a unit lies: its section, column, and line of that column over all its chunks."""

    section: int
    column: int
    line: int


class CellBoard(Surface):
    """Maps of series in two columns, in sections where they do not all have room; below them a paper.

    Args:
        detail: says what is chosen; it lies under the left column.

    Signals:
        moved: another cell was chosen.
        turned: another section is seen.
    """

    moved = Signal()
    turned = Signal()

    def __init__(self, detail: QWidget) -> None:
        self._detail = detail
        self.maps: tuple[list[HeatMap], list[HeatMap]] = ([], [])
        self._stacks = (column(gap=GAP), column(gap=GAP))
        left = column(self._stacks[0], (detail, 1), gap=GAP)
        right = column(self._stacks[1], None, gap=GAP)
        self._rule = Rule(upright=True)
        super().__init__(row((left, 1), self._rule, (right, 1), gap=16, margins=(16, TOP, 12, BELOW)))
        self._series: Mapping[str, Sequence[str]] = {}
        self._heads: tuple[str, ...] = ()
        self._rows: Mapping[str, HeatRow] = {}
        self._sections: list[Section] = []
        self._unit, self._place = "", 0

    @property
    def chosen(self) -> tuple[str, int] | None:
        """Code of the unit and place of the group that are chosen; None while there is nothing."""
        return (self._unit, self._place) if self._unit and self._heads else None

    @property
    def section(self) -> tuple[int, int]:
        """Which section is seen, from 1, and how many there are."""
        spot = self._spot()
        return (1 if spot is None else spot.section + 1), len(self._sections)

    def show_units(
        self, series: Mapping[str, Sequence[str]], heads: Sequence[str], rows: Mapping[str, HeatRow]
    ) -> None:
        """Show other cells; what was chosen stays chosen while it exists.

        Args:
            series: codes of its units by the name of each.
            heads: one for each group, with its quota.
            rows: by code of the unit.
        """
        self._series, self._heads, self._rows = series, tuple(heads), rows
        units = [unit for codes in series.values() for unit in codes]
        if self._unit not in units:
            self._unit = units[0] if units else ""
        self._place = min(self._place, max(0, len(heads) - 1))
        self._lay_out()

    def turn_to(self, series: str) -> None:
        """Choose the first unit of a series, unless one of it is chosen."""
        units = self._series.get(series, ())
        if units and self._unit not in units:
            self._choose(units[0], self._place)

    def walk(self, key: str) -> None:
        """Choose the next cell: lines lead from section to section, groups from column to column."""
        spot = self._spot()
        if spot is None:
            return
        match key:
            case "Up" | "Down":
                self._go_up_or_down(spot, -1 if key == "Up" else 1)
            case "Left" | "Right":
                self._go_aside(spot, -1 if key == "Left" else 1)
            case _:
                self._go_to(spot.section + (-1 if key == "PgUp" else 1), spot.column, 0)

    def _go_up_or_down(self, spot: Spot, step: int) -> None:
        line = spot.line + step
        if 0 <= line < len(self._lines(spot.section, spot.column)):
            self._go_to(spot.section, spot.column, line)
        else:
            self._go_to(spot.section + step, spot.column, 0 if step > 0 else -1)

    def _go_aside(self, spot: Spot, step: int) -> None:
        place, aside = self._place + step, spot.column + step
        if 0 <= place < len(self._heads):
            self._choose(self._unit, place)
        elif aside in (0, 1) and (lines := self._lines(spot.section, aside)):
            self._choose(lines[min(spot.line, len(lines) - 1)], 0 if step > 0 else len(self._heads) - 1)

    def _go_to(self, section: int, side: int, line: int) -> None:
        if 0 <= section < len(self._sections):
            lines = self._lines(section, side) or self._lines(section, 0)
            self._choose(lines[line], self._place)

    def _choose(self, unit: str, place: int) -> None:
        before = self.section
        self._unit, self._place = unit, place
        if self.section != before:
            self._show_section()
            self.turned.emit()
        else:
            self._mark()
        self.moved.emit()

    def _lines(self, section: int, side: int) -> list[str]:
        return [unit for chunk in self._sections[section].columns[side] for unit in chunk.units]

    def _spot(self) -> Spot | None:
        for section in range(len(self._sections)):
            for side in (0, 1):
                lines = self._lines(section, side)
                if self._unit in lines:
                    return Spot(section, side, lines.index(self._unit))
        return None

    # ---- what is seen ----------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or less of it has room."""
        super().resizeEvent(event)
        self._lay_out()

    def _rooms(self) -> tuple[float, float]:
        """Heights of both columns within what is seen of the place, which scrolls where it is too high."""
        area = self.parent()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parent()
        page = self.parentWidget()
        around = page.height() - self.height() if page is not None else 0
        seen = area.viewport().height() - around if isinstance(area, QScrollArea) else self.height()
        room = seen - px(TOP + BELOW)
        return room - self._detail.minimumSizeHint().height() - px(GAP), room

    def _lay_out(self) -> None:
        found = sections(self._series, self._rooms(), px(HEAD + GAP), px(LEAST_ROW))
        before = (self._sections, self.section)
        self._sections = found
        self._show_section()
        if before != (found, self.section):
            self.turned.emit()

    def _show_section(self) -> None:
        spot = self._spot()
        if spot is None:
            return
        for side, chunks in enumerate(self._sections[spot.section].columns):
            maps = self.maps[side]
            while len(maps) < len(chunks):
                maps.append(self._make_map(side, len(maps)))
            for nth, heat in enumerate(maps):
                heat.setVisible(nth < len(chunks))
            for heat, chunk in zip(maps, chunks, strict=False):
                heat.show_rows(chunk.series, self._heads, [self._rows[unit] for unit in chunk.units])
        self._rule.setVisible(bool(self._sections[spot.section].right))
        self._mark()

    def _make_map(self, side: int, nth: int) -> HeatMap:
        heat = HeatMap()
        self._stacks[side].put(heat)
        heat.pressed.connect(lambda line, place: self._press(side, nth, line, place))
        return heat

    def _press(self, side: int, nth: int, line: int, place: int) -> None:
        chunk = self._chunk(side, nth)
        if chunk is not None:
            self._choose(chunk.units[line], place)

    def _chunk(self, side: int, nth: int) -> Chunk | None:
        spot = self._spot()
        chunks = () if spot is None else self._sections[spot.section].columns[side]
        return chunks[nth] if nth < len(chunks) else None

    def _mark(self) -> None:
        for side, maps in enumerate(self.maps):
            for nth, heat in enumerate(maps):
                chunk = self._chunk(side, nth)
                here = chunk is not None and self._unit in chunk.units and self.chosen is not None
                heat.set_at((chunk.units.index(self._unit), self._place) if chunk and here else None)
