"""Watches the window's thread: whatever keeps it longer than an eye notices is told with where it was."""

from __future__ import annotations

import faulthandler
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from PySide6.QtCore import QTimer

LONGEST_MS = 50.0
_BEAT_MS, _LOOK_S = 5, 0.004


class Stall(NamedTuple):
    """Something that kept the window's thread."""

    when: str
    ms: float
    where: str


class Watch:
    """Notices pauses between beats of a timer in the window's thread, while it is told to look.

    Args:
        longest_ms: what takes longer is a stall.
    """

    def __init__(self, longest_ms: float = LONGEST_MS) -> None:
        self.stalls: list[Stall] = []
        self.when = ""
        self._longest = longest_ms / 1000
        self._beaten, self._looking, self._where = time.perf_counter(), False, ""
        self._thread = threading.get_ident()
        self._timer = QTimer()
        self._timer.setInterval(_BEAT_MS)
        self._timer.timeout.connect(self.beat)
        self._timer.start()
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def beat(self) -> None:
        """The thread is free."""
        now = time.perf_counter()
        if self._looking and now - self._beaten > self._longest:
            self.stalls.append(Stall(self.when, (now - self._beaten) * 1000, self._where))
        self._beaten, self._where = now, ""

    @contextmanager
    def looking(self) -> Iterator[None]:
        """From here the window works as for a person; outside, the test does its own work in its thread."""
        self._beaten, self._looking = time.perf_counter(), True
        try:
            yield
        finally:
            self.beat()
            self._looking = False

    def _watch(self) -> None:
        while not self._ended.wait(_LOOK_S):
            if self._looking and not self._where and time.perf_counter() - self._beaten > self._longest * 0.7:
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
        self._timer.stop()
        self._ended.set()
        self._watcher.join()
