"""What the server tells reaches the screen soon and never makes the window busy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from cati.domain.call import Phase
from cati.domain.stations import SHUT, STRAIN_WORDS, Strain
from cati.domain.users import Role
from cati.gui.field import board as field_board
from cati.gui.field.board import REFRESH_MS, BoardTab
from cati.gui.field.page import FieldPage
from cati.gui.office import following
from cati.gui.quotas.page import QuotasPage
from cati.services import attendance, board, notices, quotas, rates, sessions, stations, users
from cati.services.context import Context
from cati.store.engine import Database
from cati.store.faults import login_closed, other_version, unreachable
from tests.gui.officials import Official
from tests.gui.operators import PASSWORD, Operator

pytestmark = pytest.mark.usefixtures("look")
Key = Qt.Key
Sit = Callable[..., Official]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was read, in order."""
    found: list[str] = []
    for module, name, said in (
        (board, "today", "today"),
        (quotas, "cells", "cells"),
        (rates, "today", "rates"),
    ):
        work = getattr(module, name)

        def count(
            ctx: Context, *given: object, name: str = said, work: Callable[..., object] = work
        ) -> object:
            found.append(name)
            return work(ctx, *given)

        monkeypatch.setattr(module, name, count)
    return found


def board_of(somebody: Official) -> BoardTab:
    somebody.go(6)
    page = somebody.here
    assert isinstance(page, FieldPage)
    somebody.settled()
    assert isinstance(page.here, BoardTab)
    return page.here


def test_a_change_is_on_the_board_without_waiting_for_the_next_look_and_is_looked_at_twice(
    official: Sit, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "GATHER_SECONDS", 0.01)
    monkeypatch.setattr(following, "LIVE_MS", 3_600_000)
    monkeypatch.setattr(field_board, "RATES_SECONDS", 0.01)
    somebody = official(Role.SUPERVISOR)
    found = board_of(somebody)
    programme = somebody.frame.office.programme
    assert programme is not None
    assert found.following.timer.interval() == REFRESH_MS
    somebody.station.live(True)
    somebody.station.told("floor", 0)
    somebody.wait(lambda: found.following.timer.interval() == following.LIVE_MS)
    attendance.clock_in(somebody.ctx)
    reads.clear()
    somebody.station.told("floor", programme.id)
    # The rates follow as the counts do, with a step of their own.
    somebody.wait(lambda: sorted(reads) == ["rates"] * following.LOOKS + ["today"] * following.LOOKS)
    timers = found.following.timer, found.rating.timer
    somebody.wait(lambda: {timer.interval() for timer in timers} == {following.LIVE_MS})
    assert "1 at work" in somebody.words()
    # Another programme, and what is not shown here, is nobody's matter.
    for what, number in (("floor", programme.id + 1), ("notices", 0)):
        somebody.station.told(what, number)
    somebody.settled()
    assert found.following.timer.interval() == following.LIVE_MS


def test_a_burst_of_changes_is_gathered_and_nothing_is_read_twice_at_a_time(
    official: Sit, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "GATHER_SECONDS", 3600.0)
    somebody = official(Role.SUPERVISOR)
    found = board_of(somebody)
    found.rating.stop()
    found.following.timer.timeout.emit()
    somebody.settled()
    reads.clear()
    for _change in range(200):
        somebody.station.told("floor", 0)
    somebody.settled()
    assert reads == []
    # The next look is not before the gathering is over.
    assert found.following.timer.interval() > 3_000_000
    # While one reading is under way, another is not begun.
    found.following.timer.timeout.emit()
    somebody.station.told("floor", 0)
    somebody.settled()
    assert reads == ["today"]


def test_the_map_of_cells_follows_while_it_is_shown(
    official: Sit, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "GATHER_SECONDS", 0.0)
    somebody = official(Role.SUPERVISOR)
    somebody.go(5)
    page = somebody.here
    assert isinstance(page, QuotasPage)
    somebody.settled()
    reads.clear()
    somebody.station.told("floor", 0)
    somebody.wait(lambda: reads == ["cells"] * following.LOOKS)
    somebody.go(1)
    reads.clear()
    somebody.station.told("floor", 0)
    somebody.settled()
    assert reads == []
    assert not page.following.timer.isActive()


