"""What one station seals for itself: writes that wait for the server."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_

STATION_KEY_BYTES = 32
_NONCE_BYTES = 12


class StationKey:
    """Seals with AES-256-GCM under random nonces.

    Args:
        secret: `STATION_KEY_BYTES` random bytes.
    """

    __slots__ = ("_aead",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) != STATION_KEY_BYTES:
            raise ValueError("a station key has 32 bytes")
        self._aead = AESGCM(secret)

    def __repr__(self) -> str:
        return "StationKey(…)"

    def seal(self, plain: bytes, *, bound_to: bytes) -> bytes:
        """Encrypt `plain`; opening it with another `bound_to` fails."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, plain, bound_to)

    def open(self, sealed: bytes, *, bound_to: bytes) -> bytes:
        """What `seal` was given.

        Raises:
            CatiError: ``outbox_unreadable`` for a wrong key, a wrong place or a changed blob.
        """
        try:
            return self._aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to)
        except (InvalidTag, ValueError):
            raise CatiError(
                "outbox_unreadable",
                N_(
                    "What waits on this station for the server cannot be opened: the file or its key was "
                    "changed. It was left as it is. Put outbox.db and outbox.key of this station back "
                    "together, or ask whoever looks after the program."
                ),
            ) from None


def new_station_key() -> bytes:
    """Fresh random bytes for a `StationKey`."""
    return os.urandom(STATION_KEY_BYTES)
