"""One conversation on a station that may be killed at any boundary of an effect, in a process of its own."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from cati.audio.codec import SAMPLE_RATE
from cati.audio.container import Header
from cati.audio.writer import Writer
from cati.base.clock import VirtualClock
from cati.domain.call import Phase
from cati.domain.ports import RecordingSummary
from cati.services import programmes, sessions
from cati.station.runner import CallRunner, Listeners
from cati.store.engine import Database
from tests.station.office import PASSWORD, START, runner_of

LOGIN = "zhou"
QUESTIONS = ("opening", "item1", "item2", "item3", "opinion", "closing")
ANSWERS = (
    ("opening", "yes"),
    ("item1", "fair"),
    ("item2", "poor"),
    # here the line drops, and the respondent thinks again
    ("item2", "bad"),
    ("item3", "satisfied"),
    ("opinion", "多开放几天"),
    ("closing", "read"),
)
BEFORE_DROP = 3
NOTE, TYPED = "再打", "多开"
"""Written down before the opinion is entered."""


class ToneRecorder:
    """Records a second of sound at every marker, into a file as the real recorder writes it."""

    def __init__(self) -> None:
        self._writer: Writer | None = None
        self._recording_id = ""

    def start(
        self,
        *,
        path: Path,
        recording_id: str,
        attempt_id: str,
        public_key: bytes,
        started_at: datetime,
        device: str | None = None,
    ) -> None:
        self._recording_id = recording_id
        self._writer = Writer(path, public_key, Header(recording_id, attempt_id, started_at, codec="pcm"))

    def mark(self, kind: str, **values: str) -> None:
        assert self._writer is not None
        self._writer.mark(kind, values)
        self._writer.write(np.full((SAMPLE_RATE, 1), 1000, np.int16))

    def offset_ms(self) -> int | None:
        return None if self._writer is None else self._writer.frames * 1000 // SAMPLE_RATE

    def cut(self) -> None:
        pass

    def stop(self) -> RecordingSummary | None:
        writer, self._writer = self._writer, None
        if writer is None:
            return None
        writer.close()
        length = writer.frames * 1000 // SAMPLE_RATE
        return RecordingSummary(self._recording_id, None, length, 1, writer.size, True, False, None)


def answers_after(count: int) -> dict[str, str]:
    """What holds after the first `count` answers of the conversation."""
    return dict(ANSWERS[:count])


def next_question(held: Mapping[str, str]) -> str | None:
    """The question that is to be asked next."""
    return next((name for name in QUESTIONS if name not in held), None)


def converse(runner: CallRunner) -> None:
    """The whole conversation, from the claimed case to its outcome."""
    runner.dial()
    runner.connect()
    for item, value in ANSWERS[:BEFORE_DROP]:
        runner.answer(value, item)
    runner.redial()
    runner.connect()
    runner.move(-1)
    for item, value in ANSWERS[BEFORE_DROP:-2]:
        runner.answer(value, item)
    runner.note(NOTE)
    runner.type(TYPED)
    runner.keep()
    for item, value in ANSWERS[-2:]:
        runner.answer(value, item)
    runner.toggle_prompted()
    runner.end()
    runner.settle("complete")


def station(url: str, folder: Path, listeners: Listeners, minutes: int) -> CallRunner:
    """The operator's runner, signed in at that many minutes from the start."""
    database = Database(url, pool_size=1)
    clock = VirtualClock(START + timedelta(minutes=minutes))
    ctx = sessions.sign_in(database, clock, LOGIN, PASSWORD, "pc-zhou")
    return runner_of(ctx, programmes.get(ctx), folder, recorder=ToneRecorder(), listeners=listeners)


def die() -> None:
    """As when the plug is pulled, as far as the program can tell."""
    os.kill(os.getpid(), signal.SIGKILL)


def ticking(folder: Path, boundary: Callable[[str], None]) -> Listeners:
    """Listeners that write each tick down where it outlives the process."""
    ticks = os.open(folder / "ticks", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    return Listeners(saved=lambda seq: _write(ticks, str(seq)), boundary=boundary)


def _write(file: int, line: str) -> None:
    os.write(file, f"{line}\n".encode())


def work(url: str, folder: Path, kill_at: int) -> None:
    """Converse until the boundary of that number, counted from 1."""
    passed = 0

    def boundary(_name: str) -> None:
        nonlocal passed
        passed += 1
        if passed == kill_at:
            die()

    runner = station(url, folder, ticking(folder, boundary), minutes=1)
    assignment = runner.claim()
    assert assignment is not None
    runner.take(assignment)
    converse(runner)


def finish(runner: CallRunner) -> None:
    """Bring the case on the station to its outcome, wherever it was cut off."""
    if runner.call.phase is Phase.READY and not runner.call.answers:
        converse(runner)
        return
    if runner.call.phase is Phase.READY:
        runner.dial()
        runner.connect()
        for item, value in answers_after(len(ANSWERS)).items():
            if item not in runner.call.answers:
                runner.answer(value, item)
        runner.end()
    runner.settle("complete")


def work_on(url: str, folder: Path, minutes: int) -> None:
    """Finish one case after the other, writing each tick down as interview and number."""
    ticks = os.open(folder / "ticks", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    listeners = Listeners(
        saved=lambda seq: _write(ticks, f"{runner.call.interview_id} {seq}"),
    )
    runner = station(url, folder, listeners, minutes)
    while (assignment := runner.claim()) is not None:
        runner.take(assignment)
        finish(runner)
