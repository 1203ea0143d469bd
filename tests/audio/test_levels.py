from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cati.audio.codec import BLOCK_FRAMES, SAMPLE_RATE
from cati.audio.levels import METER_HZ, LevelMeter, meter


def test_a_meter_is_empty_at_its_floor_and_full_at_full_scale() -> None:
    assert meter(0) == 0
    assert meter(0.001) == pytest.approx(0)
    assert meter(1) == 1
    assert meter(0.1) == pytest.approx(2 / 3)


@given(st.floats(0, 2), st.floats(0, 2))
def test_louder_never_shows_less(a: float, b: float) -> None:
    quieter, louder = sorted((meter(a), meter(b)))
    assert 0 <= quieter <= louder <= 1
    assert (meter(a) <= meter(b)) or a > b


def test_a_sine_has_its_known_level() -> None:
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    sine = (16384 * np.sin(2 * np.pi * 400 * time)).astype(np.int16)
    levels = LevelMeter().feed(np.stack([sine, np.zeros_like(sine)], axis=1))
    assert levels is not None
    assert levels[0].rms == pytest.approx(0.5 / 2**0.5, rel=0.001)
    assert levels[0].peak == pytest.approx(0.5, rel=0.001)
    assert (levels[1].rms, levels[1].peak) == (0, 0)


def test_the_largest_negative_sample_is_full_scale() -> None:
    levels = LevelMeter().feed(np.full((SAMPLE_RATE, 1), -32768, np.int16))
    assert levels is not None
    assert (levels[0].rms, levels[0].peak) == (1, 1)


def test_levels_come_as_often_as_a_meter_is_painted() -> None:
    levels = LevelMeter()
    block = np.ones((BLOCK_FRAMES, 1), np.int16)
    told = [levels.feed(block) for _ in range(10 * SAMPLE_RATE // BLOCK_FRAMES)]
    assert sum(level is not None for level in told) == 10 * METER_HZ
