"""What tests of listening share: recordings with known sounds, and a loudspeaker that remembers."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np

from cati.audio.codec import BLOCK_FRAMES, SAMPLE_RATE, Samples
from cati.audio.container import Header
from cati.audio.tape import Piece, Tape
from cati.audio.writer import Writer
from cati.sealing.keys import new_pair

KEYS = new_pair()


@cache
def tone(seconds: float, *hertz: float, loudness: int = 9000) -> Samples:
    """One steady tone in each channel; 0 is silence."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    sound = np.stack([loudness * np.sin(2 * np.pi * h * time) for h in hertz], axis=1).astype(np.int16)
    sound.flags.writeable = False
    return sound


def recorded(
    path: Path,
    sound: Samples,
    *,
    codec: str = "pcm",
    public: bytes = KEYS.public,
    ended: bool = True,
    mark: str = "",
) -> Path:
    """A recording file of this sound, with a mark of that kind at its end."""
    header = Header(
        recording_id=path.stem,
        attempt_id="a-1",
        started_at=datetime(2024, 2, 21, 2, 0, tzinfo=UTC),
        channels=sound.shape[1],
        codec=codec,
    )
    writer = Writer(path, public, header)
    for start in range(0, len(sound), BLOCK_FRAMES):
        writer.write(sound[start : start + BLOCK_FRAMES])
    if mark:
        writer.mark(mark, {"item": ""})
    writer.close(lost_frames=0)
    if not ended:
        path.write_bytes(path.read_bytes()[:-30])
    return path


def tape_of(folder: Path, *sounds: Samples | int, codec: str = "pcm") -> Tape:
    """Recordings one after the other; a number is one of so many milliseconds whose file is gone."""
    pieces, start = [], 0
    for number, sound in enumerate(sounds):
        path = folder / f"r-{number}.crec"
        if isinstance(sound, int):
            length = sound
        else:
            recorded(path, sound, codec=codec)
            length = len(sound) * 1000 // SAMPLE_RATE
        pieces.append(Piece(path.stem, path, KEYS.private, start, length))
        start += length
    return Tape(pieces)


def pitch(sound: Samples) -> float:
    """The strongest frequency in the first channel, in hertz."""
    spectrum = np.abs(np.fft.rfft(sound[:, 0] * np.hanning(len(sound))))
    return float(spectrum.argmax()) * SAMPLE_RATE / len(sound)


def joined(pieces: Sequence[Samples]) -> Samples:
    return np.concatenate(pieces) if pieces else np.zeros((0, 1), np.int16)


class Ear:
    """A loudspeaker that remembers what it was given, and takes it as fast as a test lets it.

    Args:
        blocks: how many it takes before `let` must be called; None takes everything.
    """

    def __init__(self, blocks: int | None = None) -> None:
        self.pieces: list[Samples] = []
        self.closed = False
        self.drained = False
        self.broken = False
        self._free = None if blocks is None else threading.Semaphore(blocks)

    @property
    def sound(self) -> Samples:
        return joined(self.pieces)

    def let(self, blocks: int) -> None:
        """Take so many more."""
        assert self._free is not None
        self._free.release(blocks)

    def write(self, samples: Samples) -> None:
        if self._free is not None:
            self._free.acquire()
        if self.broken:
            raise OSError("unplugged")
        self.pieces.append(samples.copy())

    def delay_ms(self) -> float:
        return 0.0

    def drain(self) -> None:
        self.drained = True

    def close(self) -> None:
        self.closed = True
