"""Xiang'an 2023 from its workbook to the final points, each figure worked out by other lines here."""

from __future__ import annotations

import csv
import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import click
import docx
import openpyxl
import pytest
from click.testing import CliRunner

from cati.base import paths
from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.cli import indicators, problems, register, scoring
from cati.domain.exports import What
from cati.domain.programmes import LoadedProgramme
from cati.domain.ranking import shown
from cati.files.programmes import load_workbook
from cati.services import adjustments, exports, programmes
from cati.services import scoring as scores
from cati.services.context import Context
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.services.bureau import bureau_of, programme_of

WORKBOOK = paths.resources() / "programmes" / "xiangan-2023.xlsx"
COMMANDS = {**indicators.COMMANDS, **problems.COMMANDS, **register.COMMANDS, **scoring.COMMANDS}
UNIT = "翔安区统计局"

FOUND = [
    # number, rules, circumstances, what it costs by annex 3
    ("督1", ["work"], [], "-5"),
    ("督2", ["service"], ["found_above"], "-10"),
    ("督3", ["work", "media"], ["undecided", "not_mended"], "-20"),
    ("督4", ["person_city"], [], "-10"),
    ("督5", ["person_district"], ["accountable"], "-2.5"),
    ("督6", ["discipline"], [], "-5"),
    ("督7", ["procedure"], ["report_late"], "-10"),
]
RELIEF = [("督6", "r7", "0"), ("督7", "r6", "4")]
OWN = [("自1", 4), ("自2", 9)]
"""Thirteen persons bring ten points."""


def opened(database: Database, clock: VirtualClock, folder: Path) -> tuple[Context, LoadedProgramme]:
    ctx, _other = bureau_of(database, clock, programme_of([("区统计局", "部门")]))
    return ctx, programmes.load_programme(ctx, WORKBOOK)


