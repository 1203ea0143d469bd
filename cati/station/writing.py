"""How what a call writes down becomes durable: straight in the database, or first on this station."""

from __future__ import annotations

from dataclasses import asdict
from typing import Protocol

from cati.base.errors import SERVER_AWAY, SHUT_OUT, CatiError
from cati.base.i18n import mark as N_
from cati.domain.call_effects import EndAttempt, KeepTyped
from cati.domain.contacts import Contact
from cati.domain.ports import AnswerEvent, AnswerLog, RecordingSummary
from cati.domain.programmes import LoadedProgramme
from cati.domain.queue import Assignment
from cati.domain.writes import Begun, Closing, Opened, RecordingBegun, WentHome, Write
from cati.services import attendance, calls, interviews, recordings, sessions
from cati.services.context import Context
from cati.station.in_hand import InHand
from cati.station.sender import Sender

SETTLE_SECONDS = 3.0
"""How long whoever needs the server waits for what is on its way there."""


class Writing(Protocol):
    """Makes writes durable, one after the other; when a method returns its write survives a power cut."""

    def catch_up(self) -> None:
        """Have all earlier writes on the server, before it is asked for something that builds on them.

        Raises:
            CatiError: ``saved_here`` while they are only on this station; ``login_closed`` or
                ``let_in_no_more`` when that is because nobody signed in as this person is let in any more.
        """
        ...

    def taken(self, case: Assignment) -> None:
        """The operator has taken a case."""
        ...

    def begin(self, begun: Begun, *, goes_on: bool) -> None:
        """An attempt, before its number is dialled; `goes_on`: in an interview that is under way."""
        ...

    def answer(self, event: AnswerEvent) -> None:
        """An answer."""
        ...

    def note(self, write: Opened | KeepTyped | EndAttempt | RecordingBegun | RecordingSummary) -> None:
        """What needs no answer from the server."""
        ...

    def close(self, closing: Closing, contact: Contact) -> bool:
        """The end of the case of somebody; whether it is known to have come too late for its lease."""
        ...

    def go_home(self) -> bool:
        """The end of the working day; whether the database knows it."""
        ...


class ThroughServices:
    """Writes straight into the database, which lies on this computer or is at least there.

    Args:
        ctx: the operator's session.
        programme: in hand.
        answers: keeps the answers.
    """

    def __init__(self, ctx: Context, programme: LoadedProgramme, answers: AnswerLog) -> None:
        self._ctx, self._programme, self._answers = ctx, programme, answers

    def catch_up(self) -> None:
        """Nothing is ever behind."""

    def taken(self, case: Assignment) -> None:
        """The database knows it."""

    def begin(self, begun: Begun, *, goes_on: bool) -> None:
        """Commit an attempt."""
        calls.begin_attempt(self._ctx, self._programme, **asdict(begun))

    def answer(self, event: AnswerEvent) -> None:
        """Commit an answer."""
        self._answers.append(event)

    def note(self, write: Opened | KeepTyped | EndAttempt | RecordingBegun | RecordingSummary) -> None:
        """Commit what it is."""
        match write:
            case Opened():
                interviews.open_interview(self._ctx, **asdict(write))
            case KeepTyped():
                interviews.keep_typed(self._ctx, write)
            case EndAttempt():
                calls.end_attempt(
                    self._ctx,
                    attempt_id=write.attempt_id,
                    disposition=write.disposition,
                    note=write.note,
                    prompted=write.prompted,
                    connected_at=write.connected_at,
                    ended_at=write.at,
                )
            case RecordingBegun():
                recordings.register(self._ctx, **asdict(write))
            case RecordingSummary():
                recordings.finish(self._ctx, write)

    def close(self, closing: Closing, contact: Contact) -> bool:
        """Settle the case."""
        whole = calls.with_contact(self._ctx, self._programme, closing, contact)
        return calls.close(self._ctx, self._programme, whole).late

    def go_home(self) -> bool:
        """Clock out."""
        attendance.clock_out(self._ctx)
        return True


