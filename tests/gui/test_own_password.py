"""Everybody changes the own password where they work: at the console and in the office."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from cati.base.errors import CatiError
from cati.domain.call import Phase
from cati.domain.users import Role
from cati.gui.action import Mode
from cati.gui.over import Over
from cati.gui.widgets.fields import LineField
from cati.sealing import passwords
from cati.services import sessions
from tests.gui.fits import clipped
from tests.gui.officials import Official
from tests.gui.operators import LOGIN, PASSWORD, Key, Operator, Seated

pytestmark = pytest.mark.usefixtures("look")
CTRL = Qt.KeyboardModifier.ControlModifier
NEW = "another long phrase"


@pytest.fixture(autouse=True)
def _quick_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", passwords.Cost(passes=1, memory_kib=8))


def fill_in(somebody: Seated, *typed: str) -> None:
    """Type into each field, from the first, and confirm."""
    question = somebody.shell.findChild(Over)
    assert question is not None
    question.findChildren(LineField)[0].setFocus()
    for words in typed:
        somebody.press(Key.Key_A, held=CTRL)
        somebody.type(words)
        somebody.press(Key.Key_Tab)
    somebody.press(Key.Key_Return)
    somebody.settled()


def change(somebody: Seated) -> None:
    """With all that can go wrong before."""
    somebody.press(Key.Key_K, held=CTRL)
    assert somebody.keys_mode() is Mode.ASK
    fill_in(somebody, PASSWORD, NEW, "a third long phrase")
    assert "The two passwords differ" in somebody.words()
    fill_in(somebody, "a wrong one", NEW, NEW)
    assert "The old password is wrong" in somebody.words()
    fill_in(somebody, PASSWORD, "short", "short")
    assert "Your password was changed" not in somebody.words()
    assert clipped(somebody.shell) == []
    fill_in(somebody, PASSWORD, NEW, NEW)
    assert "Your password was changed" in somebody.words()
    with pytest.raises(CatiError, match="refused"):
        sessions.sign_in(somebody.database, somebody.clock, LOGIN, PASSWORD, "12")
    assert sessions.sign_in(somebody.database, somebody.clock, LOGIN, NEW, "12").actor.login == LOGIN


def test_an_operator_changes_it_between_calls_and_goes_on(operator: Operator) -> None:
    change(operator)
    assert operator.keys_mode() is Mode.READY
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.DIALLING)
    # Nothing lies over a call.
    operator.press(Key.Key_K, held=CTRL)
    assert operator.keys_mode() is Mode.DIALLING


def test_whatever_takes_the_screen_away_takes_the_question_with_it(operator: Operator) -> None:
    operator.press(Key.Key_K, held=CTRL)
    assert operator.console.findChild(Over) is not None
    operator.shell.keys.set_mode(Mode.BREAK)
    operator.wait(lambda: operator.console.findChild(Over) is None)
    assert operator.keys_mode() is Mode.BREAK


def test_who_supervises_changes_it_in_any_place_of_the_office(official: Callable[..., Official]) -> None:
    somebody = official(Role.SUPERVISOR)
    before = somebody.keys_mode()
    change(somebody)
    assert somebody.keys_mode() is before
    somebody.press(Key.Key_K, held=CTRL)
    somebody.press(Key.Key_Escape)
    assert somebody.keys_mode() is before
