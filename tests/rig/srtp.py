"""Encrypted voice: SRTP with AES_CM_128_HMAC_SHA1_80 (RFC 3711), its keys in the SDP (RFC 4568)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SUITE = "AES_CM_128_HMAC_SHA1_80"
_KEY, _SALT, _TAG, _HEAD = 16, 14, 10, 12


class Direction:
    """One direction of a call.

    Args:
        secret: master key and master salt.
    """

    def __init__(self, secret: bytes) -> None:
        self.secret = secret
        key, salt = secret[:_KEY], secret[_KEY:]

        def derived(label: int, size: int) -> bytes:
            start = bytearray(salt + bytes(2))
            start[7] ^= label
            return _stream(key, bytes(start), bytes(size))

        self._key, self._proof, self._salt = derived(0, _KEY), derived(1, 20), derived(2, _SALT)
        self._rounds = self._last = 0

    @property
    def words(self) -> str:
        """As it stands in an SDP."""
        return f"{SUITE} inline:{base64.b64encode(self.secret).decode()}"

    def seal(self, packet: bytes) -> bytes:
        voice = self._turned(packet)
        return voice + self._sign(voice)

    def open(self, packet: bytes) -> bytes | None:
        """None when it was not sealed with this key."""
        number = struct.unpack("!H", packet[2:4])[0]
        if self._last > 0xC000 and number < 0x4000:
            self._rounds += 1
        self._last = number
        body, tag = packet[:-_TAG], packet[-_TAG:]
        return self._turned(body) if hmac.compare_digest(tag, self._sign(body)) else None

    def _turned(self, packet: bytes) -> bytes:
        number, source = struct.unpack("!xxH4x4s", packet[:_HEAD])
        place = struct.pack("!IH", self._rounds, number)
        mask = bytes(4) + source + place + bytes(2)
        start = bytes(a ^ b for a, b in zip(self._salt + bytes(2), mask, strict=True))
        return packet[:_HEAD] + _stream(self._key, start, packet[_HEAD:])

    def _sign(self, packet: bytes) -> bytes:
        return hmac.digest(self._proof, packet + struct.pack("!I", self._rounds), hashlib.sha1)[:_TAG]


def _stream(key: bytes, start: bytes, data: bytes) -> bytes:
    return Cipher(algorithms.AES(key), modes.CTR(start)).encryptor().update(data)


def offered(sdp: str) -> tuple[str, Direction] | None:
    """Number and key of the suite known here, of those a telephone offers."""
    found = re.search(rf"a=crypto:(\d+) {SUITE} inline:([\w+/=]+)", sdp)
    return (found[1], Direction(base64.b64decode(found[2]))) if found else None


def fresh() -> Direction:
    """A direction with a key of its own."""
    return Direction(os.urandom(_KEY + _SALT))
