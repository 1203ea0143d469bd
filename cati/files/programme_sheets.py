"""The programme workbook as rows of canonical headings, every cell knowing where it stands.

Chinese sheet names, headings and type words are turned into the English ones here, so nothing after
this module knows that there are two ways to write a workbook.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.expressions import canonical
from cati.files.limits import DAMAGED, Limits, read_workbook
from cati.files.programme_words import (
    COLUMNS,
    LANGUAGES,
    NEEDED,
    NO,
    OPTIONAL_SHEETS,
    SHEETS,
    TRANSLATED,
    TYPES,
    XLSFORM_LANGUAGES,
    YES,
)

LIMITS = Limits(packed=20_000_000, unpacked=200_000_000, area=5_000_000)
"""A programme workbook is some tens of kilobytes; anything far larger is another file."""


SPELT, ALIKE = 4, 0.8
"""From how many letters on, and how much alike, an unknown heading is taken for a known one misspelt."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right in the workbook.

    Attributes:
        sheet: the sheet's name as it stands in the file, "" for the file as a whole.
        row: Excel's row number, 0 for the sheet as a whole.
        column: Excel's column letter, "" for the whole row.
        message: what is wrong and what to do.
    """

    sheet: str
    row: int
    column: str
    message: str

    def __str__(self) -> str:
        cell = f"{self.column}{self.row or ''}"
        place = f"{self.sheet}!{cell}" if cell else self.sheet
        return f"{place}: {self.message}" if place else self.message


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet: texts by heading; a translated heading has its language, ``label::en``."""

    sheet: Sheet
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, heading: str) -> str:
        return self.cells.get(heading, "")

    def labels(self, heading: str) -> dict[str, str]:
        """The texts of a translated heading by language, those that are there."""
        start = heading + "::"
        return {key[len(start) :]: text for key, text in self.cells.items() if key.startswith(start) and text}


@dataclass(slots=True)
class Sheet:
    """One sheet: its name in the file, the column letter of each heading, and its rows without blank ones."""

    name: str
    title: str
    columns: dict[str, str] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)


