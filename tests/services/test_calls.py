"""An attempt is committed before it is dialled and settled whole, late or not at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.interview import Outcome
from cati.domain.ports import AnswerEvent
from cati.domain.programmes import CallHours, LoadedProgramme
from cati.domain.queue import Assignment, CaseState, Fate, Reason, SettleResult
from cati.services import audit as audit_service
from cati.services import calls, interviews, programmes, queue, users, wishes
from cati.services.calls import Closing
from cati.services.context import Context
from cati.services.interviews import DatabaseAnswerLog
from cati.store import audit as audit_store
from cati.store import calls as call_store
from cati.store import interviews as interview_store
from cati.store import queue as queue_store
from cati.store import settlement as settlement_store
from cati.store import tables as t
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.station.office import START, Office, open_office, programme_of

COMPLETE = Outcome("complete", "complete", 3, 3, 3, False, Fraction(1))
ANSWERED = {"opening": "yes", "item1": "fair", "item2": "poor", "item3": "bad", "opinion": ""}


@dataclass
class Floor:
    """An office with two operators, the first of whom has been handed a case."""

    office: Office
    clock: VirtualClock
    ctx: Context
    other: Context
    case: Assignment

    def rows(self, *columns: Any) -> list[Any]:
        with self.office.database.read() as connection:
            return [tuple(row) for row in connection.execute(select(*columns))]

    def begin(self, attempt: str = "a1", **changed: Any) -> int:
        given: dict[str, Any] = {
            "attempt_id": attempt,
            "case_id": self.case.case_id,
            "epoch": self.case.epoch,
            "alternate": 0,
            "at": self.clock.now(),
        }
        ctx = changed.pop("ctx", self.ctx)
        programme = changed.pop("programme", self.office.programme)
        return calls.begin_attempt(ctx, programme, **(given | changed))

    def interview(self, interview: str = "i1") -> None:
        interviews.open_interview(
            self.ctx,
            interview_id=interview,
            case_id=self.case.case_id,
            cell_id=self.case.cell_id,
            language="zh",
            at=self.clock.now(),
        )

    def close(self, disposition: str, attempt: str = "a1", **changed: Any) -> SettleResult:
        closing = Closing(
            attempt_id=attempt,
            case_id=self.case.case_id,
            group=self.case.group_code,
            epoch=self.case.epoch,
            disposition=disposition,
            ended_at=self.clock.now(),
        )
        ctx = changed.pop("ctx", self.ctx)
        return calls.close(ctx, self.office.programme, replace(closing, **changed))

    def talked(self, disposition: str, outcome: Outcome, **changed: Any) -> SettleResult:
        """A call that was answered, settled with this outcome of its interview."""
        self.begin()
        self.interview()
        return self.close(
            disposition,
            connected_at=self.clock.now(),
            interview_id="i1",
            outcome=outcome,
            **({"answers": ANSWERED} | changed),
        )

    def case_now(self) -> Any:
        with self.office.database.read() as connection:
            return connection.execute(select(t.cases).where(t.cases.c.id == self.case.case_id)).one()

    def cell_now(self) -> tuple[int, int, int]:
        (cell,) = self.rows(t.cells.c.completed, t.cells.c.reserved, t.cells.c.overshoot)
        return cell  # type: ignore[no-any-return]


@pytest.fixture
def floor(furnished: Furnished) -> Floor:
    return furnished(floor_in)


def floor_in(database: Database, clock: VirtualClock, folder: Path, quota: int = 2) -> Floor:
    office = open_office(database, clock, folder, programme_of(quotas=(quota,)))
    ctx, other = office.hire("zhou"), office.hire("wu")
    case = queue.claim_next(ctx, office.programme)
    assert case is not None
    return Floor(office, clock, ctx, other, case)


def outcome(answered: int, *, state: str = "open", no_opinion: bool = False) -> Outcome:
    return Outcome(state, "", answered, answered, 3, no_opinion, Fraction(answered, 3))


# ---- beginning -----------------------------------------------------------------------------------


def test_an_attempt_stands_before_anything_is_dialled(floor: Floor) -> None:
    assert floor.begin() == 1
    columns = (t.attempts.c.number, t.attempts.c.station, t.attempts.c.epoch, t.attempts.c.disposition)
    assert floor.rows(*columns) == [(1, "pc-zhou", floor.case.epoch, None)]
    assert floor.case_now().attempts == 1


@pytest.mark.parametrize("changed", [{"epoch": 99}, {"case_id": 10**6}])
def test_nobody_dials_a_case_of_another_lease(floor: Floor, changed: dict[str, Any]) -> None:
    with pytest.raises(CatiError) as refused:
        floor.begin(**changed)
    assert refused.value.code == "lease_lost"
    assert floor.rows(t.attempts.c.id) == []


def test_nobody_dials_what_another_operator_holds(floor: Floor) -> None:
    with pytest.raises(CatiError) as refused:
        floor.begin(ctx=floor.other)
    assert refused.value.code == "lease_lost"


def test_nobody_dials_a_case_that_was_settled(floor: Floor) -> None:
    floor.begin()
    floor.close("busy")
    with pytest.raises(CatiError) as refused:
        floor.begin("a2")
    assert refused.value.code == "lease_lost"


def test_nobody_is_dialled_after_the_approval_has_expired(floor: Floor) -> None:
    last = floor.office.settings(expires=START.date())
    assert floor.begin(programme=last) == 1
    with pytest.raises(CatiError) as refused:
        floor.begin("a2", programme=floor.office.settings(expires=START.date() - timedelta(days=1)))
    assert refused.value.code == "approval_expired"
    assert "2024-02-20" in str(refused.value)
    assert floor.rows(t.attempts.c.id) == [("a1",)]


def test_the_last_day_of_the_approval_ends_at_local_midnight(floor: Floor) -> None:
    programme = floor.office.settings(expires=date(2024, 2, 21))
    calls.refuse_out_of_season(programme, datetime(2024, 2, 21, 15, 59, tzinfo=UTC))
    with pytest.raises(CatiError):
        calls.refuse_out_of_season(programme, datetime(2024, 2, 21, 16, 0, tzinfo=UTC))
    calls.refuse_out_of_season(floor.office.settings(expires=None), START)


def test_nobody_new_is_dialled_after_the_last_day_of_fieldwork_nor_before_the_first(floor: Floor) -> None:
    day = timedelta(days=1)
    for season, code in (
        ({"fieldwork_end": START.date() - day}, "fieldwork_over"),
        ({"fieldwork_start": START.date() + day}, "fieldwork_not_begun"),
    ):
        with pytest.raises(CatiError) as refused:
            floor.begin(programme=floor.office.settings(**season))
        assert refused.value.code == code
    assert floor.rows(t.attempts.c.id) == []
    season = {"fieldwork_start": START.date(), "fieldwork_end": START.date()}
    assert floor.begin(programme=floor.office.settings(**season)) == 1


def test_nobody_is_dialled_outside_the_hours_but_who_was_cut_off_in_the_interview_a_moment_ago(
    floor: Floor,
) -> None:
    def until(clock: time) -> LoadedProgramme:
        return floor.office.settings(call_hours=(CallHours((), tuple(range(7)), time(9), clock),))

    def refused(attempt: str, programme: LoadedProgramme) -> None:
        with pytest.raises(CatiError) as refused:
            floor.begin(attempt, programme=programme)
        assert refused.value.code == "outside_call_hours"

    just, long_ago = until(time(9, 59)), until(time(9, 45))
    refused("a1", just)
    assert floor.begin(programme=until(time(10, 1))) == 1
    refused("a2", just)  # nobody had answered
    floor.interview()
    refused("a2", long_ago)
    assert floor.begin("a2", programme=just) == 2
    assert floor.begin("a3", programme=long_ago, incoming=True) == 3
    assert floor.rows(t.attempts.c.id) == [("a1",), ("a2",), ("a3",)]


def test_whose_number_came_onto_the_list_meanwhile_is_not_dialled_and_ends_as_a_refusal(
    floor: Floor,
) -> None:
    wishes.add(floor.office.ctx, floor.office.programme, floor.case.contact.number.e164, "热线")
    with pytest.raises(CatiError) as refused:
        floor.begin()
    assert refused.value.code == "refused_meanwhile"
    following = queue.claim_next(floor.ctx, floor.office.programme)
    assert following is not None
    assert following.case_id != floor.case.case_id
    assert (floor.case_now().state, floor.case_now().disposition) == (CaseState.CLOSED, "refusal_final")
    assert floor.rows(t.attempts.c.id) == []
    # Who calls is not dialled.
    wishes.add(floor.office.ctx, floor.office.programme, following.contact.number.e164, "热线")
    floor.case = following
    assert floor.begin(incoming=True) == 1


def test_an_interview_that_was_begun_is_dialled_again_after_the_end_of_fieldwork(floor: Floor) -> None:
    floor.begin()
    floor.interview()
    over = floor.office.settings(fieldwork_end=START.date() - timedelta(days=1))
    assert floor.begin("a2", programme=over) == 2
    expired = floor.office.settings(expires=START.date() - timedelta(days=1))
    with pytest.raises(CatiError) as refused:
        floor.begin("a3", programme=expired)
    assert refused.value.code == "approval_expired"


def test_an_attempt_of_a_stopped_station_was_cut_off_when_the_next_begins(floor: Floor) -> None:
    floor.begin()
    again = queue.claim_next(floor.ctx, floor.office.programme)
    assert again is not None
    assert again.reason is Reason.RESUME
    assert floor.begin("a2", epoch=again.epoch) == 2
    columns = (t.attempts.c.number, t.attempts.c.disposition, t.attempts.c.ended_at)
    assert sorted(floor.rows(*columns)) == [(1, "dialling_cut_off", None), (2, None, None)]


def test_an_attempt_in_which_somebody_answered_is_interrupted_and_counts_as_contact(floor: Floor) -> None:
    floor.begin()
    floor.interview()
    answered = AnswerEvent("e1", "i1", 1, 1, "opening", "yes", START, "a1", None)
    DatabaseAnswerLog(floor.ctx).append(answered)
    again = queue.claim_next(floor.ctx, floor.office.programme)
    assert again is not None
    assert floor.begin("a2", epoch=again.epoch) == 2
    assert sorted(floor.rows(t.attempts.c.number, t.attempts.c.disposition)) == [
        (1, "interrupted"),
        (2, None),
    ]


def test_a_dropped_line_is_one_more_attempt_of_the_same_case(floor: Floor) -> None:
    floor.begin()
    calls.end_attempt(
        floor.ctx,
        attempt_id="a1",
        disposition="dropped",
        note="信号不好",
        prompted=True,
        connected_at=START,
        ended_at=START + timedelta(seconds=30),
    )
    assert floor.begin("a2") == 2
    columns = (t.attempts.c.disposition, t.attempts.c.note, t.attempts.c.prompted, t.attempts.c.ended_at)
    assert floor.rows(*columns)[0] == ("dropped", "信号不好", True, START + timedelta(seconds=30))
    assert floor.case_now().state == CaseState.HELD


# ---- settling ------------------------------------------------------------------------------------


def test_a_complete_interview_counts_and_frees_the_case(floor: Floor) -> None:
    result = floor.talked("complete", COMPLETE, off_path=frozenset({"opinion"}), note="好", prompted=True)
    assert (result.fate, result.state) == (Fate.SETTLED, CaseState.COMPLETE)
    assert floor.cell_now() == (1, 0, 0)
    assert (floor.case_now().state, floor.case_now().held_by) == (CaseState.COMPLETE, None)
    i = t.interviews.c
    assert floor.rows(i.state, i.counted, i.late, i.ended_at) == [("complete", 3, False, START)]
    responses = {(item, on_path) for item, on_path in floor.rows(t.responses.c.item, t.responses.c.on_path)}
    assert responses == {(item, item != "opinion") for item in ANSWERED}
    a = t.attempts.c
    assert floor.rows(a.disposition, a.note, a.prompted, a.late) == [("complete", "好", True, False)]
    assert ("case_settled",) in floor.rows(t.audit.c.action)
    assert audit_service.verify(floor.office.ctx) is None


def test_complete_without_an_opinion_is_kept_and_not_counted(floor: Floor) -> None:
    result = floor.talked("complete", outcome(3, state="complete", no_opinion=True))
    assert result.state is CaseState.CLOSED
    assert floor.cell_now() == (0, 0, 0)
    assert floor.rows(t.interviews.c.state) == [("no_opinion",)]


@pytest.mark.parametrize(
    ("disposition", "answered", "case", "interview"),
    [
        ("partial", 2, CaseState.CALLBACK, "partial"),
        ("partial", 1, CaseState.CALLBACK, "partial"),
        ("break_off", 2, CaseState.CLOSED, "partial"),
        ("break_off", 1, CaseState.CLOSED, "break_off"),
        ("refusal_final", 1, CaseState.CLOSED, "break_off"),
        ("refusal_final", 0, CaseState.CLOSED, "ended"),
        ("refusal", 0, CaseState.CLOSED, "ended"),
        ("inconvenient", 0, CaseState.CALLBACK, "ended"),
        ("not_eligible", 0, CaseState.CLOSED, "ended"),
    ],
)
def test_what_was_not_finished_is_kept_as_what_it_is(
    floor: Floor, disposition: str, answered: int, case: CaseState, interview: str
) -> None:
    result = floor.talked(disposition, outcome(answered), answers={"opening": "yes"})
    assert result.state is case
    assert floor.rows(t.interviews.c.state) == [(interview,)]
    assert floor.cell_now() == (0, 0, 0)


def test_a_firm_appointment_keeps_its_place_and_its_owner(floor: Floor) -> None:
    when = START + timedelta(hours=3)
    result = floor.talked("appointment", outcome(0), not_before=when)
    assert result.state is CaseState.APPOINTMENT
    case = floor.case_now()
    assert (case.not_before, case.owner_id, case.reserves) == (when, floor.ctx.actor.user_id, True)
    assert floor.cell_now() == (0, 1, 0)


def test_a_loose_appointment_is_anybodys_and_holds_no_place(floor: Floor) -> None:
    floor.talked("appointment", outcome(0), not_before=START + timedelta(hours=3), mine=False, firm=False)
    case = floor.case_now()
    assert (case.owner_id, case.reserves, case.appointment) == (None, False, "soft")
    assert floor.cell_now() == (0, 0, 0)


def test_a_number_nobody_answers_is_dialled_again_after_its_rest(floor: Floor) -> None:
    floor.begin()
    result = floor.close("busy")
    assert result.state is CaseState.CALLBACK
    assert floor.case_now().not_before == START + timedelta(minutes=10)
    assert floor.rows(t.interviews.c.id) == []


@pytest.mark.parametrize("disposition", ["silent", "language"])
def test_somebody_else_tries_again_if_there_is_somebody_else(floor: Floor, disposition: str) -> None:
    for attempt, colleague in (("a1", True), ("a2", False)):
        if not colleague:
            users.disable_user(floor.office.ctx, "wu")
            floor.clock.advance(4 * 24 * 3600)
            case = queue.claim_next(floor.ctx, floor.office.programme)
            assert case is not None
            floor.case = case
        floor.begin(attempt)
        floor.close(disposition, attempt, connected_at=floor.clock.now())
        assert floor.case_now().barred_id == (floor.ctx.actor.user_id if colleague else None)


def test_an_interview_stopped_half_way_goes_on_with_its_answers(floor: Floor) -> None:
    floor.begin()
    floor.interview()
    log = DatabaseAnswerLog(floor.ctx)
    for seq, item in enumerate(("opening", "item1", "item2"), start=1):
        log.append(AnswerEvent(f"e{seq}", "i1", seq, 1, item, ANSWERED[item], START, "a1", None))
    floor.close("partial", interview_id="i1", outcome=outcome(2), answers=dict(list(ANSWERED.items())[:3]))
    floor.clock.advance(24 * 3600)
    again = queue.claim_next(floor.other, floor.office.programme)
    assert again is not None
    assert again.interview is not None
    assert (again.interview.id, again.interview.seq) == ("i1", 3)
    floor.interview()
    assert floor.rows(t.interviews.c.state, t.interviews.c.ended_at) == [("open", None)]


# ---- too late ------------------------------------------------------------------------------------


def lapse(floor: Floor) -> None:
    floor.clock.advance(queue.LEASE.total_seconds() + 1)


def reaped(floor: Floor) -> None:
    """The case goes back to the queue because the station was silent."""
    with floor.office.database.write() as connection:
        programme_id, now = floor.office.programme.id, floor.clock.now()
        assert queue_store.reap(connection, programme_id, now, owner_keeps=timedelta(0)) == 1


def taken_by_the_other(floor: Floor) -> Assignment:
    found = queue.claim_next(floor.other, floor.office.programme)
    assert found is not None
    assert found.case_id == floor.case.case_id
    return found


def test_an_interview_finished_after_its_lease_lapsed_is_kept_and_marked_late(floor: Floor) -> None:
    floor.begin()
    floor.interview()
    lapse(floor)
    reaped(floor)
    result = floor.close("complete", interview_id="i1", outcome=COMPLETE, answers=ANSWERED)
    assert result.fate is Fate.LATE_COUNTED
    assert floor.cell_now() == (1, 0, 0)
    assert floor.rows(t.interviews.c.state, t.interviews.c.late) == [("complete", True)]
    assert floor.rows(t.attempts.c.late) == [(True,)]
    assert len(floor.rows(t.responses.c.item)) == len(ANSWERED)


def test_an_interview_finished_when_its_cell_was_full_is_kept_as_overshoot(furnished: Furnished) -> None:
    floor = furnished(floor_in, quota=1)
    floor.begin()
    floor.interview()
    lapse(floor)
    reaped(floor)
    with floor.office.database.write() as connection:
        connection.execute(t.cells.update().values(completed=1))
    result = floor.close("complete", interview_id="i1", outcome=COMPLETE, answers=ANSWERED)
    assert result.fate is Fate.LATE_OVERSHOOT
    assert floor.cell_now() == (1, 0, 1)
    assert floor.rows(t.interviews.c.state) == [("complete",)]


def test_an_interview_that_its_former_holder_finished_after_all_stays_finished(floor: Floor) -> None:
    floor.begin()
    floor.interview()
    lapse(floor)
    reaped(floor)
    gone_on = taken_by_the_other(floor)
    assert gone_on.interview is not None
    floor.begin("a2", ctx=floor.other, epoch=gone_on.epoch)
    told: dict[str, Any] = {"interview_id": "i1", "outcome": COMPLETE}
    assert floor.close("complete", answers=ANSWERED, **told).fate is Fate.LATE_COUNTED
    again = floor.close(
        "complete", "a2", ctx=floor.other, epoch=gone_on.epoch, answers={"opening": "no"}, **told
    )
    assert again.fate is Fate.LATE_DUPLICATE
    assert floor.cell_now() == (1, 0, 0)
    assert floor.rows(t.interviews.c.state) == [("complete",)]
    assert dict(floor.rows(t.responses.c.item, t.responses.c.value)) == ANSWERED


def test_a_refusal_told_after_somebody_else_took_the_case_is_only_recorded(floor: Floor) -> None:
    floor.begin()
    lapse(floor)
    reaped(floor)
    taken_by_the_other(floor)
    result = floor.close("refusal_final")
    assert result.fate is Fate.LATE_RECORDED
    assert floor.case_now().state == CaseState.HELD
    assert floor.rows(t.attempts.c.disposition, t.attempts.c.late) == [("refusal_final", True)]


def test_closing_once_more_changes_nothing(floor: Floor) -> None:
    first = floor.talked("complete", COMPLETE)
    before = everything(floor)
    again = floor.close("complete", interview_id="i1", outcome=COMPLETE, answers={"opening": "no"})
    assert again == first
    assert everything(floor) == before


# ---- all or nothing ------------------------------------------------------------------------------


class Broken(Exception):
    """Not of the program: the disk is full, the cable is out."""


def everything(floor: Floor) -> dict[str, list[Any]]:
    with floor.office.database.read() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in t.metadata.sorted_tables
        }


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (settlement_store, "settle"),
        (call_store, "end"),
        (interview_store, "close_interview"),
        (audit_store, "add"),
    ],
)
@pytest.mark.parametrize("done", [False, True])
def test_a_settlement_that_fails_in_the_middle_leaves_nothing_of_itself(
    floor: Floor, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, done: bool
) -> None:
    floor.begin()
    floor.interview()
    before = everything(floor)
    work = getattr(module, name)

    def broken(*args: Any, **named: Any) -> None:
        if done:
            work(*args, **named)
        raise Broken

    with monkeypatch.context() as patch:
        patch.setattr(module, name, broken)
        with pytest.raises(Broken):
            floor.close("complete", interview_id="i1", outcome=COMPLETE, answers=ANSWERED)
    assert everything(floor) == before
    assert floor.close("complete", interview_id="i1", outcome=COMPLETE, answers=ANSWERED).state == 4


# ---- rights, the day -----------------------------------------------------------------------------


def test_only_interviewers_dial_and_settle(floor: Floor) -> None:
    watcher = replace(floor.ctx, actor=replace(floor.ctx.actor, roles=frozenset()))
    for act in (
        lambda: floor.begin(ctx=watcher),
        lambda: calls.my_day(watcher, floor.office.programme, START.date()),
        lambda: calls.has_live_attempts(floor.ctx, floor.office.programme),
    ):
        with pytest.raises(CatiError) as refused:
            act()
        assert refused.value.code == "not_allowed"


def test_my_day_holds_my_attempts_of_that_local_day(floor: Floor) -> None:
    floor.begin()
    floor.close(
        "complete", connected_at=START, ended_at=START + timedelta(seconds=312), outcome=None, answers={}
    )
    case = queue.claim_next(floor.ctx, floor.office.programme)
    assert case is not None
    floor.case = case
    floor.clock.advance(60)
    floor.begin("a2")
    mine = calls.my_day(floor.ctx, floor.office.programme, START.date())
    assert [(a.disposition, a.connected_seconds) for a in mine] == [("complete", 312.0), (None, None)]
    assert calls.my_day(floor.ctx, floor.office.programme, START.date() + timedelta(days=1)) == ()
    assert calls.my_day(floor.other, floor.office.programme, START.date()) == ()


def test_live_attempts_are_told_from_simulated_ones(floor: Floor) -> None:
    office = floor.office
    assert not calls.has_live_attempts(office.ctx, office.programme)
    floor.begin(simulated=True)
    assert not calls.has_live_attempts(office.ctx, office.programme)
    floor.begin("a2")
    assert calls.has_live_attempts(office.ctx, office.programme)
    assert programmes.get(office.ctx).state == "drawn"
