"""Every screen the window has, in both languages, at the sizes people use: nothing is cut or out of reach."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from cati.gui import theme
from cati.gui.widgets.layouts import Holder, column
from cati.gui.widgets.middle import Middle
from cati.gui.widgets.text import Name, Text
from tests.gui import tour
from tests.gui.fits import clipped, scrolled
from tests.gui.looks import MIDDLE, SMALL, Look, lacking
from tests.gui.operators import Key, Operator

LOOKS = (
    Look(SMALL, 1.0),
    Look(SMALL, 1.25, "dark"),
    Look(SMALL, 2.0, "contrast", may_scroll=True),
    Look(MIDDLE, 2.0),
)


@pytest.mark.long
@pytest.mark.usefixtures("look", "tongue")
def test_every_screen_has_room_for_all_it_says(qtbot, seat: Callable[[], Operator]) -> None:
    assert list(lacking(tour.whole(qtbot, seat), LOOKS)) == []


@pytest.fixture
def page(qtbot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(300, 200)
    return made


def put(label: QLabel, page: QWidget, *place: int) -> QLabel:
    label.setParent(page)
    label.setGeometry(*place)
    return label


@pytest.mark.usefixtures("look")
def test_the_proof_finds_a_text_without_room(page: QWidget) -> None:
    put(Text("no room for all of this", elide=True), page, 0, 0, 40, 20)
    put(QLabel("nor for this"), page, 0, 30, 20, 20)
    put(Text("nor for these many words on so few lines", wrap=True), page, 0, 60, 60, 30)
    page.show()
    assert [clip.how for clip in clipped(page)] == ["shortened", "cut", "cut"]


@pytest.mark.usefixtures("look")
def test_the_proof_finds_a_text_outside_of_what_holds_it(page: QWidget) -> None:
    put(QLabel("outside"), page, 280, 0, 90, 30)
    page.show()
    assert [clip.how for clip in clipped(page)] == ["beyond"]


@pytest.mark.usefixtures("look")
def test_the_proof_finds_texts_over_one_another(page: QWidget) -> None:
    put(QLabel("one"), page, 0, 0, 90, 30)
    put(QLabel("other"), page, 0, 20, 90, 30)
    page.show()
    assert [clip.how for clip in clipped(page)] == ["overlaps"]


@pytest.mark.usefixtures("look")
def test_the_proof_tells_what_scrolls(page: QWidget) -> None:
    middle = Middle()
    middle.addWidget(Holder(column(*(Text(f"line {nth}") for nth in range(20)))))
    page.setLayout(column(middle))
    page.show()
    assert [clip.how for clip in scrolled(page)] == ["scrolls"]
    assert clipped(page) == []
    page.resize(300, 900)
    assert scrolled(page) == []


@pytest.mark.usefixtures("look")
def test_a_name_takes_smaller_letters_and_then_a_second_line(page: QWidget) -> None:
    name = Name((18, 14))
    name.set_text("District Commission for Discipline Inspection")
    page.setLayout(column(name, None))
    page.resize(600, 200)
    page.show()
    seen = [(name.font().pixelSize(), name.wordWrap())]
    for width in (320, 200):
        page.resize(width, 200)
        assert clipped(page) == []
        seen.append((name.font().pixelSize(), name.wordWrap()))
    assert seen == [(18, False), (14, False), (14, True)]


@pytest.mark.usefixtures("look")
def test_what_has_no_room_is_scrolled_by_keys(seat: Callable[[], Operator]) -> None:
    operator = seat()
    operator.connect()
    middle = operator.console._stack
    keys = operator.shell.keys
    assert "scroll" not in [offer.action.name for offer in keys.offers()]
    for _step in range(10):
        operator.press(Key.Key_Equal, held=tour.HELD)
    clipped(operator.shell)
    assert "scroll" in [offer.action.name for offer in keys.offers()]
    bar = middle.verticalScrollBar()
    assert bar.value() == 0
    operator.press(Key.Key_PageDown, held=tour.HELD)
    assert bar.value() > 0
    operator.press(Key.Key_PageUp, held=tour.HELD)
    assert bar.value() == 0


@pytest.mark.usefixtures("look")
def test_what_is_written_in_or_chosen_is_scrolled_into_sight(seat: Callable[[], Operator]) -> None:
    operator = seat()
    theme.use("light", 2.0)
    operator.connect()
    operator.screen()
    middle, notes = operator.console._stack, operator.console.question.side.notes.field
    clipped(operator.shell)
    assert notes.visibleRegion().isEmpty()
    operator.press(Key.Key_F4)
    assert not notes.visibleRegion().isEmpty()
    operator.press(Key.Key_Escape, Key.Key_F10)
    operator.settled()
    clipped(operator.shell)
    assert middle.verticalScrollBar().value() == 0
    operator.press(Key.Key_6)
    assert not operator.console.disposition.picker.visibleRegion().isEmpty()
