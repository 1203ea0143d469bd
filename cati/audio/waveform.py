"""The picture of a recording: the least and the largest sample of every few milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from cati.audio.codec import SAMPLE_RATE, Samples

BIN_FRAMES = 64
"""Samples taken together: 4 ms, finer than a pixel at any zoom that is of use for speech."""
_LOUD = 0.02 * 32768
_FIRST_MS, _EVERY_MS = 5_000, 20_000


class Peaks:
    """Least and largest samples of each channel, filled from the beginning while somebody draws them.

    It takes 4 bytes for each 4 ms and channel (1.2 MB for ten minutes of two), never the sound itself.

    Args:
        channels: 1 or 2.
        duration_ms: of what will be taken; more is dropped.
    """

    def __init__(self, channels: int, duration_ms: int) -> None:
        bins = -(-duration_ms * SAMPLE_RATE // 1000 // BIN_FRAMES) + 1
        self.channels, self.duration_ms = channels, duration_ms
        self._least: NDArray[np.int16] = np.zeros((channels, bins), np.int16)
        self._most: NDArray[np.int16] = np.zeros((channels, bins), np.int16)
        self._rest: Samples = np.zeros((0, channels), np.int16)
        self._filled = 0

    @property
    def filled_ms(self) -> int:
        """How far it has come."""
        return self._filled * BIN_FRAMES * 1000 // SAMPLE_RATE

    def add(self, samples: Samples) -> None:
        """Take the next sound, frames × channels."""
        sound = np.concatenate([self._rest, samples]) if len(self._rest) else samples
        count = min(len(sound) // BIN_FRAMES, self._least.shape[1] - self._filled)
        whole = sound[: count * BIN_FRAMES].reshape(count, BIN_FRAMES, self.channels)
        end = self._filled + count
        self._least[:, self._filled : end] = whole.min(axis=1).T
        self._most[:, self._filled : end] = whole.max(axis=1).T
        self._rest = sound[count * BIN_FRAMES :].copy()
        # Whoever draws meanwhile sees only what is ready.
        self._filled = end

    @property
    def loudest(self) -> int:
        """The largest sample so far, 0 to 32768."""
        return max(int(self._most.max(initial=0)), -int(self._least.min(initial=0)))

    def columns(
        self, channel: int, start_ms: float, end_ms: float, width: int
    ) -> tuple[list[int], list[int]]:
        """Least and largest sample (16 bit) of each column of a picture; 0 where nothing is known yet.

        Args:
            channel: 0 operator, 1 respondent.
            start_ms, end_ms: what the picture shows, start < end.
            width: its columns, > 0.
        """
        per_ms = SAMPLE_RATE / 1000 / BIN_FRAMES
        edges = np.linspace(start_ms * per_ms, end_ms * per_ms, width + 1).astype(np.int64)
        edges = edges.clip(0, self._least.shape[1] - 1)
        least = np.minimum.reduceat(self._least[channel], edges[:-1])
        most = np.maximum.reduceat(self._most[channel], edges[:-1])
        return least.tolist(), most.tolist()

    def loud(self, step_ms: int) -> list[bool]:
        """For each step of what is filled, whether any channel rises above the noise of a room.

        Args:
            step_ms: > 0.
        """
        step = max(1, step_ms * SAMPLE_RATE // 1000 // BIN_FRAMES)
        steps = self._filled // step
        taken = steps * step
        high = np.maximum(self._most[:, :taken].astype(np.int32), -self._least[:, :taken].astype(np.int32))
        return (high.reshape(self.channels, steps, step).max(axis=(0, 2)) > _LOUD).tolist() if steps else []


def fill(peaks: Peaks, sound: Iterable[Samples], tell: Callable[[float], None]) -> None:
    """Take a whole recording piece by piece.

    Args:
        peaks: filled in place.
        sound: see `Tape.stream`.
        tell: called after the first 5 s of sound, every 20 s from then on, and at the end, with the share
            done, 0 to 1; may raise to stop.
    """
    due, total = _FIRST_MS, max(1, peaks.duration_ms)
    for samples in sound:
        peaks.add(samples)
        if peaks.filled_ms >= due:
            due = peaks.filled_ms + _EVERY_MS
            tell(min(1.0, peaks.filled_ms / total))
    tell(1.0)
