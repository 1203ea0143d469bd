"""A filter of a few words: one outline, the chosen part filled, bold and ticked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cati.gui import theme
from cati.gui.theme import px
from cati.gui.widgets.base import CENTRE, NO_BRUSH, Painted, outline, whole
from cati.gui.widgets.icons import draw_icon

HEIGHT = 28
LEAST = 240
"""Width of what slides, px at 100 %."""


class Segment(NamedTuple):
    """One choice: what the program calls it, and what people read."""

    code: str
    words: str


class Segments(Painted, QWidget):
    """Exactly one of a few choices; Left and Right move, a click chooses.

    Args:
        name: what is chosen here, said by a screen reader.
        segments: the choices; the first is chosen.
        slides: where there is less room than they need they move along, so that the chosen one is seen.
    """

    chosen = Signal(str)

    def __init__(self, name: str, segments: Sequence[Segment] = (), slides: bool = False) -> None:
        super().__init__()
        self._name, self._segments, self._on = name, tuple(segments), 0
        self._slides = slides
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = QSizePolicy.Policy
        self.setSizePolicy(policy.Maximum if slides else policy.Fixed, policy.Fixed)
        self._say()

    @property
    def code(self) -> str:
        """What is chosen."""
        return self._segments[self._on].code if self._segments else ""

    def set_segments(self, segments: Sequence[Segment]) -> None:
        """Other choices or other words; what was chosen stays chosen while it exists."""
        if tuple(segments) == self._segments:
            return
        code = self.code
        self._segments = tuple(segments)
        codes = [segment.code for segment in segments]
        self._on = codes.index(code) if code in codes else 0
        self._say()
        self.restyle()

    def choose(self, code: str) -> None:
        """Choose one and tell of it; the one that is chosen already changes nothing."""
        codes = [segment.code for segment in self._segments]
        if code in codes and codes.index(code) != self._on:
            self._on = codes.index(code)
            self._say()
            self.restyle()
            self.chosen.emit(code)

    def step(self) -> None:
        """Choose the next one, after the last the first again; for an action's key."""
        if self._segments:
            self.choose(self._segments[(self._on + 1) % len(self._segments)].code)

    def _say(self) -> None:
        words = self._segments[self._on].words if self._segments else ""
        self.setAccessibleName(f"{self._name}: {words}")

    def _widths(self) -> list[float]:
        return [
            theme.text_width(segment.words, 13, bold=True) + px(20) + (px(16) if place == self._on else 0)
            for place, segment in enumerate(self._segments)
        ]

    def sizeHint(self) -> QSize:
        """Room for all words."""
        return QSize(round(sum(self._widths())) + 4, px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """A filter is never shortened; what slides shows some two choices at least."""
        hint = self.sizeHint()
        return QSize(min(hint.width(), px(LEAST)), hint.height()) if self._slides else hint

    def _shift(self) -> float:
        """How far the choices have moved to the left: the chosen one stands in the middle, if it can."""
        widths = self._widths()
        beyond = sum(widths) + 4 - self.width()
        if beyond <= 0 or not widths:
            return 0.0
        middle = sum(widths[: self._on]) + widths[self._on] / 2
        return max(0.0, min(beyond, middle - self.width() / 2))

    def event(self, event: QEvent) -> bool:
        """Repaint when the focus comes and goes."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by arrows."""
        move = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        wanted = self._on + move
        if move and 0 <= wanted < len(self._segments):
            self.choose(self._segments[wanted].code)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what lies under the pointer."""
        right = -self._shift()
        for segment, width in zip(self._segments, self._widths(), strict=True):
            right += width
            if event.position().x() < right:
                self.choose(segment.code)
                return

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw outline, words, tick and dividers."""
        painter = self.begin()
        box = whole(self)
        shape = QPainterPath()
        shape.addRoundedRect(box, px(6), px(6))
        painter.fillPath(shape, theme.colour("sheet"))
        painter.setClipPath(shape)
        left = box.left() - self._shift()
        for place, (segment, width) in enumerate(zip(self._segments, self._widths(), strict=True)):
            part = QRectF(left, 0, width, self.height())
            on = place == self._on
            if on:
                painter.fillRect(part, theme.colour("soft"))
                tick = QRectF(left + px(9), part.center().y() - px(6.5), px(13), px(13))
                draw_icon(painter, "tick", tick, "accent", "soft")
            words = part.adjusted(px(16) if on else 0, 0, 0, 0)
            self.write(painter, words, segment.words, 13, "ink", bold=on, align=CENTRE)
            left += width
            if place < len(self._segments) - 1:
                painter.fillRect(QRectF(left, 0, 1, self.height()), theme.colour("line"))
        painter.setClipping(False)
        painter.setPen(
            outline("accent" if self.hasFocus() else "edge", theme.ring() if self.hasFocus() else 1)
        )
        painter.setBrush(NO_BRUSH)
        painter.drawRoundedRect(box, px(6), px(6))
