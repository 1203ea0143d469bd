"""Copies of the database: made beside the work, kept for a week, and put back without any loss."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.services import audit, users
from cati.services.context import Context
from cati.station import backups
from cati.station.lock import WindowLock
from cati.store import backups as store_backups
from cati.store import engine, migrate
from cati.store.engine import Database
from cati.store.tables import audit as audit_table
from cati.store.tables import bureau
from tests.rig.small_disk import small_disk


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    with closing(Database(sqlite_url)) as opened:
        yield opened


@pytest.fixture
def ctx(database: Database, clock: VirtualClock) -> Context:
    made, _key = users.init(
        database, clock, login="boss", name="Boss", password="long enough 1", station="PC"
    )
    return made


def put(database: Database, name: str) -> None:
    with database.write() as connection:
        connection.execute(insert(bureau).values(name=name, value="x"))


def has(file: Path, name: str) -> bool:
    with closing(Database(f"sqlite:///{file}")) as copy, copy.read() as connection:
        return connection.scalar(select(bureau.c.name).where(bureau.c.name == name)) is not None


def refusal(url: str, folder: Path, file: Path, clock: VirtualClock) -> str:
    with pytest.raises(CatiError) as refused:
        backups.restore(url, folder, file, clock)
    assert str(refused.value)
    return refused.value.code


def test_a_copy_is_whole_and_for_its_owner_alone_while_somebody_writes(
    database: Database, clock: VirtualClock, tmp_path: Path
) -> None:
    put(database, "before")
    with database.write() as connection:
        connection.execute(insert(bureau).values(name="meanwhile", value="x"))
        made = backups.make(database, clock, tmp_path / "copies")
    assert has(made.file, "before")
    assert not has(made.file, "meanwhile")
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    assert made.file.name == "cati-daily-20240221T020000Z.db"
    assert made.size == made.file.stat().st_size


def test_there_is_one_copy_a_day_and_the_newest_of_seven_days_stay(
    database: Database, clock: VirtualClock, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    migrated = folder / "cati-0001-20230101T000000Z.db"
    for day in range(9):
        clock.move_to(datetime(2024, 3, 1 + day, 2, tzinfo=clock.now().tzinfo))
        assert backups.daily(database, clock, tmp_path) is not None
        migrated.touch()
        clock.advance(3600)
        assert backups.daily(database, clock, tmp_path) is None
        backups.make(database, clock, folder)
    days = [one.day.day for one in backups.kept(folder) if one.kind == "daily"]
    assert days == [9, 8, 7, 6, 5, 4, 3]
    assert migrated.is_file()
    assert backups.kept(folder)[-1].kind == "0001"


def test_a_copy_that_is_stopped_leaves_nothing(
    database: Database, clock: VirtualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stop(Exception):
        pass

    def stop() -> None:
        raise Stop

    monkeypatch.setattr(store_backups, "_STEPS", 1)
    with pytest.raises(Stop):
        backups.make(database, clock, tmp_path / "copies", stop)
    assert list((tmp_path / "copies").iterdir()) == []
    assert backups.make(database, clock, tmp_path / "copies").file.is_file()


def test_a_full_disk_is_told_and_nothing_is_left(
    database: Database, clock: VirtualClock, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", 1) as disk:
        disk.fill()
        with pytest.raises(CatiError) as refused:
            backups.make(database, clock, disk.folder / "backups")
        assert refused.value.code in ("backup_failed", "file_not_written")
        assert not list(disk.folder.glob("backups/*"))


def test_who_manages_users_makes_a_copy_and_it_is_written_down(ctx: Context, tmp_path: Path) -> None:
    made = backups.back_up(ctx, tmp_path)
    assert audit.newest(ctx)[0].action == "back_up"
    assert audit.newest(ctx)[0].subject == f"database {made.file.name}"


def test_recordings_are_counted_and_copied_once(tmp_path: Path) -> None:
    where = tmp_path / "recordings"
    where.mkdir()
    (where / "a.crec").write_bytes(b"sealed sound")
    (where / "b.crec").write_bytes(b"more")
    assert backups.recorded(tmp_path) == backups.Recorded(2, 16)
    assert backups.copy_recordings(tmp_path, tmp_path / "disk") == backups.Recorded(2, 16, 2)
    assert (tmp_path / "disk" / "recordings" / "a.crec").read_bytes() == b"sealed sound"
    (where / "b.crec").write_bytes(b"more and more")
    assert backups.copy_recordings(tmp_path, tmp_path / "disk").copied == 1


def test_a_copy_takes_the_place_of_the_database_which_is_kept_aside(
    database: Database, ctx: Context, clock: VirtualClock, sqlite_url: str, tmp_path: Path
) -> None:
    put(database, "first")
    made = backups.make(database, clock, tmp_path / "elsewhere")
    put(database, "second")
    database.close()
    old = backups.restore(sqlite_url, tmp_path, made.file, clock)
    assert old is not None
    assert has(tmp_path / "cati.db", "first")
    assert not has(tmp_path / "cati.db", "second")
    assert has(old, "second")
    assert [one.kind for one in backups.kept(tmp_path / "backups")] == ["replaced"]
    assert stat.S_IMODE((tmp_path / "cati.db").stat().st_mode) == 0o600
    with closing(Database(sqlite_url)) as restored, restored.read() as connection:
        assert "restore" in set(connection.scalars(select(audit_table.c.action)))
    assert audit.verify(ctx) is None


def test_an_older_copy_is_brought_up_to_date(
    database: Database, clock: VirtualClock, sqlite_url: str, tmp_path: Path
) -> None:
    put(database, "first")
    made = backups.make(database, clock, tmp_path / "elsewhere")
    migrate.downgrade(f"sqlite:///{made.file}", "0001")
    database.close()
    backups.restore(sqlite_url, tmp_path, made.file, clock)
    assert migrate.current(database) == migrate.head()
    assert has(tmp_path / "cati.db", "first")


def test_a_damaged_database_is_laid_aside_as_it_is(
    clock: VirtualClock, sqlite_url: str, database: Database, tmp_path: Path
) -> None:
    made = backups.make(database, clock, tmp_path / "elsewhere")
    database.close()
    rubbish = b"no database at all" * 1000
    (tmp_path / "cati.db").write_bytes(rubbish)
    old = backups.restore(sqlite_url, tmp_path, made.file, clock)
    assert old is not None
    assert old.read_bytes() == rubbish
    assert migrate.current(database) == migrate.head()


def test_what_cannot_be_trusted_is_refused_and_the_database_stays(
    database: Database,
    clock: VirtualClock,
    sqlite_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "BUSY_MS", 20)
    put(database, "first")
    copies = tmp_path / "elsewhere"
    made = backups.make(database, clock, copies).file
    damaged, foreign, newer = copies / "damaged.db", copies / "foreign.db", copies / "newer.db"
    damaged.write_bytes(made.read_bytes()[:20_000] + b"\xff" * 4096 + made.read_bytes()[24_096:])
    with closing(sqlite3.connect(foreign)) as other:
        other.execute("create table notes (text)")
    shutil.copyfile(made, newer)
    with closing(sqlite3.connect(newer)) as other, other:
        other.execute("update alembic_version set version_num = '9999'")
    assert refusal(sqlite_url, tmp_path, copies / "none.db", clock) == "backup_missing"
    assert refusal(sqlite_url, tmp_path, damaged, clock) == "backup_damaged"
    assert refusal(sqlite_url, tmp_path, foreign, clock) == "backup_foreign"
    assert refusal(sqlite_url, tmp_path, newer, clock) == "database_newer"
    lock = WindowLock(tmp_path)
    assert refusal(sqlite_url, tmp_path, made, clock) == "window_open"
    lock.release()
    with closing(sqlite3.connect(tmp_path / "cati.db", isolation_level=None)) as other:
        put(database, "written")
        other.execute("begin")
        other.execute("select * from bureau").fetchall()
        put(database, "later")
        database.engine.dispose()
        assert refusal(sqlite_url, tmp_path, made, clock) == "database_busy"
    assert has(tmp_path / "cati.db", "later")
    assert not list(tmp_path.glob(".cati.db*"))


def test_a_server_is_copied_by_its_own_tools(postgres_url: str, clock: VirtualClock, tmp_path: Path) -> None:
    with closing(Database(postgres_url)) as server:
        assert backups.daily(server, clock, tmp_path) is None
        with pytest.raises(CatiError, match="own tools"):
            backups.make(server, clock, tmp_path)
    assert refusal(postgres_url, tmp_path, tmp_path / "copy.db", clock) == "backup_on_server"
