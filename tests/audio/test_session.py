from __future__ import annotations

import json
import os
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cati.audio import capture
from cati.audio import session as session_module
from cati.audio.codec import BLOCK_FRAMES, SAMPLE_RATE, Samples
from cati.audio.container import Condition, outline
from cati.audio.line import Joined, Line, LineReport, Passed, Released, Seized
from cati.audio.process import Outbox
from cati.audio.reader import Reader
from cati.audio.session import SILENT_AFTER_SECONDS, Session
from cati.audio.sharing import opened
from tests.audio.studio import KEYS, FakeMicrophone, FakeSystem, SilentDriver
from tests.rig.waiting import wait_until


class Room:
    """A session with a fake sound system, and what it told."""

    def __init__(self, system: FakeSystem, line: Line | None = None) -> None:
        self.events: list[dict[str, Any]] = []
        self.session = Session(self.events.append, lambda: system, line)
        self._thread = threading.Thread(target=self.session.run)
        self._thread.start()

    def start(self, path: Path, device: str | None = None) -> None:
        self.session.take(
            {
                "do": "start",
                "path": str(path),
                "recording_id": path.stem,
                "attempt_id": "attempt",
                "public_key": KEYS.public.hex(),
                "started_at": "2024-02-21T02:00:00+00:00",
                "device": device,
                "codec": "pcm",
            }
        )

    def stop(self) -> dict[str, Any]:
        before = len(self.told("stopped"))
        self.session.take({"do": "stop"})
        wait_until(lambda: len(self.told("stopped")) > before, "the summary")
        return self.told("stopped")[-1]

    def told(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in list(self.events) if event["is"] == kind]

    def faults(self) -> list[str]:
        return [event["kind"] for event in self.told("fault")]

    def frames(self) -> int:
        return max((event["frames"] for event in self.told("level")), default=0)

    def close(self) -> None:
        self.session.take(None)
        self._thread.join()

    def ended(self) -> bool:
        return not self._thread.is_alive()


@pytest.fixture
def open_room() -> Iterator[Callable[..., Room]]:
    rooms: list[Room] = []

    def open_one(system: FakeSystem, line: Line | None = None) -> Room:
        rooms.append(Room(system, line))
        return rooms[-1]

    yield open_one
    for room in rooms:
        room.close()


OpenRoom = Callable[..., Room]


class FakeLine:
    """A telephone line that a test speaks on."""

    def __init__(self) -> None:
        self.said: list[int] = []
        self.commands: list[str] = []

    def begin(self, deliver: Callable[[LineReport], None]) -> None:
        self.deliver = deliver

    def obey(self, command: Mapping[str, Any]) -> None:
        self.commands.append(command["do"])

    def speak(self, samples: Samples) -> None:
        self.said.append(int(samples[0, 0]))

    def end(self) -> None:
        self.commands.append("end")

    def carry(self, blocks: int, operator: int, respondent: int) -> None:
        for _ in range(blocks):
            both = [np.full(BLOCK_FRAMES, loudness, np.int16) for loudness in (operator, respondent)]
            self.deliver(Passed(np.stack(both, axis=1)))


def test_it_is_ready_with_the_microphones_it_found(open_room: OpenRoom) -> None:
    room = open_room(FakeSystem(FakeMicrophone("headset"), FakeMicrophone("webcam")))
    wait_until(lambda: room.told("ready") != [], "it to be ready")
    assert room.told("ready")[0]["devices"] == [
        {"index": 0, "name": "headset", "is_default": True},
        {"index": 1, "name": "webcam", "is_default": False},
    ]


def test_every_block_is_recorded_once_and_in_order(open_room: OpenRoom, tmp_path: Path) -> None:
    microphone = FakeMicrophone()
    room = open_room(FakeSystem(microphone))
    room.start(tmp_path / "a.crec")
    for loudness in range(100, 300):
        microphone.hear(1, loudness)
    wait_until(lambda: room.frames() >= 199 * BLOCK_FRAMES, "the sound")
    assert room.stop()["frames"] == 200 * BLOCK_FRAMES
    with Reader(tmp_path / "a.crec", KEYS.private) as reader:
        heard = reader.read(0, 10_000)
    assert np.array_equal(heard[::BLOCK_FRAMES, 0], np.arange(100, 300))


