"""Clocking in and out."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.attendance import Presence
from cati.domain.users import Role
from cati.services import attendance, audit, users
from cati.services.context import Context
from cati.store.engine import Database

PASSWORD = "long enough 1"


@pytest.fixture
def bureau(database_url: str, clock: VirtualClock) -> Iterator[Context]:
    database = Database(database_url)
    ctx, _recovery = users.init(
        database, clock, login="admin", name="统计员", password=PASSWORD, station="PC-1"
    )
    yield ctx
    database.close()


@pytest.fixture
def operator(bureau: Context) -> Context:
    users.add_user(bureau, "op", "访问员", [Role.OPERATOR], PASSWORD)
    return users.sign_in(bureau.database, bureau.clock, "op", PASSWORD, "PC-2")


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


def test_everybody_has_a_day_of_their_own(operator: Context, bureau: Context) -> None:
    attendance.clock_in(operator)
    assert attendance.today(bureau).presence is Presence.OUT


def test_each_step_is_written_down(operator: Context, bureau: Context) -> None:
    attendance.clock_in(operator)
    attendance.clock_out(operator)
    actions = [e.action for e in audit.newest(bureau) if e.session_id == operator.session_id]
    assert sorted(actions) == ["attendance_in", "attendance_out", "sign_in"]
