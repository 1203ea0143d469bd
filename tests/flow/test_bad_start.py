"""The window opens, and says what is wrong, where the station itself cannot be opened."""

from __future__ import annotations

from pathlib import Path

from tests.rig.small_disk import small_disk
from tests.rig.window import Window


def test_a_folder_that_can_only_be_read_opens_a_window_and_no_traceback(
    tmp_path: Path, x_display: object
) -> None:
    with small_disk(tmp_path / "disk", 6) as disk:
        disk.lock(read_only=True)
        window = Window(disk.folder, CATI_LANGUAGE="en")
        try:
            assert window.close() == 0
            assert window.said() == ""
        finally:
            window.kill()
