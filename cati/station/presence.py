"""Tells a server that this station is there, and hears from it what has changed; on a thread of its own."""

from __future__ import annotations

import hashlib
import platform
import random
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from cati.base import logging
from cati.base.clock import Clock, ServerClock
from cati.base.errors import SERVER_AWAY, SHUT_OUT, CatiError
from cati.domain.stations import SHUT, Sign
from cati.domain.users import Right
from cati.services import stations
from cati.services.context import Context
from cati.store import news
from cati.store.engine import Database
from cati.store.news import CHANNELS, Wire

FILE = "station.id"
"""In the data folder: by what the server tells stations of one name apart, and where the file was written."""
SIGN_SECONDS = 30.0
"""How often a station says that it is there."""
PROBE_SECONDS = 5.0
"""How long what a station tells itself by way of the server may take; through a pool it never comes."""
GATHER_SECONDS = 0.1
"""What is told within this time is handed on as one."""
WATCH_SECONDS = 2.0
"""How often a station that shows the floor makes sure that the server answers: a dead line may look whole."""
SILENCE_SECONDS = 3.0
"""How long it may take to answer a sign of life; none of them takes long."""
RETRY_SECONDS = 5.0
EVERYTHING = ("floor", "messages", "notices", "stations")

Told = Callable[[str, int], None]
"""Takes what has changed, and the programme's row number or 0; called on the thread of `Presence`."""
Lost = Callable[[datetime | None, str], None]


