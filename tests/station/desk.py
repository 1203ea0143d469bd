"""A station whose effects are carried out when the test says so, and whose parts fail when told."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cati.domain.ports import RecordingSummary
from cati.services.context import Context
from cati.services.interviews import DatabaseAnswerLog
from cati.station.runner import CallRunner, Job
from cati.store import tables as t
from tests.station.office import Line

ANSWERS = ("yes", "fair", "poor", "bad", "意见", "read")
"""One to each question of the office's programme, in order."""


class Gone(OSError):
    """The database, or whatever it is, is gone for a moment."""


@dataclass
class Faulty:
    """Calls through, unless told to fail the next times; `after` fails when the work is done already."""

    work: Callable[..., Any]
    failures: int = 0
    after: bool = False
    fault: Exception = field(default_factory=Gone)

    def __call__(self, *args: Any, **named: Any) -> Any:
        if self.failures and not self.after:
            self.failures -= 1
            raise self.fault
        result = self.work(*args, **named)
        if self.failures:
            self.failures -= 1
            raise self.fault
        return result


class FaultyLog:
    """An answer log that fails as often as it is told."""

    def __init__(self, ctx: Context) -> None:
        self.append = Faulty(DatabaseAnswerLog(ctx).append)


class Recorder:
    """Notes what is asked of it; `broken` names what fails."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.broken: set[str] = set()
        self.cuts = 0
        self._id = ""

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if what in self.broken:
            raise Gone

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
        self._id = recording_id
        assert path.parent.is_dir()
        self._ask("start")

    def mark(self, kind: str, **values: str) -> None:
        self._ask("mark")

    def offset_ms(self) -> int | None:
        return 100 * len(self.asked)

    def cut(self) -> None:
        self.cuts += 1

    def stop(self) -> RecordingSummary | None:
        self._ask("stop")
        return RecordingSummary(self._id, None, 5000, 1, 9, True, False, None)


@dataclass
class Desk:
    """A runner whose effects are carried out when `work` says so."""

    runner: CallRunner
    line: Line
    recorder: Recorder
    log: FaultyLog
    jobs: deque[Job]
    ticks: list[int] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    waiting: list[Exception | None] = field(default_factory=list)
    room: list[int] = field(default_factory=list)

    def work(self) -> None:
        while self.jobs:
            self.jobs.popleft()()

    def take(self) -> None:
        found = self.runner.claim()
        assert found is not None
        self.runner.take(found)

    def connect(self) -> None:
        self.runner.dial()
        self.runner.connect()
        self.work()

    def answer_all(self) -> None:
        for value in ANSWERS[len(self.runner.call.answers) :]:
            self.runner.answer(value)

    def rows(self, *columns: Any) -> list[Any]:
        with self.runner.ctx.database.read() as connection:
            return [tuple(row) for row in connection.execute(select(*columns))]

    def stored(self) -> list[Any]:
        return sorted(self.rows(t.answers.c.seq, t.answers.c.value))


def breaking(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, **how: Any) -> Faulty:
    """Let a service fail, once if nothing else is said."""
    faulty = Faulty(getattr(module, name), **({"failures": 1} | how))
    monkeypatch.setattr(module, name, faulty)
    return faulty
