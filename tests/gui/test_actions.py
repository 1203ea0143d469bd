import sys
from collections import Counter

import pytest
from PySide6.QtCore import QEvent, QKeyCombination, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from cati.gui.action import Group, Mode
from cati.gui.actions import ACTIONS, BY_NAME, Keys
from cati.gui.widgets.layouts import column

Key = Qt.Key


class Desk(QWidget):
    """A window with a button, a line and a page to write on, and a list of what was done."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []
        self.line, self.page, self.button = QLineEdit(), QPlainTextEdit(), QPushButton()
        self.setLayout(column(self.line, self.page, self.button))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.keys = Keys(self)
        for action in ACTIONS:
            self.keys.bind(action.name, lambda key="", name=action.name: self.done.append(f"{name}{key}"))
        self.keys.set_mode(Mode.QUESTION)


@pytest.fixture
def desk(qtbot) -> Desk:
    made = Desk()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    made.setFocus()
    qtbot.waitUntil(made.hasFocus)
    return made


def combination(key: str) -> QKeyCombination:
    """The first press of a key sequence; Qt's types do not say that one can be indexed."""
    return QKeySequence(key)[0]  # type: ignore[index]


@pytest.mark.parametrize("mode", list(Mode))
def test_no_two_actions_share_a_key_in_a_mode(mode: Mode) -> None:
    pressed = Counter(key for action in ACTIONS if mode in action.modes for key in action.keys)
    assert [key for key, times in pressed.items() if times > 1] == []


def test_every_key_is_one_that_a_keyboard_has() -> None:
    for action in ACTIONS:
        for key in action.keys:
            assert QKeySequence(key).count() == 1, key
            assert combination(key).key() != Key.Key_unknown, key


def test_names_are_unique_and_every_action_exists_somewhere() -> None:
    assert len(BY_NAME) == len(ACTIONS)
    assert all(action.modes for action in ACTIONS)


def test_what_cannot_be_undone_is_never_on_enter() -> None:
    irreversible = [action for action in ACTIONS if action.irreversible]
    assert [action.name for action in irreversible] == [
        "end_call",
        "hang_up",
        "ask_irreversible",
        "draw_void",
        "programme_retire",
        "score_close",
    ]
    assert all("Enter" not in action.keys and action.group is Group.LAST for action in irreversible)


@pytest.mark.parametrize(
    ("mode", "key", "name"),
    [
        (Mode.READY, "F1", "help"),
        (Mode.QUESTION, "F2", "card"),
        (Mode.QUESTION, "F3", "explain"),
        (Mode.READY, "F4", "appointments"),
        (Mode.QUESTION, "F4", "notes"),
        (Mode.READY, "F5", "break"),
        (Mode.QUESTION, "F6", "prompted"),
        (Mode.DISPOSITION, "F7", "complaint"),
        (Mode.QUESTION, "F8", "redial"),
        (Mode.READY, "F8", "call_back"),
        (Mode.READY, "F9", "alternate"),
        (Mode.QUESTION, "F10", "end_call"),
        (Mode.READY, "F11", "known"),
        (Mode.READY, "F12", "supervisor"),
        (Mode.QUESTION, "Alt+Left", "back"),
        (Mode.QUESTION, "Alt+Right", "forward"),
        (Mode.READY, "Enter", "dial"),
        (Mode.QUESTION, "Enter", "next"),
        (Mode.DISPOSITION, "Enter", "store"),
        (Mode.READY, "Ctrl+Q", "clock_out"),
    ],
)
def test_a_real_key_press_does_what_is_printed_on_the_screens(
    qtbot, desk: Desk, mode: Mode, key: str, name: str
) -> None:
    desk.keys.set_mode(mode)
    pressed = combination("Return" if key == "Enter" else key)
    qtbot.keyClick(desk.windowHandle(), pressed.key(), pressed.keyboardModifiers())
    assert desk.done == [name]


