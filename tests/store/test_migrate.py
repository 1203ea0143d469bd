"""The schema: built by the migrations, taken back and built again without losing what is stored."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect, text
from sqlalchemy.exc import DBAPIError

from cati.base import paths
from cati.base.errors import CatiError
from cati.domain.programmes import CallHours
from cati.store import claim_postgres, migrate, programmes
from cati.store.engine import Database
from cati.store.tables import users
from tests.station.office import programme_of
from tests.store.full_house import MOMENT, contents, fill, part

STARTS = 3


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def version(url: str) -> str | None:
    with opened(url) as database:
        return migrate.current(database)


def as_it_lies(url: str) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables of an embedded database, whatever its version."""
    with opened(url) as database, database.read() as connection:
        return {
            table: [tuple(row) for row in connection.execute(text(f"select * from {table}"))]
            for table in inspect(connection).get_table_names()
        }


def set_version(url: str, revision: str) -> None:
    with opened(url) as database, database.write() as connection:
        connection.execute(text("update alembic_version set version_num = :v"), {"v": revision})


def revisions() -> list[str]:
    """All steps, the first one first."""
    scripts = ScriptDirectory(str(paths.migrations())).walk_revisions()
    return [script.revision for script in scripts][::-1]


def refusal(url: str) -> str:
    with pytest.raises(CatiError) as refused:
        migrate.prepare(url)
    assert str(refused.value)
    return refused.value.code


def test_the_migrations_build_exactly_the_tables_of_the_program(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url)
    assert migrate.differences(empty_database_url) == []


def test_the_newest_schema_is_told_without_a_library() -> None:
    assert migrate.head() == ScriptDirectory(str(paths.migrations())).get_current_head()


def test_every_table_keeps_its_row_down_to_the_first_schema_and_up_again(database_url: str) -> None:
    with opened(database_url) as database:
        fill(database)
        before = contents(database)
    assert all(len(rows) == 1 for rows in before.values())
    migrate.downgrade(database_url, revisions()[0])
    assert version(database_url) == revisions()[0]
    with opened(database_url) as database:
        inspector = inspect(database.engine)
        first = {
            table: {column["name"] for column in inspector.get_columns(table)}
            for table in inspector.get_table_names()
        }
    migrate.upgrade(database_url)
    assert migrate.differences(database_url) == []
    with opened(database_url) as database:
        after = contents(database)
    # What later steps added is gone; what the first schema had is as it was.
    for table, rows in before.items():
        if table in first:
            assert [part(row, first[table]) for row in after[table]] == [
                part(row, first[table]) for row in rows
            ]


def test_hours_are_read_from_the_definitions_of_the_programmes_there_are(sqlite_url: str) -> None:
    named = (
        CallHours(("g1",), (0, 6), time(9), time(11, 30)),
        CallHours((), (2,), time(8), time(20)),
    )
    made, days = programme_of(quotas=(2, 2)), (date(2024, 2, 9), date(2024, 2, 10))
    for code, hours in (("named", named), ("default", ())):
        settings = replace(
            made.settings,
            call_hours=hours,
            closed_days=days,
            fieldwork_start=date(2024, 2, 1),
            fieldwork_end=date(2024, 3, 1),
        )
        with opened(sqlite_url) as database, database.write() as connection:
            keys = {"public_key": b"", "locked_private": b"", "lock_parameters": {}}
            user = insert(users).values(login=code, name="局", roles=[], created_at=MOMENT, **keys)
            by = connection.execute(user.returning(users.c.id)).scalar_one()
            programmes.add(connection, replace(made, code=code, settings=settings), MOMENT, by)
    before = as_it_lies(sqlite_url)
    assert len(before["call_hours"]) == 2 + 1 + 2 * 14
    migrate.downgrade(sqlite_url, "0041")
    migrate.upgrade(sqlite_url)
    after = as_it_lies(sqlite_url)
    assert after["programmes"] == before["programmes"]
    assert sorted(row[1:] for row in after["call_hours"]) == sorted(row[1:] for row in before["call_hours"])


def test_a_database_with_data_can_be_taken_down_to_nothing_and_built_again(database_url: str) -> None:
    with opened(database_url) as database:
        fill(database)
    migrate.downgrade(database_url, "base")
    with opened(database_url) as database:
        assert inspect(database.engine).get_table_names() == ["alembic_version"]
    migrate.upgrade(database_url)
    assert migrate.differences(database_url) == []
    with opened(database_url) as database:
        assert all(rows == [] for rows in contents(database).values())


def test_a_step_that_fails_half_way_changes_nothing(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url, "0001")
    with opened(empty_database_url) as database:
        with database.write() as connection:
            connection.execute(text("drop table audit"))
        there = set(inspect(database.engine).get_table_names())
    with pytest.raises(DBAPIError, match="audit"):
        migrate.downgrade(empty_database_url, "base")
    assert version(empty_database_url) == "0001"
    with opened(empty_database_url) as database:
        left = set(inspect(database.engine).get_table_names())
    assert left == there


def test_preparing_makes_the_tables_and_a_second_time_changes_nothing(empty_database_url: str) -> None:
    migrate.prepare(empty_database_url)
    with opened(empty_database_url) as database:
        fill(database)
        before = contents(database)
    migrate.prepare(empty_database_url)
    with opened(empty_database_url) as database:
        assert contents(database) == before