def fill_in(path: Path, day: str) -> None:
    """Fill a form in as a team would."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    sheet.cell(2, 4).value = f"填报时间：{day}"
    for row in range(4, sheet.max_row):
        sheet.cell(row, 3).value = f"按计划推进，完成{row}项"
    book.save(path)


def test_from_the_workbook_to_the_final_points(furnished_file: Furnished, tmp_path: Path) -> None:
    ctx, loaded = furnished_file(opened)

    def typed(*words: object) -> str:
        name, *rest = [str(word) for word in words]
        session = SimpleNamespace(ctx=ctx, programme=programmes.get(ctx, loaded.programme.code))
        command: click.Command = COMMANDS[name]
        result = CliRunner().invoke(command, rest, obj=session)
        if isinstance(result.exception, CatiError):
            raise result.exception
        assert result.exception is None, result.output
        return result.output

    # The two progress filings: three teams report by 30 September, one of them a day late.
    for team, day in {"综合组": "2023年9月30日", "业务组": "2023年10月1日", "调查队": "2023-09-28"}.items():
        form = tmp_path / f"{team}.xlsx"
        typed("indicators", "form", "progress_q3", team, form)
        with pytest.raises(CatiError, match="is not said"):
            typed("indicators", "progress", "progress_q3", form)
        fill_in(form, day)
        typed("indicators", "progress", "progress_q3", form)
    reports = json.loads(typed("indicators", "list", "--json"))["reports"]
    standing = {(one["item"], one["team"]): one["standing"] for one in reports}
    assert standing == {
        ("progress_q3", "综合组"): "in_time",
        ("progress_q3", "业务组"): "late",
        ("progress_q3", "调查队"): "in_time",
        ("progress_q3", "党支部"): "missing",
        **{("progress_year", team): "missing" for team in ("综合组", "业务组", "调查队", "党支部")},
    }
    entries = json.loads(typed("register", "list", "--json"))
    assert [(one["item"], one["due"], one["standing"]) for one in entries] == [
        ("progress_q3", "2023-09-30", "missing"),
        ("progress_year", "2023-12-31", "missing"),
    ]

    # Points of the collectors, as a table; the sums are those of annex 2.
    listed = json.loads(typed("indicators", "list", "--json"))["indicators"]
    most = {one["name"]: one["most"] for one in listed}
    assert (len(most), sum(most.values())) == (51, 1000)
    got = {name: Decimal(str(value)) - Decimal(at % 4) / 2 for at, (name, value) in enumerate(most.items())}
    table = tmp_path / "points.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("指标名称", "得分"), *got.items()])
    assert typed("indicators", "points", table) == "Points for 51 indicators taken.\n"

    # Problems; what is found again under its number costs nothing more.
    for number, rules, circumstances, costs in FOUND:
        words = [part for code in rules for part in ("--ground", code)]
        words += [part for code in circumstances for part in ("--in", code)]
        said = typed("problem", "report", UNIT, number, *words, "--said", "核查记录", "--on", "2023-08-01")
        assert f"{costs} proposed" in said or f"{float(costs)} proposed" in said
    typed("problem", "report", UNIT, "督1", "--ground", "style", "--said", "再次", "--on", "2023-09-01")
    for number, ground, left in RELIEF:
        typed("problem", "relieve", UNIT, number, "--ground", ground, "--left", left, "--reason", "已整改")
    for number, persons in OWN:
        words = [
            "--ground",
            "own_checks",
            "--persons",
            str(persons),
            "--said",
            "问责决定",
            "--on",
            "2023-10-10",
        ]
        typed("problem", "report", UNIT, number, *words)

    typed_out = json.loads(typed("problem", "list", "--json"))
    assert {one["number"]: one["state"] for one in typed_out if one["points"] is not None} == {
        "督6": "waived",
        **{number: "proposed" for number, *_ in FOUND if number != "督6"},
        # What all persons bring together stands once, beside the last of them.
        "自2": "proposed",
    }
    [counted] = [line for line in typed("problem", "list").splitlines() if "\t自1\t" in line]
    assert "\tcounted with 自2\t" in counted
    assert "own_checks" not in counted
    for one in adjustments.listing(ctx, loaded):
        if one.state == "proposed":
            typed("confirm", UNIT, "--code", one.code, "--problem", one.problem, "--evidence", "督查通报")
    with pytest.raises(CatiError, match="no relief"):
        typed("problem", "relieve", UNIT, "督1", "--ground", "r1", "--left", "5", "--reason", "x")
    why = {one["problem"]: one["why"] for one in json.loads(typed("adjustments", "--json"))}
    assert why["督2"] == "base -5, doubled (found by province or city, points taken there)"
    assert why["督3"] == "base -20, higher than Work not carried out"
    assert why["督7"].startswith("base -5, doubled (mending reported late), relieved: A problem of earlier")
    assert why[""] == "1 × 13 persons"

    # 345 and 655 points by what was got; then annex 3.
    closed = programmes.close_fieldwork(ctx, loaded.programme.code)
    [line] = scores.score(ctx, closed)
    own = sum((Fraction(points) for points in got.values()), Fraction(0))
    halves = {
        name: value for name, value in most.items() if listed[list(most).index(name)]["channel"] == "common"
    }
    common = sum((Fraction(got[name]) for name in halves), Fraction(0))
    assert sum(halves.values()) == 655
    assert line.channels["common"].score == common * 100 / 655
    assert line.composite == own
    taken = Fraction(5 + 10 + 20 + 10 + 4) + Fraction(5, 2)
    assert line.final == own - taken + 10
    # What the command says of it: points and not only percent, and what does not count beside what does.
    behind = [line.split("\t") for line in typed("score", "--unit", UNIT).splitlines()]
    assert ["Composite", shown(own)] in behind
    assert any(row[0] == "common" and row[4] == f"{shown(common)} of 655 points" for row in behind)
    assert {row[3] for row in behind if row[0] == "Adjustments"} == {"confirmed", "waived"}
    # What the report says of it.
    # Most teams filed nothing here.
    scores.sign_off(ctx, closed, "区效能督查办", "王干部", without_undecided=True)
    exports.export(ctx, closed, What.REPORT, tmp_path / "report.docx")
    tables = docx.Document(str(tmp_path / "report.docx")).tables
    rows = [[cell.text for cell in row.cells] for table in tables for row in table.rows]
    named = loaded.programme.units[0].labels.get("en", UNIT)
    assert any(row[1:3] == [named, shown(line.final)] for row in rows)
    # Each of the 51 indicators with who gives its points and who answers for it, 345 and 655 in all.
    told = {row[1]: row for row in rows if len(row) == 6 and row[1] != named}
    first = loaded.programme.indicators[0]
    assert told[first.labels["en"]][2:] == ["区委办", "all teams · 组长", "30", f"{got[first.label]:.2f}"]
    assert {row[4] for row in rows if row[1] == "all indicators"} == {"345", "655"}
    assert len([row for row in told.values() if row[0].isdigit()]) == 51
    said = "".join(p.text for p in docx.Document(str(tmp_path / "report.docx")).paragraphs)
    assert "counted answer" not in said
    assert "ntervals" not in said
    exports.export(ctx, closed, What.SCORES, tmp_path / "book.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["indicators"]
    sums = [row[6:] for row in sheet.iter_rows(values_only=True) if row[3] == "all indicators"]
    assert sorted(most for most, _got in sums) == [345, 655]
    assert sum(Fraction(all_) for _most, all_ in sums) == own
    taken_words = {row[2]: row[3] for row in rows if row[0] == named and len(row) == 4}
    assert "problem 督3" in taken_words["-20.00"]
    assert "督查通报" in taken_words["-20.00"]
    assert "+10.00" in taken_words
    assert date(2023, 12, 31) == closed.programme.settings.deadlines["progress_year"]


def test_what_the_document_leaves_open_is_asked_and_no_person_is_named() -> None:
    programme = load_workbook(WORKBOOK, {"problems_in_total": "no", "points_city_person": "-10"})
    assert set(programme.settings.assumed) == set()
    assert set(load_workbook(WORKBOOK).settings.assumed) == {"problems_in_total", "points_city_person"}
    assert not programme.settings.problems_in_total
    rule = next(one for one in programme.adjustments if one.code == "person_city")
    assert (str(rule.points), rule.doubled) == ("-10", ("always",))
    assert {one.leader for one in programme.indicators} == {"组长", "成员"}
    assert set(programme.teams) == {"综合组", "业务组", "调查队", "党支部"}
    assert len(programme.relief) == 10
