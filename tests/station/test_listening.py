"""Recordings are opened by right, heard on this station, and every stretch of it is written down."""

from __future__ import annotations

from pathlib import Path

import pytest

from cati.audio import playback
from cati.base.errors import CatiError
from cati.services import audit, keys, review
from cati.services.recordings import note_archived
from cati.station.archive_mover import Reading
from cati.station.archive_place import Address, content_of
from cati.station.listening import FETCHED, ListeningRoom
from tests.audio.tapes import Ear, recorded, tone
from tests.rig.waiting import wait_until
from tests.services.test_review import House, house

__all__ = ["house"]


@pytest.fixture
def recordings(house: House, tmp_path: Path) -> Path:
    """The folder of a station with the recording of one interview of 36 s, both sides heard."""
    house.talk()
    folder = tmp_path / "recordings"
    (folder / "small").mkdir(parents=True)
    public = keys.recording_public(house.office.ctx, house.office.programme.id)
    made = recorded(folder / "small" / "rec-0001.crec", tone(36, 440, 300), public=public)
    made.rename(folder / "small" / "1.crec")
    return folder


def test_a_supervisor_hears_and_both_opening_and_listening_are_written_down(
    house: House, recordings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playback.Player.__init__, "__defaults__", (Ear,))
    file = review.look_up(house.chief, house.office.programme, house.done[0])
    room = ListeningRoom(house.chief, recordings)
    hearing = room.open(file.sounds)
    assert (hearing.channels, hearing.complete, hearing.audible, hearing.faults) == (2, True, True, [])
    shares: list[float] = []
    hearing.draw(shares.append)
    assert hearing.peaks.filled_ms == 36_000
    hearing.player.play(30_000)
    wait_until(lambda: bool(house.audited("recording_heard")), "the note")
    room.close()
    assert house.audited("recording_listen") == [("recording rec-0001", {})]
    assert house.audited("recording_heard") == [("recording rec-0001", {"from_ms": 30_000, "to_ms": 36_000})]
    assert audit.verify(house.office.ctx) is None


def test_closing_the_room_notes_what_was_being_heard(
    house: House, recordings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ear = Ear(3)
    monkeypatch.setattr(playback.Player.__init__, "__defaults__", (lambda: ear,))
    file = review.look_up(house.chief, house.office.programme, house.done[0])
    room = ListeningRoom(house.chief, recordings)
    hearing = room.open(file.sounds)
    hearing.player.play()
    wait_until(lambda: hearing.player.state.place_ms == 3 * playback.BLOCK_MS, "sound")
    hearing.player.pause()
    ear.let(1)
    room.close()
    ((_subject, heard),) = house.audited("recording_heard")
    assert heard == {"from_ms": 0, "to_ms": 4 * playback.BLOCK_MS}


def test_a_file_of_another_station_is_silent_and_said(house: House, tmp_path: Path) -> None:
    house.talk()
    file = review.look_up(house.chief, house.office.programme, house.done[0])
    room = ListeningRoom(house.chief, tmp_path)
    hearing = room.open(file.sounds)
    assert (hearing.audible, [fault.code for fault in hearing.faults]) == (False, ["recording_missing"])
    room.close()


def test_operators_open_nothing(house: House, recordings: Path) -> None:
    file = review.look_up(house.chief, house.office.programme, house.done[0])
    with pytest.raises(CatiError) as refused:
        ListeningRoom(house.operators[0], recordings).open(file.sounds)
    assert refused.value.code == "not_allowed"


def test_what_lies_in_the_archive_is_fetched_heard_and_not_kept(
    house: House, recordings: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(playback.Player.__init__, "__defaults__", (Ear,))
    where, reading = Address(str(tmp_path / "share")), Reading()
    there = tmp_path / "share" / "small"
    there.mkdir(parents=True)
    (recordings / "small" / "1.crec").rename(there / "1.crec")
    content = content_of(there / "1.crec")
    note_archived(house.chief, "rec-0001", place=where.url, size=content.size, sha256=content.sha256)
    file = review.look_up(house.chief, house.office.programme, house.done[0])
    room = ListeningRoom(house.chief, recordings, reading, where)
    fetched = recordings.with_name(FETCHED)

    def cancel(_share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        room.open(file.sounds, cancel)
    assert list(fetched.iterdir()) == []
    shares: list[float] = []
    hearing = room.open(file.sounds, shares.append)
    assert (hearing.audible, hearing.complete, hearing.faults) == (True, True, [])
    assert shares == sorted(shares)
    assert (len(shares) > 3, shares[-1]) == (True, 1.0)
    assert len(list(fetched.iterdir())) == 1
    with reading.free("rec-0001") as free:
        assert not free
    hearing.close()
    hearing.close()
    assert list(fetched.iterdir()) == []
    with reading.free("rec-0001") as free:
        assert free
    # What came back is not what was archived: it is heard, and said.
    data = bytearray((there / "1.crec").read_bytes())
    data[len(data) // 2] ^= 1
    (there / "1.crec").write_bytes(data)
    hearing = room.open(file.sounds)
    assert {fault.code for fault in hearing.faults} == {"recording_holes", "recording_damaged"}
    assert (hearing.audible, hearing.complete) == (True, False)
    hearing.close()
    # The archive is away: the page works on, and says so.
    (tmp_path / "share").rename(tmp_path / "gone")
    hearing = room.open(file.sounds)
    assert [fault.code for fault in hearing.faults] == ["recording_missing"]
    room.close()
