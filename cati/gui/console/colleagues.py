"""Who goes on with an interview: anybody, or one colleague who is at work, by digit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from cati.base.i18n import translate as _
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.widgets.layouts import column, row
from cati.gui.widgets.options import OptionRow, Room
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.attendance import Colleague

ANYBODY = "0"
DIGITS = "01234567"


class ColleagueRow(OptionRow):
    """One colleague."""

    MOST, NARROWEST = 32, 100


class Colleagues(QWidget):
    """Picks a colleague; anybody until one is picked.

    Args:
        keys: its keys exist only while it is open.
    """

    def __init__(self, keys: Keys) -> None:
        super().__init__()
        self._keys = keys
        self._people: tuple[Colleague, ...] = ()
        self.colleague: int | None = None
        self._rows = {digit: ColleagueRow(digit, "") for digit in DIGITS}
        for digit, option in self._rows.items():
            option.set_room(Room.SMALL)
            option.clicked.connect(lambda _checked=False, pressed=digit: self._pick(pressed))
        self._rows[ANYBODY].set_words(_("Anybody"))
        rows = list(self._rows.values())
        halves = [column(*rows[side::2], None, gap=1) for side in (0, 1)]
        heading = Text(_("Who goes on with it?"), 15, bold=True, wrap=True)
        self.setLayout(column(heading, row(*((half, 1) for half in halves), gap=6), gap=4))
        self.show_people(())

    @property
    def is_choice(self) -> bool:
        """Whether there is anybody to choose."""
        return bool(self._people)

    def show_people(self, people: Sequence[Colleague]) -> None:
        """Offer other colleagues, as many as there are digits; anybody is chosen."""
        self._people = tuple(people)[: len(self._rows) - 1]
        for place, (digit, option) in enumerate(self._rows.items()):
            if digit != ANYBODY:
                known = place <= len(self._people)
                option.setVisible(known)
                option.set_words(self._people[place - 1].name if known else "")
        self._pick(ANYBODY)

    def bind(self) -> None:
        """Let its keys act."""
        self._keys.bind("pick_colleague", self._pick)
        if self._keys.mode is not Mode.HAND_OVER:
            self._keys.push(Mode.HAND_OVER)

    def unbind(self) -> None:
        """Let its keys exist no longer."""
        self._keys.pop(Mode.HAND_OVER)
        self._keys.unbind("pick_colleague")

    def _pick(self, digit: str) -> None:
        place = int(digit)
        if place <= len(self._people):
            self.colleague = self._people[place - 1].user_id if place else None
            for pressed, option in self._rows.items():
                option.set_selected(pressed == digit)
