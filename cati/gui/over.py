"""A question that lies over a screen: fields to fill in, an answer, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from cati.base.errors import CatiError
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.form import Form
from cati.gui.theme import px
from cati.gui.widgets.button import Kind
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.middle import Middle

_DIM = QColor(15, 20, 26, 140)
_HANDLED = ("ask_answer", "ask_irreversible", "ask_leave")


class Over(QWidget):
    """Covers a screen until it is answered or left; only its own keys act meanwhile.

    Args:
        screen: lies under it, and gets the focus back.
        keys: of the window.
        title: what is asked.
        lead: what follows from the answer, or empty.
        parts: fields and other content; the first one gets the cursor.
        button: words of the answer.
        answer: what the answer does; it calls `leave` when it is done, or `refuse`.
        irreversible: then the answer is on Ctrl+Enter, outlined and never filled.
        width: px at 100 %; less where the screen is narrower.

    Signals:
        left: it was answered, or left without.
    """

    left = Signal()

    def __init__(
        self,
        screen: QWidget,
        keys: Keys,
        title: str,
        lead: str,
        parts: Sequence[QWidget],
        button: str,
        answer: Callable[[], Any],
        irreversible: bool = False,
        width: int = 560,
    ) -> None:
        super().__init__(screen)
        self._screen, self._keys, self._answer = screen, keys, answer
        self._width = width
        key, kind = ("Ctrl+Enter", Kind.DANGER) if irreversible else ("Enter", Kind.PRIMARY)
        self.form = Form(title, lead, parts, button, width=width, key=key, kind=kind)
        self._button = button
        name = "ask_irreversible" if irreversible else "ask_answer"
        self.form.confirmed.connect(lambda: self._keys.trigger(name))
        middle = Middle()
        middle.addWidget(Holder(column(None, row(None, self.form, None), None)))
        self.setLayout(column(middle, gap=0))
        self.setAccessibleName(title)
        screen.installEventFilter(self)
        self.setGeometry(screen.rect())
        self._keys.push(Mode.ASK)
        self._keys.bind_all({name: self._confirm, "ask_leave": self.leave})
        self._keys.changed.connect(self._follow)
        self.show()
        self.raise_()
        (self.form.findChild(LineField) or self).setFocus()

    def wait(self, words: str) -> None:
        """Say what is being waited for."""
        self.form.wait(words)

    def refuse(self, error: CatiError) -> None:
        """Show why it could not be done; the question stays."""
        self.form.go(self._button)
        self.form.complain(str(error))

    def leave(self) -> None:
        """Go back to the screen."""
        self._go()
        self._screen.setFocus()
        self.left.emit()

    def _follow(self) -> None:
        """What it lay over may be gone, as when a case comes in; then somebody else has the focus."""
        if Mode.ASK not in self._keys.modes:
            self._go()

    def _go(self) -> None:
        self._keys.changed.disconnect(self._follow)
        self._screen.removeEventFilter(self)
        self._keys.unbind(*_HANDLED)
        self._keys.pop(Mode.ASK)
        self.hide()
        self.deleteLater()

    def _confirm(self) -> None:
        if not self.form.waiting:
            self._answer()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the screen also when its size changes."""
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._screen.rect())
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Be no wider than the screen."""
        self.restyle()

    def restyle(self) -> None:
        """Follow another size of letters, which leaves less room."""
        self.form.set_width(min(self._width, (self.width() - px(8)) * 100 // px(100)))

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round within the question: what lies under it is covered and must not be typed into."""
        takers = [
            one
            for one in self.findChildren(QWidget)
            if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isVisible() and one.isEnabled()
        ]
        if not takers:
            return False
        at = self.focusWidget()
        place = takers.index(at) if at in takers else -1 if forward else 0
        reasons = Qt.FocusReason
        reason = reasons.TabFocusReason if forward else reasons.BacktabFocusReason
        takers[(place + (1 if forward else -1)) % len(takers)].setFocus(reason)
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim what lies under it."""
        QPainter(self).fillRect(self.rect(), _DIM)
