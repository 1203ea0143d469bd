"""How loud it is: what a level meter shows twenty times a second."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cati.audio.codec import SAMPLE_RATE, Samples
from cati.domain.sound import SILENT_PEAK, Loudness

METER_HZ = 20
# Quieter than this is an empty meter; full scale is a full one.
METER_FLOOR_DB = -60.0
SILENCE_PEAK = SILENT_PEAK
# A line where nobody speaks hums: the lowest levels of A-law (ITU-T G.711) and the network's comfort noise.
LINE_SILENCE_PEAK = 0.003
# Of blocks of a tenth of a second the loudest fifth is speech, also where somebody speaks haltingly.
_BLOCK = SAMPLE_RATE // 10
_SPOKEN = 0.8
_AT_FULL_SCALE = 32700

_FULL_SCALE = 32768.0


@dataclass(frozen=True, slots=True)
class ChannelLevel:
    """Loudness of one channel over a short time, as shares of full scale, 0 to 1.

    Attributes:
        rms: root of the mean square.
        peak: the largest sample.
    """

    rms: float
    peak: float


def meter(amplitude: float) -> float:
    """Where a meter stands, 0 to 1: linear in decibels from `METER_FLOOR_DB` to full scale.

    Args:
        amplitude: share of full scale, 0 to 1.
    """
    if amplitude <= 0:
        return 0.0
    decibels = 20 * math.log10(amplitude)
    return min(1.0, max(0.0, 1 - decibels / METER_FLOOR_DB))


class LevelMeter:
    """Gathers blocks and tells the levels `METER_HZ` times a second of sound.

    Args:
        sample_rate: frames a second of the blocks.
    """

    def __init__(self, sample_rate: int = SAMPLE_RATE) -> None:
        self._interval = sample_rate // METER_HZ
        self._blocks: list[Samples] = []
        self._frames = 0

    def feed(self, samples: Samples) -> tuple[ChannelLevel, ...] | None:
        """Take frames × channels; the levels of each channel when it is time for them, else None."""
        self._blocks.append(samples)
        self._frames += len(samples)
        if self._frames < self._interval:
            return None
        self._frames %= self._interval
        gathered = np.concatenate(self._blocks).astype(np.float32)
        self._blocks = []
        return tuple(_level(channel) for channel in gathered.T)


def _level(channel: NDArray[np.float32]) -> ChannelLevel:
    # Few calls of numpy: this runs all day, and a call costs more than its 800 samples.
    power = float(np.dot(channel, channel)) / len(channel)
    top = max(float(channel.max()), -float(channel.min()))
    return ChannelLevel(math.sqrt(power) / _FULL_SCALE, top / _FULL_SCALE)


def loudness(sound: Iterable[Samples]) -> Loudness | None:
    """How loud a short recording is; None without any sound.

    Args:
        sound: frames × 1 at `SAMPLE_RATE`, in pieces; all of it is held in memory.
    """
    pieces = [piece[:, 0] for piece in sound if len(piece)]
    if not pieces:
        return None
    whole = np.concatenate(pieces).astype(np.float32)
    blocks = [whole[start : start + _BLOCK] for start in range(0, len(whole), _BLOCK)]
    powers = [float(np.dot(block, block)) / len(block) for block in blocks]
    size = np.abs(whole)
    return Loudness(
        peak=float(size.max()) / _FULL_SCALE,
        speech=math.sqrt(float(np.quantile(powers, _SPOKEN))) / _FULL_SCALE,
        clipped=float(np.mean(size >= _AT_FULL_SCALE)),
    )
