"""The console's own line for what went wrong: in the place of the day line, never a dialog."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent

from cati.base.i18n import translate as _
from cati.gui.actions import Keys
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.layouts import row
from cati.gui.widgets.surface import Band
from cati.gui.widgets.text import Text


class TroubleLine(Band):
    """One sentence in the colour of what needs a person, until it is seen.

    Args:
        keys: the button does the same as the key.
    """

    changed = Signal()

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._words = Text(size=14, ink="warn", bold=True, elide=True)
        seen = Button(_("Seen"), "Ctrl+E", Kind.QUIET, 13, 28)
        seen.clicked.connect(lambda: keys.trigger("dismiss"))
        icon = Icon("warning", "warn", 16, "warn_s")
        super().__init__(row(icon, (self._words, 1), seen, gap=8, margins=(18, 0, 10, 0)), "warn_s", 34)
        self.hide()

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.words()

    def say(self, sentence: str) -> None:
        """Show a sentence."""
        self._words.set_text(sentence)
        self._words.setToolTip(sentence)
        self.setAccessibleName(sentence)
        self._keys.bind("dismiss", self.hide)
        self.show()

    def showEvent(self, event: QShowEvent) -> None:
        """The day line makes room."""
        self.changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """The day line comes back."""
        self.changed.emit()
