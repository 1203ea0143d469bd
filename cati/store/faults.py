"""What a database cannot do just now, in words for whoever can help: busy, full, read-only, damaged, gone."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg.pq import ConnStatus
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import OperationalError

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_

_NO_ROOM_BYTES = 1_000_000
"""A disk with less than this cannot even take the database's own side files."""
_FORBIDDEN = "42501"
"""SQLSTATE of what a role may not do."""
_UNSEEN = ("42P01", "42883")
"""SQLSTATE of a table or function that is not there: for a person that also means to be let in no more."""
_CLOSED = "28000"
"""SQLSTATE of a role that may not sign in, said to whoever gave its password."""
LET_IN_NO_MORE = "let_in_no_more"
FORBIDS = "server_forbids"
_UNPROVEN = ("certificate", "server does not support SSL")
"""Words of the client library about a server that did not prove itself."""
_SHUT = "pg_hba.conf"
"""What a server names that lets nobody in from this computer by this way."""
_NO_PLACE, _NOT_NOW = "53300", "57P03"
"""SQLSTATE of a server with no connection left for this role, and of one that is being started or stopped."""
_NO_ROOM = ("53100", "58030")
"""SQLSTATE of a server whose disk is full, or takes nothing."""
_NO_MEMORY = ("53200", "53400", "53000")
"""SQLSTATE of a server that lacks memory, or something else that it is set to have."""
_GONE = ("08", "57P")
"""SQLSTATE classes of a server that is not there any more."""


def embedded(file: Path) -> Callable[[ExceptionContext], CatiError | None]:
    """A handler that turns refusals of SQLite for `file` into sentences (SQLite's primary result codes)."""
    return lambda context: of_file(file, context.original_exception)


