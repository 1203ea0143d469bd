"""Bringing a database's schema to this program's, step by step."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy
from filelock import FileLock
from sqlalchemy.engine import URL

from cati.base import paths
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.store.engine import Database

if TYPE_CHECKING:
    from alembic.config import Config

_OWN = 0o600


def _config(database: Database) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(paths.migrations()))
    config.attributes["database"] = database
    return config


def head() -> str:
    """The newest schema this program knows: the scripts are numbered, so no library is needed to tell."""
    return max(script.name[:4] for script in (paths.migrations() / "versions").glob("0*.py"))


def prepare(url: str) -> None:
    """Make the database at `url` fit for this program, as far as a station may.

    An embedded database is made, or brought up to date after a copy of it was laid aside; several programs
    that start at the same moment take turns. It is for its owner alone to read. On a server only an empty
    database gets its tables.

    Raises:
        CatiError: ``database_newer``, ``database_older`` (a server's, which its keeper brings up to
            date), ``backup_failed``, ``folder_shared``; as any statement of a `Database`.
    """
    database = Database(url)
    try:
        if database.is_sqlite:
            _refuse_share(database.file.parent)
            _keep_private(database.file)
        have = current(database)
        if have == head():
            return
        if not database.is_sqlite:
            _refuse_older(have)
            upgrade(url)
            return
        with _alone(database.file.with_name(f"{database.file.name}.migrating")):
            have = current(database)
            if have is not None and have < head():
                _copy_aside(database, have)
            upgrade(url)
    finally:
        database.close()


def _refuse_share(folder: Path) -> None:
    # SQLite's locks and its write-ahead log do not hold between computers.
    if paths.is_on_network_share(folder):
        raise CatiError(
            "folder_shared",
            N_(
                "The database would lie on a network share ({folder}), where it can be destroyed. Nothing "
                "was changed. Choose a folder on this computer's own disk, or a database server."
            ),
            folder=str(folder),
        )


def _keep_private(file: Path) -> None:
    """Make an embedded database readable for its owner only, before there is anything in it.

    SQLite gives its side files the mode of the file itself.
    """
    # What cannot be made or changed, opening the database tells in words. A file that is there is not
    # opened: closing it again would take the locks of connections this process has to it.
    with suppress(OSError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, _OWN))
    for part in (file, *(file.with_name(f"{file.name}{end}") for end in ("-wal", "-shm"))):
        with suppress(OSError):
            if part.is_file():
                part.chmod(_OWN)


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Keep out other programs on this computer that start at the same moment.

    The file goes while it is still held: whoever had opened it before finds, with the lock, that it has no
    name any more, and begins anew with the next one (see filelock's own check of the link count).
    """
    with FileLock(file):
        try:
            yield
        finally:
            # Where an open file cannot be removed, the system's lock does that itself when it lets go.
            with suppress(OSError):
                file.unlink()


def _refuse_older(have: str | None) -> None:
    if have is not None and have < head():
        raise CatiError(
            "database_older",
            N_(
                "The database on the server is older than this program. Nothing was changed. "
                "Have its keeper bring it up to date (cati floor upgrade), or install the program's earlier "
                "version."
            ),
        )


def require_present(database: Database) -> str:
    """Refuse a server's database that is not of this program's schema: only its keeper brings it up to date.

    Returns:
        The version of the schema.

    Raises:
        CatiError: ``database_older``, ``database_newer``, ``not_floor``.
    """
    have = current(database)
    if have is None:
        raise CatiError(
            "not_floor",
            N_("The database on the server is empty. Have its keeper set it up: cati floor init."),
        )
    _refuse_older(have)
    if have != head():
        raise _newer()
    return have


def _newer() -> CatiError:
    return CatiError(
        "database_newer",
        N_(
            "This database was made by a newer version of the program. Nothing was changed. "
            "Install that version, or choose another database."
        ),
    )


def _copy_aside(database: Database, version: str) -> None:
    file = database.file
    folder = file.parent / "backups"
    copy = folder / f"{file.stem}-{version}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.db"
    try:
        folder.mkdir(exist_ok=True)
        _keep_private(copy)
        with database.engine.connect() as connection:
            connection.connection.execute("VACUUM INTO ?", (str(copy),))
    except (OSError, sqlite3.OperationalError) as fault:
        raise CatiError(
            "backup_failed",
            N_(
                "The database must be brought up to date, but no copy of it could be laid aside in {folder}. "
                "Nothing was changed. Make room on the disk and start again."
            ),
            folder=str(folder),
        ) from fault


def current(database: Database) -> str | None:
    """The schema the database has; None for an empty one."""
    if not sqlalchemy.inspect(database.engine).has_table("alembic_version"):
        return None
    with database.read() as connection:
        version: str | None = connection.scalar(sqlalchemy.text("select version_num from alembic_version"))
        return version


def upgrade(url: str | URL, revision: str = "head") -> None:
    """Bring the database at `url` up to a revision; nothing happens when it is there already.

    Raises:
        CatiError: ``database_newer`` when a newer program made it.
    """
    from alembic import command
    from alembic.script import ScriptDirectory

    database = Database(url)
    try:
        have = current(database)
        known = {s.revision for s in ScriptDirectory(str(paths.migrations())).walk_revisions()}
        if have is not None and have not in known:
            raise _newer()
        command.upgrade(_config(database), revision)
    finally:
        database.close()


def downgrade(url: str, revision: str) -> None:
    """Take the database at `url` back to a revision ("base" removes all tables)."""
    from alembic import command

    database = Database(url)
    try:
        command.downgrade(_config(database), revision)
    finally:
        database.close()


def differences(url: str) -> list[str]:
    """What the database's tables differ in from `tables`; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from cati.store.tables import metadata

    database = Database(url)
    try:
        with database.engine.connect() as connection:
            dialect = connection.dialect.name
            # Alembic does not ask for which engine an index is.
            theirs = {"include_object": lambda thing, *_: thing.info.get("only", dialect) == dialect}
            found = compare_metadata(MigrationContext.configure(connection, opts=theirs), metadata)
            return [repr(d) for d in found]
    finally:
        database.close()
