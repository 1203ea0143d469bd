"""What is refused before anything is changed by the install script of a bundle."""

from __future__ import annotations

import hashlib
import platform
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.rig.small_disk import small_disk

INSTALLER = Path(__file__).parents[2] / "installer"


def _here() -> str:
    system = platform.freedesktop_os_release()
    processor = subprocess.check_output(["dpkg", "--print-architecture"], text=True).strip()
    return f"{system['ID']}{system['VERSION_ID']}-{processor}"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle with little in it, for this computer, in a folder whose name has a blank and Chinese in it."""
    folder = tmp_path / "安装 包"
    (folder / "wheels").mkdir(parents=True)
    for name in ("install", "setup.sh"):
        shutil.copy(INSTALLER / name, folder)
    (folder / "platform").write_text(_here() + "\n")
    (folder / "wheels" / "a.whl").write_bytes(b"a wheel")
    _sum_up(folder)
    return folder


def _sum_up(folder: Path) -> None:
    files = sorted(file for file in folder.rglob("*") if file.is_file() and file.name != "SHA256SUMS")
    lines = [
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  ./{file.relative_to(folder)}\n" for file in files
    ]
    (folder / "SHA256SUMS").write_text("".join(lines))


def _take_away(bundle: Path) -> None:
    (bundle / "wheels" / "a.whl").unlink()


def _change(bundle: Path) -> None:
    (bundle / "wheels" / "a.whl").write_bytes(b"a Wheel")


def _put_in(bundle: Path) -> None:
    (bundle / "wheels" / "b.whl").write_bytes(b"another wheel")


def _cut_list(bundle: Path) -> None:
    sums = bundle / "SHA256SUMS"
    sums.write_text(sums.read_text()[:-20])


def _shorten_list(bundle: Path) -> None:
    sums = bundle / "SHA256SUMS"
    sums.write_text("".join(sums.read_text().splitlines(keepends=True)[:-1]))


def _lose_list(bundle: Path) -> None:
    (bundle / "SHA256SUMS").unlink()


def _lose_script(bundle: Path) -> None:
    (bundle / "setup.sh").unlink()


def _refusal(bundle: Path, folder: Path) -> str:
    done = subprocess.run(
        ["sh", str(bundle / "install"), str(folder)], capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 1
    assert "Nothing was changed." in done.stderr
    return done.stderr


@pytest.mark.parametrize(
    "spoil", [_take_away, _change, _put_in, _cut_list, _shorten_list, _lose_list, _lose_script]
)
def test_a_bundle_that_is_not_whole_is_refused(
    bundle: Path, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(bundle)
    assert "this copy of the bundle is broken" in _refusal(bundle, tmp_path / "cati")
    assert not (tmp_path / "cati").exists()


def test_a_bundle_for_another_system_is_refused(bundle: Path, tmp_path: Path) -> None:
    (bundle / "platform").write_text("debian11-amd64\n")
    _sum_up(bundle)
    assert f"is for debian11-amd64, and this computer is {_here()}" in _refusal(bundle, tmp_path / "cati")


def test_a_folder_with_something_else_in_it_is_left_alone(bundle: Path, tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "letter.txt").write_text("dear")
    assert "is not empty" in _refusal(bundle, folder)
    assert (folder / "letter.txt").read_text() == "dear"


def test_a_disk_without_room_is_refused(bundle: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 6) as disk:
        assert "and there are 6." in _refusal(bundle, disk.folder / "opt" / "cati")
        assert list(disk.folder.iterdir()) == []
