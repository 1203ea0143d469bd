import gc
import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from PySide6.QtCore import QObject
from shiboken6 import delete

from cati.base.errors import CatiError
from cati.gui.events import GuiThread
from cati.gui.tasks import Job, Tasks


@pytest.fixture
def tasks(qapp) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()


def refuse() -> None:
    raise CatiError("list_missing", "The list {name} is missing.", name="A")


def stumble() -> None:
    raise ZeroDivisionError


def never(_anything: object) -> None:
    pytest.fail("this must not be called")


def test_statements_run_outside_the_window_in_the_order_asked(qtbot, tasks: Tasks) -> None:
    ran: list[tuple[int, str]] = []
    results: list[int] = []

    def work(number: int) -> int:
        ran.append((number, threading.current_thread().name))
        return number

    for number in range(20):
        tasks.run(tasks, partial(work, number), results.append, never)
    qtbot.waitUntil(lambda: len(results) == 20)
    assert ran == [(number, "cati-statements") for number in range(20)]
    assert results == list(range(20))


def test_results_arrive_in_the_thread_of_the_window(qtbot, tasks: Tasks) -> None:
    seen: list[threading.Thread] = []
    tasks.run(tasks, lambda: 1, lambda _one: seen.append(threading.current_thread()), never)
    tasks.run(tasks, refuse, never, lambda _error: seen.append(threading.current_thread()))
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen == [threading.main_thread()] * 2


def test_a_refusal_reaches_the_asker_as_it_is(qtbot, tasks: Tasks) -> None:
    errors: list[CatiError] = []
    tasks.run(tasks, refuse, never, errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert str(errors[0]) == "The list A is missing."


def test_a_fault_is_logged_told_once_and_does_not_end_the_worker(
    qtbot, tasks: Tasks, expect_log: Callable[[str], None]
) -> None:
    expect_log("ZeroDivisionError")
    told: list[str] = []
    errors: list[CatiError] = []
    done: list[int] = []
    tasks.fault.connect(told.append)
    tasks.run(tasks, stumble, never, errors.append)
    tasks.run(tasks, lambda: 2, done.append, never)
    qtbot.waitUntil(lambda: bool(done))
    assert len(told) == 1
    assert errors[0].code == "fault"
    assert told[0] in str(errors[0])


def test_the_result_is_dropped_when_the_asker_is_gone(qtbot, tasks: Tasks) -> None:
    asker = QObject()
    done: list[object] = []
    gate = threading.Event()
    tasks.run(asker, gate.wait, never, never)
    delete(asker)
    gate.set()
    tasks.run(tasks, lambda: 1, done.append, never)
    qtbot.waitUntil(lambda: done == [1])


def test_a_long_job_tells_its_progress_and_does_not_block_statements(qtbot, tasks: Tasks) -> None:
    gate = threading.Event()
    steps: list[tuple[float, str]] = []
    done: list[str] = []

    def work(job: Job) -> str:
        job.step(0.5, "half")
        gate.wait()
        job.step(1.0, "all")
        return "long"

    tasks.start(tasks, work, done.append, never, lambda share, words: steps.append((share, words)))
    tasks.run(tasks, lambda: "short", done.append, never)
    qtbot.waitUntil(lambda: done == ["short"] and steps == [(0.5, "half")])
    gate.set()
    qtbot.waitUntil(lambda: done == ["short", "long"])
    assert steps[-1] == (1.0, "all")


def test_a_long_job_that_is_cancelled_ends_in_the_error_path(qtbot, tasks: Tasks) -> None:
    errors: list[CatiError] = []
    gate = threading.Event()

    def work(job: Job) -> None:
        gate.wait()
        job.step(0.5)

    job = tasks.start(tasks, work, never, errors.append)
    job.cancel()
    gate.set()
    qtbot.waitUntil(lambda: bool(errors))
    assert errors[0].code == "cancelled"


def test_closing_finishes_what_was_asked_and_stops_long_jobs(qapp) -> None:
    tasks = Tasks()
    ran: list[int] = []
    began = threading.Event()

    def endless(job: Job) -> None:
        while True:
            began.set()
            job.step(0)

    tasks.start(tasks, endless, never, lambda _error: None)
    began.wait()
    for number in range(50):
        tasks.run(tasks, partial(ran.append, number), lambda _none: None, never)
    assert tasks.close()
    assert ran == list(range(50))
    with pytest.raises(RuntimeError):
        tasks.run(tasks, lambda: 1, never, never)


def test_a_thread_that_does_not_end_is_left_behind_and_said(qapp, expect_log: Callable[[str], None]) -> None:
    expect_log("threads_left_behind count=1")
    tasks, gate = Tasks(), threading.Event()
    tasks.run(tasks, gate.wait, lambda _none: None, never)
    assert not tasks.close(seconds=0.01)
    gate.set()


def test_calls_posted_from_many_threads_all_run_in_the_window(qtbot) -> None:
    gui, seen = GuiThread(), []

    def post(number: int) -> None:
        for _nth in range(100):
            gui.post(lambda: seen.append((number, threading.current_thread() is threading.main_thread())))

    threads = [threading.Thread(target=post, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    qtbot.waitUntil(lambda: len(seen) == 400)
    for thread in threads:
        thread.join()
    assert all(in_window for _number, in_window in seen)


class Watched(QObject):
    """Tells which thread let go of it last."""

    gone: list[threading.Thread]

    def __del__(self) -> None:
        self.gone.append(threading.current_thread())

    def fail_late(self, _job: Job) -> None:
        self.fail()

    def fail(self) -> None:
        raise CatiError("list_missing", "The list is missing.") from KeyError("list")


@pytest.mark.parametrize("long", [False, True])
def test_who_asked_is_let_go_of_in_the_thread_of_the_window(qtbot, tasks: Tasks, long: bool) -> None:
    Watched.gone = []
    told: list[object] = []
    asker = Watched()
    if long:
        tasks.start(asker, partial(Watched.fail_late, asker), never, told.append)
    else:
        tasks.run(asker, asker.fail, never, told.append)
    del asker
    qtbot.waitUntil(lambda: len(told) == 1)
    # The next statement takes the place of the last one in the worker.
    tasks.run(tasks, lambda: 1, told.append, never)
    qtbot.waitUntil(lambda: len(told) == 2)
    gc.collect()
    assert Watched.gone == [threading.main_thread()]