_LINE_DOWN = N_(
    "The line to the server is down. All you entered is saved on this computer and sent by itself later; the "
    "next person comes when the server answers."
)
_SAVED_HERE = {
    "server_disk_full": N_(
        "The server's disk is full. All you entered is saved on this computer and sent by itself when there "
        "is room; the next person comes then."
    ),
    "server_full": N_(
        "The server has no connection left. All you entered is saved on this computer and sent by itself "
        "when there is one; the next person comes then."
    ),
    "server_memory": N_(
        "The server lacks memory. All you entered is saved on this computer and sent by itself when it has "
        "some; the next person comes then."
    ),
}


class ThroughOutbox:
    """Writes into the station's outbox; its sender carries them to the server.

    Args:
        ctx: the operator's session.
        programme: in hand.
        sender: of the station.
        recording_public: the programme's public recording key.
        patience: seconds to wait for the server where it is needed.
    """

    def __init__(
        self,
        ctx: Context,
        programme: LoadedProgramme,
        sender: Sender,
        *,
        recording_public: bytes = b"",
        patience: float = SETTLE_SECONDS,
    ) -> None:
        self._ctx, self._programme = ctx, programme
        self._sender, self._patience = sender, patience
        self._recording_public = recording_public

    def catch_up(self) -> None:
        """Wait a moment for what is on its way.

        Raises:
            CatiError: ``saved_here``, ``login_closed``, ``let_in_no_more``.
        """
        if not self._sender.is_through(self._patience):
            refusal = self._sender.refusal
            if refusal is not None and refusal.code in SHUT_OUT:
                raise refusal
            raise CatiError("saved_here", _SAVED_HERE.get(self._sender.strain, _LINE_DOWN))

    def taken(self, case: Assignment) -> None:
        """Keep the case here, so that its interview can go on after a power cut without the server."""
        key = self._ctx.keys.contact_key(self._programme.id)
        passport = sessions.passport(self._ctx)
        held = InHand.of(passport, self._programme, self._recording_public, case, key)
        self._sender.outbox.take(held)

    def begin(self, begun: Begun, *, goes_on: bool) -> None:
        """Commit an attempt on the server, which knows whether the person may be called.

        Who is being interviewed is dialled again all the same when the line has dropped and the server is
        silent: then the attempt is sent later. Anybody else's is asked for once more: the line may have been
        cut after the server took it.

        Raises:
            CatiError: ``saved_here``; as `calls.begin_attempt`.
        """
        try:
            self.catch_up()
            calls.begin_attempt(self._ctx, self._programme, **asdict(begun))
        except CatiError as refused:
            is_gone = refused.code in SERVER_AWAY
            if goes_on and (is_gone or refused.code in SHUT_OUT | {"saved_here"}):
                self._put(begun)
                return
            if not is_gone:
                raise
            calls.begin_attempt(self._ctx, self._programme, **asdict(begun), again=True)
        # For a server that is put back from a copy made before.
        self._put(begun, sent=True)

    def answer(self, event: AnswerEvent) -> None:
        """Keep an answer."""
        self._put(event)

    def note(self, write: Opened | KeepTyped | EndAttempt | RecordingBegun | RecordingSummary) -> None:
        """Keep what it is."""
        self._put(write)

    def close(self, closing: Closing, contact: Contact) -> bool:
        """Keep the end of the case; whether it came too late the server tells the supervisor."""
        self._put(calls.with_contact(self._ctx, self._programme, closing, contact))
        return False

    def go_home(self) -> bool:
        """Keep the end of the working day, and wait a moment for the server to take it."""
        try:
            self._put(WentHome(self._ctx.clock.now()))
        except CatiError:
            # Where this station's disk refuses, the server may not.
            attendance.clock_out(self._ctx)
            return True
        return self._sender.is_through(self._patience)

    def _put(self, write: Write, *, sent: bool = False) -> None:
        actor = self._ctx.actor
        code = self._programme.programme.code
        key = self._ctx.keys.proof_key
        self._sender.outbox.put(code, actor.user_id, actor.station, write, key, sent=sent)
