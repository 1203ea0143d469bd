"""A list imported by mistake is taken back, and what is wrong with one is sent back, on both engines."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import insert, select

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Role
from cati.services.context import Context
from cati.services.drawn_lists import frozen_places
from cati.services.frame_problems import export_problems
from cati.services.frame_versions import last_import, withdraw
from cati.services.frames import import_frame, import_pool, listing
from cati.store import tables
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.services.bureau import MANAGED, SERVED, bureau_of, list_rows, programme_of, write_list

UNIT, OTHER_UNIT = "区财政局", "区统计局"
Bureau = tuple[Context, LoadedProgramme]
Standing = list[tuple[str | None, str | None, int]]


@pytest.fixture
def bureau(furnished: Furnished) -> Bureau:
    return furnished(of_two_units)


def of_two_units(database: Database, clock: VirtualClock, _folder: Path) -> Bureau:
    return bureau_of(database, clock, programme_of([(UNIT, "政府工作部门"), (OTHER_UNIT, "政府工作部门")]))


def hand_in(bureau: Bureau, folder: Path, unit: str = UNIT, **lists: list[object]) -> None:
    """Import a file of a unit: `managed` and `served` are the phone cells of its lists."""
    labels = {"managed": MANAGED, "served": SERVED}
    sheets = {labels[code]: list_rows(unit, phones, group=labels[code]) for code, phones in lists.items()}
    import_frame(*bureau, write_list(folder / f"{unit}-{os.urandom(4).hex()}.xlsx", sheets))


def in_force(bureau: Bureau) -> Standing:
    return [(frame.unit, frame.group, frame.version) for frame in listing(*bureau) if frame.current]


def last_entry(bureau: Bureau) -> Any:
    with bureau[0].database.read() as connection:
        return connection.execute(
            select(tables.audit).order_by(tables.audit.c.at.desc(), tables.audit.c.seq.desc())
        ).first()


def take_back(bureau: Bureau, unit: str | None = "u01", reason: str = "交错了单位") -> None:
    frame = next(f for f in reversed(listing(*bureau)) if f.unit == unit and f.current)
    withdraw(*bureau, frame, reason)


def test_taking_a_file_back_puts_all_its_lists_back_to_the_version_before(
    bureau: Bureau, tmp_path: Path
) -> None:
    hand_in(bureau, tmp_path, managed=["13800138000"], served=["13800138001"])
    hand_in(bureau, tmp_path, OTHER_UNIT, managed=["13800138002"])
    before = in_force(bureau)
    hand_in(bureau, tmp_path, managed=["13800138003"], served=["13800138004"])
    take_back(bureau)
    assert in_force(bureau) == before
    gone = [frame for frame in listing(*bureau) if frame.withdrawn_at is not None]
    assert [(f.group, f.version, f.withdrawn_because) for f in gone] == [
        ("managed", 2, "交错了单位"),
        ("served", 2, "交错了单位"),
    ]


def test_only_the_last_file_of_a_unit_can_be_taken_back_and_then_the_one_before(
    bureau: Bureau, tmp_path: Path
) -> None:
    hand_in(bureau, tmp_path, managed=["13800138000"])
    hand_in(bureau, tmp_path, served=["13800138001"])
    managed, served = listing(*bureau)
    with pytest.raises(CatiError) as refused:
        withdraw(*bureau, managed, "错")
    assert refused.value.code == "frame_not_last"
    withdraw(*bureau, served, "错")
    assert in_force(bureau) == [("u01", "managed", 1)]
    withdraw(*bureau, managed, "错")
    assert in_force(bureau) == []


def test_a_file_handed_in_twice_is_taken_back_once(bureau: Bureau, tmp_path: Path) -> None:
    path = write_list(tmp_path / "list.xlsx", {MANAGED: list_rows(UNIT, ["13800138000"])})
    import_frame(*bureau, path)
    hand_in(bureau, tmp_path, managed=["13800138001"])
    import_frame(*bureau, path)
    take_back(bureau)
    assert in_force(bureau) == [("u01", "managed", 2)]
    take_back(bureau)
    assert in_force(bureau) == [("u01", "managed", 1)]


def test_a_version_taken_back_never_comes_back_and_its_number_is_not_used_again(
    bureau: Bureau, tmp_path: Path
) -> None:
    for number in ("13800138000", "13800138001"):
        hand_in(bureau, tmp_path, managed=[number])
    take_back(bureau)
    hand_in(bureau, tmp_path, managed=["13800138002"])
    assert in_force(bureau) == [("u01", "managed", 3)]
    take_back(bureau)
    assert in_force(bureau) == [("u01", "managed", 1)]


def test_the_pool_can_be_taken_back_and_units_stay_as_they_are(bureau: Bureau, tmp_path: Path) -> None:
    hand_in(bureau, tmp_path, managed=["13800138000"])
    import_pool(*bureau, write_list(tmp_path / "pool.xlsx", {"社会公众": [["手机号码"], ["13800138001"]]}))
    take_back(bureau, None)
    assert in_force(bureau) == [("u01", "managed", 1)]


def test_taking_back_is_written_down_with_its_reason(bureau: Bureau, tmp_path: Path) -> None:
    hand_in(bureau, tmp_path, managed=["13800138000"])
    take_back(bureau, reason="  单位 交错  ")
    entry = last_entry(bureau)
    assert (entry.action, entry.detail["reason"]) == ("withdraw_frame", "单位 交错")


@pytest.mark.parametrize("reason", ["", "  "])
def test_taking_back_needs_a_reason(bureau: Bureau, tmp_path: Path, reason: str) -> None:
    hand_in(bureau, tmp_path, managed=["13800138000"])
    with pytest.raises(CatiError) as refused:
        take_back(bureau, reason=reason)
    assert refused.value.code == "reason_missing"
    assert in_force(bureau) == [("u01", "managed", 1)]


def test_what_a_draw_has_frozen_is_not_taken_back(bureau: Bureau, tmp_path: Path) -> None:
    ctx, programme = bureau
    hand_in(bureau, tmp_path, managed=["13800138000"])
    assert not frozen_places(*bureau)
    with ctx.database.write() as connection:
        connection.execute(
            insert(tables.draws).values(
                programme_id=programme.id,
                state="committed",
                frame_hash="",
                plan_hash="",
                public_name="",
                created_at=ctx.clock.now(),
            )
        )
    assert frozen_places(*bureau)
    with pytest.raises(CatiError) as refused:
        take_back(bureau)
    assert refused.value.code == "frames_frozen"
    assert in_force(bureau) == [("u01", "managed", 1)]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SUPERVISOR, Role.OBSERVER, Role.ADMIN])
def test_only_the_bureau_takes_back_and_writes_problems(bureau: Bureau, tmp_path: Path, role: Role) -> None:
    ctx, programme = bureau
    hand_in(bureau, tmp_path, managed=["13800138000", "无"])
    (frame,) = listing(*bureau)
    other = replace(ctx, actor=replace(ctx.actor, roles=frozenset({role})))
    target = tmp_path / "problems.xlsx"
    for do in (
        lambda: withdraw(other, programme, frame, "错"),
        lambda: export_problems(other, programme, "u01", target),
    ):
        with pytest.raises(CatiError) as refused:
            do()
        assert refused.value.code == "not_allowed"
    assert not target.exists()


def test_problems_go_back_to_the_unit_row_by_row_and_harmless(bureau: Bureau, tmp_path: Path) -> None:
    rows = list_rows(UNIT, ["13800138000", "=1+1", "13800138000"])
    rows[4][1], rows[4][3] = "@SUM(A1)", "-1"
    import_frame(
        *bureau,
        write_list(tmp_path / "list.xlsx", {MANAGED: rows, SERVED: list_rows(UNIT, ["+"], group=SERVED)}),
    )
    target = tmp_path / "problems.xlsx"
    assert export_problems(*bureau, "u01", target) == 3
    book = load_workbook(target)
    assert book.sheetnames == [MANAGED, SERVED]
    found = [tuple(cell.value for cell in row) for row in book[MANAGED].iter_rows(min_row=2)]
    assert [row[0] for row in found] == [5, 6]
    assert found[0][2] == "'@SUM(A1)"
    assert found[0][4] == "'-1"
    assert found[1][3] == "13800138000"
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    entry = last_entry(bureau)
    assert (entry.action, entry.subject, entry.detail["rows"]) == ("export_problems", "unit u01", 3)
    assert "13800138000" not in str(entry)


def test_a_list_without_problems_has_nothing_to_send_back(bureau: Bureau, tmp_path: Path) -> None:
    hand_in(bureau, tmp_path, managed=["13800138000"])
    with pytest.raises(CatiError) as refused:
        export_problems(*bureau, "u01", tmp_path / "problems.xlsx")
    assert refused.value.code == "no_problems"


def test_a_unit_without_lists_has_no_last_file(bureau: Bureau, tmp_path: Path) -> None:
    hand_in(bureau, tmp_path, managed=["13800138000"])
    frame = listing(*bureau)[0]
    assert last_import(listing(*bureau), frame) == (frame,)
    assert last_import((), frame) == ()


def test_csv_files_of_a_unit_come_in_one_list_each(bureau: Bureau, tmp_path: Path) -> None:
    text = "报送单位：区财政局,,报送时间：2024年1月22日\n序号,姓名,手机号码\n1,甲,13800138000\n2,乙,{}\n"
    for label, encoding, number in (
        (MANAGED, "utf-8-sig", "13800138001"),
        (SERVED, "gb18030", "13800138000"),
    ):
        path = tmp_path / f"区财政局-{label}.csv"
        path.write_bytes(text.format(number).encode(encoding))
        report = import_frame(*bureau, path)
    assert report.lists[SERVED].rejected == {"duplicate_across_lists": 2}
    assert in_force(bureau) == [("u01", "managed", 1), ("u01", "served", 1)]
