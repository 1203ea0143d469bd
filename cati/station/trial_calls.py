"""Test calls of this station: to one number only, with what the exchange shows and what came of them."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cati.audio.recorder import RecorderProcess
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.attendance import local_day
from cati.domain.dispositions import DISPOSITIONS
from cati.domain.phone import CallNews, CallState, LineNews, PhoneAccount, PhoneNews
from cati.domain.proposals import proposed
from cati.services import telephones
from cati.services.context import Context
from cati.station import phone
from cati.telephony import sip
from cati.telephony.messages import news_of

# RFC 3261, 21.4: the name or the password is not known there.
_REFUSED = frozenset({401, 403, 404, 407})
_ADVICE = N_("Compare name and password with what the exchange's keeper gave you, and type them again.")
_UNREACHED = N_(
    "Compare address, way there and certificates with what the exchange's keeper gave you, and look at the "
    "network cable."
)
REGISTER_SECONDS = 10.0
GOODBYE_SECONDS = 2.0
TALK_SECONDS = 8.0
"""Long enough to say who one is and to read the number that was shown."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a test call.

    Attributes:
        line: what the exchange said of this telephone.
        call: the last of it; None where the telephone could not be registered.
        answered: somebody answered.
        heard: the far end was heard, be it for a moment.
    """

    line: LineNews
    call: CallNews | None = None
    answered: bool = False
    heard: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a test call.

    Attributes:
        sentences: in the language in use.
        shown: number that the exchange shows to whoever is called; it stands in one of them, if it is known.
        well: somebody answered and was heard.
    """

    sentences: tuple[str, ...]
    shown: str
    well: bool


class Ears:
    """Gathers what a telephone process tells during a test call."""

    def __init__(self) -> None:
        self._news: queue.SimpleQueue[PhoneNews | None] = queue.SimpleQueue()
        self.heard = self.stopped = False

    def stop(self) -> None:
        """End the call, from another thread."""
        self.stopped = True
        self._news.put(None)

    def hear(self, event: Any) -> None:
        """Take a level of sound."""
        self.heard = self.heard or bool(getattr(event, "other", None))

    def take(self, words: dict[str, Any]) -> None:
        """Take an event of the process."""
        news = news_of(words)
        if news is not None:
            self.tell(news)

    def tell(self, news: PhoneNews) -> None:
        """Take news."""
        self._news.put(news)

    def wait(self, seconds: float) -> PhoneNews | None:
        """The next news; None when none comes in that time, or the call is to be ended."""
        try:
            return self._news.get(timeout=max(0.0, seconds))
        except queue.Empty:
            return None


def test_call(ctx: Context, folder: Path, ears: Ears) -> Told:
    """Call the station's test number by a telephone that is started for it, and note what came of it.

    Args:
        ctx: whose secret is used.
        folder: of the station's data.
        ears: gather what is told, and may stop the call.

    Raises:
        CatiError: as `account_for_test`.
    """
    account = account_for_test(ctx, folder)
    return noted(ctx, folder, account, call_aside(account, ears))


def account_for_test(ctx: Context, folder: Path) -> PhoneAccount:
    """The account by which somebody makes test calls.

    Raises:
        CatiError: ``phone_none``; ``phone_secret``; ``phone_file``; ``phone_missing``; ``test_number_none``;
            ``test_number_respondent``.
    """
    account = phone.own_account(folder, ctx.actor.login, ctx.keys)
    if account is None:
        raise phone.no_account()
    if not sip.is_installed():
        raise phone.not_installed()
    if not account.test_number:
        raise CatiError(
            "test_number_none",
            N_(
                "No test number was set for this station. Nobody was called. Whoever looks after stations "
                "sets one: System, Telephone, or “cati phone set --test-number”."
            ),
        )
    # Lists may have come since it was set.
    telephones.refuse_respondent(ctx, account.test_number)
    return account


