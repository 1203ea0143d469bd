"""The office's directory at the left edge: where one is, and the key that leads elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QTextLayout
from PySide6.QtWidgets import QWidget

from cati.base.i18n import translate as _
from cati.gui import theme
from cati.gui.office.words import short_count
from cati.gui.theme import px
from cati.gui.widgets.base import LEFT, NO_BRUSH, NO_PEN, Painted, outline
from cati.gui.widgets.keycap import cap_size, draw_cap

WIDTH = 136
TOP, STEP, HIGH = 68, 38, 36
LEAST_STEP, FOOT = 19, 44
"""A line of the list is no lower than this while anything else can give way; room of the key at the foot."""
SIDE, HEAD, MOST_LINES = 18, 12, 4
"""Left of the programme's name, above it, and how many lines it may take."""


class NavLine(NamedTuple):
    """A place as it is listed.

    Attributes:
        digit: with Ctrl it leads there.
        title: its name.
        off: why it cannot be gone to now; empty when it can.
        waiting: how many things wait there for whoever looks.
    """

    digit: str
    title: str
    off: str = ""
    waiting: int = 0


class Nav(Painted, QWidget):
    """A painted list of places; a click does what the key does."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[NavLine, ...] = ()
        self._on = ""
        self._title, self._under, self._change = "CATI", "", ""
        self._title_lines: list[str] = []
        self._over = -1
        self.setMouseTracking(True)
        self.setAccessibleName(_("Places"))
        self.restyle()

    def restyle(self) -> None:
        """Take the width from the theme in use."""
        self.setFixedWidth(px(WIDTH))
        self._title_lines = self._broken(self._title)
        super().restyle()

    def set_programme(self, title: str, under: str, change: str = "") -> None:
        """What stands on top: which programme is in hand, and the key that changes it."""
        self._title, self._under, self._change = title, under, change
        self._title_lines = self._broken(title)
        self.update()

    def _broken(self, title: str) -> list[str]:
        """A name broken where it reaches the edge; only a very long one is shortened."""
        in_use, width = theme.current(), self.width() - px(SIDE + 8)
        laid = QTextLayout(title, in_use.font(14, True))
        laid.beginLayout()
        lines = []
        while (line := laid.createLine()).isValid():
            line.setLineWidth(width)
            lines.append(title[line.textStart() : line.textStart() + line.textLength()])
        laid.endLayout()
        rest = "".join(lines[MOST_LINES - 1 :])
        return [*lines[: MOST_LINES - 1], *([rest] if rest else [])]

    def _room(self) -> tuple[int, bool]:
        """How many lines of the name there is room for, and whether for the key at the foot."""
        whole = len(self._title_lines)
        need = px(LEAST_STEP) * len(self._lines) + px(FOOT)
        shown = whole if self.height() - self._below(whole) >= need else 0
        return shown, self.height() - self._below(shown) >= need

    def _below(self, shown: int) -> int:
        """Where the places begin: under so many lines of the programme's name, closer where there is none."""
        change, closer = (px(20) if self._change else 0), (0 if shown else px(10))
        return px(TOP) + (shown - 1) * px(20) + change - closer

    def _top(self) -> int:
        return self._below(self._room()[0])

    def set_lines(self, lines: Iterable[NavLine]) -> None:
        """The places there are for whoever signed in."""
        self._lines = tuple(lines)
        self.update()

    def set_on(self, digit: str) -> None:
        """Mark where one is."""
        self._on = digit
        self.update()

    def _step(self) -> float:
        """Lines draw together, and what is no place gives way, before any is lost."""
        room = self.height() - self._top() - (px(FOOT) if self._room()[1] else px(4))
        return min(px(STEP), room / max(1, len(self._lines)))

    def _line_at(self, y: float) -> int:
        place = int((y - self._top()) // self._step())
        return place if 0 <= place < len(self._lines) and y >= self._top() else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what a click would choose."""
        over = self._line_at(event.position().y())
        if over != self._over:
            self._over = over
            self.setToolTip(self._lines[over].off if over >= 0 else "")
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer is gone."""
        self._over = -1
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        found = self._line_at(event.position().y())
        if found >= 0 and event.button() is Qt.MouseButton.LeftButton:
            self.chosen.emit(self._lines[found].digit)

    def _paint_waiting(self, painter: QPainter, box: QRectF, count: str) -> None:
        wide, high = max(px(20), ceil(theme.text_width(count, 12, bold=True)) + px(10)), px(18)
        pill = QRectF(box.right() - wide - px(4), box.center().y() - high / 2, wide, high)
        painter.setPen(outline("warn", px(2)))
        painter.setBrush(theme.colour("sheet"))
        painter.drawRoundedRect(pill.adjusted(1, 1, -1, -1), high / 2, high / 2)
        self.write(painter, pill, count, 12, "warn", bold=True, align=Qt.AlignmentFlag.AlignCenter)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the programme's name, the places and the key."""
        painter = self.begin()
        painter.fillRect(self.rect(), theme.colour("panel"))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), theme.colour("line"))
        wide, y = self.width() - px(SIDE + 8), px(HEAD)
        shown, has_foot = self._room()
        for part in self._title_lines[:shown]:
            self.write(painter, QRectF(px(SIDE), y, wide, px(20)), part, 14, "ink", bold=True)
            y += px(20)
        self.write(painter, QRectF(px(SIDE), y, wide, px(18)), self._under, 12, "ink2")
        if self._change:
            y += px(20)
            size = cap_size(self._change, 12)
            cap = QRectF(px(SIDE), y, size.width(), size.height())
            draw_cap(painter, self._change, cap, 12)
            beside = QRectF(cap.right() + px(6), y, self.width() - cap.right() - px(10), cap.height())
            self.write(painter, beside, _("change"), 12, "ink2")
        step, top = self._step(), self._top()
        high = min(px(HIGH), step - 1)
        for place, line in enumerate(self._lines):
            box = QRectF(px(8), top + place * step, self.width() - px(17), high)
            on = line.digit == self._on
            if on or (place == self._over and not line.off):
                painter.setPen(NO_PEN)
                painter.setBrush(theme.colour("soft" if on else "desk"))
                painter.drawRoundedRect(box, px(6), px(6))
            if on and theme.current().mode == "contrast":
                # There no ground tells it.
                painter.setPen(QPen(theme.colour("accent"), theme.ring()))
                painter.setBrush(NO_BRUSH)
                inset = theme.ring() / 2
                painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), px(6), px(6))
            elif on:
                mark = QRectF(box.left(), box.top() + px(8), px(3), max(4.0, box.height() - px(16)))
                painter.fillRect(mark, theme.colour("accent"))
            ink = "ink2" if line.off else "ink"
            digit = QRectF(box.left() + px(10), box.top(), px(16), box.height())
            self.write(painter, digit, line.digit, 12, "ink2")
            words = QRectF(box.left() + px(30), box.top(), box.width() - px(31), box.height())
            self.write(painter, words, line.title, 15, ink, bold=on, align=LEFT)
            if line.waiting:
                self._paint_waiting(painter, box, short_count(line.waiting))
        if not has_foot:
            return
        size = cap_size("Ctrl", 12)
        foot = QRectF(px(16), self.height() - px(34), size.width(), size.height())
        draw_cap(painter, "Ctrl", foot, 12)
        rest = QRectF(foot.right() + px(6), foot.top(), self.width() - foot.right() - px(10), foot.height())
        self.write(painter, rest, _("+ key"), 12, "ink2")
