"""A station of a floor is killed at 500 moments, the server up, down or coming back: nothing is lost.

`SOAK_MOMENTS` says how many (500 if not set), `SOAK_SEED` makes a run that failed happen again.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from cati.base.clock import SystemClock
from cati.domain.ports import AnswerEvent
from cati.domain.queue import CaseState
from cati.services import messages, queue, sessions
from cati.station.outbox import Outbox
from cati.station.sender import Sender, serve
from cati.store import tables as t
from cati.store.engine import Connection, Database
from tests.rig.folders import in_memory
from tests.rig.postgres import Postgres
from tests.rig.proxy import Proxy
from tests.rig.waiting import wait_until
from tests.soak import killed_station
from tests.station.desk import ANSWERS
from tests.station.office import PASSWORD, open_office, programme_of, runner_of

MOMENTS = int(os.environ.get("SOAK_MOMENTS", "500"))
SEED = int(os.environ.get("SOAK_SEED") or random.SystemRandom().randrange(10**6))
LOGIN = "zhou"
STARTING, WORKING = 2.0, 0.4
"""Seconds that a station is given at most to have somebody in hand, and from there on."""
CASES = 4000
PACE = 0.5
"""Seconds of an answer of a station that is stopped between two of them."""


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=in_memory()) as name:
        yield Path(name)


def stays(_proxy: Proxy, _seconds: float) -> None:
    """The line is as it was left."""


def goes(proxy: Proxy, seconds: float) -> None:
    """The line breaks after a while."""
    threading.Event().wait(seconds)
    proxy.down()


def comes_back(proxy: Proxy, seconds: float) -> None:
    """The line is broken and whole again after a while."""
    proxy.down()
    threading.Event().wait(seconds)
    proxy.up()


def comes(proxy: Proxy, _seconds: float) -> None:
    """The line is whole."""
    proxy.up()


FATES: tuple[Callable[[Proxy, float], None], ...] = (stays, goes, comes_back, comes, comes)


def test_whenever_a_station_is_killed_no_ticked_answer_is_lost(
    postgres_server: Postgres, postgres_url: str, folder: Path
) -> None:
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    lasting = programme_of(quotas=(CASES,), factor=1)
    lasting = replace(lasting, settings=replace(lasting.settings, expires=None))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([killed_station.__name__])
    begun = time.monotonic()
    with closing(Database(postgres_url)) as database, closing(Proxy(postgres_server.port)) as proxy:
        open_office(database, SystemClock(), folder, lasting, list_size=CASES).hire(LOGIN)
        pc = folder / "pc"
        pc.mkdir()
        for moment in range(MOMENTS):
            at_work = context.Event()
            child = context.Process(
                target=killed_station.work_on,
                args=(proxy.url(postgres_url), pc, LOGIN, SEED + moment, at_work),
            )
            child.start()
            fate, lives = chance.choice(FATES), chance.uniform(0, WORKING)
            line = threading.Thread(target=fate, args=(proxy, chance.uniform(0, WORKING)))
            if moment % 5:
                at_work.wait(STARTING)
            line.start()
            child.join(lives)
            assert child.exitcode is None, f"the station ended by itself with {child.exitcode}"
            child.kill()
            child.join(30)
            line.join(30)
        proxy.up()
        ctx = sessions.sign_in(database, SystemClock(), LOGIN, PASSWORD, "pc-zhou")
        with closing(Outbox(pc, ctx.clock.now)) as outbox:
            kept = {one.envelope.id: one.envelope.write for one in outbox.kept()}
            waited = len(outbox)
            serve(outbox, ctx)
            sender = Sender(outbox)
            while sender.send_first(ctx):
                pass
        with database.read() as connection:
            stored = {(row.interview_id, row.seq) for row in connection.execute(select(t.answers))}
            aside = set(connection.scalars(select(t.conflicts.c.id)))
            check_books(connection)
    late = {kept[name] for name in aside if isinstance(kept[name], AnswerEvent)}
    ticked = read_ticks(pc)
    assert len(ticked) > MOMENTS, "hardly anything was answered"
    assert ticked <= stored | {(one.interview_id, one.seq) for one in late if isinstance(one, AnswerEvent)}
    print(
        f"{MOMENTS} kills in {time.monotonic() - begun:.0f} s: {len(ticked)} ticks, {len(stored)} answers, "
        f"{len(aside)} set aside, {waited} sent at the end"
    )


def test_a_station_stopped_beyond_its_lease_leaves_its_late_answers_to_the_supervisor(
    postgres_url: str, folder: Path
) -> None:
    lasting = programme_of(quotas=(1,), factor=1)
    lasting = replace(lasting, settings=replace(lasting.settings, expires=None))
    context = multiprocessing.get_context("forkserver")
    pc = folder / "pc"
    pc.mkdir()
    with closing(Database(postgres_url)) as database:
        office = open_office(database, SystemClock(), folder, lasting, list_size=2)
        stopped, other = office.hire(LOGIN), office.hire("wu")

        def answered() -> int:
            with database.read() as connection:
                return connection.scalar(select(func.count()).select_from(t.answers)) or 0

        def aside() -> list[str]:
            with database.read() as connection:
                return list(connection.scalars(select(t.conflicts.c.kind)))

        at_work = context.Event()
        child = context.Process(
            target=killed_station.work_on, args=(postgres_url, pc, LOGIN, SEED, at_work, PACE)
        )
        child.start()
        assert child.pid is not None
        wait_until(lambda: answered() >= 2, "two answers", 60)
        os.kill(child.pid, signal.SIGSTOP)
        before = answered()
        with database.write() as connection:
            connection.execute(update(t.cases).values(lease_until=datetime(2023, 1, 1, tzinfo=UTC)))
        queue._reap(office.ctx, office.programme.id)
        with database.write() as connection:
            connection.execute(update(t.cases).values(owner_until=None, owner_id=None))
        elsewhere = runner_of(other, office.programme, folder)
        found = elsewhere.claim()
        assert found is not None
        assert found.interview is not None
        elsewhere.take(found)
        elsewhere.dial()
        elsewhere.connect()
        elsewhere.answer("bad")
        os.kill(child.pid, signal.SIGCONT)
        wait_until(lambda: "close" in aside(), "what came late to be set aside", 60)
        child.kill()
        child.join(30)
        for value in ANSWERS[before + 1 :]:
            elsewhere.answer(value)
        elsewhere.settle("complete")
        assert aside().count("answer") == len(ANSWERS) - before
        told = messages.waiting(office.ctx, office.programme)
        assert [(one.kind, one.text, one.operator_id) for one in told] == [
            (messages.Kind.LATE, "work_held", stopped.actor.user_id)
        ]
        with database.read() as connection:
            check_books(connection)


def read_ticks(folder: Path) -> set[tuple[str, int]]:
    lines = killed_station.ticks(folder).read_text("ascii").splitlines()
    return {(interview, int(seq)) for interview, seq in map(str.split, lines)}


def check_books(connection: Connection) -> None:
    """What the cell counts is what its cases and interviews say, and nothing is there twice."""
    cell = connection.execute(select(t.cells)).one()
    complete = connection.scalar(
        select(func.count()).select_from(t.cases).where(t.cases.c.state == int(CaseState.COMPLETE))
    )
    assert (cell.completed, cell.overshoot) == (complete, 0)
    doubled = connection.execute(
        select(t.answers.c.interview_id)
        .group_by(t.answers.c.interview_id, t.answers.c.seq)
        .having(func.count() > 1)
    ).all()
    assert doubled == []
