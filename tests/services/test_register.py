"""The register: what units handed in when, what hindered the work, what is proposed, confirmed, waived."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.cli.register import register as command
from cati.domain.overview import Overdue
from cati.domain.programmes import FOLLOW_UP, MAIL, Group, HandIn, LoadedProgramme
from cati.domain.register import Standing
from cati.domain.users import Role
from cati.services import adjustments, audit, overview, register
from cati.services.context import Context
from cati.store import tables
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.services.fieldwork import add_list, evaluation, numbers, with_cells

DUE = date(2024, 2, 25)
ITEMS = (
    HandIn("lists", "样本库", {"zh": "样本库", "en": "lists"}, "lists", "late"),
    HandIn("papers", "总结材料", {"zh": "总结材料", "en": "papers"}, "", "late"),
    HandIn("rosters", "代表名单", {"zh": "代表名单", "en": "rosters"}, "", "", ("党群部门",), "lists"),
)


def followed_up(database: Database, clock: VirtualClock, folder: Path) -> tuple[Context, LoadedProgramme]:
    """A unit hands in two lists, one to be mailed to; a third is of who gave opinions the year before."""
    plain = evaluation([("自治区水利厅", "政府工作部门")])
    managed, served = plain.groups
    groups = (replace(managed, list_kind=FOLLOW_UP), served)
    mailed = (Group("staff", "系统干部", None, 0, list_kind=MAIL),)
    settings = replace(plain.settings, deadlines={"lists": DUE})
    ctx, loaded = with_cells(
        database, clock, replace(plain, groups=groups, mailed=mailed, settings=settings, hand_ins=ITEMS[:1])
    )
    add_list(ctx, loaded, ("u1", "served"), numbers(1, 3))
    add_list(ctx, loaded, ("u1", "staff"), numbers(4, 3))
    with database.write() as connection:
        connection.execute(update(tables.frames).values(submitted_on=DUE))
    return ctx, loaded


def handing_in(database: Database, clock: VirtualClock, folder: Path) -> tuple[Context, LoadedProgramme]:
    """Two units; the lists of the first came late, one of the second has no day; it is the last minute."""
    plain = evaluation()
    deadlines = {"lists": DUE, "papers": DUE}
    ctx, loaded = with_cells(
        database,
        clock,
        replace(plain, settings=replace(plain.settings, deadlines=deadlines), hand_ins=ITEMS),
    )
    days = iter([date(2024, 2, 26), DUE, DUE, None])
    for at, unit in enumerate(("u1", "u2")):
        for place, group in enumerate(("managed", "served")):
            day = next(days)
            late = day is not None and day > DUE
            add_list(ctx, loaded, (unit, group), numbers(10 * at + 5 * place, 3), late=late)
            with database.write() as connection:
                newest = tables.frames.select().order_by(tables.frames.c.id.desc()).limit(1)
                key = connection.execute(newest).one().id
                connection.execute(
                    update(tables.frames).where(tables.frames.c.id == key).values(submitted_on=day)
                )
    clock.move_to(datetime(2024, 2, 25, 15, 59, tzinfo=UTC))
    return ctx, loaded


def standings(ctx: Context, loaded: LoadedProgramme) -> list[list[Standing]]:
    return [[entry.standing for entry in line.entries] for line in register.look(ctx, loaded).lines]


def beside(ctx: Context, loaded: LoadedProgramme) -> list[str | None]:
    """The states of the points beside each thing of the first unit."""
    entries = register.look(ctx, loaded).lines[0].entries
    return [None if one.adjustment is None else one.adjustment.state for one in entries]


def refused(code: str, work: object, *given: object) -> None:
    with pytest.raises(CatiError) as refusal:
        work(*given)  # type: ignore[operator]
    assert refusal.value.code == code


def test_nobody_waits_for_a_unit_to_hand_in_those_who_gave_opinions_last_year(
    furnished: Furnished, clock: VirtualClock
) -> None:
    ctx, loaded = furnished(followed_up)
    assert standings(ctx, loaded) == [[Standing.IN_TIME]]
    # Taken over from last year they have no day, which says nothing of what the unit handed in.
    add_list(ctx, loaded, ("u1", "managed"), numbers(9, 3))
    assert standings(ctx, loaded) == [[Standing.IN_TIME]]


def test_from_the_day_by_which_to_points_confirmed_or_waived(
    furnished: Furnished, clock: VirtualClock
) -> None:
    ctx, loaded = furnished(handing_in)
    late, undated, asked, awaited = Standing.LATE, Standing.UNDATED, Standing.NOT_ASKED, Standing.AWAITED
    assert standings(ctx, loaded) == [[late, awaited, asked], [undated, awaited, awaited]]
    refused("item_not_overdue", register.hinder, ctx, loaded, "u1", "papers", "x")
    clock.move_to(datetime(2024, 2, 25, 16, 0, tzinfo=UTC))
    missing = Standing.MISSING
    assert standings(ctx, loaded) == [[late, missing, asked], [undated, missing, missing]]

    refused("item_by_itself", register.enter, ctx, loaded, "u1", "lists", DUE)
    refused("received_later", register.enter, ctx, loaded, "u1", "papers", date(2024, 2, 27))
    refused("item_not_asked", register.enter, ctx, loaded, "u1", "rosters", DUE)
    refused("item_unknown", register.enter, ctx, loaded, "u1", "report", DUE)
    assert (
        register.enter(ctx, loaded, "区总工会", "总结材料", DUE, "工会〔2024〕3号").standing
        == Standing.IN_TIME
    )
    assert register.enter(ctx, loaded, "u1", "papers", date(2024, 2, 26)).standing is late

    # Late alone proposes nothing here; what hindered the work does, once for both things.
    assert adjustments.listing(ctx, loaded) == ()
    refused("adjustment_unknown", register.confirm, ctx, loaded, "u1", "papers", "x")
    register.hinder(ctx, loaded, "u1", "lists", "抽样推迟一天")
    register.hinder(ctx, loaded, "u1", "papers", "代表无材料可阅")
    [proposed] = adjustments.listing(ctx, loaded)
    assert (proposed.code, proposed.points, proposed.state) == ("late", "-5", "proposed")
    assert proposed.reason == "总结材料：代表无材料可阅"

    # The overview tells what is missing, with its day; lists have a stage of their own.
    there = overview.look(ctx, loaded)
    assert there.facts.hand_ins == (Overdue("区总工会 rosters", DUE),)
    matter = next(one for one in there.open_matters if one.code == "overdue_hand_ins")
    assert (matter.names, matter.on) == (("区总工会 rosters 2024-02-25",), DUE)

    # One of two waived: the other still calls for the points.
    refused("document_missing", register.waive, ctx, loaded, "u1", "papers", " ", "x")
    entry = register.waive(ctx, loaded, "u1", "papers", "区考评〔2024〕9号", "机构改革")
    assert (entry.standing, entry.receipt.received_on) == (Standing.WAIVED, date(2024, 2, 26))
    assert adjustments.listing(ctx, loaded)[0].state == "proposed"
    # They stand beside the lists alone, not beside what was waived.
    assert entry.adjustment is None
    assert beside(ctx, loaded) == ["proposed", None, None]
    register.confirm(ctx, loaded, "u1", "lists", "抽样记录")
    refused("adjustment_confirmed", register.hinder, ctx, loaded, "u1", "lists", "x")
    refused("adjustment_confirmed", register.confirm, ctx, loaded, "u1", "lists", "x")
    register.waive(ctx, loaded, "u1", "lists", "区考评〔2024〕10号", "同上")
    [waived] = adjustments.listing(ctx, loaded)
    assert (waived.state, waived.document) == ("waived", "区考评〔2024〕10号")
    assert beside(ctx, loaded) == ["waived", None, None]
    assert adjustments.propose_late(ctx, loaded) == ()
    refused("item_without_points", register.confirm, ctx, loaded, "u2", "rosters", "x")

    told = [e.detail for e in audit.newest(ctx) if e.action == "enter_hand_in"]
    assert told[0]["waiver"] == "区考评〔2024〕10号"
    assert len(told) == 6
    watcher = replace(ctx, actor=replace(ctx.actor, roles=frozenset({Role.SUPERVISOR})))
    assert [line.unit.code for line in register.look(watcher, loaded).lines] == ["u1", "u2"]
    assert beside(watcher, loaded) == [None, None, None]
    refused("not_allowed", register.enter, watcher, loaded, "u1", "papers", DUE)


def test_what_was_written_wrongly_is_taken_back_and_its_points_fall(
    furnished: Furnished, clock: VirtualClock
) -> None:
    ctx, loaded = furnished(handing_in)
    clock.move_to(datetime(2024, 2, 26, 2, 0, tzinfo=UTC))

    def states(unit: str) -> list[str]:
        return [one.state for one in adjustments.listing(ctx, loaded) if one.unit == unit]

    refused("item_not_entered", register.take_back, ctx, loaded, "u2", "papers", "x")
    register.enter(ctx, loaded, "u2", "papers", date(2024, 2, 26))
    register.hinder(ctx, loaded, "u2", "papers", "代表无材料可阅")
    assert states("u2") == ["proposed"]
    # The day was read wrongly: it was not late at all.
    assert register.enter(ctx, loaded, "u2", "papers", DUE).standing is Standing.IN_TIME
    assert states("u2") == []
    # The wrong unit: nothing is known of it any more.
    entry = register.take_back(ctx, loaded, "u2", "papers", "录错单位")
    assert (entry.standing, entry.receipt.received_on) == (Standing.MISSING, None)
    told = next(e.detail for e in audit.newest(ctx) if e.action == "enter_hand_in")
    assert (told["before"], told["day"], told["reason"]) == ("2024-02-25", "", "录错单位")

    # A waiver taken back lets the points be decided on anew; those that count are first to be waived.
    register.hinder(ctx, loaded, "u2", "papers", "代表无材料可阅")
    register.waive(ctx, loaded, "u2", "papers", "9号", "机构改革")
    register.take_back(ctx, loaded, "u2", "papers", "文件已废止")
    assert states("u2") == []
    register.hinder(ctx, loaded, "u2", "papers", "代表无材料可阅")
    register.confirm(ctx, loaded, "u2", "papers", "记录")
    refused("adjustment_confirmed", register.take_back, ctx, loaded, "u2", "papers", "x")
    refused("adjustment_confirmed", register.enter, ctx, loaded, "u2", "papers", DUE)
    # Points for lists that came late stand for themselves.
    register.hinder(ctx, loaded, "u1", "papers", "代表无材料可阅")
    register.take_back(ctx, loaded, "u1", "papers", "录错单位")
    left = {one.unit: (one.state, one.reason) for one in adjustments.listing(ctx, loaded)}
    assert left == {
        "u1": ("proposed", "list 管理对象: handed in 2024-02-26; due by 2024-02-25."),
        "u2": ("confirmed", "总结材料：代表无材料可阅; 记录"),
    }


def test_problems_on_one_ground_stand_beside_each_other_and_one_problem_counts_once(
    furnished: Furnished,
) -> None:
    ctx, loaded = furnished(handing_in)
    for code, problem, points in (
        ("extra", "A1", 1),
        ("extra", "A2", 1),
        ("late", "A2", -5),
        ("extra", "", 1),
    ):
        adjustments.adjust(ctx, loaded, "u1", code, Decimal(points), "x", problem=problem)
    found = [(one.code, one.problem) for one in adjustments.listing(ctx, loaded)]
    assert found == [("extra", ""), ("extra", "A1"), ("late", "A2")]
    adjustments.settle(ctx, loaded, "u1", "late", "y", confirm=True, problem="A2")
    refused("adjustment_unknown", lambda: adjustments.settle(ctx, loaded, "u1", "late", "y", confirm=True))
    states = {one.problem: one.state for one in adjustments.listing(ctx, loaded)}
    assert states == {"": "proposed", "A1": "proposed", "A2": "confirmed"}


def test_the_command_tells_what_is_overdue_and_takes_what_came(furnished: Furnished) -> None:
    ctx, loaded = furnished(handing_in)
    session = SimpleNamespace(ctx=ctx, programme=loaded)

    def typed(*words: str) -> str:
        result = CliRunner().invoke(command, list(words), obj=session)
        assert result.exception is None, result.exception
        return result.output

    assert "区教育局\tpapers\thanded in in time\t2024-02-24\n" in typed(
        "enter", "区教育局", "papers", "--on", "2024-02-24"
    )
    listed = typed("list").splitlines()
    assert listed[0] == "lists: by 2024-02-25, that day included"
    assert "区教育局\tlists\thanded in late\t2024-02-26" in listed
    assert not [line for line in listed if "in time" in line]
    typed("hinder", "区教育局", "lists", "--how", "抽样推迟")
    assert "-5 confirmed" in typed("confirm", "区教育局", "lists", "--evidence", "记录")
    assert "waived" in typed("waive", "区教育局", "lists", "--document", "1号", "--reason", "x")
    assert '"standing": "waived"' in typed("list", "--json")
