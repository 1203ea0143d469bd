"""What a workbook may be before anything reads it: a zip can promise little and unpack without end."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cati.base.errors import CatiError, reason_of
from cati.base.i18n import mark as N_
from cati.files.locked import OLE, unlocked

_DIMENSION = re.compile(rb'<(?:\w+:)?dimension [^>]*?ref="(?:[A-Z]+\d+:)?([A-Z]+)(\d+)"')
_FILLED_CELL = re.compile(rb'<(?:\w+:)?c r="([A-Z]+)(\d+)"(?:[^>]*[^>/])?>')
_LONGEST_TAG = 256


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a workbook may hold.

    Attributes:
        packed: bytes of the file.
        unpacked: bytes of everything in it.
        ratio: unpacked bytes for each packed one.
        rows: rows of a sheet, as Excel's own.
        area: cells of the rectangle around all that is written in a sheet; the reader sets aside
            memory for each, filled or not.
    """

    packed: int = 200 * 1024**2
    unpacked: int = 2 * 1024**3
    ratio: int = 100
    rows: int = 1_048_576
    area: int = 64_000_000


LIMITS = Limits()


def read_workbook(path: Path, limits: Limits = LIMITS, passwords: Sequence[str] = ()) -> bytes:
    """Read a workbook's bytes once it is known to be one, open and of sane size. The file is left as it is.

    Args:
        path: an .xlsx or .xls file.
        limits: what it may hold.
        passwords: are tried if it is protected; see `unlocked`.

    Raises:
        CatiError: ``file_unreadable``, and what `workbook_of` refuses.
    """
    return workbook_of(path, read_file(path, limits), limits, passwords)


def workbook_of(path: Path, content: bytes, limits: Limits, passwords: Sequence[str] = ()) -> bytes:
    """The bytes of a workbook as it can be read, which are others than the file's if it is protected.

    Args:
        path: names the file in refusals.
        content: of the file.
        limits, passwords: see `read_workbook`.

    Raises:
        CatiError: ``file_not_workbook``, ``file_too_large``, ``cell_far_away``, and what `unlocked` refuses.
    """
    if content.startswith(OLE):
        content = unlocked(path, content, passwords)
        if content.startswith(OLE):
            return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_archive(path, archive, len(content), limits)
    except zipfile.BadZipFile:
        raise not_a_workbook(path) from None
    return content


def read_file(path: Path, limits: Limits = LIMITS) -> bytes:
    """Read a file's bytes if they are not too many.

    Raises:
        CatiError: ``file_unreadable`` or ``file_too_large``.
    """
    try:
        if path.stat().st_size > limits.packed:
            raise _too_large(path)
        return path.read_bytes()
    except OSError as error:
        raise CatiError(
            "file_unreadable",
            N_("{file} cannot be read ({reason}). Nothing was changed. Check the name and who may open it."),
            file=path.name,
            reason=reason_of(error),
        ) from error


def not_a_workbook(path: Path) -> CatiError:
    """The refusal of a file that is no Excel workbook."""
    return CatiError(
        "file_not_workbook",
        N_(
            "{file} is not an Excel workbook, or it is damaged. Nothing was changed. "
            "Open it in Excel or WPS, save it as .xlsx and try again."
        ),
        file=path.name,
    )


def _too_large(path: Path) -> CatiError:
    return CatiError(
        "file_too_large",
        N_(
            "{file} is larger than a workbook of lists can be, or unpacks to far too much. "
            "Nothing was changed. Split it into several files, or ask for it to be sent again."
        ),
        file=path.name,
    )


def _check_archive(path: Path, archive: zipfile.ZipFile, packed: int, limits: Limits) -> None:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked or unpacked > packed * limits.ratio:
        raise _too_large(path)
    for entry in entries:
        if entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml"):
            with archive.open(entry) as sheet:
                _check_area(path, sheet, limits)


def _check_area(path: Path, sheet: IO[bytes], limits: Limits) -> None:
    """Refuse a sheet with a cell so far out that the rectangle around all cells would not fit in memory.

    The extent a sheet states is believed if it is small; large ones count formatted cells too, so there
    the cells themselves are looked at.
    """
    head = sheet.read(4096)
    stated = _DIMENSION.search(head)
    if stated:
        letters, row = stated.groups()
        if _column_number(letters) * int(row) <= limits.area:
            return
    widest = lowest = 1
    tail, chunk = b"", head
    while chunk:
        text = tail + chunk
        for cell in _FILLED_CELL.finditer(text):
            letters, row = cell.groups()
            widest = max(widest, _column_number(letters))
            lowest = max(lowest, int(row))
            if widest * lowest > limits.area:
                raise CatiError(
                    "cell_far_away",
                    N_(
                        "{file}: something is written in cell {cell}, far from everything else. "
                        "Nothing was changed. Delete the contents of that cell, save and try again."
                    ),
                    file=path.name,
                    cell=(letters + row).decode(),
                )
        tail = text[-_LONGEST_TAG:]
        chunk = sheet.read(1 << 20)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
