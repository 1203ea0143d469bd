"""Workbooks that need a password, and what is said without the right one."""

from __future__ import annotations

import hashlib
import struct
import tempfile
import zipfile
from pathlib import Path

import pytest
from msoffcrypto.method.xor_obfuscation import DocumentXOR

from cati.base.errors import CatiError
from cati.files.frames import ListFile, open_lists
from cati.files.locked import UNASKED
from cati.files.tables import read_table
from tests.files.protected import protect
from tests.services.bureau import list_rows, write_list

PASSWORD = "Pass-2024 密"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
DATA = Path(__file__).resolve().parents[1] / "data" / "lists"


def names_in(opened: ListFile) -> list[object]:
    return [row.name for one in opened.lists for row in one.rows()]


def refusal(path: Path, *passwords: str) -> str:
    with pytest.raises(CatiError) as refused:
        open_lists(path, passwords=passwords)
    assert path.name in str(refused.value)
    assert not any(password in str(refused.value) for password in passwords if password)
    return refused.value.code


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    rows = list_rows("区教育局", ["13900000001", "13900000002"])
    return protect(write_list(tmp_path / "名单.xlsx", {"管理对象": rows}), PASSWORD)


def test_the_right_password_among_several_opens_an_xlsx(locked: Path) -> None:
    opened = open_lists(locked, passwords=["", "pass-2024 密", PASSWORD])
    assert names_in(opened) == ["受访者1", "受访者2"]
    # What is written down of it is the file as it was handed in.
    assert opened.sha256 == hashlib.sha256(locked.read_bytes()).hexdigest()


def test_without_a_password_or_with_a_wrong_one_it_is_said(locked: Path) -> None:
    assert refusal(locked) == "file_protected"
    assert refusal(locked, "") == "file_protected"
    assert refusal(locked, "pass-2024 密", "wrong!") == "password_wrong"
    with pytest.raises(CatiError, match="protected with a password"):
        read_table(locked, {"unit": ()})


def test_what_excel_opens_without_asking_is_opened(locked: Path, tmp_path: Path) -> None:
    rows = list_rows("区教育局", ["13900000001"])
    path = protect(write_list(tmp_path / "read-only.xlsx", {"管理对象": rows}), UNASKED)
    assert names_in(open_lists(path)) == ["受访者1"]


def test_a_bomb_is_one_behind_a_password_too(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("xl/worksheets/sheet1.xml", bytes(5_000_000))
    assert refusal(protect(path, PASSWORD), PASSWORD) == "file_too_large"


def test_nothing_decrypted_is_written_anywhere(
    locked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object, **_named: object) -> None:
        raise AssertionError("a temporary file")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    before = sorted(tmp_path.iterdir())
    assert names_in(open_lists(locked, passwords=[PASSWORD]))
    assert names_in(open_lists(DATA / "locked.xls", passwords=[PASSWORD]))
    assert sorted(tmp_path.iterdir()) == before


def test_an_xls_opens_with_its_password_only() -> None:
    path = DATA / "locked.xls"
    assert refusal(path) == "file_protected"
    assert refusal(path, "wrong!") == "password_wrong"
    plain, opened = open_lists(DATA / "plain.xls"), open_lists(path, passwords=[PASSWORD])
    assert [list(one.rows()) for one in opened.lists] == [list(one.rows()) for one in plain.lists]


def test_an_xls_protected_in_the_oldest_way_is_said_to_be(tmp_path: Path) -> None:
    content = bytearray((DATA / "locked.xls").read_bytes())
    # The record that says how: its number and length, then the kind; 0 is the obfuscation of Excel 95.
    at = content.index(bytes.fromhex("2F0036000100"))
    verifier = next(n for n in range(0x10000) if DocumentXOR.verifypw("secret", n))
    content[at + 4 : at + 10] = struct.pack("<HHH", 0, 0, verifier)
    path = tmp_path / "old.xls"
    path.write_bytes(bytes(content))
    assert refusal(path, "other") == "password_wrong"
    assert refusal(path, "secret") == "protection_unknown"
