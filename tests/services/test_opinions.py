"""Opinions in words: from interviews to codes, to the units without identity, and back with answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from cati.base.errors import CatiError
from cati.domain.hiding import HIDDEN
from cati.domain.opinions import CodeStep, StepKind
from cati.domain.programmes import LoadedProgramme
from cati.domain.replies import Tally
from cati.domain.users import Actor, Role
from cati.files.opinions import ANSWERED, HEADING, NUMBER, RESULT, STATE
from cati.services import follow_ups, opinion_bundles, opinions, overview, wishes
from cati.services.context import Context
from cati.services.opinions import Opinion
from cati.store import tables as t
from tests.rig.furnished import Furnished
from tests.services.opined import numbers_of, opined

DAY = 86_400


def refusal(*given: object) -> str:
    do, *rest = given
    with pytest.raises(CatiError) as refused:
        do(*rest)  # type: ignore[operator]
    return refused.value.code


def as_colleague(ctx: Context, *roles: Role) -> Context:
    """Somebody else of the bureau, or of other roles."""
    return replace(ctx, actor=Actor(ctx.actor.user_id, "wang", "王", frozenset(roles), "station-2"))


def by_text(found: opinions.Opinions) -> dict[str, Opinion]:
    return {one.text: one for one in found.opinions}


def answered(file: Path, out: Path, rows: dict[int, tuple[object, object, object]]) -> Path:
    """The bundle with these rows filled in, by number."""
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    for row in sheet.iter_rows(min_row=2):
        for name, value in zip((STATE, RESULT, ANSWERED), rows.get(row[1].value, ()), strict=False):
            row[HEADING.index(name)].value = value
    book.save(out)
    return out


def test_the_whole_way_from_interviews_to_answers_and_whom_to_ask_again(
    furnished: Furnished, tmp_path: Path
) -> None:
    ctx, loaded = furnished(opined)
    words = tmp_path / "ballots.csv"
    words.write_text("单位,意见\n区教育局,票上写的意见\n", "utf-8")
    assert opinions.take_words(ctx, loaded, "public", words) == 1
    assert refusal(opinions.take_words, ctx, loaded, "public", words) == "opinions_taken"
    found = by_text(opinions.listing(ctx, loaded))
    # What was broken off, or holds no words, is no opinion.
    assert sorted(found) == sorted(
        ["窗口排队太久", "请回电13800138000，找我面谈", "没有意见", "停车难", "服务很好", "票上写的意见"]
    )
    assert found["请回电13800138000，找我面谈"].shown == f"请回电{HIDDEN}，找我面谈"
    opinions.code(ctx, loaded, found["窗口排队太久"].id, ["speed", "service"])
    opinions.code(ctx, loaded, found["没有意见"].id, ["none"])
    opinions.hide(ctx, loaded, found["停车难"].id, ["停车"])
    assert by_text(opinions.listing(ctx, loaded))["窗口排队太久"].codes == ("service", "speed")

    made = opinion_bundles.send(ctx, loaded, tmp_path / "out", due_on=date(2024, 3, 8), units=["u1"])
    assert [(one.number, one.unit, one.count) for one in made] == [(1, "u1", 4)]
    texts = _sent_texts(made[0].file)
    assert texts == {"窗口排队太久", f"请回电{HIDDEN}，找我面谈", f"{HIDDEN}难", "票上写的意见"}
    _no_identity(ctx, made[0].file)
    assert refusal(opinions.hide, ctx, loaded, found["停车难"].id, []) == "opinion_sent"
    assert _refused_to_send(ctx, loaded, tmp_path) == "opinions_none"

    ctx.clock.advance(20 * DAY)  # type: ignore[attr-defined]
    sent = opinion_bundles.sent(ctx, loaded)
    assert (sent.tallies["u1"], len(sent.overdue)) == (Tally(4, 0, 0, 4), 4)
    assert [(one.due, one.count) for one in overview.look(ctx, loaded).facts.replies] == [
        (date(2024, 3, 8), 4)
    ]
    early = answered(made[0].file, tmp_path / "early.xlsx", {1: ("已办结", "增设窗口", "2024-03-08")})
    day = date(2024, 3, 8)
    taken = opinion_bundles.take_replies(ctx, loaded, early, received_on=day)
    assert (taken.bundle, taken.unit, taken.count, taken.late) == (1, "u1", 1, 0)
    rows: dict[int, tuple[object, object, object]] = {
        1: ("已办结", "增设窗口", "2024-03-08"),
        2: ("正在办理", "已立项", date(2024, 3, 9)),
    }
    late = opinion_bundles.take_replies(ctx, loaded, answered(made[0].file, tmp_path / "late.xlsx", rows))
    assert (late.count, late.late) == (1, 1)
    sent = opinion_bundles.sent(ctx, loaded)
    assert sent.tallies["u1"] == Tally(sent=4, answered=2, in_time=1, overdue=2)
    assert [one.count for one in overview.look(ctx, loaded).facts.replies] == [2]
    assert [line.late for line in sent.lines] == [False, True, False, False]

    # Four gave an opinion and agreed; one has asked since to be left alone, one's words say nothing.
    plan = follow_ups.foresee(ctx, loaded)
    assert (plan.asked, plan.agreed, dict(plan.willing)) == (4, 3, {"u1": 2, "u2": 1})
    with ctx.database.read() as connection:
        named = list(follow_ups.willing(ctx, connection, loaded))
        entries = set(connection.scalars(select(t.cases.c.entry_id)))
    assert {one.entry_id for one in named} <= entries
    # Where nobody was asked, whoever gave an opinion.
    unasked = replace(
        loaded,
        programme=replace(loaded.programme, settings=replace(loaded.programme.settings, call_again="")),
    )
    assert dict(follow_ups.foresee(ctx, unasked).willing) == {"u1": 3, "u2": 1}
    for number in numbers_of("u2"):
        wishes.add(ctx, loaded, number, "本人来电")
    assert dict(follow_ups.foresee(ctx, loaded).willing) == {"u1": 2}
    ctx.clock.advance(731 * DAY)  # type: ignore[attr-defined]
    assert dict(follow_ups.foresee(ctx, loaded).willing) == {}
    assert refusal(follow_ups.foresee, ctx, replace(loaded, state="retired")) == "contacts_destroyed"


def _sent_texts(file: Path) -> set[str]:
    rows = openpyxl.load_workbook(file).worksheets[0].iter_rows(min_row=2, values_only=True)
    return {str(row[2]) for row in rows}


def _no_identity(ctx: Context, file: Path) -> None:
    """Nothing in the workbook says who, when, in which interview or which list."""
    book = openpyxl.load_workbook(file)
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    with ctx.database.read() as connection:
        ids = set(connection.scalars(select(t.interviews.c.id)))
    kept = [*ids, "受访者0", "管理对象", "managed", *(number[3:] for number in numbers_of("u1"))]
    assert not [(word, cell) for word in kept for cell in cells if word in cell]
    assert (book.properties.creator or "") == ""


def _refused_to_send(ctx: Context, loaded: LoadedProgramme, folder: Path) -> str:
    with pytest.raises(CatiError) as refused:
        opinion_bundles.send(ctx, loaded, folder, working_days=5, units=["u1"])
    return refused.value.code


def test_codes_are_changed_and_two_coders_compared(furnished_file: Furnished, tmp_path: Path) -> None:
    ctx, loaded = furnished_file(opined)
    found = by_text(opinions.listing(ctx, loaded))
    queue, parking = found["窗口排队太久"].id, found["停车难"].id
    change = (opinions.change_codes, ctx, loaded)
    opinions.change_codes(ctx, loaded, CodeStep(StepKind.ADD, "parking", "停车"))
    opinions.code(ctx, loaded, queue, ["speed"])
    opinions.code(ctx, loaded, parking, ["parking", "service"])
    assert refusal(opinions.code, ctx, loaded, queue, ["unknown"]) == "opinion_code_unknown"
    assert refusal(lambda: opinions.code(ctx, loaded, queue, ["speed"], second=True)) == "opinion_same_coder"
    other = as_colleague(ctx, Role.BUREAU)
    with ctx.database.write() as connection:
        row = connection.execute(select(t.users)).mappings().one()
        second = dict(row) | {"id": row["id"] + 1, "login": "wang"}
        connection.execute(t.users.insert().values(second))
    other = replace(other, actor=replace(other.actor, user_id=second["id"]))
    opinions.code(other, loaded, queue, ["speed"], second=True)
    opinions.code(other, loaded, parking, ["service"], second=True)
    told = opinions.listing(ctx, loaded).agreement
    # Four codes, two opinions: of eight decisions seven agree; yes are three and two of eight.
    observed, chance = Fraction(7, 8), Fraction(3 * 2 + 5 * 6, 64)
    assert (told.both, told.same, told.kappa) == (2, 1, (observed - chance) / (1 - chance))
    # Merged: what was coded means the other code now, and nothing was written anew.
    opinions.change_codes(ctx, loaded, CodeStep(StepKind.MERGE, "parking", into="speed"))
    opinions.change_codes(ctx, loaded, CodeStep(StepKind.RENAME, "speed", "效率与停车"))
    opinions.change_codes(ctx, loaded, CodeStep(StepKind.RETIRE, "service"))
    after = opinions.listing(ctx, loaded)
    assert by_text(after)["停车难"].codes == ("service", "speed")
    assert after.book["speed"].labels["zh"] == "效率与停车"
    assert refusal(*change, CodeStep(StepKind.ADD, "speed", "又一个")) == "opinion_code_taken"
    assert refusal(*change, CodeStep(StepKind.MERGE, "speed", into="speed")) == "opinion_code_same"
    assert refusal(*change, CodeStep(StepKind.MERGE, "speed", into="parking")) == "opinion_code_unknown"
    assert refusal(*change, CodeStep(StepKind.RENAME, "service", "旧")) == "opinion_code_unknown"
    assert refusal(*change, CodeStep(StepKind.ADD, "x y", "空格")) == "opinion_code_malformed"
    assert refusal(opinions.code, ctx, loaded, queue, ["service"]) == "opinion_code_unknown"
    opinions.change_codes(ctx, loaded, CodeStep(StepKind.RESTORE, "service"))
    assert opinions.code(ctx, loaded, queue, []) == ()
    assert by_text(opinions.listing(ctx, loaded))["窗口排队太久"].by == ""
    assert [one.step.kind for one in opinions.history(ctx, loaded)] == [
        StepKind.ADD, StepKind.MERGE, StepKind.RENAME, StepKind.RETIRE, StepKind.RESTORE,
    ]  # fmt: skip
    assert refusal(opinions.hide, ctx, loaded, queue, ["不在其中"]) == "opinion_words_missing"
    # Who may: the supervisor reads, everybody else sees nothing, and nobody but the bureau changes.
    supervisor = as_colleague(ctx, Role.SUPERVISOR)
    assert len(opinions.listing(supervisor, loaded).opinions) == 5
    assert refusal(opinions.code, supervisor, loaded, queue, []) == "not_allowed"
    for role in (Role.OPERATOR, Role.OBSERVER, Role.ADMIN):
        assert refusal(opinions.listing, as_colleague(ctx, role), loaded) == "not_allowed"
        assert refusal(opinion_bundles.sent, as_colleague(ctx, role), loaded) == "not_allowed"


def test_answers_that_do_not_fit_are_refused_with_row_and_reason(
    furnished_file: Furnished, tmp_path: Path
) -> None:
    ctx, loaded = furnished_file(opined)

    def sent(**given: object) -> str:
        with pytest.raises(CatiError) as refused:
            opinion_bundles.send(ctx, loaded, tmp_path, **given)  # type: ignore[arg-type]
        return refused.value.code

    assert sent() == "opinions_due_missing"
    assert sent(due_on=date(2020, 1, 1)) == "opinions_due_past"
    (made, _other) = opinion_bundles.send(ctx, loaded, tmp_path, working_days=5)
    asked = opinion_bundles.sent(ctx, loaded).bundles[0]
    assert (asked.due_on - asked.at.date()).days >= 7

    def problems(rows: dict[int, tuple[object, object, object]]) -> Sequence[str]:
        file = answered(made.file, tmp_path / "reply.xlsx", rows)
        with pytest.raises(CatiError) as refused:
            opinion_bundles.take_replies(ctx, loaded, file)
        assert refused.value.code == "opinions_problems", refused.value
        told: Sequence[str] = refused.value.params["problems"]
        return told

    first, second = problems({1: ("办完了", "好", None), 2: ("已办结", None, None)})
    assert first.startswith("row 2: ")
    assert "办完了" in first
    assert second.startswith("row 3: ")
    (day,) = problems({1: ("已办结", "好", "2124-01-01"), 2: ("已办结", "好", None)})
    assert "2124-01-01" in day
    assert opinion_bundles.sent(ctx, loaded).tallies["u1"].answered == 0
    book = openpyxl.load_workbook(made.file)
    sheet = book.worksheets[0]
    for column, value in ((NUMBER, 99), (STATE, "已办结"), (RESULT, "好")):
        sheet.cell(2, HEADING.index(column) + 1).value = value
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(CatiError) as refused:
        opinion_bundles.take_replies(ctx, loaded, tmp_path / "other.xlsx")
    assert refused.value.params["problems"] == ("row 2: the bundle has no number 99.",)
    sheet.cell(2, 1).value = "elsewhere-001"
    for row in range(sheet.max_row, 2, -1):
        sheet.delete_rows(row)
    book.save(tmp_path / "other.xlsx")
    assert refusal(opinion_bundles.take_replies, ctx, loaded, tmp_path / "other.xlsx") == "bundle_unknown"
    assert refusal(opinion_bundles.take_replies, ctx, loaded, made.file) == "replies_missing"
