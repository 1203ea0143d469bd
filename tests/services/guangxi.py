"""Lists as annexes 2 to 7 of Guangxi 2015 lay them out, with invented people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

STAFF_TITLE = "2015年度自治区人民政府直属行政机构系统市、县两级干部评价抽样框"
HOT_TITLE = "2015年度{unit}农村饮水安全工作评价抽样框（政府部门）"
HEADINGS = ["序号", "姓 名", "性别", "单位（注明具体地址）", "职务", "区号", "办公电话", "手机号码"]


@dataclass(frozen=True)
class Row:
    """One row of a list; `last` is the postcode or the remark."""

    serial: object
    name: str
    address: str
    area_code: object = ""
    office: object = ""
    mobile: object = ""
    last: object = ""


def staff_list(unit: str, rows: Sequence[Row], submitted: str = "2015年11月9日") -> list[list[object]]:
    """Annexes 2, 4 and 6: people who are mailed to."""
    return _list(STAFF_TITLE, unit, rows, submitted, "邮政编码")


def hot_list(unit: str, rows: Sequence[Row], submitted: str = "2015年11月9日") -> list[list[object]]:
    """Annexes 3, 5 and 7: people who are called."""
    return _list(HOT_TITLE.format(unit=unit), unit, rows, submitted, "备注")


def called(count: int, first: int = 0, address: str = "南宁市人民路1号") -> list[Row]:
    """People with a mobile each, numbered from 1."""
    return [Row(n, f"受访者{n}", address, mobile=f"139{first + n:08}") for n in range(1, count + 1)]


def _list(title: str, unit: str, rows: Sequence[Row], submitted: str, last: str) -> list[list[object]]:
    people = [
        [row.serial, row.name, "女", row.address, "科长", row.area_code, row.office, row.mobile, row.last]
        for row in rows
    ]
    return [[title], [f"报送单位：{unit}", "", "", f"报送时间：{submitted}"], [*HEADINGS, last], *people]
