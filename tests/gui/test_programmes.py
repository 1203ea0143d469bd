"""The programme in the office: looked at, loaded with what is open decided, walked through."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit
from sqlalchemy import func, select

from cati.base import paths
from cati.domain.users import Role
from cati.gui.action import Mode
from cati.gui.programmes.check import column_letter, column_number
from cati.gui.programmes.page import ProgrammesPage
from cati.gui.widgets.segments import Segment, Segments
from cati.services import programmes
from cati.store import tables
from tests.files.protected import protect
from tests.files.workbooks import Sheets, changed
from tests.gui.looks import SMALL, Look, lacking
from tests.gui.officials import Official
from tests.gui.tour import Stop

pytestmark = pytest.mark.usefixtures("look")
Sit = Callable[..., Official]
Key = Qt.Key
LOOKS = (Look(SMALL, 1.0), Look(SMALL, 1.25, "dark", may_scroll=True))


def page(somebody: Official) -> ProgrammesPage:
    place = somebody.go(2)
    assert isinstance(place, ProgrammesPage)
    return place


def shown(place: ProgrammesPage) -> object:
    return place._views.current()


def asked_now(place: ProgrammesPage) -> str | None:
    return place._preview.call.shown


def spoilt(sheets: Sheets) -> None:
    sheets["units"][2][1] = ""
    sheets["groups"][1][3] = "many"


def sound(_sheets: Sheets) -> None:
    """Nothing is changed."""


def name_file(somebody: Official, qtbot: Any, path: Path) -> None:
    """Name a file in the desktop's window and press Enter."""
    dialog: Any = somebody.shell.findChild(QFileDialog)
    somebody.wait(dialog.isVisible)
    field: Any = dialog.findChild(QLineEdit, "fileNameEdit")
    field.setText(str(path))
    qtbot.keyClick(field, Key.Key_Return)


def counts(somebody: Official) -> dict[str, int]:
    """Rows of every table."""
    with somebody.database.read() as connection:
        return {
            name: connection.scalar(select(func.count()).select_from(table)) or 0
            for name, table in tables.metadata.tables.items()
        }


def test_the_programme_in_hand_is_told_sheet_by_sheet(official: Sit, tongue: str) -> None:
    somebody = official()
    place = page(somebody)
    assert shown(place) is place._overview
    seen = []
    for _nth in range(6):
        seen.append((place._overview.code, len(place._overview.table.rows.source)))
        somebody.press(Key.Key_Right)
    programme = programmes.get(somebody.ctx).programme
    assert seen[:3] == [("units", len(programme.units)), ("groups", 2), ("items", len(programme.items))]
    assert [code for code, _rows in seen[3:]] == ["channels", "adjustments", "settings"]


def test_a_workbook_with_faults_shows_them_in_its_own_grid(official: Sit, qtbot: Any, tmp_path: Path) -> None:
    somebody = official()
    place = page(somebody)
    before = counts(somebody)
    somebody.press(Key.Key_O)
    name_file(somebody, qtbot, changed(tmp_path / "p.xlsx", spoilt))
    somebody.wait(lambda: shown(place) is place._faults)
    faults = place._faults
    places = set()
    for _nth in range(2):
        problem = faults.problems.current()
        cell = (faults.tabs.table.rows.cells(problem.row - 1) or ())[column_number(problem.column)]
        assert faults.tabs.code == problem.sheet
        assert faults.tabs.table.current_place() == problem.row - 1
        assert cell.icon == "warning"
        assert faults._message.words() == problem.message
        places.add(f"{problem.sheet}!{problem.column}{problem.row}")
        somebody.press(Key.Key_Down)
    assert places == {"units!B3", "groups!D2"}
    assert counts(somebody) == before
    somebody.press(Key.Key_Escape)
    assert shown(place) is place._overview


def test_a_protected_workbook_is_loaded_with_its_password(official: Sit, tmp_path: Path) -> None:
    somebody = official()
    place = page(somebody)
    path = protect(changed(tmp_path / "p.xlsx", sound), "word 3")
    place.look_at(path)
    somebody.wait(lambda: "Password of p.xlsx" in somebody.words())
    somebody.press(Key.Key_Escape)
    assert shown(place) is place._overview
    place.look_at(path)
    somebody.wait(lambda: place._unlocking.question is not None)
    somebody.type("Word 3")
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: "the password does not fit" in somebody.words())
    somebody.type("word 3")
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: shown(place) is place._settle)
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: shown(place) is place._overview)
    assert programmes.get(somebody.ctx, "tiny").programme.code == "tiny"
    assert place._unlocking.passwords == []