def test_a_digit_answers_from_either_side_of_the_keyboard(qtbot, desk: Desk) -> None:
    qtbot.keyClick(desk.windowHandle(), Key.Key_2)
    qtbot.keyClick(desk.windowHandle(), Key.Key_3, Qt.KeyboardModifier.KeypadModifier)
    assert desk.done == ["answer2", "answer3"]


def test_enter_of_the_number_block_is_enter(qtbot, desk: Desk) -> None:
    qtbot.keyClick(desk.windowHandle(), Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    assert desk.done == ["next"]


def test_digits_write_in_a_text_field_and_answer_nothing(qtbot, desk: Desk) -> None:
    desk.page.setFocus()
    qtbot.keyClicks(desk.page, "1 2, 20:30 C")
    assert desk.page.toPlainText() == "1 2, 20:30 C"
    assert desk.done == []


def test_letters_choose_an_outcome_but_not_while_typing(qtbot, desk: Desk) -> None:
    desk.keys.set_mode(Mode.DISPOSITION)
    qtbot.keyClick(desk.windowHandle(), Key.Key_C)
    desk.line.setFocus()
    qtbot.keyClick(desk.windowHandle(), Key.Key_C)
    assert desk.done == ["outcomeC"]
    assert desk.line.text() == "c"


def test_function_keys_and_moves_act_from_a_text_field_too(qtbot, desk: Desk) -> None:
    desk.page.setFocus()
    qtbot.keyClick(desk.windowHandle(), Key.Key_F10)
    qtbot.keyClick(desk.windowHandle(), Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(desk.windowHandle(), Key.Key_Escape)
    assert desk.done == ["end_call", "back", "leave_text"]


def test_enter_goes_on_from_a_line_but_breaks_one_on_a_page(qtbot, desk: Desk) -> None:
    desk.page.setFocus()
    qtbot.keyClick(desk.windowHandle(), Key.Key_Return)
    assert desk.done == []
    assert desk.page.toPlainText() == "\n"
    desk.line.setFocus()
    qtbot.keyClick(desk.windowHandle(), Key.Key_Return)
    assert desk.done == ["next"]


def test_copying_in_a_field_copies_text_and_not_the_number(qtbot, desk: Desk) -> None:
    desk.keys.set_mode(Mode.DIALLING)
    desk.line.setText("words")
    desk.line.selectAll()
    desk.line.setFocus()
    qtbot.keyClick(desk.windowHandle(), Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "words"
    assert desk.done == []


def test_nothing_acts_while_an_input_method_composes(qtbot, desk: Desk) -> None:
    desk.line.setFocus()
    QApplication.sendEvent(desk.line, QInputMethodEvent("ni", []))
    qtbot.keyClick(desk.windowHandle(), Key.Key_Return)
    qtbot.keyClick(desk.windowHandle(), Key.Key_Escape)
    assert desk.done == []
    committed = QInputMethodEvent("", [])
    committed.setCommitString("你")
    QApplication.sendEvent(desk.line, committed)
    qtbot.keyClick(desk.windowHandle(), Key.Key_Return)
    assert desk.done == ["next"]
    assert desk.line.text() == "你"


def press_and_hold(desk: Desk, key: Qt.Key, times: int) -> None:
    for nth in range(times):
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "", autorep=nth > 0)
        QApplication.sendEvent(desk, event)


def test_holding_a_digit_down_gives_one_answer(desk: Desk) -> None:
    press_and_hold(desk, Key.Key_1, 5)
    assert desk.done == ["answer1"]


def test_holding_an_arrow_down_walks_on(desk: Desk) -> None:
    desk.keys.set_mode(Mode.APPOINTMENT)
    press_and_hold(desk, Key.Key_Down, 3)
    assert desk.done == ["pick_timeDown"] * 3


def test_a_mode_laid_over_another_takes_its_keys_until_it_is_gone(qtbot, desk: Desk) -> None:
    desk.keys.push(Mode.CARD)
    qtbot.keyClick(desk.windowHandle(), Key.Key_1)
    qtbot.keyClick(desk.windowHandle(), Key.Key_Escape)
    desk.keys.pop(Mode.CARD)
    qtbot.keyClick(desk.windowHandle(), Key.Key_1)
    assert desk.done == ["close", "answer1"]


def test_taking_away_a_mode_that_is_not_on_top_changes_nothing(desk: Desk) -> None:
    desk.keys.pop(Mode.CARD)
    desk.keys.pop(Mode.QUESTION)
    assert desk.keys.mode is Mode.QUESTION


def test_what_is_off_is_not_done_and_says_why(qtbot, desk: Desk) -> None:
    desk.keys.set_mode(Mode.READY)
    desk.keys.set_off("dial", "may be called from 9:00")
    qtbot.keyClick(desk.windowHandle(), Key.Key_Return)
    assert desk.done == []
    offer = next(offer for offer in desk.keys.offers() if offer.action.name == "dial")
    assert offer.reason == "may be called from 9:00"
    desk.keys.set_off("dial", "")
    qtbot.keyClick(desk.windowHandle(), Key.Key_Return)
    assert desk.done == ["dial"]


def test_what_is_not_bound_is_neither_offered_nor_done(qtbot, desk: Desk) -> None:
    desk.keys.unbind("answer", "end_call")
    qtbot.keyClick(desk.windowHandle(), Key.Key_1)
    qtbot.keyClick(desk.windowHandle(), Key.Key_F10)
    assert desk.done == []
    assert not {"answer", "end_call"} & {offer.action.name for offer in desk.keys.offers()}
    assert not desk.keys.trigger("end_call")


def test_an_action_that_does_not_exist_cannot_be_bound(desk: Desk) -> None:
    with pytest.raises(KeyError, match="fly"):
        desk.keys.bind("fly", lambda: None)


def test_an_action_of_another_mode_cannot_be_triggered(desk: Desk) -> None:
    assert not desk.keys.trigger("dial")
    assert desk.done == []


def test_offers_come_in_the_order_of_the_key_bar(desk: Desk) -> None:
    groups = [offer.action.group.value for offer in desk.keys.offers()]
    assert groups == sorted(groups)


def test_the_menu_does_the_same_as_the_keys(desk: Desk) -> None:
    desk.keys.set_off("redial", "no call was cut off")
    menu = desk.keys.menu(desk)
    entries = {entry.text().split("\t")[0]: entry for entry in menu.actions()}
    assert not entries["Redial"].isEnabled()
    entries["Complaint"].trigger()
    assert desk.done == ["complaint"]
    assert "Answer" not in entries


def test_thousands_of_key_presses_lose_no_reference_to_none(qtbot, desk: Desk) -> None:
    """PySide6 6.12.0 lost one on every void call under Python 3.11 and aborted after some thousand keys."""
    handle, presses = desk.windowHandle(), 3000
    for _warm in range(50):
        qtbot.keyClick(handle, Key.Key_1)
    before = sys.getrefcount(None)
    for _nth in range(presses):
        qtbot.keyClick(handle, Key.Key_1)
    assert abs(sys.getrefcount(None) - before) < presses / 10
    assert len(desk.done) == presses + 50


def test_another_mode_and_its_keys_are_told_once_and_keys_of_elsewhere_not_at_all(qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    keys = Keys(window)
    keys.turn_to(Mode.READY, {"dial": print, "end_call": print})
    told: list[set[str]] = []
    keys.changed.connect(lambda: told.append({offer.action.name for offer in keys.offers()}))
    keys.unbind("end_call", "dial_never_bound")
    keys.unbind("dial", tell=False)
    keys.turn_to(Mode.QUOTAS, {"quota_pause": print})
    assert told == [{"quota_pause"}]
    keys.unbind("quota_pause")
    assert told == [{"quota_pause"}, set()]
