"""Writes phone lists in the form units hand them in, for demonstrations and tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path


def write_lists(
    path: Path,
    unit: str,
    submitted_on: date | None,
    lists: Mapping[str, Sequence[tuple[str, str]]],
) -> None:
    """Write one workbook as annex 2 of Yazhou 2023 wants it.

    Args:
        path: the .xlsx file to write.
        unit: for the 报送单位 line; "" leaves title lines out, as in a public pool.
        submitted_on: for the 报送时间 line.
        lists: sheet name -> (name, number) rows.
    """
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        for title, rows in lists.items():
            sheet = book.add_worksheet(title)
            top = 0
            if unit:
                sheet.write_string(0, 0, f"{unit}{title}电话号码样本库")
                sheet.write_string(1, 0, f"报送单位：{unit}")
                if submitted_on is not None:
                    day = f"{submitted_on.year}年{submitted_on.month}月{submitted_on.day}日"
                    sheet.write_string(1, 2, f"报送时间：{day}")
                top = 2
            sheet.write_row(top, 0, ("序号", "姓名", "手机号码"))
            for number, (name, phone) in enumerate(rows, 1):
                sheet.write_row(top + number, 0, (number, name, phone))
