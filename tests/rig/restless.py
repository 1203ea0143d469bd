"""A computer's clock that is set while somebody works."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class RestlessClock:
    """A clock that can be set forwards and back; how much time has passed it knows all the same.

    Args:
        start: aware time it shows at first.
    """

    virtual = True

    def __init__(self, start: datetime) -> None:
        self._shown = start
        self._passed = 0.0

    def now(self) -> datetime:
        """What it shows, in UTC."""
        return self._shown.astimezone(UTC)

    def monotonic(self) -> float:
        """Seconds since it was made."""
        return self._passed

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._passed += seconds
        self._shown += timedelta(seconds=seconds)

    def set(self, by: timedelta) -> None:
        """Set it forwards, or back; no time passes."""
        self._shown += by
