"""The shipped workbook of Yazhou 2023 says what its document says."""

from datetime import date
from decimal import Decimal

import pytest
from pyxform.xls2xform import convert

from cati.base import paths
from cati.domain.interview import VARIABLE, Script
from cati.domain.programmes import Programme
from cati.files.programmes import load_workbook

WORKBOOK = paths.resources() / "programmes" / "yazhou-2023.xlsx"

NAMED = {
    "unit": "区教育局",
    "unit_code": "u21",
    "group": "服务对象",
    "group_code": "service",
    "surname": "孔",
    "title": "女士",
    "source": "list",
}
OPENED = {"opening": "yes", "identity": "self", "recording": "yes", "adult": "yes"}


@pytest.fixture(scope="module")
def yazhou() -> Programme:
    return load_workbook(WORKBOOK)


@pytest.fixture(scope="module")
def script(yazhou: Programme) -> Script:
    return Script.of(yazhou)


def words(script: Script, name: str, language: str = "zh", **facts: str) -> str:
    return "".join(piece.text for piece in script.text(name, {**NAMED, **facts}, OPENED, language))


def test_its_form_part_passes_pyxform() -> None:
    result = convert(str(WORKBOOK))
    assert result.warnings == []
    assert "您对<output" in result.xform


def test_there_are_34_units_in_two_series(yazhou: Programme) -> None:
    series = [u.series for u in yazhou.units]
    assert len(series) == 34
    assert series.count("党群、人大等机关及其他部门") == 13
    assert series.count("政府工作部门") == 21
    assert "区民族事务局" in yazhou.unit("u05").aliases


def test_1700_interviews_are_wanted_in_68_cells_of_two_groups(yazhou: Programme) -> None:
    assert [(g.label, g.weight, g.quota) for g in yazhou.groups] == [
        ("管理对象", Decimal(30), 15),
        ("服务对象", Decimal(70), 35),
    ]
    assert yazhou.quota == 1700


def test_the_ten_items_have_the_weights_of_section_6(yazhou: Programme) -> None:
    assert [(q.short["zh"], int(q.weight or 0)) for q in yazhou.items] == [
        ("作风建设", 12),
        ("履职尽责", 12),
        ("为民服务", 12),
        ("履行承诺", 10),
        ("联系群众", 10),
        ("廉洁自律", 10),
        ("制度创新", 10),
        ("党的建设", 8),
        ("乡村振兴", 8),
        ("重点任务", 8),
    ]
    assert all(q.hint["zh"] and q.hint["en"] for q in yazhou.items)


def test_levels_are_worth_100_80_60_40_and_codes_have_their_keys(yazhou: Programme) -> None:
    assert [(c.labels["zh"], c.points and int(c.points), c.key) for c in yazhou.choices["level"]] == [
        ("满意", 100, "1"),
        ("比较满意", 80, "2"),
        ("不太满意", 60, "3"),
        ("很不满意", 40, "4"),
        ("不了解", None, "0"),
        ("说不清", None, "7"),
        ("不适用", None, "8"),
        ("拒答本题", None, "9"),
    ]


def test_channels_deadlines_and_the_deduction_are_those_of_the_document(yazhou: Programme) -> None:
    assert [(c.code, c.weight, c.kind) for c in yazhou.channels] == [
        ("phone", Decimal(50), "phone"),
        ("public", Decimal(50), "ballots"),
    ]
    assert [(a.code, a.points) for a in yazhou.adjustments] == [("late", Decimal(-5))]
    settings = yazhou.settings
    assert settings.deadlines["lists"] == date(2024, 1, 25)
    assert (settings.fieldwork_end, settings.expires) == (date(2024, 3, 5), date(2024, 3, 31))
    assert settings.mobile_only
    assert settings.confidence_level == Decimal("0.9")


def test_what_the_document_leaves_open_is_listed(yazhou: Programme) -> None:
    assert set(yazhou.settings.assumed) == {
        "approval_number",
        "hotline",
        "fieldwork_start",
        "unclear_item_counts",
        "refused_item_counts",
        "minimum_counted_items",
        "weigh_items_first",
    }


def test_every_text_is_there_in_both_languages(yazhou: Programme) -> None:
    texts = [
        *(q.labels for q in yazhou.questions if q.type != "calculate"),
        *(q.short for q in yazhou.questions if q.type != "calculate"),
        *(q.hint for q in yazhou.questions if q.hint),
        *(c.labels for choices in yazhou.choices.values() for c in choices),
        *(g.labels for g in yazhou.groups),
        *(c.labels for c in yazhou.channels),
        *(a.rules for a in yazhou.adjustments),
        yazhou.verification_card,
    ]
    assert all(text.get("zh") and text.get("en") for text in texts)
    assert all(unit.labels.get("en") for unit in yazhou.units)


