"""Lists come in whole or not at all, with a report that adds up, on both engines."""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import exists, func, insert, select, update

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.contacts import Contact, Phone
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Role
from cati.sealing.keyring import KeyRing, Secret
from cati.sealing.keys import new_pair
from cati.services import audit
from cati.services.context import Context
from cati.services.frame_problems import RejectedRow, rejected_rows
from cati.services.frame_versions import withdraw
from cati.services.frames import import_frame, import_pool, listing
from cati.store import tables
from cati.store.engine import Database
from cati.store.persons import persons_of_number
from tests.rig.furnished import Furnished
from tests.services.bureau import MANAGED, SERVED, bureau_of, list_rows, programme_of, write_list

DATA = Path(__file__).parents[1] / "data"
MANIFEST = json.loads((DATA / "manifest.json").read_text("utf-8"))
YAZHOU = sorted(name for name in MANIFEST if name.startswith("yazhou-2023/frames/"))
UNIT, OTHER_UNIT = "区财政局", "区统计局"

Bureau = tuple[Context, LoadedProgramme]


BATCH = 500


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows come in by `BATCH`, so that a short list has several batches."""
    for module in ("cati.store.spool", "cati.services.frames"):
        monkeypatch.setattr(f"{module}.BATCH", BATCH)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def bureau(furnished: Furnished) -> Bureau:
    return furnished(of_two_units)


def of_two_units(database: Database, clock: VirtualClock, _folder: Path) -> Bureau:
    return bureau_of(database, clock, programme_of([(UNIT, "政府工作部门"), (OTHER_UNIT, "政府工作部门")]))


def workbook(
    folder: Path, unit: str = UNIT, *, submitted: str = "2024年1月22日", **lists: list[object]
) -> Path:
    """A file of a unit: `managed` and `served` are the phone cells of its lists."""
    labels = {"managed": MANAGED, "served": SERVED}
    sheets = {
        labels[code]: list_rows(unit, phones, submitted=submitted, group=labels[code])
        for code, phones in lists.items()
    }
    return write_list(folder / f"{unit}.xlsx", sheets)


def count(ctx: Context, table: str) -> int:
    with ctx.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(tables.metadata.tables[table])) or 0


def contacts(bureau: Bureau) -> dict[str, list[Contact]]:
    """The people of every list in force, by unit and group code, in the order of their rows."""
    ctx, programme = bureau
    key = ctx.keys.contact_key(programme.id)
    found: dict[str, list[Contact]] = {}
    with ctx.database.read() as connection:
        rows = connection.execute(
            select(
                tables.units.c.code,
                tables.groups.c.code,
                tables.persons.c.number_hash,
                tables.contacts.c.sealed,
            )
            .select_from(tables.entries)
            .join(tables.contacts, tables.contacts.c.entry_id == tables.entries.c.id)
            .join(tables.persons, tables.persons.c.id == tables.entries.c.person_id)
            .join(tables.frames, tables.frames.c.id == tables.entries.c.frame_id)
            .outerjoin(tables.units)
            .outerjoin(tables.groups)
            .where(tables.frames.c.current)
            .order_by(tables.entries.c.row)
        )
        for unit, group, number, sealed in rows:
            name = f"{unit}/{group}" if unit else "pool"
            found.setdefault(name, []).append(Contact.decode(key.open(sealed, bound_to=number)))
    return found


def orphans(ctx: Context) -> dict[str, int]:
    """By reference that no foreign key checks: how many rows refer to none."""
    found = {}
    with ctx.database.read() as connection:
        for table in tables.metadata.tables.values():
            for column in table.columns:
                if target := column.info.get("refers_to"):
                    other, key = target.split(".")
                    there = tables.metadata.tables[other].c[key]
                    alone = select(func.count()).select_from(table).where(~exists().where(there == column))
                    found[str(column)] = connection.scalar(alone) or 0
    return found


def refused(bureau: Bureau, path: Path) -> CatiError:
    with pytest.raises(CatiError) as caught:
        import_frame(*bureau, path)
    assert [count(bureau[0], name) for name in ("frames", "persons", "entries", "frame_problems")] == [0] * 4
    return caught.value


def test_all_yazhou_lists_and_the_pool_count_as_they_should(database: Database, clock: VirtualClock) -> None:
    units = [(MANIFEST[name]["unit"], MANIFEST[name]["series"]) for name in YAZHOU]
    bureau = bureau_of(database, clock, programme_of(units))
    accepted = 0
    for name in YAZHOU:
        report = import_frame(*bureau, DATA / name).as_json()
        expected = MANIFEST[name]
        lists = {label: {**counts, "short": False} for label, counts in expected["lists"].items()}
        assert report == {"file": Path(name).name, "version": 1, **expected, "lists": lists}
        accepted += sum(counts["accepted"] for counts in lists.values())
    pool = import_pool(*bureau, DATA / "yazhou-2023/public-pool.xlsx")
    assert pool.as_json() == {
        "file": "public-pool.xlsx",
        "rows": 3000,
        "accepted": 3000,
        "rejected": {},
        "also_in_unit_lists": 10,
    }
    assert count(bureau[0], "entries") == count(bureau[0], "contacts") == accepted + 3000
    frames = listing(*bureau)
    assert len(frames) == 69
    assert [frames[0].unit, frames[0].group, frames[-1].unit] == ["u01", "managed", None]


def test_a_contact_is_sealed_with_its_name_numbers_and_remark(bureau: Bureau, tmp_path: Path) -> None:
    rows = list_rows(UNIT, ["013800138000/15912345678"])
    rows[-1][1:] = ["　王某 ", "013800138000/15912345678", "在岗"]
    import_frame(*bureau, write_list(tmp_path / "list.xlsx", {MANAGED: rows}))
    assert contacts(bureau) == {
        "u01/managed": [
            Contact("王某", (Phone("+8613800138000", non_local=True), Phone("+8615912345678")), "在岗")
        ]
    }


def test_each_number_of_a_person_is_known_by_its_hash(bureau: Bureau, tmp_path: Path) -> None:
    import_frame(*bureau, workbook(tmp_path, managed=["13800138000/15912345678", "13800138001"]))
    ctx, programme = bureau
    key = ctx.keys.contact_key(programme.id)
    with ctx.database.read() as connection:
        found = [
            connection.execute(persons_of_number(programme.id, key.number_hash(number))).scalars().all()
            for number in ("+8613800138000", "+8615912345678", "+8613800138001", "+8613800138002")
        ]
    assert [len(one) for one in found] == [1, 1, 1, 0]
    assert found[0] == found[1] != found[2]


def test_no_number_or_name_lies_open_in_the_database(bureau: Bureau, tmp_path: Path) -> None:
    import_frame(*bureau, workbook(tmp_path, managed=["13800138000", "13800138000", "无"]))
    with bureau[0].database.read() as connection:
        stored = [
            repr(tuple(row))
            for table in tables.metadata.sorted_tables
            for row in connection.execute(select(table))
        ]
    assert stored
    assert not [row for row in stored if "13800138000" in row or "受访者" in row]


def test_the_managed_keep_a_number_that_both_lists_have(bureau: Bureau, tmp_path: Path) -> None:
    sheets = {
        SERVED: list_rows(UNIT, ["13800138000", "13800138000", "13800138001"], group=SERVED),
        MANAGED: list_rows(UNIT, ["13800138000"]),
    }
    report = import_frame(*bureau, write_list(tmp_path / "list.xlsx", sheets))
    assert list(report.lists) == [MANAGED, SERVED]
    assert report.lists[MANAGED].accepted == 1
    assert report.lists[SERVED].rejected == {"duplicate_across_lists": 2}


def test_a_list_handed_in_alone_is_held_against_the_units_other_list(bureau: Bureau, tmp_path: Path) -> None:
    import_frame(*bureau, workbook(tmp_path, managed=["13800138000"]))
    report = import_frame(*bureau, workbook(tmp_path, served=["13800138000", "13800138001"]))
    assert report.lists[SERVED].rejected == {"duplicate_across_lists": 1}
    assert report.version == 1


def test_a_person_of_two_units_stays_in_both_lists(bureau: Bureau, tmp_path: Path) -> None:
    for unit in (UNIT, OTHER_UNIT):
        report = import_frame(*bureau, workbook(tmp_path, unit, managed=["13800138000"]))
        assert report.lists[MANAGED].accepted == 1
    assert count(bureau[0], "persons") == 1
    assert set(contacts(bureau)) == {"u01/managed", "u02/managed"}


def test_a_list_handed_in_again_is_the_next_version_and_both_times_are_kept(
    bureau: Bureau, tmp_path: Path, clock: VirtualClock
) -> None:
    first = import_frame(*bureau, workbook(tmp_path, managed=["13800138000", "13800138001"], served=[]))
    clock.advance(3600)
    again = workbook(tmp_path, submitted="2024年1月26日", managed=["13800138001", "13800138002"])
    second = import_frame(*bureau, again)
    assert (first.version, first.late, second.version, second.late) == (1, False, 2, True)
    managed = [frame for frame in listing(*bureau) if frame.group == "managed"]
    assert [(frame.version, frame.current) for frame in managed] == [(1, False), (2, True)]
    assert (managed[1].received_at - managed[0].received_at).total_seconds() == 3600
    assert [frame.submitted_on for frame in managed] == [date(2024, 1, 22), date(2024, 1, 26)]
    assert [one.number.e164 for one in contacts(bureau)["u01/managed"]] == [
        "+8613800138001",
        "+8613800138002",
    ]
    assert count(bureau[0], "persons") == 3


def test_the_very_same_file_changes_nothing_while_its_lists_are_in_force(
    bureau: Bureau, tmp_path: Path
) -> None:
    both = workbook(tmp_path, managed=["13800138000"], served=["13800138001"])
    import_frame(*bureau, both)
    with pytest.raises(CatiError) as error:
        import_frame(*bureau, both)
    assert (error.value.code, error.value.params["version"]) == ("list_known", 1)
    assert [frame.version for frame in listing(*bureau)] == [1, 1]
    # Where another version of one of its lists is in force, or it was withdrawn, it does change something.
    newer = tmp_path / "newer"
    newer.mkdir()
    import_frame(*bureau, workbook(newer, served=["13800138002"]))
    assert import_frame(*bureau, both).version == 3
    for frame in listing(*bureau):
        if frame.version == 3:
            withdraw(*bureau, frame, "误导入")
    assert import_frame(*bureau, both).version == 4


def test_an_old_version_does_not_count_against_the_other_list(bureau: Bureau, tmp_path: Path) -> None:
    import_frame(*bureau, workbook(tmp_path, managed=["13800138000"]))
    import_frame(*bureau, workbook(tmp_path, managed=["13800138001"]))
    report = import_frame(*bureau, workbook(tmp_path, served=["13800138000"]))
    assert report.lists[SERVED].accepted == 1


def test_a_file_is_late_if_any_of_its_lists_is(bureau: Bureau, tmp_path: Path) -> None:
    sheets = {
        MANAGED: list_rows(UNIT, ["13800138000"], submitted="2024年1月25日"),
        SERVED: list_rows(UNIT, ["13800138001"], submitted="2024年1月26日", group=SERVED),
    }
    assert import_frame(*bureau, write_list(tmp_path / "list.xlsx", sheets)).late
    assert [frame.late for frame in listing(*bureau)] == [True, True]


def test_lateness_is_read_from_the_list_and_never_from_the_clock(bureau: Bureau, tmp_path: Path) -> None:
    assert bureau[0].clock.now().date() > date(2024, 1, 25)
    report = import_frame(*bureau, workbook(tmp_path, submitted="一月底", managed=["13800138000"]))
    assert (report.late, report.undated, report.unread) == (False, True, "一月底")
    report = import_frame(*bureau, workbook(tmp_path, submitted="", managed=["13800138000"]))
    assert (report.late, report.undated, report.unread) == (False, True, "")


def test_a_short_list_is_accepted_and_marked(database: Database, clock: VirtualClock, tmp_path: Path) -> None:
    bureau = bureau_of(database, clock, programme_of([(UNIT, "")], minimum=2))
    report = import_frame(
        *bureau, workbook(tmp_path, managed=["13800138000", "无"], served=[13800138001, 13800138002])
    )
    assert [one.short for one in report.lists.values()] == [True, False]
    assert [(frame.rows, frame.accepted, frame.short) for frame in listing(*bureau)] == [
        (2, 1, True),
        (2, 2, False),
    ]


def test_rejected_rows_can_be_shown_to_the_unit(bureau: Bureau, tmp_path: Path) -> None:
    import_frame(
        *bureau, workbook(tmp_path, managed=["13800138000", "", "同上", "0898-88830630", "13800138000"])
    )
    (frame,) = listing(*bureau)
    assert frame.rejected == {
        "blank_phone": 1,
        "invalid_phone": 1,
        "landline_not_allowed": 1,
        "duplicate_in_list": 1,
    }
    assert rejected_rows(*bureau, frame) == [
        RejectedRow(5, "blank_phone", "受访者2", ("",), ""),
        RejectedRow(6, "invalid_phone", "受访者3", ("同上",), ""),
        RejectedRow(7, "landline_not_allowed", "受访者4", ("0898-88830630",), ""),
        RejectedRow(8, "duplicate_in_list", "受访者5", ("13800138000",), ""),
    ]


def test_a_list_of_more_than_one_batch_comes_in_whole(bureau: Bureau, tmp_path: Path) -> None:
    size = 2 * BATCH + 7
    phones: list[object] = [13800000000 + at for at in range(size)]
    path = workbook(tmp_path, managed=["无", *phones, *phones[:BATCH]])
    steps: list[tuple[int, int]] = []
    report = import_frame(*bureau, path, lambda done, total: steps.append((done, total)))
    assert report.lists[MANAGED].rejected == {"invalid_phone": 1, "duplicate_in_list": BATCH}
    found = contacts(bureau)["u01/managed"]
    assert [int(one.number.e164[3:]) for one in found] == phones
    assert [one.name for one in found] == [f"受访者{at}" for at in range(2, size + 2)]
    total = 2 * (size + BATCH + 1)
    assert steps[-1] == (total, total)
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)


def test_the_pool_knows_its_duplicates_and_who_is_in_unit_lists(bureau: Bureau, tmp_path: Path) -> None:
    import_frame(*bureau, workbook(tmp_path, managed=["13800138000", "13800138001"]))
    import_frame(*bureau, workbook(tmp_path, managed=["13800138001"]))
    rows = [["手机号码"], ["13800138000"], ["13800138001"], ["13800138002"], ["13800138002"], ["无"]]
    path = write_list(tmp_path / "pool.xlsx", {"社会公众": rows})
    report = import_pool(*bureau, path)
    assert report.rejected == {"duplicate_in_list": 1, "invalid_phone": 1}
    assert (report.rows, report.accepted, report.also_in_unit_lists) == (5, 3, 1)
    with pytest.raises(CatiError) as caught:
        import_pool(*bureau, path)
    assert caught.value.code == "list_known"
    path = write_list(tmp_path / "more.xlsx", {"社会公众": [*rows, ["13800138003"]]})
    assert import_pool(*bureau, path).also_in_unit_lists == 1
    pools = [frame for frame in listing(*bureau) if frame.unit is None]
    assert [(pool.version, pool.current) for pool in pools] == [(1, False), (2, True)]
    assert [row.number for row in rejected_rows(*bureau, pools[1])] == [5, 6]


def test_a_number_of_the_pool_is_no_duplicate_for_a_unit(bureau: Bureau, tmp_path: Path) -> None:
    import_pool(*bureau, write_list(tmp_path / "pool.xlsx", {"社会公众": [["手机号码"], ["13800138000"]]}))
    assert import_frame(*bureau, workbook(tmp_path, managed=["13800138000"])).lists[MANAGED].accepted == 1


def test_a_pool_of_several_sheets_is_refused(bureau: Bureau, tmp_path: Path) -> None:
    rows = [["手机号码"], ["13800138000"]]
    path = write_list(tmp_path / "pool.xlsx", {"甲": rows, "乙": rows})
    with pytest.raises(CatiError) as caught:
        import_pool(*bureau, path)
    assert caught.value.code == "pool_sheets"


@pytest.mark.parametrize(
    ("sheets", "code", "told"),
    [
        ({MANAGED: [["姓名", "手机"], ["甲", "13800138000"]]}, "unit_unnamed", "报送单位"),
        ({MANAGED: list_rows("区档案局", ["13800138000"])}, "unit_unknown", "区档案局"),
        (
            {MANAGED: list_rows(UNIT, ["13800138000"]), SERVED: list_rows(OTHER_UNIT, ["13800138001"])},
            "units_differ",
            "区财政局、区统计局",
        ),
        ({"名单": list_rows(UNIT, ["13800138000"], group="")}, "group_unknown", "名单"),
        (
            {MANAGED: list_rows(UNIT, ["13800138000"]), "管理对象2": list_rows(UNIT, ["13800138001"])},
            "group_twice",
            MANAGED,
        ),
        (
            {MANAGED: list_rows(UNIT, ["13800138000"]), "说明": [["请按要求填写"]]},
            "heading_missing",
            "说明",
        ),
    ],
)
def test_a_file_that_cannot_be_placed_is_refused_whole(
    bureau: Bureau, tmp_path: Path, sheets: dict[str, list[list[object]]], code: str, told: str
) -> None:
    error = refused(bureau, write_list(tmp_path / "list.xlsx", sheets))
    assert error.code == code
    assert "list.xlsx" in str(error)
    assert told in str(error)


def test_what_fails_half_way_leaves_nothing(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_frame(*bureau, workbook(tmp_path, managed=["13800138000"]))
    touched = ("frames", "persons", "entries", "contacts", "frame_problems", "audit")
    before = [count(bureau[0], name) for name in touched]

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(RuntimeError, match="disk is full"):
        import_frame(*bureau, workbook(tmp_path, managed=["13800138001", "无"], served=["13800138002"]))
    assert [count(bureau[0], name) for name in touched] == before
    assert [frame.current for frame in listing(*bureau)] == [True]


@pytest.mark.parametrize("share", [0.25, 0.75, 1])
def test_an_import_that_is_stopped_leaves_nothing_and_can_be_begun_again(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    path = workbook(tmp_path, managed=["无", *(13800000000 + at for at in range(2 * BATCH))])
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    def stop(done: int, total: int) -> None:
        if done >= share * total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_frame(*bureau, path, stop)
    touched = ("frames", "persons", "entries", "contacts", "frame_problems", "audit")
    assert [count(bureau[0], name) for name in touched] == [0] * len(touched)
    assert list(temporary.iterdir()) == []
    assert import_frame(*bureau, path).lists[MANAGED].accepted == 2 * BATCH


@pytest.mark.parametrize("how", ["drawn", "closed", "committed"])
def test_after_the_draw_was_begun_no_list_comes_in(bureau: Bureau, tmp_path: Path, how: str) -> None:
    ctx, programme = bureau
    if how == "committed":
        add_draw(ctx, programme, how)
    else:
        with ctx.database.write() as connection:
            connection.execute(update(tables.programmes).values(state=how))
    path = workbook(tmp_path, managed=["13800138000"])
    assert refused(bureau, path).code == "frames_frozen"
    with pytest.raises(CatiError) as caught:
        import_pool(*bureau, path)
    assert caught.value.code == "frames_frozen"


def test_after_a_void_draw_lists_come_in_again(bureau: Bureau, tmp_path: Path) -> None:
    add_draw(*bureau, "void")
    assert import_frame(*bureau, workbook(tmp_path, managed=["13800138000"])).version == 1


def add_draw(ctx: Context, programme: LoadedProgramme, state: str) -> None:
    with ctx.database.write() as connection:
        connection.execute(
            insert(tables.draws).values(
                programme_id=programme.id,
                state=state,
                frame_hash="",
                plan_hash="",
                public_name="",
                created_at=ctx.clock.now(),
            )
        )


REFERENCES = [
    "persons.programme_id",
    "other_numbers.person_id",
    "entries.frame_id",
    "entries.person_id",
    "contacts.entry_id",
]


def test_every_entry_has_its_list_its_person_and_its_contact(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    phones: list[object] = [13800000000 + at for at in range(2 * BATCH)]
    import_frame(*bureau, workbook(tmp_path, managed=phones[:BATCH], served=["15912345678", "无"]))
    import_frame(*bureau, workbook(tmp_path, managed=phones[7:]))
    import_frame(*bureau, workbook(tmp_path, OTHER_UNIT, managed=[*phones[-9:], "15912345678"]))
    pool = [["手机号码"], ["13800000000"], ["13912345678"]]
    import_pool(*bureau, write_list(tmp_path / "pool.xlsx", {"社会公众": pool}))
    monkeypatch.setattr(audit, "record", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        import_frame(*bureau, workbook(tmp_path, OTHER_UNIT, served=["13512345678"]))
    assert orphans(bureau[0]) == dict.fromkeys(REFERENCES, 0)
    entries = BATCH + 1 + (2 * BATCH - 7) + 10 + 2
    assert count(bureau[0], "entries") == count(bureau[0], "contacts") == entries
    assert count(bureau[0], "persons") == 2 * BATCH + 2
    found = contacts(bureau)
    assert {name: len(people) for name, people in found.items()} == {
        "u01/managed": 2 * BATCH - 7,
        "u01/served": 1,
        "u02/managed": 10,
        "pool": 2,
    }


def test_what_refers_to_nothing_would_be_seen(bureau: Bureau) -> None:
    with bureau[0].database.write() as connection:
        connection.execute(insert(tables.persons).values(id=5, programme_id=0, number_hash=b"a"))
        connection.execute(insert(tables.entries).values(id=6, frame_id=0, row=1, person_id=0))
        connection.execute(insert(tables.contacts).values(entry_id=0, sealed=b""))
        connection.execute(insert(tables.other_numbers).values(person_id=0, number_hash=b""))
    assert orphans(bureau[0]) == dict.fromkeys(REFERENCES, 1)


def test_lists_of_the_same_people_that_come_in_at_once_share_their_persons(
    bureau: Bureau, tmp_path: Path
) -> None:
    phones: list[object] = [13800000000 + at for at in range(BATCH + 1)]
    files = []
    for unit, numbers in ((UNIT, phones), (OTHER_UNIT, phones[::-1])):
        files.append(workbook(tmp_path, unit, managed=numbers))
    all_read = threading.Barrier(len(files), timeout=60)

    def wait_when_read(done: int, total: int) -> None:
        if 2 * done == total:
            all_read.wait()

    with ThreadPoolExecutor(len(files)) as threads:
        for report in threads.map(lambda file: import_frame(*bureau, file, wait_when_read), files):
            assert report.lists[MANAGED].accepted == len(phones)
    assert count(bureau[0], "persons") == len(phones)
    assert orphans(bureau[0]) == dict.fromkeys(REFERENCES, 0)
    found = contacts(bureau)
    assert [int(one.number.e164[3:]) for one in found["u01/managed"]] == phones
    assert [int(one.number.e164[3:]) for one in found["u02/managed"]] == phones[::-1]


def test_a_draw_begun_while_the_list_was_read_wins(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx, programme = bureau

    def draw_meanwhile(done: int, total: int) -> None:
        if count(ctx, "draws") == 0:
            add_draw(ctx, programme, "committed")

    with pytest.raises(CatiError) as caught:
        import_frame(*bureau, workbook(tmp_path, managed=["13800138000"]), draw_meanwhile)
    assert caught.value.code == "frames_frozen"
    assert count(ctx, "frames") == 0


def test_another_list_imported_while_the_file_was_read_stops_the_import(
    bureau: Bureau, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = workbook(tmp_path / "other", managed=["13800138000"])

    def import_meanwhile(done: int, total: int) -> None:
        if count(bureau[0], "frames") == 0:
            import_frame(*bureau, other)

    with pytest.raises(CatiError) as caught:
        import_frame(*bureau, workbook(tmp_path, served=["13800138000"]), import_meanwhile)
    assert caught.value.code == "frames_changed"
    assert count(bureau[0], "frames") == 1


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SUPERVISOR, Role.OBSERVER, Role.ADMIN])
def test_only_the_bureau_imports(bureau: Bureau, tmp_path: Path, role: Role) -> None:
    ctx, programme = bureau
    other = replace(ctx, actor=replace(ctx.actor, roles=frozenset({role})))
    path = workbook(tmp_path, managed=["13800138000"])
    assert refused((other, programme), path).code == "not_allowed"
    import_frame(ctx, programme, path)
    (frame,) = listing(ctx, programme)
    for act in (
        lambda: import_pool(other, programme, path),
        lambda: rejected_rows(other, programme, frame),
    ):
        with pytest.raises(CatiError) as caught:
            act()
        assert caught.value.code == "not_allowed"


def test_without_the_contact_key_nothing_is_imported(bureau: Bureau, tmp_path: Path) -> None:
    ctx, programme = bureau
    keyless = replace(ctx, keys=KeyRing(new_pair()))
    assert refused((keyless, programme), workbook(tmp_path, managed=["13800138000"])).code == "no_contact_key"


def test_with_another_key_rejected_rows_stay_closed(bureau: Bureau, tmp_path: Path) -> None:
    ctx, programme = bureau
    import_frame(*bureau, workbook(tmp_path, managed=["无"]))
    keys = KeyRing(new_pair())
    keys.add(programme.id, Secret.CONTACT, os.urandom(32))
    with pytest.raises(CatiError) as caught:
        rejected_rows(replace(ctx, keys=keys), programme, listing(*bureau)[0])
    assert caught.value.code == "contact_unreadable"


def test_an_import_is_written_down_without_numbers(bureau: Bureau, tmp_path: Path) -> None:
    import_frame(*bureau, workbook(tmp_path, managed=["13800138000"]))
    with bureau[0].database.read() as connection:
        (entry,) = connection.execute(
            select(tables.audit.c.action, tables.audit.c.subject, tables.audit.c.detail)
        )
    assert (entry.action, entry.subject) == ("import_frame", "unit u01")
    assert entry.detail["version"] == 1
