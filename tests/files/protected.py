"""Workbooks protected with a password, as Excel writes them but for the time it takes to try one."""

from __future__ import annotations

import io
from pathlib import Path

from msoffcrypto.method.ecma376_agile import ECMA376Agile

SPINS = 500
"""Excel hashes a password 100,000 times."""


def protect(path: Path, password: str) -> Path:
    """The same .xlsx file, from now on protected."""
    locked: bytes = ECMA376Agile.encrypt(password, io.BytesIO(path.read_bytes()), spin_count=SPINS)
    path.write_bytes(locked)
    return path
