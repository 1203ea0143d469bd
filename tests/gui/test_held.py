"""A key that is held acts once, however the server tells that it is held."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.held import LOST_MS
from cati.gui.widgets.layouts import column
from tests.gui.fingers import REPEAT_MS, Fingers

Key = Qt.Key


class Desk(QWidget):
    """A window that lists what was answered; the third answer opens a field, if it is asked to."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []
        self.opens_at = 0
        self.field = QLineEdit()
        self.setLayout(column(self.field))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.keys = Keys(self)
        self.keys.bind("answer", self._answer)
        self.keys.bind("pick_time", self.done.append)
        self.keys.set_mode(Mode.QUESTION)

    def _answer(self, key: str) -> None:
        self.done.append(key)
        if len(self.done) == self.opens_at:
            self.field.setFocus()


@pytest.fixture
def desk(qtbot) -> Desk:
    made = Desk()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    made.setFocus()
    qtbot.waitUntil(made.hasFocus)
    return made


@pytest.fixture
def fingers(desk: Desk) -> Fingers:
    return Fingers(desk.windowHandle())


@pytest.mark.parametrize("noticed", [True, False])
def test_a_held_digit_is_one_answer_whether_or_not_qt_notices(
    desk: Desk, fingers: Fingers, noticed: bool
) -> None:
    fingers.hold(Key.Key_1, 3, noticed)
    assert desk.done == ["1"]
    fingers.tap(Key.Key_1)
    assert desk.done == ["1", "1"]


def test_a_held_digit_whose_repeats_are_noticed_now_and_then_is_one_answer(
    desk: Desk, fingers: Fingers
) -> None:
    fingers.down(Key.Key_1)
    fingers.now += 660
    for nth in range(60):
        fingers.up(Key.Key_1, repeated=nth % 5 > 2)
        fingers.now += nth % 2
        fingers.down(Key.Key_1, repeated=nth % 7 > 3)
        fingers.now += REPEAT_MS
    assert desk.done == ["1"]


def test_the_same_digit_three_times_is_three_answers(desk: Desk, fingers: Fingers) -> None:
    fingers.tap(Key.Key_1, Key.Key_1, Key.Key_1)
    assert desk.done == ["1", "1", "1"]


def test_presses_without_any_time_between_them_are_three_answers_too(qtbot, desk: Desk) -> None:
    for _nth in range(3):
        qtbot.keyClick(desk.windowHandle(), Key.Key_1)
    assert desk.done == ["1", "1", "1"]


def test_a_held_digit_that_is_told_as_presses_only_is_one_answer(desk: Desk, fingers: Fingers) -> None:
    for _nth in range(60):
        fingers.down(Key.Key_1)
        fingers.now += REPEAT_MS
    assert desk.done == ["1"]


def test_a_digit_whose_release_nobody_saw_answers_again_after_a_while(desk: Desk, fingers: Fingers) -> None:
    fingers.down(Key.Key_1)
    fingers.now += LOST_MS + 1
    fingers.tap(Key.Key_1)
    assert desk.done == ["1", "1"]


def test_another_digit_answers_while_one_is_held(desk: Desk, fingers: Fingers) -> None:
    fingers.down(Key.Key_1)
    fingers.now += 30
    fingers.tap(Key.Key_2)
    fingers.up(Key.Key_1)
    assert desk.done == ["1", "2"]


@pytest.mark.parametrize("noticed", [True, False])
def test_a_field_that_appears_under_a_held_key_takes_nothing_of_it(
    desk: Desk, fingers: Fingers, noticed: bool
) -> None:
    desk.opens_at = 1
    fingers.hold(Key.Key_1, 3, noticed)
    assert desk.field.hasFocus()
    assert desk.field.text() == ""
    fingers.tap(Key.Key_1)
    assert desk.field.text() == "1"


def test_a_key_that_is_held_in_a_field_repeats_there(desk: Desk, fingers: Fingers) -> None:
    desk.field.setFocus()
    fingers.hold(Key.Key_1, 1, True)
    assert desk.field.text() == "1" * 10
    fingers.hold(Key.Key_Backspace, 2, False)
    assert desk.field.text() == ""


def test_walking_goes_on_while_its_key_is_held(desk: Desk, fingers: Fingers) -> None:
    desk.keys.set_mode(Mode.APPOINTMENT)
    fingers.hold(Key.Key_Right, 0.75)
    assert desk.done == ["Right", "Right", "Right", "Right"]
