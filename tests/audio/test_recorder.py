from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from cati.audio.codec import BLOCK_FRAMES, SAMPLE_RATE, Samples
from cati.audio.container import outline
from cati.audio.reader import Reader
from cati.audio.recorder import RecorderProcess
from cati.audio.writer import CHUNK_MS
from cati.domain.ports import Recorder
from tests.audio.studio import KEYS, Listener, begin, likeness, passed, start, tone, voice
from tests.rig.pulse import Pulse
from tests.rig.waiting import wait_until

PROGRAM = Path(__file__).with_name("recording_window.py")


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def recorder(pulse: Pulse, listener: Listener) -> Iterator[RecorderProcess]:
    recorder = RecorderProcess(listener)
    yield recorder
    recorder.close()


def sound_of(path: Path) -> Samples:
    with Reader(path, KEYS.private) as reader:
        return reader.read(0, 600_000)


def is_gone(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].startswith("Z")
    except FileNotFoundError:
        return True


def test_the_recorder_is_what_the_call_runner_asks_for(recorder: RecorderProcess) -> None:
    as_port: Recorder = recorder
    assert as_port.stop() is None


def test_a_voice_is_recorded_with_its_markers(
    recorder: RecorderProcess, pulse: Pulse, tmp_path: Path, listener: Listener
) -> None:
    spoken = voice(tmp_path / "voice.wav")
    assert recorder.devices()
    path = begin(recorder, tmp_path)
    asked = recorder.offset_ms()
    recorder.mark("question", item="work_style")
    pulse.play(tmp_path / "voice.wav")
    answered = recorder.offset_ms()
    recorder.mark("answer", item="work_style")
    # The player has handed over its last sound, which may still be on its way.
    wait_until(lambda: passed(recorder, (answered or 0) + 500), "the rest of the voice")
    ended = recorder.offset_ms()
    summary = recorder.stop()
    assert summary is not None
    assert asked is not None
    assert answered is not None
    assert ended is not None
    assert (summary.complete, summary.silent, summary.problem) == (True, False, None)
    assert (summary.lost_frames, summary.markers, summary.channels) == (0, 2, 1)
    assert summary.path == path
    assert summary.size == path.stat().st_size
    assert summary.duration_ms == summary.frames * 1000 // SAMPLE_RATE
    assert abs(summary.duration_ms - ended) < 150
    with Reader(path, KEYS.private) as reader:
        assert reader.complete
        assert reader.frames == summary.frames
        assert reader.header.devices == ("default",)
        marks = [marker for marker in reader.markers if marker.kind != "device"]
        assert [(m.kind, m.values) for m in marks] == [
            ("question", {"item": "work_style"}),
            ("answer", {"item": "work_style"}),
        ]
        assert abs(marks[0].at_ms - asked) < 150
        assert abs(marks[1].at_ms - answered) < 150
    assert likeness(sound_of(path), spoken) > 0.8
    assert listener.faults == []
    assert max(level.me for level in listener.levels) > 0.5
    assert all(0 <= level.me <= 1 and 0 <= level.peak <= 1 for level in listener.levels)


def test_a_recording_that_was_cut_takes_in_nothing_more_although_it_is_ended_later(
    recorder: RecorderProcess, pulse: Pulse, tmp_path: Path
) -> None:
    voice(tmp_path / "voice.wav")
    assert recorder.devices()
    begin(recorder, tmp_path)
    wait_until(lambda: passed(recorder, 500), "half a second of sound")
    ended = recorder.offset_ms()
    running = recorder.lately("attempt", 300)
    recorder.cut()
    assert recorder.offset_ms() is None
    pulse.play(tmp_path / "voice.wav")
    summary = recorder.stop()
    # What a complaint marks: the last part, while it runs and after it has ended, of this very attempt.
    assert running is not None
    assert running.end_ms - running.start_ms == 300
    assert recorder.lately("another", 300) is None
    after = recorder.lately("attempt", 60_000)
    assert after is not None
    assert summary is not None
    assert (after.recording_id, after.start_ms, after.end_ms) == (
        running.recording_id,
        0,
        summary.duration_ms,
    )
    assert summary is not None
    assert ended is not None
    assert summary.complete
    assert abs(summary.duration_ms - ended) < 300


