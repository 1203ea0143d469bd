"""What the call runner needs from the world outside: a telephone, a recorder, a log of answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """One answer as it was recorded.

    Attributes:
        id: uuid; appending the same event twice stores it once.
        seq: 1, 2, 3 … within the interview; the last event of an item holds.
        epoch: of the lease it was made under.
        value: canonical value; None takes an answer back.
        at: aware time.
        offset_ms: place in the attempt's recording, None when nothing is recorded.
    """

    id: str
    interview_id: str
    seq: int
    epoch: int
    item: str
    value: str | None
    at: datetime
    attempt_id: str | None
    offset_ms: int | None


class AnswerLog(Protocol):
    """Keeps answers."""

    def append(self, event: AnswerEvent) -> None:
        """Store one event; when this returns it survives a power cut on this station."""
        ...


class Dialler(Protocol):
    """Makes calls."""

    def dial(self, number: str) -> None:
        """Begin to call a number (digits as they are dialled)."""
        ...

    def hang_up(self) -> None:
        """End the call, if there is one."""
        ...


LEAST_FREE_BYTES = 1_000_000_000
"""With less room than this for recordings nobody is dialled."""


@dataclass(frozen=True, slots=True)
class Speech:
    """Who spoke how much in one recording, in milliseconds.

    Attributes:
        talk_ms: speech of operator and respondent, or of one channel that holds what there was.
        silence_ms: nobody spoke.
        overlap_ms: both did; None where one channel was recorded.
        longest_pause_ms: between words of anybody.
        answers: how many were noted.
        answers_unspoken: before how many of them, since their questions were shown, nobody who could have
            given them spoke: the respondent, where that channel is there.
    """

    length_ms: int
    talk_ms: tuple[int, ...]
    silence_ms: int
    overlap_ms: int | None
    longest_pause_ms: int
    answers: int
    answers_unspoken: int


@dataclass(frozen=True, slots=True)
class RecordingSummary:
    """What became of one recording file.

    Attributes:
        duration_ms: length of the sound by its sample counter.
        complete: the end record is written.
        silent: there was nothing but silence in it.
        problem: code of what went wrong, None if nothing.
        speech: who spoke how much, where that was told.
    """

    recording_id: str
    path: Path | None
    duration_ms: int
    channels: int
    size: int
    complete: bool
    silent: bool
    problem: str | None
    speech: Speech | None = None


class Recorder(Protocol):
    """Records one call at a time."""

    def start(
        self,
        *,
        path: Path,
        recording_id: str,
        attempt_id: str,
        public_key: bytes,
        started_at: datetime,
        device: str | None = None,
    ) -> None:
        """Begin a new file; does not wait for the device and does not fail without one."""
        ...

    def mark(self, kind: str, **values: str) -> None:
        """Write a marker at this moment of the recording."""
        ...

    def offset_ms(self) -> int | None:
        """Place in the recording now, None when nothing is being recorded."""
        ...

    def cut(self) -> None:
        """Take in no more sound from this moment on; does not wait. `stop` ends the file afterwards."""
        ...

    def stop(self) -> RecordingSummary | None:
        """End the file properly; None when nothing was started."""
        ...
