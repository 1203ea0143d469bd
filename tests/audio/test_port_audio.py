from __future__ import annotations

import queue
from typing import Any

import numpy as np
import pyaudio
import pytest

from cati.audio.capture import OverflowedError
from cati.audio.codec import SAMPLE_RATE
from cati.audio.port_audio import PortAudio


class Stream:
    """A stand-in for PortAudio's stream of one device."""

    def __init__(self, rate: int, channels: int) -> None:
        self.rate, self.channels = rate, channels
        self.errors: queue.SimpleQueue[OSError] = queue.SimpleQueue()
        self.closed = False
        self._place = 0

    def read(self, frames: int) -> bytes:
        if not self.errors.empty():
            raise self.errors.get()
        time = (self._place + np.arange(frames)) / self.rate
        self._place += frames
        tone = (10_000 * np.sin(2 * np.pi * 300 * time)).astype(np.int16)
        # A headset often delivers on one channel only.
        both = np.stack([tone, np.zeros_like(tone)], axis=1)
        return both[:, : self.channels].tobytes()

    def get_read_available(self) -> int:
        return self.rate // 10

    def close(self) -> None:
        self.closed = True


class Card:
    """A stand-in for PortAudio with one device that opens in one form only."""

    rate, channels = 48_000, 2
    name: str | bytes = "headset"

    def __init__(self) -> None:
        self.streams: list[Stream] = []

    def get_default_host_api_info(self) -> dict[str, Any]:
        return {"index": 0, "deviceCount": 2, "defaultInputDevice": 4}

    def get_device_info_by_host_api_device_index(self, api: int, place: int) -> dict[str, Any]:
        return self.get_device_info_by_index(3 + place)

    def get_device_info_by_index(self, index: int) -> dict[str, Any]:
        inputs = self.channels if index == 4 else 0
        return {
            "index": index,
            "name": self.name,
            "maxInputChannels": inputs,
            "defaultSampleRate": float(self.rate),
        }

    def open(self, *, rate: int, channels: int, **others: object) -> Stream:
        if (rate, channels) != (self.rate, self.channels):
            raise OSError("Invalid sample rate")
        self.streams.append(Stream(rate, channels))
        return self.streams[-1]

    def terminate(self) -> None:
        pass


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Card:
    card = Card()
    monkeypatch.setattr(pyaudio, "PyAudio", lambda: card)
    return card


def test_speakers_are_not_listed(card: Card) -> None:
    (device,) = PortAudio().devices()
    assert (device.index, device.name, device.is_default) == (4, "headset", True)


def test_names_that_pyaudio_cannot_decode_are_chinese(card: Card) -> None:
    card.name = "麦克风".encode("gb18030")
    assert PortAudio().devices()[0].name == "麦克风"


@pytest.mark.parametrize(
    ("rate", "channels"), [(16_000, 1), (16_000, 2), (44_100, 1), (48_000, 1), (48_000, 2), (8_000, 1)]
)
def test_a_device_that_refuses_16_khz_is_converted(card: Card, rate: int, channels: int) -> None:
    card.rate, card.channels = rate, channels
    source = PortAudio().open(None)
    heard = np.concatenate([source.read() for _ in range(100)])
    assert heard.shape[1] == 1
    assert abs(len(heard) - 2 * SAMPLE_RATE) < 0.02 * SAMPLE_RATE
    time = np.arange(len(heard)) / SAMPLE_RATE
    expected = np.sin(2 * np.pi * 300 * time)
    middle = slice(SAMPLE_RATE // 2, SAMPLE_RATE)
    assert np.corrcoef(heard[middle, 0], expected[middle])[0, 1] > 0.99
    assert source.waiting_frames() == SAMPLE_RATE // 10


def test_dropped_sound_and_a_device_that_went_are_told_apart(card: Card) -> None:
    source = PortAudio().open("headset")
    card.streams[0].errors.put(OSError(pyaudio.paInputOverflowed, "Input overflowed"))
    card.streams[0].errors.put(OSError(pyaudio.paUnanticipatedHostError, "Unanticipated host error"))
    with pytest.raises(OverflowedError):
        source.read()
    with pytest.raises(OSError, match="host error"):
        source.read()
    source.close()
    assert card.streams[0].closed


def test_a_device_that_is_not_there_does_not_open(card: Card) -> None:
    with pytest.raises(OSError, match="no such"):
        PortAudio().open("webcam")
