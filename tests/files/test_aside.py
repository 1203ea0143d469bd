"""Files written aside: whole or not at all, and for whom."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cati.base import i18n
from cati.base.errors import CatiError
from cati.files.aside import written_aside
from tests.rig.small_disk import small_disk


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


KILLED = """
import os, signal, sys
from pathlib import Path
from cati.files.aside import written_aside
from cati.files.exports import new_workbook
with written_aside(Path(sys.argv[1])) as (aside,), new_workbook(aside) as book:
    book.add_sheet("a", ["n"], [[1]])
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_program_left_is_removed_by_the_next_attempt(tmp_path: Path) -> None:
    target, other = tmp_path / "a.xlsx", tmp_path / ".b.xlsx.0000-1.tmp"
    other.write_text("somebody else's")
    done = subprocess.run([sys.executable, "-c", KILLED, str(target)], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert len([path for path in tmp_path.iterdir() if "a.xlsx" in path.name]) == 2
    with written_aside(target) as (mine,):
        # One that is being written just now is left alone.
        with written_aside(target) as (second,):
            assert mine.exists()
            second.write_text("second")
        mine.write_text("mine")
    assert sorted(path.name for path in tmp_path.iterdir()) == [other.name, "a.xlsx"]
    assert target.read_text() == "mine"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_why_nothing_can_be_written_is_said_in_words(tmp_path: Path, language: str) -> None:
    i18n.set_language(language)
    with small_disk(tmp_path / "disk", 1) as disk:
        disk.fill()
        with pytest.raises(CatiError) as refused, written_aside(disk.folder / "a.txt") as (aside,):
            aside.write_text("x" * 10_000)
        assert {"en": "the disk is full", "zh_CN": "磁盘已满"}[language] in str(refused.value)
        disk.lock(read_only=True)
        with pytest.raises(CatiError) as refused, written_aside(disk.folder / "a.txt"):
            pass
        assert {"en": "can only be read", "zh_CN": "只读"}[language] in str(refused.value)
        assert [path.name for path in disk.folder.iterdir()] == ["ballast"]
