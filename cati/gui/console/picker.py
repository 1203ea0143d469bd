"""When to call again: three quick times on letters, a week by arrows, and who will call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from cati.base.i18n import translate as _
from cati.domain.programmes import Settings
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.console.times import EVENING_CALL, Band, Calendar, clock_of
from cati.gui.console.week import ARROWS, WeekGrid
from cati.gui.console.words import day_words, weekday
from cati.gui.widgets.day import clock_time
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.keycap import KeyCap
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.options import OptionRow, Room
from cati.gui.widgets.surface import Tag
from cati.gui.widgets.text import Text

QUICK_KEYS = "TYU"
MINE, ANYBODY = "M", "N"
DIGITS = 4
"""Of a time as it is typed."""


class LowRow(OptionRow):
    """A choice in a list that must leave room for the week."""

    MOST = 40


class Picker(QWidget):
    """Picks a time in call hours and whose appointment it is.

    Args:
        keys: its keys exist only while it is open.
        mode: lies over the mode in force while a time is chosen.
    """

    changed = Signal()

    def __init__(self, keys: Keys, mode: Mode = Mode.APPOINTMENT) -> None:
        super().__init__()
        self._keys, self._mode = keys, mode
        self._calendar: Calendar | None = None
        self._quick_times: tuple[datetime | None, ...] = ()
        self.moment: datetime | None = None
        self.mine = True
        self._tight = False
        self._typed = ""
        self._day: date | None = None
        self._hours = Tag("", "ink2", "panel")
        self._heading = Text(_("Call again at a set time"), 20, bold=True, elide=True)
        title = row(Icon("calendar", "accent", 20), (self._heading, 1), self._hours, gap=10)
        self._quick = {key: LowRow(key, "") for key in QUICK_KEYS}
        for key, option in self._quick.items():
            option.clicked.connect(lambda _checked=False, pressed=key: self._take_quick(pressed))
        self._week = WeekGrid()
        self._week.picked.connect(self.pick)
        self._whose = {
            MINE: LowRow(MINE, _("By me")),
            ANYBODY: LowRow(ANYBODY, _("By anybody")),
        }
        for key, option in self._whose.items():
            option.clicked.connect(lambda _checked=False, pressed=key: self._take_whose(pressed))
        self._walk_hint = self._make_hint()
        hint = Text(_("Type the time, such as 1930"), 13, "ink2")
        self._type_hint = Holder(row(KeyCap("0–9"), hint, None, gap=6))
        self._chosen = Text(size=15, bold=True)
        self._chosen_row = Holder(row(self._chosen, None, self._walk_hint, gap=8))
        lines = self._lines = column(
            title,
            column(*self._quick.values(), gap=2),
            self._chosen_row,
            (self._week, 1),
            self._type_hint,
            row(*((option, 1) for option in self._whose.values()), gap=8),
            gap=8,
        )
        self.setLayout(lines)

    def _make_hint(self) -> Holder:
        caps = [KeyCap(key) for key in ARROWS]
        shift = [KeyCap("PgUp"), KeyCap("PgDown")]
        fine = Text(_("±15 min"), 13, "ink2")
        return Holder(row(*caps, 6, *shift, fine, gap=4))

    def show_times(
        self, settings: Settings, group: str, now: datetime, appointments: Sequence[datetime]
    ) -> None:
        """Offer times of one group, from now on.

        Args:
            settings: of the programme.
            group: its code; its call hours hold.
            now: aware.
            appointments: the operator's own, aware.
        """
        calendar = Calendar(settings, group, now)
        self._calendar, self._quick_times = calendar, calendar.quick()
        for option, moment in zip(self._quick.values(), self._quick_times, strict=True):
            if moment is None:
                option.set_words(_("no call hours any more"))
                option.set_off(_("fieldwork ends before"))
            else:
                option.set_words(_quick_words(moment, calendar.now))
                option.set_off("", day_words(moment.date(), calendar.now.date()))
        self._hours.set_text(_("calls {hours}").format(hours=_hours_words(calendar)))
        self._week.show_week(calendar, appointments)
        self._take_whose(MINE)
        self.pick(next((moment for moment in self._quick_times if moment is not None), None))

    def hide_whose(self) -> None:
        """Ask only for the time: whose appointment it is stays as it was."""
        for option in self._whose.values():
            option.hide()

    def set_tight(self, tight: bool) -> None:
        """Give way on a narrow screen: the heading says the chosen time too, and hours and hint go."""
        self._tight = tight
        self._hours.setVisible(not tight)
        self._chosen_row.setVisible(not tight)
        self._type_hint.setVisible(not tight)
        self._heading.set_size(15 if tight else 20)
        self._show_words()
        self._lines.set_gap(3 if tight else 8)
        for option in self._whose.values():
            option.set_room(Room.SMALL if tight else Room.FULL)
        for option in self._quick.values():
            option.set_room(Room.BELOW if tight else Room.FULL)

    def bind(self) -> None:
        """Let its keys act."""
        self._keys.bind_all(
            {
                "quick_time": self._take_quick,
                "pick_time": self._walk,
                "shift_time": self._shift,
                "own_or_any": self._take_whose,
                "type_time": self._type,
            }
        )
        if self._keys.mode is not self._mode:
            self._keys.push(self._mode)

    def unbind(self) -> None:
        """Let its keys exist no longer."""
        self._keys.pop(self._mode)
        self._keys.unbind("quick_time", "pick_time", "shift_time", "own_or_any", "type_time")

    def pick(self, moment: datetime | None) -> None:
        """Agree on a time, or on none yet."""
        self._typed = ""
        self._day = moment.date() if moment is not None else None
        self._agree(moment)

    def pick_known(self, moment: datetime) -> None:
        """Begin with a time agreed on before, if it may still be agreed on."""
        assert self._calendar is not None
        known = moment.astimezone(self._calendar.now.tzinfo)
        if self._calendar.at(known.date(), known.time()) is not None:
            self.pick(known)

    def _agree(self, moment: datetime | None) -> None:
        self.moment = moment
        for option, quick in zip(self._quick.values(), self._quick_times, strict=True):
            option.set_selected(moment is not None and moment == quick)
        self._week.choose(moment)
        self._show_words()
        self.changed.emit()

    def _show_words(self) -> None:
        """The time agreed on: in its own row, or in the heading where there is no room for that."""
        words, heading = self.words(), _("Call again at a set time")
        self._chosen.set_text(words)
        wrong = bool(self._typed) and self.moment is None
        self._chosen.set_ink("warn" if wrong else "ink", True)
        self._walk_hint.setVisible(not self._tight and not wrong)
        self._heading.set_text(words if self._tight and words else heading)

    def words(self) -> str:
        """The time agreed on, or how far it is typed and what is wrong with it; empty while there is none."""
        if self._calendar is None:
            return ""
        if self.moment is None and self._typed:
            day = self._typing_day()
            if not self._is_whole():
                return f"{day_words(day, self._calendar.now.date())} {self._typed}…"
            return self._impossible(day)
        if self.moment is None:
            return ""
        return f"{day_words(self.moment.date(), self._calendar.now.date())} {clock_time(self.moment)}"

    def _impossible(self, day: date) -> str:
        """Why the time that is typed cannot be agreed on."""
        assert self._calendar is not None
        clock = clock_of(self._typed)
        if clock is None:
            return _("{time}: no such time").format(time=self._typed)
        early = self._calendar.is_too_soon(day, clock)
        pattern = _("{day} {time}: too soon") if early else _("{day} {time}: outside call hours")
        return pattern.format(day=weekday(day), time=self._typed)

    def _typing_day(self) -> date:
        """The day of a time that is typed: the one chosen before."""
        assert self._calendar is not None
        return self._day or self._calendar.now.date()

    def _is_whole(self) -> bool:
        """Whether enough is typed for a time, be it a possible one or not."""
        return clock_of(self._typed) is not None or len(self._typed.replace(":", "")) >= DIGITS

    def _type(self, key: str) -> None:
        """One more sign of a time; after a whole one another is begun."""
        if self._calendar is None:
            return
        if key == "Backspace":
            self._typed = self._typed[:-1]
        else:
            begun, sign = "" if self._is_whole() else self._typed, key.removeprefix("Shift+")
            if sign == ":" and (":" in begun or not begun):
                return
            self._typed = begun + sign
        clock = clock_of(self._typed)
        self._agree(None if clock is None else self._calendar.at(self._typing_day(), clock))

    def _take_quick(self, key: str) -> None:
        moment = self._quick_times[QUICK_KEYS.index(key)]
        if moment is not None:
            self.pick(moment)

    def _walk(self, key: str) -> None:
        found = self._week.walk(key)
        if found is not None:
            self.pick(found)

    def _shift(self, key: str) -> None:
        if self._calendar is not None and self.moment is not None:
            self.pick(self._calendar.moved(self.moment, -1 if key == "PgUp" else 1))

    def _take_whose(self, key: str) -> None:
        self.mine = key == MINE
        for pressed, option in self._whose.items():
            option.set_selected(pressed == key)
        self.changed.emit()


def _quick_words(moment: datetime, now: datetime) -> str:
    """Such as this evening 19:30."""
    ahead = (moment.date() - now.date()).days
    evening = moment.hour >= EVENING_CALL.hour - 1
    if ahead == 0:
        day = _("this evening") if evening else _("today")
    elif ahead == 1:
        day = _("tomorrow evening") if evening else _("tomorrow")
    else:
        day = weekday(moment)
    return f"{day} {clock_time(moment)}"


def _hours_words(calendar: Calendar) -> str:
    """The call hours in short: neighbouring bands joined."""
    joined: list[Band] = []
    for band in calendar.bands:
        if joined and joined[-1].end == band.start:
            joined[-1] = Band(joined[-1].start, band.end)
        else:
            joined.append(band)
    return ", ".join(band.words for band in joined)
