"""One operator's day at the console, by real key events on a real database."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from typing import Any, NoReturn

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage, QInputMethodEvent
from sqlalchemy import select, update

from cati.base.errors import CatiError
from cati.domain.call import Phase
from cati.domain.contacts import Phone
from cati.domain.programmes import CallHours
from cati.domain.queue import Reason
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.console.clockwork import LOOK_AGAIN_SECONDS, MEASURE_SECONDS
from cati.gui.console.typing import KEEP_MS
from cati.gui.widgets.call_bar import Lamp
from cati.services import calls, programmes
from cati.services.interviews import DatabaseAnswerLog
from cati.store import tables
from tests.gui.operators import Key, Operator

pytestmark = pytest.mark.usefixtures("look")
ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
ITEMS = 10


def rows(operator: Operator, *columns: Any) -> list[tuple]:
    """What the database holds."""
    with operator.database.read() as connection:
        return [tuple(row) for row in connection.execute(select(*columns))]


def attempts(operator: Operator) -> list[tuple]:
    found = tables.attempts
    return rows(operator, found.c.disposition, found.c.note, found.c.prompted)


def finish(operator: Operator) -> None:
    """From the first item to the stored outcome."""
    operator.press(*[Key.Key_2] * ITEMS)
    operator.press(Key.Key_Return, Key.Key_Return)
    assert operator.call.shown is None
    operator.press(Key.Key_Return)
    assert operator.console.disposition._chosen == "complete"
    operator.press(Key.Key_Return)


def test_a_whole_interview_by_keys_is_stored_and_the_next_person_stands_ready(operator: Operator) -> None:
    first = operator.case_id
    operator.connect()
    operator.screen()
    finish(operator)
    operator.wait_for(Phase.READY)
    assert operator.case_id != first
    assert attempts(operator) == [("complete", "", False)]
    assert rows(operator, tables.interviews.c.state) == [("complete",)]
    given = dict(rows(operator, tables.answers.c.item, tables.answers.c.value))
    assert given["work_style"] == "fairly_satisfied"
    assert given["closing"] == "read"
    assert operator.console.desk.today is not None
    assert operator.console.desk.today.completed == 1
    assert "1 done · 1 dialled" in operator.words()


def test_the_next_question_stands_at_once_and_the_tick_waits_for_the_disk(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, append = threading.Event(), DatabaseAnswerLog.append

    def slow(log, event) -> None:
        assert disk.wait(10)
        append(log, event)

    monkeypatch.setattr(DatabaseAnswerLog, "append", slow)
    operator.connect()
    operator.press(Key.Key_1)
    assert operator.call.shown == "identity"
    assert "Am I speaking to" in operator.console.question.script.words()
    assert "Before this | Opening | 1  Yes | saving" in operator.words()
    disk.set()
    operator.wait(lambda: "1  Yes | saved" in operator.words())


def test_digits_typed_into_the_notes_answer_nothing_and_the_notes_are_stored(operator: Operator) -> None:
    operator.connect()
    shown = operator.call.shown
    operator.press(Key.Key_F4)
    operator.type("after 4, ask 2x")
    assert operator.call.shown == shown
    assert operator.call.answers == {}
    assert "digits are text" in operator.words()
    operator.press(Key.Key_Escape, Key.Key_1)
    assert operator.call.answers == {"opening": "yes"}
    operator.press(Key.Key_F10, Key.Key_7, Key.Key_Return)
    operator.wait_for(Phase.READY)
    assert attempts(operator) == [("inconvenient", "after 4, ask 2x", False)]


def test_an_opinion_is_typed_by_an_input_method_and_enter_records_it(operator: Operator) -> None:
    operator.connect()
    operator.screen()
    operator.press(*[Key.Key_1] * ITEMS)
    assert operator.call.shown == "opinion"
    field = operator.console.question.written.field
    assert field.hasFocus()
    composing = QInputMethodEvent("ban shi", [])
    QCoreApplication.sendEvent(field, composing)
    operator.press(Key.Key_1, Key.Key_Return)
    assert operator.call.shown == "opinion"
    done = QInputMethodEvent()
    done.setCommitString("办事快了")
    QCoreApplication.sendEvent(field, done)
    field.setPlainText("办事快了")
    operator.press(Key.Key_Return)
    assert operator.call.shown == "closing"
    assert operator.call.answers["opinion"] == "办事快了"


def found(operator: Operator) -> str:
    """What stands beside the question of the screening."""
    return operator.console.question.side._checks.accessibleName()


def test_beside_the_question_stands_what_the_screening_really_found(operator: Operator) -> None:
    operator.connect()
    operator.press(Key.Key_1, Key.Key_1, Key.Key_2)
    assert found(operator) == "✓ In person, Recording agreed: Does not agree"
    operator.press(Key.Key_1)
    assert found(operator).endswith("Does not agree, ✓ Agreed after explanation")
    operator.press(Key.Key_2)
    assert found(operator).endswith("✓ Agreed after explanation, 18 or older: Not yet 18")
    assert "The interview ends here" in operator.words()
    assert "No item was asked" in operator.words()
    assert "of 0 items" not in operator.words()
    operator.press(Key.Key_Left, held=ALT)
    operator.press(Key.Key_1)
    assert found(operator).endswith("✓ Agreed after explanation, ✓ 18 or older")
    assert "of 10 items" in operator.words()


def test_the_question_and_the_outcome_count_answers_alike(operator: Operator) -> None:
    operator.connect()
    operator.screen()
    operator.press(*[Key.Key_2] * (ITEMS - 1), Key.Key_9)
    assert "Answered 9 / 10 · declined 1" in operator.words()
    operator.press(Key.Key_Return, Key.Key_Return, Key.Key_Return)
    assert operator.keys_mode() is Mode.DISPOSITION
    assert "Answered 9 / 10 · declined 1. What was answered stays stored." in operator.words()


def test_an_answer_is_listed_by_its_words_also_where_there_is_little_room(operator: Operator) -> None:
    operator.connect()
    operator.screen()
    operator.press(*[Key.Key_2] * ITEMS)
    rail = operator.console.question.side.rail
    rail.grab()
    assert {row.brief for row in rail._rows} == {"Fairly satisfied"}


def test_a_digit_that_is_held_answers_one_item(operator: Operator) -> None:
    operator.connect()
    operator.screen()
    operator.fingers.hold(Key.Key_2, 3)
    assert [name for name, value in operator.call.answers.items() if value == "fairly_satisfied"] == [
        "work_style"
    ]
    assert operator.console.question.written.words() == ""


def test_a_digit_that_is_held_at_the_last_item_writes_nothing_into_the_opinion(operator: Operator) -> None:
    operator.connect()
    operator.screen()
    operator.press(*[Key.Key_1] * (ITEMS - 1))
    operator.fingers.hold(Key.Key_1, 3)
    assert operator.call.shown == "opinion"
    assert operator.console.question.written.field.hasFocus()
    assert operator.console.question.written.words() == ""
    operator.press(Key.Key_1)
    assert operator.console.question.written.words() == "1"


def test_going_back_changes_one_answer_and_keeps_the_later_ones(operator: Operator) -> None:
    operator.connect()
    operator.screen()
    operator.press(Key.Key_1, Key.Key_2, Key.Key_3)
    operator.press(Key.Key_Left, held=ALT)
    operator.press(Key.Key_Left, held=ALT)
    assert operator.call.shown == "duties"
    operator.press(Key.Key_4)
    assert operator.call.shown == "promises"
    given = operator.call.answers
    assert [given[name] for name in ("work_style", "duties", "service")] == [
        "satisfied",
        "very_dissatisfied",
        "rather_dissatisfied",
    ]
    assert "Just recorded | performance of duties | 4  Very dissatisfied" in operator.words()
    operator.press(Key.Key_Left, held=ALT)
    operator.press(Key.Key_Return)
    assert operator.call.shown == "promises"


def test_a_key_that_is_no_answer_says_so_and_records_nothing(operator: Operator) -> None:
    operator.connect()
    operator.press(Key.Key_8)
    assert operator.call.answers == {}
    assert "Key 8 is no answer to this question" in operator.words()
    operator.press(Key.Key_1)
    assert "Key 8" not in operator.words()


def test_the_mark_that_somebody_prompts_is_kept_with_the_attempt(operator: Operator) -> None:
    operator.connect()
    operator.press(Key.Key_F6)
    assert operator.call.prompted
    operator.press(Key.Key_F10, Key.Key_8, Key.Key_Return)
    operator.wait_for(Phase.READY)
    assert attempts(operator) == [("refusal", "", True)]


def test_a_dropped_line_is_dialled_again_and_the_interview_goes_on(operator: Operator) -> None:
    operator.connect()
    operator.screen()
    operator.press(Key.Key_1, Key.Key_F8)
    operator.wait_for(Phase.DIALLING)
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.CONNECTED)
    assert operator.call.shown == "duties"
    assert "Item 2" in operator.words()
    assert [outcome for outcome, _note, _prompted in attempts(operator)] == ["dropped", None]
    assert operator.recorder.asked.count("start") == 2


def test_nobody_answers_and_the_outcome_is_one_key(operator: Operator) -> None:
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.DIALLING)
    operator.press(Key.Key_F10)
    assert operator.call.phase is Phase.WRAP_UP
    operator.press(Key.Key_1, Key.Key_Return)
    operator.wait_for(Phase.READY)
    assert attempts(operator) == [("no_answer", "", False)]
    assert operator.recorder.asked == ["monitor"]


def test_a_call_ended_by_mistake_while_it_rings_goes_on(operator: Operator) -> None:
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.DIALLING)
    operator.wait(lambda: "*" not in operator.console.dialling._number.words())
    number = operator.console.dialling._number.words()
    operator.press(Key.Key_F10)
    operator.settled()
    operator.press(Key.Key_8)
    assert operator.console.disposition._chosen == ""
    operator.wait(lambda: operator.console.dialling._number.words() != number)
    operator.press(Key.Key_Left, held=ALT)
    assert operator.keys_mode() is Mode.DIALLING
    operator.wait(lambda: operator.console.dialling._number.words() == number)
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.CONNECTED)
    operator.press(Key.Key_F10, Key.Key_8, Key.Key_Return)
    operator.wait_for(Phase.READY)
    assert attempts(operator) == [("refusal", "", False)]


def test_a_call_ended_by_mistake_in_the_interview_goes_on_in_a_second_recording(operator: Operator) -> None:
    operator.connect()
    operator.screen()
    operator.press(Key.Key_1, Key.Key_F10, Key.Key_F4)
    operator.type("spoke again")
    operator.press(Key.Key_Left, held=ALT)
    assert operator.call.shown == "duties"
    assert operator.keys_mode() is Mode.QUESTION
    operator.wait(lambda: operator.recorder.asked.count("start") == 2)
    operator.press(*[Key.Key_2] * (ITEMS - 1))
    operator.press(Key.Key_Return, Key.Key_Return, Key.Key_Return, Key.Key_Return)
    operator.wait_for(Phase.READY)
    assert attempts(operator) == [("complete", "spoke again", False)]


def test_the_phone_program_dials_by_its_key(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.DIALLING)
    operator.wait(lambda: "*" not in operator.console.dialling._number.words())
    operator.press(Key.Key_O, held=CTRL)
    assert opened == [f"tel:{operator.call.phone.e164.removeprefix('+86')}"]


def test_without_a_microphone_no_screen_promises_a_recording(operator: Operator) -> None:
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.DIALLING)
    assert "Recording begins when you press Enter" in operator.words()
    operator.recorder.fail("no_device")
    operator.wait(lambda: "nothing is recorded until one is plugged in" in operator.words())
    assert "Recording begins" not in operator.words()
    operator.recorder.hear(0.1)
    operator.wait(lambda: "Recording begins when you press Enter" in operator.words())


def first_ink(image: QImage) -> int:
    """The first row with something written in it."""
    ground = image.pixel(0, 0)
    lines = range(image.height())
    return next(y for y in lines if any(image.pixel(x, y) != ground for x in range(image.width())))


def test_the_margin_word_stands_beside_the_first_line(operator: Operator) -> None:
    operator.connect()
    screen = operator.console.question
    assert screen._read.accessibleName() == "read"
    assert screen._read.geometry().top() == screen.script.geometry().top()
    assert screen._read.height() == screen.script.height()
    ink = first_ink(screen._read.grab().toImage())
    assert abs(ink - screen.script.first_line()) < theme.px(13)
    assert screen.script.first_line() < screen.script.height() / 2 - theme.px(13)


def test_a_case_only_laid_down_comes_back_as_it_was(operator: Operator) -> None:
    first = operator.case_id
    operator.press(Key.Key_F5)
    operator.wait(lambda: "On a break since 10:00" in operator.words())
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.READY)
    assert operator.case_id == first
    assert operator.call.assignment is not None
    assert operator.call.assignment.reason is Reason.FRESH
    assert "Cut off before" not in operator.words()


def test_a_refusal_at_the_opening_ends_the_script_and_proposes_its_outcome(operator: Operator) -> None:
    operator.connect()
    operator.press(Key.Key_3)
    assert operator.call.shown == "end_refused"
    operator.press(Key.Key_Return)
    assert "Proposed outcome: Refused" in operator.words()
    assert not operator.console.question.script.isVisible()
    assert operator.console.question._paper._ground == "panel"
    operator.press(Key.Key_Return)
    assert operator.keys_mode() is Mode.DISPOSITION
    assert operator.console.disposition._chosen == "refusal"


def test_the_number_is_hidden_until_the_attempt_is_stored_and_leaves_the_clipboard_after_the_call(
    operator: Operator,
) -> None:
    assert operator.call.assignment is not None
    digits = operator.call.phone.e164.removeprefix("+86")
    shown = f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    assert shown not in operator.words()
    assert f"{digits[:3]} **** {digits[7:]}" in operator.words()
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.DIALLING)
    operator.wait(lambda: shown in operator.words())
    operator.press(Key.Key_C, held=CTRL)
    assert QGuiApplication.clipboard().text() == digits
    assert "Copied" in operator.words()
    operator.press(Key.Key_F10)
    operator.settled()
    operator.wait(lambda: QGuiApplication.clipboard().text() == "")
    assert shown not in operator.words()


def test_the_card_lies_over_the_question_and_digits_are_dead_under_it(operator: Operator) -> None:
    operator.connect()
    operator.press(Key.Key_F2)
    assert operator.console.card.isVisible()
    operator.press(Key.Key_1)
    assert operator.call.answers == {}
    operator.press(Key.Key_F2)
    assert not operator.console.card.isVisible()
    operator.press(Key.Key_F2, Key.Key_Escape, Key.Key_1)
    assert operator.call.answers == {"opening": "yes"}


def test_help_opens_and_folds_by_its_key_and_is_offered_only_where_there_is_some(operator: Operator) -> None:
    operator.connect()
    assert "Explain" not in [offer.text for offer in operator.shell.keys.offers()]
    operator.screen()
    meaning = "Keeping the central eight-point rules"
    assert meaning in operator.words()
    operator.press(Key.Key_F3)
    assert meaning not in operator.words()
    operator.press(Key.Key_F3)
    assert meaning in operator.words()


def test_a_failed_dialling_is_taken_back_and_can_be_tried_again(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_facts: object) -> int:
        raise CatiError("database_unreachable", "The database cannot be reached.")

    with monkeypatch.context() as patch:
        patch.setattr(calls, "begin_attempt", refuse)
        # Whoever presses Enter twice is not connected to a number that was never dialled.
        operator.press(Key.Key_Return, Key.Key_Return)
        operator.settled()
        operator.wait(lambda: "cannot be reached" in operator.words())
    assert operator.call.phase is Phase.READY
    assert operator.keys_mode() is Mode.READY
    assert attempts(operator) == []
    operator.connect()
    assert operator.call.shown == "opening"


def test_a_case_that_may_not_be_dialled_any_more_gives_way_to_the_next(operator: Operator) -> None:
    paused = operator.case_id
    with operator.database.write() as connection:
        cell = select(tables.cases.c.cell_id).where(tables.cases.c.id == paused).scalar_subquery()
        connection.execute(update(tables.cells).where(tables.cells.c.id == cell).values(paused=True))
    operator.press(Key.Key_Return)
    operator.wait(lambda: operator.case_id not in (None, paused))
    assert "is paused. Nobody was dialled" in operator.words()
    assert attempts(operator) == []
    operator.connect()


def test_an_outcome_that_could_not_be_stored_stays_chosen(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator.connect()
    operator.press(Key.Key_F10)

    def fail(*_args: object) -> None:
        raise CatiError("database_unreachable", "The database cannot be reached.")

    with monkeypatch.context() as patch:
        patch.setattr(calls, "close", fail)
        operator.press(Key.Key_8, Key.Key_Return)
        operator.wait(lambda: "cannot be reached" in operator.words())
    assert operator.call.phase is Phase.WRAP_UP
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.READY)
    assert attempts(operator) == [("refusal", "", False)]


def test_what_was_wrong_without_an_outcome_is_gone_when_there_is_one(operator: Operator) -> None:
    operator.connect()
    operator.press(Key.Key_F10, Key.Key_Return)
    assert "Choose the outcome first" in operator.words()
    operator.shell.close()
    assert not operator.console.trouble.isHidden()
    operator.press(Key.Key_8)
    assert "Choose the outcome first" not in operator.words()
    assert operator.console.trouble.isHidden()


def test_what_was_said_during_the_questions_is_still_there_after_the_choice(operator: Operator) -> None:
    operator.connect()
    operator.console.say("The hold on this case has lapsed.")
    operator.press(Key.Key_F10, Key.Key_8)
    assert not operator.console.trouble.isHidden()


def test_an_answer_that_could_not_be_stored_is_kept_and_stored_with_the_next(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_log: object, _event: object) -> None:
        raise CatiError("database_unreachable", "The database server does not answer.")

    operator.connect()
    with monkeypatch.context() as patch:
        patch.setattr(DatabaseAnswerLog, "append", fail)
        operator.press(Key.Key_1)
        operator.wait(lambda: "server does not answer: 1 answer is not stored yet" in operator.words())
    assert operator.call.shown == "identity"
    assert "1  Yes | saving" in operator.words()
    operator.press(Key.Key_1)
    operator.settled()
    operator.wait(lambda: "saved" in operator.words())
    assert len(rows(operator, tables.answers.c.item)) == 2


def test_a_lost_hold_is_told_and_the_interview_is_finished_and_kept(operator: Operator) -> None:
    operator.connect()
    operator.screen()
    operator.clock.advance(600)
    with operator.database.write() as connection:
        held = tables.cases.c.id == operator.case_id
        connection.execute(tables.cases.update().where(held).values(epoch=tables.cases.c.epoch + 1))
    operator.console.desk._pulse.timeout.emit()
    operator.wait(lambda: "hold on this case has lapsed" in operator.words())
    operator.console.trouble.clear()
    operator.console.desk._pulse.timeout.emit()
    operator.settled()
    assert "hold on this case has lapsed" not in operator.words()
    finish(operator)
    operator.wait(lambda: "listed so" in operator.words())
    assert rows(operator, tables.interviews.c.state) == [("complete",)]
    assert rows(operator, tables.attempts.c.late) == [(True,)]


def test_the_heartbeat_keeps_the_case(operator: Operator) -> None:
    case = tables.cases.c.held_by.is_not(None)
    before = rows(operator, tables.cases.c.lease_until.label("until"))
    operator.clock.advance(60)
    operator.console.desk._pulse.timeout.emit()
    operator.settled()
    with operator.database.read() as connection:
        until = connection.scalar(select(tables.cases.c.lease_until).where(case))
    assert before
    assert until == operator.clock.now() + timedelta(seconds=120)


def test_whoever_is_known_goes_to_somebody_else(operator: Operator) -> None:
    first = operator.case_id
    operator.press(Key.Key_F11)
    operator.wait(lambda: operator.call.phase is Phase.READY and operator.case_id != first)
    with operator.database.read() as connection:
        barred = connection.scalar(select(tables.cases.c.barred_id).where(tables.cases.c.id == first))
    assert barred == operator.ctx.actor.user_id


def test_a_break_lays_the_case_down_and_coming_back_looks_for_the_next(operator: Operator) -> None:
    operator.press(Key.Key_F5)
    operator.wait(lambda: "On a break since 10:00" in operator.words())
    assert operator.call.phase is Phase.IDLE
    operator.clock.advance(900)
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.READY)
    events = rows(operator, tables.attendance.c.event)
    assert [step for (step,) in events] == ["in", "break", "back"]


def test_a_break_that_cannot_begin_leaves_the_case_on_the_desk(operator: Operator) -> None:
    first = operator.case_id
    with operator.database.write() as connection:
        connection.execute(tables.attendance.delete())
    operator.press(Key.Key_F5)
    operator.wait(lambda: "not clocked in" in operator.words())
    operator.wait_for(Phase.READY)
    assert operator.case_id == first
    assert operator.keys_mode() is Mode.READY


def test_clocking_out_leads_back_to_sign_in(operator: Operator) -> None:
    recorder = operator.recorder
    operator.press(Key.Key_Q, held=CTRL)
    operator.wait(lambda: operator.shell._place is None)
    operator.settled()
    assert recorder.asked[-1] == "close"
    assert [step for (step,) in rows(operator, tables.attendance.c.event)] == ["in", "out"]


@pytest.mark.parametrize("code", ["database_unreachable", "let_in_no_more"])
def test_whoever_the_server_does_not_hear_can_go_home_all_the_same(
    operator: Operator, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> NoReturn:
        raise CatiError(code, "No answer.")

    operator.console.desk.place.leave = refuse  # type: ignore[method-assign]
    monkeypatch.setattr(operator.shell.station, "sign_out", lambda _session: refuse())
    operator.press(Key.Key_Q, held=CTRL)
    operator.wait(lambda: operator.shell._place is None)
    operator.settled()
    assert "could not be told that you clocked out" in super(Operator, operator).words()


def test_the_window_stays_open_during_a_call(operator: Operator) -> None:
    operator.connect()
    assert not operator.shell.close()
    assert "A call is under way" in operator.words()
    operator.press(Key.Key_F10)
    assert not operator.shell.close()
    assert "not stored yet" in operator.words()
    operator.press(Key.Key_E, held=CTRL)
    assert "not stored yet" not in operator.words()
    operator.press(Key.Key_8, Key.Key_Return)
    operator.wait_for(Phase.READY)
    assert operator.shell.close()
    assert operator.station.log[-1] == "close"


def test_after_a_power_cut_the_interview_goes_on_at_its_first_open_question(
    seat: Callable[[], Operator],
) -> None:
    before = seat()
    before.connect()
    before.screen()
    before.press(Key.Key_1, Key.Key_1)
    before.settled()
    before.lose_power()
    after = seat()
    after.wait_for(Phase.READY)
    assert after.call.assignment is not None
    assert after.call.assignment.reason is Reason.RESUME
    assert "You were cut off in this interview; it goes on at service to the people" in after.words()
    after.connect()
    assert after.call.shown == "service"
    assert "Item 3" in after.words()
    assert "Before this | performance of duties | 1  Satisfied | saved" in after.words()


def at_opinion(operator: Operator) -> None:
    operator.connect()
    operator.screen()
    operator.press(*[Key.Key_1] * ITEMS)
    assert operator.call.shown == "opinion"


def stored_opinion(operator: Operator) -> list[str]:
    item, value = tables.answers.c.item, tables.answers.c.value
    return [given for name, given in rows(operator, item, value) if name == "opinion"]


@pytest.mark.parametrize("way", ["back", "end", "redial"])
def test_an_opinion_that_was_not_entered_is_recorded_when_its_question_is_left(
    operator: Operator, way: str
) -> None:
    at_opinion(operator)
    operator.type("open longer")
    match way:
        case "back":
            operator.press(Key.Key_Left, held=ALT)
            assert "Just recorded" in operator.words()
        case "end":
            operator.press(Key.Key_F10)
        case _:
            operator.press(Key.Key_F8)
    operator.settled()
    operator.wait(lambda: stored_opinion(operator) == ["open longer"])
    if way == "back":
        operator.press(Key.Key_Right, held=ALT)
        assert operator.console.question.written.words() == "open longer"
        operator.press(Key.Key_Right, held=ALT)
        assert operator.call.shown == "closing"
        operator.settled()
        assert stored_opinion(operator) == ["open longer"]


def test_the_field_keeps_its_words_while_the_notes_have_the_focus(operator: Operator) -> None:
    at_opinion(operator)
    operator.type("open longer")
    operator.press(Key.Key_F4)
    operator.type("busy")
    operator.press(Key.Key_Escape)
    assert operator.console.question.written.words() == "open longer"
    assert operator.call.shown == "opinion"


def test_what_is_typed_is_on_the_disk_in_a_second_and_comes_back_after_a_power_cut(
    seat: Callable[[], Operator],
) -> None:
    before = seat()
    at_opinion(before)
    timer = before.console.typing.timer
    assert not timer.isActive()
    before.type("open l")
    assert timer.isActive()
    assert timer.interval() == KEEP_MS <= 1500
    before.press(Key.Key_F4)
    before.type("asks for 5 pm")
    before.wait(lambda: attempts(before) == [(None, "asks for 5 pm", False)])
    before.lose_power()
    after = seat()
    after.wait_for(Phase.READY)
    after.connect()
    assert after.call.shown == "opinion"
    assert after.console.question.written.words() == "open l"
    assert after.console.question.side.notes.field.toPlainText() == "asks for 5 pm"


def test_a_note_on_the_outcome_comes_back_after_a_power_cut(seat: Callable[[], Operator]) -> None:
    before = seat()
    before.connect()
    before.press(Key.Key_F10, Key.Key_F4)
    before.type("call at 5")
    before.wait(lambda: attempts(before) == [(None, "call at 5", False)])
    before.lose_power()
    after = seat()
    after.wait_for(Phase.READY)
    assert after.call.note == "call at 5"


def test_an_appointment_is_made_while_the_respondent_is_on_the_line(operator: Operator) -> None:
    operator.connect()
    operator.screen()
    operator.press(Key.Key_1)
    operator.press(Key.Key_F9)
    assert operator.keys_mode() is Mode.APPOINTMENT
    assert operator.call.phase is Phase.CONNECTED
    assert operator.recorder.running
    operator.press(Key.Key_Y)
    assert "Hang up and store" in operator.words()
    operator.press(Key.Key_Left, held=ALT)
    assert operator.keys_mode() is Mode.QUESTION
    operator.press(Key.Key_2)
    assert len(operator.call.answers) == 6
    assert "Just recorded" in operator.words() or "Before this" in operator.words()
    operator.press(Key.Key_F9, Key.Key_Y, Key.Key_Return)
    operator.wait_for(Phase.READY)
    assert not operator.recorder.running
    assert [row[0] for row in attempts(operator)] == ["appointment"]


def test_hanging_up_while_a_time_is_chosen_keeps_the_time(operator: Operator) -> None:
    operator.connect()
    operator.press(Key.Key_F9, Key.Key_U)
    chosen = operator.console.disposition.picker.moment
    operator.press(Key.Key_F10)
    assert operator.call.phase is Phase.WRAP_UP
    operator.settled()
    assert not operator.recorder.running
    assert operator.console.disposition.picker.moment == chosen
    assert "Hang up" not in operator.words()
    assert "End call" not in operator.words()
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.READY)
    assert [row[0] for row in attempts(operator)] == ["appointment"]


def test_half_an_opinion_is_recorded_before_a_time_is_chosen(operator: Operator) -> None:
    at_opinion(operator)
    operator.type("open longer")
    operator.press(Key.Key_F9)
    operator.settled()
    operator.wait(lambda: stored_opinion(operator) == ["open longer"])
    operator.press(Key.Key_Left, held=ALT)
    assert operator.console.question.written.field.hasFocus()
    assert operator.console.question.written.words() == "open longer"


def test_an_appointment_stands_in_the_day_and_on_the_card(operator: Operator) -> None:
    operator.connect()
    operator.press(Key.Key_F10, Key.Key_6, Key.Key_T, Key.Key_Return)
    operator.wait_for(Phase.READY)
    today = operator.console.desk.today
    assert today is not None
    assert len(today.appointments) == 1
    assert "My appointments" in operator.words()


def test_another_number_is_offered_only_where_there_is_one(operator: Operator) -> None:
    assert [offer.reason for offer in operator.shell.keys.offers() if offer.action.name == "alternate"] == [
        "no other number"
    ]
    before = operator.call
    operator.press(Key.Key_F9)
    assert operator.call == before
    case = operator.call.assignment
    assert case is not None
    two = (case.contact.number, Phone("+8613900005678"))
    runner = operator.console.desk.place.runner
    runner.lay_down()
    runner.take(replace(case, contact=replace(case.contact, phones=two)))
    operator.console.follow()
    operator.press(Key.Key_F9)
    assert "139 **** 5678" in operator.words()
    assert "other numbers: 1" in operator.words()


def limit_hours(monkeypatch: pytest.MonkeyPatch, start: time, end: time, *groups: str) -> None:
    """The demonstration may be called at any hour; here it may not, or only some groups may."""
    get = programmes.get

    def limited(ctx, code=None):
        loaded = get(ctx, code)
        hours: tuple[CallHours, ...] = (CallHours(groups, tuple(range(7)), start, end),)
        if groups:
            hours += (CallHours(("service",), tuple(range(7)), time(9), time(21)),)
        settings = replace(loaded.programme.settings, call_hours=hours)
        return replace(loaded, programme=replace(loaded.programme, settings=settings))

    monkeypatch.setattr(programmes, "get", limited)


def test_when_the_call_hours_end_the_case_goes_back_and_the_screen_says_from_when_on(
    seat: Callable[[], Operator], monkeypatch: pytest.MonkeyPatch
) -> None:
    limit_hours(monkeypatch, time(9), time(12))
    operator = seat()
    operator.wait_for(Phase.READY)
    assert "may be called" not in operator.words()
    operator.clock.advance(2 * 3600)
    for _second in range(LOOK_AGAIN_SECONDS):
        operator.console.clockwork.ticker.timeout.emit()
    operator.press(Key.Key_Return)
    operator.wait(lambda: "ay be called 2/22 Thu from 9:00" in operator.words())
    operator.settled()
    assert operator.call.phase is Phase.IDLE
    with operator.database.read() as connection:
        held = connection.scalars(select(tables.cases.c.id).where(tables.cases.c.held_by.is_not(None))).all()
    assert held == []


def test_when_the_hours_of_the_group_in_hand_end_somebody_of_another_group_comes(
    seat: Callable[[], Operator], monkeypatch: pytest.MonkeyPatch
) -> None:
    limit_hours(monkeypatch, time(9), time(12), "managed")
    operator = seat()
    operator.wait_for(Phase.READY)
    first = operator.call.assignment
    assert first is not None
    assert first.group_code == "managed"
    operator.clock.advance(2 * 3600)
    for _second in range(LOOK_AGAIN_SECONDS):
        operator.console.clockwork.ticker.timeout.emit()
    operator.wait(lambda: operator.call.assignment not in (None, first))
    assert operator.call.assignment is not None
    assert operator.call.assignment.group_code == "service"
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.DIALLING)


def test_the_picture_of_the_day_goes_with_the_clock(operator: Operator) -> None:
    operator.clock.advance(3600)
    for _second in range(MEASURE_SECONDS):
        operator.console.clockwork.ticker.timeout.emit()
    day = operator.console.bars.board._day._day
    assert day is not None
    assert f"{day.now:%H:%M}" == "11:00"


def test_who_dials_in_a_window_left_open_over_night_is_clocked_in_on_that_day(operator: Operator) -> None:
    operator.clock.advance(24 * 3600)
    assert [step for (step,) in rows(operator, tables.attendance.c.event)] == ["in"]
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.DIALLING)
    operator.settled()
    assert [step for (step,) in rows(operator, tables.attendance.c.event)] == ["in", "in"]


def test_where_nobody_may_be_called_the_screen_says_until_when_and_looks_again(
    seat: Callable[[], Operator], monkeypatch: pytest.MonkeyPatch
) -> None:
    limit_hours(monkeypatch, time(14), time(20))
    operator = seat()
    operator.wait(lambda: "The next call is due 2/21 Wed 14:00" in operator.words())
    operator.press(Key.Key_Return)
    assert operator.call.phase is Phase.IDLE
    operator.clock.advance(4 * 3600)
    for _second in range(LOOK_AGAIN_SECONDS):
        operator.console.clockwork.ticker.timeout.emit()
    operator.wait_for(Phase.READY)


def test_who_declines_to_be_recorded_is_not_from_that_key_on_until_they_agree(operator: Operator) -> None:
    def lamp() -> Lamp:
        state = operator.console.bars.call._state
        assert state is not None
        return state.lamp

    operator.connect()
    operator.press(Key.Key_1, Key.Key_1)
    assert (operator.call.shown, lamp()) == ("recording", Lamp.RECORDING_ONE)
    operator.press(Key.Key_2)
    assert (operator.call.shown, lamp()) == ("recording_explained", Lamp.DECLINED)
    assert "the respondent declined" in operator.words()
    assert operator.console.trouble.isHidden()
    operator.recorder.fail("silent")
    operator.settled()
    assert (lamp(), operator.recorder.running) == (Lamp.DECLINED, "")
    operator.press(Key.Key_1)
    operator.settled()
    assert (lamp(), operator.recorder.asked.count("start")) == (Lamp.RECORDING_ONE, 2)
    # With the respondent on the line the outcome says the same, and is taken back.
    operator.press(Key.Key_F9, Key.Key_Escape, Key.Key_0)
    operator.settled()
    assert (operator.keys_mode(), lamp(), operator.recorder.running) == (Mode.DISPOSITION, Lamp.DECLINED, "")
    operator.press(Key.Key_Left, held=ALT)
    operator.settled()
    assert (operator.keys_mode(), lamp()) == (Mode.QUESTION, Lamp.RECORDING_ONE)
    assert operator.recorder.asked.count("start") == 3
    operator.press(Key.Key_Left, held=ALT)
    operator.press(Key.Key_2, Key.Key_F10)
    assert (operator.call.phase, lamp()) == (Phase.WRAP_UP, Lamp.DECLINED)
    assert operator.console.disposition._chosen == "recording_refused"
    operator.press(Key.Key_Return)
    operator.settled()
    assert [code for code, _note, _prompted in attempts(operator)] == ["recording_refused"]
    found = tables.recordings
    assert rows(operator, found.c.complete, found.c.problem) == [(True, "declined")] * 3


def test_the_lamp_tells_what_the_microphone_does(operator: Operator) -> None:
    def lamp() -> Lamp:
        state = operator.console.bars.call._state
        assert state is not None
        return state.lamp

    operator.recorder.hear(0.5)
    operator.wait(lambda: "microphone works" in operator.words())
    assert operator.console.desk.level() == 0.5
    operator.recorder.fail("no_device")
    operator.wait(lambda: lamp() is Lamp.NONE)
    assert operator.console.desk.level() == 0.0
    operator.recorder.hear(0.1)
    operator.wait(lambda: lamp() is Lamp.OFF)
    operator.connect()
    assert lamp() is Lamp.RECORDING_ONE
    operator.recorder.fail("device_lost")
    operator.wait(lambda: lamp() is Lamp.LOST)
    # What the recorder fills in for lost sound is silence, and no sign that the microphone is back.
    operator.recorder.hear(0.0, heard=False)
    operator.settled()
    assert lamp() is Lamp.LOST
    assert operator.recorder.asked.count("start") == 1
    # One that is back may be in a silent room.
    operator.recorder.hear(0.0)
    operator.wait(lambda: lamp() is Lamp.RECORDING_ONE)
    # What comes from the microphone that is back goes into a file of its own.
    operator.wait(lambda: operator.recorder.asked.count("start") == 2)
    operator.recorder.fail("recorder_died")
    operator.wait(lambda: lamp() is Lamp.OFF)
    assert "recorder stopped" in operator.words()
    # So does the rest of the call after the recorder's own end.
    operator.wait(lambda: operator.recorder.asked.count("start") == 3)
    operator.recorder.hear(0.1)
    operator.wait(lambda: lamp() is Lamp.RECORDING_ONE)
    operator.press(Key.Key_1, Key.Key_F10)
    operator.settled()
    asked = operator.recorder.asked
    assert asked[:3] == ["monitor", "start", "question opening"]
    assert asked.index("answer opening") < asked.index("question identity") < len(asked) - 1
    operator.wait(lambda: lamp() is Lamp.PARTLY)
