"""Small tables people hand in: .csv and .xlsx with headings in one of the first rows, under titles if any."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from unicodedata import normalize

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.files.csv import is_csv, read_rows, read_text
from cati.files.limits import LIMITS, being_read, read_file, workbook_of

HEADING_ROWS = 15
"""Rows in which headings are looked for: exports have a title over them, and what they are of."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its number in the sheet (from 1) and its cells as text, by column name."""

    number: int
    cells: Mapping[str, str]


def read_table(path: Path, columns: Mapping[str, Sequence[str]]) -> list[TableRow]:
    """Read the wanted columns of a table; rows without anything in them are left out.

    Args:
        path: .csv (UTF-8, or GB 18030 as Chinese Excel writes it) or .xlsx.
        columns: names of the columns, each with headings it also goes by.

    Raises:
        CatiError: ``column_missing``, and what `read_workbook` and `read_text` refuse.
    """
    return read_hashed_table(path, columns)[1]


def read_hashed_table(
    path: Path, columns: Mapping[str, Sequence[str]], optional: Mapping[str, Sequence[str]] | None = None
) -> tuple[str, list[TableRow]]:
    """Read a table as `read_table` does, with the hexadecimal SHA-256 of the file.

    Args:
        path: see `read_table`.
        columns: those there have to be.
        optional: those that may be missing; their cells are then empty.

    Raises:
        CatiError: as `read_table`.
    """
    digest, sheets = read_hashed_sheets(path)
    numbered = list(enumerate(next(iter(sheets.values()), []), start=1))
    first, heading = _heading(numbered, columns)
    places = {name: column_place(heading, (name, *aliases)) for name, aliases in columns.items()}
    refuse_without(path.name, places, columns, first)
    places |= {name: column_place(heading, (name, *aliases)) for name, aliases in (optional or {}).items()}
    found = []
    for number, row in numbered[first:]:
        if any(row):
            cells = {n: row[at] if at is not None and at < len(row) else "" for n, at in places.items()}
            found.append(TableRow(number, cells))
    return digest, found


def _heading(
    numbered: Sequence[tuple[int, list[str]]], columns: Mapping[str, Sequence[str]]
) -> tuple[int, list[str]]:
    """The row among the first with most of the wanted headings, and its number; the first of those alike."""
    some = [(number, row) for number, row in numbered[:HEADING_ROWS] if any(row)]

    def wanted(one: tuple[int, list[str]]) -> int:
        return sum(column_place(one[1], (name, *aliases)) is not None for name, aliases in columns.items())

    return max(some, key=wanted, default=(1, []))


def column_place(heading: Sequence[str], names: Sequence[str]) -> int | None:
    """Where the column of one of these names stands, in any case of letters; None when it is not there."""
    folded = [cell.casefold() for cell in heading]
    return next((folded.index(name.casefold()) for name in names if name.casefold() in folded), None)


def refuse_without(
    place: str, places: Mapping[str, int | None], columns: Mapping[str, Sequence[str]], row: int = 1
) -> None:
    """Refuse a list for all headings it lacks, at once.

    Args:
        place: the file, and the sheet where it matters.
        places: where the column of each name stands.
        columns: headings each also goes by.
        row: number of the row of headings.

    Raises:
        CatiError: ``column_missing``.
    """
    lacking = [" / ".join(dict.fromkeys((name, *columns[name]))) for name, at in places.items() if at is None]
    if lacking:
        raise CatiError(
            "column_missing",
            N_(
                "{place}: row {row} has no heading {columns}. Nothing was changed. Name the columns in that "
                "row, and take the file again."
            ),
            place=place,
            row=row,
            columns=_("; ").join(lacking),
        )


def read_sheets(path: Path) -> dict[str, list[list[str]]]:
    """All rows of every sheet as text, by its name; a .csv file is one sheet.

    Args:
        path: .csv (UTF-8, or GB 18030 as Chinese Excel writes it) or .xlsx.

    Raises:
        CatiError: what `read_workbook` and `read_text` refuse.
    """
    return read_hashed_sheets(path)[1]


def read_hashed_sheets(path: Path) -> tuple[str, dict[str, list[list[str]]]]:
    """Read sheets as `read_sheets` does, with the hexadecimal SHA-256 of the file.

    Raises:
        CatiError: as `read_sheets`.
    """
    if is_csv(path):
        content, text = read_text(path)
        sheets = {path.stem: [[_text(cell) for cell in row] for row in read_rows(path, text)]}
        return sha256(content).hexdigest(), sheets
    from python_calamine import CalamineWorkbook

    content = read_file(path, LIMITS)
    opened = workbook_of(path, content, LIMITS)
    with being_read(path):
        book = CalamineWorkbook.from_filelike(io.BytesIO(opened))
        cells = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
        }
    sheets = {name: [[_text(cell) for cell in row] for row in rows] for name, rows in cells.items()}
    return sha256(content).hexdigest(), sheets


def _text(cell: object) -> str:
    """A cell as people read it; a whole float loses the point that only the file format gave it."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return normalize("NFKC", str(cell)).strip()
