"""Nobody calls live before the pledge is signed and the practice test passed: the services see to it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete, select

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.clearances import PLEDGE_VERSION, Clearing, pledge_of
from cati.domain.interview import Script
from cati.domain.practice import Keyed, scenario
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Role
from cati.services import call_backs, calls, clearances, queue, users
from cati.services.clearances import Done
from cati.services.context import Context
from cati.store import tables as t
from tests.rig.furnished import Furnished
from tests.services.cleared import cleared
from tests.station.office import PASSWORD, START, Office, open_office


@pytest.fixture
def office(furnished: Furnished) -> Office:
    return furnished(open_office)


def newcomer(office: Office, login: str = "zhou", *roles: Role) -> Context:
    users.add_user(office.ctx, login, login, roles or {Role.OPERATOR}, PASSWORD)
    return office.sign_in(login)


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(CatiError) as refused:
        work()
    return refused.value.code


def practised(programme: LoadedProgramme, *numbers: int, **wrong: str) -> list[Done]:
    script = Script.of(programme.programme)
    told = [scenario(script, {"unit_code": "u1"}, number) for number in numbers]
    return [Done(one, Keyed(one.outcomes, {**one.answers, **wrong})) for one in told]


def actions(office: Office, user: Context) -> list[Any]:
    with office.database.read() as connection:
        query = (
            select(t.audit.c.action).where(t.audit.c.session_id == user.session_id).order_by(t.audit.c.seq)
        )
        return list(connection.scalars(query))


def test_the_way_to_the_first_call(office: Office) -> None:
    operator, programme = newcomer(office), office.programme
    assert refusal(lambda: queue.claim_next(operator, programme)) == "pledge_missing"
    clearances.sign(operator, programme, pledge_of(programme.programme), PASSWORD)
    assert refusal(lambda: queue.claim_next(operator, programme)) == "practice_missing"
    assert clearances.pass_practice(operator, programme, practised(programme, 1, 2))
    assert queue.claim_next(operator, programme) is not None
    assert actions(office, operator) == ["sign_in", "sign_pledge", "pass_practice"]


def test_dialling_and_callers_are_refused_too(office: Office) -> None:
    operator = cleared(newcomer(office))
    case = queue.claim_next(operator, office.programme)
    assert case is not None
    with office.database.write() as connection:
        connection.execute(delete(t.clearances).where(t.clearances.c.kind == "practice"))

    def dial() -> None:
        calls.begin_attempt(
            operator,
            office.programme,
            attempt_id="a1",
            case_id=case.case_id,
            epoch=case.epoch,
            alternate=0,
            at=START,
        )

    assert refusal(dial) == "practice_missing"
    number = case.contact.phones[0].e164
    assert refusal(lambda: call_backs.open_case(operator, office.programme, number)) == "practice_missing"


def test_the_pledge_is_signed_with_ones_own_password_and_kept_word_for_word(office: Office) -> None:
    operator, programme = newcomer(office), office.programme
    pledge = pledge_of(programme.programme)
    assert refusal(lambda: clearances.sign(operator, programme, pledge, "wrong")) == "signature_wrong"
    clearances.sign(operator, programme, pledge, PASSWORD)
    clock = operator.clock
    assert isinstance(clock, VirtualClock)
    clock.advance(60)
    clearances.sign(operator, programme, pledge, PASSWORD)
    [standing] = [one for one in clearances.listing(office.ctx, programme) if one.login == "zhou"]
    assert standing.pledge is not None
    assert standing.practice is None
    assert standing.pledge.at == START
    kept = standing.pledge.detail
    assert (kept["text"], kept["sha256"]) == (pledge.text, pledge.digest)
    assert (kept["version"], kept["language"], kept["station"]) == (PLEDGE_VERSION, "en", "pc-zhou")
    assert actions(office, operator).count("sign_pledge") == 1


def test_words_that_were_not_shown_cannot_be_signed(office: Office) -> None:
    other = pledge_of(office.settings().programme)
    changed = type(other)(other.version, other.language, other.heading, "nothing at all", other.points)
    operator = newcomer(office)
    assert refusal(lambda: clearances.sign(operator, office.programme, changed, PASSWORD)) == "pledge_other"


def test_only_interviews_recorded_as_told_count_and_none_twice(office: Office) -> None:
    operator, programme = newcomer(office), office.programme
    once, wrong = practised(programme, 1), practised(programme, 2, item1="bad")
    few = (once, once * 2, [*once, *wrong])
    refused = [refusal(partial(clearances.pass_practice, operator, programme, done)) for done in few]
    assert refused == ["practice_not_passed"] * 3
    right = practised(programme, 1, 2)
    assert clearances.pass_practice(operator, programme, right)
    assert not clearances.pass_practice(operator, programme, right)


def test_the_programme_says_how_many_practice_interviews(office: Office) -> None:
    one = office.settings(practice_interviews=1)
    assert clearances.pass_practice(newcomer(office), one, practised(one, 1))


def test_a_supervisor_excuses_the_experienced_with_a_reason(office: Office) -> None:
    operator, programme = newcomer(office), office.programme
    supervisor = newcomer(office, "chen", Role.SUPERVISOR)
    assert refusal(lambda: clearances.waive(operator, programme, "zhou", "I know it")) == "not_allowed"
    assert refusal(lambda: clearances.waive(supervisor, programme, "zhou", " ")) == "reason_missing"
    assert refusal(lambda: clearances.waive(supervisor, programme, "nobody", "why")) == "unknown_user"
    assert refusal(lambda: clearances.waive(supervisor, programme, "chen", "why")) == "no_interviewer"
    clearances.waive(supervisor, programme, "ZHOU", "called in three evaluations")
    assert refusal(lambda: clearances.waive(supervisor, programme, "zhou", "again")) == "practice_stands"
    assert refusal(lambda: queue.claim_next(operator, programme)) == "pledge_missing"
    clearances.sign(operator, programme, pledge_of(programme.programme), PASSWORD)
    assert queue.claim_next(operator, programme) is not None
    found = {one.login: one for one in clearances.listing(supervisor, programme)}
    assert set(found) == {"bureau", "zhou"}
    excused = found["zhou"].practice
    assert excused is not None
    assert excused.kind is Clearing.PRACTICE
    assert excused.waived
    assert excused.detail["reason"] == "called in three evaluations"
