"""A walk through every place of the office: all its tabs, and whatever its keys bring up."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog

from cati.domain.users import Role
from cati.gui.action import Action, Mode
from cati.gui.actions import BY_NAME
from cati.gui.field.page import TABS as FIELD_TABS
from cati.gui.office.directory import PLACES
from cati.gui.system.page import TABS as SYSTEM_TABS
from tests.gui import seasons
from tests.gui.officials import Official
from tests.gui.stalls import own_work
from tests.gui.tour import HELD, Key, Stop

Sit = Callable[..., Official]

TABS = {"field_tab": len(FIELD_TABS), "system_tab": len(SYSTEM_TABS), "programme_sheet": 3}
"""What leads from one tab to the next, and how many are looked at."""
# They lead away, or do the same everywhere.
SKIPPED = frozenset({"sign_out", "place", "larger", "smaller", "dark", "scroll", "office_place", "dismiss"})
# They hand a file or a page to the desktop.
DESKTOP = frozenset({"print"})


def combination(key: str) -> QKeyCombination:
    """What is pressed for a key of the table."""
    return QKeySequence(key.replace("Enter", "Return"))[0]  # type: ignore[index] # the stub leaves it out


def press(somebody: Official, action: Action, nth: int = 0) -> None:
    """Press a key of an action."""
    keys = combination(action.keys[nth])
    somebody.press(keys.key(), held=keys.keyboardModifiers())
    somebody.settled()


def whole(official: Sit) -> Iterator[Stop]:
    """The office of a bureau in the middle of its fieldwork, and its scores when that is closed."""
    somebody = official(Role.BUREAU, Role.SUPERVISOR, Role.ADMIN)
    with own_work():
        seasons.interviewed(somebody.ctx)
        seasons.with_public_scores(somebody.ctx)
        seasons.with_late_lists(somebody.ctx)
        seasons.with_ballots_to_key(somebody.ctx)
    for kind in PLACES:
        yield from _place(somebody, kind.digit)
    somebody.go(8)
    press(somebody, BY_NAME["score_close"])
    press(somebody, BY_NAME["ask_irreversible"])
    somebody.wait(lambda: "score_sign" in {offer.action.name for offer in somebody.shell.keys.offers()})
    for digit in (1, 8):
        yield from _place(somebody, digit)


def _place(somebody: Official, digit: int | str) -> Iterator[Stop]:
    page = somebody.go(digit)
    name = page.mode.value
    yield name, somebody.shell
    offers = {offer.action.name: offer.action for offer in somebody.shell.keys.offers()}
    turn = next((offers[tab] for tab in TABS if tab in offers), None)
    for nth in range(TABS[turn.name] if turn else 1):
        yield from _keys(somebody, digit, f"{name} {nth + 1}")
        if turn is not None:
            press(somebody, turn)


def _keys(somebody: Official, digit: int | str, name: str) -> Iterator[Stop]:
    """What each key brings up; afterwards everything is as before."""
    keys = somebody.shell.keys
    mode = keys.mode
    for offer in keys.offers():
        action = offer.action
        if action.name in SKIPPED | DESKTOP | set(TABS) or offer.reason:
            continue
        press(somebody, action)
        yield f"{name}, {action.name}", somebody.shell
        _leave(somebody, digit, mode)


def _leave(somebody: Official, digit: int | str, mode: Mode) -> None:
    for dialog in somebody.shell.findChildren(QDialog):
        dialog.reject()
    for _turn in range(3):
        if somebody.shell.keys.mode is mode:
            return
        somebody.press(Key.Key_Escape)
        somebody.settled()
    if somebody.shell.keys.mode is not mode:
        somebody.press(Qt.Key(ord(str(digit))), held=HELD)
        somebody.settled()
