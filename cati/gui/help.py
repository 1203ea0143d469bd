"""What F1 does, wherever one is: keys and purpose of the screen first, then the manual.

While somebody may be on the line, help covers nothing of the question and takes no key: it lies over the
part of the screen that the place of work gives for it, until F1 puts it away or another screen comes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from cati.base import i18n
from cati.gui.actions import Keys
from cati.gui.manual.aside import CallHelp
from cati.gui.manual.keys import CALLING
from cati.gui.manual.overlay import HelpOverlay
from cati.gui.tasks import Failed, Tasks


@runtime_checkable
class GivesRoom(Protocol):
    """A place of work that goes on while help is read."""

    def help_room(self) -> QWidget:
        """What help may cover: nothing that the call needs."""
        ...


class Help(QObject):
    """All help of one window.

    Args:
        window: what is not beside a call covers it.
        keys: of the window.
        tasks: of the window.
        place: gives the place of work of the moment, None before sign-in.
        failed: takes the error when the manual cannot be read.
    """

    def __init__(
        self, window: QWidget, keys: Keys, tasks: Tasks, place: Callable[[], object], failed: Failed
    ) -> None:
        super().__init__(window)
        self._window, self._keys, self._tasks = window, keys, tasks
        self._place, self._failed = place, failed
        self.overlay = HelpOverlay(window, keys, self.read)
        self.beside = CallHelp(keys, self._fetch)
        self.reader: Any = None
        keys.bind("help", self._turn)

    def read(self, chapter: str) -> None:
        """Open the manual at a chapter."""
        # What shows it is made when it is asked for first.
        if self.reader is None:
            from cati.gui.manual.reader import Reader

            self.reader = Reader(self._window, self._keys, self._tasks, self._failed)
        self.reader.open(chapter)

    def _turn(self) -> None:
        place = self._place()
        if self._keys.mode in CALLING and isinstance(place, GivesRoom):
            self.beside.turn(place.help_room())
        else:
            self.overlay.open()

    def _fetch(self, asker: QObject, chapter: str, take: Callable[[str], Any]) -> None:
        from cati.gui.manual import book

        language = i18n.language()
        self._tasks.run(
            asker,
            lambda: book.chapter(language, chapter),
            lambda read: take(read.without_pictures),
            self._failed,
        )
