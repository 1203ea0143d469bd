"""A line for what went wrong, or was done, in the place of another one: never a dialog."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent

from cati.base.i18n import translate as _
from cati.gui import theme
from cati.gui.actions import Keys
from cati.gui.widgets.base import LEFT
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.layouts import row
from cati.gui.widgets.surface import Band
from cati.gui.widgets.text import Text

SIZES = (14, 13, 12)
# Two lines of the smallest letters.
HEIGHT = 36


class TroubleLine(Band):
    """One sentence, in the colour of what needs a person or of what is done: until seen, or while it holds.

    Long ones take smaller letters, and a second line before they are shortened.

    Args:
        keys: the button does the same as the key.
    """

    changed = Signal()

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._said = self._standing = ""
        self._well = False
        self._words = Text(size=SIZES[0], ink="warn", bold=True, wrap=True, align=LEFT)
        self._seen = Button(_("Seen"), "Ctrl+E", Kind.QUIET, 13, 28)
        self._seen.clicked.connect(lambda: keys.trigger("dismiss"))
        self._icon = Icon("warning", "warn", 16, "warn_s")
        line = row(self._icon, (self._words, 1), self._seen, gap=8, margins=(18, 0, 10, 0))
        super().__init__(line, "warn_s", HEIGHT)
        self.hide()

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.words()

    @property
    def is_well(self) -> bool:
        """Whether it tells of what was done as it should be."""
        return self._well and bool(self._said)

    def say(self, sentence: str, well: bool = False) -> None:
        """Show a sentence until it is seen.

        Args:
            well: it tells of what was done as it should be, and needs nobody.
        """
        self._said, self._well = sentence, well
        self._keys.bind("dismiss", self.clear)
        self._show()

    def stand(self, sentence: str) -> None:
        """Show a sentence for as long as it holds, behind one that is still to be seen; empty ends that."""
        if sentence != self._standing:
            self._standing = sentence
            self._show()

    def take_back(self, sentence: str) -> None:
        """What was said does not hold any more; anything else that was said stays."""
        if sentence and self._said == sentence:
            self.clear()

    def clear(self) -> None:
        """What was said has been seen; what still holds stays."""
        self._said = ""
        self._show()

    def _show(self) -> None:
        sentence = self._said or self._standing
        ink, ground = ("ok", "ok_s") if self.is_well else ("warn", "warn_s")
        self._icon.set_icon("tick" if self.is_well else "warning", ink, ground)
        self._words.set_ink(ink)
        self.set_ground(ground, None)
        self._seen.setVisible(bool(self._said))
        self._words.set_text(sentence)
        self._words.setToolTip(sentence)
        self.setAccessibleName(sentence)
        self._fit()
        self.setVisible(bool(sentence))

    def _fit(self) -> None:
        room = self.width() - theme.px(18 + 16 + 8 + 8 + 10 + 2) - self._seen.sizeHint().width()
        fitting = (size for size in SIZES if theme.text_width(self.words, size, True) <= room)
        self._words.set_size(next(fitting, SIZES[-1]))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the letters anew."""
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """The day line makes room."""
        self.changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """The day line comes back."""
        self.changed.emit()
