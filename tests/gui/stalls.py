"""Watches the window's thread: whatever keeps it longer than an eye notices is told with where it was."""

from __future__ import annotations

import faulthandler
import gc
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QTimer

LONGEST_MS = 50.0
_SCHEDULED = Path("/proc/thread-self/schedstat")
_BEAT_MS, _LOOK_S = 5, 0.004


class Stall(NamedTuple):
    """Something that kept the window's thread.

    Attributes:
        when: after which stop of a tour.
        ms: how long by the clock on the wall, but for what the thread waited for a core of a busy machine.
        worked_ms: how much of it the thread worked; else it waited for a file or another thread.
        collected_ms: how much of that went to collecting garbage.
        queued_ms: how long it waited for a core, beside all that.
        where: the stack while it lasted.
    """

    when: str
    ms: float
    worked_ms: float
    collected_ms: float
    queued_ms: float
    where: str


class Moment(NamedTuple):
    """Times of the calling thread, s.

    Attributes:
        clock: on the wall.
        worked: on a core.
        collected: of that, collecting garbage.
        queued: waiting for a core, as Linux counts it.
    """

    clock: float
    worked: float
    collected: float
    queued: float

    @classmethod
    def now(cls, collected: float) -> Moment:
        """At this moment, with what was collected so far."""
        waited = int(_SCHEDULED.read_text("ascii").split()[1]) / 1e9
        return cls(time.perf_counter(), time.thread_time(), collected, waited)


_WATCHES: list[Watch] = []


def between() -> None:
    """Between two things that somebody does: each is answered by itself."""
    for watch in _WATCHES:
        watch.beat()


@contextmanager
def own_work() -> Iterator[None]:
    """What a test does itself in the window's thread, such as preparing a database: nobody waits for that."""
    looked = [watch for watch in _WATCHES if watch.is_looking]
    for watch in looked:
        watch.rest()
    yield
    for watch in looked:
        watch.look()


class Watch:
    """Notices pauses between beats of a timer in the window's thread, while it is told to look.

    Args:
        longest_ms: what takes longer is a stall.
    """

    def __init__(self, longest_ms: float = LONGEST_MS) -> None:
        self.stalls: list[Stall] = []
        self.when = ""
        self._longest = longest_ms
        self._thread = threading.get_ident()
        self._collected, self._collecting = 0.0, 0.0
        gc.callbacks.append(self._collect)
        self._beaten, self._looking, self._where = Moment.now(self._collected), False, ""
        self._timer = QTimer()
        self._timer.setInterval(_BEAT_MS)
        self._timer.timeout.connect(self.beat)
        self._timer.start()
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()
        _WATCHES.append(self)

    def beat(self) -> None:
        """The thread is free."""
        now = Moment.now(self._collected)
        clock, worked, collected, queued = (
            round((end - start) * 1000, 1) for end, start in zip(now, self._beaten, strict=True)
        )
        kept = clock - queued
        if self._looking and kept > self._longest:
            self.stalls.append(Stall(self.when, kept, worked, collected, queued, self._where))
        self._beaten, self._where = now, ""

    @property
    def is_looking(self) -> bool:
        """Whether pauses are noticed now."""
        return self._looking

    def look(self) -> None:
        """From here the window works as for a person."""
        self._beaten, self._looking = Moment.now(self._collected), True

    def rest(self) -> None:
        """From here the test does its own work in the window's thread."""
        self.beat()
        self._looking = False

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Look for a while."""
        self.look()
        try:
            yield
        finally:
            self.rest()

    def _collect(self, phase: str, _info: object) -> None:
        if threading.get_ident() != self._thread:
            return
        if phase == "start":
            self._collecting = time.thread_time()
        else:
            self._collected += time.thread_time() - self._collecting

    def _watch(self) -> None:
        while not self._ended.wait(_LOOK_S):
            if (
                self._looking
                and not self._where
                and time.perf_counter() - self._beaten.clock > self._longest / 1000 * 0.7
            ):
                self._where = self._stack()

    def _stack(self) -> str:
        """Where the window's thread is; asked for in C, as a frame held here would keep its painter alive."""
        with tempfile.TemporaryFile() as file:
            faulthandler.dump_traceback(file)
            file.seek(0)
            said = file.read().decode()
        of_window = said[said.index(f"{self._thread:#018x}") :].splitlines()[1:]
        return "\n".join(line for line in of_window[:8] if "File" in line)

    def close(self) -> None:
        """Look no more."""
        _WATCHES.remove(self)
        gc.callbacks.remove(self._collect)
        self._timer.stop()
        self._ended.set()
        self._watcher.join()