def test_a_lossless_recording_holds_what_was_played(pulse: Pulse, tmp_path: Path, listener: Listener) -> None:
    spoken = voice(tmp_path / "voice.wav")
    recorder = RecorderProcess(listener, codec="flac")
    path = begin(recorder, tmp_path)
    pulse.play(tmp_path / "voice.wav")
    recorder.stop()
    recorder.close()
    assert likeness(sound_of(path), spoken) > 0.9


def test_the_microphones_are_listed(recorder: RecorderProcess) -> None:
    devices = recorder.devices()
    assert "mic" in {device.name for device in devices}
    assert [device.name for device in devices if device.is_default] == ["default"]


def test_a_microphone_is_chosen_by_name(recorder: RecorderProcess, pulse: Pulse, tmp_path: Path) -> None:
    recorder.devices()
    tone(tmp_path / "tone.wav", 1)
    peaks = {}
    pulse.control("set-default-source", "spk.monitor")
    try:
        for name in (None, "mic"):
            path = begin(recorder, tmp_path, name)
            pulse.play(tmp_path / "tone.wav")
            summary = recorder.stop()
            assert summary is not None
            assert outline(path).header.devices == (name or "default",)
            assert summary.silent == (name is None)
            peaks[name] = summary.peak
    finally:
        pulse.control("set-default-source", "mic.monitor")
    assert peaks["mic"] > 0.3
    assert peaks[None] == 0


def test_a_name_that_nothing_has_is_no_microphone(
    recorder: RecorderProcess, tmp_path: Path, listener: Listener
) -> None:
    start(recorder, tmp_path, "the headset left at home")
    wait_until(lambda: listener.faults == ["no_device"], "the fault")
    summary = recorder.stop()
    assert summary is not None
    assert summary.problem == "no_device"


def test_levels_are_shown_without_recording(
    recorder: RecorderProcess, pulse: Pulse, tmp_path: Path, listener: Listener
) -> None:
    recorder.monitor("mic")
    wait_until(lambda: listener.levels != [], "the microphone to be open")
    pulse.play(tone(tmp_path / "tone.wav", 1))
    wait_until(lambda: any(level.me > 0.8 for level in listener.levels), "a level")
    assert recorder.offset_ms() is None
    assert list(tmp_path.glob("*.crec")) == []
    # A recording begun meanwhile takes the sound over at once, and gives it back.
    begin(recorder, tmp_path, "mic")
    recorder.stop()
    shown = len(listener.levels)
    wait_until(lambda: len(listener.levels) > shown + 5, "levels after the recording")
    recorder.rest()


def test_the_next_recording_is_a_new_file_with_a_new_beginning(
    recorder: RecorderProcess, tmp_path: Path
) -> None:
    paths = []
    for _ in range(3):
        paths.append(begin(recorder, tmp_path))
        wait_until(lambda: passed(recorder, 300), "some sound")
        summary = recorder.stop()
        assert summary is not None
        assert summary.complete
        assert summary.duration_ms < 5000
        assert recorder.offset_ms() is None
    assert len({path.read_bytes()[-40:] for path in paths}) == 3


def test_a_recording_that_runs_must_be_stopped_before_the_next(
    recorder: RecorderProcess, tmp_path: Path
) -> None:
    begin(recorder, tmp_path)
    with pytest.raises(RuntimeError):
        start(recorder, tmp_path)
    recorder.stop()


def test_without_a_microphone_the_call_goes_on_and_the_summary_says_so(
    listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "asound.conf"
    settings.write_text("pcm.!default { type pulse }\nctl.!default { type pulse }\n")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(settings))
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/none")
    recorder = RecorderProcess(listener)
    assert recorder.devices() == ()
    path = start(recorder, tmp_path)
    recorder.mark("question", item="work_style")
    wait_until(lambda: listener.faults == ["no_device"], "the fault")
    assert recorder.offset_ms() is None
    summary = recorder.stop()
    recorder.close()
    assert summary is not None
    assert (summary.duration_ms, summary.silent, summary.problem) == (0, True, "no_device")
    with Reader(path, KEYS.private) as reader:
        assert reader.complete
        assert [marker.kind for marker in reader.markers] == ["question"]
    assert capfd.readouterr() == ("", "")


