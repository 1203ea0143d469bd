"""What a workbook may be before anything reads it: a zip can promise little and unpack without end."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cati.base.errors import CatiError, reason_of
from cati.base.i18n import mark as N_
from cati.files.locked import protected, unlocked
from cati.files.ole import OLE, outermost, sound_container, workbook_stream

_DIMENSION = re.compile(rb'<(?:\w+:)?dimension [^>]*?ref="(?:[A-Z]+\d+:)?([A-Z]+)(\d+)"')
_FILLED_CELL = re.compile(rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*["']([A-Z]+)(\d+)["'](?:[^>]*[^>/])?>""")
# Any place but one up to column BI and row 1,099,999 written as usual: a sheet with no other fits, whatever
# it states. The words before it are fixed, so that a million rows are looked through in half a second.
_FAR_PLACE = re.compile(rb' r="(?![A-Z]?(?:\d{1,6}|10\d{5})")(?!(?:A[A-Z]|B[A-I])(?:\d{1,6}|10\d{5})")')
_ROW = re.compile(rb"""<(?:\w+:)?row\s(?:[^>]*?\s)?r\s*=\s*["'](\d{8,})["']""")
_LONGEST_PIECE = 4 << 20


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

DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error,
    EOFError, NotImplementedError, OSError, RuntimeError, ValueError,
)  # fmt: skip
"""What a zip that is damaged, or protected as a zip, makes its reader raise."""


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
            return _sound_xls(path, content, limits)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            check_archive(path, archive, len(content), limits)
    except DAMAGED:
        raise not_a_workbook(path) from None
    return content


def read_file(path: Path, limits: Limits = LIMITS) -> bytes:
    """Read a file's bytes if they are not too many.

    Raises:
        CatiError: ``file_unreadable`` or ``file_too_large``.
    """
    try:
        if path.stat().st_size > limits.packed:
            raise too_large(path)
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> CatiError:
    """The refusal of a file that the system does not give out."""
    return CatiError(
        "file_unreadable",
        N_("{file} cannot be read ({reason}). Nothing was changed. Check the name and who may open it."),
        file=path.name,
        reason=reason_of(error),
    )


@contextmanager
def being_read(path: Path) -> Iterator[None]:
    """Turns what the reader of workbooks says of a damaged or protected file into words.

    Raises:
        CatiError: ``file_not_workbook``, ``file_protected``.
    """
    from python_calamine import CalamineError, PasswordError

    try:
        yield
    except PasswordError:
        raise protected(path) from None
    except CalamineError:
        raise not_a_workbook(path) from None
    except BaseException as error:
        # Where the reader itself fails, its library raises what no `except Exception` catches.
        if type(error).__name__ != "PanicException":
            raise
        raise not_a_workbook(path) from None


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


def too_large(path: Path) -> CatiError:
    """The refusal of a file that is larger than it may be."""
    return CatiError(
        "file_too_large",
        N_(
            "{file} is larger than a workbook of lists can be, or unpacks to far too much. "
            "Nothing was changed. Split it into several files, or ask for it to be sent again."
        ),
        file=path.name,
    )


def _sound_xls(path: Path, content: bytes, limits: Limits) -> bytes:
    found = workbook_stream(content)
    if found is None:
        raise not_a_workbook(path)
    row, column = outermost(found[1])
    if row * column > limits.area:
        raise _far_away(path, f"{column_letters(column)}{row}")
    sound = sound_container(*found)
    if sound is None:
        raise too_large(path)
    return sound


def _far_away(path: Path, cell: str) -> CatiError:
    return CatiError(
        "cell_far_away",
        N_(
            "{file}: something is written in cell {cell}, far from everything else. "
            "Nothing was changed. Delete the contents of that cell, save and try again."
        ),
        file=path.name,
        cell=cell,
    )


def check_archive(path: Path, archive: zipfile.ZipFile, packed: int, limits: Limits) -> None:
    """Refuse a workbook that unpacks to too much, or has something written far from all else.

    Args:
        path: names it in refusals.
        archive: the workbook.
        packed: bytes of it.
        limits: what it may hold.

    Raises:
        CatiError: ``file_too_large``, ``cell_far_away``.
    """
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked or unpacked > packed * limits.ratio:
        raise too_large(path)
    for entry in entries:
        if entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml"):
            with archive.open(entry) as sheet:
                suspect = any(map(_looks_far, _pieces(sheet))) or not _states_little(archive, entry, limits)
            if suspect:
                with archive.open(entry) as sheet:
                    _check_area(path, sheet, limits)


def _looks_far(text: bytes) -> bool:
    if _FAR_PLACE.search(text) or b"r =" in text or text.count(b"r=") != text.count(b'r="'):
        return True
    # To look for one character costs next to nothing, and a sheet of rows rarely has these.
    spaces = [space for space in (b"\t", b"\n", b"\r") if space in text]
    return any(space + b"r=" in text or b"r" + space + b"=" in text for space in spaces)


def _states_little(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> bool:
    """Whether a sheet says that it is small."""
    with archive.open(entry) as sheet:
        stated = _DIMENSION.search(sheet.read(4096))
    return stated is not None and _column_number(stated[1]) * int(stated[2]) <= limits.area


def _pieces(sheet: IO[bytes]) -> Iterator[bytes]:
    """A sheet piece by piece, each a megabyte or so and at its end no tag cut in two."""
    begun = b""
    while chunk := sheet.read(1 << 20):
        text = begun + chunk
        # A tag as long as a piece is none of a row or cell.
        end = max(0, text.rfind(b"<"), len(text) - _LONGEST_PIECE)
        yield text[:end]
        begun = text[end:]
    yield begun


def _check_area(path: Path, sheet: IO[bytes], limits: Limits) -> None:
    """Refuse a sheet with a cell so far out that the rectangle around all cells would not fit in memory.

    What a sheet states of its extent counts formatted cells too, so the cells themselves are looked at.
    """
    widest = lowest = 1
    for text in _pieces(sheet):
        if row := _ROW.search(text):
            raise _far_away(path, row[1].decode())
        for cell in _FILLED_CELL.finditer(text):
            letters, number = cell.groups()
            widest = max(widest, _column_number(letters))
            lowest = max(lowest, int(number))
            if widest * lowest > limits.area:
                raise _far_away(path, (letters + number).decode())


def column_letters(number: int) -> str:
    """What a column is called, from 1: A, then B and so on to Z, then AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
