"""Lists of addresses, serial numbers, areas and smallest sizes, as Guangxi 2015 asks for them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import update

from cati.base import paths
from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.list_checks import AREAS, SIZE, SerialBreak
from cati.domain.programmes import LoadedProgramme
from cati.files.programmes import load_workbook
from cati.services import adjustments, ceremony, exemptions, frame_versions, frames, mailing, overview
from cati.services.context import Context
from cati.services.frame_problems import rejected_rows
from cati.store import audit as audit_store
from cati.store import programmes as programme_store
from cati.store import retiring, tables
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.services.bureau import bureau_of, write_list
from tests.services.guangxi import Row, called, hot_list, staff_list

UNIT = "自治区水利厅"
GRANTED = {"granted_by": "自治区绩效考评办", "document": "桂绩办函〔2015〕8号", "reason": "人员涉密"}
SAMPLES = Path(__file__).parents[1] / "data/guangxi-2015/frames"
PASSWORDS = ("gx-2015-slt", "gx-2015-tw")

Bureau = tuple[Context, LoadedProgramme]


def of_guangxi(database: Database, clock: VirtualClock, _folder: Path) -> Bureau:
    return bureau_of(database, clock, load_workbook(paths.resources() / "programmes" / "guangxi-2015.xlsx"))


def staff(folder: Path, *rows: Row, unit: str = UNIT) -> Path:
    return write_list(folder / "附件2.xlsx", {"Sheet1": staff_list(unit, rows)})


def hot(folder: Path, *rows: Row, unit: str = UNIT) -> Path:
    return write_list(folder / "附件3.xlsx", {"Sheet1": hot_list(unit, rows)})


def steps(bureau: Bureau) -> dict[str, int]:
    return {matter.code: matter.count for matter in overview.look(*bureau).open_matters}


def test_questionnaires_go_to_addresses_and_nobody_is_in_two_lists(
    furnished: Furnished, tmp_path: Path
) -> None:
    bureau = ctx, programme = furnished(of_guangxi)
    rows = [
        Row(1, "张甲", "南宁市民族路1号 南宁市水利局", mobile="013900000001", last="530000"),
        Row(2, "李乙", "柳州市人民路2号 柳州市水利局", 772, "2433787"),
        Row(3, "王丙", "柳州市人民路2号 柳州市水利局", 772, "2433787"),
        Row(4, "赵丁", "", mobile="13900000004"),
        Row(6, "钱戊", "融水县解放路3号"),
        Row(7, "钱戊", "融水县解放路3号"),
        Row(8, "孙己", "百色市建设路4号", mobile="139 0000 0001"),
    ]
    report = frames.import_frame(ctx, programme, staff(tmp_path, *rows)).lists["系统干部"]
    assert (report.rows, report.accepted) == (7, 4)
    assert report.rejected == {"blank_address": 1, "duplicate_in_list": 2}
    assert report.findings.serials == SerialBreak(row=8, expected=5, found="6", count=1)
    missing = report.findings.missing_areas
    assert {"南宁市", "柳州市", "融水苗族自治县"}.isdisjoint(missing)
    assert len(missing) == 125 - 3
    listed = frames.import_frame(ctx, programme, hot(tmp_path, *called(3))).lists["热点难点"]
    assert (listed.accepted, listed.rejected, listed.short) == (2, {"duplicate_across_lists": 1}, True)
    assert listed.as_json().keys() == {"rows", "accepted", "rejected", "short"}
    stored = {(frame.group, frame.version): frame for frame in frames.listing(ctx, programme)}
    assert stored["staff", 1].findings == report.findings
    bad = rejected_rows(ctx, programme, stored["staff", 1])
    assert [(row.number, row.name, row.code) for row in bad] == [
        (7, "赵丁", "blank_address"),
        (9, "钱戊", "duplicate_in_list"),
        (10, "孙己", "duplicate_in_list"),
    ]
    assert mailing.write_labels(ctx, programme, tmp_path / "labels.xlsx") == 4
    (sheet,) = openpyxl.load_workbook(tmp_path / "labels.xlsx").worksheets
    assert sheet.title == UNIT
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=3)] == [
        [1, "张甲", "南宁市民族路1号 南宁市水利局", "530000", UNIT, "系统干部"],
        [2, "李乙", "柳州市人民路2号 柳州市水利局", None, UNIT, "系统干部"],
    ]
    assert {one.unit.name: one.addresses for one in mailing.progress(ctx, programme)}[UNIT] == 4
    # Nobody of them is drawn, and with the programme their addresses are destroyed.
    assert ceremony.look(ctx, programme).people == 2
    assert "short_lists" in steps(bureau)
    with ctx.database.write() as connection:
        assert retiring.left(connection, programme.id)[0] == 2 + 4
        connection.execute(update(tables.programmes).values(state="closed"))
        destroyed = retiring.destroy(connection, programme.id, ctx.now(connection))
        assert destroyed is not None
        assert destroyed.contacts == 2 + 4
        assert retiring.left(connection, programme.id) == (0, 0, 0, 0)


def test_what_is_below_the_rule_is_exempted_or_costs_points(
    furnished_file: Furnished, tmp_path: Path
) -> None:
    bureau = ctx, programme = furnished_file(of_guangxi)
    frames.import_frame(ctx, programme, staff(tmp_path, Row(1, "张甲", "南宁市民族路1号")))
    frames.import_frame(ctx, programme, hot(tmp_path, *called(299)))
    frames.import_frame(ctx, programme, hot(tmp_path, *called(299, 1000), unit="自治区统计局"))
    frames.import_frame(ctx, programme, hot(tmp_path, *called(300, 2000), unit="自治区团委"))
    wanting = ["自治区水利厅/热点难点", "自治区水利厅/系统干部", "自治区统计局/热点难点"]
    assert list(ceremony.look(ctx, programme).wanting) == wanting
    assert steps(bureau)["short_lists"] == 3
    assert exemptions.propose_for_lists(ctx, programme) == ("slt", "tjj")
    assert exemptions.propose_for_lists(ctx, programme) == ()
    proposed = adjustments.listing(ctx, programme)
    assert [(a.unit, a.code, a.points, a.state) for a in proposed] == [
        ("slt", "list_quality", "-1", "proposed"), ("tjj", "list_quality", "-1", "proposed"),
    ]  # fmt: skip
    size = "list 热点难点: 299 of {} people, 299 handed in"
    areas = "list 系统干部: nobody of 124 areas, such as 兴宁区"
    assert [a.reason for a in proposed] == [f"{size.format(500)}; {areas}", size.format(300)]

    # A good list in time takes the proposal away, a worse one says by how much; taking it back undoes both.
    frames.import_frame(ctx, programme, hot(tmp_path, *called(300, 4000), unit="自治区统计局"))
    frames.import_frame(ctx, programme, hot(tmp_path, *called(250, 5000)))
    assert exemptions.propose_for_lists(ctx, programme) == ()
    (still,) = adjustments.listing(ctx, programme)
    assert still.reason == f"list 热点难点: 250 of 500 people, 250 handed in; {areas}"
    with ctx.database.read() as connection:
        fallen = audit_store.last_of(connection, "drop_adjustment", "unit:tjj")
    assert fallen is not None
    assert size.format(300) in str(fallen)
    listed = frames.listing(ctx, programme)
    for unit in ("slt", "tjj"):
        newest = next(f for f in listed if (f.unit, f.group, f.current) == (unit, "hot", True))
        frame_versions.withdraw(ctx, programme, newest, "误导入")
    assert [a.reason for a in adjustments.listing(ctx, programme)] == [a.reason for a in proposed]

    exemptions.grant(ctx, programme, UNIT, "热点难点", SIZE, **GRANTED)
    assert [a.state for a in adjustments.listing(ctx, programme)] == ["proposed", "proposed"]
    exemptions.grant(ctx, programme, "slt", "staff", AREAS, **GRANTED)
    waived, still = adjustments.listing(ctx, programme)
    assert (waived.state, waived.document, still.state) == ("waived", GRANTED["document"], "proposed")
    assert list(ceremony.look(ctx, programme).wanting) == wanting[2:]
    assert [(e.unit, e.group, e.kind, e.document) for e in exemptions.listing(ctx, programme)] == [
        ("slt", "hot", SIZE, GRANTED["document"]),
        ("slt", "staff", AREAS, GRANTED["document"]),
    ]
    with ctx.database.read() as connection:
        assert programme_store.in_use(connection, programme.id)
    exemptions.lift(ctx, programme, UNIT, "staff", AREAS, "已在各市县设立机构")
    assert steps(bureau)["short_lists"] == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"group": "service"}, "group_not_of_unit"),
        ({"unit": "自治区团委", "group": "approval"}, "group_not_of_unit"),
        ({"kind": "all"}, "exemption_unknown"),
        ({"document": " "}, "exemption_unproven"),
        ({"reason": ""}, "reason_missing"),
    ],
)
def test_an_exemption_says_of_what_by_whom_and_why(
    change: dict[str, str], code: str, furnished_file: Furnished
) -> None:
    ctx, programme = furnished_file(of_guangxi)
    facts = {"unit": UNIT, "group": "hot", "kind": SIZE, **GRANTED, **change}
    with pytest.raises(CatiError) as refused:
        exemptions.grant(ctx, programme, **facts)
    assert refused.value.code == code
    assert exemptions.listing(ctx, programme) == ()


def test_lists_without_what_their_kind_needs_are_refused(furnished_file: Furnished, tmp_path: Path) -> None:
    ctx, programme = furnished_file(of_guangxi)
    rows: list[list[object]] = staff_list(UNIT, [Row(1, "张甲", "南宁市民族路1号")])
    unaddressed = [row[:3] + row[4:] if at > 1 else row for at, row in enumerate(rows)]
    followed: list[list[object]] = [["2014年整改评议名单"], *hot_list(UNIT, called(1))[1:]]
    unphoned = [row[:4] if at > 1 else row for at, row in enumerate(hot_list(UNIT, called(1)))]
    cases: list[tuple[dict[str, list[list[object]]], str]] = [
        ({"市县两级干部": unaddressed}, "heading_missing"),
        ({"整改评议": followed}, "group_not_handed_in"),
        ({"热点难点": unphoned}, "heading_missing"),
        ({"行政审批办事人": hot_list("自治区团委", called(1))}, "group_unknown"),
    ]
    for sheets, code in cases:
        with pytest.raises(CatiError) as refused:
            frames.import_frame(ctx, programme, write_list(tmp_path / "x.xlsx", sheets))
        assert refused.value.code == code
    with pytest.raises(CatiError) as empty:
        mailing.write_labels(ctx, programme, tmp_path / "labels.xlsx")
    assert empty.value.code == "nobody_mailed"
    assert frames.listing(ctx, programme) == ()


def test_the_samples_come_in_as_their_annexes_are_meant(furnished_file: Furnished) -> None:
    ctx, programme = furnished_file(of_guangxi)
    found = Counter[str]()
    for file in sorted(SAMPLES.iterdir()):
        report = frames.import_frame(ctx, programme, file, passwords=PASSWORDS)
        for label, one in report.lists.items():
            found[f"{report.unit} {label} {one.rows}"] = one.accepted
            assert one.findings.serials is None
            assert one.short is (label == "热点难点")
    # By their numbers 245 of the first could be called: who has none can be written to all the same.
    assert dict(found) == {"自治区水利厅 系统干部 260": 256, "自治区团委 热点难点 290": 273}
