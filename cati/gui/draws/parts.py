"""What the ceremony is painted from: the steps across the head, and the order of one cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cati.base.i18n import translate as _
from cati.gui import theme
from cati.gui.office.words import grouped
from cati.gui.theme import px
from cati.gui.widgets.base import CENTRE, LEFT, RIGHT, Painted, fitting
from cati.gui.widgets.icons import draw_icon

LEAST_ROW, MOST_ROW = 24, 42
FIRST, LAST_BEFORE, AFTER = 5, 2, 3
"""How many tickets are shown at the beginning, before the line of the quota, and after it."""


SIZES = (16, 15, 14, 13, 12)
"""Of the words of the steps, px at 100 %."""


class StepsLine(Painted, QWidget):
    """The steps of the ceremony: done, under way, to come; on navy."""

    def __init__(self) -> None:
        super().__init__()
        self.names: tuple[str, ...] = ()
        self._done = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_steps(self, steps: Sequence[str], done: int) -> None:
        """Show the steps, of which the first `done` lie behind."""
        if (tuple(steps), done) != (self.names, self._done):
            self.names, self._done = tuple(steps), done
            at = min(done, len(steps) - 1)
            self.setAccessibleName(_("Step {number}: {step}").format(number=at + 1, step=steps[at]))
            self.update()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(px(900), px(34))

    def minimumSizeHint(self) -> QSize:
        """Words are shortened before they are lost."""
        return QSize(px(480), px(34))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw an outline and words for each step, in smaller letters before any of them is lost."""
        painter = self.begin()
        side, count = px(18), max(1, len(self.names))
        beside = side + px(8)
        room = self.width() - count * beside
        size = next((size for size in SIZES if sum(self._widths(size)) <= room), SIZES[-1])
        needs = self._widths(size)
        spare = (room - sum(needs)) / count
        left = 0.0
        for place, (words, need) in enumerate(zip(self.names, needs, strict=True)):
            here = place == self._done
            icon, ink = ("done", "live_ok") if place < self._done else ("ring", "on_live2")
            if here:
                icon, ink = "half", "on_live"
            at = QRectF(left, self.height() / 2 - side / 2, side, side)
            draw_icon(painter, icon, at, ink, "live")
            text = QRectF(left + beside, 0, need + min(0.0, spare), self.height())
            self.write(painter, text, f"{place + 1} {words}", size, ink, bold=here)
            left += beside + need + spare

    def _widths(self, size: int) -> list[float]:
        """Of the words of each step, with their number."""
        words = (f"{place} {name}" for place, name in enumerate(self.names, 1))
        return [
            theme.text_width(text, size, bold=place == self._done) + 1 for place, text in enumerate(words)
        ]


class Line(NamedTuple):
    """One ticket and its place; whose it is stands nowhere, since units must not learn who will be called."""

    number: int
    ticket: str


class OrderSheet(Painted, QWidget):
    """The order of one cell: the first tickets, those round the line of the quota, nobody's name."""

    def __init__(self) -> None:
        super().__init__()
        self._above: tuple[Line, ...] = ()
        self._below: tuple[Line, ...] = ()
        self._left_out = (0, 0)
        self._quota = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_order(self, lines: Sequence[Line], quota: int) -> None:
        """Show a cell's order.

        Args:
            lines: all of it, by ticket.
            quota: after so many of them the line is drawn.
        """
        above, self._below = tuple(lines[:quota]), tuple(lines[quota : quota + AFTER])
        self._left_out = (0, 0)
        if len(above) > FIRST + LAST_BEFORE + 1:
            self._left_out = (FIRST + 1, len(above) - LAST_BEFORE)
            above = (*above[:FIRST], *above[-LAST_BEFORE:])
        self._above, self._quota = above, quota
        self.setAccessibleName(_("Order of {count} people").format(count=len(lines)))
        self.restyle()

    def _rows(self) -> int:
        return len(self._above) + len(self._below) + 1 + bool(self._left_out[0])

    def sizeHint(self) -> QSize:
        """Rows at their widest."""
        return QSize(px(440), px(MOST_ROW) * max(1, self._rows()))

    def minimumSizeHint(self) -> QSize:
        """Rows tighten before anything is hidden."""
        return QSize(px(300), px(LEAST_ROW) * max(1, self._rows()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tickets and the line of the quota."""
        painter = self.begin()
        high = max(float(px(LEAST_ROW)), min(float(px(MOST_ROW)), self.height() / max(1, self._rows())))
        top = 0.0
        for place, line in enumerate(self._above):
            if self._left_out[0] and place == FIRST:
                words = _("tickets {first} to {last} left out here")
                words = words.format(first=self._left_out[0], last=self._left_out[1])
                self.write(painter, QRectF(0, top, self.width(), high), words, 14, "ink2", align=CENTRE)
                top += high
            self._paint_line(painter, QRectF(0, top, self.width(), high), line, "ink")
            top += high
        if not self._above and not self._below:
            return
        words = _("first {count} above; reserve follows in the same order").format(count=self._quota)
        size = fitting(words, (14, 13, 12), self.width(), bold=True)
        wide = theme.text_width(words, size, bold=True) + px(20)
        middle = QRectF(0, top, self.width(), high)
        side = max(0.0, (self.width() - wide) / 2)
        for left in (0.0, self.width() - side):
            painter.fillRect(QRectF(left, middle.center().y(), side, 2), theme.colour("ink"))
        self.write(painter, middle, words, size, "ink", bold=True, align=CENTRE)
        top += high
        for line in self._below:
            self._paint_line(painter, QRectF(0, top, self.width(), high), line, "ink2")
            top += high

    def _paint_line(self, painter: QPainter, box: QRectF, line: Line, ink: str) -> None:
        number = QRectF(box.left(), box.top(), px(44), box.height())
        self.write(painter, number, str(line.number), 17, ink, bold=True, align=RIGHT)
        ticket = QRectF(box.left() + px(62), box.top(), box.width() - px(62), box.height())
        self.write(painter, ticket, grouped(line.ticket, 6), 15, ink, align=LEFT)
