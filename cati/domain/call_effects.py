"""What a step of a call asks to be carried out, by whoever has a database, a telephone and a recorder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cati.domain.contacts import Contact, Phone
from cati.domain.interview import Outcome


@dataclass(frozen=True, slots=True)
class BeginAttempt:
    """Commit the attempt, before its number is dialled.

    Attributes:
        group: of whom is called.
        incoming: the respondent called.
        goes_on: an interview that is under way is gone on with.
        cut_off: the call just before this one was cut off in the interview.
    """

    attempt_id: str
    case_id: int
    group: str
    epoch: int
    alternate: int
    at: datetime
    incoming: bool = False
    goes_on: bool = False
    cut_off: bool = False


@dataclass(frozen=True, slots=True)
class Dial:
    """Call this number."""

    phone: Phone


@dataclass(frozen=True, slots=True)
class HangUp:
    """Close the line."""


@dataclass(frozen=True, slots=True)
class OpenInterview:
    """Commit that an interview is under way in this attempt."""

    interview_id: str
    case_id: int
    cell_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class StartRecording:
    """Record from now on."""

    recording_id: str
    attempt_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MarkRecording:
    """Write a marker into the recording."""

    kind: str
    item: str


@dataclass(frozen=True, slots=True)
class StopRecording:
    """End the recording and keep what it became.

    Attributes:
        reason: code of why it ends before the call, as `cati.domain.recordings` knows it; empty at its end.
    """

    recording_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AppendAnswer:
    """Make one answer durable."""

    event_id: str
    interview_id: str
    seq: int
    epoch: int
    item: str
    value: str
    at: datetime
    attempt_id: str


@dataclass(frozen=True, slots=True)
class KeepTyped:
    """Make durable what is written down and not entered yet.

    Attributes:
        typed: words by item; an answer to the item with a higher number than `seq` makes them void.
        seq: of the last answer event.
    """

    attempt_id: str
    note: str
    interview_id: str | None
    typed: Mapping[str, str]
    seq: int


@dataclass(frozen=True, slots=True)
class EndAttempt:
    """Close one attempt of a case that stays on this station."""

    attempt_id: str
    disposition: str
    note: str
    prompted: bool
    connected_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class CloseCase:
    """Settle everything of the case in one transaction.

    Attributes:
        answers: what holds, by item.
        off_path: items among them that the path no longer asks.
        contact: whom the case is about.
    """

    attempt: EndAttempt
    case_id: int
    contact: Contact
    group: str
    epoch: int
    interview_id: str | None
    outcome: Outcome | None
    answers: Mapping[str, str]
    off_path: frozenset[str]
    not_before: datetime | None
    mine: bool
    firm: bool
    language: str | None = None
    colleague: int | None = None


@dataclass(frozen=True, slots=True)
class HandOver:
    """Give the case back for another operator."""

    case_id: int
    epoch: int
    at: datetime


Effect = (
    BeginAttempt
    | Dial
    | HangUp
    | OpenInterview
    | StartRecording
    | MarkRecording
    | StopRecording
    | AppendAnswer
    | KeepTyped
    | EndAttempt
    | CloseCase
    | HandOver
)