def test_a_microphone_that_the_server_replaces_is_lost_and_goes_on_in_its_place(
    recorder: RecorderProcess, pulse: Pulse, tmp_path: Path, listener: Listener
) -> None:
    path = begin(recorder, tmp_path)
    tone(tmp_path / "tone.wav", 1)
    with pulse.unplugged("mic"):
        # The sound would come from what the loudspeaker plays now, as on any computer.
        wait_until(lambda: listener.faults == ["device_lost"], "the fault")
        wait_until(lambda: not listener.levels[-1].heard, "silence in place of sound")
    wait_until(lambda: listener.levels[-1].heard, "sound after the gap")
    pulse.play(tmp_path / "tone.wav")
    recorder.mark("answer", item="work_style")
    ended = recorder.offset_ms()
    summary = recorder.stop()
    assert summary is not None
    assert ended is not None
    assert (summary.complete, summary.problem) == (True, "device_lost")
    assert summary.lost_frames > 0
    # What was lost is silence, so that the clock of the call still fits.
    assert abs(summary.duration_ms - ended) < 150
    with Reader(path, KEYS.private) as reader:
        assert [marker.kind for marker in reader.markers] == ["device", "device", "answer"]
    assert summary.peak > 0.3


def test_a_killed_recorder_loses_no_more_than_its_last_chunk(
    recorder: RecorderProcess,
    pulse: Pulse,
    tmp_path: Path,
    listener: Listener,
    expect_log: Callable[[str], None],
) -> None:
    expect_log("recorder's process ended with -9")
    spoken = voice(tmp_path / "voice.wav")
    path = begin(recorder, tmp_path)
    pulse.play(tmp_path / "voice.wav")
    killed = recorder.process_id
    reached = recorder.offset_ms()
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: "recorder_died" in listener.faults, "the window to notice", seconds=3)
    assert recorder.offset_ms() is None
    summary = recorder.stop()
    assert summary is not None
    assert reached is not None
    assert (summary.complete, summary.problem) == (False, "recorder_died")
    # A chunk, and what was on its way.
    assert summary.duration_ms > reached - CHUNK_MS - 300
    with Reader(path, KEYS.private) as reader:
        assert not reader.complete
        assert not reader.damaged
        assert reader.duration_ms == summary.duration_ms
    assert likeness(sound_of(path), spoken[: SAMPLE_RATE * 2]) > 0.8
    after = begin(recorder, tmp_path)
    assert recorder.process_id != killed
    second = recorder.stop()
    assert second is not None
    assert second.complete
    assert after != path


def test_a_recorder_that_cannot_start_does_not_stop_the_call(
    listener: Listener, tmp_path: Path, expect_log: Callable[[str], None]
) -> None:
    expect_log("recorder's process ended with 3")
    recorder = RecorderProcess(listener, command=(sys.executable, "-c", "raise SystemExit(3)"))
    start(recorder, tmp_path)
    recorder.mark("question", item="work_style")
    summary = recorder.stop()
    assert summary is not None
    assert (summary.path, summary.complete, summary.problem) == (None, False, "recorder_died")
    assert recorder.devices() == ()
    recorder.close()


def test_ctrl_c_does_not_reach_the_recorder(recorder: RecorderProcess, tmp_path: Path) -> None:
    begin(recorder, tmp_path)
    os.kill(recorder.process_id, signal.SIGINT)
    reached = recorder.offset_ms() or 0
    wait_until(lambda: passed(recorder, reached + 300), "more sound")
    summary = recorder.stop()
    assert summary is not None
    assert summary.complete


