"""The only starter of threads in the window: short statements in order, long jobs beside them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from cati.base import logging
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.gui.events import GuiThread

Result = TypeVar("Result")
Raised = TypeVar("Raised", bound=Exception)
Failed = Callable[[CatiError], Any]
CLOSE_SECONDS = 10.0


class Cancelled(Exception):
    """Raised inside a long job when it was asked to stop; the job lets it pass."""


class Job:
    """A long job under way; handed to its work as the way to report and to notice a stop.

    Args:
        report: takes share and words in the window's thread.
    """

    def __init__(self, report: Callable[[float, str], None]) -> None:
        self._report = report
        self._stop = threading.Event()

    def cancel(self) -> None:
        """Ask the job to stop at its next step."""
        self._stop.set()

    def step(self, share: float, words: str = "") -> None:
        """Say how far the job is; called by its work, in its thread.

        Args:
            share: 0 to 1.
            words: what is being done.

        Raises:
            Cancelled: the job was asked to stop.
        """
        if self._stop.is_set():
            raise Cancelled
        self._report(share, words)


@dataclass(frozen=True)
class _Asked:
    work: Callable[[], Any]
    asker: QObject
    done: Callable[[Any], Any]
    failed: Failed
    progressed: Callable[[float, str], Any] = lambda _share, _words: None


class Tasks(QObject):
    """Runs work outside the window's thread and brings results back into it.

    Every piece of work has an asker; when that is deleted the result is dropped. A `CatiError` reaches
    ``failed`` as it is; anything else is logged, told once by `fault`, and ``failed`` gets a sentence.

    What was asked for is kept in the window's thread and let go of there: a thread that held the last
    reference to a widget would destroy it beside the window, which crashes.

    Attributes:
        asked: how many short statements were asked for so far.
    """

    fault = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._gui = GuiThread(self)
        self._lanes: dict[str, tuple[queue.SimpleQueue[int | None], threading.Thread]] = {}
        self._kept: dict[int, _Asked] = {}
        self._numbers = count()
        self._jobs: list[tuple[threading.Thread, Job]] = []
        self._closed = False
        self.asked = 0

    def run(
        self,
        asker: QObject,
        work: Callable[[], Result],
        done: Callable[[Result], Any],
        failed: Failed,
        lane: str = "",
    ) -> None:
        """Run a short statement in the worker, after those asked before it.

        Args:
            asker: the result is dropped when it has been deleted.
            work: runs in the worker; touches no widget.
            done: takes the result in the window's thread.
            failed: takes the error in the window's thread.
            lane: names another worker, for what must not wait behind statements that a server lets wait.
        """
        self._refuse_when_closed()
        if lane not in self._lanes:
            waiting: queue.SimpleQueue[int | None] = queue.SimpleQueue()
            name = f"cati-{lane or 'statements'}"
            worker = threading.Thread(target=self._serve, args=(waiting,), name=name, daemon=True)
            self._lanes[lane] = waiting, worker
            worker.start()
        self.asked += 1
        number = next(self._numbers)
        self._kept[number] = _Asked(work, asker, done, failed)
        self._lanes[lane][0].put(number)

    def start(
        self,
        asker: QObject,
        work: Callable[[Job], Result],
        done: Callable[[Result], Any],
        failed: Failed,
        progressed: Callable[[float, str], Any] = lambda _share, _words: None,
    ) -> Job:
        """Run a long job in a thread of its own.

        Args:
            asker: result and progress are dropped when it has been deleted.
            work: runs in the thread, tells its progress to the job it is given, and is stopped there.
            done: takes the result in the window's thread.
            failed: takes the error in the window's thread, also ``cancelled``.
            progressed: takes share and words in the window's thread.
        """
        self._refuse_when_closed()
        number = next(self._numbers)
        job = Job(lambda share, words: self._gui.post(lambda: self._progress(number, share, words), self))
        self._jobs = [(thread, other) for thread, other in self._jobs if thread.is_alive()]
        self._kept[number] = _Asked(partial(work, job), asker, done, failed, progressed)
        thread = threading.Thread(target=self._carry_out, args=(number,), name="cati-job", daemon=True)
        self._jobs.append((thread, job))
        thread.start()
        return job

    def end_jobs(self, seconds: float = CLOSE_SECONDS) -> None:
        """Have the long jobs stop, and wait for that; for work in the worker."""
        for _thread, job in self._jobs:
            job.cancel()
        for thread, _job in self._jobs:
            thread.join(seconds)

    def close(self, seconds: float = CLOSE_SECONDS) -> bool:
        """Finish the statements that were asked for, stop the jobs, and start nothing any more.

        Their results are dropped: nobody is there any more to take them.

        Returns:
            Whether all threads ended within `seconds`.
        """
        self._closed = True
        for _thread, job in self._jobs:
            job.cancel()
        threads = [thread for thread, _job in self._jobs]
        for waiting, worker in self._lanes.values():
            waiting.put(None)
            threads.append(worker)
        for thread in threads:
            thread.join(seconds)
        late = sum(thread.is_alive() for thread in threads)
        if late:
            logging.warning("threads_left_behind", count=late)
        else:
            self._kept.clear()
        return not late

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise RuntimeError("tasks are closed")

    def _serve(self, waiting: queue.SimpleQueue[int | None]) -> None:
        while (number := waiting.get()) is not None:
            self._carry_out(number)

    def _carry_out(self, number: int) -> None:
        try:
            result = self._kept[number].work()
        except Cancelled:
            self._tell(number, _cancelled())
        except CatiError as error:
            self._tell(number, _bare(error))
        except Exception as error:
            reference = logging.fault("task", error)
            _bare(error)
            self._gui.post(lambda: self.fault.emit(reference), self)
            self._tell(number, fault_sentence(reference))
        else:
            self._gui.post(lambda: self._hand_over(number, result), self)

    def _tell(self, number: int, error: CatiError) -> None:
        self._gui.post(lambda: self._hand_over(number, error, failed=True), self)

    def _progress(self, number: int, share: float, words: str) -> None:
        asked = self._kept.get(number)
        if asked is not None and isValid(asked.asker):
            asked.progressed(share, words)

    def _hand_over(self, number: int, what: Any, *, failed: bool = False) -> None:
        asked = self._kept.pop(number, None)
        if asked is not None and not self._closed and isValid(asked.asker):
            (asked.failed if failed else asked.done)(what)


def _bare(error: Raised) -> Raised:
    """The same error without what it went through, which holds on to whatever was at work there."""
    error.__cause__ = error.__context__ = error.__traceback__ = None
    return error


def fault_sentence(reference: str) -> CatiError:
    """What the user is told of a fault of the program; the log has the rest under `reference`."""
    return CatiError(
        "fault",
        N_(
            "The program failed and logged it as {reference}. Answers already ticked are "
            "safe. Try again; if it fails again, tell whoever looks after the program."
        ),
        reference=reference,
    )


def _cancelled() -> CatiError:
    return CatiError("cancelled", N_("Stopped. What was finished before is kept."))
