"""Surveys on the web taken, withdrawn and scored."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import select

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.programmes import Channel, ChannelGroup, ChannelItem, Choice, LoadedProgramme, Programme
from cati.domain.report import programme_report
from cati.domain.report_facts import Approval
from cati.domain.users import Actor, Role
from cati.services import audit, channels, overview, reports, scoring, sets, web
from cati.services.context import Context
from cati.store import tables
from cati.store.engine import Database
from cati.store.tally import tally
from tests.rig.furnished import Furnished
from tests.services.fieldwork import close_fieldwork, evaluation, with_cells

Bureau = tuple[Context, LoadedProgramme]
LONG = {"unit": "单位", "group": "身份", "respondent": "编号", "work": "工作", "mark": "打分"}
HEAD: list[object] = ["编号", "提交时间", "身份", "单位", "工作", "打分"]
ROWS: list[list[object]] = [
    ["甲", "09:00", "干部", "区教育局", "满意", 90],
    ["甲", "09:00", "干部", "区总工会", "2", 80],
    ["乙", "09:01", "群众", "区教育局", "不满意", "70.5"],
    ["丙", "09:02", "群众", "区教育局", "", ""],
    ["甲", "09:03", "干部", "区教育局", "基本满意", 10],
]


def on_the_web() -> Programme:
    """A survey of two groups (60 and 40) on two items (75 and 25), and one of one item; nobody is called."""
    items = (
        ChannelItem("work", {"zh": "工作"}, Decimal(75), "three"),
        ChannelItem("mark", {"zh": "打分"}, Decimal(25), numbers=(Decimal(0), Decimal(100))),
    )
    groups = (
        ChannelGroup("cadres", {"zh": "干部"}, Decimal(60)),
        ChannelGroup("public", {"zh": "群众"}, Decimal(40)),
    )
    wechat = Channel("wechat", "微信", Decimal(70), "web", {"zh": "微信"}, items=items, groups=groups)
    page = Channel(
        "page", "网页", Decimal(30), "web", {"zh": "网页"}, items=(replace(items[0], weight=Decimal(100)),)
    )
    three = tuple(
        Choice(name, {"zh": label}, Decimal(points), key)
        for name, label, points, key in (
            ("good", "满意", 100, "1"), ("fair", "基本满意", 70, "2"), ("bad", "不满意", 20, "3"),
        )
    )  # fmt: skip
    plain = evaluation()
    return replace(plain, channels=(wechat, page), choices={**plain.choices, "three": three})


@pytest.fixture
def bureau(furnished: Furnished) -> Bureau:
    return furnished(with_survey)


def with_survey(database: Database, clock: VirtualClock, folder: Path) -> Bureau:
    return with_cells(database, clock, on_the_web())


def text(path: Path, *rows: Sequence[object], encoding: str = "utf-8") -> Path:
    path.write_bytes("".join(",".join(map(str, row)) + "\n" for row in rows).encode(encoding))
    return path


def book(path: Path, *sheets: Sequence[Sequence[object]]) -> Path:
    with xlsxwriter.Workbook(path) as made:
        for rows in sheets:
            sheet = made.add_worksheet()
            for n, row in enumerate(rows):
                sheet.write_row(n, 0, row)
    return path


def refused(ctx: Context, loaded: LoadedProgramme, path: Path, columns: Mapping[str, str], rule: str) -> str:
    with pytest.raises(CatiError) as refusal:
        web.take(ctx, loaded, "wechat", path, columns, rule)
    return refusal.value.code


def test_a_survey_is_taken_counted_scored_and_withdrawn(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    sheets = book(tmp_path / "w.xlsx", [HEAD, *ROWS[:2]], [HEAD[::-1], *(row[::-1] for row in ROWS[2:])], [])
    looked = web.look(ctx, loaded, "wechat", sheets)
    assert looked.proposal.columns == {k: v for k, v in LONG.items() if k != "respondent"} | {
        "time": "提交时间"
    }
    seen: list[tuple[int, int]] = []
    made = web.take(ctx, loaded, "wechat", sheets, LONG, "first", progress=lambda *far: seen.append(far))
    assert (made.opinions, made.doubles, made.void, made.rule) == (4, 1, 1, "first")
    assert seen[-1] == (4, 4)
    # One item: a column for each unit, and a rule that needs to know who answered.
    wide = text(tmp_path / "p.csv", ["谁", "区教育局", "区总工会"], ["a", "满意", ""], ["b", "3", "满意"],
                encoding="gb18030")  # fmt: skip
    columns = web.look(ctx, loaded, "page", wide).proposal.columns
    units = [unit.code for unit in loaded.programme.units]
    assert columns == {f"{units[0]}.work": "区教育局", f"{units[1]}.work": "区总工会"}
    web.take(ctx, loaded, "page", wide, {**columns, "respondent": "谁"}, "refuse")
    assert overview.look(ctx, loaded).facts.scores.missing == {"wechat": 0, "page": 0}
    closed = close_fieldwork(ctx, loaded)
    first, second = scoring.score(ctx, closed)
    work, mark = (60 * 100 + 40 * 20) / Fraction(100), (60 * 90 + 40 * Fraction("70.5")) / 100
    assert first.channels["wechat"].score == (75 * work + 25 * mark) / 100
    assert second.channels["wechat"].score == Fraction(75 * 70 + 25 * 80, 100)
    assert first.channels["page"].score == Fraction(100 + 20, 2)
    assert first.final == (70 * first.channels["wechat"].score + 30 * 60) / 100
    known = replace(reports.facts(ctx, closed), approval=Approval("组织部", "王", date(2024, 3, 1)))
    assert known.surveys == {"wechat": (4, 1, 1), "page": (3, 0, 0)}
    told = "4 opinions were taken from the web; 1 doubles were left out, and 1 of those taken answer nothing."
    texts = [getattr(block, "text", "") for block in programme_report(known).blocks]
    assert f"微信: {told}" in texts
    # Whoever left everything blank is told apart, and is no opinion among those that count.
    assert any("微信: 3 lines about units count." in one for one in texts)
    with pytest.raises(CatiError) as counted:
        channels.enter_score(ctx, closed, "wechat", units[0], "90")
    assert counted.value.code == "channel_has_opinions"
    # The file is known by what is in it, and forgotten when it is withdrawn; its columns are remembered.
    same = tmp_path / "other.xlsx"
    same.write_bytes(sheets.read_bytes())
    assert refused(ctx, closed, same, LONG, "first") == "set_taken"
    sets.withdraw(ctx, closed, web.SETS, made.id, "来源有误")
    assert scoring.score(ctx, closed)[0].channels["wechat"].score is None
    again = text(tmp_path / "a.csv", [*HEAD[:-1], "评分"], *ROWS)
    proposal = web.look(ctx, closed, "wechat", again).proposal
    assert proposal.columns == {k: v for k, v in LONG.items() if k != "mark"}
    assert (proposal.doubles, proposal.gone, proposal.unused) == ("first", ("打分",), ("提交时间", "评分"))
    last = web.take(ctx, closed, "wechat", again, {**LONG, "mark": "评分"}, "last")
    assert (last.opinions, last.doubles) == (4, 1)
    assert scoring.score(ctx, closed)[0].channels["wechat"].score == Fraction(
        75 * (60 * 70 + 40 * 20) + 25 * (60 * 10 + 40 * Fraction("70.5")), 10_000
    )
    assert [one.withdrawn_for for one in sets.taken(ctx, closed, web.SETS)] == ["来源有误", "", ""]
    with ctx.database.read() as connection:
        kept = connection.execute(select(tables.web_patterns)).all()
    # Whoever answered about the same unit in an earlier file is noticed, and known by no name.
    more = text(tmp_path / "m.csv", HEAD, ["新", *ROWS[0][1:]], ROWS[0])
    with pytest.raises(CatiError) as before:
        web.take(ctx, closed, "wechat", more, LONG, "last")
    assert before.value.code == "web_answered_before"
    assert "m, row 3: as in a.csv, row " in str(before.value)
    left = web.take(ctx, closed, "wechat", more, LONG, "first")
    assert (left.opinions, left.doubles) == (1, 1)
    with ctx.database.read() as connection:
        hashes = connection.scalars(select(tables.web_respondents.c.hashes)).all()
    assert sum(map(len, hashes)) // 8 == 4 + 3 + 4 + 1
    actions = [entry.action for entry in reversed(audit.newest(ctx)) if entry.action.endswith("_web")]
    assert actions == ["take_web", "take_web", "withdraw_web", "take_web", "take_web"]
    assert not any("甲" in str(row) for row in kept)


def test_what_does_not_fit_is_refused_with_row_and_reason(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    wrong = text(
        tmp_path / "w.csv",
        HEAD,
        ["甲", "", "干部", "区教育局", "很好", "101"],
        ["", "", "干部", "区教育局", "满意", "1"],
        ["乙", "", "领导", "没有局", "满意", "1"],
        ["丙", "", "干部", "没有局", "满意|不满意", "1"],
    )
    with pytest.raises(CatiError) as refusal:
        web.take(ctx, loaded, "wechat", wrong, LONG, "first")
    lines = str(refusal.value).split("\n")[1:]
    assert [line.split(":")[0] for line in lines] == [f"w, row {n}" for n in (2, 2, 3, 4, 5)]
    assert "“很好” is no answer to 工作" in lines[0]
    good = text(tmp_path / "g.csv", HEAD, *ROWS)
    twice = text(tmp_path / "t.csv", [*HEAD, "工作"], *ROWS)
    for path, columns, rule, code in (
        (good, LONG, "refuse", "web_doubles"),
        (good, LONG, "", "web_rule_unknown"),
        (good, {**LONG, "work": "别的"}, "first", "file_problems"),
        (twice, LONG, "first", "file_problems"),
        (good, {**LONG, "mark": "工作"}, "first", "web_column_twice"),
        (good, {**LONG, "pay": "提交时间"}, "first", "web_column_unknown"),
        (good, {**LONG, f"{loaded.programme.units[0].code}.work": "提交时间"}, "first", "web_layouts_mixed"),
        (good, {k: v for k, v in LONG.items() if k != "respondent"}, "first", "web_columns_missing"),
        (good, {k: v for k, v in LONG.items() if k != "group"}, "each", "web_columns_missing"),
        (text(tmp_path / "e.csv", HEAD), LONG, "each", "web_empty"),
    ):
        assert refused(ctx, loaded, path, columns, rule) == code, (path.name, columns, rule)
    with pytest.raises(CatiError) as again:
        web.take(ctx, loaded, "wechat", good, LONG, "refuse")
    assert "g, row 6: as in g, row 2" in str(again.value)
    with pytest.raises(InterruptedError):
        web.take(ctx, loaded, "wechat", good, LONG, "each", progress=_given_up)
    for channel, code in (("", "channel_not_web"), ("nowhere", "channel_unknown")):
        with pytest.raises(CatiError) as unknown:
            web.take(ctx, loaded, channel, good, LONG, "each")
        assert unknown.value.code == code
    nobody = replace(ctx, actor=Actor(ctx.actor.user_id, "x", "x", frozenset({Role.OPERATOR}), "station"))
    with pytest.raises(CatiError) as forbidden:
        web.take(nobody, loaded, "wechat", good, LONG, "each")
    assert forbidden.value.code == "not_allowed"
    assert sets.taken(ctx, loaded, web.SETS) == ()


def _given_up(_done: int, _total: int) -> None:
    raise InterruptedError


@pytest.mark.parametrize(
    ("rule", "kept", "left_out"),
    [
        ("refuse", {("x", 1)}, 1),
        ("first", {("x", 1)}, 1),
        ("last", {("y", 1)}, 1),
        ("each", {("x", 1), ("y", 1)}, 0),
    ],
)
def test_doubles_are_counted_by_their_rule(rule: str, kept: set[tuple[str, int]], left_out: int) -> None:
    with tally(rule) as counted:
        for place, answers in enumerate(("x", "y")):
            counted.add(None if rule == "each" else -7, place, 1, "", answers)
        assert {(one.answers, one.times) for one in counted.alike()} == kept
        assert counted.left_out == left_out
        assert counted.doubles(9) == ([(1, 0)] if rule == "refuse" else [])


def test_the_last_and_the_first_are_told_by_the_time_of_a_column(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    timed = {**LONG, "time": "提交时间"}

    def said(*moments: str) -> list[list[object]]:
        """The later rows rate better."""
        return [["甲", at, "干部", "区教育局", "满意", n] for n, at in enumerate(moments, 1)]

    def answers(rule: str, name: str, *moments: str) -> list[str]:
        made = web.take(ctx, loaded, "wechat", text(tmp_path / name, HEAD, *said(*moments)), timed, rule)
        with ctx.database.read() as connection:
            found = connection.scalars(
                select(tables.web_patterns.c.answers).where(tables.web_patterns.c.set_id == made.id)
            ).all()
        if name != "kept.csv":
            sets.withdraw(ctx, loaded, web.SETS, made.id, "试")
        return [one.split(" ")[1] for one in found]

    newest_first = ("2023/6/3 9:05", "2023-06-02 21:00:00", "2023年6月1日 8时5分")
    assert answers("last", "a.csv", *newest_first) == ["1"]
    assert answers("first", "b.csv", *newest_first) == ["3"]
    assert answers("last", "c.csv", "2023-06-01 09:00", "2023-06-01T09:00:00") == ["2"], "the rows tell"
    assert answers("first", "d.csv", "2023-06-01 09:00", "2023/6/1 9:00") == ["1"]
    assert answers("last", "e.csv", "21:30", "09:15") == ["1"], "times without a day"
    assert answers("last", "kept.csv", "2023-06-02 10:00") == ["1"]
    # In a file that comes later, an older answer is left out, and a newer one is not taken over what stands.
    older, newer = (text(tmp_path / f"{day}.csv", HEAD, *said(f"2023-06-0{day} 10:00")) for day in (1, 3))
    left = web.take(ctx, loaded, "wechat", older, timed, "last")
    assert (left.opinions, left.doubles) == (0, 1)
    with pytest.raises(CatiError) as before:
        web.take(ctx, loaded, "wechat", newer, timed, "last")
    assert before.value.code == "web_answered_before"
    assert "by the time this file counts" in str(before.value)
    assert web.take(ctx, loaded, "wechat", newer, timed, "first").doubles == 1
    wrong = ("2023-13-01", "2023-06-01 25:61", "昨天", "", "09:00", "2023-06-01 10:00")
    path = book(tmp_path / "w.xlsx", [HEAD, *said(*wrong)], [HEAD, ["乙", 45078.5, *said("")[0][2:]]])
    with pytest.raises(CatiError) as refusal:
        web.take(ctx, loaded, "wechat", path, timed, "last")
    lines = str(refusal.value).split("\n")[1:]
    assert [line.split(": ")[:2] for line in lines[:4]] == [
        [f"Sheet1, row {n}", f"B{n}"] for n in range(2, 6)
    ]
    assert len(lines) == 6, "some rows say no day, and others do"
