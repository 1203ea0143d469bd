from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.actions import ACTIONS, Keys
from cati.gui.console.telephone import LINE_KEYS
from cati.gui.widgets.answers import Rail, RailRow, Steps, Tile, halves
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.chooser import Chooser
from cati.gui.widgets.day import Day, DayLine, DayMark, DayPicture, MarkKind, clock_time
from cati.gui.widgets.fields import NotesField
from cati.gui.widgets.key_bar import KeyBar
from cati.gui.widgets.keycap import key_print
from cati.gui.widgets.layouts import column
from cati.gui.widgets.options import OptionRow
from cati.gui.widgets.segments import Segment
from cati.gui.widgets.text import Strong, Text
from tests.gui.board import bound_keys, day_picture

pytestmark = pytest.mark.usefixtures("look")


@pytest.fixture
def window(qtbot) -> QWidget:
    made = QWidget()
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made.resize(1366, 768)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def colours(widget: QWidget) -> set[str]:
    image = widget.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


@pytest.mark.parametrize(
    ("key", "printed"),
    [("Alt+Left", "Alt ←"), ("Ctrl+Q", "Ctrl Q"), ("F1", "F1"), ("Esc", "Esc"), ("+", "+")],
)
def test_a_key_is_printed_as_it_stands_on_the_keyboard(key: str, printed: str) -> None:
    assert key_print(key) == printed


def test_a_button_that_is_off_says_why(qtbot, window: QWidget) -> None:
    button = Button("Dial", "Enter", Kind.PRIMARY)
    button.setParent(window)
    width = button.sizeHint().width()
    button.set_off("may be called from 9:00")
    assert not button.isEnabled()
    assert button.accessibleName() == "Dial, Enter, may be called from 9:00"
    assert button.sizeHint().width() > width
    button.set_off("")
    assert button.isEnabled()
    assert button.accessibleName() == "Dial, Enter"
    assert button.sizeHint().width() == width


def test_a_button_shows_hover_and_focus(qtbot, window: QWidget) -> None:
    button = Button("Dial", "Enter")
    button.setParent(window)
    button.show()
    window.setFocus()
    button.resize(button.sizeHint())
    ring = theme.LIGHT["accent"].lower()
    assert ring not in colours(button)
    button.setFocus()
    assert ring in colours(button)


def test_tiles_are_equal_so_that_nothing_praises_or_blames(qtbot) -> None:
    tiles = [Tile("1", "满意"), Tile("4", "不满")]
    for tile in tiles:
        qtbot.addWidget(tile)
        tile.resize(220, 88)
    assert colours(tiles[0]) - {"#ffffff"} & colours(tiles[1]) - {"#ffffff"}
    assert {tile.sizeHint().toTuple() for tile in tiles} == {tiles[0].sizeHint().toTuple()}
    assert theme.LIGHT["accent"].lower() not in colours(tiles[0]) | colours(tiles[1])


def test_a_tile_takes_another_answer_and_gives_way(qtbot) -> None:
    tile = Tile("1", "Satisfied")
    qtbot.addWidget(tile)
    tile.set_answer("2", "Fairly satisfied")
    assert tile.accessibleName() == "Fairly satisfied, 2"
    tile.set_measure(70, 19)
    assert tile.sizeHint().height() == 70


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("满意比较满意", ("满意比", "较满意")),
        ("办事，很快", ("办事，", "很快")),
        ("很好办。事", ("很好", "办。事")),
        ("去过“一窗”大厅", ("去过“一", "窗”大厅")),
        ("不太满意（一般）。", ("不太满意", "（一般）。")),
        ("，，，，", ("，，，，", "")),
        ("Fairly satisfied", ("Fairly", "satisfied")),
        ("拨打12345热线", ("拨打", "12345热线")),
        ("Yes, in 2023 办过", ("Yes, in", "2023 办过")),
    ],
)
def test_no_stop_opens_a_line_of_a_tile_and_no_quote_ends_one(text: str, lines: tuple[str, str]) -> None:
    assert halves(text) == lines


@given(st.text("满意，。、“”（）ab 1", max_size=12))
def test_words_of_a_tile_lose_no_letter_and_open_no_line_with_a_stop(text: str) -> None:
    first, second = halves(text)
    assert (first + second).replace(" ", "") == text.replace(" ", "")
    assert not first or not second or second[0] not in "，。、”）"


