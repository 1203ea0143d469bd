"""The map of cells: a row is a unit, a block a cell; depth is the share done, numbers are always printed."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cati.base.i18n import translate as _
from cati.gui import theme
from cati.gui.office.words import short_count
from cati.gui.theme import px
from cati.gui.widgets.base import LEFT, NO_BRUSH, NO_PEN, RIGHT, Painted, outline
from cati.gui.widgets.icons import draw_icon

HEAD = 46
LEAST_ROW, MOST_ROW = 21, 26
LEAST_WIDTH, MOST_WIDTH = 480, 540
NAME, LEAST_NAME = (13, 12), 124
"""Sizes of a unit's name, the larger first, and its least width, px at 100 %."""


class Block(NamedTuple):
    """A cell as it is drawn.

    Attributes:
        done, wanted: completed interviews and quota.
        rest: words at the right: what is left.
        trouble: whether it needs a person.
        full: whether its quota is reached.
        dim: whether a filter left it out.
    """

    done: int
    wanted: int
    rest: str
    trouble: bool
    full: bool
    dim: bool


class HeatRow(NamedTuple):
    """A unit as it is drawn.

    Attributes:
        name: of the unit.
        blocks: a cell for each group, None where the unit has none.
        done: its completed interviews.
        forecast: in words.
        trouble: whether the forecast needs a person.
        full: whether all its cells are full.
    """

    name: str
    blocks: tuple[Block | None, ...]
    done: int
    forecast: str
    trouble: bool
    full: bool


def _counts(block: Block) -> str:
    return f"{short_count(block.done)}/{short_count(block.wanted)}"


def _words_width(block: Block) -> float:
    """Width of what a block prints: counts, outline, what is left."""
    icon = px(21) if block.trouble else px(18) if block.full else 0
    counts = theme.text_width(_counts(block), 13, bold=True)
    return counts + icon + px(6) + theme.text_width(block.rest, 12)


