from collections.abc import Callable, Sequence
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
import xlsxwriter
from pyxform.xls2xform import convert

from cati.base import i18n
from cati.base.errors import CatiError
from cati.domain.interview import Script
from cati.domain.opinions import opinion_items
from cati.domain.programmes import CallHours, Programme
from cati.files.programme_sheets import Problems, form_part, read_sheets
from cati.files.programmes import load_workbook
from tests.files.protected import protect
from tests.files.workbooks import Sheets, changed, small, written


def load(folder: Path, change: Callable[[Sheets], object] = lambda _sheets: None, **more: Any) -> Programme:
    return load_workbook(changed(folder / "p.xlsx", change), **more)


def refusal_of(folder: Path, change: Callable[[Sheets], object], **more: Any) -> CatiError:
    with pytest.raises(CatiError) as refused:
        load(folder, change, **more)
    return refused.value


def put(sheet: str, row: int, column: int, value: object) -> Callable[[Sheets], None]:
    def change(sheets: Sheets) -> None:
        cells = sheets[sheet][row - 1]
        cells.extend([None] * (column - len(cells)))
        cells[column - 1] = value

    return change


def test_a_sound_workbook_becomes_a_programme(tmp_path: Path) -> None:
    programme = load(tmp_path)
    assert (programme.code, programme.title, programme.version, programme.default_language) == (
        "tiny",
        "试",
        "1",
        "zh",
    )
    assert [u.name for u in programme.units] == ["甲局", "乙局"]
    assert [(g.code, g.weight, g.quota) for g in programme.groups] == [
        ("m", Decimal(30), 3),
        ("s", Decimal(70), 7),
    ]
    assert [q.name for q in programme.items] == ["style", "duties"]
    assert programme.verification_card == {"zh": "问${unit}", "en": "Ask ${unit}"}
    assert "verification_card" not in [q.name for q in programme.questions]
    assert programme.settings.local_area_code == "0898"
    assert programme.settings.mobile_only
    assert programme.settings.confidence_level == Decimal("0.9")
    assert programme.settings.not_counted == ("dont_know", "refused")
    assert programme.quota == 20


def test_a_list_without_keys_gets_them_in_its_order(tmp_path: Path) -> None:
    assert [c.key for c in load(tmp_path).choices["yes_no"]] == ["1", "2"]


class TestOpenSettings:
    def test_the_proposed_value_is_taken_and_listed_when_nobody_can_be_asked(self, tmp_path: Path) -> None:
        settings = load(tmp_path).settings
        assert settings.hotline == "热线"
        assert settings.assumed == {"approval_number": "无", "hotline": "热线"}

    def test_a_chosen_value_is_not_assumed(self, tmp_path: Path) -> None:
        settings = load(tmp_path, chosen={"hotline": " 12345 ", "bureau": "别局"}).settings
        assert (settings.hotline, settings.bureau) == ("12345", "别局")
        assert settings.assumed == {"approval_number": "无"}

    def test_who_loads_is_asked_in_the_language_of_the_screen(self, tmp_path: Path) -> None:
        asked = []

        def ask(name: str, question: str, proposed: str) -> str:
            asked.append((name, question, proposed))
            return "文1" if name == "approval_number" else "  "

        i18n.set_language("zh_CN")
        settings = load(tmp_path, ask=ask, chosen={}).settings
        assert asked == [("approval_number", "文号？", "无"), ("hotline", "电话？", "热线")]
        assert (settings.approval_number, settings.hotline) == ("文1", "热线")
        assert settings.assumed == {"hotline": "热线"}

    def test_an_unknown_name_is_refused_with_those_known(self, tmp_path: Path) -> None:
        for name in ("hot_line", "deadline_", "deadline_1"):
            refusal = refusal_of(tmp_path, lambda _: None, chosen={name: "2024-01-25"})
            assert refusal.code == "setting_unknown"
            assert "hotline" in str(refusal)

    def test_a_number_that_no_cell_takes_is_refused(self, tmp_path: Path) -> None:
        assert "quota_managed" in str(refusal_of(tmp_path, lambda _: None, chosen={"quota_managed": "2"}))

    def test_a_chosen_value_is_checked_like_any_other(self, tmp_path: Path) -> None:
        refusal = refusal_of(
            tmp_path, lambda _: None, chosen={"mobile_only": "perhaps", "deadline_lists": "soon"}
        )
        assert "mobile_only" in str(refusal)
        assert "deadline_lists" in str(refusal)

    def test_a_name_can_be_chosen_that_the_workbook_does_not_mention(self, tmp_path: Path) -> None:
        chosen = {"deadline_lists": "2024-01-25", "busy_minutes": "5"}
        settings = load(tmp_path, chosen=chosen).settings
        assert settings.deadlines == {"lists": date(2024, 1, 25)}
        assert settings.retry.busy_minutes == 5


