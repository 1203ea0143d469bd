"""Names and numbers under a programme's contact key: keyed hashes to find them, sealed blobs to dial them."""

from __future__ import annotations

import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_

SECRET_BYTES = 32
HASH_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
_FORMAT = b"\x01"
_FRAME_BYTES = len(_FORMAT) + _NONCE_BYTES + _TAG_BYTES


def new_secret() -> bytes:
    """A fresh contact secret of `SECRET_BYTES` random bytes."""
    return os.urandom(SECRET_BYTES)


class ContactKey:
    """What one programme's contact secret can do; the secret itself is not kept.

    HKDF-SHA256 (RFC 5869) gives three keys that know nothing of each other: one to seal, one to hash
    numbers, one for further pseudonyms.

    Args:
        secret: `SECRET_BYTES` random bytes.
    """

    __slots__ = ("_aead", "_number_mac", "_token_key")

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SECRET_BYTES:
            raise ValueError("a contact secret has 32 bytes")
        self._aead = AESGCM(_derived(secret, b"cati contact seal 1"))
        self._number_mac = HMAC(_derived(secret, b"cati contact number 1"), SHA256())
        self._token_key = _derived(secret, b"cati contact token 1")

    def __repr__(self) -> str:
        return "ContactKey(…)"

    def number_hash(self, e164: str) -> bytes:
        """The keyed hash by which a number is found again: `HASH_BYTES` of HMAC-SHA256.

        Args:
            e164: the number as ``+8613…``; an extension is no part of it.
        """
        # A copy of a keyed one is made in half the time that keying takes, and a list may have a million.
        mac = self._number_mac.copy()
        mac.update(e164.encode())
        return mac.finalize()

    def token(self, purpose: str, data: bytes) -> bytes:
        """A pseudonym of `data` that cannot be linked to one made for another purpose.

        Args:
            purpose: short fixed name such as ``refusal``, without a NUL character.
            data: what is named.

        Returns:
            `HASH_BYTES` of HMAC-SHA256 over the purpose, a zero byte and the data.
        """
        if "\0" in purpose:
            raise ValueError("a purpose holds no NUL character")
        return hmac.digest(self._token_key, purpose.encode() + b"\0" + data, "sha256")

    def seal(self, plain: bytes, *, bound_to: bytes) -> bytes:
        """Encrypt `plain` with AES-256-GCM under a random nonce.

        Args:
            plain: any bytes.
            bound_to: where the blob belongs, such as its number hash; opening it elsewhere fails.
        """
        nonce = os.urandom(_NONCE_BYTES)
        return _FORMAT + nonce + self._aead.encrypt(nonce, plain, bound_to)

    def open(self, sealed: bytes, *, bound_to: bytes) -> bytes:
        """What `seal` was given.

        Raises:
            CatiError: ``contact_unreadable`` for a wrong key, a wrong place or a changed blob.
        """
        if len(sealed) < _FRAME_BYTES or not sealed.startswith(_FORMAT):
            raise _unreadable()
        nonce = sealed[len(_FORMAT) : len(_FORMAT) + _NONCE_BYTES]
        try:
            return self._aead.decrypt(nonce, sealed[len(_FORMAT) + _NONCE_BYTES :], bound_to)
        except InvalidTag:
            raise _unreadable() from None


class RefusalKey:
    """What the bureau's refusal secret can do: name a number the same way in every programme.

    Args:
        secret: `SECRET_BYTES` random bytes.
    """

    __slots__ = ("_key",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SECRET_BYTES:
            raise ValueError("a refusal secret has 32 bytes")
        self._key = _derived(secret, b"cati refusal number 1")

    def __repr__(self) -> str:
        return "RefusalKey(…)"

    def number_hash(self, e164: str) -> bytes:
        """The keyed hash by which a wish is found again: `HASH_BYTES` of HMAC-SHA256.

        Args:
            e164: the number as ``+8613…``; an extension is no part of it.
        """
        return hmac.digest(self._key, e164.encode(), "sha256")


def _derived(secret: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)


def _unreadable() -> CatiError:
    return CatiError(
        "contact_unreadable",
        N_(
            "A sealed contact cannot be opened: it was changed, or it belongs to another programme. "
            "It was left as it is. Restore it from a backup, or import the list again."
        ),
    )
