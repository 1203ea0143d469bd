"""A station is killed at every boundary of every effect: nothing ticked is lost, and work goes on."""

from __future__ import annotations

import multiprocessing
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cati.base.clock import VirtualClock
from cati.domain.call import Phase
from cati.domain.queue import CaseState, Reason
from cati.station.recordings import note_left_behind
from cati.station.runner import CallRunner, Listeners
from cati.store import tables as t
from cati.store.engine import Database
from tests.rig.folders import in_memory
from tests.rig.postgres import Postgres
from tests.station import cut_off
from tests.station.cut_off import ANSWERS, NOTE, TYPED, answers_after, converse, next_question, station
from tests.station.office import START, open_office

AT_ONCE = 2
CUT_OFF = ("interrupted", "dialling_cut_off")
"""Stations that are killed at the same time."""

Copies = Callable[[Path], Iterator[str]]


def furnished(url: str, folder: Path) -> None:
    """A bureau with an operator, in the database at `url`."""
    database = Database(url)
    office = open_office(database, VirtualClock(START), folder)
    office.hire(cut_off.LOGIN)
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def copies(request: pytest.FixtureRequest, tmp_path: Path) -> Copies:
    """Makes any number of databases of such a bureau, each beside a folder."""
    if request.param == "sqlite":
        template = tmp_path / "template.db"
        shutil.copyfile(request.getfixturevalue("_sqlite_template"), template)
        furnished(f"sqlite:///{template}", tmp_path)

        def of_file(folder: Path) -> Iterator[str]:
            shutil.copyfile(template, folder / "cati.db")
            yield f"sqlite:///{folder}/cati.db"

        return of_file
    url: str = request.getfixturevalue("postgres_url")
    server: Postgres = request.getfixturevalue("postgres_server")
    furnished(url, tmp_path)

    def of_server(_folder: Path) -> Iterator[str]:
        name = server.copied(url.rsplit("/", 1)[1])
        try:
            yield server.url(name)
        finally:
            server.leave(name)

    return of_server


@contextmanager
def place(copies: Copies) -> Iterator[tuple[str, Path]]:
    """A database and a folder for one station; in memory, since nobody pulls this computer's plug."""
    with tempfile.TemporaryDirectory(dir=in_memory()) as name, contextmanager(copies)(Path(name)) as url:
        yield url, Path(name)


def boundaries(copies: Copies) -> list[str]:
    """The names of all boundaries of the conversation, in order."""
    passed: list[str] = []
    with place(copies) as (url, folder):
        runner = station(url, folder, Listeners(boundary=passed.append), minutes=1)
        with closing(runner.ctx.database):
            take_next(runner)
            converse(runner)
    return passed


def take_next(runner: CallRunner) -> None:
    found = runner.claim()
    assert found is not None
    runner.take(found)


@pytest.mark.long
def test_a_station_killed_anywhere_loses_no_tick_and_comes_back_to_the_same_question(copies: Copies) -> None:
    passed = boundaries(copies)
    # After one effect is before the next: nothing happens in between.
    moments = [n for n, name in enumerate(passed, start=1) if name.startswith("before")] + [len(passed)]
    assert len(moments) > 30
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.station.cut_off"])
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = pool.map(lambda n: _killed_at(copies, context, n, "after KeepTyped" in passed[:n]), moments)
    problems = {f"{n} {passed[n - 1]}": problem for n, problem in zip(moments, found, strict=True) if problem}
    assert problems == {}


def _killed_at(
    copies: Copies, context: multiprocessing.context.ForkServerContext, n: int, kept: bool
) -> str | None:
    with place(copies) as (url, folder):
        child = context.Process(target=cut_off.work, args=(url, folder, n))
        child.start()
        child.join(60)
        if child.exitcode != -9:
            return f"the station ended with {child.exitcode} instead of being killed"
        try:
            _go_on(url, folder, kept)
        except AssertionError as fault:
            return str(fault) or repr(fault.__traceback__ and fault.__traceback__.tb_lineno)
    return None


def _go_on(url: str, folder: Path, kept: bool) -> None:
    """The operator starts the computer again."""
    file = folder / "ticks"
    ticked = [int(line) for line in file.read_text().split()] if file.exists() else []
    runner = station(url, folder, Listeners(), minutes=2)
    with closing(runner.ctx.database) as database:
        _check_what_is_left(runner, database, folder, ticked, kept)
        _check_books(database)


