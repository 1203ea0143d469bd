"""Appointments over the queue card, by keys, and reminders of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from cati.domain.call import Phase
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.console.agenda import AgendaOverlay
from cati.gui.console.reminders import AHEAD, Reminders
from cati.services import appointments
from cati.store.assignments import Agreed
from tests.gui.looks import lacking, looks
from tests.gui.operators import Key, Operator

pytestmark = pytest.mark.usefixtures("look")


def agenda(operator: Operator) -> AgendaOverlay:
    return operator.console.agenda


def agreed(operator: Operator) -> tuple[Agreed, ...]:
    return appointments.own(operator.ctx, operator.console.desk.place.programme)


def agree(operator: Operator) -> int:
    """An appointment is made in a call; gives its case."""
    operator.connect()
    case_id = operator.case_id
    assert case_id is not None
    operator.press(Key.Key_F10)
    operator.wait(lambda: operator.keys_mode() is Mode.DISPOSITION)
    operator.press(Key.Key_6, Key.Key_Y, Key.Key_Return)
    operator.wait(lambda: operator.case_id not in (None, case_id))
    operator.wait_for(Phase.READY)
    return case_id


def open_agenda(operator: Operator) -> None:
    operator.press(Key.Key_F4)
    operator.settled()
    operator.wait(lambda: agenda(operator).table.current() is not None)


def test_an_own_appointment_is_moved_by_keys(operator: Operator) -> None:
    case_id = agree(operator)
    (before,) = agreed(operator)
    open_agenda(operator)
    assert agenda(operator).table.current().case_id == case_id
    operator.press(Key.Key_Return)
    assert operator.keys_mode() is Mode.AGENDA_TIME
    assert agenda(operator).picker.moment == before.at
    assert agenda(operator).hasFocus()
    buttons = [button.text() for button in agenda(operator)._buttons.values() if button.isVisible()]
    assert buttons == ["Take this time", "Leave it as it was"]
    operator.press(Key.Key_U, Key.Key_Return)
    operator.wait(lambda: agreed(operator)[0].at != before.at)
    assert operator.keys_mode() is Mode.AGENDA
    assert agenda(operator)._buttons["agenda_give_up"].isVisible()
    operator.settled()
    today = operator.console.desk.today
    assert today is not None
    assert today.appointments == agreed(operator)
    operator.press(Key.Key_Escape)
    assert operator.keys_mode() is Mode.READY
    assert not agenda(operator).isVisible()


def test_an_own_appointment_is_given_up(operator: Operator) -> None:
    agree(operator)
    open_agenda(operator)
    operator.press(Key.Key_Delete)
    operator.settled()
    assert "Once more Del cancels what was agreed" in operator.words()
    operator.press(Key.Key_Down)
    assert "Once more Del" not in operator.words()
    operator.press(Key.Key_Delete)
    operator.settled()
    assert len(agreed(operator)) == 1
    operator.press(Key.Key_Delete)
    operator.wait(lambda: agreed(operator) == ())
    operator.settled()
    assert agenda(operator).table.current() is None
    operator.press(Key.Key_F4)
    assert operator.keys_mode() is Mode.READY


def test_leaving_the_time_leaves_the_appointment(operator: Operator) -> None:
    agree(operator)
    before = agreed(operator)
    open_agenda(operator)
    operator.press(Key.Key_Return, Key.Key_U, Key.Key_Escape, Key.Key_Escape)
    operator.settled()
    assert operator.keys_mode() is Mode.READY
    assert agreed(operator) == before
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.DIALLING)


def test_everybodys_appointments_are_seen_and_only_own_ones_changed(operator: Operator) -> None:
    agree(operator)
    open_agenda(operator)
    operator.press(Key.Key_A)
    operator.settled()
    assert "Everybody's appointments" in operator.words()
    one = agenda(operator).table.current()
    agenda(operator).table.show_rows([replace(one, owner_id=one.owner_id + 1, owner="Somebody else")])
    operator.press(Key.Key_Delete)
    operator.settled()
    assert "Somebody else keeps this appointment" in operator.words()
    assert len(agreed(operator)) == 1


def test_an_appointment_that_is_near_is_told_once_in_words(operator: Operator) -> None:
    agree(operator)
    (one,) = agreed(operator)
    operator.console.clockwork.remind()
    assert "is near" not in operator.words()
    operator.clock.advance((one.at - AHEAD - operator.clock.now()).total_seconds())
    operator.console.clockwork.remind()
    assert "is near" in operator.words()
    assert operator.keys_mode() is Mode.READY
    settings = operator.console.desk.place.programme.programme.settings
    told, now = Reminders(), operator.clock.now()
    assert told.due([one], one.case_id, settings, now) == ""
    assert told.due([one], None, settings, now + AHEAD + timedelta(seconds=1)) == ""
    assert told.due([one], None, settings, now) != ""
    assert told.due([one], None, settings, now) == ""
    # It is gone when its time is past, or the appointment is kept or moved, and not before.
    assert told.over([one], None, one.at + AHEAD) == ""
    assert told.over([], None, now) != ""
    assert told.over([], None, now) == ""
    operator.console.clockwork.end_reminder()
    assert "is near" in operator.words()
    operator.clock.advance((AHEAD + AHEAD).total_seconds() + 1)
    operator.console.clockwork.end_reminder()
    assert "is near" not in operator.words()


@pytest.mark.usefixtures("tongue")
@pytest.mark.parametrize("scale", [1.0, 1.25])
def test_nothing_is_cut(seat: Callable[[], Operator], scale: float) -> None:
    theme.use("light", scale)
    operator = seat()
    operator.wait_for(Phase.READY)
    agree(operator)
    open_agenda(operator)
    assert list(lacking([("agenda", operator.shell)], looks(("light", "dark"), (scale,)))) == []
    operator.press(Key.Key_Return)
    assert list(lacking([("another time", operator.shell)], looks(("light", "dark"), (scale,)))) == []
    # What is open gives way too when letters grow.
    larger = looks(("light",), (1.25,))
    assert list(lacking([("another time, enlarged", operator.shell)], larger)) == []
    operator.press(Key.Key_Escape)
    assert list(lacking([("agenda, enlarged", operator.shell)], larger)) == []
