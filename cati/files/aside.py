"""Files written aside and renamed: whoever looks sees the old file or the whole new one."""

from __future__ import annotations

import errno
import os
import platform
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from zlib import crc32

from cati.base.errors import CatiError, reason_of
from cati.base.i18n import mark as N_


@contextmanager
def written_aside(*targets: Path, private: bool = False) -> Iterator[tuple[Path, ...]]:
    """Paths to write to; when the block ends well the files take their names, else they are removed.

    Folders are made as needed. An existing file is replaced. What a killed program left of an earlier attempt
    at the same file is removed.

    Args:
        private: nobody but the owner may read the files, not even while they are written.

    Raises:
        CatiError: ``file_not_written`` when a folder or file cannot be written.
    """
    mark = f"{_host():08x}-{os.getpid()}-{secrets.token_hex(4)}"
    asides = tuple(target.with_name(f".{target.name}.{mark}.tmp") for target in targets)
    try:
        for target in targets:
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            _remove_left_behind(target)
        for aside in asides:
            aside.touch(0o600 if private else 0o666, exist_ok=False)
        yield asides
        for aside in asides:
            with aside.open("rb+") as file:
                os.fsync(file.fileno())
        for aside, target in zip(asides, targets, strict=True):
            aside.replace(target)
    except OSError as error:
        raise CatiError(
            "file_not_written",
            N_("{file} could not be written ({reason}). Close it elsewhere or choose another folder."),
            file=", ".join(str(target) for target in targets),
            reason=reason_of(error),
        ) from error
    finally:
        for aside in asides:
            if aside.exists():
                aside.unlink()


@contextmanager
def folder_written_aside(target: Path) -> Iterator[Path]:
    """A folder to write to; when the block ends well it takes its name, else it is removed.

    Nobody but the owner may look into it. What a killed program left of an earlier attempt is removed.

    Raises:
        CatiError: ``folder_not_empty`` when there is something at the target already; ``file_not_written``
            when something cannot be written.
    """
    aside = target.with_name(f".{target.name}.{_host():08x}-{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and not (target.is_dir() and not any(target.iterdir())):
            raise CatiError(
                "folder_not_empty",
                N_("There is something in {folder} already. Nothing was written. Choose another folder."),
                folder=str(target),
            )
        _remove_left_behind(target)
        aside.mkdir(mode=0o700)
        yield aside
        for file in aside.rglob("*"):
            if file.is_file():
                with file.open("rb+") as opened:
                    os.fsync(opened.fileno())
        if target.is_dir():
            target.rmdir()
        aside.rename(target)
    except OSError as error:
        raise CatiError(
            "file_not_written",
            N_("{file} could not be written ({reason}). Close it elsewhere or choose another folder."),
            file=str(target),
            reason=reason_of(error),
        ) from error
    finally:
        if aside.exists():
            shutil.rmtree(aside)


def _host() -> int:
    """A number of this computer: on a shared folder another one may be writing."""
    return crc32(platform.node().encode())


def _remove_left_behind(target: Path) -> None:
    """Remove files, and folders of their parts, that belong to no program that still runs here."""
    pattern = re.compile(rf"\.{{1,2}}{re.escape(target.name)}\.{_host():08x}-(\d+)-[0-9a-f]{{8}}\.tmp.*")
    for entry in target.parent.iterdir():
        found = pattern.fullmatch(entry.name)
        if found is None or _runs(int(found[1])):
            continue
        with suppress(OSError):
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def _runs(pid: int) -> bool:
    """Whether a process is there; where that cannot be asked, it is taken to be."""
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
