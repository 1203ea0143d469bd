"""A database opened: durable, strict, and two kinds of transaction that keep to what they are."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from cati.base.clock import SystemClock, VirtualClock
from cati.base.errors import CatiError
from cati.store.engine import BUSY_MS, Connection, Database, _prepare_sqlite, normalised_url
from cati.store.tables import attendance, bureau, users
from tests.rig.postgres import Postgres
from tests.rig.proxy import Proxy

START = datetime(2024, 2, 21, 2, 0, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with closing(Database(database_url)) as opened:
        yield opened


def add(database: Database, name: str, value: str = "x") -> None:
    with database.write() as connection:
        connection.execute(insert(bureau), {"name": name, "value": value})


def names(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.scalars(select(bureau.c.name).order_by(bureau.c.name)))


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///cati.db", "sqlite+pysqlite"),
        ("postgresql://bureau@host/cati", "postgresql+psycopg"),
        ("postgresql+psycopg2://bureau@host/cati", "postgresql+psycopg"),
    ],
)
def test_an_address_is_taken_with_the_driver_of_the_program(url: str, driver: str) -> None:
    assert normalised_url(url).drivername == driver


@pytest.mark.parametrize("url", ["", "cati.db", "mysql://host/cati", "http://host", "://"])
def test_an_address_of_anything_else_is_refused(url: str) -> None:
    with pytest.raises(CatiError) as refused:
        normalised_url(url)
    assert refused.value.code == "database_url"


def test_what_was_written_is_there_and_what_failed_is_not(database: Database) -> None:
    add(database, "kept")
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(bureau), [{"name": name, "value": "again"} for name in ("lost", "kept")])
    assert names(database) == ["kept"]


def test_a_reader_sees_one_moment_from_first_to_last_statement(database: Database) -> None:
    add(database, "a")
    query = select(bureau.c.name).order_by(bureau.c.name)
    with database.read() as connection:
        before = connection.scalars(query).all()
        add(database, "b")
        assert connection.scalars(query).all() == before
    assert names(database) == ["a", "b"]


def test_a_reader_on_the_server_cannot_write(postgres_url: str) -> None:
    with closing(Database(postgres_url)) as database:
        with pytest.raises(DBAPIError, match="read-only"), database.read() as connection:
            connection.execute(insert(bureau), {"name": "x", "value": "x"})
        add(database, "the next transaction writes again")


def test_the_embedded_database_survives_a_power_cut_and_keeps_its_references(sqlite_url: str) -> None:
    with closing(Database(sqlite_url)) as database, database.read() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [connection.scalar(text(f"pragma {name}")) for name in pragmas]
    assert found == ["wal", 2, 1, 15000]


class Hurried(sqlite3.Connection):
    """Is refused the log at once, as one of several programs that open a new file at the same moment."""

    refusals = 2

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if sql == "PRAGMA journal_mode=WAL" and self.refusals:
            self.refusals -= 1
            locked = sqlite3.OperationalError("database is locked")
            locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise locked
        return super().execute(sql, *values)


def test_programs_that_open_a_new_file_together_wait_for_each_other(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "cati.db", factory=Hurried)) as connection:
        _prepare_sqlite(connection, None)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA busy_timeout").fetchone() == (BUSY_MS,)


def test_a_reference_to_nobody_is_refused(database: Database) -> None:
    row = {"user_id": 12345, "event": "in", "at": START, "station": "pc-1"}
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(attendance), row)


def test_writers_of_the_embedded_database_take_turns_from_the_first_statement(sqlite_url: str) -> None:
    with closing(Database(sqlite_url)) as database:
        add(database, "count", "0")
        inside, go_on = threading.Event(), threading.Event()

        def count(wait: bool) -> None:
            with database.write() as connection:
                value = int(connection.scalar(select(bureau.c.value)) or 0)
                if wait:
                    inside.set()
                    assert go_on.wait(10)
                connection.execute(bureau.update().values(value=str(value + 1)))

        first = threading.Thread(target=count, args=(True,))
        first.start()
        assert inside.wait(10)
        second = threading.Thread(target=count, args=(False,))
        second.start()
        go_on.set()
        first.join(20)
        second.join(20)
        with database.read() as connection:
            assert connection.scalar(select(bureau.c.value)) == "2"


def test_an_embedded_database_in_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    nowhere = f"sqlite:///{tmp_path}/nowhere/cati.db"
    with closing(Database(nowhere)) as database, pytest.raises(CatiError, match="cannot be opened"):
        names(database)
    assert list(tmp_path.iterdir()) == []


def test_times_come_back_aware_and_to_the_microsecond(database: Database) -> None:
    local = datetime(2024, 2, 21, 10, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    with database.write() as connection:
        user = connection.scalar(
            insert(users)
            .values(
                login="a",
                name="a",
                roles=[],
                public_key=b"",
                locked_private=b"",
                lock_parameters={},
                created_at=local,
            )
            .returning(users.c.id)
        )
        connection.execute(
            insert(attendance),
            {"user_id": user, "event": "in", "at": local + timedelta(1), "station": "pc"},
        )
    with database.read() as connection:
        made = connection.scalar(select(users.c.created_at))
        earlier = connection.scalar(select(attendance.c.id).where(attendance.c.at > local))
    assert made == local
    assert made is not None
    assert made.tzinfo is UTC
    assert earlier is not None


def test_a_time_of_no_zone_is_a_fault_of_the_program(database: Database) -> None:
    row = {"user_id": 1, "event": "in", "at": datetime(2024, 2, 21), "station": "pc"}
    with pytest.raises((StatementError, ValueError), match="aware"), database.write() as connection:
        connection.execute(insert(attendance), row)


def test_the_servers_clock_counts_unless_time_is_made_up(database: Database) -> None:
    with database.read() as connection:
        assert database.now(connection, VirtualClock(START)) == START
        now = database.now(connection, SystemClock())
    assert now.tzinfo is not None
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)


def test_nothing_is_prepared_behind_a_pooler_that_lends_each_transaction_another_connection(
    postgres_url: str, postgres_server: Postgres
) -> None:
    answers: list[bytes] = []

    def heard(said: bytes) -> bytes:
        answers.extend(re.findall(rb"pg_backend_pid", said))
        return said

    def as_a_pooler(said: bytes) -> bytes:
        # BackendKeyData: whom to ask to cancel something.
        return re.sub(rb"K\0\0\0\x0c.{8}", b"K\0\0\0\x0c" + bytes(8), heard(said), flags=re.DOTALL)

    def prepares(connection: Connection) -> bool:
        driver: Any = connection.connection.driver_connection
        return driver.prepare_threshold is not None and not driver.autocommit

    for told, expected in ((as_a_pooler, False), (heard, True)):
        with (
            closing(Proxy(postgres_server.port, told)) as proxy,
            closing(Database(proxy.url(postgres_url))) as database,
            closing(database.impatient()) as other,
        ):
            for asked in (1, 2):
                with database.read() as first, database.read() as second, other.read() as third:
                    assert [prepares(one) for one in (first, second, third)] == [expected] * 3
                # Once for all connections of a session, until one has ended.
                assert len(answers) == asked
                database.engine.dispose()
        answers.clear()
