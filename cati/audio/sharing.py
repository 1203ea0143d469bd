"""A call's sound for somebody who listens to it while it runs: encoded a little at a time, and sealed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from cati.audio.codec import BLOCK_FRAMES, Samples, make_codec
from cati.sealing import passing

PIECE_BLOCKS = 8
"""Blocks of 20 ms in one piece: as many as keep what is heard well under a second behind."""
_LAST = 0x80


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece as the listener opens it.

    Attributes:
        channels: of the recording, 1 or 2.
        coded: its sound in Opus; empty in the last one.
        last: the recording has ended.
    """

    channels: int
    coded: bytes
    last: bool


class Share:
    """Gives one listener what is recorded, from now to the recording's end.

    Args:
        listening_id: uuid.
        key: of this listening, used for nothing else.
        channels: of the recording.
        post: takes events; must return at once.
    """

    def __init__(
        self, listening_id: str, key: bytes, channels: int, post: Callable[[dict[str, Any]], None]
    ) -> None:
        self._id, self._key, self._channels, self._post = listening_id, key, channels, post
        self._codec = make_codec("opus", channels)
        self._pending = np.zeros((0, channels), np.int16)
        self._seq = 0

    def hear(self, samples: Samples) -> None:
        """Take the next sound, frames × channels."""
        self._pending = np.concatenate([self._pending, samples])
        frames = PIECE_BLOCKS * BLOCK_FRAMES
        while len(self._pending) >= frames:
            piece, self._pending = np.split(self._pending, [frames])
            self._give(bytes([self._channels]) + self._codec.encode(piece))

    def end(self) -> None:
        """There is nothing more."""
        self._give(bytes([self._channels | _LAST]))

    def _give(self, piece: bytes) -> None:
        self._seq += 1
        sealed = passing.seal_piece(self._key, self._id, self._seq, piece)
        self._post({"is": "shared", "id": self._id, "seq": self._seq, "sealed": b64encode(sealed).decode()})


def opened(key: bytes, listening_id: str, seq: int, sealed: bytes) -> Piece | None:
    """A piece that `Share` gave; None for what it did not."""
    piece = passing.open_piece(key, listening_id, seq, sealed)
    if not piece:
        return None
    return Piece(piece[0] & ~_LAST, piece[1:], bool(piece[0] & _LAST))


def decoded(pieces: Iterator[Piece], channels: int) -> Iterator[Samples]:
    """The sound of pieces as they come, frames × channels."""
    return make_codec("opus", channels).decode(piece.coded for piece in pieces)
