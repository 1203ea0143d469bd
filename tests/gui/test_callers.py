"""Respondents who call, complaints, and calls for the supervisor, by keys."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from cati.domain.call import Phase
from cati.domain.messages import Kind, Stretch
from cati.domain.users import Role
from cati.gui.action import Mode
from cati.services import attendance, messages, notices, sessions, users
from cati.services.attendance import Colleague
from cati.store import tables as t
from tests.gui.looks import lacking, looks
from tests.gui.operators import LOGIN, Key, Operator
from tests.services.cleared import cleared

LOOKS = looks(("light", "dark"), (1.0, 1.25))
pytestmark = pytest.mark.usefixtures("look")


def busy_number(operator: Operator) -> tuple[int, str]:
    """A case whose line was busy, and its number."""
    operator.wait_for(Phase.READY)
    case = operator.call.assignment
    assert case is not None
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.DIALLING)
    operator.press(Key.Key_F10)
    operator.wait(lambda: operator.keys_mode() is Mode.DISPOSITION)
    operator.press(Key.Key_2, Key.Key_Return)
    operator.wait(lambda: operator.case_id not in (None, case.case_id))
    operator.wait_for(Phase.READY)
    return case.case_id, case.contact.number.e164.removeprefix("+86")


def test_the_case_of_a_caller_opens_by_the_number_and_the_interview_begins(operator: Operator) -> None:
    case_id, number = busy_number(operator)
    left = operator.case_id
    operator.press(Key.Key_F8)
    assert operator.keys_mode() is Mode.CALL_BACK
    operator.type(number)
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.CONNECTED)
    assert (operator.keys_mode(), operator.case_id) == (Mode.QUESTION, case_id)
    assert operator.console.callers.overlay.field.text() == ""
    operator.wait(lambda: "start" in operator.recorder.asked)
    operator.press(Key.Key_1)
    assert len(operator.call.answers) == 1
    with operator.database.read() as connection:
        attempt = connection.execute(
            select(t.attempts).where(t.attempts.c.id == operator.call.attempt_id)
        ).one()
        state = connection.scalar(select(t.cases.c.state).where(t.cases.c.id == left))
    assert attempt.incoming
    assert state == 0


def test_an_unknown_number_says_so_and_the_case_in_hand_stays(operator: Operator) -> None:
    operator.wait_for(Phase.READY)
    case_id = operator.case_id
    operator.press(Key.Key_F8)
    operator.type("13700000000")
    operator.press(Key.Key_Return)
    operator.wait(lambda: "Nobody was called at this number" in operator.words())
    operator.press(Key.Key_Escape)
    assert (operator.keys_mode(), operator.case_id) == (Mode.READY, case_id)
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.DIALLING)


def test_a_complaint_goes_to_the_supervisor_and_the_interview_goes_on(operator: Operator) -> None:
    operator.connect()
    operator.press(Key.Key_F7)
    operator.type("calls every week")
    operator.press(Key.Key_Return)
    operator.wait(lambda: operator.keys_mode() is Mode.QUESTION)
    place = operator.console.desk.place
    (message,) = messages.waiting(operator.ctx, place.programme)
    assert (message.kind, message.text) == (Kind.COMPLAINT, "calls every week")
    assert message.case_id == operator.case_id
    # What was said before the key is marked, in the recording and for the supervisor.
    assert message.stretch == Stretch(operator.recorder.running, 0, 1000)
    assert "complaint " in operator.recorder.asked
    assert "Sent to the supervisor" in operator.words()
    operator.press(Key.Key_1)
    assert len(operator.call.answers) == 1


def test_the_supervisors_answer_stands_in_the_console(operator: Operator) -> None:
    operator.wait_for(Phase.READY)
    operator.press(Key.Key_F12)
    operator.type("headset")
    operator.press(Key.Key_Return)
    operator.wait(lambda: operator.keys_mode() is Mode.READY)
    place = operator.console.desk.place
    (message,) = messages.waiting(operator.ctx, place.programme)
    operator.console.reports.look()
    operator.settled()
    messages.settle(operator.ctx, place.programme, message.id, "coming")
    operator.console.reports.look()
    operator.wait(lambda: "about your call for help: coming" in operator.words())


def test_what_the_supervisor_writes_stands_in_the_console(operator: Operator) -> None:
    operator.wait_for(Phase.READY)
    users.add_user(operator.ctx, "zhao", "赵主任", [Role.SUPERVISOR], "a long enough phrase")
    database, clock = operator.ctx.database, operator.ctx.clock
    notices.send(sessions.sign_in(database, clock, "zhao", "a long enough phrase", "1"), "meeting at eleven")
    operator.console.reports.look()
    operator.wait(lambda: "writes: meeting at eleven" in operator.words())


def test_nothing_is_sent_without_words_or_after_escape(operator: Operator) -> None:
    operator.wait_for(Phase.READY)
    operator.press(Key.Key_F12, Key.Key_Return)
    assert operator.keys_mode() is Mode.COMPLAINT
    operator.type("never mind")
    operator.press(Key.Key_Escape)
    operator.settled()
    assert messages.waiting(operator.ctx, operator.console.desk.place.programme) == ()


@pytest.mark.usefixtures("tongue")
def test_nothing_is_cut(operator: Operator) -> None:
    for key in (Key.Key_F8, Key.Key_F12):
        operator.press(key)
        operator.type("12")
        operator.press(Key.Key_Return)
        operator.settled()
        assert list(lacking([(key.name, operator.shell)], LOOKS)) == []
        operator.press(Key.Key_Escape)


# ---- languages, change of operator ---------------------------------------------------------------


def test_the_language_is_asked_for_and_picked_by_a_letter(operator: Operator) -> None:
    users.set_languages(operator.ctx, LOGIN, ["海南话", "黎语"])
    operator.connect()
    case_id = operator.case_id
    operator.wait(lambda: operator.console.desk.today is not None)
    operator.console.desk.today = operator.console.desk.place.today()
    operator.press(Key.Key_F10)
    operator.wait(lambda: operator.keys_mode() is Mode.DISPOSITION)
    operator.press(Key.Key_W, Key.Key_Return)
    assert "Choose the language first" in operator.words()
    operator.press(Key.Key_D)
    assert operator.console.disposition.tongues.language == "黎语"
    operator.press(Key.Key_Return)
    operator.wait(lambda: operator.case_id not in (None, case_id))
    with operator.database.read() as connection:
        assert connection.scalar(select(t.cases.c.language).where(t.cases.c.id == case_id)) == "黎语"


def test_another_language_is_typed_and_the_supervisor_sees_that_nobody_speaks_it(operator: Operator) -> None:
    operator.connect()
    case_id = operator.case_id
    operator.press(Key.Key_F10)
    operator.wait(lambda: operator.keys_mode() is Mode.DISPOSITION)
    operator.press(Key.Key_W, Key.Key_L)
    operator.type("Miao")
    operator.press(Key.Key_Return)
    operator.wait(lambda: operator.case_id not in (None, case_id))
    (message,) = messages.waiting(operator.ctx, operator.console.desk.place.programme)
    assert (message.kind, message.text, message.case_id) == (Kind.LANGUAGE, "Miao", case_id)


def test_a_call_is_given_to_a_colleague_by_one_key_and_enter(operator: Operator) -> None:
    users.add_user(operator.ctx, "li", "李", [Role.OPERATOR], "long enough 1")
    operator.connect()
    case_id = operator.case_id
    operator.press(Key.Key_1, Key.Key_F11)
    operator.wait(lambda: operator.keys_mode() is Mode.DISPOSITION)
    operator.press(Key.Key_Return)
    operator.wait(lambda: operator.case_id not in (None, case_id))
    with operator.database.read() as connection:
        case = connection.execute(select(t.cases).where(t.cases.c.id == case_id)).one()
    assert (case.disposition, case.state) == ("handed_over", 2)


def test_a_call_is_given_to_one_colleague_by_digit(operator: Operator) -> None:
    users.add_user(operator.ctx, "li", "李", [Role.OPERATOR], "long enough 1")
    li = cleared(sessions.sign_in(operator.database, operator.ctx.clock, "li", "long enough 1", "pc-2"))
    attendance.clock_in(li)
    operator.console.desk.look_at_day()
    operator.wait(lambda: (today := operator.console.desk.today) is not None and bool(today.colleagues))
    operator.connect()
    case_id = operator.case_id
    operator.press(Key.Key_1, Key.Key_F11)
    operator.wait(lambda: operator.keys_mode() is Mode.HAND_OVER)
    page = operator.console.disposition
    assert not page._rows["refusal"].isEnabled()
    operator.press(Key.Key_1)
    assert page.colleagues.colleague == li.actor.user_id
    operator.press(Key.Key_0, Key.Key_Escape)
    assert operator.keys_mode() is Mode.DISPOSITION
    operator.press(Key.Key_H, Key.Key_1, Key.Key_Return)
    operator.wait(lambda: operator.case_id not in (None, case_id))
    with operator.database.read() as connection:
        case = connection.execute(select(t.cases).where(t.cases.c.id == case_id)).one()
    assert (case.disposition, case.owner_id) == ("handed_over", li.actor.user_id)


def test_one_of_many_colleagues_is_found_by_typing(operator: Operator) -> None:
    operator.connect()
    operator.press(Key.Key_1, Key.Key_F10)
    operator.wait(lambda: operator.keys_mode() is Mode.DISPOSITION)
    page = operator.console.disposition
    found = page.colleagues

    def picked() -> int | None:
        return found.colleague

    people = [Colleague(nth, f"{'赵钱孙李'[nth % 4]}{nth}", f"login{nth}") for nth in range(1, 21)]
    found.show_people(people)
    operator.press(Key.Key_H, Key.Key_3)
    assert picked() == 3
    assert "13 more" in operator.words()
    operator.press(Key.Key_K)
    operator.type("LOGIN1")
    assert [one.user_id for one in found._offered] == [1, *range(10, 16)]
    operator.press(Key.Key_Return)
    assert page.isVisible()
    assert page.hasFocus()
    operator.press(Key.Key_2)
    assert picked() == 10
    operator.press(Key.Key_K)
    operator.type("7")
    assert picked() == 17
    operator.type("0")
    assert "nobody of this name" in operator.words()
    assert picked() is None
    operator.press(Key.Key_Escape, Key.Key_Escape)
    assert operator.keys_mode() is Mode.DISPOSITION
    found.show_people(people[:3])
    operator.press(Key.Key_H, Key.Key_K)
    assert not found.field.isVisible()


@pytest.mark.usefixtures("tongue")
def test_nothing_of_the_languages_is_cut(operator: Operator) -> None:
    operator.connect()
    operator.press(Key.Key_F10)
    operator.wait(lambda: operator.keys_mode() is Mode.DISPOSITION)
    operator.console.disposition.tongues.show_names(["海南话", "黎语", "苗语", "粤语", "闽南语"])
    operator.press(Key.Key_W)
    assert list(lacking([("languages", operator.shell)], LOOKS)) == []
    people = [Colleague(nth, f"欧阳{name}", f"ou{nth}") for nth, name in enumerate("建国建军建华建民建")]
    operator.console.disposition.colleagues.show_people(people)
    operator.press(Key.Key_Escape, Key.Key_H)
    assert list(lacking([("colleagues", operator.shell)], LOOKS)) == []


def test_where_operators_are_told_the_console_says_that_somebody_listens(operator: Operator) -> None:
    operator.connect()
    for on, said in (
        (True, "Somebody listens to this call."),
        (False, "Nobody listens to the call any more."),
    ):
        operator.console.desk.listened.emit(on)
        assert said in operator.words()
    assert operator.keys_mode() is Mode.QUESTION
