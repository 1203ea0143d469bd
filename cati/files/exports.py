"""Tables written to .xlsx or .csv row by row, so that memory stays flat however many rows there are."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, TypeAlias

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

Cell: TypeAlias = str | int | float | None

ROWS_OF_A_SHEET = 1_048_576
"""What Excel can hold, heading included."""

LINE_HIGH = 16
"""Of a line in a cell, in points."""
NARROW = 8.4
"""Letters that a column holds for which no width was given."""

_FORMULA_STARTS = frozenset("=+-@\t\r")


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula, also after it is saved as .csv: quoted if need be."""
    if text[:1] in _FORMULA_STARTS:
        return "'" + text
    return text


class Table(NamedTuple):
    """A table to be written.

    Attributes:
        name: at most 28 characters.
        heading: of the columns.
        rows: cells from left to right, taken once.
    """

    name: str
    heading: Sequence[str]
    rows: Iterable[Sequence[Cell]]


class Ruled(NamedTuple):
    """How cells look that are meant for paper too."""

    heading: Any
    words: Any
    number: Any
    fraction: Any


class Workbook:
    """An .xlsx being written, each sheet from top to bottom.

    Args:
        book: a workbook in constant-memory mode.
    """

    def __init__(self, book: Any) -> None:
        self._book = book
        self._bold = book.add_format({"bold": True})
        ruled = {"border": 1, "border_color": "#A8B0B8", "valign": "vcenter"}
        self._ruled = Ruled(
            book.add_format(
                ruled | {"bold": True, "align": "center", "text_wrap": True, "bg_color": "#EEF2F6"}
            ),
            book.add_format(ruled | {"text_wrap": True}),
            book.add_format(ruled | {"align": "center"}),
            book.add_format(ruled | {"align": "center", "num_format": "0.00"}),
        )

    def add_sheet(
        self,
        name: str,
        heading: Sequence[str],
        rows: Iterable[Sequence[Cell]],
        *,
        widths: Sequence[float] = (),
        limit: int = ROWS_OF_A_SHEET,
        on_paper: bool = False,
    ) -> int:
        """Write a sheet; gives the number of rows below the heading.

        Texts are written as texts, never as formulas, links or numbers. What does not fit goes on in sheets
        called ``name 2``, ``name 3`` …

        Args:
            name: at most 28 characters.
            heading: of the columns, bold and kept in sight.
            rows: cells from left to right.
            widths: of the columns, in characters.
            limit: rows of a sheet, heading included.
            on_paper: whether it is also meant to be printed: A4 across, all columns on one page, and numbers
                that are not whole with two decimals.
        """
        count, waiting = 0, iter(rows)
        following = next(waiting, None)
        for part in self._names(name):
            sheet = self._sheet(part, heading, widths, self._ruled.heading if on_paper else self._bold)
            if on_paper:
                _set_for_paper(sheet, _lines(heading, widths))
            number = 0
            while following is not None and number < limit - 1:
                number += 1
                if on_paper and (lines := _lines(following, widths)) > 1:
                    sheet.set_row(number, LINE_HIGH * lines)
                _write_row(sheet, number, following, self._ruled if on_paper else None)
                following = next(waiting, None)
            count += number
            if following is None:
                break
        return count

    @staticmethod
    def _names(name: str) -> Iterator[str]:
        yield name
        part = 2
        while True:
            yield f"{name} {part}"
            part += 1

    def _sheet(self, name: str, heading: Sequence[str], widths: Sequence[float], look: Any) -> Any:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for at, width in enumerate(widths):
            sheet.set_column(at, at, width)
        for at, text in enumerate(heading):
            sheet.write_string(0, at, harmless(text), look)
        return sheet


def _set_for_paper(sheet: Any, lines: int) -> None:
    sheet.set_paper(9)
    sheet.set_row(0, LINE_HIGH * max(2, lines))
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&C&P / &N")


def _lines(row: Sequence[Cell], widths: Sequence[float]) -> int:
    """How many lines the words of a row need: not every program finds that out when it opens a workbook."""
    found = 1
    for at, cell in enumerate(row):
        if isinstance(cell, str) and cell:
            # A Chinese letter is as wide as two others.
            letters = sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in cell)
            found = max(found, ceil(letters / (widths[at] if at < len(widths) else NARROW)))
    return found


def _write_row(sheet: Any, number: int, row: Sequence[Cell], ruled: Ruled | None = None) -> None:
    for at, cell in enumerate(row):
        if isinstance(cell, str):
            if cell or ruled:
                sheet.write_string(number, at, harmless(cell), ruled and ruled.words)
        elif cell is not None:
            look = ruled and (ruled.fraction if isinstance(cell, float) else ruled.number)
            sheet.write_number(number, at, cell, look)
        elif ruled:
            sheet.write_blank(number, at, None, ruled.number)


@contextmanager
def new_workbook(path: Path) -> Iterator[Workbook]:
    """A workbook at a path, complete when the block ends.

    Raises:
        OSError: it could not be written.
    """
    # Sheets wait in a folder of their own, so that nothing is left of a workbook that is given up.
    with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": folder})
        try:
            yield Workbook(book)
        finally:
            try:
                book.close()
            except XlsxWriterException as error:
                raise as_os_error(error) from error


def as_os_error(error: XlsxWriterException) -> OSError:
    """What the system said when a workbook could not be written, out of what the library makes of it."""
    told = error.args[0] if error.args else None
    return told if isinstance(told, OSError) else OSError(str(error))


def write_workbook(path: Path, tables: Iterable[Table]) -> list[int]:
    """Write tables as the sheets of one .xlsx; gives the rows of each, headings left out.

    Raises:
        OSError: it could not be written.
    """
    with new_workbook(path) as book:
        return [book.add_sheet(table.name, table.heading, table.rows) for table in tables]


def write_csv(paths: Sequence[Path], tables: Iterable[Table]) -> list[int]:
    """Write each table as a .csv, in UTF-8 with the mark by which Excel knows it; gives the rows of each.

    Raises:
        OSError: one could not be written.
    """
    counts = []
    for path, table in zip(paths, tables, strict=True):
        count = 0
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([harmless(text) for text in table.heading])
            for row in table.rows:
                writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
                count += 1
        counts.append(count)
    return counts
