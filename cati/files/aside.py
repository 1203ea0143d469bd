"""Files written aside and renamed: whoever looks sees the old file or the whole new one."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_


@contextmanager
def written_aside(*targets: Path, private: bool = False) -> Iterator[tuple[Path, ...]]:
    """Paths to write to; when the block ends well the files take their names, else they are removed.

    Folders are made as needed. An existing file is replaced.

    Args:
        private: nobody but the owner may read the files, not even while they are written.

    Raises:
        CatiError: ``file_not_written`` when a folder or file cannot be written.
    """
    mark = secrets.token_hex(4)
    asides = tuple(target.with_name(f".{target.name}.{mark}.tmp") for target in targets)
    try:
        for target in targets:
            target.parent.mkdir(parents=True, exist_ok=True)
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
            reason=error.strerror or type(error).__name__,
        ) from error
    finally:
        for aside in asides:
            if aside.exists():
                aside.unlink()
