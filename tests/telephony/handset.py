"""A telephone of this program at an exchange on loopback, as a window would hold it."""

from __future__ import annotations

from typing import Any

from cati.audio.recorder import RecorderProcess
from cati.domain.phone import CallNews, CallState, LineNews, PhoneAccount, PhoneNews
from cati.telephony import sip
from cati.telephony.messages import news_of, register
from tests.audio.studio import Listener
from tests.rig.exchange import HOST, USERS, Exchange
from tests.rig.waiting import wait_until

USER = "8001"


def account(exchange: Exchange, **chosen: Any) -> PhoneAccount:
    """An account that the exchange knows, on loopback."""
    facts: dict[str, Any] = {"secret": USERS[USER], "codecs": ("PCMA",), "address": HOST}
    return PhoneAccount(exchange.server, USER, **(facts | chosen))


class Handset:
    """Recorder's process, dialler, and all they told."""

    def __init__(self, exchange: Exchange, **chosen: Any) -> None:
        self.news: list[PhoneNews] = []
        self.listener = Listener()
        self.shown: list[str | None] = []
        self.recorder = RecorderProcess(self.listener, command=sip.COMMAND, on_news=self._take)
        self.account = self._first = account(exchange, **chosen)
        self.dialler = sip.SipDialler(self.recorder, self.account, self.shown.append)

    def _take(self, words: dict[str, Any]) -> None:
        news = news_of(words)
        if news is not None:
            self.news.append(news)

    def line(self) -> LineNews:
        """What the exchange said of this telephone last; waits for the first."""
        wait_until(lambda: any(isinstance(one, LineNews) for one in self.news), "an answer to the account")
        return [one for one in self.news if isinstance(one, LineNews)][-1]

    def states(self) -> list[CallState]:
        """Of the call dialled last."""
        return [one.state for one in self._of_call()]

    def _of_call(self) -> list[CallNews]:
        return [n for n in self.news if isinstance(n, CallNews) and n.call == self.dialler.call]

    def reached(self, state: CallState) -> CallNews:
        """News of that state of the call dialled last; waits for it."""
        wait_until(lambda: state in self.states(), f"the call to be {state}")
        return [one for one in self._of_call() if one.state is state][-1]

    def call(self, number: str) -> CallNews:
        """Dial, and wait until somebody answers."""
        self.dialler.dial(number)
        return self.reached(CallState.CONNECTED)

    def hang_up(self) -> CallNews:
        """End the call, and wait until it has."""
        self.dialler.hang_up()
        return self.reached(CallState.ENDED)

    def take_account(self, exchange: Exchange, **chosen: Any) -> None:
        """Let another account take the place of the one before."""
        self.account = account(exchange, **chosen)
        self.recorder.introduce(register(self.account))

    def forget(self) -> None:
        """What was told so far is old; what the exchange says of the account stays."""
        self.news[:] = [one for one in self.news if isinstance(one, LineNews)][-1:]
        self.listener.levels.clear()
        self.listener.faults.clear()

    def put_back(self) -> None:
        """Not in a call, recording nothing, and with the first account, for whoever takes it next."""
        if CallState.DIALLING in self.states() and CallState.ENDED not in self.states():
            self.hang_up()
        self.recorder.stop()
        if self.account != self._first:
            self.account = self._first
            self.recorder.introduce(register(self.account))

    def close(self) -> None:
        self.recorder.close()
