"""The station's telephone set, tried and removed in the window."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt

from cati.domain.call import Phase
from cati.domain.phone import CallNews, CallState, LineNews, PhoneAccount
from cati.gui.action import Mode
from cati.gui.over import Over
from cati.gui.widgets.fields import LineField
from cati.services import audit, programmes
from cati.station import phone, trial_calls
from cati.station.trial_calls import Ears, Trial
from cati.station.workplace import Workplace
from tests.gui.fits import clipped
from tests.gui.officials import Official
from tests.gui.operators import LOGIN, Key, Operator
from tests.gui.test_telephone import dial, tell

pytestmark = pytest.mark.usefixtures("look")
CTRL = Qt.KeyboardModifier.ControlModifier
SHOWN = "02988001"


def fill_in(somebody: Official, **typed: str) -> None:
    """Type into fields of the question by their names, from their beginnings, and confirm."""
    question = somebody.shell.findChild(Over)
    assert question is not None
    fields = {re.split(r"\W", field.accessibleName())[0]: field for field in question.findChildren(LineField)}
    for name, words in typed.items():
        fields[name].setFocus()
        somebody.press(Key.Key_A, held=CTRL)
        somebody.press(Key.Key_Backspace)
        somebody.type(words)
    somebody.press(Key.Key_Return)
    somebody.settled()


def test_who_looks_after_stations_sets_the_telephone_tries_it_and_removes_it(
    official: Callable[..., Official], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def call(account: PhoneAccount, ears: Ears, seconds: float = 0.0) -> Trial:
        made.append(account.test_number)
        line = LineNews(True, 200, "OK", SHOWN) if len(made) > 1 else LineNews(False, 403, "Forbidden")
        return Trial(line, CallNews(1, CallState.ENDED, 200, codec="PCMA"), len(made) > 1, True)

    monkeypatch.setattr(trial_calls, "call_aside", call)
    somebody = official()
    here = somebody.go(0)
    here.arrive("telephone")
    somebody.settled()
    assert "dialled by hand" in somebody.words()
    # Without a telephone there is nothing to be tried.
    somebody.press(Key.Key_T)
    assert somebody.keys_mode() is Mode.SYSTEM
    somebody.press(Key.Key_E)
    fill_in(somebody, Exchange="pbx 1", Telephone="8001", The="secret", Test="8002")
    assert "“exchange” does not fit" in somebody.words()
    fill_in(somebody, Exchange="127.0.0.1:5062", The="")
    assert "password at the exchange is missing" in somebody.words()
    fill_in(somebody, The="secret")
    assert "Make a test call" in somebody.words()
    folder = somebody._data
    kept = phone.own_account(folder, LOGIN, somebody.ctx.keys)
    assert kept is not None
    assert (kept.secret, kept.test_number) == ("secret", "8002")
    assert phone.is_test_due(folder, LOGIN, somebody.clock.now().date())
    # Set anew, the password stays.
    somebody.press(Key.Key_E)
    fill_in(somebody, Outside="9")
    kept = phone.own_account(folder, LOGIN, somebody.ctx.keys)
    assert kept is not None
    assert (kept.secret, kept.outside) == ("secret", "9")
    for said in ("403 Forbidden", SHOWN):
        somebody.press(Key.Key_T if said != SHOWN else Key.Key_Return)
        assert somebody.keys_mode() is Mode.ASK
        if said != SHOWN:
            somebody.press(Key.Key_Return)
        somebody.wait(lambda said=said: said in somebody.words())  # type: ignore[misc]
    assert made == ["8002", "8002"]
    assert clipped(somebody.shell) == []
    assert not phone.is_test_due(folder, LOGIN, somebody.clock.now().date())
    # It went well: Enter is done with it.
    somebody.press(Key.Key_Return, Key.Key_F, Key.Key_Return)
    somebody.settled()
    assert phone.known_account(folder) is None
    done = [entry.action for entry in reversed(audit.newest(somebody.ctx)) if "telephone" in entry.action]
    assert done == ["set_telephone", "set_telephone", "forget_telephone"]


def test_a_shift_begins_with_a_test_call_of_its_own_number(
    seat: Callable[[], Operator], monkeypatch: pytest.MonkeyPatch
) -> None:
    account = PhoneAccount("127.0.0.1:5062", "8001", "secret", address="127.0.0.1", test_number="8002")

    def workplace(self: Operator, **wiring: Any) -> Workplace:
        phone.keep_account(self._data, account, LOGIN, self.ctx.keys)
        wired = {"data_folder": self._data, "phone": account, **wiring}
        return Workplace(self.ctx, programmes.get(self.ctx), **wired)

    monkeypatch.setattr(Operator, "_make_workplace", workplace)
    operator = seat()
    operator.wait(lambda: operator.keys_mode() is Mode.ASK)
    assert "Your shift begins with a test call" in operator.words()
    tell(operator, LineNews(True, 200, "OK", SHOWN))
    operator.press(Key.Key_Return)
    operator.wait(lambda: operator.recorder.told[-1]["do"] == "dial")
    assert operator.recorder.told[-1]["number"] == "8002"
    # Nobody is looked for meanwhile, and the call is no respondent's.
    tell(operator, CallNews(1, CallState.CONNECTED, 200, codec="PCMA"))
    tell(operator, CallNews(1, CallState.ENDED, 200))
    operator.wait(lambda: SHOWN in operator.words())
    assert "Call once more" in operator.words()
    assert operator.call.phase is Phase.IDLE
    assert not phone.is_test_due(operator._data, LOGIN, operator.clock.now().date())
    operator.press(Key.Key_Escape)
    operator.wait_for(Phase.READY)
    # Between calls another one, given up while it rings; then a respondent is called.
    operator.press(Key.Key_B, held=CTRL)
    operator.press(Key.Key_Return)
    operator.wait(lambda: operator.recorder.told[-1]["do"] == "dial")
    operator.press(Key.Key_Escape)
    operator.wait(lambda: operator.recorder.told[-1]["do"] == "hang_up")
    tell(operator, CallNews(2, CallState.ENDED, 487, by_us=True))
    call = dial(operator)
    assert (call, operator.recorder.told[-1]["number"] == "8002") == (3, False)
    tell(operator, CallNews(call, CallState.CONNECTED, 200))
    operator.wait_for(Phase.CONNECTED)
