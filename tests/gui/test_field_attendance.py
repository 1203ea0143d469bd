"""The tab of attendance by keys, and the way a day's work is typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from cati.base.errors import CatiError
from cati.domain.attendance import LOCAL, Event, Step
from cati.domain.users import Role
from cati.gui.action import Mode
from cati.gui.field.attendance import AttendanceTab, read_stretches, stretches
from cati.gui.field.page import FieldPage
from cati.services import attendance, sessions, users
from tests.gui.officials import Official

Key = Qt.Key
Sit = Callable[..., Official]
DAY = date(2024, 2, 21)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2024, 2, 21, hour, minute, tzinfo=LOCAL)


def test_a_day_is_typed_as_its_stretches_of_work() -> None:
    assert read_stretches(DAY, "9:00-12:00 13:30–18：00") == (
        Event(Step.IN, at(9)),
        Event(Step.BREAK, at(12)),
        Event(Step.BACK, at(13, 30)),
        Event(Step.OUT, at(18)),
    )
    assert read_stretches(DAY, " ") == ()


@pytest.mark.parametrize(
    "text", ["9", "9:00-8:00", "9:00-25:00", "9:00-12:00 11:00-13:00", "早上", "9:61-10:00"]
)
def test_what_is_no_stretch_is_refused(text: str) -> None:
    with pytest.raises(CatiError) as refused:
        read_stretches(DAY, text)
    assert refused.value.code == "stretches_unreadable"


@given(st.lists(st.integers(0, 1439), min_size=2, max_size=8, unique=True))
def test_what_is_shown_reads_back_as_it_was(minutes: list[int]) -> None:
    ordered = sorted(minutes)[: len(minutes) // 2 * 2]
    times = [at(0) + timedelta(minutes=minute) for minute in ordered]
    text = " ".join(f"{a:%H:%M}-{b:%H:%M}" for a, b in zip(times[::2], times[1::2], strict=True))
    assert stretches(read_stretches(DAY, text)) == text


@pytest.mark.usefixtures("look")
def test_a_day_is_put_right_by_keys_with_a_reason(official: Sit) -> None:
    somebody = official()
    users.add_user(somebody.ctx, "zhao", "赵敏", [Role.OPERATOR], "a long enough phrase")
    operator = sessions.sign_in(somebody.database, somebody.clock, "zhao", "a long enough phrase", "3")
    attendance.clock_in(operator)
    somebody.clock.advance(3600)
    attendance.clock_out(operator)
    somebody.go(6)
    page = somebody.here
    assert isinstance(page, FieldPage)
    page.arrive("attendance")
    somebody.settled()
    somebody.settled()
    tab = page.here
    assert isinstance(tab, AttendanceTab)
    (day,) = [day for day in tab._days if day.login == "zhao"]
    tab.table.choose_named((day.day, "zhao"))
    somebody.press(Key.Key_Return)
    assert somebody.keys_mode() is Mode.ASK
    somebody.press(Key.Key_A, held=Qt.KeyboardModifier.ControlModifier)
    somebody.type("8:00-10:30")
    somebody.press(Key.Key_Tab)
    somebody.type("came earlier")
    somebody.press(Key.Key_Return)
    for _turn in range(4):
        somebody.settled()
    (corrected,) = [day for day in tab._days if day.login == "zhao"]
    assert corrected.summary.worked == timedelta(hours=2, minutes=30)
    assert [one.reason for one in corrected.changes][-1] == "came earlier"
    assert somebody.keys_mode() is Mode.FIELD


@pytest.mark.usefixtures("look")
def test_another_month_is_a_key_away(official: Sit) -> None:
    somebody = official()
    somebody.go(6)
    page = somebody.here
    assert isinstance(page, FieldPage)
    page.arrive("attendance")
    tab = page.here
    assert isinstance(tab, AttendanceTab)
    first = tab._first
    somebody.press(Key.Key_M)
    somebody.settled()
    assert (tab._first - first).days in range(28, 32)
    somebody.press(Key.Key_M, held=Qt.KeyboardModifier.ShiftModifier)
    somebody.settled()
    assert tab._first == first
