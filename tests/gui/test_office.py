"""The office's frame: who finds which places, and how keys lead from one to another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt

from cati.domain.users import Role
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.actions import ACTIONS
from cati.gui.office.directory import PLACES
from cati.gui.office.nav import Nav, NavLine
from cati.services import messages
from cati.store import messages as store
from tests.gui.officials import Official

pytestmark = pytest.mark.usefixtures("look")
Sit = Callable[..., Official]


def test_every_place_has_a_key_of_its_own() -> None:
    digits = [kind.digit for kind in PLACES]
    assert len(set(digits)) == len(digits)
    assert all(len(digit) == 1 and digit.isalnum() for digit in digits)


@pytest.mark.parametrize("mode", list(Mode))
def test_no_key_means_two_things_in_one_mode(mode: Mode) -> None:
    taken: dict[str, list[str]] = {}
    for action in ACTIONS:
        if mode in action.modes:
            for key in action.keys:
                taken.setdefault(key, []).append(action.name)
    assert {key: names for key, names in taken.items() if len(names) > 1} == {}


def test_control_and_a_digit_lead_to_every_place(official: Sit, tongue: str) -> None:
    somebody = official()
    for kind in PLACES:
        place = somebody.go(kind.digit)
        assert place.mode is kind.mode
        assert somebody.keys_mode() is kind.mode


def test_what_a_place_learns_after_it_was_left_opens_no_window(official: Sit) -> None:
    somebody = official()
    for kind in PLACES:
        somebody.press(Qt.Key(ord(kind.digit)), held=Qt.KeyboardModifier.ControlModifier)
    somebody.settled()
    assert somebody.shell.isActiveWindow()
    for kind in PLACES:
        for mark in somebody.go(kind.digit).marks():
            assert mark.window() is somebody.shell


def test_an_observer_finds_only_what_observers_may_see(official: Sit) -> None:
    somebody = official(Role.OBSERVER)
    allowed = {kind.mode for kind in PLACES if any(somebody.ctx.actor.may(right) for right in kind.rights)}
    for kind in PLACES:
        assert (somebody.go(kind.digit).mode is kind.mode) == (kind.mode in allowed)


def test_whoever_decides_sees_anywhere_that_messages_wait(official: Sit) -> None:
    somebody = official(Role.OPERATOR, Role.SUPERVISOR)
    somebody.settled()
    loaded = somebody.frame.office.programme
    assert loaded is not None
    somebody.go(1)
    messages.send(somebody.ctx, loaded, messages.Kind.HELP, "the headset is broken")
    somebody.station.told("messages", loaded.id)
    somebody.wait(
        lambda: [line.title for line in somebody.frame.nav._lines if line.waiting == 1] == ["Field"]
    )
    with somebody.ctx.database.read() as connection:
        (waiting,) = store.waiting(connection, loaded.id)
    messages.settle(somebody.ctx, loaded, waiting.id, "another one is on its way")
    somebody.station.told("messages", loaded.id)
    somebody.wait(lambda: not any(line.waiting for line in somebody.frame.nav._lines))


def test_signing_out_leads_back_to_the_first_screen(official: Sit) -> None:
    somebody = official()
    somebody.press(Qt.Key.Key_Q, held=Qt.KeyboardModifier.ControlModifier)
    assert somebody.shell._place is None
    assert somebody.keys_mode() is Mode.SIGN_IN


@pytest.mark.parametrize("height", [690, 558, 492])
def test_places_stay_apart_where_letters_are_large_and_the_rest_gives_way(qtbot: Any, height: int) -> None:
    theme.use("contrast", 2.0)
    nav = Nav()
    qtbot.addWidget(nav)
    nav.set_programme("2023年度三亚市崖州区综合绩效考核社会评价", "yazhou-2023", "Ctrl G")
    nav.set_lines([NavLine(kind.digit, kind.title) for kind in PLACES])
    nav.set_on("1")
    nav.resize(nav.width(), height)
    nav.grab()
    assert not nav.shortened
    digits: list[str] = []
    nav.chosen.connect(digits.append)
    # Each is as high as its letters at least.
    for y in range(nav._top() + 3, height, theme.px(15)):
        qtbot.mouseClick(nav, Qt.MouseButton.LeftButton, pos=QPoint(theme.px(40), y))
    assert list(dict.fromkeys(digits)) == [kind.digit for kind in PLACES]
    assert nav._step() >= theme.px(15)
