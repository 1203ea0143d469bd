"""The whole evaluation of Yazhou 2023: from 34 units' phone lists to 1,700 interviews and their scores."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from cati.base import paths
from cati.base.clock import VirtualClock
from cati.domain.programmes import LoadedProgramme
from cati.services import adjustments, audit, draws, exports, frames, programmes, quotas, scoring, users
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

LISTS = Path(__file__).parents[1] / "data" / "yazhou-2023"
PARTIES = {"区统计局": "928471305662", "区委组织部": "116354265413"}
PUBLIC = "2830.53"
SEED = 7
BEFORE = datetime(2024, 1, 26, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@dataclass
class Evaluation:
    """A finished evaluation."""

    ctx: Context
    programme: LoadedProgramme
    result: Simulated
    folder: Path

    def scores(self) -> str:
        return json.dumps(scoring.as_json(scoring.score(self.ctx, self.programme)), ensure_ascii=False)


def evaluated(database: Database, folder: Path) -> Evaluation:
    """Lists, draw and fieldwork, as the bureau does it."""
    folder.mkdir()
    ctx, _recovery = users.init(
        database, VirtualClock(BEFORE), login="bureau", name="局", password="long enough 1", station="pc-1"
    )
    loaded = programmes.load_programme(ctx, paths.resources() / "programmes" / "yazhou-2023.xlsx")
    for file in sorted((LISTS / "frames").iterdir()):
        frames.import_frame(ctx, loaded, file)
    frames.import_pool(ctx, loaded, LISTS / "public-pool.xlsx")
    draws.draw(ctx, loaded, parties=PARTIES, public=PUBLIC, out=folder / "draw")
    result = simulate(ctx, programmes.get(ctx), stations=4, seed=SEED)
    return Evaluation(ctx, programmes.get(ctx), result, folder)


@pytest.mark.long
def test_both_engines_give_the_same_evaluation_for_the_same_seed(
    sqlite_url: str, postgres_url: str, tmp_path: Path
) -> None:
    with closing(Database(sqlite_url)) as database:
        one = evaluated(database, tmp_path / "one")
        check(one)
        scores = one.scores()
    with closing(Database(postgres_url)) as database:
        other = evaluated(database, tmp_path / "other")
        check(other)
        assert other.scores() == scores
    assert one.result == other.result


def check(done: Evaluation) -> None:
    """Everything that must hold of a finished evaluation."""
    check_counts(done)
    check_database(done)
    check_files(done)
    assert audit.verify(done.ctx) is None


def check_counts(done: Evaluation) -> None:
    result = done.result
    assert (result.interviews, result.cells, result.overshoot) == (1700, 68, 0)
    assert len(result.supplemented) >= 5
    cells = quotas.cells(done.ctx, done.programme)
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

        assert count(t.interviews.c.state == "complete") == 1700
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
    assert len(set(persons)) == 1700


def check_files(done: Evaluation) -> None:
    verify = [sys.executable, str(paths.resources() / "verify_draw.py"), str(done.folder / "draw")]
    said = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (0, "OK\n"), said.stderr
    assert exports.export_interviews(done.ctx, done.programme, done.folder / "interviews.xlsx") == 1700
    rows = CalamineWorkbook.from_path(done.folder / "interviews.xlsx").get_sheet_by_index(0).to_python()
    assert len(rows) == 1701
    assert {row[2] for row in rows[1:]} == {"complete"}
    lines = scoring.score(done.ctx, done.programme)
    assert len(lines) == 34
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
    adjustments.adjust(ctx, programme, "u07", "late", Decimal(-5), "总结材料迟报，影响集中测评", confirm=True)
    phone = phone_scores(programme, rows)
    for line in scoring.score(ctx, programme):
        code = line.unit.code
        expected = (phone[code] + public_score(ballots, code)) / 2
        assert line.channels["phone"].score == phone[code]
        assert line.composite == expected
        assert line.final == expected - (5 if code == "u07" else 0)
