"""Programme workbooks for tests: a small sound one, and what a test changes in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

Sheets = dict[str, list[list[Any]]]

SURVEY_HEADINGS = [
    "type",
    "name",
    "label::中文 (zh)",
    "label::English (en)",
    "short::中文 (zh)",
    "short::English (en)",
    "relevant",
    "constraint",
    "required",
    "calculation",
    "weight",
    "script",
    "disposition",
]


def _item(name: str, chinese: str, english: str, short: str, weight: int) -> list[Any]:
    return ["select_one level", name, chinese, english, short, name, None, None, "yes", None, weight, "read"]


def small() -> Sheets:
    """Two units, two groups, two items."""
    return {
        "survey": [
            [*SURVEY_HEADINGS],
            ["calculate", "unit", *[None] * 7, "'××'"],
            ["calculate", "item", *[None] * 7, "'××'"],
            ["select_one yes_no", "adult", "满18岁？", "18?", "成年", "Adult", None, None, "yes"],
            ["note", "minor", "再见。", "Bye.", None, None, "${adult} = 'no'", *[None] * 5, "not_eligible"],
            _item("style", "${unit}的${item}？", "${item} of ${unit}?", "作风", 60),
            _item("duties", "履职？", "Duties?", "履职", 40),
            ["note", "verification_card", "问${unit}", "Ask ${unit}", *[None] * 7, "card"],
        ],
        "choices": [
            ["list_name", "name", "label::中文 (zh)", "label::English (en)", "points", "key"],
            ["level", "good", "好", "Good", 100, 1],
            ["level", "bad", "差", "Bad", 40, 2],
            ["level", "dont_know", "不了解", "Does not know", None, 0],
            ["level", "refused", "拒答", "Declines", None, 9],
            ["yes_no", "yes", "是", "Yes", None, None],
            ["yes_no", "no", "否", "No", None, None],
        ],
        "settings": [
            ["form_title", "form_id", "version", "default_language"],
            ["试", "tiny", "1", "中文 (zh)"],
        ],
        "programme": [
            ["name", "value", "proposed", "question::中文 (zh)", "question::English (en)"],
            ["bureau", "统计局"],
            ["local_area_code", 898],
            ["mobile_only", True],
            ["confidence_level", "90%"],
            ["minimum_counted_items", 1],
            ["weigh_items_first", "no"],
            ["approval_number", None, "无", "文号？", "Approval number?"],
            ["hotline", None, "热线", "电话？", "Hotline?"],
        ],
        "units": [["code", "name", "series"], ["u1", "甲局", "一"], ["u2", "乙局", "一"]],
        "groups": [["code", "label", "weight", "quota"], ["m", "管理", 30, 3], ["s", "服务", 70, 7]],
    }


def written(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> Path:
    """The sheets as a workbook."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def changed(path: Path, change: Callable[[Sheets], object]) -> Path:
    """The small workbook after `change` has been at its sheets."""
    sheets = small()
    change(sheets)
    return written(path, sheets)
