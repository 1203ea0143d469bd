"""The verification card over the screen: read aloud when the respondent doubts the call."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from cati.base.i18n import translate as _
from cati.domain.interview import Piece
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.console.script import ScriptText
from cati.gui.widgets.keycap import KeyCap
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.middle import Middle
from cati.gui.widgets.surface import Rule, Surface
from cati.gui.widgets.text import Text

AROUND = (64, 24, 64, 24)


class CardOverlay(QWidget):
    """Covers the screen's paper, not the bars; F2 or Esc puts it away.

    Args:
        screen: it covers this.
        keys: mode CARD lies over the mode in force while it is seen.
    """

    def __init__(self, screen: QWidget, keys: Keys) -> None:
        super().__init__(screen)
        self._screen, self._keys = screen, keys
        self._text = ScriptText(100)
        head = row(
            Text(_("Read this when they doubt the call"), 16, "ink2", bold=True),
            None,
            KeyCap("F2"),
            Text(_("Put the card away"), 13, "ink2"),
            gap=8,
        )
        sheet = Surface(column(head, Rule(), (self._text, 1), gap=12, margins=(32, 20, 32, 24)))
        self._around = column(sheet, margins=AROUND)
        middle = Middle()
        middle.addWidget(Holder(self._around))
        self.setLayout(column(middle, gap=0))
        self.hide()
        screen.installEventFilter(self)
        keys.changed.connect(self._follow)

    def open(self, pieces: Sequence[Piece]) -> None:
        """Show the card."""
        self._text.set_pieces(pieces)
        tight = theme.current().space(self._screen.width()) >= theme.Space.SCANT
        self._around.set_margins(8 if tight else AROUND)
        self._keys.bind("close", self.close_card)
        self._keys.push(Mode.CARD)
        self.setGeometry(self._screen.rect())
        self.show()
        self.raise_()

    def close_card(self) -> None:
        """Put it away."""
        self._keys.pop(Mode.CARD)

    def _follow(self) -> None:
        if self.isVisible() and self._keys.mode is not Mode.CARD:
            self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the screen also when its size changes."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._screen.rect())
        return False

    def mousePressEvent(self, event: object) -> None:
        """A click beside the card puts it away."""
        self.close_card()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim what lies under it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(15, 20, 26, 110))
