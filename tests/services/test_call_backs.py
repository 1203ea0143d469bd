"""Respondents who call, appointments that are changed, and calls that a colleague goes on with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.attendance import Event, Step, local_day
from cati.domain.call import Phase
from cati.domain.dispositions import PastAttempt, settlement
from cati.domain.queue import Assignment, CaseState, Reason
from cati.services import appointments, attendance, browse, call_backs, queue
from cati.services.context import Context
from cati.store import tables as t
from tests.rig.furnished import Furnished
from tests.services.test_wishes import close
from tests.station.office import START, Line, Office, open_office, programme_of, runner_of


@pytest.fixture
def office(furnished: Furnished) -> Office:
    return furnished(open_office)


def tried(office: Office, ctx: Context, disposition: str, **how: object) -> Assignment:
    """A case after a call with this outcome."""
    case = queue.claim_next(ctx, office.programme)
    assert case is not None
    close(ctx, office.programme, case, disposition, **how)
    return case


def number_of(case: Assignment) -> str:
    return case.contact.number.e164.removeprefix("+86")


def row(office: Office, case_id: int) -> tuple[int, bool, int]:
    with office.database.read() as connection:
        found = connection.execute(select(t.cases).where(t.cases.c.id == case_id)).one()
        return found.state, found.reserves, found.epoch


def reserved(office: Office) -> int:
    with office.database.read() as connection:
        return int(connection.execute(select(t.cells.c.reserved)).scalar_one())


def refusal(office: Office, ctx: Context, number: str, **how: object) -> str:
    with pytest.raises(CatiError) as refused:
        call_backs.open_case(ctx, office.programme, number, **how)  # type: ignore[arg-type]
    assert str(refused.value)
    return refused.value.code


# ---- call-backs ----------------------------------------------------------------------------------


def test_who_calls_back_is_interviewed_whenever_that_is(office: Office) -> None:
    zhou, wu = office.hire("zhou"), office.hire("wu")
    case = tried(office, zhou, "no_answer")
    opened = call_backs.open_case(wu, office.programme, number_of(case))
    assert (opened.case_id, opened.reason, len(opened.history)) == (case.case_id, Reason.INCOMING, 1)
    assert row(office, case.case_id)[:2] == (CaseState.HELD, True)
    assert reserved(office) == 1
    close(wu, office.programme, opened, "complete")
    assert row(office, case.case_id)[0] == CaseState.COMPLETE
    assert refusal(office, zhou, number_of(case)) == "call_back_complete"


def test_the_case_in_hand_goes_back_to_where_it_stood(office: Office) -> None:
    zhou = office.hire("zhou")
    case = tried(office, zhou, "busy")
    in_hand = queue.claim_next(zhou, office.programme)
    assert in_hand is not None
    call_backs.open_case(zhou, office.programme, number_of(case), instead=in_hand)
    assert row(office, in_hand.case_id)[:2] == (CaseState.FRESH, False)
    assert reserved(office) == 1
    follows = queue.claim_next(office.hire("wu"), office.programme)
    assert follows is not None
    assert follows.case_id == in_hand.case_id


def test_nobody_can_pick_whom_to_interview(office: Office) -> None:
    zhou = office.hire("zhou")
    case = queue.claim_next(zhou, office.programme)
    assert case is not None
    assert refusal(office, zhou, number_of(case)) == "call_back_unknown"
    assert refusal(office, zhou, "13700000000") == "call_back_unknown"
    assert refusal(office, zhou, "12") == "number_invalid"
    assert row(office, case.case_id) == (CaseState.HELD, True, case.epoch)


def test_who_calls_from_the_other_number_is_known(office: Office) -> None:
    zhou = office.hire("zhou")
    case = tried(office, zhou, "no_answer")
    other = "+8613800001234"
    hashed = zhou.keys.contact_key(office.programme.id).number_hash(other)
    with office.database.write() as connection:
        person = connection.scalar(select(t.cases.c.person_id).where(t.cases.c.id == case.case_id))
        connection.execute(insert(t.other_numbers).values(person_id=person, number_hash=hashed))
    assert call_backs.open_case(zhou, office.programme, other).case_id == case.case_id
    assert browse.find(office.ctx, office.programme, other, lambda _: None).cases == (case.case_id,)


def test_a_refused_call_back_leaves_the_case_in_hand(office: Office) -> None:
    zhou = office.hire("zhou")
    ended = tried(office, zhou, "refusal_final")
    in_hand = queue.claim_next(zhou, office.programme)
    assert in_hand is not None
    assert refusal(office, zhou, number_of(ended), instead=in_hand) == "call_back_ended"
    assert row(office, in_hand.case_id) == (CaseState.HELD, True, in_hand.epoch)


def test_a_colleague_who_has_the_case_is_not_interrupted(office: Office, clock: VirtualClock) -> None:
    zhou, wu = office.hire("zhou"), office.hire("wu")
    case = tried(office, zhou, "busy")
    clock.advance(timedelta(hours=1).total_seconds())
    again = queue.claim_next(zhou, office.programme)
    assert again is not None
    assert again.case_id == case.case_id
    assert refusal(office, wu, number_of(case)) == "call_back_held"


def test_without_a_place_or_in_a_paused_cell_the_caller_is_thanked(office: Office) -> None:
    zhou = office.hire("zhou")
    case = tried(office, zhou, "busy")
    with office.database.write() as connection:
        connection.execute(update(t.cells).values(paused=True))
    assert refusal(office, zhou, number_of(case)) == "call_back_paused"
    with office.database.write() as connection:
        connection.execute(update(t.cells).values(paused=False, completed=2))
    assert refusal(office, zhou, number_of(case)) == "call_back_full"


def test_a_case_that_ended_because_nobody_was_reached_is_opened_again(office: Office) -> None:
    zhou = office.hire("zhou")
    case = tried(office, zhou, "no_answer")
    with office.database.write() as connection:
        closed = update(t.cases).where(t.cases.c.id == case.case_id)
        connection.execute(closed.values(state=int(CaseState.CLOSED), disposition="no_answer"))
    opened = call_backs.open_case(zhou, office.programme, number_of(case))
    assert opened.case_id == case.case_id


def test_an_incoming_call_is_recorded_as_such_and_nothing_is_dialled(office: Office, tmp_path: Path) -> None:
    zhou = office.hire("zhou")
    case = tried(office, zhou, "no_answer")
    line = Line()
    runner = runner_of(zhou, office.programme, tmp_path, dialler=line)
    runner.take(runner.open_call_back(number_of(case)))
    runner.call_back()
    assert runner.call.phase is Phase.CONNECTED
    with office.database.read() as connection:
        attempt = connection.execute(select(t.attempts).where(t.attempts.c.number == 2)).one()
    assert (attempt.incoming, attempt.user_id) == (True, zhou.actor.user_id)
    assert line.dialled == []
    for value in ("yes", "fair", "poor", "bad", "意见", "read"):
        runner.answer(value)
    runner.settle("complete")
    assert row(office, case.case_id)[0] == CaseState.COMPLETE


# ---- appointments --------------------------------------------------------------------------------


def test_everybodys_appointments_are_seen_and_the_own_ones_changed(
    office: Office, clock: VirtualClock
) -> None:
    zhou, wu = office.hire("zhou"), office.hire("wu")
    at = clock.now() + timedelta(hours=2)
    case = tried(office, zhou, "appointment", not_before=at)
    (own,) = appointments.own(zhou, office.programme)
    assert (own.case_id, own.at, own.firm, own.owner) == (case.case_id, at, True, "话务员zhou")
    assert appointments.own(wu, office.programme) == ()
    assert appointments.everybodys(wu, office.programme) == (own,)
    later = at + timedelta(days=1)
    appointments.move(zhou, office.programme, own, later)
    assert [one.at for one in appointments.everybodys(wu, office.programme)] == [later]
    refusals: dict[str, Callable[[], None]] = {
        "appointment_gone": lambda: appointments.move(wu, office.programme, own, later),
        "appointment_closed": lambda: appointments.move(zhou, office.programme, own, clock.now()),
    }
    for code, refused in refusals.items():
        with pytest.raises(CatiError) as error:
            refused()
        assert error.value.code == code
    with pytest.raises(CatiError):
        appointments.cancel(wu, own)
    assert reserved(office) == 1
    appointments.cancel(zhou, own)
    assert appointments.everybodys(wu, office.programme) == ()
    assert row(office, case.case_id)[:2] == (CaseState.CALLBACK, False)
    assert reserved(office) == 0


def test_what_anybody_may_keep_anybody_may_change(office: Office, clock: VirtualClock) -> None:
    zhou, wu = office.hire("zhou"), office.hire("wu")
    at = clock.now() + timedelta(hours=2)
    case = tried(office, zhou, "appointment", not_before=at, mine=False)
    (one,) = appointments.everybodys(zhou, office.programme)
    assert one.owner_id is None
    for ctx, later in ((zhou, at + timedelta(hours=1)), (wu, at + timedelta(days=1))):
        appointments.move(ctx, office.programme, one, later)
        assert [found.at for found in appointments.everybodys(wu, office.programme)] == [later]
    appointments.cancel(zhou, one)
    assert row(office, case.case_id)[:2] == (CaseState.CALLBACK, False)


# ---- change of operator --------------------------------------------------------------------------


def test_a_colleague_goes_on_where_the_first_one_stopped(office: Office, tmp_path: Path) -> None:
    zhou, wu = office.hire("zhou"), office.hire("wu")
    first = runner_of(zhou, office.programme, tmp_path)
    case = first.claim()
    assert case is not None
    first.take(case)
    first.dial()
    first.connect()
    first.answer("yes")
    first.answer("fair")
    first.settle("handed_over")
    second = runner_of(wu, office.programme, tmp_path)
    found = second.claim()
    assert found is not None
    assert (found.case_id, found.reason) == (case.case_id, Reason.CALLBACK)
    second.take(found)
    assert dict(second.call.answers) == {"opening": "yes", "item1": "fair"}
    second.dial()
    second.connect()
    assert second.call.shown == "item2"
    mine = first.claim()
    assert mine is not None
    assert mine.case_id != case.case_id


def test_whom_a_colleague_hands_over_comes_first(office: Office, clock: VirtualClock) -> None:
    zhou, wu, sun = (office.hire(login) for login in ("zhou", "wu", "sun"))
    earlier, other = tried(office, zhou, "busy"), tried(office, zhou, "busy")
    named = tried(office, zhou, "handed_over", colleague=wu.actor.user_id)
    clock.advance(timedelta(minutes=10).total_seconds())
    # Who was named waits for the colleague; then for anybody, before the busy line that is due as well.
    for ctx, case, reason, outcome in (
        (sun, earlier, Reason.CALLBACK, "refusal"),
        (wu, named, Reason.RESUME, "handed_over"),
        (sun, named, Reason.CALLBACK, "refusal"),
        (sun, other, Reason.CALLBACK, "refusal"),
    ):
        found = queue.claim_next(ctx, office.programme)
        assert found is not None
        assert (found.case_id, found.reason) == (case.case_id, reason)
        if case is named:
            # A station that stops before dialling goes on with the same one.
            again = queue.claim_next(ctx, office.programme)
            assert again is not None
            assert again.case_id == case.case_id
            found = again
        close(ctx, office.programme, found, outcome)


def test_whom_a_named_colleague_does_not_take_goes_to_others(office: Office, clock: VirtualClock) -> None:
    zhou, wu, sun = (office.hire(login) for login in ("zhou", "wu", "sun"))
    case = tried(office, zhou, "handed_over", colleague=wu.actor.user_id)
    other = queue.claim_next(sun, office.programme)
    assert other is not None
    assert other.case_id != case.case_id
    close(sun, office.programme, other, "no_answer")
    clock.advance(timedelta(minutes=15).total_seconds())
    found = queue.claim_next(sun, office.programme)
    assert found is not None
    assert found.case_id == case.case_id


def test_nobody_is_named_who_cannot_call(office: Office) -> None:
    zhou, wu = office.hire("zhou"), office.hire("wu")
    for colleague in (zhou.actor.user_id, office.ctx.actor.user_id, 999):
        case = tried(office, zhou, "handed_over", colleague=colleague)
        found = queue.claim_next(wu, office.programme)
        assert found is not None
        assert (found.case_id, found.reason) == (case.case_id, Reason.CALLBACK)
        close(wu, office.programme, found, "refusal")


def test_colleagues_are_those_at_work(office: Office, clock: VirtualClock) -> None:
    zhou, wu, sun, _li = (office.hire(login) for login in ("zhou", "wu", "sun", "li"))
    for ctx in (zhou, wu, sun):
        attendance.clock_in(ctx)
    attendance.start_break(sun)
    assert attendance.colleagues(zhou, office.programme) == ((wu.actor.user_id, "话务员wu", "wu"),)
    # A day that was put right is as it was put right, by the last correction alone.
    now = clock.now()
    earlier = now - timedelta(minutes=10)
    days: tuple[tuple[list[Event], set[str]], ...] = (
        ([], set()),
        ([Event(Step.IN, earlier), Event(Step.OUT, now)], set()),
        ([Event(Step.IN, earlier), Event(Step.BREAK, earlier), Event(Step.BACK, now)], {"wu"}),
        ([Event(Step.IN, now)], {"wu"}),
    )
    for steps, here in days:
        clock.advance(1)
        attendance.correct(office.ctx, "wu", local_day(now), steps, "忘记打卡")
        assert {one.login for one in attendance.colleagues(zhou, office.programme)} == here
    # Whoever has not signed and practised cannot go on with a call.
    with office.database.write() as connection:
        unsigned = t.clearances.c.user_id == wu.actor.user_id
        connection.execute(delete(t.clearances).where(unsigned, t.clearances.c.kind == "pledge"))
    assert attendance.colleagues(zhou, office.programme) == ()
    case = tried(office, zhou, "handed_over", colleague=wu.actor.user_id)
    with office.database.read() as connection:
        owner = connection.scalar(select(t.cases.c.owner_id).where(t.cases.c.id == case.case_id))
    assert owner is None


# ---- several numbers -----------------------------------------------------------------------------


def test_a_useless_number_gives_way_to_the_persons_other_one(office: Office, tmp_path: Path) -> None:
    zhou = office.hire("zhou")
    runner = runner_of(zhou, office.programme, tmp_path)
    case = runner.claim()
    assert case is not None
    key = zhou.keys.contact_key(office.programme.id)
    other = replace(case.contact.number, e164="+8613800001234")
    both = replace(case.contact, phones=(case.contact.number, other))
    with office.database.write() as connection:
        sealed = key.seal(both.encode(), bound_to=key.number_hash(case.contact.number.e164))
        contact = update(t.contacts).where(t.contacts.c.entry_id == case.entry_id)
        connection.execute(contact.values(sealed=sealed))
    runner.take(replace(case, contact=both))
    runner.dial()
    runner.end()
    runner.settle("not_in_service")
    again = runner.claim()
    assert again is not None
    assert again.case_id == case.case_id
    runner.take(again)
    assert runner.call.phone.e164 == other.e164
    runner.dial()
    runner.connect()
    runner.settle("wrong_person")
    assert row(office, case.case_id)[:2] == (CaseState.CLOSED, False)


def test_a_number_that_was_dialled_before_rests_when_the_other_one_is_useless() -> None:
    now = START
    past = (PastAttempt(now, "no_answer", 0), PastAttempt(now, "not_in_service", 1))
    settings = programme_of().settings
    settled = settlement(
        "not_in_service", history=past, settings=settings, group="g1", now=now, user_id=1, numbers=2
    )
    assert (settled.kind, settled.not_before) == ("callback", now + timedelta(hours=2))
