"""A user's private key locked with the password, and what a password must be."""

from __future__ import annotations

import unicodedata
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from nacl import pwhash
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from nacl.utils import random

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_

MINIMUM_LENGTH = 8
_MINIMUM_DIFFERENT = 4


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess of a password costs.

    Attributes:
        passes: Argon2id passes, >= 1.
        memory_kib: Argon2id memory in KiB, >= 8.
    """

    passes: int
    memory_kib: int


COST = Cost(passes=3, memory_kib=64 * 1024)
"""Cost of new locks (RFC 9106, section 4, second recommended option, one lane); tests lower it."""


def check_password(password: str, login: str) -> None:
    """Refuse a password that is guessed at once.

    Args:
        password: as typed.
        login: the user's login, which the password may not be.

    Raises:
        CatiError: ``password_too_short`` under `MINIMUM_LENGTH` characters, ``password_too_simple`` for
            the login itself, fewer than four different characters or a plain run such as 12345678.
    """
    if len(password) < MINIMUM_LENGTH:
        raise CatiError(
            "password_too_short",
            N_("The password is too short; nothing was changed. Take at least {minimum} characters."),
            minimum=MINIMUM_LENGTH,
        )
    plain = folded(password).lower()
    steps = {ord(after) - ord(before) for before, after in pairwise(plain)}
    run = steps in ({1}, {-1})
    if plain == folded(login).lower() or len(set(plain)) < _MINIMUM_DIFFERENT or run:
        raise CatiError(
            "password_too_simple",
            N_(
                "The password is too easy to guess; nothing was changed. Take one that is not the login, "
                "not a run such as 12345678, and has at least {different} different characters."
            ),
            different=_MINIMUM_DIFFERENT,
        )


@dataclass(frozen=True, slots=True)
class LockedKey:
    """A private key as it is stored.

    Attributes:
        box: the key encrypted under the stretched password (libsodium secret box).
        parameters: how the password was stretched, as JSON: scheme, passes, memory_kib, salt (base64).
    """

    box: bytes
    parameters: dict[str, Any]


DECOY = LockedKey(
    bytes(SecretBox.NONCE_SIZE + SecretBox.MACBYTES + SecretBox.KEY_SIZE),
    {"scheme": "argon2id", "salt": b64encode(bytes(pwhash.argon2id.SALTBYTES)).decode(), **asdict(COST)},
)
"""No password opens it; trying one takes as long as for a real user."""


def lock(private: bytes, password: str) -> LockedKey:
    """Lock a private key with a password at the present `COST`."""
    salt = random(pwhash.argon2id.SALTBYTES)
    box = SecretBox(_stretched(password, salt, COST)).encrypt(private)
    parameters = {"scheme": "argon2id", "salt": b64encode(salt).decode(), **asdict(COST)}
    return LockedKey(bytes(box), parameters)


def unlock(locked: LockedKey, password: str) -> bytes | None:
    """The private key, or None when the password is wrong."""
    how = locked.parameters
    if how["scheme"] != "argon2id":
        raise ValueError("unknown way of locking")
    key = _stretched(password, b64decode(how["salt"]), Cost(how["passes"], how["memory_kib"]))
    try:
        return SecretBox(key).decrypt(locked.box)
    except CryptoError:
        return None


def _stretched(password: str, salt: bytes, cost: Cost) -> bytes:
    return pwhash.argon2id.kdf(
        SecretBox.KEY_SIZE,
        folded(password).encode(),
        salt,
        opslimit=cost.passes,
        memlimit=cost.memory_kib * 1024,
    )


def folded(text: str) -> str:
    """A password as it counts: however wide it was typed."""
    # A Chinese input method may type full-width letters and digits: they are the same password.
    return unicodedata.normalize("NFKC", text)
