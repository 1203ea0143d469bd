"""Beeps that are counted, to prove that somebody hears."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cati.audio.codec import SAMPLE_RATE, Samples

PITCH_HZ = 660
BEEP_MS = 250
PAUSE_MS = 350
LOUDNESS = 0.25
"""Share of full scale: clearly heard, and no shock on an ear."""
_FADE_MS = 15


class Beeps:
    """So many beeps with pauses between them, to be played like a tape.

    Args:
        count: how many.
    """

    def __init__(self, count: int) -> None:
        self._count = count

    @property
    def duration_ms(self) -> int:
        """Length of all, a pause after each."""
        return self._count * (BEEP_MS + PAUSE_MS)

    def stream(self, start_ms: int = 0) -> Iterator[Samples]:
        """The sound from a place on, frames × 1."""
        whole = np.tile(_beep(), (self._count, 1))
        yield whole[start_ms * SAMPLE_RATE // 1000 :]


def _beep() -> Samples:
    frames = np.arange(BEEP_MS * SAMPLE_RATE // 1000)
    # A tone that begins or ends at once is heard as a crack.
    fade = np.minimum(1.0, np.minimum(frames, frames[::-1]) * 1000 / (_FADE_MS * SAMPLE_RATE))
    tone = np.sin(2 * np.pi * PITCH_HZ * frames / SAMPLE_RATE) * fade * LOUDNESS * 32767
    both = np.zeros(((BEEP_MS + PAUSE_MS) * SAMPLE_RATE // 1000, 1), np.int16)
    both[: len(frames), 0] = tone
    return both
