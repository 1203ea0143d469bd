"""Cards of the overview: the next step, a stage, a matter that is open."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPaintEvent

from cati.base.i18n import translate as _
from cati.domain.overview import Standing
from cati.gui import theme
from cati.gui.overview.words import Said, StageWords
from cati.gui.theme import px
from cati.gui.widgets.base import LEFT
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.text import Name, Text

_ICONS = {
    Standing.WAITING: ("ring", "ink2"),
    Standing.UNDER_WAY: ("half", "accent"),
    Standing.DONE: ("done", "ok"),
    Standing.LOCKED: ("lock", "ink2"),
}


class StepCard(Surface):
    """The one next thing to do, and the key that leads there."""

    def __init__(self) -> None:
        self._what, self._why = Text(size=22, bold=True, wrap=True), Text(size=14, ink="ink2", wrap=True)
        self.button = Button("", "Enter", Kind.PRIMARY, 15, 46)
        words = column(Text(_("Next step"), 13, "accent", True), self._what, self._why, gap=4)
        super().__init__(row((words, 1), self.button, gap=20, margins=(20, 10, 16, 12)))

    def say(self, said: Said, button: str) -> None:
        """Show a step; without words for the button there is none."""
        self._what.set_text(said.what)
        self._why.set_text(said.why)
        self.button.set_words(button)
        self.button.setVisible(bool(button))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A sheet with a mark at its left edge."""
        super().paintEvent(event)
        painter = self.begin()
        painter.fillRect(QRectF(0, px(10), px(4), self.height() - px(20)), theme.colour("accent"))


class StageCard(Surface):
    """One of the six stages.

    Args:
        name: of the stage.
    """

    def __init__(self, name: str) -> None:
        self._icon = Icon("ring", "ink2", 17)
        self._name, self._when = Text(name, 17, bold=True), Text(size=12, ink="ink2")
        self._figure = Name((20, 17, 15, 13))
        self._lines = Text(size=13, ink="ink2", wrap=True)
        self._trouble = Text(size=13, ink="warn", bold=True, wrap=True)
        self._needs = Holder(row(column(1, Icon("warning", "warn", 15), None), (self._trouble, 1), gap=5))
        head = row(self._icon, self._name, None, self._when, gap=6)
        super().__init__(
            column(head, self._figure, self._lines, self._needs, None, gap=3, margins=(12, 8, 10, 8))
        )

    def say(self, standing: Standing, when: str, words: StageWords) -> None:
        """Show how far the stage is."""
        here = standing is Standing.UNDER_WAY
        quiet = standing in (Standing.WAITING, Standing.LOCKED)
        self.set_ground("panel" if quiet else "sheet", "accent" if here else "line")
        self._icon.set_icon(*_ICONS[standing], "panel" if quiet else "sheet")
        self._name.set_ink("ink2" if quiet else "ink")
        self._when.set_text(when)
        self._when.set_ink("accent" if here else "ink2", here)
        self._figure.set_text(words.figure)
        self._figure.set_ink("ink2" if quiet else "ink")
        self._lines.set_text("\n".join(words.lines))
        self._trouble.set_text(words.trouble)
        self._needs.setVisible(bool(words.trouble))


class MatterRow(Holder):
    """Something open, and the letter that leads there.

    Args:
        key: the letter.
    """

    pressed = Signal()

    def __init__(self, key: str) -> None:
        self._icon = Icon("ring", "ink2", 15)
        self._what = Text(size=14, wrap=True, align=LEFT)
        self._button = Button(_("Open"), key, Kind.QUIET, 14, 32)
        super().__init__(row(self._icon, (self._what, 1), self._button, gap=9))
        self._button.clicked.connect(self.pressed)

    def say(self, said: Said, urgent: bool) -> None:
        """Show another matter."""
        self._icon.set_icon("warning" if urgent else "ring", "warn" if urgent else "ink2")
        self._what.set_text(
            _("{what}: {why}").format(what=said.what, why=said.why) if said.why else said.what
        )
