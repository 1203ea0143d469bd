"""A console whose station has a telephone: it calls by itself, and tells what became of the call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time
from typing import Any

import pytest
from PySide6.QtCore import Qt

from cati.domain.call import Phase
from cati.domain.phone import CallNews, CallState, EarNews, LineNews, PhoneAccount, PhoneNews
from cati.domain.programmes import CallHours
from cati.gui.action import Mode
from cati.services import programmes, wishes
from cati.station.workplace import Workplace
from cati.telephony.messages import event
from tests.gui.fits import clipped
from tests.gui.operators import Key, Operator
from tests.gui.stalls import own_work

ACCOUNT = PhoneAccount("127.0.0.1:5062", "8001", "secret", address="127.0.0.1")


@pytest.fixture
def operator(seat: Callable[[], Operator], monkeypatch: pytest.MonkeyPatch) -> Operator:
    def workplace(self: Operator, **wiring: Any) -> Workplace:
        wired = {"data_folder": self._data, "phone": ACCOUNT, **wiring}
        return Workplace(self.ctx, programmes.get(self.ctx), **wired)

    monkeypatch.setattr(Operator, "_make_workplace", workplace)
    return seat()


def tell(operator: Operator, news: PhoneNews) -> None:
    """As the recorder's thread tells it."""
    assert operator.recorder.on_news is not None
    operator.recorder.on_news(event(news))


def dial(operator: Operator) -> int:
    """From the queue card until the telephone is told to call; the number of the call."""
    operator.wait_for(Phase.READY)
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.DIALLING)
    assert operator.recorder.told[-1]["do"] == "dial"
    return int(operator.recorder.told[-1]["call"])


def test_the_interview_opens_when_somebody_answers_and_stays_when_they_hang_up(operator: Operator) -> None:
    call = dial(operator)
    tell(operator, CallNews(call, CallState.DIALLING))
    tell(operator, CallNews(call, CallState.RINGING, 180))
    operator.wait(lambda: "It rings" in operator.words())
    assert "Somebody answered" not in operator.words()
    # Nobody has answered: no key says so.
    operator.press(Key.Key_Return)
    assert operator.call.phase is Phase.DIALLING
    tell(operator, CallNews(call, CallState.CONNECTED, 200, codec="PCMA"))
    operator.wait_for(Phase.CONNECTED)
    operator.wait(lambda: "start" in operator.recorder.asked)
    operator.screen()
    for key, words in ((Key.Key_F5, "mute"), (Key.Key_F5, "mute")):
        operator.press(key)
        assert operator.recorder.told[-1]["do"] == words
    assert operator.recorder.told[-1]["on"] is False
    # The headset is pulled out: what is told of it goes when it is plugged in, and the recording goes on.
    operator.recorder.fail("device_lost")
    tell(operator, EarNews(False))
    operator.wait(lambda: "Microphone lost" in operator.words() and "no headset" in operator.words())
    operator.recorder.hear(0, heard=False)
    assert "cannot be heard" in operator.words()
    operator.recorder.hear(0.1)
    tell(operator, EarNews(True))
    operator.wait(
        lambda: "can be heard again" in operator.words() and "Microphone lost" not in operator.words()
    )
    assert "no headset" not in operator.words()
    assert operator.recorder.asked.count("start") == 1
    # Digits of the keypad go to the line, and are no answer.
    said = len(operator.call.answers)
    operator.press(Key.Key_N, held=Qt.KeyboardModifier.ControlModifier)
    assert operator.keys_mode() is Mode.KEYPAD
    operator.press(Key.Key_8, Key.Key_0, Key.Key_1)
    operator.press(Key.Key_NumberSign, held=Qt.KeyboardModifier.ShiftModifier)
    assert [told["digits"] for told in operator.recorder.told[-4:]] == ["8", "0", "1", "#"]
    assert "801#" in operator.words()
    operator.press(Key.Key_Escape)
    assert (operator.keys_mode(), len(operator.call.answers)) == (Mode.QUESTION, said)
    operator.press(Key.Key_N, held=Qt.KeyboardModifier.ControlModifier)
    # News of an earlier call, and the end of this one.
    tell(operator, CallNews(call - 1, CallState.ENDED, 200))
    tell(operator, CallNews(call, CallState.ENDED, 200))
    operator.wait(lambda: "has hung up" in operator.words())
    assert (operator.call.phase, operator.call.shown) == (Phase.CONNECTED, "work_style")
    # With nobody on the line the keypad goes, and cannot be opened.
    assert operator.keys_mode() is Mode.QUESTION
    assert not operator.shell.keys.trigger("keypad")
    operator.press(Key.Key_F8)
    operator.wait_for(Phase.DIALLING)
    again = int(operator.recorder.told[-1]["call"])
    assert again == call + 1
    tell(operator, CallNews(again, CallState.DIALLING))
    tell(operator, CallNews(again, CallState.CONNECTED, 200))
    operator.wait_for(Phase.CONNECTED)
    operator.wait(lambda: operator.shell.keys.trigger("keypad"))
    operator.press(Key.Key_Escape)
    # The telephone's process dies: the interview goes on.
    operator.recorder.fail("recorder_died")
    operator.wait(lambda: "telephone failed" in operator.words())
    operator.press(Key.Key_1)
    assert operator.call.answers["work_style"]


