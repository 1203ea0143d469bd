"""Many calls, and a long one: nothing grows, nothing is lost, both voices stay side by side."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cati.audio.codec import BLOCK_FRAMES, SAMPLE_RATE, Samples
from cati.audio.reader import Reader
from tests.audio.studio import KEYS, start, voice
from tests.rig import exchange as rig
from tests.rig.exchange import Exchange, an_exchange
from tests.rig.pulse import Pulse
from tests.rig.waiting import wait_until
from tests.telephony.handset import Handset

CALLS = 30
LONG_SECONDS = int(os.environ.get("CATI_SOAK_CALL_SECONDS", "600"))


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    with an_exchange() as opened:
        yield opened


@pytest.fixture
def handset(pulse: Pulse, exchange: Exchange) -> Iterator[Handset]:
    made = Handset(exchange)
    made.line()
    yield made
    made.close()


def recorded(path: Path) -> Samples:
    with Reader(path, KEYS.private) as reader:
        return reader.read(0, 60_000)


def use(process: int) -> tuple[int, int, int]:
    """Open files, threads, and memory in pages of a process."""
    folder = Path(f"/proc/{process}")
    files = len(list((folder / "fd").iterdir()))
    threads = len(list((folder / "task").iterdir()))
    return files, threads, int((folder / "statm").read_text().split()[1])


def test_thirty_calls_in_a_row_leave_files_threads_and_memory_flat(
    handset: Handset, exchange: Exchange, tmp_path: Path
) -> None:
    uses = []
    for _ in range(CALLS):
        handset.call(rig.ECHO)
        start(handset.recorder, tmp_path)
        wait_until(lambda: (handset.recorder.offset_ms() or 0) > 500, "the recording")
        handset.hang_up()
        summary = handset.recorder.stop()
        assert summary is not None
        assert (summary.channels, summary.complete) == (2, True)
        uses.append(use(handset.recorder.process_id))
    assert len(exchange.calls) == CALLS
    warm, last = uses[9], uses[-1]
    assert last[0] <= warm[0] + 2
    assert last[1] <= warm[1] + 2
    assert last[2] <= warm[2] * 1.05


def test_both_voices_are_side_by_side_within_20_ms(handset: Handset, pulse: Pulse, tmp_path: Path) -> None:
    spoken = voice(tmp_path / "voice.wav", "Are you satisfied?")
    handset.call(rig.ECHO)
    path = start(handset.recorder, tmp_path)
    pulse.play(tmp_path / "voice.wav")
    length = len(spoken) * 1000 // SAMPLE_RATE
    wait_until(lambda: (handset.recorder.offset_ms() or 0) > length + 700, "the rest of the voice")
    handset.hang_up()
    handset.recorder.stop()
    sound = recorded(path).astype(float)
    size = 1 << (2 * len(sound)).bit_length()
    said, heard = (np.fft.rfft(sound[:, place], size) for place in (0, 1))
    # The exchange gives back at once what it gets.
    late = int(np.fft.irfft(heard * np.conj(said), size)[:SAMPLE_RATE].argmax())
    assert late <= SAMPLE_RATE // 50


def test_in_a_long_call_no_frame_is_lost(handset: Handset, exchange: Exchange, tmp_path: Path) -> None:
    handset.call(rig.ECHO)
    path = start(handset.recorder, tmp_path)
    far = exchange.call().voice
    assert far is not None
    wait_until(
        lambda: (handset.recorder.offset_ms() or 0) > LONG_SECONDS * 1000, "the call", LONG_SECONDS + 60
    )
    handset.hang_up()
    summary = handset.recorder.stop()
    assert summary is not None
    assert (summary.complete, summary.lost_frames) == (True, 0)
    # What the far end got, packet by packet, is what the recording holds, block by block.
    assert abs(summary.frames // BLOCK_FRAMES - len(far.heard)) <= 5
    with Reader(path, KEYS.private) as reader:
        assert reader.frames == summary.frames
