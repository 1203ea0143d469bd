"""What lies over a whole screen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget


class Cover(QWidget):
    """Lies over a screen, as large as that, and dims it.

    Args:
        screen: what it covers, once it is shown.
    """

    def __init__(self, screen: QWidget) -> None:
        super().__init__(screen)
        self._screen = screen
        screen.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the screen also when its size changes."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._screen.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim what lies under it."""
        QPainter(self).fillRect(self.rect(), QColor(15, 20, 26, 110))
