"""Small tables people hand in: .csv and .xlsx with headings in the first row that is not empty."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.files.csv import is_csv, read_rows, read_text
from cati.files.limits import being_read, read_workbook


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
    numbered = enumerate(next(iter(read_sheets(path).values()), []), start=1)
    heading = next(((n, row) for n, row in numbered if any(row)), (0, []))[1]
    places = {name: _place(heading, (name, *aliases), path) for name, aliases in columns.items()}
    found = []
    for number, row in numbered:
        if any(row):
            cells = {name: row[at] if at < len(row) else "" for name, at in places.items()}
            found.append(TableRow(number, cells))
    return found


def _place(heading: Sequence[str], names: Sequence[str], path: Path) -> int:
    folded = [cell.casefold() for cell in heading]
    for name in names:
        if name.casefold() in folded:
            return folded.index(name.casefold())
    raise CatiError(
        "column_missing",
        N_("{file} has no column {column}. Nothing was changed. Name the column in the first row."),
        file=path.name,
        column=" / ".join(names),
    )


def read_sheets(path: Path) -> dict[str, list[list[str]]]:
    """All rows of every sheet as text, by its name; a .csv file is one sheet.

    Args:
        path: .csv (UTF-8, or GB 18030 as Chinese Excel writes it) or .xlsx.

    Raises:
        CatiError: what `read_workbook` and `read_text` refuse.
    """
    if is_csv(path):
        _content, text = read_text(path)
        return {path.stem: [[_text(cell) for cell in row] for row in read_rows(path, text)]}
    from python_calamine import CalamineWorkbook

    content = read_workbook(path)
    with being_read(path):
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
        }
    return {name: [[_text(cell) for cell in row] for row in rows] for name, rows in sheets.items()}


def _text(cell: object) -> str:
    """A cell as people read it; a whole float loses the point that only the file format gave it."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return normalize("NFKC", str(cell)).strip()
