"""Where an answer is given: tiles and codes for choices, a field for words and numbers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from cati.base.i18n import translate as _
from cati.domain.interview import Offer
from cati.gui.theme import px
from cati.gui.widgets.answers import Tile
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.fields import NotesField
from cati.gui.widgets.layouts import column, row
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.text import Text

IN_A_ROW = 4
ASIDES = 4


class Tiles(QWidget):
    """The answers that are read out, as on the keyboard: up to four in a row."""

    given = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._tiles: list[Tile] = []
        self._offers: tuple[Offer, ...] = ()
        self._tight = False
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self.setLayout(self._grid)

    def set_offers(self, offers: Sequence[Offer], chosen: Sequence[str]) -> None:
        """Show the answers; those in `chosen` are marked as given."""
        count = len(self._offers)
        self._offers = tuple(offers)
        while len(self._tiles) < len(offers):
            self._tiles.append(self._make(len(self._tiles)))
        for tile, offer in zip(self._tiles, offers, strict=False):
            tile.set_answer(offer.key, offer.label)
            tile.set_given(offer.name in chosen)
        if len(offers) != count:
            self._arrange()

    def _make(self, place: int) -> Tile:
        tile = Tile("", "")
        tile.setParent(self)
        tile.clicked.connect(lambda: self.given.emit(self._offers[place].name))
        return tile

    def _arrange(self) -> None:
        count = len(self._offers)
        rows = -(-count // IN_A_ROW) if count else 1
        across = -(-count // rows)
        for place, tile in enumerate(self._tiles):
            self._grid.removeWidget(tile)
            if place < count:
                self._grid.addWidget(tile, place // across, place % across)
            tile.setVisible(place < count)
        for place in range(len(self._tiles)):
            self._grid.setColumnStretch(place, int(place < across))
        self.restyle()

    def set_tight(self, tight: bool) -> None:
        """Give way to a low or narrow window."""
        self._tight = tight
        self.restyle()

    def restyle(self) -> None:
        """Take sizes from the theme in use."""
        self._grid.setSpacing(px(8 if self._tight else 10))
        several = len(self._offers) > IN_A_ROW
        height, size = (70, 19) if self._tight else (88, 22)
        if several:
            height, size = (48, 17) if self._tight else (62, 19)
        for tile in self._tiles:
            tile.set_measure(height, size)


class Asides(Surface):
    """Codes the operator keys when they are heard; they are never read out."""

    given = Signal(str)

    def __init__(self) -> None:
        self._hint = Text(_("Key it only when you hear it; never read it out"), 13, "ink2")
        self._probe = Text(_("ask once more first"), 13, "ink2")
        self._offers: tuple[Offer, ...] = ()
        self._buttons = [self._make(place) for place in range(ASIDES)]
        first, *others = self._buttons
        line = row(self._hint, None, first, self._probe, None, gap=6, margins=(14, 6, 8, 6))
        for button in others:
            line.put(button)
            line.put(None)
        super().__init__(line, "desk", None, 8)

    def _make(self, place: int) -> Button:
        button = Button("", "0", Kind.QUIET, 16, 32)
        button.clicked.connect(lambda: self.given.emit(self._offers[place].name))
        return button

    def set_offers(self, offers: Sequence[Offer], chosen: Sequence[str]) -> None:
        """Show the codes that may be keyed at this question, the given one marked."""
        self._offers = tuple(offers)[:ASIDES]
        for place, button in enumerate(self._buttons):
            button.setVisible(place < len(self._offers))
            if place < len(self._offers):
                offer = self._offers[place]
                button.set_words(offer.label, offer.key)
                button.set_kind(Kind.SELECTED if offer.name in chosen else Kind.QUIET)
        self._probe.setVisible(bool(offers) and offers[0].name == "dont_know" and not self._tight)

    _tight = False

    def set_tight(self, tight: bool) -> None:
        """Hints go where there is little room."""
        self._tight = tight
        self._hint.setVisible(not tight)
        self._probe.setVisible(not tight and bool(self._offers) and self._offers[0].name == "dont_know")


class AnswerField(NotesField):
    """Where an answer in words or a number is typed; Enter records it."""

    enter_acts = True

    def __init__(self) -> None:
        super().__init__(_("Answer in words"), least=44)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)


class Written(QWidget):
    """The field with what Enter does to it."""

    changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.field = AnswerField()
        self.field.textChanged.connect(lambda: self.changed.emit(self.words()))
        self._hint = Text(size=13, ink="ink2")
        self.setLayout(column((self.field, 1), self._hint, gap=4))

    def words(self) -> str:
        """What is typed so far."""
        return self.field.toPlainText()

    def ask(self, words: str, number: bool) -> None:
        """Take another answer; `words` was given or typed before."""
        self.field.blockSignals(True)
        self.field.setPlainText(words)
        self.field.blockSignals(False)
        self.field.selectAll()
        self._hint.set_text(
            _("Type the number; Enter records it")
            if number
            else _("Type what is said; Enter records it, Esc leaves the field")
        )
        height = 44 if number else 92
        self.field.setFixedHeight(px(height))
        self.field.setFocus()
