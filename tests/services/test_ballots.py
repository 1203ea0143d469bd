"""Ballots taken, withdrawn and scored."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.programmes import (
    Channel,
    ChannelGroup,
    ChannelItem,
    Choice,
    LoadedProgramme,
    Programme,
)
from cati.domain.users import Actor, Role
from cati.services import audit, ballots, channels, scoring, sets
from cati.services import behind as behind_scores
from cati.services.context import Context
from cati.store import tables
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.services.fieldwork import close_fieldwork, evaluation, with_cells

Bureau = tuple[Context, LoadedProgramme]
LEVELS = ("满意", "基本满意", "不满意")


def yufeng_like() -> Programme:
    """Ballots of two groups (60 and 40), and leaders who rate two items."""
    plain = evaluation()
    public = Channel(
        "public",
        "公众评议",
        Decimal(60),
        "ballots",
        {"zh": "公众评议"},
        items=(ChannelItem("level", {"zh": "评价"}, Decimal(100), "three"),),
        groups=(
            ChannelGroup("cadres", {"zh": "干部"}, Decimal(60)),
            ChannelGroup("deputies", {"zh": "代表"}, Decimal(40)),
        ),
    )
    leaders = Channel(
        "leaders",
        "领导评价",
        Decimal(40),
        "leaders",
        {"zh": "领导评价"},
        items=(
            ChannelItem("work", {"zh": "工作情况"}, Decimal(75), "three"),
            ChannelItem("help", {"zh": "协调配合"}, Decimal(25), numbers=(Decimal(0), Decimal(100))),
        ),
    )
    three = tuple(
        Choice(name, {"zh": label}, Decimal(points))
        for name, label, points in zip(("good", "fair", "bad"), LEVELS, (100, 70, 20), strict=True)
    )
    return replace(plain, channels=(public, leaders), choices={**plain.choices, "three": three})


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def bureau(furnished: Furnished) -> Bureau:
    return furnished(with_ballots)


def with_ballots(database: Database, clock: VirtualClock, folder: Path) -> Bureau:
    return with_cells(database, clock, yufeng_like())


def book(path: Path, *sheets: Sequence[Sequence[object]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for number, rows in enumerate(sheets, start=1):
        sheet = made.create_sheet(f"第{number}次录入")
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


HEAD: list[object] = ["票号", "区教育局", "区总工会"]


def public(path: Path, *rows: tuple[object, object]) -> Path:
    return book(path, [HEAD, *([n, *row] for n, row in enumerate(rows, start=1))])


def code_of(refused: pytest.ExceptionInfo[CatiError]) -> str:
    return refused.value.code


def test_ballots_of_groups_and_leaders_make_up_the_scores(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    cadres = public(
        tmp_path / "c.xlsx", ("满意", "满意"), ("基本满意", None), ("不满意", "满意|不满意"), ("满意", "满意")
    )
    made = ballots.take(ctx, loaded, "public", cadres, group="干部")
    assert (made.ballots, made.void, made.group, made.file) == (4, 2, "cadres", "c.xlsx")
    assert made.sha256 == sha256(cadres.read_bytes()).hexdigest()
    ballots.take(ctx, loaded, "public", public(tmp_path / "d.xlsx", ("基本满意", "不满意")), group="deputies")
    leaders: list[list[object]] = [
        ["票号", "单位", "工作情况", "协调配合"],
        [1, "区教育局", "满意", 90],
        [1, "区总工会", "满意", 80],
        [2, "区教育局", "基本满意", "85.5"],
        [2, "区总工会", None, 70],
    ]
    ballots.take(ctx, loaded, "leaders", book(tmp_path / "l.xlsx", leaders))
    first, second = scoring.score(ctx, close_fieldwork(ctx, loaded))
    of_cadres, of_deputies = Fraction(100 + 70 + 20 + 100, 4), Fraction(70)
    assert first.channels["public"].score == (60 * of_cadres + 40 * of_deputies) / 100
    by_leaders = (75 * Fraction(170, 2) + 25 * (90 + Fraction("85.5")) / 2) / 100
    assert first.channels["leaders"].score == by_leaders
    public_score = first.channels["public"].score
    assert public_score is not None
    assert first.composite == (60 * public_score + 40 * by_leaders) / 100
    behind = second.channels["public"].behind
    assert behind is not None
    # Two of five lines are void: they are nobody's opinion.
    assert (behind.n, behind.items["level"].n) == (3, 3)
    assert second.channels["public"].score == Fraction(60 * 100 + 40 * 20, 100)
    assert second.channels["leaders"].score == (75 * 100 + 25 * 75) / Fraction(100)
    closed = replace(loaded, state="closed")
    explained = scoring.explain(ctx, closed, "u2", "public")
    assert explained is not None
    assert (explained.opinion.score, scoring.explain(ctx, closed, "u2")) == (
        second.channels["public"].score, explained,
    )  # fmt: skip
    # Down to the counts of what was ticked and of the numbers that were given.
    layers = {c.code: c for c in behind_scores.unit_behind(ctx, closed, "u1").channels}
    assert [(g.code, g.n) for g in layers["public"].groups] == [("", 5), ("cadres", 4), ("deputies", 1)]
    given = layers["leaders"].groups[0].items[1].answers
    assert [(a.points, a.count) for a in given] == [(Fraction(90), 1), (Fraction("85.5"), 1)]


def test_two_keyings_that_differ_wait_for_a_third_look(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    path = book(
        tmp_path / "b.xlsx",
        [HEAD, [1, "满意", "满意"], [2, "满意", "不满意"]],
        [HEAD, [1, "满意", "满意"], [2, "基本满意", "不满意"]],
    )
    with pytest.raises(CatiError) as refused:
        ballots.take(ctx, loaded, "public", path, group="干部")
    assert code_of(refused) == "keyings_differ"
    assert "ballot 2" in str(refused.value)
    out = tmp_path / "differences.xlsx"
    assert ballots.write_differences(ctx, loaded, "public", path, out) == 1
    filled = openpyxl.load_workbook(out)
    filled.worksheets[0].cell(2, 6).value = "基本满意"
    filled.save(out)
    assert ballots.take(ctx, loaded, "public", path, group="干部", looks=out).ballots == 2
    with ctx.database.read() as connection:
        rows = connection.execute(
            select(tables.ballot_lines.c.answers).where(tables.ballot_lines.c.ballot == 2)
        ).scalars()
        assert sorted(rows) == ["bad", "fair"]


def test_the_same_file_counts_once_and_not_at_all_when_it_is_withdrawn(
    bureau: Bureau, tmp_path: Path
) -> None:
    ctx, loaded = bureau
    path = public(tmp_path / "b.xlsx", ("满意", "满意"))
    made = ballots.take(ctx, loaded, "public", path, group="干部")
    with pytest.raises(CatiError) as refused:
        ballots.take(ctx, loaded, "public", path, group="代表")
    assert code_of(refused) == "set_taken"
    gone = sets.withdraw(ctx, loaded, ballots.SETS, made.id, "录错了对象")
    assert gone.withdrawn_for == "录错了对象"
    with pytest.raises(CatiError) as refused:
        sets.withdraw(ctx, loaded, ballots.SETS, made.id, "再撤")
    assert code_of(refused) == "set_unknown"
    again = ballots.take(ctx, loaded, "public", path, group="代表")
    assert [(s.id, s.group) for s in sets.taken(ctx, loaded, ballots.SETS)] == [
        (made.id, "cadres"),
        (again.id, "deputies"),
    ]
    line = scoring.score(ctx, close_fieldwork(ctx, loaded))[0]
    behind = line.channels["public"].behind
    assert behind is not None
    assert behind.n == 1
    assert "Nobody of 干部 was heard" in str(behind.notes[0])
    assert audit.verify(ctx) is None


def test_finished_scores_do_not_stand_beside_ballots(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    channels.enter_score(ctx, loaded, "public", "u1", "91")
    ballots.take(ctx, loaded, "public", public(tmp_path / "b.xlsx", ("不满意", "满意")), group="干部")
    with pytest.raises(CatiError) as refused:
        channels.enter_score(ctx, loaded, "public", "u1", "92")
    assert code_of(refused) == "channel_has_ballots"
    first = scoring.score(ctx, close_fieldwork(ctx, loaded))[0]
    assert first.channels["public"].score == 20


def test_what_does_not_fit_is_refused_and_nothing_is_stored(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    sound = public(tmp_path / "b.xlsx", ("满意", "满意"))
    three = book(tmp_path / "t.xlsx", *[[HEAD, [1, "满意", "满意"]]] * 3)
    wrong = public(tmp_path / "w.xlsx", ("满意", "好"))
    for channel, path, group, code in (
        ("public", sound, "", "ballot_group_missing"),
        ("public", sound, "群众", "ballot_group_unknown"),
        ("leaders", sound, "干部", "ballot_group_unknown"),
        ("web", sound, "", "channel_unknown"),
        ("public", three, "干部", "keyings_too_many"),
        ("public", wrong, "干部", "file_problems"),
    ):
        with pytest.raises(CatiError) as refused:
            ballots.take(ctx, loaded, channel, path, group=group)
        assert code_of(refused) == code
    with pytest.raises(CatiError) as refused:
        ballots.write_form(ctx, loaded, "public", 0, tmp_path / "f.xlsx")
    assert code_of(refused) == "ballots_number"
    assert sets.taken(ctx, loaded, ballots.SETS) == ()


def test_a_channel_of_interviews_has_no_ballots(furnished: Furnished, tmp_path: Path) -> None:
    ctx, loaded = furnished(plain)
    with pytest.raises(CatiError) as refused:
        ballots.write_form(ctx, loaded, "phone", 3, tmp_path / "f.xlsx")
    assert code_of(refused) == "channel_not_ballots"
    ballots.write_form(ctx, loaded, "public", 30, tmp_path / "f.xlsx")
    assert len(openpyxl.load_workbook(tmp_path / "f.xlsx").worksheets[1]["A"]) == 30 * 2 + 1


def plain(database: Database, clock: VirtualClock, folder: Path) -> Bureau:
    return with_cells(database, clock)


def test_who_may_not_adjust_scores_takes_no_ballots(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    observer = replace(ctx, actor=Actor(ctx.actor.user_id, "o", "O", frozenset({Role.OBSERVER}), "S"))
    with pytest.raises(CatiError) as refused:
        ballots.take(observer, loaded, "public", tmp_path / "none.xlsx", group="干部")
    assert code_of(refused) == "not_allowed"
