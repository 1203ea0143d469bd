"""Big tables row by row: as other readers read them, and refused where they are none."""

import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from cati.base.errors import CatiError
from cati.files.limits import Limits
from cati.files.streams import Row, open_stream

ROWS: list[list[object]] = [["单位", "得分"], ["区教育局", 4], [None, 4.5], [], ["  两 个 ", True]]


def read(path: Path) -> dict[str, list[Row]]:
    stream = open_stream(path)
    found = {name: list(rows) for name, rows in stream.sheets()}
    assert stream.done == stream.size
    return found


def code_of(path: Path) -> str:
    with pytest.raises(CatiError) as refused:
        read(path)
    return refused.value.code


def test_workbooks_are_read_however_they_were_written(tmp_path: Path) -> None:
    shared, inline = tmp_path / "shared.xlsx", tmp_path / "inline.xlsx"
    made = openpyxl.Workbook()
    made.worksheets[0].title = "一"
    for row in ROWS:
        made.worksheets[0].append(row)
    made.create_sheet("空")
    made.create_sheet("二").append(["x"])
    made.save(shared)
    with xlsxwriter.Workbook(inline, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("一")
        for n, row in enumerate(ROWS):
            sheet.write_row(n, 0, row)
        bold, plain = book.add_format({"bold": True}), book.add_format()
        sheet.write_rich_string(6, 1, bold, "很", plain, "满意")
    expected = [(1, ["单位", "得分"]), (2, ["区教育局", "4"]), (3, ["", "4.5"]), (5, ["  两 个 ", "1"])]
    assert {n: [r for r in rows if r[1]] for n, rows in read(shared).items()} == {
        "一": expected, "空": [], "二": [(1, ["x"])],
    }  # fmt: skip
    assert [r for r in read(inline)["一"] if r[1]] == [*expected, (7, ["", "很满意"])]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_csv_is_read_in_both_encodings_with_any_separator(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "表.csv"
    path.write_bytes('单位;答\r\n区教育局;"满意\r\n，很"\r\n'.encode(encoding))
    assert read(path) == {"表": [(1, ["单位", "答"]), (2, ["区教育局", "满意\r\n，很"])]}


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\x00\x01\xff")
    (tmp_path / "b.csv").write_text('一,"二\n三,四\n', "utf-8")
    (tmp_path / "c.xlsx").write_bytes(b"PK\x03\x04 and then nothing")
    whole = tmp_path / "d.xlsx"
    openpyxl.Workbook().save(whole)
    for name, member, old, new in (
        ("e.xlsx", "xl/worksheets/sheet1.xml", b"</worksheet>", b"<row><c r='ZZZZZ1'><v>1</v></c></row>"),
        ("f.xlsx", "xl/workbook.xml", b"<sheet ", b"<sheet"),
        ("g.xlsx", "xl/worksheets/sheet1.xml", b"<sheetData", b"<sheetData><row><c t='s'><v>9</v></c></row"),
    ):
        with zipfile.ZipFile(whole) as book, zipfile.ZipFile(tmp_path / name, "w") as other:
            for one in book.namelist():
                text = book.read(one)
                other.writestr(one, text.replace(old, new) if one == member else text)
    codes = [code_of(tmp_path / f"{letter}.{'csv' if letter in 'ab' else 'xlsx'}") for letter in "abcefg"]
    assert codes == ["file_not_text", "csv_broken", *["file_not_workbook"] * 4]
    with pytest.raises(CatiError) as refused:
        open_stream(whole, Limits(packed=10))
    assert refused.value.code == "file_too_large"
    assert code_of(tmp_path / "none.csv") == "file_unreadable"
