"""Choosing a microphone by keys, between calls."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from cati.domain.call import Phase
from cati.gui.action import Mode
from cati.gui.console.microphone import MicrophoneOverlay
from tests.gui.looks import lacking, looks
from tests.gui.operators import Key, Operator

LOOKS = looks(("light", "dark"), (1.0, 1.25))
CTRL = Qt.KeyboardModifier.ControlModifier
pytestmark = pytest.mark.usefixtures("look")


def overlay(operator: Operator) -> MicrophoneOverlay:
    return operator.console.microphone


def open_list(operator: Operator) -> MicrophoneOverlay:
    operator.press(Key.Key_M, held=CTRL)
    operator.settled()
    return overlay(operator)


def test_a_microphone_is_tried_at_once_and_taken_by_enter(operator: Operator) -> None:
    open_list(operator)
    assert "The system's own choice" in operator.words()
    assert "Webcam" in operator.words()
    operator.press(Key.Key_3)
    operator.settled()
    assert operator.recorder.listening_to == "Webcam"
    assert operator.remembered == {}
    operator.press(Key.Key_Return)
    operator.settled()
    assert operator.remembered == {"audio_device": "Webcam"}
    assert operator.console.desk.place.runner.device == "Webcam"
    assert (operator.keys_mode(), operator.call.phase) == (Mode.READY, Phase.READY)
    assert not overlay(operator).isVisible()


def test_escape_listens_to_the_former_one_again_and_keeps_nothing(operator: Operator) -> None:
    open_list(operator)
    operator.press(Key.Key_2, Key.Key_Escape)
    operator.settled()
    assert operator.recorder.listening_to is None
    assert operator.remembered == {}
    assert operator.keys_mode() is Mode.READY


def test_the_one_in_use_is_chosen_when_the_list_opens_again(operator: Operator) -> None:
    open_list(operator)
    operator.press(Key.Key_2, Key.Key_Return)
    open_list(operator)
    operator.press(Key.Key_Return)
    operator.settled()
    assert operator.remembered == {"audio_device": "Headset"}


def test_the_systems_own_choice_takes_the_setting_away(operator: Operator) -> None:
    open_list(operator)
    operator.press(Key.Key_2, Key.Key_Return)
    open_list(operator)
    operator.press(Key.Key_1, Key.Key_Return)
    operator.settled()
    assert operator.remembered == {"audio_device": ""}
    assert operator.console.desk.place.runner.device is None


def test_without_a_microphone_it_says_so_and_finds_one_that_is_plugged_in(operator: Operator) -> None:
    operator.recorder.names = ()
    open_list(operator)
    assert "No microphone is there" in operator.words()
    operator.press(Key.Key_1, Key.Key_Return)
    assert operator.keys_mode() is Mode.MICROPHONE
    operator.recorder.names = ("Headset",)
    operator.wait(lambda: "Headset" in operator.words())
    assert "This one is listening" in operator.words()


def test_a_fault_of_the_one_that_is_tried_is_said_beside_its_level(operator: Operator) -> None:
    open_list(operator)
    operator.recorder.fail("silent")
    operator.wait(lambda: "Nothing is heard from this one" in operator.words())
    operator.recorder.fail("device_lost")
    operator.wait(lambda: "No microphone is there" in operator.words())


def test_it_cannot_be_opened_during_a_call(operator: Operator) -> None:
    operator.connect()
    operator.press(Key.Key_M, held=CTRL)
    assert operator.keys_mode() is Mode.QUESTION


@pytest.mark.usefixtures("tongue")
def test_nothing_is_cut(operator: Operator) -> None:
    open_list(operator)
    assert list(lacking([("microphones", operator.shell)], LOOKS)) == []
