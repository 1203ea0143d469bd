"""Stations of a floor are killed at random moments, with leases of a second: every cell is filled exactly."""

from __future__ import annotations

import multiprocessing
import os
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from cati.sealing.keyring import Secret
from cati.services import draws, programmes, queue, simulated
from cati.services.context import Context
from tests.rig.folders import in_memory
from tests.rig.postgres import Postgres, start_postgres
from tests.rig.waiting import wait_until
from tests.services.fieldwork import add_list, numbers
from tests.services.floors import Floor, start_floor
from tests.soak.mortal_station import Place, live
from tests.station.office import PARTIES, PUBLIC, programme_of

STATIONS = 64
UNITS, QUOTAS, LIST = 68, (15, 15), 26
CELLS = UNITS * len(QUOTAS)
ALL = UNITS * sum(QUOTAS)
SHORTEST, LONGEST = 3.0, 60.0
"""Seconds that a station lives."""
LIMIT_SECONDS = 900


class Moment(NamedTuple):
    """When a station knew of its claim of a case."""

    case: int
    epoch: int
    at: float


@pytest.fixture
def server() -> Iterator[Postgres]:
    made = start_postgres(os.getpid(), max_connections=6 * STATIONS)
    yield made
    made.stop()


def furnish(made: Floor, folder: Path) -> Context:
    """A drawn programme of 136 cells; gives the bureau's session."""
    ctx = made.enter("bureau")
    plain = programme_of(units=UNITS, quotas=QUOTAS, items=1)
    loaded = programmes.store_programme(
        ctx, replace(plain, settings=replace(plain.settings, expires=None, replicate_factor=9))
    )
    lists = [(unit.code, group.code) for unit in plain.units for group in plain.groups]
    for place, cell in enumerate(lists):
        add_list(ctx, loaded, cell, numbers(place * LIST, LIST))
    draws.draw(ctx, loaded, parties=PARTIES, public=PUBLIC, out=folder / "draw")
    return ctx


class Crew:
    """Stations that are killed when their time has come, and started again.

    Args:
        places: of the stations.
    """

    def __init__(self, places: list[Place], folder: Path) -> None:
        self._context: ForkServerContext = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.soak.mortal_station"])
        self._places, self._folder = places, folder
        self._choice = random.Random(20240221)
        self._stopped: Event = self._context.Event()
        self.deaths = 0
        self._ends: dict[int, float] = {}
        self._processes = {number: self._born(number) for number in range(len(places))}

    def _born(self, number: int) -> ForkServerProcess:
        given = (self._places[number], self.deaths, self._folder, self._stopped)
        process = self._context.Process(target=live, args=given, daemon=True)
        process.start()
        self._ends[number] = time.monotonic() + self._choice.uniform(SHORTEST, LONGEST)
        return process

    def reap(self) -> None:
        """Kill whose time has come, and let others begin in their places."""
        for number, process in self._processes.items():
            assert process.exitcode is None, f"station {number} ended by itself with {process.exitcode}"
            if time.monotonic() > self._ends[number]:
                process.kill()
                process.join(30)
                self.deaths += 1
                self._processes[number] = self._born(number)

    def end(self) -> None:
        """Let all finish the case in hand and go home."""
        self._stopped.set()
        for process in self._processes.values():
            process.join(60)
            assert process.exitcode == 0

    def close(self) -> None:
        """Let nobody live on."""
        for process in self._processes.values():
            process.kill()


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=in_memory()) as name:
        yield Path(name)


