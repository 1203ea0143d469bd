"""Who goes on with an interview: anybody, or one colleague who is at work, by digit and by typing a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.keycap import KeyCap
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.options import OptionRow, Room
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.attendance import Colleague

ANYBODY = "0"
DIGITS = "01234567"
AT_ONCE = len(DIGITS) - 1
"""So many colleagues have a digit; more are looked for by name."""
FIND = "K"


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
        self._offered: tuple[Colleague, ...] = ()
        self.colleague: int | None = None
        self._rows = {digit: ColleagueRow(digit, "") for digit in DIGITS}
        for digit, option in self._rows.items():
            option.set_room(Room.SMALL)
            option.clicked.connect(lambda _checked=False, pressed=digit: self._pick(pressed))
        self._rows[ANYBODY].set_words(_("Anybody"))
        rows = list(self._rows.values())
        halves = [column(*rows[side::2], None, gap=1) for side in (0, 1)]
        heading = Text(_("Who goes on with it?"), 15, bold=True, wrap=True)
        self._more = Text(size=13, ink="ink2")
        self.field = LineField(_("Name of a colleague"), hint=_("name of a colleague"), size=14, height=30)
        self.field.textChanged.connect(self._offer)
        self._search = Holder(row(KeyCap(FIND), (self.field, 1), self._more, gap=8))
        self.setLayout(column(heading, row(*((half, 1) for half in halves), gap=6), self._search, gap=4))
        self.show_people(())

    @property
    def is_choice(self) -> bool:
        """Whether there is anybody to choose."""
        return bool(self._people)

    @property
    def undecided(self) -> bool:
        """Whether a name is being typed that does not say yet who is meant."""
        return bool(self.field.text().strip()) and self.field.hasFocus() and self.colleague is None

    def show_people(self, people: Sequence[Colleague]) -> None:
        """Offer other colleagues; anybody is chosen."""
        self._people = tuple(people)
        self._search.setVisible(len(self._people) > AT_ONCE)
        self.field.clear()
        self._offer()

    def bind(self) -> None:
        """Let its keys act."""
        self._keys.bind("pick_colleague", self._pick)
        if len(self._people) > AT_ONCE:
            self._keys.bind("find_colleague", self.field.setFocus)
        if self._keys.mode is not Mode.HAND_OVER:
            self._keys.push(Mode.HAND_OVER)

    def unbind(self) -> None:
        """Let its keys exist no longer."""
        self._keys.pop(Mode.HAND_OVER)
        self._keys.unbind("pick_colleague", "find_colleague")

    def _offer(self) -> None:
        """Those whose name or login has what is typed; the only one is picked at once."""
        typed = self.field.text().strip().casefold()
        found = [one for one in self._people if typed in one.name.casefold() or typed in one.login.casefold()]
        self._offered = tuple(found[:AT_ONCE])
        for place, (digit, option) in enumerate(self._rows.items()):
            if digit != ANYBODY:
                known = place <= len(self._offered)
                option.setVisible(known)
                option.set_words(self._offered[place - 1].name if known else "")
        left = len(found) - len(self._offered)
        said = ngettext("{count} more", "{count} more", left).format(count=left) if left else ""
        self._more.set_text(said if found else _("nobody of this name"))
        self._pick("1" if typed and len(found) == 1 else ANYBODY)

    def _pick(self, digit: str) -> None:
        place = int(digit)
        if place <= len(self._offered):
            self.colleague = self._offered[place - 1].user_id if place else None
            for pressed, option in self._rows.items():
                option.set_selected(pressed == digit)
