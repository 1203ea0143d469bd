"""Respondents who call: their number is typed, their case opens, and the interview begins."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from cati.base.errors import CatiError
from cati.base.i18n import translate as _
from cati.domain.queue import Assignment
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.console.asked import LineOverlay
from cati.gui.console.desk import Desk
from cati.gui.tasks import Tasks


class Callers(QObject):
    """Asks for a caller's number and hands the case to the desk.

    Args:
        screen: the question for the number lies over it.
        tasks: of the window.
        keys: of the window.
        desk: takes the case.
    """

    def __init__(self, screen: QWidget, tasks: Tasks, keys: Keys, desk: Desk) -> None:
        super().__init__(desk)
        self._tasks, self._desk = tasks, desk
        self.overlay = LineOverlay(screen, keys, Mode.CALL_BACK, _("Open the case"))
        self.overlay.given.connect(self._look_up)

    def ask(self) -> None:
        """Ask on which number we had called."""
        if not self._desk.is_open:
            return
        self.overlay.open(
            _("Which number did our call come in on?"),
            _("The case opens and is recorded from then on. The number itself is not stored."),
            _("all digits, a landline with its area code"),
        )

    def _look_up(self, number: str) -> None:
        runner = self._desk.place.runner
        self._tasks.run(self, partial(runner.open_call_back, number), self._opened, self._refused)

    def _opened(self, assignment: Assignment) -> None:
        self.overlay.put_away()
        self._desk.take_call_back(assignment)

    def _refused(self, error: CatiError) -> None:
        self.overlay.say(str(error))
