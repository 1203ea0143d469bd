"""A station's line to its server: what is kept here first, what carries it over, operators' connections."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

from cati.base.clock import Clock, SystemClock
from cati.base.errors import CatiError
from cati.domain.logins import folded
from cati.domain.queue import Assignment
from cati.domain.users import Role
from cati.domain.writes import SignedIn, SignedOut, Write
from cati.services import sessions, stations
from cati.services.context import Context
from cati.station.in_hand import InHand
from cati.station.lock import WindowLock
from cati.station.outbox import FILE, Outbox
from cati.station.presence import Presence
from cati.station.sender import Sender, serve
from cati.store.engine import Database

LAST_SECONDS = 3.0
"""How long whoever signs out waits for what is still to be sent."""


class Line:
    """The outbox of a station, sending while somebody is signed in.

    Attributes:
        held: what the session was opened with while the server was gone; None for any other session.
        case: the case it goes on with.

    Args:
        folder: the data folder.
        clock: of the station.

    Raises:
        CatiError: as `Outbox`.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.sender = Sender(Outbox(folder, clock.now))
        self._clock = clock
        self.presence = Presence(folder, clock, self.sender.outbox.waiting, lambda: self.sender.strain)
        self.presence.met = self.sender.look
        self._database: Database | None = None
        self.held: InHand | None = None
        self._opened_by: Context | None = None
        self.case: Assignment | None = None

    def begin(self, session: Context, greet: Callable[[Context], None] = lambda _ctx: None) -> None:
        """Send what waits, in the session of whoever has signed in; `greet`: see `Sender.start`."""
        self._let_go()
        self._database = session.database.impatient()
        self.sender.start(self.of(session), greet)
        self.presence.start(session)

    def resume(self, login: str, password: str, connect: Callable[[], Database]) -> Context | None:
        """Let an operator in who had an interview under way here, while the server is gone; None for others.

        Args:
            login, password: as typed.
            connect: makes the database of the session, without asking the server.

        Raises:
            CatiError: ``sign_in_refused``, ``outbox_unreadable``.
        """
        outbox = self.sender.outbox
        for held in outbox.in_hand():
            if held.passport.actor.login != folded(login):
                continue
            session = sessions.enter_offline(connect(), self._clock, held.passport, password)
            key = session.keys.contact_key(held.programme.id)
            case = held.going_on((one.envelope for one in outbox.kept()), key)
            if case is None:
                return None
            self.begin(session, greet=self._come_back)
            self.held, self.case, self._opened_by = held, case, session
            self._note(SignedIn(self._clock.now()))
            return session
        return None

    def _come_back(self, session: Context) -> None:
        # While it was gone nobody could be asked about another station; whoever came last works.
        self.take_place(session, instead=True)
        sessions.come_back(session)

    def of(self, session: Context) -> Context:
        """The session at this station, on connections that are not waited for for ever."""
        assert self._database is not None
        return replace(session, database=self._database, station_id=self.presence.id)

    def take_place(self, session: Context, *, instead: bool) -> None:
        """See that an operator calls from this station alone; see `stations.take_place`.

        Raises:
            CatiError: as it.
        """
        if Role.OPERATOR in session.actor.roles:
            stations.take_place(replace(session, station_id=self.presence.id), instead=instead)

    def end(self) -> None:
        """Nobody is signed in any more; what still waits is sent when somebody is."""
        if self._database is not None:
            self.sender.is_through(LAST_SECONDS)
            if self.held is not None and not self.sender.has_greeted:
                self._note(SignedOut(self._clock.now()))
            self._let_go()

    def _note(self, write: Write) -> None:
        """Keep what the audit log is to tell of a session that the server does not know."""
        held, session = self.held, self._opened_by
        assert held is not None
        assert session is not None
        code, actor = held.programme.programme.code, session.actor
        with suppress(CatiError):  # nobody's sign-in or sign-out hangs on it
            self.sender.outbox.put(code, actor.user_id, actor.station, write, session.keys.proof_key)

    def close(self) -> None:
        """Give the outbox back."""
        self._let_go()
        self.sender.outbox.close()

    def _let_go(self) -> None:
        self.sender.stop()
        self.presence.stop()
        if self._database is not None:
            self._database.close()
            self._database = self.held = self.case = self._opened_by = None


def count_waiting(folder: Path, clock: Clock) -> int:
    """How many writes of a station are not on the server yet.

    Raises:
        CatiError: as `Outbox`.
    """
    with closing(Outbox(folder, clock.now)) as outbox:
        return len(outbox)


def send_all(folder: Path, session: Context, *, again: bool) -> int:
    """Send what waits on a station without a window; gives how many writes were sent.

    Args:
        folder: the data folder; no window may be open on it.
        session: of whoever sends.
        again: what was sent in the last days is sent once more, as after the server was restored.

    Raises:
        CatiError: ``window_open``; as `Outbox`; why something cannot be sent now: it is kept.
    """
    lock = WindowLock(folder)
    try:
        with closing(Outbox(folder, session.clock.now)) as outbox:
            sender = Sender(outbox)
            serve(outbox, session)
            if again:
                outbox.send_again()
            sent = 0
            while sender.send_first(session):
                sent += 1
            return sent
    finally:
        lock.release()


def has_in_hand(folder: Path) -> bool:
    """Whether some operator's case is kept on a station."""
    if not (folder / FILE).is_file():
        return False
    with closing(Outbox(folder, SystemClock().now)) as outbox:
        return bool(outbox.in_hand())
