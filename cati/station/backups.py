"""Copies of a station's database: one a day, before each migration, at will, and the way back."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from cati.base.clock import Clock
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.attendance import LOCAL
from cati.domain.users import Right
from cati.files.aside import written_aside
from cati.services import audit
from cati.services.context import Context
from cati.station import recordings
from cati.station.lock import WindowLock
from cati.store import backups as store
from cati.store import migrate
from cati.store.engine import Database

FOLDER = "backups"
DAYS_KEPT = 7
"""Of so many days the newest copy is kept; those made before a migration or a restoring are never removed."""

_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r".+-(daily|replaced|\d{4})-(\d{8}T\d{6}Z)\.db")
_COPIED_AT_ONCE = 1 << 20

Tell = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of the database.

    Attributes:
        kind: ``daily``, ``replaced`` (laid aside by a restoring) or the schema's number (before a migration).
        at: when it was made, UTC.
        size: bytes.
    """

    file: Path
    kind: str
    at: datetime
    size: int

    @property
    def day(self) -> date:
        """The local day it was made on."""
        return self.at.astimezone(LOCAL).date()


@dataclass(frozen=True, slots=True)
class Recorded:
    """Recording files of this station, which a copy of the database only names.

    Attributes:
        size: of all, bytes.
        copied: how many were copied now.
    """

    count: int
    size: int
    copied: int = 0


def kept(folder: Path) -> tuple[Backup, ...]:
    """The copies in a folder, newest first.

    Args:
        folder: need not be there.
    """
    found = []
    for file in folder.glob("*.db") if folder.is_dir() else ():
        name = _NAME.fullmatch(file.name)
        if name is not None:
            at = datetime.strptime(name[2], _STAMP).replace(tzinfo=UTC)
            found.append(Backup(file, name[1], at, file.stat().st_size))
    return tuple(sorted(found, key=lambda backup: backup.at, reverse=True))


def daily(database: Database, clock: Clock, data_folder: Path, tell: Tell = lambda: None) -> Backup | None:
    """Make the day's copy unless there is one already; None when there was nothing to do.

    A server's keeper copies it by the server's own tools, so nothing is done then.

    Raises:
        CatiError: ``backup_failed``; what `tell` raises.
    """
    folder = data_folder / FOLDER
    today = clock.now().astimezone(LOCAL).date()
    if not database.is_sqlite or any(one.kind == "daily" and one.day == today for one in kept(folder)):
        return None
    return make(database, clock, folder, tell)


def back_up(ctx: Context, data_folder: Path, tell: Tell = lambda: None) -> Backup:
    """Make a copy now, by right and noted in the audit log.

    Raises:
        CatiError: ``not_allowed``; as `make`.
    """
    ctx.actor.require(Right.MANAGE_USERS)
    made = make(ctx.database, ctx.clock, data_folder / FOLDER, tell)
    with ctx.database.write() as connection:
        audit.record(ctx, connection, "back_up", f"database {made.file.name}", size=made.size)
    return made


def make(database: Database, clock: Clock, folder: Path, tell: Tell = lambda: None) -> Backup:
    """Copy the database into a folder, for its owner alone, and let the oldest daily copies go.

    Args:
        database: may be worked with meanwhile.
        clock: names the copy.
        folder: made when it is not there.
        tell: called again and again; what it raises stops the copying, and nothing is left of it.

    Raises:
        CatiError: ``backup_on_server``, ``backup_failed``, ``file_not_written``.
    """
    _refuse_server(database)
    at = clock.now().astimezone(UTC).replace(microsecond=0)
    target = folder / f"{database.file.stem}-daily-{at:{_STAMP}}.db"
    with written_aside(target, private=True) as (aside,):
        try:
            store.copy(database, aside, tell)
        except sqlite3.OperationalError as refused:
            raise CatiError(
                "backup_failed",
                N_(
                    "No copy of the database could be written to {folder}. Nothing was changed. "
                    "Make room on the disk or name another folder, then try again."
                ),
                folder=str(folder),
            ) from refused
    _let_go(folder)
    return Backup(target, "daily", at, target.stat().st_size)


def recorded(data_folder: Path) -> Recorded:
    """How many recordings lie on this station; a copy of the database has none of them."""
    files = _recordings(data_folder)
    return Recorded(len(files), sum(file.stat().st_size for file in files))


def copy_recordings(data_folder: Path, folder: Path) -> Recorded:
    """Copy the recordings that a folder does not have yet; they stay sealed.

    Args:
        data_folder: of the station.
        folder: gets them under ``recordings``.

    Raises:
        CatiError: ``file_not_written``.
    """
    files, where, copied = _recordings(data_folder), folder / recordings.FOLDER, 0
    for file in files:
        there = where / file.relative_to(recordings.folder(data_folder))
        if not there.is_file() or there.stat().st_size != file.stat().st_size:
            _copy(file, there)
            copied += 1
    return Recorded(len(files), sum(file.stat().st_size for file in files), copied)