def test_the_rail_shows_the_part_of_a_long_list_that_is_being_asked(qtbot) -> None:
    rail = Rail()
    qtbot.addWidget(rail)
    rows = [RailRow(str(n), f"item {n}", "1 yes" if n < 30 else None, True) for n in range(40)]
    rail.set_rows(rows, now=30)
    rail.resize(260, 200)
    assert 30 in rail._window(10)
    assert len(rail._window(10)) == 10
    assert rail._window(10)[-1] < 40
    rail.set_rows(rows, now=39)
    assert rail._window(10) == range(30, 40)
    assert "item 3 1 yes" in rail.accessibleDescription()


def test_steps_say_where_the_interview_is(qtbot) -> None:
    steps = Steps()
    qtbot.addWidget(steps)
    steps.set_progress(10, 4)
    assert steps.accessibleName() == "Item 4 of 10"
    assert {theme.LIGHT[token].lower() for token in ("ok", "accent", "edge")} <= colours(steps)


def test_a_row_says_what_follows_and_why_it_is_off(qtbot) -> None:
    row = OptionRow("C", "Interview complete", "the case is closed", "end")
    qtbot.addWidget(row)
    assert row.accessibleName() == "Interview complete, C, the case is closed"
    row.set_off("10 items are open")
    assert not row.isEnabled()
    assert row.accessibleName() == "Interview complete, C, 10 items are open"
    row.set_off("", "the case is closed")
    assert row.isEnabled()


def test_words_in_a_text_are_never_taken_for_markup(qtbot) -> None:
    text = Text(("<i>", Strong("a & b", "accent")))
    qtbot.addWidget(text)
    assert text.words() == "<i>a & b"
    assert "&lt;i&gt;" in text.text()
    plain = Text("<i>x</i>")
    qtbot.addWidget(plain)
    assert plain.textFormat() is Qt.TextFormat.PlainText


def test_a_text_keeps_its_font_when_it_moves_to_another_parent(qtbot, window: QWidget) -> None:
    text = Text("words")
    text.hide()
    text.set_ink("stop", bold=True)
    text.setParent(window)
    text.show()
    assert text.font().bold()
    assert text.palette().windowText().color() == theme.colour("stop")


def test_tab_leaves_the_notes(qtbot, window: QWidget) -> None:
    notes, after = NotesField("notes"), Button("next")
    for widget in (notes, after):
        widget.setParent(window)
        widget.show()
    notes.setFocus()
    qtbot.keyClick(notes, Qt.Key.Key_Tab)
    assert after.hasFocus()
    assert notes.toPlainText() == ""


def test_the_key_bar_shows_the_mode_in_force_and_clicks_act(qtbot, window: QWidget) -> None:
    keys = bound_keys(window, Mode.READY)
    done: list[str] = []
    keys.bind("break", lambda: done.append("break"))
    bar = KeyBar(keys)
    bar.setParent(window)
    bar.resize(1366, 44)
    bar.show()
    names = [button.text() for button in bar._buttons]
    assert names[:3] == ["Help", "Proof card", "Appointments"]
    assert "End call" not in names
    next(button for button in bar._buttons if button.text() == "Break").click()
    assert done == ["break"]
    keys.set_mode(Mode.QUESTION)
    assert [button.text() for button in bar._last] == ["End call"]
    assert bar._last[0].geometry().right() > 1300


def test_a_flag_shows_what_the_program_says_not_the_click(qtbot, window: QWidget) -> None:
    keys = bound_keys(window)
    bar = KeyBar(keys)
    bar.setParent(window)
    bar.show()
    flag = next(button for button in bar._buttons if button.text() == "Prompted")
    assert flag.isChecked()
    flag.click()
    assert flag.isChecked()
    keys.set_flag("prompted", False)
    assert not next(button for button in bar._buttons if button.text() == "Prompted").isChecked()


def test_a_narrow_key_bar_squeezes_before_it_takes_a_second_line(qtbot, window: QWidget) -> None:
    bar = KeyBar(bound_keys(window))
    bar.setParent(window)
    bar.resize(2000, 44)
    bar.set_note("microphone works", "microphone")
    bar.show()
    roomy = sum(button.width() for button in bar._order)
    for width in range(2000, 600, -4):
        bar.resize(width, 44)
        if sum(button.width() for button in bar._order) < roomy or bar.height() != 44:
            break
    assert sum(button.width() for button in bar._order) < roomy
    bar.grab()
    assert not any(button.shortened for button in bar._buttons)
    assert all(one.geometry().right() < bar.width() for one in bar._buttons)
    assert bar.height() == 44
    bar.resize(900, 44)
    bar.grab()
    assert bar.height() == 66
    assert not any(button.shortened for button in bar._buttons)
    assert all(one.geometry().right() < bar.width() for one in bar._buttons)


