"""One window for each data folder: two would record into one folder and hold two cases of one operator."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_

FILE_NAME = "window.lock"


class WindowLock:
    """Held by the window for as long as it is open; the system frees it even when the process is killed.

    Args:
        folder: the data folder, which is there.

    Raises:
        CatiError: ``window_open`` while another process holds it.
    """

    def __init__(self, folder: Path) -> None:
        self._lock = FileLock(folder / FILE_NAME)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise CatiError(
                "window_open",
                N_(
                    "A window is open on the data folder {folder} already. Nothing was changed. "
                    "Go on in that one, or close it and try again."
                ),
                folder=str(folder),
            ) from None

    def release(self) -> None:
        """Let another window have the folder."""
        self._lock.release()