@pytest.mark.parametrize(("counts", "points"), [("yes", Decimal(0)), ("no", None)])
def test_whether_a_refused_item_counts_is_a_setting(
    tmp_path: Path, counts: str, points: Decimal | None
) -> None:
    programme = load(tmp_path, chosen={"refused_item_counts": counts})
    refused = next(c for c in programme.choices["level"] if c.name == "refused")
    assert refused.points == points
    assert ("refused" in programme.settings.not_counted) == (counts == "no")


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["replicate_factor", "0"]], "must be 1 or more"),
        ([["practice_interviews", "0"]], "must be 1 to 9"),
        ([["fieldwork_start", "2024-01-31"], ["fieldwork_end", "2024-01-30"]], "fieldwork_end .*is before"),
        ([["fieldwork_start", "2024-01-31"], ["expires", "2023-12-31"]], "expires .*is before"),
    ],
)
def test_settings_by_which_nobody_could_be_called_are_refused(
    tmp_path: Path, rows: list[list[str]], sentence: str
) -> None:
    with pytest.raises(CatiError, match=sentence):
        load(tmp_path, lambda sheets: sheets["programme"].extend(rows))


def test_settings_take_every_form_a_clerk_types(tmp_path: Path) -> None:
    def change(sheets: Sheets) -> None:
        sheets["programme"] += [
            ["expires", "2024年3月31日"],
            ["fieldwork_start", date(2024, 1, 31)],
            ["fieldwork_end", "2024/3/5"],
            ["closed_days", "2024-02-10；2024-02-09"],
            ["timezone", "Asia/Shanghai"],
            ["minimum_attempts", "6"],
            ["deadline_lists", "2024-01-25"],
            ["replicate_factor", 3.0],
            ["practice_interviews", 4.0],
            ["listening_told", "yes"],
        ]
        sheets["call_hours"] = [
            ["groups", "weekdays", "start", "end"],
            [None, "周一至周五", "9:00", time(12)],
            ["m, s", "sat, sun", "14：00", "20:30"],
            ["s", "sat-mon", "09:00", "10:00"],
        ]

    settings = load(tmp_path, change).settings
    assert (settings.expires, settings.fieldwork_start) == (date(2024, 3, 31), date(2024, 1, 31))
    assert settings.fieldwork_end == date(2024, 3, 5)
    assert settings.closed_days == (date(2024, 2, 9), date(2024, 2, 10))
    assert settings.retry.minimum_attempts == 6
    assert settings.deadlines == {"lists": date(2024, 1, 25)}
    assert settings.replicate_factor == 3
    assert settings.practice_interviews == 4
    assert settings.listening_told
    assert settings.call_hours == (
        CallHours((), (0, 1, 2, 3, 4), time(9), time(12)),
        CallHours(("m", "s"), (5, 6), time(14), time(20, 30)),
        CallHours(("s",), (0, 5, 6), time(9), time(10)),
    )


