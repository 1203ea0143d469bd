"""Every screen at every size: which looks are taken, and what of them has no room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cati.gui import theme
from tests.gui.fits import clipped, scrolled
from tests.gui.tour import Stop

# What a title bar and a task bar leave of the usual screens, px.
SMALL, MIDDLE, LARGE = (1366, 690), (1920, 1002), (2560, 1362)


class Look(NamedTuple):
    """A window at a size in px, a scale, a colour mode; whether it may scroll what has no room."""

    size: tuple[int, int]
    scale: float
    mode: str = "light"
    may_scroll: bool = False


def lacking(stops: Iterable[Stop], looks: Sequence[Look]) -> Iterator[tuple[object, ...]]:
    """All that has no room: screen, look and text."""
    for name, window in stops:
        for look in looks:
            theme.use(look.mode, look.scale)
            window.resize(*look.size)
            found = clipped(window)
            if not look.may_scroll:
                found += scrolled(window)
            if window.size().toTuple() != look.size:
                yield name, look, window.size().toTuple()
            for clip in found:
                yield name, look, clip
        theme.use("light", 1.0)
        window.resize(*SMALL)