class HeatMap(Painted, QWidget):
    """The cells of one series.

    Signals:
        pressed: row and column of the cell that was clicked.
    """

    pressed = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self._title = ""
        self._heads: tuple[str, ...] = ()
        self._rows: tuple[HeatRow, ...] = ()
        self._at: tuple[int, int] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_rows(self, title: str, heads: Sequence[str], rows: Sequence[HeatRow]) -> None:
        """Draw other cells.

        Args:
            title: the series.
            heads: one for each group, with its quota.
            rows: one for each unit.
        """
        fresh = (title, tuple(heads), tuple(rows))
        if fresh != (self._title, self._heads, self._rows):
            self._title, self._heads, self._rows = fresh
            self.restyle()

    def set_at(self, at: tuple[int, int] | None) -> None:
        """Mark the chosen cell, by row and column; None marks none."""
        if at != self._at:
            self._at = at
            self.update()

    def sizeHint(self) -> QSize:
        """Room for all rows at their widest."""
        return QSize(px(MOST_WIDTH), px(HEAD + MOST_ROW * max(1, len(self._rows))))

    def minimumSizeHint(self) -> QSize:
        """Rows tighten, and names take smaller letters, before anything is hidden."""
        blocks = sum(self._block_width(place) for place in range(len(self._heads)))
        need = self._name_width(NAME[-1]) + self._rest_width() + blocks
        wide = max(px(LEAST_WIDTH), min(px(MOST_WIDTH), ceil(need)))
        return QSize(wide, px(HEAD + LEAST_ROW * max(1, len(self._rows))))

    def _row_height(self) -> float:
        room = (self.height() - px(HEAD)) / max(1, len(self._rows))
        return max(float(px(LEAST_ROW)), min(float(px(MOST_ROW)), room))

    def _columns(self) -> list[tuple[float, float]]:
        """Left edge and width of each group's blocks, then of the unit's sum and forecast.

        Names, sums and forecasts take what they need, blocks what is left; where that is too little for
        their own words, names give way.
        """
        rest, blocks = self._rest_width(), [self._block_width(place) for place in range(len(self._heads))]
        name = max(float(px(LEAST_NAME)), min(self._name_width(NAME[0]), self.width() - rest - sum(blocks)))
        spare = (self.width() - name - rest - sum(blocks)) / max(1, len(blocks))
        left, found = name, []
        for width in blocks:
            found.append((left, width + spare - px(4)))
            left += width + spare
        return [*found, (left + px(2), rest - px(2))]

    def _name_width(self, size: int) -> float:
        return max((theme.text_width(unit.name, size) for unit in self._rows), default=0.0) + px(8)

    def _rest_width(self) -> float:
        done = self._done_width()
        return max((done + self._forecast_width(unit) for unit in self._rows), default=0.0)

    def _block_width(self, place: int) -> float:
        """Room for the words of a group's blocks, the gap after them included."""
        head = theme.text_width(self._heads[place], 12) + px(8)
        blocks = (unit.blocks[place] for unit in self._rows)
        return max([head, *(_words_width(block) + px(20) for block in blocks if block is not None)])

    def _done_width(self) -> float:
        """Room for the sums, the gap after them included."""
        sums = (theme.text_width(short_count(unit.done), 13, bold=True) for unit in self._rows)
        return max(max(sums, default=0.0) + px(6), float(px(28)))

    @staticmethod
    def _forecast_width(unit: HeatRow) -> float:
        icon = px(20) if unit.trouble else 0
        return px(2) + icon + theme.text_width(unit.forecast, 12, bold=unit.trouble) + 1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell under the pointer."""
        found = self._cell_at(event.position())
        if found is not None and event.button() is Qt.MouseButton.LeftButton:
            self.pressed.emit(*found)

    def event(self, event: QEvent) -> bool:
        """Tell a name in full that has no room, where the pointer rests on it."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.shortened_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def shortened_at(self, point: QPointF) -> str:
        """The name under a point if it is not shown in full, else empty."""
        line, room = int((point.y() - px(HEAD)) // self._row_height()), self._name_room()
        if point.y() < px(HEAD) or line >= len(self._rows) or point.x() >= room:
            return ""
        name = self._rows[line].name
        return name if theme.text_width(name, NAME[-1]) > room else ""

    def _name_room(self) -> float:
        return self._columns()[0][0] - px(6)

    def _cell_at(self, point: QPointF) -> tuple[int, int] | None:
        line = int((point.y() - px(HEAD)) // self._row_height())
        if point.y() < px(HEAD) or line >= len(self._rows):
            return None
        for place, (left, width) in enumerate(self._columns()[:-1]):
            if left <= point.x() < left + width and self._rows[line].blocks[place] is not None:
                return line, place
        return None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw title, headings, units, cells, sums and forecasts."""
        painter = self.begin()
        columns = self._columns()
        self.write(painter, QRectF(0, 0, self.width(), px(22)), self._title, 15, "ink", bold=True)
        for head, (left, width) in zip((*self._heads, _("Sum and forecast")), columns, strict=True):
            self.write(painter, QRectF(left, px(24), width, px(20)), head, 12, "ink2")
        high, done = self._row_height(), self._done_width()
        for line, unit in enumerate(self._rows):
            top = px(HEAD) + line * high
            name = QRectF(0, top, self._name_room(), high - 2)
            # Smaller letters before any of it is lost.
            size = next(
                (size for size in NAME if theme.text_width(unit.name, size) <= name.width()), NAME[-1]
            )
            self.write(painter, name, unit.name, size)
            for place, block in enumerate(unit.blocks):
                if block is not None:
                    left, width = columns[place]
                    self._paint_block(painter, QRectF(left, top, width, high - px(2)), block)
            self._paint_sum(painter, QRectF(columns[-1][0], top, columns[-1][1], high - 2), unit, done)
        if self._at is not None:
            line, place = self._at
            left, width = columns[place]
            box = QRectF(left, px(HEAD) + line * high, width, high - px(2)).adjusted(-1, -1, 1, 1)
            painter.setPen(outline("ink", px(2.4)))
            painter.setBrush(NO_BRUSH)
            painter.drawRoundedRect(box, px(4), px(4))

    def _paint_block(self, painter: QPainter, box: QRectF, block: Block) -> None:
        share = block.done / block.wanted if block.wanted else 1.0
        ground, ink = theme.current().ramp(share)
        if block.dim:
            painter.setOpacity(0.35)
        painter.setPen(NO_PEN)
        painter.setBrush(ground)
        painter.drawRoundedRect(box, px(3), px(3))
        if block.trouble:
            painter.setPen(outline("warn", px(2)))
            painter.setBrush(NO_BRUSH)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), px(3), px(3))
        inner = box.adjusted(px(8), 0, -px(8), 0)
        counts = _counts(block)
        self.write(painter, inner, counts, 13, ink, bold=True, align=LEFT)
        if _words_width(block) <= inner.width():  # else the cell's own paper says it
            self.write(painter, inner, block.rest, 12, ink, align=RIGHT)
        side = px(13)
        if block.trouble:
            after = inner.left() + theme.text_width(counts, 13, bold=True) + px(8)
            at = QRectF(after, box.center().y() - side / 2, side, side)
            draw_icon(painter, "warning", at, ink, ground)
        elif block.full:
            before = inner.right() - theme.text_width(block.rest, 12) - px(18)
            draw_icon(painter, "tick", QRectF(before, box.center().y() - side / 2, side, side), ink, ground)
        painter.setOpacity(1.0)

    def _paint_sum(self, painter: QPainter, box: QRectF, unit: HeatRow, done: float) -> None:
        self.write(painter, box, short_count(unit.done), 13, "ink", bold=True)
        ink = "warn" if unit.trouble else "ok" if unit.full else "ink2"
        words = box.adjusted(done, 0, 0, 0)
        if unit.trouble:
            side = px(14)
            at = QRectF(words.left(), words.center().y() - side / 2, side, side)
            draw_icon(painter, "warning", at, "warn", "sheet")
            words.adjust(px(20), 0, 0, 0)
        self.write(painter, words, unit.forecast, 12, ink, bold=unit.trouble)
