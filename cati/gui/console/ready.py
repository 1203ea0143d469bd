"""The next person: why, whom to ask for, the number, what was tried before, and the day so far."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.domain.call import Call
from cati.domain.dispositions import DISPOSITIONS, Follow
from cati.domain.programmes import Programme, Settings
from cati.domain.queue import Assignment, EarlierAttempt, Reason
from cati.domain.times import length
from cati.gui import theme
from cati.gui.actions import Keys
from cati.gui.console import words
from cati.gui.console.day import TodaySide
from cati.gui.theme import px
from cati.gui.widgets.base import LEFT, Painted
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.day import clock_time
from cati.gui.widgets.icons import Icon, draw_icon
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.surface import Rule, Surface, Tag
from cati.gui.widgets.text import Name, Strong, Text

if TYPE_CHECKING:
    from cati.station.workplace import Today

SHOWN_ATTEMPTS = 3
# The button that dials takes what is left beside it, up to its greatest width.
WIDER = 100
_ICONS = {
    "no_answer": "no_answer",
    "busy": "busy",
    "appointment": "calendar",
    "refusal": "refusal",
    "complete": "tick",
}


class Attempts(Painted, QWidget):
    """The last attempts on this case, a line each: as many as there is room for, at least one."""

    def __init__(self) -> None:
        super().__init__()
        self._tight = False
        self._rows: list[tuple[str, str, str, str, str, str]] = []
        self.shortened: set[str] = set()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_attempts(self, history: tuple[EarlierAttempt, ...], settings: Settings) -> None:
        """Show the last ones, numbered as they were made."""
        first = max(0, len(history) - SHOWN_ATTEMPTS)
        self._rows = [
            (str(first + place + 1), *_attempt_words(past, settings))
            for place, past in enumerate(history[first:])
        ]
        self.setAccessibleName("; ".join(" ".join(row[1:]) for row in self._rows))
        self.restyle()

    def set_tight(self, tight: bool) -> None:
        """Lower lines where there is little room."""
        self._tight = tight
        self.restyle()

    @property
    def _high(self) -> int:
        return px(24 if self._tight else 28)

    def restyle(self) -> None:
        """Take the greatest height from the theme in use."""
        self.setMaximumHeight(self._high * len(self._rows))
        super().restyle()

    def sizeHint(self) -> QSize:
        """As high as its lines."""
        return QSize(px(500), self._high * len(self._rows))

    def minimumSizeHint(self) -> QSize:
        """One line is enough: the heading counts them all."""
        return QSize(px(400), self._high * min(1, len(self._rows)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the last lines."""
        painter = self.begin()
        fits = max(1, self.height() // self._high)
        for place, line in enumerate(self._rows[-fits:]):
            self._paint_line(painter, place * self._high, line)

    def _paint_line(self, painter: QPainter, y: int, line: tuple[str, str, str, str, str, str]) -> None:
        number, when, icon, result, lasted, who = line
        high, wide = self._high, self.width()
        painter.fillRect(QRectF(0, y, wide, 1), theme.colour("line"))
        ink = "accent" if icon == "calendar" else "ink2"
        lefts = [px(34), px(190), px(214), round(wide * 0.68), round(wide * 0.85), wide]
        self.write(painter, QRectF(0, y, px(30), high), number, 14, "ink2")
        self.write(painter, QRectF(lefts[0], y, px(152), high), when, 14, "ink2")
        side = px(16)
        draw_icon(painter, icon, QRectF(lefts[1], y + (high - side) / 2, side, side), ink)
        for left, right, text, shade in (
            (lefts[2], lefts[3], result, "ink"),
            (lefts[3], lefts[4], lasted, "ink2"),
            (lefts[4], lefts[5], who, "ink2"),
        ):
            room = right - left - px(8)
            size = 14 if theme.text_width(text, 14) <= room else 12
            self.write(painter, QRectF(left, y, room, high), text, size, shade)


def _attempt_words(past: EarlierAttempt, settings: Settings) -> tuple[str, str, str, str, str]:
    code = past.disposition or "interrupted"
    found = DISPOSITIONS[code]
    icon = _ICONS.get(code, "again" if found.follow is Follow.AGAIN else "end")
    talked = past.connected_seconds
    lasted = "—" if talked is None else _("talked {length}").format(length=length(talked))
    return words.moment_words(past.dialled_at, settings), icon, _(found.label), lasted, past.operator


class NoteBox(Surface):
    """What was agreed or noted before, or where a cut-off interview goes on."""

    def __init__(self) -> None:
        self._icon = Icon("calendar", "accent", 18, "soft")
        self._head, self._note = Text(size=16, wrap=True), Text(size=16, wrap=True, line_height=106)
        self._by = Text(size=13, ink="ink2", elide=True)
        head = row(self._icon, (self._head, 1), gap=9)
        super().__init__(column(head, self._note, self._by, gap=5, margins=(14, 10, 14, 8)), "soft", None, 8)

    def show_case(self, call: Call, settings: Settings, now: datetime) -> None:
        """Show what matters of this case; hides itself when there is nothing."""
        assert call.assignment is not None
        case = call.assignment
        noted = next((past for past in reversed(case.history) if past.note), None)
        icon, head = self._heading(call, case, settings, now)
        self._icon.set_icon(icon, "accent", "soft")
        self._head.set_text(head)
        self._note.set_text(noted.note if noted else "")
        self._note.setVisible(noted is not None)
        self._by.setVisible(noted is not None)
        if noted is not None:
            when = words.moment_words(noted.dialled_at, settings)
            self._by.set_text(_("noted by {operator}, {when}").format(operator=noted.operator, when=when))
        self.setVisible(bool(head) or noted is not None)

    def _heading(
        self, call: Call, case: Assignment, settings: Settings, now: datetime
    ) -> tuple[str, tuple[str | Strong, ...] | str]:
        if case.interview is not None and case.interview.answers:
            assert call.script is not None
            place = call.script.next_open(call.facts, call.answers)
            title = call.script.short(place, language()) if place else _("the end")
            pattern = _("You were cut off in this interview; it goes on at {item}. Enter dials again.")
            if case.reason is not Reason.RESUME:
                pattern = _("An interview was begun here; it goes on at {item}.")
            before, _gap, after = pattern.partition("{item}")
            return "again", (before, Strong(title), after)
        if case.appointment_at is not None:
            there = words.local(case.appointment_at, settings)
            day = words.day_words(there.date(), words.local(now, settings).date())
            return "calendar", (_("Agreed for {day}").format(day=day) + " ", Strong(clock_time(there)))
        return "info", _("Noted before") if any(past.note for past in case.history) else ""


class ReadyScreen(QWidget):
    """The queue card at the left, the day and the verification card at the right.

    Args:
        keys: its buttons do the same as the keys.
    """

    def __init__(self, keys: Keys) -> None:
        super().__init__()
        self._tight = False
        self._tag = Tag("", "accent", "sheet", "calendar", "accent", 13)
        self._why, self._case = Text(size=13, ink="ink2", elide=True), Text(size=13, ink="ink2")
        self._unit = Name((36,))
        self._group = Tag("", "ink", "panel", edge="edge", size=15)
        self._ask = Text(size=20, wrap=True)
        self._number, self._number_note = Text(size=46, bold=True), Text(size=14, ink="ink2")
        self._dial = Button(_("Dial"), "Enter", Kind.PRIMARY, 24, 76, icon="phone")
        self._dial.clicked.connect(lambda: keys.trigger("dial"))
        self._off = Text(size=14, ink="warn", bold=True, wrap=True)
        self._countdown = Text(size=16, ink="warn", bold=True, wrap=True)
        self._countdown.hide()
        self._other = Button(_("Other number"), "F9", size=13, height=36, spread=True, width=190)
        self._other.clicked.connect(lambda: keys.trigger("alternate"))
        known = Button(_("I know this person"), "F11", size=13, height=36, spread=True, width=190)
        known.clicked.connect(lambda: keys.trigger("known"))
        self._known = known
        self.note = NoteBox()
        self._opening = Text(size=17, wrap=True, line_height=108)
        self._tried, self._need = Text(size=13, ink="ink2", bold=True), Text(size=13, ink="ink2", elide=True)
        self._attempts = Attempts()
        self.side = TodaySide()
        self._narrow = False
        self._shown: tuple[Programme, Call, datetime] | None = None
        self._page = row((self._build(), 1), self.side, gap=12, margins=(16, 10, 16, 10))
        self.setLayout(self._page)

    def _build(self) -> Surface:
        head = row(
            Text(_("Next person"), 14, "ink2"), self._tag, (Holder(row(self._why)), 1), self._case, gap=10
        )
        others = Holder(column(None, self._other, self._known, None, gap=4))
        buttons = row((self._dial, WIDER), others, None, gap=12)
        self._named = row(self._unit, (self._group, 1), gap=12)
        self._named.setAlignment(self._group, LEFT)
        self._left = column(
            self._named,
            self._ask,
            None,
            self._number,
            self._number_note,
            8,
            buttons,
            self._off,
            self._countdown,
            gap=4,
        )
        caption = Text(_("Read this first when they answer"), 13, "ink2", bold=True)
        self._read = Holder(column(caption, self._opening, gap=5))
        self._beside = Holder(column(self.note, 8, self._read, None, gap=4), width=344)
        self._upright = Rule("line", upright=True)
        body = row((self._left, 1), self._upright, self._beside, gap=20)
        self._tries = Holder(column(row(self._tried, (self._need, 1), gap=12), 4, self._attempts, gap=0))
        self._sheet = column(head, 8, (body, 1), 12, self._tries, gap=0, margins=(28, 16, 28, 12))
        return Surface(self._sheet)

    def show_call(self, programme: Programme, call: Call, now: datetime) -> None:
        """Show the case in hand."""
        assert call.assignment is not None
        assert call.script is not None
        self._shown = (programme, call, now)
        case, settings = call.assignment, programme.settings
        word, icon, rule = words.reason_words(case)
        self._tag.set_text(_(word), icon)
        self._why.set_text(_(rule))
        self._case.set_text(_("case {number}").format(number=f"{case.case_id:04d}"))
        self._unit.set_text(words.unit_name(programme, case))
        self._group.set_text(words.group_name(programme, case))
        self._show_whom(case)
        self._show_number(call)
        self.note.show_case(call, settings, now)
        self._show_beside()
        self._place_group()
        opening = call.script.path(call.facts, {})[0]
        self._opening.set_text(words.parts(call.script.text(opening, call.facts, {}, language())))
        self._show_attempts(case, settings)
        self.side.show_card(words.parts(call.script.card(call.facts, {}, language())))

    def _place_group(self) -> None:
        """The group beside the unit's name, or under it where the name needs the whole width."""
        wide = theme.text_width(self._unit.words(), 36, bold=True) + self._group.sizeHint().width() + px(18)
        beside = wide <= self._unit_room()
        self._unit.set_sizes((36,) if beside else (28, 24, 20) if self._tight else (36, 32, 28, 26))
        flat, upright = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._named.setDirection(flat if beside else upright)
        self._named.set_gap(12 if beside else 4)

    def _show_beside(self) -> None:
        self._beside.setVisible(not (self.note.isHidden() and self._read.isHidden()))

    def _unit_room(self) -> int:
        inside = self._sheet.contentsMargins()
        beside = 0 if self._beside.isHidden() else px(20) + self._beside.maximumWidth()
        side = 0 if self._narrow else px(12) + self.side.maximum_width()
        margins = self._page.contentsMargins()
        return (
            self.width()
            - margins.left()
            - margins.right()
            - side
            - inside.left()
            - inside.right()
            - beside
            - px(4)
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the group anew."""
        self._place_group()

    def _show_whom(self, case: Assignment) -> None:
        if case.source == "pool":
            self._ask.set_text(_("Whoever answers, if 18 or older and living or working in the district"))
            return
        short = (_("Ask for") + " ", Strong(words.person(case)), " " + _("in person"))
        rest = _("; if somebody else answers, agree on a time")
        said = theme.text_width("".join(short[:1]) + short[1].text + short[2] + rest, 17)
        # Hints go first where there is little room.
        self._ask.set_text((*short, "" if self._tight and said > self._unit_room() else rest))

    def _show_number(self, call: Call) -> None:
        assert call.assignment is not None
        others = len(call.assignment.contact.phones) - 1
        self._number.set_text(words.hidden(call))
        kind = _("landline") if call.phone.kind == "landline" else _("mobile")
        if call.phone.non_local:
            kind = _("mobile from elsewhere, dialled with 0")
        more = _("other numbers: {count}").format(count=others) if others else _("no other number")
        self._number_note.set_text(f"{kind} · {more}")
        self._other.setVisible(others > 0)

    def _show_attempts(self, case: Assignment, settings: Settings) -> None:
        effort = case.effort
        pattern = _("Tried so far: {attempts} on {days}")
        tried = pattern.format(
            attempts=words.count_attempts(effort.attempts), days=words.count_days(effort.days)
        )
        self._tried.set_text(tried if case.history else _("Not tried yet"))
        self._need.set_text(words.effort_words(effort, self._tight))
        self._attempts.show_attempts(case.history, settings)

    def show_today(self, programme: Programme, today: Today) -> None:
        """Show the day's figures and appointments."""
        self.side.show_today(programme, today)

    def set_off(self, reason: str) -> None:
        """Say why nobody may be dialled now; empty when calls are allowed."""
        self._dial.setEnabled(not reason)
        self._off.set_text(reason)
        self._off.setVisible(bool(reason))

    def show_countdown(self, seconds: int) -> None:
        """Say in how many seconds the number is dialled by itself; 0 takes that away."""
        pattern = _("Dialled by itself in {count} s; any key stops that.")
        self._countdown.set_text(pattern.format(count=seconds) if seconds else "")
        self._countdown.setVisible(bool(seconds))

    def set_space(self, space: theme.Space) -> None:
        """Give way in the agreed order: hints, side column, opening line."""
        tight, narrow = space >= theme.Space.TIGHT, space is theme.Space.NARROW
        self._tight, self._narrow = tight, narrow
        scant = space >= theme.Space.SCANT
        self._page.set_upright(narrow)
        self._page.set_margins((8, 6, 8, 6) if scant else (16, 10, 16, 10))
        self._why.setVisible(not tight)
        self._read.setVisible(not tight)
        self._upright.setVisible(not tight)
        self._beside.set_width(204 if space is theme.Space.SCANT else 262 if tight else 344)
        self._show_beside()
        self._attempts.set_tight(tight)
        self._left.set_gap(1 if tight else 4)
        self._number.set_size(34 if scant else 38 if tight else 46)
        # Digits have nothing below the line; the font's own leading is not needed.
        self._number.setFixedHeight(px(42 if scant else 47 if tight else 56))
        self._ask.set_size(17 if tight else 20)
        self._dial.set_measure(44 if scant else 54 if tight else 76)
        self._dial.setMaximumWidth(px(200 if tight else 290))
        for button in (self._other, self._known):
            button.set_measure(26 if scant else 28 if tight else 36)
        around = (14, 4, 14, 4) if scant else (18, 10, 18, 8) if tight else (28, 16, 28, 12)
        self._sheet.set_margins(around)
        self.side.set_space(space)
        if self._shown is not None:
            self.show_call(*self._shown)
