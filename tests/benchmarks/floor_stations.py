"""Stations of a floor that claim cases, or update plain rows, all at once, from processes of their own."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection as Pipe
from types import TracebackType
from typing import Any

from sqlalchemy import bindparam, text

from cati.domain.queue import ClaimRequest, Pick
from cati.store import queue as store
from cati.store import settlement
from cati.store.engine import Database

PROCESSES = 4
FIRST_USER = 1001
"""Row number of the first station's operator."""
PASSWORD = "long enough 1"
PLAIN = text("update plain set v = v + 1 where id = :id").bindparams(bindparam("id"))


@dataclass(frozen=True)
class Station:
    """Who works there, and how the database is reached.

    Attributes:
        login: None for the way of one owner for all.
        cases: how many the database has.
    """

    number: int
    url: str
    login: str | None
    cases: int


@dataclass(frozen=True)
class Order:
    """What every station is to do: `each` times, all together `a_second` times a second (None: at once)."""

    work: str
    each: int
    a_second: float | None = None
    of: int = 1


class Worker:
    """A station at work, on a connection of its own."""

    def __init__(self, station: Station) -> None:
        self._station = station
        password = None if station.login is None else PASSWORD
        self._database = Database(station.url, pool_size=1, login=station.login, password=password)
        self._row = station.number * 60_013
        self.close = self._database.close

    def carry_out(self, order: Order, begin: float) -> list[float]:
        """How long each took, in seconds."""
        pause = threading.Event()
        work = self._claim if order.work == "claim" else self._plain
        took = []
        for n in range(order.each):
            if order.a_second is not None:
                due = begin + (n * order.of + self._station.number) / order.a_second
                pause.wait(max(due - time.monotonic(), 0))
            took.append(work())
        return took

    def _plain(self) -> float:
        self._row += 7919
        began = time.perf_counter()
        with self._database.write() as connection:
            connection.execute(PLAIN, {"id": self._row % self._station.cases + 1})
        return time.perf_counter() - began

    def _claim(self) -> float:
        me, now = FIRST_USER + self._station.number, datetime.now(UTC)
        request = ClaimRequest(1, me, f"pc{me}", (1, 2), now, timedelta(minutes=2), 4)
        found: object = None
        began = time.perf_counter()
        while not isinstance(found, Pick):
            with self._database.write() as connection:
                found = store.claim(connection, request)
        took = time.perf_counter() - began
        # Ended outside the time taken, as one on the list of those not to be called: the next claim is no
        # resumption.
        with self._database.write() as connection:
            settlement.close_held(connection, found.case_id, "refusal_final", now)
        return took


def _serve(stations: Sequence[Station], pipe: Pipe[Any, Any]) -> None:
    with ExitStack() as at_end:
        threads = at_end.enter_context(ThreadPoolExecutor(len(stations)))
        workers = [Worker(station) for station in stations]
        for worker in workers:
            at_end.callback(worker.close)
        while (order := pipe.recv()) is not None:
            done = threads.map(lambda worker, order=order: worker.carry_out(*order), workers)
            pipe.send([seconds for took in done for seconds in took])


class Stations:
    """Stations in `PROCESSES` processes; closed by leaving."""

    def __init__(self, stations: Sequence[Station]) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__])
        self._of = len(stations)
        self._processes = []
        for n in range(min(PROCESSES, len(stations))):
            here, there = context.Pipe()
            process = context.Process(target=_serve, args=(stations[n::PROCESSES], there), daemon=True)
            process.start()
            there.close()
            self._processes.append((process, here))

    def carry_out(self, work: str, each: int, a_second: float | None = None) -> list[float]:
        """Milliseconds that each of all took, in no order."""
        begin = time.monotonic()
        for _, pipe in self._processes:
            pipe.send((Order(work, each, a_second, self._of), begin))
        return [seconds * 1000 for _, pipe in self._processes for seconds in pipe.recv()]

    def __enter__(self) -> Stations:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process, pipe in self._processes:
            pipe.send(None)
            process.join(30)
