"""A season whose fieldwork is closed: five units, interviews answered by a rule, and finished scores."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from cati.base.clock import VirtualClock
from cati.domain.programmes import LoadedProgramme
from cati.services import adjustments, channels, draws
from cati.services.context import Context
from cati.store.engine import Database
from tests.services.fieldwork import (
    WEIGHTS,
    all_lists,
    cases_of,
    cell_id,
    close_fieldwork,
    evaluation,
    interviewed,
    with_cells,
)

Season = tuple[Context, LoadedProgramme]
GOVERNMENT, PARTY = "政府工作部门", "党群部门"
UNITS = (
    ("区教育局", GOVERNMENT),
    ("区民政局", GOVERNMENT),
    ("区司法局", GOVERNMENT),
    ("区总工会", PARTY),
    ("区妇联", PARTY),
)
ITEMS = [f"item{n}" for n in range(1, len(WEIGHTS) + 1)]


def closed_season(database: Database, clock: VirtualClock, folder: Path) -> Season:
    """Five units; nine people were heard about each, three of them staff."""
    ctx, loaded = with_cells(database, clock, evaluation(UNITS, quotas=(3, 6), factor=2))
    all_lists(ctx, loaded, size=14, pool=0)
    draws.draw(ctx, loaded, parties={"甲方": "1", "乙方": "2"}, public="3", out=folder / "draw")
    for at, unit in enumerate(loaded.programme.units):
        for group, answers in (("managed", "112"), ("served", "111223")):
            cases = cases_of(ctx, cell_id(ctx, loaded, unit.code, group))
            for nth, answer in enumerate(answers):
                given = dict.fromkeys(ITEMS, answer) | {"item1": "4" if nth < at else "1"}
                interviewed(ctx, cases[nth], given)
    loaded = close_fieldwork(ctx, loaded)
    scores = folder / "public.csv"
    scores.write_text("unit,score\n" + "".join(f"u{n},{80 + n}\n" for n in range(1, 6)), "utf-8")
    channels.set_channel(ctx, loaded, "public", scores)
    adjustments.adjust(ctx, loaded, "u2", "late", Decimal(-5), "名单27日才到，抽样推迟", confirm=True)
    return ctx, loaded
