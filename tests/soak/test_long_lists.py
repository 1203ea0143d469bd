"""A list with one row more than a sheet of Excel can hold, written out in full."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cati.base.errors import CatiError
from cati.files.frames import open_lists
from tests.files.bad_lists import ROWS
from tests.services.bureau import list_rows, write_list

FIRST = 13_000_000_000
SHEET = "xl/worksheets/sheet1.xml"


def xlsx(path: Path, rows: int) -> Path:
    """A list whose sheet says nothing of how far it goes."""
    with zipfile.ZipFile(write_list(path, {"管理对象": list_rows("区财政局", [])})) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    head, foot = parts[SHEET].replace(b"<dimension", b"<unstated").split(b"</sheetData>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name in parts.keys() - {SHEET}:
            new.writestr(name, parts[name])
        with new.open(SHEET, "w") as sheet:
            sheet.write(head)
            for part in body(rows):
                sheet.write(part)
            sheet.write(b"</sheetData>" + foot)
    return path


def body(rows: int) -> Iterator[bytes]:
    for start in range(4, 4 + rows, 10_000):
        numbers = range(start, min(start + 10_000, 4 + rows))
        yield "".join(f'<row r="{n}"><c r="C{n}"><v>{FIRST + n}</v></c></row>' for n in numbers).encode()


def csv(path: Path, rows: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.write("序号,姓名,手机号码\n")
        file.writelines(f"{n},,{FIRST + n}\n" for n in range(rows))
    return path


@pytest.mark.parametrize(("name", "write", "above"), [("long.xlsx", xlsx, 3), ("long.csv", csv, 1)])
def test_the_last_row_is_taken_and_one_more_is_refused(
    tmp_path: Path, name: str, write: object, above: int
) -> None:
    assert callable(write)
    (full,) = open_lists(write(tmp_path / name, ROWS - 1 - above)).lists
    assert sum(1 for _row in full.rows()) == ROWS - 1 - above
    with pytest.raises(CatiError, match="more than 1048576 rows") as refused:
        open_lists(write(tmp_path / name, ROWS))
    assert name in str(refused.value)
