"""How far a long job is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cati.base.i18n import translate as _
from cati.gui import theme
from cati.gui.theme import px
from cati.gui.widgets.base import NO_PEN, Painted, outline, whole

HEIGHT = 10


class Progress(Painted, QWidget):
    """A bar that fills from the left; the words beside it say what is being done."""

    def __init__(self) -> None:
        super().__init__()
        self._share = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._say()

    def set_share(self, share: float) -> None:
        """Show another share, 0 to 1."""
        share = min(1.0, max(0.0, share))
        if share != self._share:
            self._share = share
            self._say()
            self.update()

    def _say(self) -> None:
        self.setAccessibleName(_("{share} per cent done").format(share=int(self._share * 100)))

    def sizeHint(self) -> QSize:
        """Low, and as wide as there is room."""
        return QSize(px(240), px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Still to be read off."""
        return QSize(px(80), px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar."""
        painter = self.begin()
        box = whole(self)
        round_ = box.height() / 2
        painter.setPen(outline("edge"))
        painter.setBrush(theme.colour("panel"))
        painter.drawRoundedRect(box, round_, round_)
        if self._share > 0:
            painter.setPen(NO_PEN)
            painter.setBrush(theme.colour("fill"))
            filled = QRectF(box)
            filled.setWidth(max(box.height(), box.width() * self._share))
            painter.drawRoundedRect(filled, round_, round_)
