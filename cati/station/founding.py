"""From nothing to a station with its first user."""

from __future__ import annotations

from cati.base import settings as settings_file
from cati.base.settings import Settings
from cati.sealing import recovery
from cati.services import users
from cati.station import data_folder, demo
from cati.station.lock import WindowLock
from cati.station.opened import demo_user, is_missing, open_at


class Founding:
    """Leads from nothing to a station with its first user; what was done is found again at the next start.

    Nothing is made before the recovery key was typed back, except that the choices of language and folder are
    kept in settings files.

    Args:
        settings: as they hold now.
        from_demo: somebody came here from the demonstration and may go back.
    """

    def __init__(self, settings: Settings, *, from_demo: bool = False) -> None:
        self._settings, self.from_demo = settings, from_demo
        self._first = settings_file.first_folder({})
        self.folder = settings.data_folder
        self.folder_given = settings_file.is_given("data_folder")
        known = settings_file.kept(settings.data_folder)
        self.language_chosen = "language" in known or settings_file.is_given("language")
        self.folder_chosen = data_folder.is_chosen(settings.data_folder)

    def choose_folder(self, typed: str) -> bool:
        """Let the data lie in a folder, and keep that.

        Returns:
            Whether a bureau has its users there already: then there is nothing to found.

        Raises:
            CatiError: as `data_folder.check` and `data_folder.keep`; as `open_at`, of what is there.
        """
        chosen = data_folder.check(str(self.folder) if self.folder_given else typed)
        data_folder.keep(self._first, chosen)
        self.folder, self.folder_chosen = chosen, True
        self._settings = settings_file.load({"data_folder": str(chosen)})
        if is_missing(self._settings):
            return False
        opened = open_at(self._settings)
        try:
            return users.initialised(opened.database) and demo_user(opened) is None
        finally:
            opened.close()

    def give_up(self) -> None:
        """Back to the demonstration: nobody chose its folder.

        Raises:
            CatiError: as `settings.save`.
        """
        for folder in {self._first, self.folder}:
            settings_file.save(folder, {"data_folder": ""})

    def check_first_user(self, login: str, name: str, password: str) -> None:
        """Refuse what `found` would refuse."""
        users.check_first_user(login, name, password)

    def new_recovery_key(self) -> str:
        """A fresh key, in groups joined by hyphens."""
        return recovery.new_recovery_key()

    def check_recovery_key(self, shown: str, typed: str) -> None:
        """Refuse a key that was not typed back as it was shown."""
        recovery.check_typed_back(shown, typed)

    def found(self, login: str, name: str, password: str, recovery_key: str) -> None:
        """Make the database and its first user, of the bureau; a demonstration there is put aside first.

        Raises:
            CatiError: as `open_at` and `users.init`; ``window_open``, ``demo_not_moved``.
        """
        data_folder.make(self.folder)
        lock = WindowLock(self.folder)
        opened = None
        try:
            opened = open_at(self._settings)
            if demo_user(opened) is not None:
                opened.close()
                demo.put_aside(self.folder, opened.database.file)
                opened = open_at(self._settings)
            users.init(
                opened.database,
                opened.clock,
                login=login,
                name=name,
                password=password,
                station=opened.settings.station,
                recovery_key=recovery_key,
            )
        finally:
            if opened is not None:
                opened.close()
            lock.release()
