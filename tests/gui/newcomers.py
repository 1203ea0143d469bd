"""Somebody new at a real station: the whole way from sign-in on, by keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget
from sqlalchemy import delete

from cati.base.clock import VirtualClock
from cati.base.settings import load
from cati.bootstrap import Opened, Station
from cati.domain.users import Role
from cati.gui.app import Shell
from cati.gui.start import _make_place
from cati.services import sound_tests
from cati.station.lock import WindowLock
from cati.store import tables
from tests.gui.operators import Operator


class Newcomer(Operator):
    """An operator, with other roles if they are given, who has neither signed nor practised.

    Args:
        qtbot, file, data_folder, clock: see `Seated`.
        roles: besides that of an operator.
    """

    def __init__(
        self, qtbot: Any, file: Path, data_folder: Path, clock: VirtualClock, roles: frozenset[Role]
    ) -> None:
        super().__init__(qtbot, file, data_folder, clock)
        self.ctx = replace(self.ctx, actor=replace(self.ctx.actor, roles=roles | {Role.OPERATOR}))
        self.session = self.ctx
        with self.database.write() as connection:
            connection.execute(delete(tables.clearances))
        sound_tests.skip(self.ctx, None, "the sound test has tests of its own")
        settings = load({"data_folder": str(data_folder), "database": f"sqlite:///{file}"}, {})
        self.station: Any = Station(Opened(settings, self.database, clock), WindowLock(data_folder))

    def _make_place(self, shell: Shell, session: Any) -> QWidget:
        return _make_place(shell, session)

    def stand_up(self) -> None:
        """Leave as when the window is closed."""
        super().stand_up()
        self.station.close()
