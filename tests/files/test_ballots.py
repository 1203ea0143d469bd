"""Keyed ballots as files hold them."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from cati.base.errors import CatiError
from cati.domain.ballots import Difference, differences
from cati.domain.programmes import Choice, Unit
from cati.files.ballots import (
    BallotForm,
    BallotItem,
    read_keyings,
    read_looks,
    write_differences,
    write_form,
)

LEVELS = tuple(
    Choice(name, {"zh": label}, Decimal(points), key)
    for name, label, points, key in (
        ("good", "满意", 100, "1"),
        ("fair", "基本满意", 80, "2"),
        ("bad", "不满意", 0, "3"),
    )
)
UNITS = (Unit("u1", "雒容镇", "一"), Unit("u2", "天马街道", "二"), Unit("u3", "区统计局", "六"))
ONE = BallotForm(UNITS, (BallotItem("level", "评价", LEVELS),))
TWO = BallotForm(
    UNITS[:2],
    (BallotItem("work", "工作情况", LEVELS), BallotItem("help", "协调配合", (), (Decimal(0), Decimal(100)))),
)
SAMPLE = Path(__file__).parents[1] / "data" / "yufeng-2024" / "paper-ballots-keyed-twice.xlsx"


def written(path: Path, **sheets: Sequence[Sequence[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def refusal(path: Path, form: BallotForm) -> str:
    with pytest.raises(CatiError) as refused:
        read_keyings(path, form)
    assert refused.value.code == "file_problems"
    return str(refused.value)


def test_a_row_for_each_ballot_with_a_column_for_each_unit(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["票号", "雒容镇", "u2", "单位03"],
        [1, "满意", "fair", 3],
        [2, None, "满意|不满意", "满意、满意"],
        [None, None, None, None],
    ]
    _digest, (ballots,) = read_keyings(written(tmp_path / "b.xlsx", 录入=rows), ONE)
    assert ballots == {
        1: {"u1": ("good",), "u2": ("fair",), "u3": ("bad",)},
        2: {"u1": ("-",), "u2": ("*",), "u3": ("good",)},
    }


def test_a_row_for_each_ballot_and_unit_with_a_column_for_each_item(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["票号", "单位", "协调配合", "工作情况"],
        [7, "雒容镇", 95.5, "满意"],
        [7, "天马街道", None, "基本满意"],
    ]
    _digest, (ballots,) = read_keyings(written(tmp_path / "b.xlsx", 录入=rows), TWO)
    assert ballots == {7: {"u1": ("good", "95.5"), "u2": ("fair", "-")}}


@pytest.mark.parametrize("several", ["*", "several ticks", "1、2"], ids=["key", "words", "both"])
def test_several_ticks_are_written_with_the_key_of_the_grid_or_in_words(tmp_path: Path, several: str) -> None:
    rows: list[list[object]] = [
        ["票号", "单位", "工作情况", "协调配合"],
        [1, "雒容镇", several, "*"],
        [1, "天马街道", "1", 90],
    ]
    [found] = read_keyings(written(tmp_path / "b.xlsx", 一=rows), TWO)[1]
    assert found[1]["u1"] == ("*", "*")


def test_a_csv_file_holds_one_keying(tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_text("票号,雒容镇,天马街道,区统计局\n1,满意,满意,不满意\n", "gb18030")
    assert read_keyings(path, ONE)[1] == [{1: {"u1": ("good",), "u2": ("good",), "u3": ("bad",)}}]


def test_everything_that_does_not_fit_is_told_with_sheet_and_row(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["票号", "雒容镇", "天马街道", "区统计局"],
        ["x", "满意", "满意", "满意"],
        [2, "好", "满意", "好"],
        [3, "满意", "好", "满意"],
        [3, "满意", "满意", "满意"],
    ]
    told = refusal(written(tmp_path / "b.xlsx", 甲=rows), ONE)
    assert "甲, row 2: “x” is no number" in told
    assert "甲, row 3: 雒容镇: “好” is no answer to 评价. There are: 满意, 基本满意, 不满意." in told
    # A wrong word is told once, with how often it stands in the file.
    assert ("things to put right: 7" in told, told.count("“好”")) == (True, 1)
    assert "不满意. The same in other places: 2." in told
    assert "甲, row 5: ballot 3 has 雒容镇" in told


def test_a_title_stands_over_the_headings(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["公众评议表"],
        ["票号", "雒容镇", "天马街道", "区统计局"],
        [7, "满意", "满意", "满意"],
    ]
    _digest, [ballots] = read_keyings(written(tmp_path / "b.xlsx", 甲=rows), ONE)
    assert list(ballots) == [7]


def test_headings_that_are_not_those_of_the_ballot_are_told(tmp_path: Path) -> None:
    told = refusal(written(tmp_path / "b.xlsx", 甲=[["票号", "雒容镇", "区水利局", "雒容镇"]]), ONE)
    assert "“区水利局” is neither a unit nor an item" in told
    assert "“雒容镇” stands twice" in told
    assert "no column 天马街道" in told
    many = BallotForm(tuple(Unit(f"u{n}", f"单位甲{n}", "一") for n in range(59)), ONE.items)
    few = written(tmp_path / "few.xlsx", a=[["票号", "单位甲0", "某局"], [1, "满意", "满意"]])
    assert [line.split(": ", 1)[1] for line in refusal(few, many).splitlines()[1:]] == [
        "“某局” is neither a unit nor an item of this channel.",
        "58 columns are missing: 单位甲1, 单位甲2, 单位甲3 and others.",
    ]
    told = refusal(written(tmp_path / "c.xlsx", 甲=[["雒容镇", "天马街道", "区统计局"], [1, 1, 1]]), ONE)
    assert "no column 票号" in told


def test_a_number_outside_its_range_and_a_unit_of_another_channel_are_told(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["票号", "单位", "协调配合", "工作情况"],
        [1, "雒容镇", 101, "满意"],
        [1, "区统计局", 5, "满意"],
    ]
    told = refusal(written(tmp_path / "b.xlsx", 甲=rows), TWO)
    assert "雒容镇, 协调配合: “101” is no number from 0 to 100" in told
    assert "“区统计局” is no unit of this channel" in told


def test_a_file_without_ballots_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "b.xlsx", 甲=[["票号", "雒容镇", "天马街道", "区统计局"]])
    with pytest.raises(CatiError) as refused:
        read_keyings(path, ONE)
    assert refused.value.code == "ballots_missing"


@pytest.mark.parametrize("form", [ONE, TWO])
def test_a_form_is_keyed_twice_and_read_back(tmp_path: Path, form: BallotForm) -> None:
    path = tmp_path / "form.xlsx"
    write_form(path, form, 2)
    book = openpyxl.load_workbook(path)
    assert len(book.worksheets) == 2
    for sheet in book.worksheets:
        for row in sheet.iter_rows(min_row=2, max_col=sheet.max_column):
            for cell in row:
                if cell.value is None:
                    cell.value = "满意" if sheet.cell(1, cell.column).value != "协调配合" else 50
    book.save(path)
    _digest, (first, second) = read_keyings(path, form)
    assert first == second
    assert set(first) == {1, 2}
    assert differences(first, second, len(form.items)) == ()


def test_differences_are_written_filled_in_and_read_as_looks(tmp_path: Path) -> None:
    path = tmp_path / "differences.xlsx"
    write_differences(
        path,
        TWO,
        [
            Difference(3, "u1", 0, "good", "*"),
            Difference(3, "u2", 1, "80", "-"),
            Difference(4, "u1", 0, None, "bad"),
        ],
    )
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[2]][:5] == [3, "雒容镇", "工作情况", "满意", "several ticks"]
    assert [cell.value for cell in sheet[4]][3:5] == ["not keyed", "不满意"]
    for row, paper in enumerate(["several ticks", 90, "no tick"], start=2):
        sheet.cell(row, 6).value = paper
    book.save(path)
    assert read_looks(path, TWO) == {(3, "u1", 0): "*", (3, "u2", 1): "90", (4, "u1", 0): "-"}
    sheet.cell(2, 6).value = None
    sheet.cell(3, 2).value = "区统计局"
    book.save(path)
    with pytest.raises(CatiError) as refused:
        read_looks(path, TWO)
    assert "row 2: 雒容镇, 工作情况: nothing is written" in str(refused.value)
    assert "row 3: ballot, unit or item" in str(refused.value)


def test_the_ballots_of_59_units_keyed_twice_differ_where_the_sheets_do() -> None:
    units = tuple(Unit(f"y{n:02}", f"被评单位{n}", "一") for n in range(1, 60))
    _digest, (first, second) = read_keyings(SAMPLE, BallotForm(units, ONE.items))
    sheets = [list(ws.iter_rows(min_row=2, values_only=True)) for ws in openpyxl.load_workbook(SAMPLE)]
    by_hand = [
        {(int(str(row[0])), at): cell for row in rows for at, cell in enumerate(row[1:], 1)}
        for rows in sheets
    ]
    expected = {place for place in by_hand[0] if by_hand[0][place] != by_hand[1][place]}
    found = {(d.ballot, int(d.unit[1:])) for d in differences(first, second, 1)}
    assert len(first) == len(second) == 120
    assert found == expected
    assert found
    ticks = sum(1 for value in by_hand[0].values() if value is not None and "|" in str(value))
    blank = sum(1 for value in by_hand[0].values() if value is None)
    answers = [line[0] for lines in first.values() for line in lines.values()]
    assert (answers.count("*"), answers.count("-")) == (ticks, blank)
