"""What tests of recording share: voices, tones, a fake sound system and a listener."""

from __future__ import annotations

import queue
import subprocess
import threading
import uuid
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from cati.audio.capture import InputDevice, OverflowedError
from cati.audio.codec import BLOCK_FRAMES, SAMPLE_RATE, Samples
from cati.audio.recorder import Fault, Level, RecorderProcess
from cati.sealing.keys import new_pair
from tests.rig.pulse import speak
from tests.rig.waiting import wait_until

KEYS = new_pair()
SENTENCE = "Are you satisfied, rather satisfied, not very satisfied or not satisfied at all?"


def voice(path: Path, text: str = SENTENCE) -> Samples:
    """A synthetic voice at the recorder's rate, in a file and as samples."""
    speak(text, path.with_suffix(".raw.wav"))
    words = ["sox", "-G", str(path.with_suffix(".raw.wav")), "-r", str(SAMPLE_RATE), "-c", "1", str(path)]
    subprocess.run(words, check=True, timeout=30)
    return np.frombuffer(path.read_bytes()[44:], np.int16).reshape(-1, 1)


def tone(path: Path, seconds: int) -> Path:
    """A file with a steady tone."""
    words = ["sox", "-n", "-r", str(SAMPLE_RATE), "-c", "1", "-b", "16", str(path)]
    subprocess.run([*words, "synth", str(seconds), "sine", "440", "vol", "0.5"], check=True, timeout=30)
    return path


def likeness(heard: Samples, played: Samples) -> float:
    """The best correlation of what was played with any stretch of what was heard, 0 to 1."""
    a = heard[:, 0].astype(float) - heard.mean()
    b = played[:, 0].astype(float) - played.mean()
    size = 1 << (len(a) + len(b)).bit_length()
    products = np.fft.irfft(np.fft.rfft(a, size) * np.conj(np.fft.rfft(b, size)), size)
    place = int(products[: max(1, len(a) - len(b))].argmax())
    stretch = a[place : place + len(b)]
    length = float(np.linalg.norm(stretch) * np.linalg.norm(b[: len(stretch)]))
    return float(products[place]) / length if length else 0.0


def begin(recorder: RecorderProcess, folder: Path, device: str | None = None) -> Path:
    """Start a recording of its own file and wait until sound comes in."""
    path = start(recorder, folder, device)
    wait_until(lambda: recorder.offset_ms() is not None, "the first sound")
    return path


def start(recorder: RecorderProcess, folder: Path, device: str | None = None) -> Path:
    """Start a recording of its own file."""
    recording_id = str(uuid.uuid4())
    path = folder / f"{recording_id}.crec"
    recorder.start(
        path=path,
        recording_id=recording_id,
        attempt_id="attempt",
        public_key=KEYS.public,
        started_at=datetime(2024, 2, 21, 2, 0, tzinfo=UTC),
        device=device,
    )
    return path


def passed(recorder: RecorderProcess, milliseconds: int) -> bool:
    """Whether the recording has come that far."""
    return (recorder.offset_ms() or 0) >= milliseconds


class Listener:
    """Takes the recorder's events, as a window would.

    Attributes:
        idle: cleared while the window is busy with something else, and takes nothing.
    """

    def __init__(self) -> None:
        self.idle = threading.Event()
        self.idle.set()
        self.levels: list[Level] = []
        self.faults: list[str] = []

    def __call__(self, event: Level | Fault) -> None:
        self.idle.wait()
        if isinstance(event, Fault):
            self.faults.append(event.kind)
        else:
            self.levels.append(event)


class FakeMicrophone:
    """Gives out what a test puts in: samples, or an error to raise."""

    def __init__(self, name: str = "headset") -> None:
        self.name = name
        self.closed = False
        self.backlog = 0
        self._blocks: queue.SimpleQueue[Samples | Exception] = queue.SimpleQueue()

    def hear(self, blocks: int, loudness: int = 5000) -> None:
        for _ in range(blocks):
            self._blocks.put(np.full((BLOCK_FRAMES, 1), loudness, np.int16))

    def sing(self, blocks: int, loudness: int = 9000) -> None:
        """A steady tone of 400 Hz, which a codec for voices keeps."""
        wave = loudness * np.sin(np.arange(BLOCK_FRAMES) * 2 * np.pi * 400 / SAMPLE_RATE)
        for _ in range(blocks):
            self._blocks.put(wave.astype(np.int16).reshape(-1, 1))

    def unplug(self) -> None:
        self._blocks.put(OSError("gone"))

    def overflow(self) -> None:
        self._blocks.put(OverflowedError())

    def read(self) -> Samples:
        try:
            block = self._blocks.get(timeout=0.02)
        except queue.Empty:
            return np.zeros((0, 1), np.int16)
        if isinstance(block, OverflowedError):
            # It was busy elsewhere for a while.
            threading.Event().wait(0.05)
        if isinstance(block, Exception):
            raise block
        return block

    def waiting_frames(self) -> int:
        return self.backlog

    def close(self) -> None:
        self.closed = True


class SilentDriver(FakeMicrophone):
    """A microphone whose driver never answers."""

    def __init__(self) -> None:
        super().__init__()
        self.release = threading.Event()

    def read(self) -> Samples:
        self.release.wait()
        return super().read()


class FakeSystem:
    """Microphones that come and go as a test wants it; they are seen after a refresh, as with PortAudio."""

    def __init__(self, *plugged: FakeMicrophone) -> None:
        self.plugged = {microphone.name: microphone for microphone in plugged}
        self._seen = dict(self.plugged)
        self.closed = False
        self.chosen: list[str | None] = []

    def devices(self) -> tuple[InputDevice, ...]:
        return tuple(InputDevice(place, name, place == 0) for place, name in enumerate(self._seen))

    def refresh(self) -> None:
        self._seen = dict(self.plugged)

    def open(self, name: str | None) -> FakeMicrophone:
        name = name or next(iter(self._seen), None)
        if name not in self._seen or name not in self.plugged:
            raise OSError("no such microphone")
        return self.plugged[name]

    def choose(self, name: str | None) -> None:
        self.chosen.append(name)

    def close(self) -> None:
        self.closed = True
