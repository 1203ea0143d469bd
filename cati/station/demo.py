"""The demonstration: the Yazhou programme with its dates moved to today, filled with invented people."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from cati.base import paths
from cati.domain.programmes import CallHours, LoadedProgramme, Programme
from cati.files.frame_writer import write_lists
from cati.files.programmes import load_workbook
from cati.services import draws, frames, programmes, quotas
from cati.services.context import Context
from cati.station.invented import people

LOGIN = "demo"
PASSWORD = "demo-practice"
"""Guards invented people only; the sign-in screen prints it."""

WORKBOOK = "yazhou-2023.xlsx"
LIST_SIZES = {"managed": 40, "service": 90}
"""Rows of an invented list by group code."""

POOL_SIZE = 600
PARTIES = {"区统计局": "928471305662", "区委组织部": "116354265413"}
PUBLIC_VALUE = "2830.53"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What was made: programme code, who may sign in, people to call."""

    programme: str
    login: str
    cases: int


def moved_to(programme: Programme, today: date) -> Programme:
    """The programme as if fieldwork began today and calls were allowed at any hour."""
    settings = dataclasses.replace(
        programme.settings,
        fieldwork_start=today,
        fieldwork_end=today + timedelta(days=34),
        expires=today + timedelta(days=60),
        deadlines={name: today - timedelta(days=6) for name in programme.settings.deadlines},
        closed_days=(),
        call_hours=(CallHours((), tuple(range(7)), time(0), time.max),),
    )
    return dataclasses.replace(programme, settings=settings)


def make(ctx: Context, progress: Progress = lambda done, total: None) -> Demonstration:
    """Load, invent, import and draw, so that calls can begin.

    Args:
        ctx: of a bureau user; the programme's keys are made for it.
        progress: gets steps done and steps in all.

    Raises:
        CatiError: as loading does, when the programme is there already.
    """
    programme = load_workbook(paths.resources() / "programmes" / WORKBOOK)
    today = ctx.clock.now().astimezone(ZoneInfo(programme.settings.timezone)).date()
    loaded = programmes.store_programme(ctx, moved_to(programme, today))
    total = len(loaded.programme.units) + 2
    with tempfile.TemporaryDirectory(prefix="cati-demo-") as folder:
        for done, unit in enumerate(loaded.programme.units):
            file = Path(folder) / f"{unit.code}.xlsx"
            lists = {
                group.label: people(f"{unit.code}/{group.code}", LIST_SIZES.get(group.code, 60))
                for group in loaded.programme.groups
            }
            write_lists(file, unit.name, today - timedelta(days=8), lists)
            frames.import_frame(ctx, loaded, file)
            progress(done + 1, total)
        pool = Path(folder) / "pool.xlsx"
        write_lists(pool, "", None, {"社会公众": people("pool", POOL_SIZE)})
        frames.import_pool(ctx, loaded, pool)
        progress(total - 1, total)
        draws.draw(ctx, loaded, parties=PARTIES, public=PUBLIC_VALUE, out=Path(folder) / "draw")
    progress(total, total)
    return Demonstration(loaded.programme.code, ctx.actor.login, _count(ctx, loaded))


def _count(ctx: Context, programme: LoadedProgramme) -> int:
    return sum(cell.left for cell in quotas.cells(ctx, programme))
