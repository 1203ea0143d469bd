"""The picture of ten minutes of two voices: first drawn, drawn whole, and drawn closer."""

from __future__ import annotations

import statistics
import time
from typing import Any

import numpy as np
import pytest

from cati.audio.codec import SAMPLE_RATE
from cati.audio.tape import Tape
from cati.audio.waveform import Peaks, fill
from cati.gui import theme
from cati.gui.review.wave import Mark, Wave
from tests.audio.tapes import tape_of
from tests.rig.display import Display

RUNS, SECONDS = 5, 600
FIRST_MS, ZOOM_MS = 100.0, 16.0


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> Tape:
    """Noise as loud as speech, which costs the decoder most."""
    noise = np.random.default_rng(1).normal(0, 3000, (SECONDS * SAMPLE_RATE, 2)).astype(np.int16)
    return tape_of(tmp_path_factory.mktemp("tape"), noise, codec="opus")


@pytest.fixture
def wave(x_display: Display, qtbot: Any) -> Wave:
    theme.use("light", 1.0)
    made = Wave()
    qtbot.addWidget(made)
    made.resize(1186, 166)
    made.set_marks([Mark(str(n + 1), 20_000 * n + 3_000) for n in range(30)], [(60_000, 90_000)])
    made.show()
    qtbot.waitExposed(made)
    return made


def test_the_first_of_ten_minutes_is_drawn_within_100_ms_and_a_zoom_within_16(tape: Tape, wave: Wave) -> None:
    first, whole, zooms = [], [], []
    for _run in range(RUNS):
        began = time.perf_counter()
        peaks = Peaks(tape.channels, tape.duration_ms)
        wave.show_sound(peaks, tape.duration_ms)
        drawn: list[float] = []

        def draw(_share: float, began: float = began, drawn: list[float] = drawn) -> None:
            wave.repaint()
            drawn.append((time.perf_counter() - began) * 1000)

        fill(peaks, tape.stream(), draw)
        first.append(drawn[0])
        whole.append(drawn[-1])
        zooms.append(p95([closer(wave) for _step in range(24)]))
    painted, zoomed = statistics.median(first), statistics.median(zooms)
    print(
        f"first draw {painted:.0f} ms, whole {statistics.median(whole):.0f} ms, zoom p95 {zoomed:.1f} ms "
        f"(medians of {RUNS} runs)"
    )
    assert painted <= FIRST_MS
    assert zoomed <= ZOOM_MS


def closer(wave: Wave) -> float:
    """How long it takes to draw the next closer picture, in ms."""
    began = time.perf_counter()
    wave.zoom(closer=True)
    wave.repaint()
    return (time.perf_counter() - began) * 1000


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]
