"""A workbook is looked at in its own grid before it is loaded, and an empty one is there to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cati.base import i18n, paths
from cati.base.errors import CatiError
from cati.files.programme_check import check_workbook
from cati.files.programme_sheets import Problems, read_sheets
from cati.files.programme_template import NOTES, write_template
from cati.files.programme_words import COLUMNS, SHEETS
from cati.files.programmes import load_workbook
from tests.files.workbooks import Sheets, changed, small


@pytest.fixture(params=i18n.LANGUAGES)
def spoken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(i18n, "_language", request.param)
    return str(request.param)


def test_a_sound_workbook_has_its_grid_its_programme_and_what_it_leaves_open(tmp_path: Path) -> None:
    found = check_workbook(changed(tmp_path / "p.xlsx", lambda _sheets: None))
    assert found.problems == ()
    assert found.programme is not None
    assert [grid.title for grid in found.sheets] == list(small())
    assert [(one.name, one.proposed) for one in found.open_settings] == [
        ("approval_number", "无"),
        ("hotline", "热线"),
    ]


def test_what_was_decided_is_not_open_any_more(tmp_path: Path) -> None:
    path = changed(tmp_path / "p.xlsx", lambda _sheets: None)
    assert [one.name for one in check_workbook(path, {"hotline": "0898"}).open_settings] == [
        "approval_number"
    ]


def test_every_problem_stands_in_a_cell_of_the_grid(tmp_path: Path) -> None:
    def spoil(sheets: Sheets) -> None:
        sheets["units"][2][1] = ""
        sheets["groups"][1][3] = "many"

    found = check_workbook(changed(tmp_path / "p.xlsx", spoil))
    grids = {grid.title: grid for grid in found.sheets}
    assert found.programme is None
    assert {(p.sheet, p.row, p.column) for p in found.problems} == {("units", 3, "B"), ("groups", 2, "D")}
    assert grids["units"].rows[2] == ("u2", "", "一")
    assert grids["groups"].rows[1][3] == "many"


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    path.write_bytes(b"nothing")
    with pytest.raises(CatiError) as refused:
        check_workbook(path)
    assert refused.value.code == "workbook_unreadable"


def test_the_shipped_workbook_says_where_its_document_is_silent() -> None:
    found = check_workbook(paths.resources() / "programmes" / "yazhou-2023.xlsx")
    assert found.problems == ()
    assert len(found.open_settings) == 7
    assert all(one.source and one.question for one in found.open_settings)


def test_every_column_has_its_note() -> None:
    assert {name: set(notes) for name, notes in NOTES.items()} == {n: set(c) for n, c in COLUMNS.items()}


def test_an_empty_workbook_has_every_sheet_with_notes_and_lists(tmp_path: Path, spoken: str) -> None:
    path = tmp_path / "empty.xlsx"
    write_template(path)
    book = openpyxl.load_workbook(path)
    visible = [sheet for sheet in book if sheet.sheet_state == "visible"]
    assert [sheet.title for sheet in visible] == [n if spoken == "en" else SHEETS[n][0] for n in SHEETS]
    assert all(cell.comment and cell.comment.text for sheet in visible for cell in sheet[1])
    lists = [rule for sheet in visible for rule in sheet.data_validations.dataValidation]
    assert {'"read,note"', '"yes,no"'} <= {rule.formula1 for rule in lists}
    problems = Problems()
    sheets = read_sheets(path, problems)
    assert problems.found == []
    assert list(sheets) == list(SHEETS)
    for name, sheet in sheets.items():
        assert {heading.partition("::")[0] for heading in sheet.columns} == set(COLUMNS[name])


def test_an_empty_workbook_that_is_filled_in_loads(tmp_path: Path, spoken: str) -> None:
    path = tmp_path / "filled.xlsx"
    write_template(path)
    book: Any = openpyxl.load_workbook(path)
    for name, rows in small().items():
        sheet = book[name if spoken == "en" else SHEETS[name][0]]
        places = {_canonical(name, cell.value): cell.column for cell in sheet[1]}
        known = {row[0].value: row[0].row for row in sheet.iter_rows(min_row=2) if row[0].value}
        for number, row in enumerate(rows[1:], 2):
            at = known.get(row[0], number) if name == "programme" else number
            for heading, value in zip(rows[0], row, strict=False):
                for place in _places(places, name, heading):
                    sheet.cell(at, place, value)
    book.save(path)
    assert load_workbook(path).code == "tiny"


def _places(places: dict[tuple[str, str], int], sheet: str, heading: str) -> list[int]:
    """Columns of a heading; of one without a language those of all languages."""
    canonical, language = _canonical(sheet, heading)
    found = places.get((canonical, language))
    return (
        [found] if found else [place for (column, _language), place in places.items() if column == canonical]
    )


def _canonical(sheet: str, heading: str) -> tuple[str, str]:
    word, _mark, language = heading.partition("::")
    return next(c for c, aliases in COLUMNS[sheet].items() if word in (c, *aliases)), language
