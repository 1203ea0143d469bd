"""QR codes: what a phone reads from paper or screen."""

from __future__ import annotations

from functools import lru_cache

import segno
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cati.gui.theme import px
from cati.gui.widgets.base import Painted

QUIET = 4
"""Modules left white around a code, as ISO 18004 asks."""
# A code is read by contrast: dark on white, whatever the theme.
_DARK, _LIGHT = QColor(0, 0, 0), QColor(255, 255, 255)


@lru_cache(maxsize=8)
def modules(text: str) -> tuple[bytes, ...]:
    """The rows of a code, 1 for a dark module; some 15 % of it may be soiled."""
    return tuple(bytes(row) for row in segno.make_qr(text, error="m").matrix)


def draw_qr(painter: QPainter, box: QRectF, text: str) -> None:
    """Draw a code with its white margin into a square."""
    rows = modules(text)
    step = box.width() / (len(rows) + 2 * QUIET)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.fillRect(box, _LIGHT)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_DARK)
    for down, row in enumerate(rows):
        across = 0
        while across < len(row):
            run = across
            while run < len(row) and row[run]:
                run += 1
            if run > across:
                left, top = box.left() + (QUIET + across) * step, box.top() + (QUIET + down) * step
                painter.drawRect(QRectF(left, top, (run - across) * step, step))
            across = max(run, across + 1)
    painter.restore()


class QrCode(Painted, QWidget):
    """A code on the screen.

    Args:
        side: px at 100 %, where there is room.
        least: where there is not; px at 100 %.
    """

    def __init__(self, side: int, least: int) -> None:
        super().__init__()
        self._side, self._least, self._text = side, least, ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    @property
    def text(self) -> str:
        """What a phone reads; empty shows nothing."""
        return self._text

    def show_text(self, text: str, name: str) -> None:
        """Show another code.

        Args:
            text: what a phone reads; empty shows nothing.
            name: said by a screen reader.
        """
        self._text = text
        self.setAccessibleName(name)
        self.setVisible(bool(text))
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(px(self._side), px(self._side))

    def minimumSizeHint(self) -> QSize:
        """It is never made smaller: a phone would not read it."""
        return QSize(px(self._least), px(self._least))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it, each module a whole number of pixels."""
        if not self._text:
            return
        painter = self.begin()
        across = len(modules(self._text)) + 2 * QUIET
        side = max(1, min(self.width(), self.height()) // across) * across
        left, top = (self.width() - side) / 2, (self.height() - side) / 2
        draw_qr(painter, QRectF(left, top, side, side), self._text)
