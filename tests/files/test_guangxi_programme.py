"""The shipped workbook of Guangxi 2015 says what its document says."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from pyxform.xls2xform import convert

from cati.base import paths
from cati.domain.interview import Script
from cati.domain.practice import scenario
from cati.domain.programmes import FOLLOW_UP, MAIL, PHONE, Programme
from cati.domain.score_plan import score_plan
from cati.files.programmes import load_workbook

WORKBOOK = paths.resources() / "programmes" / "guangxi-2015.xlsx"
GOVERNMENT = ("经济管理类部门", "政务与公共事务管理类部门", "监督与执法类部门", "专项事务管理部门")
PARTY, PUBLIC = "党委群团类及法院检察院民主党派机关", "参照公务员法管理的事业单位"


@pytest.fixture(scope="module")
def guangxi() -> Programme:
    return load_workbook(WORKBOOK)


def test_its_form_part_passes_pyxform() -> None:
    assert convert(str(WORKBOOK)).warnings == []


def test_each_kind_of_unit_has_the_samples_of_its_section(guangxi: Programme) -> None:
    asked = {unit.series: [g.code for u, g in guangxi.lists if u == unit] for unit in guangxi.units}
    assert asked == {
        **{one: ["follow_up", "approval", "hot", "staff"] for one in GOVERNMENT},
        PARTY: ["follow_up", "hot", "staff"],
        PUBLIC: ["hot", "staff"],
    }
    kinds = {group.code: group.list_kind for group in guangxi.listed}
    assert kinds == {"follow_up": FOLLOW_UP, "approval": PHONE, "hot": PHONE, "staff": MAIL}


def test_lists_of_hot_topics_have_500_or_300_people_and_five_questions(guangxi: Programme) -> None:
    hot = guangxi.group("hot")
    least = {unit.series: hot.minimum_of(unit) for unit in guangxi.units}
    assert least == {**dict.fromkeys(GOVERNMENT[:3], 500), GOVERNMENT[3]: 300, PARTY: 300, PUBLIC: 300}
    for unit in guangxi.units:
        own = [item for item in guangxi.items if item.is_asked(unit.code, "hot")]
        assert len(own) >= 5
        assert all(item.units == (unit.code,) for item in own)


def test_staff_are_mailed_to_in_all_cities_and_counties(guangxi: Programme) -> None:
    assert [(g.code, g.covers_areas) for g in guangxi.mailed] == [("staff", True)]
    names = [area.name for area in guangxi.areas]
    # 14 cities and, at the end of 2015, 111 counties and districts.
    assert len(names) == 14 + 111
    assert {"南宁市", "融水苗族自治县", "凭祥市"} <= set(names)


def test_leaders_give_five_to_one(guangxi: Programme) -> None:
    grades = [(c.labels["zh"], c.key, c.points) for c in guangxi.choices["grade"]]
    assert grades == [
        (label, str(n), Decimal(20 * n))
        for label, n in (("优秀", 5), ("良好", 4), ("一般", 3), ("差", 2), ("很差", 1))
    ]


def test_days_and_numbers_of_the_notice_are_fixed(guangxi: Programme) -> None:
    settings = guangxi.settings
    assert (settings.local_area_code, settings.mobile_only, settings.hotline) == (
        "0771",
        False,
        "0771-2811111",
    )
    assert (settings.fieldwork_start, settings.fieldwork_end) == (date(2015, 12, 1), date(2016, 1, 31))
    assert {code: settings.deadlines[code] for code in (h.code for h in guangxi.hand_ins)} == {
        "lists": date(2015, 11, 13),
        "questionnaire": date(2015, 11, 13),
        "papers": date(2015, 12, 10),
        "analysis": date(2015, 12, 20),
    }


def test_every_weight_and_all_points_are_asked_for(guangxi: Programme) -> None:
    assert {name for name in guangxi.settings.assumed if name.startswith("weight_")} == {
        f"weight_{name}" for name in ("phone", "staff", "leaders", "web", "follow_up", "approval", "hot")
    }
    assert sum(name.startswith("points_") for name in guangxi.settings.assumed) == 4 + 5 + 3
    assert score_plan(guangxi).shares(PARTY) == {
        "phone": Fraction(1, 2),
        "staff": Fraction(1, 5),
        "leaders": Fraction(1, 5),
        "web": Fraction(1, 10),
    }


def test_every_text_is_there_in_both_languages(guangxi: Programme) -> None:
    texts = [
        *(q.labels for q in guangxi.questions if q.type != "calculate"),
        *(c.labels for choices in guangxi.choices.values() for c in choices),
        *(g.labels for g in guangxi.listed),
        *(c.labels for c in guangxi.channels),
        *(item.labels for c in guangxi.channels for item in c.items),
        *(group.labels for c in guangxi.channels for group in c.groups),
        *(text for a in guangxi.adjustments for text in (a.labels, a.rules)),
        guangxi.verification_card,
    ]
    assert all(text.get("zh") and text.get("en") for text in texts)
    assert all(unit.labels.get("en") for unit in guangxi.units)


def test_a_practice_interview_is_about_the_units_own_questions(guangxi: Programme) -> None:
    script = Script.of(guangxi)
    for unit, group in guangxi.cells:
        facts = {"unit": unit.name, "unit_code": unit.code, "group_code": group.code, "source": "list"}
        told = scenario(script, facts, 1)
        asked = [item.name for item in guangxi.items if item.is_asked(unit.code, group.code)]
        assert [name for name in told.answers if script.question(name).weight is not None] == asked
        assert sum(told.answers[name] != told.usual for name in asked) == 1
