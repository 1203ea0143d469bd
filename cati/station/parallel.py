"""The simulation with a process for each station: promises counts, not the same interviews twice."""

from __future__ import annotations

import multiprocessing
import queue as queues
from collections.abc import Callable
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
from cati.services import users
from cati.services.context import Context
from cati.station import simulate as serial
from cati.station.simulate import Simulated, Station
from cati.store.engine import Database

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

ROUND = 8
"""Cases a station works between two looks at how far all are."""
LOOK_SECONDS = 2
"""How often it is looked whether the stations are still there while they are silent."""


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


@dataclass(frozen=True)
class _Task:
    """What a station's process needs to begin."""

    url: str
    actor: Actor
    contact_secret: bytes
    refusal_secret: bytes
    programme: LoadedProgramme
    seed: int
    stations: int


def _work(task: _Task, seconds: Any, orders: Any, reports: Any) -> None:
    clock = SharedClock(seconds)
    database = Database(task.url, pool_size=1)
    keys = KeyRing(new_pair())
    keys.add(task.programme.id, Secret.CONTACT, task.contact_secret)
    keys.add(None, Secret.REFUSAL, task.refusal_secret)
    ctx = Context(database, clock, task.actor, keys)
    station = Station(
        ctx,
        task.programme,
        Script.of(task.programme.programme),
        task.seed,
        lambda s: clock.advance(s / task.stations),
    )
    while orders.get():
        try:
            reports.put(_round(station))
        except CatiError as refusal:
            reports.put(refusal)
    database.close()


def _round(station: Station) -> list[str]:
    outcomes: list[str] = []
    while len(outcomes) < ROUND and (outcome := station.one_case()) is not None:
        outcomes.append(outcome)
    return outcomes


def simulate(
    ctx: Context,
    programme: LoadedProgramme,
    *,
    stations: int,
    seed: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Simulated:
    """Fill every cell with invented interviews by real processes, then close fieldwork.

    Args:
        ctx: of a bureau user.
        stations: 1 to 256 processes.
        progress: gets interviews done and wanted.

    Raises:
        CatiError: as `cati.station.simulate.simulate`.
    """
    serial.refuse_if_live(ctx, programme)
    start = serial.start_of_fieldwork(programme, ctx.clock.now())
    spawn: SpawnContext = multiprocessing.get_context("spawn")
    seconds = spawn.Value("d", start.timestamp())
    clock = SharedClock(seconds)
    bureau = Context(ctx.database, clock, ctx.actor, ctx.keys, ctx.session_id)
    url = ctx.database.url.render_as_string(hide_password=False)
    reports = spawn.Queue()
    crew = []
    for operator in users.simulated_operators(bureau, programme, stations):
        orders = spawn.Queue()
        secret = operator.keys.secret(programme.id, Secret.CONTACT)
        refusal = operator.keys.secret(None, Secret.REFUSAL)
        task = _Task(url, operator.actor, secret, refusal, programme, seed, stations)
        crew.append((spawn.Process(target=_work, args=(task, seconds, orders, reports), daemon=True), orders))
    try:
        for process, _ in crew:
            process.start()
        attempts = _supervise(bureau, programme, clock, crew, reports, progress)
    finally:
        _send_home(crew)
    return serial.finish(bureau, programme, attempts)


def _send_home(crew: list[tuple[Any, Any]]) -> None:
    started = [(process, orders) for process, orders in crew if process.pid is not None]
    for _, orders in started:
        orders.put(False)
    for process, _ in started:
        process.join(timeout=30)
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
    """Order rounds until all cells are full; gives the number of attempts."""
    done, attempts, total = serial.interviewed(ctx, programme), 0, programme.programme.quota
    while done < total:
        for _, orders in crew:
            orders.put(True)
        rounds = [_report(reports, crew) for _ in crew]
        attempts += sum(len(outcomes) for outcomes in rounds)
        done += sum(outcomes.count("complete") for outcomes in rounds)
        progress(done, total)
        if not any(rounds) and not serial.open_dry_cells(ctx, programme):
            opening = serial.next_moment(ctx, programme)
            clock.advance(max((opening - clock.now()) / timedelta(seconds=1), 0))
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
