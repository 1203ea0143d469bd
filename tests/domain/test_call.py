"""The call machine: what follows what, and that nothing is lost by going back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cati.base import paths
from cati.base.errors import CatiError
from cati.domain.call import Call, Phase, step
from cati.domain.call_effects import (
    AppendAnswer,
    BeginAttempt,
    CloseCase,
    Dial,
    EndAttempt,
    HandOver,
    HangUp,
    KeepTyped,
    MarkRecording,
    OpenInterview,
    StartRecording,
    StopRecording,
)
from cati.domain.call_events import (
    Answered,
    CalledBack,
    Claimed,
    Connected,
    Dialled,
    Ended,
    Event,
    HandedOver,
    Kept,
    Moved,
    Noted,
    NumberChanged,
    Prompted,
    RecordingBroken,
    Redialled,
    Reopened,
    Settled,
    Typed,
)
from cati.domain.contacts import Contact, Phone
from cati.domain.dispositions import DISPOSITIONS
from cati.domain.interview import Script
from cati.domain.queue import Assignment, EarlierAttempt, Effort, Reason, StartedInterview
from cati.domain.respondents import facts
from cati.files.programmes import load_workbook

NOW = datetime(2024, 2, 21, 2, 0, tzinfo=UTC)


@lru_cache
def script() -> Script:
    return Script.of(load_workbook(paths.resources() / "programmes" / "yazhou-2023.xlsx"))


def assignment(interview: StartedInterview | None = None, phones: int = 1) -> Assignment:
    numbers = tuple(Phone(f"+8613800000{i:03d}") for i in range(phones))
    return Assignment(
        case_id=7,
        programme_id=1,
        cell_id=3,
        unit_code="u21",
        unit_name="区教育局",
        group_code="service",
        group_label="服务对象",
        ticket="ab" * 32,
        position=1,
        source="list",
        epoch=4,
        lease_until=NOW + timedelta(minutes=2),
        reason=Reason.FRESH,
        entry_id=11,
        contact=Contact("陈某", numbers),
        appointment=None,
        appointment_at=None,
        history=(),
        interview=interview,
        effort=Effort(0, 0, False, False, 5, 3),
    )


def claimed(interview: StartedInterview | None = None, phones: int = 1) -> Call:
    case = assignment(interview, phones)
    call, effects = step(Call(), Claimed(case, script(), facts(script().programme, case)))
    assert effects == ()
    return call


def connected(interview: StartedInterview | None = None) -> Call:
    call, _ = step(claimed(interview), Dialled("attempt-1", NOW))
    call, _ = step(call, Connected("interview-1", "recording-1", NOW))
    return call


def answer_value(call: Call, choose: int = 0) -> str:
    assert call.shown is not None
    question = script().question(call.shown)
    if question.type.startswith("select"):
        offers = script().offers(call.shown, call.facts, "zh")
        return offers[choose % len(offers)].name
    return "read" if question.type == "note" else ""


def answered(call: Call, value: str) -> Call:
    assert call.shown is not None
    return step(call, Answered(f"event-{call.seq + 1}", call.shown, value, NOW))[0]


def answered_to_the_end(call: Call) -> Call:
    while call.shown is not None:
        call = answered(call, answer_value(call))
    return call


def test_the_attempt_is_committed_before_the_number_is_dialled() -> None:
    _, effects = step(claimed(), Dialled("attempt-1", NOW))
    assert [type(e) for e in effects] == [BeginAttempt, Dial]


def test_connecting_opens_the_interview_and_records_from_its_first_question() -> None:
    call, _ = step(claimed(), Dialled("attempt-1", NOW))
    call, effects = step(call, Connected("interview-1", "recording-1", NOW))
    assert [type(e) for e in effects] == [
        OpenInterview,
        StartRecording,
        MarkRecording,
    ]
    assert call.phase is Phase.CONNECTED
    assert call.shown == "opening"


def test_an_answer_is_appended_with_the_next_number_and_the_next_question_is_shown() -> None:
    call = connected()
    call, effects = step(call, Answered("event-1", "opening", "yes", NOW))
    append = effects[0]
    assert isinstance(append, AppendAnswer)
    assert (append.seq, append.item, append.value, append.epoch) == (1, "opening", "yes", 4)
    assert call.shown == "identity"


def test_an_answer_that_does_not_fit_changes_nothing() -> None:
    call = connected()
    with pytest.raises(CatiError):
        step(call, Answered("event-1", "opening", "perhaps", NOW))
    assert call.answers == {}


def test_all_questions_answered_makes_the_interview_complete_and_nothing_else() -> None:
    call = answered_to_the_end(connected())
    call, effects = step(call, Ended(NOW))
    assert [type(e) for e in effects] == [HangUp, StopRecording]
    assert call.refusal_of("complete") is None
    assert call.refusal_of("refusal") is not None
    idle, effects = step(call, Settled("complete", NOW))
    close = effects[0]
    assert isinstance(close, CloseCase)
    assert close.outcome is not None
    assert close.outcome.state == "complete"
    assert close.outcome.counted == 10
    assert idle == Call()


def test_complete_is_refused_while_a_question_is_open() -> None:
    call, _ = step(connected(), Ended(NOW))
    with pytest.raises(CatiError) as refused:
        step(call, Settled("complete", NOW))
    assert refused.value.code == "disposition_refused"


def test_nobody_answered_cannot_be_said_of_a_call_in_which_somebody_spoke() -> None:
    call, _ = step(answered(connected(), "yes"), Ended(NOW))
    assert call.refusal_of("no_answer") is not None
    call, _ = step(call, Redialled("attempt-2", NOW))
    call, _ = step(call, Connected("interview-2", "recording-2", NOW))
    machine, _ = step(call, Ended(NOW))
    assert machine.refusal_of("machine") is None
    caller, _ = step(claimed(), CalledBack("attempt-1", "interview-1", "recording-1", NOW))
    caller, _ = step(caller, Ended(NOW))
    assert caller.refusal_of("no_answer") is not None
    unanswered, _ = step(claimed(), Dialled("attempt-1", NOW))
    unanswered, _ = step(unanswered, Ended(NOW))
    assert unanswered.refusal_of("no_answer") is None
    assert unanswered.refusal_of("refusal") is not None


def test_what_only_sounded_like_somebody_is_stored_as_no_connection() -> None:
    call, _ = step(connected(), Ended(NOW))
    _, effects = step(call, Settled("machine", NOW))
    close = effects[0]
    assert isinstance(close, CloseCase)
    assert close.attempt.connected_at is None


def test_an_appointment_needs_a_time() -> None:
    call, _ = step(connected(), Ended(NOW))
    with pytest.raises(CatiError) as refused:
        step(call, Settled("appointment", NOW))
    assert refused.value.code == "appointment_without_time"
    _, effects = step(call, Settled("appointment", NOW, NOW + timedelta(hours=3)))
    assert isinstance(effects[0], CloseCase)


def test_a_recorder_that_died_goes_on_in_a_new_file_at_the_question_shown() -> None:
    call = answered(connected(), "yes")
    call, effects = step(call, RecordingBroken("recording-2", NOW))
    assert effects == (
        StopRecording("recording-1"),
        StartRecording("recording-2", "attempt-1", NOW),
        MarkRecording("question", "identity"),
    )
    assert call.answers == {"opening": "yes"}
    _, effects = step(call, Ended(NOW))
    assert effects == (HangUp(), StopRecording("recording-2"))


def test_a_dropped_line_is_redialled_as_a_new_attempt_of_the_same_interview() -> None:
    call, _ = step(answered(connected(), "yes"), Ended(NOW))
    call, effects = step(call, Redialled("attempt-2", NOW))
    # Where the new attempt is refused the old one has no outcome yet.
    assert [type(e) for e in effects] == [BeginAttempt, EndAttempt, Dial]
    dropped = effects[1]
    assert isinstance(dropped, EndAttempt)
    assert dropped.disposition == "dropped"
    call, _ = step(call, Connected("interview-2", "recording-2", NOW))
    assert call.interview_id == "interview-1"
    assert call.answers == {"opening": "yes"}
    assert call.shown == "identity"


def test_a_ringing_call_ended_by_mistake_rings_on_as_the_same_attempt() -> None:
    call, _effects = step(claimed(), Dialled("a1", NOW))
    ended, _effects = step(call, Ended(NOW))
    again, effects = step(ended, Reopened("r1", NOW))
    assert again == call
    assert effects == (Dial(call.phone),)
    assert step(again, Connected("i1", "r2", NOW))[0].refusal_of("refusal") is None


def test_an_interview_ended_by_mistake_goes_on_in_a_new_file() -> None:
    call = answered(connected(), "yes")
    ended, _effects = step(call, Ended(NOW))
    again, effects = step(ended, Reopened("r2", NOW))
    assert (again.phase, again.shown, again.recording_id) == (Phase.CONNECTED, call.shown, "r2")
    assert (again.answers, again.connected_at, again.ended_at) == (call.answers, call.connected_at, None)
    assert call.attempt_id is not None
    assert call.shown is not None
    assert effects == (
        StartRecording("r2", call.attempt_id, NOW),
        MarkRecording("question", call.shown),
    )


def test_a_call_that_was_not_ended_cannot_be_gone_on_with() -> None:
    for call in (claimed(), connected()):
        with pytest.raises(CatiError) as refused:
            step(call, Reopened("r", NOW))
        assert refused.value.code == "not_now"


def test_an_interview_that_was_cut_off_goes_on_at_its_first_open_question() -> None:
    call = connected(StartedInterview("old", {"opening": "yes", "identity": "self"}, 5))
    assert call.interview_id == "old"
    assert call.shown == "recording"
    _, effects = step(call, Answered("event-6", "recording", "yes", NOW))
    append = effects[0]
    assert isinstance(append, AppendAnswer)
    assert append.seq == 6


def test_a_complete_interview_that_was_cut_off_only_lacks_its_outcome() -> None:
    done = answered_to_the_end(connected())
    call = claimed(StartedInterview("old", done.answers, done.seq, "attempt-1"))
    assert call.phase is Phase.WRAP_UP
    assert call.refusal_of("complete") is None
    _, effects = step(call, Settled("complete", NOW))
    close = effects[0]
    assert isinstance(close, CloseCase)
    assert (close.attempt.attempt_id, close.interview_id) == ("attempt-1", "old")


def test_a_question_that_need_not_be_answered_is_still_asked_after_a_cut() -> None:
    answers = dict(answered_to_the_end(connected()).answers)
    del answers["closing"]
    assert claimed(StartedInterview("old", answers, 9, "attempt-1")).phase is Phase.WRAP_UP
    del answers["opinion"]
    call = claimed(StartedInterview("old", answers, 9, "attempt-1"))
    assert call.phase is Phase.READY
    call, _ = step(call, Dialled("attempt-2", NOW))
    call, _ = step(call, Connected("interview-2", "recording-2", NOW))
    assert call.shown == "opinion"


def test_the_alternate_numbers_come_round() -> None:
    call = claimed(phones=2)
    first = call.phone
    call, _ = step(call, NumberChanged())
    assert call.phone != first
    call, _ = step(call, NumberChanged())
    assert call.phone == first


def test_a_case_of_somebody_known_is_handed_over_undialled() -> None:
    call, effects = step(claimed(), HandedOver(NOW))
    assert [type(e) for e in effects] == [HandOver]
    assert call.phase is Phase.IDLE


@pytest.mark.parametrize(
    "event",
    [
        Dialled("a", NOW),
        Connected("i", "r", NOW),
        Answered("e", "opening", "yes", NOW),
        Moved(-1),
        Prompted(),
        Ended(NOW),
        Redialled("a", NOW),
        Settled("busy", NOW),
        NumberChanged(),
        HandedOver(NOW),
    ],
)
def test_nothing_happens_on_an_idle_station(event: Event) -> None:
    with pytest.raises(CatiError) as refused:
        step(Call(), event)
    assert refused.value.code == "not_now"


def test_an_outcome_that_does_not_exist_is_refused() -> None:
    call, _ = step(connected(), Ended(NOW))
    for code in ("nonsense", "dropped"):
        with pytest.raises(CatiError) as refused:
            step(call, Settled(code, NOW))
        assert refused.value.code == "disposition_unknown"


moves = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.integers(0, 9)),
        st.tuples(st.just("move"), st.sampled_from([-1, 1])),
    ),
    max_size=40,
)


@given(moves)
def test_going_back_and_forth_never_loses_an_answer(actions: list[tuple[str, int]]) -> None:
    call = connected()
    given_answers: dict[str, str] = {}
    for kind, number in actions:
        if kind == "move":
            call, effects = step(call, Moved(number))
            assert effects == ()
        elif call.shown is not None:
            name, value = call.shown, answer_value(call, number)
            call = answered(call, value)
            given_answers[name] = value
        assert call.answers == given_answers
        assert call.shown is None or call.shown in call.path


@given(moves)
def test_sequence_numbers_count_the_answers_one_by_one(actions: list[tuple[str, int]]) -> None:
    call, count = connected(), 0
    for kind, number in actions:
        if kind == "answer" and call.shown is not None:
            call = answered(call, answer_value(call, number))
            count += 1
        assert call.seq == count


def test_what_the_path_no_longer_asks_is_kept_and_flagged() -> None:
    call = connected()
    for value in ("yes", "self", "no"):
        call = answered(call, value)
    assert call.shown == "recording_explained"
    call = answered(call, "yes")
    for _ in range(2):
        call, _ = step(call, Moved(-1))
    assert call.shown == "recording"
    call = answered(call, "yes")
    call, _ = step(call, Ended(NOW))
    _, effects = step(call, Settled("partial" if call.refusal_of("partial") is None else "refusal", NOW))
    close = effects[0]
    assert isinstance(close, CloseCase)
    assert close.off_path == {"recording_explained"}
    assert close.answers["recording_explained"] == "yes"


@given(moves, st.booleans(), st.booleans())
def test_some_outcome_can_always_be_chosen(
    actions: list[tuple[str, int]], resumed: bool, answered_now: bool
) -> None:
    call = connected()
    for kind, number in actions:
        if kind == "answer" and call.shown is not None:
            call = answered(call, answer_value(call, number))
    if resumed:
        call, _ = step(claimed(StartedInterview("old", call.answers, call.seq)), Dialled("attempt-2", NOW))
        if answered_now:
            call, _ = step(call, Connected("interview-2", "recording-2", NOW))
    call, _ = step(call, Ended(NOW))
    possible = [d.code for d in DISPOSITIONS.values() if d.key and call.refusal_of(d.code) is None]
    assert possible
    for code in possible:
        step(call, Settled(code, NOW, NOW + timedelta(hours=3)))


def test_the_prompted_mark_and_the_note_travel_with_the_attempt() -> None:
    call, _ = step(connected(), Prompted())
    call, _ = step(call, Noted("说接送孩子"))
    call, _ = step(call, Ended(NOW))
    _, effects = step(call, Settled("refusal", NOW))
    close = effects[0]
    assert isinstance(close, CloseCase)
    assert close.attempt.prompted
    assert close.attempt.note == "说接送孩子"


def test_prompting_is_noted_where_it_is_heard_but_not_when_it_is_taken_back() -> None:
    call, effects = step(connected(), Prompted())
    assert effects == (MarkRecording("prompted", call.shown or ""),)
    call, effects = step(call, Prompted())
    assert effects == ()
    ended, _ = step(call, Ended(NOW))
    assert step(ended, Prompted())[1] == ()


def at_opinion() -> Call:
    call = connected()
    while call.shown != "opinion":
        call = answered(call, answer_value(call))
    return call


def test_typed_words_are_no_answer_until_they_are_entered_and_then_nothing_else() -> None:
    call, effects = step(at_opinion(), Typed("opinion", "窗口太"))
    assert effects == ()
    assert "opinion" not in call.answers
    assert call.unrecorded == "窗口太"
    call = answered(call, "窗口太少")
    assert (call.typed, call.unrecorded) == ({}, None)


def test_typed_words_recorded_in_passing_leave_the_question_where_it_is() -> None:
    before, _ = step(at_opinion(), Typed("opinion", "窗口太少"))
    after, effects = step(before, Answered("event", "opinion", "窗口太少", NOW, stays=True))
    assert after.shown == "opinion"
    assert after.answers["opinion"] == "窗口太少"
    assert [type(effect) for effect in effects] == [AppendAnswer, MarkRecording]


def test_words_that_say_what_was_answered_before_are_no_other_answer() -> None:
    call = answered(at_opinion(), "很好")
    call, _ = step(call, Moved(-1))
    call, _ = step(call, Typed("opinion", "很好 "))
    assert call.unrecorded is None
    call, _ = step(call, Typed("opinion", ""))
    assert call.unrecorded == ""


def test_keeping_writes_note_and_typed_words_down_only_while_there_is_an_attempt() -> None:
    assert step(claimed(), Kept())[1] == ()
    call, _ = step(at_opinion(), Typed("opinion", "窗口"))
    call, _ = step(call, Noted("再打"))
    assert step(call, Kept())[1] == (
        KeepTyped("attempt-1", "再打", "interview-1", {"opinion": "窗口"}, call.seq),
    )
    ended, _ = step(call, Ended(NOW))
    assert len(step(ended, Kept())[1]) == 1


@pytest.mark.parametrize(
    ("notes", "left"),
    [
        ([(None, "有事")], "有事"),
        ([(None, "有事"), ("interrupted", ""), (None, "")], "有事"),
        ([("dropped", "有事"), (None, "")], "有事"),
        ([("no_answer", "有事"), (None, "")], ""),
        ([("inconvenient", "有事")], ""),
        ([], ""),
    ],
)
def test_the_note_of_a_call_that_was_cut_off_goes_on_with_it(
    notes: list[tuple[str | None, str]], left: str
) -> None:
    history = tuple(EarlierAttempt(NOW, outcome, "王", None, note) for outcome, note in notes)
    case = replace(assignment(), history=history)
    assert step(Call(), Claimed(case, script(), {}))[0].note == left


def test_typed_words_come_back_with_the_interview() -> None:
    call = claimed(StartedInterview("i", {}, 0, "a", {"opinion": "窗口"}))
    assert call.typed == {"opinion": "窗口"}


@pytest.mark.parametrize(
    ("name", "surname"), [("陈某", "陈"), ("欧阳某某", "欧阳"), ("欧阳", "欧"), ("", ""), (" 李 四 ", "李")]
)
def test_the_surname_is_found(name: str, surname: str) -> None:
    from cati.domain.respondents import surname as found

    assert found(name) == surname
