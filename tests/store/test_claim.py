"""The claim and its settlement, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select, update

from cati.domain.queue import CaseState, Fate, Pick, Reason, Settlement
from cati.store import queue as store
from cati.store import quotas
from cati.store import tables as t
from cati.store.engine import Database
from tests.store.queue_floor import LEASE, OWNER_KEEPS, START, Floor, floor

COMPLETE = Settlement("complete", "complete")
REFUSED = Settlement("final", "refusal_final")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


def held(made: Floor, operator: int = 1) -> int:
    """A case on an operator's station, dialled."""
    found = made.claim(operator)
    assert found is not None
    made.dial(found.case_id)
    return found.case_id


def finish(made: Floor, case_id: int, outcome: Settlement, operator: int = 1) -> Fate:
    return made.settle(case_id, made.case(case_id).epoch, outcome, operator).fate


def test_fresh_cases_come_in_the_order_of_their_tickets(database: Database) -> None:
    made = floor(database, quotas=(3,), cases=(3,))
    picks = [made.claim(operator) for operator in (1, 2, 3)]
    assert picks == [Pick(case_id, Reason.FRESH) for case_id in made.cases[0]]


def test_a_claim_holds_the_case_and_a_place(database: Database) -> None:
    made = floor(database)
    row = made.case(held(made, 2))
    assert (row.state, row.held_by, row.station) == (CaseState.HELD, made.operators[1], "pc2")
    assert (row.lease_until, row.epoch, row.reserves) == (START + LEASE, 1, True)
    assert (made.cell().reserved, made.cell().watermark) == (1, 1)


def test_the_least_filled_share_is_served_first(database: Database) -> None:
    made = floor(database, quotas=(4, 2), cases=(4, 4))
    made.operators *= 2
    cells = [made.case(held(made, operator)).cell_id for operator in range(1, 4)]
    assert cells == [made.cells[0], made.cells[1], made.cells[0]]


def test_no_more_people_are_called_than_the_quota_has_places(database: Database) -> None:
    made = floor(database, quotas=(2,), cases=(6,))
    first = held(made, 1)
    held(made, 2)
    assert made.claim(3) is None
    finish(made, first, REFUSED)
    assert made.claim(3) is not None


def test_a_full_cell_is_served_no_more(database: Database) -> None:
    made = floor(database, quotas=(2,), cases=(6,))
    for _ in range(2):
        assert finish(made, held(made), COMPLETE) is Fate.SETTLED
    assert made.claim() is None
    assert (made.cell().completed, made.cell().reserved) == (2, 0)


def test_only_groups_that_may_be_called_are(database: Database) -> None:
    made = floor(database, quotas=(1, 1), cases=(1, 1), groups=2)
    assert made.claim(groups=[]) is None
    assert made.claim(groups=[1]) == Pick(made.cases[1][0], Reason.FRESH)


def test_an_operator_gets_the_case_back_that_is_still_held(database: Database) -> None:
    made = floor(database, quotas=(3,), cases=(3,))
    case_id = held(made)
    assert made.claim() == Pick(case_id, Reason.RESUME)
    assert (made.case(case_id).epoch, made.cell().reserved) == (2, 1)


def test_outside_call_hours_only_a_live_lease_is_resumed(database: Database) -> None:
    made = floor(database)
    case_id = held(made)
    assert made.claim(groups=[]) == Pick(case_id, Reason.RESUME)
    made.age(case_id)
    assert made.claim(groups=[]) is None
    assert made.case(case_id).state == CaseState.CALLBACK


def test_appointments_come_before_callbacks_and_these_before_fresh_cases(database: Database) -> None:
    made = floor(database, quotas=(5,), cases=(5,))
    callback, others, own = [held(made, operator) for operator in (1, 2, 3)]
    finish(made, callback, Settlement("callback", "busy", not_before=START + 1 * MINUTE), 1)
    finish(made, others, Settlement("appointment", "appointment", START + 2 * MINUTE, made.operators[1]), 2)
    finish(made, own, Settlement("appointment", "appointment", START + 3 * MINUTE, made.operators[0]), 3)
    made.now = START + 5 * MINUTE
    order = [made.claim(1)]
    for _ in range(3):
        last = order[-1]
        assert last is not None
        finish(made, last.case_id, REFUSED)
        order.append(made.claim(1))
    assert order == [
        Pick(own, Reason.OWN_APPOINTMENT),
        Pick(others, Reason.APPOINTMENT),
        Pick(callback, Reason.CALLBACK),
        Pick(made.cases[0][3], Reason.FRESH),
    ]


