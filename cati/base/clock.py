"""Time as a thing that is handed in, so that tests and simulation own it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time.

    `virtual` is True when the time is made up: then it also replaces the database server's clock.
    """

    virtual: bool

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never jump, for durations."""
        ...


class SystemClock:
    """The computer's own clock."""

    virtual = False

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never jump, for durations."""
        return time.monotonic()


class VirtualClock:
    """A clock that stands until it is moved.

    Args:
        start: aware time it shows at first.
    """

    virtual = True

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._now = start

    def now(self) -> datetime:
        """The time it was moved to, in UTC."""
        return self._now.astimezone(UTC)

    def monotonic(self) -> float:
        """Seconds since it was made."""
        return (self._now - self._start).total_seconds()

    def advance(self, seconds: float) -> None:
        """Move forward by `seconds` (>= 0)."""
        if seconds < 0:
            raise ValueError("a clock does not run backwards")
        self._now += timedelta(seconds=seconds)

    def move_to(self, when: datetime) -> None:
        """Move forward to `when`; an earlier time leaves the clock as it is."""
        self._now = max(self._now, when)