def test_items_are_asked_about_the_unit_in_the_wording_of_the_scale(script: Script) -> None:
    assert words(script, "work_style") == "您对区教育局的作风建设，是满意、比较满意、不太满意还是很不满意？"
    assert "District Education Bureau and its work style" in words(script, "work_style", "en")


def test_the_opening_says_who_why_how_long_and_that_it_is_recorded(script: Script) -> None:
    opening = words(script, "opening")
    for part in ("三亚市崖州区统计局", "社会评价", "五分钟", "录音", "现在方便吗"):
        assert part in opening


@pytest.mark.parametrize(
    ("surname", "title", "asked"),
    [("孔", "女士", "孔女士"), ("孔", "", "孔先生（女士）"), ("", "", "机主")],
)
def test_the_person_is_asked_for_by_name(script: Script, surname: str, title: str, asked: str) -> None:
    assert words(script, "identity", surname=surname, title=title) == f"请问您是{asked}本人吗？"


def test_a_named_person_is_identified_and_the_public_screened(script: Script) -> None:
    named = script.path(NAMED, OPENED)
    assert "identity" in named
    assert "district" not in named
    public = script.path({**NAMED, "source": "pool"}, OPENED)
    assert "identity" not in public
    assert "district" in public
    assert {"adult", "recording"} <= set(named) & set(public)
    assert script.path(NAMED, OPENED)[-2:] == ("opinion", "closing")


@pytest.mark.parametrize(
    ("changes", "disposition"),
    [
        ({"opening": "later"}, "appointment"),
        ({"opening": "refuses"}, "refusal"),
        ({"identity": "away"}, "appointment"),
        ({"identity": "changed"}, "wrong_person"),
        ({"recording": "no", "recording_explained": "no"}, "recording_refused"),
        ({"adult": "no"}, "not_eligible"),
    ],
)
def test_what_ends_an_interview_proposes_its_outcome(
    script: Script, changes: dict[str, str], disposition: str
) -> None:
    outcome = script.outcome(NAMED, {**OPENED, **changes})
    assert (outcome.state, outcome.disposition) == ("ended", disposition)


def test_a_refused_recording_is_explained_once(script: Script) -> None:
    refused = {**OPENED, "recording": "no"}
    assert script.next_open(NAMED, refused) == "recording_explained"
    agreed = {**refused, "recording_explained": "yes"}
    assert script.next_open(NAMED, agreed) == "work_style"


def test_the_public_must_live_or_work_in_the_district(script: Script) -> None:
    outcome = script.outcome({**NAMED, "source": "pool"}, {**OPENED, "district": "no"})
    assert outcome.disposition == "not_eligible"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("source", ["list", "pool"])
def test_nothing_on_screen_is_left_unpiped(script: Script, language: str, source: str) -> None:
    facts = {**NAMED, "source": source}
    for name in script.path(facts, OPENED):
        for pieces in (
            script.text(name, facts, OPENED, language),
            script.hint(name, facts, OPENED, language),
        ):
            assert not VARIABLE.search("".join(piece.text for piece in pieces))
    card = "".join(piece.text for piece in script.card(facts, OPENED, language))
    assert "${" not in card
    assert ("区教育局" in card or "District Education Bureau" in card) == (source == "list")


@pytest.mark.parametrize(
    ("number", "said"),
    [("", "批准文号可以向统计局查询。"), ("国统制〔2023〕1号", "批准文号是国统制〔2023〕1号。")],
)
def test_the_card_says_the_approval_number_or_where_it_can_be_asked_for(number: str, said: str) -> None:
    chosen = {"approval_number": number} if number else {}
    programme = load_workbook(WORKBOOK, chosen=chosen)
    facts = {**NAMED, "approval_number": programme.settings.approval_number}
    card = Script.of(programme).card(facts, OPENED, "zh")
    assert said in "".join(piece.text for piece in card)
    strong = [piece.text for piece in card if piece.piped]
    assert strong == ["区教育局", programme.settings.hotline]


def test_whether_somebody_is_of_age_is_said_in_words_of_its_own(script: Script) -> None:
    assert script.answer_label("adult", "yes", "zh") == "已满"
    assert script.answer_label("adult", "no", "zh") == "未满"
