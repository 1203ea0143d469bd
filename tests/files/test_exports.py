"""Tables written to .xlsx."""

import zipfile
from pathlib import Path

import openpyxl
import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st

from cati.base.errors import CatiError
from cati.files.aside import written_aside
from cati.files.exports import harmless, new_workbook


@given(st.text(max_size=20))
def test_no_text_starts_like_a_formula(text: str) -> None:
    safe = harmless(text)
    assert safe[:1] not in set("=+-@\t\r")
    assert safe in (text, "'" + text)


def test_texts_stay_texts_and_numbers_numbers(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    with new_workbook(path) as book:
        assert book.add_sheet("a", ["=x", "n"], [["=1+1", 1], ["http://x.example", 2.5], [None, ""]]) == 3
    with python_calamine.CalamineWorkbook.from_path(path) as read:
        assert read.get_sheet_by_index(0).to_python() == [
            ["'=x", "n"],
            ["'=1+1", 1.0],
            ["http://x.example", 2.5],
        ]
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml
    assert b"hyperlink" not in xml


@pytest.mark.parametrize(("rows", "names"), [(4, ["a", "a 2"]), (5, ["a", "a 2", "a 3"]), (0, ["a"])])
def test_what_does_not_fit_goes_on_in_another_sheet(tmp_path: Path, rows: int, names: list[str]) -> None:
    path = tmp_path / "table.xlsx"
    with new_workbook(path) as book:
        assert book.add_sheet("a", ["n"], ([n] for n in range(rows)), limit=3) == rows
    with python_calamine.CalamineWorkbook.from_path(path) as read:
        assert read.sheet_names == names
        found = [row[0] for name in names for row in read.get_sheet_by_name(name).to_python()[1:]]
    assert found == list(range(rows))


def test_rows_meant_for_paper_are_as_high_as_their_words(tmp_path: Path) -> None:
    """Not every program finds out how high a row has to be: lines lay over one another."""
    path = tmp_path / "book.xlsx"
    with new_workbook(path) as book:
        rows = [["甲局", "一致"], ["乙局", "不一致，尚未核定，" * 4], ["d" * 12, ""]]
        book.add_sheet("核对", ["单位", "情况"], rows, widths=(12, 20), on_paper=True)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    heights = [sheet.row_dimensions[row].height for row in range(1, 5)]
    assert [height and round(height / 16) for height in heights] == [2, None, 4, None]


def test_an_interrupted_export_leaves_the_old_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), written_aside(path) as (aside,), new_workbook(aside) as book:
        book.add_sheet("a", ["n"], ([1 / n] for n in (1, 0)))
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["table.xlsx"]


def test_a_folder_is_made_and_an_old_file_replaced(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    for text in ("one", "two"):
        with written_aside(path) as (aside,):
            aside.write_text(text)
    assert path.read_text() == "two"


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CatiError, match="could not be written"), written_aside(tmp_path / "file" / "x"):
        pass
