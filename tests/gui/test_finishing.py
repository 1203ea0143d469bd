"""The guide behind the first user, by keys: sound, programme, and going on where it was left."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from cati.base import settings
from cati.base.clock import VirtualClock
from cati.gui.action import Mode
from cati.gui.app import use_language
from cati.gui.guide.finishing import Finishing
from cati.gui.guide.programme import ProgrammeSheet
from cati.services import programmes, setting_up, users
from cati.store.engine import Database
from tests.gui.booths import QuietBooth
from tests.gui.fits import clipped
from tests.gui.looks import MIDDLE, SMALL, Look, lacking
from tests.gui.stations import MemoryStation
from tests.gui.windows import Window

Key = Qt.Key
PASSWORD = "four plain words"
LOOKS = (
    Look(SMALL, 1.0),
    Look(SMALL, 1.25, "dark"),
    Look(SMALL, 2.0, "contrast", may_scroll=True),
    Look(MIDDLE, 2.0),
)
pytestmark = pytest.mark.usefixtures("look")


class Founded(MemoryStation):
    """A station with its first user in a real database, and a booth without sound."""

    def __init__(self, database: Database, clock: VirtualClock, folder: Path) -> None:
        super().__init__({"li": PASSWORD})
        self._database, self._clock, self.booth = database, clock, QuietBooth()
        self.gate = threading.Event()
        self.gate.set()
        self.settings = settings.load({"data_folder": str(folder)}, {})
        self.ctx, _key = users.init(database, clock, login="li", name="李丽", password=PASSWORD, station="12")

    def sign_in(self, login: str, password: str, *, take_over: bool = False) -> Any:
        return self.ctx

    def unfinished(self, session: Any) -> tuple[str, ...]:
        return setting_up.unfinished(session)

    def sound_booth(self, on_sound: Callable[[Any], None]) -> Any:
        self.gate.wait()
        return self.booth

    def sign_out(self, session: Any) -> None:
        pass


@dataclass
class Person:
    """Somebody at a window on a founded station."""

    qtbot: Any
    station: Founded
    window: Window

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=20_000)

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            self.qtbot.keyClick(self.window.shell.windowHandle(), key)

    def type(self, text: str) -> None:
        self.qtbot.keyClicks(self.window.shell.focusWidget(), text)

    def reads(self, words: str) -> None:
        self.wait(lambda: self.says(words))

    def says(self, words: str) -> bool:
        return words in self.window.words()

    @property
    def guide(self) -> Finishing:
        guide = self.window.shell._guide
        assert isinstance(guide, Finishing)
        return guide

    def skip_sound(self) -> None:
        self.wait(lambda: self.window.keys.mode is Mode.SOUND)
        self.press(Key.Key_Escape)
        self.type("no headset yet")
        self.press(Key.Key_Return)
        self.wait(lambda: self.says("Which programme"))


@pytest.fixture
def founded(tmp_path: Path, _sqlite_template: Path, clock: VirtualClock) -> Iterator[Founded]:
    file = tmp_path / "cati.db"
    shutil.copyfile(_sqlite_template, file)
    database = Database(f"sqlite:///{file}")
    yield Founded(database, clock, tmp_path)
    database.close()


@pytest.fixture
def arrive(qtbot: Any, founded: Founded) -> Iterator[Callable[[], Person]]:
    """Opens a window and signs the first user in."""
    made: list[Person] = []

    def open_it() -> Person:
        person = Person(qtbot, founded, Window(founded, lambda: founded))
        made.append(person)
        shell = person.window.shell
        qtbot.addWidget(shell)
        shell.show()
        shell.activateWindow()
        qtbot.waitUntil(shell.isActiveWindow)
        person.wait(lambda: shell._station is not None)
        person.window.page._form.login.setText("li")
        person.window.page._form.password.setText(PASSWORD)
        person.press(Key.Key_Return)
        return person

    yield open_it
    for person in made:
        person.window.shell.close()
    use_language("en")


def test_sound_then_a_shipped_programme_with_what_its_document_leaves_open(
    arrive: Callable[[], Person], founded: Founded
) -> None:
    one = arrive()
    one.wait(lambda: one.window.keys.mode is Mode.SOUND and one.says("Webcam"))
    one.press(Key.Key_3)
    one.wait(lambda: founded.booth.device == "Webcam")
    for words in ("That was it", "I hear myself", "Let it beep again"):
        one.press(Key.Key_Return)
        one.reads(words)
    one.press(Key.Key_3)
    one.wait(lambda: one.says("Which programme"))
    one.wait(lambda: one.window.remembered == {"audio_device": "Webcam"})
    assert founded.booth.asked[-1] == "close"
    one.press(Key.Key_Return)
    one.wait(lambda: one.guide.settling.isVisible())
    assert one.says("left open")
    assert clipped(one.window.shell) == []
    one.press(Key.Key_Return)
    one.wait(lambda: one.says("work of"))
    assert programmes.get(founded.ctx).programme.code == "yazhou-2023"
    assert setting_up.unfinished(founded.ctx) == ()


def test_it_goes_on_at_the_first_open_step_and_later_ends_it(
    arrive: Callable[[], Person], founded: Founded
) -> None:
    assert setting_up.unfinished(founded.ctx) == ("sound", "programme")
    first = arrive()
    first.skip_sound()
    first.window.shell.close()
    again = arrive()
    again.wait(lambda: again.says("Which programme"))
    assert again.window.keys.mode is Mode.GUIDE
    # Those shipped, a workbook of one's own, later.
    again.press(Key(Key.Key_1 + len(programmes.shipped()) + 1), Key.Key_Return)
    again.wait(lambda: again.says("work of"))
    again.window.shell.close()
    third = arrive()
    third.wait(lambda: third.says("work of"))
    with pytest.raises(Exception, match="no programme"):
        programmes.get(founded.ctx)


def test_keys_pressed_while_the_sound_is_prepared_do_nothing(
    arrive: Callable[[], Person], founded: Founded
) -> None:
    founded.gate.clear()
    one = arrive()
    one.wait(lambda: one.window.shell._guide is not None)
    one.press(Key.Key_Return, Key.Key_1)
    founded.gate.set()
    one.wait(lambda: one.window.keys.mode is Mode.SOUND and one.says("Webcam"))
    assert founded.booth.asked == []


def test_a_workbook_that_is_none_is_refused_and_another_may_be_chosen(
    arrive: Callable[[], Person], tmp_path: Path
) -> None:
    one = arrive()
    one.skip_sound()
    no_workbook = tmp_path / "letter.xlsx"
    no_workbook.write_text("Dear colleagues")
    sheet = one.guide.sheet
    assert isinstance(sheet, ProgrammeSheet)
    sheet.picked.emit(no_workbook)
    one.wait(lambda: one.says("letter.xlsx") and not one.guide.sheet.waiting)
    one.press(Key.Key_1, Key.Key_Return)
    one.wait(lambda: one.guide.settling.isVisible())
    one.qtbot.keyClick(one.window.shell.windowHandle(), Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert one.says("Which programme")


@pytest.mark.usefixtures("tongue")
def test_nothing_is_cut(arrive: Callable[[], Person]) -> None:
    one = arrive()
    shell = one.window.shell
    one.wait(lambda: one.window.keys.mode is Mode.SOUND and one.says("Webcam"))
    assert list(lacking([("sound", shell)], LOOKS)) == []
    one.press(Key.Key_Escape)
    one.type("none")
    one.press(Key.Key_Return)
    one.wait(lambda: one.window.keys.mode is Mode.GUIDE)
    assert list(lacking([("programme", shell)], LOOKS)) == []
