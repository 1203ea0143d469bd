"""A station of a floor that works on until it is killed, and writes down what it held, and until when."""

from __future__ import annotations

import os
import random
import threading
import time
import uuid
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from cati.base.clock import SystemClock
from cati.base.errors import CatiError
from cati.domain.interview import Outcome
from cati.domain.ports import AnswerEvent
from cati.domain.programmes import LoadedProgramme
from cati.domain.queue import Assignment
from cati.domain.users import Actor
from cati.sealing.keyring import KeyRing, Secret
from cati.sealing.keys import new_pair
from cati.services import calls, interviews, queue
from cati.services.calls import Closing
from cati.services.context import Context
from cati.services.interviews import DatabaseAnswerLog
from cati.store.engine import Database

LEASE = timedelta(seconds=1)
BEAT_SECONDS = 0.3
BETWEEN_CASES, CALL = (2.0, 6.0), (0.1, 1.5)
"""Seconds that pass, at least and at most."""
NOBODY = 0.1
"""Of so many calls nothing comes; nobody is called once more on the same day."""


@dataclass(frozen=True)
class Place:
    """Who works at a station, and how the server lets that operator in."""

    number: int
    url: str
    password: str
    actor: Actor
    programme: LoadedProgramme
    contact: bytes
    refusal: bytes

    def session(self) -> Context:
        """The operator's, on a connection of its own."""
        database = Database(self.url, pool_size=1, login=self.actor.login, password=self.password)
        keys = KeyRing(new_pair())
        keys.add(self.programme.id, Secret.CONTACT, self.contact)
        keys.add(None, Secret.REFUSAL, self.refusal)
        return Context(database, SystemClock(), self.actor, keys)


class MortalStation:
    """One operator at work.

    Args:
        file: gets a line for each claim, and each proof that a case is still held: what, case, epoch, time.
        choice: of pauses and outcomes.
    """

    def __init__(self, ctx: Context, programme: LoadedProgramme, file: Path, choice: random.Random) -> None:
        self._ctx, self._programme = ctx, programme
        self._out = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._choice = choice
        self._pause = threading.Event()

    def one_case(self) -> None:
        """Claim, call and settle, with pauses; a case that was lost meanwhile is left."""
        case = queue.claim_next(self._ctx, self._programme, lease=LEASE)
        if case is not None:
            self._note("claimed", case, time.monotonic())
            try:
                self._call(case)
            except CatiError as refusal:
                if refusal.code != "lease_lost":
                    raise
        self._pause.wait(self._choice.uniform(*BETWEEN_CASES))

    def _call(self, case: Assignment) -> None:
        attempt = str(uuid.uuid4())
        calls.begin_attempt(
            self._ctx,
            self._programme,
            attempt_id=attempt,
            case_id=case.case_id,
            epoch=case.epoch,
            alternate=0,
            at=self._ctx.clock.now(),
        )
        # Early: between the last sign of life and the end nothing may take long.
        somebody = self._choice.random() >= NOBODY
        answered = self._answered(case, attempt) if somebody else {}
        end = time.monotonic() + self._choice.uniform(*CALL)
        while (left := end - time.monotonic()) > 0:
            self._pause.wait(min(left, BEAT_SECONDS))
            asked = time.monotonic()
            if queue.heartbeat(self._ctx, case.case_id, case.epoch, lease=LEASE):
                self._note("held", case, asked)
        now = self._ctx.clock.now()
        closing = Closing(
            attempt_id=attempt,
            case_id=case.case_id,
            group=case.group_code,
            epoch=case.epoch,
            disposition="complete" if somebody else "no_answer",
            ended_at=now,
            connected_at=now if somebody else None,
            **answered,
        )
        calls.close(self._ctx, self._programme, closing)

    def _answered(self, case: Assignment, attempt: str) -> dict[str, Any]:
        """An interview of one answer: nothing is complete without."""
        now = self._ctx.clock.now()
        interview = str(uuid.uuid4())
        interviews.open_interview(
            self._ctx,
            interview_id=interview,
            case_id=case.case_id,
            cell_id=case.cell_id,
            language="zh",
            at=now,
        )
        event = AnswerEvent(str(uuid.uuid4()), interview, 1, case.epoch, "item1", "fair", now, attempt, None)
        DatabaseAnswerLog(self._ctx).append(event)
        whole = Outcome("complete", "complete", 1, 1, 1, False, Fraction(1))
        return {"interview_id": interview, "outcome": whole, "answers": {"item1": "fair"}}

    def _note(self, what: str, case: Assignment, at: float) -> None:
        # However slow the computer: a case was claimed no later than written here, and still held no earlier.
        os.write(self._out, f"{what} {case.case_id} {case.epoch} {at}\n".encode())


def live(place: Place, life: int, folder: Path, stopped: Event) -> None:
    """Work until killed, or told to stop between two cases."""
    choice = random.Random(place.number * 1000 + life)
    ctx = place.session()
    with closing(ctx.database):
        station = MortalStation(ctx, place.programme, folder / f"held-{place.number}", choice)
        while not stopped.is_set():
            station.one_case()
