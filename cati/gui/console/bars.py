"""The bars of the console, which never move: the call above, what is wrong, the day and the keys below."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.times import clock
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.console import bar, words
from cati.gui.console.day import hours_words, picture
from cati.gui.console.desk import Desk
from cati.gui.widgets.call_bar import CallBar
from cati.gui.widgets.day import DayBoard, DayLine
from cati.gui.widgets.key_bar import KeyBar
from cati.gui.widgets.trouble_line import TroubleLine

if TYPE_CHECKING:
    from cati.station.workplace import Today

_NO_LINE = N_("no connection since {time}")
_LOST = {
    "server_disk_full": N_("server's disk full since {time}"),
    **dict.fromkeys(("server_full", "server_memory"), N_("server overloaded since {time}")),
}


class Bars:
    """What stands around the screen of the moment.

    Args:
        desk: whose state is shown.
        keys: of the window.
    """

    def __init__(self, desk: Desk, keys: Keys) -> None:
        self._desk, self._keys = desk, keys
        self.call = CallBar()
        self.call.set_feeds(desk.level, desk.other)
        self.trouble = TroubleLine(keys)
        self.line, self.board = DayLine(), DayBoard()
        self.keys = KeyBar(keys)

    def show(self, idle: str, *, tight: bool) -> None:
        """Show the call, and beside the keys whether microphone and disk are fit for the next one.

        Args:
            idle: said where there is no case.
            tight: there is no room to tell of space that suffices.
        """
        desk = self._desk
        self.call.set_state(bar.state(desk, idle))
        if self._keys.mode not in (Mode.READY, Mode.BREAK):
            self.keys.set_note("")
            return
        works = _("microphone works") if desk.heard else _("listening for the microphone")
        note = _("look at the microphone") if desk.sound_fault else works
        space = "" if tight and desk.has_room else " · " + words.free_space(desk.free)
        fit = desk.has_room and not desk.sound_fault
        self.keys.set_note(note + space, "microphone", "ok" if fit else "warn")

    def show_clock(self) -> None:
        """Show how long the call has lasted, and the time."""
        self.call.set_clock(bar.clock(self._desk))

    def show_day(self, today: Today) -> None:
        """Show what was done today."""
        day = picture(self._desk.place.programme.programme, today)
        self.line.set_day(day, today.completed, None)
        self.board.set_day(day, hours_words(today))

    def show_line(self, lost_since: datetime | None, why: str) -> None:
        """Say beside the day since when the server has not answered, or taken anything."""
        said = _(_LOST.get(why, _NO_LINE)).format(time=clock(lost_since)) if lost_since else ""
        for day in (self.line, self.board):
            day.set_lost(said)

    def place_day(self, *, wide: bool, said: bool) -> None:
        """The wide picture of the day, or its line; neither while a sentence is said in their place."""
        self.board.setVisible(wide and not said)
        self.line.setVisible(not wide and not said)

    def height_with_board(self) -> int:
        """What the bars take with the wide picture of the day, px."""
        return self.call.height() + self.board.sizeHint().height() + self.keys.height()

    def set_scant(self, scant: bool) -> None:
        """Give way in a low window."""
        self.line.set_height(26 if scant else 34)
        self.trouble.set_height(28 if scant else 34)
        self.keys.set_scant(scant)