def test_what_the_network_says_is_proposed_and_one_key_confirms_it(operator: Operator) -> None:
    call = dial(operator)
    case = operator.case_id
    tell(operator, CallNews(call, CallState.ENDED, 486, 17))
    operator.wait_for(Phase.WRAP_UP)
    assert operator.console.disposition._chosen == "busy"
    operator.press(Key.Key_Return)
    operator.wait(lambda: operator.call.phase is Phase.READY and operator.case_id != case)
    # What the operator ended proposes nothing; of what the table does not know nothing is proposed either.
    for news in (
        CallNews(dial(operator), CallState.ENDED, 503),
        CallNews(call + 2, CallState.ENDED, 487, by_us=True),
    ):
        if news.by_us:
            assert dial(operator) == news.call
            operator.press(Key.Key_F10)
        tell(operator, news)
        operator.wait_for(Phase.WRAP_UP)
        assert operator.console.disposition._chosen == ""
        operator.press(Key.Key_1, Key.Key_Return)
        operator.wait_for(Phase.READY)
    tell(operator, LineNews(False, 403, "Forbidden"))
    operator.wait(lambda: "403 Forbidden" in operator.words())


def test_the_next_is_dialled_by_itself_after_a_pause_unless_a_key_is_pressed(operator: Operator) -> None:
    operator.wait_for(Phase.READY)
    desk, auto = operator.console.desk, operator.console.auto_dial
    desk.place.pause_seconds = 3
    auto.ticker.setInterval(1_000_000)

    def busy(call: int) -> None:
        case = operator.case_id
        tell(operator, CallNews(call, CallState.ENDED, 486, 17))
        operator.wait_for(Phase.WRAP_UP)
        operator.press(Key.Key_Return)
        operator.wait(lambda: operator.call.phase is Phase.READY and operator.case_id != case)

    def dialled() -> int:
        return sum(told["do"] == "dial" for told in operator.recorder.told)

    # The first of the shift waits for its key.
    assert "Dialled by itself" not in operator.words()
    busy(dial(operator))
    assert "Dialled by itself in 3 s" in operator.words()
    assert clipped(operator.shell) == []
    operator.press(Key.Key_Space)
    assert "Dialled by itself" not in operator.words()
    for _beat in range(3):
        auto.beat()
    assert (operator.call.phase, dialled()) == (Phase.READY, 1)
    busy(dial(operator))
    for _beat in range(3):
        auto.beat()
    operator.wait_for(Phase.DIALLING)
    assert dialled() == 3
    # A call is under way: there is no second one.
    auto.beat()
    assert dialled() == 3
    busy(3)
    # Whose number came onto the list a moment ago gives way to the next one, who waits for a key.
    case = operator.call.assignment
    assert case is not None
    with own_work():
        wishes.add(operator.ctx, desk.place.programme, case.contact.number.e164, "热线要求")
    for _beat in range(3):
        auto.beat()
    operator.wait(lambda: operator.call.phase is Phase.READY and operator.case_id != case.case_id)
    assert "list of those not to be called" in operator.words()
    assert dialled() == 3
    busy(dial(operator))
    # Outside the hours of calling nobody is called, although nothing was measured since.
    loaded = desk.place.programme
    past = (CallHours((), tuple(range(7)), time(8), time(9)),)
    settings = replace(loaded.programme.settings, call_hours=past)
    desk.place.programme = replace(loaded, programme=replace(loaded.programme, settings=settings))
    for _beat in range(3):
        auto.beat()
    operator.settled()
    assert (operator.call.phase, dialled()) == (Phase.READY, 4)
    assert "Dialled by itself" not in operator.words()
