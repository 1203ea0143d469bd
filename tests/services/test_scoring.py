"""Scores of a closed programme: numbers, JSON, workbook, other channels, adjustments."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import python_calamine
from sqlalchemy import select, update

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.exports import What
from cati.domain.programmes import HandIn, LoadedProgramme
from cati.domain.undecided import Undecided
from cati.domain.users import Actor, Role
from cati.services import (
    adjustments,
    channels,
    complaints,
    draws,
    exports,
    register,
    scoring,
    supplements,
)
from cati.services.context import Context
from cati.store import tables
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.services.fieldwork import (
    WEIGHTS,
    add_list,
    all_lists,
    cases_of,
    cell_id,
    close_all_cases,
    close_fieldwork,
    evaluation,
    interviewed,
    numbers,
    with_cells,
)

Bureau = tuple[Context, LoadedProgramme]
ITEMS = [f"item{n}" for n in range(1, len(WEIGHTS) + 1)]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def bureau(furnished: Furnished) -> Bureau:
    return furnished(drawn)


def drawn(database: Database, clock: VirtualClock, folder: Path) -> Bureau:
    """A drawn programme, six people in each list."""
    ctx, loaded = with_cells(database, clock)
    all_lists(ctx, loaded)
    draws.draw(ctx, loaded, parties={"a": "1", "b": "2"}, public="3", out=folder / "draw")
    return ctx, loaded


def answering(level: str, **others: str) -> dict[str, str]:
    return dict.fromkeys(ITEMS, level) | others


def interview_cell(
    ctx: Context, loaded: LoadedProgramme, unit: str, group: str, *given: Mapping[str, str]
) -> None:
    cases = cases_of(ctx, cell_id(ctx, loaded, unit, group))
    for case, answers in zip(cases, given, strict=False):
        interviewed(ctx, case, answers)


def worked_example(ctx: Context, loaded: LoadedProgramme) -> None:
    """管理对象, two people: item 1 满意 and 不了解, all else 比较满意; 服务对象: every item 90."""
    interview_cell(ctx, loaded, "u1", "managed", answering("2", item1="1"), answering("2", item1="0"))
    interview_cell(ctx, loaded, "u1", "served", answering("1"), answering("2"))
    interview_cell(ctx, loaded, "u2", "managed", answering("1"), answering("1"))
    interview_cell(ctx, loaded, "u2", "served", answering("1"), answering("3"))


def public_scores(folder: Path, text: str) -> Path:
    path = folder / "scores.csv"
    path.write_text(text, "utf-8")
    return path


def test_the_worked_example_gives_84_36(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    worked_example(ctx, loaded)
    loaded = close_fieldwork(ctx, loaded)
    channels.set_channel(
        ctx, loaded, "public", public_scores(tmp_path, "unit,score\n区教育局,91\n区总工会,80\n")
    )
    adjustments.adjust(ctx, loaded, "区教育局", "late", Decimal(-5), "名单27日才到", confirm=True)
    first, second = scoring.score(ctx, loaded)
    assert first.channels["phone"].score == Fraction("87.72")
    assert first.composite == Fraction("89.36")
    assert first.final == Fraction("84.36")
    assert second.final == Fraction(str((30 * 100 + 70 * 80) / 100 / 2 + 40))
    assert (first.rank, second.rank) == (1, 2)


def test_the_json_has_the_shape_scripts_rely_on(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    worked_example(ctx, loaded)
    loaded = close_fieldwork(ctx, loaded)
    channels.set_channel(ctx, loaded, "public", public_scores(tmp_path, "unit,score\n区教育局,91\n"))
    adjustments.adjust(ctx, loaded, "u1", "late", Decimal("-5"), "名单 27 日才到", confirm=True)
    first, second = json.loads(json.dumps(scoring.as_json(scoring.score(ctx, loaded))))
    assert first["unit"] == "区教育局"
    assert first["series"] == "政府工作部门"
    assert first["composite"] == pytest.approx(89.36, abs=1e-12)
    assert first["adjustments"] == [{"code": "late", "points": -5.0, "reason": "名单 27 日才到"}]
    assert first["final"] == pytest.approx(84.36, abs=1e-12)
    assert (first["rank"], first["rank_in_series"]) == (1, 1)
    phone = first["channels"]["phone"]
    assert phone["score"] == pytest.approx(87.72, abs=1e-12)
    assert (phone["rank"], phone["n"]) == (1, 4)
    low, high = phone["interval"]
    assert 40 <= low < 87.72 < high <= 100
    assert phone["items"]["item1"] == {"score": 93.0, "n": 3, "answers": {"0": 1, "1": 2, "2": 1}}
    assert phone["not_counted"] == {"0": 1 / 40}
    assert first["channels"]["public"] == {"score": 91.0, "rank": 1}
    assert all(isinstance(note, str) for note in first["notes"])
    assert (second["composite"], second["final"], second["rank"], second["rank_in_series"]) == (None,) * 4
    assert second["notes"][0] == "There is no composite: 公开评价 has no score."


def test_nobody_sees_scores_while_people_are_called(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    worked_example(ctx, loaded)
    with pytest.raises(CatiError, match="nobody may see interim results"):
        scoring.score(ctx, loaded)
    with pytest.raises(CatiError, match="nobody may see interim results"):
        scoring.score(ctx, replace(loaded, state="closed"))
    with pytest.raises(CatiError, match="nobody may see interim results"):
        exports.export(ctx, loaded, What.SCORES, tmp_path / "scores.xlsx")
    assert not (tmp_path / "scores.xlsx").exists()


def test_only_the_bureau_changes_scores_and_an_observer_sees_the_final_ones(
    bureau: Bureau, tmp_path: Path
) -> None:
    ctx, loaded = bureau
    supervisor = replace(ctx, actor=Actor(ctx.actor.user_id, "s", "s", frozenset({Role.SUPERVISOR}), "s"))
    with pytest.raises(CatiError, match="may not do this"):
        scoring.score(supervisor, loaded)
    observer = replace(ctx, actor=Actor(ctx.actor.user_id, "o", "o", frozenset({Role.OBSERVER}), "s"))
    for act in (
        lambda: channels.set_channel(observer, loaded, "public", tmp_path / "none.csv"),
        lambda: adjustments.adjust(observer, loaded, "u1", "late", Decimal(-5), "x"),
        lambda: adjustments.settle(observer, loaded, "u1", "late", "x", confirm=True),
        lambda: adjustments.propose_late(observer, loaded),
        lambda: adjustments.listing(observer, loaded),
    ):
        with pytest.raises(CatiError, match="may not do this"):
            act()
    with pytest.raises(CatiError, match="nobody may see interim results"):
        scoring.board(observer, loaded)
    loaded = close_fieldwork(ctx, loaded)
    assert scoring.board(observer, loaded).lines == scoring.board(ctx, loaded).lines
    with pytest.raises(CatiError, match="may not do this"):
        exports.export(observer, loaded, What.SCORES, tmp_path / "scores.xlsx")


def test_only_complete_interviews_and_answers_on_the_path_count(bureau: Bureau) -> None:
    ctx, loaded = bureau
    managed = cases_of(ctx, cell_id(ctx, loaded, "u1", "managed"))
    interviewed(ctx, managed[0], answering("1"))
    for case, state in zip(managed[1:], ("open", "partial", "no_opinion", "break_off", "ended"), strict=True):
        interviewed(ctx, case, answering("4"), state=state)
    served = cases_of(ctx, cell_id(ctx, loaded, "u1", "served"))
    interviewed(ctx, served[0], {"item2": "1"}, off_path={"item1": "4"})
    phone = scoring.score(ctx, close_fieldwork(ctx, loaded))[0].channels["phone"].behind
    assert phone is not None
    assert (phone.score, phone.n) == (Fraction(100), 2)
    assert phone.items["item1"].n == 1


def test_the_supplement_is_told_apart_and_widens_the_population(
    database: Database, clock: VirtualClock, tmp_path: Path
) -> None:
    ctx, loaded = with_cells(database, clock, evaluation(factor=1))
    add_list(ctx, loaded, ("u1", "managed"), numbers(0, 1))
    add_list(ctx, loaded, None, numbers(900, 50))
    draws.draw(ctx, loaded, parties={"a": "1", "b": "2"}, public="3", out=tmp_path / "draw")
    cell = cell_id(ctx, loaded, "u1", "managed")
    interviewed(ctx, cases_of(ctx, cell)[0], answering("1"))
    supplements.open_supplement(ctx, loaded, "u1", "managed", "样本库用完")
    interviewed(ctx, cases_of(ctx, cell)[1], answering("2"))
    close_all_cases(ctx, cell)
    phone = scoring.score(ctx, close_fieldwork(ctx, loaded))[0].channels["phone"].behind
    assert phone is not None
    assert phone.supplement_share == Fraction(1, 2)
    assert phone.variance == pytest.approx((1 - 2 / 51) * 200 / 2)
    assert "1 of 2 interviews come from the public pool." in map(str, phone.notes)


def test_scores_are_the_same_in_whatever_order_interviews_came(bureau: Bureau) -> None:
    ctx, loaded = bureau
    given = [answering("1", item3="4"), answering("2", item1="0"), answering("3")]
    interview_cell(ctx, loaded, "u1", "served", *given)
    interview_cell(ctx, loaded, "u2", "served", *reversed(given))
    first, second = scoring.score(ctx, close_fieldwork(ctx, loaded))
    assert first.channels["phone"].score == second.channels["phone"].score
    assert first.channels["phone"].behind == second.channels["phone"].behind


def sheet(path: Path, name: str) -> list[list[object]]:
    with python_calamine.CalamineWorkbook.from_path(path) as book:
        return [list(row) for row in book.get_sheet_by_name(name).to_python()]


def test_the_workbook_shows_ranking_items_notes_and_method(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    worked_example(ctx, loaded)
    loaded = close_fieldwork(ctx, loaded)
    channels.set_channel(
        ctx, loaded, "public", public_scores(tmp_path, "unit,score\n区教育局,91\n区总工会,80\n")
    )
    adjustments.adjust(ctx, loaded, "u1", "late", Decimal(-5), "迟报", confirm=True)
    adjustments.adjust(ctx, loaded, "u2", "extra", Decimal("0.5"), "=表彰", confirm=True, less="区级")
    path = tmp_path / "scores.xlsx"
    exports.export(ctx, loaded, What.SCORES, path)
    heading, first, second = sheet(path, "scores")
    by_name = dict(zip(heading, first, strict=True))
    assert (by_name["Rank"], by_name["Unit"], by_name["Final score"]) == (1, "区教育局", 84.36)
    assert (by_name["Composite"], by_name["Adjustments"], by_name["电话访问"]) == (89.36, -5, 87.72)
    assert by_name["Reasons"] == "材料迟报 -5.00: 迟报"
    assert by_name["不了解 (%)"] == 2.5
    assert dict(zip(heading, second, strict=True))["Rank"] == 2
    assert len(sheet(path, "items")) == 1 + 2 * len(ITEMS)
    first_item = sheet(path, "items")[1]
    assert [*first_item[:5], first_item[7]] == ["区教育局", "电话访问", "内容1", 12, 93, 3]
    assert any("ewer than 5" in str(row[2]) for row in sheet(path, "notes"))
    assert "Level of the intervals: 90 %" in [row[0] for row in sheet(path, "method")]


def test_scores_of_a_simulation_say_so_wherever_they_are_read(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    worked_example(ctx, loaded)
    loaded = close_fieldwork(ctx, loaded)
    assert scoring.board(ctx, loaded).simulated == 0
    with ctx.database.write() as connection:
        connection.execute(update(tables.users).values(simulated=True))
        one = select(tables.interviews.c.id).limit(1).scalar_subquery()
        connection.execute(
            update(tables.interviews).where(tables.interviews.c.id == one).values(excluded=True)
        )
    assert scoring.board(ctx, loaded).simulated == 7
    path = tmp_path / "scores.xlsx"
    exports.export(ctx, loaded, What.SCORES, path)
    assert "Final score (simulated)" in sheet(path, "scores")[0]
    for said in (sheet(path, "method")[2][0], sheet(path, "notes")[1][2]):
        assert str(said).startswith("7 of the interviews were made up")


def test_a_workbook_is_written_while_a_channel_is_missing(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    path = tmp_path / "scores.xlsx"
    exports.export(ctx, close_fieldwork(ctx, loaded), What.SCORES, path)
    heading, first, _ = sheet(path, "scores")
    by_name = dict(zip(heading, first, strict=False))
    assert by_name["Unit"] == "区教育局"
    assert by_name["Rank"] == ""
    assert by_name["Interviews"] == 0


# ---- finished scores of other channels -----------------------------------------------------------


def finished(ctx: Context) -> list[tuple[str, str]]:
    with ctx.database.read() as connection:
        rows = connection.execute(select(tables.channel_scores.c.channel, tables.channel_scores.c.score))
        return [tuple(row) for row in rows]


def test_scores_are_taken_by_name_alias_or_code_and_kept_to_the_digit(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    path = public_scores(tmp_path, "﻿被评单位,备注,得分\n区教育局（盖章）,,91.005\n\nu2,x,80\n")
    assert channels.set_channel(ctx, loaded, "public", path) == 2
    assert sorted(finished(ctx)) == [("public", "80"), ("public", "91.005")]


def test_the_units_still_without_a_score_are_known_by_name(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    assert [unit.code for unit in channels.without_score(ctx, loaded, "public")] == ["u1", "u2"]
    channels.set_channel(ctx, loaded, "public", public_scores(tmp_path, "unit,score\nu2,80\n"))
    assert [unit.name for unit in channels.without_score(ctx, loaded, "public")] == ["区教育局"]
    with pytest.raises(CatiError, match="computed from the interviews"):
        channels.without_score(ctx, loaded, "phone")


def test_new_scores_take_the_place_of_all_old_ones(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    channels.set_channel(ctx, loaded, "public", public_scores(tmp_path, "unit,score\nu1,91\nu2,80\n"))
    channels.set_channel(ctx, loaded, "public", public_scores(tmp_path, "unit,score\nu1,70\n"))
    assert finished(ctx) == [("public", "70")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("unit,score\nu1,91\n区外单位,80\n", "scores.csv, row 3: the programme has no unit 区外单位"),
        ("unit,score\nu1,91\n区教育局,80\n", "scores.csv, row 3: 区教育局 stands in an earlier row already"),
        ("unit,score\nu1,91\nu2,优\n", "scores.csv, row 3: “优” is no number"),
        ("unit,score\nu1,\n", "scores.csv, row 2: “” is no number"),
        ("unit,score\nu1,NaN\n", "“NaN” is no number"),
        ("unit,score\nu1,100.01\n", "scores.csv, row 2: 100.01 is not between 0 and 100"),
        ("unit,score\nu1,-1\n", "-1 is not between"),
        ("unit,score\n", "holds no scores"),
        ("unit,points\nu1,91\n", "has no heading score / 得分"),
    ],
)
def test_a_file_of_scores_is_taken_wholly_or_not_at_all(
    bureau: Bureau, tmp_path: Path, text: str, sentence: str
) -> None:
    ctx, loaded = bureau
    channels.set_channel(ctx, loaded, "public", public_scores(tmp_path, "unit,score\nu1,60\n"))
    with pytest.raises(CatiError) as refusal:
        channels.set_channel(ctx, loaded, "public", public_scores(tmp_path, text))
    assert sentence in str(refusal.value)
    assert finished(ctx) == [("public", "60")]


def test_only_channels_that_are_not_computed_can_be_set(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    path = public_scores(tmp_path, "unit,score\nu1,60\n")
    with pytest.raises(CatiError, match="computed from the interviews"):
        channels.set_channel(ctx, loaded, "phone", path)
    with pytest.raises(CatiError, match=r"no channel web.*phone 电话访问; public"):
        channels.set_channel(ctx, loaded, "web", path)


# ---- adjustments ---------------------------------------------------------------------------------


def states(ctx: Context, loaded: LoadedProgramme) -> list[tuple[str, str, str, str]]:
    return [(a.unit, a.code, a.points, a.state) for a in adjustments.listing(ctx, loaded)]


def test_a_proposal_counts_only_when_it_is_confirmed(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    worked_example(ctx, loaded)
    loaded = close_fieldwork(ctx, loaded)
    channels.set_channel(ctx, loaded, "public", public_scores(tmp_path, "unit,score\nu1,91\nu2,80\n"))
    adjustments.adjust(ctx, loaded, "区教育局", "late", Decimal(-5), "迟报")
    assert scoring.score(ctx, loaded)[0].final == Fraction("89.36")
    adjustments.settle(ctx, loaded, "区教育局", "late", "影响了抽样", confirm=True)
    (counted,) = scoring.score(ctx, loaded)[0].adjustments
    assert (counted.points, counted.reason) == (Fraction(-5), "迟报; 影响了抽样")
    adjustments.settle(ctx, loaded, "区教育局", "late", "没有影响工作", confirm=False)
    assert scoring.score(ctx, loaded)[0].final == Fraction("89.36")
    assert states(ctx, loaded) == [("u1", "late", "-5", "waived")]


def test_what_counts_on_a_ground_is_waived_before_anything_else_is_said_on_it(bureau: Bureau) -> None:
    ctx, loaded = bureau
    adjustments.adjust(ctx, loaded, "u1", "late", Decimal(-5), "一", confirm=True)
    adjustments.adjust(ctx, loaded, "u1", "extra", Decimal(1), "三")
    # Less than the ground takes is a decision of its own, and nothing takes the place of what counts.
    for points, confirm, why, code in (
        ("-2.5", True, " ", "points_less"),
        ("-5", False, "", "adjustment_confirmed"),
        ("-2.5", False, "已补报", "adjustment_confirmed"),
        ("-2.5", True, "已补报", "adjustment_confirmed"),
    ):
        with pytest.raises(CatiError) as refused:
            adjustments.adjust(ctx, loaded, "u1", "late", Decimal(points), "二", confirm=confirm, less=why)
        assert refused.value.code == code
    assert "cati waive" in str(refused.value)
    assert [(a.points, a.reason) for a in adjustments.listing(ctx, loaded) if a.code == "late"] == [
        ("-5", "一")
    ]
    adjustments.settle(ctx, loaded, "u1", "late", "已补报", confirm=False)
    made = adjustments.adjust(ctx, loaded, "u1", "late", Decimal("-2.5"), "二", confirm=True, less="已补报")
    assert made.reason == "二 (less, because: 已补报)"
    assert states(ctx, loaded) == [("u1", "extra", "1", "proposed"), ("u1", "late", "-2.5", "confirmed")]
    with pytest.raises(CatiError, match="confirmed already"):
        adjustments.settle(ctx, loaded, "u1", "late", "三", confirm=True)


def test_lateness_only_proposes_and_leaves_decisions_alone(bureau: Bureau) -> None:
    ctx, loaded = bureau
    with ctx.database.write() as connection:
        connection.execute(
            update(tables.frames).where(tables.frames.c.unit_id.is_not(None)).values(late=True)
        )
    adjustments.adjust(ctx, loaded, "u1", "late", Decimal(-5), "已豁免")
    adjustments.settle(ctx, loaded, "u1", "材料迟报", "没有影响", confirm=False)
    assert adjustments.propose_late(ctx, loaded) == ("u2",)
    assert adjustments.propose_late(ctx, loaded) == ()
    assert states(ctx, loaded) == [("u1", "late", "-5", "waived"), ("u2", "late", "-5", "proposed")]


def test_a_programme_without_a_rule_on_lateness_proposes_nothing(bureau: Bureau) -> None:
    ctx, loaded = bureau
    with ctx.database.write() as connection:
        connection.execute(update(tables.frames).values(late=True))
    without = replace(loaded, programme=replace(loaded.programme, adjustments=()))
    assert adjustments.propose_late(ctx, without) == ()


@pytest.mark.parametrize(
    ("unit", "code", "points", "reason", "sentence"),
    [
        ("区外单位", "late", "-5", "x", "no unit 区外单位"),
        ("u1", " ", "-5", "x", "needs a short name"),
        ("u1", "lates", "-5", "x", "no adjustment lates.* late 材料迟报; extra"),
        ("u1", "late", "0", "x", "no points"),
        ("u1", "late", "NaN", "x", "no points"),
        ("u1", "late", "-100.5", "x", "no points"),
        ("u1", "late", "5", "x", "-5 points at most, not 5"),
        ("u1", "late", "-5.01", "x", "-5 points at most, not -5.01"),
        ("u1", "late", "-5", "  ", "reason is needed"),
    ],
)
def test_an_adjustment_is_refused_without_unit_ground_points_or_reason(
    bureau: Bureau, unit: str, code: str, points: str, reason: str, sentence: str
) -> None:
    ctx, loaded = bureau
    with pytest.raises(CatiError, match=sentence):
        adjustments.adjust(ctx, loaded, unit, code, Decimal(points), reason, confirm=True)
    assert states(ctx, loaded) == []


def test_only_what_was_proposed_can_be_settled(bureau: Bureau) -> None:
    ctx, loaded = bureau
    with pytest.raises(CatiError, match="Nothing was proposed for 区教育局 under late"):
        adjustments.settle(ctx, loaded, "u1", "late", "x", confirm=True)


def whole(ctx: Context, loaded: LoadedProgramme, folder: Path) -> LoadedProgramme:
    worked_example(ctx, loaded)
    loaded = close_fieldwork(ctx, loaded)
    channels.set_channel(ctx, loaded, "public", public_scores(folder, "unit,score\nu1,91\nu2,80\n"))
    return loaded


def test_a_score_typed_by_hand_counts_like_one_from_a_file(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    loaded = whole(ctx, loaded, tmp_path)
    assert channels.enter_score(ctx, loaded, "public", "u2", " ８１.５ ") == Decimal("81.5")
    assert scoring.score(ctx, loaded)[1].channels["public"].score == Fraction("81.5")
    assert channels.enter_score(ctx, loaded, "public", "u2", "") is None
    assert channels.finished(ctx, loaded) == {("public", "u1"): Decimal(91)}


@pytest.mark.parametrize("text", ["100.01", "-1", "九十", "nan", "inf"])
def test_what_is_no_score_is_refused_and_nothing_changes(bureau: Bureau, tmp_path: Path, text: str) -> None:
    ctx, loaded = bureau
    loaded = whole(ctx, loaded, tmp_path)
    with pytest.raises(CatiError, match="no score from 0 to 100"):
        channels.enter_score(ctx, loaded, "public", "u1", text)
    assert channels.finished(ctx, loaded)["public", "u1"] == 91


def test_the_scores_of_the_phone_cannot_be_typed(bureau: Bureau) -> None:
    ctx, loaded = bureau
    with pytest.raises(CatiError, match="computed from the interviews"):
        channels.enter_score(ctx, loaded, "phone", "u1", "99")


def test_the_working_adds_up_to_the_score(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    loaded = whole(ctx, loaded, tmp_path)
    found = scoring.explain(ctx, loaded, "u1")
    assert found is not None
    assert [(g.label, g.weight, g.n, g.population) for g in found.groups] == [
        ("管理对象", Fraction(30), 2, 6),
        ("服务对象", Fraction(70), 2, 6),
    ]
    first = found.items[0]
    assert first.by_group == ((Fraction(100), 1), (Fraction(90), 2))
    assert first.score == 93
    total = sum((part.weight * (part.score or 0) for part in found.items), Fraction(0))
    assert total / sum(part.weight for part in found.items) == found.opinion.score == Fraction("87.72")
    assert scoring.explain(ctx, loaded, "u1", "public") is None


def test_a_second_body_approves_the_scores_as_they_are(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    loaded = whole(ctx, loaded, tmp_path)
    assert scoring.board(ctx, loaded).sign_off is None
    signed = scoring.sign_off(ctx, loaded, " 区委组织部 ", "王干部")
    held = scoring.board(ctx, loaded)
    assert held.sign_off == signed
    path = tmp_path / "scores.xlsx"
    exports.export(ctx, loaded, What.SCORES, path)
    assert str(sheet(path, "method")[1][0]).startswith("Approved by 区委组织部 (王干部) on ")
    assert (signed.body, signed.signer, signed.by, held.changed) == ("区委组织部", "王干部", "局", False)
    adjustments.adjust(ctx, loaded, "u1", "late", Decimal(-5), "迟到", confirm=True)
    assert scoring.board(ctx, loaded).changed
    exports.export(ctx, loaded, What.SCORES, path)
    assert "these have changed since" in str(sheet(path, "method")[1][0])
    with ctx.database.read() as connection:
        noted = connection.execute(select(tables.audit).where(tables.audit.c.action == "sign_off")).one()
    facts = {"body": "区委组织部", "signer": "王干部", "scores": signed.sha256}
    assert noted.detail == facts | {"undecided": 0, "complaints": 0, "overdue": 0}


def test_nobody_approves_in_silence_what_is_not_decided(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    asked = HandIn("papers", "总结材料", {"zh": "总结材料"})
    settings = replace(loaded.programme.settings, deadlines={"papers": date(2024, 1, 25)})
    loaded = replace(loaded, programme=replace(loaded.programme, settings=settings, hand_ins=(asked,)))
    loaded = whole(ctx, loaded, tmp_path)
    register.enter(ctx, loaded, "u1", "papers", date(2024, 1, 25))
    complaints.take(ctx, loaded, "u1", "办事推诿")
    assert scoring.board(ctx, loaded).undecided == Undecided(0, 1, 1)
    with pytest.raises(CatiError) as refused:
        scoring.sign_off(ctx, loaded, "区委组织部", "王干部")
    assert refused.value.code == "matters_undecided"
    assert "1 unsettled complaint; 1 overdue hand-in." in str(refused.value)
    assert scoring.board(ctx, loaded).sign_off is None
    scoring.sign_off(ctx, loaded, "区委组织部", "王干部", without_undecided=True)
    with ctx.database.read() as connection:
        noted = connection.execute(select(tables.audit).where(tables.audit.c.action == "sign_off")).one()
    assert [noted.detail[name] for name in ("undecided", "complaints", "overdue")] == [0, 1, 1]
    # Whoever only looks at scores is told of points alone.
    observer = replace(ctx, actor=replace(ctx.actor, roles=frozenset({Role.OBSERVER})))
    assert scoring.board(observer, loaded).undecided == Undecided()


def test_nobody_approves_for_himself_or_without_a_name_or_what_is_incomplete(
    bureau: Bureau, tmp_path: Path
) -> None:
    ctx, loaded = bureau
    settings = replace(loaded.programme.settings, bureau="区统计局")
    loaded = replace(loaded, programme=replace(loaded.programme, settings=settings))
    loaded = whole(ctx, loaded, tmp_path)
    with pytest.raises(CatiError, match="cannot approve its own"):
        scoring.sign_off(ctx, loaded, "区统计局", "王干部")
    with pytest.raises(CatiError, match="Name both"):
        scoring.sign_off(ctx, loaded, "区委组织部", "  ")
    channels.enter_score(ctx, loaded, "public", "u2", "")
    with pytest.raises(CatiError, match="no final score yet, such as 区总工会"):
        scoring.sign_off(ctx, loaded, "区委组织部", "王干部")
    assert scoring.board(ctx, loaded).sign_off is None


def test_nobody_approves_while_fieldwork_is_open(bureau: Bureau) -> None:
    ctx, loaded = bureau
    with pytest.raises(CatiError, match="Fieldwork is still open"):
        scoring.sign_off(ctx, loaded, "区委组织部", "王干部")
    with pytest.raises(CatiError, match="Fieldwork is still open"):
        scoring.explain(ctx, loaded, "u1")