def test_a_database_of_a_newer_program_is_refused_and_left_alone(database_url: str) -> None:
    set_version(database_url, "9999")
    assert refusal(database_url) == "database_newer"
    assert version(database_url) == "9999"


def test_an_older_embedded_database_is_copied_aside_before_it_is_changed(sqlite_url: str) -> None:
    with opened(sqlite_url) as database:
        fill(database)
    migrate.downgrade(sqlite_url, "0001")
    before = as_it_lies(sqlite_url)
    migrate.prepare(sqlite_url)
    assert version(sqlite_url) == migrate.head()
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent / "backups"
    (copy,) = folder.iterdir()
    assert version(f"sqlite:///{copy}") == "0001"
    assert as_it_lies(f"sqlite:///{copy}") == before


def test_without_a_copy_nothing_is_changed(sqlite_url: str) -> None:
    migrate.downgrade(sqlite_url, "0001")
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent
    (folder / "backups").write_text("a file is in the way")
    assert refusal(sqlite_url) == "backup_failed"
    assert version(sqlite_url) == "0001"


def test_an_older_database_on_a_server_is_for_its_keeper_to_change(postgres_url: str) -> None:
    migrate.downgrade(postgres_url, "0001")
    assert refusal(postgres_url) == "database_older"
    assert version(postgres_url) == "0001"


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "cati.db"
    file.write_text("样本库" * 1000)
    assert refusal(f"sqlite:///{file}") == "database_damaged"
    assert file.read_text() == "样本库" * 1000


def test_a_database_whose_pages_were_overwritten_is_refused_and_left_alone(sqlite_url: str) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    file.write_bytes(file.read_bytes()[:100] + b"\x07" * 20_000)
    before = file.read_bytes()
    assert refusal(sqlite_url) == "database_damaged"
    assert file.read_bytes() == before


def test_an_embedded_database_is_for_its_owner_alone_and_leaves_no_lock_behind(empty_sqlite_url: str) -> None:
    migrate.prepare(empty_sqlite_url)
    folder = Path(empty_sqlite_url.removeprefix("sqlite:///")).parent
    with opened(empty_sqlite_url) as database:
        fill(database)
        found = {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}
    assert found == {"cati.db": 0o600, "cati.db-wal": 0o600, "cati.db-shm": 0o600}


def test_a_database_that_others_may_read_is_closed_to_them_and_so_is_its_copy(sqlite_url: str) -> None:
    migrate.downgrade(sqlite_url, "0001")
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    file.chmod(0o644)
    migrate.prepare(sqlite_url)
    (copy,) = (file.parent / "backups").iterdir()
    assert [oct(one.stat().st_mode & 0o777) for one in (file, copy)] == ["0o600"] * 2


def test_a_database_on_a_network_share_is_refused_and_not_made(
    empty_sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "is_on_network_share", lambda folder: True)
    assert refusal(empty_sqlite_url) == "folder_shared"
    assert not Path(empty_sqlite_url.removeprefix("sqlite:///")).exists()


def test_a_server_that_does_not_answer_is_said_so() -> None:
    assert refusal("postgresql://nobody@127.0.0.1:1/none?connect_timeout=2") == "database_unreachable"


def _start(url: str, ready: object, go: object) -> None:
    ready.release()  # type: ignore[attr-defined]
    go.wait()  # type: ignore[attr-defined]
    migrate.prepare(url)


def test_programs_that_start_at_the_same_moment_do_not_disturb_each_other(empty_database_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    ready, go = spawn.Semaphore(0), spawn.Event()
    starts = [spawn.Process(target=_start, args=(empty_database_url, ready, go)) for _ in range(STARTS)]
    for start in starts:
        start.start()
    for _ in starts:
        assert ready.acquire(timeout=60)
    go.set()
    for start in starts:
        start.join(60)
    assert [start.exitcode for start in starts] == [0] * STARTS
    if empty_database_url.startswith("sqlite"):
        assert not Path(f"{empty_database_url.removeprefix('sqlite:///')}.migrating").exists()
    assert migrate.differences(empty_database_url) == []


def test_the_copy_is_a_whole_database_although_the_last_writes_are_in_the_log(sqlite_url: str) -> None:
    migrate.downgrade(sqlite_url, "0001")
    file = sqlite_url.removeprefix("sqlite:///")
    with sqlite3.connect(file) as writer:
        writer.execute("pragma wal_autocheckpoint=0")
        writer.execute("insert into bureau (name, value) values ('a', 'b')")
        writer.commit()
        migrate.prepare(sqlite_url)
    writer.close()
    (copy,) = (Path(file).parent / "backups").iterdir()
    with sqlite3.connect(copy) as reader:
        assert reader.execute("select value from bureau").fetchall() == [("b",)]
    reader.close()


def test_the_claim_says_which_migration_holds_its_function_now() -> None:
    files = sorted((paths.migrations() / "versions").glob("*.py"))
    defining = [file.name for file in files if "function claim_case(" in file.read_text("utf-8")]
    assert defining[-1] in (claim_postgres.__doc__ or "")
