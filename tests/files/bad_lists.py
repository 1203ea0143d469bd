"""Files that are no phone lists, as they come by mail: each with the code of its refusal."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.files.protected import protect
from tests.services.bureau import list_rows, write_list

ROWS = 1_048_577
"""One more below the headings than Excel's sheets have in all."""

_PNG = bytes.fromhex("89504E470D0A1A0A0000000D49484452")
_SHEET = "xl/worksheets/sheet1.xml"


def _plain(path: Path, unit: str) -> Path:
    return write_list(path, {"管理对象": list_rows(unit, ["13800138000"])})


def _of(content: bytes) -> Callable[[Path, str], object]:
    return lambda path, _unit: path.write_bytes(content)


def _docx(path: Path, _unit: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")


def _folder(path: Path, _unit: str) -> None:
    path.mkdir()


def _dense(path: Path, unit: str) -> None:
    """Five megabytes of nothing in some kilobytes."""
    with zipfile.ZipFile(_plain(path, unit), "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", bytes(5_000_000))


def _vast(path: Path, unit: str) -> None:
    """Not dense, but more than two gigabytes, as it says itself."""
    with zipfile.ZipFile(_plain(path, unit), "a") as archive:
        archive.writestr("xl/media/image1.bmp", bytes(32_000_000))
        archive.filelist[-1].file_size = 3 * 1024**3


def _lying(path: Path, unit: str) -> None:
    """A sheet that is far larger than it says it is."""
    sheet = _changed(
        path, unit, lambda text: text.replace(b"</worksheet>", b" " * 3_000_000 + b"</worksheet>")
    )
    with zipfile.ZipFile(path, "a") as archive:
        entry = archive.getinfo(_SHEET)
        entry.file_size = sheet // 2_000
        archive.comment = b"."


def _changed(path: Path, unit: str, change: Callable[[bytes], bytes]) -> int:
    """Write a list whose first sheet is changed; gives the sheet's bytes."""
    with zipfile.ZipFile(_plain(path, unit)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts[_SHEET] = change(parts[_SHEET])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return len(parts[_SHEET])


def _long(path: Path, unit: str) -> None:
    """A row further down than Excel's last one."""
    row = f'<row r="{ROWS + 1}"><c r="C{ROWS + 1}"><v>13800138001</v></c></row>'.encode()
    _changed(path, unit, lambda text: text.replace(b"</sheetData>", row + b"</sheetData>"))


def _nameless(path: Path, unit: str) -> None:
    rows = list_rows(unit, ["13800138000"])
    write_list(path, {"管理对象": [*rows[:2], ["序号", "手机号码"], [1, "13800138000"]]})


def _numberless(path: Path, unit: str) -> None:
    rows = list_rows(unit, ["13800138000"])
    write_list(path, {"管理对象": [*rows[:2], ["序号", "姓名"], [1, "受访者"]]})


def _far(path: Path, unit: str) -> None:
    rows: list[list[object]] = list_rows(unit, ["13800138000"])
    far = b'<row r="900000"><c r="XFD900000"><v>1</v></c></row>'
    write_list(path, {"管理对象": rows})
    _changed(
        path,
        unit,
        lambda text: text.replace(b"</sheetData>", far + b"</sheetData>").replace(b"<dimension", b"<dim"),
    )


def _protected(path: Path, unit: str) -> None:
    protect(_plain(path, unit), "secret")


BAD: dict[str, tuple[str, Callable[[Path, str], object]]] = {
    "document.xlsx": ("file_not_workbook", _docx),
    "picture.xlsx": ("file_not_workbook", _of(_PNG)),
    "empty.xlsx": ("file_not_workbook", _of(b"")),
    "text.xls": ("file_not_workbook", _of("姓名,手机号码\n".encode())),
    "folder.xlsx": ("file_unreadable", _folder),
    "picture.csv": ("file_not_text", _of(_PNG)),
    "quote.csv": ("csv_broken", _of('姓名,手机号码\n甲,"13800138000\n'.encode())),
    "dense.xlsx": ("file_too_large", _dense),
    "vast.xlsx": ("file_too_large", _vast),
    "lying.xlsx": ("file_not_workbook", _lying),
    "locked.xlsx": ("file_protected", _protected),
    "nameless.xlsx": ("column_missing", _nameless),
    "numberless.xlsx": ("heading_missing", _numberless),
    "long.xlsx": ("too_many_rows", _long),
    "far.xlsx": ("cell_far_away", _far),
}
"""By the file's name: the code of its refusal, and what writes it as a list of a unit."""


def bad_list(folder: Path, name: str, unit: str) -> Path:
    """Write one of them."""
    path = folder / name
    BAD[name][1](path, unit)
    return path
