"""What a stopped station left in its recordings folder is found when work begins again."""

from __future__ import annotations

from pathlib import Path

import pytest

from cati.audio.container import Condition, Header
from cati.audio.writer import Writer
from cati.sealing.keys import new_pair
from cati.services import recordings
from cati.station.recordings import folder, note_left_behind
from cati.store.recordings import StoredRecording
from tests.rig.furnished import Furnished
from tests.station.cut_off import ToneRecorder
from tests.station.office import START, Office, open_office, runner_of


@pytest.fixture
def office(furnished_file: Furnished) -> Office:
    return furnished_file(open_office)


def cut_off(office: Office, where: Path) -> tuple[StoredRecording, Path]:
    """A call whose station stopped after some seconds of recording."""
    recorder = ToneRecorder()
    runner = runner_of(office.hire("zhou"), office.programme, where, recorder=recorder)
    found = runner.claim()
    assert found is not None
    runner.take(found)
    runner.dial()
    runner.connect()
    for value in ("yes", "fair"):
        runner.answer(value)
    recorder.stop()
    recording = noted(office)
    assert recording.duration_ms is None
    file = where / recording.file
    whole = file.read_bytes()
    file.write_bytes(whole[:-200])  # the end, and a part of the last piece of sound
    return recording, file


def noted(office: Office) -> StoredRecording:
    (recording,) = recordings.listing(office.ctx, office.programme)
    return recording


def test_a_file_without_an_end_keeps_its_whole_seconds(office: Office, tmp_path: Path) -> None:
    where = folder(tmp_path)
    cut_off(office, where)
    ctx = office.sign_in("zhou")
    assert note_left_behind(ctx, where) == 1
    found = noted(office)
    assert (found.complete, found.problem) == (False, "cut_off")
    assert found.duration_ms is not None
    assert 4000 <= found.duration_ms <= 5000
    assert note_left_behind(ctx, where) == 0


def test_a_file_that_is_not_there_is_missing(office: Office, tmp_path: Path) -> None:
    _, file = cut_off(office, tmp_path)
    file.unlink()
    assert note_left_behind(office.sign_in("zhou"), tmp_path) == 1
    found = noted(office)
    assert (found.duration_ms, found.complete, found.problem) == (0, False, "missing")


@pytest.mark.parametrize("left", [b"", b"no recording at all", b"CATIREC\n\xff\xff\xff\xff"])
def test_a_file_that_cannot_be_read_is_damaged(office: Office, tmp_path: Path, left: bytes) -> None:
    _, file = cut_off(office, tmp_path)
    file.write_bytes(left)
    assert note_left_behind(office.sign_in("zhou"), tmp_path) == 1
    assert noted(office).problem == "damaged"


def test_a_file_ended_properly_by_a_recorder_that_outlived_its_window_is_complete(
    office: Office, tmp_path: Path
) -> None:
    recorder = ToneRecorder()
    runner = runner_of(office.hire("zhou"), office.programme, tmp_path, recorder=recorder)
    found = runner.claim()
    assert found is not None
    runner.take(found)
    runner.dial()
    runner.connect()
    recorder.stop()
    assert note_left_behind(office.sign_in("zhou"), tmp_path) == 1
    left = noted(office)
    assert (left.complete, left.problem, left.duration_ms) == (True, None, 1000)


@pytest.mark.parametrize(
    ("condition", "ended", "noted_as"),
    [
        (Condition(), True, (True, "silent")),
        (Condition(), False, (False, "silent")),
        (Condition(heard=True, lost_frames=320), True, (True, "frames_lost")),
        (Condition(heard=True, problem="device_lost"), False, (False, "device_lost")),
        (Condition(heard=True), False, (False, "cut_off")),
        (Condition(heard=True), True, (True, None)),
    ],
    ids=str,
)
def test_how_a_file_went_whose_recorder_outlived_its_window_is_read_from_it(
    office: Office, tmp_path: Path, condition: Condition, ended: bool, noted_as: tuple[bool, str | None]
) -> None:
    recording, file = cut_off(office, tmp_path)
    file.unlink()
    writer = Writer(file, new_pair().public, Header(recording.id, recording.attempt_id, START, codec="pcm"))
    writer.note(condition)
    writer.close()
    if not ended:
        file.write_bytes(file.read_bytes()[:-10])
    note_left_behind(office.sign_in("zhou"), tmp_path)
    left = noted(office)
    assert (left.complete, left.problem) == noted_as


def test_files_of_other_stations_are_left_to_them(office: Office, tmp_path: Path) -> None:
    cut_off(office, tmp_path)
    assert note_left_behind(office.hire("wu"), tmp_path) == 0
    assert noted(office).duration_ms is None
