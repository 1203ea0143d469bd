"""Workbooks protected with a password, as Excel writes them."""

from __future__ import annotations

import io
from pathlib import Path

from msoffcrypto.format.ooxml import OOXMLFile


def protect(path: Path, password: str) -> Path:
    """The same .xlsx file, from now on protected."""
    plain, locked = io.BytesIO(path.read_bytes()), io.BytesIO()
    OOXMLFile(plain).encrypt(password, locked)
    path.write_bytes(locked.getvalue())
    return path
