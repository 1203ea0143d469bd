"""Key pairs of users, recordings and recovery, and secrets sealed to them."""

from __future__ import annotations

from dataclasses import dataclass, field

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An X25519 key pair, `KEY_BYTES` each; printing it shows the public half only."""

    public: bytes
    private: bytes = field(repr=False)

    @classmethod
    def of(cls, private: bytes) -> KeyPair:
        """The pair that a private half belongs to."""
        return cls(bytes(PrivateKey(private).public_key), private)


def new_pair() -> KeyPair:
    """A fresh random key pair."""
    return KeyPair.of(bytes(PrivateKey.generate()))


def seal(secret: bytes, public: bytes) -> bytes:
    """Encrypt `secret` so that only the holder of the private half opens it (libsodium sealed box).

    Args:
        secret: any bytes.
        public: `KEY_BYTES` of the receiver's public half.
    """
    return SealedBox(PublicKey(public)).encrypt(secret)


def unseal(sealed: bytes, private: bytes) -> bytes:
    """What `seal` was given.

    Raises:
        CatiError: ``grant_unreadable`` when it was sealed to another key or changed.
    """
    try:
        return SealedBox(PrivateKey(private)).decrypt(sealed)
    except (CryptoError, ValueError):
        raise CatiError(
            "grant_unreadable",
            N_(
                "A key that was granted to this user cannot be opened: it was changed, or it was made for an "
                "earlier key of the user. It was left as it is. Ask somebody who holds it to grant it again."
            ),
        ) from None
