"""F1: keys and purpose of a screen, the manual at its chapter, and help that leaves a call alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QWidget

from cati.base.i18n import translate as _
from cati.domain.users import Role
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.manual import book
from cati.gui.manual.aside import CallHelpSheet
from cati.gui.manual.keys import CALLING
from cati.gui.manual.page import AIR, ChapterView
from cati.gui.manual.reader import Reader
from cati.gui.manual.topics import TOPICS
from tests.gui.fits import clipped
from tests.gui.looks import MIDDLE, SMALL
from tests.gui.officials import Official
from tests.gui.operators import Key, Operator, Seated

pytestmark = pytest.mark.usefixtures("look")
ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
Sit = Callable[..., Official]


def reader(somebody: Seated) -> Reader:
    found: object = somebody.shell._help.reader
    assert isinstance(found, Reader)
    return found


def read(somebody: Seated) -> str:
    """What stands in the reading pane, once the worker has brought it."""
    somebody.settled()
    somebody.settled()
    return reader(somebody).view.toPlainText().replace(AIR, " ")


def title(name: str, language: str = "en") -> str:
    return book.chapter(language, name).title


def test_help_says_what_a_screen_is_for_and_leads_to_its_chapter(official: Sit, tongue: str) -> None:
    somebody = official(Role.BUREAU)
    somebody.go(5)
    somebody.press(Key.Key_F1)
    assert _(TOPICS[Mode.QUOTAS].purpose) in somebody.words()
    somebody.press(Key.Key_F1)
    assert read(somebody).startswith(title("quotas", tongue))
    assert somebody.keys_mode() is Mode.MANUAL
    somebody.press(Key.Key_F1)
    assert somebody.keys_mode() is Mode.QUOTAS
    assert not reader(somebody).isVisible()


def test_the_manual_is_read_and_searched_by_keys(official: Sit) -> None:
    somebody = official(Role.BUREAU)
    somebody.press(Key.Key_F1, Key.Key_F1)
    assert read(somebody).startswith(title("overview"))
    view = reader(somebody).view
    somebody.press(Key.Key_Down, held=ALT)
    assert read(somebody).startswith(title("programme"))
    somebody.press(Key.Key_End)
    assert view.verticalScrollBar().value() == view.verticalScrollBar().maximum() > 0
    somebody.press(Key.Key_Home)
    assert view.verticalScrollBar().value() == 0
    somebody.press(Key.Key_Left, held=ALT)
    assert read(somebody).startswith(title("overview"))
    somebody.press(Key.Key_F4)
    somebody.type("authors")
    assert "found in one place" in somebody.words()
    somebody.press(Key.Key_Return)
    assert read(somebody).startswith(title("first-start"))
    assert view.textCursor().selectedText() == "authors"
    theme.use("dark", 1.25)
    somebody.wait(lambda: not view._later.isActive())
    assert view.textCursor().selectedText() == "authors"
    somebody.press(Key.Key_Escape)
    assert somebody.keys_mode() is Mode.MANUAL
    somebody.press(Key.Key_Escape)
    assert somebody.keys_mode() is Mode.OVERVIEW


def test_the_search_goes_round_both_ways_and_says_when_there_is_nothing(official: Sit) -> None:
    somebody = official(Role.BUREAU)
    somebody.press(Key.Key_F1, Key.Key_F1, Key.Key_F3)
    read(somebody)
    somebody.type("RR1")
    seen = []
    for held in (Qt.KeyboardModifier.NoModifier, SHIFT, SHIFT):
        somebody.press(Key.Key_F3, held=held)
        read(somebody)
        seen.append(reader(somebody)._here)
    assert set(seen) == {"field"}
    somebody.press(Key.Key_F4)
    somebody.type("no such word")
    assert "not found" in somebody.words()
    before = read(somebody)
    somebody.press(Key.Key_F3)
    assert read(somebody) == before


def test_a_link_and_a_click_on_the_contents_lead_to_chapters(qtbot, official: Sit) -> None:
    somebody = official(Role.BUREAU)
    somebody.press(Key.Key_F1, Key.Key_F1)
    read(somebody)
    reader(somebody).view.anchorClicked.emit("lists.md")
    assert read(somebody).startswith(title("lists"))
    contents = reader(somebody).contents
    qtbot.mouseClick(contents, Qt.MouseButton.LeftButton, pos=contents.box_of("draw").center().toPoint())
    assert read(somebody).startswith(title("draw"))


def test_the_manual_has_room_in_every_look(official: Sit, tongue: str) -> None:
    somebody = official(Role.BUREAU)
    somebody.press(Key.Key_F1, Key.Key_F1)
    read(somebody)
    for size, scale, mode in ((SMALL, 1.0, "light"), (SMALL, 1.25, "dark"), (MIDDLE, 2.0, "contrast")):
        theme.use(mode, scale)
        somebody.shell.resize(*size)
        assert clipped(reader(somebody)) == [], (scale, mode)


def on_screen(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), widget.rect().topLeft()), widget.size())


def help_beside(operator: Operator) -> CallHelpSheet | None:
    return operator.shell._help.beside.sheet


def test_during_a_call_help_covers_no_question_and_takes_no_key(operator: Operator) -> None:
    operator.connect()
    operator.screen()
    question = operator.console.question
    operator.press(Key.Key_F4)
    operator.press(Key.Key_F1)
    sheet = help_beside(operator)
    assert sheet is not None
    assert sheet.isVisible()
    assert operator.keys_mode() is Mode.QUESTION
    covered = on_screen(sheet)
    for kept in (question.script, question._paper, operator.console.bars.call, operator.console.bars.line):
        assert not covered.intersects(on_screen(kept))
    operator.press(Key.Key_1)
    assert operator.call.shown == "duties"
    operator.press(Key.Key_F1)
    operator.settled()
    assert sheet.chapter.toPlainText().startswith(title("questions"))
    assert clipped(operator.shell) == []
    bar = sheet.chapter.verticalScrollBar()
    operator.press(Key.Key_PageDown, held=SHIFT)
    assert bar.value() > 0
    operator.press(Key.Key_PageUp, held=SHIFT)
    assert bar.value() == 0
    operator.press(Key.Key_2)
    assert operator.call.shown == "service"
    operator.press(Key.Key_F1)
    assert help_beside(operator) is None


def test_help_beside_a_call_goes_when_another_screen_or_the_notes_come(operator: Operator) -> None:
    operator.connect()
    operator.screen()
    screen = operator.console.disposition
    operator.press(Key.Key_F1, Key.Key_F4)
    assert help_beside(operator) is None
    operator.press(Key.Key_Escape, Key.Key_F1)
    assert help_beside(operator) is not None
    operator.press(Key.Key_F10)
    operator.settled()
    assert help_beside(operator) is None
    operator.press(Key.Key_F1)
    sheet = help_beside(operator)
    assert sheet is not None
    assert not on_screen(sheet).intersects(on_screen(screen.sheet))
    operator.press(Key.Key_6)
    assert help_beside(operator) is None
    operator.press(Key.Key_F1)
    sheet = help_beside(operator)
    assert sheet is not None
    assert not on_screen(sheet).intersects(on_screen(screen.picker))


def test_every_screen_of_a_call_has_room_of_its_own_for_help(operator: Operator) -> None:
    rooms = {}
    for mode in CALLING:
        operator.shell.keys.set_mode(mode)
        rooms[mode] = operator.console.help_room()
    assert [mode for mode, room in rooms.items() if room is operator.console.dialling] == [Mode.DIALLING]


def test_what_comes_to_the_desk_puts_the_manual_away(operator: Operator) -> None:
    operator.press(Key.Key_F1, Key.Key_F1)
    assert read(operator).startswith(title("queue"))
    operator.shell.keys.set_mode(Mode.BREAK)
    assert not reader(operator).isVisible()


def test_every_chapter_is_set_without_marks_and_with_its_caps(qtbot, tongue: str) -> None:
    view = ChapterView("")
    qtbot.addWidget(view)
    view.resize(800, 600)
    view.show()
    for chapter in book.read(tongue):
        view.show_text(chapter.text, {})
        text = view.toPlainText()
        left = [mark for mark in ("**", "`", "|", "](") if mark in text]
        assert left == [], chapter.name
        assert len(view._caps) == len(list(view._boxes())), chapter.name
