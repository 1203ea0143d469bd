"""What a server tells of its own accord, brought into the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from cati.base.errors import STRAINED
from cati.gui.events import GuiThread


class Teller(Protocol):
    """A station that may be on a server."""

    def listen(
        self,
        told: Callable[[str, int], None],
        live: Callable[[bool], None],
        lost: Callable[[datetime | None, str], None],
    ) -> None:
        """Be told of changes; see `cati.bootstrap.Station`."""
        ...


class News(QObject):
    """Changes on the server, for whatever shows them.

    Signals:
        heard: what has changed (``floor``, ``messages``, ``notices``, ``stations``), and the programme's row
            number or 0; ``shut`` where the server lets this person in no more, or does so again.
        line_changed: the server does not answer any more, or takes nothing, or does so again.

    Attributes:
        live: whether changes are told at all; where they are not, one looks every now and then.
        lost_since: when the server ceased to answer (aware); None while it does, or where there is none.
        lost_why: code of what it says instead; empty where it says nothing.
    """

    heard = Signal(str, int)
    line_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._gui = GuiThread(self)
        self.live = False
        self.lost_since: datetime | None = None
        self.lost_why = ""
        self._strained = False

    def listen(self, station: Teller) -> None:
        """Hear what a station is told."""
        station.listen(
            lambda what, programme: self._gui.post(lambda: self.heard.emit(what, programme), self),
            lambda live: self._gui.post(lambda: self._set_live(live), self),
            lambda since, why: self._gui.post(lambda: self._hear_line(since, why), self),
        )

    def set_lost(self, since: datetime | None, why: str = "") -> None:
        """The server has not answered since then (aware; the first moment counts), or does so (None).

        Args:
            since: see there.
            why: code of what it says instead.
        """
        before, said = self.lost_since, self.lost_why
        self.lost_since = since if before is None or since is None else min(before, since)
        self.lost_why = why
        if (before is None, said) != (since is None, why):
            self.line_changed.emit()

    def answered(self) -> None:
        """The server let somebody read; that it takes nothing ends with a sign of life that it takes."""
        if not self._strained:
            self.set_lost(None)

    def _hear_line(self, since: datetime | None, why: str) -> None:
        self._strained = why in STRAINED
        self.set_lost(since, why)

    def _set_live(self, live: bool) -> None:
        self.live = live
