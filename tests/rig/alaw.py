"""The voice as telephone networks carry it: A-law of ITU-T G.711."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def _expand(code: int) -> int:
    code ^= 0x55
    exponent, mantissa = (code & 0x70) >> 4, code & 0x0F
    size = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << (exponent - 1)
    return size if code & 0x80 else -size


_LEVELS = np.array([_expand(code) for code in range(256)], np.int16)
_ORDER = np.argsort(_LEVELS, kind="stable")
_SORTED = _LEVELS[_ORDER].astype(np.int32)


def decode(voice: bytes) -> NDArray[np.int16]:
    """Samples at 8 kHz."""
    return _LEVELS[np.frombuffer(voice, np.uint8)]


def encode(samples: NDArray[np.int16]) -> bytes:
    """The nearest level of each sample at 8 kHz."""
    wide = samples.astype(np.int32)
    above = np.clip(np.searchsorted(_SORTED, wide), 1, 255)
    nearest = np.where(wide - _SORTED[above - 1] <= _SORTED[above] - wide, above - 1, above)
    return _ORDER[nearest].astype(np.uint8).tobytes()
