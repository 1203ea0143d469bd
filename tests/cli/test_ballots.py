"""Ballots and the planner on the command line."""

import json
from pathlib import Path

import openpyxl

from tests.cli.test_commands import Run, cati
from tests.files.workbooks import Sheets, changed

__all__ = ["cati"]


def with_ballots(sheets: Sheets) -> None:
    sheets["channels"] = [
        ["code", "label", "weight", "kind"],
        ["phone", "电话", 50, "phone"],
        ["public", "公开评价", 50, "ballots"],
    ]


def filled(path: Path, *, second: int) -> None:
    """Key one answer everywhere, and another in the first line of the second sheet."""
    book = openpyxl.load_workbook(path)
    for number, sheet in enumerate(book.worksheets):
        for row in range(2, sheet.max_row + 1):
            for column in range(3, sheet.max_column + 1):
                sheet.cell(row, column).value = second if number and row == 2 else 1
    book.save(path)


def test_ballots_are_keyed_compared_taken_and_withdrawn(cati: Run, tmp_path: Path) -> None:
    assert cati("init")[0] == 0
    assert cati("programme", "load", str(changed(tmp_path / "p.xlsx", with_ballots)))[0] == 0
    form, out = str(tmp_path / "form.xlsx"), str(tmp_path / "differences.xlsx")
    assert cati("ballots", "form", "public", form, "--number", "2")[0] == 0
    filled(tmp_path / "form.xlsx", second=2)
    code, _told, said = cati("ballots", "take", "public", form)
    assert code == 1
    assert "differ in 2 places" in said
    code, told, _said = cati("ballots", "differences", "public", form, out)
    assert (code, told.split(";")[0]) == (0, "2 differences")
    book = openpyxl.load_workbook(out)
    for row in (2, 3):
        book.worksheets[0].cell(row, 6).value = 1
    book.save(out)
    code, told, _said = cati("ballots", "take", "public", form, "--settled", out, "--json")
    taken = json.loads(told)
    assert (code, taken["ballots"], taken["void"], taken["channel"]) == (0, 2, 0, "public")
    assert cati("ballots", "withdraw", str(taken["id"]), "--reason", "试录")[0] == 0
    assert "withdrawn: 试录" in cati("ballots", "list")[1]
    assert json.loads(cati("ballots", "list", "--json")[1])[0]["withdrawn_for"] == "试录"


def test_ballots_keyed_in_the_window_are_opened_and_shown(cati: Run, tmp_path: Path) -> None:
    assert cati("init")[0] == 0
    assert cati("programme", "load", str(changed(tmp_path / "p.xlsx", with_ballots)))[0] == 0
    code, told, _said = cati("ballots", "open", "public", "--number", "30")
    assert (code, told) == (0, "Keying 1: ballots 1 to 30 of 公开评价 can be keyed (Ctrl+B in the window).\n")
    assert cati("ballots", "open", "public", "--number", "29")[0] == 0
    assert "of 29 ballots keyed once 0, twice 0; 0 differences" in cati("ballots", "keyed")[1]
    [found] = json.loads(cati("ballots", "keyed", "--json")[1])
    assert (found["keying"]["channel"], found["keying"]["by_item"], found["open"]) == ("public", False, 0)
    code, _told, said = cati("ballots", "take-keyed", "1")
    assert code == 1
    assert "0 of 29 ballots are keyed twice" in said


def test_the_planner_says_what_planned_interviews_give(cati: Run, tmp_path: Path) -> None:
    assert cati("init")[0] == 0
    assert cati("programme", "load", str(changed(tmp_path / "p.xlsx", with_ballots)))[0] == 0
    code, told, _said = cati("plan", "--margin", "5", "--level", "95")
    assert code == 0
    assert told.startswith("Level 95 %. Planned of each unit: 管理 3、服务 7.")
    assert "±5 percentage points take of each unit" in told
    assert json.loads(cati("plan", "--json")[1])["interviews"] == [3, 7]
    assert cati("plan", "--margin", "0")[0] == 1


def test_representatives_are_imported_drawn_and_listed(cati: Run, tmp_path: Path) -> None:
    def with_rosters(sheets: Sheets) -> None:
        with_ballots(sheets)
        sheets["rosters"] = [
            ["channel", "code", "label", "listed", "drawn"],
            ["public", "party", "党代表", 3, 1],
        ]

    book = openpyxl.Workbook()
    for row in (
        ["姓名", "单位", "职务", "手机"],
        *([f"代表{n}", "村", "书记", 13800000000 + n] for n in range(3)),
    ):
        book.worksheets[0].append(row)
    book.save(tmp_path / "roster.xlsx")
    assert cati("init")[0] == 0
    assert cati("programme", "load", str(changed(tmp_path / "p.xlsx", with_rosters)))[0] == 0
    told = cati("representatives", "import", "党代表", str(tmp_path / "roster.xlsx"))[1]
    assert told == "党代表: 3 of 3 people.\n"
    parties = ("--party", "甲=1", "--party", "乙=2", "--public", "3", "--out", str(tmp_path / "draw"))
    assert cati("representatives", "draw", *parties)[1] == "党代表: 1 of 3 drawn.\n"
    assert "Ticket 2 follows: 代表" in cati("representatives", "absent", "party", "1", "--reason", "出差")[1]
    assert json.loads(cati("representatives", "list", "--json")[1])[0]["absent"] == 1
    assert cati("representatives", "list", str(tmp_path / "sign.xlsx"))[1].startswith("1 person;")
    assert "1 of 1 drawn, 1 absent" in cati("representatives", "list")[1]
