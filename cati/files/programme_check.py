"""A programme workbook looked at before it is loaded: its grid, what is wrong in it, what it leaves open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cati.base.errors import CatiError
from cati.base.i18n import language
from cati.domain.programmes import Programme, in_language
from cati.files.programme_sheets import Problem, Problems, cell_text, open_book, read_sheets
from cati.files.programmes import load_workbook

MOST_ROWS, MOST_COLUMNS = 2_000, 60
"""So much of a sheet is shown; what is wrong is told beyond it too."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as it stands in the file.

    Attributes:
        title: its name.
        rows: texts of the cells from row 1 and column A, all of one length.
    """

    title: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class OpenSetting:
    """A setting that the document behind the programme leaves open.

    Attributes:
        question: in the language in use.
        proposed: the value taken when nobody decides.
        source: where the document is silent, or empty.
    """

    name: str
    question: str
    proposed: str
    source: str


@dataclass(frozen=True, slots=True)
class WorkbookCheck:
    """What was found.

    Attributes:
        path: the workbook.
        sheets: all of them, in their order.
        problems: everything to put right, by sheet, row and column.
        open_settings: to be decided before it is loaded; empty while there are problems.
        programme: as it would be loaded with the proposed values; None while there are problems.
    """

    path: Path
    sheets: tuple[Grid, ...]
    problems: tuple[Problem, ...]
    open_settings: tuple[OpenSetting, ...]
    programme: Programme | None


def check_workbook(
    path: Path,
    chosen: Mapping[str, str] | None = None,
    passwords: Sequence[str] = (),
    units_file: Path | None = None,
) -> WorkbookCheck:
    """Read a programme workbook and tell what is wrong with it instead of refusing it.

    Args:
        path: an .xlsx file.
        chosen: settings decided beforehand, by name.
        passwords: are tried if it is protected.
        units_file: units beside those of the workbook.

    Raises:
        CatiError: ``setting_unknown``, and what `open_book` and `add_units` refuse.
    """
    sheets = tuple(_grid(worksheet) for worksheet in open_book(path, passwords).worksheets)
    try:
        programme = load_workbook(path, chosen, passwords=passwords, units_file=units_file)
    except CatiError as error:
        if error.code != "workbook_problems":
            raise
        return WorkbookCheck(path, sheets, tuple(error.params["problems"]), (), None)
    return WorkbookCheck(path, sheets, (), _open_settings(path, chosen or {}, passwords), programme)


def _grid(worksheet: Any) -> Grid:
    height, width = min(worksheet.max_row, MOST_ROWS), min(worksheet.max_column, MOST_COLUMNS)
    cells = worksheet.iter_rows(max_row=height, max_col=width)
    rows = [tuple("" if cell.value is None else cell_text(cell) for cell in row) for row in cells]
    while rows and not any(rows[-1]):
        rows.pop()
    return Grid(worksheet.title, tuple(rows))


def _open_settings(
    path: Path, chosen: Mapping[str, str], passwords: Sequence[str]
) -> tuple[OpenSetting, ...]:
    rows = read_sheets(path, Problems(), passwords)["programme"].rows
    return tuple(
        OpenSetting(
            row["name"],
            in_language(row.labels("question"), language(), row["name"]),
            row["proposed"],
            row["source"],
        )
        for row in rows
        if row["proposed"] and not row["value"] and row["name"] not in chosen
    )
