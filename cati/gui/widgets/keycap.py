"""Key-caps: the print of a key with a lower lip, beside every word that a key stands for."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cati.gui import theme
from cati.gui.theme import px
from cati.gui.widgets.base import CENTRE, NO_PEN, Painted

_PRINTS = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓"}
_PRINTS |= {"Return": "Enter", "Escape": "Esc", "PgDown": "PgDn"}


def key_print(key: str) -> str:
    """What stands on the key: ``Alt+Left`` becomes ``Alt ←``."""
    if key == "+":
        return key
    return " ".join(_PRINTS.get(part, part) for part in key.split("+"))


def cap_size(text: str, size: int = 12) -> QSize:
    """Size in px of a cap with this print; `size` of its letters in px at 100 %."""
    width = max(px(size * 1.75), theme.text_width(text, size, bold=True) + px(11))
    return QSize(round(width), px(size * 1.72))


def draw_cap(
    painter: QPainter,
    text: str,
    box: QRectF,
    size: int = 12,
    ink: str = "ink",
    ground: str = "sheet",
    edge: str = "edge",
) -> None:
    """Draw a key-cap; the lower lip is 1.2 px thicker.

    Args:
        painter: left as it was.
        text: the key's print.
        box: of `cap_size`.
        size: of the letters, px at 100 %.
        ink: token of the print.
        ground: token of the plate.
        edge: token of the outline.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    radius = px(4)
    painter.setPen(NO_PEN)
    painter.setBrush(theme.colour(edge))
    painter.drawRoundedRect(box, radius, radius)
    painter.setBrush(theme.colour(ground))
    painter.drawRoundedRect(box.adjusted(1, 1, -1, -max(2, px(2.2))), radius - 1, radius - 1)
    painter.setPen(theme.colour(ink))
    painter.setFont(theme.font(size, bold=True))
    painter.drawText(box.adjusted(0, 0, 0, -px(1.2)), CENTRE, text)
    painter.restore()


class KeyCap(Painted, QWidget):
    """A key-cap as a widget.

    Args:
        key: such as ``F4`` or ``Alt+Left``.
        size: of the letters, px at 100 %.
    """

    def __init__(self, key: str, size: int = 12) -> None:
        super().__init__()
        self._print, self._letters = key_print(key), size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self._print)

    def sizeHint(self) -> QSize:
        """As wide as the print needs."""
        return cap_size(self._print, self._letters)

    def minimumSizeHint(self) -> QSize:
        """A print is never shortened."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cap."""
        draw_cap(self.begin(), self._print, QRectF(self.rect()), self._letters)
