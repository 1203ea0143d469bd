"""The sound booth on a real recorder, a fake microphone and a fake loudspeaker."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cati.audio.codec import SAMPLE_RATE
from cati.audio.levels import loudness
from cati.audio.recorder import Fault, Level, RecorderProcess
from cati.audio.tones import Beeps
from cati.domain.sound import Heard, judged
from cati.station.sound_booth import FEWEST_BEEPS, MOST_BEEPS, SoundBooth
from tests.rig.pulse import Pulse, speak
from tests.rig.waiting import wait_until


def voice(loud: float) -> np.ndarray:
    """Two seconds of something like a voice with pauses, at most so loud; above 1 it is cut off."""
    time = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    wave = np.sin(2 * np.pi * 180 * time) * (np.sin(2 * np.pi * 0.75 * time) > 0) * loud
    return np.asarray(np.clip(wave, -1, 1) * 32767, np.int16).reshape(-1, 1)


@pytest.mark.parametrize(
    ("loud", "heard"),
    [
        (0.3, Heard.WELL),
        (0.005, Heard.QUIET),
        (3.0, Heard.CLIPPED),
        (0.0001, Heard.SILENT),
        (0, Heard.SILENT),
    ],
)
def test_a_voice_is_judged_by_what_was_recorded(loud: float, heard: Heard) -> None:
    whole = voice(loud)
    assert judged(loudness([whole[:5000], whole[5000:]])) is heard


def test_without_sound_there_is_no_microphone() -> None:
    assert judged(loudness([])) is Heard.MISSING
    assert not Heard.MISSING.usable


@pytest.mark.parametrize("count", [FEWEST_BEEPS, MOST_BEEPS])
def test_beeps_can_be_counted(count: int) -> None:
    beeps = Beeps(count)
    sound = np.concatenate(list(beeps.stream()))[:, 0]
    assert len(sound) * 1000 == beeps.duration_ms * SAMPLE_RATE
    loud = np.abs(sound).reshape(-1, SAMPLE_RATE // 20).max(axis=1) > 1000
    assert np.count_nonzero(np.diff(loud.astype(int)) == 1) + int(loud[0]) == count
    assert len(next(iter(beeps.stream(beeps.duration_ms - 100)))) == SAMPLE_RATE // 10


@pytest.fixture
def events() -> list[Level | Fault]:
    return []


@pytest.fixture
def booth(pulse: Pulse, events: list[Level | Fault]) -> Iterator[SoundBooth]:
    made = SoundBooth(RecorderProcess(events.append), None, owned=True)
    yield made
    made.close()


def test_a_spoken_sentence_is_recorded_judged_and_heard_again(
    booth: SoundBooth, events: list[Level | Fault], pulse: Pulse, tmp_path: Path
) -> None:
    speak("good morning, this is the bureau of statistics", tmp_path / "said.wav")
    booth.listen(None)
    wait_until(lambda: bool(events), "the microphone")
    assert booth.microphones()
    booth.record()
    pulse.play(tmp_path / "said.wav")
    assert booth.stop() is Heard.WELL
    booth.play_back()
    wait_until(lambda: booth.playing or booth.fault is not None, "the loudspeaker")
    assert booth.fault is None
    assert FEWEST_BEEPS <= booth.beep() <= MOST_BEEPS
    wait_until(lambda: booth.playing, "the beeps")
    folder = Path(booth._folder.name)
    assert len(list(folder.iterdir())) == 1
    booth.close()
    assert not folder.exists()


def test_a_muted_microphone_and_none_at_all_are_told_apart(
    booth: SoundBooth, events: list[Level | Fault], pulse: Pulse
) -> None:
    booth.listen(None)
    wait_until(lambda: any(isinstance(event, Level) for event in events), "the microphone")
    booth.record()
    heard = len(events)
    wait_until(lambda: len(events) > heard + 10, "half a second")
    assert booth.stop() is Heard.SILENT
    booth.listen("no such thing")
    booth.record()
    wait_until(lambda: any(isinstance(event, Fault) for event in events), "the refusal")
    assert booth.stop() is Heard.MISSING
    assert os.path.isdir(booth._folder.name)
