"""The sound test at the beginning of a shift, by keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from cati.base.errors import CatiError
from cati.domain.call import Phase
from cati.domain.sound import Heard
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.sound.sheet import Stage
from cati.services import audit, sound_tests
from cati.station.workplace import Workplace
from tests.gui.booths import QuietBooth
from tests.gui.fits import clipped
from tests.gui.operators import Key, Operator

CTRL = Qt.KeyboardModifier.ControlModifier
pytestmark = pytest.mark.usefixtures("look")


@pytest.fixture
def booth(monkeypatch: pytest.MonkeyPatch) -> QuietBooth:
    """A station where a test is due every day, in a booth that makes no sound."""
    made = QuietBooth()
    monkeypatch.setattr(Workplace, "sound_booth", lambda _place: made)
    monkeypatch.setattr(Workplace, "sound_test_due", lambda place: sound_tests.due(place.ctx))
    return made


def stage(operator: Operator, wanted: Stage) -> None:
    """Wait for a stage."""

    def stands() -> bool:
        sheet = operator.console.sound.sheet
        return sheet is not None and sheet._stage is wanted and not sheet.waiting

    operator.wait(stands)


def arrived(seat: Callable[[], Operator]) -> Operator:
    operator = seat()
    stage(operator, Stage.SPEAK)
    return operator


def last_action(operator: Operator) -> tuple[str, object]:
    found = [entry for entry in audit.newest(operator.ctx) if entry.action.startswith("sound_test")]
    entry = max(found, key=lambda entry: entry.seq)
    return entry.action, entry.detail.get("reason")


def test_a_shift_begins_with_speaking_hearing_oneself_and_counting_beeps(seat, booth: QuietBooth) -> None:
    operator = arrived(seat)
    assert (operator.keys_mode(), operator.case_id) == (Mode.SOUND, None)
    assert "bureau of statistics" in operator.words()
    operator.press(Key.Key_Return)
    stage(operator, Stage.RECORDING)
    operator.press(Key.Key_Return)
    stage(operator, Stage.LISTEN)
    assert booth.asked == ["record", "stop", "play"]
    assert "hears you well" in operator.words()
    operator.press(Key.Key_P)
    operator.settled()
    operator.press(Key.Key_Return)
    stage(operator, Stage.COUNT)
    operator.press(Key.Key_4)
    assert "There were not 4." in operator.words()
    operator.press(Key.Key_Return)
    operator.settled()
    operator.press(Key.Key_3)
    operator.wait_for(Phase.READY)
    operator.settled()
    assert booth.asked[3:] == ["play", "beep", "beep", "close"]
    assert last_action(operator) == ("sound_test_passed", None)
    # On demand it is made again, with the case kept on the desk.
    case = operator.case_id
    operator.press(Key.Key_L, held=CTRL)
    stage(operator, Stage.SPEAK)
    # While it records, Esc does what it says: it ends the recording.
    operator.press(Key.Key_Return)
    stage(operator, Stage.RECORDING)
    assert "End the recording, Esc" in operator.words()
    assert "Skip the test" not in operator.words()
    operator.press(Key.Key_Escape)
    stage(operator, Stage.LISTEN)
    operator.press(Key.Key_Escape)
    operator.type("only looking")
    operator.press(Key.Key_Return)
    operator.wait(lambda: operator.keys_mode() is Mode.READY)
    assert (operator.case_id, last_action(operator)) == (case, ("sound_test_skipped", "only looking"))


def test_what_is_wrong_is_said_and_only_a_usable_microphone_goes_on(seat, booth: QuietBooth) -> None:
    booth.heard = Heard.SILENT
    operator = arrived(seat)
    for heard, words in ((Heard.SILENT, "as if it were muted"), (Heard.MISSING, "Plug in the headset")):
        booth.heard = heard
        operator.press(Key.Key_Return)
        stage(operator, Stage.RECORDING)
        operator.press(Key.Key_Return)
        stage(operator, Stage.LISTEN)
        assert words in operator.words()
        assert "play" not in booth.asked
        operator.press(Key.Key_Return)
        stage(operator, Stage.SPEAK)
    booth.heard = Heard.QUIET
    operator.press(Key.Key_Return)
    stage(operator, Stage.RECORDING)
    operator.press(Key.Key_Return)
    stage(operator, Stage.LISTEN)
    assert "too quiet" in operator.words()
    assert "Go on all the same" in operator.words()
    booth.fault = CatiError("no_speaker", "No loudspeaker or headset can be used.")
    operator.wait(lambda: "No loudspeaker" in operator.words())


def test_skipping_needs_a_reason_and_is_asked_once_a_day(seat, booth: QuietBooth) -> None:
    operator = arrived(seat)
    operator.press(Key.Key_Escape, Key.Key_Return)
    assert "Fill in “Reason”." in operator.words()
    # The key says what it does here.
    assert (operator.keys_mode(), "Back to the test, Esc" in operator.words()) == (Mode.SOUND_SKIP, True)
    operator.press(Key.Key_Escape)
    stage(operator, Stage.SPEAK)
    assert operator.keys_mode() is Mode.SOUND
    assert "Skip the test, Esc" in operator.words()
    operator.press(Key.Key_Escape)
    operator.type("the headset is being mended")
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.READY)
    assert last_action(operator) == ("sound_test_skipped", "the headset is being mended")
    again = seat()
    again.wait_for(Phase.READY)
    assert again.console.sound.sheet is None


@pytest.mark.usefixtures("tongue")
def test_nothing_is_cut(seat, booth: QuietBooth) -> None:
    theme.use("light", 1.25)
    operator = arrived(seat)
    assert clipped(operator.console.sound) == []
    operator.press(Key.Key_Return)
    stage(operator, Stage.RECORDING)
    booth.heard = Heard.CLIPPED
    operator.press(Key.Key_Return)
    stage(operator, Stage.LISTEN)
    assert clipped(operator.console.sound) == []
    operator.press(Key.Key_Escape)
    assert clipped(operator.console.sound) == []
