"""What is no workbook, or too much of one, is refused before it is read."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from olefile import DEFECT_UNSURE, OleFileIO

from cati.base.errors import CatiError
from cati.files.frames import open_lists
from cati.files.limits import LIMITS, Limits, being_read, read_workbook
from cati.files.ole import sound_container, workbook_stream
from tests.services.bureau import write_list

OLE = bytes.fromhex("D0CF11E0A1B11AE1")
DATA = Path(__file__).resolve().parents[1] / "data" / "lists"
PNG = bytes.fromhex("89504E470D0A1A0A0000000D49484452")


def refusal(path: Path, limits: Limits = LIMITS) -> str:
    with pytest.raises(CatiError) as refused:
        open_lists(path, limits=limits)
    assert path.name in str(refused.value)
    return refused.value.code


def made(tmp_path: Path, content: bytes, name: str = "list.xlsx") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content",
    [b"", "姓名,手机号码\n".encode(), b"PK\x03\x04" + bytes(100), OLE + bytes(600), PNG],
    ids=["empty", "csv", "broken zip", "other OLE", "picture"],
)
@pytest.mark.parametrize("name", ["list.xlsx", "list.xls"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes, name: str) -> None:
    assert refusal(made(tmp_path, content, name)) == "file_not_workbook"


@pytest.mark.parametrize("inside", ["readme.txt", "word/document.xml"], ids=["zip", "docx"])
def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path, inside: str) -> None:
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(inside, "<hello/>")
    assert refusal(path) == "file_not_workbook"


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    whole = write_list(tmp_path / "whole.xlsx", {"名单": [["姓名", "手机"]]}).read_bytes()
    assert refusal(made(tmp_path, whole[: len(whole) // 2])) == "file_not_workbook"


def test_a_broken_protection_is_no_workbook(tmp_path: Path) -> None:
    directory = "EncryptionInfo".encode("utf-16-le") + bytes(64) + "EncryptedPackage".encode("utf-16-le")
    assert refusal(made(tmp_path, OLE + bytes(1016) + directory)) == "file_not_workbook"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.xlsx") == "file_unreadable"
    (tmp_path / "folder.xlsx").mkdir()
    assert refusal(tmp_path / "folder.xlsx") == "file_unreadable"


def test_a_zip_that_unpacks_to_far_more_than_it_is_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(5_000_000))
    assert refusal(path) == "file_too_large"


@pytest.mark.parametrize("limits", [Limits(packed=1000), Limits(unpacked=1000)])
def test_a_large_file_is_refused(tmp_path: Path, limits: Limits) -> None:
    path = write_list(tmp_path / "list.xlsx", {"名单": [["姓名", "手机"]]})
    assert refusal(path, limits) == "file_too_large"
    assert read_workbook(path) == path.read_bytes()


def test_a_sheet_with_too_many_rows_is_refused(tmp_path: Path) -> None:
    path = write_list(tmp_path / "list.xlsx", {"名单": [["姓名", "手机"], ["甲"], ["乙"]]})
    assert refusal(path, Limits(rows=2)) == "too_many_rows"
    assert len(open_lists(path, limits=Limits(rows=3)).lists) == 1


def stray(path: Path, write: Callable[[xlsxwriter.worksheet.Worksheet, xlsxwriter.Workbook], object]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("名单")
        sheet.write_row(0, 0, ["姓名", "手机"])
        write(sheet, book)
    return path


def test_a_stray_cell_far_away_is_named(tmp_path: Path) -> None:
    path = stray(tmp_path / "list.xlsx", lambda sheet, _: sheet.write(1_048_575, 16_383, "x"))
    with pytest.raises(CatiError) as refused:
        open_lists(path)
    assert refused.value.code == "cell_far_away"
    assert refused.value.params["cell"] == "XFD1048576"


def test_a_sheet_formatted_to_its_last_cell_is_read(tmp_path: Path) -> None:
    def paint(sheet: xlsxwriter.worksheet.Worksheet, book: xlsxwriter.Workbook) -> None:
        sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))

    (phone_list,) = open_lists(stray(tmp_path / "list.xlsx", paint)).lists
    assert list(phone_list.rows()) == []


def test_cells_are_looked_at_where_the_sheet_does_not_state_its_extent(tmp_path: Path) -> None:
    source = stray(tmp_path / "stated.xlsx", lambda sheet, _: sheet.write(1_048_575, 16_383, "x"))
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = content.replace(b'<dimension ref="A1:XFD1048576"/>', b"<!--" + bytes(5000) + b"-->")
            new.writestr(name, content)
    assert refusal(path) == "cell_far_away"


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="XFD900000"><v>1</v></c>',
        b"<c s='1' r='XFD900000'><v>1</v></c>",
        b'<c\nr="XFD900000" ><v>1</v></c>',
        b'<c r = "XFD900000"><v>1</v></c>',
    ],
    ids=["usual", "quotes", "line", "blanks"],
)
def test_a_sheet_that_says_it_is_small_is_not_believed(tmp_path: Path, cell: bytes) -> None:
    source = write_list(tmp_path / "whole.xlsx", {"名单": [["姓名", "手机"], ["甲", "13800138000"]]})
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            row = b'<row r="900000">' + cell + b"</row></sheetData>"
            new.writestr(name, old.read(name).replace(b"</sheetData>", row))
    assert refusal(path) == "cell_far_away"


def test_a_row_that_no_sheet_has_is_refused(tmp_path: Path) -> None:
    source = write_list(tmp_path / "whole.xlsx", {"名单": [["姓名", "手机"]]})
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            row = b'<row r="4000000000"><c><v>1</v></c></row></sheetData>'
            new.writestr(name, old.read(name).replace(b"</sheetData>", row))
    assert refusal(path) == "cell_far_away"


def test_a_cell_far_away_in_an_xls_is_named(tmp_path: Path) -> None:
    found = workbook_stream((DATA / "plain.xls").read_bytes())
    assert found is not None
    name, stream = found
    # A number in row 7, column C: now in the last row and column that the record can name.
    at = stream.index(struct.pack("<HHHH", 0x0203, 14, 6, 2))
    far = stream[:at] + struct.pack("<HHHH", 0x0203, 14, 0xFFFF, 0xFFFF) + stream[at + 8 :]
    path = tmp_path / "list.xls"
    path.write_bytes(sound_container(name, far) or b"")
    with pytest.raises(CatiError, match="CRXP65536"):
        open_lists(path)


def test_a_container_is_laid_out_such_that_others_read_it() -> None:
    for size in (10, 4096, 5_000_000):
        stream = random.Random(size).randbytes(size)
        made = sound_container("Workbook", stream) or b""
        with OleFileIO(io.BytesIO(made), raise_defects=DEFECT_UNSURE) as ole:
            assert ole.openstream("Workbook").read() == stream.ljust(4096, b"\0")


@pytest.mark.parametrize("name", ["plain.xls", "locked.xls"])
def test_a_damaged_xls_is_read_or_refused_in_words(tmp_path: Path, name: str) -> None:
    whole, lot = (DATA / name).read_bytes(), random.Random(7)
    path = tmp_path / name
    codes = set()
    for _nth in range(60):
        spoilt = bytearray(whole)
        for _change in range(lot.choice([1, 5, 30])):
            at = lot.randrange(lot.choice([512, len(spoilt)]))
            spoilt[at : at + 4] = lot.choice([bytes(4), b"\xff" * 4, lot.randbytes(4)])
        path.write_bytes(spoilt[: lot.choice([len(spoilt), len(spoilt) - 700])])
        try:
            for one in open_lists(path, passwords=["Pass-2024 密"]).lists:
                list(one.rows())
        except CatiError as refused:
            codes.add(refused.code)
    assert "file_not_workbook" in codes


def test_a_fault_of_the_reader_is_a_damaged_file(tmp_path: Path) -> None:
    PanicException = type("PanicException", (BaseException,), {})
    with pytest.raises(CatiError, match="or it is damaged"), being_read(tmp_path / "list.xls"):
        raise PanicException
    with pytest.raises(KeyboardInterrupt), being_read(tmp_path / "list.xls"):
        raise KeyboardInterrupt


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_a_workbook_with_a_broken_part_is_refused(tmp_path: Path, part: str) -> None:
    path = write_list(tmp_path / "whole.xlsx", {"名单": [["姓名", "手机"]] * 99})
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo(part).header_offset + 30 + len(part)
    whole = bytearray(path.read_bytes())
    for place in range(start, start + 60):
        whole[place] ^= 0xFF
    assert refusal(made(tmp_path, bytes(whole))) == "file_not_workbook"
