"""Real calls of the softphone to an exchange on loopback."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cati.audio.codec import SAMPLE_RATE, Samples
from cati.audio.container import outline
from cati.audio.reader import Reader
from cati.audio.writer import CHUNK_MS
from cati.domain.phone import CallNews, CallState, LineNews, PhoneAccount, Transport
from cati.telephony import messages
from cati.telephony.process import PhoneLine
from tests.audio.studio import KEYS, likeness, start, voice
from tests.rig import exchange as rig
from tests.rig.certificates import make_certificate
from tests.rig.exchange import Exchange, an_exchange
from tests.rig.pulse import Pulse
from tests.rig.waiting import wait_until
from tests.telephony.handset import Handset


def recorded(path: Path) -> Samples:
    with Reader(path, KEYS.private) as reader:
        assert reader.header.channels == 2
        return reader.read(0, 60_000)


def test_every_answer_of_the_network_is_told_and_the_next_call_is_as_good(
    handset: Handset, exchange: Exchange
) -> None:
    line = handset.line()
    assert (line.registered, line.code, line.shown) == (True, 200, rig.SHOWN)
    ends = {}
    for number in (rig.BUSY, rig.UNKNOWN, rig.AWAY, rig.REFUSED, rig.OVERLOADED):
        handset.dialler.dial(number)
        end = handset.reached(CallState.ENDED)
        ends[number] = (end.code, end.cause, end.by_us)
    assert ends == {
        rig.BUSY: (486, 17, False),
        rig.UNKNOWN: (404, 1, False),
        rig.AWAY: (480, 20, False),
        rig.REFUSED: (603, 21, False),
        rig.OVERLOADED: (503, None, False),
    }
    handset.dialler.dial(rig.RINGS)
    handset.reached(CallState.RINGING)
    assert handset.hang_up().by_us
    wait_until(lambda: exchange.call().over, "the exchange to stop ringing")
    # What the network says before somebody answers is no answer.
    handset.call(rig.EARLY)
    assert handset.states() == [CallState.DIALLING, CallState.EARLY, CallState.CONNECTED]
    handset.hang_up()
    handset.call(rig.HANGS_UP)
    assert not handset.reached(CallState.ENDED).by_us
    handset.call(rig.INVITES_AGAIN)
    wait_until(lambda: exchange.call().directions == ["answered again"], "the answer to the new invitation")
    handset.hang_up()
    # Never two at once: the second does not begin, the first goes on.
    first = handset.call(rig.ECHO).call
    handset.dialler.dial(rig.ECHO)
    handset.reached(CallState.ENDED)
    assert not exchange.call().over
    assert [n.state for n in handset.news if isinstance(n, CallNews) and n.call == first][-1] == "connected"
    # Hung up and dialled again in one breath, the second waits for the end of the first.
    handset.dialler.hang_up()
    handset.call(rig.ECHO)
    assert [call.over for call in exchange.calls[-2:]] == [True, False]


def test_both_voices_are_recorded_side_by_side_from_the_answer_on(
    handset: Handset, exchange: Exchange, pulse: Pulse, tmp_path: Path
) -> None:
    spoken = voice(tmp_path / "voice.wav", "Hello.")
    # Another voice answers: the same sentence backwards, at the exchange's rate.
    exchange.says = spoken[::-2, 0].copy()
    handset.line()
    assert handset.call(rig.SPEAKER).codec == "PCMA"
    call = exchange.call()
    wait_until(lambda: call.voice is not None and len(call.voice.heard) > 15, "the answer to be spoken")
    # The file begins later than the call, and has what was said before.
    path = start(handset.recorder, tmp_path)
    player = pulse.start_playing(tmp_path / "voice.wav")
    # The keys go out in place of the voice, and are not in its recording.
    handset.dialler.press("4#")
    player.wait()
    length = len(spoken) * 1000 // SAMPLE_RATE
    wait_until(lambda: (handset.recorder.offset_ms() or 0) > length + 600, "the rest of the voices")
    wait_until(lambda: call.keys == "4#", "the keys")
    handset.dialler.hold(True)
    wait_until(lambda: "sendonly" in call.directions, "the call to be held")
    handset.dialler.hold(False)
    wait_until(lambda: "sendrecv" in call.directions, "the call to go on")
    handset.hang_up()
    summary = handset.recorder.stop()
    assert summary is not None
    assert (summary.channels, summary.complete, summary.problem) == (2, True, None)
    sound = recorded(path)
    operator, respondent = sound[:, :1], sound[:, 1:]
    # The exchange speaks with the first packet that it gets, long before the file was begun.
    loud = np.abs(spoken[::-1]).max() // 4
    began, spoke = (int((np.abs(one) > loud).argmax()) for one in (respondent, spoken[::-1]))
    assert abs(began - spoke) < SAMPLE_RATE // 4
    assert likeness(operator, spoken) > 0.8
    assert likeness(respondent, spoken[::-1]) > 0.6
    # Both have the same pitch, and so are somewhat alike.
    assert likeness(operator, spoken[::-1]) < 0.5
    assert likeness(respondent, spoken) < 0.5
    assert max(level.other or 0.0 for level in handset.listener.levels) > 0.5


def test_a_killed_telephone_leaves_its_recording_and_comes_back(
    handset: Handset, exchange: Exchange, tmp_path: Path, expect_log: Callable[[str], None]
) -> None:
    expect_log("the recorder's process ended with -9")
    handset.line()
    handset.call(rig.ECHO)
    path = start(handset.recorder, tmp_path)
    wait_until(lambda: path.exists() and outline(path).duration_ms >= CHUNK_MS, "a whole chunk of sound")
    before, registered = handset.recorder.offset_ms(), len(exchange.registered)
    assert before is not None
    os.kill(handset.recorder.process_id, signal.SIGKILL)
    wait_until(lambda: "recorder_died" in handset.listener.faults, "the alarm", seconds=3)
    summary = handset.recorder.stop()
    assert summary is not None
    assert summary.problem == "recorder_died"
    # A second at most, and no chunk that was whole, but for what the codec had not given out.
    assert len(recorded(path)) > max(before - 1000, CHUNK_MS - 20) * SAMPLE_RATE // 1000
    # The one in its place is registered by itself, and calls.
    wait_until(lambda: len(exchange.registered) > registered, "it to be registered")
    handset.call(rig.ECHO)


def test_each_codec_carries_the_voice_and_who_rings_too_long_is_given_up(
    handset: Handset, exchange: Exchange
) -> None:
    handset.line()
    for codec in ("G722", "PCMU"):
        # Another account takes the place of the one before.
        handset.take_account(exchange, codecs=(codec, "PCMA"))
        assert handset.call(rig.ECHO).codec == codec
        voice = exchange.call().voice
        assert voice is not None
        assert rig.KINDS[voice.kind] == codec
        # 20 ms of each take 160 bytes.
        wait_until(lambda voice=voice: len(voice.heard) > 3, "the voice")  # type: ignore[misc]
        assert {len(one) for one in voice.heard} == {160}
        handset.hang_up()
    handset.take_account(exchange, ring_seconds=0)
    handset.dialler.dial(rig.RINGS)
    end = handset.reached(CallState.ENDED)
    # Q.850: nobody answered.
    assert (end.cause, end.by_us) == (19, False)


def test_without_the_library_numbers_are_dialled_by_hand_and_the_process_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "cati.telephony.softphone", None)
    told: list[dict[str, Any]] = []
    line = PhoneLine(told.append)
    line.obey(messages.register(PhoneAccount("127.0.0.1:5060", "8001", address=rig.HOST)))
    line.obey(messages.dial(1, "1000"))
    line.end()
    (news,) = [messages.news_of(words) for words in told]
    assert isinstance(news, LineNews)
    assert (news.registered, "softphone" in news.reason) == (False, True)


def test_a_guessed_secret_is_refused_over_tcp(pulse: Pulse) -> None:
    with an_exchange() as exchange:
        stranger = Handset(exchange, secret="guessed", transport=Transport.TCP)
        assert (stranger.line().registered, stranger.line().code) == (False, 403)
        stranger.close()
        assert exchange.registered == []


def test_over_tls_the_voice_is_encrypted_and_a_strange_exchange_is_told_nothing(
    pulse: Pulse, tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("own", "strange")]
    for folder in folders:
        folder.mkdir()
    own, strange = (make_certificate(folder) for folder in folders)
    with an_exchange(own) as exchange:
        safe = {"transport": Transport.TLS, "encrypted": True}
        handset = Handset(exchange, authority=str(own[0]), **safe)
        assert handset.line().registered
        assert handset.call(rig.ECHO).secure
        voice = exchange.call().voice
        wait_until(lambda: voice is not None and len(voice.heard) > 5, "sound that its key opens")
        handset.close()
        registered = list(exchange.registered)
        deceived = Handset(exchange, authority=str(strange[0]), **safe)
        assert not deceived.line().registered
        deceived.close()
        assert exchange.registered == registered
