"""Files written aside: whole or not at all, and for whom."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cati.files.aside import written_aside


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def write_half(target: Path) -> None:
    with written_aside(target) as (aside,):
        aside.write_text("new")
        raise ZeroDivisionError


def test_what_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError):
        write_half(target)
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert target.read_text() == "old"


@pytest.mark.parametrize(("private", "expected"), [(True, 0o600), (False, 0o644)])
def test_what_is_private_is_so_from_its_first_byte(tmp_path: Path, private: bool, expected: int) -> None:
    target = tmp_path / "a.txt"
    before = os.umask(0o022)
    try:
        with written_aside(target, private=private) as (aside,):
            assert mode(aside) == expected
            aside.write_text("names")
    finally:
        os.umask(before)
    assert mode(target) == expected
