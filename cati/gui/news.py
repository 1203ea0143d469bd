"""What a server tells of its own accord, brought into the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from cati.gui.events import GuiThread


class Teller(Protocol):
    """A station that may be on a server."""

    def listen(
        self,
        told: Callable[[str, int], None],
        live: Callable[[bool], None],
        lost: Callable[[datetime | None], None],
    ) -> None:
        """Be told of changes; see `cati.bootstrap.Station`."""
        ...


class News(QObject):
    """Changes on the server, for whatever shows them.

    Signals:
        heard: what has changed (``floor``, ``messages``, ``notices``, ``stations``), and the programme's row
            number or 0; ``shut`` where the server lets this person in no more, or does so again.
        line_changed: the server does not answer any more, or again.

    Attributes:
        live: whether changes are told at all; where they are not, one looks every now and then.
        lost_since: when the server ceased to answer (aware); None while it does, or where there is none.
    """

    heard = Signal(str, int)
    line_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._gui = GuiThread(self)
        self.live = False
        self.lost_since: datetime | None = None

    def listen(self, station: Teller) -> None:
        """Hear what a station is told."""
        station.listen(
            lambda what, programme: self._gui.post(lambda: self.heard.emit(what, programme), self),
            lambda live: self._gui.post(lambda: self._set_live(live), self),
            lambda since: self._gui.post(lambda: self.set_lost(since), self),
        )

    def set_lost(self, since: datetime | None) -> None:
        """The server has not answered since then (aware; the first moment counts), or does so (None)."""
        before = self.lost_since
        self.lost_since = since if before is None or since is None else min(before, since)
        if (before is None) is not (since is None):
            self.line_changed.emit()

    def _set_live(self, live: bool) -> None:
        self.live = live