def test_channels_adjustments_aliases_and_what_does_not_apply_are_read(tmp_path: Path) -> None:
    def change(sheets: Sheets) -> None:
        sheets["choices"].append(["level", "not_applicable", "不适用", "Not applicable", None, 8])
        sheets["units"] = [
            ["code", "name", "name::English (en)", "series", "alias", "not_applicable"],
            ["u1", "甲局", "Bureau A", "一", "甲中心；甲办", "style, duties"],
            ["u2", "乙局", None, "一", None, None],
        ]
        sheets["groups"] = [
            ["code", "label::中文 (zh)", "label::English (en)", "weight", "quota", "minimum_list_size"],
            ["m", "管理", "Staff", None, 3, 10],
        ]
        sheets["channels"] = [
            ["code", "label", "weight", "kind"],
            ["phone", "电话", 0.6, "phone"],
            ["web", "网上", "40%", "web"],
        ]
        sheets["adjustments"] = [["code", "label", "points", "rule"], ["late", "迟报", -5, "迟报扣5分"]]

    path = changed(tmp_path / "p.xlsx", change)
    book = openpyxl.load_workbook(path)
    book["channels"]["C2"].number_format = "0%"
    book.save(path)
    programme = load_workbook(path)
    assert programme.units[0].aliases == ("甲中心", "甲办")
    assert programme.units[0].labels == {"en": "Bureau A"}
    assert programme.not_applicable == (("u1", "style"), ("u1", "duties"))
    assert (programme.groups[0].weight, programme.groups[0].minimum_list_size) == (None, 10)
    assert programme.groups[0].labels == {"zh": "管理", "en": "Staff"}
    assert [(c.code, c.weight, c.kind) for c in programme.channels] == [
        ("phone", Decimal(60), "phone"),
        ("web", Decimal(40), "web"),
    ]
    assert (programme.adjustments[0].points, programme.adjustments[0].rule) == (Decimal(-5), "迟报扣5分")


HEADINGS = "题型 变量名 题目 题目::英文 简称 显示条件 校验 校验提示 校验提示::英文 必答 计算 权重 念法 结果码"

CHINESE: Sheets = {
    "调查问卷": [
        HEADINGS.split(),
        ["计算", "unit", *[None] * 8, "‘××’"],
        ["数字", "年龄", "您多大？", "Age?", None, None, "．＞＝0", "不对", "No", "是"],
        ["说明", "未成年", "再见", "Bye", None, "${年龄}＜18 and ${年龄} != ‘’", *[None] * 7, "not_eligible"],
        ["单选 态度", "作风", "${unit}好吗？", "Good?", "作风", *[None] * 4, "是", None, 100, "read"],
        ["多选 态度", "多项", "哪些？", "Which?", None, "selected（${作风}，“好”）", *[None] * 3, "否"],
        ["文本", "意见", "意见？", "Opinion?"],
    ],
    "选项": [
        ["选项组", "选项名", "选项", "选项::英文", "分值", "按键"],
        ["态度", "好", "好", "Good", 100, "1"],
        ["态度", "差", "差", "Bad", 0, "2"],
    ],
    "表单设置": [["方案名称", "方案编号", "版本", "默认语言"], ["试", "shi", "1", "中文"]],
    "方案设置": [
        ["设置项", "值"],
        *small()["programme"][1:7],
        ["approval_number", "文"],
        ["hotline", "电话"],
    ],
    "被评单位": [["编码", "单位名称", "系列"], ["u1", "甲局", "一"]],
    "对象类别": [["编码", "名称", "权重", "样本量"], ["m", "管理", 100, 3]],
    "备忘": [["随便", "写"], ["什么", "=都行"]],
}


def test_chinese_headings_types_and_sheet_names_are_aliases(tmp_path: Path) -> None:
    programme = load_workbook(written(tmp_path / "中文.xlsx", CHINESE))
    assert [q.type for q in programme.questions] == [
        "calculate",
        "integer",
        "note",
        "select_one",
        "select_multiple",
        "text",
    ]
    script = Script.of(programme)
    assert "多项" in script.path({}, {"年龄": "20", "作风": "好"})
    assert script.path({}, {"年龄": "17"})[-1] == "未成年"
    assert programme.question("年龄").constraint_message == {"zh": "不对", "en": "No"}
    assert programme.question("作风").labels == {"zh": "${unit}好吗？", "en": "Good?"}


def test_the_form_part_of_a_chinese_workbook_passes_pyxform(tmp_path: Path) -> None:
    problems = Problems()
    form = form_part(read_sheets(written(tmp_path / "中文.xlsx", CHINESE), problems))
    assert not problems.found
    result = convert(form, form_name="data")
    assert result.warnings == []
    assert "/data/年龄" in result.xform
    assert "selected( /data/作风 , '好')" in result.xform


