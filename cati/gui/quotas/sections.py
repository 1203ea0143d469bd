"""How the units of many series are laid on the map: two columns, and as many sections as that takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

BESIDE = 2
"""So many series have a column each, however long they are."""
LEAST = 3
"""A series is not split for fewer rows than this."""


class Chunk(NamedTuple):
    """Rows of one series that lie together.

    Attributes:
        series: its name.
        units: codes, from top to bottom.
    """

    series: str
    units: tuple[str, ...]


class Section(NamedTuple):
    """What is seen at once: chunks from top to bottom in the left and in the right column."""

    left: tuple[Chunk, ...]
    right: tuple[Chunk, ...]

    @property
    def columns(self) -> tuple[tuple[Chunk, ...], tuple[Chunk, ...]]:
        """Both columns."""
        return self.left, self.right


def sections(
    series: Mapping[str, Sequence[str]], rooms: tuple[float, float], head: float, line: float
) -> list[Section]:
    """Lay all units out, in order.

    Args:
        series: codes of its units by the name of each.
        rooms: heights of the left and of the right column.
        head: height above the rows of a chunk, with the gap before it.
        line: height of a row at least.
    """
    whole = [Chunk(name, tuple(units)) for name, units in series.items()]
    if len(whole) <= BESIDE:
        return [Section(tuple(whole[:1]), tuple(whole[1:]))]
    columns: list[list[Chunk]] = [[]]
    used = 0.0

    def lines_left(place: int, taken: float) -> int:
        return int((rooms[place % 2] - taken - head) // line)

    for name, units in whole:
        rest = units
        while rest:
            here, following = lines_left(len(columns) - 1, used), lines_left(len(columns), 0)
            if columns[-1] and here < len(rest) and (here < LEAST or len(rest) <= following):
                columns.append([])
                used = 0.0
                continue
            count = min(len(rest), max(here, LEAST))
            columns[-1].append(Chunk(name, rest[:count]))
            used += head + count * line
            rest = rest[count:]
    pairs = [columns[at : at + 2] for at in range(0, len(columns), 2)]
    return [Section(tuple(pair[0]), tuple(pair[1]) if len(pair) > 1 else ()) for pair in pairs]
