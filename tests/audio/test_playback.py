"""Recordings are heard from any place, faster at the same pitch, and nothing of them lands on a disk."""

from __future__ import annotations

import os
import subprocess
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from cati.audio import container, playback
from cati.audio.codec import SAMPLE_RATE, Samples
from cati.audio.playback import BLOCK_MS, SPEEDS, Player, Voice, mix, stretched
from cati.audio.port_audio import PORTAUDIO
from cati.audio.tape import Piece, Tape
from cati.audio.waveform import Peaks, fill
from cati.base.errors import CatiError
from tests.audio.tapes import KEYS, Ear, joined, pitch, recorded, tape_of, tone
from tests.rig.pulse import Pulse
from tests.rig.waiting import wait_until

# ---- the line of time ----------------------------------------------------------------------------


def test_recordings_follow_each_other_on_one_line(tmp_path: Path) -> None:
    tape = tape_of(tmp_path, tone(1, 400, 0), tone(2, 800, 0))
    assert (tape.duration_ms, tape.channels, tape.complete, tape.faults) == (3000, 2, True, [])
    sound = joined(list(tape.stream(500)))
    assert len(sound) == 2.5 * SAMPLE_RATE
    assert pitch(sound[: SAMPLE_RATE // 2]) == pytest.approx(400, abs=4)
    assert pitch(sound[SAMPLE_RATE:]) == pytest.approx(800, abs=4)


def test_a_missing_recording_is_silent_and_what_follows_keeps_its_place(tmp_path: Path) -> None:
    tape = tape_of(tmp_path, 1500, tone(1, 800, 300))
    assert [fault.code for fault in tape.faults] == ["recording_missing"]
    assert (tape.complete, tape.audible, tape.channels) == (False, True, 2)
    sound = joined(list(tape.stream()))
    assert not sound[: int(1.5 * SAMPLE_RATE)].any()
    assert pitch(sound[int(1.5 * SAMPLE_RATE) :]) == pytest.approx(800, abs=4)


def test_nothing_to_hear_is_known(tmp_path: Path) -> None:
    assert not tape_of(tmp_path).audible
    assert not tape_of(tmp_path, 1000).audible


def test_a_recording_that_was_cut_off_plays_to_its_end_and_is_not_complete(tmp_path: Path) -> None:
    path = recorded(tmp_path / "r-0.crec", tone(2, 500), ended=False)
    tape = Tape([Piece("r-0", path, KEYS.private, 0, 3000)])
    assert not tape.complete
    assert len(joined(list(tape.stream()))) == 3 * SAMPLE_RATE


def test_one_channel_beside_two_is_the_operators(tmp_path: Path) -> None:
    sound = joined(list(tape_of(tmp_path, tone(1, 400), tone(1, 400, 900)).stream()))
    assert sound.shape == (2 * SAMPLE_RATE, 2)
    assert not sound[:SAMPLE_RATE, 1].any()


def test_a_stretch_is_told_as_recordings(tmp_path: Path) -> None:
    tape = tape_of(tmp_path, tone(1, 400), 500, tone(1, 400))
    assert tape.recorded(400, 2000) == [("r-0", 400, 1000), ("r-2", 0, 500)]
    assert tape.recorded(1000, 1500) == []


def test_what_was_noted_has_its_place_on_the_line(tmp_path: Path) -> None:
    sounds = [tone(1, 400), tone(2, 400)]
    pieces, start = [], 0
    for number, sound in enumerate(sounds):
        path = recorded(tmp_path / f"r-{number}.crec", sound, mark="prompted")
        length = len(sound) * 1000 // SAMPLE_RATE
        pieces.append(Piece(path.stem, path, KEYS.private, start, length))
        start += length
    assert Tape(pieces).markers == [(1000, "prompted"), (3000, "prompted")]


# ---- speed and voices ----------------------------------------------------------------------------


@pytest.mark.parametrize("speed", SPEEDS)
def test_faster_is_shorter_at_the_same_pitch(speed: float) -> None:
    found = joined(list(stretched(iter(np.split(tone(6, 440), 60)), speed)))
    assert len(found) / SAMPLE_RATE == pytest.approx(6 / speed, abs=0.03)
    assert pitch(found) == pytest.approx(440, abs=2)
    assert found.max() == pytest.approx(9000, rel=0.02)


def test_both_voices_or_one_of_them() -> None:
    sound = tone(1, 400, 900)
    assert pitch(mix(sound, Voice.OPERATOR)) == 400
    assert pitch(mix(sound, Voice.RESPONDENT)) == 900
    both = np.abs(np.fft.rfft(mix(sound, Voice.BOTH)[:, 0]))
    assert sorted(both.argsort()[-2:]) == [400, 900]
    assert mix(np.full((9, 2), 30_000, np.int16), Voice.BOTH).max() == 32_767
    assert pitch(mix(tone(1, 400), Voice.RESPONDENT)) == 400


# ---- the player ----------------------------------------------------------------------------------


class Listening:
    """A player with ears that a test made for it."""

    def __init__(self, tape: Tape, make: Callable[[], Ear]) -> None:
        self.ears: list[Ear] = []
        self.heard: list[tuple[int, int]] = []
        self._make = make
        self.player = Player(tape, lambda start, end: self.heard.append((start, end)), self._open)
        self.player.start()

    def _open(self) -> Ear:
        self.ears.append(self._make())
        return self.ears[-1]

    def stopped(self) -> None:
        wait_until(lambda: bool(self.ears) and self.ears[-1].closed, "the player to stop")
        wait_until(lambda: not self.player.state.playing, "the player to say so")

    def at(self, place_ms: int) -> None:
        wait_until(lambda: self.player.state.place_ms == place_ms, f"the place {place_ms}")


Listen = Callable[..., Listening]


@pytest.fixture
def listen() -> Iterator[Listen]:
    made: list[Listening] = []

    def begin(tape: Tape, make: Callable[[], Ear] = Ear) -> Listening:
        made.append(Listening(tape, make))
        return made[-1]

    yield begin
    for one in made:
        for ear in one.ears:
            if ear._free is not None:
                ear.let(10_000)
        one.player.quit()
        one.player.join(5)
        assert not one.player.is_alive()


def test_it_plays_to_the_end_and_tells_what_was_heard(tmp_path: Path, listen: Listen) -> None:
    one = listen(tape_of(tmp_path, tone(2, 440, 700)))
    one.player.play(500)
    one.stopped()
    assert one.heard == [(500, 2000)]
    assert len(one.ears[0].sound) == 1.5 * SAMPLE_RATE
    assert one.ears[0].drained
    assert (one.player.state.place_ms, one.player.state.fault) == (2000, None)


def test_from_the_end_it_begins_anew(tmp_path: Path, listen: Listen) -> None:
    one = listen(tape_of(tmp_path, tone(1, 440)))
    one.player.play(1000)
    one.stopped()
    assert one.heard == [(0, 1000)]


def test_pausing_stops_where_it_is_heard_and_playing_goes_on_there(tmp_path: Path, listen: Listen) -> None:
    one = listen(tape_of(tmp_path, tone(2, 440)), lambda: Ear(5))
    one.player.play()
    one.at(5 * BLOCK_MS)
    one.player.pause()
    one.ears[0].let(1)
    one.stopped()
    assert one.heard == [(0, 6 * BLOCK_MS)]
    one.player.play()
    wait_until(lambda: len(one.ears) == 2, "the second ear")
    one.at(11 * BLOCK_MS)


def test_seeking_goes_there_and_only_what_sounded_counts_as_heard(tmp_path: Path, listen: Listen) -> None:
    one = listen(tape_of(tmp_path, tone(4, 440)), lambda: Ear(5))
    one.player.play()
    one.at(5 * BLOCK_MS)
    one.player.seek(3000)
    one.ears[0].let(1)
    one.at(3000 + 5 * BLOCK_MS)
    assert one.player.state.since_ms == 3000
    one.player.quit()
    one.ears[1].let(1)
    one.player.join(5)
    assert one.heard == [(0, 6 * BLOCK_MS), (3000, 3000 + 6 * BLOCK_MS)]


def test_seeking_while_it_stands_moves_the_place_only(tmp_path: Path, listen: Listen) -> None:
    one = listen(tape_of(tmp_path, tone(4, 440)))
    for wanted, place in ((2500, 2500), (-5, 0), (99_000, 4000)):
        one.player.seek(wanted)
        one.at(place)
    assert one.ears == []


def test_a_changed_speed_and_voice_hold_at_once_and_the_place_goes_on(tmp_path: Path, listen: Listen) -> None:
    one = listen(tape_of(tmp_path, tone(6, 440, 700)), lambda: Ear(5))
    one.player.play()
    one.at(5 * BLOCK_MS)
    one.player.set_speed(2.0)
    one.player.set_voice(Voice.RESPONDENT)
    one.ears[0].let(10_000)
    one.stopped()
    assert one.heard == [(0, 6000)]
    after = one.ears[0].sound[6 * BLOCK_MS * SAMPLE_RATE // 1000 :]
    assert pitch(after) == pytest.approx(700, abs=3)
    assert len(after) / SAMPLE_RATE == pytest.approx((6 - 0.24) / 2, abs=0.05)


def test_without_a_loudspeaker_a_sentence_says_so(tmp_path: Path, listen: Listen) -> None:
    def none() -> Ear:
        raise OSError("no device")

    one = listen(tape_of(tmp_path, tone(1, 440)), none)
    one.player.play(300)
    wait_until(lambda: one.player.state.fault is not None, "the fault")
    state = one.player.state
    assert state.fault is not None
    assert (state.fault.code, state.playing, state.place_ms) == ("no_speaker", False, 300)


def test_a_loudspeaker_that_goes_away_stops_it_and_what_was_heard_is_told(
    tmp_path: Path, listen: Listen
) -> None:
    one = listen(tape_of(tmp_path, tone(2, 440)), lambda: Ear(5))
    one.player.play()
    one.at(5 * BLOCK_MS)
    one.ears[0].broken = True
    one.ears[0].let(1)
    one.stopped()
    assert one.heard == [(0, 5 * BLOCK_MS)]
    assert one.player.state.fault is not None
    assert one.player.state.fault.code == "no_speaker"


@pytest.mark.parametrize("codec", ["pcm", "opus"])
def test_a_damaged_recording_plays_what_is_whole_and_says_which_seconds_are_lost(
    tmp_path: Path, listen: Listen, codec: str
) -> None:
    path = recorded(tmp_path / "r-0.crec", tone(6, 440), codec=codec)
    data = bytearray(path.read_bytes())
    with path.open("rb") as file:
        container.read_header(file, path.name)
        sounds = [record for record in container.index(file)[0] if record.kind == container.SOUND]
    # The second chunk lost its sound; of the fourth and fifth the heads are gone, so nobody can count them.
    data[sounds[1].place + 100] ^= 1
    data[sounds[3].place - 10] ^= 1
    data[sounds[4].place - 10] ^= 1
    path.write_bytes(data)
    tape = Tape([Piece("r-0", path, KEYS.private, 0, 6000)])
    assert [fault.code for fault in tape.faults] == ["recording_holes"]
    assert "00:00–00:02, 00:02–00:04" in str(tape.faults[0])
    assert not tape.complete
    one = listen(tape)
    one.player.play()
    one.stopped()
    assert one.player.state.fault is None
    assert one.heard == [(0, 6000)]
    sound = one.ears[0].sound
    assert len(sound) == 6 * SAMPLE_RATE
    loud = np.abs(sound[:, 0].reshape(-1, SAMPLE_RATE // 10)).max(axis=1) > 4000
    # Opus gives what it looked ahead with the next chunk: of the last tenth of a run a piece is lost.
    assert "".join("01"[int(one)] for one in loud) == "1" * 8 + "0" * 8 + "1" * 8 + "0" * 16 + "1" * 20


def test_a_listening_that_cannot_be_noted_is_said(tmp_path: Path) -> None:
    def refuse(_start: int, _end: int) -> None:
        raise CatiError("database_busy", "busy")

    player = Player(tape_of(tmp_path, tone(1, 440)), refuse, Ear)
    player.start()
    player.play()
    wait_until(lambda: player.state.fault is not None, "the fault")
    player.quit()
    player.join(5)


def test_nothing_that_is_played_lands_on_the_disk(tmp_path: Path, listen: Listen) -> None:
    one = listen(tape_of(tmp_path, tone(1, 440)))
    before = sorted(tmp_path.rglob("*"))
    one.player.play()
    one.stopped()
    assert sorted(tmp_path.rglob("*")) == before


# ---- through a real sound server -----------------------------------------------------------------


class Guarded:
    """A sound system that is only to be opened and closed by one thread at a time."""

    def __init__(self) -> None:
        self.check()

    def check(self, **_how: object) -> Guarded:
        assert PORTAUDIO.locked()
        return self

    open = terminate = close = check

    def get_default_output_device_info(self) -> dict[str, object]:
        return {"name": "headset", "defaultSampleRate": 16000.0, "maxOutputChannels": 2}


def test_sound_is_opened_and_closed_by_one_thread_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyaudio.PyAudio", Guarded)
    before = os.fstat(2).st_ino
    speaker = playback.PortAudioSpeaker()
    assert not PORTAUDIO.locked()
    speaker.close()
    assert playback.loudspeaker() == "headset"
    assert not PORTAUDIO.locked()
    assert os.fstat(2).st_ino == before


def test_what_comes_out_of_the_loudspeaker_is_faster_at_the_same_pitch(pulse: Pulse, tmp_path: Path) -> None:
    player = Player(tape_of(tmp_path, tone(6, 440, 0), codec="opus"), lambda _start, _end: None)
    player.start()
    player.set_speed(1.5)
    wav = tmp_path / "heard.wav"
    words = ["parec", "--device=spk.monitor", "--rate=16000", "--channels=1", "--file-format=wav", str(wav)]
    with subprocess.Popen(words) as listener:
        wait_until(lambda: wav.exists() and wav.stat().st_size > 8000, "the listener")
        player.play()
        wait_until(lambda: player.state.playing, "it to play")
        wait_until(lambda: not player.state.playing, "its end")
        size = wav.stat().st_size
        # What the server still holds comes out within half a second.
        wait_until(lambda: wav.stat().st_size > size + SAMPLE_RATE, "the rest")
        listener.terminate()
    player.quit()
    player.join(5)
    assert player.state.fault is None
    heard = _sound_of(wav)
    assert len(heard) / SAMPLE_RATE == pytest.approx(4.0, abs=0.15)
    assert pitch(heard) == pytest.approx(440, abs=3)


def _sound_of(wav: Path) -> Samples:
    """What is louder than silence, from its first to its last sample."""
    with wave.open(str(wav)) as file:
        file.getnframes()
        raw = wav.read_bytes()[44:]
    samples = np.frombuffer(raw[: len(raw) // 2 * 2], np.int16).reshape(-1, 1)
    loud = np.flatnonzero(np.abs(samples[:, 0]) > 1000)
    return samples[loud[0] : loud[-1] + 1]


# ---- the picture ---------------------------------------------------------------------------------


def test_the_picture_shows_who_spoke_when(tmp_path: Path) -> None:
    sound = np.concatenate([tone(1, 300, 0), tone(1, 0, 300), tone(1, 0, 0)])
    tape = tape_of(tmp_path, sound)
    peaks = Peaks(2, tape.duration_ms)
    shares: list[float] = []
    fill(peaks, tape.stream(), shares.append)
    assert shares[-1] == 1.0
    assert peaks.filled_ms == 3000
    for channel, expected in ((0, [9000, 0, 0]), (1, [0, 9000, 0])):
        least, most = peaks.columns(channel, 0, 3000, 3)
        assert most == pytest.approx(expected, abs=120)
        assert [-value for value in least] == pytest.approx(expected, abs=120)
    assert peaks.loud(500) == [True] * 4 + [False] * 2


@pytest.mark.parametrize(("start", "end", "width"), [(0, 3000, 5000), (10, 11, 300), (-50, 4000, 100)])
def test_any_stretch_has_as_many_columns_as_asked_for(start: float, end: float, width: int) -> None:
    peaks = Peaks(1, 3000)
    peaks.add(tone(3, 300))
    least, most = peaks.columns(0, start, end, width)
    assert len(least) == len(most) == width
    assert all(low <= high for low, high in zip(least, most, strict=True))


def test_a_picture_half_filled_is_flat_after_that(tmp_path: Path) -> None:
    peaks = Peaks(1, 4000)
    peaks.add(tone(2, 300))
    _least, most = peaks.columns(0, 0, 4000, 4)
    assert [bool(value > 8000) for value in most] == [True, True, False, False]
    peaks.add(tone(9, 300))
    assert peaks.filled_ms <= 4004


def test_a_file_under_the_name_of_another_is_silent_and_named(tmp_path: Path) -> None:
    tape = tape_of(tmp_path, tone(1, 440), tone(1, 880))
    (tmp_path / "r-0.crec").replace(tmp_path / "r-1.crec")
    exchanged = Tape(tape.pieces[1:])
    assert [fault.code for fault in exchanged.faults] == ["recording_other"]
    assert not exchanged.audible
