"""From what operators commit to the supervisor's board, while 64 stations call at once."""

from __future__ import annotations

import multiprocessing
import os
import statistics
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from multiprocessing.synchronize import Event as Flag
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from sqlalchemy import text

from cati.base.clock import SystemClock
from cati.base.errors import CatiError
from cati.base.settings import load
from cati.domain.board import Activity
from cati.domain.users import Role
from cati.gui import theme
from cati.gui.app import Shell, Start
from cati.gui.field.board import BoardTab
from cati.gui.field.page import FieldPage
from cati.gui.office.frame import OfficeFrame
from cati.gui.office.office import Office as Desk
from cati.sealing import passwords as locks
from cati.services import attendance, calls, programmes, queue, sessions
from cati.services.calls import Closing
from cati.services.context import Context
from cati.station.presence import Presence
from cati.store import migrate
from cati.store.engine import Database
from tests.gui.fingers import Fingers
from tests.gui.stations import MemoryStation
from tests.rig.display import Display
from tests.rig.postgres import Postgres, start_postgres
from tests.rig.waiting import wait_until
from tests.station.office import PASSWORD, Office, open_office, programme_of

STATIONS, PER_SECOND, CHANGES = 64, 4.0, 30
"""Each station dials every 16 seconds: twice as often as people do."""
SECONDS = 2.0


@pytest.fixture
def server() -> Iterator[Postgres]:
    made = start_postgres(os.getpid(), fsync=True, max_connections=250)
    yield made
    made.stop()


@pytest.fixture
def office(server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(locks, "COST", locks.Cost(passes=1, memory_kib=8))
    server.create("board")
    migrate.upgrade(server.url("board"))
    plain = programme_of(units=4, quotas=(400,))
    lasting = replace(plain, settings=replace(plain.settings, expires=None))
    with closing(Database(server.url("board"))) as database:
        made = open_office(database, SystemClock(), tmp_path, lasting, list_size=4000)
        for nth in range(STATIONS + 1):
            made.hire(f"op{nth}")
        yield made


def call_all_day(url: str, ready: Flag, stop: Flag) -> None:
    """64 stations, each on connections of its own, dialling people who do not answer."""
    signed_in: list[Context] = []
    for nth in range(STATIONS):
        database = Database(url, pool_size=1)
        signed_in.append(sessions.sign_in(database, SystemClock(), f"op{nth}", PASSWORD, f"pc-{nth}"))
    threads = [threading.Thread(target=_call, args=(one, nth, stop)) for nth, one in enumerate(signed_in)]
    for thread in threads:
        thread.start()
    ready.set()
    for thread in threads:
        thread.join()


def _call(ctx: Context, nth: int, stop: Flag) -> None:
    programme = programmes.get(ctx)
    stop.wait(nth / PER_SECOND)
    while not stop.is_set():
        began = time.monotonic()
        with suppress(CatiError):
            case = queue.claim_next(ctx, programme)
            if case is not None:
                attempt, at = str(uuid.uuid4()), ctx.clock.now()
                calls.begin_attempt(
                    ctx,
                    programme,
                    attempt_id=attempt,
                    case_id=case.case_id,
                    epoch=case.epoch,
                    alternate=0,
                    at=at,
                )
                calls.close(
                    ctx,
                    programme,
                    Closing(attempt, case.case_id, case.group_code, case.epoch, "no_answer", ctx.clock.now()),
                )
        stop.wait(max(0.0, STATIONS / PER_SECOND - (time.monotonic() - began)))


class Floor(MemoryStation):
    """A station that is told of changes."""

    presence: Presence

    def listen(self, told: Any, live: Any, lost: Any) -> None:
        self.presence.told, self.presence.live, self.presence.lost = told, live, lost


def shows(board: BoardTab, user_id: int, doing: Activity) -> bool:
    """Whether the board has read what somebody does, and has painted it."""
    if not any(line.user_id == user_id and line.activity is doing for line in board._lines):
        return False
    board.people.viewport().repaint()
    return True


def test_from_a_commit_to_the_board(
    x_display: Display, qtbot: Any, office: Office, tmp_path: Path, server: Postgres
) -> None:
    theme.use("light", 1.0)
    url = server.url("board")
    supervisor = replace(office.ctx, actor=replace(office.ctx.actor, roles=frozenset({Role.SUPERVISOR})))
    watched = sessions.sign_in(office.database, SystemClock(), f"op{STATIONS}", PASSWORD, "pc-watched")
    station = Floor({"x": "x"})
    station.presence = presence = Presence(tmp_path, SystemClock(), lambda: (0, None))

    def place(shell: Shell, _session: Any) -> QWidget:
        settings = load({"data_folder": str(tmp_path)}, {})
        return OfficeFrame(shell, Desk(shell.tasks, supervisor, settings, lambda _ctx: None, shell.news))

    shell = Shell(
        Start(
            open_station=lambda *_tell: station,
            make_place=place,
            language="en",
            mode="light",
            scale=100,
            version="0.1.0",
            log_folder=Path(),
            remember=lambda _changed: None,
        )
    )
    qtbot.addWidget(shell)
    shell.show()
    shell.activateWindow()
    qtbot.waitUntil(lambda: shell._station is not None, timeout=20_000)
    shell.enter("x")
    presence.start(supervisor)
    frame = shell._place
    assert isinstance(frame, OfficeFrame)
    qtbot.waitUntil(lambda: frame.office.programme is not None and frame._here is not None, timeout=20_000)
    Fingers(shell.windowHandle()).tap(Qt.Key.Key_6, held=Qt.KeyboardModifier.ControlModifier)
    page = frame.here
    assert isinstance(page, FieldPage)
    board = page.here
    assert isinstance(board, BoardTab)
    qtbot.waitUntil(lambda: shell.news.live, timeout=20_000)
    spawn = multiprocessing.get_context("spawn")
    ready, stop = spawn.Event(), spawn.Event()
    floor = spawn.Process(target=call_all_day, args=(url, ready, stop), daemon=True)
    floor.start()
    wait_until(ready.is_set, "the stations to be signed in", 120)
    qtbot.wait(4_000)
    used = time.process_time()
    began, seconds = time.monotonic(), []
    attendance.clock_in(watched)
    for nth in range(CHANGES):
        step = attendance.end_break if nth % 2 else attendance.start_break
        doing = Activity.READY if nth % 2 else Activity.BREAK
        worker = threading.Thread(target=step, args=(watched,))
        worker.start()
        qtbot.waitUntil(lambda worker=worker: not worker.is_alive(), timeout=20_000)
        committed = time.perf_counter()
        qtbot.waitUntil(lambda doing=doing: shows(board, watched.actor.user_id, doing), timeout=20_000)
        seconds.append(time.perf_counter() - committed)
        qtbot.wait(137 * (nth % 7))
    share = (time.process_time() - used) / (time.monotonic() - began)
    with office.database.read() as connection:
        dialled = connection.scalar(
            text("select count(*) from attempts where dialled_at > now() - interval '20 s'")
        )
    stop.set()
    floor.join(60)
    shell.close()
    assert presence.stop()
    p95 = statistics.quantiles(seconds, n=20)[-1]
    print(
        f"\nboard, {STATIONS} stations, {dialled / 20:.1f} calls/s: commit to repaint "
        f"median {statistics.median(seconds):.2f} s, p95 {p95:.2f} s, worst {max(seconds):.2f} s; "
        f"the window takes {share:.0%} of a core"
    )
    assert p95 <= SECONDS
