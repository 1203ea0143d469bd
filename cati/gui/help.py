"""F1: the keys of the mode in force, read from the action table."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from cati.base.i18n import translate as _
from cati.gui.action import Mode
from cati.gui.actions import Keys, Offer
from cati.gui.theme import px
from cati.gui.widgets.base import LEFT
from cati.gui.widgets.keycap import KeyCap
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.middle import Middle
from cati.gui.widgets.surface import Rule, Surface
from cati.gui.widgets.text import Text

COLUMNS = 2


class HelpOverlay(QWidget):
    """Lies over the whole window, dims it, and lists what each key does; F1 or Esc puts it away.

    Args:
        window: it covers this.
        keys: whose actions are listed.
    """

    def __init__(self, window: QWidget, keys: Keys) -> None:
        super().__init__(window)
        self._window, self._keys = window, keys
        self._sheet: Surface | None = None
        self.hide()
        window.installEventFilter(self)
        keys.bind("help", self.open)
        keys.bind("close_help", self.close_help)
        keys.changed.connect(self._follow)

    def open(self) -> None:
        """List the keys of the mode in force."""
        offers = self._keys.offers()
        self._build(offers)
        self._keys.push(Mode.HELP)
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()

    def close_help(self, _key: str = "") -> None:
        """Put the list away."""
        self._keys.pop(Mode.HELP)

    def _follow(self) -> None:
        if self.isVisible() and self._keys.mode is not Mode.HELP:
            self.hide()

    def _build(self, offers: list[Offer]) -> None:
        if self._sheet is not None:
            self._sheet.deleteLater()
        layout = self.layout()
        if layout is not None:
            # A widget lets go of its layout when another takes it over.
            QWidget().setLayout(layout)
        head = row(
            Text(_("What each key does now"), 20, bold=True),
            None,
            KeyCap("F1"),
            Text(_("Close the help"), 13, "ink2"),
            gap=8,
        )
        note = Text(_("Digits and letters never act while you type in a field."), 13, "ink2", wrap=True)
        parts = column(head, Rule("edge"), _grid(offers), Rule(), note, gap=12, margins=(28, 20, 28, 18))
        self._sheet = Surface(parts)
        middle = Middle()
        middle.addWidget(Holder(column(None, row(None, self._sheet, None), None)))
        self.setLayout(column(middle, gap=0))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the window also when its size changes."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._window.rect())
        return False

    def mousePressEvent(self, event: object) -> None:
        """A click beside the list puts it away."""
        self.close_help()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim what lies under it."""
        QPainter(self).fillRect(self.rect(), QColor(15, 20, 26, 140))


def _grid(offers: list[Offer]) -> Holder:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setVerticalSpacing(px(8))
    grid.setHorizontalSpacing(px(12))
    down = -(-len(offers) // COLUMNS)
    for place, offer in enumerate(offers):
        across, along = divmod(place, down)
        first = across * 3
        grid.addWidget(KeyCap(offer.action.printed), along, first, LEFT)
        words = f"{offer.text} — {offer.reason}" if offer.reason else offer.text
        grid.addWidget(Text(words, 15, "ink2" if offer.reason else "ink"), along, first + 1)
    for across in range(COLUMNS - 1):
        grid.setColumnMinimumWidth(across * 3 + 2, px(36))
    return Holder(grid)
