"""A call goes on when the database, the line or the recorder fails under it, and says so."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
from sqlalchemy import func, select, update

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.call import Call, Phase
from cati.domain.ports import LEAST_FREE_BYTES
from cati.domain.programmes import CallHours, LoadedProgramme
from cati.domain.queue import Reason
from cati.services import calls, interviews, queue, recordings
from cati.station.runner import Job, Listeners
from cati.store import tables as t
from tests.rig.furnished import Furnished
from tests.rig.restless import RestlessClock
from tests.station.desk import ANSWERS, Desk, Faulty, FaultyLog, Gone, Recorder, breaking
from tests.station.office import Line, Office, open_office, runner_of


@pytest.fixture
def office(furnished: Furnished) -> Office:
    return furnished(open_office)


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Desk:
    return desk_in(office, tmp_path, office.programme)


def desk_in(office: Office, tmp_path: Path, programme: LoadedProgramme) -> Desk:
    ctx = office.hire("zhou")
    jobs: deque[Job] = deque()
    ticks: list[int] = []
    faults: list[Exception] = []
    waiting: list[Exception | None] = []
    room = [10 * LEAST_FREE_BYTES]
    line, recorder, log = Line(), Recorder(), FaultyLog(ctx)
    runner = runner_of(
        ctx,
        programme,
        tmp_path / "recordings",
        dialler=line,
        recorder=recorder,
        answers=log,
        schedule=jobs.append,
        listeners=Listeners(saved=ticks.append, fault=faults.append, waiting=waiting.append),
        free=lambda: room[0],
    )
    made = Desk(runner, line, recorder, log, jobs, ticks, faults, waiting, room)
    made.take()
    return made


def all_answers() -> list[tuple[int, str]]:
    return list(enumerate(ANSWERS, start=1))


# ---- dialling ------------------------------------------------------------------------------------


def test_no_number_is_dialled_whose_attempt_was_not_committed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaking(monkeypatch, calls, "begin_attempt")
    desk.runner.dial()
    desk.work()
    assert desk.line.dialled == []
    assert [type(fault) for fault in desk.faults] == [Gone]
    assert desk.runner.call.phase is Phase.READY
    desk.runner.dial()
    desk.work()
    assert len(desk.line.dialled) == 1
    assert desk.rows(t.attempts.c.number) == [(1,)]


def test_whatever_was_done_on_top_of_a_dialling_that_failed_is_not_done(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaking(monkeypatch, calls, "begin_attempt")
    desk.runner.dial()
    desk.runner.connect()
    desk.runner.answer("yes")
    desk.runner.end()
    desk.work()
    assert desk.runner.call.phase is Phase.READY
    assert desk.runner.call.answers == {}
    assert (desk.line.dialled, desk.recorder.asked) == ([], [])
    assert desk.rows(t.interviews.c.id) == desk.stored() == []
    assert len(desk.faults) == 1
    desk.connect()
    desk.runner.answer("yes")
    desk.work()
    assert desk.stored() == [(1, "yes")]


def test_an_attempt_committed_although_it_was_reported_as_failed_is_cut_off(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaking(monkeypatch, calls, "begin_attempt", after=True)
    desk.runner.dial()
    desk.work()
    assert desk.line.dialled == []
    desk.runner.dial()
    desk.work()
    assert desk.rows(t.attempts.c.number, t.attempts.c.disposition) == [(1, "dialling_cut_off"), (2, None)]


def test_a_case_that_went_to_somebody_else_is_not_dialled(desk: Desk) -> None:
    with desk.runner.ctx.database.write() as connection:
        connection.execute(update(t.cases).values(epoch=t.cases.c.epoch + 1))
    desk.runner.dial()
    desk.work()
    (fault,) = desk.faults
    assert isinstance(fault, CatiError)
    assert fault.code == "lease_lost"
    assert desk.line.dialled == []


def test_the_station_dials_nobody_at_the_wrong_hour_whatever_the_server_thinks(
    furnished_file: Furnished, tmp_path: Path, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = furnished_file(open_office)
    stretches = ((time(10), time(10, 5)), (time(10, 10), time(10, 15)))
    hours = tuple(CallHours((), tuple(range(7)), start, end) for start, end in stretches)
    desk = desk_in(office, tmp_path, office.settings(call_hours=hours))
    asked = Mock(wraps=calls.begin_attempt)
    monkeypatch.setattr(calls, "begin_attempt", asked)

    def codes() -> list[str]:
        return [fault.code for fault in desk.faults if isinstance(fault, CatiError)]

    clock.advance(6 * 60)
    desk.runner.dial()
    desk.work()
    assert (desk.line.dialled, codes()) == ([], ["outside_call_hours"])
    clock.advance(6 * 60)
    desk.connect()
    clock.advance(8 * 60)
    # The line has dropped in the interview: that may be gone on with for a while.
    desk.runner.redial()
    desk.runner.connect()
    desk.work()
    clock.advance(10 * 60)
    desk.runner.redial()
    desk.work()
    assert (len(desk.line.dialled), codes()) == (2, ["outside_call_hours"] * 2)
    assert asked.call_count == 2
    assert desk.runner.call.phase is Phase.WRAP_UP


def test_a_line_that_fails_leaves_the_attempt_to_be_settled(desk: Desk) -> None:
    desk.line.dial = Faulty(desk.line.dial, 1)  # type: ignore[method-assign]
    desk.runner.dial()
    desk.work()
    assert len(desk.faults) == 1
    assert desk.runner.call.phase is Phase.DIALLING
    desk.runner.end()
    desk.runner.settle("no_answer")
    desk.work()
    assert desk.rows(t.attempts.c.disposition) == [("no_answer",)]


def test_a_line_that_cannot_be_closed_does_not_keep_the_recording_open(desk: Desk) -> None:
    desk.connect()
    desk.line.hang_up = Faulty(desk.line.hang_up, 1)  # type: ignore[method-assign]
    desk.runner.end()
    desk.work()
    assert desk.recorder.asked[-1] == "stop"
    assert desk.rows(t.recordings.c.complete) == [(True,)]


def test_a_redialling_that_fails_can_be_done_again_or_settled(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.connect()
    desk.runner.answer("yes")
    desk.work()
    for service in ("begin_attempt", "end_attempt"):
        breaking(monkeypatch, calls, service)
        desk.runner.redial()
        desk.work()
        assert desk.runner.call.phase is Phase.WRAP_UP
        assert not desk.line.is_open
    assert len(desk.line.dialled) == 1
    desk.runner.redial()
    desk.runner.connect()
    desk.work()
    assert len(desk.line.dialled) == 2
    assert desk.runner.call.shown == "item1"
    attempts = dict(desk.rows(t.attempts.c.number, t.attempts.c.disposition))
    assert attempts == {1: "dropped", 2: "dialling_cut_off", 3: None}
    assert desk.rows(func.count(t.interviews.c.id)) == [(1,)]


def test_a_call_that_is_refused_a_redialling_is_settled(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.connect()
    desk.runner.answer("yes")
    desk.runner.answer("fair")
    desk.work()
    breaking(monkeypatch, calls, "begin_attempt")
    desk.runner.redial()
    desk.work()
    desk.runner.settle("partial")
    desk.work()
    assert desk.runner.call.phase is Phase.IDLE
    assert desk.rows(t.attempts.c.number, t.attempts.c.disposition) == [(1, "partial")]


def test_nobody_is_called_again_after_a_cut_who_was_redialled_after_the_last_answer(desk: Desk) -> None:
    desk.connect()
    for value in ANSWERS[:-1]:
        desk.runner.answer(value)
    desk.runner.redial()
    desk.work()
    desk.runner.call = Call()  # the power failed
    desk.take()
    desk.runner.settle("complete")
    desk.work()
    assert sorted(desk.rows(t.attempts.c.number, t.attempts.c.disposition)) == [
        (1, "dropped"),
        (2, "complete"),
    ]


# ---- answers -------------------------------------------------------------------------------------


def test_answers_wait_while_the_log_fails_and_are_stored_with_the_next(desk: Desk) -> None:
    desk.connect()
    desk.log.append.failures = 2
    desk.runner.answer("yes")
    desk.runner.answer("fair")
    desk.work()
    assert (desk.ticks, desk.stored(), desk.runner.unsaved) == ([], [], 2)
    assert desk.runner.call.shown == "item2"
    desk.runner.answer("poor")
    desk.work()
    assert desk.ticks == [1, 2, 3]
    assert desk.stored() == all_answers()[:3]
    assert (desk.runner.unsaved, desk.runner.saved_seq) == (0, 3)
    assert desk.recorder.asked.count("mark") == 1 + 2 * 3


def test_answers_that_wait_are_stored_by_themselves_a_second_later(desk: Desk, clock: VirtualClock) -> None:
    desk.connect()
    desk.log.append.failures = 3
    desk.runner.answer("yes")
    desk.runner.answer("fair")
    desk.work()
    assert [type(why) for why in desk.waiting] == [Gone, Gone]
    desk.runner.retry()
    assert not desk.jobs
    clock.advance(1)
    desk.runner.retry()
    desk.runner.retry()
    assert len(desk.jobs) == 1
    desk.work()
    assert (desk.stored(), desk.runner.unsaved) == ([], 2)
    clock.advance(1)
    desk.runner.retry()
    desk.work()
    assert desk.stored() == all_answers()[:2]
    assert (desk.runner.unsaved, desk.waiting[-1], desk.ticks) == (0, None, [1, 2])
    clock.advance(1)
    desk.runner.retry()
    assert not desk.jobs


def test_an_interview_and_notes_of_its_recording_that_wait_are_stored_by_themselves(
    desk: Desk, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaking(monkeypatch, interviews, "open_interview")
    breaking(monkeypatch, recordings, "register")
    desk.connect()
    assert desk.rows(t.interviews.c.id) == desk.rows(t.recordings.c.id) == []
    clock.advance(1)
    desk.runner.retry()
    desk.work()
    assert len(desk.rows(t.interviews.c.id)) == len(desk.rows(t.recordings.c.id)) == 1
    assert desk.waiting[-1] is None


def test_no_outcome_is_stored_on_top_of_answers_that_are_not(desk: Desk, clock: VirtualClock) -> None:
    desk.connect()
    busy = CatiError("database_busy", "Held by another program.")
    desk.log.append = Faulty(desk.log.append, 4, fault=busy)
    desk.runner.answer("yes")
    desk.runner.answer("fair")
    desk.runner.end()
    desk.runner.settle("break_off")
    desk.work()
    assert desk.runner.call.phase is Phase.WRAP_UP
    refused = desk.faults[-1]
    assert isinstance(refused, CatiError)
    assert (refused.code, refused.params) == ("answers_not_stored", {"count": 2})
    assert desk.rows(t.attempts.c.disposition) == [(None,)]
    for _second in range(2):
        clock.advance(1)
        desk.runner.retry()
        desk.work()
    assert desk.stored() == all_answers()[:2]
    desk.runner.settle("break_off")
    desk.work()
    assert desk.rows(t.attempts.c.disposition) == [("break_off",)]


def test_nobody_is_dialled_without_room_for_a_recording_and_a_check_comes_before_each(desk: Desk) -> None:
    desk.room[0] = LEAST_FREE_BYTES - 1
    desk.runner.dial()
    desk.work()
    (refused,) = desk.faults
    assert isinstance(refused, CatiError)
    assert refused.code == "no_room_to_record"
    assert (desk.runner.call.phase, desk.line.dialled) == (Phase.READY, [])
    assert desk.rows(t.attempts.c.id) == []
    desk.room[0] = LEAST_FREE_BYTES
    desk.runner.dial()
    desk.work()
    assert desk.runner.call.phase is Phase.DIALLING
    desk.room[0] = 0
    desk.runner.end()
    desk.runner.redial()
    desk.work()
    assert len(desk.line.dialled) == 1


def test_an_answer_stored_although_it_was_reported_as_failed_is_there_once(desk: Desk) -> None:
    desk.connect()
    desk.log.append.after, desk.log.append.failures = True, 1
    desk.runner.answer("yes")
    desk.work()
    assert desk.ticks == []
    desk.runner.answer("fair")
    desk.work()
    assert desk.ticks == [1, 2]
    assert desk.stored() == all_answers()[:2]


def test_an_interview_that_could_not_be_opened_is_opened_before_its_first_answer(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaking(monkeypatch, interviews, "open_interview", failures=2)
    desk.connect()
    desk.runner.answer("yes")
    desk.work()
    assert (desk.rows(t.interviews.c.id), desk.ticks) == ([], [])
    desk.runner.answer("fair")
    desk.work()
    assert desk.rows(t.interviews.c.state) == [("open",)]
    assert desk.ticks == [1, 2]


def test_a_case_is_not_settled_without_its_answers(desk: Desk) -> None:
    desk.connect()
    desk.log.append.failures = 1 + len(ANSWERS)
    desk.answer_all()
    desk.runner.end()
    desk.runner.settle("complete")
    desk.work()
    assert desk.runner.call.phase is Phase.WRAP_UP
    assert len(desk.runner.call.answers) == desk.runner.unsaved == len(ANSWERS)
    assert desk.rows(t.interviews.c.state) == [("open",)]
    desk.runner.settle("complete")
    desk.work()
    assert desk.stored() == all_answers()
    assert desk.rows(t.interviews.c.state) == [("complete",)]


# ---- settling ------------------------------------------------------------------------------------


def talked(desk: Desk) -> None:
    desk.connect()
    desk.answer_all()
    desk.runner.end()
    desk.work()


def test_a_case_that_could_not_be_settled_can_be_settled_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    talked(desk)
    breaking(monkeypatch, calls, "close")
    before = desk.runner.call
    desk.runner.settle("complete")
    assert desk.runner.call == Call()
    desk.work()
    assert desk.runner.call == before
    with pytest.raises(CatiError) as refused:
        desk.runner.claim()
    assert refused.value.code == "not_now"
    desk.runner.settle("complete")
    desk.work()
    assert desk.rows(t.cells.c.completed, t.cells.c.reserved) == [(1, 0)]
    desk.take()
    assert desk.runner.call.assignment is not None
    assert desk.runner.call.assignment.reason is Reason.FRESH


def test_a_case_settled_although_it_was_reported_as_failed_counts_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    talked(desk)
    breaking(monkeypatch, calls, "close", after=True)
    desk.runner.settle("complete")
    desk.work()
    assert desk.runner.call.phase is Phase.WRAP_UP
    desk.runner.settle("complete")
    desk.work()
    assert desk.runner.call == Call()
    assert desk.rows(t.cells.c.completed, t.cells.c.overshoot) == [(1, 0)]
    assert desk.rows(t.interviews.c.state, t.interviews.c.late) == [("complete", False)]
    settled = [row for row in desk.rows(t.audit.c.action) if row == ("case_settled",)]
    assert len(settled) == 1


def test_a_hand_over_that_fails_can_be_made_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    case = desk.runner.call.assignment
    breaking(monkeypatch, queue, "hand_over")
    desk.runner.hand_over()
    desk.work()
    assert desk.runner.call.phase is Phase.READY
    desk.runner.hand_over()
    desk.work()
    assert desk.runner.call == Call()
    desk.take()
    assert desk.runner.call.assignment != case


def test_without_a_listener_a_fault_is_raised(office: Office, tmp_path: Path) -> None:
    ctx = office.hire("li")
    runner = runner_of(ctx, office.programme, tmp_path, dialler=_Dead())
    found = runner.claim()
    assert found is not None
    runner.take(found)
    with pytest.raises(Gone):
        runner.dial()


class _Dead:
    def dial(self, number: str) -> None:
        raise Gone

    def hang_up(self) -> None:
        raise Gone


# ---- recording -----------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["start", "mark", "stop"])
def test_a_recorder_that_fails_never_stops_the_interview(desk: Desk, what: str) -> None:
    desk.recorder.broken = {what}
    talked(desk)
    desk.runner.settle("complete")
    desk.work()
    assert desk.stored() == all_answers()
    assert desk.rows(t.interviews.c.state) == [("complete",)]
    assert desk.faults
    assert all(isinstance(fault, Gone) for fault in desk.faults)


def test_a_folder_that_cannot_be_made_never_stops_the_interview(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "recordings").write_text("a file is in the way")
    talked(desk)
    desk.runner.settle("complete")
    desk.work()
    assert "start" not in desk.recorder.asked
    assert desk.rows(t.interviews.c.state) == [("complete",)]


def test_a_recording_that_could_not_be_noted_is_made_and_noted_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaking(monkeypatch, recordings, "register", failures=1)
    desk.connect()
    assert desk.recorder.asked[0] == "start"
    assert desk.rows(t.recordings.c.id) == []
    desk.runner.end()
    desk.work()
    assert desk.rows(t.recordings.c.duration_ms, t.recordings.c.complete) == [(5000, True)]


def test_the_end_of_a_recording_that_could_not_be_noted_is_noted_with_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.connect()
    breaking(monkeypatch, recordings, "finish", failures=1)
    desk.runner.redial()
    desk.work()
    assert desk.rows(t.recordings.c.duration_ms) == [(None,)]
    desk.runner.connect()
    desk.runner.end()
    desk.work()
    assert desk.rows(t.recordings.c.duration_ms) == [(5000,), (5000,)]


def test_answers_say_where_they_are_in_the_recording(desk: Desk) -> None:
    desk.connect()
    desk.runner.answer("yes")
    desk.work()
    desk.runner.answer("fair")
    desk.work()
    offsets = [row[0] for row in sorted(desk.rows(t.answers.c.offset_ms))]
    assert offsets == [200, 400]


# ---- the rest of a call --------------------------------------------------------------------------


def test_mark_note_and_language_are_kept_with_the_call(desk: Desk) -> None:
    desk.connect()
    desk.runner.toggle_prompted()
    desk.runner.note("接送孩子，请晚点打")
    desk.runner.end()
    desk.runner.settle("refusal")
    desk.work()
    assert desk.rows(t.attempts.c.prompted, t.attempts.c.note) == [(True, "接送孩子，请晚点打")]
    assert desk.rows(t.interviews.c.language, t.interviews.c.state) == [("zh", "ended")]


def at_opinion(desk: Desk) -> None:
    desk.connect()
    for value in ANSWERS[:4]:
        desk.runner.answer(value)
    assert desk.runner.call.shown == "opinion"


@pytest.mark.parametrize("way", ["back", "forward", "end", "redial"])
def test_what_was_typed_is_recorded_by_whatever_way_its_question_is_left(desk: Desk, way: str) -> None:
    at_opinion(desk)
    desk.runner.type("多开放")
    desk.runner.type("多开放几天")
    match way:
        case "back":
            desk.runner.move(-1)
            assert desk.runner.call.shown == "item3"
        case "forward":
            desk.runner.move(1)
            assert desk.runner.call.shown == "closing"
        case "end":
            desk.runner.end()
        case _:
            desk.runner.redial()
    desk.work()
    assert desk.stored()[-1] == (5, "多开放几天")
    desk.runner.keep()
    desk.work()
    assert len(desk.stored()) == 5


def test_a_question_that_is_passed_untouched_is_not_answered(desk: Desk) -> None:
    at_opinion(desk)
    desk.runner.move(-1)
    desk.runner.move(1)
    desk.runner.end()
    desk.work()
    assert len(desk.stored()) == 4


def test_note_and_typed_words_outlive_the_station(desk: Desk) -> None:
    at_opinion(desk)
    desk.runner.type("多开")
    desk.runner.note("接送孩子")
    desk.runner.keep()
    desk.work()
    desk.runner.call = Call()
    desk.take()
    assert desk.runner.call.note == "接送孩子"
    assert desk.runner.call.typed == {"opinion": "多开"}
    desk.connect()
    assert desk.runner.call.note == "接送孩子"
    assert desk.runner.call.shown == "opinion"
    desk.runner.answer("多开放几天")
    desk.runner.keep()
    desk.work()
    desk.runner.call = Call()
    desk.take()
    assert desk.runner.call.typed == {}


def test_words_typed_before_an_answer_do_not_come_back_over_it(desk: Desk) -> None:
    at_opinion(desk)
    desk.runner.type("多开")
    desk.runner.keep()
    desk.runner.answer("多开放几天")
    desk.work()
    desk.runner.call = Call()
    desk.take()
    assert desk.runner.call.typed == {}


def test_a_note_that_is_kept_late_does_not_change_a_settled_attempt(desk: Desk) -> None:
    desk.connect()
    desk.runner.note("早")
    desk.runner.keep()
    desk.runner.note("晚")
    desk.runner.end()
    desk.runner.settle("refusal")
    last = desk.jobs.pop()
    ended = desk.jobs.pop()
    kept = desk.jobs.pop()
    for job in (ended, last, kept):
        job()
    assert desk.rows(t.attempts.c.note) == [("晚",)]


def test_the_other_number_of_a_person_is_dialled_when_asked(desk: Desk) -> None:
    desk.runner.change_number()
    desk.runner.dial()
    desk.work()
    assert desk.line.dialled == [desk.runner.call.phone.e164.removeprefix("+86")]


def test_the_lease_is_kept_by_heartbeats_and_its_loss_is_told(desk: Desk) -> None:
    assert desk.runner.heartbeat()
    with desk.runner.ctx.database.write() as connection:
        connection.execute(update(t.cases).values(epoch=9))
    assert not desk.runner.heartbeat()
    desk.runner.hand_over()
    desk.work()
    assert desk.runner.heartbeat()


def test_an_unknown_answer_changes_nothing_and_stores_nothing(desk: Desk) -> None:
    desk.connect()
    with pytest.raises(CatiError):
        desk.runner.answer("maybe")
    desk.work()
    assert (desk.runner.call.answers, desk.stored()) == ({}, [])


def test_sound_ends_and_places_are_taken_when_the_key_is_pressed_however_late_they_are_stored(
    desk: Desk,
) -> None:
    desk.connect()
    pressed = desk.recorder.offset_ms()
    desk.runner.answer("yes")
    desk.recorder.asked += ["later"] * 7
    desk.runner.end()
    assert desk.recorder.cuts == 1
    assert "stop" not in desk.recorder.asked
    desk.work()
    assert "stop" in desk.recorder.asked
    assert desk.rows(t.answers.c.offset_ms) == [(pressed,)]


def test_a_step_that_may_be_taken_back_does_not_end_the_sound(desk: Desk) -> None:
    desk.connect()
    desk.runner.end()
    assert desk.recorder.cuts == 1
    desk.work()
    desk.runner.redial()
    assert desk.recorder.cuts == 1


# ---- the clock -----------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [timedelta(hours=3), -timedelta(hours=3)], ids=["forwards", "back"])
def test_a_clock_that_is_set_in_mid_call_changes_neither_its_length_nor_the_order_of_its_answers(
    office: Office, tmp_path: Path, by: timedelta
) -> None:
    clock = RestlessClock(office.ctx.clock.now())
    ctx = replace(office.hire("zhou"), clock=clock)
    runner = runner_of(ctx, office.programme, tmp_path / "recordings")
    found = runner.claim()
    assert found is not None
    runner.take(found)
    begun = clock.now()
    runner.dial()
    clock.advance(20)
    runner.connect()
    for number, value in enumerate(ANSWERS):
        if number == 2:
            clock.set(by)
        clock.advance(10)
        runner.answer(value)
    runner.settle("complete")

    def rows(*columns: object) -> list[tuple[object, ...]]:
        with ctx.database.read() as connection:
            return [tuple(row) for row in connection.execute(select(*columns))]  # type: ignore[call-overload]

    answers = sorted(rows(t.answers.c.seq, t.answers.c.value, t.answers.c.at))
    assert [value for _seq, value, _at in answers] == list(ANSWERS)
    assert [at for _seq, _value, at in answers] == [
        begun + timedelta(seconds=20 + 10 * number) for number in range(1, len(ANSWERS) + 1)
    ]
    ((dialled, connected, ended),) = rows(
        t.attempts.c.dialled_at, t.attempts.c.connected_at, t.attempts.c.ended_at
    )
    assert (dialled, connected) == (begun, begun + timedelta(seconds=20))
    assert ended == begun + timedelta(seconds=20 + 10 * len(ANSWERS))
    # The next call begins by the clock as it is now.
    assert runner.now() == clock.now()


# ---- recording declined --------------------------------------------------------------------------


def test_a_declined_recording_is_closed_at_once_with_its_reason_and_goes_on_in_a_new_file(desk: Desk) -> None:
    desk.connect()
    desk.runner.answer("yes")
    desk.runner.decline_recording(True)
    # Before anything else of the step is carried out the microphone is shut.
    assert desk.recorder.cuts == 1
    desk.work()
    assert desk.rows(t.recordings.c.complete, t.recordings.c.problem) == [(True, "declined")]
    desk.runner.decline_recording(False)
    desk.runner.end()
    desk.work()
    assert desk.recorder.asked.count("start") == 2
    kept = desk.rows(t.recordings.c.complete, t.recordings.c.problem)
    assert sorted(kept, key=str) == [(True, "declined"), (True, None)]