def test_a_marker_stands_between_the_blocks_it_came_between(open_room: OpenRoom, tmp_path: Path) -> None:
    microphone = FakeMicrophone()
    room = open_room(FakeSystem(microphone))
    room.start(tmp_path / "a.crec")
    microphone.hear(50)
    wait_until(lambda: room.frames() >= 48 * BLOCK_FRAMES, "the sound")
    room.session.take({"do": "mark", "kind": "question", "values": {"item": "q1"}})
    room.stop()
    with Reader(tmp_path / "a.crec", KEYS.private) as reader:
        (marker,) = [marker for marker in reader.markers if marker.kind == "question"]
    assert marker.at_ms in (960, 980, 1000)


def test_a_microphone_plugged_in_late_is_found(
    open_room: OpenRoom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capture, "RETRY_SECONDS", 0.1)
    system = FakeSystem()
    room = open_room(system)
    room.start(tmp_path / "a.crec")
    wait_until(lambda: room.faults() == ["no_device"], "the fault")
    microphone = FakeMicrophone()
    system.plugged["headset"] = microphone
    microphone.hear(50)
    wait_until(lambda: room.frames() > 40 * BLOCK_FRAMES, "the sound")
    summary = room.stop()
    # Its clock begins with its first sound.
    assert (summary["frames"], summary["lost_frames"]) == (50 * BLOCK_FRAMES, 0)
    assert summary["problem"] == "late_device"


def test_what_an_overflow_dropped_is_silence_of_the_same_length(open_room: OpenRoom, tmp_path: Path) -> None:
    microphone = FakeMicrophone()
    room = open_room(FakeSystem(microphone))
    room.start(tmp_path / "a.crec")
    microphone.hear(60)
    wait_until(lambda: room.frames() >= 58 * BLOCK_FRAMES, "the sound")
    microphone.overflow()
    wait_until(lambda: room.faults() == ["overflow"], "the fault")
    microphone.hear(60)
    wait_until(lambda: room.frames() >= 118 * BLOCK_FRAMES, "the sound after it")
    summary = room.stop()
    assert summary["problem"] == "frames_lost"
    assert summary["lost_frames"] >= 0.05 * SAMPLE_RATE
    assert summary["frames"] == 120 * BLOCK_FRAMES + summary["lost_frames"]
    with Reader(tmp_path / "a.crec", KEYS.private) as reader:
        heard = reader.read(0, 60_000)[:, 0]
    assert int((heard == 0).sum()) == summary["lost_frames"]
    assert np.all(heard[: 60 * BLOCK_FRAMES] == 5000)
    assert np.all(heard[-60 * BLOCK_FRAMES :] == 5000)


def test_what_still_waits_after_an_overflow_is_not_counted_as_lost(
    open_room: OpenRoom, tmp_path: Path
) -> None:
    microphone = FakeMicrophone()
    microphone.backlog = 100 * SAMPLE_RATE
    room = open_room(FakeSystem(microphone))
    room.start(tmp_path / "a.crec")
    microphone.hear(10)
    microphone.overflow()
    wait_until(lambda: room.faults() == ["overflow"], "the fault")
    assert room.stop()["lost_frames"] == 0


def test_who_listens_to_the_call_hears_silence_while_the_microphone_is_gone(
    open_room: OpenRoom, tmp_path: Path
) -> None:
    microphone = FakeMicrophone()
    system = FakeSystem(microphone)
    room = open_room(system)
    room.start(tmp_path / "a.crec")
    microphone.hear(10)
    wait_until(lambda: room.frames() > 0, "the sound")
    for listening, attempt in (("x", "attempt"), ("y", "another")):
        room.session.take({"do": "share", "id": listening, "attempt_id": attempt, "key": "00" * 32})
    system.plugged.clear()
    microphone.unplug()
    wait_until(lambda: sum(one["id"] == "x" for one in room.told("shared")) > 1, "the silence")
    # Of another call nothing is given but its end.
    assert [one["seq"] for one in room.told("shared") if one["id"] == "y"] == [1]


def test_another_microphone_is_listened_to_when_asked(open_room: OpenRoom, tmp_path: Path) -> None:
    headset, webcam = FakeMicrophone("headset"), FakeMicrophone("webcam")
    system = FakeSystem(headset, webcam)
    room = open_room(system)
    room.session.take({"do": "monitor", "device": "headset", "chosen": True})
    headset.hear(20)
    wait_until(lambda: len(room.told("level")) >= 6, "levels")
    assert system.chosen == ["headset"]
    room.start(tmp_path / "a.crec", "webcam")
    wait_until(lambda: headset.closed, "the headset to be let go")
    webcam.hear(50, 77)
    wait_until(lambda: room.frames() > 40 * BLOCK_FRAMES, "the sound")
    room.stop()
    with Reader(tmp_path / "a.crec", KEYS.private) as reader:
        assert reader.header.devices == ("webcam",)
        assert np.all(reader.read(0, 900)[1000:] == 77)
    wait_until(lambda: webcam.closed, "the webcam to be let go")


