"""Who is handed whom: by language, by share of a unit, and nobody in a paused cell."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.messages import Kind
from cati.domain.queue import CaseState
from cati.domain.users import Role
from cati.services import attendance, calls, messages, queue, users
from cati.services.context import Context
from cati.store import tables as t
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.services.test_wishes import close
from tests.station.office import PASSWORD, Office, open_office, programme_of


@pytest.fixture
def office(furnished: Furnished) -> Office:
    return furnished(of_two_units)


def of_two_units(database: Database, clock: VirtualClock, folder: Path) -> Office:
    return open_office(database, clock, folder, programme_of(units=2, quotas=(2,)))


def speaker(office: Office, login: str, *languages: str) -> Context:
    ctx = office.hire(login)
    users.set_languages(office.ctx, login, languages)
    return ctx


def pause(office: Office, paused: bool = True) -> None:
    with office.database.write() as connection:
        connection.execute(update(t.cells).values(paused=paused))


# ---- languages -----------------------------------------------------------------------------------


def test_somebody_who_speaks_another_language_goes_to_an_operator_who_speaks_it(
    office: Office, clock: VirtualClock
) -> None:
    first, second = office.hire("zhou"), office.hire("wu")
    third = speaker(office, "fu", "海南话", "黎语")
    case = queue.claim_next(first, office.programme)
    assert case is not None
    close(first, office.programme, case, "language", language="海南话")
    clock.advance(timedelta(hours=3).total_seconds())
    handed = {who.actor.login: queue.claim_next(who, office.programme) for who in (second, third)}
    assert handed["wu"] is not None
    assert handed["fu"] is not None
    assert handed["wu"].case_id != case.case_id
    assert handed["fu"].case_id == case.case_id


def test_a_language_nobody_speaks_is_the_supervisors_to_decide(office: Office, clock: VirtualClock) -> None:
    operator = office.hire("zhou")
    case = queue.claim_next(operator, office.programme)
    assert case is not None
    close(operator, office.programme, case, "language", language="苗语", note="老人")
    users.add_user(office.ctx, "sup", "督导", {Role.SUPERVISOR}, PASSWORD)
    supervisor = office.sign_in("sup")
    (message,) = messages.waiting(supervisor, office.programme)
    assert (message.kind, message.case_id, message.text) == (Kind.LANGUAGE, case.case_id, "苗语 老人")
    speaker(office, "yang", "苗语")
    messages.settle(supervisor, office.programme, message.id, again=True)
    clock.advance(timedelta(days=1).total_seconds())
    for login, gets_it in (("zhou", False), ("yang", True)):
        found = queue.claim_next(office.sign_in(login), office.programme)
        assert found is not None
        assert (found.case_id == case.case_id) is gets_it


def test_languages_are_stored_once_without_blanks_and_by_right(office: Office) -> None:
    operator = speaker(office, "zhou", " 海南话 ", "海南话", "", "黎语")
    (found,) = (user for user in users.list_users(office.ctx) if user.login == "zhou")
    assert found.languages == ("海南话", "黎语")
    with pytest.raises(CatiError) as refused:
        users.set_languages(office.ctx, "zhou", ["很长很长很长很长很长"])
    assert refused.value.code == "language_too_long"
    with pytest.raises(CatiError) as refused:
        users.set_languages(operator, "zhou", [])
    assert refused.value.code == "not_allowed"


# ---- paused cells --------------------------------------------------------------------------------


def test_nobody_is_called_in_a_paused_cell(office: Office) -> None:
    operator = office.hire("zhou")
    pause(office)
    assert queue.claim_next(operator, office.programme) is None
    assert queue.next_due(operator, office.programme) is None
    pause(office, False)
    assert queue.claim_next(operator, office.programme) is not None


def test_a_case_in_hand_is_not_dialled_after_the_pause_and_gives_way(office: Office) -> None:
    operator = office.hire("zhou")
    case = queue.claim_next(operator, office.programme)
    assert case is not None
    pause(office)
    with pytest.raises(CatiError) as refused:
        close(operator, office.programme, case, "busy")
    assert refused.value.code == "cell_paused"
    assert queue.claim_next(operator, office.programme) is None
    with office.database.read() as connection:
        state = connection.scalar(select(t.cases.c.state).where(t.cases.c.id == case.case_id))
    assert state == CaseState.FRESH
    # Neither does one that was cut off while it rang stand before all others.
    pause(office, False)
    case = queue.claim_next(operator, office.programme)
    assert case is not None
    begun = calls.begin_attempt(
        operator,
        office.programme,
        attempt_id="cut",
        case_id=case.case_id,
        epoch=case.epoch,
        alternate=0,
        at=operator.clock.now(),
    )
    assert begun == 1
    pause(office)
    assert queue.claim_next(operator, office.programme) is None
    pause(office, False)
    again = queue.claim_next(operator, office.programme)
    assert again is not None
    assert again.case_id == case.case_id


# ---- shares --------------------------------------------------------------------------------------


def test_no_operator_does_more_than_the_share_of_one_unit(office: Office) -> None:
    crew = [office.hire(f"op{number}") for number in range(5)]
    with office.database.write() as connection:
        connection.execute(update(t.cells).values(quota=5))
    for ctx in crew:
        attendance.clock_in(ctx)
    units = []
    for _ in range(5):
        case = queue.claim_next(crew[0], office.programme)
        if case is None:
            break
        units.append(case.unit_code)
        with office.database.write() as connection:
            connection.execute(
                t.interviews.insert().values(
                    id=f"i{case.case_id}",
                    case_id=case.case_id,
                    cell_id=case.cell_id,
                    state="complete",
                    started_at=crew[0].clock.now(),
                    user_id=crew[0].actor.user_id,
                )
            )
        close(crew[0], office.programme, case, "complete")
    # 40 % of five interviews of each unit
    assert sorted(units) == ["u1", "u1", "u2", "u2"]
    assert queue.next_due(crew[0], office.programme) is None
    assert queue.claim_next(crew[1], office.programme) is not None
    for ctx in crew[2:]:
        attendance.clock_out(ctx)
    assert queue.claim_next(crew[0], office.programme) is not None
