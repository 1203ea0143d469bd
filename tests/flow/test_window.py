"""One whole interview as an operator does it: real keys, a real window, a real microphone."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from cati.audio.codec import SAMPLE_RATE
from cati.audio.reader import Reader
from cati.domain.queue import CaseState
from cati.services import recordings
from tests.flow.operating import Operator, sign_in
from tests.flow.station import StationFolder, demo_session, script_of
from tests.rig.pulse import Pulse, speak
from tests.rig.waiting import wait_until
from tests.rig.window import Window

SPOKEN = "Satisfied, I would say, and I want to add that the people at the counter were kind to me."
OPINION = "kind at the counter, open longer please"
NOTE = "asks for more counters"
HELD_SECONDS = 1.5
LOUD, QUIET = 600, 20
"""Root mean square of samples of speech, and of a microphone into which nobody speaks."""
SLACK = timedelta(seconds=1)
"""How much the recording may differ from the time between connecting and hanging up."""


@pytest.fixture
def station(tmp_path: Path) -> StationFolder:
    return StationFolder(tmp_path / "data")


@pytest.fixture
def window(station: StationFolder, pulse: Pulse, x_display: object) -> Iterator[Window]:
    """The program as ``./installer/run`` starts it on an empty folder, signed in to its demonstration."""
    opened = Window(station.folder, CATI_DEMO="1", CATI_LANGUAGE="en")
    try:
        wait_until(lambda: station.count("users") == 1, "the demonstration", 120)
        sign_in(opened, station)
        yield opened
    finally:
        opened.kill()


@pytest.mark.long
def test_one_whole_interview_is_stored_recorded_and_sealed(
    window: Window, station: StationFolder, pulse: Pulse, tmp_path: Path
) -> None:
    speak(SPOKEN, tmp_path / "answer.wav")
    write_silence(tmp_path / "silence.wav")
    with station.opened() as opened:
        operator = Operator(window, station, script_of(demo_session(opened)))
    interview(operator, pulse, tmp_path)
    window.press("F10")
    wait_until(lambda: station.one("select size from recordings") is not None, "the end of the recording")
    window.press("Return")
    wait_until(lambda: station.one("select disposition from attempts") == "complete", "the outcome")
    wait_until(lambda: station.held_case() is not None, "the next case")
    assert window.close() == 0
    assert window.said() == ""

    assert station.answers() == operator.given
    stored = station.rows("select item, value from responses where on_path")
    assert dict(stored) == {name: value for name, value in operator.holding.items() if value}
    assert station.count("cases", "state = ?", int(CaseState.COMPLETE)) == 1
    assert station.one("select state from interviews") == "complete"
    check_recording(station, operator)


@pytest.mark.long
def test_a_held_key_fills_one_item_and_what_is_typed_outlives_a_kill(
    window: Window, station: StationFolder
) -> None:
    with station.opened() as opened:
        script = script_of(demo_session(opened))
    operator = Operator(window, station, script)
    operator.dial()
    operator.connect()
    for _screening in range(4):
        operator.answer("1")
    window.hold("1", HELD_SECONDS)
    operator.before += 1
    wait_until(lambda: station.count("answers") == operator.before, "the answer")
    operator.holding["work_style"] = "satisfied"
    for _item in range(9):
        operator.answer("2")
    given = [value for _item, value in station.answers()]
    assert given[4:] == ["satisfied"] + ["fairly_satisfied"] * 9
    window.press("F4")
    window.write(NOTE)
    window.press("Escape")
    window.press("alt+Left", "alt+Right")
    window.write(OPINION)
    wait_until(lambda: station.one("select note from attempts") == NOTE, "the note")
    wait_until(lambda: OPINION in str(station.one("select typed from interviews")), "the words")
    assert station.count("answers", "item = 'opinion'") == 0
    window.kill()
    leases = station.one("select epoch from cases where id = ?", station.held_case())
    again = Window(station.folder, CATI_LANGUAGE="en")
    try:
        sign_in(again, station)
        operator = Operator(again, station, script)
        wait_until(lambda: station.count("cases", "epoch > ?", leases) == 1, "the same case")
        operator.dial()
        operator.connect()
        again.press("alt+Left")
        wait_until(lambda: station.count("answers", "item = 'opinion'") == 1, "the opinion")
        assert station.answers()[-1] == ("opinion", OPINION)
        again.press("F10")
        again.press("Return")
        wait_until(lambda: station.count("attempts", "disposition = 'complete'") == 1, "the outcome")
        assert station.one("select note from attempts where disposition = 'complete'") == NOTE
    finally:
        again.kill()


def interview(operator: Operator, pulse: Pulse, sounds: Path) -> None:
    """Every question to the end; while one is open somebody speaks, and one answer is changed."""
    operator.dial()
    operator.connect()
    pulse.play(sounds / "silence.wav")
    for _screening in range(4):
        operator.answer("1")
    operator.answer("1")
    operator.answer("2")
    pulse.play(sounds / "answer.wav")
    operator.answer("3")
    # The operator notices a wrong key: back, another digit, and on with the same question as before.
    operator.answer("alt+Left", "2", item=operator.given[-1][0])
    for key in ("4", "0", "7", "9", "1", "2", "1"):
        operator.answer(key)
    operator.write(OPINION)
    operator.answer("Return", value="read")
    assert operator.shown is None


def check_recording(station: StationFolder, operator: Operator) -> None:
    """It opens with the demonstration's key, is as long as the call, marked and not silent."""
    recording, file = station.rows("select id, file from recordings where complete")[0]
    with station.opened() as opened:
        _found, key = recordings.release(demo_session(opened), recording, "export")
    with Reader(station.folder / "recordings" / file, key) as reader:
        reader.verify()
        asked = [mark for mark in reader.markers if mark.kind in ("question", "answer")]
        assert [(mark.kind, mark.values["item"]) for mark in asked] == operator.marks
        places = [mark.at_ms for mark in reader.markers]
        assert all(earlier <= later for earlier, later in pairwise(places))
        (connected, ended), *_rest = station.rows("select connected_at, ended_at from attempts")
        lasted = moment(ended) - moment(connected)
        assert abs(lasted - timedelta(milliseconds=reader.duration_ms)) < SLACK
        # Nobody spoke before the first answer; between the sixth and the seventh somebody did.
        offsets = [offset for (offset,) in station.rows("select offset_ms from answers order by seq")]
        assert loudness(reader, 0, offsets[0]) < QUIET
        assert loudness(reader, offsets[5], offsets[6]) > LOUD
        assert loudness(reader, offsets[7], reader.duration_ms) < QUIET


def write_silence(wav: Path) -> None:
    """A second of nothing, which takes a second to play."""
    with wave.open(str(wav), "wb") as sound:
        sound.setparams((1, 2, SAMPLE_RATE, SAMPLE_RATE, "NONE", ""))
        sound.writeframes(bytes(2 * SAMPLE_RATE))


def loudness(reader: Reader, start_ms: int, end_ms: int) -> float:
    samples = reader.read(start_ms, end_ms).astype(float)
    assert len(samples) >= SAMPLE_RATE // 100
    return float(np.sqrt((samples**2).mean()))


def moment(stored: str) -> datetime:
    return datetime.fromisoformat(stored)
