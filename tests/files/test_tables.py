"""Small tables people hand in."""

from pathlib import Path

import pytest
import xlsxwriter

from cati.base.errors import CatiError
from cati.files.tables import read_table

COLUMNS = {"unit": ("单位",), "score": ("得分",)}
EXPECTED = [(3, "区教育局", "91.5"), (5, "区总工会", "80")]


def read(path: Path) -> list[tuple[int, str, str]]:
    return [(row.number, row.cells["unit"], row.cells["score"]) for row in read_table(path, COLUMNS)]


@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_whatever_saved_it(tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "scores.csv"
    text = "\r\n得分,备注,单位\r\n91.5,,区教育局\r\n,,\r\n80, x ,区总工会 \r\n".replace(",", separator)
    path.write_bytes(text.encode(encoding))
    assert read(path) == EXPECTED


def test_headings_are_found_under_titles_and_nothing_is_read_above_them(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("各单位得分,,\n单位,鱼峰区统计局,\n序号,单位,得分\n1,区教育局,91.5\n", "utf-8")
    assert read(path) == [(4, "区教育局", "91.5")]
    # What is lacking is told of the row that has most of them.
    path.write_text("各单位得分,,\n序号,得分,名次\n1,91.5,1\n", "utf-8")
    with pytest.raises(CatiError) as refusal:
        read(path)
    assert (refusal.value.code, refusal.value.params["row"]) == ("column_missing", 2)


def test_a_sign_in_the_words_separates_nothing(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("unit,score\n区教育局,91.5\n区;总;工;会;,80\n", "utf-8")
    assert [row[1] for row in read(path)] == ["区教育局", "区;总;工;会;"]


def test_a_workbook_is_read_from_its_first_sheet(tmp_path: Path) -> None:
    path = tmp_path / "scores.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("x")
        sheet.write_row(1, 1, ["Unit", "SCORE"])
        sheet.write_row(2, 1, ["区教育局", 91.5])
        sheet.write_row(4, 1, ["区总工会", 80])
        book.add_worksheet("y").write(0, 0, "unit")
    assert read(path) == EXPECTED


def test_numbers_in_full_width_are_numbers(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("unit,score\nu1,９１．５\n", "utf-8")
    assert read(path) == [(2, "u1", "91.5")]


def test_a_short_row_has_empty_cells(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("unit,score\nu1\n", "utf-8")
    assert read(path) == [(2, "u1", "")]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "column_missing"),
        ("a.csv", b"unit|score\n", "column_missing"),
        ("a.xlsx", b"unit,score", "file_not_workbook"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CatiError) as refusal:
        read_table(path, COLUMNS)
    assert refusal.value.code == code


def test_all_headings_that_are_missing_are_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text("\nfirst,second\n1,2\n", "utf-8")
    with pytest.raises(CatiError, match=r"tickets.csv: row 2 has no heading unit / 单位.*; score") as refused:
        read_table(path, COLUMNS)
    assert refused.value.code == "column_missing"


@pytest.mark.parametrize("name", ["none.csv", "none.xlsx"])
def test_a_missing_file_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(CatiError, match="cannot be read"):
        read_table(tmp_path / name, COLUMNS)