def test_random_deaths_lose_no_interview_and_give_nobody_out_twice(server: Postgres, folder: Path) -> None:
    made = start_floor(server)
    bureau = furnish(made, folder)
    operators = simulated.hire(bureau, programmes.get(bureau), STATIONS)
    places = [place_of(number, operator) for number, operator in enumerate(operators)]
    began = time.monotonic()

    with server.connect(made.name) as connection, closing(Crew(places, folder)) as crew:

        def all_done() -> bool:
            crew.reap()
            return asked(connection, "select sum(completed) from cells") >= ALL

        wait_until(all_done, "all interviews", LIMIT_SECONDS)
        seconds = time.monotonic() - began
        crew.end()
        last = operators[0]
        wait_until(lambda: queue.claim_next(last, places[0].programme) is None, "an empty queue")
        check_books(connection)
        killed_holding = asked(
            connection,
            "select count(*) from attempts where disposition in ('interrupted', 'dialling_cut_off')",
        )
        late = asked(connection, "select count(*) from attempts where late")
        # What this server did is reported by those who have left.
        for session in (bureau, *operators):
            session.database.close()
        wait_until(
            lambda: (
                asked(connection, "select count(*) from pg_stat_activity where usename like 'simulated%'")
                == 0
            ),
            "stations to leave",
        )
        assert (
            asked(connection, "select deadlocks from pg_stat_database where datname = current_database()")
            == 0
        )
    assert "deadlock" not in server.kept.log()
    assert crew.deaths > STATIONS
    assert killed_holding > 0, "nobody died with a case in hand"
    claims = check_holds(folder)
    print(
        f"{ALL} of {ALL} in {seconds:.0f} s: {claims} claims, {crew.deaths} deaths, "
        f"{killed_holding} of them in a call, {late} settled late"
    )


def place_of(number: int, operator: Context) -> Place:
    """Where one of the simulated operators sits."""
    programme = programmes.get(operator)
    url = operator.database.url
    return Place(
        number,
        url.render_as_string(hide_password=False),
        str(url.password),
        operator.actor,
        programme,
        operator.keys.secret(programme.id, Secret.CONTACT),
        operator.keys.secret(None, Secret.REFUSAL),
    )


def asked(connection: psycopg.Connection, query: str) -> int:
    """The one number a query gives."""
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def check_books(connection: psycopg.Connection) -> None:
    """Cells, cases, interviews and persons say the same."""
    full = "completed = quota and reserved = 0 and overshoot = 0"
    other = f"select id, quota, completed, reserved, overshoot from cells where not ({full})"
    assert connection.execute(other).fetchall() == []
    assert asked(connection, "select count(*) from cells") == CELLS
    assert asked(connection, "select count(*) from cases where state = 4") == ALL
    assert asked(connection, "select count(*) from cases where state = 1 or reserves") == 0
    complete = "select count(distinct case_id) from attempts where disposition = 'complete'"
    assert asked(connection, complete) == ALL
    # Who was silent beyond the lease may have called somebody twice: that one counts once.
    twice = f"{complete} and not late group by case_id having count(*) > 1"
    assert connection.execute(twice).fetchall() == []
    assert connection.execute(
        "select count(*) from attempts where (case_id, epoch) in (select case_id, epoch from attempts "
        "group by case_id, epoch having count(distinct user_id) > 1)"
    ).fetchone() == (0,)
    assert (
        asked(
            connection,
            "select count(*) from persons p join cases c on c.person_id = p.id "
            "where c.state = 4 and p.case_id is distinct from c.id",
        )
        == 0
    )


def check_holds(folder: Path) -> int:
    """Nobody held what somebody else had claimed since; gives how many claims there were."""
    claims: dict[int, list[Moment]] = {}
    holds: list[Moment] = []
    for file in folder.glob("held-*"):
        for line in file.read_text().splitlines():
            what, case, epoch, at = line.split()
            moment = Moment(int(case), int(epoch), float(at))
            if what == "held":
                holds.append(moment)
            else:
                claims.setdefault(moment.case, []).append(moment)
    every = [(claim.case, claim.epoch) for of_case in claims.values() for claim in of_case]
    assert len(set(every)) == len(every), "one claim was given to two"
    for hold in holds:
        for claim in claims[hold.case]:
            assert claim.epoch <= hold.epoch or claim.at >= hold.at, "a former holder held the case still"
    return len(every)
