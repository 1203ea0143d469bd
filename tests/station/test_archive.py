"""Recordings move into the archive: nothing is removed here before it is known to be whole there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cati import bootstrap
from cati.base.errors import CatiError
from cati.base.settings import load
from cati.bootstrap import open_station
from cati.domain.ports import RecordingSummary
from cati.services import calls, keys, queue, recordings
from cati.services.context import Context
from cati.station import archive_place
from cati.station.archive_mover import Mover, Reading
from cati.station.archive_place import Address, ArchivePlace, content_of
from cati.station.scrubbing import scrub
from tests.audio.tapes import recorded, tone
from tests.rig.furnished import Furnished
from tests.rig.proxy import Proxy
from tests.rig.sftp import Sftp, start_sftp
from tests.rig.waiting import wait_until
from tests.station.office import PASSWORD, START, Office, open_office

IDS = ("one-1", "two-2", "three-3")


@pytest.fixture(scope="module")
def sftp() -> Iterator[Sftp]:
    server = start_sftp(os.getpid())
    yield server
    server.kept.stop()


@pytest.fixture
def office(furnished_file: Furnished) -> Office:
    return furnished_file(open_office)


class Station:
    """A station of one operator with three finished recordings of some 160 KB each, and one still running."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.ctx: Context = office.hire("zhou")
        self.bureau, self.programme = office.ctx, office.programme.id
        self.folder = folder / "recordings"
        self.reading = Reading()
        case = queue.claim_next(self.ctx, office.programme)
        assert case is not None
        calls.begin_attempt(
            self.ctx, office.programme, attempt_id="a-1", case_id=case.case_id, epoch=1, alternate=0, at=START
        )
        (self.folder / "small").mkdir(parents=True)
        public = keys.recording_public(office.ctx, office.programme.id)
        for name in (*IDS, "running-4"):
            file = f"small/{name}.crec"
            recordings.register(self.ctx, recording_id=name, attempt_id="a-1", file=file, at=START)
            recorded(self.folder / file, tone(5, 440), public=public)
            if name in IDS:
                size = (self.folder / file).stat().st_size
                recordings.finish(self.ctx, RecordingSummary(name, None, 5000, 1, size, True, False, None))

    def mover(self, where: Address) -> Mover:
        return Mover(self.ctx, self.folder, where, self.reading)

    @property
    def here(self) -> set[str]:
        return {file.stem for file in self.folder.rglob("*.crec")}

    @property
    def archived(self) -> set[str]:
        return {k.id for k in recordings.whereabouts(self.ctx, IDS) if k.place is not None}


@pytest.fixture
def station(office: Office, tmp_path: Path) -> Station:
    return Station(office, tmp_path)