def cut(sheet: str, column: int) -> Callable[[Sheets], None]:
    def change(sheets: Sheets) -> None:
        for row in sheets[sheet]:
            del row[column - 1 : column]

    return change


def add(sheet: str, *rows: Sequence[object]) -> Callable[[Sheets], None]:
    return lambda sheets: sheets.setdefault(sheet, []).extend(map(list, rows))


CALLS = ["groups", "weekdays", "start", "end"]
CHANNELS = ["code", "label", "weight", "kind"]


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        (lambda s: s.pop("units"), "", "“units”"),
        (lambda s: s.update({"单位": s["units"]}), "单位", "units"),
        (cut("groups", 4), "groups!1", "quota"),
        (put("units", 1, 3, "name"), "units!C1", "stands twice"),
        (put("survey", 1, 7, "relavant"), "survey!G1", "“relevant”"),
        (put("survey", 5, 1, "select_two yes_no"), "survey!A5", "select_two"),
        (put("survey", 4, 1, "select_one nothing"), "survey!A4", "“nothing”"),
        (put("survey", 5, 1, "note yes_no"), "survey!A5", "no list"),
        (put("survey", 5, 2, "1st"), "survey!B5", "not a name"),
        (put("survey", 5, 2, "adult"), "survey!B5", "row 4"),
        (put("survey", 5, 3, None), "survey!C5", "(zh)"),
        (put("survey", 4, 4, None), "survey!D4", "(en)"),
        (put("survey", 5, 7, "${adulty} = 'no'"), "survey!G5", "${adulty}"),
        (put("survey", 5, 7, "${style} = 'good'"), "survey!G5", "here or later"),
        (put("survey", 5, 7, "today() > 3"), "survey!G5", "today()"),
        (put("survey", 5, 7, "${adult} = no"), "survey!G5", "quotes"),
        (put("survey", 6, 8, "regex(., '[')"), "survey!H6", "regex()"),
        (put("survey", 6, 9, "perhaps"), "survey!I6", "yes or no"),
        (put("survey", 2, 10, None), "survey!J2", "missing"),
        (put("survey", 6, 11, "sixty"), "survey!K6", "number"),
        (put("survey", 6, 11, -60), "survey!K6", "above 0"),
        (put("survey", 6, 11, 50), "survey!K", "90%"),
        (put("survey", 5, 11, 10), "survey!K5", "select_one"),
        (put("survey", 6, 12, "shout"), "survey!L6", "shout"),
        (put("survey", 5, 13, "gone"), "survey!M5", "gone"),
        (put("survey", 6, 13, "refusal"), "survey!M6", "note"),
        (put("survey", 6, 3, "${nobody}？"), "survey!C6", "${nobody}"),
        (put("survey", 6, 5, None), "survey!E6", "(zh)"),
        (put("survey", 8, 2, "card"), "survey!B8", "verification_card"),
        (put("survey", 7, 3, "=A1"), "survey!C7", "formula"),
        (lambda s: [put("survey", 6, c, None)(s) for c in (5, 6)], "survey!E6", "${item}"),
        (lambda s: [put("survey", 7, c, None)(s) for c in (3, 4)], "survey!C7", "text of the question"),
        (put("choices", 3, 1, None), "choices!A3", "list"),
        (put("choices", 3, 2, "good"), "choices!B3", "row 2"),
        (put("choices", 3, 6, 1), "choices!F3", "row 2"),
        (put("choices", 3, 6, "x"), "choices!F3", "one digit"),
        (put("choices", 3, 5, "many"), "choices!E3", "number"),
        (lambda s: [put("choices", 3, c, None)(s) for c in (3, 4)], "choices!C3", "text of the answer"),
        (lambda s: s["settings"].pop(), "settings!2", "title"),
        (put("settings", 2, 1, None), "settings!A2", "empty"),
        (put("settings", 2, 2, "a b"), "settings!B2", "blanks"),
        (put("programme", 2, 1, "bureaux"), "programme!A2", "bureaux"),
        (put("programme", 3, 1, "bureau"), "programme!A3", "row 2"),
        (put("programme", 2, 2, None), "programme!B2", "bureau"),
        (put("programme", 3, 2, "三亚"), "programme!B3", "area code"),
        (put("programme", 4, 2, "perhaps"), "programme!B4", "yes or no"),
        (put("programme", 5, 2, "120"), "programme!B5", "90%"),
        (put("programme", 5, 2, "high"), "programme!B5", "number"),
        (put("programme", 6, 2, "1.5"), "programme!B6", "whole number"),
        (lambda s: s["programme"].pop(), "programme", "hotline"),
        (add("programme", ["expires", "2024-02-30"]), "programme!B10", "date"),
        (add("programme", ["expires", None, "someday"]), "programme!C10", "date"),
        (add("programme", ["timezone", "Mars/Dome"]), "programme!B10", "time zone"),
        (add("programme", ["closed_days", "2024-02-10, x"]), "programme!B10", "date"),
        (lambda s: s.update(units=s["units"][:1]), "units", "no rows"),
        (put("units", 3, 1, "u1"), "units!A3", "row 2"),
        (put("units", 3, 2, "甲局"), "units!B3", "row 2"),
        (put("units", 3, 3, None), "units!C3", "empty"),
        (
            lambda s: (put("units", 1, 4, "alias")(s), put("units", 3, 4, "甲局")(s)),
            "units!D3",
            "row 2",
        ),
        (
            lambda s: (put("units", 1, 4, "not_applicable")(s), put("units", 3, 4, "adult")(s)),
            "units!D3",
            "“adult”",
        ),
        (
            lambda s: (put("units", 1, 4, "not_applicable")(s), put("units", 3, 4, "style")(s)),
            "units!D3",
            "not_applicable",
        ),
        (lambda s: s.update(groups=s["groups"][:1]), "groups", "no rows"),
        (put("groups", 2, 2, None), "groups!B2", "empty"),
        (put("groups", 2, 3, 20), "groups!C", "90%"),
        (put("groups", 2, 4, "3人"), "groups!D2", "whole number"),
        (add("call_hours", CALLS, ["x", "mon", "9:00", "12:00"]), "call_hours!A2", "“x”"),
        (add("call_hours", CALLS, ["m", "someday", "9:00", "12:00"]), "call_hours!B2", "mon-fri"),
        (add("call_hours", CALLS, ["m", "mon", "25:00", "12:00"]), "call_hours!C2", "09:00"),
        (add("call_hours", CALLS, ["m", "mon", "9:00", "noon"]), "call_hours!D2", "09:00"),
        (add("call_hours", CALLS, ["m", "mon", "12:00", "9:00"]), "call_hours!D2", "after the start"),
        (add("channels", CHANNELS, ["p", "电话", 100, "fax"]), "channels!D2", "fax"),
        (add("channels", CHANNELS, ["p", "电话", None, "phone"]), "channels!C2", "empty"),
        (add("channels", CHANNELS, ["p", "电话", 90, "phone"]), "channels!C", "90%"),
        (
            add("adjustments", ["code", "label", "points", "rule"], ["late", "迟", None, "扣"]),
            "adjustments!C2",
            "empty",
        ),
    ],
)
def test_a_mistake_is_named_by_sheet_row_and_column(
    tmp_path: Path, change: Callable[[Sheets], object], place: str, words: str
) -> None:
    refusal = refusal_of(tmp_path, change)
    assert refusal.code == "workbook_problems"
    problems = [str(problem) for problem in refusal.params["problems"]]
    assert any(p.startswith(f"{place}: " if place else "") and words in p for p in problems), problems
    assert all(problem in str(refusal) for problem in problems)


