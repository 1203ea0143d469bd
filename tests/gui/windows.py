"""A window on a station in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from cati.gui.actions import Keys
from cati.gui.app import Shell, Start, make_application
from cati.gui.widgets.layouts import column
from cati.gui.widgets.text import Text
from tests.gui.stations import MemoryFounding, MemoryStation


class Place(QWidget):
    """A place of work that may want to stay."""

    def __init__(self, session: str) -> None:
        super().__init__()
        self.session, self.reason = session, ""
        self.setLayout(column(Text(f"work of {session}")))

    def reason_to_stay(self) -> str:
        return self.reason


class Window:
    """A shell, its station, and what it was told to remember."""

    def __init__(
        self, station: MemoryStation, open_station: Callable[[], MemoryStation | MemoryFounding] | None
    ) -> None:
        self.station = station
        self.remembered: dict[str, str] = {}
        start = Start(
            open_station=lambda _tell: (open_station or self._open)(),
            make_place=lambda _shell, session: Place(session),
            language="en",
            mode="light",
            scale=100,
            version="0.1.0",
            log_folder=Path(),
            remember=self.remembered.update,
        )
        self.shell: Shell = make_application(start)[1]

    def _open(self) -> MemoryStation | MemoryFounding:
        return self.station if self.station.users else MemoryFounding(self.station)

    @property
    def keys(self) -> Keys:
        return self.shell.keys

    @property
    def page(self) -> Any:
        return self.shell._sign_in

    def words(self) -> str:
        labels = self.shell.findChildren(QLabel)
        buttons = self.shell.findChildren(QAbstractButton)
        said = [text.words() for text in labels if isinstance(text, Text) and text.isVisible()]
        return " | ".join(said + [button.accessibleName() for button in buttons if button.isVisible()])
