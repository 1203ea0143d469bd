"""An operator's station gives the sound of the call under way to who listens to it by right."""

from __future__ import annotations

import threading
import time
from base64 import b64decode
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from cati.base import logging
from cati.base.errors import CatiError
from cati.services import listening
from cati.services.context import Context

LOOK_SECONDS = 5.0
"""How often it is looked while something is recorded whether somebody listens: a pool tells nothing."""
CLOSE_SECONDS = 5.0
"""How long closing waits for a statement that is under way: the session's connections are given back next."""
MOST_WAITING = 12
"""Pieces that wait for the server; beyond that the oldest are dropped."""


class Source(Protocol):
    """What records calls; see `cati.audio.recorder.RecorderProcess`."""

    def offset_ms(self) -> int | None:
        """Place in the recording now, None when nothing is being recorded."""
        ...

    def share(self, listening_id: str, attempt_id: str, key: bytes) -> None:
        """Tell the sound of an attempt's recording from now on."""
        ...

    def unshare(self, listening_id: str) -> None:
        """Tell it no more."""
        ...


class Sharing:
    """Asks the server who listens, and hands on what the recorder gives, on a thread of its own.

    Whatever goes wrong with it, neither call nor recording notice.

    Args:
        ctx: the operator's session.
        source: of the sound.
        is_told: whether the server tells of listeners by itself; where not, it is asked.
        tell: takes whether anybody listens whenever that changes; None where the operator is not told.
        look_seconds: see `LOOK_SECONDS`.
    """

    def __init__(
        self,
        ctx: Context,
        source: Source,
        is_told: Callable[[], bool] = lambda: False,
        tell: Callable[[bool], None] | None = None,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._ctx, self._source, self._is_told, self._look_seconds = ctx, source, is_told, look_seconds
        self._changed = threading.Condition()
        self._pieces: deque[tuple[str, int, bytes]] = deque(maxlen=MOST_WAITING)
        self._asked = self._closed = False
        self._tell = tell or (lambda _listened: None)
        # No listening is begun twice: its key is used once.
        self._begun: set[str] = set()
        self._going: set[str] = set()
        self._thread = threading.Thread(target=self._serve, name="cati-sharing", daemon=True)
        self._thread.start()

    def ask(self) -> None:
        """Somebody may have begun to listen, or stopped; from any thread."""
        with self._changed:
            self._asked = True
            self._changed.notify()

    def hear(self, news: Mapping[str, Any]) -> None:
        """Take a piece of sound from the recorder; returns at once."""
        with self._changed:
            self._pieces.append((news["id"], news["seq"], b64decode(news["sealed"])))
            self._changed.notify()

    def close(self) -> None:
        """Begin nothing any more; what is on its way still goes, and is waited for."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(CLOSE_SECONDS)

    def _serve(self) -> None:
        due = time.monotonic() + self._look_seconds
        while True:
            with self._changed:
                rest = max(0.0, due - time.monotonic())
                self._changed.wait_for(lambda: self._asked or self._pieces or self._closed, rest)
                # What is on its way still goes: that the recording has ended is the last of it.
                if self._closed and not self._pieces:
                    return
                asked, self._asked = self._asked, False
                piece = self._pieces.popleft() if self._pieces else None
            if time.monotonic() >= due:
                due = time.monotonic() + self._look_seconds
                asked |= not self._is_told() and self._source.offset_ms() is not None
            self._work(piece, asked=asked)

    def _work(self, piece: tuple[str, int, bytes] | None, *, asked: bool) -> None:
        try:
            if asked:
                self._look()
            if piece is not None and not listening.give(self._ctx, *piece):
                self._end(piece[0])
        except CatiError as refused:
            # Who listens misses it, as whatever comes too late.
            logging.info("sharing_missed", code=refused.code)
        except Exception as fault:  # nobody's call hangs on it
            logging.fault("sharing", fault)

    def _look(self) -> None:
        wanted = {one.id: one for one in listening.wanted(self._ctx)}
        for gone in self._going - wanted.keys():
            self._end(gone)
        for one in wanted.values():
            if one.id not in self._begun:
                self._begun.add(one.id)
                self._note(self._going | {one.id})
                self._source.share(one.id, one.attempt_id, one.key)

    def _end(self, listening_id: str) -> None:
        self._source.unshare(listening_id)
        self._note(self._going - {listening_id})

    def _note(self, going: set[str]) -> None:
        before, self._going = self._going, going
        if bool(before) is not bool(going):
            self._tell(bool(going))
