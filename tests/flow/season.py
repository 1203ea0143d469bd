"""A programme some days into its fieldwork, for pictures; all people in it are invented."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch
from zoneinfo import ZoneInfo

from cati.base import settings
from cati.base.clock import VirtualClock
from cati.bootstrap import first_demo_user, open_database
from cati.domain.interview import Script
from cati.services import attendance, keys, messages, programmes, sessions, simulated
from cati.services.context import Context
from cati.station import demo, invented, simulate
from tests.gui import seasons

OPERATORS = ("陈静", "李娜", "王磊", "吴勇", "张敏", "赵云")
HERE = ZoneInfo("Asia/Shanghai")
DAYS = 6
BEGINS, LUNCH, ENDS = (timedelta(hours=hours) for hours in (9, 12, 17.5))
LAST = timedelta(hours=2.5)
"""How long has been called on the last day, which is not over."""
FLAWED = {"u03/service": ("无", "", "1.38E+10", "089888251", "同上", "137000")}
"""What some rows of an invented list have for a number."""


def people(seed: str, count: int) -> list[tuple[str, str]]:
    """Invented people, some with numbers as clerks mistype them."""
    found = invented.people(seed, count)
    for place, number in enumerate(FLAWED.get(seed, ())):
        found[3 + 7 * place] = (found[3 + 7 * place][0], number)
    if seed in FLAWED:
        found[50] = (found[50][0], found[20][1])
    return found


def make(folder: Path, now: datetime) -> None:
    """Make a station's folder in which fieldwork has gone on for `DAYS` days until `now`.

    Args:
        folder: empty.
        now: aware; the last day of calling ends here.
    """
    first = (now.astimezone(HERE) - timedelta(days=DAYS)).replace(hour=0, minute=0, second=0, microsecond=0)
    clock = VirtualClock(first + timedelta(hours=8))
    opened = open_database(settings.load({"data_folder": str(folder), "language": "zh_CN"}), clock)
    try:
        ctx = first_demo_user(opened)
        with patch("cati.station.demo.people", people):
            demo.make(ctx)
        programme = programmes.get(ctx)
        floor = simulated.hire(ctx, programme, len(OPERATORS))
        script = Script.of(programme.programme)
        stations = [simulate.Station(operator, programme, script, 5, clock.advance) for operator in floor]
        for day in range(DAYS + 1):
            _work(first + timedelta(days=day), now, clock, floor, stations)
        messages.send(floor[2], programme, messages.Kind.HELP, "受访者要求核实单位，请到 3 号机")
        messages.send(floor[4], programme, messages.Kind.COMPLAINT, "反映窗口午间无人值守，要求答复")
        _name(folder / "cati.db")
        for number in range(1, len(OPERATORS) + 1):
            keys.grant(ctx, f"op{number}")
    finally:
        opened.close()


def _work(
    day: datetime,
    now: datetime,
    clock: VirtualClock,
    floor: Sequence[Context],
    stations: Sequence[simulate.Station],
) -> None:
    """One day of all operators, from clocking in to clocking out; the last one is not over."""
    last = day + timedelta(days=1) > now
    clock.move_to(now - LAST if last else day + BEGINS)
    for operator in floor:
        attendance.clock_in(operator)
    rested, end = False, now if last else day + ENDS
    while clock.now() < end:
        outcomes = [station.one_case() for station in stations]
        if not rested and not last and clock.now() > day + LUNCH:
            rested = True
            for operator in floor:
                attendance.start_break(operator)
            clock.advance(3600)
            for operator in floor:
                attendance.end_break(operator)
        if not any(outcomes):
            clock.advance(600)
    clock.move_to(end)
    if not last:
        for operator in floor:
            attendance.clock_out(operator)


def _name(database: Path) -> None:
    """Give the operators who were no people the names of invented ones."""
    with closing(sqlite3.connect(database)) as connection, connection:
        logins = connection.execute("select id from users where simulated order by login").fetchall()
        for (user,), name, number in zip(logins, OPERATORS, range(1, 99), strict=False):
            connection.execute(
                "update users set name = ?, login = ?, simulated = 0 where id = ?",
                (name, f"op{number}", user),
            )
        connection.execute("update attempts set simulated = 0")
        # Nobody spoke; lists that tell what was recorded show as much as after real calls.
        connection.execute(
            "insert into recordings (id, attempt_id, file, station, started_at, duration_ms, size, channels,"
            " complete) select id, id, id || '.crec', station, connected_at, 300000, 900000, 1, 1"
            " from attempts where connected_at is not null"
        )


def close(folder: Path) -> None:
    """End the fieldwork and enter what the other channel gave."""
    opened = open_database(settings.load({"data_folder": str(folder), "language": "zh_CN"}))
    try:
        ctx = sessions.sign_in(opened.database, opened.clock, demo.LOGIN, demo.PASSWORD, "12")
        seasons.with_public_scores(ctx)
        seasons.with_late_lists(ctx)
        programmes.close_fieldwork(ctx, programmes.get(ctx).programme.code)
    finally:
        opened.close()
