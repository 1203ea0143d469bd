"""Copies of an embedded database: made while it is worked with, and looked at before they are trusted."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from cati.store.engine import Database

_STEPS = 20_000
"""Instructions of SQLite's machine between two looks at whether to stop; some milliseconds."""


def copy(database: Database, target: Path, tell: Callable[[], None] = lambda: None) -> None:
    """Write the whole database into a file, as of one moment; others go on reading and writing meanwhile.

    Args:
        database: an embedded one.
        target: empty or not there.
        tell: called again and again meanwhile; what it raises stops the copying.

    Raises:
        sqlite3.OperationalError: the disk took no more.
    """
    stopped: list[BaseException] = []

    def look() -> int:
        try:
            tell()
        except BaseException as stop:  # handed on below: SQLite's own callback may not raise
            stopped.append(stop)
        return len(stopped)

    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.set_progress_handler(look, _STEPS)
        try:
            driver.execute("VACUUM INTO ?", (str(target),))
        except sqlite3.OperationalError:
            if stopped:
                raise stopped[0] from None
            raise
        finally:
            driver.set_progress_handler(None, 0)


def problem(file: Path) -> str:
    """What SQLite finds wrong with a database file it only reads; empty when all of it is whole."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as fault:
        return str(getattr(fault, "sqlite_errorname", "SQLITE_ERROR"))
    return "" if found == ("ok",) else str(found[0])


def version(file: Path) -> str | None:
    """The schema of a whole database file; None when it is none of this program's."""
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        names = connection.execute("select name from sqlite_master where name = 'alembic_version'")
        if names.fetchone() is None:
            return None
        found = connection.execute("select version_num from alembic_version").fetchone()
        return None if found is None else str(found[0])


def fold_in(database: Database) -> bool:
    """Take what stands in the write-ahead log into the file itself; False while others use the database."""
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        busy, _frames, _taken = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
