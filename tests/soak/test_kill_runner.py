"""A station is killed a hundred times at random moments and starts again: nothing ticked is ever lost."""

from __future__ import annotations

import multiprocessing
import random
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cati.base.clock import VirtualClock
from cati.domain.call import Phase
from cati.domain.queue import CaseState, Reason
from cati.station.recordings import note_left_behind
from cati.station.runner import Listeners
from cati.store import tables as t
from cati.store.engine import Connection, Database
from tests.rig.folders import in_memory
from tests.station import cut_off
from tests.station.cut_off import next_question, station
from tests.station.office import START, open_office, programme_of

KILLS = 100
CASES = 5000
SHORTEST, LONGEST = 0.2, 0.9
"""Seconds a station lives; it needs about a third of a second to sign in."""


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=in_memory()) as name:
        yield Path(name)


def test_a_hundred_kills_lose_nothing(database_url: str, folder: Path) -> None:
    with closing(Database(database_url)) as database:
        big = programme_of(quotas=(CASES,), factor=1)
        open_office(database, VirtualClock(START), folder, big, list_size=CASES).hire(cut_off.LOGIN)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.station.cut_off"])
    chance = random.Random(20240221)
    resumed = 0
    for kill in range(1, KILLS + 1):
        child = context.Process(target=cut_off.work_on, args=(database_url, folder, kill))
        child.start()
        child.join(chance.uniform(SHORTEST, LONGEST))
        assert child.exitcode is None, f"the station ended by itself with {child.exitcode}"
        child.kill()
        child.join(30)
        resumed += _start_again(database_url, folder, kill)
    assert resumed > KILLS / 4, "hardly a call was cut off"


def _start_again(url: str, folder: Path, kill: int) -> bool:
    """Check what is left, and whether a call that was cut off goes on where it was; gives whether one was."""
    runner = station(url, folder, Listeners(), kill)
    with closing(runner.ctx.database) as database:
        with database.read() as connection:
            stored = _answers(connection)
            _check_books(connection)
        for interview, seqs in stored.items():
            assert seqs == list(range(1, len(seqs) + 1)), f"{interview} has {seqs}"
        assert _ticked(folder) <= _ticks_of(stored), "ticked answers were lost"
        note_left_behind(runner.ctx, folder)
        found = runner.claim()
        assert found is not None
        runner.take(found)
        if found.interview is None or not found.interview.answers:
            return False
        assert found.reason is Reason.RESUME
        assert found.interview.seq == len(stored[found.interview.id])
        if runner.call.phase is Phase.READY:
            runner.dial()
            runner.connect()
            assert runner.call.shown == next_question(found.interview.answers)
            runner.end()
        return True


def _answers(connection: Connection) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    query = select(t.answers.c.interview_id, t.answers.c.seq).order_by(t.answers.c.seq)
    for row in connection.execute(query):
        found.setdefault(row.interview_id, []).append(row.seq)
    return found


def _ticked(folder: Path) -> set[tuple[str, int]]:
    file = folder / "ticks"
    lines = file.read_text().splitlines() if file.exists() else []
    return {(interview, int(seq)) for interview, seq in map(str.split, lines)}


def _ticks_of(stored: dict[str, list[int]]) -> set[tuple[str, int]]:
    return {(interview, seq) for interview, seqs in stored.items() for seq in seqs}


def _check_books(connection: Connection) -> None:
    """What the cell counts is what its cases and interviews say."""
    cell = connection.execute(select(t.cells)).one()

    def count(*where: object) -> int:
        return connection.scalar(select(func.count()).where(*where)) or 0  # type: ignore[arg-type]

    complete = count(t.cases.c.state == int(CaseState.COMPLETE))
    assert (cell.completed, cell.overshoot) == (complete, 0)
    assert cell.reserved == count(t.cases.c.reserves)
    assert complete == count(t.interviews.c.state == "complete")
    assert count(t.interviews.c.state == "open") <= 1
    assert count(t.attempts.c.disposition.is_(None)) <= 1
