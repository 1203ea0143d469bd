"""The units of a programme that stand in a file of their own, where the workbook cannot name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cati.base.i18n import mark as N_
from cati.files.programme_sheets import Problems, Row, Sheet
from cati.files.tables import read_hashed_table

COLUMNS: Mapping[str, Sequence[str]] = {
    "name": ("单位", "单位名称", "名称", "被评单位"),
    "series": ("系列", "单位系列"),
}
OPTIONAL: Mapping[str, Sequence[str]] = {
    "code": ("编码", "代码"),
    "alias": ("别名",),
    "name::en": ("English", "英文名称", "name::English (en)"),
}
"""Columns of a file of units, with the headings they also go by."""


def add_units(sheet: Sheet, path: Path) -> None:
    """Put the units of a file beside those of the workbook; one of the same code or name takes its place.

    Args:
        sheet: the sheet `units` of the workbook; its rows are changed.
        path: .csv or .xlsx with the columns name and series.

    Raises:
        CatiError: what `read_hashed_table` refuses.
    """
    source = Sheet("units", path.name, dict.fromkeys((*COLUMNS, *OPTIONAL), ""))
    _digest, rows = read_hashed_table(path, COLUMNS, OPTIONAL)
    places = {row[key]: at for at, row in enumerate(sheet.rows) for key in ("code", "name") if row[key]}
    taken = {row["code"] for row in sheet.rows} | {row.cells["code"] for row in rows}
    number = 0
    for row in rows:
        at = next((places[text] for text in (row.cells["code"], row.cells["name"]) if text in places), None)
        cells = dict(sheet.rows[at].cells) if at is not None else {}
        cells |= {name: text for name, text in row.cells.items() if text}
        if not cells.get("code"):
            number = next(n for n in range(number + 1, number + len(taken) + 2) if f"n{n:03}" not in taken)
            cells["code"] = f"n{number:03}"
        made = Row(source, row.number, cells)
        if at is None:
            sheet.rows.append(made)
        else:
            sheet.rows[at] = made


def check_number(sheet: Sheet, values: Mapping[str, Any], problems: Problems) -> None:
    """The programme has as many units as it says, where it says so.

    Args:
        sheet: the units.
        values: the settings by name.
        problems: where a wrong number goes.
    """
    wanted = values.get("units_number")
    if wanted is not None and wanted != len(sheet.rows):
        problems.add(
            N_(
                "{count} units are named here, and there are to be {wanted}. Add rows, or load the workbook "
                "with a file of units (name, series); or decide on another units_number."
            ),
            sheet=sheet.title,
            count=len(sheet.rows),
            wanted=wanted,
        )