class Presence:
    """Says that the station is there while somebody is signed in.

    Args:
        folder: the data folder.
        clock: of the station; a `ServerClock` is set by each answer.
        waiting: how many entries are not sent, and when the oldest was made.
        trouble: code of why the server takes nothing, empty when it does.
        sign_seconds, watch_seconds, silence_seconds, retry_seconds: see the constants.

    Attributes:
        id: uuid of the station.
        is_relieved: whether whoever is signed in works at another station now, as far as it was told.
        told: takes what has changed, or `SHUT`.
        live: takes whether changes are told at all.
        lost: takes since when the server has not answered (aware), None when it does again; and the code of
            what it says if it says anything.
        met: called whenever the server answers on a new line.
        asked: called when somebody begins to listen to whoever is signed in here, or stops.
        is_live: whether changes are told at all.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        waiting: Callable[[], tuple[int, datetime | None]],
        trouble: Callable[[], str] = lambda: "",
        *,
        sign_seconds: float = SIGN_SECONDS,
        watch_seconds: float = WATCH_SECONDS,
        silence_seconds: float = SILENCE_SECONDS,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self.id = _station_id(folder / FILE)
        self.is_relieved = False
        self._clock, self._waiting, self._trouble = clock, waiting, trouble
        self._sign_seconds, self._retry_seconds = sign_seconds, retry_seconds
        self._watch_seconds, self._silence_seconds = watch_seconds, silence_seconds
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._wire: Wire | None = None
        self._was_shut = False
        self._guard = threading.Lock()
        self.told: Told = lambda _what, _programme: None
        self.live: Callable[[bool], None] = lambda _live: None
        self.lost: Lost = lambda _since, _code: None
        self.met: Callable[[], None] = lambda: None
        self.asked: Callable[[], None] = lambda: None
        self.is_live = False

    def start(self, ctx: Context) -> None:
        """Say so in this session from now on.

        Args:
            ctx: of whoever has signed in.
        """
        self.stop()
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._serve, args=(ctx, self._stop), name="cati-presence", daemon=True
        )
        self._thread.start()

    def stop(self, seconds: float = 10.0) -> bool:
        """Say that the session ends; whether the thread ended in time."""
        thread, self._thread = self._thread, None
        if thread is None:
            return True
        self._stop.set()
        with self._guard:
            if self._wire is not None:
                self._wire.wake()
        thread.join(seconds)
        return not thread.is_alive()

    def _serve(self, ctx: Context, stop: threading.Event) -> None:
        comes, lost = True, None
        self._was_shut = False
        with closing(ctx.database.impatient(self._silence_seconds)) as far:
            while not stop.is_set():
                try:
                    with closing(Wire(far, (*CHANNELS, self._channel))) as wire:
                        self._sign(ctx, wire, comes=comes)
                        comes, lost = False, None
                        self.met()
                        self.lost(None, "")
                        self._listen(ctx, far, wire, stop)
                        self._sign(ctx, wire, goes=True)
                except CatiError as refused:
                    why = far.explained(refused)
                    logging.info("presence_lost", code=why.code)
                    # The server no longer knows that this session began, as after a restore.
                    comes = comes or refused.code == "server_forbids"
                    if why.code in SERVER_AWAY and not stop.is_set():
                        lost = lost or self._clock.now()
                        self.lost(lost, why.code)
                    elif why.code in SHUT_OUT and not stop.is_set():
                        self.told(SHUT, 0)
                except Exception as fault:  # nobody's work hangs on it: it is tried again
                    logging.fault("presence", fault)
                self._set_live(False)
                # Stations that lost one server together do not come back together.
                stop.wait(self._retry_seconds * random.uniform(0.5, 1.5))

    @property
    def _channel(self) -> str:
        return f"cati_{self.id.replace('-', '')}"

    def _listen(self, ctx: Context, far: Database, wire: Wire, stop: threading.Event) -> None:
        with self._guard:
            self._wire = wire
        try:
            live, due = False, time.monotonic() + self._sign_seconds
            watches = ctx.actor.may(Right.SEE_PROGRESS)
            news.tell(far, self._channel)
            far.engine.dispose()  # one connection for each station is enough
            while not stop.is_set():
                rest = max(0.0, due - time.monotonic())
                heard = wire.wait(min(rest, self._watch_seconds) if watches else rest)
                for one in heard:
                    if one.what == self._channel and not live:
                        live = True
                        self._set_live(True)
                        # What changed before anybody listened.
                        for what in EVERYTHING:
                            self.told(what, 0)
                    if one.what == self._channel:
                        # Somebody listens to the call under way, or went on at another station.
                        self.asked()
                        due = time.monotonic()
                    elif one.what in EVERYTHING:
                        self.told(*one)
                if time.monotonic() >= due:
                    self._sign(ctx, wire)
                    # A floor that is put back from a copy has an older version for a moment.
                    soon = ctx.database.is_of_another_version
                    due = time.monotonic() + (self._retry_seconds if soon else self._sign_seconds)
                elif heard:
                    stop.wait(GATHER_SECONDS)
                elif watches:
                    wire.probe()
        finally:
            with self._guard:
                self._wire = None

    def _set_live(self, live: bool) -> None:
        self.is_live = live
        self.live(live)

    def _sign(self, ctx: Context, wire: Wire, *, comes: bool = False, goes: bool = False) -> None:
        clock = self._clock
        server = clock if isinstance(clock, ServerClock) else None
        count, oldest = self._waiting()
        ahead = server.ahead if server else None
        sign = Sign(ctx.actor.station, version("cati"), count, oldest, ahead, self._trouble())

        def told() -> datetime:
            now, self.is_relieved = stations.hear(ctx, wire.connection, self.id, sign, comes=comes, goes=goes)
            return now

        if server is None:
            told()
        else:
            server.ask(told)
        if server is not None and sign.ahead is None and not goes:
            self._sign(ctx, wire)
        elif not goes:
            self._tell_shut(ctx)

    def _tell_shut(self, ctx: Context) -> None:
        """The floor has another version, or whoever is signed in works elsewhere; or that is over."""
        is_shut = ctx.database.is_of_another_version or self.is_relieved
        if is_shut or self._was_shut:
            self.told(SHUT, 0)
        self._was_shut = is_shut


def _station_id(file: Path) -> str:
    """The station's uuid, made when there is none yet, and anew in a copy of another station's folder.

    Under one uuid two windows would be one station to the server, and nobody told who signs in at both.
    """
    with suppress(OSError, ValueError):
        found = file.read_text("ascii").split() or [""]
        known, here = str(uuid.UUID(found[0])), _place(file)
        if found[1:] == [here]:
            return known
        if found[1:] == []:  # of a version that noted no place
            _note(file, known)
            return known
    made = str(uuid.uuid4())
    _note(file, made)
    return made


def _note(file: Path, station_id: str) -> None:
    with suppress(OSError):  # then it is another station the next time
        # Written where it lies: a file put in its place would lie elsewhere.
        file.touch()
        file.write_text(f"{station_id}\n{_place(file)}\n", "ascii")


def _place(file: Path) -> str:
    """Where a file lies, by computer and number on its disk: a copy lies elsewhere."""
    return hashlib.sha256(f"{platform.node()} {file.stat().st_ino}".encode()).hexdigest()[:16]
