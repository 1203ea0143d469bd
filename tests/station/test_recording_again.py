"""A recorder that dies in the middle of a call: the interview goes on, the rest is a second recording."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cati.audio.reader import Reader
from cati.audio.recorder import Fault, Level, RecorderProcess
from cati.base.clock import SystemClock
from cati.domain.interview import Script
from cati.services import keys, recordings
from cati.services.interviews import DatabaseAnswerLog
from cati.station.runner import CallRunner
from cati.station.writing import ThroughServices
from cati.store.engine import Database
from cati.telephony.manual import ManualDialler
from tests.rig.pulse import Pulse, speak
from tests.rig.waiting import wait_until
from tests.station.office import open_office, programme_of


def test_a_killed_recorder_costs_no_more_than_a_second(
    sqlite_url: str, tmp_path: Path, pulse: Pulse, expect_log: Callable[[str], None]
) -> None:
    expect_log("recorder's process ended with -9")
    database = Database(sqlite_url)
    lasting = programme_of()
    lasting = replace(lasting, settings=replace(lasting.settings, expires=None))
    office = open_office(database, SystemClock(), tmp_path, lasting)
    died, loud = threading.Event(), threading.Event()

    def hear(event: Level | Fault) -> None:
        if isinstance(event, Fault) and event.kind == "recorder_died":
            died.set()
        if isinstance(event, Level) and event.peak > 0.1:
            loud.set()

    recorder = RecorderProcess(hear)
    runner = CallRunner(
        office.ctx,
        office.programme,
        script=Script.of(office.programme.programme),
        dialler=ManualDialler(lambda _: None),
        recorder=recorder,
        writing=ThroughServices(office.ctx, office.programme, DatabaseAnswerLog(office.ctx)),
        recording_public=keys.recording_public(office.ctx, office.programme.id),
        folder=tmp_path / "recordings",
    )
    words = tmp_path / "words.wav"
    speak("one two three four five six seven eight nine ten", words)
    assignment = runner.claim()
    assert assignment is not None
    runner.take(assignment)
    runner.dial()
    runner.connect()
    runner.answer("yes")
    voice = pulse.start_playing(words)
    assert loud.wait(10)
    wait_until(lambda: (recorder.offset_ms() or 0) > 2000, "two seconds of sound")

    os.kill(recorder.process_id, signal.SIGKILL)
    assert died.wait(10)
    voice.terminate()
    voice.wait(30)
    runner.record_again()
    wait_until(lambda: recorder.offset_ms() is not None, "sound in the second recording")
    loud.clear()
    runner.answer("satisfied")
    speak("four", words)
    pulse.play(words)
    assert loud.wait(10)
    runner.answer("fair")
    runner.end()
    recorder.close()

    first, second = recordings.listing(office.ctx, office.programme)
    assert (first.attempt_id, first.complete) == (second.attempt_id, False)
    assert first.duration_ms is not None
    assert first.duration_ms > 1000
    assert second.complete
    key = office.ctx.keys.recording_private(office.programme.id)
    with Reader(tmp_path / "recordings" / second.file, key) as reader:
        kinds = [
            (marker.kind, marker.values.get("item"))
            for marker in reader.markers
            if marker.kind in ("question", "answer")
        ]
    assert kinds == [
        ("question", "item1"),
        ("answer", "item1"),
        ("question", "item2"),
        ("answer", "item2"),
        ("question", "item3"),
    ]
    database.close()
