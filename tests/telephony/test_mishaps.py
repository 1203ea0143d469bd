"""What may befall the program's own telephone in a call: no headset, a busy window, a disk that is full."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from cati.audio.codec import BLOCK_FRAMES, SAMPLE_RATE
from cati.audio.container import outline
from cati.audio.reader import Reader
from cati.audio.writer import CHUNK_MS
from cati.domain.phone import EarNews
from tests.audio.studio import KEYS, start, tone, voice
from tests.rig import exchange as rig
from tests.rig.exchange import Exchange, Voice
from tests.rig.pulse import Pulse
from tests.rig.small_disk import small_disk
from tests.rig.waiting import wait_until
from tests.telephony.handset import Handset

HALF_A_SECOND = 25
"""Packets of sound."""


def far_end(exchange: Exchange) -> Voice:
    voice = exchange.call().voice
    assert voice is not None
    return voice


def pass_half_a_second(far: Voice) -> None:
    """By the far end's own count."""
    before = len(far.heard)
    wait_until(lambda: len(far.heard) >= before + HALF_A_SECOND, "the line to carry sound")


def test_a_headset_pulled_out_and_a_busy_window_end_neither_call_nor_recording(
    handset: Handset, exchange: Exchange, pulse: Pulse, tmp_path: Path
) -> None:
    listener = handset.listener
    handset.call(rig.ECHO)
    far = far_end(exchange)

    def ears() -> list[bool]:
        return [news.there for news in handset.news if isinstance(news, EarNews)]

    path = start(handset.recorder, tmp_path)
    wait_until(lambda: any(level.heard and level.other is not None for level in listener.levels), "sound")
    with ExitStack() as headset:
        headset.enter_context(pulse.unplugged("mic"))
        headset.enter_context(pulse.unplugged("spk"))
        wait_until(lambda: listener.faults == ["device_lost"], "the alarm", seconds=3)
        wait_until(lambda: ears() == [False], "the alarm of the loudspeaker", seconds=3)
        wait_until(lambda: not listener.levels[-1].heard, "the level to say so")
        listener.idle.clear()
        pass_half_a_second(far)
        listener.idle.set()
    wait_until(lambda: listener.levels[-1].heard, "the microphone to be back", seconds=3)
    wait_until(lambda: ears() == [False, True], "the loudspeaker to be back", seconds=3)
    player = pulse.start_playing(tone(tmp_path / "tone.wav", 3))
    wait_until(lambda: max((level.other or 0) for level in listener.levels[-9:]) > 0.5, "the tone's echo")
    player.terminate()
    player.wait()
    handset.dialler.hang_up()
    summary = handset.recorder.stop()
    assert summary is not None
    assert (summary.channels, summary.complete, summary.problem) == (2, True, "device_lost")
    # No block more or less than the far end got packets; some are on their way when it is hung up.
    assert abs(summary.frames // BLOCK_FRAMES - len(far.heard)) <= 5
    with Reader(path, KEYS.private) as reader:
        sound = reader.read(0, 60_000)
        assert reader.markers[-1].kind == "device"
    assert [abs(voice).max() > 4000 for voice in sound[-2 * SAMPLE_RATE :].T] == [True, True]


def test_a_full_disk_ends_the_file_whole_and_the_call_goes_on_into_the_next_one(
    handset: Handset, exchange: Exchange, pulse: Pulse, tmp_path: Path
) -> None:
    handset.call(rig.ECHO)
    far = far_end(exchange)
    voice(tmp_path / "voice.wav")
    # Silence would fit into the rest of the last page.
    player = pulse.start_playing(tmp_path / "voice.wav")
    with small_disk(tmp_path / "disk", 1) as disk:
        path = start(handset.recorder, disk.folder)
        wait_until(lambda: path.exists() and outline(path).duration_ms >= CHUNK_MS, "a whole chunk")
        disk.fill()
        wait_until(lambda: handset.listener.faults == ["disk"], "the alarm", seconds=3)
        player.terminate()
        player.wait()
        cut = handset.recorder.stop()
        with Reader(path, KEYS.private) as reader:
            assert not reader.salvage().lost
            # But for what the codec had not given out yet.
            assert len(reader.read(0, CHUNK_MS)) > (CHUNK_MS - 20) * SAMPLE_RATE // 1000
        disk.free()
        start(handset.recorder, disk.folder)
        pass_half_a_second(far)
        assert not exchange.call().over
        rest = handset.recorder.stop()
    assert cut is not None
    assert rest is not None
    assert (cut.complete, cut.problem) == (False, "disk")
    assert (rest.complete, rest.problem) == (True, None)