def test_nothing_is_dialled_before_its_time(database: Database) -> None:
    made = floor(database, quotas=(1,), cases=(1,))
    case_id = held(made)
    finish(made, case_id, Settlement("callback", "busy", START + 10 * MINUTE))
    made.now = START + 9 * MINUTE
    assert made.claim() is None
    made.now = START + 10 * MINUTE
    assert made.claim() == Pick(case_id, Reason.CALLBACK)


def test_a_case_goes_only_to_its_owner_for_a_while(database: Database) -> None:
    made = floor(database, quotas=(1,), cases=(1,))
    case_id = held(made)
    until = START + 15 * MINUTE
    finish(made, case_id, Settlement("callback", "dropped", START, made.operators[0], until))
    assert made.claim(2) is None
    made.now = until
    assert made.claim(2) == Pick(case_id, Reason.CALLBACK)


def test_a_case_is_kept_for_nobody_when_nobody_owns_it(database: Database) -> None:
    made = floor(database, quotas=(1,), cases=(1,))
    case_id = held(made)
    finish(made, case_id, Settlement("callback", "busy", START, owner_until=START + MINUTE))
    assert made.claim(2) == Pick(case_id, Reason.CALLBACK)


def test_the_owner_of_a_case_cut_off_gets_it_before_everything_else(database: Database) -> None:
    made = floor(database, quotas=(3,), cases=(3,))
    older, cut_off = held(made, 2), held(made, 1)
    finish(made, older, Settlement("callback", "busy", START), 2)
    made.now = START + MINUTE
    finish(made, cut_off, Settlement("callback", "dropped", made.now, made.operators[0], made.now + MINUTE))
    assert made.claim(1) == Pick(cut_off, Reason.RESUME)


def test_a_barred_operator_never_gets_the_case_again(database: Database) -> None:
    made = floor(database, quotas=(1,), cases=(1,))
    case_id = held(made)
    finish(made, case_id, Settlement("callback", "silent", START, barred_id=made.operators[0]))
    assert made.claim(1) is None
    assert made.claim(2) == Pick(case_id, Reason.CALLBACK)
    finish(made, case_id, Settlement("callback", "busy", START), 2)
    assert made.claim(1) is None


def test_a_person_taken_by_another_case_is_passed_over(database: Database) -> None:
    made = floor(database, quotas=(2, 2), cases=(1, 1))
    shared = made.case(made.cases[0][0]).person_id
    made.add_cases(1, [shared])
    assert made.claim(1) == Pick(made.cases[0][0], Reason.FRESH)
    assert made.claim(2) == Pick(made.cases[1][0], Reason.FRESH)
    assert made.claim(3) is None
    row = made.case(made.cases[1][1])
    assert (row.state, row.disposition) == (CaseState.CLOSED, "person_taken")


def test_replicates_are_released_one_by_one(database: Database) -> None:
    made = floor(database, quotas=(2,), cases=(6,), reserve=(5,))
    finish(made, held(made), REFUSED)
    found = made.claim(factor=1)
    assert found == Pick(made.cases[0][1], Reason.FRESH)
    states = [made.case(case_id).state for case_id in made.cases[0]]
    assert states == [5, 1, 0, 7, 7, 7]


def test_an_empty_cell_is_marked_and_the_next_one_tried(database: Database) -> None:
    made = floor(database, quotas=(1, 1), cases=(0, 1))
    assert made.claim() == Pick(made.cases[1][0], Reason.FRESH)
    assert made.cell(0).exhausted


def test_added_cases_are_found_although_the_cell_was_empty(database: Database) -> None:
    made = floor(database, quotas=(1,), cases=(0,))
    assert made.claim() is None
    made.add_cases(0, [made.person()], source="pool")
    assert made.claim() is None
    with database.write() as connection:
        quotas.serve_again(connection, made.cells[0])
    assert made.claim() == Pick(made.cases[0][0], Reason.FRESH)


def test_a_fresh_case_below_the_watermark_is_not_lost(database: Database) -> None:
    made = floor(database, quotas=(2,), cases=(2,))
    with database.write() as connection:
        connection.execute(update(t.cells).values(watermark=1))
    assert [made.claim(1), made.claim(2)] == [
        Pick(made.cases[0][1], Reason.FRESH),
        Pick(made.cases[0][0], Reason.FRESH),
    ]
    assert made.cell().watermark == 2


