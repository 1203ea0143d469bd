"""The only place that wires adapters together: database, keys, recorder, dialler, call runner."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryFile

from cati.audio.container import damaged
from cati.audio.reader import Reader
from cati.base import i18n, logging, settings
from cati.base.clock import Clock, SystemClock
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.settings import Settings
from cati.domain.findings import Finding
from cati.domain.users import DemoUser, Role
from cati.files.aside import written_aside
from cati.sealing import recovery
from cati.services import programmes, recordings, users
from cati.services.context import Context
from cati.station import backups, demo, doctor, report
from cati.station import recordings as station_recordings
from cati.station.backups import Backup, Recorded
from cati.station.listening import ListeningRoom
from cati.station.lock import WindowLock
from cati.station.runner import Job, Listeners
from cati.station.workplace import OnSound, Workplace
from cati.store import migrate
from cati.store.engine import Database
from cati.store.faults import disk_full


@dataclass(frozen=True)
class Opened:
    """A station with its database open."""

    settings: Settings
    database: Database
    clock: Clock

    def close(self) -> None:
        """Give the database back."""
        self.database.close()


def open_database(settings: Settings, clock: Clock | None = None) -> Opened:
    """Open the database of the settings; an embedded one is made and brought up to date.

    Raises:
        CatiError: ``folder_unwritable``, ``disk_full``, ``log_unwritable``, ``database_url``; as
            `migrate.prepare`.
    """
    i18n.set_language(settings.language)
    return _open(settings, clock)


def _open(settings: Settings, clock: Clock | None = None) -> Opened:
    _make_folder(settings)
    logging.start(settings.data_folder / "logs")
    migrate.prepare(settings.database)
    return Opened(settings, Database(settings.database), clock or SystemClock())


def _make_folder(settings: Settings) -> None:
    folder = settings.data_folder
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # What a folder's mode says is not always what its disk allows.
        with TemporaryFile(dir=folder):
            pass
    except OSError as refused:
        if refused.errno == errno.ENOSPC:
            raise disk_full(folder) from refused
        raise CatiError(
            "folder_unwritable",
            N_(
                "The data folder {folder} cannot be made or written. Nothing was changed. "
                "Have it made writable or choose another (CATI_DATA or --data), then try again."
            ),
            folder=str(folder),
        ) from refused


def first_demo_user(opened: Opened) -> Context:
    """Make the demonstration's own user in an empty database; its keys guard invented people."""
    ctx, _recovery = users.init(
        opened.database,
        opened.clock,
        login=demo.LOGIN,
        name=demo.LOGIN,
        password=demo.PASSWORD,
        station=opened.settings.station,
        # One person shows everything: calls first, and the office a key away.
        roles=frozenset({Role.BUREAU, Role.SUPERVISOR, Role.OPERATOR}),
    )
    return ctx


def export_recording(opened: Opened, ctx: Context, prefix: str, target: Path) -> tuple[float, bool]:
    """Decrypt one recording of this station into a WAV file, by right and noted in the audit log.

    What was cut off while it was made is written as far as it goes. What was whole once and is not now is
    refused, as what was changed is.

    Returns:
        Its length in seconds, and whether it is whole.

    Raises:
        CatiError: as `recordings.release` and `Reader`; ``recording_missing`` when its file is not on this
            station; ``recording_damaged``; ``file_not_written``.
    """
    found, key = recordings.release(ctx, prefix, "export")
    file = opened.settings.data_folder / "recordings" / found.file
    if not file.is_file():
        raise CatiError(
            "recording_missing",
            N_("The file of this recording is not on this station ({station} recorded it)."),
            station=found.station,
        )
    with Reader(file, key, found.id) as reader, written_aside(target, private=True) as (aside,):
        if found.complete and not reader.complete:
            raise damaged(file.name)
        reader.export_wav(aside)
        return reader.duration_ms / 1000, reader.complete


def back_up(opened: Opened, folder: Path | None, *, with_recordings: bool) -> tuple[Backup, Recorded]:
    """Copy the database; recordings are counted, and copied when asked for.

    Whoever may read the data folder may do so: all that is secret in it stays sealed.

    Args:
        opened: the station.
        folder: where to; the station's own by default.
        with_recordings: they lie beside the station's copies already, so a folder has to be named.

    Raises:
        CatiError: ``backup_where``; as `backups.make` and `backups.copy_recordings`.
    """
    data_folder = opened.settings.data_folder
    if with_recordings and folder is None:
        raise CatiError(
            "backup_where",
            N_("Say into which folder the recordings are to be copied, best on another disk."),
        )
    made = backups.make(opened.database, opened.clock, folder or data_folder / backups.FOLDER)
    if folder is not None and with_recordings:
        return made, backups.copy_recordings(data_folder, folder)
    return made, backups.recorded(data_folder)


def restore(settings: Settings, file: Path) -> Path | None:
    """Put a copy in the place of the database; where the one before lies now. See `backups.restore`."""
    i18n.set_language(settings.language)
    return backups.restore(settings.database, settings.data_folder, file, SystemClock())


def examine(settings: Settings, tell: doctor.Tell) -> tuple[Finding, ...]:
    """Look at everything of a station without changing anything; see `doctor.examine`."""
    i18n.set_language(settings.language)
    return doctor.examine(settings, SystemClock(), tell=tell)


