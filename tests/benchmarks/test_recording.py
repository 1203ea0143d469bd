"""What recording costs and loses, on this machine; prints one JSON object.

Run: ``./installer/test bench`` or ``pytest -s tests/benchmarks/test_recording.py``. Figures are
medians of ``RUNS`` runs (5) unless they say otherwise; a recording takes ``SECONDS`` (60).
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from cati.audio.codec import BLOCK_FRAMES, SAMPLE_RATE
from cati.audio.container import Header, outline
from cati.audio.reader import Reader
from cati.audio.recorder import RecordedFile, RecorderProcess
from cati.audio.writer import Writer
from tests.audio.studio import KEYS, Listener, begin, tone, voice
from tests.rig.pulse import Pulse
from tests.rig.waiting import wait_until

RUNS = int(os.environ.get("RUNS", "5"))
SECONDS = int(os.environ.get("SECONDS", "60"))


def report(name: str, **figures: object) -> None:
    print(json.dumps({"recording": name, **figures}), flush=True)


def cpu_seconds(process: int) -> float:
    facts = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    return (int(facts[11]) + int(facts[12])) / os.sysconf("SC_CLK_TCK")


def pause(seconds: float) -> None:
    threading.Event().wait(seconds)


def minute(recorder: RecorderProcess, folder: Path) -> tuple[RecordedFile, float, float]:
    """One recording of `SECONDS`: its summary, the time by the clock, the processor's time."""
    begin(recorder, folder)
    used = cpu_seconds(recorder.process_id)
    pause(SECONDS)
    used = cpu_seconds(recorder.process_id) - used
    reached = recorder.offset_ms()
    summary = recorder.stop()
    assert summary is not None
    assert reached is not None
    return summary, reached / 1000, used


def test_frames_lost_processor_and_size(pulse: Pulse, tmp_path: Path) -> None:
    spoken = voice(tmp_path / "voice.wav")
    recorder = RecorderProcess(Listener())
    recorder.devices()
    lost, counted, shares, sizes = [], [], [], []
    for _ in range(RUNS):
        done = threading.Event()

        def talk(done: threading.Event = done) -> None:
            while not done.is_set():
                pulse.play(tmp_path / "voice.wav")

        talker = threading.Thread(target=talk)
        talker.start()
        summary, seconds, used = minute(recorder, tmp_path)
        done.set()
        talker.join()
        lost.append(summary.lost_frames)
        counted.append(summary.frames / SAMPLE_RATE - seconds)
        shares.append(100 * used / seconds)
        sizes.append(summary.size / summary.frames * SAMPLE_RATE * 60 / 1024)
    recorder.close()
    report(
        "a minute of speech, one channel",
        seconds=SECONDS,
        lost_frames=max(lost),
        counted_minus_clock_ms=round(1000 * statistics.median(counted), 1),
        cpu_percent=round(statistics.median(shares), 2),
        cpu_percent_all=[round(share, 2) for share in shares],
        kib_per_minute=round(statistics.median(sizes), 1),
        voice_seconds=round(len(spoken) / SAMPLE_RATE, 2),
    )
    assert max(lost) == 0


def test_no_hole_in_a_steady_tone(pulse: Pulse, tmp_path: Path) -> None:
    recorder = RecorderProcess(Listener(), codec="pcm")
    path = begin(recorder, tmp_path)
    pulse.play(tone(tmp_path / "tone.wav", SECONDS))
    recorder.stop()
    recorder.close()
    with Reader(path, KEYS.private) as reader:
        peaks = [
            int(np.abs(piece[first : first + BLOCK_FRAMES]).max())
            for piece in reader.stream()
            for first in range(0, len(piece), BLOCK_FRAMES)
        ]
    sounding = np.flatnonzero(np.array(peaks) > 4000)
    holes = int((np.diff(sounding) != 1).sum())
    report("a steady tone", seconds=SECONDS, holes=holes, blocks=len(sounding))
    assert holes == 0


def test_how_soon_a_start_takes_effect(pulse: Pulse, tmp_path: Path) -> None:
    cold: list[float] = []
    warm: list[float] = []
    monitored: list[float] = []
    for _ in range(RUNS):
        recorder = RecorderProcess(Listener())
        began = time.monotonic()
        recorder.devices()
        cold.append(time.monotonic() - began)
        for delays in (warm, monitored):
            began = time.monotonic()
            begin(recorder, tmp_path)
            # The first frame lies as far back as the recording has come.
            delays.append(time.monotonic() - began - (recorder.offset_ms() or 0) / 1000)
            recorder.monitor()
            pause(0.5)
            recorder.stop()
        recorder.close()
    report(
        "start",
        process_ready_ms=round(1000 * statistics.median(cold), 1),
        first_frame_after_ms=round(1000 * statistics.median(warm), 1),
        first_frame_after_ms_worst=round(1000 * max(warm), 1),
        first_frame_after_ms_while_monitoring=round(1000 * statistics.median(monitored), 1),
    )


def wait_for_fault(listener: Listener, told: int) -> None:
    wait_until(lambda: len(listener.faults) > told, "the window to notice")


def test_what_a_kill_loses(pulse: Pulse, tmp_path: Path, expect_log: Callable[[str], None]) -> None:
    expect_log("recorder's process ended with -9")
    losses, noticed = [], []
    listener = Listener()
    recorder = RecorderProcess(listener)
    for run in range(RUNS * 4):
        path = begin(recorder, tmp_path)
        pause(2 + run / (RUNS * 4))
        reached = recorder.offset_ms()
        faults = len(listener.faults)
        killed = time.monotonic()
        os.kill(recorder.process_id, signal.SIGKILL)
        wait_for_fault(listener, faults)
        noticed.append(time.monotonic() - killed)
        recorder.stop()
        losses.append((reached or 0) - outline(path).duration_ms)
    recorder.close()
    report(
        "kill -9",
        runs=len(losses),
        lost_ms_worst=max(losses),
        lost_ms_median=statistics.median(losses),
        noticed_ms_worst=round(1000 * max(noticed), 1),
    )
    assert max(losses) <= 1000


def test_seeking_and_writing(tmp_path: Path) -> None:
    spoken = voice(tmp_path / "voice.wav")
    ten_minutes = np.resize(spoken, (600 * SAMPLE_RATE, 1))
    path = tmp_path / "a.crec"
    both = np.concatenate([ten_minutes, ten_minutes[::-1]], axis=1)
    header = Header("recording", "attempt", datetime(2024, 2, 21, tzinfo=UTC), channels=2)
    used = time.process_time()
    writer = Writer(path, KEYS.public, header)
    for first in range(0, len(both), BLOCK_FRAMES):
        writer.write(both[first : first + BLOCK_FRAMES])
    writer.close()
    used = time.process_time() - used
    opening, seeking = [], []
    for run in range(RUNS):
        began = time.perf_counter()
        with Reader(path, KEYS.private) as reader:
            opening.append(time.perf_counter() - began)
            began = time.perf_counter()
            assert len(reader.read(60_000 * (run + 1), 60_000 * (run + 1) + 5000)) == 5 * SAMPLE_RATE
            seeking.append(time.perf_counter() - began)
    report(
        "ten minutes in two channels",
        write_cpu_s_per_minute=round(used / 10, 3),
        kib_per_minute=round(path.stat().st_size / 10 / 1024, 1),
        open_ms=round(1000 * statistics.median(opening), 1),
        seek_and_decode_5_s_ms=round(1000 * statistics.median(seeking), 1),
    )
