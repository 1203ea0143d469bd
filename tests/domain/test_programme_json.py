import json
from dataclasses import replace
from datetime import date, time
from decimal import Decimal

from cati.domain.programme_json import from_json, plan, plan_hash, to_json
from cati.domain.programmes import (
    AdjustmentRule,
    CallHours,
    Channel,
    Group,
    Programme,
    RetryRules,
    Settings,
    in_language,
)
from tests.domain.questionnaires import ask, item, programme_of


def everything() -> Programme:
    return replace(
        programme_of(item("style"), ask("n", "integer"), not_applicable=(("u1", "style"),), card="卡"),
        groups=(Group("g", "服务对象", Decimal("33.3"), 2, 5), Group("h", "公众", None, 1)),
        channels=(Channel("phone", "电话", Decimal(100), "phone"),),
        adjustments=(AdjustmentRule("late", "迟报", Decimal("-0.1"), "扣分"),),
        settings=Settings(
            "0898",
            True,
            call_hours=(CallHours(("g",), (0, 6), time(9), time(20, 30)),),
            closed_days=(date(2024, 2, 10),),
            retry=RetryRules(busy_minutes=7),
            expires=date(2024, 3, 31),
            deadlines={"lists": date(2024, 1, 25)},
            assumed={"hotline": "热线"},
            questions={"hotline": {"zh": "可拨打哪个电话核实？"}},
        ),
    )


def test_a_programme_comes_back_from_json_as_it_was() -> None:
    programme = everything()
    assert from_json(json.loads(json.dumps(to_json(programme)))) == programme


def test_numbers_are_kept_exact() -> None:
    written = to_json(everything())
    assert written["groups"][0]["weight"] == "33.3"
    assert written["adjustments"][0]["points"] == "-0.1"


def test_a_part_added_by_a_later_version_takes_its_default() -> None:
    written = to_json(everything())
    del written["settings"]["hotline"]
    del written["questions"][0]["short"]
    assert from_json(written).settings.hotline == ""


def test_the_plan_is_the_programme_and_its_cells() -> None:
    programme = everything()
    assert len(plan(programme)["cells"]) == 4
    assert plan(programme)["cells"][1] == {"unit": "u1", "name": "甲局", "group": "h", "quota": 1}


def test_the_plan_hash_changes_with_a_quota_and_not_with_a_wording() -> None:
    programme = everything()
    reworded = replace(programme, questions=(), title="别的", version="2")
    assert plan_hash(reworded) == plan_hash(programme)
    larger = replace(programme, groups=(replace(programme.groups[0], quota=3), programme.groups[1]))
    assert plan_hash(larger) != plan_hash(programme)
    assert plan_hash(replace(programme, code="other")) != plan_hash(programme)
    assert len(plan_hash(programme)) == 64


def test_texts_are_found_by_language_with_chinese_to_fall_back_on() -> None:
    labels = {"zh": "满意", "en": "Satisfied"}
    assert in_language(labels, "en") == "Satisfied"
    assert in_language(labels, "zh_CN") == "满意"
    assert in_language(labels, "fr") == "满意"
    assert in_language({"en": "only"}, "zh_CN") == "only"
    assert in_language({}, "zh", "none") == "none"


def test_parts_are_found_by_their_codes() -> None:
    programme = everything()
    assert programme.unit("u2").name == "乙局"
    assert programme.group("h").label == "公众"
    assert programme.question("n").type == "integer"
    assert [q.name for q in programme.items] == ["style"]
    assert programme.quota == 6
