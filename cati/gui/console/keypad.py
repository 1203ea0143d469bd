"""The keypad of the telephone over a question: what is pressed goes to the line and is no answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from cati.base.i18n import translate as _
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.widgets.button import Button
from cati.gui.widgets.cover import Cover
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.middle import Middle
from cati.gui.widgets.surface import Rule, Surface
from cati.gui.widgets.text import Text

_ROWS = ("123", "456", "789", "*0#")
# As many of the last ones as have room in a line.
SHOWN = 18


class KeypadOverlay(Cover):
    """Lies over the question until it is put away; only its own keys act meanwhile.

    Args:
        screen: it covers this.
        keys: of the window.
        send: sends the tone of a key.
    """

    def __init__(self, screen: QWidget, keys: Keys, send: Callable[[str], None]) -> None:
        super().__init__(screen)
        self._keys, self._send = keys, send
        self._before: QWidget | None = None
        self._sent = Text(size=30, bold=True)
        self._extension = Text(size=15, ink="ink2")
        leave = Button(_("Back to the question"), "Esc", size=15, height=46)
        leave.clicked.connect(lambda: keys.trigger("leave_keypad"))
        lead = Text(
            _("Digits, * and # go to the line. They are no answer and are not stored."), 15, "ink2", wrap=True
        )
        pad = column(*(row(*((self._key(sign), 1) for sign in line), gap=8) for line in _ROWS), gap=8)
        parts = (
            Text(_("Telephone keypad"), 20, bold=True),
            lead,
            self._extension,
            self._sent,
            Rule(),
            pad,
            leave,
        )
        sheet = Surface(column(*parts, gap=12, margins=(28, 20, 28, 24)), width=420)
        middle = Middle()
        middle.addWidget(Holder(column(None, row(None, sheet, None), None)))
        self.setLayout(column(middle, gap=0))
        self.setAccessibleName(_("Telephone keypad"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hide()
        keys.changed.connect(self._follow)

    def _key(self, sign: str) -> Button:
        button = Button(sign, size=18, height=46)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(partial(self._keys.trigger, "press_key", sign))
        return button

    def open(self, extension: str) -> None:
        """Lie over the question.

        Args:
            extension: that was handed in with the number, "" for none.
        """
        self._before = QApplication.focusWidget()
        self._sent.set_text(_("nothing sent yet"))
        self._pressed = ""
        self._extension.set_text(_("extension {number}").format(number=extension) if extension else "")
        self._extension.setVisible(bool(extension))
        self._keys.bind_all({"press_key": self._press, "leave_keypad": lambda _key: self.put_away()})
        self._keys.push(Mode.KEYPAD)
        self.setGeometry(self._screen.rect())
        self.show()
        self.raise_()
        self.setFocus()

    def put_away(self) -> None:
        """Back to the question, if it lies over one."""
        self._keys.pop(Mode.KEYPAD)

    def _press(self, key: str) -> None:
        sign = key[-1]
        self._send(sign)
        self._pressed += sign
        self._sent.set_text(self._pressed[-SHOWN:])

    def _follow(self) -> None:
        if self.isVisible() and Mode.KEYPAD not in self._keys.modes:
            self.hide()
            self._keys.unbind("press_key", "leave_keypad")
            if self._before is not None and isValid(self._before):
                self._before.setFocus()
