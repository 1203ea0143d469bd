"""Screens without a case: getting ready, nothing to call, on a break."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from cati.base.i18n import translate as _
from cati.gui.actions import BY_NAME, Keys
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.text import Text


class AwayScreen(QWidget):
    """One sentence on paper, what follows from it, and at most one thing to do.

    Args:
        keys: the button does the same as the key.
        action: what its button does.
    """

    def __init__(self, keys: Keys, action: str) -> None:
        super().__init__()
        self._icon = Icon("half", "ink2", 28)
        self._title, self._line = Text(size=26, bold=True), Text(size=16, ink="ink2", wrap=True)
        self._button = Button("", BY_NAME[action].printed, Kind.PRIMARY, 18, 46)
        self._button.clicked.connect(lambda: keys.trigger(action))
        words = column(
            row(self._icon, (self._title, 1), gap=14),
            self._line,
            12,
            Holder(row(self._button, None)),
            gap=10,
            margins=(36, 30, 36, 30),
        )
        self._button.hide()
        middle = row(None, Surface(words, width=720), None)
        self.setLayout(column(None, middle, None, margins=(16, 10, 16, 10)))

    def say(self, title: str, line: str = "", icon: str = "half", button: str = "") -> None:
        """Show other words.

        Args:
            title: what is the case.
            line: what follows from it.
            icon: outline beside the title.
            button: words of the button; empty for none.
        """
        self._icon.set_icon(icon, "ink2")
        self._title.set_text(title)
        self._line.set_text(line)
        self._line.setVisible(bool(line))
        self._button.setVisible(bool(button))
        if button:
            self._button.set_words(button)


def asleep_words(due: str) -> str:
    """Until when there is nothing to call."""
    if due:
        return _("The next call is due {time}; it is fetched by itself.").format(time=due)
    return _("Nothing is waiting for you. New cases are fetched by themselves.")


def closed_line(reason: str, due: str) -> str:
    """Why nobody may be called, as a sentence, and what happens then."""
    sentence = _("{reason}.").format(reason=reason[:1].upper() + reason[1:])
    return f"{sentence} {asleep_words(due)}" if due else sentence