@pytest.mark.parametrize("kind", ["no_opinion", "final"])
def test_a_case_that_ends_without_counting_gives_its_place_back(database: Database, kind: str) -> None:
    made = floor(database)
    case_id = held(made)
    finish(made, case_id, replace(REFUSED, kind=kind))  # type: ignore[arg-type]
    row = made.case(case_id)
    assert (row.state, row.held_by, row.lease_until, row.reserves) == (CaseState.CLOSED, None, None, False)
    assert (made.cell().completed, made.cell().reserved) == (0, 0)


def test_only_a_firm_appointment_keeps_its_place(database: Database) -> None:
    made = floor(database, quotas=(2,), cases=(4,))
    firm, soft = held(made, 1), held(made, 2)
    finish(made, firm, Settlement("appointment", "appointment", START + MINUTE, firm=True), 1)
    finish(made, soft, Settlement("appointment", "appointment", START + MINUTE), 2)
    assert made.cell().reserved == 1
    held(made, 3)
    assert made.claim(1) is None
    made.now = START + MINUTE
    assert made.claim(1) == Pick(firm, Reason.APPOINTMENT)
    assert made.claim(2) is None


def test_callbacks_of_a_full_cell_wait_aside_and_come_back(database: Database) -> None:
    made = floor(database, quotas=(1,), cases=(3,))
    callback, soft = held(made), None
    finish(made, callback, Settlement("callback", "busy", START))
    soft = made.cases[0][1]
    made.now = START + timedelta(seconds=1)
    finish(made, held(made), Settlement("callback", "busy", START + 5 * MINUTE))
    assert held(made) == soft
    finish(made, soft, Settlement("appointment", "appointment", START + MINUTE, made.operators[0]))
    last = held(made)
    assert last == made.cases[0][2]
    finish(made, last, Settlement("appointment", "appointment", START + 2 * MINUTE, firm=True))
    assert [made.case(c).state for c in made.cases[0]] == [6, 6, 3]
    made.now = START + 10 * MINUTE
    assert held(made) == last
    finish(made, last, REFUSED)
    assert [made.case(c).state for c in made.cases[0]] == [2, 3, 5]
    assert made.claim() == Pick(soft, Reason.OWN_APPOINTMENT)


# ---- claimed, never dialled ----------------------------------------------------------------------


def hand_over(made: Floor, case_id: int, operator: int = 1) -> None:
    with made.database.write() as connection:
        assert store.hand_over(
            connection,
            case_id=case_id,
            epoch=made.case(case_id).epoch,
            user_id=made.operators[operator - 1],
            now=made.now,
        )


def test_a_case_that_lapsed_undialled_is_fresh_again_at_its_place(database: Database) -> None:
    made = floor(database, quotas=(3,), cases=(3,))
    first = made.claim(1)
    assert first is not None
    held(made, 2)
    made.age(first.case_id)
    assert made.reap() == 1
    row = made.case(first.case_id)
    assert (row.state, row.not_before, row.reserves) == (CaseState.FRESH, None, False)
    assert made.cell().reserved == 1
    assert made.claim(3) == Pick(made.cases[0][0], Reason.FRESH)


def test_the_last_case_of_a_cell_that_lapsed_undialled_is_found_again(database: Database) -> None:
    made = floor(database, quotas=(2,), cases=(1,))
    first = made.claim(1)
    assert first is not None
    assert made.claim(2) is None
    assert made.cell().exhausted
    made.age(first.case_id)
    assert made.claim(2) == Pick(first.case_id, Reason.FRESH)


def test_a_case_handed_over_undialled_is_fresh_for_anybody_else(database: Database) -> None:
    made = floor(database, quotas=(2, 2), cases=(1, 1))
    known = made.claim(1)
    assert known == Pick(made.cases[0][0], Reason.FRESH)
    hand_over(made, made.cases[0][0])
    assert made.claim(1) == Pick(made.cases[1][0], Reason.FRESH)
    assert not made.cell(0).exhausted
    assert made.claim(2) == Pick(made.cases[0][0], Reason.FRESH)


