"""Examines a station: sound, fonts, database, clock, space, files and copies."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from cati.audio.container import SUFFIX
from cati.base.clock import Clock, ServerClock
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.base.settings import Settings
from cati.domain.attendance import LOCAL
from cati.domain.findings import Finding, Health
from cati.domain.ports import LEAST_FREE_BYTES
from cati.domain.stations import SILENT_AFTER, STRAIN_WORDS
from cati.services import audit
from cati.station import archive_place, backups, recordings, soundcheck
from cati.store import audit as audit_store
from cati.store import backups as files
from cati.store import migrate, stations
from cati.store.engine import Database, is_floor
from cati.store.faults import FORBIDS

GB = 10**9
SCANT_BYTES = 5 * GB
"""Free space of about ten days of recordings; less should be seen to."""
CLOCK_SECONDS = 30
"""How far a clock may be off."""
ARCHIVE_DAYS = 2
"""A recording that waits for the archive for longer should be seen to."""
COPY_DAYS = 2
"""A newest copy older than this should be seen to."""
_FIRST_DAY = datetime.fromisoformat("2024-01-01T00:00:00+00:00")
_OTHERS = 0o077
_ASK_SECONDS = 20

Tell = Callable[[int, int], None]


def examine(
    settings: Settings,
    clock: Clock,
    database: Database | None = None,
    tell: Tell = lambda _done, _total: None,
    enter: Callable[[], Database] | None = None,
) -> tuple[Finding, ...]:
    """Look at everything, change nothing.

    Args:
        settings: of the station.
        clock: of the computer.
        database: an open one; None opens the settings' own, which is neither made nor brought up to date.
        tell: gets checks done and checks in all; what it raises stops the examination.
        enter: opens the database of a server that everybody signs in to as themselves; without it that
            database is left out.
    """
    if database is None:
        if enter is None and is_floor(settings.database):
            return _nobody_entered(), *_surroundings(settings, clock, None, tell)
        try:
            opened = enter() if enter else Database(settings.database)
        except CatiError as refused:
            return _of_error("database", refused), *_surroundings(settings, clock, None, tell)
        with closing(opened):
            return examine(settings, clock, opened, tell)
    found = _database(database)
    if all(one.health is not Health.FAULT and one.code != "database_none" for one in found):
        found = (*found, *_strain(database, clock), _audit(database), _clock(database, clock))
    return *found, *_surroundings(settings, clock, database, tell)


def _surroundings(
    settings: Settings, clock: Clock, database: Database | None, tell: Tell
) -> tuple[Finding, ...]:
    folder = settings.data_folder
    checks: list[Callable[[], Finding]] = [
        lambda: _space(folder),
        lambda: _files(folder, database),
        lambda: _recovery_file(folder),
        fonts,
        lambda: soundcheck.microphone(settings.audio_device or None),
        soundcheck.loudspeaker_found,
    ]
    if (folder / archive_place.FILE_NAME).exists():
        checks.insert(2, lambda: _archive(folder, clock))
    if database is not None and database.is_sqlite:
        checks.insert(0, lambda: _copies(folder, clock))
    found = []
    for done, check in enumerate(checks):
        tell(done, len(checks))
        found.append(check())
    return tuple(found)


def _nobody_entered() -> Finding:
    return Finding(
        "database",
        Health.LOOK,
        "floor_personal",
        N_("The database is on a server where everybody signs in as themselves; it was not examined."),
        N_("Say who you are with --as LOGIN."),
    )


def _of_error(check: str, error: CatiError) -> Finding:
    facts = {name: str(value) for name, value in error.params.items()}
    return Finding(check, Health.FAULT, error.code, error.message, facts=facts)


def _database(database: Database) -> tuple[Finding, ...]:
    try:
        if database.is_sqlite:
            if not database.file.is_file():
                return (
                    Finding(
                        "database",
                        Health.LOOK,
                        "database_none",
                        N_("There is no database yet."),
                        N_("Open the window once; it makes one."),
                    ),
                )
            if files.problem(database.file):
                return (_damaged(),)
        return (_schema(database),)
    except CatiError as error:
        return (_of_error("database", error),)


def _damaged() -> Finding:
    return Finding(
        "database",
        Health.FAULT,
        "database_damaged",
        N_("The database is damaged: SQLite's own check of its pages failed."),
        N_("Close the window, then put the newest copy back: cati restore FILE."),
    )


def _schema(database: Database) -> Finding:
    have, known = migrate.current(database), migrate.head()
    facts = {"version": have or "–"}
    if have is not None and have > known:
        return Finding(
            "database",
            Health.FAULT,
            "database_newer",
            N_("The database was made by a newer version of the program (schema {version})."),
            N_("Install that version."),
            facts,
        )
    if have != known:
        return Finding(
            "database",
            Health.LOOK,
            "database_older",
            N_("The database has an older schema ({version})."),
            N_("Open the window once, which brings it up to date; on a server its keeper does that."),
            facts,
        )
    return Finding(
        "database",
        Health.WELL,
        "database_whole",
        N_("The database opens and is whole (schema {version})."),
        facts=facts,
    )


def _strain(database: Database, clock: Clock) -> tuple[Finding, ...]:
    """What stations tell of a server that takes nothing; nothing where that is not so, or not to be seen."""
    try:
        with database.read() as connection:
            found = stations.strain(connection, database.now(connection, clock) - SILENT_AFTER)
    except CatiError as refused:
        if refused.code != FORBIDS:
            raise
        return ()
    if found is None:
        return ()
    return (Finding("database", Health.FAULT, found.code, STRAIN_WORDS[found.code]),)


def _audit(database: Database) -> Finding:
    bad = audit.first_bad(database)
    if bad is not None:
        return Finding(
            "audit",
            Health.FAULT,
            "audit_broken",
            N_(
                "The audit log is broken at entry {seq} of session {session}: {problem}. Keep "
                "this computer as it is and tell the bureau; compare with a backup of an earlier "
                "day."
            ),
            N_("Keep this computer as it is and tell the bureau; compare with a copy of an earlier day."),
            {"seq": bad.seq, "session": bad.session_id, "problem": _(audit.BROKEN[bad.problem])},
        )
    return Finding("audit", Health.WELL, "audit_whole", N_("The audit log is whole."))


def _clock(database: Database, clock: Clock) -> Finding:
    with database.read() as connection:
        here = clock.own() if isinstance(clock, ServerClock) else clock.now()
        began = clock.monotonic()
        there = database.now(connection, clock)
        # The answer is of the middle of the time that asking took.
        here += timedelta(seconds=(clock.monotonic() - began) / 2)
        newest = audit_store.newest(connection, 1)
    off = round(abs((there - here).total_seconds()))
    late = newest[0].at - there if newest else timedelta()
    if off > CLOCK_SECONDS:
        return Finding(
            "clock",
            Health.LOOK,
            "clock_differs",
            N_("This computer's clock differs from the database server's by {seconds} s."),
            N_("Let the system set its clock by the network."),
            {"seconds": off},
        )
    if here < _FIRST_DAY or late.total_seconds() > CLOCK_SECONDS:
        return Finding(
            "clock",
            Health.FAULT,
            "clock_behind",
            N_("The clock shows {time}, which is earlier than what is stored already."),
            N_("Set date and time right before anybody calls."),
            {"time": f"{here.astimezone(LOCAL):%Y-%m-%d %H:%M}"},
        )
    return Finding(
        "clock",
        Health.WELL,
        "clock_right",
        N_("The clock is plausible: {time}."),
        facts={"time": f"{here.astimezone(LOCAL):%Y-%m-%d %H:%M}"},
    )


def _space(folder: Path) -> Finding:
    free, sounds = recordings.free_bytes(recordings.folder(folder)), backups.recorded(folder)
    facts = {"free": free / GB, "count": sounds.count, "size": sounds.size / GB}
    said = N_("{free:.1f} GB are free. Recordings: {count}, {size:.1f} GB.")
    if free < LEAST_FREE_BYTES:
        cure = N_("Free space at once: nobody is dialled with less than 1 GB.")
        return Finding("space", Health.FAULT, "space_gone", said, cure, facts)
    if free < SCANT_BYTES:
        cure = N_("Free space soon, or copy recordings to another disk.")
        return Finding("space", Health.LOOK, "space_scant", said, cure, facts)
    return Finding("space", Health.WELL, "space_enough", said, facts=facts)


def _archive(folder: Path, clock: Clock) -> Finding:
    try:
        where = archive_place.address(folder)
    except CatiError as refused:
        return _of_error("archive", refused)
    if where is None:
        return Finding("archive", Health.WELL, "archive_none", N_("Recordings of this station stay here."))
    files = [file.stat() for file in recordings.folder(folder).rglob(f"*{SUFFIX}")]
    waits = clock.now().timestamp() - min((file.st_mtime for file in files), default=clock.now().timestamp())
    size = sum(file.st_size for file in files) / GB
    facts: dict[str, str | float] = {
        "place": where.url,
        "count": len(files),
        "size": size,
        "days": int(waits // 86_400),
    }
    if waits > ARCHIVE_DAYS * 86_400:
        return Finding(
            "archive",
            Health.LOOK,
            "archive_waits",
            N_(
                "Recordings wait for the archive {place}: {count}, {size:.1f} GB; the oldest for {days} days."
            ),
            N_("“cati recording archive” moves them and says what is in the way."),
            facts,
        )
    said = N_("Recordings move to the archive {place}; here are {count}, {size:.1f} GB.")
    return Finding("archive", Health.WELL, "archive_well", said, facts=facts)


def _files(folder: Path, database: Database | None) -> Finding:
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return Finding(
            "files",
            Health.FAULT,
            "folder_unwritable",
            N_("The data folder {folder} is not there or cannot be written."),
            N_("Have it made writable or choose another."),
            {"folder": str(folder)},
        )
    own = [folder]
    if database is not None and database.is_sqlite and database.file.is_file():
        own.append(database.file)
    own += [backup.file for backup in backups.kept(folder / backups.FOLDER)]
    open_ = [file for file in own if os.name == "posix" and file.stat().st_mode & _OTHERS]
    if open_:
        return Finding(
            "files",
            Health.LOOK,
            "files_open",
            N_("Other users of this computer may get at {count} of the station's files, such as {file}."),
            N_("Close them to others: chmod go= FILE."),
            {"count": len(open_), "file": str(open_[0])},
        )
    return Finding("files", Health.WELL, "files_closed", N_("Only their owner may read the station's files."))


def _recovery_file(folder: Path) -> Finding:
    if (folder / "recovery-key.txt").exists():
        return Finding(
            "files",
            Health.LOOK,
            "recovery_key_lies_open",
            N_("The recovery key still lies beside the data it opens."),
            N_("Print recovery-key.txt, lock the paper away, then delete the file."),
        )
    return Finding(
        "files", Health.WELL, "recovery_key_away", N_("The recovery key does not lie beside the data.")
    )


def _copies(folder: Path, clock: Clock) -> Finding:
    kept = backups.kept(folder / backups.FOLDER)
    if not kept or clock.now() - kept[0].at > timedelta(days=COPY_DAYS):
        return Finding(
            "backup",
            Health.LOOK,
            "backup_old",
            N_("There is no copy of the database from the last {days} days."),
            N_(
                "Make one now: B at System (Ctrl+0), or “cati backup”. "
                "The window makes one every day it is opened."
            ),
            {"days": COPY_DAYS},
        )
    return Finding(
        "backup",
        Health.WELL,
        "backup_fresh",
        N_("Copies of the database: {count}; the newest is of {time}."),
        facts={"count": len(kept), "time": f"{kept[0].at.astimezone(LOCAL):%Y-%m-%d %H:%M}"},
    )


def fonts() -> Finding:
    """Whether the system has letters for Chinese."""
    has = _has_chinese_letters()
    if has:
        return Finding("fonts", Health.WELL, "fonts_found", N_("There is a font with Chinese letters."))
    if has is None:
        return Finding(
            "fonts",
            Health.LOOK,
            "fonts_unknown",
            N_("What fonts there are cannot be found out: the command fc-list is missing."),
            N_("Install the package fontconfig."),
        )
    return Finding(
        "fonts",
        Health.LOOK,
        "fonts_missing",
        N_("No font with Chinese letters was found."),
        N_("Install one, such as the package fonts-noto-cjk."),
    )


def _has_chinese_letters() -> bool | None:
    """None where nobody can tell."""
    if sys.platform == "win32":
        return any((Path(os.environ["WINDIR"]) / "Fonts").glob("msyh*.tt?"))
    if sys.platform == "darwin":
        return True  # it comes with PingFang
    lister = shutil.which("fc-list")
    if lister is None:
        return None
    listed = subprocess.run(
        [lister, ":lang=zh", "family"], capture_output=True, timeout=_ASK_SECONDS, check=False
    )
    return bool(listed.stdout.strip())