def test_steady_silence_is_told_once(open_room: OpenRoom, tmp_path: Path) -> None:
    microphone = FakeMicrophone()
    room = open_room(FakeSystem(microphone))
    room.start(tmp_path / "a.crec")
    blocks = int(SILENT_AFTER_SECONDS * SAMPLE_RATE) // BLOCK_FRAMES
    microphone.hear(blocks - 20, loudness=1)
    wait_until(lambda: room.frames() >= (blocks - 23) * BLOCK_FRAMES, "the silence")
    assert room.faults() == []
    microphone.hear(2 * blocks, loudness=1)
    wait_until(lambda: room.frames() >= (3 * blocks - 23) * BLOCK_FRAMES, "more silence")
    assert room.faults() == ["silent"]
    assert room.stop()["peak"] < 8 / 32768


def test_a_quiet_room_is_no_fault(open_room: OpenRoom, tmp_path: Path) -> None:
    microphone = FakeMicrophone()
    room = open_room(FakeSystem(microphone))
    room.start(tmp_path / "a.crec")
    blocks = 2 * int(SILENT_AFTER_SECONDS * SAMPLE_RATE) // BLOCK_FRAMES
    microphone.hear(blocks, loudness=40)
    wait_until(lambda: room.frames() >= (blocks - 3) * BLOCK_FRAMES, "the quiet")
    assert room.faults() == []


def test_its_file_tells_while_it_runs_whether_anything_was_heard_or_lost(
    open_room: OpenRoom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "STALLED_AFTER_SECONDS", 0.2)
    microphone = FakeMicrophone()
    room, path = open_room(FakeSystem(microphone)), tmp_path / "a.crec"

    def told() -> Condition | None:
        return outline(path).condition if path.exists() else None

    room.start(path)
    microphone.hear(10, loudness=1)
    wait_until(lambda: room.frames() > 5 * BLOCK_FRAMES, "the silence")
    assert told() == Condition(heard=False)
    microphone.hear(10, loudness=4000)
    wait_until(lambda: told() == Condition(heard=True), "the note that something was heard")
    microphone.unplug()
    wait_until(lambda: (note := told()) is not None and note.problem == "device_lost", "the note of the loss")


def test_a_driver_that_never_answers_is_a_fault_and_ends_the_process(
    open_room: OpenRoom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "STALLED_AFTER_SECONDS", 0.1)
    monkeypatch.setattr(session_module, "CLOSING_SECONDS", 0.1)
    driver = SilentDriver()
    room = open_room(FakeSystem(driver))
    room.start(tmp_path / "a.crec")
    wait_until(lambda: room.faults() == ["device_lost"], "the fault")
    summary = room.stop()
    assert (summary["complete"], summary["problem"]) == (True, "device_lost")
    wait_until(room.ended, "the end of the process")
    driver.release.set()


def test_a_driver_that_falls_silent_in_a_call_is_a_fault_and_ends_the_process_after_the_call_only(
    open_room: OpenRoom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "STALLED_AFTER_SECONDS", 0.1)
    monkeypatch.setattr(session_module, "CLOSING_SECONDS", 0.1)
    driver, line = SilentDriver(), FakeLine()
    room = open_room(FakeSystem(driver), line)
    wait_until(lambda: room.told("ready") != [], "it to be ready")
    line.deliver(Seized())
    line.deliver(Joined())
    room.start(tmp_path / "a.crec")

    # The voice on the line says nothing of the microphone.
    def speaks() -> bool:
        line.carry(1, 0, 5000)
        return room.faults() == ["device_lost"]

    wait_until(speaks, "the fault")
    line.carry(20, 0, 5000)
    wait_until(lambda: not room.told("level")[-1]["heard"], "the level to say so")
    assert (room.stop()["problem"], room.ended()) == ("device_lost", False)
    line.deliver(Released())
    wait_until(room.ended, "the end of the process")
    driver.release.set()


