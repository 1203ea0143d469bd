"""F1: the keys of the mode in force, what its screen is for, and the way to the manual."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from cati.base.i18n import translate as _
from cati.gui.action import Mode
from cati.gui.actions import Keys, Offer
from cati.gui.manual.topics import topic
from cati.gui.theme import px
from cati.gui.widgets.base import LEFT
from cati.gui.widgets.button import Button
from cati.gui.widgets.keycap import KeyCap
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.middle import Middle
from cati.gui.widgets.surface import Rule, Surface
from cati.gui.widgets.text import Text

COLUMNS = 2


class HelpOverlay(QWidget):
    """Lies over the whole window, dims it, and lists what each key does; F1 leads on to the manual.

    Args:
        window: it covers this.
        keys: whose actions are listed.
        open_manual: at the chapter of this name.
    """

    def __init__(self, window: QWidget, keys: Keys, open_manual: Callable[[str], Any]) -> None:
        super().__init__(window)
        self._window, self._keys, self._open_manual = window, keys, open_manual
        self._sheet: Surface | None = None
        self._chapter = ""
        self.hide()
        window.installEventFilter(self)
        keys.bind_all({"close_help": self.close_help, "open_manual": self._go_on})
        keys.changed.connect(self._follow)

    def open(self) -> None:
        """List the keys of the mode in force."""
        offers = [offer for offer in self._keys.offers() if offer.action.name != "help"]
        told = topic(self._keys.modes)
        self._chapter = told.chapter
        self._build(offers, _(told.purpose) if told.purpose else "")
        self._keys.push(Mode.HELP)
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()

    def close_help(self) -> None:
        """Put the list away."""
        self._keys.pop(Mode.HELP)

    def _go_on(self) -> None:
        self.close_help()
        self._open_manual(self._chapter)

    def _follow(self) -> None:
        if self.isVisible() and self._keys.mode is not Mode.HELP:
            self.hide()

    def _build(self, offers: list[Offer], purpose: str) -> None:
        if self._sheet is not None:
            self._sheet.deleteLater()
        layout = self.layout()
        if layout is not None:
            # A widget lets go of its layout when another takes it over.
            QWidget().setLayout(layout)
        manual = Button(_("Manual"), "F1", size=14, height=32)
        manual.clicked.connect(self._go_on)
        close = Button(_("Close the help"), "Esc", size=14, height=32)
        close.clicked.connect(self.close_help)
        head = row(Text(_("What each key does now"), 20, bold=True), None, manual, close, gap=10)
        note = Text(_("Digits and letters never act while you type in a field."), 13, "ink2", wrap=True)
        lead = Text(purpose, 15, wrap=True)
        parts = column(
            head, lead, Rule("edge"), key_grid(offers), Rule(), note, gap=12, margins=(28, 20, 28, 18)
        )
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


def key_grid(offers: Sequence[Offer], columns: int = COLUMNS, size: int = 15) -> Holder:
    """Key-caps and what they do.

    Args:
        offers: what can be done.
        columns: side by side.
        size: of the letters, px at 100 %.
    """
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setVerticalSpacing(px(8))
    grid.setHorizontalSpacing(px(12))
    down = -(-len(offers) // columns)
    for place, offer in enumerate(offers):
        across, along = divmod(place, down)
        first = across * 3
        grid.addWidget(KeyCap(offer.action.printed), along, first, LEFT)
        words = f"{offer.text} — {offer.reason}" if offer.reason else offer.text
        told = Text(words, size, "ink2" if offer.reason else "ink", wrap=columns == 1)
        grid.addWidget(told, along, first + 1)
    for across in range(columns - 1):
        grid.setColumnMinimumWidth(across * 3 + 2, px(36))
    grid.setColumnStretch(1, 1 if columns == 1 else 0)
    return Holder(grid)
