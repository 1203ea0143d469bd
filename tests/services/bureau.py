"""A bureau that has just loaded a programme, and phone lists that people hand it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from sqlalchemy import insert

from cati.base.clock import Clock
from cati.domain.programmes import Group, LoadedProgramme, Programme, Settings, Unit
from cati.domain.users import Actor, Role
from cati.sealing.keyring import KeyRing, Secret
from cati.sealing.keys import new_pair, seal
from cati.services.context import Context
from cati.services.keys import RECOVERY_PUBLIC
from cati.store import keys as grant_store
from cati.store import tables
from cati.store.engine import Database
from cati.store.keys import Grant

MANAGED, SERVED = "管理对象", "服务对象"


def programme_of(units: Sequence[tuple[str, str]], *, minimum: int | None = None) -> Programme:
    """A programme with units of (name, series) and the two groups of Yazhou 2023."""
    return Programme(
        code="yazhou-2023",
        title="社会评价",
        version="1",
        default_language="zh",
        settings=Settings(local_area_code="0898", mobile_only=True, deadlines={"lists": date(2024, 1, 25)}),
        units=tuple(Unit(f"u{at:02}", name, series) for at, (name, series) in enumerate(units, 1)),
        groups=(
            Group("managed", MANAGED, Decimal(30), 15, minimum),
            Group("served", SERVED, Decimal(70), 35, minimum),
        ),
        questions=(),
        choices={},
    )


def bureau_of(database: Database, clock: Clock, programme: Programme) -> tuple[Context, LoadedProgramme]:
    """A signed-in user of the bureau who holds the contact key, and the programme in the database."""
    pair = new_pair()
    with database.write() as connection:
        recovery = new_pair().public
        connection.execute(insert(tables.bureau).values(name=RECOVERY_PUBLIC, value=recovery.hex()))
        user_id = connection.execute(
            insert(tables.users)
            .values(
                login="admin",
                name="局",
                roles=["bureau"],
                public_key=pair.public,
                locked_private=b"",
                lock_parameters={},
                created_at=clock.now(),
            )
            .returning(tables.users.c.id)
        ).scalar_one()
        programme_id = connection.execute(
            insert(tables.programmes)
            .values(
                code=programme.code,
                definition={},
                plan_hash="0" * 64,
                recording_public=b"",
                loaded_at=clock.now(),
                loaded_by=user_id,
            )
            .returning(tables.programmes.c.id)
        ).scalar_one()
        for at, unit in enumerate(programme.units):
            connection.execute(
                insert(tables.units).values(
                    programme_id=programme_id,
                    code=unit.code,
                    name=unit.name,
                    series=unit.series,
                    position=at,
                )
            )
        for at, group in enumerate(programme.listed):
            connection.execute(
                insert(tables.groups).values(
                    programme_id=programme_id, code=group.code, label=group.label, position=at
                )
            )
        secret = os.urandom(32)
        now = clock.now()
        grant_store.put(connection, Grant(programme_id, Secret.CONTACT, None, seal(secret, recovery)), now)
    keys = KeyRing(pair)
    keys.add(programme_id, Secret.CONTACT, secret)
    keys.add(None, Secret.REFUSAL, os.urandom(32))
    actor = Actor(user_id, "admin", "局", frozenset({Role.BUREAU}), "station-1")
    loaded = LoadedProgramme(programme_id, programme, "setup", clock.now())
    return Context(database, clock, actor, keys), loaded


def write_list(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    """A workbook of these sheets; dates become date cells."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return path


def list_rows(
    unit: str, phones: Sequence[object], *, submitted: str = "2024年1月22日", group: str = MANAGED
) -> list[list[object]]:
    """The rows of a list laid out as in annex 2 of Yazhou 2023, one person for each phone cell."""
    return [
        [f"{unit}{group}电话号码样本库"],
        [f"报送单位：{unit}", "", f"报送时间：{submitted}"],
        ["序号", "姓名", "手机号码", "备注"],
        *([at, f"受访者{at}", phone, ""] for at, phone in enumerate(phones, 1)),
    ]
