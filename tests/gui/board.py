"""A board of all parts and states, so that every screen is built from the same few."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtWidgets import QWidget

from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.gui.action import Mode
from cati.gui.actions import ACTIONS, Keys
from cati.gui.widgets.answers import Rail, RailRow, Steps, Tile
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.call_bar import CallBar, CallBarState, Lamp, OtherSide, Phase, Saved
from cati.gui.widgets.day import DayBoard, DayLine, DayMark, DayPicture, MarkKind, Span
from cati.gui.widgets.fields import LineField, NotesField
from cati.gui.widgets.icons import OUTLINES, Icon
from cati.gui.widgets.key_bar import KeyBar
from cati.gui.widgets.keycap import KeyCap
from cati.gui.widgets.layouts import column, row
from cati.gui.widgets.options import OptionRow
from cati.gui.widgets.surface import Page, Surface, Tag
from cati.gui.widgets.text import Strong, Text

WORDS = {
    "unit": ("区教育局 · 服务对象", "Education Bureau · service users"),
    "person": ("陈女士 138****1234 · 个案 0417", "Ms Chen 138****1234 · case 0417"),
    "me": ("王丽 · 12 号", "Wang Li · No. 12"),
    "today": ("周三 10:47", "Wed 10:47"),
    "dial": ("拨号", "Dial"),
    "other": ("换备用号码", "Other number"),
    "closed": ("9:00 后可拨", "may be called from 9:00"),
    "exclude": ("排除", "Exclude"),
    "levels": (
        "满意|比较满意|不太满意|很不满意",
        "Satisfied|Fairly satisfied|Not very satisfied|Dissatisfied",
    ),
    "items": (
        "作风建设|为民服务|履行承诺|履职尽责|联系群众",
        "Style of work|Service|Promises|Duties|Contact",
    ),
    "later": ("约时间再打", "Agree on another time"),
    "as_agreed": ("按约定拨打", "called as agreed"),
    "nobody": ("无人接听", "Nobody answers"),
    "again": ("2 小时后再拨", "again in 2 hours"),
    "complete": ("访问完成", "Interview complete"),
    "unasked": ("10 题未答，不可选", "10 items are open, not to be chosen"),
    "union": ("区总工会", "Trade union"),
    "lunch": ("午休", "lunch"),
    "enough": ("够用", "Enough"),
    "mine": ("您的预约", "Your appointment"),
}


def say(name: str) -> str:
    """Sample words in the language in use."""
    return WORDS[name][language() == "en"]


def day_picture() -> DayPicture:
    """A morning with seven attempts and an appointment to come."""

    def at(hour: int, minute: int = 0) -> datetime:
        return datetime(2024, 2, 21, hour, minute)

    long = timedelta(minutes=7)
    return DayPicture(
        start=at(8, 48),
        end=at(20, 48),
        now=at(10, 47),
        closed=(
            Span(at(8, 48), at(9)),
            Span(at(9, 56), at(10, 6)),
            Span(at(12), at(14), say("lunch")),
            Span(at(20, 30), at(20, 48)),
        ),
        marks=(
            DayMark(MarkKind.COMPLETED, at(9, 3), long),
            DayMark(MarkKind.COMPLETED, at(9, 12), long),
            DayMark(MarkKind.NO_CONTACT, at(9, 21)),
            DayMark(MarkKind.COMPLETED, at(9, 25), long),
            DayMark(MarkKind.REFUSAL, at(9, 36)),
            DayMark(MarkKind.NO_CONTACT, at(9, 44)),
            DayMark(MarkKind.COMPLETED, at(10, 8), long),
            DayMark(MarkKind.APPOINTMENT, at(11, 30), label=say("union")),
            DayMark(MarkKind.APPOINTMENT, at(19, 30), label=say("union")),
        ),
    )


def live_state(**changes: object) -> CallBarState:
    """The call bar in a call; `changes` are fields of `CallBarState`."""
    plain: dict[str, object] = {
        "phase": Phase.LIVE,
        "lamp": Lamp.RECORDING,
        "clock": "04:17",
        "who": say("unit"),
        "who_note": say("person"),
        "saved": Saved.SERVER,
        "saved_note": "10:46:51",
        "me": say("me"),
        "today": say("today"),
    }
    return CallBarState(**(plain | changes))  # type: ignore[arg-type]


def call_bar(state: CallBarState, own: float = 0.62, other: float = 0.3) -> CallBar:
    """A call bar whose meters stand still."""
    bar = CallBar()
    bar.set_state(state)
    bar.set_feeds(lambda: own, lambda: other)
    bar._own.set_level(own)
    bar._other.set_level(other)
    return bar


def call_bars() -> list[QWidget]:
    """The bar in its states and faults."""
    return [
        call_bar(live_state()),
        call_bar(
            live_state(
                other_side=OtherSide.SILENT,
                silent_seconds=12,
                saved=Saved.LINE_DOWN,
                saved_note=_("line down, sent later"),
            ),
            other=0,
        ),
        call_bar(live_state(lamp=Lamp.LOST, practice=True, other_side=OtherSide.NOT_RECORDED), own=0),
        call_bar(live_state(phase=Phase.IDLE, lamp=Lamp.OFF, clock="", saved=Saved.ALL)),
        call_bar(live_state(phase=Phase.WRAP, lamp=Lamp.SEALED, clock="00:48", saved=Saved.PENDING), 0, 0),
    ]


def buttons() -> list[QWidget]:
    """A button in each look and state."""
    off = Button(say("dial"), "Enter", size=16, height=46, icon="phone")
    off.set_off(say("closed"))
    flag = Button(say("other"), "F6")
    flag.setCheckable(True)
    flag.setChecked(True)
    return [
        Button(say("dial"), "Enter", Kind.PRIMARY, 24, 76, icon="phone"),
        Button(say("dial"), "Enter", Kind.PRIMARY, 16, 46, icon="phone"),
        off,
        Button(say("other"), "F9", spread=True, width=176),
        Button(say("exclude"), "X", Kind.SELECTED, icon="refusal"),
        flag,
        Button(say("exclude"), "F10", Kind.DANGER),
    ]


def option_rows() -> list[QWidget]:
    """Dispositions: chosen, plain, off."""
    chosen = OptionRow("6", say("later"), say("as_agreed"), "calendar")
    chosen.set_selected(True)
    plain = OptionRow("1", say("nobody"), say("again"), "again")
    off = OptionRow("C", say("complete"), "", "dash")
    off.set_off(say("unasked"))
    return [chosen, plain, off]


def rail() -> Rail:
    """Three answers given, the fourth item asked."""
    levels, items = say("levels").split("|"), say("items").split("|")
    given = [f"1 {levels[0]}", f"2 {levels[1]}", f"2 {levels[1]}", None, None]
    rows = [
        RailRow(str(place + 1), title, answer, answer is not None)
        for place, (title, answer) in enumerate(zip(items, given, strict=True))
    ]
    made = Rail()
    made.set_rows(rows, now=3)
    return made


def bound_keys(window: QWidget, mode: Mode = Mode.QUESTION) -> Keys:
    """Keys with every action bound to nothing, so that the whole bar shows."""
    keys = Keys(window)
    for action in ACTIONS:
        keys.bind(action.name, lambda *_key: None)
    keys.set_mode(mode)
    keys.set_flag("prompted", True)
    return keys


def bars() -> QWidget:
    """The bars of every operator screen in their states, at 1366 × 768."""
    page = Page()
    line, wide = DayLine(), DayBoard()
    line.set_day(day_picture(), 12, 20)
    wide.set_day(day_picture(), "9:00–20:30")
    page.setLayout(column(*call_bars(), None, wide, line, KeyBar(bound_keys(page)), gap=6))
    return page


def parts() -> QWidget:
    """Buttons, caps, outlines, tags, tiles, list and rows, at 1366 × 768."""
    page = Page()
    steps = Steps()
    steps.set_progress(10, 4)
    tiles = [Tile(str(n + 1), text) for n, text in enumerate(say("levels").split("|"))]
    tiles[1].set_given(True)
    caps = [KeyCap("1", 20), KeyCap("0", 14), *map(KeyCap, ("F2", "Enter", "Alt+Left", "PgUp PgDn"))]
    tags = [
        Tag(say("enough"), "ok", "ok_s", "tick", None, 13),
        Tag(say("mine"), "accent", "sheet", "calendar", "accent", 13),
        Tag(say("other"), "stop", "stop_s", "microphone", None, 13),
    ]
    made = buttons()
    side = Surface(column(rail(), margins=8), "panel", width=292)
    left = column(
        row(*made[:3], None, gap=12),
        row(*made[3:5], None, gap=12),
        row(*made[5:], None, gap=12),
        row(*caps, steps, None),
        row(*tags, None),
        Text((say("nobody"), "  ", Strong(say("unit"), "accent")), 18),
        gap=10,
    )
    field = LineField(say("person"))
    field.setText(say("person"))
    notes = NotesField(say("nobody"))
    notes.setPlainText(say("nobody"))
    options = Surface(column(*option_rows(), gap=0, margins=6))
    page.setLayout(
        column(
            row(*(Icon(name, "ink2", 18) for name in OUTLINES), None, gap=8),
            row((left, 1), side, gap=12),
            row((options, 1), (column(field, notes), 1), gap=12),
            row(*((tile, 1) for tile in tiles), gap=10),
            gap=10,
            margins=16,
        )
    )
    return page
