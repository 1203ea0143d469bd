"""Where shipped files and the station's data lie, from source, wheel or frozen program alike."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import platformdirs


def _shipped(name: str) -> Path:
    package = Path(__file__).resolve().parents[1]
    frozen = getattr(sys, "_MEIPASS", None)
    candidates = [package / "_data" / name, package.parent / name]
    if frozen:
        candidates.insert(0, Path(frozen) / name)
    for path in candidates:
        if path.is_dir():
            return path
    raise FileNotFoundError(name)


def resources() -> Path:
    """The folder of shipped programmes, manual, translations, licences and `verify_draw.py`."""
    return _shipped("resources")


def migrations() -> Path:
    """The folder of the schema's migration scripts."""
    return _shipped("migrations")


def default_data_folder() -> Path:
    """The user's data folder for this program by the platform's custom."""
    return Path(platformdirs.user_data_dir("cati", appauthor=False))


_SHARES = {"afs", "ceph", "cifs", "davfs", "fuse.davfs", "fuse.glusterfs", "fuse.rclone", "fuse.sshfs"}
_SHARES |= {"gfs2", "lustre", "ncpfs", "nfs", "nfs4", "smb2", "smb3", "smbfs"}
"""Kinds of file systems on which two computers would not see each other's locks."""


def is_on_network_share(folder: Path, mounts: Path = Path("/proc/self/mountinfo")) -> bool:
    """Whether a folder lies on another computer, as far as the system tells.

    Args:
        folder: need not be there.
        mounts: the table of mounts by ``proc_pid_mountinfo(5)``; without one only Windows knows.
    """
    where = folder.absolute()
    if sys.platform == "win32":
        import ctypes

        remote = 4  # DRIVE_REMOTE of GetDriveTypeW
        return where.drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(where.anchor) == remote
    try:
        table = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return False
    return _kind_of_mount(where.resolve(), table) in _SHARES


def _kind_of_mount(folder: Path, table: list[str]) -> str:
    deepest, kind = -1, ""
    for line in table:
        place, _dash, rest = line.partition(" - ")
        point = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), place.split()[4]))
        # Of two mounts on one point the later one hides the other.
        if folder.is_relative_to(point) and len(point.parts) >= deepest:
            deepest, kind = len(point.parts), rest.split()[0]
    return kind