def test_all_mistakes_are_named_at_once_in_the_order_of_the_sheet(tmp_path: Path) -> None:
    def change(sheets: Sheets) -> None:
        put("survey", 6, 12, "shout")(sheets)
        put("survey", 5, 7, "now()")(sheets)
        put("units", 3, 3, None)(sheets)

    problems = refusal_of(tmp_path, change).params["problems"]
    assert [(p.sheet, p.row, p.column) for p in problems] == [
        ("survey", 5, "G"),
        ("survey", 6, "L"),
        ("units", 3, "C"),
    ]


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    with pytest.raises(CatiError) as missing:
        load_workbook(path)
    assert missing.value.code == "workbook_missing"
    for content in (b"", b"PK not a zip", "姓名,电话".encode()):
        path.write_bytes(content)
        with pytest.raises(CatiError) as unreadable:
            load_workbook(path)
        assert unreadable.value.code == "workbook_unreadable"
    with path.open("wb") as file:
        file.truncate(30_000_000)
    with pytest.raises(CatiError) as huge:
        load_workbook(path)
    assert huge.value.code == "workbook_unreadable"


def test_a_workbook_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "p.xlsx", small())
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/more.xml", bytes(10_000_000))
    with pytest.raises(CatiError) as refused:
        load_workbook(path)
    assert refused.value.code == "workbook_unreadable"


