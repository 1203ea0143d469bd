"""The draw's ceremony by keys: commit, reveal, public value, check, and giving it up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import func, select, update

from cati.base.clock import VirtualClock
from cati.domain.draws import commitment
from cati.domain.users import Role
from cati.gui.action import Mode
from cati.gui.draws.page import DrawsPage
from cati.gui.office.question import Question
from cati.services import programmes, users
from cati.store import tables
from cati.store.engine import Database
from tests.gui.fits import clipped
from tests.gui.officials import Official
from tests.gui.operators import LOGIN, PASSWORD
from tests.services.fieldwork import all_lists
from tests.services.test_representatives import KINDS, numbers, roster, with_rosters

pytestmark = pytest.mark.usefixtures("look")
Key = Qt.Key
Sit = Callable[..., Official]


@pytest.fixture
def room(qtbot: Any, sqlite_url: str, tmp_path: Path, clock: VirtualClock) -> Iterator[Sit]:
    """Seats somebody before a programme whose lists are in and nothing is drawn."""
    database = Database(sqlite_url)
    ctx, _key = users.init(database, clock, login=LOGIN, name="王丽", password=PASSWORD, station="12")
    all_lists(ctx, programmes.store_programme(ctx, with_rosters()))
    database.close()
    seated: list[Official] = []

    def sit_down(*roles: Role) -> Official:
        file = Path(sqlite_url.removeprefix("sqlite:///"))
        somebody = Official(qtbot, file, tmp_path, clock, frozenset(roles) or None)
        seated.append(somebody)
        somebody.sit_down()
        somebody.settled()
        somebody.go(4)
        somebody.settled()
        return somebody

    yield sit_down
    for somebody in seated:
        somebody.stand_up()


def fill(somebody: Official, *texts: str) -> None:
    """Type into one field after the other, and confirm."""
    for place, text in enumerate(texts):
        somebody.type(text)
        if place < len(texts) - 1:
            somebody.press(Key.Key_Tab)
    somebody.press(Key.Key_Return)
    somebody.settled()
    somebody.settled()
    somebody.settled()


def page(somebody: Official) -> DrawsPage:
    assert isinstance(somebody.here, DrawsPage)
    return somebody.here


def commit(somebody: Official) -> None:
    somebody.press(Key.Key_Return)
    brought = commitment("committee", "116354265413")
    fill(somebody, "bureau", "928471305662", "committee", brought, "", "", "index")


def test_a_whole_ceremony_by_keys_and_the_check_on_the_spot(room: Sit, tongue: str) -> None:
    somebody = room()
    commit(somebody)
    found = page(somebody)._found
    assert found is not None
    assert (found.state, found.waiting) == ("committed", ("bureau", "committee"))
    assert next(party.commit for party in found.parties) == commitment("bureau", "928471305662")
    for part in ("928471305662", "116354265413"):
        somebody.press(Key.Key_Return)
        fill(somebody, part)
    somebody.press(Key.Key_Return)
    fill(somebody, "2830.53")
    found = page(somebody)._found
    assert found is not None
    assert found.state == "held"
    assert set(found.order) == {f"{unit}/{group}" for unit in ("u1", "u2") for group in ("managed", "served")}
    assert "verify_draw" in somebody.words()
    somebody.press(Key.Key_V)
    somebody.wait(lambda: str(page(somebody)._folder()) in page(somebody)._files.words())
    assert {file.name for file in page(somebody)._folder().iterdir()} == {"certificate.json", "frame.csv"}


def in_force(somebody: Official, holds: bool) -> None:
    """Let the list of the last cell be there, or not yet."""
    with somebody.ctx.database.write() as connection:
        listed = select(func.max(tables.frames.c.id)).where(tables.frames.c.unit_id.is_not(None))
        last = update(tables.frames).where(tables.frames.c.id == listed.scalar_subquery())
        connection.execute(last.values(current=holds))
    page(somebody).refresh()
    somebody.settled()


def test_a_cell_without_a_list_is_named_before_the_draw_and_drawn_when_its_list_comes(
    room: Sit,
) -> None:
    somebody = room()
    in_force(somebody, False)
    somebody.press(Key.Key_Return)
    (question,) = page(somebody).findChildren(Question)
    assert question.accessibleName() == "1 cell has no list"
    assert "服务对象：区总工会" in somebody.words()
    somebody.press(Key.Key_Return)
    brought = commitment("committee", "116354265413")
    fill(somebody, "bureau", "928471305662", "committee", brought, "", "", "index")
    reveal(somebody)
    found = page(somebody)._found
    assert found is not None
    assert (found.state, found.order["u2/served"], found.count) == ("held", (), 1)
    in_force(somebody, True)
    assert "1 lists came later" in somebody.words()
    somebody.press(Key.Key_L)
    somebody.settled()
    commit(somebody)
    reveal(somebody)
    found = page(somebody)._found
    assert found is not None
    assert (found.state, found.number, list(found.order)) == ("held", 1, ["u2/served"])
    somebody.press(Key.Key_V)
    somebody.wait(lambda: str(page(somebody)._folder() / "later-1") in page(somebody)._files.words())
    somebody.press(Key.Key_L)
    somebody.settled()
    found = page(somebody)._found
    assert found is not None
    assert (found.number, len(found.order)) == (0, 4)


def reveal(somebody: Official) -> None:
    """Tell both parts and the public value."""
    for part in ("928471305662", "116354265413", "2830.53"):
        somebody.press(Key.Key_Return)
        fill(somebody, part)


def test_two_parties_of_one_name_are_refused_and_what_was_typed_stays(room: Sit) -> None:
    somebody = room()
    somebody.press(Key.Key_Return)
    (question,) = page(somebody).findChildren(Question)
    for _round in range(20):
        somebody.press(Key.Key_Tab)
        assert question.isAncestorOf(somebody.shell.focusWidget())
    somebody.press(Key.Key_Escape)
    somebody.press(Key.Key_Return)
    fill(somebody, "bureau", "1", "bureau", "2", "committee", "3", "index")
    assert "bureau" in somebody.words()
    assert somebody.keys_mode() is Mode.ASK
    found = page(somebody)._found
    assert found is not None
    assert found.state == "none"


def test_a_part_that_was_not_committed_to_is_refused_and_may_be_typed_again(room: Sit) -> None:
    somebody = room()
    commit(somebody)
    somebody.press(Key.Key_Return)
    fill(somebody, "1")
    assert somebody.keys_mode() is Mode.ASK
    found = page(somebody)._found
    assert found is not None
    assert len(found.waiting) == 2
    somebody.press(Key.Key_Escape)
    assert somebody.keys_mode() is Mode.DRAWS


def test_a_party_that_does_not_reveal_voids_the_draw_with_a_reason(room: Sit) -> None:
    somebody = room()
    commit(somebody)
    somebody.press(Key.Key_Delete, held=Qt.KeyboardModifier.ControlModifier)
    somebody.type("committee did not reveal")
    somebody.press(Key.Key_Return, held=Qt.KeyboardModifier.ControlModifier)
    for _turn in range(3):
        somebody.settled()
    found = page(somebody)._found
    assert found is not None
    assert (found.state, found.voided) == ("none", 1)


def test_arrows_go_from_cell_to_cell_of_a_draw_that_was_held(official: Sit) -> None:
    somebody = official()
    somebody.go(4)
    somebody.settled()
    first = page(somebody)._cell_name.words()
    somebody.press(Key.Key_Right)
    second = page(somebody)._cell_name.words()
    somebody.press(Key.Key_Left, Key.Key_Left)
    last = page(somebody)._cell_name.words()
    assert len({first, second, last}) == 3


def test_projection_leaves_only_the_ceremony_and_ends_with_the_place(official: Sit) -> None:
    somebody = official()
    somebody.go(4)
    somebody.press(Key.Key_F11)
    assert not somebody.frame.nav.isVisible()
    somebody.go(5)
    assert somebody.frame.nav.isVisible()


def test_an_observer_looks_and_has_no_step_to_do(room: Sit) -> None:
    somebody = room(Role.OBSERVER)
    offered = {offer.action.name for offer in somebody.shell.keys.offers()}
    assert "draw_cell" in offered
    assert not offered & {"draw_next", "draw_void", "draw_check"}
    assert not page(somebody).button.isVisible()


def test_nothing_on_the_screen_tells_whose_ticket_it_is(official: Sit) -> None:
    somebody = official()
    somebody.go(4)
    somebody.settled()
    found = page(somebody)._found
    assert found is not None
    entries = next(iter(found.order.values()))
    shown = page(somebody).order
    assert [line.ticket for line in shown._above[:2]] == [
        found.ticket(next(iter(found.order)), entry) for entry in entries[:2]
    ]
    assert not any(entry in somebody.words() for entry in entries)


def test_representatives_are_taken_drawn_and_followed_by_keys(room: Sit, tmp_path: Path) -> None:
    somebody = room()
    draws = page(somebody)
    somebody.press(Key.Key_R)
    somebody.settled()
    view = draws.rosters
    assert somebody.keys_mode() is Mode.ROSTERS
    assert not draws._ceremony.isVisible()
    files = [roster(tmp_path / f"{code}.xlsx", *numbers(n)) for n, code in enumerate(KINDS, start=1)]
    somebody.press(Key.Key_O)
    fill(somebody, str(files[0]))
    somebody.press(Key.Key_N)
    somebody.press(Key.Key_O)
    fill(somebody, str(files[0]))
    assert "was taken as the roster 党代表 already" in somebody.words()
    somebody.press(Key.Key_Escape)
    for file in files[1:]:
        somebody.press(Key.Key_O)
        fill(somebody, str(file))
        somebody.press(Key.Key_N)
    assert "6 people handed in, 6 foreseen; 2 of them are drawn" in somebody.words()
    for name in ("roster_absent", "roster_write", "print"):
        assert not somebody.shell.keys.trigger(name)
    assert clipped(somebody.shell) == []
    somebody.press(Key.Key_D)
    assert clipped(somebody.shell) == []
    fill(somebody, "bureau", "928471305662", "bureau", "116354265413", "", "", "2830.53")
    assert "The party bureau is named twice" in somebody.words()
    somebody.press(Key.Key_Escape)
    somebody.press(Key.Key_D)
    fill(somebody, "bureau", "928471305662", "committee", "116354265413", "", "", "2830.53")
    assert not somebody.shell.keys.trigger("roster_take")
    first: Any = view.table.current()
    assert (first.ticket, first.comes, len(view.table.rows.source)) == (1, True, 2)
    # Nobody's number is seen.
    assert "****" in (view.table.rows.cells(0) or ())[4].text
    somebody.press(Key.Key_A)
    fill(somebody, "ill")
    assert "Ticket 3 follows: " in somebody.words()
    assert [(one.ticket, one.comes) for one in view.table.rows.source.rows] == [  # type: ignore[attr-defined]
        (1, False), (2, True), (3, True),
    ]  # fmt: skip
    assert clipped(somebody.shell) == []
    somebody.press(Key.Key_A)
    assert "Choose somebody who is invited" in somebody.words()
    somebody.press(Key.Key_V)
    somebody.wait(lambda: "Computed again: the same order." in somebody.words())
    folder = draws._folder() / "representatives"
    assert {file.name for file in folder.iterdir()} == {"certificate.json", "frame.csv"}
    view._write(tmp_path / "call.xlsx", True)
    somebody.wait(lambda: "6 people; call.xlsx written." in somebody.words())
    somebody.press(Key.Key_Escape)
    assert somebody.keys_mode() is Mode.DRAWS
    assert draws._ceremony.isVisible()
    # What comes late, when somebody is elsewhere, puts no key of that place off.
    somebody.go("B")
    found, ceremony = view._found, draws._found
    assert found is not None
    assert ceremony is not None
    view._take(replace(found, held=False))
    draws._take(ceremony)
    [printing] = [offer for offer in somebody.shell.keys.offers() if offer.action.name == "print"]
    assert printing.reason == ""
