"""Carries what waits in a station's outbox to the server, in order, on a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from cati.base import logging
from cati.base.errors import SERVER_AWAY, STRAINED, CatiError
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Right
from cati.services import deliveries, programmes, stations
from cati.services.context import Context
from cati.station.outbox import Outbox, Waiting

RETRY_SECONDS = 1.0
"""How long after a failure the write in front is sent again."""
LATE_SECONDS = 3.0
"""A write that has been on its way for longer is told to wait for the line."""
WAITS = SERVER_AWAY | frozenset(
    {
        "database_busy",
        "let_in_no_more",
        "login_closed",
        "server_shut",
        "server_unproven",
        "sign_in_refused",
        "no_contact_key",
        "no_refusal_key",
        "not_allowed",
        "outbox_unreadable",
    }
)
"""Refusals after which a write stays in front until the line, or whoever signs in next, can send it."""


def serve(outbox: Outbox, ctx: Context) -> None:
    """Let an outbox give what a session may send.

    Where the server knows who acts, that is what the signed-in person wrote and, from whoever may interview,
    what others can be shown to have written.
    """
    writer = ctx.actor.user_id if ctx.database.personal else None
    outbox.serve(writer, others=ctx.actor.may(Right.INTERVIEW))


class Sender:
    """Sends while somebody is signed in.

    Args:
        outbox: of the station.
        told: called on the sender's thread whenever something was sent, or could not be.
        retry: seconds after which a write that failed is sent again.

    Attributes:
        has_greeted: whether the server knows of the session.
    """

    def __init__(
        self, outbox: Outbox, told: Callable[[], None] = lambda: None, *, retry: float = RETRY_SECONDS
    ) -> None:
        self.outbox, self.told = outbox, told
        self._retry = retry
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._busy_since: float | None = None
        self._refusal: CatiError | None = None
        self._asked: CatiError | None = None
        self._programmes: dict[str, LoadedProgramme] = {}
        self._recalled: set[int] = set()
        self._asks = self.has_greeted = False

    def start(self, ctx: Context, greet: Callable[[Context], None] = lambda _ctx: None) -> None:
        """Send in this session from now on; what another session was sending is finished first.

        Args:
            ctx: of whoever is signed in, on a database that does not wait for ever.
            greet: what the server is told before anything is sent, until it was; sending waits for it.
        """
        self.stop()
        self._programmes.clear()
        self._busy_since = self._refusal = self._asked = None
        self.has_greeted, self._asks = False, True
        serve(self.outbox, ctx)
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._serve, args=(ctx, self._stop, greet), name="cati-outbox", daemon=True
        )
        self._thread.start()

    def stop(self, seconds: float = 10.0) -> bool:
        """Send no more; whether the thread ended in time. What waits stays in the outbox."""
        thread, self._thread = self._thread, None
        if thread is None:
            return True
        self._stop.set()
        self.outbox.wake()
        thread.join(seconds)
        return not thread.is_alive()

    @property
    def is_down(self) -> bool:
        """Whether something waits because the line is down or slow."""
        since = self._busy_since
        slow = since is not None and time.monotonic() - since > LATE_SECONDS
        return len(self.outbox) > 0 and (self._refusal is not None or slow)

    @property
    def refusal(self) -> CatiError | None:
        """Why what waits could not be sent when it was tried last; None while it can."""
        return self._refusal

    @property
    def strain(self) -> str:
        """Code of why the server, which answers, takes nothing of this station; empty when it does."""
        told = (one.code for one in (self._refusal, self._asked) if one is not None)
        return next((code for code in told if code in STRAINED), "")

    def note(self, refused: CatiError | None) -> None:
        """What the server answered when it was asked for somebody to call; None when it gave an answer."""
        self._asked = refused

    def is_through(self, seconds: float) -> bool:
        """Wait until nothing waits any more; False when it does after `seconds` or the line is down."""
        self.outbox.wait(lambda: not len(self.outbox) or self._refusal is not None, seconds)
        return not len(self.outbox)

    def _serve(self, ctx: Context, stop: threading.Event, greet: Callable[[Context], None]) -> None:
        while not stop.is_set() and not self.has_greeted:
            self._try(stop, lambda: self._greet(ctx, greet))
        while not stop.is_set():
            self.outbox.wait(lambda: len(self.outbox) > 0 or self._asks or stop.is_set(), 60.0)
            if not stop.is_set() and (self._asks or len(self.outbox)):
                self._try(stop, lambda: self.send_first(ctx))

    def _greet(self, ctx: Context, greet: Callable[[Context], None]) -> None:
        greet(ctx)
        self.has_greeted = True

    def _try(self, stop: threading.Event, work: Callable[[], object]) -> bool:
        self._busy_since = self._busy_since or time.monotonic()
        try:
            work()
        except CatiError as refused:
            self._put_off(refused, stop)
        except Exception as fault:  # what waits must not be given up for a fault of the program
            reference = logging.fault("outbox", fault)
            self._put_off(CatiError("fault", reference), stop)
        else:
            self._busy_since = self._refusal = None
            self.told()
            return True
        return False

    def _put_off(self, refused: CatiError, stop: threading.Event) -> None:
        if self._refusal is None or self._refusal.code != refused.code:
            logging.info("outbox_waits", code=refused.code, count=len(self.outbox))
        self._refusal = refused
        self.outbox.wake()
        self.told()
        stop.wait(self._retry)

    def look(self) -> None:
        """The line is there again: see whether the server is the one it was, or was restored meanwhile."""
        self._asks = True
        self.outbox.wake()

    def send_first(self, ctx: Context) -> bool:
        """Send the oldest write that waits; False when none does.

        Raises:
            CatiError: why it cannot be sent now; it stays in front.
        """
        if self._asks:
            self._meet(ctx)
        one = self.outbox.first()
        if one is None:
            return False
        self._send(ctx, one)
        return True

    def _meet(self, ctx: Context) -> None:
        self._asks = False
        try:
            again = self.outbox.meet(*stations.server(ctx))
        except BaseException:
            self._asks = True
            raise
        if again:
            logging.info("outbox_again", count=again)

    def _send(self, ctx: Context, one: Waiting) -> None:
        code = one.envelope.programme
        if code not in self._programmes:
            self._programmes[code] = programmes.get(ctx, code)
        programme = self._programmes[code]
        try:
            deliveries.deliver(ctx, programme, one.envelope, one.proof)
        except Exception as refused:  # whatever it is, it is kept on the server for whoever can judge it
            if isinstance(refused, CatiError) and refused.code == deliveries.NOT_PROVEN:
                self.outbox.hold(one)
                logging.info("outbox_held", user=one.envelope.user_id)
                return
            if isinstance(refused, CatiError) and refused.code in WAITS:
                raise
            # A server that was restored lacks what went out before: the supervisor gets the whole.
            again = self.outbox.recall(one, self._recalled)
            self._recalled.update(again)
            if again:
                return
            logging.fault("outbox_refused", refused)
            deliveries.set_aside(ctx, programme, one.envelope, refused, one.proof)
            self._recalled.add(one.seq)
        self.outbox.sent(one)