class Problems:
    """Everything found wrong so far."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, message: str, *, sheet: str = "", row: int = 0, column: str = "", **params: object) -> None:
        """Note one problem; `message` is a msgid whose fields are `params`."""
        self.found.append(Problem(sheet, row, column, _(message).format(**params)))

    def at(self, row: Row, heading: str, message: str, **params: object) -> None:
        """Note one problem of a cell."""
        letters = [c for h, c in row.sheet.columns.items() if h == heading or h.startswith(heading + "::")]
        column = letters[0] if letters else ""
        self.add(message, sheet=row.sheet.title, row=row.number, column=column, **params)

    def twice(self, row: Row, heading: str, name: str, first: int) -> None:
        """Note that a name of this cell stands in row `first` already."""
        self.at(row, heading, N_("“{name}” stands in row {first} already."), name=name, first=first)

    def refuse(self, file: str) -> None:
        """Refuse the workbook if anything was found.

        Raises:
            CatiError: ``workbook_problems`` with all of them, also as `Problem`s in params["problems"].
        """
        if self.found:
            order = {p.sheet: place for place, p in reversed(list(enumerate(self.found)))}
            ordered = sorted(self.found, key=lambda p: (order[p.sheet], p.row, len(p.column), p.column))
            raise CatiError(
                "workbook_problems",
                N_("{file} was not loaded; things to put right: {count}. Nothing was changed.\n{list}"),
                file=file,
                count=len(ordered),
                list="\n".join(map(str, ordered)),
                problems=tuple(ordered),
            )


def open_book(path: Path, passwords: Sequence[str] = ()) -> Any:
    """The workbook as the library reads it.

    Args:
        path: an .xlsx file.
        passwords: are tried if it is protected.

    Raises:
        CatiError: ``workbook_missing``, ``workbook_unreadable``, and what `read_workbook` refuses.
    """
    # Late, because it takes longer to import than a workbook takes to read.
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    if not path.is_file():
        raise CatiError("workbook_missing", N_("There is no file {file}. Check the path."), file=str(path))
    try:
        content = read_workbook(path, LIMITS, passwords)
    except CatiError as refused:
        if refused.code in ("file_not_workbook", "file_too_large"):
            raise _unreadable(path) from refused
        raise
    try:
        return openpyxl.load_workbook(io.BytesIO(content))
    except (
        *DAMAGED,
        InvalidFileException,
        SyntaxError,  # what both readers of XML raise
        AttributeError,
        IndexError,
        KeyError,
        TypeError,
    ) as fault:
        raise _unreadable(path) from fault


def read_sheets(path: Path, problems: Problems, passwords: Sequence[str] = ()) -> dict[str, Sheet]:
    """The known sheets of a workbook by canonical name; sheets of other names are left alone.

    Raises:
        CatiError: what `open_book` refuses.
    """
    book = open_book(path, passwords)
    names = {alias: name for name, aliases in SHEETS.items() for alias in (name, *aliases)}
    sheets: dict[str, Sheet] = {}
    for worksheet in book.worksheets:
        name = names.get(worksheet.title.strip().lower(), "")
        if name in sheets:
            problems.add(
                N_("This sheet and “{other}” are the same to the program. Keep one of them."),
                sheet=worksheet.title,
                other=sheets[name].title,
            )
        elif name:
            sheets[name] = _read_sheet(name, worksheet, problems)
    for name in SHEETS:
        if name not in sheets and name not in OPTIONAL_SHEETS:
            problems.add(
                N_("The sheet “{name}” ({alias}) is missing. Add it."), name=name, alias=SHEETS[name][0]
            )
    _name_default_language(sheets)
    return sheets


def form_part(sheets: Mapping[str, Sheet]) -> dict[str, list[dict[str, str]]]:
    """Survey, choices and settings as XLSForm rows with canonical headings, as pyxform reads them."""
    form = {}
    for name in ("survey", "choices", "settings"):
        rows = [{_xlsform(heading): text for heading, text in row.cells.items()} for row in sheets[name].rows]
        form[name] = rows
    return form


def _xlsform(heading: str) -> str:
    name, _mark, language = heading.partition("::")
    return (
        f"{name}::{ {'zh': '中文 (zh)', 'en': 'English (en)'}.get(language, language) }" if language else name
    )


def _unreadable(path: Path) -> CatiError:
    return CatiError(
        "workbook_unreadable",
        N_(
            "{file} is not an Excel workbook (.xlsx) this program can read. Nothing was changed. "
            "Open it in Excel or WPS and save it as .xlsx."
        ),
        file=path.name,
    )


def _read_sheet(name: str, worksheet: Any, problems: Problems) -> Sheet:
    sheet = Sheet(name, worksheet.title)
    rows: Iterator[Sequence[Any]] = worksheet.iter_rows()
    headings = _read_headings(sheet, next(rows, ()), problems)
    for cells in rows:
        texts = {}
        for heading, cell in zip(headings, cells, strict=False):
            if not heading or cell.value is None:
                continue
            if cell.data_type in ("f", "e"):
                problems.add(
                    N_("This cell holds a formula or an error. Write the value itself."),
                    sheet=sheet.title,
                    row=cell.row,
                    column=cell.column_letter,
                )
                continue
            text = cell_text(cell)
            if text:
                texts[heading] = text
        if texts:
            number = next(cell.row for cell in cells if cell.value is not None)
            sheet.rows.append(Row(sheet, number, _canonical_cells(name, texts)))
    return sheet


def _read_headings(sheet: Sheet, cells: Sequence[Any], problems: Problems) -> list[str]:
    known = {a.lower(): c for c, aliases in COLUMNS[sheet.name].items() for a in (c, *aliases)}
    headings = []
    strange: list[tuple[str, str]] = []
    for cell in cells:
        written = cell_text(cell) if cell.value is not None else ""
        name, _mark, language = (part.strip() for part in written.partition("::"))
        heading = known.get(name.lower(), "")
        if heading and language and heading in TRANSLATED:
            heading = f"{heading}::{_language_code(language)}"
        if heading in sheet.columns:
            problems.add(
                N_("The heading “{heading}” stands twice. Remove one of the columns."),
                sheet=sheet.title,
                row=1,
                column=cell.column_letter,
                heading=written,
            )
            heading = ""
        if heading:
            sheet.columns[heading] = cell.column_letter
            sheet.headings[heading] = written
        elif len(name) >= SPELT:
            strange.append((name, cell.column_letter))
        headings.append(heading)
    there = {heading.split("::")[0] for heading in sheet.columns}
    for needed in NEEDED[sheet.name]:
        if needed not in there:
            problems.add(
                N_("The heading “{heading}” ({alias}) is missing from row 1. Add the column."),
                sheet=sheet.title,
                row=1,
                heading=needed,
                alias=next(iter(COLUMNS[sheet.name][needed]), needed),
            )
    for name, column in strange:
        # A column of the clerk's own is left alone; one letter wrong in ours would lose every cell under it.
        meant = next(iter(get_close_matches(name.lower(), known, 1, ALIKE)), "")
        if meant and known[meant] not in there:
            problems.add(
                N_(
                    "The heading “{heading}” is not known. If “{meant}” is meant, write that; else rename it."
                ),
                sheet=sheet.title,
                row=1,
                column=column,
                heading=name,
                meant=meant,
            )
    return headings


def _language_code(language: str) -> str:
    """``zh`` from 中文 (zh), 中文 or zh."""
    found = re.search(r"\(([A-Za-z-]+)\)\s*$", language.replace("（", "(").replace("）", ")"))
    return found.group(1).lower() if found else LANGUAGES.get(language.lower(), language.lower())


def cell_text(cell: Any) -> str:
    """A cell as text: whole numbers without a point, percents with their sign, dates in ISO form."""
    value = cell.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        exact = Decimal(repr(value))
        if "%" in (cell.number_format or ""):
            return f"{_plain(exact * 100)}%"
        return _plain(exact)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return str(value).replace("\u00a0", " ").strip()


def _plain(number: Decimal) -> str:
    return str(int(number)) if number == number.to_integral_value() else format(number.normalize(), "f")


def _canonical_cells(sheet: str, texts: dict[str, str]) -> dict[str, str]:
    for heading in ("relevant", "constraint", "calculation"):
        if not texts.get(heading, "").isascii():
            # What is not understood stays as it is; the survey's own check says where and why.
            with contextlib.suppress(CatiError):
                texts[heading] = canonical(texts[heading])
    if sheet == "survey" and "type" in texts:
        texts["type"] = _canonical_type(texts["type"])
        if "required" in texts:
            word = texts["required"].lower()
            texts["required"] = "yes" if word in YES else "no" if word in NO else texts["required"]
    if sheet == "settings" and "default_language" in texts:
        code = _language_code(texts["default_language"])
        texts["default_language"] = XLSFORM_LANGUAGES.get(code, code)
    return texts


def _canonical_type(written: str) -> str:
    words = written.split()
    for count in (2, 1):
        first = " ".join(words[:count]).lower()
        if first in TYPES:
            return " ".join([TYPES[first], *words[count:]])
    return " ".join([words[0].lower(), *words[1:]])


def _name_default_language(sheets: Mapping[str, Sheet]) -> None:
    """A translated heading without a language is in the default language of the settings sheet."""
    settings = sheets["settings"].rows if "settings" in sheets else []
    language = _language_code(settings[0]["default_language"] or "zh") if settings else "zh"
    for sheet in sheets.values():
        for heading in TRANSLATED & set(sheet.columns):
            if heading == "name" or f"{heading}::{language}" in sheet.columns:
                continue
            sheet.columns[f"{heading}::{language}"] = sheet.columns.pop(heading)
            for place, row in enumerate(sheet.rows):
                moved = {(f"{heading}::{language}" if k == heading else k): t for k, t in row.cells.items()}
                sheet.rows[place] = Row(sheet, row.number, moved)
