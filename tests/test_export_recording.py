"""A recording goes out as a sound file: the right one, whole as far as it ever was, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest

from cati.base.errors import CatiError
from cati.domain.ports import RecordingSummary
from cati.services import audit, calls, keys, queue, recordings
from cati.station import archive_place
from cati.station.archive_mover import Mover, Reading
from cati.station.archive_place import Address
from cati.station.extracts import extract
from tests.audio.tapes import recorded, tone
from tests.rig.furnished import Furnished
from tests.station.office import START, Office, open_office

Export = Callable[..., tuple[float, bool]]


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
    def export(name: str, file: str = "call.wav", **stretch: Any) -> tuple[float, bool]:
        done = extract(office.ctx, tmp_path, name, tmp_path / "out" / file, **stretch)
        return done.seconds, done.whole

    return export


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
    assert not (tmp_path / "out").exists()


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


def test_a_stretch_goes_out_as_ogg_too_and_the_log_keeps_which(
    export: Export, office: Office, tmp_path: Path
) -> None:
    assert export("one-1", "call.ogg", start_ms=250, end_ms=750) == (0.5, True)
    with av.open(str(tmp_path / "out" / "call.ogg")) as file:
        (stream,) = file.streams
        assert stream.codec_context.name == "opus"
        assert sum(frame.samples for frame in file.decode(audio=0)) == pytest.approx(24_000, abs=1000)
    entries = [one for one in audit.newest(office.ctx) if one.action == "recording_export"]
    assert [(one.subject, one.detail) for one in entries] == [
        ("recording one-1", {"from_ms": 250, "to_ms": 750})
    ]
    with pytest.raises(CatiError) as refused:
        export("one-1", start_ms=1000)
    assert refused.value.code == "stretch_empty"


def test_damaged_it_goes_out_with_silence_only_when_that_is_wanted(
    export: Export, office: Office, folder: Path, tmp_path: Path
) -> None:
    file = folder / "one-1.crec"
    data = bytearray(file.read_bytes())
    data[2000] ^= 1
    file.write_bytes(data)
    done = extract(office.ctx, tmp_path, "one-1", tmp_path / "call.wav", patched=True)
    assert (done.seconds, done.whole, done.lost) == (1.0, True, ((0, 800),))


def test_from_the_archive_it_goes_out_as_well(
    export: Export, office: Office, folder: Path, tmp_path: Path
) -> None:
    where = Address(str(tmp_path / "share"))
    archive_place.keep_address(tmp_path, where)
    Mover(office.sign_in("zhou"), folder, where, Reading()).move_all()
    assert not (folder / "one-1.crec").exists()
    assert export("one-1") == (1.0, True)
    assert list((tmp_path / "fetched").iterdir()) == []
