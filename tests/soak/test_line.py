"""Three hundred interviews over a line that fails, to a server that crashes: none lost, none doubled.

`SOAK_INTERVIEWS` says how many (300 if not set), `SOAK_SEED` makes a run that failed happen again.
"""

from __future__ import annotations

import logging
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select

from cati.base.clock import SystemClock
from cati.base.errors import SERVER_AWAY, CatiError
from cati.domain.call import Phase
from cati.domain.ports import AnswerEvent
from cati.services import keys
from cati.services.context import Context
from cati.station.outbox import Outbox
from cati.station.runner import CallRunner, Listeners
from cati.station.sender import Sender
from cati.station.writing import ThroughOutbox
from cati.store import migrate
from cati.store import tables as t
from cati.store.engine import Database
from tests.rig.postgres import Postgres, start_postgres
from tests.rig.proxy import Fault, Proxy
from tests.rig.waiting import wait_until
from tests.station.desk import ANSWERS, Recorder
from tests.station.office import Office, open_office, programme_of, runner_of

INTERVIEWS = int(os.environ.get("SOAK_INTERVIEWS", "300"))
SEED = int(os.environ.get("SOAK_SEED") or random.SystemRandom().randrange(10**6))
STATIONS = 6
AS_EXPECTED = SERVER_AWAY | {"saved_here"}
"""What an operator is told of a line or a server that is gone."""
LEASE = timedelta(hours=1)
"""Longer than the test, so that no interview comes late: each has to count."""
SILENCE = 0.5
"""Seconds after which a station gives the server up."""
AGAIN_SECONDS = 0.5
"""How long an operator who was refused waits for what is on its way before asking again."""
CRASH_EVERY = 40
"""Faults of the line between two crashes of the server."""
DRAINED_IN = 60.0
"""Seconds after the line is whole again."""


class Station:
    """An operator who works on whatever the line does; the power fails now and then."""

    def __init__(self, office: Office, ctx: Context, proxy: Proxy, folder: Path, seed: int) -> None:
        folder.mkdir()
        self._office, self._folder = office, folder
        self._chance = random.Random(seed)
        direct = office.database.url.render_as_string(hide_password=False)
        self._far = Database(proxy.url(direct), pool_size=2, silence=SILENCE)
        self._ctx = replace(ctx, database=self._far)
        self.done = 0
        self.faults: list[Exception] = []
        # Read before the line matters, as at a sign-in.
        self._recording_public = keys.recording_public(ctx, office.programme.id)
        self._switch_on()

    def _switch_on(self) -> None:
        self.outbox = Outbox(self._folder, self._ctx.clock.now)
        self.sender = Sender(self.outbox, retry=0.05)
        self.sender.start(self._ctx)
        writing = ThroughOutbox(self._ctx, self._office.programme, self.sender)
        self.runner: CallRunner = runner_of(
            self._ctx,
            self._office.programme,
            self._folder,
            writing=writing,
            recorder=Recorder(),
            recording_public=self._recording_public,
            lease=LEASE,
            listeners=Listeners(fault=self._refused),
        )

    def _refused(self, why: Exception) -> None:
        if not isinstance(why, CatiError) or why.code not in AS_EXPECTED:
            self.faults.append(why)

    def power_cut(self) -> None:
        """All in memory is gone."""
        assert self.sender.stop(30)
        self.outbox.close()
        self._switch_on()

    def work(self, many: int) -> None:
        """Interview so many people."""
        while self.done < many:
            if self.runner.call.phase is Phase.IDLE and not self._take():
                continue
            while self.runner.call.phase is Phase.READY:
                with suppress(CatiError):
                    self.runner.dial()
            if self._interview():
                self.done += 1

    def _take(self) -> bool:
        try:
            found = self.runner.claim()
        except CatiError:
            # As the window, which asks again when something was sent or a moment later.
            self.outbox.wait(lambda: not len(self.outbox), AGAIN_SECONDS)
            return False
        assert found is not None
        self.runner.take(found)
        return True

    def _interview(self) -> bool:
        """Whether the interview came to its end; one that the power cut short is gone on with later."""
        # After the last question only the outcome is missing, and nobody is called for it.
        waits = self.runner.call.phase is not Phase.WRAP_UP
        if waits:
            self.runner.connect()
        for value in ANSWERS[len(self.runner.call.answers) :] if waits else ():
            if self._chance.random() < 0.05:
                self.runner.redial()
                while self.runner.call.phase is Phase.WRAP_UP:  # refused: the call is as it was
                    self.runner.redial()
                self.runner.connect()
            self.runner.answer(value)
            if self._chance.random() < 0.02:
                self.power_cut()
                return False
        self.runner.settle("complete")
        return self.runner.call.phase is Phase.IDLE

    def drained(self, seconds: float) -> bool:
        return self.outbox.wait(lambda: not len(self.outbox), seconds)

    def close(self) -> None:
        self.sender.stop(30)
        self.outbox.close()
        self._far.close()


