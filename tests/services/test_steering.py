"""One case decided by hand: set aside, brought back, given to somebody, reopened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.queue import Assignment, CaseState, Reason
from cati.domain.users import Role
from cati.services import audit, browse, queue, steering, users
from cati.services.context import Context
from cati.store import tables as t
from cati.store.engine import Database
from tests.services.test_wishes import close
from tests.station.office import PASSWORD, START, Office, open_office, programme_of

WHY = "受访者来信，核实中"


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def office(database_url: str, clock: VirtualClock, tmp_path: Path) -> Iterator[Office]:
    with closing(Database(database_url)) as database:
        yield open_office(database, clock, tmp_path, programme_of(quotas=(2,)))


def claimed(office: Office, ctx: Context) -> Assignment:
    case = queue.claim_next(ctx, office.programme)
    assert case is not None
    return case


def state_of(office: Office, case_id: int) -> CaseState:
    with office.database.read() as connection:
        return CaseState(connection.scalar(select(t.cases.c.state).where(t.cases.c.id == case_id)) or 0)


def first_case(office: Office) -> int:
    with office.database.read() as connection:
        first = select(t.cases.c.id).where(t.cases.c.state == 0).order_by(t.cases.c.position)
        return connection.scalar(first) or 0


def refusal(work: object, *arguments: object) -> str:
    with pytest.raises(CatiError) as refused:
        work(*arguments)  # type: ignore[operator]
    return refused.value.code


def test_a_case_set_aside_is_called_by_nobody_until_it_is_brought_back(office: Office) -> None:
    operator, supervisor = office.hire("zhou"), office.ctx
    case_id = first_case(office)
    steering.set_aside(supervisor, office.programme, case_id, WHY)
    assert state_of(office, case_id) is CaseState.ASIDE
    other = claimed(office, operator)
    assert other.case_id != case_id
    close(operator, office.programme, other, "not_in_service")
    steering.bring_back(supervisor, office.programme, case_id, "核实完毕")
    assert claimed(office, operator).case_id == case_id


def test_what_was_agreed_outlives_being_set_aside(office: Office, clock: VirtualClock) -> None:
    operator = office.hire("zhou")
    case = claimed(office, operator)
    at = clock.now() + timedelta(hours=1)
    close(operator, office.programme, case, "appointment", not_before=at)
    steering.set_aside(office.ctx, office.programme, case.case_id, WHY)
    with office.database.read() as connection:
        assert connection.scalar(select(t.cells.c.reserved)) == 1
    clock.advance(3601)
    second = queue.claim_next(operator, office.programme)
    assert second is None or second.case_id != case.case_id
    steering.bring_back(office.ctx, office.programme, case.case_id, "核实完毕")
    assert state_of(office, case.case_id) is CaseState.APPOINTMENT


def test_a_case_on_a_desk_stays_there(office: Office) -> None:
    operator = office.hire("zhou")
    case = claimed(office, operator)
    for work in (steering.set_aside, steering.bring_back, steering.reopen):
        assert refusal(work, office.ctx, office.programme, case.case_id, WHY) == "case_on_desk"
    given = (office.ctx, office.programme, case.case_id, operator.actor.user_id, WHY)
    assert refusal(steering.give, *given) == "case_on_desk"


def test_a_case_that_was_given_to_somebody_comes_to_that_one_first(
    office: Office, clock: VirtualClock
) -> None:
    first, second = office.hire("zhou"), office.hire("wu")
    case = claimed(office, first)
    close(first, office.programme, case, "silent")
    steering.give(office.ctx, office.programme, case.case_id, second.actor.user_id, "熟悉该单位")
    other = claimed(office, first)
    assert other.case_id != case.case_id
    mine = claimed(office, second)
    assert (mine.case_id, mine.reason) == (case.case_id, Reason.GIVEN)


def test_a_fresh_case_can_be_given_and_its_person_is_taken(office: Office, clock: VirtualClock) -> None:
    operator = office.hire("zhou")
    with office.database.read() as connection:
        last = connection.scalar(
            select(t.cases.c.id).where(t.cases.c.state == 0).order_by(t.cases.c.position.desc())
        )
    steering.give(office.ctx, office.programme, last or 0, operator.actor.user_id, "指定")
    given = claimed(office, operator)
    assert (given.case_id, given.reason) == (last, Reason.GIVEN)
    again = claimed(office, operator)
    assert (again.case_id, again.reason) == (last, Reason.GIVEN)


def test_a_case_is_not_given_whose_person_another_case_has(office: Office) -> None:
    operator = office.hire("zhou")
    case_id = first_case(office)
    with office.database.write() as connection:
        connection.execute(update(t.persons).values(case_id=case_id + 1))
    given = (office.ctx, office.programme, case_id, operator.actor.user_id, WHY)
    assert refusal(steering.give, *given) == "person_elsewhere"
    assert state_of(office, case_id) is CaseState.FRESH


def test_only_operators_are_given_cases(office: Office) -> None:
    observer = users.add_user(office.ctx, "guan", "观察员", [Role.OBSERVER], PASSWORD)
    given = (office.ctx, office.programme, first_case(office), observer.id, WHY)
    assert refusal(steering.give, *given) == "no_operator"
    assert "观察员" not in [one.name for one in steering.operators(office.ctx)]


def test_a_case_that_ended_is_called_again_unless_the_person_said_never(office: Office) -> None:
    operator = office.hire("zhou")
    case = claimed(office, operator)
    close(operator, office.programme, case, "not_in_service")
    steering.reopen(office.ctx, office.programme, case.case_id, "单位更正了号码")
    again = claimed(office, operator)
    assert again.case_id == case.case_id
    close(operator, office.programme, again, "refusal_final")
    reopened = (office.ctx, office.programme, case.case_id, WHY)
    assert refusal(steering.reopen, *reopened) == "ended_for_good"
    assert state_of(office, case.case_id) is CaseState.CLOSED


def test_every_decision_has_a_reason_and_stands_in_the_history_and_the_audit_log(office: Office) -> None:
    case_id = first_case(office)
    assert refusal(steering.set_aside, office.ctx, office.programme, case_id, " ") == "reason_missing"
    assert refusal(steering.set_aside, office.ctx, office.programme, 10**6, WHY) == "unknown_case"
    steering.set_aside(office.ctx, office.programme, case_id, WHY)
    assert refusal(steering.set_aside, office.ctx, office.programme, case_id, WHY) == "case_not_waiting"
    steps = browse.card(office.ctx, office.programme, case_id).stored.steps
    assert [(step.kind, step.reason, step.name) for step in steps] == [("aside", WHY, office.ctx.actor.name)]
    assert "case_aside" in [entry.action for entry in audit.newest(office.ctx)]


def test_supervisors_steer_and_operators_do_not(office: Office) -> None:
    case_id = first_case(office)
    supervisor = replace(office.ctx, actor=replace(office.ctx.actor, roles=frozenset({Role.SUPERVISOR})))
    steering.set_aside(supervisor, office.programme, case_id, WHY)
    operator = office.hire("zhou")
    for work in (steering.set_aside, steering.bring_back, steering.reopen):
        assert refusal(work, operator, office.programme, case_id, WHY) == "not_allowed"
