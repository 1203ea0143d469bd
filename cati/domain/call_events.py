"""What can happen to a call on an operator's station."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cati.domain.interview import Script
from cati.domain.queue import Assignment


@dataclass(frozen=True, slots=True)
class Claimed:
    """A case was handed out, with its compiled questionnaire and the facts its texts name."""

    assignment: Assignment
    script: Script
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NumberChanged:
    """The operator wants the next of the entry's numbers."""


@dataclass(frozen=True, slots=True)
class Dialled:
    """The operator dials."""

    attempt_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Connected:
    """Somebody answered. The interview id is used if the case has no interview yet."""

    interview_id: str
    recording_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CalledBack:
    """The respondent calls, and is on the line. The interview id is used if the case has no interview yet."""

    attempt_id: str
    interview_id: str
    recording_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to the question shown, or to another one on the path. `value` is what was typed or chosen.

    Attributes:
        stays: the question shown stays where it is, as when it is left by another way than its answer.
        recording_id: of what is recorded from here on if the respondent had declined that and now agrees.
    """

    event_id: str
    item: str
    value: str
    at: datetime
    stays: bool = False
    recording_id: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the field of a question now, whole, and is not entered yet."""

    item: str
    text: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Note and typed words as they stand are to outlive this station."""


@dataclass(frozen=True, slots=True)
class Moved:
    """To the question before (-1) or after (+1) the one shown."""

    direction: int


@dataclass(frozen=True, slots=True)
class Prompted:
    """The mark "somebody tells the respondent what to say" was switched."""


@dataclass(frozen=True, slots=True)
class Noted:
    """The operator's note on this attempt, whole."""

    text: str


@dataclass(frozen=True, slots=True)
class RecordingBroken:
    """The recorder stopped in the middle of the call; it goes on in a new file."""

    recording_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordingDeclined:
    """The operator marks that the respondent does not want to be recorded, or takes that back.

    Attributes:
        recording_id: of what is recorded from here on when it is taken back.
    """

    declined: bool
    recording_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """The line is closed, by either side."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Reopened:
    """The end of the call was a mistake: the line is not closed, the call goes on where it was.

    Attributes:
        recording_id: of the second part of the recording, if somebody was connected.
    """

    recording_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Redialled:
    """The line dropped, was closed, and is dialled again at once, as a new attempt."""

    attempt_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """The operator's outcome.

    Attributes:
        not_before: when to call again, for an appointment.
        mine: the appointment is this operator's.
        firm: the appointment holds a place of the quota.
        language: what the respondent speaks, where the questionnaire's language was not understood.
        colleague: user row of who goes on with it; None for anybody.
    """

    disposition: str
    at: datetime
    not_before: datetime | None = None
    mine: bool = True
    firm: bool = True
    language: str | None = None
    colleague: int | None = None


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The operator knows this person: the case goes to somebody else, undialled."""

    at: datetime


Event = (
    Claimed
    | NumberChanged
    | Dialled
    | Connected
    | CalledBack
    | Answered
    | Typed
    | Kept
    | Moved
    | Prompted
    | Noted
    | RecordingBroken
    | RecordingDeclined
    | Ended
    | Reopened
    | Redialled
    | Settled
    | HandedOver
)
