"""Which language screens and messages speak."""

from __future__ import annotations

from PySide6.QtCore import Signal

from cati.base import i18n
from cati.base.i18n import translate as _
from cati.gui.guide.sheet import WIDTH, Sheet
from cati.gui.widgets.layouts import Holder, column
from cati.gui.widgets.options import OptionRow

NAMES = {"zh_CN": "中文", "en": "English"}
"""Each language in its own words."""


class LanguageSheet(Sheet):
    """One row for each language; another one is spoken at once.

    Signals:
        other: the language that is not spoken now was chosen.
    """

    other = Signal()

    def __init__(self) -> None:
        rows = []
        for nth, language in enumerate(i18n.LANGUAGES):
            option = OptionRow(str(nth + 1), NAMES[language])
            option.set_selected(language == i18n.language())
            option.clicked.connect(lambda _checked=False, key=str(nth + 1): self.choose(key))
            rows.append(option)
        super().__init__(
            _("Which language?"),
            _("It can be changed at any sign-in with F8."),
            [Holder(column(*rows, gap=4))],
            _("Go on"),
            width=WIDTH,
        )

    def choose(self, key: str) -> None:
        """Speak the language of a row."""
        place = int(key) - 1
        if place < len(i18n.LANGUAGES) and i18n.LANGUAGES[place] != i18n.language():
            self.other.emit()

    def confirm(self) -> None:
        """The language that is spoken is the one."""
        self.done.emit()
