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


PLAIN = Look(SMALL, 1.0)
"""In which a walk goes on from screen to screen."""


def looks(modes: Sequence[str], scales: Sequence[float]) -> tuple[Look, ...]:
    """A small window in every mode at every scale; its middle may scroll."""
    return tuple(Look(SMALL, scale, mode, may_scroll=True) for scale in scales for mode in modes)


def lacking(stops: Iterable[Stop], looks: Sequence[Look]) -> Iterator[tuple[object, ...]]:
    """All that has no room: screen, look and text."""
    taken = None
    for name, window in stops:
        for look in looks:
            if look != taken:
                theme.use(look.mode, look.scale)
            taken = look
            window.resize(*look.size)
            found = clipped(window)
            if not look.may_scroll:
                found += scrolled(window)
            if window.size().toTuple() != look.size:
                yield name, look, window.size().toTuple()
            for clip in found:
                yield name, look, clip
        taken = PLAIN
        theme.use(taken.mode, taken.scale)
        window.resize(*taken.size)