def restore(url: str, data_folder: Path, file: Path, clock: Clock, login: str | None = None) -> Path | None:
    """Put a copy in the place of the database, which is laid aside among the copies.

    Args:
        url: of the database.
        data_folder: no window is open on it.
        file: a copy, of this program's version or an older one.
        clock: names what is laid aside.
        login: of who has it done; None where nobody has signed in.

    Returns:
        Where the database lies that was there before; None when there was none.

    Raises:
        CatiError: ``backup_on_server``, ``window_open``, ``backup_missing``, ``backup_damaged``,
            ``backup_foreign``, ``database_newer``, ``database_busy``, ``file_not_written``.
    """
    database = Database(url)
    with closing(database):
        _refuse_server(database)
        data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = WindowLock(data_folder)
        try:
            check(file)
            old = _replace(database, file, clock)
        finally:
            lock.release()
    migrate.prepare(url)
    with closing(Database(url)) as restored, restored.write() as connection:
        subject = f"database {file.name}"
        audit.append(connection, audit.new_session(), clock.now(), None, "restore", subject, login=login)
    return old


def check(file: Path) -> None:
    """See that a file is a copy that this program can put back.

    Raises:
        CatiError: ``backup_missing``, ``backup_damaged``, ``backup_foreign``, ``database_newer``.
    """
    if not file.is_file():
        raise CatiError(
            "backup_missing",
            N_("There is no file {file}. Nothing was changed. Look for the copy in the folder “backups”."),
            file=str(file),
        )
    if store.problem(file):
        raise CatiError(
            "backup_damaged",
            N_("The file {file} is damaged or no database. Nothing was changed. Take another copy."),
            file=str(file),
        )
    version = store.version(file)
    if version is None:
        raise CatiError(
            "backup_foreign",
            N_("The file {file} is no copy of this program's database. Nothing was changed. Take another."),
            file=str(file),
        )
    if version > migrate.head():
        raise CatiError(
            "database_newer",
            N_(
                "This database was made by a newer version of the program. Nothing was changed. "
                "Install that version, or choose another database."
            ),
        )


def _replace(database: Database, file: Path, clock: Clock) -> Path | None:
    present = database.file
    old: Path | None = None
    with written_aside(present, private=True) as (aside,):
        shutil.copyfile(file, aside)
        if present.is_file():
            _settle(database)
            old = present.parent / FOLDER / f"{present.stem}-replaced-{clock.now():{_STAMP}}.db"
            _lay_aside(present, old)
    return old


def _settle(database: Database) -> None:
    """Have the whole of the present database in its one file, as far as it can still be read."""
    try:
        whole = store.fold_in(database)
    except CatiError as fault:
        if fault.code != "database_damaged":
            raise
        whole = True
    database.close()
    if not whole:
        raise CatiError(
            "database_busy",
            N_(
                "Another program holds the database and does not let go. What is ticked is safe; this step "
                "was not carried out. Close the other program, then do it again."
            ),
        )


def _lay_aside(present: Path, old: Path) -> None:
    """Give the present database a second name; its own is taken by the copy in one step afterwards."""
    old.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        os.link(present, old)
    except OSError:
        # Not every kind of disk gives a file two names.
        shutil.copy2(present, old)
    for end in ("-wal", "-shm"):
        side = present.with_name(present.name + end)
        if side.is_file():
            side.replace(old.with_name(old.name + end))


def _recordings(data_folder: Path) -> Sequence[Path]:
    folder = recordings.folder(data_folder)
    return sorted(file for file in folder.rglob("*") if file.is_file()) if folder.is_dir() else ()


def _copy(file: Path, target: Path) -> None:
    with written_aside(target, private=True) as (aside,), file.open("rb") as source, aside.open("wb") as out:
        shutil.copyfileobj(source, out, _COPIED_AT_ONCE)


def _let_go(folder: Path) -> None:
    newest: dict[date, Path] = {}
    made = [one for one in kept(folder) if one.kind == "daily"]
    for one in made:
        newest.setdefault(one.day, one.file)
    keep = set(list(newest.values())[:DAYS_KEPT])
    for one in made:
        if one.file not in keep:
            with suppress(OSError):
                one.file.unlink()


def _refuse_server(database: Database) -> None:
    if not database.is_sqlite:
        raise CatiError(
            "backup_on_server",
            N_(
                "The database lies on a server, whose own tools copy and restore it. Nothing was done here. "
                "Ask the server's keeper for a copy."
            ),
        )
