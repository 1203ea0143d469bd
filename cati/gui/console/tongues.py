"""Which language the respondent speaks: those of colleagues and of the programme on letters, or typed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from cati.base.i18n import translate as _
from cati.domain.languages import LONGEST
from cati.gui.actions import Keys
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.keycap import KeyCap
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.options import OptionRow
from cati.gui.widgets.text import Text

LETTERS = "SDFGJ"
OTHER = "L"


class TongueRow(OptionRow):
    """One language."""

    MOST, NARROWEST = 32, 100


class Tongues(QWidget):
    """Picks a language by its name.

    Args:
        keys: its keys exist only while it is open.
    """

    changed = Signal()

    def __init__(self, keys: Keys) -> None:
        super().__init__()
        self._keys = keys
        self._names: tuple[str, ...] = ()
        self._rows = {letter: TongueRow(letter, "") for letter in LETTERS}
        for letter, option in self._rows.items():
            option.clicked.connect(lambda _checked=False, pressed=letter: self._pick(pressed))
        self.field = LineField(_("Another language"), hint=_("another language or dialect"))
        self.field.setMaxLength(LONGEST)
        self.field.textChanged.connect(self._follow)
        other = row(KeyCap(OTHER), (self.field, 1), gap=8)
        heading = Text(_("Which language do they speak?"), 15, bold=True, wrap=True)
        rows = list(self._rows.values())
        halves = [column(*rows[side::2], None, gap=1) for side in (0, 1)]
        self.setLayout(column(heading, row(*((half, 1) for half in halves), gap=6), Holder(other), gap=4))

    @property
    def language(self) -> str:
        """What was picked or typed; empty while it is not known."""
        return self.field.text().strip()

    def show_names(self, names: Sequence[str]) -> None:
        """Offer other languages; none is chosen."""
        self._names = tuple(names)[: len(LETTERS)]
        for option, name in zip(self._rows.values(), (*self._names, *[""] * len(LETTERS)), strict=False):
            option.set_words(name)
            option.setVisible(bool(name))
        self.field.clear()
        self._follow()

    def bind(self) -> None:
        """Let its keys act."""
        self._keys.bind_all({"pick_language": self._pick, "type_language": self.field.setFocus})

    def unbind(self) -> None:
        """Let its keys exist no longer."""
        self._keys.unbind("pick_language", "type_language")

    def _pick(self, letter: str) -> None:
        place = LETTERS.index(letter)
        if place < len(self._names):
            self.field.setText(self._names[place])

    def _follow(self) -> None:
        for option in self._rows.values():
            option.set_selected(bool(self.language) and option.text() == self.language)
        self.changed.emit()
