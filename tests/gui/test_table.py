"""The table: rows at hand and pages of a long list, chosen and opened by keys, ordered, and read aloud."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cati.gui import theme
from cati.gui.widgets.rows import PAGE
from cati.gui.widgets.table import Cell, Column, Table
from tests.gui.fits import clipped

pytestmark = pytest.mark.usefixtures("look")
Key = Qt.Key

COLUMNS = (
    Column("number", "Number", 60, figure=True, sort=True, key=lambda row: row.number),
    Column("name", "Name", 120, grows=1, sort=True),
    Column("state", "State", 80),
    Column("extra", "Something long that can be left out", 300, gives_way=1),
)


class Line(NamedTuple):
    number: int
    name: str


def cells(line: Line) -> Sequence[Cell | str]:
    return (
        str(line.number),
        line.name,
        Cell("open", "ok", icon="tick", box="ok_s"),
        "far away" if line.number else "",
    )


LINES = [Line(3, "Zhao"), Line(20, "Chen"), Line(100, "Li")]


class Worker:
    """Keeps what it is asked until told to do it, as a slow database would."""

    def __init__(self) -> None:
        self.asked: list[tuple[Callable[[], Any], Callable[[Any], Any]]] = []
        self.done = 0

    def ask(self, _asker: QObject, work: Callable[[], Any], done: Callable[[Any], Any]) -> None:
        self.asked.append((work, done))

    def catch_up(self, window: QWidget) -> None:
        window.grab()
        while self.asked:
            work, done = self.asked.pop(0)
            self.done += 1
            done(work())
            window.grab()


@pytest.fixture
def window(qtbot) -> QWidget:
    made = QWidget()
    made.resize(700, 400)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


@pytest.fixture
def table(window: QWidget) -> Table:
    made = Table("Cases", COLUMNS, cells, row_name=lambda line: line.number, nothing="No case yet")
    layout = QVBoxLayout(window)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(made)
    made.setFocus()
    window.grab()
    return made


def shown(table: Table, column: int = 1) -> list[str]:
    return [str(table.rows.index(place, column).data()) for place in range(table.rows.rowCount())]


def test_enter_opens_the_row_that_arrows_chose(qtbot, table: Table) -> None:
    opened: list[Line] = []
    table.opened.connect(opened.append)
    table.show_rows(LINES)
    qtbot.keyClick(table, Key.Key_Down)
    qtbot.keyClick(table, Key.Key_Return)
    qtbot.keyClick(table, Key.Key_End)
    qtbot.keyClick(table, Key.Key_Return)
    qtbot.keyClick(table, Key.Key_Home)
    qtbot.keyClick(table, Key.Key_Enter)
    assert [line.number for line in opened] == [20, 100, 3]


def test_a_double_click_opens_a_row(qtbot, table: Table) -> None:
    opened: list[Line] = []
    table.opened.connect(opened.append)
    table.show_rows(LINES)
    at = table.visualRect(table.rows.index(2, 1)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert [line.number for line in opened] == [100]


def test_moving_by_action_stays_within_the_rows(table: Table) -> None:
    table.show_rows(LINES)
    for key, place in (("Up", 0), ("PgDown", 2), ("Down", 2), ("Home", 0), ("End", 2), ("PgUp", 0)):
        table.handlers()["table_move"](key)
        assert table.current_place() == place


def test_what_is_chosen_stays_chosen_when_rows_come_and_go(table: Table) -> None:
    told: list[Line | None] = []
    table.show_rows(LINES)
    assert table.choose_named(100)
    table.chosen.connect(told.append)
    table.show_rows([LINES[2], Line(1, "Wu"), LINES[0]])
    assert table.current() == LINES[2]
    table.show_rows([LINES[0]])
    assert table.current() == LINES[0]
    table.show_rows([])
    assert table.current() is None
    assert told[-1] is None
    assert not table.choose_named(3)


def test_a_click_on_a_heading_orders_the_rows_and_a_second_one_turns_them(qtbot, table: Table) -> None:
    table.show_rows(LINES)
    heads = table.horizontalHeader()

    def click(column: int) -> None:
        at = QPoint(heads.sectionViewportPosition(column) + 12, heads.height() // 2)
        qtbot.mouseClick(heads.viewport(), Qt.MouseButton.LeftButton, pos=at)

    click(1)
    assert shown(table) == ["Chen", "Li", "Zhao"]
    click(1)
    assert shown(table) == ["Zhao", "Li", "Chen"]
    click(0)
    assert shown(table, 0) == ["3", "20", "100"]
    click(2)
    assert table.order == ("number", False)


def test_keys_take_the_next_order_and_turn_it(table: Table) -> None:
    told: list[tuple[str, bool]] = []
    table.ordered.connect(lambda code, down: told.append((code, down)))
    table.show_rows(LINES)
    for action in ("table_order", "table_order", "table_turn", "table_order"):
        table.handlers()[action]()
    assert told == [("number", False), ("name", False), ("name", True), ("number", False)]


def test_a_million_rows_are_fetched_only_where_they_are_looked_at(table: Table, window: QWidget) -> None:
    worker, fetched = Worker(), []

    def fetch(ids: Sequence[int]) -> list[Line]:
        fetched.append((ids[0], len(ids)))
        return [Line(number, f"Person {number}") for number in ids]

    table.show_pages(array("q", range(1_000_000)), fetch, worker.ask)
    assert table.rows.rowCount() == 1_000_000
    assert table.current() is None
    worker.catch_up(window)
    assert table.current() == Line(0, "Person 0")
    table.walk("End")
    worker.catch_up(window)
    assert table.current() == Line(999_999, "Person 999999")
    last = 999_999 // PAGE * PAGE
    assert fetched == [(0, PAGE), (last, 1_000_000 - last)]


def test_a_long_scroll_fetches_only_where_it_ends(table: Table, window: QWidget) -> None:
    worker = Worker()
    table.show_pages(array("q", range(100_000)), lambda ids: [Line(n, str(n)) for n in ids], worker.ask)
    window.grab()
    for place in range(0, 90_000, 1_000):
        table.verticalScrollBar().setValue(place)
        window.grab()
    worker.catch_up(window)
    assert worker.done <= 4
    first = table.rowAt(0)
    assert table.rows.source.row(first) == Line(first, str(first))


def test_pages_that_come_after_the_list_was_changed_are_dropped(table: Table, window: QWidget, qtbot) -> None:
    worker = Worker()
    table.show_pages(array("q", [1, 2]), lambda ids: [Line(n, "old") for n in ids], worker.ask)
    window.grab()
    old = worker.asked.pop(0)
    table.show_pages(array("q", [2, 3]), lambda ids: [Line(n, "new") for n in ids], worker.ask)
    old[1](old[0]())
    worker.catch_up(window)
    assert shown(table) == ["new", "new"]


def test_a_row_that_is_gone_shows_as_being_read_and_cannot_be_opened(table: Table, window: QWidget) -> None:
    worker = Worker()
    opened: list[Line] = []
    table.opened.connect(opened.append)
    table.show_pages(array("q", [1, 2]), lambda ids: [None, Line(2, "here")], worker.ask)
    worker.catch_up(window)
    table.open_current()
    assert opened == []
    table.walk("Down")
    table.open_current()
    assert opened == [Line(2, "here")]


def test_a_screen_reader_hears_heading_and_text(table: Table) -> None:
    table.show_rows(LINES)
    role = Qt.ItemDataRole.AccessibleTextRole
    assert table.rows.index(1, 1).data(role) == "Name: Chen"
    assert table.accessibleName() == "Cases"


@pytest.mark.parametrize("scale", [0.8, 1.0, 1.5, 2.0])
def test_headings_are_whole_at_every_scale_and_long_columns_give_way(
    table: Table, window: QWidget, scale: float
) -> None:
    table.show_rows(LINES)
    theme.use("light", scale)
    window.grab()
    assert clipped(window) == []
    assert table.isColumnHidden(3) == (scale > 1)
    assert not table.isColumnHidden(1)
    assert table.horizontalHeader().length() <= table.viewport().width()


def test_rows_draw_together_before_any_is_hidden(table: Table, window: QWidget) -> None:
    def heights(count: int) -> int:
        table.show_rows([Line(nth, "name") for nth in range(count)])
        window.grab()
        return table.rowHeight(0)

    room = table.viewport().height()
    assert heights(3) > heights(room // 26) >= 24
    assert heights(500) * (room // heights(500)) > room - heights(500)


def test_a_table_that_was_not_read_yet_does_not_say_that_it_is_empty(table: Table) -> None:
    assert table.nothing == ""
    table.show_rows([])
    assert table.nothing == "No case yet"
    table.show_rows(LINES)
    assert table.nothing == ""


def test_the_chosen_row_has_a_ring_and_an_empty_table_says_why(table: Table, window: QWidget) -> None:
    table.show_rows(LINES)
    with_rows = table.viewport().grab().toImage()
    left = table.visualRect(table.rows.index(0, 0)).center().y()
    assert with_rows.pixelColor(0, left).name() == theme.LIGHT["accent"].lower()
    assert with_rows.pixelColor(30, left - 8).name() == theme.LIGHT["soft"].lower()
    table.show_rows([])
    words = table.viewport().grab().toImage()
    table.set_nothing("")
    assert words != table.viewport().grab().toImage()
