"""Ballots keyed with one hand, settled by a third look and taken, by real keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import delete

from cati.domain.names import channel_words
from cati.domain.representatives import Representative
from cati.domain.users import Actor, Role
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.ballots import asking
from cati.gui.ballots.page import BallotsPage
from cati.gui.ballots.paper import sign_in_parts
from cati.gui.office.question import Question
from cati.gui.printing.paper import Grid
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.table import Table
from cati.services import ballots, keying, programmes, sets, users
from cati.services.context import Context
from cati.services.guests import Guest
from cati.store import tables
from tests.gui.fits import clipped
from tests.gui.officials import Official
from tests.gui.operators import PASSWORD
from tests.services.cleared import cleared

pytestmark = pytest.mark.usefixtures("look")
Sit = Callable[..., Official]
Key = Qt.Key
PAD = {
    "*": Key.Key_Asterisk,
    "+": Key.Key_Plus,
    "-": Key.Key_Minus,
    ".": Key.Key_Period,
    "<": Key.Key_Backspace,
    "\n": Key.Key_Enter,
}


def pad(somebody: Official, keys: str) -> None:
    """Type on the number pad."""
    for key in keys:
        code = PAD[key] if key in PAD else Qt.Key(Key.Key_0 + int(key))
        somebody.press(code, held=Qt.KeyboardModifier.KeypadModifier)


def at(somebody: Official) -> BallotsPage:
    page = somebody.go("B")
    assert isinstance(page, BallotsPage)
    return page


def other(ctx: Context, login: str, *roles: Role) -> Context:
    made = users.add_user(ctx, login, login, roles, "long enough 1")
    actor = Actor(made.id, login, login, frozenset(roles), "2")
    return replace(ctx, actor=actor, session_id=f"s-{login}")


def answered(question: Question | None, field: LineField, text: str, somebody: Official) -> None:
    assert question is not None
    field.setFocus()
    field.clear()
    QTest.keyClicks(field, text)
    somebody.press(Key.Key_Return)
    somebody.settled()


def test_a_ballot_is_keyed_looked_at_again_and_taken(official: Sit) -> None:
    somebody = official(Role.BUREAU)
    page, ctx = at(somebody), somebody.ctx
    loaded = programmes.get(ctx)
    units, items = len(loaded.programme.units), len(loaded.programme.items)
    somebody.press(Key.Key_N)
    question = page.findChild(Question)
    assert question is not None
    [field] = question.findChildren(LineField)
    answered(question, field, "two", somebody)
    assert "is no number" in somebody.words()
    answered(question, field, "2", somebody)
    # Larger letters bring a second line of keys, which stays within the window.
    for scale in (1.5, 1.6, 1.0):
        theme.use("light", scale)
        somebody.shell.resize(1366, 690)
        assert clipped(somebody.shell) == []
    assert [one.keying.ballots for one in page.table.rows.source.rows] == [2]  # type: ignore[attr-defined]

    somebody.press(Key.Key_Return)
    assert somebody.keys_mode() is Mode.KEYING
    # What is typed before the ballot is there is not lost.
    pad(somebody, "12*.")
    somebody.settled()
    desk = page.desk
    assert desk.grid is not None
    assert desk.grid.cells[loaded.programme.units[0].code][:4] == ["satisfied", "fairly_satisfied", "*", "-"]
    assert desk.grid.at == (0, 4)
    assert clipped(somebody.shell) == []
    pad(somebody, "<<+")
    somebody.press(Key.Key_5)
    assert "5 is nothing here" in desk.told.text()
    pad(somebody, "1-3\n")
    assert f"{(units - 1) * items - 1} places are not keyed yet" in desk.told.text()
    assert somebody.keys_mode() is Mode.KEYING
    # Put down and taken in hand again, also through another place, it goes on where it was.
    somebody.press(Key.Key_Escape)
    somebody.settled()
    assert somebody.keys_mode() is Mode.BALLOTS
    somebody.press(Key.Key_Return)
    somebody.settled()
    somebody.go(8)
    at(somebody)
    # What was said of ballots that are all keyed does not stand above one that is open.
    nothing_left = "Nothing is left for you to key here."
    page.office.tell(nothing_left)
    assert nothing_left in somebody.words()
    somebody.press(Key.Key_Return)
    somebody.settled()
    assert nothing_left not in somebody.words()
    assert desk.grid is not None
    assert desk.grid.at == (1, 1)
    first = loaded.programme.units[0].code
    assert desk.grid.cells[first] == ["satisfied", "fairly_satisfied", *"-" * (items - 2)]
    pad(somebody, "+" * (units - 1) + "\n")
    somebody.settled()
    # Enter brought the next one.
    assert "2" in desk.number.text()
    pad(somebody, "+" * units + "\n")
    somebody.settled()
    assert somebody.keys_mode() is Mode.BALLOTS
    assert page.table.current().once == 2

    clerk = cleared(other(ctx, "li", Role.CLERK))
    for number in (1, 2):
        taken = keying.take_in_hand(clerk, loaded, page.table.current().keying.id)
        assert taken is not None
        assert taken.ballot == number
        blank = {unit.code: ("-",) * items for unit in loaded.programme.units}
        keying.finish(clerk, loaded, taken, blank)
    other(ctx, "chief", Role.SUPERVISOR)
    page.refresh()
    somebody.settled()
    assert [cell if isinstance(cell, str) else cell.text for cell in page.table.rows.cells(0) or ()][3:7] == [
        "2", "2", "3", "3",
    ]  # fmt: skip
    look(somebody, page)


def look(somebody: Official, page: BallotsPage) -> None:
    """Who keyed it is refused; a supervisor settles; then the bureau takes the set."""
    somebody.press(Key.Key_L)
    somebody.settled()
    question = page.findChild(Question)
    assert question is not None
    [paper], [table] = question.findChildren(LineField), question.findChildren(Table)
    answered(question, paper, "1", somebody)
    assert "keyed ballot 1 yourself" in somebody.words()
    assert clipped(somebody.shell) == []
    chief = users.list_users(somebody.ctx)
    [looker] = [user for user in chief if user.login == "chief"]
    page.office.session = replace(
        somebody.ctx, actor=Actor(looker.id, "chief", "chief", frozenset({Role.SUPERVISOR}), "2")
    )
    for text in ("1", "*", "-"):
        answered(question, paper, text, somebody)
    assert [cell.text for cell in table.rows.cells(1) or ()][-1] == "several ticks"
    somebody.press(Key.Key_Escape)
    page.office.session = somebody.ctx
    page.refresh()
    somebody.settled()
    somebody.press(Key.Key_T)
    somebody.press(Key.Key_Return)
    somebody.settled()
    loaded = programmes.get(somebody.ctx)
    [taken] = sets.taken(somebody.ctx, loaded, ballots.SETS)
    assert (taken.ballots, taken.channel) == (2, "public")
    assert f"2 ballots taken for {channel_words(loaded.programme, 'public')}, " in somebody.words()
    assert page.table.current().keying.set_id == taken.id


def sign(clerk: Official) -> None:
    """The first ballot opens once the pledge is signed with the own password, and the next ones at once."""
    clerk.press(Key.Key_F5)
    clerk.settled()
    clerk.press(Key.Key_Return)
    question = clerk.here.findChild(Question)
    assert question is not None
    assert "Pledge of confidentiality" in clerk.words()
    assert clipped(clerk.shell) == []
    [field] = question.findChildren(LineField)
    answered(question, field, "guessed wrong", clerk)
    assert "This is not your password" in clerk.words()
    answered(question, field, PASSWORD, clerk)
    assert clerk.keys_mode() is Mode.KEYING
    clerk.press(Key.Key_Escape)
    clerk.settled()
    clerk.press(Key.Key_Return)
    assert clerk.keys_mode() is Mode.KEYING
    clerk.press(Key.Key_Escape)
    clerk.settled()


def key_about_one(clerk: Official, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mailed questionnaire: the unit's number, Enter, its items, Enter; then the next paper."""
    monkeypatch.setattr(keying, "is_about_one", lambda _programme, _group: True)
    clerk.press(Key.Key_Return)
    pad(clerk, "\n")
    clerk.settled()
    page = clerk.here
    assert isinstance(page, BallotsPage)
    desk = page.desk
    assert desk.desk is not None
    assert desk.told.text() == "Type the number of the unit first."
    assert "Which unit is the paper about?" in clerk.words()
    assert clipped(clerk.shell) == []
    pad(clerk, "*")
    assert "nothing here (unit)" in desk.told.text()
    pad(clerk, "2")
    units, items = desk.desk.units, len(desk.desk.items)
    assert desk.where.text() == f"2  {units[1].name}"
    pad(clerk, "\n" + "1" * items + "\n2\n1")
    clerk.settled()
    assert "2" in desk.number.text()
    assert desk.grid is not None
    assert (desk.grid.at, desk.grid.value((1, 0))) == ((1, 1), desk.desk.items[0].answers["1"])
    clerk.press(Key.Key_Escape)
    clerk.settled()


