"""The evaluation of Yazhou 2023: from units' phone lists to their scores, and all that must hold of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from cati.base import paths
from cati.base.clock import VirtualClock
from cati.domain.exports import What
from cati.domain.programmes import LoadedProgramme
from cati.domain.ranking import shown
from cati.services import (
    adjustments,
    audit,
    draws,
    exports,
    frames,
    programmes,
    quotas,
    reports,
    scoring,
    users,
)
from cati.services.context import Context
from cati.station.simulate import Simulated, simulate
from cati.store import tables as t
from cati.store.engine import Database
from tests.flow.open_evaluation import (
    draw_representatives,
    key_twice,
    papers,
    phone_scores,
    public_score,
)
from tests.flow.papers import finals

LISTS = Path(__file__).parents[1] / "data" / "yazhou-2023"
PARTIES = {"区统计局": "928471305662", "区委组织部": "116354265413"}
PUBLIC = "2830.53"
SEED = 7
SHORT = {("u11", "managed"), ("u13", "service"), ("u22", "managed"), ("u26", "service"), ("u33", "managed")}
"""Cells, by unit and group, whose lists are shorter than their quotas."""
LATE = "u13"
"""Whose papers were late."""
BEFORE = datetime(2024, 1, 26, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@dataclass
class Evaluation:
    """A finished evaluation."""

    ctx: Context
    programme: LoadedProgramme
    result: Simulated
    folder: Path

    @property
    def interviews(self) -> int:
        """How many the quotas want."""
        return 50 * len(self.programme.programme.units)

    def scores(self) -> str:
        return json.dumps(scoring.as_json(scoring.score(self.ctx, self.programme)), ensure_ascii=False)


def evaluated(database: Database, folder: Path, *, units: Collection[str] = ()) -> Evaluation:
    """Lists, draw and fieldwork, as the bureau does it.

    Args:
        database: empty.
        folder: made for the files.
        units: codes of those evaluated; all if there are none.
    """
    folder.mkdir()
    ctx, _recovery = users.init(
        database, VirtualClock(BEFORE), login="bureau", name="局", password="long enough 1", station="pc-1"
    )
    loaded = programmes.load_programme(ctx, paths.resources() / "programmes" / "yazhou-2023.xlsx")
    if units:
        few = tuple(unit for unit in loaded.programme.units if unit.code in units)
        loaded = programmes.store_programme(ctx, replace(loaded.programme, units=few))
    for unit in loaded.programme.units:
        (file,) = (LISTS / "frames").glob(f"{unit.code[1:]}-*.xlsx")
        frames.import_frame(ctx, loaded, file)
    frames.import_pool(ctx, loaded, LISTS / "public-pool.xlsx")
    draws.draw(ctx, loaded, parties=PARTIES, public=PUBLIC, out=folder / "draw")
    result = simulate(ctx, programmes.get(ctx), stations=4, seed=SEED)
    return Evaluation(ctx, programmes.get(ctx), result, folder)


def check(done: Evaluation) -> None:
    """Everything that must hold of a finished evaluation."""
    check_counts(done)
    check_database(done)
    check_files(done)
    assert audit.verify(done.ctx) is None


def check_counts(done: Evaluation) -> None:
    result, cells = done.result, quotas.cells(done.ctx, done.programme)
    assert (result.interviews, result.cells, result.overshoot) == (done.interviews, len(cells), 0)
    from_pool = {(cell.unit, cell.group) for cell in cells if cell.from_pool}
    assert from_pool >= {cell for cell in SHORT if cell[0] in {cell.unit for cell in cells}}
    assert len(from_pool) == len(result.supplemented)
    assert [cell.completed for cell in cells] == [cell.quota for cell in cells]
    assert {cell.quota for cell in cells} == {15, 35}
    assert sum(cell.reserved for cell in cells) == 0
    supplemented = {f"{cell.unit_name}/{cell.group_label}" for cell in cells if cell.supplement_open}
    assert set(result.supplemented) <= supplemented
    assert done.programme.state == "closed"


def check_database(done: Evaluation) -> None:
    with done.ctx.database.read() as connection:

        def count(*where: Any) -> int:
            return connection.scalar(select(func.count()).select_from(t.interviews).where(*where)) or 0

        assert count(t.interviews.c.state == "complete") == done.interviews
        assert count(t.interviews.c.state == "open") == 0
        reasons = connection.scalars(select(t.supplements.c.reason)).all()
        attempts = connection.execute(select(func.count(), func.count(t.attempts.c.disposition))).one()
        twice = connection.execute(
            select(t.interviews.c.case_id)
            .where(t.interviews.c.state == "complete")
            .group_by(t.interviews.c.case_id)
            .having(func.count() > 1)
        ).all()
        persons = connection.scalars(
            select(t.cases.c.person_id)
            .join(t.interviews, t.interviews.c.case_id == t.cases.c.id)
            .where(t.interviews.c.state == "complete")
        ).all()
    assert all(reason.strip() for reason in reasons)
    assert attempts[0] == attempts[1] == done.result.attempts
    assert twice == []
    assert len(set(persons)) == done.interviews


def check_files(done: Evaluation) -> None:
    verify = [sys.executable, str(paths.resources() / "verify_draw.py"), str(done.folder / "draw")]
    said = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (0, "OK\n"), said.stderr
    file = done.folder / "interviews.xlsx"
    assert exports.export_interviews(done.ctx, done.programme, file) == done.interviews
    rows = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    assert len(rows) == 1 + done.interviews
    assert {row[2] for row in rows[1:]} == {"complete"}
    lines = scoring.score(done.ctx, done.programme)
    assert len(lines) == len(done.programme.programme.units)
    # The public channel is still to come, so there are no composites yet.
    assert {line.composite for line in lines} == {None}
    assert all(line.channels["phone"].rank is not None for line in lines)
    check_composites(done, rows)


def check_composites(done: Evaluation, rows: list[list[Any]]) -> None:
    """Half of each channel, five points less for who was late and hindered the work."""
    ctx, programme = done.ctx, done.programme
    draw_representatives(ctx, programme, done.folder)
    ballots = papers(programme)
    key_twice(ctx, programme, ballots)
    adjustments.adjust(ctx, programme, LATE, "late", Decimal(-5), "总结材料迟报，影响集中测评", confirm=True)
    phone = phone_scores(programme, rows)
    told = {}
    for line in scoring.score(ctx, programme):
        code = line.unit.code
        expected = (phone[code] + public_score(ballots, code)) / 2
        assert line.channels["phone"].score == phone[code]
        assert line.composite == expected
        final = expected - (5 if code == LATE else 0)
        assert line.final == final
        named = programme.programme.unit(code).labels.get("en", line.unit.name)
        told[named] = shown(final), shown(expected)
    # The report says the same of every unit.
    scoring.sign_off(ctx, programme, "区委组织部", "王干部", without_undecided=True)
    exports.export(ctx, programme, What.REPORT, done.folder / "report.docx")
    assert finals(done.folder / "report.docx") == told
    [party, *others] = reports.facts(ctx, programme).rosters
    assert (party.people, party.drawn, party.absent, party.instead) == (30, 10, (4,), (11,))
    assert [(one.people, one.drawn, one.absent) for one in others] == [(30, 10, ())] * 2