def _check_what_is_left(
    runner: CallRunner, database: Database, folder: Path, ticked: list[int], kept: bool
) -> None:
    with database.read() as connection:
        stored = connection.execute(select(t.answers).order_by(t.answers.c.seq)).all()
        case = connection.execute(select(t.cases).where(t.cases.c.epoch > 0)).one()
        open_files = connection.scalars(select(t.recordings.c.id).where(t.recordings.c.duration_ms.is_(None)))
        left_open = set(open_files)
    assert [row.seq for row in stored] == list(range(1, len(stored) + 1)), "an answer is there twice"
    assert ticked == list(range(1, len(ticked) + 1)), "ticks are out of order"
    assert len(ticked) <= len(stored) <= len(ticked) + 1, f"{len(ticked)} ticks, {len(stored)} answers"
    assert [(row.item, row.value) for row in stored] == list(ANSWERS[: len(stored)])
    assert note_left_behind(runner.ctx, folder) == len(left_open), "recordings left behind were not noted"
    if case.state == CaseState.COMPLETE:
        assert len(stored) == len(ANSWERS), "the case is complete without all its answers"
    else:
        _resume(runner, case.id, len(stored), kept)


def _resume(runner: CallRunner, case_id: int, stored: int, kept: bool) -> None:
    take_next(runner)
    assert runner.call.note == (NOTE if kept else ""), "the note is lost"
    waits = kept and "opinion" not in answers_after(stored)
    assert runner.call.typed == ({"opinion": TYPED} if waits else {}), "typed words are lost"
    assignment = runner.call.assignment
    assert assignment is not None
    # What was not dialled yet was not begun.
    reason = Reason.RESUME if assignment.history else Reason.FRESH
    assert (assignment.case_id, assignment.reason) == (case_id, reason), "another case came"
    assert runner.call.answers == answers_after(stored)
    if next_question(answers_after(stored)) in (None, "closing"):
        assert runner.call.phase is Phase.WRAP_UP, "somebody is called who has answered everything"
        runner.settle("complete")
    else:
        _call_again(runner, case_id, stored)


def _call_again(runner: CallRunner, case_id: int, stored: int) -> None:
    assert runner.call.assignment is not None
    cut = [past for past in runner.call.assignment.history if past.disposition in CUT_OFF]
    runner.dial()
    with runner.ctx.database.read() as connection:
        query = select(t.attempts.c.disposition).order_by(t.attempts.c.number)
        outcomes = connection.scalars(query.where(t.attempts.c.case_id == case_id)).all()
    assert sum(code in CUT_OFF for code in outcomes) == len(cut), f"attempts became {outcomes}"
    assert outcomes[-1] is None
    runner.connect()
    assert runner.call.shown == next_question(answers_after(stored)), "it does not go on where it was"
    for item, value in ANSWERS[stored:]:
        runner.answer(value, item)
    runner.end()
    runner.settle("complete")


def _check_books(database: Database) -> None:
    """One complete interview, its answers and every count agree."""
    with database.read() as connection:
        interviews = connection.execute(select(t.interviews)).all()
        held = {row.item: row.value for row in connection.execute(select(t.responses))}
        seqs = connection.scalars(select(t.answers.c.seq).order_by(t.answers.c.seq)).all()
        cell = connection.execute(select(t.cells)).one()
        states = connection.execute(select(t.cases.c.state, t.cases.c.reserves, t.cases.c.attempts)).all()
        attempts = connection.execute(select(t.attempts).order_by(t.attempts.c.number)).all()
        recordings = connection.execute(select(t.recordings)).all()
        audits = connection.scalar(
            select(func.count()).select_from(t.audit).where(t.audit.c.action == "case_settled")
        )
    assert [row.state for row in interviews] == ["complete"]
    # The closing words need not be confirmed when the station stopped before.
    assert held in (dict(ANSWERS), dict(ANSWERS[:-1]))
    assert list(seqs) == list(range(1, len(seqs) + 1))
    assert (cell.completed, cell.reserved, cell.overshoot) == (1, 0, 0), "the cell is counted wrongly"
    assert [row.state for row in states].count(CaseState.COMPLETE) == 1
    assert not any(row.reserves for row in states), "a place is held by nobody"
    assert [a.number for a in attempts] == list(range(1, max(row.attempts for row in states) + 1))
    assert all(a.disposition for a in attempts), "an attempt has no outcome"
    assert attempts[-1].disposition == "complete"
    assert all(r.duration_ms is not None for r in recordings), "a recording has no end"
    assert all(r.complete or r.problem in ("cut_off", "missing", "damaged") for r in recordings)
    assert audits == 1
