"""The open evaluation of Yazhou 2023: representatives drawn, their ballots keyed twice, and what they give.

What is compared with is computed here, from the papers and the exported interviews, by lines of its own.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import xlsxwriter

from cati.base import paths
from cati.domain.clearances import pledge_of
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Role
from cati.services import clearances, guests, keying, representatives, third_look, users
from cati.services.context import Context

PARTIES = {"区统计局": "551209", "区纪委": "830177"}
POINTS = {"satisfied": 100, "fairly_satisfied": 80, "rather_dissatisfied": 60, "very_dissatisfied": 40}
WEIGHTS = (12, 12, 12, 10, 10, 10, 10, 8, 8, 8)
GROUPS = {"管理对象": 30, "服务对象": 70}
Paper = Mapping[str, Sequence[str]]


def draw_representatives(ctx: Context, loaded: LoadedProgramme, folder: Path) -> None:
    """Three rosters of thirty, ten drawn of each, and one who cannot come."""
    for at, roster in enumerate(loaded.programme.rosters):
        file = folder / f"{roster.code}.xlsx"
        with xlsxwriter.Workbook(file) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ("姓名", "单位", "职务", "手机号码"))
            for n in range(30):
                sheet.write_row(n + 1, 0, (f"代表{at}{n}", f"单位{n}", "代表", f"1390000{at}{n:03}"))
        representatives.import_roster(ctx, loaded, roster.code, file)
    out = folder / "representatives"
    states = representatives.draw(ctx, loaded, parties=PARTIES, public="3061.22", out=out)
    assert [(state.rows, state.coming) for state in states] == [(30, 10)] * 3
    verify = [sys.executable, str(paths.resources() / "verify_draw.py"), str(out)]
    assert subprocess.run(verify, capture_output=True, text=True, check=False).stdout == "OK\n"
    follows = guests.note_absent(ctx, loaded, "party", 4, "出差")
    assert follows is not None
    assert follows.ticket == 11
    assert guests.write_list(ctx, loaded, folder / "sign-in.xlsx") == 30


def papers(loaded: LoadedProgramme) -> list[Paper]:
    """Thirty ballots as they were filled in; a few lines without ticks, a few places with several."""
    lot = random.Random(30)
    levels = [*POINTS, "dont_know", "-", "*"]
    found: list[Paper] = []
    for _ballot in range(30):
        ballot = {}
        for unit in loaded.programme.units:
            line = lot.choices(levels, (40, 30, 10, 5, 10, 3, 2), k=len(WEIGHTS))
            ballot[unit.code] = ["-"] * len(WEIGHTS) if lot.random() < 0.03 else line
        found.append(ballot)
    return found


def key_twice(ctx: Context, loaded: LoadedProgramme, ballots: Sequence[Paper]) -> None:
    """Two clerks key every paper, the second one with five slips, and a supervisor looks at these."""
    opened = keying.open_keying(ctx, loaded, "public", len(ballots))
    units = loaded.programme.units
    slips = {(n, units[n % len(units)].code, n) for n in range(5)}
    for turn, login in enumerate(("lu", "shi")):
        made = users.add_user(ctx, login, login, {Role.CLERK}, "long enough 1")
        clerk = replace(ctx, actor=replace(ctx.actor, user_id=made.id, roles=frozenset({Role.CLERK})))
        clearances.sign(
            clerk, loaded, pledge_of(loaded.programme, calls=False, ballots=True), "long enough 1"
        )
        number = 0
        while desk := keying.take_in_hand(clerk, loaded, opened.id, after=number):
            number = desk.ballot
            paper = ballots[number - 1]
            lines = {
                unit: tuple(
                    ("satisfied" if answer != "satisfied" else "-")
                    if turn and (number - 1, unit, place) in slips
                    else answer
                    for place, answer in enumerate(line)
                )
                for unit, line in paper.items()
            }
            keying.finish(clerk, loaded, desk, lines)
    doubts = third_look.doubts(ctx, loaded, opened.id)
    assert {(d.difference.ballot - 1, d.difference.unit, d.difference.place) for d in doubts} == slips
    for doubt in doubts:
        place = doubt.difference
        third_look.settle(ctx, loaded, opened.id, place, ballots[place.ballot - 1][place.unit][place.place])
    taken = third_look.take(ctx, loaded, opened.id)
    void = sum(all(a in "-*" for a in line) for paper in ballots for line in paper.values())
    assert (taken.ballots, taken.void) == (30, void)


def public_score(ballots: Sequence[Paper], unit: str) -> Fraction:
    """Points of each item over the ballots that say one thing about it, weighed."""
    total = Fraction(0)
    for place, weight in enumerate(WEIGHTS):
        points = [POINTS[paper[unit][place]] for paper in ballots if paper[unit][place] in POINTS]
        total += Fraction(weight, 100) * Fraction(sum(points), len(points))
    return total


def phone_scores(loaded: LoadedProgramme, rows: Sequence[Sequence[object]]) -> dict[str, Fraction]:
    """By code of the unit, from the exported interviews."""
    heading = [str(cell) for cell in rows[0]]
    unit_at, group_at = heading.index("unit"), heading.index("group")
    columns = [heading.index(item.name) for item in loaded.programme.items]
    answers: dict[tuple[str, int, str], list[int]] = defaultdict(list)
    for row in rows[1:]:
        for place, column in enumerate(columns):
            if str(row[column]) in POINTS:
                answers[str(row[unit_at]), place, str(row[group_at])].append(POINTS[str(row[column])])
    found = {}
    for unit in loaded.programme.units:
        total, whole = Fraction(0), 0
        for place, weight in enumerate(WEIGHTS):
            means = {
                share: Fraction(sum(points), len(points))
                for group, share in GROUPS.items()
                if (points := answers[unit.name, place, group])
            }
            if means:
                item = sum((share * mean for share, mean in means.items()), Fraction(0)) / sum(means)
                total, whole = total + weight * item, whole + weight
        found[unit.code] = total / whole
    return found
