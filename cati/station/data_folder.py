"""Where the data of a station are to lie: whether a folder will do, and keeping the choice."""

from __future__ import annotations

import errno
import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile

from cati.base import paths, settings
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.ports import LEAST_FREE_BYTES
from cati.store.faults import disk_full

CARRIED = ("language", "theme", "scale", "station", "audio_device")
"""Settings that hold in the chosen folder as they were chosen before it."""


def make(folder: Path) -> None:
    """Make a data folder and prove that it can be written.

    Raises:
        CatiError: ``folder_unwritable``, ``disk_full``.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # What a folder's mode says is not always what its disk allows.
        with TemporaryFile(dir=folder):
            pass
    except OSError as refused:
        if refused.errno == errno.ENOSPC:
            raise disk_full(folder) from refused
        raise CatiError(
            "folder_unwritable",
            N_(
                "The data folder {folder} cannot be made or written. Nothing was changed. "
                "Have it made writable or choose another (CATI_DATA or --data), then try again."
            ),
            folder=str(folder),
        ) from refused


def check(typed: str) -> Path:
    """Make a folder that somebody typed, if data may lie there; a refused one is not left behind.

    Raises:
        CatiError: ``folder_relative``, ``folder_shared``, ``folder_scant``; as `make`.
    """
    folder = Path(typed.strip()).expanduser()
    if not folder.is_absolute():
        raise CatiError(
            "folder_relative",
            N_(
                "“{folder}” is not the full path of a folder. Nothing was changed. Write the "
                "whole path, beginning at the root."
            ),
            folder=str(folder),
        )
    if paths.is_on_network_share(folder):
        raise CatiError(
            "folder_shared",
            N_(
                "The database would lie on a network share ({folder}), where it can be destroyed. Nothing "
                "was changed. Choose a folder on this computer's own disk, or a database server."
            ),
            folder=str(folder),
        )
    missing = [part for part in (folder, *folder.parents) if not part.exists()]
    try:
        make(folder)
        _refuse_scant(folder)
    except CatiError:
        for part in missing:
            with suppress(OSError):
                part.rmdir()
        raise
    return folder


def _refuse_scant(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        raise CatiError(
            "folder_scant",
            N_(
                "In {folder} only {free} MB are free; recordings need at least {need} MB. Nothing was "
                "changed. Choose a folder on another disk, or have room made."
            ),
            folder=str(folder),
            free=free // 10**6,
            need=LEAST_FREE_BYTES // 10**6,
        )


def keep(first: Path, chosen: Path) -> None:
    """Keep a choice, so that the next start finds the folder; what else was chosen before goes along.

    Args:
        first: where settings are looked for first.
        chosen: the data folder, which is there.

    Raises:
        CatiError: as `settings.save`.
    """
    known = settings.kept(first)
    carried = {name: known[name] for name in CARRIED if name in known}
    # A folder cut off from its first one is still known as chosen: so it comes first.
    settings.save(chosen, settings.kept(chosen) | carried | {"data_folder": settings.HERE})
    if first != chosen:
        settings.save(first, {"data_folder": str(chosen)})


def is_chosen(folder: Path) -> bool:
    """Whether somebody chose this data folder.

    Raises:
        CatiError: as `settings.kept`.
    """
    return "data_folder" in settings.kept(folder)
