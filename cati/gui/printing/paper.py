"""What a printed paper says, before it is laid out on pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

BODY, SMALL, TINY, LEAD, TITLE = 34, 28, 24, 42, 60
"""Sizes of letters, in tenths of a millimetre."""


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph.

    Attributes:
        size: of the letters, tenths of a millimetre.
        before: free space above it, tenths of a millimetre; none at the top of a page.
    """

    text: str
    size: int = BODY
    bold: bool = False
    before: int = 20


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with their values, one below the other; a value that is a hash stands in letters of one width."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Head:
    """Head of a column.

    Attributes:
        width: share of the table's width, in any unit.
        figure: its cells stand at the right.
        mono: its cells are hashes.
    """

    words: str
    width: float
    figure: bool = False
    mono: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; its heads are repeated on every page, and a row is never parted.

    Attributes:
        rows: cells in the order of the heads.
        strong: numbers of rows in bold, such as sums.
        size: of the letters, tenths of a millimetre.
        nothing: said in place of rows when there are none.
        least: height of a row at least, tenths of a millimetre; room for a signature.
        side: free space at the sides of a cell, tenths of a millimetre.
    """

    heads: Sequence[Head]
    rows: Sequence[Sequence[str]] = field(repr=False)
    strong: frozenset[int] = frozenset()
    size: int = SMALL
    nothing: str = ""
    least: int = 0
    side: int = 12


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code with words beside it.

    Attributes:
        holds: what a phone reads from it.
        lines: the first one in bold.
    """

    holds: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Signatures:
    """Places to sign and date, side by side."""

    names: Sequence[str]


Block = Words | Facts | Grid | Code | Signatures


@dataclass(frozen=True, slots=True)
class Part:
    """What begins on a page of its own.

    Attributes:
        title: in large letters on its first page.
        under: a line below the title, or empty.
        landscape: whether its pages lie.
    """

    title: str
    blocks: Sequence[Block]
    under: str = ""
    landscape: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of one or several parts.

    Attributes:
        bureau, programme: in the heading of every page; empty without one.
        made: when, by whom and by what it was made; in the foot of every page.
    """

    title: str
    bureau: str
    programme: str
    made: str
    parts: Sequence[Part]
