"""The console while the line to the server is down: a calm line, the interview goes on, the rest follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.attendance import Presence
from cati.domain.call import Phase
from cati.domain.stations import SHUT
from cati.gui.widgets.call_bar import CallBar, Saved
from cati.services import attendance, deliveries, programmes
from cati.station.outbox import Outbox
from cati.station.sender import Sender
from cati.station.workplace import Workplace
from cati.store.faults import login_closed, other_version, server_disk_full, unreachable
from tests.gui.operators import Key, Operator


class Line:
    """Carries a station's writes into the database of the window's tests, or fails."""

    def __init__(self, outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sender, self.is_down = Sender(outbox, retry=0.01), False
        self.says = unreachable
        carry = deliveries.deliver

        def deliver(*args: Any) -> None:
            if self.is_down:
                raise self.says()
            carry(*args)

        monkeypatch.setattr(deliveries, "deliver", deliver)

    def workplace(self, operator: Operator, **wiring: Any) -> Workplace:
        self.sender.start(operator.ctx)
        programme = programmes.get(operator.ctx)
        return Workplace(operator.ctx, programme, data_folder=operator._data, sender=self.sender, **wiring)


@pytest.fixture
def line(tmp_path: Path, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    folder = tmp_path / "pc"
    folder.mkdir()
    with closing(Outbox(folder, clock.now)) as outbox:
        made = Line(outbox, monkeypatch)
        monkeypatch.setattr(
            Operator, "_make_workplace", lambda self, **wiring: made.workplace(self, **wiring)
        )
        yield made
        assert made.sender.stop()


def test_with_the_line_down_the_interview_is_finished_and_the_next_person_comes_when_it_is_back(
    seat: Callable[[], Operator], line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = seat()
    (bar,) = operator.console.findChildren(CallBar)

    def shows(saved: Saved) -> bool:
        return bar._state is not None and bar._state.saved is saved

    operator.connect()
    operator.screen()
    operator.wait(lambda: shows(Saved.SERVER))
    # A day that was not known because the session began without the server is, once that has taken something.
    place = operator.console.desk.place
    place._is_offline = True
    operator.press(Key.Key_F8)
    operator.wait(lambda: not place.is_day_unknown)
    operator.wait_for(Phase.DIALLING)
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.CONNECTED)
    case = operator.case_id
    line.is_down = True
    operator.press(Key.Key_1, Key.Key_2)
    operator.wait(lambda: shows(Saved.LINE_DOWN))
    assert "sent later" in operator.words()
    operator.press(Key.Key_F10, Key.Key_8, Key.Key_Return)
    operator.wait(lambda: "Saved here, sent later" in operator.words())
    assert operator.call.phase is Phase.IDLE
    assert len(line.sender.outbox) > 0
    line.is_down = False
    operator.wait_for(Phase.READY)
    assert operator.case_id != case
    assert len(line.sender.outbox) == 0
    # What ends a call may not be kept yet when word comes of what was sent before: nobody is asked for then.
    operator.connect()
    operator.press(Key.Key_F10, Key.Key_8, Key.Key_Return)
    desk, case = operator.console.desk, operator.case_id
    assert desk.call.phase is Phase.IDLE
    assert desk.committing
    line.sender.told()
    desk.claim()
    assert not desk._claiming
    operator.wait_for(Phase.READY)
    assert operator.case_id != case
    # Whoever goes home meanwhile goes at once, and is said to have gone then.
    line.is_down = True
    operator.clock.advance(60)
    went = operator.clock.now()

    def away(_session: object) -> None:
        raise unreachable()

    monkeypatch.setattr(operator.shell.station, "sign_out", away)
    operator.press(Key.Key_Q, held=Qt.KeyboardModifier.ControlModifier)
    operator.wait(lambda: operator.shell._place is None)
    operator.settled()
    assert "That you went home at 10:01 is kept on this station" in super(Operator, operator).words()
    assert operator.shell._notice.is_well
    assert attendance.today(operator.ctx).presence is Presence.IN
    operator.clock.advance(3600)
    line.is_down = False
    operator.wait(lambda: len(line.sender.outbox) == 0)
    day = attendance.today(operator.ctx)
    assert (day.presence, day.since) == (Presence.OUT, went)


def test_on_a_floor_of_another_version_the_interview_is_finished_and_nobody_else_is_called(
    seat: Callable[[], Operator], line: Line
) -> None:
    operator = seat()
    database = operator.ctx.database
    operator.wait_for(Phase.READY)
    # As the next sign of life finds it.
    database.schema = "0001"
    database.meet("0002")
    operator.station.told(SHUT, 0)
    operator.wait(lambda: str(other_version()) in operator.words())
    assert operator.call.phase is Phase.IDLE
    database.meet("0001")
    operator.station.told(SHUT, 0)
    operator.connect()
    operator.screen()
    # What waits for something else than the line is not said to wait for it.
    line.is_down, line.says = True, login_closed
    operator.press(Key.Key_1)
    operator.wait(lambda: "login shut, sent later" in operator.words())
    line.says = server_disk_full
    operator.wait(lambda: "server full, sent later" in operator.words())
    assert line.sender.strain == "server_disk_full"
    with pytest.raises(CatiError, match="disk is full"):
        operator.console.desk.place._written.catch_up()
    operator.station.lost(operator.clock.now(), "server_disk_full")
    operator.wait(lambda: "server's disk full since 10:00" in operator.words())
    operator.station.lost(None, "")
    line.is_down = False
    operator.wait(lambda: len(line.sender.outbox) == 0)
    database.meet("0002")
    operator.station.told(SHUT, 0)
    operator.wait(lambda: "Nobody else is called from this window after it." in operator.words())
    operator.press(Key.Key_2)
    operator.wait(lambda: "upgraded, sent later" in operator.words())
    operator.press(Key.Key_F10, Key.Key_8, Key.Key_Return)
    operator.wait(lambda: str(other_version()) in operator.words())
    assert operator.call.phase is Phase.IDLE
    assert len(line.sender.outbox) > 0
    # A program of that version sends it.
    database.meet("0001")
    operator.wait_for(Phase.READY)
    assert len(line.sender.outbox) == 0
