"""An archive is scrubbed: what is damaged, changed, exchanged, missing or foreign is named, and no more."""

from __future__ import annotations

import random
from io import BytesIO
from pathlib import Path

import pytest

from cati.audio.reader import Reader
from cati.base.errors import CatiError
from cati.domain.recordings import Defect
from cati.services import audit, keys
from cati.services.recordings import Kept, Known
from cati.station.archive_place import Address
from cati.station.scrubbing import Scrub, examined, scrub
from tests.audio.tapes import KEYS, recorded, tone
from tests.station.test_archive import Station, office, station

__all__ = ["office", "station"]


@pytest.fixture
def archive(station: Station, tmp_path: Path) -> Path:
    """Where three recordings lie, as they are known there."""
    share = tmp_path / "share"
    station.mover(Address(str(share))).move_all()
    return share / "small"


def found(scrubbed: Scrub) -> dict[str, Defect]:
    return {one.file: one.defect for one in scrubbed.faults}


def test_a_whole_archive_is_as_it_was_recorded(station: Station, archive: Path) -> None:
    bureau = station.bureau
    told: list[tuple[int, int]] = []
    scrubbed = scrub(bureau, Address(str(archive.parent)), lambda done, of: told.append((done, of)))
    assert (scrubbed.files, scrubbed.opened, scrubbed.faults) == (3, 3, [])
    assert told == [(0, 3), (1, 3), (2, 3)]
    # What is still being recorded is no fault of the station's own folder.
    assert scrub(bureau, Address(str(station.folder)), lambda *_: None, station=True).faults == []
    assert audit.verify(bureau) is None
    with pytest.raises(CatiError, match="not"):
        scrub(station.ctx, Address(str(archive.parent)), lambda *_: None)


def test_whatever_is_wrong_is_named(station: Station, archive: Path) -> None:
    one, two, three = (archive / f"{name}.crec" for name in ("one-1", "two-2", "three-3"))
    whole = two.read_bytes()
    data = bytearray(one.read_bytes())
    data[len(data) // 2] ^= 1
    one.write_bytes(data)
    three.unlink()
    (archive / "three-3.crec.partial").write_bytes(b"half")
    (archive / "strange.crec").write_bytes(whole)
    where = Address(str(archive.parent))
    scrubbed = scrub(station.bureau, where, lambda *_: None)
    assert found(scrubbed) == {
        "small/one-1.crec": Defect.DAMAGED,
        "small/strange.crec": Defect.FOREIGN,
        "small/three-3.crec": Defect.MISSING,
        "small/three-3.crec.partial": Defect.PARTIAL,
    }
    # Five seconds in pieces of 0.8: the fourth is lost.
    assert scrubbed.faults[0].lost == ((2400, 3200),)
    # One in another's place, one that is whole and not what was archived, one sealed for somebody else.
    one.write_bytes(whole)
    two.unlink()
    public = keys.recording_public(station.bureau, station.programme)
    recorded(two, tone(5, 880), public=public)
    recorded(three, tone(5, 440))
    assert found(scrub(station.bureau, where, lambda *_: None)) == {
        "small/one-1.crec": Defect.EXCHANGED,
        "small/strange.crec": Defect.FOREIGN,
        "small/two-2.crec": Defect.CHANGED,
        "small/three-3.crec": Defect.KEY,
        "small/three-3.crec.partial": Defect.PARTIAL,
    }


def test_without_the_key_what_stands_in_the_open_is_examined(station: Station, archive: Path) -> None:
    bureau = station.bureau
    bureau.keys.drop(station.programme)
    where = Address(str(archive.parent))
    assert (scrub(bureau, where, lambda *_: None).opened, scrub(bureau, where, lambda *_: None).faults) == (
        0,
        [],
    )
    file = archive / "one-1.crec"
    file.write_bytes(file.read_bytes()[:-30])
    sealed = bytearray((archive / "two-2.crec").read_bytes())
    sealed[len(sealed) // 2] ^= 1
    (archive / "two-2.crec").write_bytes(sealed)
    # A change of what is sealed shows in the hash alone.
    assert found(scrub(bureau, where, lambda *_: None)) == {
        "small/one-1.crec": Defect.DAMAGED,
        "small/two-2.crec": Defect.CHANGED,
    }


def spoilt(data: bytes, lot: random.Random) -> bytes:
    """One bit turned, or an end cut off."""
    if lot.random() < 0.2:
        return data[: lot.randrange(len(data))]
    changed = bytearray(data)
    changed[lot.randrange(len(data))] ^= 1 << lot.randrange(8)
    return bytes(changed)


def test_each_of_many_flips_and_cuts_is_detected(tmp_path: Path) -> None:
    survive(tmp_path, 60)


def survive(folder: Path, times: int) -> None:
    """Spoil a recording so many times, each time seeing that it is noticed and that what is whole plays."""
    lot = random.Random(7)
    file = recorded(folder / "r-0.crec", tone(2, 440, 300), codec="opus", mark="answer")
    data = file.read_bytes()
    known = Known(Kept("r-0", "r-0.crec", "pc", True, True, len(data), None, None), 1)
    assert examined(BytesIO(data), known, KEYS.private) is None
    in_the_open = 0
    for _ in range(times):
        bad = spoilt(data, lot)
        assert examined(BytesIO(bad), known, KEYS.private) is not None
        in_the_open += examined(BytesIO(bad), known, None) is not None
        try:
            with Reader(Path("r-0.crec"), KEYS.private, "r-0", file=BytesIO(bad)) as reader:
                salvage = reader.salvage()
                played = sum(len(samples) for samples in reader.patched(salvage))
        except CatiError:
            continue
        assert played == salvage.frames <= 2 * 16_000
    assert in_the_open > 0
