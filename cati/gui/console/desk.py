"""The desk behind the screens: the workplace, its worker and its news, without a picture of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from cati.base import logging
from cati.base.errors import SERVER_AWAY, CatiError
from cati.base.i18n import translate as _
from cati.domain.call import Call, Phase
from cati.domain.ports import LEAST_FREE_BYTES
from cati.domain.queue import Assignment
from cati.gui.console import words
from cati.gui.console.storing import Storing
from cati.gui.events import GuiThread
from cati.gui.tasks import Tasks, fault_sentence

if TYPE_CHECKING:
    from cati.station.runner import CallRunner, Job, Listeners
    from cati.station.workplace import Today, Workplace

HEARTBEAT_MS = 30_000
# A level above this is somebody speaking: it ends the warning that nothing is heard.
SPOKEN = 0.02
# Faults that are over as soon as the microphone is heard again.
PASSING = ("no_device", "device_lost", "silent", "recorder_died")
# Faults by which sound of the call is lost for good.
STOPPED = ("disk", "recorder_died", "file_exists")

# Refusals to clock out that stay as they are however often it is tried: whoever goes home goes all the same.
UNREACHED = SERVER_AWAY | {"let_in_no_more", "login_closed", "sign_in_refused"}
# Refusals to dial after which another case is taken.
GONE = ("lease_lost", "cell_paused", "refused_meanwhile")


class MakeWorkplace(Protocol):
    """Makes the place of the signed-in operator; called in the worker, since it reads the database."""

    def __call__(
        self,
        *,
        schedule: Callable[[Job], None],
        listeners: Listeners,
        show_number: Callable[[str | None], None],
        on_sound: Callable[[Any], None],
        on_phone: Callable[[Any], None],
    ) -> Workplace:
        """The workplace with its recorder running."""
        ...


class Turn(NamedTuple):
    """What a look at the queue found: a case or none, when there will be one, and the day so far."""

    assignment: Assignment | None
    due: datetime | None
    today: Today
    free: int


def _lane_of(place: Workplace) -> str:
    """What is kept on this station first never waits behind statements that the server lets wait."""
    return "" if place.sender is None else "effects"


class Desk(QObject):
    """Takes the operator's steps at once and has their effects carried out by the worker, in order.

    A step that commits something (dialling, connecting, an outcome) holds back the steps after it until
    it is done, so that a failed one can be taken back whole; answers never wait.

    Args:
        tasks: of the window.
        make_workplace: see there.
    """

    opened = Signal()
    changed = Signal()
    saved = Signal()
    sound_changed = Signal()
    number_shown = Signal(object)
    phoned = Signal(object)
    nobody = Signal(object)
    not_opened = Signal(object)
    not_claimed = Signal(object)
    measured = Signal()
    day_changed = Signal()
    trouble = Signal(str)
    broke = Signal()
    settled = Signal()
    line_changed = Signal()
    listened = Signal(bool)

    def __init__(self, tasks: Tasks, make_workplace: MakeWorkplace, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._make = tasks, make_workplace
        self._gui = GuiThread(self)
        self._place: Workplace | None = None
        self._committing = 0
        self._is_commit = False
        self._held: deque[tuple[Callable[[CallRunner], None], bool]] = deque()
        self._waiting: deque[tuple[Job, bool]] = deque()
        self._claiming = False
        self._lost: int | None = None
        self._put_back: int | None = None
        self._shut_in: int | None = None
        self._level = self._other = 0.0
        self.working = False
        self.testing = self.test_call_due = False
        self.sound_fault = ""
        self.is_deaf = False
        """There is no loudspeaker to hear the line by."""
        self.gap = ""
        self.storing = Storing(self)
        self._measuring = self._was_down = False
        self.unanswered = ""
        self.heard = False
        self.saved_at: datetime | None = None
        self.today: Today | None = None
        self.free = 0
        self._pulse = QTimer(self)
        self._pulse.setInterval(HEARTBEAT_MS)
        self._pulse.timeout.connect(self._beat)

    # ---- coming and going ------------------------------------------------------------------------

    def open(self) -> None:
        """Make the workplace, clock in, and look for the first case."""
        self._tasks.run(self, self._arrive, self._opened, self.not_opened.emit)

    def _arrive(self) -> tuple[Workplace, Today, int, bool, bool]:
        from cati.station.runner import Listeners

        listeners = Listeners(
            saved=lambda _seq: self._gui.post(self._saved),
            settled=lambda late: self._gui.post(lambda: self._settled(late)),
            listened=lambda on: self._gui.post(lambda: self.listened.emit(on)),
            fault=lambda error: self._gui.post(lambda: self._effect_failed(error)),
            sent=lambda: self._gui.post(self._sent),
            waiting=lambda error: self._gui.post(lambda: self._waiting_for(error)),
        )
        place = self._make(
            schedule=self._schedule,
            listeners=listeners,
            show_number=lambda digits: self._gui.post(lambda: self.number_shown.emit(digits)),
            on_sound=self._hear,
            on_phone=lambda news: self._gui.post(lambda: self.phoned.emit(news)),
        )
        place.arrive()
        place.recorder.monitor(place.runner.device)
        return place, place.today(), place.free_bytes(), place.sound_test_due(), place.test_call_due()

    def _opened(self, arrived: tuple[Workplace, Today, int, bool, bool]) -> None:
        self._place, self.today, self.free, self.testing, self.test_call_due = arrived
        self.working = True
        self._pulse.start()
        self.opened.emit()
        if self._place.trouble is not None:
            self.trouble.emit(str(self._place.trouble))
        self.claim()

    @property
    def place(self) -> Workplace:
        """The workplace, once it is open."""
        assert self._place is not None
        return self._place

    @property
    def is_open(self) -> bool:
        """Whether there is a workplace yet."""
        return self._place is not None

    @property
    def call(self) -> Call:
        """The state of the call in hand."""
        return self._place.runner.call if self._place else Call()

    def now(self) -> datetime:
        """The time (aware, UTC); a call's length never jumps with the clock."""
        return self.place.runner.now()

    def let_go(self) -> None:
        """End heartbeat and recorder; what was asked of the worker before is still done."""
        self._hand_out()
        self._pulse.stop()
        self.working = False
        if self._place is not None:
            place, self._place = self._place, None
            self._tasks.run(self, place.close, lambda _none: None, self._failed, _lane_of(place))

    def rest(self, done: Callable[[], Any]) -> None:
        """Begin a break; the case on the desk goes back to the queue when its lease lapses."""
        self._lay_down()
        self._tasks.run(self, self.place.take_break, lambda _none: done(), self._stayed)

    def come_back(self) -> None:
        """End the break and look for the next case."""

        def back() -> None:
            self.place.come_back()
            self.place.recorder.monitor(self.place.runner.device)

        self.working = True
        self._pulse.start()
        self._tasks.run(self, back, lambda _none: self.claim(), self._failed)

    def clock_out(self, done: Callable[[str, bool], Any]) -> None:
        """End the working day; who never got to work, as without a programme, just leaves.

        Args:
            done: called with what whoever leaves is to read, empty when there is nothing to say, and whether
                all is as it should be.
        """
        if self._place is None:
            done("", True)
            return
        place, at = self.place, self.now()

        def left(known: bool) -> None:
            closed = place.is_login_closed
            done("" if known else words.kept_words(at, closed=closed), not closed)

        def refused(error: CatiError) -> None:
            if error.code == "attendance_out":
                done("", True)  # clocked out already, elsewhere or by the supervisor
            elif error.code in UNREACHED:
                done(words.unclocked_words(), False)
            else:
                self._stayed(error)

        self._lay_down()
        self._tasks.run(self, place.leave, left, refused)

    def _stayed(self, error: CatiError) -> None:
        """Neither break nor end of work: the case is taken up again."""
        self.trouble.emit(str(error))
        self.working = True
        self._pulse.start()
        self.claim()

    def _lay_down(self) -> None:
        self.working = False
        self._pulse.stop()
        self.place.runner.lay_down()
        self.place.recorder.rest()

    # ---- the next case ---------------------------------------------------------------------------

    def claim(self) -> None:
        """Look for the next case, unless one is on the desk or looked for already.

        What ended the last call is kept first: a server that has not heard of it would hand the same case out
        again.
        """
        busy = self._claiming or self.committing or self.testing or not self.working
        if busy or self.call.phase is not Phase.IDLE:
            return
        self._claiming = True
        place = self.place
        self._tasks.run(self, lambda: self._take_turn(place), self._turn, self._no_turn)

    @staticmethod
    def _take_turn(place: Workplace) -> Turn:
        assignment = place.claim()
        due = place.next_due() if assignment is None else None
        return Turn(assignment, due, place.today(), place.free_bytes())

    def _turn(self, turn: Turn) -> None:
        self._claiming = False
        self.today, self.free = turn.today, turn.free
        if not self.working or self._place is None:
            return
        if self.call.phase is not Phase.IDLE:
            return  # a call came in meanwhile; the case that was claimed is handed out again
        if turn.assignment is None or turn.assignment.case_id != self._put_back:
            self._put_back = None
        if turn.assignment is None:
            self.nobody.emit(turn.due)
            return
        self.saved_at = None
        self._lost = None
        self.forget_fault()
        self.place.runner.take(turn.assignment)
        self.changed.emit()

    def put_back(self) -> None:
        """Nobody may dial the case on the desk any more: it goes back, and the next one is looked for.

        One that waits for this operator alone comes again at once; that one stays.
        """
        case = self.call.assignment
        if self.call.phase is not Phase.READY or self.committing or case is None:
            return
        if case.case_id != self._put_back:
            self._put_back = case.case_id
            self.place.runner.lay_down()
            self.changed.emit()
            self.claim()

    def shut(self) -> None:
        """The server may hand out nobody here any more: asking says why, and a call is finished before."""
        call = self.call
        if call.phase in (Phase.IDLE, Phase.READY) or call.assignment is None:
            self.put_back()
            self.claim()
        elif call.assignment.case_id != self._shut_in:
            told = partial(self._tell_shut, call.assignment.case_id)
            self._tasks.run(self, self.place.is_shut_out, told, self._not_beaten)

    def _tell_shut(self, case_id: int, is_shut: bool) -> None:
        if is_shut:
            self._shut_in = case_id
            self.trouble.emit(
                _("Finish this call: it is kept. Nobody else is called from this window after it.")
            )

    def take_call_back(self, assignment: Assignment) -> None:
        """Go on with the case of a respondent who is on the line; the one on the desk was given back."""
        self.saved_at = None
        self._lost = None
        self.forget_fault()
        self.place.runner.lay_down()
        self.place.runner.take(assignment)
        self.do(lambda runner: runner.call_back(), commits=True)

    def _no_turn(self, error: CatiError) -> None:
        self._claiming = False
        if error.code == "saved_here" and self._place is not None and not self._place.unsent:
            self.claim()  # the rest was sent while this was on its way here
        else:
            self.not_claimed.emit(error)

    # ---- storing and room ------------------------------------------------------------------------

    def look(self) -> None:
        """Once a second: whether everything is stored; what waits is tried again."""
        runner = self.place.runner
        runner.retry()
        self.storing.look(runner)
        if self.place.is_line_down != self._was_down:
            self._was_down = not self._was_down
            self.line_changed.emit()

    def look_at_day(self) -> None:
        """Take the day as it stands now, such as after an appointment was moved."""
        self._tasks.run(self, self.place.today, self._day_seen, self._failed)

    def _day_seen(self, today: Today) -> None:
        self.today = today
        self.day_changed.emit()

    def measure(self) -> None:
        """See how much room there is for recordings."""
        if not self._measuring:
            self._measuring = True
            self._tasks.run(self, self.place.free_bytes, self._measured, self._not_measured)

    def _measured(self, free: int) -> None:
        self._measuring = False
        self.free = free
        if self._place is None:
            return
        if self.has_room and self.sound_fault == "disk" and self.call.phase is Phase.CONNECTED:
            self.place.runner.record_again()
            self._set_sound("")
        self.measured.emit()

    def _not_measured(self, error: CatiError) -> None:
        self._measuring = False
        self._failed(error)

    @property
    def has_room(self) -> bool:
        """Whether there is room enough to record one more call."""
        return self.free >= LEAST_FREE_BYTES

    def _waiting_for(self, error: Exception | None) -> None:
        if self._place is not None:
            self.storing.note(error, self.place.runner)

    # ---- steps -----------------------------------------------------------------------------------

    def do(self, step: Callable[[CallRunner], None], commits: bool = False) -> None:
        """Take a step of the call now, or right after the commit that is under way.

        Args:
            step: such as ``lambda runner: runner.dial()``.
            commits: later steps wait until its effects are carried out.
        """
        if self._committing:
            self._held.append((step, commits))
            return
        if commits:
            self._begin_day()
        self._take(step, commits)

    def _begin_day(self) -> None:
        """Who works on after midnight, or next morning in a window left open, is at work on that day too."""
        place = self.place
        if place.is_new_day and not place.is_line_down:
            self._tasks.run(self, place.begin_day, lambda _none: self.look_at_day(), self._failed)

    def _take(self, step: Callable[[CallRunner], None], commits: bool) -> None:
        self._is_commit = commits
        try:
            step(self.place.runner)
        except CatiError as error:
            self.trouble.emit(str(error))
        finally:
            self._is_commit = False
        self.changed.emit()

    def _schedule(self, job: Job) -> None:
        commits = self._is_commit
        self._committing += commits
        # The worker's Python would hold up the painting of the next question: it begins right after it.
        self._waiting.append((job, commits))
        QTimer.singleShot(0, self, self._hand_out)

    def _hand_out(self) -> None:
        while self._waiting:
            job, commits = self._waiting.popleft()
            done = partial(self._carried_out, commits)
            self._tasks.run(self, job, done, self._failed, _lane_of(self.place))

    def _carried_out(self, commits: bool, _none: None) -> None:
        if not commits:
            return
        self._committing -= 1
        while self._held and not self._committing:
            self._take(*self._held.popleft())
        if not self._committing and self.call.phase is Phase.IDLE:
            self.claim()

    @property
    def committing(self) -> bool:
        """Whether a commit is under way."""
        return self._committing > 0

    # ---- news from the worker --------------------------------------------------------------------

    def _saved(self) -> None:
        if self._place is not None:
            self.saved_at = self.now()
            self.storing.refresh(self.place.runner)
            self.saved.emit()

    def _sent(self) -> None:
        """What was kept here has reached the server, or waits for the line."""
        if self._place is None:
            return
        self.line_changed.emit()
        if self._place.unsent:
            return
        if self.call.phase is Phase.IDLE:
            self.claim()
        elif self._place.is_day_unknown:
            self.look_at_day()

    def _settled(self, late: bool) -> None:
        self.settled.emit()
        if late:
            self.trouble.emit(_("Stored. It came after the hold on this case had lapsed, and is listed so."))

    def _effect_failed(self, error: Exception) -> None:
        if error is self.storing.error and isinstance(error, CatiError):
            return  # nothing is taken back: what waits is told as long as it waits
        self._held.clear()
        if isinstance(error, CatiError):
            sentence = str(error)
        else:
            sentence = str(fault_sentence(logging.fault("effect", error)))
        self.broke.emit()
        self.trouble.emit(sentence)
        if isinstance(error, CatiError) and error.code in GONE and self.call.phase is Phase.READY:
            self.place.runner.lay_down()
            self.claim()
        self.changed.emit()

    def _failed(self, error: CatiError) -> None:
        if error.code in UNREACHED:
            self.unanswered = str(error)
        self.trouble.emit(str(error))

    def _beat(self) -> None:
        case = self.call.assignment
        if case is not None and case.case_id != self._lost:
            self._tasks.run(self, self.place.runner.heartbeat, self._beaten, self._not_beaten)

    def _not_beaten(self, error: CatiError) -> None:
        # The next one may come through; that the hold is lost is told when it is.
        logging.warning("heartbeat_failed", code=error.code)

    def _beaten(self, kept: bool) -> None:
        case = self.call.assignment
        if kept or case is None:
            return
        self._lost = case.case_id
        self.trouble.emit(
            _("The hold on this case has lapsed. Go on with the interview: it is kept and listed as late.")
        )

    # ---- sound -----------------------------------------------------------------------------------

    def level(self) -> float:
        """The loudest moment of the operator's microphone since the last one, 0 to 1."""
        return self._level

    def other(self) -> float:
        """The loudest moment of the other voice on the line since the last one, 0 to 1."""
        return self._other

    def _hear(self, event: Any) -> None:
        # In the recorder's thread. A fault has a kind, a level has a peak.
        kind = getattr(event, "kind", None)
        if kind is not None:
            self._gui.post(lambda: self._set_sound(kind))
            return
        self._level, self._other = event.peak, event.other or 0.0
        if not self.heard:
            self.heard = True
            self._gui.post(self.sound_changed.emit)
        # Where the microphone is gone the recorder fills in silence, which tells nothing.
        is_well = event.peak > SPOKEN if self.sound_fault == "silent" else event.heard
        if self.sound_fault in PASSING and is_well:
            self._gui.post(lambda: self._set_sound(""))

    def forget_fault(self) -> None:
        """A new call begins: what went wrong with the last recording is over."""
        self.gap = ""
        if self.sound_fault not in PASSING:
            self._set_sound("")

    def set_deaf(self, deaf: bool) -> None:
        """There is no loudspeaker to hear the line by, or there is one again."""
        if deaf != self.is_deaf:
            self.is_deaf = deaf
            self.sound_changed.emit()

    def _set_sound(self, kind: str) -> None:
        if kind:
            self._level = self._other = 0.0
        if kind in STOPPED and self.call.phase is Phase.CONNECTED:
            self.gap = kind
        # On the line the recording went on without the microphone, as the other voice did.
        is_back = not kind and self.sound_fault == "device_lost" and self.place.phone is None
        if (is_back or kind == "recorder_died") and self.call.phase is Phase.CONNECTED:
            # A file is not gone on with: the rest of the call is a second recording of it.
            self.place.runner.record_again()
        if kind != self.sound_fault:
            self.sound_fault = kind
            self.sound_changed.emit()
