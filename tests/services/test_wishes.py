"""Who refuses for good is not called again, in any programme, for as long as the wish holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.interview import Outcome
from cati.domain.programmes import LoadedProgramme
from cati.domain.queue import Assignment, CaseState
from cati.domain.users import Role
from cati.domain.wishes import Wish, expiry, wish_of
from cati.sealing.keyring import Secret
from cati.services import calls, draws, interviews, keys, programmes, queue, sessions, users, wishes
from cati.services.calls import Closing
from cati.services.context import Context
from cati.store import tables as t
from tests.rig.furnished import Furnished
from tests.services.cleared import cleared
from tests.services.fieldwork import add_list, numbers
from tests.station.office import PARTIES, PASSWORD, PUBLIC, Office, open_office, programme_of

COMPLETE = Outcome("complete", "complete", 3, 3, 3, False, Fraction(1))


@pytest.fixture
def office(furnished: Furnished) -> Office:
    return furnished(open_office)


def next_year(office: Office, folder: Path, people: list[str]) -> LoadedProgramme:
    """Another programme with a list of these numbers, drawn."""
    programme = replace(programme_of(quotas=(len(people),)), code="next")
    loaded = programmes.store_programme(office.ctx, programme)
    add_list(office.ctx, loaded, ("u1", "g1"), people)
    draws.draw(office.ctx, loaded, parties=PARTIES, public=PUBLIC, out=folder / "next")
    return programmes.get(office.ctx, "next")


def close(ctx: Context, loaded: LoadedProgramme, case: Assignment, disposition: str, **changed: Any) -> None:
    attempt = f"a{case.programme_id}-{case.case_id}-{case.epoch}"
    at = ctx.clock.now()
    calls.begin_attempt(
        ctx,
        loaded,
        attempt_id=attempt,
        case_id=case.case_id,
        epoch=case.epoch,
        alternate=0,
        at=at,
        simulated=changed.pop("simulated", False),
    )
    given: dict[str, Any] = {
        "attempt_id": attempt,
        "case_id": case.case_id,
        "group": case.group_code,
        "epoch": case.epoch,
        "disposition": disposition,
        "ended_at": at,
        "connected_at": at,
    }
    calls.close(ctx, loaded, Closing(**(given | changed)))


def refuse(office: Office, **changed: Any) -> str:
    """An operator meets somebody who refuses for good; gives the number."""
    operator = office.hire(f"op{len(users.list_users(office.ctx))}")
    case = queue.claim_next(operator, office.programme)
    assert case is not None
    close(operator, office.programme, case, "refusal_final", **changed)
    return case.contact.number.e164


def states(office: Office, loaded: LoadedProgramme) -> list[tuple[int, str | None]]:
    with office.database.read() as connection:
        rows = connection.execute(
            select(t.cases.c.state, t.cases.c.disposition)
            .where(t.cases.c.programme_id == loaded.id)
            .order_by(t.cases.c.position)
        )
        return [(row.state, row.disposition) for row in rows]


def test_a_refusal_for_good_closes_the_person_undialled_in_the_next_programme(
    office: Office, tmp_path: Path
) -> None:
    number = refuse(office)
    loaded = next_year(office, tmp_path, [number])
    assert states(office, loaded) == [(CaseState.FRESH, None)]
    assert queue.claim_next(cleared(office.sign_in("op1")), loaded) is None
    assert states(office, loaded) == [(CaseState.CLOSED, "refusal_final")]
    with office.database.read() as connection:
        cell = connection.execute(select(t.cells).where(t.cells.c.programme_id == loaded.id)).one()
        tried = connection.execute(
            select(t.attempts.c.id)
            .join(t.cases, t.cases.c.id == t.attempts.c.case_id)
            .where(t.cases.c.programme_id == loaded.id)
        ).all()
    assert (cell.reserved, cell.completed, len(tried)) == (0, 0, 0)


def test_others_of_the_list_are_called(office: Office, tmp_path: Path) -> None:
    number = refuse(office)
    loaded = next_year(office, tmp_path, [number, *numbers(500, 2)])
    operator = cleared(office.sign_in("op1"))
    called = set()
    while (case := queue.claim_next(operator, loaded)) is not None:
        called.add(case.contact.number.e164)
        close(operator, loaded, case, "refusal")
    assert called == set(numbers(500, 2))


def test_a_wish_noted_later_ends_what_waits_in_another_programme(
    office: Office, tmp_path: Path, clock: VirtualClock
) -> None:
    operator = office.hire("zhou")
    case = queue.claim_next(operator, office.programme)
    assert case is not None
    loaded = next_year(office, tmp_path, [case.contact.number.e164])
    keys.refresh(cleared(operator))
    waiting = queue.claim_next(operator, loaded)
    assert waiting is not None
    close(operator, loaded, waiting, "inconvenient")
    close(operator, office.programme, case, "refusal_final")
    clock.advance(timedelta(days=1).total_seconds())
    assert queue.claim_next(operator, loaded) is None
    assert states(office, loaded) == [(CaseState.CLOSED, "refusal_final")]


def test_after_two_years_the_wish_is_forgotten(office: Office, tmp_path: Path, clock: VirtualClock) -> None:
    number = refuse(office)
    assert [one.wish for one in wishes.of_number(office.ctx, office.programme, number)] == [Wish.REFUSAL]
    clock.advance(timedelta(days=731).total_seconds())
    assert wishes.of_number(office.ctx, office.programme, number) == ()
    assert wishes.counts(office.ctx)[Wish.REFUSAL] == 0


def test_who_is_only_simulated_wishes_nothing(office: Office) -> None:
    refuse(office, simulated=True)
    assert wishes.counts(office.ctx)[Wish.REFUSAL] == 0


def test_the_bureau_puts_a_number_on_the_list_and_takes_it_off_with_a_reason(office: Office) -> None:
    spoken = numbers(0, 1)[0].removeprefix("+86")
    wishes.add(office.ctx, office.programme, spoken, "热线要求")
    assert wishes.counts(office.ctx)[Wish.REFUSAL] == 1
    with pytest.raises(CatiError) as refused:
        wishes.withdraw(office.ctx, office.programme, spoken, " ")
    assert refused.value.code == "reason_missing"
    wishes.withdraw(office.ctx, office.programme, spoken, "本人要求")
    assert wishes.counts(office.ctx)[Wish.REFUSAL] == 0
    with pytest.raises(CatiError) as refused:
        wishes.withdraw(office.ctx, office.programme, spoken, "本人要求")
    assert refused.value.code == "wish_unknown"
    with pytest.raises(CatiError) as refused:
        wishes.add(office.ctx, office.programme, "12", "热线要求")
    assert refused.value.code == "number_invalid"
    with pytest.raises(CatiError) as refused:
        wishes.add(office.hire("zhou"), office.programme, spoken, "热线要求")
    assert refused.value.code == "not_allowed"


def test_who_agrees_in_the_interview_is_noted_for_next_year(office: Office) -> None:
    programme = office.settings(call_again="opinion=yes")
    operator = office.hire("zhou")
    case = queue.claim_next(operator, programme)
    assert case is not None
    interviews.open_interview(
        operator,
        interview_id="i1",
        case_id=case.case_id,
        cell_id=case.cell_id,
        language="zh",
        at=operator.clock.now(),
    )
    close(
        operator, programme, case, "complete", interview_id="i1", outcome=COMPLETE, answers={"opinion": "yes"}
    )
    number = case.contact.number.e164
    assert [one.wish for one in wishes.of_number(office.ctx, programme, number)] == [Wish.CALL_AGAIN]
    wishes.add(office.ctx, programme, number, "后又拒访")
    assert [one.wish for one in wishes.of_number(office.ctx, programme, number)] == [Wish.REFUSAL]


def test_only_an_answer_that_agrees_and_is_asked_counts(office: Office) -> None:
    settings = office.settings(call_again="again=yes").programme.settings
    assert wish_of("complete", {"again": "yes"}, frozenset(), settings) is Wish.CALL_AGAIN
    assert wish_of("complete", {"again": "no"}, frozenset(), settings) is None
    assert wish_of("complete", {"again": "yes"}, frozenset({"again"}), settings) is None
    assert wish_of("partial", {"again": "yes"}, frozenset(), settings) is None
    assert wish_of("complete", {"": ""}, frozenset(), office.programme.programme.settings) is None


def test_a_wish_of_a_leap_day_ends_on_the_day_before() -> None:
    assert expiry(datetime(2024, 2, 29, 5, tzinfo=UTC), 2) == datetime(2026, 2, 28, 5, tzinfo=UTC)
    assert expiry(datetime(2024, 3, 1, 5, tzinfo=UTC), 2) == datetime(2026, 3, 1, 5, tzinfo=UTC)


# ---- the key -------------------------------------------------------------------------------------


def without_refusal_key(office: Office) -> None:
    with office.database.write() as connection:
        connection.execute(t.key_grants.delete().where(t.key_grants.c.secret == "refusal"))


def test_a_database_of_an_earlier_version_gets_its_key_at_the_first_sign_in(office: Office) -> None:
    office.hire("zhou")
    without_refusal_key(office)
    users.add_user(office.ctx, "sup", "督导", {Role.SUPERVISOR}, PASSWORD)
    sessions.sign_in(office.database, office.ctx.clock, "sup", PASSWORD, "pc")
    operator, bureau = office.sign_in("zhou"), office.sign_in("bureau")
    secret = operator.keys.secret(None, Secret.REFUSAL)
    assert bureau.keys.secret(None, Secret.REFUSAL) == secret
    assert queue.claim_next(operator, office.programme) is not None


def test_nobody_without_the_key_is_handed_a_case(office: Office) -> None:
    operator = office.hire("zhou")
    operator.keys.drop(None)
    with pytest.raises(CatiError) as refused:
        queue.claim_next(operator, office.programme)
    assert refused.value.code == "no_refusal_key"
    with office.database.read() as connection:
        assert connection.execute(select(t.cases).where(t.cases.c.state == int(CaseState.HELD))).all() == []


def test_the_key_goes_to_operators_and_the_bureau_and_comes_back_by_a_grant(office: Office) -> None:
    for role in Role:
        users.add_user(office.ctx, f"the-{role}", "名", {role}, PASSWORD)
    holders = {role for role in Role if (None, Secret.REFUSAL) in office.sign_in(f"the-{role}").keys.held()}
    assert holders == {Role.OPERATOR, Role.BUREAU}
    with office.database.write() as connection:
        connection.execute(
            t.key_grants.delete().where(
                t.key_grants.c.secret == "refusal",
                t.key_grants.c.user_id.in_(
                    select(t.users.c.id).where(t.users.c.login == f"the-{Role.OPERATOR}")
                ),
            )
        )
    assert keys.missing(office.ctx) == (keys.Missing(f"the-{Role.OPERATOR}", None, Secret.REFUSAL),)
    keys.grant(office.ctx, f"the-{Role.OPERATOR}")
    assert keys.missing(office.ctx) == ()
    assert (None, Secret.REFUSAL) in office.sign_in(f"the-{Role.OPERATOR}").keys.held()


def test_all_numbers_of_a_person_are_refused(office: Office) -> None:
    with office.database.read() as connection:
        row = connection.execute(select(t.wishes)).all()
    assert row == []
    operator = office.hire("zhou")
    case = queue.claim_next(operator, office.programme)
    assert case is not None
    key = operator.keys.contact_key(office.programme.id)
    first, second = case.contact.number, replace(case.contact.number, e164=numbers(777, 1)[0])
    both = replace(case.contact, phones=(first, second))
    with office.database.write() as connection:
        sealed = key.seal(both.encode(), bound_to=key.number_hash(first.e164))
        connection.execute(
            update(t.contacts).where(t.contacts.c.entry_id == case.entry_id).values(sealed=sealed)
        )
    close(operator, office.programme, case, "refusal_final")
    assert wishes.counts(office.ctx)[Wish.REFUSAL] == 2
