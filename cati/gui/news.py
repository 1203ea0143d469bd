"""What a server tells of its own accord, brought into the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from cati.gui.events import GuiThread


class Teller(Protocol):
    """A station that may be on a server."""

    def listen(self, told: Callable[[str, int], None], live: Callable[[bool], None]) -> None:
        """Be told of changes; see `cati.bootstrap.Station`."""
        ...


class News(QObject):
    """Changes on the server, for whatever shows them.

    Signals:
        heard: what has changed (``floor``, ``messages``, ``notices``, ``stations``), and the programme's row
            number or 0.

    Attributes:
        live: whether changes are told at all; where they are not, one looks every now and then.
    """

    heard = Signal(str, int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._gui = GuiThread(self)
        self.live = False

    def listen(self, station: Teller) -> None:
        """Hear what a station is told."""
        station.listen(
            lambda what, programme: self._gui.post(lambda: self.heard.emit(what, programme), self),
            lambda live: self._gui.post(lambda: self._set_live(live), self),
        )

    def _set_live(self, live: bool) -> None:
        self.live = live
