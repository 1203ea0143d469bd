"""The only place that wires adapters together: database, keys, recorder, dialler, call runner."""

from __future__ import annotations

from dataclasses import dataclass

from cati.base import i18n, logging
from cati.base.clock import Clock, SystemClock
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.settings import Settings
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