def test_a_log_out_ends_the_file_properly(
    recorder: RecorderProcess, tmp_path: Path, listener: Listener, expect_log: Callable[[str], None]
) -> None:
    expect_log("recorder's process ended with 0")
    path = begin(recorder, tmp_path)
    os.kill(recorder.process_id, signal.SIGTERM)
    wait_until(lambda: "recorder_died" in listener.faults, "the recorder's end")
    assert outline(path).complete
    summary = recorder.stop()
    assert summary is not None
    assert summary.complete


def test_closing_the_window_ends_the_file_properly(pulse: Pulse, tmp_path: Path, listener: Listener) -> None:
    recorder = RecorderProcess(listener)
    path = begin(recorder, tmp_path)
    recorder.close()
    assert outline(path).complete
    assert is_gone(recorder.process_id)


def test_a_file_that_exists_is_left_alone(
    recorder: RecorderProcess, tmp_path: Path, listener: Listener
) -> None:
    path = begin(recorder, tmp_path)
    recorder.stop()
    before = path.read_bytes()
    recorder.start(
        path=path,
        recording_id="second",
        attempt_id="attempt",
        public_key=KEYS.public,
        started_at=outline(path).header.started_at,
    )
    wait_until(lambda: listener.faults == ["file_exists"], "the fault")
    summary = recorder.stop()
    assert summary is not None
    assert (summary.complete, summary.problem) == (False, "file_exists")
    assert path.read_bytes() == before


def test_a_full_disk_is_told_at_once_and_keeps_what_was_written(
    recorder: RecorderProcess, tmp_path: Path, listener: Listener
) -> None:
    path = begin(recorder, tmp_path)
    limit = path.stat().st_size + 1000
    resource.prlimit(recorder.process_id, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    wait_until(lambda: "disk" in listener.faults, "the fault")
    summary = recorder.stop()
    assert summary is not None
    assert (summary.complete, summary.problem) == (False, "disk")
    with Reader(path, KEYS.private) as reader:
        reader.verify()
        assert not reader.complete


@pytest.fixture
def window(pulse: Pulse, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that records into ``a.crec`` until it is told to stop."""
    command = [sys.executable, str(PROGRAM), str(tmp_path / "a.crec"), KEYS.public.hex()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def told_by(window: subprocess.Popen[str]) -> int | dict[str, object]:
    assert window.stdout is not None
    told: int | dict[str, object] = json.loads(window.stdout.readline())
    return told


def test_a_killed_window_leaves_a_file_that_was_ended_properly(
    window: subprocess.Popen[str], tmp_path: Path
) -> None:
    recorder = told_by(window)
    assert isinstance(recorder, int)
    window.kill()
    wait_until(lambda: is_gone(recorder), "the recorder's end")
    with Reader(tmp_path / "a.crec", KEYS.private) as reader:
        assert reader.complete
        assert [marker.kind for marker in reader.markers] == ["device", "question"]
        reader.verify()


def test_a_window_that_hangs_loses_no_sound(
    window: subprocess.Popen[str], tmp_path: Path, pulse: Pulse
) -> None:
    told_by(window)
    player = pulse.start_playing(tone(tmp_path / "tone.wav", 4))
    window.send_signal(signal.SIGSTOP)
    before = outline(tmp_path / "a.crec").frames
    wait_until(
        lambda: outline(tmp_path / "a.crec").frames >= before + 2 * SAMPLE_RATE, "the recording to go on"
    )
    window.send_signal(signal.SIGCONT)
    assert player.wait(30) == 0
    assert window.stdin is not None
    window.stdin.write("stop\n")
    window.stdin.flush()
    summary = told_by(window)
    assert isinstance(summary, dict)
    assert (summary["complete"], summary["lost_frames"], summary["problem"]) == (True, 0, None)
    loudness = np.abs(sound_of(tmp_path / "a.crec")[:, 0].astype(int))
    whole = len(loudness) // BLOCK_FRAMES * BLOCK_FRAMES
    sounding = np.flatnonzero(loudness[:whole].reshape(-1, BLOCK_FRAMES).max(axis=1) > 4000)
    assert len(sounding) >= 4 * SAMPLE_RATE // BLOCK_FRAMES - 2
    assert np.all(np.diff(sounding) == 1), "the tone has a hole"