@pytest.mark.parametrize(("place", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_called_as_excel_calls_them(place: int, name: str) -> None:
    assert column_letter(place) == name
    assert column_number(name) == place + 1


def test_what_is_open_is_asked_and_what_was_written_holds(official: Sit, qtbot: Any, tmp_path: Path) -> None:
    somebody = official()
    place = page(somebody)
    somebody.press(Key.Key_O)
    name_file(somebody, qtbot, changed(tmp_path / "p.xlsx", sound))
    somebody.wait(lambda: shown(place) is place._settle)
    field, proposed = place._settle._fields["approval_number"]
    assert somebody.shell.focusWidget() is field
    assert field.text() == proposed == "无"
    field.selectAll()
    somebody.type("No 7 of 2024")
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: shown(place) is place._overview)
    loaded = programmes.get(somebody.ctx, "tiny")
    assert loaded.programme.settings.approval_number == "No 7 of 2024"
    assert set(loaded.programme.settings.assumed) == {"hotline"}
    assert somebody.frame.office.programme == loaded


def test_a_value_that_cannot_be_is_complained_of_and_the_form_stays(
    official: Sit, qtbot: Any, tmp_path: Path
) -> None:
    def ask_for_a_level(sheets: Sheets) -> None:
        sheets["programme"][4][1:] = [None, "90%", "水平？", "Level?"]

    somebody = official()
    place = page(somebody)
    place.look_at(changed(tmp_path / "p.xlsx", ask_for_a_level))
    somebody.wait(lambda: shown(place) is place._settle)
    field, _proposed = place._settle._fields["confidence_level"]
    field.setText("much")
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: "much" in place._settle._error.words())
    assert shown(place) is place._settle
    assert [one.programme.code for one in programmes.listing(somebody.ctx)] != ["tiny"]


def test_a_shipped_programme_is_taken_from_the_shelf(official: Sit, qtbot: Any, tmp_path: Path) -> None:
    somebody = official()
    place = page(somebody)
    somebody.press(Key.Key_B)
    somebody.settled()
    shelf = programmes.shipped()
    yazhou = next(number for number, path in enumerate(shelf) if path.stem == "yazhou-2023")
    somebody.press(*[Key.Key_Down] * yazhou)
    assert place._shelf.current() == shelf[yazhou]
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: shown(place) is place._settle)
    assert len(place._settle._fields) == 7
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: "form_id" in place._settle._error.words())
    assert shown(place) is place._settle, "lists hang on the one that is here"
    somebody.press(Key.Key_Escape)
    somebody.press(Key.Key_U)
    assert "Choose a workbook first" in somebody.frame.notice.words
    place.look_at(next(path for path in shelf if path.stem == "hechi-2023"))
    somebody.wait(lambda: shown(place) is place._faults)
    assert "11 units are named here, and there are to be 93" in somebody.words()
    units = tmp_path / "units.csv"
    units.write_text("单位,系列\n" + "".join(f"市第{n}局,市直\n" for n in range(82)), "gb18030")
    somebody.press(Key.Key_U)
    name_file(somebody, qtbot, units)
    somebody.wait(lambda: shown(place) is place._settle)
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: shown(place) is place._overview)
    assert len(programmes.get(somebody.ctx, "hechi-2023").programme.units) == 93


def test_a_blank_workbook_is_written_where_it_is_wanted(official: Sit, qtbot: Any, tmp_path: Path) -> None:
    somebody = official()
    page(somebody)
    target = tmp_path / "blank.xlsx"
    somebody.press(Key.Key_N)
    name_file(somebody, qtbot, target)
    somebody.wait(lambda: "blank.xlsx" in somebody.frame.notice.words)
    assert len(openpyxl.load_workbook(target).worksheets) > 5


def test_every_route_is_walked_with_the_keys_of_the_console_and_nothing_is_stored(
    official: Sit, tongue: str
) -> None:
    somebody = official()
    place = page(somebody)
    before = counts(somebody)
    somebody.press(Key.Key_P)
    assert somebody.keys_mode() is Mode.PREVIEW
    preview = place._preview
    asked = []
    while (name := asked_now(place)) is not None:
        assert name not in asked, "it goes on"
        asked.append(name)
        if programmes.get(somebody.ctx).programme.question(name).type == "text":
            place._preview.question.written.field.setPlainText("nothing")
            somebody.press(Key.Key_Return)
        else:
            somebody.press(Key.Key_3 if name == "rural" else Key.Key_1)
        if asked_now(place) == name:
            somebody.press(Key.Key_Return)
    items = [item.name for item in programmes.get(somebody.ctx).programme.items]
    assert [name for name in asked if name in items] == items
    outcome = preview.call.outcome
    assert outcome is not None
    assert outcome.state == "complete"
    somebody.press(Key.Key_Return)
    assert asked_now(place) == asked[0], "Enter begins anew"
    somebody.press(Key.Key_2)
    assert asked_now(place) not in asked, "another answer leads another way"
    somebody.press(Key.Key_Left, held=Qt.KeyboardModifier.AltModifier)
    assert asked_now(place) == asked[0]
    somebody.press(Key.Key_Escape)
    assert somebody.keys_mode() is Mode.PROGRAMMES
    assert shown(place) is place._overview
    assert counts(somebody) == before


