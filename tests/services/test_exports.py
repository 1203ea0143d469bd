"""Complete interviews as a workbook."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import python_calamine
from sqlalchemy import select, update

from cati.base import i18n
from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Actor, Role
from cati.services import draws
from cati.services.context import Context
from cati.services.exports import Identity, export_interviews
from cati.store import tables
from cati.store.engine import Database
from tests.services.fieldwork import (
    add_list,
    cases_of,
    cell_id,
    close_fieldwork,
    evaluation,
    interviewed,
    numbers,
    with_cells,
)

Bureau = tuple[Context, LoadedProgramme]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def bureau(database: Database, clock: VirtualClock, tmp_path: Path) -> Bureau:
    """A closed programme with interviews of one cell."""
    ctx, loaded = with_cells(database, clock, evaluation(quotas=(3, 3)))
    add_list(ctx, loaded, ("u1", "managed"), numbers(0, 1))
    add_list(ctx, loaded, ("u2", "served"), numbers(50, 3))
    draws.draw(ctx, loaded, parties={"a": "1", "b": "2"}, public="3", out=tmp_path / "draw")
    (case,) = cases_of(ctx, cell_id(ctx, loaded, "u1", "managed"))
    interviewed(ctx, case, {"age": "34", "item1": "1", "opinion": "=1+1"}, off_path={"item2": "4"})
    cases = cases_of(ctx, cell_id(ctx, loaded, "u2", "served"))
    interviewed(ctx, cases[0], {"age": "-5", "item1": "0", "opinion": "+86 请打电话\n好"})
    interviewed(ctx, cases[1], {"item1": "2"}, state="partial")
    interviewed(ctx, cases[2], {"age": "约四十"})
    with database.write() as connection:
        connection.execute(
            update(tables.interviews)
            .where(tables.interviews.c.case_id == cases[2]["id"])
            .values(ended_at=None)
        )
    return ctx, close_fieldwork(ctx, loaded)


def rows_of(path: Path) -> list[dict[object, object]]:
    with python_calamine.CalamineWorkbook.from_path(path) as book:
        heading, *rows = book.get_sheet_by_index(0).to_python()
    return [dict(zip(heading, row, strict=True)) for row in rows]


def heading_of(path: Path) -> list[object]:
    with python_calamine.CalamineWorkbook.from_path(path) as book:
        return list(book.get_sheet_by_index(0).to_python()[0])


def test_each_complete_interview_is_a_row_with_the_names_of_its_choices(
    bureau: Bureau, tmp_path: Path
) -> None:
    ctx, loaded = bureau
    path = tmp_path / "interviews.xlsx"
    assert export_interviews(ctx, loaded, path) == 3
    first, *others = rows_of(path)
    assert (first["unit"], first["group"], first["disposition"]) == ("区教育局", "管理对象", "complete")
    assert (first["item1"], first["age"], first["item2"]) == ("1", 34, "")
    assert first["off_path"] == "item2=4"
    assert (first["operator"], first["started"], first["seconds"]) == ("局", "2024-02-21 10:00:00", 312)
    assert (first["source"], first["late"], first["number"]) == ("list", "", "139****0000")
    assert {row["unit"] for row in others} == {"区总工会"}
    assert sorted(str(row["item1"]) for row in others) == ["", "0"]


def test_headings_are_the_same_in_every_language(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    i18n.set_language("zh_CN")
    export_interviews(ctx, loaded, tmp_path / "interviews.xlsx")
    heading = heading_of(tmp_path / "interviews.xlsx")
    assert heading[:5] == ["unit", "group", "disposition", "age", "item1"]
    assert heading[13:16] == ["item10", "opinion", "interview"]
    assert "closing" not in heading


def test_no_cell_becomes_a_formula(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    export_interviews(ctx, loaded, tmp_path / "interviews.xlsx")
    opinions = {row["opinion"] for row in rows_of(tmp_path / "interviews.xlsx")}
    assert opinions == {"'=1+1", "'+86 请打电话\n好", ""}


def test_a_number_is_a_number_and_what_is_unknown_stays_empty(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    export_interviews(ctx, loaded, tmp_path / "interviews.xlsx")
    rows = {row["age"]: row for row in rows_of(tmp_path / "interviews.xlsx")}
    assert set(rows) == {34, -5, "约四十"}
    assert (rows["约四十"]["ended"], rows["约四十"]["seconds"]) == ("", "")


def test_names_and_numbers_are_shown_by_right_and_written_down(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    path = tmp_path / "interviews.xlsx"
    export_interviews(ctx, loaded, path, identity=Identity.FULL)
    first = rows_of(path)[0]
    assert (first["number"], first["name"]) == ("13900000000", "受访者0000")
    with ctx.database.read() as connection:
        entry = connection.execute(select(tables.audit).where(tables.audit.c.action == "export")).one()
    assert entry.detail == {"rows": 3, "excluded": 0, "identity": "full"}


def test_only_who_may_export_does(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    supervisor = replace(ctx, actor=Actor(ctx.actor.user_id, "s", "s", frozenset({Role.SUPERVISOR}), "s"))
    with pytest.raises(CatiError, match="may not do this"):
        export_interviews(supervisor, loaded, tmp_path / "interviews.xlsx")
    assert not (tmp_path / "interviews.xlsx").exists()


def test_nothing_is_exported_while_people_are_called(
    database: Database, clock: VirtualClock, tmp_path: Path
) -> None:
    ctx, loaded = with_cells(database, clock)
    (tmp_path / "interviews.xlsx").write_text("old")
    with pytest.raises(CatiError, match="nobody may see interim results"):
        export_interviews(ctx, loaded, tmp_path / "interviews.xlsx")
    assert (tmp_path / "interviews.xlsx").read_text() == "old"
    assert list(tmp_path.glob(".interviews*")) == []


def test_progress_is_told_to_the_end(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    told: list[tuple[int, int]] = []
    export_interviews(
        ctx, loaded, tmp_path / "i.xlsx", progress=lambda done, total: told.append((done, total))
    )
    assert told == [(0, 3), (3, 3)]
