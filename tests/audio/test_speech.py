"""Speech is told from silence and noise in each channel, and put together into figures."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from cati.audio.codec import SAMPLE_RATE, Samples
from cati.audio.speech import SpeechMeter
from cati.domain.ports import Speech
from tests.rig.pulse import speak

MS = SAMPLE_RATE // 1000


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    """Some three seconds of a made voice, without the silence around it, at 16 kHz."""
    wav = tmp_path_factory.mktemp("voice") / "voice.wav"
    speak("I was quite satisfied with how they worked in the last year", wav)
    return read(wav)


def read(wav: Path) -> Samples:
    with wave.open(str(wav)) as file:
        rate = file.getframerate()
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
    loud = np.flatnonzero(np.abs(sound) > 500)
    sound = sound[loud[0] : loud[-1]]
    count = len(sound) * SAMPLE_RATE // rate
    converted = np.interp(np.arange(count) * rate / SAMPLE_RATE, np.arange(len(sound)), sound)
    return np.asarray(converted, np.int16)


def laid(voice: Samples, seconds: float, *channels: Sequence[float]) -> Samples:
    """A recording in which the voice begins at these seconds of each channel, in the noise of a line."""
    noise = np.random.default_rng(5).standard_normal((round(seconds * SAMPLE_RATE), len(channels))) * 60
    for channel, starts in enumerate(channels):
        for start in starts:
            at = round(start * SAMPLE_RATE)
            noise[at : at + len(voice), channel] += voice
    return noise.clip(-32768, 32767).astype(np.int16)


def told(sound: Samples, marks: Sequence[tuple[float, str]] = (), piece: int = 777) -> Speech:
    """What a meter tells that gets the sound in pieces of an odd length, and marks at their seconds."""
    meter, waiting = SpeechMeter(), list(marks)
    for start in range(0, len(sound), piece):
        while waiting and waiting[0][0] * SAMPLE_RATE <= start:
            meter.mark(waiting.pop(0)[1])
        meter.feed(sound[start : start + piece])
    for _at, kind in waiting:
        meter.mark(kind)
    figures = meter.figures()
    assert figures is not None
    return figures


def test_who_speaks_when_is_told_of_each_channel(voice: Samples) -> None:
    long = len(voice) / MS
    # The operator asks twice; the respondent begins a second before the first question ends, then is silent.
    second = 1 + long / 1000
    sound = laid(voice, 24, (1, 14), (second - 1,))
    marks = [(0.5, "question"), (11.0, "answer"), (11.0, "question"), (20.0, "answer"), (20.5, "device")]
    speech = told(sound, marks)
    assert speech.length_ms == 24_000
    # The detector lets speech end a little late.
    assert speech.talk_ms[0] == pytest.approx(2 * long + 200, abs=300)
    assert speech.talk_ms[1] == pytest.approx(long + 100, abs=200)
    assert speech.overlap_ms == pytest.approx(1100, abs=200)
    assert speech.silence_ms == pytest.approx(24_000 - 3 * long + 800, abs=400)
    assert speech.longest_pause_ms == pytest.approx(14_000 - 2 * long - 100, abs=250)
    # To the second question only the operator spoke.
    assert (speech.answers, speech.answers_unspoken) == (2, 1)


def test_one_channel_holds_what_there_was_and_noise_is_no_speech(voice: Samples) -> None:
    speech = told(laid(voice, 8, (1,)), [(0.5, "question"), (7.0, "answer")])
    assert len(speech.talk_ms) == 1
    assert (speech.overlap_ms, speech.answers, speech.answers_unspoken) == (None, 1, 0)
    assert speech.talk_ms[0] + speech.silence_ms == speech.length_ms == 8000
    quiet = told(laid(voice, 8, ()))
    assert quiet.talk_ms[0] < 300
    assert SpeechMeter().figures() is None
