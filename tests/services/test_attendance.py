"""Clocking in and out."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.attendance import Event, Presence, Step, local_day
from cati.domain.users import Role
from cati.services import attendance, audit, sessions, users
from cati.services.attendance import WorkingDay
from cati.services.context import Context
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.rig.restless import RestlessClock

PASSWORD = "long enough 1"


@pytest.fixture
def bureau(furnished: Furnished) -> Context:
    return furnished(founded)


def founded(database: Database, clock: VirtualClock, _folder: Path) -> Context:
    ctx, _recovery = users.init(
        database, clock, login="admin", name="统计员", password=PASSWORD, station="PC-1"
    )
    return ctx


@pytest.fixture
def operator(bureau: Context) -> Context:
    users.add_user(bureau, "op", "访问员", [Role.OPERATOR], PASSWORD)
    return sessions.sign_in(bureau.database, bureau.clock, "op", PASSWORD, "PC-2")


def test_a_working_day_from_in_to_out(operator: Context, clock: VirtualClock) -> None:
    assert attendance.today(operator).presence is Presence.OUT
    begun = clock.now()
    assert attendance.clock_in(operator).presence is Presence.IN
    clock.advance(3600)
    attendance.start_break(operator)
    clock.advance(900)
    assert attendance.today(operator).on_break == timedelta(minutes=15)
    attendance.end_break(operator)
    clock.advance(1800)
    day = attendance.today(operator)
    assert (day.presence, day.first_in, day.since) == (Presence.IN, begun, begun + timedelta(minutes=75))
    assert day.worked == timedelta(minutes=90)
    assert attendance.clock_out(operator).presence is Presence.OUT
    clock.advance(3600)
    assert attendance.today(operator).worked == timedelta(minutes=90)


def test_steps_in_the_wrong_order_are_refused_and_not_kept(operator: Context) -> None:
    for step in (attendance.start_break, attendance.end_break, attendance.clock_out):
        with pytest.raises(CatiError) as refused:
            step(operator)
        assert refused.value.code == "attendance_out"
    attendance.clock_in(operator)
    with pytest.raises(CatiError) as refused:
        attendance.clock_in(operator)
    assert refused.value.code == "attendance_in"
    attendance.start_break(operator)
    with pytest.raises(CatiError) as refused:
        attendance.start_break(operator)
    assert refused.value.code == "attendance_break"
    assert attendance.today(operator).presence is Presence.BREAK


def test_a_forgotten_clock_out_does_not_stop_the_next_day(operator: Context, clock: VirtualClock) -> None:
    attendance.clock_in(operator)
    clock.advance(24 * 3600)
    assert attendance.today(operator).presence is Presence.OUT
    assert attendance.clock_in(operator).first_in == clock.now()


def test_a_clock_that_is_set_in_the_middle_of_a_day_leaves_its_steps_in_order(
    operator: Context, clock: VirtualClock
) -> None:
    restless = RestlessClock(clock.now())
    ctx = replace(operator, clock=restless)
    attendance.clock_in(ctx)
    restless.advance(3600)
    attendance.start_break(ctx)
    restless.set(-timedelta(minutes=30))
    day = attendance.end_break(ctx)
    assert (day.worked, day.on_break) == (timedelta(hours=1), timedelta())
    assert day.since == clock.now() + timedelta(hours=1)
    restless.advance(3600)
    day = attendance.clock_out(ctx)
    assert (day.worked, day.presence) == (timedelta(minutes=90), Presence.OUT)


def test_the_end_of_a_day_that_a_station_kept_is_taken_in_once_and_at_its_time(
    operator: Context, clock: VirtualClock
) -> None:
    came = clock.now()
    attendance.clock_in(operator)
    clock.advance(3600)
    went = clock.now()
    clock.advance(1800)
    for _time in range(2):
        assert attendance.went_home(operator, "a", went)
        day = attendance.today(operator)
        assert (day.presence, day.since, day.worked) == (Presence.OUT, went, went - came)
    # Somebody who came back, and whose station sends all once more.
    attendance.clock_in(operator)
    assert attendance.went_home(operator, "a", went)
    assert attendance.today(operator).presence is Presence.IN
    # What another station kept comes too late to take its place, and so does what has no beginning.
    for write_id, at in (("b", went), ("c", came - timedelta(days=1))):
        assert not attendance.went_home(operator, write_id, at)
    assert attendance.today(operator).presence is Presence.IN


def test_everybody_has_a_day_of_their_own(operator: Context, bureau: Context) -> None:
    attendance.clock_in(operator)
    assert attendance.today(bureau).presence is Presence.OUT


def test_each_step_is_written_down(operator: Context, bureau: Context) -> None:
    attendance.clock_in(operator)
    attendance.clock_out(operator)
    actions = [e.action for e in audit.newest(bureau) if e.session_id == operator.session_id]
    assert sorted(actions) == ["attendance_in", "attendance_out", "sign_in"]


# ---- putting days right, and the tables of all ---------------------------------------------------


def clocked(operator: Context, clock: VirtualClock, hours: float) -> date:
    """A plain day of some hours, begun now."""
    attendance.clock_in(operator)
    day = local_day(clock.now())
    clock.advance(int(hours * 3600))
    attendance.clock_out(operator)
    return day


def stay(day: WorkingDay) -> list[tuple[str, datetime]]:
    return [(str(step.step), step.at) for step in day.steps]


def test_a_correction_holds_and_the_original_stays(
    bureau: Context, operator: Context, clock: VirtualClock
) -> None:
    begun = clock.now()
    day = clocked(operator, clock, 8)
    clock.advance(3600)
    truth = [Event(Step.IN, begun - timedelta(minutes=30)), Event(Step.OUT, begun + timedelta(hours=8))]
    corrected = attendance.correct(bureau, "op", day, truth, "忘记打卡")
    assert corrected.summary.worked == timedelta(hours=8, minutes=30)
    (line,) = attendance.days(bureau, day, day)
    assert line == corrected
    assert stay(line) == [("in", truth[0].at), ("out", truth[1].at)]
    assert [one.event.at for one in line.clocked] == [begun, begun + timedelta(hours=8)]
    assert {(change.made_by, change.reason) for change in line.changes} == {("统计员", "忘记打卡")}
    assert attendance.today(operator).worked == timedelta(hours=8, minutes=30)


def test_a_later_correction_speaks_for_the_whole_day_and_may_bring_the_original_back(
    bureau: Context, operator: Context, clock: VirtualClock
) -> None:
    begun = clock.now()
    day = clocked(operator, clock, 8)
    clock.advance(60)
    attendance.correct(bureau, "op", day, [], "当日未到岗")
    (struck,) = attendance.days(bureau, day, day)
    assert (struck.steps, struck.summary.worked) == ((), timedelta(0))
    clock.advance(60)
    original = [one.event for one in struck.clocked]
    back = attendance.correct(bureau, "op", day, original, "核实后恢复")
    assert stay(back) == [("in", begun), ("out", begun + timedelta(hours=8))]
    assert [change.reason for change in back.changes] == ["当日未到岗", "当日未到岗", "核实后恢复"]


def test_a_forgotten_day_is_added(bureau: Context, operator: Context, clock: VirtualClock) -> None:
    assert operator.actor.login == "op"
    nine = clock.now()
    clock.advance(10 * 3600)
    truth = [Event(Step.IN, nine), Event(Step.OUT, nine + timedelta(hours=1))]
    attendance.correct(bureau, "op", local_day(nine), truth, "系统停机")
    (line,) = attendance.days(bureau, local_day(nine), local_day(nine))
    assert (line.clocked, line.summary.worked) == ((), timedelta(hours=1))


def test_steps_that_cannot_be_are_refused_and_nothing_is_kept(
    bureau: Context, operator: Context, clock: VirtualClock
) -> None:
    day = clocked(operator, clock, 1)
    now = clock.now()
    for steps, code in (
        ([Event(Step.OUT, now)], "attendance_out"),
        ([Event(Step.IN, now + timedelta(minutes=1))], "steps_misplaced"),
        ([Event(Step.IN, now - timedelta(days=1))], "steps_misplaced"),
    ):
        with pytest.raises(CatiError) as refused:
            attendance.correct(bureau, "op", day, steps, "更正")
        assert refused.value.code == code
    with pytest.raises(CatiError) as refused:
        attendance.correct(bureau, "op", day, [], " ")
    assert refused.value.code == "reason_missing"
    (line,) = attendance.days(bureau, day, day)
    assert line.changes == ()


def test_nobody_puts_the_own_day_right_and_operators_nobodys(
    bureau: Context, operator: Context, clock: VirtualClock
) -> None:
    day = clocked(operator, clock, 1)
    with pytest.raises(CatiError) as refused:
        attendance.correct(bureau, "admin", day, [], "更正")
    assert refused.value.code == "own_attendance"
    for attempt in (
        lambda: attendance.correct(operator, "admin", day, [], "更正"),
        lambda: attendance.days(operator, day, day),
    ):
        with pytest.raises(CatiError) as refused:
            attempt()
        assert refused.value.code == "not_allowed"
    with pytest.raises(CatiError) as refused:
        attendance.correct(bureau, "nobody", day, [], "更正")
    assert refused.value.code == "unknown_user"


def test_the_table_stands_by_day_and_name_and_shows_who_forgot_to_clock_out(
    bureau: Context, operator: Context, clock: VirtualClock
) -> None:
    users.add_user(bureau, "op2", "安访问", [Role.OPERATOR], PASSWORD)
    other = sessions.sign_in(bureau.database, bureau.clock, "op2", PASSWORD, "PC-3")
    first = local_day(clock.now())
    attendance.clock_in(operator)
    clocked(other, clock, 2)
    clock.advance(24 * 3600)
    clocked(other, clock, 3)
    lines = attendance.days(bureau, first, first + timedelta(days=1))
    assert [(line.day, line.login, line.open) for line in lines] == [
        (first, "op2", False),
        (first, "op", True),
        (first + timedelta(days=1), "op2", False),
    ]
    with pytest.raises(CatiError) as refused:
        attendance.days(bureau, first, first - timedelta(days=1))
    assert refused.value.code == "stretch_too_long"


def test_every_correction_is_in_the_audit_log(
    bureau: Context, operator: Context, clock: VirtualClock
) -> None:
    day = clocked(operator, clock, 1)
    attendance.correct(bureau, "op", day, [], "当日未到岗")
    assert "attendance_corrected" in [entry.action for entry in audit.newest(bureau)]


def test_the_workbook_holds_days_months_and_corrections(
    bureau: Context, operator: Context, clock: VirtualClock, tmp_path: Path
) -> None:
    begun = clock.now()
    day = clocked(operator, clock, 7.75)
    clock.advance(3600)
    truth = [Event(Step.IN, begun), Event(Step.OUT, begun + timedelta(hours=8))]
    attendance.correct(bureau, "op", day, truth, "=提前打卡")
    file = tmp_path / "attendance.xlsx"
    assert attendance.write_workbook(bureau, day, day, file) == 1
    book = openpyxl.load_workbook(file)
    rows = list(book["days"].iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[1], row[5], row[7]) for row in rows] == [
        (day.isoformat(), "op", "8:00", "corrected")
    ]
    (month,) = book["months"].iter_rows(min_row=2, values_only=True)
    assert month == (f"{day:%Y-%m}", "op", "访问员", 1, "8:00", "0:00")
    (correction,) = book["corrections"].iter_rows(min_row=2, values_only=True)
    assert correction[4:] == ("统计员", "'=提前打卡")
    assert "export" in [entry.action for entry in audit.newest(bureau)]
