"""One line to be typed over the screen: a caller's number, a complaint, a word to the supervisor."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from cati.base.i18n import translate as _
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.cover import Cover
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.middle import Middle
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.text import Text


class LineOverlay(Cover):
    """Asks for one line; Enter gives it, Esc puts it away and nothing has happened.

    Args:
        screen: it covers this.
        keys: its mode lies over the mode in force while it is seen.
        mode: its own.
        confirm: words of its button.
    """

    given = Signal(str)

    def __init__(self, screen: QWidget, keys: Keys, mode: Mode, confirm: str) -> None:
        super().__init__(screen)
        self._keys, self._mode = keys, mode
        self._before: QWidget | None = None
        self._busy = False
        self._title = Text(size=20, bold=True, wrap=True)
        self._lead = Text(size=15, ink="ink2", wrap=True)
        self.field = LineField("", size=20)
        self._problem = Text(size=15, ink="stop", wrap=True)
        self._problem_row = Holder(
            row(column(2, Icon("warning", "stop", 18), None), (self._problem, 1), gap=8)
        )
        go = Button(confirm, "Enter", Kind.PRIMARY, 16, 46)
        go.clicked.connect(lambda: keys.trigger("confirm"))
        leave = Button(_("Close"), "Esc")
        leave.clicked.connect(lambda: keys.trigger("close"))
        sheet = Surface(
            column(
                self._title,
                self._lead,
                self.field,
                self._problem_row,
                row((go, 1), leave, gap=12),
                gap=12,
                margins=(28, 20, 28, 24),
            ),
            width=620,
        )
        middle = Middle()
        middle.addWidget(Holder(column(None, row(None, sheet, None), None)))
        self.setLayout(column(middle, gap=0))
        self.hide()
        keys.changed.connect(self._follow)

    def open(self, title: str, lead: str, hint: str = "") -> None:
        """Ask.

        Args:
            title: what is asked.
            lead: what happens with it.
            hint: shown while nothing is typed.
        """
        self._before = QApplication.focusWidget()
        self._title.set_text(title)
        self._lead.set_text(lead)
        self.field.setAccessibleName(title)
        self.field.setPlaceholderText(hint)
        self.field.clear()
        self.say("")
        self._keys.bind_all({"confirm": self._give, "close": self.put_away})
        self._keys.push(self._mode)
        self.setGeometry(self._screen.rect())
        self.show()
        self.raise_()
        self.field.setFocus()

    def say(self, problem: str) -> None:
        """Show why it was not taken; empty takes that away. It can be typed again."""
        self._busy = False
        self.field.setReadOnly(False)
        self._problem.set_text(problem)
        self._problem_row.setVisible(bool(problem))

    def put_away(self) -> None:
        """Leave it; what was typed is forgotten."""
        self.field.clear()
        self._keys.pop(self._mode)

    def _give(self) -> None:
        words = self.field.text().strip()
        if self._busy or not words:
            return
        self._busy = True
        self.field.setReadOnly(True)
        self.given.emit(words)

    def _follow(self) -> None:
        if self.isVisible() and self._keys.mode not in (self._mode, Mode.HELP):
            self.hide()
            self._keys.unbind("confirm", "close")
            before, self._before = self._before, None
            if before is not None and isValid(before) and before.isVisible():
                before.setFocus()