def below(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


ALL = {f"small/{name}.crec" for name in IDS}


def test_finished_recordings_move_and_are_known_there(station: Station, tmp_path: Path) -> None:
    share = tmp_path / "share"
    before = {name: content_of(station.folder / "small" / f"{name}.crec") for name in IDS}
    mover = station.mover(Address(str(share)))
    station.reading.begin("two-2")
    assert mover.look().waiting == 3
    done = mover.move_all()
    # What somebody hears is there, and stays here until nobody hears it.
    assert (done.moved, done.waiting, station.here) == (2, 1, {"two-2", "running-4"})
    assert below(share) == ALL
    station.reading.end("two-2")
    done = mover.move_all()
    assert (done.moved, done.waiting, station.here) == (3, 0, {"running-4"})
    for kept in recordings.whereabouts(station.ctx, IDS):
        assert (kept.place, kept.size, kept.sha256) == (
            str(share),
            before[kept.id].size,
            before[kept.id].sha256,
        )
    assert all(content_of(share / f"small/{name}.crec") == before[name] for name in IDS)


def test_what_does_not_come_back_as_it_was_written_stays_here(station: Station, tmp_path: Path) -> None:
    share = tmp_path / "share"
    (share / "small").mkdir(parents=True)
    (share / "small" / "one-1.crec").write_bytes(b"another")
    # What an attempt before left half-way, or what else lies there, is no part of the recording.
    (share / "small" / "two-2.crec.partial").write_bytes(b"half")
    done = station.mover(Address(str(share))).move_all()
    assert (done.moved, station.here, station.archived) == (2, {"one-1", "running-4"}, {"two-2", "three-3"})
    assert done.fault is not None
    assert done.fault.code == "archive_other"
    assert (share / "small" / "one-1.crec").read_bytes() == b"another"
    assert below(share) == ALL


def test_a_lying_archive_gets_nothing(
    station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = ArchivePlace._write

    def lying(self: ArchivePlace, source: Any, partial: str, start: int, step: Any) -> object:
        content = written(self, source, partial, start, step)
        data = bytearray(Path(partial).read_bytes())
        data[1000] ^= 1
        Path(partial).write_bytes(data)
        return content

    monkeypatch.setattr(ArchivePlace, "_write", lying)
    done = station.mover(Address(str(tmp_path / "share"))).move_all()
    assert (done.moved, station.here, station.archived) == (0, {*IDS, "running-4"}, set())
    assert done.fault is not None
    assert done.fault.code == "archive_differs"


# The library reads ahead in a thread of its own, which may be asking just when the line is cut.
@pytest.mark.filterwarnings("ignore:Exception in thread .*_prefetch_thread")
def test_over_sftp_a_cut_in_mid_transfer_loses_nothing(station: Station, sftp: Sftp) -> None:
    line = Proxy(sftp.port)
    where = Address(sftp.url("cut", line.port), options=sftp.options())
    mover = Cut(station, where, after=3, line=line)
    with pytest.raises(CatiError) as cut:
        mover.move_all()
    assert cut.value.code == "archive_away"
    assert station.archived == set()
    assert station.here == {*IDS, "running-4"}
    with pytest.raises(CatiError):
        mover.move_all()
    # The second time it is cut after the first file went.
    line.up()
    mover.after = 8
    with pytest.raises(CatiError):
        mover.move_all()
    assert len(station.archived) == 1
    assert station.here == {"running-4", *IDS} - station.archived
    line.up()
    mover.after = 1000
    assert mover.move_all().waiting == 0
    line.close()
    assert (station.here, station.archived) == ({"running-4"}, set(IDS))
    assert below(sftp.root / "cut") == ALL
    known = {kept.file: kept.sha256 for kept in recordings.whereabouts(station.ctx, IDS)}
    assert {file: content_of(sftp.root / "cut" / file).sha256 for file in ALL} == known
    straight = Address(sftp.url("cut"), options=sftp.options())
    scrubbed = scrub(station.bureau, straight, lambda *_: None)
    assert (scrubbed.files, scrubbed.opened, scrubbed.faults) == (3, 3, [])


def test_what_was_cut_in_mid_transfer_goes_on_where_it_was_where_the_place_can_append(
    sftp: Sftp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "a.crec"
    source.write_bytes(os.urandom(200_000))
    whole = content_of(source)
    folder = sftp.root / "resumed"
    place = ArchivePlace(Address(sftp.url("resumed"), options=sftp.options()))
    opened = place._files.open

    def no_append(path: str, mode: str) -> object:
        if mode == "ab":
            raise NotImplementedError("File mode not supported")
        return opened(path, mode)

    for name, appends, left, written in (
        ("begun", True, source.read_bytes()[:70_001], 200_000 - 70_001),
        # All was there, only the name was missing.
        ("there", True, source.read_bytes(), 0),
        ("longer", True, bytes(200_001), 200_000),
        # What lies there is another: it is found out when it is read back.
        ("other", True, bytes(199_000), 1000 + 200_000 + 200_000),
        ("anew", False, source.read_bytes()[:70_001], 200_000),
    ):
        place.try_out()
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.partial").write_bytes(left)
        (folder / f"{name}.partial").chmod(0o666)
        monkeypatch.setattr(place._files, "open", opened if appends else no_append)
        steps: list[int] = []
        assert place.put(source, name, steps.append) == whole
        assert (name, sum(steps)) == (name, written + 200_000)
        assert content_of(folder / name) == whole
        assert not (folder / f"{name}.partial").exists()
    place.close()


def test_a_kind_of_archive_without_its_package_is_refused_and_what_others_raise_is_put_in_words(
    tmp_path: Path,
) -> None:
    with pytest.raises(CatiError) as refused:
        ArchivePlace(Address("s3://bucket/recordings"))
    assert refused.value.code == "archive_needs"
    assert "sftp" in str(refused.value)
    source = tmp_path / "a.crec"
    source.write_bytes(b"sound")
    place = ArchivePlace(Address("memory://archive"))
    assert place.put(source, "small/a.crec", lambda _size: None) == content_of(source)

    def no_credentials(*_path: object, **_how: object) -> None:
        raise LookupError("Unable to locate credentials")

    def stop(_size: int) -> None:
        raise CatiError("archive_stopped", "stopped")

    for name, step in (("archive_stopped", stop), ("archive_away", lambda _size: None)):
        with pytest.raises(CatiError) as refused:
            place.put(source, "small/b.crec", step)
        assert refused.value.code == name
        place._files.makedirs = no_credentials
    assert "credentials" in str(refused.value)


class Cut(Mover):
    """Loses its line after so many pieces."""

    def __init__(self, station: Station, where: Address, after: int, line: Proxy) -> None:
        super().__init__(station.ctx, station.folder, where, station.reading)
        self.after, self._line = after, line

    def _hold_back(self, size: int) -> None:
        super()._hold_back(size)
        self.after -= 1
        if self.after == 0:
            self._line.down()


def test_in_the_background_it_goes_on_until_it_is_stopped(station: Station, tmp_path: Path) -> None:
    # A folder that is none keeps everything here, and nothing falls over.
    (tmp_path / "file").write_bytes(b"")
    away = station.mover(Address(str(tmp_path / "file" / "share")))
    away.start()
    wait_until(lambda: away.progress.fault is not None, "the refusal")
    away.stop()
    assert away.progress.fault is not None
    assert (away.progress.fault.code, len(station.here)) == ("archive_away", 4)
    # So slowly that it is stopped within the first file.
    slow = station.mover(Address(str(tmp_path / "share"), rate=1))
    slow.start()
    wait_until(lambda: bool(below(tmp_path / "share")) if (tmp_path / "share").exists() else False, "a file")
    slow.stop()
    assert (station.archived, len(station.here)) == (set(), 4)
    mover = station.mover(Address(str(tmp_path / "share")))
    mover.start()
    wait_until(lambda: station.here == {"running-4"}, "the last file")
    mover.stop()
    assert below(tmp_path / "share") == ALL


def test_a_window_moves_them_while_somebody_is_signed_in(station: Station, tmp_path: Path) -> None:
    archive_place.keep_address(tmp_path, Address(str(tmp_path / "share")))
    where = {"data_folder": str(tmp_path), "database": str(station.ctx.database.url)}
    opened = open_station(load(where, {}), demonstration=False, tell=lambda _done, _all: None)
    assert isinstance(opened, bootstrap.Station)
    with closing(opened):
        session = opened.sign_in("zhou", PASSWORD)
        wait_until(lambda: station.here == {"running-4"}, "the last file")
        wait_until(lambda: station.archived == set(IDS), "the last note")
        opened.sign_out(session)
    assert below(tmp_path / "share") == ALL


def test_another_server_in_its_place_gets_nothing(station: Station, sftp: Sftp) -> None:
    where = Address(sftp.url("strange"), options={**sftp.options(), "host_key": "SHA256:other"})
    with pytest.raises(CatiError) as refused:
        station.mover(where).move_all()
    assert refused.value.code == "archive_stranger"
    assert not (sftp.root / "strange").exists()
    unknown = ArchivePlace(replace(where, options={"key_filename": str(sftp.key)}))
    unknown.try_out()
    unknown.close()
    assert unknown.host_key == sftp.host_key


@pytest.mark.parametrize("url", ["relative/folder", "sftp://me:secret@host/place"])
def test_an_address_that_is_none_or_holds_a_secret_is_refused(url: str) -> None:
    with pytest.raises(CatiError) as refused:
        ArchivePlace(Address(url))
    assert refused.value.code == "archive_address"
    assert "secret" not in str(refused.value)


def test_what_opens_the_archive_is_for_its_owner_alone(tmp_path: Path) -> None:
    assert archive_place.address(tmp_path) is None
    where = Address("/archive", 100, {"password": "long"})
    archive_place.keep_address(tmp_path, where)
    file = tmp_path / archive_place.FILE_NAME
    assert (file.stat().st_mode & 0o777, archive_place.address(tmp_path)) == (0o600, where)
    assert "long" not in repr(where)
    change: tuple[Callable[[], object], ...] = (lambda: file.chmod(0o644), lambda: file.write_text("{"))
    for spoil in change:
        spoil()
        with pytest.raises(CatiError) as refused:
            archive_place.address(tmp_path)
        assert refused.value.code == "archive_settings"
    archive_place.keep_address(tmp_path, None)
    assert not file.exists()
