"""The telephone of this station: its account, kept with a secret sealed to each user, and test calls."""

from __future__ import annotations

import json
import queue
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from cati.audio.recorder import RecorderProcess
from cati.base import paths
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.phone import (
    CallNews,
    CallState,
    LineNews,
    PhoneAccount,
    PhoneNews,
    Transport,
    check_account,
    dialled,
)
from cati.domain.proposals import Proposals, read_proposals
from cati.files.aside import written_aside
from cati.sealing import keys
from cati.sealing.keyring import KeyRing
from cati.telephony import sip
from cati.telephony.messages import news_of

FILE_NAME = "phone.json"
OUTCOMES = Path("telephony/outcomes.csv")
REGISTER_SECONDS = 10.0
GOODBYE_SECONDS = 2.0
_SECRETS = "secrets"


def keep_account(folder: Path, account: PhoneAccount, login: str, ring: KeyRing) -> None:
    """Keep the station's account; its secret so that this user alone opens it.

    Secrets that other users of the station gave stay, as long as it is the same user of the same exchange.

    Args:
        folder: of the station's data.
        account: with its secret.
        login: of the user.
        ring: of the user.

    Raises:
        CatiError: ``phone_account``; ``file_not_written``.
    """
    check_account(account)
    before = _kept(folder)
    same = (before.get("server"), before.get("user")) == (account.server, account.user)
    secrets = dict(before.get(_SECRETS, {})) if same else {}
    secrets[login] = keys.seal(account.secret.encode(), ring.public).hex()
    facts = {name: value for name, value in asdict(account).items() if name != "secret"}
    with written_aside(folder / FILE_NAME, private=True) as (aside,):
        aside.write_text(json.dumps({**facts, _SECRETS: secrets}, ensure_ascii=False, indent=1), "utf-8")


def forget_account(folder: Path) -> None:
    """From now on numbers are dialled by hand."""
    (folder / FILE_NAME).unlink(missing_ok=True)


def known_account(folder: Path) -> PhoneAccount | None:
    """The station's account without its secret; None where numbers are dialled by hand.

    Raises:
        CatiError: ``phone_file``.
    """
    facts = {name: value for name, value in _kept(folder).items() if name != _SECRETS}
    if not facts:
        return None
    try:
        account = PhoneAccount(**facts)
        account = replace(account, transport=Transport(account.transport), codecs=tuple(account.codecs))
        check_account(account)
    except (TypeError, ValueError) as wrong:
        raise _unreadable(folder) from wrong
    return account


def own_account(folder: Path, login: str, ring: KeyRing) -> PhoneAccount | None:
    """The station's account with the secret that this user gave; None where numbers are dialled by hand.

    Raises:
        CatiError: ``phone_file``; ``phone_secret`` when this user gave none, or has new keys since.
    """
    account = known_account(folder)
    if account is None:
        return None
    try:
        sealed = bytes.fromhex(_kept(folder)[_SECRETS][login])
        return replace(account, secret=keys.unseal(sealed, ring.private).decode())
    except (KeyError, ValueError, CatiError):
        raise CatiError(
            "phone_secret",
            N_(
                "The telephone's password was not given by {login} on this station, or {login} has new keys "
                "since. Until it is given (cati phone set) numbers are dialled by hand."
            ),
            login=login,
        ) from None


def _kept(folder: Path) -> Mapping[str, Any]:
    try:
        found = json.loads((folder / FILE_NAME).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as wrong:
        raise _unreadable(folder) from wrong
    if not isinstance(found, dict):
        raise _unreadable(folder)
    return found


def _unreadable(folder: Path) -> CatiError:
    return CatiError(
        "phone_file",
        N_(
            "The telephone's settings in {file} cannot be read. Nothing was changed. Set them again (cati "
            "phone set), or delete the file to dial by hand."
        ),
        file=str(folder / FILE_NAME),
    )


def proposals(folder: Path) -> Proposals:
    """Which outcomes the network's words propose: by the bureau's own table where there is one.

    Args:
        folder: of the station's data; a file in it goes before the shipped one.

    Raises:
        CatiError: ``proposals_file``.
    """
    own = folder / OUTCOMES.name
    return read_proposals((own if own.is_file() else paths.resources() / OUTCOMES).read_text("utf-8"))


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


class _Ears:
    """Gathers what a telephone process tells."""

    def __init__(self) -> None:
        self.news: queue.SimpleQueue[PhoneNews] = queue.SimpleQueue()
        self.heard = False

    def hear(self, event: Any) -> None:
        self.heard = self.heard or bool(getattr(event, "other", None))

    def take(self, words: dict[str, Any]) -> None:
        news = news_of(words)
        if news is not None:
            self.news.put(news)

    def wait(self, seconds: float) -> PhoneNews | None:
        try:
            return self.news.get(timeout=max(0.0, seconds))
        except queue.Empty:
            return None


def call_once(account: PhoneAccount, number: str, seconds: float) -> Trial:
    """Register, call a number, talk for some seconds, hang up; nothing is recorded.

    Args:
        account: with its secret.
        number: digits as they are dialled from the bureau's own line.
        seconds: from the answer on.

    Raises:
        CatiError: ``phone_number``; ``phone_account``.
    """
    dialled(account, number)
    ears = _Ears()
    process = RecorderProcess(ears.hear, command=sip.COMMAND, on_news=ears.take)
    try:
        dialler = sip.SipDialler(process, account, lambda digits: None)
        line = ears.wait(REGISTER_SECONDS)
        if not isinstance(line, LineNews):
            return Trial(LineNews(False))
        if not line.registered:
            return Trial(line)
        dialler.dial(number)
        call, answered = _follow(ears, seconds, account.ring_seconds + REGISTER_SECONDS, dialler)
        return Trial(line, call, answered, ears.heard)
    finally:
        process.close()


def _follow(
    ears: _Ears, talk: float, patience: float, dialler: sip.SipDialler
) -> tuple[CallNews | None, bool]:
    last: CallNews | None = None
    answered, until = False, time.monotonic() + patience
    while True:
        news = ears.wait(until - time.monotonic())
        if news is None:
            dialler.hang_up()
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