def test_the_preview_speaks_both_languages_and_knows_every_unit_and_group(official: Sit) -> None:
    somebody = official()
    place = page(somebody)
    somebody.press(Key.Key_P)
    preview = place._preview
    words = preview.question.script.words
    english = words()
    somebody.press(Key.Key_F8)
    chinese = words()
    assert english.isascii() or english != chinese
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
    somebody.press(Key.Key_F8)
    assert words() == english
    unit, group = preview.call.facts["unit_code"], preview.call.facts["group_code"]
    somebody.press(Key.Key_U, Key.Key_G)
    assert preview.call.facts["unit_code"] != unit
    assert preview.call.facts["group_code"] != group


def test_a_key_that_is_no_answer_is_told_in_the_preview(official: Sit) -> None:
    somebody = official()
    place = page(somebody)
    somebody.press(Key.Key_P)
    shown_first = place._preview.call.shown
    somebody.press(Key.Key_6)
    assert "6" in somebody.frame.notice.words
    assert place._preview.call.shown == shown_first


def test_a_workbook_can_be_walked_through_before_it_is_loaded(official: Sit, tmp_path: Path) -> None:
    somebody = official()
    place = page(somebody)
    place.look_at(changed(tmp_path / "p.xlsx", sound))
    somebody.wait(lambda: shown(place) is place._settle)
    place.setFocus()
    somebody.press(Key.Key_P)
    assert place._preview.call.shown == "adult"
    somebody.press(Key.Key_Escape)
    assert shown(place) is place._settle


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.OBSERVER])
def test_who_only_looks_can_walk_through_but_load_nothing(official: Sit, role: Role) -> None:
    somebody = official(role)
    place = page(somebody)
    somebody.press(Key.Key_O, Key.Key_B, Key.Key_N)
    somebody.settled()
    assert somebody.shell.findChild(QFileDialog) is None
    assert shown(place) is place._overview
    somebody.press(Key.Key_P)
    assert somebody.keys_mode() is Mode.PREVIEW


def test_a_file_that_is_no_workbook_is_refused_in_words(official: Sit, tmp_path: Path) -> None:
    somebody = official()
    place = page(somebody)
    path = tmp_path / "letter.xlsx"
    path.write_text("Dear clerk")
    place.look_at(path)
    somebody.wait(lambda: "letter.xlsx" in somebody.frame.notice.words)
    assert shown(place) is place._overview


def screens(somebody: Official, tmp_path: Path) -> Iterator[Stop]:
    """The programme, faults, open settings, the shelf and the preview."""
    place = page(somebody)
    yield "units", somebody.shell
    somebody.press(Key.Key_Right, Key.Key_Right)
    yield "items", somebody.shell
    place.look_at(changed(tmp_path / "p.xlsx", spoilt))
    somebody.wait(lambda: shown(place) is place._faults)
    yield "faults", somebody.shell
    shipped = shutil.copy(paths.resources() / "programmes" / "yazhou-2023.xlsx", tmp_path / "yazhou.xlsx")
    place.look_at(Path(shipped))
    somebody.wait(lambda: shown(place) is place._settle)
    yield "open settings", somebody.shell
    somebody.press(Key.Key_Escape, Key.Key_B)
    somebody.settled()
    yield "shelf", somebody.shell


def test_every_screen_of_the_programme_has_room_for_all_it_says(
    official: Sit, tmp_path: Path, tongue: str
) -> None:
    somebody = official()
    assert list(lacking(screens(somebody, tmp_path), LOOKS)) == []


def test_many_sheets_move_along_instead_of_taking_room(qtbot: Any) -> None:
    names = Segments("Sheets", [Segment(str(n), f"sheet number {n}") for n in range(20)], slides=True)
    qtbot.addWidget(names)
    names.resize(300, 28)
    assert names.minimumSizeHint().width() <= 300 < names.sizeHint().width()
    for code, x in (("10", 150), ("19", 295), ("0", 5)):
        names.choose(code)
        qtbot.mouseClick(names, Qt.MouseButton.LeftButton, pos=QPoint(x, 14))
        assert names.code == code, "what was chosen lies under the pointer"
