"""The level meter: 14 cells, repainted by itself at 20 Hz."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QRectF, QSize, QTimer
from PySide6.QtGui import QHideEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cati.gui import theme
from cati.gui.theme import px
from cati.gui.widgets.base import Painted

CELLS = 14
REPAINT_MS = 50
HOLD_MS = 1000


class Level(Painted, QWidget):
    """How loud one side is; lit cells are full height, so it reads without colour.

    Args:
        name: said by a screen reader.
        feed: gives the level now, 0 to 1, from any thread's last value; asked 20 times a second
            while the widget is seen. None shows no level.
        width: px at 100 %.
    """

    def __init__(self, name: str, feed: Callable[[], float] | None = None, width: int = 104) -> None:
        super().__init__()
        self._feed, self._width = feed, width
        self._level, self._peak = 0.0, 0.0
        self._live = False
        self._since_peak = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(REPAINT_MS)
        self._timer.timeout.connect(self._ask)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_feed(self, feed: Callable[[], float] | None) -> None:
        """Listen to another source; None shows no level."""
        self._feed = feed
        if feed is None:
            self.set_level(0.0)
            self._peak = 0.0
        self._run_or_rest()

    def set_width(self, width: int) -> None:
        """Change the width, px at 100 %."""
        if width != self._width:
            self._width = width
            self.restyle()

    def set_live(self, live: bool) -> None:
        """Whether it lies on the navy bar of a connected call."""
        if live != self._live:
            self._live = live
            self.update()

    def set_level(self, level: float) -> None:
        """Show a level from 0 to 1; the highest of the last second stays marked."""
        level = min(1.0, max(0.0, level))
        before = self._lit()
        self._level = level
        if level >= self._peak or not self._since_peak.isValid() or self._since_peak.elapsed() > HOLD_MS:
            self._peak = level
            self._since_peak.start()
        if self._lit() != before:
            self.update()

    def _lit(self) -> tuple[int, int]:
        # 14 lit cells at 1.0; the peak cell is the last one that was lit.
        return round(self._level * CELLS), round(self._peak * CELLS) - 1

    def _ask(self) -> None:
        if self._feed is not None:
            self.set_level(self._feed())

    def _run_or_rest(self) -> None:
        if self._feed is not None and self.isVisible():
            self._timer.start()
        else:
            self._timer.stop()

    def showEvent(self, event: QShowEvent) -> None:
        """Move only while seen."""
        self._run_or_rest()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while hidden."""
        self._timer.stop()

    def sizeHint(self) -> QSize:
        """Its fixed size."""
        return QSize(px(self._width), px(12))

    def minimumSizeHint(self) -> QSize:
        """The same: the meter is never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cells."""
        painter = self.begin()
        lit, peak = self._lit()
        on = theme.colour("live_ok" if self._live else "ok")
        off = theme.colour("lv_off" if self._live else "line")
        gap = px(2)
        wide = (self.width() - gap * (CELLS - 1)) / CELLS
        for cell in range(CELLS):
            shines = cell < lit or cell == peak
            high = self.height() * (1.0 if shines else 0.4)
            box = QRectF(cell * (wide + gap), (self.height() - high) / 2, wide, high)
            painter.fillRect(box, on if shines else off)
