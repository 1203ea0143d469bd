"""A bureau whose programme has the 12345 hotline of Yufeng 2024, and its tickets counted another way."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl

from cati.base.clock import VirtualClock
from cati.domain.programmes import AdjustmentRule, Channel, LoadedProgramme
from cati.services.context import Context
from cati.store.engine import Database
from tests.services.fieldwork import evaluation, with_cells

SAMPLE = Path(__file__).parents[1] / "data/yufeng-2024/12345-tickets.xlsx"
TOWNS = ("白沙镇", "洛埠镇", "里雍镇", "雒容镇", "天马街道", "驾鹤街道")
OFFICES = (
    "区市场监督管理局",
    "区民政局",
    "区司法局",
    "区综合行政执法局",
    "区住房和城乡建设局",
    "区教育局",
)
NAMES = (*TOWNS, *OFFICES)


def hotline_of(database: Database, clock: VirtualClock, folder: Path) -> tuple[Context, LoadedProgramme]:
    """Six towns and six offices; the hotline alone makes up the composite, 10 points and 5."""
    plain = evaluation([(name, "镇街" if name in TOWNS else "机关") for name in NAMES])
    return with_cells(
        database,
        clock,
        replace(
            plain,
            code="yufeng-2024",
            settings=replace(plain.settings, composite_in_points=True),
            channels=(
                Channel("towns", "12345热线", Decimal(10), "hotline", series=("镇街",)),
                Channel("offices", "12345热线", Decimal(5), "hotline", series=("机关",)),
            ),
            adjustments=(AdjustmentRule("hotline_hard", "办件加分", Decimal("0.1"), "每项加0.05至0.1分"),),
        ),
    )


HOLIDAYS = {
    date(2024, month, day)
    for month, days in {
        1: [1], 2: range(10, 18), 4: [4, 5, 6], 5: range(1, 6), 6: [8, 9, 10], 9: [15, 16, 17],
        10: range(1, 8),
    }.items()
    for day in days
} | {date(2025, 1, 1)}  # fmt: skip
MADE_UP = {
    date(2024, month, day)
    for month, day in [(2, 4), (2, 18), (4, 7), (4, 28), (5, 11), (9, 14), (9, 29), (10, 12)]
}
DAYS = {"咨询": 2, "求助": 3, "建议": 5, "投诉": 10, "举报": 10}


@cache
def rows() -> tuple[dict[str, Any], ...]:
    """The sample's rows by heading."""
    sheet = openpyxl.load_workbook(SAMPLE).active
    heading, *found = sheet.iter_rows(values_only=True)
    return tuple(dict(zip(heading, row, strict=True)) for row in found)


def in_time(row: Mapping[str, Any]) -> bool:
    """Whether a row was done in time, by lists of 2024 copied from the notice of the State Council."""
    sent: datetime = row["派单时间"]
    done: datetime = row["办结时间"]
    returned = row["处理方式"] == "退单"
    if row["诉求类型"] == "突发":
        return done - sent <= (timedelta(minutes=30) if returned else timedelta(hours=24))
    day, left = sent.date(), 1 if returned else DAYS[row["诉求类型"]]
    while left:
        day += timedelta(1)
        left -= day in MADE_UP or (day.weekday() < 5 and day not in HOLIDAYS)
    return done.date() <= day


def counted(found: Sequence[Mapping[str, Any]]) -> dict[str, Counter[str]]:
    """What there is to count of each unit, by its name."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in found:
        n = counts[row["承办单位"]]
        n["all"] += 1
        n["in_time"] += in_time(row)
        n["marked"] += row["是否按时"] == "是"
        n["satisfied"] += row["处理满意"] == "满意"
        n["rated"] += row["处理满意"] is not None
        n["closed"] += row["处理方式"] == "办结"
        for way in ("短信评价", "人工回访"):
            n["said"] += row[way] is not None
            n["good"] += row[way] in ("已解决", "部分解决")
        n["failed"] += row["自治区抽查未解决"] == "是" and row["申诉结果"] == "未通过"
    return counts


def points(n: Mapping[str, int]) -> Fraction:
    """Seven points for the rates, less 0.2 for each failed appeal."""
    return (
        Fraction(n["in_time"], n["all"]) * Fraction("0.7")
        + Fraction(n["satisfied"], n["rated"]) * Fraction("2.1")
        + Fraction(n["good"], n["said"]) * Fraction("4.2")
        - n["failed"] * Fraction("0.2")
    )
