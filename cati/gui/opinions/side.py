"""The opinion under the eyes: its words, what of them is hidden, and the codes with their digits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from cati.base.i18n import translate as _
from cati.domain.opinions import BookCode, in_use
from cati.gui.opinions.lines import Known, about, code_words, words
from cati.gui.widgets.layouts import Holder, column
from cati.gui.widgets.options import OptionRow, Room
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.opinions import Opinion

WIDTH = 330
PAGE = 9
"""Codes with a digit at a time."""


class OpinionSide(Surface):
    """Shows one opinion.

    Signals:
        pressed: the digit of a code that was clicked.
    """

    pressed = Signal(str)

    def __init__(self) -> None:
        self._words = Text(size=17, wrap=True, line_height=115)
        self._about = Text(size=13, ink="ink2", wrap=True)
        self._lead = Text(size=13, ink="ink2", wrap=True)
        self._rows = [OptionRow(str(digit), "") for digit in range(1, PAGE + 1)]
        for line in self._rows:
            line.set_room(Room.SMALL)
            line.clicked.connect(lambda _checked=False, key=line.key: self.pressed.emit(key))
        self._page = 0
        listed = Holder(column(*self._rows, gap=0))
        parts = column(self._words, self._about, 4, self._lead, listed, None, gap=8, margins=(16, 14, 14, 12))
        super().__init__(parts, width=WIDTH)

    def turn(self, known: Known) -> None:
        """Give the digits to the next codes."""
        pages = -(-len(in_use(known.found.book)) // PAGE) or 1
        self._page = (self._page + 1) % pages

    def codes(self, known: Known) -> Sequence[BookCode]:
        """The codes that have a digit now, in the order of the digits."""
        all_codes = in_use(known.found.book)
        if self._page * PAGE >= len(all_codes):
            self._page = 0
        return all_codes[self._page * PAGE : (self._page + 1) * PAGE]

    def show_opinion(self, known: Known, one: Opinion | None, codes: Sequence[str], may: bool) -> None:
        """Show an opinion and which codes the coder at work gave it; without one nothing is to be coded."""
        self._words.set_text(words(one) if one is not None else _("No opinion is chosen."))
        told = about(known, one) if one is not None else ""
        self._about.set_text(told)
        self._about.setVisible(bool(told))
        offered = self.codes(known) if one is not None and may else ()
        more = len(in_use(known.found.book)) > PAGE
        if not may or one is None:
            self._lead.set_text("")
        elif not offered:
            self._lead.set_text(_("The list of codes is empty: add some with C."))
        else:
            self._lead.set_text(
                _("What is it about? Several may be given; 0 shows more codes.")
                if more
                else _("What is it about? Several may be given.")
            )
        for at, line in enumerate(self._rows):
            line.setVisible(at < len(offered))
            if at < len(offered):
                line.set_words(code_words(known.found.book, offered[at].code))
                line.set_selected(offered[at].code in codes)
