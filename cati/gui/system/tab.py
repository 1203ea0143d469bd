"""What a tab of the system is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from cati.gui.office.place import Place


class SystemTab(QWidget):
    """Base of every tab. It is made when it is first shown and kept.

    Args:
        place: it lies in; questions are asked over it.
    """

    summary_changed = Signal()

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place, self.office, self.keys = place, place.office, place.keys

    def summary(self) -> str:
        """One line beside the title."""
        return ""

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """What its actions do, by name; bound while it is shown."""
        return {}

    def refresh(self) -> None:
        """Ask for everything it shows anew."""

    def reason_to_stay(self) -> str:
        """Why the place cannot be left now; empty when it can."""
        return ""