def test_a_workbook_whose_xml_is_broken_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "p.xlsx", small())
    with ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"<sheets>", b"<sheets")
    with ZipFile(path, "w", ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    with pytest.raises(CatiError) as refused:
        load_workbook(path)
    assert refused.value.code == "workbook_unreadable"


def test_a_cell_at_the_end_of_the_sheet_is_named(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("survey")
        sheet.write(0, 0, "type")
        sheet.write(1_048_575, 16_383, "x")
    with pytest.raises(CatiError, match="XFD1048576"):
        load_workbook(path)


def test_a_protected_workbook_needs_its_password(tmp_path: Path) -> None:
    path = protect(written(tmp_path / "p.xlsx", small()), "密")
    with pytest.raises(CatiError) as refused:
        load_workbook(path)
    assert refused.value.code == "file_protected"
    with pytest.raises(CatiError) as refused:
        load_workbook(path, passwords=["mi"])
    assert refused.value.code == "password_wrong"
    assert load_workbook(path, passwords=["密"]).code == "tiny"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("again=yes", "there is no question “again” with one answer"),
        ("adult", "“adult” has no answer “”. Known are: yes, no."),
        ("adult=maybe", "“adult” has no answer “maybe”. Known are: yes, no."),
        ("verification_card=yes", "there is no question “verification_card” with one answer"),
    ],
)
def test_a_wish_to_be_called_again_must_be_one_that_can_be_answered(
    tmp_path: Path, text: str, said: str
) -> None:
    (problem,) = refusal_of(tmp_path, lambda sheets: sheets["programme"].append(["call_again", text])).params[
        "problems"
    ]
    assert said in problem.message
    assert (problem.sheet, problem.column) == ("programme", "B")
    with pytest.raises(CatiError, match="has no answer"):
        load_workbook(written(tmp_path / "q.xlsx", small()), {"call_again": "adult=so"})
    agreed = changed(
        tmp_path / "r.xlsx", lambda sheets: sheets["programme"].append(["call_again", "adult=yes"])
    )
    assert load_workbook(agreed).settings.call_again == "adult=yes"


def test_opinions_have_codes_and_may_be_of_named_questions_only(tmp_path: Path) -> None:
    def change(sheets: Sheets) -> None:
        sheets["survey"].insert(5, ["text", "wish", "意见？", "Opinion?"])
        sheets["survey"].insert(6, ["text", "place", "哪个窗口？", "Which counter?"])
        sheets["programme"].append(["opinion_items", "wish"])
        sheets["意见分类"] = [["编码", "类别::中文 (zh)", "类别::English (en)"], ["speed", "效率", "Speed"]]

    made = load_workbook(changed(tmp_path / "p.xlsx", change))
    assert made.settings.opinion_items == opinion_items(made) == ("wish",)
    assert [(one.code, one.labels["zh"]) for one in made.opinion_codes] == [("speed", "效率")]
    named = load_workbook(tmp_path / "p.xlsx", {"opinion_items": ""})
    assert opinion_items(named) == ("wish", "place")
    with pytest.raises(CatiError, match="answered in words"):
        load_workbook(tmp_path / "p.xlsx", {"opinion_items": "adult"})


def test_blank_rows_are_no_rows_and_do_not_shift_the_count(tmp_path: Path) -> None:
    def change(sheets: Sheets) -> None:
        sheets["survey"].insert(3, [None, "  "])
        put("survey", 6, 7, "now()")(sheets)

    assert refusal_of(tmp_path, change).params["problems"][0].row == 6
