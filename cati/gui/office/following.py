"""Keeps what is shown as it is on the floor: soon after each change, but never busily."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer

from cati.base.errors import SERVER_AWAY, CatiError
from cati.gui.office.office import Office

Result = TypeVar("Result")

GATHER_SECONDS = 1.0
"""From one look to the next: what changes meanwhile is seen at once with the next."""
REST = 2
"""A look that kept the server busy for long is followed by a rest of so many times its length."""
LONGEST_REST_SECONDS = 10.0
LIVE_MS = 15_000
"""How often it is looked anyway where the server tells of changes."""
LOOKS = 2
"""How often a change is looked at: of commits that come together one tells, and others may end after it."""


class Following(QObject):
    """Looks again when the server tells of a change, or every now and then where it tells nothing.

    Args:
        owner: shows what is read.
        office: asks for it.
        kinds: of changes that concern it; see `News`.
        read: asks, through `ask`, for what changes of these kinds concern.
        every_ms: how often it is looked where nothing is told.
        gather_seconds: instead of `GATHER_SECONDS`, for what changes slowly.
    """

    def __init__(
        self,
        owner: QObject,
        office: Office,
        kinds: frozenset[str],
        read: Callable[[frozenset[str]], Any],
        every_ms: int,
        gather_seconds: float | None = None,
    ) -> None:
        super().__init__(owner)
        self._owner, self._office = owner, office
        self._kinds, self._read, self._every_ms = kinds, read, every_ms
        self._gather_seconds = gather_seconds
        self._changed: dict[str, int] = {}
        self._under_way = 0
        self._spent = self._earliest = 0.0
        self._follows = False
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self._look)
        office.news.heard.connect(self._hear)

    @property
    def follows(self) -> bool:
        """Whether it is being looked at all."""
        return self._follows

    def start(self) -> None:
        """Follow from now on; whoever shows it has just read it, or is about to."""
        self._follows = True
        self._plan()

    def stop(self) -> None:
        """Nobody looks any more."""
        self._follows = False
        self._changed.clear()
        self.timer.stop()

    def ask(self, work: Callable[[], Result], done: Callable[[Result], Any]) -> None:
        """Read in the worker; until it is here nothing is read anew."""

        def timed() -> Result:
            began = time.monotonic()
            try:
                return work()
            finally:
                self._spent += time.monotonic() - began

        def came(result: Result) -> None:
            self._finish()
            done(result)

        def failed(error: CatiError) -> None:
            self._finish()
            if error.code in SERVER_AWAY:
                self._office.lose_line(error)  # it stands there for as long as that is so
            else:
                self._office.say_error(error)

        if not self._under_way:
            self._spent = 0.0
        self._under_way += 1
        self._office.ask(self._owner, timed, came, failed)

    def _hear(self, what: str, programme: int) -> None:
        loaded = self._office.programme
        concerned = programme == 0 or (loaded is not None and loaded.id == programme)
        if not (self._follows and concerned and what in self._kinds):
            return
        self._changed[what] = LOOKS
        if not self._under_way:
            self._plan()

    def _look(self) -> None:
        kinds = frozenset(self._changed) or self._kinds
        self._changed = {what: looks - 1 for what, looks in self._changed.items() if looks > 1}
        rest = GATHER_SECONDS if self._gather_seconds is None else self._gather_seconds
        self._earliest = time.monotonic() + rest
        self._read(kinds)
        if not self._under_way:
            self._plan()

    def _finish(self) -> None:
        self._under_way -= 1
        if self._under_way:
            return
        rest = min(REST * self._spent, LONGEST_REST_SECONDS)
        self._earliest = max(self._earliest, time.monotonic() + rest)
        if self._follows:
            self._plan()

    def _plan(self) -> None:
        if self._changed:
            self.timer.start(max(0, round((self._earliest - time.monotonic()) * 1000)))
        elif self._office.news.live and self._office.news.lost_since is None:
            self.timer.start(max(self._every_ms, LIVE_MS))
        else:
            self.timer.start(self._every_ms)