def quarrel(proxy: Proxy, server: Postgres, over: threading.Event, chance: random.Random) -> None:
    """Let line and server fail in every way until told that it is enough."""
    faults = crashes = 0
    while not over.wait(chance.uniform(0.02, 0.2)):
        faults += 1
        match chance.randrange(10):
            case 0:
                proxy.down()
                over.wait(chance.uniform(0.1, 1))
                proxy.up()
            case 1:
                proxy.stall()
                over.wait(chance.uniform(0.1, 1.5))
                proxy.up()
            case _:
                proxy.fail(chance.choice(list(Fault)))
        if faults % CRASH_EVERY == 0:
            crash(server)
            crashes += 1
    print(f"{faults} faults, {crashes} crashes")
    proxy.fail(None)
    proxy.up()


def crash(server: Postgres) -> None:
    """As an immediate restart: every process of the server is thrown out, and it recovers from its log."""
    with suppress(psycopg.OperationalError, psycopg.errors.AdminShutdown), server.connect("postgres") as line:
        (victim,) = line.execute("select pg_backend_pid()").fetchone() or (0,)
        os.kill(victim, signal.SIGKILL)
    wait_until(lambda: answers(server), "the server to recover")


def answers(server: Postgres) -> bool:
    try:
        server.connect("postgres").close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture
def server() -> Iterator[Postgres]:
    made = start_postgres(os.getpid(), fsync=True)
    yield made
    made.stop()


def test_no_interview_is_lost_or_doubled_by_line_or_server(
    server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The driver warns of a line that is lost between two statements it sent together; that may be or not.
    monkeypatch.setattr(logging.getLogger("psycopg"), "disabled", True)
    print(f"seed {SEED}")
    server.create("floor")
    url = server.url("floor")
    migrate.upgrade(url)
    each = INTERVIEWS // STATIONS
    lasting = programme_of(quotas=(INTERVIEWS,), factor=1)
    lasting = replace(lasting, settings=replace(lasting.settings, expires=None))
    with closing(Database(url)) as database, closing(Proxy(server.port)) as proxy:
        office = open_office(database, SystemClock(), tmp_path, lasting, list_size=2 * INTERVIEWS)
        stations = [
            Station(office, office.hire(f"op{nth}"), proxy, tmp_path / f"pc{nth}", SEED + nth)
            for nth in range(STATIONS)
        ]
        over = threading.Event()
        quarreller = threading.Thread(target=quarrel, args=(proxy, server, over, random.Random(SEED)))
        workers = [threading.Thread(target=station.work, args=(each,)) for station in stations]
        quarreller.start()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(1200)
            assert not worker.is_alive()
        over.set()
        quarreller.join(60)
        whole = time.monotonic()
        for station in stations:
            assert station.drained(DRAINED_IN)
        assert [fault for station in stations for fault in station.faults] == []
        print(f"drained in {time.monotonic() - whole:.1f} s")
        written = [one.envelope for station in stations for one in station.outbox.kept()]
        for station in stations:
            station.close()
        with database.read() as connection:
            stored = connection.scalars(select(t.answers.c.id)).all()
            aside = connection.scalars(select(t.conflicts.c.id)).all()
            doubled = connection.execute(
                select(t.answers.c.interview_id)
                .group_by(t.answers.c.interview_id, t.answers.c.seq)
                .having(func.count() > 1)
            ).all()
            cell = connection.execute(select(t.cells)).one()
            complete = connection.scalar(
                select(func.count()).select_from(t.interviews).where(t.interviews.c.state == "complete")
            )
        answered = {one.id: one.write.id for one in written if isinstance(one.write, AnswerEvent)}
        kept_aside = {answered[name] for name in aside if name in answered}
        assert len(stored) == len(set(stored))
        assert set(answered.values()) == set(stored) | kept_aside
        assert doubled == []
        assert cell.overshoot == 0
        assert cell.completed == complete == STATIONS * each
        print(f"{complete} interviews, {len(stored)} answers, {len(aside)} set aside")
