"""Cells: how far they are, one explained, and pausing it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.programmes import LoadedProgramme
from cati.domain.queue import CaseState
from cati.domain.users import Role
from cati.services import audit, draws, queue, quotas, supplements
from cati.services.context import Context
from cati.services.quotas import CellProgress
from cati.store import tables
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.services.cleared import cleared
from tests.services.fieldwork import all_lists, cases_of, interviewed, with_cells


@pytest.fixture
def season(furnished: Furnished) -> tuple[Context, LoadedProgramme]:
    return furnished(drawn)


def drawn(database: Database, clock: VirtualClock, folder: Path) -> tuple[Context, LoadedProgramme]:
    ctx, loaded = with_cells(database, clock)
    all_lists(ctx, loaded)
    draws.draw(ctx, loaded, parties={"甲": "1", "乙": "2"}, public="3", out=folder)
    return ctx, loaded


def cell_of(ctx: Context, loaded: LoadedProgramme, unit: str = "u1", group: str = "managed") -> CellProgress:
    return next(c for c in quotas.cells(ctx, loaded) if (c.unit, c.group) == (unit, group))


def close_case(ctx: Context, case: object, disposition: str) -> None:
    with ctx.database.write() as connection:
        connection.execute(
            update(tables.cases)
            .where(tables.cases.c.id == case)
            .values(state=int(CaseState.CLOSED), disposition=disposition)
        )


def test_a_cell_is_explained_by_its_list_its_people_and_what_is_left(
    season: tuple[Context, LoadedProgramme],
) -> None:
    ctx, loaded = season
    cell = cell_of(ctx, loaded)
    first, second, third, *_rest = cases_of(ctx, cell.cell_id)
    interviewed(ctx, first, {"item1": "1"})
    close_case(ctx, second["id"], "refusal_final")
    close_case(ctx, third["id"], "not_in_service")
    found = quotas.detail(ctx, loaded, cell_of(ctx, loaded))
    assert (found.usable, found.short) == (6, False)
    assert found.ended == {"R": 1, "NE": 1}
    assert (found.states[CaseState.COMPLETE], found.states[CaseState.CLOSED]) == (1, 2)
    assert found.progress.left == sum(
        found.states.get(state, 0)
        for state in CaseState
        if state not in (CaseState.COMPLETE, CaseState.CLOSED)
    )
    assert found.outlook is not None
    assert found.outlook.low == 1
    assert found.outlook.high == 2


def test_nobody_is_called_in_a_paused_cell_until_it_goes_on(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    cleared(ctx)
    for cell in quotas.cells(ctx, loaded):
        assert quotas.pause(ctx, loaded, cell, True, "名单有误，核实中")
    assert all(cell.paused for cell in quotas.cells(ctx, loaded))
    assert queue.claim_next(ctx, loaded) is None
    rests = cell_of(ctx, loaded)
    assert quotas.pause(ctx, loaded, rests, False, "核实完毕")
    case = queue.claim_next(ctx, loaded)
    assert case is not None
    with ctx.database.read() as connection:
        cell_id = connection.scalar(select(tables.cases.c.cell_id).where(tables.cases.c.id == case.case_id))
    assert cell_id == rests.cell_id


def test_pausing_twice_changes_nothing_and_needs_a_reason(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    cell = cell_of(ctx, loaded)
    with pytest.raises(CatiError) as refused:
        quotas.pause(ctx, loaded, cell, True, " ")
    assert refused.value.code == "reason_missing"
    assert quotas.pause(ctx, loaded, cell, True, "核实")
    assert not quotas.pause(ctx, loaded, cell, True, "核实")
    assert [entry.action for entry in audit.newest(ctx)].count("pause_cell") == 1


def test_supervisors_pause_and_observers_only_look(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    supervisor = replace(ctx, actor=replace(ctx.actor, roles=frozenset({Role.SUPERVISOR})))
    assert quotas.pause(supervisor, loaded, cell_of(supervisor, loaded), True, "核实")
    observer = replace(ctx, actor=replace(ctx.actor, roles=frozenset({Role.OBSERVER})))
    cell = cell_of(observer, loaded)
    assert quotas.detail(observer, loaded, cell).outlook is None
    with pytest.raises(CatiError) as refused:
        quotas.pause(observer, loaded, cell, False, "核实")
    assert refused.value.code == "not_allowed"


def test_what_was_decided_last_about_a_cell_is_told_with_its_reason(
    season: tuple[Context, LoadedProgramme],
) -> None:
    ctx, loaded = season
    assert quotas.detail(ctx, loaded, cell_of(ctx, loaded)).step is None
    quotas.pause(ctx, loaded, cell_of(ctx, loaded), True, "名单核实")
    ctx.clock.advance(60)  # type: ignore[attr-defined] # virtual in tests
    count = supplements.release_replicate(ctx, loaded, "u1", "managed", "首批进度慢")
    step = quotas.detail(ctx, loaded, cell_of(ctx, loaded)).step
    assert step is not None
    assert (step.kind, step.cases, step.reason, step.name) == ("release", count, "首批进度慢", ctx.actor.name)
    assert quotas.detail(ctx, loaded, cell_of(ctx, loaded, "u2")).step is None
    with pytest.raises(CatiError) as refused:
        supplements.release_replicate(ctx, loaded, "u1", "managed", " ")
    assert refused.value.code == "reason_missing"
    subjects = {entry.action: entry.subject for entry in audit.newest(ctx)}
    assert subjects["pause_cell"] == subjects["release_replicate"] == "cell:yazhou-2023/u1/managed"
