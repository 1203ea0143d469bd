"""The simulation at once: each station on its own connection; promises counts, not the same interviews twice.

Stations share a process for each processor, and take a thread each: most of their time they wait for the
server. Time is virtual and the same for all.
"""

from __future__ import annotations

import multiprocessing
import os
import queue as queues
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.context import SpawnContext
from typing import TYPE_CHECKING, Any

from cati.base.errors import CatiError
from cati.domain.interview import Script
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Actor
from cati.sealing.keyring import KeyRing, Secret
from cati.sealing.keys import new_pair
from cati.services import simulated
from cati.services.context import Context
from cati.station import simulate as serial
from cati.station.simulate import Simulated, Station
from cati.store.engine import Database

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

ROUND = 16
"""Cases that all stations work between two looks at how far they are; at least one each."""
LOOK_SECONDS = 2
"""How often it is looked whether the others are still there while they are silent."""
GIVE_UP_SECONDS = 30
"""How long a process may take to end."""


class SharedClock:
    """A virtual clock that all processes move together.

    Args:
        seconds: since 1970, shared.
    """

    virtual = True

    def __init__(self, seconds: Synchronized[float]) -> None:
        self._seconds = seconds

    def now(self) -> datetime:
        """The time all stations agree on."""
        return datetime.fromtimestamp(self._seconds.value, UTC)

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return float(self._seconds.value)

    def advance(self, seconds: float) -> None:
        """Move everybody forward by `seconds` (>= 0)."""
        with self._seconds.get_lock():
            self._seconds.value += seconds


class _Stopped(Exception):
    """All stop where they are, as when the power fails."""


@dataclass(frozen=True)
class _Seat:
    """A station: who sits there, and how that operator reaches the database; see `Database`."""

    actor: Actor
    url: str
    login: str | None
    password: str | None


@dataclass(frozen=True)
class _Task:
    """What a process needs to begin; `stations` is how many there are in all processes."""

    seats: tuple[_Seat, ...]
    contact_secret: bytes
    refusal_secret: bytes
    programme: LoadedProgramme
    seed: int
    stations: int


def _work(task: _Task, seconds: Any, stopped: Any, orders: Any, reports: Any) -> None:
    # Whoever interrupts the command is heard by the process that gave the orders.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with ExitStack() as at_end:
        threads = at_end.enter_context(ThreadPoolExecutor(len(task.seats)))
        stations = [_station(task, seat, SharedClock(seconds), stopped, at_end) for seat in task.seats]
        while _is_ordered(orders):
            rounds = [threads.submit(_round, station, task.stations, stopped) for station in stations]
            try:
                reports.put([outcome for done in rounds for outcome in done.result()])
            except CatiError as refusal:
                stopped.set()
                reports.put(refusal)


def _station(task: _Task, seat: _Seat, clock: SharedClock, stopped: Any, at_end: ExitStack) -> Station:
    database = Database(seat.url, pool_size=1, login=seat.login, password=seat.password)
    at_end.callback(database.close)
    keys = KeyRing(new_pair())
    keys.add(task.programme.id, Secret.CONTACT, task.contact_secret)
    keys.add(None, Secret.REFUSAL, task.refusal_secret)

    def pass_time(s: float) -> None:
        if stopped.is_set():
            raise _Stopped
        clock.advance(s / task.stations)

    return Station(
        Context(database, clock, seat.actor, keys),
        task.programme,
        Script.of(task.programme.programme),
        task.seed,
        pass_time,
    )


def _is_ordered(orders: Any) -> bool:
    """Wait for an order to work a round; False when there will be none."""
    while True:
        try:
            return bool(orders.get(timeout=LOOK_SECONDS))
        except queues.Empty:
            parent = multiprocessing.parent_process()
            if parent is None or not parent.is_alive():
                return False


