"""Where shipped files and the station's data lie, from source, wheel or frozen program alike."""

from __future__ import annotations

import sys
from pathlib import Path

import platformdirs


def _shipped(name: str) -> Path:
    package = Path(__file__).resolve().parents[1]
    frozen = getattr(sys, "_MEIPASS", None)
    candidates = [package / "_data" / name, package.parent / name]
    if frozen:
        candidates.insert(0, Path(frozen) / name)
    for path in candidates:
        if path.is_dir():
            return path
    raise FileNotFoundError(name)


def resources() -> Path:
    """The folder of shipped programmes, translations, licences and `verify_draw.py`."""
    return _shipped("resources")


def migrations() -> Path:
    """The folder of the schema's migration scripts."""
    return _shipped("migrations")


def default_data_folder() -> Path:
    """The user's data folder for this program by the platform's custom."""
    return Path(platformdirs.user_data_dir("cati", appauthor=False))