@pytest.mark.usefixtures("tongue")
@pytest.mark.parametrize(("scale", "telephone"), [(1.25, False), (1.0, True)])
def test_all_keys_of_a_question_have_room_on_one_line(qtbot, scale: float, telephone: bool) -> None:
    theme.use("light", scale)
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(1366, 690)
    keys = Keys(page)
    shown = [action.name for action in ACTIONS if Mode.QUESTION in action.modes]
    keys.bind_all({name: print for name in shown if telephone or name not in LINE_KEYS})
    keys.set_mode(Mode.QUESTION)
    bar = KeyBar(keys)
    page.setLayout(column(None, bar, gap=0))
    page.show()
    assert bar.height() == theme.px(44)
    bar.grab()
    assert not any(button.shortened for button in bar._buttons)


def test_the_day_is_drawn_to_scale(qtbot) -> None:
    day = Day(full=True)
    qtbot.addWidget(day)
    day.resize(1202, 66)
    day.set_day(day_picture())
    picture = day_picture()
    assert day._x(picture.start) == 1
    assert day._x(picture.end) == 1201
    middle = picture.start + (picture.end - picture.start) / 2
    assert day._x(middle) == pytest.approx(601)
    assert day._x(picture.start - timedelta(hours=3)) == 1
    image = day.grab().toImage()
    # 9:06 lies inside the first completed interview, 10:30 after all of them.
    assert image.pixelColor(round(day._x(datetime(2024, 2, 21, 9, 6))), 40).name() == "#0b665a"
    assert image.pixelColor(round(day._x(datetime(2024, 2, 21, 10, 30))), 40).name() != "#0b665a"
    assert day.accessibleDescription() == "completed 4, no contact 2, refusal 1, appointment 2"


def test_the_day_line_names_the_next_appointment_only(qtbot) -> None:
    line = DayLine()
    qtbot.addWidget(line)
    line.resize(1366, 34)
    line.set_day(day_picture(), 12, 20)
    assert line._count.words() == "today 12 / 20 completed"
    assert line._next.words() == "next appointment 11:30 Trade union"
    late = DayPicture(datetime(2024, 2, 21, 9), datetime(2024, 2, 21, 20), now=datetime(2024, 2, 21, 19))
    line.set_day(late, 0, None)
    assert line._count.words() == "today 0 completed"
    assert line._next.words() == "no appointment today"


def test_appointments_close_together_keep_their_flags_and_drop_words(qtbot) -> None:
    base = datetime(2024, 2, 21, 11)
    marks = [
        DayMark(MarkKind.APPOINTMENT, base + timedelta(minutes=n), label="unit") for n in range(0, 10, 5)
    ]
    day = Day(full=True)
    qtbot.addWidget(day)
    day.resize(900, 66)
    day.set_day(DayPicture(datetime(2024, 2, 21, 9), datetime(2024, 2, 21, 21), marks=marks))
    day.grab()
    assert day.shortened == set()


def test_clock_times_have_no_leading_zero() -> None:
    assert clock_time(datetime(2024, 2, 21, 9, 5)) == "9:05"


def test_a_chooser_keeps_what_was_chosen_while_it_exists(qtbot, window: QWidget) -> None:
    chooser = Chooser("Unit", [Segment("", "All units"), Segment("u1", "A"), Segment("u2", "B")])
    chooser.setParent(window)
    chooser.show()
    told: list[str] = []
    chooser.chosen.connect(told.append)
    chooser.setFocus()
    qtbot.keyClick(chooser, Qt.Key.Key_Down)
    qtbot.keyClick(chooser, Qt.Key.Key_Down)
    assert told == ["u1", "u2"]
    assert chooser.accessibleName() == "Unit: B"
    chooser.set_choices([Segment("", "All units"), Segment("u2", "B, renamed")])
    assert chooser.code == "u2"
    chooser.set_choices([Segment("", "All units")])
    assert chooser.code == ""
    assert told == ["u1", "u2"]


def rim(tile: Tile) -> str:
    """The colour of its outline, half-way down the left side."""
    tile.resize(200, 88)
    return tile.grab().toImage().pixelColor(1, 44).name()


def test_a_tile_the_pointer_rests_on_does_not_look_like_the_answer_given(qtbot) -> None:
    given, rested = Tile("1", "Satisfied"), Tile("2", "Fairly satisfied")
    for tile in (given, rested):
        qtbot.addWidget(tile)
    given.set_given(True)
    rested.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    assert rim(given) == theme.colour("accent").name()
    assert rim(rested) != rim(given)
