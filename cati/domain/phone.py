"""A telephone account of an exchange, and what becomes of calls made with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate

CODECS = ("G722", "PCMA", "PCMU")
"""Ways to carry the voice, best first: 7 kHz wide; as Chinese and European networks do; as American ones."""
RING_SECONDS = 45
_SERVER = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:(?P<port>\d{1,5}))?")
_USER = re.compile(r"[A-Za-z0-9._+*#-]{1,64}")
_DIALLED = re.compile(r"\+?[0-9*#]{1,32}")


class Transport(StrEnum):
    """How signalling reaches the exchange."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class PhoneAccount:
    """What an exchange knows this telephone by.

    Attributes:
        server: host or host:port of the exchange.
        user: name at the exchange, often the extension.
        secret: its password; never printed.
        codecs: of `CODECS`, the one wished for most first.
        encrypted: calls are made only where the voice is encrypted (SRTP, RFC 4568).
        authority: file of the certificates by which the exchange proves its name, for `Transport.TLS`.
        outside: dialled before every number to get a line out; often empty, 0 or 9.
        ring_seconds: how long it may ring before it is given up.
        address: of this computer that is used for calls, "" for any.
        test_number: the only one that test calls ring, a telephone of the bureau; "" for none yet.
        pause_seconds: after an outcome was stored until the next case is dialled by itself, 0 for never.
        test_daily: a test call is offered at the beginning of each day, not only after a change.
    """

    server: str
    user: str
    secret: str = field(default="", repr=False)
    transport: Transport = Transport.UDP
    codecs: tuple[str, ...] = CODECS
    encrypted: bool = False
    authority: str = ""
    outside: str = ""
    ring_seconds: int = RING_SECONDS
    address: str = ""
    test_number: str = ""
    test_daily: bool = False
    pause_seconds: int = 0


SETTINGS = {
    "server": N_("exchange"),
    "user": N_("telephone's name"),
    "codecs": N_("codecs"),
    "outside": N_("outside line"),
    "ring_seconds": N_("seconds of ringing"),
    "encrypted": N_("encrypted voice"),
    "authority": N_("file of certificates"),
    "test_number": N_("test number"),
    "pause_seconds": N_("seconds until the next is dialled"),
}
"""What settings that can be wrong are called, to be translated."""


def check_account(account: PhoneAccount) -> None:
    """Refuse an account that cannot be one.

    Raises:
        CatiError: ``phone_account``, naming the setting.
    """
    server = _SERVER.fullmatch(account.server)
    right = {
        "server": server is not None and int(server["port"] or 5060) in range(1, 65536),
        "user": _USER.fullmatch(account.user) is not None,
        "codecs": bool(account.codecs) and set(account.codecs) <= set(CODECS),
        "outside": not account.outside or _DIALLED.fullmatch(account.outside) is not None,
        "test_number": not account.test_number or _DIALLED.fullmatch(account.test_number) is not None,
        "pause_seconds": account.pause_seconds in (0, *range(3, 121)),
        "ring_seconds": account.ring_seconds in range(10, 181),
        # Keys that travel in the open keep nothing secret.
        "encrypted": not account.encrypted or account.transport is Transport.TLS,
        "authority": bool(account.authority) == (account.transport is Transport.TLS),
    }
    wrong = next((name for name, fits in right.items() if not fits), None)
    if wrong is not None:
        raise CatiError(
            "phone_account",
            N_(
                "The telephone's setting “{name}” does not fit. Nothing was changed. A server is HOST or "
                "HOST:PORT; the user has letters and digits; outside line and test number are digits; "
                "ringing lasts 10 to 180 seconds, the pause before the next call 3 to 120 or 0; TLS and "
                "nothing else needs a file of certificates; an encrypted voice needs TLS."
            ),
            name=translate(SETTINGS[wrong]),
        )


def dialled(account: PhoneAccount, number: str) -> str:
    """What is sent to the exchange for a number.

    Args:
        account: of the exchange.
        number: digits as they are dialled from the bureau's own line.

    Raises:
        CatiError: ``phone_number``: there is something in it that no telephone dials.
    """
    if _DIALLED.fullmatch(number) is None:
        raise CatiError(
            "phone_number", N_("That is no number to dial. Nobody was called. Type digits, * or # only.")
        )
    return account.outside + number


class CallState(StrEnum):
    """Where a call stands."""

    DIALLING = "dialling"
    RINGING = "ringing"
    EARLY = "early"
    """The network speaks before somebody answers, such as an announcement."""
    CONNECTED = "connected"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class CallNews:
    """What became of a call.

    Attributes:
        call: number of the call since the telephone was started, 1, 2, 3 …
        code: the latest answer of the network (RFC 3261, 21), 0 before the first.
        cause: why the call ended in the words of the telephone network (ITU-T Q.850), None if it did not say.
        by_us: it was ended here.
        codec: what carries the voice, "" before it is agreed.
        secure: the voice is encrypted.
    """

    call: int
    state: CallState
    code: int = 0
    cause: int | None = None
    by_us: bool = False
    codec: str = ""
    secure: bool = False


@dataclass(frozen=True, slots=True)
class LineNews:
    """Whether the exchange knows this telephone.

    Attributes:
        registered: calls can be made.
        code: the exchange's answer, 0 before the first and when the telephone cannot be started.
        reason: in the exchange's own words, or why the telephone cannot be started.
        shown: number that is shown to whoever is called (RFC 7315, P-Associated-URI), "" if it did not say.
    """

    registered: bool
    code: int = 0
    reason: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True)
class EarNews:
    """Whether the operator can hear the line.

    Attributes:
        there: a loudspeaker plays it; False while there is none, of a call that goes on all the same.
    """

    there: bool


PhoneNews = CallNews | LineNews | EarNews
