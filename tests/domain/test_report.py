"""What a unit's copy of the report tells, whatever people answered."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from cati.base import paths
from cati.domain.draws import PUBLIC_NAME
from cati.domain.papers import WITHHELD, Chart, Grid, Heading, Paragraph
from cati.domain.ranking import ranking
from cati.domain.rates import Counts, rates
from cati.domain.report import programme_report
from cati.domain.report_annexes import told_notes
from cati.domain.report_facts import Approval, Below, DrawnRoster, Facts, Lot, chinese
from cati.domain.report_unit import unit_report
from cati.domain.score_plan import score_plan
from cati.domain.scoring import Collected, Working, working
from cati.domain.setting_words import setting_question, setting_value
from cati.files.programme_settings import KNOWN
from cati.files.programmes import load_workbook
from tests.services.fieldwork import evaluation

UNITS = (("甲局", "系列"), ("乙局", "系列"), ("丙局", "系列"))
PROGRAMME = evaluation(UNITS)
PLAN = score_plan(PROGRAMME)
ANSWER = st.sampled_from("123407")
ONE = st.tuples(ANSWER, ANSWER).map(lambda given: (given[0], *[given[1]] * 9))
GROUP = st.dictionaries(ONE, st.integers(1, 9), min_size=1, max_size=5).map(
    lambda found: Collected(Counter(found), 60)
)


def facts_of(answers: list[dict[str, Collected]], **changes: object) -> Facts:
    """Of three units of one series, whose public scores differ."""
    workings = {("phone", f"u{n}"): working(PLAN, f"u{n}", one) for n, one in enumerate(answers, start=1)}
    heard = {place: found.opinion for place, found in workings.items()}
    finished = {("public", f"u{n}"): Fraction(80 + n) for n in range(1, 4)}
    changed = replace(PROGRAMME.settings, **changes)  # type: ignore[arg-type]
    return Facts(
        programme=replace(PROGRAMME, settings=changed),
        plan=PLAN,
        lines=tuple(ranking(PLAN, heard, finished, {})),
        workings=workings,
        approval=Approval("区委组织部", "王干部", date(2024, 3, 10)),
        made_on=date(2024, 3, 15),
        language="zh_CN",
    )


def grid(paper_grids: list[Grid], name: str) -> Grid | None:
    return next((found for found in paper_grids if found.name.endswith(name)), None)


@settings(max_examples=25)
@given(st.lists(st.fixed_dictionaries({"managed": GROUP, "served": GROUP}), min_size=3, max_size=3))
def test_a_copy_tells_no_figure_with_few_people_behind_it(answers: list[dict[str, Collected]]) -> None:
    facts = facts_of(answers)
    paper = unit_report(facts, "u2")
    shown = list(paper.grids)
    groups, items, counts = (grid(shown, name) for name in (": groups", ": items", ": answers"))
    told = [row[-2] for row in groups.rows] if groups else []
    assert all(n == WITHHELD or (isinstance(n, int) and n >= 5) for n in told)
    assert told.count(WITHHELD) != 1
    for row in items.rows if items and len(items.heading) == 6 else ():
        assert row[4] == WITHHELD or (isinstance(row[4], int) and (row[4] >= 5 or row[4] == 0))
    for row in counts.rows if counts else ():
        cells = row[1:-1]
        assert all(n == WITHHELD or n == 0 or (isinstance(n, int) and n >= 5) for n in cells)
        assert cells.count(WITHHELD) not in (1, 2)
    # Nothing of the other units: neither their names nor charts of their scores.
    words = [str(block) for block in paper.blocks]
    assert not [name for name in ("甲局", "丙局") if any(name in text for text in words)]
    drawn = [block for block in paper.blocks if isinstance(block, Chart)]
    withheld = [row[2] in (WITHHELD, None) for row in items.rows] if items and drawn else []
    assert [value is None for value in drawn[0].bars[0].values] == withheld if drawn else True


def test_items_of_single_units_are_told_with_the_unit_and_the_group_they_belong_to() -> None:
    """Guangxi 2015: what is hot is asked about each unit in a questionnaire of its own."""
    workbook = paths.resources() / "programmes" / "guangxi-2015.xlsx"
    points = {"satisfied": 100, "fairly_satisfied": 75, "rather_dissatisfied": 50, "very_dissatisfied": 0}
    programme = load_workbook(workbook, {f"points_{name}": str(n) for name, n in points.items()})
    plan = score_plan(programme, "zh")
    names, codes = [item.name for item in plan.items], ("slt", "tjj", "tw")
    plan = replace(plan, units=tuple(unit for unit in plan.units if unit.code in codes))

    def said(times: int, **answers: str) -> Collected:
        return Collected(Counter({tuple(map(answers.get, names)): times}), 40)

    hot = ("satisfied", "satisfied", "fairly_satisfied", "rather_dissatisfied", "very_dissatisfied")
    workings: dict[tuple[str, str], Working] = {}
    for code in codes:
        heard = {"hot": said(6, **{f"{code}_{n}": answer for n, answer in enumerate(hot, start=1)})}
        if code != "tw":
            heard |= {"follow_up": said(7, rectification="satisfied")}
            heard |= {"approval": said(8, approval_work="fairly_satisfied")}
        workings["phone", code] = working(plan, code, heard)
        for channel in plan.channels[1:]:
            given = next(iter(channel.items[0].points), "100")
            one = Collected(Counter({(given,): 5}), None)
            workings[channel.code, code] = working(
                plan.of_channel(channel), code, {channel.groups[0].code: one}
            )
    lines = ranking(plan, {place: found.opinion for place, found in workings.items()}, {}, {})
    approval = Approval("考评办", "王干部", date(2015, 12, 1))
    facts = Facts(programme, plan, tuple(lines), workings, approval, date(2015, 12, 2), "zh_CN")
    shown_names = {unit.code: unit.name for unit in plan.units}
    tables = list(programme_report(facts).grids)

    brief, full = (found.rows for found in tables if found.name == "电话访问: items of single units")
    # (100 + 100 + 75 + 50 + 0) / 5, by six people each.
    assert [row[:3] + row[5:] for row in brief] == [(shown_names[c], 5, Fraction(65), 30) for c in codes]
    assert brief[2][3:5] == (
        "青年志愿服务工作的工作部署 and others, 2 in all, 100.00", "青年志愿服务工作的实际成效 0.00",
    )  # fmt: skip
    assert len(full) == 15
    assert [(row[0], row[3], row[5]) for row in full[10:]] == [
        (shown_names["tw"], Fraction(points[answer]), 6) for answer in hot
    ]
    common = grid(tables, "电话访问: items by unit")
    assert common is not None
    assert [row[1:] for row in common.rows] == [(21, 100, 75), (21, 100, 75), (6, None, None)]

    weights = [found for found in tables if found.name.endswith(": items and their weights")]
    assert [found.name.split(":")[0] for found in weights] == [channel.label for channel in plan.channels]
    asked = {row[0]: row[1] for row in weights[0].rows}
    assert asked["问题整改落实情况"] == "整改评议"
    assert asked["青年志愿服务工作的实际成效"] == f"{shown_names['tw']}; 热点难点"
    assert [row[-1] for row in weights[0].rows][:1] == ["100 / 75 / 50 / 0"]

    # A unit's copy tells of its own items and groups alone.
    own = list(unit_report(facts, "tw").grids)
    table = grid(own, "电话访问: items and their weights")
    assert table is not None
    assert [row[0] for row in table.rows][:2] == ["问题整改落实情况", "青年志愿服务工作的工作部署"]
    assert len(table.rows) == 6
    groups = grid(own, "电话访问: groups and their weights")
    assert groups is not None
    assert [row[:2] for row in groups.rows] == [("整改评议", "30"), ("热点难点", "40")]
    assert not [name for c, name in shown_names.items() if c != "tw" and name in str(own)]


def test_notes_name_their_channel_and_items_with_few_answers_share_a_line() -> None:
    """A unit with two ballots on five items had five notes that were alike, and of no channel."""
    people = {code: Collected(Counter({("1",) * 10: n}), 40) for code, n in (("managed", 2), ("served", 2))}
    (line, *_others) = facts_of([people] * 3).lines
    ((channel, words),) = told_notes(line.notes)
    assert channel == "电话访问"
    assert words.startswith("Fewer than 5 counted answers have: 内容1 (4), 内容2 (4), ")
    units = [replace(line.unit, code=f"u{n}", name=f"{n}局") for n in range(1, 11)]
    many = [replace(line, unit=unit, notes=() if unit.code == "u3" else line.notes) for unit in units]
    facts = replace(facts_of([people] * 3), lines=tuple(many))
    notes = grid(list(programme_report(facts).grids), "notes on the units")
    assert notes is not None
    assert [(row[0], row[2]) for row in notes.rows] == [("电话访问", "all units but 3局")]
    assert told_notes(line.notes[:1]) == [("电话访问", "内容1 has fewer than 5 counted answers: 4.")]


def test_a_setting_lets_copies_name_the_others_and_tell_every_figure() -> None:
    people = Collected(Counter({("1",) * 10: 2, ("3",) * 10: 1}), 40)
    answers = [{"managed": people, "served": people} for _unit in UNITS]
    facts = facts_of(answers, report_names_others=True, report_smallest_cell=0)
    paper = unit_report(facts, "u2")
    assert any("甲局" in str(block) for block in paper.blocks)
    assert not any(WITHHELD in row for found in paper.grids for row in found.rows)
    assert not any(isinstance(block, Paragraph) and "fewer than" in block.text for block in paper.blocks)


def test_no_setting_is_named_by_its_code_though_its_workbook_asked_nothing() -> None:
    for name in (*KNOWN, "deadline_lists", "points_late", "weight_phone", "quota_managed", "points_gone"):
        asked = setting_question(PROGRAMME, name, "en")
        assert asked.endswith(("?", "another setting of the programme"))
        assert "_" not in asked
    assert (
        setting_question(PROGRAMME, "quota_managed", "zh") == "How many interviews are wanted of: 管理对象?"
    )
    assert setting_value("closed") == "tickets that were closed"


def test_the_report_says_where_fewer_people_were_interviewed_than_planned() -> None:
    people = Collected(Counter({("1",) * 10: 6}), 40)
    facts = replace(
        facts_of([{"managed": people, "served": people}] * 3),
        rates=rates(Counts(i=18)),
        outcomes={"complete": 18},
    )
    heading = "fewer interviews than planned"
    assert grid(list(programme_report(facts).grids), heading) is None
    told = grid(
        list(programme_report(replace(facts, below=(Below("团委", "整改评议", 20, 13),))).grids), heading
    )
    assert told is not None
    assert told.rows == (("团委", "整改评议", 20, 13, 7),)


def test_the_report_says_how_many_points_are_undecided() -> None:
    people = Collected(Counter({("1",) * 10: 6}), 40)
    facts = facts_of([{"managed": people, "served": people}] * 3)
    for count, said in ((0, False), (2, True)):
        paper = programme_report(replace(facts, undecided=count))
        assert any("2 proposals of points are undecided" in str(block) for block in paper.blocks) is said


def test_official_papers_number_their_headings_in_chinese() -> None:
    assert [chinese(n) for n in (1, 9, 10, 11, 20, 23)] == ["一", "九", "十", "十一", "二十", "二十三"]
    people = Collected(Counter({("1",) * 10: 6}), 40)
    paper = programme_report(facts_of([{"managed": people, "served": people}] * 3))
    heads = [block.text[:3] for block in paper.blocks if isinstance(block, Heading)]
    assert heads[:3] == ["一、T", "二、R", "（一）"]
    told = [block.text for block in paper.blocks if isinstance(block, Paragraph)]
    assert sum("does not differ from the next" in text for text in told) == 1


def test_the_annex_asks_what_is_left_open_and_names_the_public_value_only_by_a_name_of_its_own() -> None:
    people = Collected(Counter({("1",) * 10: 6}), 40)
    facts = facts_of(
        [{"managed": people, "served": people}] * 3,
        assumed={"weigh_items_first": "no", "hotline": "热线"},
        questions={"weigh_items_first": {"zh": "是否先按内容加权？", "en": "Items first?"}},
    )
    lot = Lot(
        date(2024, 1, 30),
        "c0",
        "f0",
        ("区统计局", "区委组织部"),
        PUBLIC_NAME,
        "5eed",
        ((date(2024, 2, 5), "c1"),),
    )
    papers = [
        programme_report(replace(facts, lot=replace(lot, public=name))) for name in (lot.public, "上证指数")
    ]
    left_open = grid(list(papers[0].grids), "the proposed values that hold")
    assert left_open is not None
    # What no workbook asks, as in programmes loaded before questions were kept, the program asks.
    assert left_open.rows == (
        ("是否先按内容加权？", "no"), ("Which number can be called by whoever doubts the call?", "热线"),
    )  # fmt: skip
    said = ["".join(block.text for block in one.blocks if isinstance(block, Paragraph)) for one in papers]
    assert "and a public value that nobody could know" in said[0]
    assert "and a public value (上证指数) that nobody could know" in said[1]
    assert "Lists that came later were drawn apart on 2024-02-05. SHA-256 of the certificate: c1" in said[0]


def test_the_annexes_tell_by_which_lot_representatives_were_taken_and_who_came_instead() -> None:
    """Yazhou 2023, 八（一）3: ten of each roster; the report said only how many ballots came."""
    people = Collected(Counter({("1",) * 10: 6}), 40)
    lot = Lot(date(2024, 3, 1), "c2", "f2", ("区统计局", "区纪委"), "上证指数", "5eed")
    rosters = (
        DrawnRoster("public", "党代表", 30, 10, (4, 11), (12,)),
        DrawnRoster("public", "政协委员", 30, 10, (), ()),
    )
    facts = replace(
        facts_of([{"managed": people, "served": people}] * 3),
        roster_lot=lot, rosters=rosters, ballots={"public": (29, 0)},
    )  # fmt: skip
    paper = programme_report(facts)
    told = grid(list(paper.grids), "representatives drawn by lot")
    assert told is not None
    assert told.rows == (("党代表", 30, 10, "4、11", "12"), ("政协委员", 30, 10, "—", "—"))
    said = [block.text for block in paper.blocks if isinstance(block, Paragraph)]
    start = next(n for n, text in enumerate(said) if text.startswith("The representatives were drawn by lot"))
    assert "on 2024-03-01: the seed has parts of 区统计局、区纪委" in said[start]
    assert said[start + 1 : start + 4] == [
        "Seed: 5eed", "SHA-256 of the certificate: c2", "SHA-256 of the lists: f2",
    ]  # fmt: skip
    assert any(": 29 ballots were taken" in text for text in said)


def test_series_that_can_reach_other_points_are_not_compared_in_silence() -> None:
    """Yufeng 2024: towns can reach 50 points and departments 40, and a rank overall said nothing of it."""
    people = Collected(Counter({("1",) * 10: 1, ("3",) * 10: 1}), 40)
    facts = facts_of([{"managed": people, "served": people}] * 3)
    phone, public = facts.plan.channels
    plan = replace(facts.plan, in_points=True, channels=(phone, replace(public, series=("另一系列",))))
    units = tuple(replace(unit, series=series) for unit, series in
                  zip(plan.units, ("系列", "系列", "另一系列"), strict=True))  # fmt: skip
    heard = {place: found.opinion for place, found in facts.workings.items()}
    finished = {("public", unit.code): Fraction(80) for unit in units}
    lines = tuple(ranking(replace(plan, units=units), heard, finished, {}))
    outcomes = {"complete": 14}
    paper = programme_report(
        replace(facts, plan=plan, lines=lines, outcomes=outcomes, rates=rates(Counts(i=14)))
    )
    series = grid(list(paper.grids), "the series at a glance")
    assert series is not None
    assert [row[:3] for row in series.rows] == [("系列", 2, "50"), ("另一系列", 1, "100")]
    told = [block.text for block in paper.blocks if isinstance(block, Paragraph)]
    assert sum("Series can reach different numbers" in text for text in told) == 1
    # Two of the fourteen that were interviewed do not count; who reads 14 and 12 is told why.
    assert sum(text.startswith("2 of the complete interviews do not count") for text in told) == 1
    # An interval nobody has gets no column of dashes.
    finals = {place: Fraction(80) for place in (("phone", "u1"), ("phone", "u2"), ("phone", "u3"), *finished)}
    alone = replace(facts, lines=tuple(ranking(PLAN, {}, finals | {("public", "u3"): Fraction(1)}, {})))
    for found, wide in ((facts, True), (alone, False)):
        ranked = grid(list(programme_report(found).grids), "系列: ranking")
        assert ranked is not None
        assert ("Interval" in ranked.heading, len(ranked.rows[0])) == (wide, 7 if wide else 6)
