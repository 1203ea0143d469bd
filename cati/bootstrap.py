"""The only place that wires adapters together: database, keys, recorder, dialler, call runner."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cati.audio.reader import Reader
from cati.base import i18n, logging
from cati.base.clock import Clock, SystemClock
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.settings import Settings
from cati.services import recordings, users
from cati.services.context import Context
from cati.station import demo
from cati.store import migrate
from cati.store.engine import Database


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
        CatiError: ``database_newer``, ``database_url``, ``database_unreachable``, ``folder_unwritable``.
    """
    i18n.set_language(settings.language)
    try:
        settings.data_folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise CatiError(
            "folder_unwritable",
            N_("The data folder {folder} cannot be made or written. Nothing was changed. Choose another."),
            folder=str(settings.data_folder),
        ) from fault
    logging.start(settings.data_folder / "logs")
    migrate.prepare(settings.database)
    return Opened(settings, Database(settings.database), clock or SystemClock())


def first_demo_user(opened: Opened) -> Context:
    """Make the demonstration's own user in an empty database; its keys guard invented people."""
    ctx, _recovery = users.init(
        opened.database,
        opened.clock,
        login=demo.LOGIN,
        name=demo.LOGIN,
        password=demo.PASSWORD,
        station=opened.settings.station,
    )
    return ctx


def export_recording(opened: Opened, ctx: Context, prefix: str, target: Path) -> float:
    """Decrypt one recording of this station into a WAV file, by right and noted in the audit log.

    Returns:
        Its length in seconds.

    Raises:
        CatiError: as `recordings.release`; ``recording_missing`` when its file is not on this station;
            ``recording_damaged``.
    """
    found, key = recordings.release(ctx, prefix, "export")
    file = opened.settings.data_folder / "recordings" / found.file
    if not file.is_file():
        raise CatiError(
            "recording_missing",
            N_("The file of this recording is not on this station ({station} recorded it)."),
            station=found.station,
        )
    with Reader(file, key) as reader:
        reader.export_wav(target)
        return reader.duration_ms / 1000