def test_a_case_handed_over_undialled_keeps_its_place_in_the_order(database: Database) -> None:
    made = floor(database, quotas=(3,), cases=(3,))
    assert made.claim(1) is not None
    hand_over(made, made.cases[0][0])
    assert made.claim(1) == Pick(made.cases[0][1], Reason.FRESH)
    assert made.claim(2) == Pick(made.cases[0][0], Reason.FRESH)
    assert made.claim(3) == Pick(made.cases[0][2], Reason.FRESH)


def test_where_only_a_case_is_left_that_the_operator_may_not_call_there_is_none(database: Database) -> None:
    made = floor(database, quotas=(2,), cases=(1,))
    assert made.claim(1) is not None
    hand_over(made, made.cases[0][0])
    assert made.claim(1) is None
    assert made.claim(2) == Pick(made.cases[0][0], Reason.FRESH)


def test_a_lapsed_lease_tells_that_its_attempt_was_cut_off(database: Database) -> None:
    made = floor(database)
    case_id = held(made)
    with database.write() as connection:
        connection.execute(
            insert(t.attempts).values(
                id="a",
                case_id=case_id,
                number=1,
                user_id=made.operators[0],
                station="pc1",
                epoch=1,
                dialled_at=START,
            )
        )
    made.age(case_id)
    assert made.reap() == 1
    with database.read() as connection:
        assert connection.scalar(select(t.attempts.c.disposition)) == "dialling_cut_off"


# ---- leases --------------------------------------------------------------------------------------


def test_a_heartbeat_extends_the_lease_of_its_own_epoch_only(database: Database) -> None:
    made = floor(database)
    case_id = held(made)
    until = START + timedelta(hours=1)

    def beat(epoch: int, operator: int = 1) -> int | None:
        with database.write() as connection:
            return store.heartbeat(
                connection,
                case_id=case_id,
                epoch=epoch,
                user_id=made.operators[operator - 1],
                until=until,
            )

    assert beat(2) is None
    assert beat(1, operator=2) is None
    assert made.case(case_id).lease_until == START + LEASE
    assert beat(1) == made.programme_id
    assert made.case(case_id).lease_until == until


def test_a_lapsed_lease_gives_case_and_place_to_others(database: Database) -> None:
    made = floor(database, quotas=(1,), cases=(1,))
    case_id = held(made)
    made.age(case_id)
    assert made.claim(2) == Pick(case_id, Reason.CALLBACK)
    assert (made.case(case_id).epoch, made.cell().reserved) == (3, 1)


def begin_interview(made: Floor, case_id: int, answered: int) -> None:
    with made.database.write() as connection:
        connection.execute(
            insert(t.interviews).values(
                id="i1",
                case_id=case_id,
                cell_id=made.cells[0],
                state="open",
                started_at=START,
                user_id=made.operators[0],
            )
        )
        for seq in range(1, answered + 1):
            connection.execute(
                insert(t.answers).values(
                    id=f"a{seq}",
                    interview_id="i1",
                    seq=seq,
                    epoch=1,
                    item="q1",
                    value="x",
                    user_id=made.operators[0],
                    at=START,
                )
            )


def test_an_interview_cut_off_waits_for_its_operator_first(database: Database) -> None:
    made = floor(database, quotas=(2,), cases=(2,))
    case_id = held(made)
    begin_interview(made, case_id, answered=1)
    made.age(case_id)
    assert made.reap() == 1
    assert made.claim(2) == Pick(made.cases[0][1], Reason.FRESH)
    assert made.claim(3) is None
    assert made.claim(1) == Pick(case_id, Reason.RESUME)


def test_after_a_quarter_of_an_hour_an_interview_cut_off_goes_to_anybody(database: Database) -> None:
    made = floor(database, quotas=(1,), cases=(1,))
    case_id = held(made)
    begin_interview(made, case_id, answered=1)
    made.age(case_id)
    made.reap()
    made.now = START + OWNER_KEEPS
    assert made.claim(2) == Pick(case_id, Reason.CALLBACK)


def test_an_interview_without_answers_waits_for_nobody(database: Database) -> None:
    made = floor(database, quotas=(1,), cases=(1,))
    case_id = held(made)
    begin_interview(made, case_id, answered=0)
    made.age(case_id)
    assert made.claim(2) == Pick(case_id, Reason.CALLBACK)


