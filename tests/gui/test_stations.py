"""The computers of a floor on the supervisor's board, and a wrong clock on an operator's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import insert

from cati.base.clock import ServerClock, VirtualClock
from cati.domain.users import Role
from cati.gui.field.board import STATIONS, BoardTab
from cati.gui.field.page import FieldPage
from cati.services import attendance
from cati.store import tables as t
from tests.gui.fits import clipped
from tests.gui.officials import Official
from tests.gui.operators import Operator

pytestmark = pytest.mark.usefixtures("look")
Key = Qt.Key
Sit = Callable[..., Official]


def add(somebody: Official, name: str, **facts: object) -> None:
    """A station as the server would know it."""
    now = somebody.clock.now()
    row = {
        "id": name,
        "name": name,
        "user_id": somebody.ctx.actor.user_id,
        "signed_in_at": now - timedelta(hours=1),
        "heard_at": now,
        "version": "0.1.0",
        "unsent": 0,
    }
    with somebody.database.write() as connection:
        connection.execute(insert(t.stations).values(row | facts))


def board_of(somebody: Official) -> BoardTab:
    somebody.go(6)
    page = somebody.here
    assert isinstance(page, FieldPage)
    somebody.settled()
    assert isinstance(page.here, BoardTab)
    return page.here


def test_stations_out_of_touch_stand_first_with_what_they_keep(official: Sit, tongue: str) -> None:
    somebody = official(Role.SUPERVISOR)
    now = somebody.clock.now()
    add(somebody, "PC-1")
    add(somebody, "PC-2", heard_at=now - timedelta(minutes=4), unsent=3, oldest_unsent_at=now)
    add(somebody, "PC-3", left_at=now, ahead_ms=-312_000)
    add(somebody, "PC-4", ahead_ms=41_000)
    found = board_of(somebody)
    words = {
        "en": ("out of touch", "1 station that is not there keeps work", "The clock of 1 station is off"),
        "zh_CN": ("失联", "1 个离线机位尚有数据未上传", "1 个机位的时钟不准"),
    }[tongue]
    assert words[1] in somebody.words()
    assert words[2] in somebody.words()
    somebody.press(*[Key.Key_F2] * 5)
    somebody.settled()
    assert found.by.code == STATIONS
    assert found.stations.hasFocus()
    cells = [found.stations.rows.cells(place) or () for place in range(4)]
    columns = list(zip(*([cell.text for cell in line] for line in cells), strict=True))
    assert columns[0] == ("PC-2", "PC-1", "PC-4", "PC-3")
    assert columns[1][0] == words[0]
    assert columns[5] == ("3", "0", "0", "0")
    assert columns[7] == ("", "", "+0:41", "-5:12")
    assert clipped(somebody.shell) == []
    # Who is not heard of does not work, whatever was clocked.
    attendance.clock_in(somebody.ctx)
    somebody.clock.advance(120)
    somebody.press(Key.Key_F2)
    somebody.press(Key.Key_F5)
    said = {"en": ("not seen since 10:00", "0 at work"), "zh_CN": ("10:00 起失联", "在岗 0 人")}[tongue]
    somebody.settled()
    assert said[0] in [cell.text for cell in found.people.rows.cells(0) or ()]
    assert said[1] in somebody.words()
    assert clipped(somebody.shell) == []
    assert found.people.hasFocus()


def test_where_the_database_is_on_this_computer_no_stations_are_shown(official: Sit) -> None:
    somebody = official(Role.SUPERVISOR)
    found = board_of(somebody)
    somebody.press(*[Key.Key_F2] * 5)
    assert found.by.code == ""
    assert not found._of_stations.isVisible()


class OffClock(ServerClock):
    """A server's time by the test's clock, on a computer whose own is off."""

    virtual = True

    def __init__(self, clock: VirtualClock, ahead: timedelta) -> None:
        super().__init__()
        self._clock, self.is_ahead = clock, ahead

    def now(self) -> datetime:
        return self._clock.now()

    def own(self) -> datetime:
        return self._clock.now() + self.is_ahead


def test_an_operator_is_told_once_that_the_computers_clock_is_off(seat: Callable[[], Operator]) -> None:
    operator = seat()
    operator.wait(lambda: operator.console.desk.is_open)
    clock = OffClock(operator.clock, timedelta(minutes=5, seconds=12))
    place = operator.console.desk.place
    place.ctx = replace(place.ctx, clock=clock)
    clock.ask(operator.clock.now)
    said = "This computer's clock is 05:12 fast."
    operator.console.clockwork.say_of_clock()
    assert said in operator.words()
    operator.press(Key.Key_E, held=Qt.KeyboardModifier.ControlModifier)
    assert said not in operator.words()
    operator.console.clockwork.say_of_clock()
    assert said not in operator.words()
    # Right again, and then slow.
    for ahead, words in ((timedelta(), ""), (timedelta(seconds=-40), "This computer's clock is 00:40 slow.")):
        clock.is_ahead = ahead
        clock.ask(operator.clock.now)
        operator.console.clockwork.say_of_clock()
        assert words in operator.words()
