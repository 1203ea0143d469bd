"""Yufeng 2024 from its workbook to its report, each figure worked out by other lines here."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path

import docx
import openpyxl
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from cati.base import paths
from cati.base.clock import VirtualClock
from cati.domain.exports import What
from cati.domain.programmes import LoadedProgramme
from cati.services import (
    adjustments,
    ballots,
    draws,
    exports,
    hotline,
    hotline_claims,
    programmes,
    scoring,
)
from cati.services.context import Context
from cati.station.simulate import simulate
from cati.store.engine import Database
from tests.flow.papers import finals
from tests.rig.furnished import Furnished
from tests.services.bureau import bureau_of, programme_of
from tests.services.fieldwork import add_list, numbers
from tests.services.hotlines import SAMPLE, TOWNS, counted, rows
from tests.station.office import PARTIES, PUBLIC

WORKBOOK = paths.resources() / "programmes" / "yufeng-2024.xlsx"
KEYED_TWICE = SAMPLE.with_name("paper-ballots-keyed-twice.xlsx")
LEVELS = {"满意": 100, "基本满意": 70, "不满意": 10}
SAID = {"satisfied": 100, "basically_satisfied": 70, "dissatisfied": 10}
CHOSEN = {
    **{f"points_{name}": str(points) for name, points in SAID.items()},
    # Annex 1 leaves the cell of departments blank.
    "points_hotline_departments": "0",
    "weight_ballots": "60",
    "weight_phone": "40",
    "weight_work": "70",
    "weight_cooperation": "30",
    "quota_enterprises": "1",
}
STREETS = {"箭盘山街道": "9.1", "荣军街道": "8.75", "五里亭街道": "7", "白莲街道": "8", "麒麟街道": "10",
           "阳和街道": "9.1"}  # fmt: skip
"""Points of streets of which the platform gives no rates."""
FOLLOWED = {"白沙镇": (8, 3), "洛埠镇": (4, 0), "天马街道": (5, 5), "区教育局": (2, 1)}
"""Tickets of 2023 that were followed up, and those of them whose appeal failed."""

Ballot = dict[str, str]
"""What a ballot has about units, by the heading of the column."""


def opened(database: Database, clock: VirtualClock, folder: Path) -> tuple[Context, LoadedProgramme]:
    """The programme, drawn, with three enterprises of each unit and a public pool."""
    ctx, _other = bureau_of(database, clock, programme_of([("区统计局", "部门")]))
    loaded = programmes.load_programme(ctx, WORKBOOK, CHOSEN)
    for place, unit in enumerate(loaded.programme.units):
        add_list(ctx, loaded, (unit.code, "enterprise"), numbers(10 * place, 3))
    add_list(ctx, loaded, None, numbers(900_000, 60))
    draws.draw(ctx, loaded, parties=PARTIES, public=PUBLIC, out=folder / "draw")
    return ctx, programmes.get(ctx, loaded.programme.code)


def written(path: Path, heading: Sequence[str], lines: Iterable[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heading, *lines])
    return path


def mean(points: Iterable[Fraction | int]) -> Fraction:
    found = list(points)
    return Fraction(sum(found), len(found))


def half_up(value: Fraction) -> str:
    cents = int(value * 100 + Fraction(1, 2))
    return f"{cents // 100}.{cents % 100:02}"


def places(values: Mapping[str, Fraction | None]) -> dict[str, int | None]:
    known = [value for value in values.values() if value is not None]
    return {
        name: None if value is None else 1 + sum(other > value for other in known)
        for name, value in values.items()
    }


def keyings() -> list[dict[int, Ballot]]:
    """The two sheets of the sample, by number of the ballot."""
    found = []
    book = CalamineWorkbook.from_path(KEYED_TWICE)
    for name in book.sheet_names:
        (_number, *heading), *lines = book.get_sheet_by_name(name).to_python()
        found.append(
            {
                int(str(number).removesuffix(".0")): dict(
                    zip(map(str, heading), map(str, ticks), strict=True)
                )
                for number, *ticks in lines
            }
        )
    return found


def look_at_the_papers(out: Path) -> dict[int, Ballot]:
    """Settle the list of differences as a third person would; gives all ballots as they are then.

    The paper is as it was keyed the first time, on ballots of an even number as the second time.
    """
    first, second = keyings()
    paper = {
        number: {unit: (second if number % 2 == 0 else first)[number][unit] for unit in first[number]}
        for number in first
    }
    book = openpyxl.load_workbook(out)
    sheet = book.worksheets[0]
    names = [cell.value for cell in sheet[1]]
    assert names == ["ballot", "unit", "item", "First keying", "Second keying", "paper"]
    differ = [(n, unit) for n in first for unit in first[n] if first[n][unit] != second[n][unit]]
    assert sheet.max_row - 1 == len(differ) > 0
    for row, (number, unit) in enumerate(differ, 2):
        assert sheet.cell(row, 1).value == number
        ticks = paper[number][unit].split("|")
        sheet.cell(row, 6).value = "several ticks" if len(ticks) > 1 else ticks[0] or "blank"
    book.save(out)
    return paper


def on_paper(ctx: Context, loaded: LoadedProgramme, folder: Path) -> dict[str, Fraction]:
    """Ballots of two kinds of people, the first keyed twice; the score of every unit, by name."""
    units = [unit.name for unit in loaded.programme.units]
    out = folder / "differences.xlsx"
    ballots.write_differences(ctx, loaded, "ballots", KEYED_TWICE, out)
    paper = look_at_the_papers(out)
    twice = ballots.take(ctx, loaded, "ballots", KEYED_TWICE, group="区人大代表", looks=out)
    ticks = [*LEVELS, "", "满意|不满意"]
    others = [[ticks[(n * n + place) % 5] for place in range(len(units))] for n in range(4)]
    members = [[n, *line] for n, line in enumerate(others, 1)]
    once = ballots.take(
        ctx, loaded, "ballots", written(folder / "members.csv", ["票号", *units], members), group="区政协委员"
    )
    ticked = {
        name: [*(of[f"单位{place:02}"] for of in paper.values()), *(line[place - 1] for line in others)]
        for place, name in enumerate(units, 1)
    }
    # Several ticks or none: that line is void.
    void = sum(tick not in LEVELS for of in ticked.values() for tick in of)
    assert (twice.ballots, once.ballots, twice.void + once.void) == (120, 4, void)
    return {name: mean(LEVELS[tick] for tick in of if tick in LEVELS) for name, of in ticked.items()}


def by_leaders(
    ctx: Context, loaded: LoadedProgramme, folder: Path
) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
    """Leaders rate the work, other leaders the work and the cooperation; the scores of every unit."""
    units = [unit.name for unit in loaded.programme.units]
    four = {name: [Decimal(60 + (7 * n + 3 * at) % 41) / 2 + 50 for n in range(4)] for at, name in
            enumerate(units)}  # fmt: skip
    lines = [
        [n + 1, *("" if (n, name) == (2, "区妇联") else four[name][n] for name in units)] for n in range(4)
    ]
    four["区妇联"].pop(2)
    ballots.take(ctx, loaded, "leaders", written(folder / "four.csv", ["票号", *units], lines))
    peers = {
        (name, n): ((70 + (5 * n + at) % 31), (65 + (11 * n + 2 * at) % 36))
        for (at, name), n in product(enumerate(units), range(3))
    }
    heading = ["票号", "单位", "工作情况", "协调配合情况"]
    rated = [[n + 1, name, *given] for (name, n), given in peers.items()]
    ballots.take(ctx, loaded, "peers", written(folder / "peers.csv", heading, rated))
    other = {
        name: Fraction(70, 100) * mean(peers[name, n][0] for n in range(3))
        + Fraction(30, 100) * mean(peers[name, n][1] for n in range(3))
        for name in units
    }
    return {name: mean(map(Fraction, given)) for name, given in four.items()}, other


def on_the_hotline(ctx: Context, loaded: LoadedProgramme, folder: Path) -> dict[str, Fraction]:
    """Tickets, figures that are adopted and last year's tickets; the score of units that have one."""
    assert hotline.import_tickets(ctx, loaded, SAMPLE).count == len(rows())
    counts, printed = counted(rows()), dict[str, list[str]]()
    for name, n in counts.items():
        rates = [
            Fraction(n["in_time"], n["all"]),
            Fraction(n["satisfied"], n["rated"]),
            Fraction(n["good"], n["said"]),
        ]
        printed[name] = [*(half_up(100 * rate) for rate in rates), str(n["failed"]), ""]
    # The platform forgot an appeal that failed: what it says scores, and the tickets only say so.
    wrong = next(name for name, line in printed.items() if name in TOWNS and line[3] != "0")
    printed[wrong][3] = str(int(printed[wrong][3]) - 1)
    printed |= {name: ["", "", "", "0", points] for name, points in STREETS.items()}
    heading = ["承办单位", "按时率", "处理满意率", "诉求解决率", "申诉未通过", "得分"]
    figures = written(folder / "figures.csv", heading, ([name, *line] for name, line in printed.items()))
    hotline.adopt(ctx, loaded, figures)
    followed = [[name, *both] for name, both in FOLLOWED.items()]
    heading = ["单位", "跟踪问效量", "申诉未通过量"]
    hotline.take_follow_up(ctx, loaded, written(folder / "followed.csv", heading, followed))
    board = {line.unit.name: line for line in hotline.board(ctx, loaded).lines}
    passed = {row["承办单位"] for row in rows() if row["申诉结果"] == "通过"}
    assert passed, "an appeal that passed costs nothing"
    for name, n in counts.items():
        assert board[name].recomputed.unresolved == n["failed"]
        differ = {one.figure for one in board[name].differences}
        assert ("unresolved" in differ, "points" in differ) == (name == wrong, name == wrong)
    found = {}
    for name, (on_time, satisfied, resolved, failed, points) in printed.items():
        if points:
            found[name] = 10 * Fraction(points)
            continue
        earned = (
            Fraction(on_time) / 100 * Fraction("0.7")
            + Fraction(satisfied) / 100 * Fraction("2.1")
            + Fraction(resolved) / 100 * Fraction("4.2")
            - int(failed) * Fraction("0.2")
        )
        possible = 7
        if name in FOLLOWED:
            of, lost = FOLLOWED[name]
            earned, possible = earned + 3 - Fraction(lost, of) * 3, 10
        found[name] = 100 * earned / possible
    return found


