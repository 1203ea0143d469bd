"""The only starter of threads in the window: short statements in order, long jobs beside them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from cati.base import logging
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.gui.events import GuiThread

Result = TypeVar("Result")
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
class _Short:
    work: Callable[[], Any]
    asker: QObject
    done: Callable[[Any], Any]
    failed: Failed


class Tasks(QObject):
    """Runs work outside the window's thread and brings results back into it.

    Every piece of work has an asker; when that is deleted the result is dropped. A `CatiError` reaches
    ``failed`` as it is; anything else is logged, told once by `fault`, and ``failed`` gets a sentence.

    Attributes:
        asked: how many short statements were asked for so far.
    """

    fault = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._gui = GuiThread(self)
        self._queue: queue.SimpleQueue[_Short | None] = queue.SimpleQueue()
        self._worker: threading.Thread | None = None
        self._jobs: list[tuple[threading.Thread, Job]] = []
        self._closed = False
        self.asked = 0

    def run(
        self, asker: QObject, work: Callable[[], Result], done: Callable[[Result], Any], failed: Failed
    ) -> None:
        """Run a short statement in the worker, after those asked before it.

        Args:
            asker: the result is dropped when it has been deleted.
            work: runs in the worker; touches no widget.
            done: takes the result in the window's thread.
            failed: takes the error in the window's thread.
        """
        self._refuse_when_closed()
        if self._worker is None:
            self._worker = threading.Thread(target=self._serve, name="cati-statements", daemon=True)
            self._worker.start()
        self.asked += 1
        self._queue.put(_Short(work, asker, done, failed))

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
        job = Job(lambda share, words: self._gui.post(lambda: progressed(share, words), asker))
        self._jobs = [(thread, other) for thread, other in self._jobs if thread.is_alive()]
        thread = threading.Thread(
            target=self._carry_out,
            args=(_Short(lambda: work(job), asker, done, failed),),
            name="cati-job",
            daemon=True,
        )
        self._jobs.append((thread, job))
        thread.start()
        return job

    def close(self, seconds: float = CLOSE_SECONDS) -> bool:
        """Finish the statements that were asked for, stop the jobs, and start nothing any more.

        Their results are dropped: nobody is there any more to take them.

        Returns:
            Whether all threads ended within `seconds`.
        """
        self._closed = True
        for _thread, job in self._jobs:
            job.cancel()
        self._queue.put(None)
        threads = [thread for thread, _job in self._jobs]
        if self._worker is not None:
            threads.append(self._worker)
        for thread in threads:
            thread.join(seconds)
        late = sum(thread.is_alive() for thread in threads)
        if late:
            logging.warning("threads_left_behind", count=late)
        return not late

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise RuntimeError("tasks are closed")

    def _serve(self) -> None:
        while (short := self._queue.get()) is not None:
            self._carry_out(short)

    def _carry_out(self, short: _Short) -> None:
        try:
            result = short.work()
        except Cancelled:
            self._tell(short.asker, short.failed, _cancelled())
        except CatiError as error:
            self._tell(short.asker, short.failed, error)
        except Exception as error:
            reference = logging.fault("task", error)
            self._gui.post(lambda: self.fault.emit(reference), self)
            self._tell(short.asker, short.failed, fault_sentence(reference))
        else:
            self._tell(short.asker, short.done, result)

    def _tell(self, asker: QObject, take: Callable[[Any], Any], what: object) -> None:
        self._gui.post(lambda: None if self._closed else take(what), asker)


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
