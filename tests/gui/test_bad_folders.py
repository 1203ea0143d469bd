"""Data folders the window cannot open: each is told in a sentence, stays as it was, and opens once cured."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from cati.base import logging, paths, settings
from cati.bootstrap import Founding, Station, open_station
from cati.station.lock import WindowLock
from tests.gui.stations import MemoryStation
from tests.gui.windows import Window
from tests.rig.small_disk import SmallDisk, small_disk

pytestmark = pytest.mark.usefixtures("look")
Trouble = Callable[[SmallDisk], AbstractContextManager[None]]


def version(file: Path, wanted: str) -> str:
    """The version of a schema before it became `wanted`."""
    with closing(sqlite3.connect(file)) as database, database:
        (before,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
        database.execute("UPDATE alembic_version SET version_num = ?", (wanted,))
    return str(before)


@contextmanager
def newer(disk: SmallDisk) -> Iterator[None]:
    before = version(disk.folder / "cati.db", "9999")
    yield
    version(disk.folder / "cati.db", before)


@contextmanager
def a_second_window(disk: SmallDisk) -> Iterator[None]:
    lock = WindowLock(disk.folder)
    yield
    lock.release()


@contextmanager
def on_a_share(disk: SmallDisk) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "is_on_network_share", lambda _folder: True)
        yield


@contextmanager
def read_only(disk: SmallDisk) -> Iterator[None]:
    disk.lock(read_only=True)
    yield
    disk.lock(read_only=False)


@contextmanager
def full(disk: SmallDisk) -> Iterator[None]:
    disk.fill()
    yield
    disk.free()


@contextmanager
def damaged(disk: SmallDisk) -> Iterator[None]:
    file = disk.folder / "cati.db"
    whole = file.read_bytes()
    file.write_bytes(b"no database" + whole[11:])
    yield
    file.write_bytes(whole)


@pytest.fixture
def disk(sqlite_url: str, tmp_path: Path) -> Iterator[SmallDisk]:
    """A small disk with a database in it that has no user yet."""
    with small_disk(tmp_path / "disk", 8) as made:
        (made.folder / "cati.db").write_bytes(Path(sqlite_url.removeprefix("sqlite:///")).read_bytes())
        yield made
        logging.stop()


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (newer, "newer"),
        (a_second_window, "A window is open on the data folder"),
        (on_a_share, "network share"),
        (read_only, "cannot be made or written"),
        (full, "full"),
        (damaged, "damaged"),
    ],
    ids=["newer", "second window", "share", "read-only", "full", "damaged"],
)
def test_the_window_says_what_is_wrong_and_opens_once_it_is_cured(
    qtbot: Any, disk: SmallDisk, trouble: Trouble, said: str
) -> None:
    opened: list[Station | Founding] = []

    def opener() -> Any:
        known = settings.load({"data_folder": str(disk.folder)}, {})
        opened.append(open_station(known, demonstration=False, tell=lambda _done, _total: None))
        return MemoryStation({"li": "long password"})

    with trouble(disk):
        before = (disk.folder / "cati.db").read_bytes()
        window = Window(MemoryStation(), opener)
        qtbot.addWidget(window.shell)
        window.shell.show()
        window.shell.activateWindow()
        qtbot.waitUntil(lambda: "Try again, Enter" in window.words())
        assert said in window.words()
        assert (disk.folder / "cati.db").read_bytes() == before
    qtbot.keyClick(window.shell.windowHandle(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(opened))
    assert isinstance(opened[0], Founding)
    window.shell.tasks.close()
