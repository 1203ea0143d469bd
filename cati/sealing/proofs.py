"""Proof of who wrote something down, for a server to check that has nothing but hashes to do so.

PostgreSQL itself verifies no signatures, so the proof is an HMAC-SHA256 (RFC 2104) under a key that follows
from the user's own private key. The server keeps the key's two padded halves where nobody but one function
reads them. Whoever rules the server could forge a proof, but could write the row itself as well; a colleague
at the same station, to whom the station's files are open, can neither forge nor change one.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_BLOCK_BYTES = 64
_INNER, _OUTER = 0x36, 0x5C


class ProofKey:
    """Proves what one user wrote.

    Args:
        private: the private half of the user's own key pair.
    """

    __slots__ = ("_secret",)

    def __init__(self, private: bytes) -> None:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"cati proof of writer 1")
        self._secret = derived.derive(private)

    def __repr__(self) -> str:
        return "ProofKey(…)"

    @property
    def halves(self) -> tuple[bytes, bytes]:
        """The key as the inner and the outer hash begin with it, 64 bytes each."""
        block = self._secret.ljust(_BLOCK_BYTES, b"\0")
        return bytes(byte ^ _INNER for byte in block), bytes(byte ^ _OUTER for byte in block)

    def prove(self, written: bytes) -> bytes:
        """32 bytes that only this key gives for these bytes."""
        return hmac.digest(self._secret, written, sha256)
