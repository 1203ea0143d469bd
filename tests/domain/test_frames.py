"""What the rows of lists amount to, and which unit and group a list is of."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cati.domain.frames import (
    PROBLEM_LABELS,
    FrameReport,
    ListReport,
    ListTally,
    PoolReport,
    RowProblem,
    Titles,
    find_group,
    find_unit,
    is_late,
    is_undated,
    read_day,
    read_titles,
)
from cati.domain.programmes import Group, Unit

UNITS = (
    Unit("01", "区纪律检查委员会", "党群", ("区监察委员会", "区委巡察工作领导小组办公室")),
    Unit("02", "区委统战部（区民族事务局）", "党群", ("区民族事务局",)),
    Unit("19", "区财政局", "政府", ("含支付中心",)),
    Unit("20", "区人力资源和社会保障局", "政府"),
)
GROUPS = (
    Group("managed", "管理对象", Decimal(30), 15),
    Group("served", "服务对象", Decimal(70), 35),
)


def test_the_first_row_with_a_number_keeps_it() -> None:
    tally = ListTally()
    assert tally.place(b"a") is None
    assert tally.place(b"a") is RowProblem.DUPLICATE_IN_LIST
    assert tally.place(b"b") is None
    assert tally.report() == ListReport(rows=3, accepted=2, rejected={"duplicate_in_list": 1})


def test_a_number_of_an_earlier_list_is_a_duplicate_across_lists_every_time() -> None:
    first = ListTally()
    first.place(b"a")
    second = ListTally([first.numbers])
    assert [second.place(b"a"), second.place(b"a"), second.place(b"b"), second.place(b"b")] == [
        RowProblem.DUPLICATE_ACROSS_LISTS,
        RowProblem.DUPLICATE_ACROSS_LISTS,
        None,
        RowProblem.DUPLICATE_IN_LIST,
    ]


def test_a_number_an_earlier_list_did_not_accept_is_free() -> None:
    first = ListTally()
    first.reject(RowProblem.LANDLINE_NOT_ALLOWED)
    assert ListTally([first.numbers]).place(b"a") is None


@given(
    st.lists(st.one_of(st.binary(min_size=1, max_size=1), st.sampled_from(list(RowProblem)))),
    st.sets(st.binary(min_size=1, max_size=1)),
)
def test_rows_are_accepted_plus_rejected(rows: list[bytes | RowProblem], earlier: set[bytes]) -> None:
    tally = ListTally([earlier])
    for row in rows:
        if isinstance(row, RowProblem):
            tally.reject(row)
        else:
            tally.place(row)
    report = tally.report()
    assert report.rows == len(rows) == report.accepted + sum(report.rejected.values())
    assert not tally.numbers & earlier


@pytest.mark.parametrize(("minimum", "short"), [(None, False), (2, False), (3, True)])
def test_a_list_is_short_when_too_few_rows_are_usable(minimum: int | None, short: bool) -> None:
    tally = ListTally()
    for number in (b"a", b"b", b"b"):
        tally.place(number)
    assert tally.report(minimum).short is short


@pytest.mark.parametrize(
    ("submitted", "deadline", "late"),
    [
        (date(2024, 1, 24), date(2024, 1, 25), False),
        (date(2024, 1, 25), date(2024, 1, 25), False),
        (date(2024, 1, 26), date(2024, 1, 25), True),
        (None, date(2024, 1, 25), False),
        (date(2024, 1, 26), None, False),
    ],
)
def test_before_a_day_includes_the_day(submitted: date | None, deadline: date | None, late: bool) -> None:
    assert is_late(submitted, deadline) is late


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("区纪律检查委员会", "01"),
        (" 区纪律 检查委员会　", "01"),
        ("区监察委员会", "01"),
        ("区纪律检查委员会（盖章）", "01"),
        ("区委统战部(区民族事务局)", "02"),
        ("区委统战部", "02"),
        ("区民族事务局", "02"),
        ("区财政局（含支付中心）", "19"),
        ("区人力资源和社会保障局\u200b", "20"),
    ],
)
def test_a_unit_is_found_by_its_name_or_alias(text: str, code: str) -> None:
    found = find_unit(UNITS, text)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("text", ["", "（盖章）", "区统计局", "区"])
def test_a_unit_is_not_guessed(text: str) -> None:
    assert find_unit(UNITS, text) is None


def test_a_name_two_units_go_by_finds_neither() -> None:
    twins = (Unit("1", "区委办公室", ""), Unit("2", "区委办公室（区档案局）", ""))
    assert find_unit(twins, "区档案局（区委办公室）") is None
    assert find_unit(twins, "区委办公室") == twins[0]
    assert find_unit((Unit("1", "甲局", "", ("丙",)), Unit("2", "乙局", "", ("丙",))), "丙") is None


@pytest.mark.parametrize(
    ("sheet", "title", "code"),
    [
        ("管理对象", "", "managed"),
        ("服务 对象", "", "served"),
        ("附件2-服务对象名单", "", "served"),
        ("served", "", "served"),
        ("Sheet1", "区财政局管理对象电话号码样本库", "managed"),
    ],
)
def test_a_group_is_found_by_the_sheet_else_by_the_title(sheet: str, title: str, code: str) -> None:
    found = find_group(GROUPS, sheet, title)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(("sheet", "title"), [("Sheet1", ""), ("管理对象和服务对象", ""), ("", "")])
def test_a_group_is_not_guessed(sheet: str, title: str) -> None:
    assert find_group(GROUPS, sheet, title) is None


DAY = date(2024, 1, 22)


@pytest.mark.parametrize(
    "rows",
    [
        [["区财政局管理对象电话号码样本库", ""], ["报送单位：区财政局", "", "报送时间：2024年1月22日"]],
        [["报送单位:区财政局 报送时间:2024年 1月 22日"]],
        [["报送单位（盖章）：区财政局", None], ["", "报送日期：2024-01-22"]],
        [["报 送 单 位", "区财政局"], ["报 送 时 间", DAY]],
        [["填报单位：", "区财政局", "填报时间：", datetime(2024, 1, 22, 9)]],
        [["报送单位: 区财政局", "报送时间：2024.1.22"]],
        [["报送单位：区财政局"], ["报送时间：2024/1/22"]],
        [["报送单位：区财政局"], [], ["", ""], ["报送时间：2024／01／22"]],
    ],
)
def test_title_lines_name_the_unit_and_the_day(rows: list[list[object]]) -> None:
    titles = read_titles(rows)
    assert titles.unit == "区财政局"
    assert titles.submitted_on == DAY


def test_title_lines_are_kept_as_text() -> None:
    titles = read_titles([["名单", ""], ["", ""], ["报送单位：", "区财政局"]])
    assert titles.lines == ("名单", "报送单位: 区财政局")


def test_an_unfilled_title_line_names_nothing() -> None:
    titles = read_titles([["报送单位：", "", "报送时间：2024年  月  日"]])
    assert (titles.unit, titles.submitted_on) == ("", None)
    assert read_titles([]).unit == ""


@pytest.mark.parametrize(
    ("row", "unread"),
    [
        (["报送时间：2024年13月1日"], "2024年13月1日"),
        (["报送时间：", "一月底"], "一月底"),
        (["报送时间：", 45313.0], "45313"),
        (["报送时间：", "报送单位：区财政局"], ""),
        (["报送时间："], ""),
        (["报送时间：2024年1月22日"], ""),
    ],
)
def test_what_stands_for_the_day_and_names_none_is_kept(row: list[object], unread: str) -> None:
    assert read_titles([row]).unread == unread


@pytest.mark.parametrize(
    ("days", "deadline", "undated"),
    [
        ([Titles()], date(2024, 1, 25), True),
        ([Titles(unread="一月")], date(2024, 1, 25), True),
        ([Titles()], None, False),
        ([Titles(), Titles(submitted_on=date(2024, 1, 22))], date(2024, 1, 25), False),
        ([Titles(unread="一月"), Titles(submitted_on=date(2024, 1, 22))], date(2024, 1, 25), True),
        ([Titles(unread="一月"), Titles(submitted_on=date(2024, 1, 26))], date(2024, 1, 25), False),
    ],
    ids=["none", "unread", "no deadline", "one says", "one says another does not", "late anyway"],
)
def test_whether_a_deadline_was_kept_may_be_in_doubt(
    days: list[Titles], deadline: date | None, undated: bool
) -> None:
    assert is_undated(days, deadline) is undated


@pytest.mark.parametrize("cell", ["2024年2月30日", "一月", "", None, 5.0])
def test_what_is_no_day_is_none(cell: object) -> None:
    assert read_day(cell) is None


def test_reports_have_the_fields_scripts_read() -> None:
    lists = {"管理对象": ListReport(2, 1, {"blank_phone": 1}, short=True)}
    assert FrameReport("a.xlsx", "区财政局", "政府", 2, True, lists).as_json() == {
        "file": "a.xlsx",
        "unit": "区财政局",
        "series": "政府",
        "version": 2,
        "late": True,
        "lists": {"管理对象": {"rows": 2, "accepted": 1, "rejected": {"blank_phone": 1}, "short": True}},
    }
    doubtful = FrameReport("a.xlsx", "区财政局", "政府", 2, False, lists, undated=True, unread="一月")
    assert (doubtful.as_json()["undated"], doubtful.as_json()["unread"]) == (True, "一月")
    assert PoolReport("p.xlsx", 3, 2, {"invalid_phone": 1}, 1).as_json() == {
        "file": "p.xlsx",
        "rows": 3,
        "accepted": 2,
        "rejected": {"invalid_phone": 1},
        "also_in_unit_lists": 1,
    }


def test_every_problem_has_a_name_in_words() -> None:
    assert set(PROBLEM_LABELS) == set(RowProblem)
    assert all(PROBLEM_LABELS.values())
