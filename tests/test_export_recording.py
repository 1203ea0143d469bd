"""A recording goes out as a WAV file: the right one, whole as far as it ever was, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cati.base import settings
from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.bootstrap import Opened, export_recording
from cati.domain.ports import RecordingSummary
from cati.services import calls, keys, queue, recordings
from tests.audio.tapes import recorded, tone
from tests.rig.furnished import Furnished
from tests.station.office import START, Office, open_office

Export = Callable[[str], tuple[float, bool]]


@pytest.fixture
def office(furnished_file: Furnished) -> Office:
    return furnished_file(open_office)


@pytest.fixture
def folder(office: Office, tmp_path: Path) -> Path:
    """A station with two recordings of a second each, the third was cut off."""
    ctx = office.hire("zhou")
    case = queue.claim_next(ctx, office.programme)
    assert case is not None
    calls.begin_attempt(
        ctx, office.programme, attempt_id="a-1", case_id=case.case_id, epoch=1, alternate=0, at=START
    )
    made = tmp_path / "recordings"
    made.mkdir()
    public = keys.recording_public(office.ctx, office.programme.id)
    for name, complete in (("one-1", True), ("two-2", True), ("three-3", False)):
        recordings.register(ctx, recording_id=name, attempt_id="a-1", file=f"{name}.crec", at=START)
        recorded(made / f"{name}.crec", tone(1, 440), public=public, ended=complete)
        recordings.finish(ctx, RecordingSummary(name, None, 1000, 1, 9000, complete, False, None))
    return made


@pytest.fixture
def export(office: Office, folder: Path, tmp_path: Path) -> Export:
    opened = Opened(settings.load({"data_folder": str(tmp_path)}), office.database, VirtualClock(START))
    return lambda name: export_recording(opened, office.ctx, name, tmp_path / "out" / "call.wav")


def test_a_recording_is_written_for_its_owner_alone(export: Export, tmp_path: Path) -> None:
    assert export("one-1") == (1.0, True)
    (wav,) = (tmp_path / "out").iterdir()
    assert (wav.name, wav.stat().st_mode & 0o777) == ("call.wav", 0o600)


def test_exchanged_files_are_noticed(export: Export, folder: Path, tmp_path: Path) -> None:
    (folder / "two-2.crec").replace(folder / "one-1.crec")
    with pytest.raises(CatiError, match="two-2") as refused:
        export("one-1")
    assert refused.value.code == "recording_other"
    assert not (tmp_path / "out").exists()


def test_what_was_cut_off_in_the_call_is_written_as_far_as_it_goes(export: Export) -> None:
    seconds, whole = export("three-3")
    assert 0.7 < seconds <= 1
    assert not whole


@pytest.mark.parametrize("change", [lambda data: data[:-30], lambda data: data[: len(data) // 2]])
def test_what_was_cut_off_after_the_call_is_refused(
    export: Export, folder: Path, change: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    file = folder / "one-1.crec"
    file.write_bytes(change(file.read_bytes()))
    with pytest.raises(CatiError, match="changed or damaged"):
        export("one-1")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_changed_recording_leaves_no_half_of_it_and_the_file_of_before(
    export: Export, folder: Path, tmp_path: Path
) -> None:
    file = folder / "one-1.crec"
    data = bytearray(file.read_bytes())
    data[len(data) - 500] ^= 1
    file.write_bytes(data)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "call.wav").write_bytes(b"before")
    with pytest.raises(CatiError, match="changed or damaged"):
        export("one-1")
    assert [path.read_bytes() for path in (tmp_path / "out").iterdir()] == [b"before"]
