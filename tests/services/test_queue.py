"""The next person as an operator gets it: with contact, history and answers; leases and progress."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.programmes import LoadedProgramme
from cati.domain.queue import Assignment, CaseState, Reason, Settlement
from cati.domain.users import Actor, Role
from cati.sealing.keyring import KeyRing
from cati.sealing.keys import new_pair
from cati.services import audit, calls, draws, queue, quotas
from cati.services.context import Context
from cati.store import settlement
from cati.store import tables as t
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.services.cleared import cleared
from tests.services.fieldwork import all_lists, close_fieldwork, evaluation, with_cells

PARTS = {"区统计局": "928471305662", "区委组织部": "116354265413"}
UNITS = (("区教育局", "政府工作部门"),)


@dataclass
class Bureau:
    """A drawn programme of one unit; `sit_down` gives one more operator a station."""

    ctx: Context
    programme: LoadedProgramme
    clock: VirtualClock

    def sit_down(self, login: str) -> Context:
        with self.ctx.database.write() as connection:
            user_id = connection.scalar(
                insert(t.users)
                .values(
                    login=login,
                    name=f"话务员{login}",
                    roles=["operator"],
                    public_key=b"",
                    locked_private=b"",
                    lock_parameters={},
                    created_at=self.clock.now(),
                )
                .returning(t.users.c.id)
            )
        assert user_id is not None
        actor = Actor(user_id, login, f"话务员{login}", frozenset({Role.OPERATOR}), f"pc-{login}")
        return cleared(replace(self.ctx, actor=actor, session_id=str(uuid.uuid4())))

    def next(self, ctx: Context) -> Assignment:
        found = queue.claim_next(ctx, self.programme)
        assert found is not None
        return found

    def settle(self, ctx: Context, case: Assignment, outcome: Settlement) -> None:
        with ctx.database.write() as connection:
            settlement.settle(
                connection,
                case_id=case.case_id,
                epoch=case.epoch,
                user_id=ctx.actor.user_id,
                now=ctx.now(connection),
                outcome=outcome,
            )

    def lapse(self, case: Assignment) -> None:
        with self.ctx.database.write() as connection:
            connection.execute(
                update(t.cases)
                .where(t.cases.c.id == case.case_id)
                .values(lease_until=case.lease_until - queue.LEASE)
            )

    def state(self, case: Assignment) -> int:
        with self.ctx.database.read() as connection:
            found = connection.scalar(select(t.cases.c.state).where(t.cases.c.id == case.case_id))
        return int(found or 0)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def bureau(furnished: Furnished) -> Bureau:
    return furnished(drawn)


def drawn(database: Database, clock: VirtualClock, folder: Path) -> Bureau:
    ctx, loaded = with_cells(database, clock, evaluation(UNITS))
    all_lists(ctx, loaded, size=6, pool=0)
    draws.draw(ctx, loaded, parties=PARTS, public="2830.53", out=folder / "draw")
    return Bureau(ctx, replace(loaded, state="drawn"), clock)


def with_settings(bureau: Bureau, **changed: object) -> LoadedProgramme:
    programme = bureau.programme.programme
    settings = replace(programme.settings, **changed)  # type: ignore[arg-type]
    return replace(bureau.programme, programme=replace(programme, settings=settings))


def test_an_assignment_holds_all_that_the_console_shows(bureau: Bureau) -> None:
    found = bureau.next(bureau.sit_down("a"))
    with bureau.ctx.database.read() as connection:
        case = connection.execute(select(t.cases).where(t.cases.c.id == found.case_id)).one()
    assert (found.unit_code, found.unit_name) == ("u1", "区教育局")
    assert (found.group_code, found.group_label) == ("managed", "管理对象")
    assert (found.cell_id, found.ticket, found.position) == (case.cell_id, case.ticket, 1)
    assert (found.source, found.reason, found.epoch) == ("list", Reason.FRESH, 1)
    assert found.lease_until == bureau.clock.now() + queue.LEASE
    assert (found.history, found.interview, found.appointment_at) == ((), None, None)
    assert found.contact.number.e164.startswith("+8613900")
    assert found.contact.name.startswith("受访者")
    assert (found.effort.attempts, found.effort.enough) == (0, False)


def test_earlier_attempts_come_with_the_case(bureau: Bureau) -> None:
    first, second = bureau.sit_down("a"), bureau.sit_down("b")
    case = bureau.next(first)
    dialled = bureau.clock.now()
    answered = dialled + timedelta(seconds=10)
    with first.database.write() as connection:
        past = [(None, "busy", ""), (answered, "inconvenient", "下午再打"), (None, None, "")]
        for number, (connected, disposition, note) in enumerate(past, start=1):
            connection.execute(
                insert(t.attempts).values(
                    id=str(number),
                    case_id=case.case_id,
                    number=number,
                    user_id=first.actor.user_id,
                    station="pc-a",
                    epoch=1,
                    dialled_at=dialled,
                    connected_at=connected,
                    ended_at=dialled + timedelta(seconds=40) if disposition else None,
                    disposition=disposition,
                    note=note,
                )
            )
    bureau.settle(first, case, Settlement("callback", "inconvenient", dialled))
    again = bureau.next(second)
    assert (again.case_id, again.reason) == (case.case_id, Reason.CALLBACK)
    assert [(a.disposition, a.connected_seconds, a.note) for a in again.history] == [
        ("busy", None, ""),
        ("inconvenient", 30.0, "下午再打"),
        (None, None, ""),
    ]
    assert {(a.operator, a.dialled_at) for a in again.history} == {("话务员a", dialled)}
    assert (again.effort.attempts, again.effort.days) == (3, 1)


def begin_interview(bureau: Bureau, ctx: Context, case: Assignment, state: str = "open") -> None:
    with ctx.database.write() as connection:
        connection.execute(
            insert(t.interviews).values(
                id="i",
                case_id=case.case_id,
                cell_id=case.cell_id,
                state=state,
                started_at=bureau.clock.now(),
                user_id=ctx.actor.user_id,
            )
        )
        for seq, (item, value) in enumerate(
            [("age", "40"), ("item1", "1"), ("item1", "2"), ("age", None)], 1
        ):
            connection.execute(
                insert(t.answers).values(
                    id=f"a{seq}",
                    interview_id="i",
                    seq=seq,
                    epoch=case.epoch,
                    item=item,
                    value=value,
                    user_id=ctx.actor.user_id,
                    at=bureau.clock.now(),
                )
            )


def test_after_a_power_cut_the_operator_goes_on_where_the_answers_end(bureau: Bureau) -> None:
    ctx = bureau.sit_down("a")
    case = bureau.next(ctx)
    begin_interview(bureau, ctx, case)
    again = bureau.next(ctx)
    assert (again.case_id, again.epoch, again.reason) == (case.case_id, 2, Reason.RESUME)
    assert again.interview is not None
    assert (again.interview.id, again.interview.seq) == ("i", 4)
    assert dict(again.interview.answers) == {"item1": "2"}


def test_only_an_unfinished_interview_is_gone_on_with(bureau: Bureau) -> None:
    ctx = bureau.sit_down("a")
    case = bureau.next(ctx)
    begin_interview(bureau, ctx, case, state="ended")
    assert bureau.next(ctx).interview is None


def test_an_interview_cut_off_long_ago_goes_to_its_operator_then_to_anybody(bureau: Bureau) -> None:
    first, second = bureau.sit_down("a"), bureau.sit_down("b")
    case = bureau.next(first)
    begin_interview(bureau, first, case)
    bureau.lapse(case)
    other = bureau.next(second)
    assert queue.heartbeat(second, other.case_id, other.epoch)
    assert bureau.state(case) == CaseState.CALLBACK
    bureau.settle(second, other, Settlement("final", "refusal_final"))
    assert bureau.next(second).case_id != case.case_id
    again = bureau.next(first)
    assert (again.case_id, again.reason) == (case.case_id, Reason.RESUME)


def test_an_appointment_comes_with_its_time(bureau: Bureau) -> None:
    ctx = bureau.sit_down("a")
    case = bureau.next(ctx)
    agreed = bureau.clock.now() + timedelta(hours=1)
    bureau.settle(ctx, case, Settlement("appointment", "appointment", agreed, ctx.actor.user_id, firm=True))
    bureau.clock.move_to(agreed)
    again = bureau.next(ctx)
    assert (again.reason, again.appointment, again.appointment_at) == (
        Reason.OWN_APPOINTMENT,
        "firm",
        agreed,
    )


def test_nobody_is_handed_out_outside_call_hours(bureau: Bureau) -> None:
    ctx = bureau.sit_down("a")
    bureau.clock.advance(3 * 3600)
    assert queue.claim_next(ctx, bureau.programme) is None
    assert queue.next_due(ctx, bureau.programme) == bureau.clock.now() + timedelta(hours=1)


def test_after_the_approval_has_run_out_nobody_is_handed_out(bureau: Bureau) -> None:
    ended = with_settings(bureau, expires=date(2024, 2, 20))
    with pytest.raises(CatiError) as refused:
        queue.claim_next(bureau.sit_down("a"), ended)
    assert refused.value.code == "approval_expired"


def test_after_the_last_day_of_fieldwork_nobody_is_handed_out(bureau: Bureau) -> None:
    over = with_settings(bureau, fieldwork_end=date(2024, 2, 20))
    with pytest.raises(CatiError) as refused:
        queue.claim_next(bureau.sit_down("a"), over)
    assert refused.value.code == "fieldwork_over"


def test_before_fieldwork_begins_the_queue_is_empty_until_its_first_hour(bureau: Bureau) -> None:
    ctx, early = bureau.sit_down("a"), with_settings(bureau, fieldwork_start=date(2024, 2, 22))
    assert queue.claim_next(ctx, early) is None
    assert queue.next_due(ctx, early) == datetime(2024, 2, 22, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_before_the_draw_nobody_is_handed_out(database: Database, clock: VirtualClock) -> None:
    ctx, loaded = with_cells(database, clock)
    with pytest.raises(CatiError) as refused:
        queue.claim_next(ctx, loaded)
    assert refused.value.code == "not_drawn"


def test_after_the_close_of_fieldwork_nobody_is_handed_out(bureau: Bureau) -> None:
    close_fieldwork(bureau.ctx, bureau.programme)
    with pytest.raises(CatiError) as refused:
        queue.claim_next(bureau.ctx, bureau.programme)
    assert refused.value.code == "fieldwork_closed"


def test_without_the_key_no_case_is_held(bureau: Bureau) -> None:
    ctx = replace(bureau.sit_down("a"), keys=KeyRing(new_pair()))
    with pytest.raises(CatiError) as refused:
        queue.claim_next(ctx, bureau.programme)
    assert refused.value.code == "no_contact_key"
    with ctx.database.read() as connection:
        assert set(connection.scalars(select(t.cells.c.reserved))) == {0}


def test_whoever_may_not_interview_gets_nobody(bureau: Bureau) -> None:
    actor = replace(bureau.ctx.actor, roles=frozenset({Role.OBSERVER}))
    observer = replace(bureau.ctx, actor=actor)
    for refused_to in (
        lambda: queue.claim_next(observer, bureau.programme),
        lambda: queue.heartbeat(observer, 1, 1),
        lambda: queue.hand_over(observer, 1, 1),
        lambda: queue.next_due(observer, bureau.programme),
    ):
        with pytest.raises(CatiError) as refused:
            refused_to()
        assert refused.value.code == "not_allowed"


# ---- leases --------------------------------------------------------------------------------------


def test_a_heartbeat_keeps_the_case(bureau: Bureau) -> None:
    ctx = bureau.sit_down("a")
    case = bureau.next(ctx)
    bureau.clock.advance(100)
    assert queue.heartbeat(ctx, case.case_id, case.epoch)
    bureau.clock.advance(100)
    assert bureau.next(bureau.sit_down("b")).case_id != case.case_id


def test_a_heartbeat_tells_that_the_case_is_gone(bureau: Bureau) -> None:
    first, second = bureau.sit_down("a"), bureau.sit_down("b")
    case = bureau.next(first)
    bureau.lapse(case)
    other = bureau.next(second)
    assert queue.heartbeat(second, other.case_id, other.epoch)
    assert not queue.heartbeat(first, case.case_id, case.epoch)


def test_cases_of_a_silent_station_come_back_when_nothing_else_is_left(bureau: Bureau) -> None:
    ctx, silent = bureau.sit_down("a"), [bureau.sit_down(str(n)) for n in range(5)]
    cases = [bureau.next(station) for station in silent]
    assert queue.claim_next(ctx, bureau.programme) is None
    bureau.clock.advance(queue.LEASE.total_seconds())
    assert bureau.next(ctx).case_id in {case.case_id for case in cases}


def test_a_case_handed_over_goes_to_another_operator(bureau: Bureau) -> None:
    first, others = bureau.sit_down("a"), [bureau.sit_down(name) for name in "bcd"]
    case = bureau.next(first)
    assert queue.hand_over(first, case.case_id, case.epoch)
    assert not queue.hand_over(first, case.case_id, case.epoch)
    assert [entry.action for entry in audit.newest(bureau.ctx)].count("case_passed_on") == 1
    assert bureau.next(first).case_id != case.case_id
    found = {other.case_id: other.reason for other in map(bureau.next, others)}
    assert found[case.case_id] is Reason.FRESH


def dial(bureau: Bureau, ctx: Context, case: Assignment) -> str:
    attempt_id = str(uuid.uuid4())
    calls.begin_attempt(
        ctx,
        bureau.programme,
        attempt_id=attempt_id,
        case_id=case.case_id,
        epoch=case.epoch,
        alternate=0,
        at=bureau.clock.now(),
    )
    return attempt_id


def outcomes(bureau: Bureau) -> list[str | None]:
    with bureau.ctx.database.read() as connection:
        return list(connection.scalars(select(t.attempts.c.disposition)))


def test_a_case_that_was_only_claimed_is_fresh_again_and_not_resumed(bureau: Bureau) -> None:
    ctx = bureau.sit_down("a")
    case = bureau.next(ctx)
    again = bureau.next(ctx)
    assert (again.case_id, again.reason) == (case.case_id, Reason.FRESH)
    dial(bureau, ctx, again)
    resumed = bureau.next(ctx)
    assert (resumed.case_id, resumed.reason) == (case.case_id, Reason.RESUME)
    assert outcomes(bureau) == ["dialling_cut_off"]
    dial(bureau, ctx, resumed)
    assert outcomes(bureau) == ["dialling_cut_off", None]


def test_a_case_that_waits_for_its_operator_alone_though_its_call_has_ended_is_called_again(
    bureau: Bureau,
) -> None:
    ctx = bureau.sit_down("a")
    case = bureau.next(ctx)
    attempt_id = dial(bureau, ctx, case)
    now = bureau.clock.now()
    with ctx.database.write() as connection:
        ended = update(t.attempts).where(t.attempts.c.id == attempt_id)
        connection.execute(ended.values(disposition="partial", ended_at=now))
    me, until = ctx.actor.user_id, now + timedelta(days=1)
    bureau.settle(ctx, case, Settlement("callback", "partial", now, owner_id=me, owner_until=until))
    again = bureau.next(ctx)
    assert (again.case_id, again.reason) == (case.case_id, Reason.CALLBACK)


def test_an_own_appointment_comes_before_a_case_that_was_only_claimed(bureau: Bureau) -> None:
    ctx = bureau.sit_down("a")
    agreed = bureau.next(ctx)
    attempt_id = dial(bureau, ctx, agreed)
    at = bureau.clock.now() + timedelta(minutes=1)
    closing = calls.Closing(
        attempt_id, agreed.case_id, agreed.group_code, agreed.epoch, "appointment", at, not_before=at
    )
    calls.close(ctx, bureau.programme, closing)
    claimed = bureau.next(ctx)
    bureau.clock.move_to(at)
    found = bureau.next(ctx)
    assert (found.case_id, found.reason) == (agreed.case_id, Reason.OWN_APPOINTMENT)
    assert bureau.state(claimed) == CaseState.FRESH
    # And an appointment that was only claimed is an appointment still.
    again = bureau.next(ctx)
    assert (again.case_id, again.reason) == (agreed.case_id, Reason.OWN_APPOINTMENT)
    assert again.appointment_at == at


def test_a_case_handed_over_in_the_middle_tells_that_it_was_cut_off(bureau: Bureau) -> None:
    ctx, other = bureau.sit_down("a"), bureau.sit_down("b")
    case = bureau.next(ctx)
    dial(bureau, ctx, case)
    assert queue.hand_over(ctx, case.case_id, case.epoch)
    assert outcomes(bureau) == ["dialling_cut_off"]
    found = bureau.next(other)
    assert (found.case_id, found.reason) == (case.case_id, Reason.CALLBACK)


# ---- looking ahead -------------------------------------------------------------------------------


def all_refuse(bureau: Bureau, ctx: Context) -> None:
    while (case := queue.claim_next(ctx, bureau.programme)) is not None:
        bureau.settle(ctx, case, Settlement("final", "refusal_final"))


def test_while_fresh_cases_wait_there_is_one_now(bureau: Bureau) -> None:
    assert queue.next_due(bureau.sit_down("a"), bureau.programme) == bureau.clock.now()


def test_when_all_cases_have_ended_none_will_come(bureau: Bureau) -> None:
    ctx = bureau.sit_down("a")
    all_refuse(bureau, ctx)
    assert queue.next_due(ctx, bureau.programme) is None


def test_a_callback_comes_when_it_is_due_and_calling_is_allowed(bureau: Bureau) -> None:
    ctx, other = bureau.sit_down("a"), bureau.sit_down("b")
    case = bureau.next(ctx)
    now = bureau.clock.now()
    bureau.settle(
        ctx,
        case,
        Settlement(
            "callback",
            "silent",
            now + timedelta(minutes=5),
            owner_id=other.actor.user_id,
            owner_until=now + timedelta(hours=3),
        ),
    )
    all_refuse(bureau, ctx)
    assert queue.next_due(other, bureau.programme) == now + timedelta(minutes=5)
    assert queue.next_due(ctx, bureau.programme) == now + timedelta(hours=4)
    bureau.clock.advance(3600)
    assert queue.next_due(other, bureau.programme) == bureau.clock.now()


def test_a_case_an_operator_is_barred_from_is_not_looked_forward_to(bureau: Bureau) -> None:
    ctx, other = bureau.sit_down("a"), bureau.sit_down("b")
    bureau.settle(
        ctx,
        bureau.next(ctx),
        Settlement("callback", "silent", bureau.clock.now(), barred_id=ctx.actor.user_id),
    )
    all_refuse(bureau, ctx)
    assert queue.next_due(ctx, bureau.programme) is None
    assert queue.next_due(other, bureau.programme) == bureau.clock.now()


# ---- progress ------------------------------------------------------------------------------------


def test_progress_lists_every_cell_with_what_is_left(bureau: Bureau) -> None:
    ctx = bureau.sit_down("a")
    bureau.settle(ctx, bureau.next(ctx), Settlement("complete", "complete"))
    bureau.next(ctx)
    found = quotas.cells(bureau.ctx, bureau.programme)
    assert [(c.unit_name, c.group_label, c.quota) for c in found] == [
        ("区教育局", "管理对象", 2),
        ("区教育局", "服务对象", 3),
    ]
    assert [(c.completed, c.reserved, c.left, c.dry) for c in found] == [(1, 0, 5, False), (0, 1, 6, False)]


def test_a_used_up_list_makes_its_cell_dry(bureau: Bureau) -> None:
    all_refuse(bureau, bureau.sit_down("a"))
    assert [c.dry for c in quotas.cells(bureau.ctx, bureau.programme)] == [True, True]


def test_progress_is_not_for_operators(bureau: Bureau) -> None:
    with pytest.raises(CatiError) as refused:
        quotas.cells(bureau.sit_down("a"), bureau.programme)
    assert refused.value.code == "not_allowed"
