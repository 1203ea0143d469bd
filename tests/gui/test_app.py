import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from PySide6.QtCore import QCoreApplication, Qt

from cati.base import i18n, logging
from cati.base.errors import CatiError
from cati.domain.users import DemoUser
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.app import use_language
from tests.gui.fingers import Fingers
from tests.gui.stations import MemoryStation
from tests.gui.windows import Place, Window

Key = Qt.Key
pytestmark = pytest.mark.usefixtures("look")


@pytest.fixture
def open_window(qtbot) -> Iterator[Callable[..., Window]]:
    made: list[Window] = []

    def open_it(station: MemoryStation, opener: Callable[[], MemoryStation] | None = None) -> Window:
        window = Window(station, opener)
        made.append(window)
        qtbot.addWidget(window.shell)
        window.shell.show()
        window.shell.activateWindow()
        qtbot.waitUntil(window.shell.isActiveWindow)
        return window

    yield open_it
    for window in made:
        window.shell.tasks.close()
    use_language("en")


def ready(qtbot, window: Window) -> Window:
    qtbot.waitUntil(lambda: window.page._door is not None and not window.page._form.waiting)
    return window


def press(
    qtbot, window: Window, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    qtbot.keyClick(window.shell.windowHandle(), key, held)


def enter(qtbot, window: Window, login: str, password: str) -> None:
    window.page._form.login.setText(login)
    window.page._form.password.setText(password)
    press(qtbot, window, Key.Key_Return)


def test_the_station_is_opened_after_the_first_paint_and_outside_the_window(qtbot, open_window) -> None:
    seen: list[str] = []
    station = MemoryStation({"li": "long password"})

    def opener() -> MemoryStation:
        seen.append(threading.current_thread().name)
        return station

    window = Window(station, opener)
    qtbot.addWidget(window.shell)
    window.shell.painted.connect(lambda: seen.append("painted"))
    assert seen == []
    window.shell.show()
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen == ["painted", "cati-statements"]
    window.shell.tasks.close()


def test_typing_may_begin_while_the_database_is_opened(qtbot, open_window) -> None:
    gate, station = threading.Event(), MemoryStation({"li": "long password"})

    def opener() -> MemoryStation:
        gate.wait()
        return station

    window = open_window(station, opener)
    assert "Opening the database" in window.words()
    qtbot.keyClicks(window.page._form.login, "li")
    qtbot.keyClicks(window.page._form.password, "long password")
    press(qtbot, window, Key.Key_Return)
    gate.set()
    ready(qtbot, window)
    press(qtbot, window, Key.Key_Return)
    qtbot.waitUntil(lambda: "work of li" in window.words())


def test_a_wrong_password_is_refused_in_place_and_may_be_typed_again(qtbot, open_window) -> None:
    window = ready(qtbot, open_window(MemoryStation({"li": "long password"})))
    enter(qtbot, window, "li", "wrong")
    qtbot.waitUntil(lambda: "Signing in was refused." in window.words())
    assert window.page._form.password.hasFocus()
    assert window.page._form.password.selectedText()
    enter(qtbot, window, "li", "long password")
    qtbot.waitUntil(lambda: "work of li" in window.words())
    assert window.station.log == ["sign in li", "sign in li"]


def test_who_is_at_work_elsewhere_is_told_and_takes_the_place_over_by_a_key_of_its_own(
    qtbot, open_window
) -> None:
    station = MemoryStation({"li": "long password", "wu": "long password"}, elsewhere={"li"})
    window = ready(qtbot, open_window(station))
    press(qtbot, window, Key.Key_F6)
    for _again in range(2):
        enter(qtbot, window, "li", "long password")
        qtbot.waitUntil(lambda: "You are signed in at PC-7." in window.words())
    # Of somebody else's place nothing was said.
    window.page._form.login.setText("wu")
    press(qtbot, window, Key.Key_F6)
    enter(qtbot, window, "li", "long password")
    qtbot.waitUntil(lambda: "Work here instead" in window.words())
    press(qtbot, window, Key.Key_F6)
    qtbot.waitUntil(lambda: "work of li" in window.words())
    assert window.station.log == ["sign in li"] * 4


def test_enter_goes_to_the_field_that_is_still_empty(qtbot, open_window) -> None:
    window = ready(qtbot, open_window(MemoryStation({"li": "long password"})))
    press(qtbot, window, Key.Key_Return)
    assert window.page._form.login.hasFocus()
    window.page._form.login.setText("li")
    press(qtbot, window, Key.Key_Return)
    assert window.page._form.password.hasFocus()
    assert window.station.log == []


def test_the_demonstration_shows_and_fills_in_its_user(qtbot, open_window) -> None:
    station = MemoryStation({"demo": "four plain words"}, DemoUser("demo", "four plain words"))
    window = ready(qtbot, open_window(station))
    assert "login demo, password four plain words" in window.words()
    press(qtbot, window, Key.Key_Return)
    qtbot.waitUntil(lambda: "work of demo" in window.words())


def test_a_station_that_cannot_be_opened_says_so_and_enter_tries_again(qtbot, open_window) -> None:
    station, tries = MemoryStation({"li": "long password"}), []

    def opener() -> MemoryStation:
        tries.append(1)
        if len(tries) == 1:
            raise CatiError("locked", "Another window uses this data folder. Close it.")
        return station

    window = open_window(station, opener)
    qtbot.waitUntil(lambda: "Another window uses this data folder." in window.words())
    assert "Try again, Enter" in window.words()
    press(qtbot, window, Key.Key_Return)
    ready(qtbot, window)
    assert len(tries) == 2


def test_f8_speaks_the_other_language_at_once_and_remembers_it(qtbot, open_window, monkeypatch) -> None:
    window = ready(qtbot, open_window(MemoryStation({"li": "long password"})))
    press(qtbot, window, Key.Key_F8)
    assert i18n.language() == "zh_CN"
    qtbot.waitUntil(lambda: window.remembered == {"language": "zh_CN"})
    # Qt's own texts change too.
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "取消"
    press(qtbot, window, Key.Key_F8)
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"
    qtbot.waitUntil(lambda: window.remembered == {"language": "en"})
    ready(qtbot, window)
    enter(qtbot, window, "li", "long password")
    qtbot.waitUntil(lambda: "work of li" in window.words())


def test_size_and_darkness_change_by_key_and_are_remembered(qtbot, open_window) -> None:
    window = open_window(MemoryStation({"li": "long password"}))
    # However fast the window is, a finger is slower: else its presses are those of a key held down.
    tap = partial(Fingers(window.shell.windowHandle()).tap, held=Qt.KeyboardModifier.ControlModifier)
    tap(Key.Key_Equal, Key.Key_D)
    assert theme.current() == theme.Theme("dark", 1.1)
    qtbot.waitUntil(lambda: window.remembered == {"theme": "dark", "scale": "110"})
    tap(Key.Key_Minus, Key.Key_D)
    assert theme.current() == theme.Theme("contrast", 1.0)
    tap(Key.Key_D)
    assert theme.current() == theme.Theme("light", 1.0)
    tap(*[Key.Key_Equal] * 12)
    assert theme.current() == theme.Theme("light", 2.0)


def signed_in(qtbot, open_window) -> Window:
    window = ready(qtbot, open_window(MemoryStation({"li": "long password"})))
    enter(qtbot, window, "li", "long password")
    qtbot.waitUntil(lambda: "work of li" in window.words())
    return window


def test_clocking_out_leads_back_to_sign_in(qtbot, open_window) -> None:
    window = signed_in(qtbot, open_window)
    assert not window.keys.trigger("language")
    window.shell.leave("The end of your day is kept here.")
    ready(qtbot, window)
    assert window.page._form.login.text() == ""
    assert "kept here" in window.words()
    enter(qtbot, window, "li", "long password")
    qtbot.waitUntil(lambda: "work of li" in window.words())
    # It was said to whoever left.
    assert "kept here" not in window.words()


def test_the_window_stays_open_while_the_place_of_work_needs_it(qtbot, open_window) -> None:
    window = signed_in(qtbot, open_window)
    place = window.shell._place
    assert isinstance(place, Place)
    place.reason = "A call is going on. End it first."
    assert not window.shell.close()
    assert "A call is going on." in window.words()
    press(qtbot, window, Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert "A call is going on." not in window.words()
    place.reason = ""
    assert window.shell.close()
    assert window.station.log[-1] == "close"


def test_a_fault_of_the_program_is_shown_with_its_reference(
    qtbot, open_window, expect_log: Callable[[str], None]
) -> None:
    expect_log("ZeroDivisionError")
    window = ready(qtbot, open_window(MemoryStation({"li": "long password"})))
    try:
        _ = 1 // 0
    except ZeroDivisionError as error:
        reference = logging.fault("test", error)
    thread = threading.Thread(target=window.shell.show_fault, args=(reference,))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: reference in window.words())


def test_f1_lists_the_keys_of_the_mode_and_keeps_them_from_acting(qtbot, open_window) -> None:
    window = signed_in(qtbot, open_window)
    answers: list[str] = []
    window.keys.bind("answer", answers.append)
    window.keys.bind("end_call", lambda: answers.append("end"))
    window.keys.set_off("end_call", "nobody is on the line")
    window.keys.set_mode(Mode.QUESTION)
    window.shell.setFocus()
    press(qtbot, window, Key.Key_F1)
    listed = window.words()
    assert "End call — nobody is on the line" in listed
    assert "Answer" in listed
    assert "Dial" not in listed
    press(qtbot, window, Key.Key_1)
    assert answers == []
    press(qtbot, window, Key.Key_Escape)
    assert not window.shell._help.overlay.isVisible()
    press(qtbot, window, Key.Key_1)
    assert window.keys.mode is Mode.QUESTION
    assert answers == ["1"]


def test_what_is_missing_is_named_and_the_words_go_once_something_is_typed(qtbot, open_window) -> None:
    window = ready(qtbot, open_window(MemoryStation({"li": "long password"})))
    press(qtbot, window, Key.Key_Return)
    assert "Fill in “Login”." in window.words()
    qtbot.keyClicks(window.page._form.login, "li")
    assert "Fill in" not in window.words()
    press(qtbot, window, Key.Key_Return)
    assert "Fill in “Password”." in window.words()


def test_another_language_keeps_a_login_that_was_typed(qtbot, open_window) -> None:
    window = ready(qtbot, open_window(MemoryStation({"li": "long password"})))
    window.page._form.login.setText("li")
    window.page._form.password.setText("long password")
    press(qtbot, window, Key.Key_F8)
    ready(qtbot, window)
    press(qtbot, window, Key.Key_Return)
    qtbot.waitUntil(lambda: "work of li" in window.words())


def test_the_demonstration_stays_explained_in_the_other_language(qtbot, open_window) -> None:
    station = MemoryStation({"demo": "four plain words"}, DemoUser("demo", "four plain words"))
    window = ready(qtbot, open_window(station))
    press(qtbot, window, Key.Key_F8)
    press(qtbot, window, Key.Key_F8)
    ready(qtbot, window)
    assert "login demo, password four plain words" in window.words()
