"""Copying a programme to next year and retiring one, by keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices

from cati.domain.users import Role
from cati.gui.action import Mode
from cati.gui.office.question import Question
from cati.gui.programmes.page import ProgrammesPage
from cati.services import audit, programmes, retiring
from tests.gui.looks import SMALL, Look, lacking
from tests.gui.officials import Official
from tests.gui.test_printing import name_file
from tests.gui.tour import Stop

pytestmark = pytest.mark.usefixtures("look")
Key, Control = Qt.Key, Qt.KeyboardModifier.ControlModifier
Sit = Callable[..., Official]
LOOKS = (Look(SMALL, 1.0), Look(SMALL, 1.25, "dark", may_scroll=True))


def page(somebody: Official) -> ProgrammesPage:
    somebody.go(2)
    somebody.settled()
    assert isinstance(somebody.here, ProgrammesPage)
    return somebody.here


def offered(somebody: Official) -> set[str]:
    return {offer.action.name for offer in somebody.shell.keys.offers()}


def test_a_programme_is_copied_with_other_days_and_taken_in_hand(official: Sit) -> None:
    somebody = official()
    page(somebody)
    old = programmes.get(somebody.ctx).programme
    somebody.press(Key.Key_C)
    assert somebody.keys_mode() is Mode.ASK
    somebody.press(Key.Key_A, held=Control)
    somebody.type(old.code)
    somebody.press(Key.Key_Return)
    somebody.settled()
    assert somebody.keys_mode() is Mode.ASK, "there is one of that code"
    somebody.press(Key.Key_A, held=Control)
    somebody.type("next")
    somebody.press(Key.Key_Tab)
    somebody.press(Key.Key_A, held=Control)
    somebody.type("Next year's")
    somebody.press(Key.Key_Return)
    somebody.settled()
    somebody.wait(lambda: somebody.keys_mode() is Mode.PROGRAMMES)
    new = programmes.get(somebody.ctx, "next")
    assert new.programme.title == "Next year's"
    start = old.settings.fieldwork_start
    assert start is not None
    assert new.programme.settings.fieldwork_start == date(start.year + 1, start.month, start.day)
    assert somebody.frame.office.programme == new
    assert new.state == "setup"
    assert "next" in somebody.frame.notice.words
    assert somebody.frame.notice._well


def test_an_open_programme_is_not_retired_and_who_only_looks_copies_nothing(official: Sit) -> None:
    somebody = official()
    page(somebody)
    assert "programme_copy" in offered(somebody)
    assert not offered(somebody) & {"programme_retire", "programme_certificate"}
    observer = official(Role.OBSERVER)
    place = page(observer)
    assert not offered(observer) & {"programme_copy", "programme_retire"}
    assert not place._years.copying.isVisible()


@pytest.fixture
def ended(official: Sit) -> Official:
    """Somebody before a programme whose fieldwork is closed."""
    somebody = official()
    loaded = programmes.close_fieldwork(somebody.ctx, programmes.get(somebody.ctx).programme.code)
    somebody.frame.office.take(loaded)
    return somebody


def test_a_closed_programme_is_retired_by_its_code_and_the_certificate_printed(
    ended: Official, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: True)
    code = programmes.get(ended.ctx).programme.code
    page(ended)
    contacts = retiring.foresee(ended.ctx, code).contacts
    ended.press(Key.Key_Delete, held=Control)
    ended.settled()
    assert ended.keys_mode() is Mode.ASK
    assert f"{contacts:,}" in ended.words()
    ended.type("something else")
    ended.press(Key.Key_Return)
    assert programmes.get(ended.ctx).state == "closed"
    ended.press(Key.Key_Return, held=Control)
    question = ended.here.findChild(Question)
    assert isinstance(question, Question)
    ended.wait(lambda: not question.form.waiting)
    assert programmes.get(ended.ctx).state == "closed"
    ended.press(Key.Key_A, held=Control)
    ended.type(code)
    ended.fingers.now += 2000
    ended.press(Key.Key_Return, held=Control)
    ended.wait(lambda: programmes.get(ended.ctx).state == "retired")
    ended.wait(lambda: str(ended._data / "certificates" / f"{code}-retired.json") in ended.words())
    ended.press(Key.Key_Return)
    ended.settled()
    name_file(ended, qtbot, tmp_path / "retired.pdf")
    ended.wait(lambda: (tmp_path / "retired.pdf").exists() and ended.keys_mode() is Mode.ASK)
    ended.press(Key.Key_Escape)
    assert "programme_certificate" in offered(ended)
    assert "programme_retire" not in offered(ended)
    (noted,) = [entry for entry in audit.newest(ended.ctx) if entry.action == "print"]
    assert noted.detail["what"] == "retirement"


def screens(somebody: Official) -> Iterator[Stop]:
    """A closed programme, and both questions."""
    page(somebody)
    yield "closed", somebody.shell
    somebody.press(Key.Key_C)
    yield "copy", somebody.shell
    somebody.press(Key.Key_Escape)
    somebody.press(Key.Key_Delete, held=Control)
    somebody.settled()
    yield "retire", somebody.shell


def test_both_questions_have_room_for_all_they_say(ended: Official, tongue: str) -> None:
    title = programmes.get(ended.ctx).programme.title
    found = lacking(screens(ended), LOOKS)
    assert [lack for lack in found if title not in str(lack)] == []
