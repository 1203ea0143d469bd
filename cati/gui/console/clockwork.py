"""What the console does by itself as time goes on: clock, call hours, reminders, looks at the queue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from cati.domain.call import Phase
from cati.gui.console import words
from cati.gui.console.bars import Bars
from cati.gui.console.desk import Desk
from cati.gui.console.idle import Idle
from cati.gui.console.reminders import Reminders
from cati.gui.console.reports import Reports

TICK_MS = 1000
LOOK_AGAIN_SECONDS = 30
"""How often to look again for a case while there is none."""
MEASURE_SECONDS = 5
"""How often to look how much room there is for recordings, and whether calls are allowed."""


class Clockwork(QObject):
    """Beats once a second from `start` on.

    Args:
        desk: of the console.
        bars: show the clock.
        idle: knows of breaks.
        reports: looks for what the supervisor answered.
        say: says a sentence to the operator.

    Signals:
        measured: what is shown of room and day may be old now.
        looked: so may all the rest.
    """

    measured = Signal()
    looked = Signal()

    def __init__(
        self, desk: Desk, bars: Bars, idle: Idle, reports: Reports, say: Callable[[str], Any]
    ) -> None:
        super().__init__(desk)
        self._desk, self._bars, self._idle, self._reports, self._say = desk, bars, idle, reports, say
        self._reminders = Reminders()
        self._beats = self._idle_beats = 0
        self.ticker = QTimer(self)
        self.ticker.setInterval(TICK_MS)
        self.ticker.timeout.connect(self.beat)

    def start(self) -> None:
        """Begin to beat."""
        self.ticker.start()

    def stop(self) -> None:
        """Beat no longer."""
        self.ticker.stop()

    def begin_anew(self) -> None:
        """There is no case since now: the next look at the queue is a whole pause away."""
        self._idle_beats = 0

    def beat(self) -> None:
        """Once a second: clock, hours, and another look at the queue where it is empty."""
        desk = self._desk
        if not desk.is_open:
            return
        self._bars.show_clock()
        desk.look()
        self._beats += 1
        self._idle_beats += 1
        # A console that looks for a case in vain again and again counts anew each time, but time goes on.
        if self._beats % MEASURE_SECONDS == 0:
            desk.measure()
            self._keep_to_hours()
            self.measured.emit()
            self.end_reminder()
        if self._idle_beats % LOOK_AGAIN_SECONDS:
            return
        self.looked.emit()
        self._reports.look()
        self.remind()
        self.say_of_clock()
        if desk.call.phase is Phase.IDLE:
            desk.claim()

    def say_of_clock(self) -> None:
        """Say once that this computer's clock is off."""
        said = self._reminders.clock(self._desk.place.clock_ahead)
        if said:
            self._say(said)

    def remind(self) -> None:
        """Say which appointment is due soon."""
        today = self._desk.today
        if today is not None and not self._idle.on_break:
            settings, now = self._programme.settings, self._desk.now()
            said = self._reminders.due(today.appointments, self._held(), settings, now)
            if said:
                self._say(said)

    def end_reminder(self) -> None:
        """Of an appointment that is kept, moved or past nobody is told any more."""
        today = self._desk.today
        if today is not None:
            over = self._reminders.over(today.appointments, self._held(), self._desk.now())
            self._bars.trouble.take_back(over)

    def _keep_to_hours(self) -> None:
        """When the call hours of the group in hand end, somebody of another group comes who may be called."""
        case, now = self._desk.call.assignment, self._desk.now()
        if (
            case is not None
            and self._desk.call.phase is Phase.READY
            and words.closed_words(self._programme.settings, (case.group_code,), now)
        ):
            self._desk.put_back()

    def _held(self) -> int | None:
        case = self._desk.call.assignment
        return case.case_id if case else None

    @property
    def _programme(self) -> Any:
        return self._desk.place.programme.programme