def claim_points(ctx: Context, loaded: LoadedProgramme) -> dict[str, Fraction]:
    """Two tickets of a town on one ground, confirmed, and one of a street that nobody confirmed."""
    satisfied = {
        name: [r for r in rows() if (r["承办单位"], r["处理方式"], r["处理满意"]) == (name, "办结", "满意")]
        for name in ("里雍镇", "驾鹤街道")
    }
    for name, at, worth in (("里雍镇", 0, "0.1"), ("里雍镇", 1, "0.05"), ("驾鹤街道", 0, "0.05")):
        one = satisfied[name][at]
        day = one["办结时间"].date()
        hotline_claims.claim(
            ctx, loaded, one["工单号"], "hotline_source", Decimal(worth), "治理办法", claimed_on=day
        )
    adjustments.settle(ctx, loaded, "里雍镇", "hotline_source", "已核实", confirm=True)
    return {"里雍镇": Fraction("0.15")}


def by_telephone(ctx: Context, loaded: LoadedProgramme) -> dict[str, Fraction]:
    answers: dict[str, list[int]] = defaultdict(list)
    with ctx.database.read() as connection:
        found = connection.execute(
            text(
                "select u.name, r.value from interviews i join cells c on c.id = i.cell_id"
                " join units u on u.id = c.unit_id join responses r on r.interview_id = i.id and r.on_path"
                " where i.state = 'complete' and r.item = 'overall' and c.programme_id = :programme"
            ),
            {"programme": loaded.id},
        )
        for name, value in found:
            if value in SAID:
                answers[name].append(SAID[value])
    return {name: mean(said) for name, said in answers.items()}