def write_report(settings: Settings, target: Path, tell: doctor.Tell) -> None:
    """Write what whoever mends the program needs, and nothing of anybody; see `report.write`."""
    report.write(settings, examine(settings, tell), target)


def open_station(settings: Settings, *, demonstration: bool, tell: demo.Progress) -> Station:
    """Open the data folder for a window; nobody else's window may have it open.

    Args:
        settings: of this station.
        demonstration: fill an embedded database that has no user yet with the demonstration.
        tell: gets steps done and steps in all while that is made.

    Raises:
        CatiError: as `open_database`; ``window_open``.
    """
    _make_folder(settings)
    lock = WindowLock(settings.data_folder)
    try:
        opened = _open(settings)
        if demonstration and opened.database.is_sqlite and not users.initialised(opened.database):
            opened.close()
            _make_demonstration(settings, opened.database.file, tell)
            opened = _open(settings)
        return Station(opened, lock)
    except BaseException:
        lock.release()
        raise


def _make_demonstration(settings: Settings, file: Path, tell: demo.Progress) -> None:
    # Made aside and moved into place whole: whoever is cut off half-way begins anew.
    folder = file.with_name(f"{file.name}.making")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    making = folder / file.name
    aside = _open(replace(settings, database=f"sqlite:///{making.as_posix()}"))
    try:
        demo.make(first_demo_user(aside), tell)
    finally:
        aside.close()
    making.replace(file)
    shutil.rmtree(folder)


class Station:
    """A station that a window was opened on: lets people in and gives them their place of work.

    Args:
        opened: its database.
        lock: of the data folder.
    """

    def __init__(self, opened: Opened, lock: WindowLock) -> None:
        self._opened = opened
        self._lock = lock
        self._workplaces: list[Workplace] = []
        self._rooms: list[ListeningRoom] = []
        self.settings = opened.settings
        self.demo = _demo_user(opened)

    def is_new(self) -> bool:
        """Whether the database has no user yet."""
        return not users.initialised(self._opened.database)

    def sign_in(self, login: str, password: str) -> Context:
        """Open a session.

        Raises:
            CatiError: ``sign_in_refused``.
        """
        opened = self._opened
        return users.sign_in(opened.database, opened.clock, login, password, opened.settings.station)

    def sign_out(self, session: Context) -> None:
        """Note the end of a session."""
        users.sign_out(session)

    def check_first_user(self, login: str, name: str, password: str) -> None:
        """Refuse what `create_first_user` would refuse."""
        users.check_first_user(login, name, password)

    def new_recovery_key(self) -> str:
        """A fresh key, in groups joined by hyphens."""
        return recovery.new_recovery_key()

    def check_recovery_key(self, shown: str, typed: str) -> None:
        """Refuse a key that was not typed back as it was shown."""
        recovery.check_typed_back(shown, typed)

    def create_first_user(self, login: str, name: str, password: str, recovery_key: str) -> Context:
        """Make the first user of the bureau and open a session."""
        opened = self._opened
        ctx, _recovery = users.init(
            opened.database,
            opened.clock,
            login=login,
            name=name,
            password=password,
            station=opened.settings.station,
            recovery_key=recovery_key,
        )
        return ctx

    def daily_backup(self, tell: Callable[[], None]) -> None:
        """Copy the database unless that was done today already.

        Args:
            tell: called again and again; may raise to stop.
        """
        opened = self._opened
        if users.initialised(opened.database):
            backups.daily(opened.database, opened.clock, opened.settings.data_folder, tell)

    def workplace(
        self,
        session: Context,
        *,
        schedule: Callable[[Job], None],
        listeners: Listeners,
        show_number: Callable[[str | None], None],
        on_sound: OnSound,
    ) -> Workplace:
        """Everything an operator works with (blocks on the database); closed with the station at the latest.

        Args:
            session: of `sign_in`.
            schedule, listeners, show_number, on_sound: see `Workplace`.

        Raises:
            CatiError: ``programme_none``, ``programme_several``.
        """
        folder = self._opened.settings.data_folder
        place = Workplace(
            session,
            programmes.get(session),
            data_folder=folder,
            schedule=schedule,
            listeners=listeners,
            show_number=show_number,
            on_sound=on_sound,
            # It may have been chosen in the window since the station was opened.
            device=settings.load({"data_folder": str(folder)}).audio_device or None,
        )
        self._workplaces.append(place)
        return place

    def listening_room(self, session: Context) -> ListeningRoom:
        """Where recordings of this station are heard; closed with the station at the latest."""
        room = ListeningRoom(session, station_recordings.folder(self._opened.settings.data_folder))
        self._rooms.append(room)
        return room

    def close(self) -> None:
        """Let go of recorder, loudspeaker, database and lock."""
        for room in self._rooms:
            room.close()
        for place in self._workplaces:
            place.close()
        self._opened.close()
        self._lock.release()


def _demo_user(opened: Opened) -> DemoUser | None:
    """The demonstration's user while there is no other, so that nobody reads it beside real data."""
    try:
        sole = users.sole_login(opened.database)
    except CatiError:
        return None
    return DemoUser(demo.LOGIN, demo.PASSWORD) if sole == demo.LOGIN else None
