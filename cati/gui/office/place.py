"""What a place of the office is: a page with a head, keys of its own, and something to look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from cati.domain.users import Right
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.office.office import Office
from cati.gui.widgets.text import Part


class Place(QWidget):
    """Base of every place. It is made when it is first gone to and kept.

    A subclass fills in what is below; it asks the worker for what it shows in `refresh`.

    Args:
        office: session, programme and worker.
        keys: of the window.
    """

    head_changed = Signal()
    mode: Mode
    """Its keys; the frame enters it when the place is shown."""

    def __init__(self, office: Office, keys: Keys) -> None:
        super().__init__()
        self.office, self.keys = office, keys

    def summary(self) -> str | Sequence[Part]:
        """One line beside the title."""
        return ""

    def marks(self) -> Sequence[QWidget]:
        """Tags and buttons at the right end of the head; the same widgets every time."""
        return ()

    def note(self) -> tuple[str, str | None, str]:
        """Words at the right end of the key bar, with outline and colour token."""
        return "", None, "ok"

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """What its actions do, by name; bound while it is shown."""
        return {}

    def arrive(self, about: object = None) -> None:
        """It is shown now.

        Args:
            about: what another place asked to be shown, or None.
        """

    def refresh(self) -> None:
        """Ask for everything it shows anew."""

    def depart(self) -> None:
        """Another place is shown, or the office is left."""

    def reason_to_stay(self) -> str:
        """Why it cannot be left now, in words; empty when it can."""
        return ""


@dataclass(frozen=True)
class PlaceKind:
    """A line of the office's directory.

    Attributes:
        mode: names it.
        digit: with Ctrl it leads there; a letter where the digits are used up.
        title: msgid of its name.
        rights: any of them lets somebody in.
        make: its page.
        needs_programme: whether it shows nothing while there is no programme.
    """

    mode: Mode
    digit: str
    title: str
    rights: frozenset[Right]
    make: Callable[[Office, Keys], Place] = field(repr=False)
    needs_programme: bool = True
