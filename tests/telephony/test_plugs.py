"""A headset that is pulled out and plugged in again while the program's own telephone is in a call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from cati.audio.codec import SAMPLE_RATE
from cati.audio.reader import Reader
from cati.domain.phone import EarNews
from tests.audio.studio import KEYS, start, tone
from tests.rig import exchange as rig
from tests.rig.exchange import Exchange, an_exchange
from tests.rig.pulse import Pulse
from tests.rig.waiting import wait_until
from tests.telephony.handset import Handset


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


def test_a_headset_that_is_pulled_out_ends_neither_call_nor_recording(
    handset: Handset, exchange: Exchange, pulse: Pulse, tmp_path: Path
) -> None:
    listener = handset.listener

    def told() -> list[bool]:
        return [news.there for news in handset.news if isinstance(news, EarNews)]

    handset.call(rig.ECHO)
    far = exchange.call().voice
    assert far is not None
    path = start(handset.recorder, tmp_path)
    wait_until(lambda: any(level.heard and level.other is not None for level in listener.levels), "sound")
    with ExitStack() as headset:
        headset.enter_context(pulse.unplugged("mic"))
        headset.enter_context(pulse.unplugged("spk"))
        wait_until(lambda: listener.faults == ["device_lost"], "the alarm", seconds=3)
        wait_until(lambda: told() == [False], "the alarm of the loudspeaker", seconds=3)
        before, packets = handset.recorder.offset_ms() or 0, len(far.heard)
        wait_until(lambda: (handset.recorder.offset_ms() or 0) > before + 500, "the recording to go on")
        assert not listener.levels[-1].heard
        # The line is open all the while.
        assert len(far.heard) > packets
    wait_until(lambda: listener.levels[-1].heard, "the microphone to be back", seconds=3)
    wait_until(lambda: told() == [False, True], "the loudspeaker to be back", seconds=3)
    player = pulse.start_playing(tone(tmp_path / "tone.wav", 3))
    wait_until(lambda: max((level.other or 0) for level in listener.levels[-9:]) > 0.5, "the tone's echo")
    player.terminate()
    player.wait()
    ended = handset.recorder.offset_ms()
    assert not exchange.call().over
    handset.hang_up()
    summary = handset.recorder.stop()
    assert summary is not None
    assert ended is not None
    assert (summary.channels, summary.complete, summary.problem) == (2, True, "device_lost")
    assert abs(summary.duration_ms - ended) < 300
    with Reader(path, KEYS.private) as reader:
        sound = reader.read(0, 60_000)
        assert [marker.kind for marker in reader.markers] == ["device"]
    for voice in sound[-2 * SAMPLE_RATE :].T:
        assert abs(voice).max() > 4000
