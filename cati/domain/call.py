"""One case on an operator's station: claim, dial, connected, ask, outcome, close: a pure state machine.

`step` takes the state and what happened, and gives the next state and the effects to be carried out
in order. Nothing here touches a clock, a database or a telephone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.call_effects import (
    AppendAnswer,
    BeginAttempt,
    CloseCase,
    Dial,
    Effect,
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
    RecordingDeclined,
    Redialled,
    Reopened,
    Settled,
    Typed,
)
from cati.domain.contacts import Phone
from cati.domain.dispositions import DISPOSITIONS, PastAttempt, Section, next_number, untrue
from cati.domain.interview import Outcome, Script
from cati.domain.queue import Assignment, Reason
from cati.domain.recordings import DECLINED


class Phase(StrEnum):
    """Where the station is."""

    IDLE = "idle"
    READY = "ready"
    DIALLING = "dialling"
    CONNECTED = "connected"
    WRAP_UP = "wrap_up"


@dataclass(frozen=True, slots=True)
class Call:
    """All a console has to show.

    Attributes:
        alternate: which of the entry's numbers is next or was dialled, 0 the first.
        dialled: attempts begun under this claim.
        shown: name of the question on screen, None before the first and at the end of the path.
        answers: what holds, by item; off-path answers are kept.
        typed: words in the field of an item that were not entered, by item.
        seq: of the last answer event.
        spoken: somebody has answered a question in this call, or has called themselves.
        declined: the respondent does not want to be recorded, so that nothing is.
    """

    phase: Phase = Phase.IDLE
    assignment: Assignment | None = None
    script: Script | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    alternate: int = 0
    dialled: int = 0
    attempt_id: str | None = None
    dialled_at: datetime | None = None
    connected_at: datetime | None = None
    ended_at: datetime | None = None
    interview_id: str | None = None
    recording_id: str | None = None
    shown: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    seq: int = 0
    note: str = ""
    prompted: bool = False
    spoken: bool = False
    declined: bool = False

    @property
    def phone(self) -> Phone:
        """The number that is dialled next or was dialled last."""
        assert self.assignment is not None
        return self.assignment.contact.phones[self.alternate]

    @property
    def outcome(self) -> Outcome | None:
        """How far the interview has come; None while there is none."""
        if self.script is None or self.interview_id is None:
            return None
        return self.script.outcome(self.facts, self.answers)

    @property
    def path(self) -> tuple[str, ...]:
        """The questions asked, in order, as far as the answers tell."""
        return self.script.path(self.facts, self.answers) if self.script else ()

    @property
    def unrecorded(self) -> str | None:
        """What was typed into the question shown and could be its answer; None without such words."""
        if self.script is None or self.shown is None or self.shown not in self.typed:
            return None
        try:
            value = self.script.check(self.shown, self.typed[self.shown], self.facts, self.answers)
        except CatiError:
            return None  # it stays typed, and stands there when the question is shown again
        return None if value == self.answers.get(self.shown, "") else value

    @property
    def can_reopen(self) -> bool:
        """Whether the call was ended on this station, so that it can go on if that was a mistake."""
        return self.phase is Phase.WRAP_UP and self.ended_at is not None

    def refusal_of(self, disposition: str) -> str | None:
        """Why an outcome cannot be chosen now, as a msgid; None when it can."""
        connected = self.connected_at is not None
        return untrue(disposition, connected=connected, spoken=self.spoken, outcome=self.outcome)


_CUT_OFF = (None, "interrupted", "dialling_cut_off", "dropped")
"""Outcomes of attempts after which the same call goes on."""


def step(call: Call, event: Event) -> tuple[Call, tuple[Effect, ...]]:
    """The next state and what is to be done for it, in order.

    Raises:
        CatiError: ``not_now`` when the event does not fit the phase; answers that do not pass the
            question's rules raise what `Script.check` raises. The state is then unchanged.
    """
    match event:
        case Claimed():
            return _claimed(call, event)
        case NumberChanged():
            _expect(call, Phase.READY)
            assert call.assignment is not None
            return replace(call, alternate=(call.alternate + 1) % len(call.assignment.contact.phones)), ()
        case Dialled():
            _expect(call, Phase.READY)
            return _dialled(call, event.attempt_id, event.at)
        case Connected():
            return _connected(call, event)
        case CalledBack():
            return _called_back(call, event)
        case Answered():
            return _answered(call, event)
        case Typed():
            _expect(call, Phase.CONNECTED)
            return replace(call, typed={**call.typed, event.item: event.text}), ()
        case Kept():
            return call, _keep(call)
        case Moved():
            _expect(call, Phase.CONNECTED)
            return replace(call, shown=_moved(call, event.direction)), ()
        case Prompted():
            _expect(call, Phase.CONNECTED, Phase.WRAP_UP)
            marked = replace(call, prompted=not call.prompted)
            heard = marked.prompted and call.phase is Phase.CONNECTED
            # Whoever reviews the interview finds the place.
            return marked, (MarkRecording("prompted", call.shown or ""),) if heard else ()
        case Noted():
            return replace(call, note=event.text), ()
        case RecordingBroken():
            return _recording_broken(call, event)
        case RecordingDeclined():
            return _recording_declined(call, event)
        case Ended():
            return _ended(call, event.at)
        case Reopened():
            return _reopened(call, event)
        case Redialled():
            return _redialled(call, event)
        case Settled():
            return _settled(call, event)
        case HandedOver():
            _expect(call, Phase.READY)
            assert call.assignment is not None
            return Call(), (HandOver(call.assignment.case_id, call.assignment.epoch, event.at),)


def not_now() -> CatiError:
    """The refusal of what does not fit the phase."""
    return CatiError(
        "not_now",
        N_("That is not possible at this point of the call. Nothing was changed. Use the keys shown."),
    )


def _expect(call: Call, *phases: Phase) -> None:
    if call.phase not in phases:
        raise not_now()


def _claimed(call: Call, event: Claimed) -> tuple[Call, tuple[Effect, ...]]:
    _expect(call, Phase.IDLE)
    ready = Call(
        phase=Phase.READY,
        assignment=event.assignment,
        script=event.script,
        facts=event.facts,
        note=_note_left(event.assignment),
        alternate=_number_left(event.assignment),
    )
    resumed = event.assignment.interview
    if resumed is None:
        return ready, ()
    ready = replace(
        ready,
        interview_id=resumed.id,
        answers=dict(resumed.answers),
        typed=dict(resumed.typed),
        seq=resumed.seq,
    )
    outcome = ready.outcome
    complete = outcome is not None and outcome.state == "complete"
    if complete and _nothing_to_ask(ready, event.script) and resumed.attempt_id is not None:
        # The station stopped after the last answer: only the outcome is missing, and nobody is called for it.
        return replace(ready, phase=Phase.WRAP_UP, attempt_id=resumed.attempt_id), ()
    return ready, ()


def _number_left(case: Assignment) -> int:
    """The first number of which nothing speaks against dialling it."""
    past = [
        PastAttempt(one.dialled_at, one.disposition or "interrupted", one.alternate) for one in case.history
    ]
    return next_number(past, len(case.contact.phones)) or 0


def _note_left(case: Assignment) -> str:
    """The note of the attempts that were cut off last: it goes on with the call."""
    for attempt in reversed(case.history):
        if attempt.disposition not in _CUT_OFF:
            break
        if attempt.note:
            return attempt.note
    return ""


def _keep(call: Call) -> tuple[Effect, ...]:
    if call.phase not in (Phase.CONNECTED, Phase.WRAP_UP) or call.attempt_id is None:
        return ()
    return (KeepTyped(call.attempt_id, call.note, call.interview_id, call.typed, call.seq),)


def _nothing_to_ask(call: Call, script: Script) -> bool:
    """Whether every question on the path has its answer; words that are only read out do not matter."""
    return all(name in call.answers or script.question(name).type == "note" for name in call.path)


def _dialled(call: Call, attempt_id: str, at: datetime) -> tuple[Call, tuple[Effect, ...]]:
    assert call.assignment is not None
    begun = replace(
        call,
        phase=Phase.DIALLING,
        attempt_id=attempt_id,
        dialled=call.dialled + 1,
        dialled_at=at,
        connected_at=None,
        ended_at=None,
        recording_id=None,
        shown=None,
        prompted=False,
        spoken=False,
        declined=False,
    )
    case = call.assignment
    goes_on = call.interview_id is not None
    begin = BeginAttempt(
        attempt_id,
        case.case_id,
        case.group_code,
        case.epoch,
        call.alternate,
        at,
        goes_on=goes_on,
        cut_off=goes_on and (call.dialled > 0 or case.reason is Reason.RESUME),
    )
    return begun, (begin, Dial(call.phone))


def _connected(call: Call, event: Connected) -> tuple[Call, tuple[Effect, ...]]:
    _expect(call, Phase.DIALLING)
    assert call.assignment is not None
    assert call.script is not None
    assert call.attempt_id is not None
    interview = call.interview_id or event.interview_id
    shown = call.script.next_open(call.facts, call.answers)
    connected = replace(
        call,
        phase=Phase.CONNECTED,
        connected_at=event.at,
        interview_id=interview,
        recording_id=event.recording_id,
        shown=shown,
    )
    case = call.assignment
    opens = OpenInterview(interview, case.case_id, case.cell_id, event.at)
    if call.script.declines_recording(call.facts, call.answers):
        # The line dropped while it was explained why the call is to be recorded.
        return replace(connected, declined=True, recording_id=None), (opens,)
    return connected, (opens, *_record(connected, event.recording_id, event.at))


def _record(call: Call, recording_id: str, at: datetime) -> tuple[Effect, ...]:
    """What a new file of the call begins with."""
    assert call.attempt_id is not None
    start = StartRecording(recording_id, call.attempt_id, at)
    return (start,) if call.shown is None else (start, MarkRecording("question", call.shown))


def _recording_declined(call: Call, event: RecordingDeclined) -> tuple[Call, tuple[Effect, ...]]:
    _expect(call, Phase.CONNECTED)
    assert call.script is not None
    # What the answers say of it is taken back by other answers only.
    declined = event.declined or call.script.declines_recording(call.facts, call.answers)
    return _follow_will(call, call, declined, event.recording_id, event.at)


def _follow_will(
    before: Call, after: Call, declined: bool, recording_id: str, at: datetime
) -> tuple[Call, tuple[Effect, ...]]:
    """End the recording at once where the respondent does not want it, and begin another when they agree."""
    if declined == before.declined:
        return after, ()
    if not declined:
        agreed = replace(after, declined=False, recording_id=recording_id)
        return agreed, _record(agreed, recording_id, at)
    stop = () if before.recording_id is None else (StopRecording(before.recording_id, DECLINED),)
    return replace(after, declined=True, recording_id=None), stop


def _called_back(call: Call, event: CalledBack) -> tuple[Call, tuple[Effect, ...]]:
    _expect(call, Phase.READY)
    assert call.assignment is not None
    rings, _ = _dialled(call, event.attempt_id, event.at)
    connected, effects = _connected(rings, Connected(event.interview_id, event.recording_id, event.at))
    case = call.assignment
    begin = BeginAttempt(
        event.attempt_id, case.case_id, case.group_code, case.epoch, call.alternate, event.at, incoming=True
    )
    return replace(connected, spoken=True), (begin, *effects)


def _answered(call: Call, event: Answered) -> tuple[Call, tuple[Effect, ...]]:
    _expect(call, Phase.CONNECTED)
    assert call.assignment is not None
    assert call.script is not None
    assert call.interview_id is not None
    assert call.attempt_id is not None
    value = call.script.check(event.item, event.value, call.facts, call.answers)
    answers = {**call.answers, event.item: value}
    shown = call.shown if event.stays else call.script.next_open(call.facts, answers)
    typed = {item: text for item, text in call.typed.items() if item != event.item}
    answered = replace(call, answers=answers, typed=typed, seq=call.seq + 1, shown=shown, spoken=True)
    append = AppendAnswer(
        event.event_id,
        call.interview_id,
        answered.seq,
        call.assignment.epoch,
        event.item,
        value,
        event.at,
        call.attempt_id,
    )
    heard = MarkRecording("answer", event.item)
    declined = call.script.declines_recording(call.facts, answers)
    if declined is not call.declined:
        answered, turned = _follow_will(call, answered, declined, event.recording_id, event.at)
        return answered, (append, heard, *turned) if declined else (append, *turned)
    if shown is not None and not event.stays:
        return answered, (append, heard, MarkRecording("question", shown))
    return answered, (append, heard)


def _moved(call: Call, direction: int) -> str | None:
    assert call.script is not None
    path = call.script.path(call.facts, call.answers)
    open_at = call.script.next_open(call.facts, call.answers)
    # Behind the first unanswered question nothing may be read yet.
    limit = path.index(open_at) if open_at is not None else len(path)
    here = path.index(call.shown) if call.shown in path else len(path)
    there = min(max(here + direction, 0), limit)
    return path[there] if there < len(path) else None


def _recording_broken(call: Call, event: RecordingBroken) -> tuple[Call, tuple[Effect, ...]]:
    _expect(call, Phase.CONNECTED)
    if call.declined:
        return call, ()
    assert call.recording_id is not None
    effects = (StopRecording(call.recording_id), *_record(call, event.recording_id, event.at))
    return replace(call, recording_id=event.recording_id), effects


def _ended(call: Call, at: datetime) -> tuple[Call, tuple[Effect, ...]]:
    _expect(call, Phase.DIALLING, Phase.CONNECTED)
    effects: list[Effect] = [HangUp()]
    if call.recording_id is not None:
        effects.append(StopRecording(call.recording_id))
    return replace(call, phase=Phase.WRAP_UP, ended_at=at, shown=None), tuple(effects)


def _reopened(call: Call, event: Reopened) -> tuple[Call, tuple[Effect, ...]]:
    if not call.can_reopen:
        raise not_now()
    if call.connected_at is None:
        return replace(call, phase=Phase.DIALLING, ended_at=None), (Dial(call.phone),)
    assert call.script is not None
    shown = call.script.next_open(call.facts, call.answers)
    talking = replace(call, phase=Phase.CONNECTED, ended_at=None, shown=shown)
    if call.declined:
        return talking, ()
    talking = replace(talking, recording_id=event.recording_id)
    return talking, _record(talking, event.recording_id, event.at)


def _end_attempt(call: Call, disposition: str, at: datetime) -> EndAttempt:
    assert call.attempt_id is not None
    nobody = DISPOSITIONS[disposition].section is Section.NOT_CONNECTED
    # What was taken for somebody was a machine or a slip of the finger.
    connected_at = None if nobody else call.connected_at
    return EndAttempt(
        call.attempt_id, disposition, call.note, call.prompted, connected_at, call.ended_at or at
    )


def _redialled(call: Call, event: Redialled) -> tuple[Call, tuple[Effect, ...]]:
    _expect(call, Phase.WRAP_UP)
    dialling, (begin, *effects) = _dialled(call, event.attempt_id, event.at)
    # The new attempt may be refused; then this one still waits for its outcome.
    return dialling, (begin, _end_attempt(call, "dropped", event.at), *effects)


def _settled(call: Call, event: Settled) -> tuple[Call, tuple[Effect, ...]]:
    _expect(call, Phase.WRAP_UP)
    assert call.assignment is not None
    assert call.script is not None
    if event.disposition not in DISPOSITIONS or not DISPOSITIONS[event.disposition].key:
        raise CatiError(
            "disposition_unknown",
            N_("There is no such outcome. Nothing was changed. Choose one that is shown."),
        )
    refused = call.refusal_of(event.disposition)
    if refused is not None:
        raise CatiError("disposition_refused", refused)
    if event.disposition == "appointment" and event.not_before is None:
        raise CatiError("appointment_without_time", N_("Choose when to call again. Nothing was changed."))
    close = CloseCase(
        attempt=_end_attempt(call, event.disposition, event.at),
        case_id=call.assignment.case_id,
        contact=call.assignment.contact,
        group=call.assignment.group_code,
        epoch=call.assignment.epoch,
        interview_id=call.interview_id,
        outcome=call.outcome,
        answers=dict(call.answers),
        off_path=call.script.off_path(call.facts, call.answers),
        not_before=event.not_before,
        mine=event.mine,
        firm=event.firm,
        language=event.language,
        colleague=event.colleague,
    )
    return Call(), (close,)
