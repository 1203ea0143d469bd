"""The README's pictures can be taken, each of its own screen, and are small enough for a repository."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.flow import screenshots
from tests.rig.pulse import Pulse

MOST_BYTES = 100_000
README = Path(__file__).parents[2] / "README.md"


@pytest.mark.usefixtures("x_display")
@pytest.mark.long
def test_all_pictures_are_taken(tmp_path: Path, pulse: Pulse) -> None:
    screenshots.take(tmp_path, tmp_path / "data", pulse)
    pictures = [QImage(str(tmp_path / f"{name}.png")) for name in screenshots.NAMES]
    assert [picture.size().toTuple() for picture in pictures] == [(1366, 768)] * len(pictures)
    for nth, picture in enumerate(pictures):
        assert all(picture != other for other in pictures[nth + 1 :])


@pytest.mark.parametrize("name", screenshots.NAMES)
def test_the_shipped_pictures_are_small(name: str) -> None:
    shipped = README.parent / "resources" / "screenshots" / f"{name}.png"
    assert 0 < shipped.stat().st_size < MOST_BYTES
