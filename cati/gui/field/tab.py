"""What a tab of the field is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from cati.gui.actions import Keys
from cati.gui.office.office import Office
from cati.gui.office.place import Place


class CasesOf(NamedTuple):
    """Asks the field for the cases of one cell, by the codes of its unit and group."""

    unit: str
    group: str


class Tab(QWidget):
    """Base of every tab. It is made when it is first shown and kept.

    Args:
        office: session, programme and worker.
        keys: of the window.

    Signals:
        card_wanted: number of a case whose history is to be shown.
        summary_changed: it says something else beside the title.
        listen_wanted: row number of an operator whose call is to be heard.
    """

    card_wanted = Signal(int)
    summary_changed = Signal()
    listen_wanted = Signal(int)

    def __init__(self, office: Office, keys: Keys) -> None:
        super().__init__()
        self.office, self.keys = office, keys

    def place(self) -> Place:
        """The place it lies in."""
        above: object = self.parent()
        while not isinstance(above, Place):
            above = above.parent()  # type: ignore[attr-defined]
        return above

    def summary(self) -> str:
        """One line beside the title."""
        return ""

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """What its actions do, by name; bound while it is shown."""
        return {}

    def arrive(self) -> None:
        """It is shown now."""

    def refresh(self) -> None:
        """Ask for everything it shows anew."""

    def depart(self) -> None:
        """Another tab or place is shown."""
