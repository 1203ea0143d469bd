"""Sound on its way from one station to another: sealed by a key that is used once, for one listening."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12


def new_key() -> bytes:
    """A fresh key for one listening."""
    return AESGCM.generate_key(8 * KEY_BYTES)


def seal_piece(key: bytes, listening_id: str, seq: int, piece: bytes) -> bytes:
    """Seal one piece; it opens under its own number of its own listening only.

    Args:
        key: `KEY_BYTES`.
        listening_id: uuid of the listening.
        seq: 1, 2, 3 …
        piece: any bytes.
    """
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, piece, _about(listening_id, seq))


def open_piece(key: bytes, listening_id: str, seq: int, sealed: bytes) -> bytes | None:
    """What `seal_piece` was given; None for what was changed or is another's."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _about(listening_id, seq))
    except (InvalidTag, ValueError):
        return None


def _about(listening_id: str, seq: int) -> bytes:
    return f"{listening_id} {seq}".encode()
