"""The sound test over the console, between calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from cati.gui.action import Mode
from cati.gui.console.desk import Desk
from cati.gui.form import Centred
from cati.gui.sound.sheet import Settled, SoundSheet
from cati.gui.widgets.cover import Cover
from cati.gui.widgets.layouts import column
from cati.gui.widgets.middle import Middle

if TYPE_CHECKING:
    from cati.gui.app import Shell


class SoundOverlay(Cover):
    """Lies over the screen until the test is passed or skipped.

    Args:
        screen: it covers this.
        shell: the window.
        desk: its recorder records and listens.
        then: called when the test is settled.
    """

    def __init__(self, screen: QWidget, shell: Shell, desk: Desk, then: Callable[[], Any]) -> None:
        super().__init__(screen)
        self._shell, self._desk, self._then = shell, desk, then
        self.sheet: SoundSheet | None = None
        self._middle = Middle()
        self.setLayout(column(self._middle, gap=0))
        self.hide()

    def open(self) -> None:
        """Begin a test."""
        if self.sheet is not None:
            return
        shell, place = self._shell, self._desk.place

        def keep(how: Settled) -> None:
            place.note_sound(how.heard, how.reason)

        sheet = SoundSheet(shell.tasks, shell.keys, place.sound_booth(), self._desk.level, keep)
        self.sheet = sheet
        sheet.confirmed.connect(sheet.confirm_unless_waiting)
        sheet.settled.connect(lambda _how: self._done())
        centred = Centred(sheet)
        self._middle.addWidget(centred)
        self._middle.setCurrentWidget(centred)
        shell.keys.push(Mode.SOUND)
        self.setGeometry(self._screen.rect())
        self.show()
        self.raise_()
        sheet.arrive()

    def _done(self) -> None:
        self.let_go()
        self._shell.keys.pop(Mode.SOUND)
        self._then()

    def let_go(self) -> None:
        """The test is over, or the place is left."""
        if self.sheet is None:
            return
        self.sheet.let_go()
        self._middle.drop()
        self.sheet = None
        self.hide()