def test_a_clerk_finds_ballots_alone_and_a_file_is_taken(
    official: Sit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = official(Role.CLERK)
    assert "print" not in {offer.action.name for offer in clerk.shell.keys.offers()}
    assert clerk.here.mode is Mode.BALLOTS
    assert [line.title for line in clerk.frame.nav._lines] == ["Ballots"]
    for key in (Key.Key_N, Key.Key_L, Key.Key_T, Key.Key_F, Key.Key_Return):
        clerk.press(key)
        assert clerk.keys_mode() is Mode.BALLOTS
    somebody = official(Role.BUREAU)
    page, ctx = at(somebody), somebody.ctx
    keying.open_keying(ctx, programmes.get(ctx), "public", 2)
    with ctx.database.write() as connection:
        connection.execute(delete(tables.clearances))
    sign(clerk)
    with monkeypatch.context() as patched:
        key_about_one(clerk, patched)
    assert "print" in {offer.action.name for offer in somebody.shell.keys.offers()}
    loaded = programmes.get(ctx)
    file = tmp_path / "keyed.csv"
    heading = ",".join(["票号", "单位", *(item.name for item in loaded.programme.items)])
    lines = [
        f"1,{unit.code}," + ",".join("1" for _item in loaded.programme.items)
        for unit in loaded.programme.units
    ]
    file.write_text("\n".join([heading, *lines]), "utf-8")
    somebody.press(Key.Key_F)
    question = page.findChild(Question)
    assert question is not None
    answered(question, question.findChildren(LineField)[0], str(file), somebody)
    assert [one.file for one in sets.taken(ctx, loaded, ballots.SETS)] == ["keyed.csv"]
    somebody.press(Key.Key_W)
    somebody.settled()
    [question] = [one for one in page.findChildren(Question) if one.isVisible()]
    answered(question, question.findChildren(LineField)[0], "wrong stack", somebody)
    assert [one.withdrawn_for for one in sets.taken(ctx, loaded, ballots.SETS)] == ["wrong stack"]
    somebody.press(Key.Key_E)
    [question] = [one for one in page.findChildren(Question) if one.isVisible()]
    assert clipped(somebody.shell) == []
    answered(question, question.findChildren(LineField)[0], "none", somebody)
    assert "is no number" in somebody.words()
    somebody.press(Key.Key_Escape)
    asking.write(page, loaded, "public", 3, tmp_path / "form.xlsx")
    somebody.wait(lambda: "form.xlsx written." in somebody.words())
    asking.write(page, loaded, "public", file, tmp_path / "differences.xlsx")
    somebody.wait(lambda: "0 differences; differences.xlsx written." in somebody.words())


def test_the_list_to_sign_has_a_page_for_each_roster_and_no_number() -> None:
    def guest(label: str, ticket: int, comes: bool = True) -> Guest:
        person = Representative(f"代表{ticket}", "区某局", "主任", "+8613900000001")
        return Guest(label, label, ticket, person, comes, "" if comes else "出差")

    parts = sign_in_parts([guest("党代表", 1, False), guest("党代表", 2), guest("政协委员", 1)])
    assert [part.under for part in parts] == ["党代表", "政协委员"]
    [grid] = parts[0].blocks
    assert isinstance(grid, Grid)
    assert list(grid.rows) == [("2", "代表2", "区某局", "主任", "")]
    assert "139" not in str(parts)
