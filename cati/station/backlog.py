"""What a call has given and the database has not taken yet: kept in order, and tried again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from cati.base.clock import Clock
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.ports import AnswerEvent
from cati.domain.writes import Opened
from cati.station.writing import Writing

RETRY_SECONDS = 1.0
"""How long after a failure what waits is stored again."""

Write = Callable[[], None]


class Backlog:
    """The interview, its answers and the notes of its recordings on their way into the database.

    All but `retry` belongs to the thread that carries out effects.

    Args:
        clock: tells when to try again.
        writing: makes writes durable.
        saved: gets the number of the last answer that is durable.
        waiting: why something cannot be stored just now, each time it was tried; None when nothing waits
            any more.
    """

    def __init__(
        self,
        clock: Clock,
        writing: Writing,
        *,
        saved: Callable[[int], None],
        waiting: Callable[[Exception | None], None],
    ) -> None:
        self._clock, self._writing = clock, writing
        self._saved, self._waiting = saved, waiting
        self._unopened: Opened | None = None
        self._unsaved: deque[AnswerEvent] = deque()
        self._notes: deque[Write] = deque()
        self._is_behind = self._is_retrying = False
        self._retry_at = 0.0
        self.saved_seq = 0

    def __len__(self) -> int:
        """Answers that are not durable yet."""
        return len(self._unsaved)

    def open(self, opened: Opened) -> None:
        """Commit that an interview is under way."""
        self._unopened = opened
        self.save()

    def append(self, event: AnswerEvent) -> None:
        """Commit one answer, after those before it."""
        self._unsaved.append(event)
        self.save()

    def note(self, write: Write) -> None:
        """Commit what is to be known of a recording."""
        self._notes.append(write)
        self._store(self._write_notes)

    def save(self) -> None:
        """Commit the interview and all answers that wait; raises why it cannot be done."""
        self._store(self._save)

    def save_before_outcome(self) -> None:
        """Commit all answers, since nothing is settled on top of what is not durable.

        Raises:
            CatiError: ``answers_not_stored``.
        """
        try:
            self.save()
        except CatiError as refused:
            if not self._unsaved:
                raise
            raise CatiError(
                "answers_not_stored",
                N_(
                    "The outcome was not stored, because {count} answers before it are not stored yet. They "
                    "are kept and stored by themselves; store the outcome after that."
                ),
                count=len(self._unsaved),
            ) from refused

    def retry(self, schedule: Callable[[Write], None]) -> None:
        """Have stored what waits, if the last try was a second ago."""
        if self._is_behind and not self._is_retrying and self._clock.monotonic() >= self._retry_at:
            self._is_retrying = True
            schedule(self._catch_up)

    def _catch_up(self) -> None:
        if self._tried(self._save) is None:
            self._tried(self._write_notes)
        self._is_retrying = False

    def _store(self, work: Write) -> None:
        fault = self._tried(work)
        if fault is not None:
            raise fault

    def _tried(self, work: Write) -> Exception | None:
        try:
            work()
        except Exception as fault:  # whatever it is, what was given is kept and tried again
            self._is_behind = True
            self._retry_at = self._clock.monotonic() + RETRY_SECONDS
            self._waiting(fault)
            return fault
        if self._is_behind and not (self._unopened or self._unsaved or self._notes):
            self._is_behind = False
            self._waiting(None)
        return None

    def _save(self) -> None:
        if self._unopened is not None:
            self._writing.note(self._unopened)
            self._unopened = None
        while self._unsaved:
            event = self._unsaved[0]
            self._writing.answer(event)
            self._unsaved.popleft()
            self.saved_seq = event.seq
            self._saved(event.seq)

    def _write_notes(self) -> None:
        while self._notes:
            self._notes[0]()
            self._notes.popleft()