def test_the_end_of_the_commands_ends_a_recording_properly(open_room: OpenRoom, tmp_path: Path) -> None:
    microphone = FakeMicrophone()
    system = FakeSystem(microphone)
    room = open_room(system)
    room.start(tmp_path / "a.crec")
    microphone.hear(20)
    wait_until(lambda: room.frames() > 10 * BLOCK_FRAMES, "the sound")
    room.close()
    assert room.told("stopped")[0]["complete"]
    wait_until(lambda: system.closed, "the sound system to be let go")
    with Reader(tmp_path / "a.crec", KEYS.private) as reader:
        assert reader.complete


def test_a_reader_of_events_that_sleeps_keeps_nobody_waiting() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe, os.fdopen(reading, "rb") as events:
        outbox = Outbox(pipe)
        outbox.start()
        for number in range(20_000):
            outbox.post({"is": "fault", "number": number, "filling": "." * 50})
            outbox.post({"is": "level", "number": number, "filling": "." * 50})
        outbox.close()
        told: list[dict[str, Any]] = []
        while not told or told[-1] != {"is": "level", "number": 19_999, "filling": "." * 50}:
            told.append(json.loads(events.readline()))
        outbox.join()
    # Nobody read: the newest of each kind are there, and the pipe's fill from the beginning.
    faults = [event["number"] for event in told if event["is"] == "fault"]
    assert faults == sorted(set(faults))
    assert faults[-1] == 19_999
    assert len(told) < 5000


def test_a_level_from_before_a_fault_is_not_told_after_it() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe, os.fdopen(reading, "rb") as events:
        outbox = Outbox(pipe)
        # Whoever heard of it later would take the microphone for well again.
        for event in ({"is": "level", "heard": True}, {"is": "fault", "kind": "device_lost"}):
            outbox.post(event)
        outbox.start()
        outbox.close()
        outbox.join()
        pipe.close()
        assert [json.loads(line)["is"] for line in events] == ["fault"]


def test_events_for_a_reader_that_is_gone_are_dropped() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb", buffering=0) as pipe:
        outbox = Outbox(pipe)
        outbox.start()
        outbox.post({"is": "ready"})
        outbox.join()
        outbox.post({"is": "ready"})


def test_a_call_is_recorded_as_the_line_carries_it_from_the_answer_on(
    open_room: OpenRoom, tmp_path: Path
) -> None:
    microphone, line = FakeMicrophone(), FakeLine()
    room = open_room(FakeSystem(microphone), line)
    wait_until(lambda: room.told("ready") != [], "it to be ready")
    line.deliver(Seized())
    microphone.hear(3, 700)
    wait_until(lambda: line.said == [700] * 3, "the line to hear the microphone")
    line.deliver(Joined())
    # Said before the file is begun, and after; the microphone itself is in it only as the line took it.
    line.carry(40, 700, 5000)
    room.start(tmp_path / "a.crec")
    key = bytes(32)
    room.session.take({"do": "share", "id": "x", "attempt_id": "attempt", "key": key.hex()})
    microphone.hear(5, 900)
    line.carry(40, 0, 6000)
    assert room.stop()["frames"] == 80 * BLOCK_FRAMES
    # Who listens hears both, from the moment on at which that was asked, to the end.
    given = [
        (one["seq"], opened(key, "x", one["seq"], b64decode(one["sealed"]))) for one in room.told("shared")
    ]
    assert [seq for seq, _piece in given] == [1, 2, 3, 4, 5, 6]
    assert [(piece.channels, piece.last) for _seq, piece in given if piece] == [(2, False)] * 5 + [(2, True)]
    with Reader(tmp_path / "a.crec", KEYS.private) as reader:
        heard = reader.read(0, 10_000)
    assert [tuple(row) for row in np.unique(heard, axis=0)] == [(0, 6000), (700, 5000)]
    assert max(event["other"] or 0 for event in room.told("level")) > 0.5
    # After the call nothing of it is left; a voice that never came is told.
    room.start(tmp_path / "b.crec")
    line.carry(50, 700, 0)
    line.deliver(Released())
    assert room.stop()["problem"] == "one_sided"
    room.session.take({"do": "hang_up"})
    room.start(tmp_path / "c.crec")
    microphone.hear(5)
    wait_until(lambda: room.told("level")[-1]["recording_id"] == "c", "the microphone alone")
    assert (room.stop()["channels"], line.commands) == (1, ["hang_up"])
