"""The demonstration: the Yazhou programme with its dates moved to today, filled with invented people."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import chain, count
from pathlib import Path
from zoneinfo import ZoneInfo

from cati.base import paths
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.programmes import CallHours, LoadedProgramme, Programme
from cati.files.frame_writer import write_lists
from cati.files.programmes import load_workbook
from cati.services import clearances, draws, frames, programmes, quotas
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


def definition() -> Programme:
    """The programme of the demonstration as its workbook has it."""
    return load_workbook(paths.resources() / "programmes" / WORKBOOK)


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
    """Load, invent, import and draw, so that whoever makes it can call at once.

    Args:
        ctx: of a bureau user; the programme's keys are made for it.
        progress: gets steps done and steps in all.

    Raises:
        CatiError: as loading does, when the programme is there already.
    """
    programme = definition()
    today = ctx.clock.now().astimezone(ZoneInfo(programme.settings.timezone)).date()
    loaded = programmes.store_programme(ctx, moved_to(programme, today))
    with ctx.database.write() as connection:
        clearances.clear_for_invented(ctx, connection, loaded.id, ctx.actor.user_id)
    fill(ctx, loaded, LIST_SIZES, POOL_SIZE, progress)
    return Demonstration(loaded.programme.code, ctx.actor.login, _count(ctx, loaded))


def fill(
    ctx: Context,
    loaded: LoadedProgramme,
    sizes: Mapping[str, int],
    pool_size: int,
    progress: Progress = lambda done, total: None,
) -> None:
    """Hand in lists of invented people for every unit of a programme, and hold the draw.

    Args:
        ctx: of a bureau user.
        loaded: not drawn yet.
        sizes: rows of a list by group code; 60 where the group is not named.
        pool_size: people of the public pool; 0 for no pool.
        progress: gets steps done and steps in all.
    """
    today = ctx.clock.now().astimezone(ZoneInfo(loaded.programme.settings.timezone)).date()
    total = len(loaded.programme.units) + 2
    with tempfile.TemporaryDirectory(prefix="cati-demo-") as folder:
        for done, unit in enumerate(loaded.programme.units):
            file = Path(folder) / f"{unit.code}.xlsx"
            lists = {
                group.label: people(f"{unit.code}/{group.code}", sizes.get(group.code, 60))
                for group in loaded.programme.groups
                if group.is_of(unit)
            }
            write_lists(file, unit.name, today - timedelta(days=8), lists)
            frames.import_frame(ctx, loaded, file)
            progress(done + 1, total)
        if pool_size:
            pool = Path(folder) / "pool.xlsx"
            write_lists(pool, "", None, {"社会公众": people("pool", pool_size)})
            frames.import_pool(ctx, loaded, pool)
        progress(total - 1, total)
        draws.draw(ctx, loaded, parties=PARTIES, public=PUBLIC_VALUE, out=Path(folder) / "draw")
    progress(total, total)


def put_aside(data_folder: Path, file: Path) -> Path:
    """Move the demonstration out of the way of real data; where it lies then, as a data folder of its own.

    Args:
        data_folder: of the station.
        file: its database, which nobody has open.

    Raises:
        CatiError: ``demo_not_moved``.
    """
    numbers = (f"demonstration-{nth}" for nth in count(2))
    target = next(f for f in map(data_folder.joinpath, chain(["demonstration"], numbers)) if not f.exists())
    try:
        target.mkdir(mode=0o700)
        # The database last: what was cut off before it is done again.
        logs = (file.with_name(f"{file.name}-{end}") for end in ("wal", "shm"))
        for part in (data_folder / "recordings", data_folder / "backups", *logs, file):
            if part.exists():
                part.rename(target / part.name)
    except OSError as refused:
        raise CatiError(
            "demo_not_moved",
            N_(
                "The demonstration in {folder} could not be moved aside. It was left as it is. Close what "
                "else uses it, or choose another folder."
            ),
            folder=str(data_folder),
        ) from refused
    return target


def _count(ctx: Context, programme: LoadedProgramme) -> int:
    return sum(cell.left for cell in quotas.cells(ctx, programme))
