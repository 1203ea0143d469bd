"""What a call writes down, as values that can lie on a station until the server takes them.

Each may be delivered twice and counts once: answers, attempts, interviews and recordings bring their own ids.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from fractions import Fraction
from typing import Any

from cati.domain.call_effects import EndAttempt, KeepTyped
from cati.domain.interview import Outcome
from cati.domain.ports import AnswerEvent, RecordingSummary, Speech


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt; `incoming`: the respondent called, so that nobody was dialled."""

    attempt_id: str
    case_id: int
    epoch: int
    alternate: int
    at: datetime
    simulated: bool = False
    incoming: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """An interview is under way in a case."""

    interview_id: str
    case_id: int
    cell_id: int
    language: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordingBegun:
    """A recording is about to be written; `file` lies below the station's recordings folder."""

    recording_id: str
    attempt_id: str
    file: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Closing:
    """All that is settled when an operator leaves a case.

    Attributes:
        group: code of the case's group; its call hours decide when a case was tried enough.
        answers: what holds, by item; `off_path` names those the path no longer asks.
        not_before: agreed time of an appointment.
        mine: the appointment is the operator's own.
        firm: the appointment holds a place of the quota.
        language: what the respondent speaks, where the questionnaire's language was not understood.
        colleague: user row of who goes on with it; None for anybody.
        numbers: how many numbers the person has; None where the database has to be asked.
        wished: keyed hashes, in hexadecimal, of the numbers for which something was wished beyond the
            programme; None where the database has to be asked.
    """

    attempt_id: str
    case_id: int
    group: str
    epoch: int
    disposition: str
    ended_at: datetime
    connected_at: datetime | None = None
    note: str = ""
    prompted: bool = False
    interview_id: str | None = None
    outcome: Outcome | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    off_path: frozenset[str] = frozenset()
    not_before: datetime | None = None
    mine: bool = True
    firm: bool = True
    language: str | None = None
    colleague: int | None = None
    numbers: int | None = None
    wished: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class WentHome:
    """The end of an operator's working day."""

    at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that began while the server was gone."""

    at: datetime


@dataclass(frozen=True, slots=True)
class SignedOut:
    """The end of such a session, which the server never saw."""

    at: datetime


Write = (
    SignedIn
    | SignedOut
    | WentHome
    | Begun
    | Opened
    | AnswerEvent
    | KeepTyped
    | EndAttempt
    | Closing
    | RecordingBegun
    | RecordingSummary
)

KINDS: Mapping[str, type[Write]] = {
    "begin": Begun,
    "open": Opened,
    "answer": AnswerEvent,
    "typed": KeepTyped,
    "end": EndAttempt,
    "close": Closing,
    "recording": RecordingBegun,
    "recorded": RecordingSummary,
    "out": WentHome,
    "signed_in": SignedIn,
    "signed_out": SignedOut,
}
"""What each kind of write is called where it is stored."""
_MOMENTS = ("at", "connected_at", "ended_at", "not_before")


@dataclass(frozen=True, slots=True)
class Envelope:
    """A write with who wrote it, where and when.

    Attributes:
        id: uuid of this envelope.
        programme: code of the programme it belongs to.
        user_id: row number of the writer, who need not be the one that sends it.
        at: aware time it was durable on the station.
    """

    id: str
    programme: str
    user_id: int
    station: str
    at: datetime
    write: Write


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows, where everybody signs in to the server as themselves, who wrote an envelope.

    Attributes:
        coded: the envelope as it was encoded then.
        mac: 32 bytes that the writer's key gives for it.
    """

    coded: bytes
    mac: bytes


def kind_of(write: Write) -> str:
    """What the kind of a write is called."""
    return next(name for name, kind in KINDS.items() if isinstance(write, kind))


def document_of(write: Write) -> dict[str, Any]:
    """A write as JSON knows it; where a recording lies on the station stays there."""
    # A recorder may know more of a file than is written down.
    written = {field.name: getattr(write, field.name) for field in fields(KINDS[kind_of(write)])}
    if isinstance(write, RecordingSummary):
        written["path"] = None
    document: dict[str, Any] = json.loads(json.dumps(written, default=_plain))
    return document


def encode(envelope: Envelope) -> bytes:
    """An envelope as JSON."""
    document = {
        "id": envelope.id,
        "programme": envelope.programme,
        "user_id": envelope.user_id,
        "station": envelope.station,
        "at": envelope.at.isoformat(),
        "kind": kind_of(envelope.write),
        "write": document_of(envelope.write),
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def decode(coded: bytes) -> Envelope:
    """What `encode` was given."""
    document = json.loads(coded)
    write = write_of(document.pop("kind"), document.pop("write"))
    return Envelope(**document | {"at": datetime.fromisoformat(document["at"]), "write": write})


def write_of(kind: str, document: Mapping[str, Any]) -> Write:
    """The write of which `document_of` gave a document."""
    return KINDS[kind](**{name: _valued(name, value) for name, value in document.items()})


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case frozenset():
            return sorted(value)
        case Fraction():
            return str(value)
        case Outcome() | Speech():
            return asdict(value)
    raise TypeError(f"{type(value).__name__} is no part of a write")


def _valued(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _MOMENTS:
        return datetime.fromisoformat(value)
    if name == "off_path":
        return frozenset(value)
    if name == "wished":
        return tuple(value)
    if name == "speech":
        return Speech(**value | {"talk_ms": tuple(value["talk_ms"])})
    if name == "outcome":
        return Outcome(**value | {"share_answered": Fraction(value["share_answered"])})
    return value
