"""The window's thread runs ahead of the one that stores, and things fail behind its back."""

from __future__ import annotations

import queue as queues
import random
import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from cati.domain.call import Phase
from cati.domain.ports import AnswerEvent
from cati.domain.queue import CaseState
from cati.services import calls
from cati.services.context import Context
from cati.services.interviews import DatabaseAnswerLog
from cati.station.runner import CallRunner, Job, Listeners
from cati.store import tables as t
from tests.rig.furnished import Furnished
from tests.station.cut_off import QUESTIONS
from tests.station.desk import Gone, breaking
from tests.station.office import Office, open_office, runner_of


@pytest.fixture
def office(furnished: Furnished) -> Office:
    return furnished(open_office)


class Flaky:
    """A log that fails every now and then, on the thread that carries out effects."""

    def __init__(self, ctx: Context, chance: random.Random) -> None:
        self._log = DatabaseAnswerLog(ctx)
        self._chance = chance

    def append(self, event: AnswerEvent) -> None:
        if self._chance.random() < 0.3:
            raise Gone
        self._log.append(event)


@pytest.mark.parametrize("seed", range(3))
def test_a_window_that_runs_ahead_of_its_worker_loses_nothing(
    office: Office, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    ctx = office.hire("zhou")
    jobs: queues.SimpleQueue[Job | None] = queues.SimpleQueue()
    faults: list[Exception] = []
    runner = runner_of(
        ctx,
        office.programme,
        tmp_path,
        answers=Flaky(ctx, chance),
        schedule=jobs.put,
        listeners=Listeners(fault=faults.append),
    )
    worker = threading.Thread(target=lambda: [job() for job in iter(jobs.get, None)])
    worker.start()
    try:
        _work_at_both_ends(runner, jobs, chance, monkeypatch)
    finally:
        jobs.put(None)
        worker.join(30)
    assert not worker.is_alive()
    assert runner.unsaved == 0
    with ctx.database.read() as connection:
        seqs = connection.scalars(select(t.answers.c.seq).order_by(t.answers.c.seq)).all()
        held = connection.execute(select(t.responses.c.item, t.responses.c.value)).all()
        cell = connection.execute(select(t.cells.c.completed, t.cells.c.reserved)).one()
        case = connection.scalars(select(t.cases.c.state).where(t.cases.c.epoch > 0)).all()
    assert list(seqs) == list(range(1, len(seqs) + 1))
    last = ("yes", "bad", "poor", "fair", "意见", "read")
    assert dict(held) == dict(zip(QUESTIONS, last, strict=True))
    assert tuple(cell) == (1, 0)
    assert case == [CaseState.COMPLETE]


def _work_at_both_ends(
    runner: CallRunner,
    jobs: queues.SimpleQueue[Job | None],
    chance: random.Random,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def settled() -> Phase:
        """Where the call is when the worker has caught up."""
        done = threading.Event()
        jobs.put(done.set)
        assert done.wait(30)
        return runner.call.phase

    breaking(monkeypatch, calls, "begin_attempt", failures=2)
    breaking(monkeypatch, calls, "close", failures=2)
    found = runner.claim()
    assert found is not None
    runner.take(found)
    while settled() is Phase.READY:
        runner.dial()
    runner.connect()
    for item, value in zip(
        ("opening", "item1", "item2", "item3"), ("yes", "fair", "poor", "bad"), strict=True
    ):
        runner.answer(value, item)
    for item, value in (("item3", "fair"), ("item1", "bad")):
        runner.move(-chance.randrange(1, 3))
        runner.answer(value, item)
    runner.answer("意见", "opinion")
    runner.answer("read", "closing")
    runner.end()
    while settled() is not Phase.IDLE:
        runner.settle("complete")