def test_a_firm_appointment_keeps_its_place_when_its_lease_lapses(database: Database) -> None:
    made = floor(database, quotas=(1,), cases=(2,))
    case_id = held(made)
    finish(made, case_id, Settlement("appointment", "appointment", START, made.operators[0], firm=True))
    assert held(made) == case_id
    made.age(case_id)
    assert made.reap() == 1
    row = made.case(case_id)
    assert (row.state, row.reserves, row.not_before) == (CaseState.APPOINTMENT, True, START)
    assert made.cell().reserved == 1
    assert made.claim(2) == Pick(case_id, Reason.APPOINTMENT)


# ---- what comes late -----------------------------------------------------------------------------


def lapse(made: Floor, case_id: int) -> None:
    made.age(case_id)
    assert made.reap() == 1


def test_a_late_interview_counts_while_there_is_a_place(database: Database) -> None:
    made = floor(database, quotas=(1,), cases=(1,))
    case_id = held(made)
    lapse(made, case_id)
    result = made.settle(case_id, 1, COMPLETE)
    assert (result.fate, result.late) == (Fate.LATE_COUNTED, True)
    assert (made.cell().completed, made.cell().reserved, made.cell().overshoot) == (1, 0, 0)
    assert made.claim(2) is None


def test_a_late_interview_in_a_full_cell_is_kept_as_overshoot(database: Database) -> None:
    made = floor(database, quotas=(1,), cases=(2,))
    case_id = held(made)
    lapse(made, case_id)
    made.case(case_id)
    with database.write() as connection:
        connection.execute(update(t.cases).where(t.cases.c.id == case_id).values(not_before=START + MINUTE))
    finish(made, held(made, 2), COMPLETE, 2)
    assert made.settle(case_id, 1, COMPLETE).fate is Fate.LATE_OVERSHOOT
    assert (made.cell().completed, made.cell().overshoot) == (1, 1)
    assert made.case(case_id).state == CaseState.COMPLETE


def test_a_late_interview_takes_the_place_of_whoever_holds_the_case_now(database: Database) -> None:
    made = floor(database, quotas=(1,), cases=(1,))
    case_id = held(made)
    lapse(made, case_id)
    assert held(made, 2) == case_id
    assert made.settle(case_id, 1, COMPLETE).fate is Fate.LATE_COUNTED
    assert made.settle(case_id, 3, COMPLETE, 2).fate is Fate.LATE_DUPLICATE
    assert (made.cell().completed, made.cell().reserved, made.cell().overshoot) == (1, 0, 0)


def test_a_late_refusal_still_ends_a_case_nobody_took_since(database: Database) -> None:
    made = floor(database, quotas=(1,), cases=(1,))
    case_id = held(made)
    lapse(made, case_id)
    assert made.settle(case_id, 1, REFUSED).fate is Fate.LATE_SETTLED
    assert made.case(case_id).state == CaseState.CLOSED
    assert made.claim(2) is None


def test_a_late_firm_appointment_takes_a_place_if_there_is_one(database: Database) -> None:
    made = floor(database, quotas=(1,), cases=(2,))
    case_id = held(made)
    lapse(made, case_id)
    firm = Settlement("appointment", "appointment", START + MINUTE, firm=True)
    assert made.settle(case_id, 1, firm).fate is Fate.LATE_SETTLED
    assert (made.case(case_id).appointment, made.cell().reserved) == ("firm", 1)


def test_a_late_firm_appointment_without_a_place_is_a_soft_one(database: Database) -> None:
    made = floor(database, quotas=(1,), cases=(2,))
    case_id = held(made)
    begin_interview(made, case_id, answered=1)
    lapse(made, case_id)
    finish(made, held(made, 2), COMPLETE, 2)
    firm = Settlement("appointment", "appointment", START + MINUTE, firm=True)
    assert made.settle(case_id, 1, firm).fate is Fate.LATE_SETTLED
    row = made.case(case_id)
    assert (row.appointment, row.reserves, row.state) == ("soft", False, CaseState.PARKED)


def test_what_comes_late_leaves_a_case_alone_that_went_on(database: Database) -> None:
    made = floor(database, quotas=(1,), cases=(1,))
    case_id = held(made)
    lapse(made, case_id)
    assert held(made, 2) == case_id
    before = made.case(case_id)
    assert made.settle(case_id, 1, REFUSED).fate is Fate.LATE_RECORDED
    assert made.case(case_id) == before
    finish(made, case_id, Settlement("callback", "busy", START + MINUTE), 2)
    before = made.case(case_id)
    assert made.settle(case_id, 1, REFUSED).fate is Fate.LATE_RECORDED
    assert made.case(case_id) == before


