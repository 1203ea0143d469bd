"""What window and telephone process tell each other, as lines of JSON between two typed ends."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from cati.domain.phone import CallNews, CallState, EarNews, LineNews, PhoneAccount, PhoneNews, Transport

Words = dict[str, Any]
_KINDS: dict[type[PhoneNews], str] = {CallNews: "call", LineNews: "line", EarNews: "ear"}


def register(account: PhoneAccount) -> Words:
    """The command to be known to an exchange from now on."""
    return {"do": "register", **asdict(account)}


def account_of(command: Words) -> PhoneAccount:
    """The account of a command made by `register`."""
    facts = {name: value for name, value in command.items() if name != "do"}
    facts["transport"], facts["codecs"] = Transport(facts["transport"]), tuple(facts["codecs"])
    return PhoneAccount(**facts)


def dial(call: int, number: str) -> Words:
    """The command to call a number (digits as the exchange takes them), under a number of its own."""
    return {"do": "dial", "call": call, "number": number}


def hang_up() -> Words:
    """The command to end the call, if there is one."""
    return {"do": "hang_up"}


def press(digits: str) -> Words:
    """The command to send the tones of keys (RFC 4733)."""
    return {"do": "press", "digits": digits}


def mute(on: bool) -> Words:
    """The command to let the other side hear nothing, and what is said here be recorded as silence."""
    return {"do": "mute", "on": on}


def hold(on: bool) -> Words:
    """The command to put the call on hold, or to take it up again."""
    return {"do": "hold", "on": on}


def event(news: PhoneNews) -> Words:
    """News as an event of the process."""
    return {"is": _KINDS[type(news)], **asdict(news)}


def news_of(words: Words) -> PhoneNews | None:
    """The news of an event made by `event`; None when it is about something else."""
    facts = {name: value for name, value in words.items() if name != "is"}
    match words["is"]:
        case "call":
            return CallNews(**{**facts, "state": CallState(facts["state"])})
        case "line":
            return LineNews(**facts)
        case "ear":
            return EarNews(**facts)
    return None
