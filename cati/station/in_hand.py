"""The case in an operator's hands, kept on the station so that the interview can go on after a power cut.

While the server is gone, whoever had an interview under way may sign in with the own password and finish it;
nobody else, and nobody new is called. What is kept is what the database holds too: the key locked with the
password, secrets sealed to that key, and the contact sealed with one of these; all of it sealed once more by
the station. No name or number can be read of it without the operator's password.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from cati.domain.call_effects import EndAttempt, KeepTyped
from cati.domain.contacts import Contact
from cati.domain.ports import AnswerEvent
from cati.domain.programme_json import read_as, written
from cati.domain.programmes import LoadedProgramme
from cati.domain.queue import Assignment, EarlierAttempt, Reason, StartedInterview
from cati.domain.users import Actor, Role
from cati.domain.writes import Begun, Closing, Envelope, Opened
from cati.sealing.contacts import ContactKey
from cati.sealing.keyring import Secret
from cati.sealing.passwords import LockedKey
from cati.services.sessions import Passport

_NOBODY = Contact("", ())


@dataclass(frozen=True, slots=True)
class InHand:
    """A case as its operator took it.

    Attributes:
        assignment: without the contact.
        contact: sealed with the programme's contact key, bound to the case.
        recording_public: the programme's public recording key.
    """

    passport: Passport
    programme: LoadedProgramme
    recording_public: bytes
    assignment: Assignment
    contact: bytes

    @classmethod
    def of(
        cls,
        passport: Passport,
        programme: LoadedProgramme,
        recording_public: bytes,
        taken: Assignment,
        key: ContactKey,
    ) -> InHand:
        """What is kept of a case that was just taken."""
        sealed = key.seal(taken.contact.encode(), bound_to=_place(taken))
        return cls(passport, programme, recording_public, replace(taken, contact=_NOBODY), sealed)

    def encode(self) -> bytes:
        """As JSON."""
        actor, locked = self.passport.actor, self.passport.locked
        document = {
            "actor": [actor.user_id, actor.login, actor.name, sorted(actor.roles), actor.station],
            "locked": [_text(locked.box), locked.parameters],
            "grants": [[one, str(which), _text(sealed)] for one, which, sealed in self.passport.grants],
            "programme": written(self.programme),
            "recording_public": _text(self.recording_public),
            "assignment": written(self.assignment),
            "contact": _text(self.contact),
        }
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def decode(cls, coded: bytes) -> InHand:
        """What `encode` wrote."""
        document: dict[str, Any] = json.loads(coded)
        user_id, login, name, roles, station = document["actor"]
        box, parameters = document["locked"]
        actor = Actor(user_id, login, name, frozenset(Role(role) for role in roles), station)
        grants = tuple((one, Secret(which), b64decode(sealed)) for one, which, sealed in document["grants"])
        return cls(
            Passport(actor, LockedKey(b64decode(box), parameters), grants),
            read_as(LoadedProgramme, document["programme"]),
            b64decode(document["recording_public"]),
            read_as(Assignment, document["assignment"]),
            b64decode(document["contact"]),
        )

    def going_on(self, kept: Iterable[Envelope], key: ContactKey) -> Assignment | None:
        """The case as far as it has come; None when no interview was under way in it, or it has an outcome.

        Args:
            kept: what is in the station's outbox, sent or not, oldest first.
            key: of the programme, to open the contact.
        """
        case = self.assignment
        own = [
            one.write
            for one in kept
            if one.user_id == self.passport.actor.user_id and one.programme == self.programme.programme.code
        ]
        opened = [
            write.interview_id for write in own if isinstance(write, Opened) and write.case_id == case.case_id
        ]
        if not opened or any(
            isinstance(write, Closing) and (write.case_id, write.epoch) == (case.case_id, case.epoch)
            for write in own
        ):
            return None
        contact = Contact.decode(key.open(self.contact, bound_to=_place(case)))
        interview = self._interview(opened[-1], own)
        return replace(
            case,
            contact=contact,
            reason=Reason.RESUME,
            interview=interview,
            history=(*case.history, self._cut_off(own, interview)),
        )

    def _interview(self, interview_id: str, own: list[Any]) -> StartedInterview:
        before = self.assignment.interview
        answers = dict(before.answers) if before is not None and before.id == interview_id else {}
        typed = dict(before.typed) if before is not None and before.id == interview_id else {}
        seq = before.seq if before is not None and before.id == interview_id else 0
        attempt_id, begun = None, None
        for write in own:
            if isinstance(write, Begun) and write.case_id == self.assignment.case_id:
                begun = write.attempt_id
            elif isinstance(write, AnswerEvent) and write.interview_id == interview_id and write.seq > seq:
                seq, attempt_id = write.seq, write.attempt_id
                typed.pop(write.item, None)
                answers.pop(write.item, None)
                if write.value is not None:
                    answers[write.item] = write.value
            elif isinstance(write, KeepTyped) and write.interview_id == interview_id:
                typed = dict(write.typed)
            elif isinstance(write, EndAttempt) and write.attempt_id == attempt_id:
                attempt_id = begun  # dropped, and dialled once more
        return StartedInterview(interview_id, answers, seq, attempt_id, typed)

    def _cut_off(self, own: list[Any], interview: StartedInterview) -> EarlierAttempt:
        """The attempt in which the power failed, with its note, which goes on with the call."""
        notes = [
            write.note
            for write in own
            if isinstance(write, KeepTyped) and write.interview_id == interview.id and write.note
        ]
        begun = max(write.at for write in own if isinstance(write, Opened))
        return EarlierAttempt(
            begun, "interrupted", self.passport.actor.name, None, notes[-1] if notes else ""
        )


def _place(case: Assignment) -> bytes:
    return f"in hand {case.case_id} {case.epoch}".encode()


def _text(data: bytes) -> str:
    return b64encode(data).decode()
