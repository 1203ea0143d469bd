"""Complaints, verified or not; problems, points and reports of indicators: kept alike on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.cli.register import complaint as command
from cati.domain.programmes import LoadedProgramme
from cati.services import adjustments, audit, complaints, indicators, problems, programmes
from cati.services.context import Context
from cati.store import tables
from cati.store.engine import Database
from tests.flow.test_xiangan import WORKBOOK, fill_in
from tests.rig.furnished import Furnished
from tests.services.bureau import bureau_of, programme_of

UNIT = "区统计局"


def opened(database: Database, clock: VirtualClock, folder: Path) -> tuple[Context, LoadedProgramme]:
    ctx, _other = bureau_of(database, clock, programme_of([("区教育局", "部门")]))
    return ctx, programmes.load_programme(ctx, WORKBOOK)


def refused(code: str, work: object, *given: object, **named: object) -> None:
    with pytest.raises(CatiError) as refusal:
        work(*given, **named)  # type: ignore[operator]
    assert refusal.value.code == code


def test_a_verified_complaint_proposes_points_and_who_called_stays_sealed(
    furnished: Furnished, tmp_path: Path
) -> None:
    ctx, loaded = furnished(opened)
    session = SimpleNamespace(ctx=ctx, programme=loaded)

    def typed(*words: str) -> str:
        result = CliRunner().invoke(command, list(words), obj=session)
        assert result.exception is None, result.exception
        return result.output

    typed("take", UNIT, "--said", "服务热线无人接听", "--on", "2024-02-20", "--caller", "来电人甲")
    second = complaints.take(ctx, loaded, UNIT, "办事推诿")
    first = complaints.listing(ctx, loaded)[0]
    assert (first.heard_on, first.taken_by, first.named, second.named) == (
        date(2024, 2, 20),
        "局",
        True,
        False,
    )
    refused("received_later", complaints.take, ctx, loaded, UNIT, "x", date(2024, 2, 22))
    with ctx.database.read() as connection:
        sealed = connection.scalar(select(tables.complaints.c.caller).order_by(tables.complaints.c.id))
    assert sealed is not None
    assert "来电人".encode() not in sealed
    assert typed("caller", str(first.id)) == "来电人甲\n"
    assert complaints.caller(ctx, loaded, second.id) == ""

    refused("ground_unknown", complaints.settle, ctx, loaded, first.id, "x", verified=True, ground="late")
    refused("ground_of_persons", complaints.settle, ctx, loaded, 1, "x", verified=True, ground="own_checks")
    typed("settle", str(first.id), "--evidence", "回拨核实", "--ground", "service")
    refused("complaint_settled", complaints.settle, ctx, loaded, first.id, "x", verified=False)
    refused("complaint_unknown", complaints.settle, ctx, loaded, 99, "x", verified=False)
    assert complaints.settle(ctx, loaded, second.id, "查无此事", verified=False).state == "unfounded"
    [points] = adjustments.listing(ctx, loaded)
    assert (points.code, points.points, points.problem) == ("service", "-5", f"T{first.id}")
    # It was another unit's: taken up again, its problem and points are gone until they count.
    assert typed("reopen", str(first.id), "--reason", "核错单位") == "to be verified\n"
    assert (adjustments.listing(ctx, loaded), problems.listing(ctx, loaded)) == ((), ())
    refused("complaint_open", complaints.reopen, ctx, loaded, first.id, "x")
    typed("settle", str(first.id), "--evidence", "回拨核实", "--ground", "service")
    adjustments.settle(ctx, loaded, UNIT, "service", "记录", confirm=True, problem=f"T{first.id}")
    refused("adjustment_confirmed", complaints.reopen, ctx, loaded, first.id, "x")
    complaints.reopen(ctx, loaded, second.id, "新证据")
    assert complaints.settle(ctx, loaded, second.id, "查无此事", verified=False).state == "unfounded"
    assert "not verified" in typed("list")
    told = {entry.action for entry in audit.newest(ctx)}
    assert {"take_complaint", "see_complainant", "settle_complaint"} <= told

    # The same matter found by an inspection is the same problem under the same number.
    refused("found_later", problems.report, ctx, loaded, UNIT, "P8", ["work"], "x", date(2024, 2, 22))
    again = problems.report(
        ctx, loaded, UNIT, f"T{first.id}", ["media"], "媒体曝光", date(2024, 2, 21), ["not_mended"]
    )
    assert again.points is not None
    assert (again.points.ground, again.points.basis.lower) == ("media", ("service",))
    [points] = adjustments.listing(ctx, loaded)
    assert (points.code, points.points, points.state) == ("media", "-20", "proposed")
    # What is found again changes nothing that was confirmed; a circumstance that weighs asks for it anew.
    adjustments.settle(ctx, loaded, UNIT, "media", "通报", confirm=True, problem=points.problem)
    problems.report(ctx, loaded, UNIT, points.problem, ["service"], "又一次", date(2024, 2, 21))
    assert [one.state for one in adjustments.listing(ctx, loaded)] == ["confirmed"]
    problems.report(ctx, loaded, UNIT, "P9", ["person_district"], "x", date(2024, 2, 21))
    adjustments.settle(ctx, loaded, UNIT, "person_district", "y", confirm=True, problem="P9")
    eased = problems.report(
        ctx, loaded, UNIT, "P9", ["person_district"], "已问责", date(2024, 2, 21), ["accountable"]
    )
    assert eased.adjustment is not None
    assert (eased.adjustment.points, eased.adjustment.state) == ("-2.5", "proposed")
    refused("ground_of_problems", adjustments.adjust, ctx, loaded, UNIT, "work", Decimal(-5), "x")
    only_noted = replace(loaded.programme.settings, problems_in_total=False)
    noting = replace(loaded, programme=replace(loaded.programme, settings=only_noted))
    assert problems.report(ctx, noting, UNIT, "P10", ["work"], "x", date(2024, 2, 21)).adjustment is None
    refused("grounds_mixed", problems.report, ctx, loaded, UNIT, "T1", ["own_checks", "media"], "x",
            date(2024, 2, 21), (), 1)  # fmt: skip
    refused("persons_wrong", problems.report, ctx, loaded, UNIT, "Z", ["own_checks"], "x", date(2024, 2, 21))

    table, form = tmp_path / "points.csv", tmp_path / "form.xlsx"
    table.write_text("指标名称,得分\n禁毒工作,15.5\n招商引资工作,20\n没有的指标,1\n", "utf-8")
    with pytest.raises(CatiError, match=r"row 2: “15\.5” is no number from 0 to 15"):
        indicators.take_points(ctx, loaded, table)
    table.write_text("指标名称,得分\n禁毒工作,14.5\n", "utf-8")
    indicators.write_form(ctx, loaded, "progress_year", "党支部", form)
    fill_in(form, "2023-12-31")
    for _twice in range(2):
        assert indicators.take_points(ctx, loaded, table) == 1
        assert indicators.take_progress(ctx, loaded, "progress_year", form).standing == "in_time"
    found = indicators.board(ctx, loaded)
    assert found.points == {"statistics": {"a16": Decimal("14.5")}}
    assert len(indicators.missing(found, loaded.programme.units[0])) == 50
    with ctx.database.read() as connection:
        assert indicators.scores(connection, loaded) == {}
