"""The examination of a station: every fault a bureau meets is told with its cure."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cati.base import settings
from cati.base.clock import VirtualClock
from cati.base.settings import Settings
from cati.domain.findings import Finding, Health, needs_a_person
from cati.services import users
from cati.station import backups, doctor, soundcheck
from cati.store.engine import Database
from tests.rig.small_disk import small_disk


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sound has tests of its own."""
    well = Finding("microphone", Health.WELL, "microphone_heard", "It hears.")
    monkeypatch.setattr(soundcheck, "microphone", lambda _chosen: well)


@pytest.fixture
def station(tmp_path: Path) -> Settings:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return settings.load({"data_folder": str(folder)}, {})


@pytest.fixture
def working(station: Settings, _sqlite_template: Path, clock: VirtualClock) -> Settings:
    """A station with a user and a copy of today."""
    file = station.data_folder / "cati.db"
    file.touch(0o600)
    file.write_bytes(_sqlite_template.read_bytes())
    with closing(Database(station.database)) as database:
        users.init(database, clock, login="li", name="Li", password="long enough 1", station="PC")
        backups.daily(database, clock, station.data_folder)
    return station


def codes(station: Settings, clock: VirtualClock) -> dict[str, Health]:
    found = doctor.examine(station, clock)
    for one in found:
        assert one.sentence
        assert bool(one.advice) == (one.health is not Health.WELL) or one.check == "database"
    return {one.code: one.health for one in found}


def test_a_station_that_is_well_says_so_line_by_line(working: Settings, clock: VirtualClock) -> None:
    found = codes(working, clock)
    assert {
        "database_whole",
        "audit_whole",
        "clock_right",
        "backup_fresh",
        "files_closed",
        "recovery_key_away",
        "fonts_found",
        "microphone_heard",
    } <= found.keys()
    assert not needs_a_person(
        tuple(one for one in doctor.examine(working, clock) if one.check not in ("loudspeaker", "space"))
    )


def test_fonts_that_cannot_be_listed_are_not_said_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert doctor.fonts().code == "fonts_unknown"
    lister = tmp_path / "fc-list"
    lister.write_text("#!/bin/sh\n")
    lister.chmod(0o755)
    assert doctor.fonts().code == "fonts_missing"


def test_a_station_without_a_database_is_left_without_one(station: Settings, clock: VirtualClock) -> None:
    assert codes(station, clock)["database_none"] is Health.LOOK
    assert not list(station.data_folder.iterdir())


def test_a_damaged_database_is_a_fault(working: Settings, clock: VirtualClock) -> None:
    file = working.data_folder / "cati.db"
    with file.open("r+b") as raw:
        raw.seek(8192)
        raw.write(b"\xff" * 4096)
    assert codes(working, clock)["database_damaged"] is Health.FAULT


def test_a_database_of_another_version_is_told(working: Settings, clock: VirtualClock) -> None:
    for version, code in (("9999", "database_newer"), ("0001", "database_older")):
        with closing(sqlite3.connect(working.data_folder / "cati.db")) as raw, raw:
            raw.execute("update alembic_version set version_num = ?", (version,))
        assert code in codes(working, clock)


def test_an_audit_log_that_was_tampered_with_is_a_fault(working: Settings, clock: VirtualClock) -> None:
    with closing(sqlite3.connect(working.data_folder / "cati.db")) as raw, raw:
        raw.execute("update audit set subject = 'user 2'")
    assert codes(working, clock)["audit_broken"] is Health.FAULT


def test_a_clock_behind_what_is_stored_is_a_fault(working: Settings, clock: VirtualClock) -> None:
    earlier = VirtualClock(clock.now() - timedelta(days=2))
    assert codes(working, earlier)["clock_behind"] is Health.FAULT


def test_a_clock_that_differs_from_the_servers_is_seen_to(
    postgres_url: str, station: Settings, clock: VirtualClock
) -> None:
    class Late(VirtualClock):
        virtual = False

    found = codes(replace(station, database=postgres_url), Late(clock.now()))
    assert found["clock_differs"] is Health.LOOK
    assert found["database_whole"] is Health.WELL
    assert "backup_old" not in found


def test_a_server_that_does_not_answer_is_a_fault(station: Settings, clock: VirtualClock) -> None:
    away = replace(station, database="postgresql://nobody@127.0.0.1:1/none")
    assert codes(away, clock)["database_unreachable"] is Health.FAULT


def test_copies_grow_old(working: Settings, clock: VirtualClock) -> None:
    clock.advance(3 * 86400)
    assert codes(working, clock)["backup_old"] is Health.LOOK


def test_files_that_others_may_read_are_told(working: Settings, clock: VirtualClock) -> None:
    (working.data_folder / "cati.db").chmod(0o644)
    (working.data_folder / "recovery-key.txt").touch()
    found = codes(working, clock)
    assert found["files_open"] is Health.LOOK
    assert found["recovery_key_lies_open"] is Health.LOOK


def test_a_disk_without_room_is_a_fault(tmp_path: Path, clock: VirtualClock) -> None:
    with small_disk(tmp_path / "disk", 2) as disk:
        disk.folder.chmod(0o700)
        found = codes(settings.load({"data_folder": str(disk.folder)}, {}), clock)
    assert found["space_gone"] is Health.FAULT


class TestSound:
    @pytest.fixture(autouse=True)
    def quiet(self) -> None:
        """Here it is listened to."""

    @pytest.mark.usefixtures("pulse")
    def test_a_muted_microphone_is_silent_and_a_chosen_one_may_be_gone(self) -> None:
        assert soundcheck.microphone(None).code == "microphone_silent"
        assert soundcheck.microphone("of another computer").code == "microphone_gone"
        assert soundcheck.loudspeaker_found().code == "loudspeaker_found"
