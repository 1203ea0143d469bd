"""Phone lists are found in workbooks as people make them, and what is no list is refused in words."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from cati.base.errors import CatiError
from cati.domain.frames import ListTally, RowProblem, is_late
from cati.domain.phones import PhoneProblem, of_row
from cati.files.frames import PhoneList, open_lists
from cati.files.limits import Limits
from tests.services.bureau import MANAGED, list_rows, write_list

DATA = Path(__file__).parents[1] / "data"
MANIFEST = json.loads((DATA / "manifest.json").read_text("utf-8"))
YAZHOU = sorted(name for name in MANIFEST if name.startswith("yazhou-2023/frames/"))
HEADINGS = ["序号", "姓名", "手机号码", "备注"]
PERSON = [1, "受访者", "13800138000", ""]


def only_list(path: Path) -> PhoneList:
    (found,) = open_lists(path).lists
    return found


def one_sheet(path: Path, *rows: Sequence[object]) -> PhoneList:
    return only_list(write_list(path / "list.xlsx", {"名单": rows}))


def refusal(path: Path) -> CatiError:
    with pytest.raises(CatiError) as refused:
        open_lists(path)
    return refused.value


def counted(phone_list: PhoneList, tally: ListTally, area_code: str, mobile_only: bool) -> Counter[str]:
    kinds: Counter[str] = Counter()
    for row in phone_list.rows():
        found = of_row(row.phones, area_code, mobile_only, row.area_code)
        if isinstance(found, PhoneProblem):
            tally.reject(RowProblem(found.value))
        elif tally.place(found[0].e164.encode()) is None:
            kinds[found[0].kind] += 1
    return kinds


def test_there_are_34_units() -> None:
    assert len(YAZHOU) == 34


@pytest.mark.parametrize("name", YAZHOU)
def test_every_yazhou_list_counts_as_it_should(name: str) -> None:
    expected = MANIFEST[name]
    opened = open_lists(DATA / name)
    assert [one.sheet for one in opened.lists] == list(expected["lists"])
    earlier: list[set[bytes]] = []
    for phone_list in opened.lists:
        tally = ListTally(earlier)
        counted(phone_list, tally, "0898", mobile_only=True)
        earlier.append(tally.numbers)
        report = tally.report()
        got = {"rows": report.rows, "accepted": report.accepted, "rejected": report.rejected}
        assert got == expected["lists"][phone_list.sheet]
        assert phone_list.titles.unit == expected["unit"]
    deadline = date(2024, 1, 25)
    assert any(is_late(one.titles.submitted_on, deadline) for one in opened.lists) is expected["late"]


def test_a_list_with_office_telephones_counts_as_it_should() -> None:
    name = "guangxi-2015/frames/附件2-自治区水利厅-市县两级干部.xlsx"
    expected = MANIFEST[name]["lists"]["sheet1"]
    phone_list, tally = only_list(DATA / name), ListTally()
    kinds = counted(phone_list, tally, "0771", mobile_only=False)
    report = tally.report()
    assert phone_list.titles.unit == "自治区水利厅"
    assert phone_list.titles.submitted_on == date(2015, 11, 9)
    assert {
        "rows": report.rows,
        "accepted": report.accepted,
        "rejected": report.rejected,
        "by_type": dict(kinds),
    } == expected


def test_a_workbook_with_a_password_is_said_to_be_protected() -> None:
    name = "guangxi-2015/frames/附件5-自治区团委-青年志愿服务工作.xlsx"
    refused = refusal(DATA / name)
    assert refused.code == "file_protected"
    assert "附件5-自治区团委-青年志愿服务工作.xlsx" in str(refused)
    assert "password" in str(refused)
    expected = MANIFEST[name]
    (found,) = open_lists(DATA / name, passwords=[expected["password"]]).lists
    (wanted,) = expected["lists"].values()
    assert len(list(found.rows())) == wanted["rows"]


def test_an_xls_as_spreadsheet_programs_write_it_is_read() -> None:
    managed, served = open_lists(DATA / "lists/plain.xls").lists
    assert (managed.sheet, managed.titles.unit, managed.titles.submitted_on) == (
        "管理对象",
        "区教育局",
        date(2024, 1, 22),
    )
    assert [(row.number, row.name, *row.phones, row.remark) for row in managed.rows()] == [
        (4, "张甲", 13900000001, ""),
        (5, "李乙", "139 0000 0002", "局机关"),
        (6, "王丙", "无", ""),
        (7, "赵丁", 13900000002, ""),
    ]
    assert [row.phones[0] for row in served.rows()] == [13900000003, 13900000001]


def test_rows_keep_their_place_on_the_sheet_and_their_cells(tmp_path: Path) -> None:
    phone_list = one_sheet(tmp_path, ["名单"], [], HEADINGS, PERSON, [], [2, "另一", 13900139000, "在岗"])
    rows = list(phone_list.rows())
    assert [row.number for row in rows] == [4, 6]
    assert phone_list.height == 3
    assert rows[1][:5] == (6, "另一", [13900139000.0], "", "在岗")


def test_reading_the_rows_twice_gives_the_same(tmp_path: Path) -> None:
    phone_list = one_sheet(tmp_path, HEADINGS, PERSON)
    assert list(phone_list.rows()) == list(phone_list.rows())


def test_blank_rows_and_totals_are_no_rows(tmp_path: Path) -> None:
    phone_list = one_sheet(
        tmp_path,
        HEADINGS,
        PERSON,
        ["", "  ", "\u200b", None],
        [2, "", "", ""],
        ["合计", "", "2人", ""],
        ["总 计：2人", "", "", ""],
        ["", "合计", 2, ""],
    )
    assert [row.number for row in phone_list.rows()] == [2, 4]


@pytest.mark.parametrize(
    "heading",
    [
        "手机",
        "手机号",
        "手机号码",
        "手 机 号 码",
        "手机\n号码",
        "移动电话",
        "联系电话",
        "联系方式",
        "电话号码",
        "手机号码（必填）",
        "*手机号码",
        "手机号码1",
        "Ｍobile",
    ],
)
def test_a_column_of_numbers_goes_by_many_names(tmp_path: Path, heading: str) -> None:
    phone_list = one_sheet(tmp_path, ["序号", "姓 名", heading], PERSON[:3])
    assert [row.phones for row in phone_list.rows()] == [["13800138000"]]


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    phone_list = one_sheet(tmp_path, ["备注", "联系电话", "姓名"], ["在岗", "13800138000", "受访者"])
    (row,) = phone_list.rows()
    assert (row.name, list(row.phones), row.remark) == ("受访者", ["13800138000"], "在岗")


def test_mobiles_come_before_office_telephones_whatever_their_order(tmp_path: Path) -> None:
    phone_list = one_sheet(
        tmp_path,
        ["姓 名", "区号", "办公电话", "手机号码1", "手机号码2"],
        ["受访者", "0771", "2433787", "13800138000", "15912345678"],
    )
    (row,) = phone_list.rows()
    assert row.phones == ("13800138000", "15912345678", "2433787")
    assert row.area_code == "0771"


def test_headings_may_have_two_lines(tmp_path: Path) -> None:
    under = one_sheet(
        tmp_path,
        ["序号", "姓名", "联系方式", "", "备注"],
        ["", "", "办公电话", "手机", ""],
        [1, "受访者", "2433787", "13800138000", "在岗"],
    )
    assert [tuple(row[:5]) for row in under.rows()] == [(3, "受访者", ("13800138000", "2433787"), "", "在岗")]
    beside = one_sheet(
        tmp_path, ["姓名", "联系", ""], ["", "手机", "备注"], ["受访者", "13800138000", "在岗"]
    )
    assert [tuple(row[:5]) for row in beside.rows()] == [(3, "受访者", ["13800138000"], "", "在岗")]


def test_headings_in_row_15_are_found_and_later_ones_are_not(tmp_path: Path) -> None:
    titles = [["名单"] for _ in range(14)]
    assert len(list(one_sheet(tmp_path, *titles, HEADINGS, PERSON).rows())) == 1
    refused = refusal(write_list(tmp_path / "late.xlsx", {"名单": [*titles, ["名单"], HEADINGS, PERSON]}))
    assert refused.code == "heading_missing"
    assert "late.xlsx" in str(refused)
    assert "名单" in str(refused)
    assert "手机号码" in str(refused)


def test_a_list_that_starts_away_from_the_corner_is_read(tmp_path: Path) -> None:
    away = [["", "", *row] for row in ([], [], HEADINGS, PERSON)]
    (row,) = one_sheet(tmp_path, *away).rows()
    assert (row.number, list(row.phones)) == (4, ["13800138000"])


def test_a_list_without_names_is_refused_where_names_are_needed(tmp_path: Path) -> None:
    path = write_list(tmp_path / "list.xlsx", {"名单": [["名单"], ["序号", "手机号码"], [1, "13800138000"]]})
    refused = refusal(path)
    assert refused.code == "column_missing"
    assert str(refused).startswith("list.xlsx, sheet 名单: row 2 has no heading 姓名. Nothing was changed.")
    (phone_list,) = open_lists(path, names_needed=False).lists
    assert [row.name for row in phone_list.rows()] == [""]


def test_empty_sheets_are_passed_over(tmp_path: Path) -> None:
    path = write_list(tmp_path / "list.xlsx", {MANAGED: list_rows("区财政局", ["13800138000"]), "Sheet2": []})
    assert [one.sheet for one in open_lists(path).lists] == [MANAGED]


def test_a_list_of_headings_only_has_no_rows(tmp_path: Path) -> None:
    assert list(one_sheet(tmp_path, HEADINGS).rows()) == []


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    assert refusal(write_list(tmp_path / "list.xlsx", {"Sheet1": []})).code == "no_list"


def test_a_formula_counts_as_what_it_last_showed(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("名单")
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_formula(1, 2, "=13800138000+1", value=13800138000)
        sheet.write_formula(2, 2, "=1/0", value="#DIV/0!")
    assert [row.phones[0] for row in only_list(path).rows()] == [13800138000.0]


def test_dates_stay_dates(tmp_path: Path) -> None:
    (row,) = one_sheet(tmp_path, HEADINGS, [1, "受访者", date(2023, 1, 5), ""]).rows()
    assert of_row(row.phones, "0898", True) is PhoneProblem.INVALID


def test_the_file_is_known_by_its_bytes_and_left_as_it_is(tmp_path: Path) -> None:
    import hashlib

    path = write_list(tmp_path / "list.xlsx", {"名单": [HEADINGS, PERSON]})
    before = path.read_bytes(), path.stat().st_mtime_ns
    path.chmod(0o400)
    opened = open_lists(path)
    assert (opened.name, opened.sha256) == ("list.xlsx", hashlib.sha256(before[0]).hexdigest())
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


CSV = (
    "区财政局管理对象样本库\r\n报送单位：区财政局,,报送时间：2024年1月22日\r\n序号,姓名,手机号码\r\n"
    "1,王五,138 0013 8000\r\n\r\n2,赵六,无\r\n合计,2\r\n"
)


@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_a_csv_file_is_a_list_in_any_encoding_of_an_office(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    path = tmp_path / "管理对象.CSV"
    path.write_bytes(CSV.replace(",", separator).encode(encoding))
    found = only_list(path)
    assert (found.sheet, found.titles.unit, found.titles.submitted_on) == (
        "管理对象",
        "区财政局",
        date(2024, 1, 22),
    )
    assert [(row.number, row.name, *row.phones) for row in found.rows()] == [
        (4, "王五", "138 0013 8000"),
        (6, "赵六", "无"),
    ]
    assert found.height == 4


def test_a_quoted_cell_of_a_csv_file_may_have_several_lines(tmp_path: Path) -> None:
    path = tmp_path / "管理对象.csv"
    path.write_text('姓名,手机,备注\n甲,13800138000,"上午\n下午"\n乙,13800138001,\n', "utf-8")
    assert [(row.number, row.remark) for row in only_list(path).rows()] == [(2, "上午\n下午"), (3, "")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x81\xff\x00\x01", "file_not_text"),
        (b"PK\x03\x04\x00\x00\x00", "file_not_text"),
        ("姓名,手机\n甲," + "1" * 200_000, "csv_broken"),
        ('姓名,手机\n甲,"13800138000\n乙,13800138001\n', "csv_broken"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "file_not_text"),
        ("", "no_list"),
        (",,\n,\n", "no_list"),
        ("甲,13800138000\n", "heading_missing"),
        ("手机\n13800138000\n", "column_missing"),
    ],
)
def test_a_csv_file_that_is_no_list_is_refused_in_words(
    tmp_path: Path, content: bytes | str, code: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert refusal(path).code == code
    assert "list.csv" in str(refusal(path))


def test_a_csv_file_of_too_many_rows_or_bytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("姓名,手机\n" + "甲,13800138000\n" * 9, "utf-8")
    with pytest.raises(CatiError, match="more than 9 rows"):
        open_lists(path, limits=Limits(rows=9))
    with pytest.raises(CatiError) as refused:
        open_lists(path, limits=Limits(packed=20))
    assert refused.value.code == "file_too_large"