def _round(station: Station, stations: int, stopped: Any) -> list[str]:
    outcomes: list[str] = []
    try:
        while len(outcomes) < max(ROUND // stations, 1) and not stopped.is_set():
            outcome = station.one_case()
            if outcome is None:
                break
            outcomes.append(outcome)
    except _Stopped:
        pass
    return outcomes


def simulate(
    ctx: Context,
    programme: LoadedProgramme,
    *,
    stations: int,
    seed: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Simulated:
    """Fill every cell with invented interviews by stations that work at once, then close fieldwork.

    Stopped, it is taken up again where it was, also amid interviews: as after a power cut.

    Args:
        ctx: of a bureau user.
        stations: 1 to 256, each with a connection of its own.
        progress: gets interviews done and wanted.

    Raises:
        CatiError: as `cati.station.simulate.simulate`; ``too_few_connections``.
    """
    serial.refuse_if_live(ctx, programme)
    spawn: SpawnContext = multiprocessing.get_context("spawn")
    seconds = spawn.Value("d", serial.beginning(ctx, programme).timestamp())
    clock = SharedClock(seconds)
    bureau = Context(ctx.database, clock, ctx.actor, ctx.keys, ctx.session_id)
    reports, stopped = spawn.Queue(), spawn.Event()
    operators = simulated.hire(bureau, programme, stations, apart=True)
    crew = []
    for task in _tasks(operators, programme, seed):
        orders = spawn.Queue()
        given = (task, seconds, stopped, orders, reports)
        crew.append((spawn.Process(target=_work, args=given, daemon=True), orders))
    try:
        for process, _ in crew:
            process.start()
        attempts = _supervise(bureau, programme, clock, crew, reports, progress)
    finally:
        stopped.set()
        _send_home(crew)
        simulated.dismiss(ctx, operators)
    return serial.finish(bureau, programme, attempts)


def _tasks(operators: list[Context], programme: LoadedProgramme, seed: int) -> list[_Task]:
    """The stations, dealt out to as many processes as there are processors."""
    seats = [_seat(operator) for operator in operators]
    contact = operators[0].keys.secret(programme.id, Secret.CONTACT)
    refusal = operators[0].keys.secret(None, Secret.REFUSAL)
    count = min(len(seats), os.cpu_count() or 1)
    return [
        _Task(tuple(seats[n::count]), contact, refusal, programme, seed, len(seats)) for n in range(count)
    ]


def _seat(operator: Context) -> _Seat:
    database = operator.database
    url = database.url.render_as_string(hide_password=False)
    login, password = (database.url.username, database.url.password) if database.personal else (None, None)
    return _Seat(operator.actor, url, login, password)


def _send_home(crew: list[tuple[Any, Any]]) -> None:
    started = [(process, orders) for process, orders in crew if process.pid is not None]
    for _, orders in started:
        orders.put(False)
    for process, _ in started:
        process.join(timeout=GIVE_UP_SECONDS)
        if process.is_alive():
            process.terminate()


def _supervise(
    ctx: Context,
    programme: LoadedProgramme,
    clock: SharedClock,
    crew: list[tuple[Any, Any]],
    reports: Any,
    progress: Callable[[int, int], None],
) -> int:
    """Order rounds until all cells are full, or nobody is left; gives the number of attempts."""
    done, attempts, total = serial.interviewed(ctx, programme), 0, programme.programme.quota
    while done < total:
        for _, orders in crew:
            orders.put(True)
        rounds = [_report(reports, crew) for _ in crew]
        attempts += sum(len(outcomes) for outcomes in rounds)
        done += sum(outcomes.count("complete") for outcomes in rounds)
        progress(done, total)
        if not any(rounds):
            moment = serial.next_moment(ctx, programme)
            if moment is None:
                break
            clock.advance(max((moment - clock.now()) / timedelta(seconds=1), 0))
    return attempts


def _report(reports: Any, crew: list[tuple[Any, Any]]) -> list[str]:
    while True:
        try:
            report: list[str] | CatiError = reports.get(timeout=LOOK_SECONDS)
        except queues.Empty:
            if not all(process.is_alive() for process, _ in crew):
                raise RuntimeError("a simulated station stopped") from None
        else:
            if isinstance(report, CatiError):
                raise report
            return report
