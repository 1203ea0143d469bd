"""A console without a case: why there is none, looking again, and breaks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from cati.base.errors import SHUT_OUT, CatiError
from cati.base.i18n import translate as _
from cati.gui.actions import Keys
from cati.gui.console import words
from cati.gui.console.away import AwayScreen, asleep_words, closed_line
from cati.gui.console.desk import Desk
from cati.gui.console.pledge import Signing


class Idle(QObject):
    """The screens of a console without a case, and what is done there.

    Args:
        desk: tells why it has no case.
        keys: of the window.
        show: puts one of its screens in the place of a case.
        signing: asks for the pledge of confidentiality.
    """

    several = Signal()

    def __init__(self, desk: Desk, keys: Keys, show: Callable[[QWidget], None], signing: Signing) -> None:
        super().__init__(desk)
        self._desk, self._keys, self._show, self._signing = desk, keys, show, signing
        self.away, self.pause = AwayScreen(keys, "fetch_case"), AwayScreen(keys, "resume")
        self.untried = AwayScreen(keys, "practise")
        self.on_break = False
        desk.nobody.connect(self._nobody)
        desk.not_claimed.connect(self._not_claimed)
        desk.not_opened.connect(self._not_opened)

    def opening(self, practising: bool = False) -> None:
        """The workplace is being opened."""
        for action in ("resume", "fetch_case", *(() if practising else ("practise",))):
            self._keys.set_off(action, _("opening"))
        self.away.say(_("Inventing people to practise with …") if practising else _("Opening your place …"))

    def set_off(self) -> None:
        """Let the keys of the screen in force act, and say why the others do not."""
        self._keys.set_off("resume", "" if self.on_break else _("not on a break"))
        for action in ("fetch_case", "call_back"):
            self._keys.set_off(action, _("on a break") if self.on_break else "")

    def look_again(self) -> None:
        """Look for a case now; where the workplace could not be opened, open it."""
        if self._desk.is_open:
            self._desk.claim()
        else:
            self.opening()
            self._desk.open()

    def take_break(self) -> None:
        """Begin a break."""
        self._desk.rest(self._rest)

    def come_back(self) -> None:
        """End the break."""
        if not self.on_break:
            return
        self.on_break = False
        self.away.say(_("Looking for the next case …"))
        self._show(self.away)
        self._desk.come_back()

    def _rest(self) -> None:
        self.on_break = True
        since = words.local(self._desk.now(), self._desk.place.programme.programme.settings)
        self.pause.say(
            _("On a break since {time}").format(time=f"{since:%H:%M}"),
            _("The case you had goes back to the queue in two minutes."),
            "pause",
            _("Back to work"),
        )
        self._show(self.pause)

    def _not_claimed(self, error: CatiError) -> None:
        if error.code == "pledge_missing":
            self._signing.ask(partial(self._nobody, None, error))
        elif error.code == "practice_missing":
            self.untried.say(_("First the practice test"), str(error), "flag", _("Practise"))
            self._show(self.untried)
        elif error.code == "saved_here":
            self.away.say(_("Saved here, sent later"), str(error), "tick", _("Refresh"))
            self._show(self.away)
        else:
            self._nobody(None, error)

    def _nobody(self, due: datetime | None, error: CatiError | None = None) -> None:
        programme = self._desk.place.programme.programme
        groups = tuple(group.code for group in programme.groups)
        closed = words.closed_words(programme.settings, groups, self._desk.now())
        when = words.moment_words(due, programme.settings) if due else ""
        again = _("Refresh")
        shut_out = error is not None and error.code in SHUT_OUT
        if closed and not shut_out:
            self.away.say(_("Nobody may be called now"), closed_line(closed, when), "pause", again)
        elif error is not None:
            self.away.say(_("No case could be fetched"), str(error), "warning", again)
        else:
            self.away.say(_("Nobody to call now"), asleep_words(when), "pause", again)
        self._show(self.away)

    def _not_opened(self, error: CatiError) -> None:
        if error.code == "programme_several":
            self.several.emit()
        self.away.say(_("Your place could not be opened"), str(error), "warning", _("Refresh"))
        self._keys.set_off("fetch_case", "")
