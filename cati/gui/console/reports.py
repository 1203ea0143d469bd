"""What an operator sends to the supervisor: complaints and calls for help, and what was answered."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from cati.base.errors import CatiError
from cati.base.i18n import translate as _
from cati.domain.messages import KIND_LABELS, Kind, Stretch
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.console.asked import LineOverlay
from cati.gui.console.desk import Desk
from cati.gui.tasks import Tasks

if TYPE_CHECKING:
    from cati.services.messages import Message
    from cati.services.notices import Notice

SPREAD_MS = 1_000
"""Within this time all stations have looked at what was written to all."""


class Reports(QObject):
    """Asks for a few words, sends them, and tells when they are settled.

    Args:
        screen: the question for the words lies over it.
        tasks: of the window.
        keys: of the window.
        desk: knows the call the words are about.
        say: shows a sentence in the console; with True, one that needs nobody.
    """

    def __init__(
        self, screen: QWidget, tasks: Tasks, keys: Keys, desk: Desk, say: Callable[..., Any]
    ) -> None:
        super().__init__(desk)
        self._tasks, self._desk, self._say = tasks, desk, say
        self._kind = Kind.COMPLAINT
        self._stretch: Stretch | None = None
        self._since: datetime | None = None
        self._settled: set[int] = set()
        self.soon = QTimer(self)
        self.soon.setSingleShot(True)
        self.soon.timeout.connect(self.look)
        self.overlay = LineOverlay(screen, keys, Mode.COMPLAINT, _("Send to the supervisor"))
        self.overlay.given.connect(self._send)

    def complain(self) -> None:
        """The respondent complains; what was said just before the key is marked, however long words take."""
        if not self._desk.is_open:
            return
        self._stretch = self._desk.place.last_minute()
        lead = _("The supervisor sees it at once, with the case; the interview goes on.")
        if self._stretch is not None:
            lead = _(
                "The supervisor sees it at once, with the case and the last minute; the interview goes on."
            )
        self._ask(Kind.COMPLAINT, _("What does the respondent complain about?"), lead)

    def call_help(self) -> None:
        """The operator needs somebody."""
        self._stretch = None
        self._ask(
            Kind.HELP,
            _("What do you need the supervisor for?"),
            _("The supervisor sees it at once, with your name and station."),
        )

    def _ask(self, kind: Kind, title: str, lead: str) -> None:
        if self._desk.is_open:
            self._kind = kind
            self.overlay.open(title, lead, _("a few words, without names and numbers"))

    def _send(self, words: str) -> None:
        call, place = self._desk.call, self._desk.place
        case_id = call.assignment.case_id if call.assignment else None
        sent = partial(self._sent, self._desk.now())
        work = partial(
            place.send,
            self._kind,
            words,
            case_id=case_id,
            attempt_id=call.attempt_id,
            stretch=self._stretch,
        )
        self._tasks.run(self, work, sent, self._refused)

    def _sent(self, at: datetime, _number: int) -> None:
        self._since = min(at, self._since or at)
        self.overlay.put_away()
        self._say(_("Sent to the supervisor; the answer will stand here."), True)

    def _refused(self, error: CatiError) -> None:
        self.overlay.say(str(error))

    def hear(self, what: str, _programme: int) -> None:
        """The server tells of a change: look, but not all stations of a floor at the same moment."""
        concerned = what == "notices" or (what == "messages" and self._since is not None)
        if concerned and not self.soon.isActive():
            self.soon.start(random.randrange(SPREAD_MS))

    def look(self) -> None:
        """Every now and then: whether something that was sent has been settled, and what was written."""
        if self._desk.is_open:
            self._tasks.run(self, self._desk.place.notices, self._read, lambda _error: None)
        if self._since is not None and self._desk.is_open:
            work = partial(self._desk.place.sent, self._since)
            self._tasks.run(self, work, self._looked, lambda _error: None)

    def _read(self, notices: tuple[Notice, ...]) -> None:
        said = _("{name} writes: {words}")
        if notices:
            self._say(" ".join(said.format(name=one.name, words=one.text) for one in notices))

    def _looked(self, messages: tuple[Message, ...]) -> None:
        own = [one for one in messages if one.kind in (Kind.COMPLAINT, Kind.HELP)]
        for one in own:
            if one.settled_at is not None and one.id not in self._settled:
                self._settled.add(one.id)
                pattern = _("{name} about your {what}: {answer}")
                what = _(KIND_LABELS[one.kind])
                self._say(pattern.format(name=one.settled_by, what=what, answer=one.answer))
        if all(one.settled_at is not None for one in own):
            self._since = None
