"""The sheets of a programme workbook that tell what the composite is made of."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from cati.base.errors import CatiError
from cati.domain.programme_json import from_json, to_json
from cati.domain.score_plan import score_plan
from cati.files.programmes import load_workbook
from tests.files.workbooks import Sheets, changed

HEADINGS = ["code", "label", "weight", "kind", "parent", "series"]


def channels(*rows: list[object]) -> Callable[[Sheets], None]:
    return lambda sheets: sheets.update(channels=[HEADINGS, *rows])


def evaluated(*rows: list[object]) -> Callable[[Sheets], None]:
    def change(sheets: Sheets) -> None:
        sheets["channels"] = [HEADINGS, ["b", "现场", 100, "ballots"]]
        sheets["channel_items"] = [
            ["channel", "name", "label", "weight", "list_name", "minimum", "maximum"],
            *rows,
        ]

    return change


def asked(*rows: list[object]) -> Callable[[Sheets], None]:
    def change(sheets: Sheets) -> None:
        sheets["channels"] = [HEADINGS, ["b", "现场", 100, "ballots"]]
        sheets["channel_groups"] = [["channel", "code", "label", "weight"], *rows]

    return change


def unused(sheets: Sheets) -> None:
    sheets["programme"].append(["points_x", 3])


def test_channels_of_any_depth_have_their_own_items_groups_and_series(tmp_path: Path) -> None:
    def change(sheets: Sheets) -> None:
        sheets["units"][2][2] = "二"
        sheets["programme"].append(["composite_in_points", "yes"])
        sheets["programme"].append(["hotline_satisfied", None, "rated"])
        sheets["programme"].append(["points_leaders", None, 7.5])
        sheets["评价方式"] = [
            ["编码", "名称", "权重", "方式", "上级", "适用系列"],
            ["opinion", "公众评议", 25],
            ["people", "问卷", 15, "ballots", "opinion"],
            ["hotline", "热线", 10, "hotline", "opinion", "一"],
            ["others", "热线", 10, "hotline", "opinion", "二"],
            ["leaders", "领导评价", "${points_leaders}", "leaders"],
        ]
        sheets["评价内容"] = [
            ["评价方式", "变量名", "内容", "权重", "选项组", "最低分", "最高分"],
            ["leaders", "work", "工作情况", 60, "level"],
            ["leaders", "help", "协调配合", 40, None, 0, 100],
        ]
        sheets["评价主体"] = [
            ["评价方式", "编码", "名称", "权重"],
            ["people", "cadres", "干部", 70],
            ["people", "deputies", "代表", 30],
        ]

    programme = load_workbook(changed(tmp_path / "p.xlsx", change))
    found = {c.code: c for c in programme.channels}
    assert [(c.code, c.parent, c.series) for c in programme.channels] == [
        ("opinion", "", ()),
        ("people", "opinion", ()),
        ("hotline", "opinion", ("一",)),
        ("others", "opinion", ("二",)),
        ("leaders", "", ()),
    ]
    assert found["leaders"].weight == Decimal("7.5")
    assert programme.settings.assumed["points_leaders"] == "7.5"
    assert [(i.name, i.weight, i.list_name, i.numbers) for i in found["leaders"].items] == [
        ("work", Decimal(60), "level", None),
        ("help", Decimal(40), "", (Decimal(0), Decimal(100))),
    ]
    assert [(g.code, g.weight) for g in found["people"].groups] == [
        ("cadres", Decimal(70)),
        ("deputies", Decimal(30)),
    ]
    assert score_plan(programme).shares("一") == {
        "people": Fraction(15, 100),
        "hotline": Fraction(10, 100),
        "leaders": Fraction(75, 1000),
    }
    assert from_json(to_json(programme)) == programme


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        (channels(["p", "电话", 100, "phone", "x"]), "channels!E2", "“x”"),
        (channels(["p", "电话", 100, "phone", "", "三"]), "channels!F2", "“三”"),
        (channels(["a", "公众", 100, "web"], ["b", "网上", 100, "web", "a"]), "channels!D2", "make up"),
        (channels(["a", "公", 60], ["b", "网", 30, "web", "a"], ["c", "信", 40, "web"]), "channels!C", "30"),
        (channels(["a", "电", 50, "phone"], ["b", "话", 50, "phone"]), "channels!D", "Only one"),
        (channels(["p", "电话", "${points_p}", "phone"]), "channels!C2", "points_p"),
        (channels(["p", "电话", 130, "web"], ["q", "票", -30, "web"]), "channels!C3", "0 or more"),
        (unused, "programme!A", "points_x"),
        (evaluated(["q", "work", "工作", 100, "level"]), "channel_items!A2", "“q”"),
        (evaluated(["b", "work", "工作", 90, "level"]), "channel_items!D", "90%"),
        (evaluated(["b", "work", "工作", 100, "levels"]), "channel_items!E2", "“levels”"),
        (evaluated(["b", "work", "工作", 100, "level", 0, 100]), "channel_items!E2", "either"),
        (evaluated(["b", "work", "工作", 100, None, 100, 0]), "channel_items!F2", "lowest"),
        (evaluated(["b", "work", "工作", 100, "yes_no"]), "channel_items!E2", "points"),
        (asked(["b", "a", "甲", 40], ["b", "c", "丙", 40]), "channel_groups!D", "80%"),
    ],
)
def test_a_mistake_about_channels_is_named_by_its_cell(
    tmp_path: Path, change: Callable[[Sheets], object], place: str, words: str
) -> None:
    with pytest.raises(CatiError) as refused:
        load_workbook(changed(tmp_path / "p.xlsx", change))
    problems = [str(problem) for problem in refused.value.params["problems"]]
    assert any(p.startswith(place) and words in p for p in problems), problems
