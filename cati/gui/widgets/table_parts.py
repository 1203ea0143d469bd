"""What a table paints: its head row and its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from cati.gui import theme
from cati.gui.theme import px
from cati.gui.widgets.base import LEFT, NO_PEN, RIGHT, Painted, outline
from cati.gui.widgets.icons import draw_icon
from cati.gui.widgets.rows import AnyIndex, Cell, Column, RowModel

if TYPE_CHECKING:
    from cati.gui.widgets.table import Table

HEAD = 28
PAD, ICON = 8, 14


class TableHeads(Painted, QHeaderView):
    """The head row: quiet words over a line; a triangle tells the order."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.order: tuple[int, bool] | None = None
        self.shortened: set[str] = set()
        self.setSectionsClickable(True)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(1)

    def sizeHint(self) -> QSize:
        """One low line."""
        return QSize(super().sizeHint().width(), px(HEAD))

    def minimumSizeHint(self) -> QSize:
        """It is as wide as the table lets it."""
        return QSize(0, px(HEAD))

    def column(self, place: int) -> Column:
        """The column behind a section."""
        model = self.model()
        assert isinstance(model, RowModel)
        return model.columns[place]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, sections and line."""
        self.shortened = set()
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.viewport().rect(), theme.colour("sheet"))
        for place in range(self.count()):
            if not self.isSectionHidden(place):
                left, width = self.sectionViewportPosition(place), self.sectionSize(place)
                self._paint_head(painter, QRectF(left, 0, width, self.height() - 1), place)
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.colour("line"))

    def _paint_head(self, painter: QPainter, box: QRectF, place: int) -> None:
        column = self.column(place)
        words = box.adjusted(px(PAD), 0, -px(PAD), 0)
        ordered = self.order is not None and self.order[0] == place
        align = RIGHT if column.figure else LEFT
        self.write(painter, words, column.title, 13, "ink" if ordered else "ink2", bold=ordered, align=align)
        if ordered:
            assert self.order is not None
            wide = theme.text_width(column.title, 13, bold=True)
            left = words.right() - wide - px(12) if column.figure else words.left() + wide + px(4)
            _paint_triangle(painter, QRectF(left, box.center().y() - px(3), px(8), px(6)), self.order[1])


def _paint_triangle(painter: QPainter, box: QRectF, down: bool) -> None:
    painter.setPen(NO_PEN)
    painter.setBrush(theme.colour("ink"))
    base, tip = (box.top(), box.bottom()) if down else (box.bottom(), box.top())
    corners = [QPointF(box.left(), base), QPointF(box.right(), base), QPointF(box.center().x(), tip)]
    painter.drawPolygon(QPolygonF(corners))


class CellPainter(QStyledItemDelegate):
    """Paints one cell; the table paints the ring round the chosen row."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._table = table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint ground, tag, outline and text of a cell."""
        table, place, box = self._table, index.row(), QRectF(option.rect)
        ground = "soft" if place == table.current_place() else "panel" if place == table.over else "sheet"
        if ground != "sheet":
            painter.fillRect(box, theme.colour(ground))
        cells = table.rows.cells(place)
        if cells is None:
            if index.column() == 0:
                write_line(painter, box.adjusted(px(PAD), 0, 0, 0), "…", "ink2", False, LEFT)
            return
        cell = cells[index.column()]
        if cell.text or cell.icon:
            _paint_cell(painter, box, cell, table.rows.columns[index.column()].figure, ground)

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: AnyIndex
    ) -> bool:
        """Tell a text that was shortened."""
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return False
        cells = self._table.rows.cells(index.row())
        rect: QRect = option.rect
        cell = cells[index.column()] if cells is not None else None
        shown = cell.text if cell is not None and _needed(cell) > rect.width() else ""
        QToolTip.showText(event.globalPos(), shown, view)
        return True


def _needed(cell: Cell) -> float:
    """Width a cell needs to be shown whole, px."""
    extra = (px(ICON + 6) if cell.icon else 0) + (px(12) if cell.box else 0)
    return theme.text_width(cell.text, 14, cell.bold or cell.box is not None) + 2 * px(PAD) + extra


def _paint_cell(painter: QPainter, box: QRectF, cell: Cell, figure: bool, ground: str) -> None:
    inner = box.adjusted(px(PAD), 0, -px(PAD), 0)
    bold = cell.bold or cell.box is not None
    if cell.box is not None:
        wide = min(inner.width(), _needed(cell) - 2 * px(PAD))
        high = min(box.height() - 2, px(22))
        tag = QRectF(inner.left(), box.center().y() - high / 2, wide, high)
        painter.setPen(outline("line"))
        painter.setBrush(theme.colour(cell.box))
        painter.drawRoundedRect(tag, px(4), px(4))
        inner, ground = tag.adjusted(px(6), 0, -px(6), 0), cell.box
    if cell.icon:
        side = px(ICON)
        at = QRectF(inner.left(), box.center().y() - side / 2, side, side)
        draw_icon(painter, cell.icon, at, cell.ink, ground)
        inner = inner.adjusted(side + px(6), 0, 0, 0)
    write_line(painter, inner, cell.text, cell.ink, bold, RIGHT if figure else LEFT)


def write_line(
    painter: QPainter, box: QRectF, text: str, ink: str, bold: bool, align: Qt.AlignmentFlag
) -> None:
    """Write a text of 14 px on one line, shortened with an ellipsis where it is too long."""
    in_use = theme.current()
    if in_use.text_width(text, 14, bold) > box.width() + 0.5:
        text = in_use.metrics(14, bold).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.setFont(in_use.font(14, bold))
    painter.setPen(in_use.colour(ink))
    painter.drawText(box, align, text)