def by_channel(path: Path) -> dict[str, dict[str, str]]:
    """What the report's tables of channels have about each unit."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for table in docx.Document(str(path)).tables:
        heading, *lines = [[cell.text for cell in row.cells] for row in table.rows]
        if heading[0] == "Unit" and any(cell.endswith(")") for cell in lines[0]):
            for unit, *cells in lines:
                found[unit] |= dict(zip(heading[1:], cells, strict=True))
    return found


def by_hotline(path: Path) -> tuple[list[list[str]], list[list[str]]]:
    """What the report tells of the hotline's adopted figures, and of the tickets that give others."""
    found = {}
    for table in docx.Document(str(path)).tables:
        heading, *lines = [[cell.text for cell in row.cells] for row in table.rows]
        found[tuple(heading[1:3])] = lines
    return found["done in time", "satisfied"], found["Figure", "Adopted"]


def test_from_the_workbook_and_the_papers_to_the_report(furnished_file: Furnished, tmp_path: Path) -> None:
    ctx, loaded = furnished_file(opened)
    done = simulate(ctx, loaded, stations=2, seed=4)
    assert (done.interviews, done.cells) == (59, 59)
    closed = programmes.get(ctx, loaded.programme.code)
    units = {unit.name: unit for unit in closed.programme.units}
    paper, phone = on_paper(ctx, closed, tmp_path), by_telephone(ctx, closed)
    leaders, peers = by_leaders(ctx, closed, tmp_path)
    lines = on_the_hotline(ctx, closed, tmp_path)
    added = claim_points(ctx, closed)

    expected: dict[str, dict[str, Fraction | None]] = {}
    composites: dict[str, Fraction] = {}
    for name, unit in units.items():
        opinion = Fraction(60, 100) * paper[name] + Fraction(40, 100) * phone[name]
        town = unit.series in ("镇", "街道")
        expected[name] = {
            "opinion": opinion,
            "ballots": paper[name],
            "phone": phone[name],
            "hotline_towns": lines[name] if town else None,
            "hotline_departments": None if town else lines.get(name),
            "leaders": leaders[name],
            "peers": peers[name],
        }
        points = 15 * opinion + 20 * leaders[name] + 5 * peers[name] + (10 * lines[name] if town else 0)
        composites[name] = points / 100
    final = {name: composite + added.get(name, 0) for name, composite in composites.items()}

    scored = {line.unit.name: line for line in scoring.score(ctx, closed)}
    for name, line in scored.items():
        assert {code: channel.score for code, channel in line.channels.items()} == expected[name]
        assert (line.composite, line.final) == (composites[name], final[name])
        series = {other: final[other] for other, unit in units.items() if unit.series == line.unit.series}
        assert line.rank_in_series == places(series)[name]
    assert {name: line.rank for name, line in scored.items()} == places(final)

    scoring.sign_off(ctx, closed, "区绩效考评领导小组", "王干部", without_undecided=True)
    report = tmp_path / "report.docx"
    exports.export(ctx, closed, What.REPORT, report)
    english = {name: unit.labels["en"] for name, unit in units.items()}
    assert finals(report) == {
        english[name]: (half_up(final[name]), half_up(composites[name])) for name in units
    }
    told = by_channel(report)
    for channel in closed.programme.channels:
        rank = places({name: expected[name][channel.code] for name in units})
        for name in units:
            score = expected[name][channel.code]
            if score is not None:
                cell = told[english[name]][channel.labels["en"]]
                assert cell == f"{half_up(score)} ({rank[name]})"

    adopted, differ = by_hotline(report)
    assert [row[0] for row in adopted] == [english[name] for name in units if name in lines]
    chinese = {said: name for name, said in english.items()}
    for said, *_figures, earned, of in adopted:
        assert half_up(lines[chinese[said]] * int(of) / 100) == earned
    failed = {row[0]: row for row in differ if row[1] == "found unresolved"}
    assert len(failed) == 1
    assert [int(row[3]) - int(row[2]) for row in failed.values()] == [1]
