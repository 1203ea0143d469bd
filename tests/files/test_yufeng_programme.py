"""The shipped workbook of Yufeng 2024 says what its document says."""

from decimal import Decimal
from fractions import Fraction

import pytest
from pyxform.xls2xform import convert

from cati.base import paths
from cati.domain.hotline import GROUNDS
from cati.domain.interview import Script
from cati.domain.programmes import Programme
from cati.domain.score_plan import score_plan
from cati.files.programmes import load_workbook

WORKBOOK = paths.resources() / "programmes" / "yufeng-2024.xlsx"
SERIES = {
    "镇": 4,
    "街道": 8,
    "综合管理及审判检察类单位": 12,
    "经济管理类单位": 11,
    "公共管理类单位": 13,
    "专项事务类单位": 6,
    "党委群团类单位": 5,
}


@pytest.fixture(scope="module")
def yufeng() -> Programme:
    return load_workbook(WORKBOOK)


def test_its_form_part_passes_pyxform() -> None:
    assert convert(str(WORKBOOK)).warnings == []


def test_there_are_59_units_in_seven_series_in_the_order_of_the_ballot(yufeng: Programme) -> None:
    series = [unit.series for unit in yufeng.units]
    assert {one: series.count(one) for one in dict.fromkeys(series)} == SERIES
    assert [yufeng.units[n - 1].name for n in (1, 27, 51, 59)] == [
        "雒容镇",
        "区科学技术局",
        "区统计局",
        "区残疾人联合会",
    ]


@pytest.mark.parametrize("series", SERIES)
def test_points_by_source_are_15_10_20_and_5(yufeng: Programme, series: str) -> None:
    shares = score_plan(yufeng).shares(series)
    hotline = "hotline_towns" if series in ("镇", "街道") else "hotline_departments"
    assert {code: 100 * share for code, share in shares.items()} == {
        "ballots": Fraction("7.5"),
        "phone": Fraction("7.5"),
        hotline: 10,
        "leaders": 20,
        "peers": 5,
    }


def test_leaders_give_numbers_about_work_and_cooperation(yufeng: Programme) -> None:
    items = {c.code: [(i.labels["zh"], i.weight, i.numbers) for i in c.items] for c in yufeng.channels}
    hundred = (Decimal(0), Decimal(100))
    assert items["leaders"] == [("工作情况", Decimal(100), hundred)]
    assert items["peers"] == [
        ("工作情况", Decimal(50), hundred),
        ("协调配合情况", Decimal(50), hundred),
    ]


def test_the_ballot_has_three_levels_whose_points_are_asked_for(yufeng: Programme) -> None:
    levels = [(c.labels["zh"], c.points) for c in yufeng.choices["level"] if c.points is not None]
    assert levels == [("满意", Decimal(100)), ("基本满意", Decimal(60)), ("不满意", Decimal(0))]
    chosen = load_workbook(WORKBOOK, {"points_basically_satisfied": "80", "points_hotline_departments": "7"})
    assert [c.points for c in chosen.choices["level"]][1] == 80
    assert score_plan(chosen).shares("经济管理类单位")["hotline_departments"] == Fraction(7, 100)


def test_what_the_document_leaves_open_is_listed(yufeng: Programme) -> None:
    assert {
        name
        for name in yufeng.settings.assumed
        if name.startswith(("points_", "weight_", "quota_", "hotline_"))
    } == {
        "points_satisfied",
        "points_basically_satisfied",
        "points_dissatisfied",
        "points_hotline_departments",
        "hotline_satisfied",
        "weight_ballots",
        "weight_phone",
        "weight_work",
        "weight_cooperation",
        "quota_enterprises",
    }


def test_the_grounds_of_added_points_are_those_of_the_hotline(yufeng: Programme) -> None:
    assert [(a.code, a.points) for a in yufeng.adjustments] == [(code, Decimal("0.1")) for code in GROUNDS]


def test_every_text_is_there_in_both_languages(yufeng: Programme) -> None:
    texts = [
        *(q.labels for q in yufeng.questions if q.type != "calculate"),
        *(c.labels for choices in yufeng.choices.values() for c in choices),
        *(g.labels for g in yufeng.groups),
        *(c.labels for c in yufeng.channels),
        *(item.labels for c in yufeng.channels for item in c.items),
        *(group.labels for c in yufeng.channels for group in c.groups),
        *(text for a in yufeng.adjustments for text in (a.labels, a.rules)),
        yufeng.verification_card,
    ]
    assert all(text.get("zh") and text.get("en") for text in texts)
    assert all(unit.labels.get("en") for unit in yufeng.units)


def test_the_script_reads_as_a_call_to_an_enterprise(yufeng: Programme) -> None:
    script = Script.of(yufeng)
    facts = {"unit": "区商务局", "group": "企业", "surname": "孔", "title": "女士", "source": "list"}
    said = "".join(piece.text for piece in script.text("opening", facts, {}, "zh"))
    for part in ("鱼峰区委区政府督查和绩效考评办公室", "营商环境", "录音", "现在方便吗"):
        assert part in said
    asked = "".join(piece.text for piece in script.text("overall", facts, {"opening": "yes"}, "zh"))
    assert "您对区商务局的综合情况，是满意、基本满意还是不满意" in asked


def test_a_ballot_offers_what_is_printed_on_it_and_nothing_of_the_telephone(yufeng: Programme) -> None:
    (item,) = next(channel for channel in yufeng.channels if channel.code == "ballots").items
    assert [(one.name, one.key) for one in yufeng.choices[str(item.list_name)]] == [
        ("satisfied", "1"),
        ("basically_satisfied", "2"),
        ("dissatisfied", "3"),
    ]


def test_every_unit_hands_in_its_analysis(yufeng: Programme) -> None:
    assert [(one.code, one.ground, one.units) for one in yufeng.hand_ins] == [("analysis", "", ())]
