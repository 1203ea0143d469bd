"""Lists of hotline tickets and of figures: read in full, or refused with rows and reasons."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cati.base.errors import CatiError
from cati.domain.hotline import Appeal, Kind, Outcome, Ticket, Way
from cati.domain.hotline_scores import Adopted, FollowUp
from cati.domain.programmes import Unit
from cati.files.hotline_figures import read_adopted, read_follow_up
from cati.files.tickets import read_tickets

ZONE = ZoneInfo("Asia/Shanghai")
UNITS = (Unit("u1", "雒容镇", "镇"), Unit("u2", "区民政局", "机关", ("民政局",)))
HEADING = "工单号,承办单位,诉求类型,派单时间,办结时间,处理方式,是否按时,处理满意,短信评价,人工回访"
GOOD = "T001,雒容镇,咨询,2024-07-01 09:00,2024-07-02 10:30,办结,是,满意,已解决,"


def tickets(folder: Path, *rows: str, heading: str = HEADING) -> tuple[Ticket, ...]:
    path = folder / "tickets.csv"
    path.write_text("\n".join([heading, *rows]), "utf-8")
    return read_tickets(path, UNITS, ZONE).tickets


def test_a_list_is_read_with_every_column_it_may_have(tmp_path: Path) -> None:
    heading = HEADING + ",自治区抽查未解决,申诉结果,申诉时间,延期天数,挂起时间,恢复时间,诉求人"
    row = (
        "T-2,民政局,投诉类,2024/7/1 9:00,2024年7月2日 10:30:05.25,退单,超时,不满意,部分解决,未解决,"
        "是,未通过,2024-08-31,10,2024-07-01 10:00,2024-07-02 08:00,不该读"
    )
    total = f"合计,2{',' * 15}"
    good, other = tickets(tmp_path, GOOD + ",,,,,,,", row, total, heading=f"鱼峰区12345工单\n{heading}")
    assert good == Ticket(
        "T001", "u1", Kind.QUESTION, datetime(2024, 7, 1, 9, tzinfo=ZONE),
        datetime(2024, 7, 2, 10, 30, tzinfo=ZONE), Way.CLOSED, True, True, Outcome.RESOLVED,
    )  # fmt: skip
    assert other == Ticket(
        "T-2", "u2", Kind.COMPLAINT, datetime(2024, 7, 1, 9, tzinfo=ZONE),
        datetime(2024, 7, 2, 10, 30, 5, 250000, tzinfo=ZONE), Way.RETURNED, False, False, Outcome.PARTLY,
        Outcome.UNRESOLVED, True, Appeal.FAILED, date(2024, 8, 31), 10,
        (datetime(2024, 7, 1, 10, tzinfo=ZONE), datetime(2024, 7, 2, 8, tzinfo=ZONE)),
    )  # fmt: skip


def changed(place: int, cell: str) -> str:
    cells = GOOD.split(",")
    cells[place] = cell
    return ",".join(cells)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (GOOD, "row 3: “T001” stands in row 2 already."),
        (changed(0, "13800001111"), "is no number of a ticket"),
        (changed(0, "=A1+1"), "is no number of a ticket"),
        (changed(1, "市外单位"), "row 3: the programme has no unit “市外单位”."),
        (changed(1, ""), "no unit"),
        (changed(2, "表扬"), "“表扬” must be one of 突发、咨询、求助、建议、投诉、举报."),
        (changed(3, "2024-13-01 09:00"), "is no time"),
        (changed(4, "2024-07-02 25:00"), "is no time"),
        (changed(4, "45475.4"), "is no time"),
        (changed(4, "2024-06-30 10:00"), "done before it was sent"),
        (changed(5, "处理中"), "must be one of"),
        (changed(6, "大概"), "must be one of"),
        (changed(7, "一般"), "must be one of"),
    ],
)
def test_what_does_not_fit_is_refused_with_row_and_reason(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(CatiError) as refusal:
        tickets(tmp_path, GOOD, row if row == GOOD else row.replace("T001", "T002"))
    assert refusal.value.code == "tickets_problems"
    assert said in str(refusal.value)


def test_extension_and_suspension_must_be_possible(tmp_path: Path) -> None:
    heading = HEADING + ",延期,挂起时间,恢复时间"
    rows = [
        GOOD + ",3,,",  # a question has two days, and so at most two more
        changed(0, "T002") + ",,2024-07-01 10:00,",
        changed(0, "T003") + ",,2024-07-01 10:00,2024-07-01 09:30",
        changed(0, "T004") + ",2,2024-07-01 10:00,2024-07-01 11:30",
    ]
    with pytest.raises(CatiError) as refusal:
        tickets(tmp_path, *rows, heading=heading)
    assert [text.split(":")[0] for text in refusal.value.params["problems"]] == ["row 2", "row 3", "row 4"]
    assert tickets(tmp_path, rows[-1], heading=heading)[0].extension == 2


def test_a_list_without_a_column_or_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatiError, match="承办单位"):
        tickets(tmp_path, "T001", heading="工单号")
    with pytest.raises(CatiError, match="holds no tickets"):
        tickets(tmp_path)


def figures(folder: Path, text: str) -> dict[str, Adopted]:
    path = folder / "figures.csv"
    path.write_text(text, "utf-8")
    return dict(read_adopted(path, UNITS).figures)


def test_figures_are_percents_as_printed_or_shares_as_excel_keeps_them(tmp_path: Path) -> None:
    text = "单位,按时率,满意率,解决率,得分\n雒容镇,96.43%,100,-,9.25\n合计,1,1,1,1\n"
    assert figures(tmp_path, text) == {
        "u1": Adopted(Decimal("96.43"), Decimal(100), None, 0, Decimal("9.25"))
    }
    shares = "单位,按时率,满意率,解决率,抽查未解决\n雒容镇,0.9643,1,0,2\n民政局,,0.5,1,\n"
    assert figures(tmp_path, shares) == {
        "u1": Adopted(Decimal("96.43"), Decimal(100), Decimal(0), 2),
        "u2": Adopted(None, Decimal(50), Decimal(100), 0),
    }


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("雒容镇,90,90,0.96,", "stands among percentages"),
        ("雒容镇,101,90,90,", "no number from 0 to 100"),
        ("雒容镇,90,90,90,10.5", "no number from 0 to 10"),
        ("雒容镇,九十,90,90,", "no number"),
        ("某局,90,90,90,", "no unit"),
        ("民政局,90,90,90,", "stands in an earlier row"),
    ],
)
def test_figures_that_do_not_fit_are_refused_with_row_and_reason(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(CatiError) as refusal:
        figures(tmp_path, f"单位,按时率,满意率,解决率,得分\n区民政局,91,92,93,\n{row}\n")
    assert "row 3: " in str(refusal.value)
    assert said in str(refusal.value)


def test_a_follow_up_has_no_more_failed_appeals_than_tickets(tmp_path: Path) -> None:
    path = tmp_path / "follow-up.csv"
    path.write_text("单位,跟踪问效量,申诉未通过量\n雒容镇,8,1\n民政局,0,0\n", "utf-8")
    assert read_follow_up(path, UNITS).figures == {"u1": FollowUp(8, 1), "u2": FollowUp(0, 0)}
    path.write_text("单位,跟踪问效量,申诉未通过量\n雒容镇,8,9\n", "utf-8")
    with pytest.raises(CatiError, match="9 appeals failed of 8"):
        read_follow_up(path, UNITS)