def test_settling_twice_changes_nothing(database: Database) -> None:
    made = floor(database)
    case_id = held(made)
    made.settle(case_id, 1, Settlement("callback", "busy", START + MINUTE))
    before = made.case(case_id)
    assert made.settle(case_id, 1, Settlement("callback", "busy", START)).fate is Fate.LATE_RECORDED
    assert (made.case(case_id), made.cell().reserved) == (before, 0)


def test_a_case_handed_over_goes_to_somebody_else(database: Database) -> None:
    made = floor(database, quotas=(1,), cases=(1,))
    case_id = held(made)

    def hand_over(epoch: int) -> bool:
        with database.write() as connection:
            return store.hand_over(
                connection, case_id=case_id, epoch=epoch, user_id=made.operators[0], now=START
            )

    assert not hand_over(2)
    assert hand_over(1)
    assert made.cell().reserved == 0
    assert made.claim(1) is None
    assert made.claim(2) == Pick(case_id, Reason.CALLBACK)


# ---- cells ---------------------------------------------------------------------------------------


def test_a_cell_is_dry_when_nobody_is_left_to_call(database: Database) -> None:
    made = floor(database, quotas=(2, 1), cases=(2, 1))

    def dry() -> tuple[int, ...]:
        with database.read() as connection:
            found = quotas.dry_cells(connection, made.programme_id)
            assert found == tuple(p.cell_id for p in quotas.progress(connection, made.programme_id) if p.dry)
            return found

    assert dry() == ()
    first, second, third = held(made, 1), held(made, 2), held(made, 3)
    assert [made.case(c).cell_id for c in (first, second, third)] == [
        made.cells[0],
        made.cells[1],
        made.cells[0],
    ]
    finish(made, first, COMPLETE, 1)
    finish(made, second, COMPLETE, 2)
    assert dry() == ()
    finish(made, third, REFUSED, 3)
    assert dry() == (made.cells[0],)
    made.add_cases(0, [made.person()], reserve=1, source="pool")
    assert dry() == ()


def test_the_progress_passes_once_over_the_cases_as_they_lie(sqlite_url: str) -> None:
    """By an index of cells a million of them took twelve seconds, every ten seconds anew."""
    said: list[tuple[str, Any]] = []
    with closing(Database(sqlite_url)) as database:
        made = floor(database, quotas=(2,), cases=(6,))

        def hear(_connection: Any, _cursor: Any, words: str, values: Any, *_rest: Any) -> None:
            said.append((words, values))

        with database.read() as connection:
            event.listen(connection, "before_cursor_execute", hear)
            quotas.progress(connection, made.programme_id)
            event.remove(connection, "before_cursor_execute", hear)
            ((words, values),) = said
            plan = [row.detail for row in connection.exec_driver_sql(f"explain query plan {words}", values)]
    over_cases = [step for step in plan if step.split()[1] == "cases"]
    assert len(over_cases) == 1
    assert "cell_id" not in over_cases[0]
    assert "autoindex" not in over_cases[0]


def test_the_progress_of_a_cell_tells_what_is_left(database: Database) -> None:
    made = floor(database, quotas=(2,), cases=(6,), reserve=(3,))
    finish(made, held(made), COMPLETE)
    held(made)
    with database.write() as connection:
        connection.execute(
            insert(t.supplements).values(
                cell_id=made.cells[0], reason="r", cases=0, opened_at=START, opened_by=made.operators[0]
            )
        )
    with database.read() as connection:
        (cell,) = quotas.progress(connection, made.programme_id)
    assert (cell.unit, cell.group, cell.quota, cell.completed, cell.reserved) == ("u0", "g0", 2, 1, 1)
    assert (cell.overshoot, cell.left, cell.dry, cell.supplement_open) == (0, 5, False, True)


def test_every_release_counts_what_it_released(database: Database) -> None:
    made = floor(database, quotas=(2,), cases=(5,), reserve=(5,))
    with database.write() as connection:
        assert quotas.release(connection, made.cells[0], 3) == 3
        assert quotas.release(connection, made.cells[0], 3) == 2
        assert quotas.release(connection, made.cells[0], 3) == 0
        assert set(connection.scalars(select(t.cases.c.state))) == {0}
