"""The system: users, copies and examination, audit log, by real keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from cati.domain.clearances import pledge_of
from cati.domain.findings import Finding, Health
from cati.domain.users import Role
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.system.care import CareTab
from cati.gui.system.log import AuditTab
from cati.gui.system.page import TABS, SystemPage
from cati.gui.system.users import UsersTab
from cati.gui.widgets.fields import LineField
from cati.services import audit, clearances, keys, programmes, sessions, users
from cati.station import soundcheck
from tests.gui.fits import Clip, clipped
from tests.gui.officials import Official

pytestmark = pytest.mark.usefixtures("look")
Sit = Callable[..., Official]
Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier
PASSWORD = "a long enough phrase"


@pytest.fixture(autouse=True)
def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """The microphone has tests of its own."""
    none = Finding("microphone", Health.LOOK, "no_microphone", "No microphone was found.", "Plug one in.")
    monkeypatch.setattr(soundcheck, "microphone", lambda _chosen: none)


def page(somebody: Official) -> SystemPage:
    found = somebody.go(0)
    assert isinstance(found, SystemPage)
    somebody.settled()
    return found


def users_tab(somebody: Official) -> UsersTab:
    tab = page(somebody).here
    assert isinstance(tab, UsersTab)
    return tab


def care(somebody: Official) -> CareTab:
    here = page(somebody)
    somebody.press(Key.Key_F7)
    tab = here.here
    assert isinstance(tab, CareTab)
    somebody.wait(lambda: tab._job is None)
    somebody.settled()
    return tab


def log(somebody: Official) -> AuditTab:
    here = page(somebody)
    somebody.press(Key.Key_F7, held=SHIFT)
    somebody.settled()
    tab = here.here
    assert isinstance(tab, AuditTab)
    return tab


def field(somebody: Official) -> LineField:
    found = somebody.shell.focusWidget()
    assert isinstance(found, LineField)
    return found


def add(somebody: Official, *roles: Role) -> None:
    users.add_user(somebody.ctx, "li", "李雪", roles or (Role.OPERATOR,), PASSWORD)


def choose(somebody: Official, tab: UsersTab, login: str) -> None:
    place = [user.login for user in tab._users].index(login)
    tab.table.choose(place)


def roles_of(somebody: Official, login: str) -> frozenset[Role]:
    return next(user.roles for user in users.list_users(somebody.ctx) if user.login == login)


def test_a_user_is_added_by_keys_and_signs_in(official: Sit) -> None:
    somebody = official()
    tab = users_tab(somebody)
    somebody.press(Key.Key_A)
    assert somebody.keys_mode() is Mode.ASK
    somebody.type("li")
    somebody.press(Key.Key_Tab)
    somebody.type("Li Xue")
    for _nth in range(len(Role) + 1):
        somebody.press(Key.Key_Tab)
    somebody.type(PASSWORD)
    somebody.press(Key.Key_Tab)
    somebody.type("another phrase")
    somebody.press(Key.Key_Return)
    assert "The two passwords differ" in somebody.words()
    field(somebody).clear()
    somebody.type(PASSWORD)
    somebody.press(Key.Key_Return)
    somebody.settled()
    somebody.settled()
    assert somebody.keys_mode() is Mode.SYSTEM
    assert [user.login for user in tab._users] == ["li", "wang"]
    assert sessions.sign_in(somebody.database, somebody.clock, "li", PASSWORD, "2").actor.name == "Li Xue"


def test_roles_languages_and_state_are_changed(official: Sit) -> None:
    somebody = official()
    add(somebody)
    tab = users_tab(somebody)
    choose(somebody, tab, "li")
    somebody.press(Key.Key_R, Key.Key_Tab, Key.Key_Tab, Key.Key_Space, Key.Key_Return)
    somebody.settled()
    assert roles_of(somebody, "li") == {Role.OPERATOR, Role.SUPERVISOR}
    somebody.press(Key.Key_L)
    field(somebody).setText("海南话、黎语")
    somebody.press(Key.Key_Return)
    somebody.settled()
    somebody.settled()
    assert next(user for user in tab._users if user.login == "li").languages == ("海南话", "黎语")
    somebody.press(Key.Key_D, Key.Key_Return)
    somebody.settled()
    somebody.settled()
    assert "disabled" in [cell.text for cell in tab.table.rows.cells(0) or ()]
    somebody.press(Key.Key_D)
    somebody.settled()
    somebody.settled()
    assert "may sign in again, and 3 keys were granted" in somebody.words()
    assert "waits for keys" not in tab.summary()
    assert keys.missing(somebody.ctx) == ()


def test_an_experienced_operator_is_excused_from_the_practice_test(official: Sit) -> None:
    somebody = official()
    add(somebody)
    tab = users_tab(somebody)
    loaded = programmes.get(somebody.ctx)
    choose(somebody, tab, "li")
    assert "pledge not signed" in [cell.text for cell in tab.table.rows.cells(0) or ()]
    somebody.press(Key.Key_X, Key.Key_Return)
    assert "Fill in" in somebody.words()
    somebody.type("called for years")
    somebody.press(Key.Key_Return)
    somebody.settled()
    somebody.settled()
    found = {one.login: one.practice for one in clearances.listing(somebody.ctx, loaded)}
    assert found["li"] is not None
    assert found["li"].detail["reason"] == "called for years"
    operator = sessions.sign_in(somebody.database, somebody.clock, "li", PASSWORD, "2")
    clearances.sign(operator, loaded, pledge_of(loaded.programme), PASSWORD)
    tab.refresh()
    somebody.settled()
    assert "excused" in [cell.text for cell in tab.table.rows.cells(0) or ()]


def test_after_a_reset_the_keys_are_granted_anew(official: Sit) -> None:
    somebody = official()
    add(somebody)
    tab = users_tab(somebody)
    choose(somebody, tab, "li")
    somebody.press(Key.Key_P)
    somebody.type("a phrase never used")
    somebody.press(Key.Key_Tab)
    somebody.type("a phrase never used")
    somebody.press(Key.Key_Return)
    somebody.settled()
    somebody.settled()
    assert "Now grant the missing keys (G)" in somebody.words()
    assert tab._missing["li"] == 2
    somebody.press(Key.Key_G)
    somebody.settled()
    somebody.settled()
    assert tab._missing["li"] == 0
    assert sessions.sign_in(somebody.database, somebody.clock, "li", "a phrase never used", "2").keys.held()


def test_the_examination_says_what_to_do_and_a_copy_is_made(official: Sit, tmp_path: Path) -> None:
    somebody = official()
    tab = care(somebody)
    assert "Plug one in." in somebody.words()
    assert "have to be seen to" in tab.summary()
    assert "There is no copy of the database yet." in somebody.words()
    somebody.press(Key.Key_B)
    somebody.wait(lambda: tab._copying is None)
    somebody.settled()
    assert len(list((tmp_path / "backups").glob("*-daily-*.db"))) == 1
    assert "Newest copy: 2024-02-21 10:0" in tab._copies.words()


def test_a_copy_is_put_back_once_its_day_is_typed(official: Sit, tmp_path: Path) -> None:
    somebody = official()
    tab = care(somebody)
    somebody.press(Key.Key_Z)
    assert "There is no copy" in somebody.frame.notice.words
    somebody.press(Key.Key_B)
    somebody.wait(lambda: tab._copying is None)
    somebody.settled()
    (copy,) = (tmp_path / "backups").glob("*.db")
    somebody.press(Key.Key_Z)
    somebody.type("2024-02-20")
    somebody.press(Key.Key_Return, held=Qt.KeyboardModifier.ControlModifier)
    assert "Type 2024-02-21 to put this copy back." in somebody.words()
    field(somebody).clear()
    somebody.type("2024-02-21")
    whole = copy.read_bytes()
    copy.write_bytes(b"no database")
    somebody.press(Key.Key_Return, held=Qt.KeyboardModifier.ControlModifier)
    somebody.settled()
    assert "is damaged or no database" in somebody.words()
    copy.write_bytes(whole)
    somebody.press(Key.Key_Return, held=Qt.KeyboardModifier.ControlModifier)
    somebody.settled()
    assert somebody.station.log[-2:] == ["sign out wang", f"restore {copy.name}"]
    assert somebody.keys_mode() is Mode.SIGN_IN
    assert "aside.db" in somebody.words()
    assert "Sign in" in somebody.words()


def test_the_audit_log_is_shown_verified_and_its_head_kept(official: Sit, tmp_path: Path) -> None:
    somebody = official()
    somebody.clock.advance(60)
    add(somebody)
    tab = log(somebody)
    assert [cell.text for cell in tab.table.rows.cells(0) or ()][1:3] == ["wang", "Keys granted"]
    somebody.press(Key.Key_V)
    somebody.wait(lambda: tab._job is None)
    assert "The audit log is whole." in somebody.words()
    target = tmp_path / "heads.txt"
    somebody.press(Key.Key_H)
    field(somebody).setText(str(target))
    somebody.press(Key.Key_Return)
    somebody.settled()
    assert target.read_text("utf-8").startswith("2024-02-20=")
    somebody.wait(lambda: "by wang" in tab._noted.words())


def test_the_daily_head_is_copied_and_it_is_told_when_one_was_kept_last(official: Sit) -> None:
    somebody = official()
    tab = log(somebody)
    somebody.wait(lambda: tab._head is not None)
    assert "No head was kept outside yet" in tab._noted.words()
    somebody.press(Key.Key_C)
    somebody.wait(lambda: "Last head noted on 2024-02-21" in tab._noted.words())
    assert QGuiApplication.clipboard().text() == audit.head(somebody.ctx).line
    noted = audit.last_noted(somebody.ctx)
    assert noted is not None
    assert noted.day == audit.head(somebody.ctx).day
    somebody.clock.advance(9 * 24 * 3600)
    somebody.press(Key.Key_F5)
    somebody.wait(lambda: tab._noted._ink == "warn")
    assert audit.verify(somebody.ctx) is None


def test_who_looks_after_users_finds_the_system_and_an_observer_does_not(official: Sit) -> None:
    assert official(Role.ADMIN).go(0).mode is Mode.SYSTEM
    assert official(Role.OBSERVER).go(0).mode is not Mode.SYSTEM


def clipped_in_every_size(here: SystemPage) -> list[Clip]:
    found: list[Clip] = []
    for mode, scale in (("light", 0.8), ("light", 1.0), ("dark", 1.5)):
        theme.use(mode, scale)
        found += clipped(here)
    return found


@pytest.mark.usefixtures("tongue")
def test_nothing_is_clipped(official: Sit) -> None:
    somebody = official()
    add(somebody)
    here = page(somebody)
    assert clipped_in_every_size(here) == []
    for key in (Key.Key_A, Key.Key_R, Key.Key_L, Key.Key_P, Key.Key_D, Key.Key_O):
        choose(somebody, users_tab(somebody), "li")
        somebody.press(key)
        assert clipped_in_every_size(here) == []
        somebody.press(Key.Key_Escape)
    tab = care(somebody)
    somebody.press(Key.Key_B)
    somebody.wait(lambda: tab._copying is None)
    somebody.settled()
    assert clipped_in_every_size(here) == []
    somebody.press(Key.Key_Z)
    assert clipped_in_every_size(here) == []
    somebody.press(Key.Key_Escape, Key.Key_F7)
    somebody.settled()
    somebody.press(Key.Key_E)
    assert clipped_in_every_size(here) == []
    somebody.press(Key.Key_Escape, Key.Key_F7)
    somebody.settled()
    assert clipped_in_every_size(here) == []
    assert here.tabs.code == TABS[-1][0]
