"""A station with its database open, and what can be told of it without its being opened."""

from __future__ import annotations

from dataclasses import dataclass

from cati.base import logging
from cati.base.clock import Clock, ServerClock, SystemClock
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.settings import Settings
from cati.domain.users import DemoUser
from cati.services import users
from cati.station import data_folder, demo
from cati.store import migrate
from cati.store.engine import Database, is_floor


@dataclass(frozen=True)
class Opened:
    """A station with its database open."""

    settings: Settings
    database: Database
    clock: Clock

    def close(self) -> None:
        """Give the database back."""
        self.database.close()


def open_at(settings: Settings, clock: Clock | None = None) -> Opened:
    """Open the database of the settings; an embedded one is made and brought up to date.

    Raises:
        CatiError: ``folder_unwritable``, ``disk_full``, ``log_unwritable``, ``database_url``; as
            `migrate.prepare`; ``floor_personal`` where everybody signs in to the server as themselves.
    """
    if is_floor(settings.database):
        raise CatiError(
            "floor_personal",
            N_(
                "On this server everybody signs in as themselves. Nothing was done. Say who you are with "
                "--as LOGIN; its keeper's work is done with “cati floor”."
            ),
        )
    data_folder.make(settings.data_folder)
    logging.start(settings.data_folder / "logs")
    migrate.prepare(settings.database)
    database = Database(settings.database)
    database.schema = migrate.head()
    return Opened(settings, database, clock or (SystemClock() if database.is_sqlite else ServerClock()))


def open_floor(settings: Settings) -> Opened:
    """Make a station ready whose server lets nobody in but by name; nothing is connected yet."""
    data_folder.make(settings.data_folder)
    logging.start(settings.data_folder / "logs")
    return Opened(settings, Database(settings.database), ServerClock())


def is_missing(settings: Settings) -> bool:
    """Whether the database would be made by opening it; a server's never is."""
    database = Database(settings.database)
    return database.is_sqlite and not database.file.exists()


def refuse_missing(settings: Settings) -> None:
    """Refuse to begin a new station where a folder was mistyped or its disk is not there.

    Raises:
        CatiError: ``database_missing``.
    """
    if is_missing(settings):
        raise CatiError(
            "database_missing",
            N_(
                "The database {file} is not there. Nothing was done. Check the folder (--data or CATI_DATA) "
                "and whether its disk is there; “cati init” begins a new one."
            ),
            file=str(Database(settings.database).file),
        )


def demo_user(opened: Opened) -> DemoUser | None:
    """The demonstration's user while there is no other, so that nobody reads it beside real data."""
    if is_floor(opened.settings.database):
        return None
    try:
        sole = users.sole_login(opened.database)
    except CatiError:
        return None
    return DemoUser(demo.LOGIN, demo.PASSWORD) if sole == demo.LOGIN else None
