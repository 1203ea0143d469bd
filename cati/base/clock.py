"""Time as a thing that is handed in, so that tests and simulation own it."""

from __future__ import annotations

import time
from collections.abc import Callable
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


class ServerClock(SystemClock):
    """Tells a server's time once that was asked, however wrong or restless the computer's own clock is."""

    def __init__(self) -> None:
        self._asked: tuple[datetime, float, timedelta] | None = None

    def now(self) -> datetime:
        """The server's time, aware, in UTC; the computer's before the server was asked."""
        asked = self._asked
        if asked is None:
            return self.own()
        there, at, _ahead = asked
        return there + timedelta(seconds=self.monotonic() - at)

    def own(self) -> datetime:
        """What the computer's own clock shows, aware, in UTC."""
        return super().now()

    @property
    def ahead(self) -> timedelta | None:
        """How far the computer's clock was ahead of the server's when that was asked last; None before."""
        return self._asked[2] if self._asked is not None else None

    def ask(self, server: Callable[[], datetime]) -> None:
        """Take over the server's time.

        Its answer is taken to be of the middle of the time that asking took.

        Args:
            server: asks it.
        """
        began = self.monotonic()
        there = server().astimezone(UTC)
        half = (self.monotonic() - began) / 2
        ahead = self.own() - timedelta(seconds=half) - there
        self._asked = there, began + half, ahead


class Steady:
    """The times of one stretch, such as a call: a clock that jumps meanwhile does not make them jump.

    Args:
        clock: when it begins, and how much of it has passed.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._start, self._began = clock.now(), clock.monotonic()

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        return self._start + timedelta(seconds=self._clock.monotonic() - self._began)


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
