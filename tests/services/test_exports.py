"""Complete interviews as a workbook."""

import csv
import gc
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyreadstat
import pytest
import python_calamine
from sqlalchemy import select, update

from cati.base import i18n
from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.exports import What
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Actor, Role
from cati.services import draws, exports, frames
from cati.services.context import Context
from cati.services.exports import Identity, export_interviews
from cati.store import tables
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.rig.small_disk import small_disk
from tests.services.bureau import list_rows, write_list
from tests.services.fieldwork import (
    add_list,
    all_lists,
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
def bureau(furnished: Furnished) -> Bureau:
    return furnished(finished)


def finished(database: Database, clock: VirtualClock, folder: Path) -> Bureau:
    """A closed programme with interviews of one cell."""
    ctx, loaded = with_cells(database, clock, evaluation(quotas=(3, 3)))
    add_list(ctx, loaded, ("u1", "managed"), numbers(0, 1))
    add_list(ctx, loaded, ("u2", "served"), numbers(50, 3))
    draws.draw(ctx, loaded, parties={"a": "1", "b": "2"}, public="3", out=folder / "draw")
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
    export_interviews(ctx, loaded, path, identity=Identity.FULL, recipient="纪委 监委")
    first = rows_of(path)[0]
    assert (first["number"], first["name"]) == ("13900000000", "受访者0000")
    with ctx.database.read() as connection:
        entry = connection.execute(select(tables.audit).where(tables.audit.c.action == "export")).one()
    assert entry.detail == {
        "what": "interviews",
        "format": "xlsx",
        "rows": 3,
        "identity": "full",
        "recipient": "纪委 监委",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }


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


def test_nobody_gets_names_without_saying_for_whom(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    with pytest.raises(CatiError, match="Say for whom"):
        export_interviews(ctx, loaded, tmp_path / "i.xlsx", identity=Identity.FULL, recipient="  ")
    assert list(tmp_path.glob("*i.xlsx*")) == []


def test_a_csv_has_a_file_for_each_table_and_opens_in_excel(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    made = exports.export(ctx, loaded, What.INTERVIEWS, tmp_path / "i.csv", recipient="区委组织部")
    assert (tmp_path / "i.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "i.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["opinion"] == "'=1+1"
    assert rows[0]["number"] == "139****0000"
    with (tmp_path / "i-excluded.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) == 1
    both = (tmp_path / "i.csv").read_bytes() + (tmp_path / "i-excluded.csv").read_bytes()
    assert made.sha256 == hashlib.sha256(both).hexdigest()


def test_every_export_is_listed_with_who_when_what_and_for_whom(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    first = exports.export(ctx, loaded, What.INTERVIEWS, tmp_path / "i.xlsx", recipient="区委组织部")
    second = exports.export(ctx, loaded, What.RATES, tmp_path / "r.csv")
    assert exports.listing(ctx, loaded) == (second, first)
    assert (first.what, first.identity, first.rows, first.by) == ("interviews", "masked", 3, "局")
    assert (tmp_path / "i.xlsx").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("what", "heading", "rows"),
    [
        (What.ATTEMPTS, ["unit", "group", "case"], 0),
        (What.RATES, ["by", "name", "i"], 1),
        (What.PROBLEMS, ["unit", "group", "file"], 0),
        (What.AUDIT, ["session", "seq", "at"], 1),
    ],
)
def test_the_rest_can_be_had_also_while_people_are_called(
    database: Database, clock: VirtualClock, tmp_path: Path, what: What, heading: list[str], rows: int
) -> None:
    ctx, loaded = with_cells(database, clock)
    all_lists(ctx, loaded)
    draws.draw(ctx, loaded, parties={"a": "1", "b": "2"}, public="3", out=tmp_path / "draw")
    path = tmp_path / "out.xlsx"
    made = exports.export(ctx, loaded, what, path)
    assert heading_of(path)[:3] == heading
    assert made.rows >= rows
    assert made.rows == len(rows_of(path))


@pytest.mark.parametrize("name", ["i", "i.doc", "i.xls"])
def test_a_name_that_says_no_format_is_refused(bureau: Bureau, tmp_path: Path, name: str) -> None:
    ctx, loaded = bureau
    with pytest.raises(CatiError, match="does not say which format"):
        exports.export(ctx, loaded, What.INTERVIEWS, tmp_path / name)
    with pytest.raises(CatiError, match=r"cannot be exported as \.csv"):
        exports.export(ctx, loaded, What.SCORES, tmp_path / "s.csv")


def test_an_export_that_is_stopped_leaves_nothing(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau

    class Stopped(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        exports.export(ctx, loaded, What.INTERVIEWS, tmp_path / "out" / "i.xlsx", progress=stop)
    assert list((tmp_path / "out").iterdir()) == []
    assert exports.listing(ctx, loaded) == ()


# What the writer of workbooks leaves open on a full disk, the collector closes, and finds no room either.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(("form", "language"), [("xlsx", "en"), ("csv", "zh_CN"), ("sav", "en")])
def test_where_no_file_can_be_written_it_is_said_and_the_old_one_stays(
    bureau: Bureau, tmp_path: Path, form: str, language: str
) -> None:
    ctx, loaded = bureau
    i18n.set_language(language)
    with small_disk(tmp_path / "disk", 1) as disk:
        path = disk.folder / f"i.{form}"
        path.write_text("old")
        (disk.folder / "folder.xlsx").mkdir()
        disk.fill()
        reasons = {"en": "the disk is full", "zh_CN": "磁盘已满"}
        assert reasons[language] in refused(ctx, loaded, path)
        disk.lock(read_only=True)
        reasons = {"en": "the folder can only be read", "zh_CN": "文件夹为只读"}
        assert reasons[language] in refused(ctx, loaded, path)
        disk.lock(read_only=False)
        assert path.read_text() == "old"
        assert {one.name for one in disk.folder.iterdir()} == {path.name, "folder.xlsx", "ballast"}
        disk.free()
        refused(ctx, loaded, disk.folder / "folder.xlsx")
        assert exports.listing(ctx, loaded) == ()
        assert exports.export(ctx, loaded, What.INTERVIEWS, path).rows == 3


def refused(ctx: Context, loaded: LoadedProgramme, path: Path) -> str:
    with pytest.raises(CatiError) as refusal:
        exports.export(ctx, loaded, What.INTERVIEWS, path)
    assert refusal.value.code == "file_not_written"
    assert path.name in str(refusal.value)
    said = str(refusal.value)
    del refusal
    gc.collect()
    return said


def test_a_file_of_spss_holds_numbers_with_labels(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    i18n.set_language("zh_CN")
    made = exports.export(ctx, loaded, What.INTERVIEWS, tmp_path / "i.sav", recipient="区委组织部")
    assert (made.rows, made.format) == (3, "sav")
    found, about = pyreadstat.read_sav(tmp_path / "i.sav", user_missing=True)
    assert about.file_label == "社会评价"
    assert about.column_names_to_labels["item1"] == "内容1"
    assert about.column_names_to_labels["started"] == "开始时间"
    assert about.variable_value_labels["item1"] == {
        1: "满意", 2: "比较满意", 3: "不太满意", 4: "很不满意", 0: "不了解",
    }  # fmt: skip
    assert about.missing_ranges == {f"item{n}": [{"lo": 0, "hi": 0}] for n in range(1, 11)}
    assert about.variable_measure["item1"] == "ordinal"
    assert about.variable_value_labels["unit"] == {1: "区教育局", 2: "区总工会"}
    first = found.iloc[0].to_dict()
    assert (first["unit"], first["group"], first["item1"]) == (1, 1, 1)
    assert (first["opinion"], first["number"]) == ("=1+1", "139****0000")
    assert (str(first["started"]), first["seconds"]) == ("2024-02-21 10:00:00", 312)
    assert sorted(found["item1"].dropna()) == [0, 1]
    # What is no number where one is due leaves the column as the texts that were given.
    assert set(found["age"]) == {"34", "-5", "约四十"}
    assert sum(found["ended"].isna()) == 1
    out, _about = pyreadstat.read_sav(tmp_path / "i-excluded.sav")
    assert (len(out), list(out.columns)[-1]) == (0, "excluded_at")


def test_the_problems_of_lists_show_cells_only_to_somebody_named(
    database: Database, clock: VirtualClock, tmp_path: Path
) -> None:
    ctx, loaded = with_cells(database, clock)
    rows = list_rows("区教育局", ["13900000001", "无"])
    frames.import_frame(ctx, loaded, write_list(tmp_path / "list.xlsx", {"管理对象": rows}))
    exports.export(ctx, loaded, What.PROBLEMS, tmp_path / "p.xlsx")
    (masked,) = rows_of(tmp_path / "p.xlsx")
    assert (masked["unit"], masked["row"], masked["problem"]) == ("区教育局", 5, "invalid_phone")
    assert "cells" not in masked
    full = exports.export(
        ctx, loaded, What.PROBLEMS, tmp_path / "f.xlsx", identity=Identity.FULL, recipient="区教育局"
    )
    assert "无" in str(rows_of(tmp_path / "f.xlsx")[0]["cells"])
    assert full.identity == "full"