def of_file(file: Path, refusal: BaseException | None) -> CatiError | None:
    """What SQLite's refusal of `file` means; None for what is no fault of disk or file."""
    code = getattr(refusal, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and _is_full(file.parent):
        code = sqlite3.SQLITE_FULL
    match code:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return _busy()
        case sqlite3.SQLITE_FULL:
            return disk_full(file.parent)
        case sqlite3.SQLITE_IOERR:
            return _failing(file)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return _read_only(file)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return _damaged(file)
        case sqlite3.SQLITE_CANTOPEN:
            return _unopenable(file)
    return None


def server_of_persons(context: ExceptionContext) -> CatiError | None:
    """As `server`, where the server knows who acts, and somebody may be let in no more while signed in.

    Whether that is for the login, `login_closed`, for the version, or because the database is just being put
    back, `restoring`, who asked finds out.
    """
    if getattr(context.original_exception, "sqlstate", None) in _UNSEEN:
        return other_version()
    return server(context)


def server(context: ExceptionContext) -> CatiError | None:
    """Turn the silence of a server into a sentence; whatever else it says is a fault of the program."""
    if context.is_pre_ping:
        return None  # a connection kept from before the server went and came: another one is made
    if _lacks_database(context.original_exception):
        return restoring()
    if _refused(context.original_exception):
        return sign_in_refused()
    if _said(context.original_exception, *_UNPROVEN):
        return _no_protected_line()
    if _said(context.original_exception, _SHUT):
        return _shut_out()
    state = getattr(context.original_exception, "sqlstate", None)
    if state == _FORBIDDEN:
        return _forbidden()
    if state == _CLOSED:
        return login_closed()
    if state == _NO_PLACE:
        return _full()
    if state == _NOT_NOW:
        return _starting()
    if state in _NO_ROOM:
        return server_disk_full()
    if state in _NO_MEMORY:
        return _server_memory()
    silent = isinstance(context.sqlalchemy_exception, OperationalError) and (
        state is None or state.startswith(_GONE)
    )
    if silent and context.connection is not None:
        # The driver may not know yet that the line is gone, and nothing more is to be said on it.
        context.is_disconnect = True
    return unreachable() if silent or context.is_disconnect else None


def _refused(told: BaseException | None) -> bool:
    """Whether the server asked for a password and then let nobody in.

    What a server says before a session is in its own language; that it asked, the client library knows.
    """
    attempt = told.pgconn if isinstance(told, psycopg.OperationalError) else None
    return attempt is not None and attempt.status == ConnStatus.BAD and bool(attempt.used_password)


def _lacks_database(told: BaseException | None) -> bool:
    """Whether a server let somebody in and has not the database, or not open yet.

    The words are in the server's language; the name that stands in them is not.
    """
    if not _refused(told):
        return False
    assert isinstance(told, psycopg.OperationalError)
    assert told.pgconn is not None
    database, user = (f'"{name.decode()}"' for name in (told.pgconn.db, told.pgconn.user))
    return database in str(told) and user not in str(told)


def _said(told: BaseException | None, *words: str) -> bool:
    """Whether no connection came about, with one of these words, which are the same in every language."""
    attempt = told.pgconn if isinstance(told, psycopg.OperationalError) else None
    return (
        attempt is not None and attempt.status == ConnStatus.BAD and any(word in str(told) for word in words)
    )


def _no_protected_line() -> CatiError:
    return CatiError(
        "server_unproven",
        N_(
            "No protected connection to the database server came about: its certificate does not fit its "
            "address or the copy on this computer (sslrootcert), does not hold on this computer's date, or "
            "there is none. No password was sent. Check the date, and have the server's keeper check address "
            "and certificate."
        ),
    )


def _shut_out() -> CatiError:
    return CatiError(
        "server_shut",
        N_(
            "The database server lets nobody in from this computer in this way. Nothing was changed. Have "
            "its keeper look at pg_hba.conf; the address may lack sslmode=verify-full."
        ),
    )


def _full() -> CatiError:
    return CatiError(
        "server_full",
        N_(
            "The database server has no place left for one more window. What is ticked is safe; this step "
            "was not carried out. Try again in a minute; if that stays, tell the server's keeper "
            "(max_connections)."
        ),
    )


def server_disk_full() -> CatiError:
    """The refusal where a server's disk takes nothing more."""
    return CatiError(
        "server_disk_full",
        N_(
            "The disk of the database server is full or takes nothing more. What is ticked is safe; this "
            "step was not carried out. Have the server's keeper make room; what is kept on stations is sent "
            "by itself then."
        ),
    )


def _server_memory() -> CatiError:
    return CatiError(
        "server_memory",
        N_(
            "The database server lacks memory. What is ticked is safe; this step was not carried out. Have "
            "the server's keeper look at it; what is kept on stations is sent by itself then."
        ),
    )


def _starting() -> CatiError:
    return CatiError(
        "server_starting",
        N_(
            "The database server is just being started or stopped. What is ticked is safe; this step was not "
            "carried out. Try again in a minute; if that stays, tell the server's keeper."
        ),
    )


def restoring() -> CatiError:
    """The refusal where a server's database is not there or not whole, as while a copy is put back."""
    return CatiError(
        "server_restoring",
        N_(
            "The database is not on the server just now, or is just being put back from a copy. What is "
            "ticked is safe; this step was not carried out. It goes on by itself when the database is there; "
            "if that stays, tell the server's keeper."
        ),
    )


def sign_in_refused() -> CatiError:
    """The one refusal for whatever is wrong with login or password."""
    return CatiError(
        "sign_in_refused",
        N_(
            "Signing in was refused. Check login and password. After several wrong passwords wait some "
            "minutes; if it still fails, ask the bureau to reset the password."
        ),
    )


def _forbidden() -> CatiError:
    return CatiError(
        FORBIDS,
        N_(
            "The server does not let you see or do this. Nothing was changed. Sign in as somebody who may, "
            "or have the floor's rights examined: cati floor check."
        ),
    )


def other_version() -> CatiError:
    """The refusal where somebody at work finds a floor that was brought to another version."""
    return CatiError(
        LET_IN_NO_MORE,
        N_(
            "The floor has another version now. What is ticked is safe; this step was not carried out. Sign "
            "out, and start a program of that version: what is still on this station is sent at the next "
            "sign-in."
        ),
    )


def login_closed() -> CatiError:
    """The refusal to whoever proves the right password, or is at work, and was disabled."""
    return CatiError(
        "login_closed",
        N_(
            "The bureau has closed this login. What is ticked is safe; this step was not carried out. Sign "
            "out: what is still on this station is sent as soon as anybody signs in here. The bureau can "
            "open the login again."
        ),
    )


def disk_full(folder: Path) -> CatiError:
    """The refusal where nothing more can be written."""
    return CatiError(
        "disk_full",
        N_(
            "The disk is full. What is ticked is safe; this step was not carried out. "
            "Free space on the disk of {folder}, then do it again."
        ),
        folder=str(folder),
    )


def unreachable() -> CatiError:
    """The refusal where a server does not answer."""
    return CatiError(
        "database_unreachable",
        N_(
            "The database server does not answer. What is ticked is safe; this step was not carried out. "
            "Check the line and the server's address, then do it again."
        ),
    )


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _NO_ROOM_BYTES
    except OSError:
        return False


def moved(file: Path) -> CatiError:
    """The refusal where an embedded database is not the file any more that was opened."""
    return CatiError(
        "database_moved",
        N_(
            "The database {file} is not in its place any more. What is ticked is in the file that was there; "
            "this step was not carried out. Leave the window open, have folder and disk put back, then do it "
            "again."
        ),
        file=str(file),
    )


def _busy() -> CatiError:
    return CatiError(
        "database_busy",
        N_(
            "Another program holds the database and does not let go. What is ticked is safe; this step was "
            "not carried out. Close the other program, then do it again."
        ),
    )


def _failing(file: Path) -> CatiError:
    return CatiError(
        "disk_failing",
        N_(
            "The disk refuses to read or write {file}. What is ticked is safe; this step was not carried "
            "out. Do it again; if it stays, have the disk looked at."
        ),
        file=str(file),
    )


def _read_only(file: Path) -> CatiError:
    return CatiError(
        "database_read_only",
        N_(
            "The database {file} can only be read. What is ticked is safe; this step was not carried out. "
            "Have file and folder made writable, then do it again."
        ),
        file=str(file),
    )


def _damaged(file: Path) -> CatiError:
    return CatiError(
        "database_damaged",
        N_(
            "The file {file} is damaged or no database. It was left as it is. Put it aside, lay the newest "
            "copy from {backups} in its place, and start again."
        ),
        file=str(file),
        backups=str(file.parent / "backups"),
    )


def _unopenable(file: Path) -> CatiError:
    return CatiError(
        "database_unopenable",
        N_(
            "The database {file} cannot be opened. Nothing was changed. Check that its folder is there, that "
            "it is a file and may be read and written, then try again."
        ),
        file=str(file),
    )