def test_a_lost_server_is_told_for_as_long_as_it_is_lost_and_board_and_map_go_on_by_themselves(
    official: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody = official(Role.SUPERVISOR)
    found = board_of(somebody)
    lost = "No connection to the server since 10:00."
    somebody.station.live(True)
    somebody.station.lost(somebody.clock.now(), "")
    somebody.wait(lambda: lost in somebody.words())
    somebody.station.lost(None, "")
    somebody.wait(lambda: lost not in somebody.words())
    # Where a look fails before the station knows it; nobody has to say "seen".

    def fails(*_asked: object) -> None:
        raise unreachable()

    with monkeypatch.context() as gone:
        gone.setattr(Database, "read", fails)
        found.following.timer.timeout.emit()
        somebody.wait(lambda: lost in somebody.words())
        somebody.settled()
        assert str(unreachable()) not in somebody.words()
        assert found.following.timer.interval() == REFRESH_MS
        somebody.press(Key.Key_E, held=Qt.KeyboardModifier.ControlModifier)
        assert lost in somebody.words()
        somebody.go(5)
        page = somebody.here
        assert isinstance(page, QuotasPage)
        assert lost in somebody.words()
        # Of cells that nobody could read nothing is said.
        assert not page._short.isVisible()
        # What was asked for by a key, and refused, is told as well until the server answers.
        somebody.go(1)
        somebody.wait(lambda: str(unreachable()) in somebody.words())
    somebody.press(Key.Key_F5)
    somebody.wait(lambda: str(unreachable()) not in somebody.words() and lost not in somebody.words())
    # A server whose disk is full answers whoever reads: it is told by stations, or by the own sign of life.
    full = STRAIN_WORDS["server_disk_full"]
    somebody.station.lost(somebody.clock.now(), "server_disk_full")
    somebody.wait(lambda: full in somebody.words())
    somebody.press(Key.Key_F5)
    somebody.settled()
    assert full in somebody.words()
    somebody.station.lost(None, "")
    somebody.wait(lambda: full not in somebody.words())
    told = [Strain("server_disk_full", 3, 41)]
    said = f"{full} Stations: 3, entries kept there: 41."
    monkeypatch.setattr(stations, "strain", lambda _session: told[0] if told else None)
    somebody.frame._strained.timer.timeout.emit()
    somebody.wait(lambda: said in somebody.words())
    told.clear()
    somebody.frame._strained.timer.timeout.emit()
    somebody.wait(lambda: full not in somebody.words())
    # Of a floor that was brought to another version it is told without anybody's asking, as long as it is so.
    database = somebody.ctx.database
    database.schema = "0001"
    database.meet("0002")
    somebody.station.told(SHUT, 0)
    somebody.wait(lambda: str(other_version()) in somebody.words())
    database.meet("0001")
    somebody.station.told(SHUT, 0)
    somebody.wait(lambda: str(other_version()) not in somebody.words())


def test_the_operators_day_says_that_there_is_no_connection_and_its_time_goes_on(
    seat: Callable[[], Operator],
) -> None:
    operator = seat()
    operator.wait_for(Phase.READY)
    day = operator.console.bars
    operator.station.lost(operator.clock.now(), "")
    operator.wait(lambda: "no connection since 10:00" in operator.words())
    # Every second the queue is asked in vain, and the screen of an operator without a case shown anew.
    operator.console.desk.place.runner.lay_down()
    for _second in range(120):
        operator.clock.advance(1)
        operator.console.clockwork.beat()
        operator.console.desk.not_claimed.emit(unreachable())
    shown = day.board._day._day
    assert shown is not None
    assert shown.now is not None
    assert f"{shown.now:%H:%M}" == "10:02"
    operator.station.lost(None, "")
    operator.wait(lambda: "no connection" not in operator.words())
    # And the next person comes by itself.
    operator.wait_for(Phase.READY)
    # Who is let in no more is told so without asking: the queue is asked, and says why.
    operator.console.desk.place.runner.lay_down()
    operator.station.told(SHUT, 0)
    operator.wait_for(Phase.READY)
    # In the evening, too.
    operator.clock.advance(12 * 3600)
    operator.console.desk.place.runner.lay_down()
    operator.console.desk.not_claimed.emit(login_closed())
    assert str(login_closed()) in operator.words()


def test_what_a_supervisor_writes_is_read_as_soon_as_the_server_tells_of_it(
    seat: Callable[[], Operator],
) -> None:
    operator = seat()
    users.add_user(operator.ctx, "lead", "组长", [Role.SUPERVISOR], PASSWORD)
    lead = sessions.sign_in(operator.ctx.database, operator.ctx.clock, "lead", PASSWORD, "PC-1")
    operator.settled()
    notices.send(lead, "11 点休息")
    assert "11 点休息" not in operator.words()
    operator.station.told("notices", 0)
    operator.wait(lambda: "组长 writes: 11 点休息" in operator.words())