def noted(ctx: Context, folder: Path, account: PhoneAccount, made: Trial) -> Told:
    """Write down what came of a test call, and tell it."""
    code = made.call.code if made.call is not None else made.line.code
    telephones.note_test(ctx, made.answered, code)
    if made.answered:
        phone.note_test(folder, ctx.actor.login, local_day(ctx.clock.now()))
    well = made.answered and made.heard
    return Told(sentences(folder, account.user, made), made.line.shown or account.user, well)


def call_aside(account: PhoneAccount, ears: Ears, seconds: float = TALK_SECONDS) -> Trial:
    """Call the test number by a telephone that is started for it; nothing is recorded or noted.

    Args:
        account: with its secret.
        ears: may stop the call.
        seconds: to talk, from the answer on.
    """
    process = RecorderProcess(ears.hear, command=sip.COMMAND, on_news=ears.take)
    try:
        dialler = sip.SipDialler(process, account, lambda digits: None)
        line = ears.wait(REGISTER_SECONDS)
        known = line if isinstance(line, LineNews) else LineNews(False)
        return call_by(dialler, account, ears, known, seconds)
    finally:
        process.close()


def call_by(
    dialler: sip.SipDialler, account: PhoneAccount, ears: Ears, line: LineNews, seconds: float = TALK_SECONDS
) -> Trial:
    """Call the test number by a telephone that is running; nothing is recorded.

    Args:
        line: what the exchange said of the telephone last.
    """
    if not line.registered:
        return Trial(line)
    dialler.dial(account.test_number)
    number = dialler.call
    call, answered = _follow(
        ears, seconds, account.ring_seconds + REGISTER_SECONDS, lambda: dialler.end(number)
    )
    # Whoever ended it, the number leaves the screen.
    dialler.end(number)
    return Trial(line, call, answered, ears.heard)


def _follow(
    ears: Ears, talk: float, patience: float, hang_up: Callable[[], None]
) -> tuple[CallNews | None, bool]:
    last: CallNews | None = None
    answered, until = False, time.monotonic() + patience
    while True:
        news = ears.wait(until - time.monotonic())
        if news is None:
            hang_up()
            ears.wait(GOODBYE_SECONDS)
            return last, answered
        if not isinstance(news, CallNews):
            continue
        if news.state is CallState.ENDED:
            return replace(
                news, codec=last.codec if last else "", secure=bool(last and last.secure)
            ), answered
        if news.state is CallState.CONNECTED and not answered:
            answered, until = True, time.monotonic() + talk
        last = news


def sentences(folder: Path, login: str, made: Trial) -> tuple[str, ...]:
    """What to tell of a test call, in the language in use.

    Args:
        folder: of the station's data.
        login: of the telephone at the exchange, which is shown where the exchange names no other number.
        made: the call.

    Raises:
        CatiError: ``proposals_file``.
    """
    line, end = made.line, made.call
    if not line.registered:
        pattern = _("The exchange did not let this telephone in: {code} {reason}")
        said = pattern.format(code=line.code or "", reason=line.reason).strip()
        return said, _(_ADVICE if line.code in _REFUSED else _UNREACHED)
    pattern = _("The exchange shows this number to whoever is called: {number}")
    shown = pattern.format(number=line.shown or login)
    if end is None:
        return shown, _("The exchange did not answer the call.")
    if made.answered:
        pattern = _("Answered; {codec}, {voice}; {heard}.")
        voice = _("encrypted") if end.secure else _("not encrypted")
        heard = _("the other side was heard") if made.heard else _("nothing was heard of the other side")
        return shown, pattern.format(codec=end.codec, voice=voice, heard=heard)
    outcome = proposed(phone.proposals(folder), end)
    said = f"{end.code}" if end.cause is None else f"{end.code}, Q.850 {end.cause}"
    words = _(DISPOSITIONS[outcome].label) if outcome else _("no outcome proposed")
    return shown, _("Not connected ({said}): {outcome}").format(said=said, outcome=words)
