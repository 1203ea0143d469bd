"""Runs one operator's calls: the pure state machine in front, its effects carried out behind it.

The console, `simulate` and the tests that kill the process all use this class.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cati.base.clock import Steady
from cati.domain import call as machine
from cati.domain.call import Call, Phase
from cati.domain.call_effects import (
    BeginAttempt,
    CloseCase,
    Effect,
    EndAttempt,
    HandOver,
    StopRecording,
)
from cati.domain.call_events import (
    Answered,
    CalledBack,
    Claimed,
    Connected,
    Dialled,
    Ended,
    Event,
    HandedOver,
    Kept,
    Moved,
    Noted,
    NumberChanged,
    Prompted,
    RecordingBroken,
    RecordingDeclined,
    Redialled,
    Reopened,
    Settled,
    Typed,
)
from cati.domain.interview import Script
from cati.domain.ports import Dialler, Recorder
from cati.domain.programmes import LoadedProgramme
from cati.domain.queue import Assignment
from cati.domain.respondents import facts
from cati.services import call_backs, queue
from cati.services.context import Context
from cati.station.backlog import Backlog
from cati.station.effects import Effects
from cati.station.writing import Writing

Job = Callable[[], None]


def _nothing(_: object) -> None:
    return None


def _raise(fault: Exception) -> None:
    raise fault


@dataclass(frozen=True)
class Listeners:
    """Who hears about what; called on the thread that carries out effects.

    Attributes:
        saved: sequence number of the last answer that is durable.
        settled: a case was settled; True when it was too late for its lease.
        fault: an effect failed (see `CallRunner`); by default it is raised.
        sent: something kept on this station has reached the server, or could not.
        waiting: why answers or notes of recordings cannot be stored just now, each time it was tried; None
            when nothing waits any more.
        listened: whether somebody listens to the call, where operators are told.
        boundary: before and after every effect, for tests that stop the process there.
    """

    saved: Callable[[int], None] = _nothing
    settled: Callable[[bool], None] = _nothing
    fault: Callable[[Exception], None] = _raise
    sent: Callable[[], None] = lambda: None
    waiting: Callable[[Exception | None], None] = _nothing
    listened: Callable[[bool], None] = _nothing
    boundary: Callable[[str], None] = _nothing


_TAKEN_BACK = (BeginAttempt, EndAttempt, CloseCase, HandOver)
"""Effects without which their step is as if it had not been made."""


def at_once(job: Job) -> None:
    """Carry out effects on the calling thread."""
    job()


class CallRunner:
    """One station's calls in one programme.

    What the operator does changes `call` at once, on the thread that asks; its effects follow in order
    through `schedule`. When an effect fails:

    * An attempt, a settled case or a hand-over that cannot be committed takes its step back, and whatever
      was built on it: `call` is as before, so that the operator can do it again. No number is dialled whose
      attempt was not committed.
    * The interview and its answers stay given. They wait, are tried again by `retry`, and are stored before
      anything that comes later.
    * A recording that fails never stops the interview.

    Args:
        ctx: the operator's session.
        writing: makes what the call writes down durable.
        recording_public: the programme's public recording key.
        folder: where recordings go.
        schedule: runs jobs one after the other in the order given, here or on a worker thread.
        new_id: makes uuids.
        simulated: attempts are marked as made up.
        lease: how long a case stays with this station when it falls silent.
        recorder: None where nothing can be heard, as in a simulation.
        device: recording device by name, None for the default.
        free: bytes left for recordings; None where nothing is recorded.
    """

    def __init__(
        self,
        ctx: Context,
        programme: LoadedProgramme,
        *,
        script: Script,
        dialler: Dialler,
        recorder: Recorder | None,
        writing: Writing,
        recording_public: bytes,
        folder: Path,
        schedule: Callable[[Job], None] = at_once,
        listeners: Listeners | None = None,
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
        simulated: bool = False,
        lease: timedelta = queue.LEASE,
        device: str | None = None,
        free: Callable[[], int] | None = None,
    ) -> None:
        self.ctx = ctx
        self.programme = programme
        self.call = Call()
        self.language = programme.programme.default_language
        self._script = script
        self._recorder = recorder
        self._schedule = schedule
        self._listeners = listeners or Listeners()
        self._new_id = new_id
        self._lease = lease
        self._writing = writing
        self._backlog = Backlog(
            ctx.clock,
            writing,
            saved=self._listeners.saved,
            waiting=self._listeners.waiting,
        )
        self._effects = Effects(
            ctx,
            programme,
            writing=writing,
            dialler=dialler,
            backlog=self._backlog,
            recorder=recorder,
            recording_public=recording_public,
            folder=folder,
            settled=self._listeners.settled,
            device=device,
            simulated=simulated,
            free=free,
        )
        self._stepping = threading.Lock()
        self._generation = 0
        self._time: Steady | None = None

    @property
    def device(self) -> str | None:
        """The recording device in use by name, None for the default; what is recorded next takes it."""
        return self._effects.device

    @device.setter
    def device(self, name: str | None) -> None:
        self._effects.device = name

    # ---- what the operator does ------------------------------------------------------------------

    def claim(self) -> Assignment | None:
        """Take the next case from the queue (blocks on the database); None when there is none now.

        Raises:
            CatiError: ``not_now`` while another case is on the station, as when it could not be settled;
                ``saved_here`` while earlier work is not on the server yet.
        """
        if self.call.phase is not Phase.IDLE:
            raise machine.not_now()
        self._writing.catch_up()
        found = queue.claim_next(self.ctx, self.programme, lease=self._lease)
        if found is not None:
            self._writing.taken(found)
        return found

    def open_call_back(self, number: str) -> Assignment:
        """The case of a respondent who calls (blocks on the database); the one in hand goes back.

        Raises:
            CatiError: ``not_now`` in a call, and what `cati.services.call_backs.open_case` refuses.
        """
        if self.call.phase not in (Phase.IDLE, Phase.READY):
            raise machine.not_now()
        self._writing.catch_up()
        found = call_backs.open_case(
            self.ctx, self.programme, number, instead=self.call.assignment, lease=self._lease
        )
        self._writing.taken(found)
        return found

    def take(self, assignment: Assignment) -> None:
        """Put a claimed case on the station."""
        self._step(Claimed(assignment, self._script, facts(self.programme.programme, assignment)))
        self._time = None
        self._backlog.saved_seq = self.call.seq

    def lay_down(self) -> None:
        """Forget a case that was not dialled; it goes back to the queue when its lease lapses."""
        if self.call.phase is machine.Phase.READY:
            self.call = Call()

    def change_number(self) -> None:
        """Use the entry's next number."""
        self._step(NumberChanged())

    def dial(self) -> None:
        """Commit an attempt, then dial."""
        self._step(Dialled(self._new_id(), self.now()))

    def connect(self) -> None:
        """Somebody answered: record, and open the interview."""
        self._step(Connected(self._new_id(), self._new_id(), self.now()))

    def call_back(self) -> None:
        """The respondent of the case in hand has called and is on the line: record, open the interview."""
        self._step(CalledBack(self._new_id(), self._new_id(), self._new_id(), self.now()))

    def answer(self, value: str, item: str | None = None) -> None:
        """Record an answer to the question shown, or to another one on the path."""
        name = item or self.call.shown
        assert name is not None
        self._step(Answered(self._new_id(), name, value, self.now(), recording_id=self._recorded_again()))

    def _recorded_again(self) -> str:
        """Names what is recorded when the respondent agrees to that after all."""
        return self._new_id() if self.call.declined else ""

    def type(self, text: str) -> None:
        """Take what stands in the field of the question shown; it is recorded when the question is left."""
        if self.call.shown is not None:
            self._step(Typed(self.call.shown, text))

    def keep(self) -> None:
        """Make the note and what is typed durable."""
        self._step(Kept())

    def record_typed(self) -> None:
        """What was typed and not entered becomes an answer when its question is left."""
        item, value = self.call.shown, self.call.unrecorded
        if item is not None and value is not None:
            again = self._recorded_again()
            self._step(Answered(self._new_id(), item, value, self.now(), stays=True, recording_id=again))

    def move(self, direction: int) -> None:
        """Show the question before (-1) or after (+1)."""
        self.record_typed()
        self._step(Moved(direction))

    def toggle_prompted(self) -> None:
        """Switch the mark that somebody tells the respondent what to say."""
        self._step(Prompted())

    def note(self, text: str) -> None:
        """Replace the note on this attempt."""
        self._step(Noted(text))

    def record_again(self) -> None:
        """The recorder stopped in the middle of the call: go on in a new file."""
        self._step(RecordingBroken(self._new_id(), self.now()))

    def decline_recording(self, declined: bool) -> None:
        """The respondent does not want to be recorded, or agrees after all: into a new file."""
        self._step(RecordingDeclined(declined, self._recorded_again(), self.now()))

    def end(self) -> None:
        """Close the line and the recording; the outcome comes next."""
        self.record_typed()
        self._step(Ended(self.now()))

    def reopen(self) -> None:
        """Ending the call was a mistake: go on where it was, recording into a new file."""
        self._step(Reopened(self._new_id(), self.now()))

    def redial(self) -> None:
        """The line dropped: end this attempt as dropped and dial again at once."""
        if self.call.phase is Phase.CONNECTED:
            self.end()
        self._step(Redialled(self._new_id(), self.now()))

    def settle(
        self,
        disposition: str,
        *,
        not_before: datetime | None = None,
        mine: bool = True,
        firm: bool = True,
        language: str | None = None,
        colleague: int | None = None,
    ) -> None:
        """Close the case with an outcome; a call that is still connected is ended first."""
        if self.call.phase is Phase.CONNECTED:
            self.end()
        self._step(Settled(disposition, self.now(), not_before, mine, firm, language, colleague))

    def hand_over(self) -> None:
        """The operator knows this person: give the case to somebody else."""
        self._step(HandedOver(self.now()))

    def now(self) -> datetime:
        """The time (aware, UTC); from dialling to the outcome it never jumps, whatever the clock does."""
        if self._time is None or self.call.phase in (Phase.IDLE, Phase.READY):
            self._time = Steady(self.ctx.clock)
        return self._time.now()

    def heartbeat(self) -> bool:
        """Keep the lease (blocks on the database); False when it was lost."""
        case = self.call.assignment
        return case is None or queue.heartbeat(self.ctx, case.case_id, case.epoch, lease=self._lease)

    @property
    def unsaved(self) -> int:
        """Answers given but not yet durable."""
        return len(self._backlog)

    @property
    def saved_seq(self) -> int:
        """Number of the last answer of the case that is durable."""
        return self._backlog.saved_seq

    def retry(self) -> None:
        """Have stored what waits, if the last try was a second ago; to be called every now and then."""
        self._backlog.retry(self._schedule)

    # ---- carrying out ----------------------------------------------------------------------------

    def _step(self, event: Event) -> None:
        with self._stepping:
            before, generation = self.call, self._generation
            self.call, effects = machine.step(before, event)
        if effects:
            offset_ms = self._heard_at(effects)
            self._schedule(lambda: self._carry_out_all(generation, before, effects, offset_ms))

    def _heard_at(self, effects: tuple[Effect, ...]) -> int | None:
        """Place in the recording at which a step was made, which may be stored much later.

        A recording that ends with the step takes in nothing more from now on, unless the step may be taken
        back.
        """
        if self._recorder is None:
            return None
        offset_ms = self._recorder.offset_ms()
        final = not any(isinstance(effect, _TAKEN_BACK) for effect in effects)
        if final and any(isinstance(effect, StopRecording) for effect in effects):
            self._recorder.cut()
        return offset_ms

    def _carry_out_all(
        self, generation: int, before: Call, effects: tuple[Effect, ...], offset_ms: int | None
    ) -> None:
        if generation != self._generation:
            return  # made on top of a step that was taken back meanwhile
        for effect in effects:
            name = type(effect).__name__
            self._listeners.boundary(f"before {name}")
            try:
                self._effects.carry_out(effect, offset_ms)
            except Exception as fault:  # whatever it is, the operator goes on and is told
                taken_back = isinstance(effect, _TAKEN_BACK)
                if taken_back:
                    self._take_back(before)
                self._listeners.fault(fault)
                if taken_back:
                    return
            self._listeners.boundary(f"after {name}")

    def _take_back(self, before: Call) -> None:
        with self._stepping:
            self._generation += 1
            self.call = before
