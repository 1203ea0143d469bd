"""What is typed reaches the call at once and the disk within a second, so that no kill takes more of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from cati.gui.console.desk import Desk
from cati.gui.console.disposition import DispositionScreen
from cati.gui.console.question import QuestionScreen

if TYPE_CHECKING:
    from cati.station.runner import CallRunner

KEEP_MS = 1000


class Typing(QObject):
    """Follows the fields of the console.

    Args:
        desk: gets what is typed, and has it kept by its worker.
        question: has the answer in words and the notes.
        disposition: has the same note on one line.
    """

    def __init__(self, desk: Desk, question: QuestionScreen, disposition: DispositionScreen) -> None:
        super().__init__(desk)
        self._desk = desk
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(KEEP_MS)
        self.timer.timeout.connect(self._keep)
        question.written.changed.connect(lambda text: self._take(lambda runner: runner.type(text)))
        question.side.notes.changed.connect(lambda text: self._take(lambda runner: runner.note(text)))
        disposition.note.textEdited.connect(lambda text: self._take(lambda runner: runner.note(text)))

    def _take(self, step: Callable[[CallRunner], None]) -> None:
        self._desk.do(step)
        # Not begun anew by every key: whoever types on without a pause is kept too.
        if not self.timer.isActive():
            self.timer.start()

    def _keep(self) -> None:
        if self._desk.is_open:
            self._desk.do(lambda runner: runner.keep())
