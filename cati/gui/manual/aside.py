"""Help while somebody may be on the line: beside the question, and no key is taken for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from cati.base.i18n import translate as _
from cati.gui.action import Mode
from cati.gui.actions import Keys, Offer
from cati.gui.manual.overlay import key_grid
from cati.gui.manual.topics import topic
from cati.gui.widgets.keycap import KeyCap
from cati.gui.widgets.layouts import Holder, OneOf, column, row
from cati.gui.widgets.middle import Reading
from cati.gui.widgets.surface import Rule, Surface
from cati.gui.widgets.text import Text


class CallHelp(QObject):
    """Help beside a call: the keys, then the chapter, then nothing again; each by one more F1.

    Args:
        keys: whose actions are listed; they all go on acting.
        fetch: hands the text of a chapter to whoever asks for it.
    """

    def __init__(self, keys: Keys, fetch: Callable[[QObject, str, Callable[[str], Any]], Any]) -> None:
        super().__init__(keys)
        self._keys, self._fetch = keys, fetch
        self._sheet: CallHelpSheet | None = None
        self._began_in: Sequence[Mode] = ()
        keys.changed.connect(self._follow)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow_focus)

    @property
    def sheet(self) -> CallHelpSheet | None:
        """What lies beside the call; None when nothing does."""
        return self._sheet

    def turn(self, room: QWidget) -> None:
        """Go on: keys, chapter, away.

        Args:
            room: is covered.
        """
        if self._sheet is None:
            self._open(room)
        elif self._sheet.chapter is None:
            self._read(self._sheet)
        else:
            self.close()

    def close(self) -> None:
        """Put it away."""
        sheet, self._sheet = self._sheet, None
        if sheet is not None:
            self._keys.unbind("help_scroll")
            if isValid(sheet):
                sheet.hide()
                sheet.deleteLater()

    def _open(self, room: QWidget) -> None:
        self._began_in = self._keys.modes
        focus = QApplication.focusWidget()
        if focus is not None and room.isAncestorOf(focus):
            # Nobody writes into a field that is not seen.
            focus.clearFocus()
        told = topic(self._keys.modes)
        offers = [offer for offer in self._keys.offers() if offer.action.name != "help"]
        self._sheet = CallHelpSheet(room, _(told.purpose), offers, told.chapter)
        self._keys.bind("help_scroll", self._sheet.turn_page)

    def _read(self, sheet: CallHelpSheet) -> None:
        from cati.gui.manual.page import ChapterView

        sheet.read(ChapterView(_("Manual"), 15))
        self._fetch(sheet, sheet.about, sheet.show_text)

    def _follow(self) -> None:
        if self._sheet is not None and self._keys.modes != self._began_in:
            self.close()

    def _follow_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._sheet is None or new is None:
            return
        room = self._sheet.room
        if isValid(room) and room.isAncestorOf(new) and not self._sheet.isAncestorOf(new):
            self.close()


class CallHelpSheet(Surface):
    """Lies over one part of the screen.

    Args:
        room: what it covers.
        purpose: of the screen, one sentence.
        offers: what can be done now.
        about: name of the chapter.
    """

    def __init__(self, room: QWidget, purpose: str, offers: Sequence[Offer], about: str) -> None:
        self.room, self.about = room, about
        self.chapter: Any = None
        self._head = Text(_("What each key does now"), 15, bold=True, wrap=True)
        self._next = Text(_("Manual"), 13, "ink2")
        self._keys_page = Reading()
        self._keys_page.addWidget(
            Holder(column(Text(purpose, 14, wrap=True), key_grid(offers, 1, 14), None, gap=10))
        )
        self._pages = OneOf(self._keys_page)
        head = row((self._head, 1), KeyCap("F1"), self._next, gap=8)
        foot = row(KeyCap("Shift PgUp PgDn"), (Text(_("Read on"), 13, "ink2"), 1), gap=8)
        super().__init__(
            column(head, Rule(), (self._pages, 1), Rule(), foot, gap=8, margins=(14, 10, 14, 10))
        )
        self.setParent(room)
        self.setGeometry(room.rect())
        room.installEventFilter(self)
        self.show()
        self.raise_()

    def read(self, view: Any) -> None:
        """Have a chapter in place of the keys."""
        self.chapter = view
        self._head.set_text(_("Manual"))
        self._next.set_text(_("Close the help"))
        self._pages.add(view)
        self._pages.choose(view)

    def show_text(self, text: str) -> None:
        """What the chapter says."""
        self.chapter.show_text(text, {})

    def turn_page(self, key: str) -> None:
        """Scroll what is read."""
        page = self._keys_page if self.chapter is None else self.chapter
        page.scroll_page(key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the part also when its size changes."""
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self.room.rect())
        return False
