"""Where the files of tests lie."""

from __future__ import annotations

import os
from pathlib import Path

ON_DISK = Path("/tmp")
_IN_MEMORY = Path("/dev/shm")
_ENOUGH_BYTES = 2 << 30


def in_memory() -> Path:
    """Memory where there is plenty of it, else the disk.

    Nobody pulls the computer's plug in a test, and a busy disk takes a second for every new database.
    """
    if not _IN_MEMORY.is_dir():
        return ON_DISK
    space = os.statvfs(_IN_MEMORY)
    return _IN_MEMORY if space.f_bavail * space.f_frsize >= _ENOUGH_BYTES else ON_DISK
