"""Hechi 2023 by commands, from its workbook to scores and claims, each figure worked out by other lines."""

from __future__ import annotations

import csv
import json
import random
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from fractions import Fraction
from itertools import islice, product
from pathlib import Path

import openpyxl
import pytest

from cati.base import paths
from cati.domain.ranking import shown
from cati.files.frame_writer import write_lists
from cati.station.invented import people
from tests.cli.test_commands import Run, cati
from tests.flow.papers import finals, rows_of, table

__all__ = ["cati"]

WORKBOOK = paths.resources() / "programmes" / "hechi-2023.xlsx"
CITY = "市直和驻河池中区直单位"
COUNTIES = [
    "金城江区",
    "宜州区",
    "南丹县",
    "天峨县",
    "凤山县",
    "东兰县",
    "罗城仫佬族自治县",
    "环江毛南族自治县",
    "巴马瑶族自治县",
    "都安瑶族自治县",
    "大化瑶族自治县",
]
UNITS = [*COUNTIES, "市统计局", "市税务局"]
ASPECTS = ["推动发展", "工作落实", "民生改善", "生态保护", "作风转变"]
POINTS = {"满意": 100, "比较满意": 80, "不太满意": 60, "很不满意": 40}
NAMES = {"satisfied": 100, "fairly_satisfied": 80, "rather_dissatisfied": 60, "very_dissatisfied": 40}
LISTED, PLACES = 16, 2
WEIGHTS = {"phone": 40, "web": 40, "leaders": 20}
BY_ASPECT = (30, 25, 20, 15, 10)

Answers = dict[str, list[Sequence[str]]]
"""What respondents said about each unit, item by item."""


def of(answers: Sequence[Sequence[str]], points: dict[str, int]) -> Fraction:
    """The mean of each aspect over those who said how satisfied they are, weighed."""
    total = Fraction(0)
    for place, weight in enumerate(BY_ASPECT):
        given = [points[line[place]] for line in answers if line[place] in points]
        total += weight * Fraction(sum(given), len(given))
    return total / 100


def survey(path: Path, chance: random.Random) -> Answers:
    """A file of 200 answers in WeChat, ten of them by somebody who answered before; the first counts."""
    said: Answers = {unit: [] for unit in UNITS}
    rows: list[list[str]] = []
    for n in range(200):
        again = n % 20 == 19
        unit = rows[-1][1] if again else UNITS[n % len(UNITS)]
        given = chance.choices([*POINTS, "不了解"], k=len(ASPECTS))
        rows.append([rows[-1][0] if again else f"wx{n}", unit, *given])
        if not again:
            said[unit].append(given)
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([["openid", "单位", *ASPECTS], *rows])
    return said


def leaders(path: Path, chance: random.Random) -> Answers:
    """Ten ballots of leaders about every unit, a blank here and there."""
    said: Answers = {unit: [] for unit in UNITS}
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["票号", "单位", *ASPECTS])
    for number, unit in product(range(1, 11), UNITS):
        given = [chance.choice([*POINTS, ""]) if number > 1 else "满意" for _ in ASPECTS]
        said[unit].append(given)
        sheet.append([number, unit, *given])
    book.save(path)
    return said


