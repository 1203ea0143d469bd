"""Groups of some series, questions about some units, and how small a list may be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cati.base.errors import CatiError
from cati.domain.frames import find_group
from cati.domain.interview import Script
from cati.domain.programme_json import from_json, plan, to_json
from cati.domain.programmes import Area
from cati.files.programmes import load_workbook
from tests.files.workbooks import Sheets, changed

GROUPS = [
    *("编码", "名称", "权重", "配额", "样本库下限", "别名", "适用系列"),
    *("名单方式", "须覆盖地区", "最少题数"),
]


def two_kinds(sheets: Sheets) -> None:
    """Unit u1 (series 一) and u2 (series 二): people are mailed to, and each unit has items of its own."""
    sheets["units"][2][2] = "二"
    sheets["groups"] = [
        GROUPS,
        ["m", "管理", 30, 3, None, None, "一"],
        ["s", "服务", 70, 7, "500；二=300", "工作评价；热点", None, None, None, 2],
        ["w", "系统干部", None, None, None, "市县两级干部", None, "mail", "是"],
    ]
    sheets["areas"] = [["name", "alias"], ["南宁市", None], ["融水苗族自治县", "融水县；融水"]]
    sheets["programme"][6] = ["weigh_items_first", "yes"]
    survey = sheets["survey"]
    survey[0] += ["units", "groups"]
    item = survey[5]
    sheets["survey"] = [
        *survey[:5],
        [*item, *[None] * (13 - len(item)), None, "m"],
        *(
            [*item[:1], f"{unit}_{n}", *item[2:10], 50, "read", None, unit, "s"]
            for unit in ("u1", "u2")
            for n in (1, 2)
        ),
        survey[7],
    ]
    sheets["survey"][5][10] = 100


def test_groups_units_and_items_belong_to_each_other_as_the_workbook_says(tmp_path: Path) -> None:
    programme = load_workbook(changed(tmp_path / "p.xlsx", two_kinds))
    first, second = programme.units
    assert [(u.code, g.code) for u, g in programme.cells] == [("u1", "m"), ("u1", "s"), ("u2", "s")]
    assert [(u.code, g.code) for u, g in programme.lists if u == second] == [("u2", "s"), ("u2", "w")]
    assert programme.quota == 3 + 7 + 7
    assert [cell["group"] for cell in plan(programme)["cells"]] == ["m", "s", "s"]
    served = programme.group("s")
    assert [served.minimum_of(unit) for unit in (first, second)] == [500, 300]
    assert [g.code for g in programme.mailed if g.covers_areas] == ["w"]
    assert programme.areas == (Area("南宁市"), Area("融水苗族自治县", ("融水县", "融水")))
    assert find_group(programme.listed, "Sheet1", "某局农村饮水工作评价抽样框(政府部门)") == served
    assert find_group(programme.listed, "Sheet1", "系统市、县两级干部评价抽样框") == programme.group("w")
    assert from_json(to_json(programme)) == programme


def test_only_the_units_own_items_are_asked(tmp_path: Path) -> None:
    script = Script.of(load_workbook(changed(tmp_path / "p.xlsx", two_kinds)))
    asked = {
        (unit, group): script.items({"unit_code": unit, "group_code": group}, {"adult": "yes"})
        for unit, group in (("u1", "m"), ("u1", "s"), ("u2", "s"))
    }
    assert asked == {
        ("u1", "m"): ("style",),
        ("u1", "s"): ("u1_1", "u1_2"),
        ("u2", "s"): ("u2_1", "u2_2"),
    }


def put(sheet: str, row: int, column: int, value: object) -> Callable[[Sheets], None]:
    return lambda sheets: sheets[sheet][row].__setitem__(column, value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (put("survey", 6, 13, "u9"), "no unit “u9”"),
        (put("survey", 6, 14, "x"), "no group “x”"),
        (put("survey", 6, 13, "u2"), "About 甲局 this group is asked 1 items, fewer than 2"),
        (put("survey", 6, 10, 60), "About 甲局, the weights of what is asked of 服务 add up to 110%"),
        (put("groups", 1, 6, "三"), "No unit is in a series “三”"),
        (put("groups", 2, 4, "many"), "“many” must be a whole number"),
        (put("groups", 3, 7, "post"), "must be one of phone, mail, follow_up"),
        (put("groups", 3, 3, 5), "Nobody of this group is called"),
        (put("groups", 3, 8, "maybe"), "must be yes or no"),
        (put("areas", 2, 0, "南宁市"), "“南宁市” is there already"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_mistake_is_named_by_its_cell(change: Callable[[Sheets], None], told: str, tmp_path: Path) -> None:
    def both(sheets: Sheets) -> None:
        two_kinds(sheets)
        change(sheets)

    with pytest.raises(CatiError) as refused:
        load_workbook(changed(tmp_path / "p.xlsx", both))
    assert told in str(refused.value)
