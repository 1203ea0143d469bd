"""The ballot in hand as it is keyed: a row for each unit, a column for each item, the digit in its place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from cati.domain.ballots import NONE_TICKED, SEVERAL_TICKED
from cati.domain.keying import NOT_KEYED, Grid
from cati.gui import theme
from cati.gui.theme import px
from cati.gui.widgets.base import CENTRE, LEFT, NO_BRUSH, RIGHT, Painted, fitting

ROW, HEAD = 26, 26
NUMBER, NAME, MOST_COLUMN = 34, 230, 110
LEAST_ROWS = 5
NOTHING = "–"
"""How no tick is drawn."""


class GridView(Painted, QWidget):
    """A painted grid that keeps the place of the next key in its middle."""

    def __init__(self) -> None:
        super().__init__()
        self._grid: Grid | None = None
        self._names: Sequence[str] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_grid(self, grid: Grid | None, names: Sequence[str] = ()) -> None:
        """Show a ballot.

        Args:
            grid: what is keyed; None for none.
            names: of its units.
        """
        self._grid, self._names = grid, names
        self.update()

    def sizeHint(self) -> QSize:
        """All rows of an ordinary ballot are more than there is room for."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Some rows at least."""
        return QSize(px(NUMBER) + px(120), px(HEAD) + LEAST_ROWS * px(ROW))

    def first_row(self) -> int:
        """The topmost row that is shown, so that there are as many before as after the one in hand."""
        if self._grid is None:
            return 0
        room = max(1, (self.height() - px(HEAD)) // px(ROW))
        return max(0, min(self._grid.at[0] - room // 2, len(self._grid.units) - room))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw headings and rows."""
        painter, grid = self.begin(), self._grid
        painter.fillRect(self.rect(), theme.colour("sheet"))
        if grid is None:
            return
        left = px(NUMBER) + min(px(NAME), self.width() // 3)
        wide = min(px(MOST_COLUMN), (self.width() - left) / len(grid.items))
        self._draw_heads(painter, grid, left, wide)
        first = self.first_row()
        for place, row in enumerate(range(first, len(grid.units))):
            top = px(HEAD) + place * px(ROW)
            if top + px(ROW) > self.height():
                break
            self._draw_row(painter, grid, row, QRectF(0, top, self.width(), px(ROW)), left, wide)

    def _draw_heads(self, painter: QPainter, grid: Grid, left: float, wide: float) -> None:
        labels = [item.label for item in grid.items]
        room = wide - px(6)
        size = min(fitting(label, (13, 12, 11), room) for label in labels)
        # Where the names have no room, their numbers have: the one in hand is told whole above.
        if any(theme.text_width(label, size) > room for label in labels):
            labels, size = [str(n) for n in range(1, len(labels) + 1)], 13
        for column, label in enumerate(labels):
            box = QRectF(left + column * wide, 0, wide, px(HEAD))
            here = column == grid.at[1]
            self.write(painter, box, label, size, "ink" if here else "ink2", bold=False, align=CENTRE)
        painter.fillRect(QRectF(0, px(HEAD) - 1, self.width(), 1), theme.colour("line"))

    def _draw_row(
        self, painter: QPainter, grid: Grid, row: int, box: QRectF, left: float, wide: float
    ) -> None:
        here = row == grid.at[0]
        if here:
            painter.fillRect(box, theme.colour("soft"))
        number = QRectF(0, box.top(), px(NUMBER) - px(8), box.height())
        self.write(painter, number, str(row + 1), 13, "ink2", align=RIGHT)
        self._draw_name(
            painter, QRectF(px(NUMBER), box.top(), left - px(NUMBER) - px(6), box.height()), row, here
        )
        # On a paper about one unit there is no place for an answer about another.
        asked = 0 if grid.asks_unit or (grid.about_one and not here) else len(grid.items)
        for column in range(asked):
            cell = QRectF(left + column * wide, box.top(), wide, box.height())
            self._draw_cell(painter, grid, (row, column), cell)
        painter.fillRect(QRectF(0, box.bottom() - 1, self.width(), 1), theme.colour("line"))

    def _draw_name(self, painter: QPainter, box: QRectF, row: int, here: bool) -> None:
        name, in_use = self._names[row], theme.current()
        size = fitting(name, (14, 13, 12), box.width(), here)
        # What is shortened here is told whole above when its turn comes.
        short = in_use.metrics(size, here).elidedText(name, Qt.TextElideMode.ElideRight, box.width())
        self.write(painter, box, short, size, "ink", bold=here, align=LEFT)

    def _draw_cell(self, painter: QPainter, grid: Grid, spot: tuple[int, int], box: QRectF) -> None:
        value = grid.value(spot)
        if value == NONE_TICKED:
            self.write(painter, box, NOTHING, 16, "ink2", align=CENTRE)
        elif value == SEVERAL_TICKED:
            self.write(painter, box, value, 16, "warn", bold=True, align=CENTRE)
        elif value != NOT_KEYED:
            self.write(painter, box, grid.items[spot[1]].key_of(value), 16, "ink", bold=True, align=CENTRE)
        if spot == grid.at:
            painter.setPen(QPen(theme.colour("accent"), max(2, theme.ring())))
            painter.setBrush(NO_BRUSH)
            painter.drawRoundedRect(box.adjusted(2, 2, -2, -3), px(4), px(4))
