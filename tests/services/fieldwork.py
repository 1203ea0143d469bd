"""A bureau whose lists are in, and interviews as calling leaves them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import insert, select, update

from cati.base.clock import Clock
from cati.domain.contacts import Contact, Phone
from cati.domain.programmes import (
    AdjustmentRule,
    Channel,
    Choice,
    Group,
    LoadedProgramme,
    Programme,
    Question,
    Settings,
    Unit,
)
from cati.domain.queue import CaseState
from cati.services.context import Context
from cati.store import frames as frame_store
from cati.store import tables
from cati.store.engine import Database
from cati.store.frames import NewFrame
from tests.services.bureau import bureau_of

LEVELS = (
    ("1", "满意", 100),
    ("2", "比较满意", 80),
    ("3", "不太满意", 60),
    ("4", "很不满意", 40),
    ("0", "不了解", None),
)
WEIGHTS = (12, 12, 12, 10, 10, 10, 10, 8, 8, 8)


def evaluation(
    units: Sequence[tuple[str, str]] = (("区教育局", "政府工作部门"), ("区总工会", "党群部门")),
    *,
    quotas: tuple[int, int] = (2, 3),
    factor: int = 2,
) -> Programme:
    """Ten items, groups of 30 and 70, phone and public channel of half each, as Yazhou 2023."""
    items = tuple(
        Question(f"item{n}", "select_one", {"zh": f"内容{n}"}, "levels", weight=Decimal(w))
        for n, w in enumerate(WEIGHTS, start=1)
    )
    return Programme(
        code="yazhou-2023",
        title="社会评价",
        version="1",
        default_language="zh",
        settings=Settings(
            local_area_code="0898",
            mobile_only=True,
            replicate_factor=factor,
            deadlines={"lists": date(2024, 1, 25)},
        ),
        units=tuple(Unit(f"u{at}", name, series) for at, (name, series) in enumerate(units, 1)),
        groups=(
            Group("managed", "管理对象", Decimal(30), quotas[0]),
            Group("served", "服务对象", Decimal(70), quotas[1]),
        ),
        questions=(
            Question("age", "integer", {"zh": "年龄"}),
            *items,
            Question("opinion", "text", {"zh": "意见"}),
            Question("closing", "note", {"zh": "再见"}),
        ),
        choices={
            "levels": tuple(
                Choice(n, {"zh": label}, None if p is None else Decimal(p)) for n, label, p in LEVELS
            )
        },
        channels=(
            Channel("phone", "电话访问", Decimal(50), "phone"),
            Channel("public", "公开评价", Decimal(50), "ballots"),
        ),
        adjustments=(
            AdjustmentRule("late", "材料迟报", Decimal(-5), "未及时提供扣5分"),
            AdjustmentRule("extra", "表彰", Decimal(1), "受表彰加分"),
        ),
    )


def with_cells(
    database: Database, clock: Clock, programme: Programme | None = None
) -> tuple[Context, LoadedProgramme]:
    """A signed-in bureau with a programme and its cells."""
    programme = programme or evaluation()
    ctx, loaded = bureau_of(database, clock, programme)
    with database.write() as connection:
        unit_ids = frame_store.unit_ids(connection, loaded.id)
        group_ids = frame_store.group_ids(connection, loaded.id)
        for unit in programme.units:
            for group in programme.groups:
                connection.execute(
                    insert(tables.cells).values(
                        programme_id=loaded.id,
                        unit_id=unit_ids[unit.code],
                        group_id=group_ids[group.code],
                        quota=group.quota,
                    )
                )
    return ctx, loaded


def add_list(
    ctx: Context,
    loaded: LoadedProgramme,
    cell: tuple[str, str] | None,
    numbers: Sequence[str],
    *,
    late: bool = False,
) -> None:
    """Store a list of these numbers as the next version; no cell means the public pool."""
    key = ctx.keys.contact_key(loaded.id)
    with ctx.database.write() as connection:
        frame_id, _ = frame_store.add_frame(
            connection,
            NewFrame(
                programme_id=loaded.id,
                unit_id=frame_store.unit_ids(connection, loaded.id)[cell[0]] if cell else None,
                group_id=frame_store.group_ids(connection, loaded.id)[cell[1]] if cell else None,
                file="list.xlsx",
                sha256="0" * 64,
                submitted_on=None,
                received_at=ctx.clock.now(),
                imported_by=ctx.actor.user_id,
                late=late,
                short=False,
                rows=len(numbers),
                accepted=len(numbers),
                rejected={},
            ),
        )
        rows: list[frame_store.EntryRow] = []
        for at, number in enumerate(numbers, start=2):
            found = key.number_hash(number)
            contact = Contact(f"受访者{number[-4:]}", (Phone(number),))
            rows.append((at, found, key.seal(contact.encode(), bound_to=found), ()))
        hashes = [found for _, found, _, _ in rows]
        frame_store.add_entries(connection, loaded.id, frame_id, hashes, [rows], lambda _: None)


def numbers(start: int, count: int) -> list[str]:
    """Invented mobile numbers, one after the other."""
    return [f"+8613900{n:06}" for n in range(start, start + count)]


def all_lists(ctx: Context, loaded: LoadedProgramme, size: int = 6, pool: int = 20) -> None:
    """A list for every cell, all of different people, and a public pool."""
    at = 0
    for unit in loaded.programme.units:
        for group in loaded.programme.groups:
            add_list(ctx, loaded, (unit.code, group.code), numbers(at, size))
            at += size
    if pool:
        add_list(ctx, loaded, None, numbers(900_000, pool))


def cell_id(ctx: Context, loaded: LoadedProgramme, unit: str, group: str) -> int:
    with ctx.database.read() as connection:
        found = connection.scalar(
            select(tables.cells.c.id)
            .join(tables.units, tables.units.c.id == tables.cells.c.unit_id)
            .join(tables.groups, tables.groups.c.id == tables.cells.c.group_id)
            .where(
                tables.cells.c.programme_id == loaded.id,
                tables.units.c.code == unit,
                tables.groups.c.code == group,
            )
        )
    assert found is not None
    return int(found)


def cases_of(ctx: Context, cell: int) -> list[dict[str, object]]:
    """The cases of a cell by position."""
    with ctx.database.read() as connection:
        rows = connection.execute(
            select(tables.cases).where(tables.cases.c.cell_id == cell).order_by(tables.cases.c.position)
        )
        return [dict(row._mapping) for row in rows]


def close_all_cases(ctx: Context, cell: int) -> None:
    """Let every case of a cell end without an interview."""
    with ctx.database.write() as connection:
        connection.execute(
            update(tables.cases).where(tables.cases.c.cell_id == cell).values(state=int(CaseState.CLOSED))
        )


def interviewed(
    ctx: Context,
    case: Mapping[str, object],
    answers: Mapping[str, str],
    *,
    off_path: Mapping[str, str] | None = None,
    state: str = "complete",
) -> str:
    """Store an interview of a case as a finished call leaves it; gives its id."""
    interview_id = str(uuid.uuid4())
    started = ctx.clock.now()
    with ctx.database.write() as connection:
        connection.execute(
            insert(tables.interviews).values(
                id=interview_id,
                case_id=case["id"],
                cell_id=case["cell_id"],
                state=state,
                counted=len(answers),
                started_at=started,
                ended_at=started + timedelta(seconds=312),
                user_id=ctx.actor.user_id,
            )
        )
        rows = [
            {"interview_id": interview_id, "item": item, "value": value, "on_path": on_path}
            for held, on_path in ((answers, True), (off_path or {}, False))
            for item, value in held.items()
        ]
        if rows:
            connection.execute(insert(tables.responses), rows)
        if state == "complete":
            connection.execute(
                update(tables.cases)
                .where(tables.cases.c.id == case["id"])
                .values(state=int(CaseState.COMPLETE), disposition="complete")
            )
            connection.execute(
                update(tables.cells)
                .where(tables.cells.c.id == case["cell_id"])
                .values(completed=tables.cells.c.completed + 1)
            )
    return interview_id


def close_fieldwork(ctx: Context, loaded: LoadedProgramme) -> LoadedProgramme:
    """The programme with its fieldwork closed."""
    with ctx.database.write() as connection:
        connection.execute(
            update(tables.programmes).where(tables.programmes.c.id == loaded.id).values(state="closed")
        )
    return replace(loaded, state="closed")
