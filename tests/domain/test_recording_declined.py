"""Who does not want to be recorded is not recorded, from that moment on and until they agree."""

from __future__ import annotations

import pytest

from cati.domain.call import Call, step
from cati.domain.call_effects import (
    AppendAnswer,
    Effect,
    HangUp,
    MarkRecording,
    OpenInterview,
    StartRecording,
    StopRecording,
)
from cati.domain.call_events import (
    Answered,
    Connected,
    Ended,
    Moved,
    RecordingBroken,
    RecordingDeclined,
    Redialled,
    Reopened,
)
from tests.domain.test_call import NOW, answered, connected, script

STOP = StopRecording("recording-1", "declined")


def start(recording: str, attempt: str = "attempt-1") -> StartRecording:
    return StartRecording(recording, attempt, NOW)


def say(call: Call, value: str, recording: str = "") -> tuple[Call, tuple[Effect, ...]]:
    """Answer the question shown; the effects without the answer itself."""
    assert call.shown is not None
    call, effects = step(call, Answered(f"event-{call.seq + 1}", call.shown, value, NOW, False, recording))
    assert isinstance(effects[0], AppendAnswer)
    return call, effects[1:]


def asked_for_recording() -> Call:
    return answered(answered(connected(), "yes"), "self")


@pytest.mark.parametrize(
    ("answers", "declined"),
    [
        ({}, False),
        ({"recording": "yes"}, False),
        ({"recording": "no"}, True),
        ({"recording": "no", "recording_explained": "no"}, True),
        ({"recording": "no", "recording_explained": "yes"}, False),
        ({"recording": "yes", "recording_explained": "no"}, False),
        ({"recording": "yes", "adult": "no"}, False),
    ],
)
def test_the_answers_tell_whether_recording_is_declined(answers: dict[str, str], declined: bool) -> None:
    before = {"opening": "yes", "identity": "self"}
    assert script().declines_recording({"source": "list"}, {**before, **answers}) is declined


def test_a_no_ends_the_recording_at_once_and_who_agrees_when_it_is_explained_is_recorded_again() -> None:
    call, effects = say(asked_for_recording(), "no")
    assert effects == (MarkRecording("answer", "recording"), STOP)
    assert (call.shown, call.declined, call.recording_id) == ("recording_explained", True, None)
    call, effects = say(call, "yes", "recording-2")
    assert effects == (start("recording-2"), MarkRecording("question", "adult"))
    assert (call.declined, call.recording_id) == (False, "recording-2")
    call, effects = step(call, Ended(NOW))
    assert effects == (HangUp(), StopRecording("recording-2"))


def test_after_a_second_no_nothing_is_recorded_to_the_end_unless_an_answer_is_changed() -> None:
    call = answered(answered(asked_for_recording(), "no"), "no")
    assert call.shown == "end_recording"
    ended, effects = step(call, Ended(NOW))
    assert effects == (HangUp(),)
    reopened, effects = step(ended, Reopened("recording-2", NOW))
    assert (reopened.declined, reopened.recording_id, effects) == (True, None, ())
    back, _ = step(call, Moved(-1))
    assert back.shown == "recording_explained"
    _, effects = say(back, "yes", "recording-2")
    assert start("recording-2") in effects


def test_who_was_cut_off_while_it_was_explained_is_not_recorded_before_they_agree() -> None:
    call = answered(asked_for_recording(), "no")
    call, _ = step(call, Ended(NOW))
    call, _ = step(call, Redialled("attempt-2", NOW))
    call, effects = step(call, Connected("interview-2", "recording-2", NOW))
    assert [type(effect) for effect in effects] == [OpenInterview]
    assert (call.declined, call.recording_id) == (True, None)
    _, effects = say(call, "yes", "recording-3")
    assert start("recording-3", "attempt-2") in effects


def test_the_mark_of_the_operator_stops_it_too_and_is_taken_back() -> None:
    call, effects = step(connected(), RecordingDeclined(True, "", NOW))
    assert (call.declined, effects) == (True, (STOP,))
    # A recorder that breaks now leaves all as it is.
    assert step(call, RecordingBroken("recording-2", NOW)) == (call, ())
    call, effects = step(call, RecordingDeclined(False, "recording-2", NOW))
    assert (call.declined, effects) == (False, (start("recording-2"), MarkRecording("question", "opening")))


def test_what_the_answers_say_the_mark_does_not_take_back() -> None:
    call = answered(asked_for_recording(), "no")
    assert step(call, RecordingDeclined(False, "recording-2", NOW)) == (call, ())
