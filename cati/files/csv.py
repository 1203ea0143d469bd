"""Text of .csv files as Chinese offices write them: UTF-8 with or without its mark, or GB 18030.

Between the cells may be a comma, a semicolon or a tab.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.files.limits import LIMITS, Limits, read_file

SUFFIX = ".csv"

SEPARATORS = ",;\t"
ENCODINGS = ("utf-8-sig", "gb18030")
_LOOKED_AT = 10_000


def is_csv(path: Path) -> bool:
    """Whether a file is read as .csv: its name decides, for any bytes may be text."""
    return path.suffix.lower() == SUFFIX


def read_text(path: Path, limits: Limits = LIMITS) -> tuple[bytes, str]:
    """The bytes of a .csv file, and the text they are.

    What is no UTF-8 is GB 18030, which GBK and GB 2312 are parts of: a text of some Chinese words in one of
    them is never by chance one in UTF-8.

    Args:
        path: it is only read.
        limits: what it may hold.

    Raises:
        CatiError: ``file_unreadable``, ``file_too_large``, ``file_not_text``.
    """
    content = read_file(path, limits)
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return content, text
    raise not_text(path)


def not_text(path: Path) -> CatiError:
    """The refusal of a file that is no text."""
    return CatiError(
        "file_not_text",
        N_(
            "{file} is not a table in text form, or it is damaged. Nothing was changed. "
            "Open it in Excel or WPS, save it as .xlsx and try again."
        ),
        file=path.name,
    )


def read_rows(path: Path, text: str) -> Iterator[list[str]]:
    """The rows of a .csv text, each as long as it is.

    Raises:
        CatiError: ``csv_broken`` where a row cannot be told from the next, as when a quote is left open.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text), strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise broken(path, reader.line_num) from error


def broken(path: Path, line: int) -> CatiError:
    """The refusal of a .csv file of which a row cannot be told from the next."""
    return CatiError(
        "csv_broken",
        N_(
            "{file} cannot be read on from line {line}: perhaps a quotation mark is left open there. "
            "Nothing was changed. Open it in Excel or WPS, save it as .xlsx and try again."
        ),
        file=path.name,
        line=line,
    )


def separator(text: str) -> str:
    """What stands between the cells: that which parts most of the first rows, and them into most cells."""
    parted = dict.fromkeys(SEPARATORS, (0, 0))
    for separator in SEPARATORS:
        head = io.StringIO(text[:_LOOKED_AT], newline="")
        with suppress(csv.Error):
            cells = [len(row) for row in csv.reader(head, delimiter=separator) if len(row) > 1]
            parted[separator] = len(cells), sum(cells)
    return max(parted, key=lambda separator: parted[separator])