def interviewed(database: str) -> Answers:
    """What was said on the telephone, out of the database itself."""
    said: Answers = {unit: [] for unit in UNITS}
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "select i.id, u.name, r.value from interviews i join cells c on c.id = i.cell_id "
            "join units u on u.id = c.unit_id join responses r on r.interview_id = i.id "
            "where i.state = 'complete' and r.item in "
            "('development', 'implementation', 'livelihood', 'ecology', 'conduct') order by i.id, instr("
            "'development implementation livelihood ecology conduct', r.item)"
        )
        while line := list(islice(rows, len(ASPECTS))):
            said[line[0][1]].append([value for _id, _unit, value in line])
    return said


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_hechi_from_workbook_to_scores_and_claims(cati: Run, database_url: str, tmp_path: Path) -> None:
    chance = random.Random(2023)
    (tmp_path / "units.csv").write_text(f"单位,系列\n市统计局,{CITY}\n市税务局,{CITY}\n", "utf-8")
    decided = {"units_number": 13, "quota_sample": PLACES, **{f"weight_{k}": v for k, v in WEIGHTS.items()}}
    names = ("development", "implementation", "livelihood", "ecology", "conduct")
    decided |= {f"weight_{name}": weight for name, weight in zip(names, BY_ASPECT, strict=True)}
    chosen = [word for name, value in decided.items() for word in ("--set", f"{name}={value}")]
    assert cati("init")[0] == 0
    assert cati("programme", "load", str(WORKBOOK), *chosen)[0] == 1, "eleven units of thirteen"
    assert cati("programme", "load", str(WORKBOOK), *chosen, "--units", "units.csv")[0] == 0
    files = []
    for number, unit in enumerate(UNITS):
        files.append(f"{number}.xlsx")
        write_lists(tmp_path / files[-1], unit, None, {"报送样本人员": people(unit, LISTED)})
    assert cati("import", *files)[0] == 0
    assert cati("draw", "--party", "编办=92847", "--party", "组织部=11635", "--public", "2830.53")[0] == 0
    assert cati("simulate", "--seed", "3")[0] == 0
    web, ballots = survey(tmp_path / "wx.csv", chance), leaders(tmp_path / "leaders.xlsx", chance)
    told = json.loads(cati("web", "columns", "wx.csv", "--json")[1])["proposal"]["columns"]
    assert told == {"unit": "单位", "respondent": "openid", **dict(zip(names, ASPECTS, strict=True))}
    assert cati("web", "import", "wx.csv")[0] == 1, "nobody said what is done about doubles"
    taken = json.loads(cati("web", "import", "wx.csv", "--doubles", "first", "--json")[1])
    assert (taken["opinions"], taken["doubles"]) == (190, 10)
    assert cati("ballots", "take", "leaders", "leaders.xlsx")[0] == 0

    code, out, err = cati("score", "--json")
    assert code == 0, err
    phone = interviewed(database_url.removeprefix("sqlite:///"))
    composites = {}
    for line in json.loads(out):
        unit = line["unit"]
        by_channel = {
            "phone": of(phone[unit], NAMES),
            "web": of(web[unit], POINTS),
            "leaders": of(ballots[unit], POINTS),
        }
        assert {c: line["channels"][c]["score"] for c in WEIGHTS} == {
            c: float(score) for c, score in by_channel.items()
        }
        assert len(phone[unit]) == line["channels"]["phone"]["n"] == PLACES
        composites[unit] = sum(WEIGHTS[c] * score for c, score in by_channel.items()) / 100
        assert line["final"] == float(composites[unit])
    assert {line["unit"]: line["rank"] for line in json.loads(out)} == {
        unit: 1 + sum(other > mine for other in composites.values()) for unit, mine in composites.items()
    }

    assert cati("approve", "--body", "市绩效考评领导小组", "--signer", "王干部")[0] == 0
    assert cati("claims", "note", "ballots", "--done", "10", "--source", "收回登记表")[0] == 0
    assert cati("export", "report.docx", "--what", "report")[0] == 0
    assert cati("export", "scores.xlsx", "--what", "scores")[0] == 0
    told_finals = sorted(final for final, _composite in finals(tmp_path / "report.docx").values())
    assert told_finals == sorted(shown(Fraction(score)) for score in composites.values())

    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as connection:
        called = {case for (case,) in connection.execute("select case_id from attempts")}
    claims = {one["code"]: one for one in json.loads(cati("claims", "list", "--json")[1])}
    # The report and the book of scores tell of them, too.
    told_claims = table(tmp_path / "report.docx", "Claim")
    (_heading, *booked) = rows_of(tmp_path / "scores.xlsx", "claims")
    assert [row[0] for row in booked] == [row[0] for row in told_claims]
    named = dict(zip(claims, told_claims, strict=True))
    assert named["web"][2:] == ["1,074,000+", "190", "+1,073,810", "differs, not settled"]
    assert named["ballots"][2:5] == ["10", "10", "0"]
    assert re.fullmatch(r"noted anew by .+ on [\d-]+, first 300\+ / 300\+: 收回登记表", named["ballots"][5])
    assert dict(zip(claims, booked, strict=True))["web"][3:7] == [
        "1,074,000+", 190, 1_073_810, "differs, not settled",
    ]  # fmt: skip
    assert {code: one["done_computed"] for code, one in claims.items() if one["done_computed"]} == {
        "counties": "11",
        "city_units": "2",
        "frames": str(LISTED * len(UNITS)),
        "sample": str(len(called)),
        "web": "190",
        "ballots": "10",
        "completion_sample": "77.05",
        "completion_web": "89.50",
        "rate": "94.08",
    }
    differ = {code for code, one in claims.items() if one["done_differs"]}
    assert differ == set(claims) - {"counties", "ballots", "printed", "upgrade", "fees", "budget"}
    assert (claims["budget"]["planned_computed"], claims["budget"]["planned_differs"]) == ("12", False)
    assert cati("claims", "note", "web", "--done", "190", "--source", "2024年度报告")[0] == 0
    assert "≠ 94.08%" in cati("claims", "list")[1]
    assert not json.loads(cati("claims", "list", "--json")[1])[4]["done_differs"]
    assert cati("claims", "note", "web", "--done", "many", "--source", "x")[0] == 1
    assert "doubles left out: 10 (the first counts)" in cati("web", "list")[1]
    assert cati("web", "withdraw", str(taken["id"]), "--reason", "来源有误")[0] == 0
    assert "withdrawn: 来源有误" in cati("web", "list")[1]
