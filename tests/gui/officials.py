"""Somebody in the office, on the same database of invented people, driven by real key events."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from cati.base.clock import VirtualClock
from cati.base.settings import Settings, load
from cati.domain.users import Role
from cati.gui.app import Shell
from cati.gui.office.frame import OfficeFrame
from cati.gui.office.office import Office
from cati.gui.office.place import Place
from cati.services.context import Context
from cati.station.listening import ListeningRoom
from tests.gui.operators import Seated


class Official(Seated):
    """Somebody of the bureau, a supervisor or an observer.

    Args:
        qtbot, file, data_folder, clock: see `Seated`.
        roles: instead of those of the user who signs in.
    """

    def __init__(
        self,
        qtbot: Any,
        file: Path,
        data_folder: Path,
        clock: VirtualClock,
        roles: frozenset[Role] | None = None,
    ) -> None:
        super().__init__(qtbot, file, data_folder, clock)
        self._rooms: list[ListeningRoom] = []
        if roles is not None:
            self.ctx = replace(self.ctx, actor=replace(self.ctx.actor, roles=roles))

    def listening_room(self, session: Context) -> ListeningRoom:
        self._rooms.append(ListeningRoom(session, self._data / "recordings"))
        return self._rooms[-1]

    def stand_up(self) -> None:
        """Leave, as a station does that is closed: what plays ends, and is noted."""
        for room in self._rooms:
            room.close()
        super().stand_up()

    def _make_place(self, shell: Shell, _session: Any) -> QWidget:
        settings = load({"data_folder": str(self._data)}, {})
        return OfficeFrame(shell, self.office(shell, settings))

    def office(self, shell: Shell, settings: Settings) -> Office:
        return Office(shell.tasks, self.ctx, settings, self.listening_room, shell.news)

    @property
    def frame(self) -> OfficeFrame:
        place = self.shell._place
        assert isinstance(place, OfficeFrame)
        return place

    @property
    def here(self) -> Place:
        return self.frame.here

    def go(self, digit: int | str) -> Place:
        """To a place by its key."""
        self.press(Qt.Key(ord(str(digit))), held=Qt.KeyboardModifier.ControlModifier)
        self.settled()
        return self.here
