"""The guide of a station without users, by real keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt

from cati.base import i18n
from cati.domain.users import DemoUser
from cati.gui import theme
from cati.gui.app import use_language
from cati.gui.guide.beginning import Beginning
from cati.gui.guide.rail import Step
from tests.gui.fingers import NOTHING
from tests.gui.stations import KEY, MemoryFounding, MemoryStation
from tests.gui.windows import Window

Key = Qt.Key
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
pytestmark = pytest.mark.usefixtures("look")
WHO = ("li", "Li", "long password", "long password")


class Guided:
    """Somebody at a window that guides, and what was founded."""

    def __init__(self, qtbot: Any, founding: MemoryFounding) -> None:
        self._qtbot, self.founding, self.station = qtbot, founding, founding.station
        self.window = Window(self.station, self._open)
        qtbot.addWidget(self.window.shell)
        self.window.shell.show()
        self.window.shell.activateWindow()
        qtbot.waitUntil(self.window.shell.isActiveWindow)
        self.wait(lambda: self.window.shell._station is not None or self.window.shell._guide is not None)

    def _open(self) -> MemoryStation | MemoryFounding:
        return self.station if self.station.users else self.founding

    @property
    def guide(self) -> Beginning:
        guide = self.window.shell._guide
        assert isinstance(guide, Beginning)
        return guide

    def stands_at(self, step: Step) -> bool:
        return self.guide._at.step is step

    def wait(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=10_000)

    def press(self, *keys: Qt.Key, held: Qt.KeyboardModifier = NOTHING) -> None:
        for key in keys:
            self._qtbot.keyClick(self.window.shell.windowHandle(), key, held)

    def type(self, text: str) -> None:
        self._qtbot.keyClicks(self.window.shell.focusWidget(), text)

    def type_user(self, *texts: str) -> None:
        for text in texts or WHO:
            self.type(text)
            self.press(Key.Key_Tab)
        self.press(Key.Key_Return)

    def reach_key(self) -> None:
        self.type_user()
        self.wait(lambda: self.guide.shown.isVisible())

    def says(self, words: str) -> bool:
        return words in self.window.words()


@pytest.fixture
def guided(qtbot: Any) -> Iterator[Callable[..., Guided]]:
    made: list[Guided] = []

    def lead(**facts: Any) -> Guided:
        station = facts.pop("station", None) or MemoryStation()
        made.append(Guided(qtbot, MemoryFounding(station, **facts)))
        return made[-1]

    yield lead
    for one in made:
        one.window.shell.tasks.close()
    use_language("en")


def test_the_whole_way_by_keys(guided) -> None:
    one = guided(language_chosen=False, folder_chosen=False)
    assert one.stands_at(Step.LANGUAGE)
    one.press(Key.Key_1)
    assert i18n.language() == "zh_CN"
    one.press(Key.Key_2)
    assert i18n.language() == "en"
    assert one.stands_at(Step.LANGUAGE)
    one.press(Key.Key_Return)
    assert one.stands_at(Step.FOLDER)
    one.wait(lambda: one.window.remembered.get("language") == "en")
    one.press(Key.Key_A, held=CTRL)
    one.type("/net/share")
    one.press(Key.Key_Return)
    one.wait(lambda: one.says("would lie on a network share"))
    assert one.stands_at(Step.FOLDER)
    one.press(Key.Key_A, held=CTRL)
    one.type("/data/bureau")
    one.press(Key.Key_Return)
    one.wait(lambda: one.stands_at(Step.USER))
    assert one.says("bureau")
    one.reach_key()
    assert one.says(KEY[:23].replace("-", " "))
    one.press(Key.Key_Return)
    assert one.guide.back.field.hasFocus()
    assert not one.says(KEY[:5])
    one.type("7k3qm")
    one.press(Key.Key_Return)
    one.wait(lambda: one.says("The recovery key is mistyped."))
    assert one.station.users == {}
    one.press(Key.Key_Left, held=ALT)
    assert one.guide.shown.isVisible()
    one.press(Key.Key_Return)
    one.press(Key.Key_A, held=CTRL)
    one.type(KEY.lower().replace("-", " "))
    one.press(Key.Key_Return)
    one.wait(lambda: one.says("work of li"))
    assert one.station.log == [
        "folder /net/share",
        "folder /data/bureau",
        "new key",
        f"create li Li {KEY}",
        "sign in li",
    ]


def test_it_begins_with_what_is_not_settled_and_goes_back_by_key(guided) -> None:
    assert guided(folder_chosen=False).stands_at(Step.FOLDER)
    one = guided()
    assert one.stands_at(Step.USER)
    one.press(Key.Key_Left, held=ALT)
    one.press(Key.Key_Left, held=ALT)
    assert one.stands_at(Step.LANGUAGE)
    assert "guide_back" not in [offer.action.name for offer in one.window.keys.offers()]


def test_a_folder_where_a_bureau_works_already_leads_to_sign_in(guided) -> None:
    one = guided(folder_chosen=False)
    one.station.users = {"wang": "long password"}
    one.press(Key.Key_Return)
    one.wait(lambda: one.window.shell._station is not None)
    assert one.window.page._form.isVisible()


def test_a_folder_set_by_the_environment_is_only_confirmed(guided) -> None:
    one = guided(folder_chosen=False, folder_given=True)
    assert one.says("set by CATI_DATA")
    assert not one.guide.folder.field.isEnabled()
    one.press(Key.Key_Return)
    one.wait(lambda: one.stands_at(Step.USER))


def test_from_the_demonstration_one_key_leads_to_the_guide_and_one_back(guided) -> None:
    station = MemoryStation({"demo": "four plain words"}, DemoUser("demo", "four plain words"))
    one = guided(station=station)
    assert one.says("To set up for real work press F9.")
    one.press(Key.Key_F9)
    one.wait(lambda: one.window.shell._guide is not None)
    one.press(Key.Key_Left, Key.Key_Left, held=ALT)
    one.wait(lambda: station.log[-1] == "give up" and one.window.shell._station is not None)
    one.press(Key.Key_F9)
    one.wait(lambda: one.window.shell._guide is not None)
    one.press(Key.Key_Return)
    one.wait(lambda: one.stands_at(Step.USER))
    one.reach_key()
    one.press(Key.Key_Return)
    one.type(KEY)
    one.press(Key.Key_Return)
    one.wait(lambda: one.says("work of li"))


def test_what_is_missing_or_differs_is_told_before_the_key_is_shown(guided) -> None:
    one = guided()
    one.press(Key.Key_Return)
    assert one.says("Fill in “Login”.")
    assert one.guide.who.login.hasFocus()
    one.type_user("li", "Li", "long password", "lang password")
    assert one.says("The two passwords differ.")
    assert one.guide.who.again.hasFocus()
    one.type("long password")
    assert not one.says("The two passwords differ.")
    one.guide.who.password.setText("short")
    one.guide.who.again.setText("short")
    one.press(Key.Key_Return)
    one.wait(lambda: one.says("fewer than 8 characters"))
    assert one.station.log == []


def test_another_language_keeps_what_was_typed_and_the_recovery_key_that_was_shown(guided) -> None:
    one = guided()
    one.reach_key()
    one.press(Key.Key_F8, Key.Key_F8)
    assert one.says(KEY[:23].replace("-", " "))
    one.press(Key.Key_Return)
    one.type(KEY)
    one.press(Key.Key_F8)
    assert one.window.shell.focusWidget() is one.guide.back.field
    one.press(Key.Key_Return)
    one.wait(lambda: one.says("work of li"))
    assert one.station.log == ["new key", f"create li Li {KEY}", "sign in li"]


@pytest.mark.parametrize("scale", [80, 100, 125])
def test_the_window_keeps_its_size(guided, scale: int) -> None:
    one = guided()
    theme.use("light", scale / 100)
    one.window.shell.resize(1366, 690)
    one.reach_key()
    one.press(Key.Key_Return)
    one.type("7k3qm")
    one.press(Key.Key_Return)
    one.wait(lambda: one.says("The recovery key is mistyped."))
    one.press(Key.Key_Left, held=ALT)
    assert (one.window.shell.width(), one.window.shell.height()) == (1366, 690)
