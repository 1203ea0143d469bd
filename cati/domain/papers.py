"""What a document holds, from top to bottom, whatever kind of file it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

Value: TypeAlias = str | int | Fraction | None
"""What stands in a cell of a table: words, a whole number, a figure with two decimals, or nothing."""

WITHHELD = "*"
"""Stands where a figure would tell about too few people."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A line over what follows; level 1 is the outermost."""

    text: str
    level: int = 1


class Tone(StrEnum):
    """How a paragraph is set."""

    BODY = "body"
    NOTE = "note"
    """Smaller, such as below a table."""
    WARNING = "warning"
    """To be seen before all else."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some sentences."""

    text: str
    tone: Tone = Tone.BODY


@dataclass(frozen=True, slots=True)
class Grid:
    """A table.

    Attributes:
        name: what it shows.
        caption: over it, with its number.
        heading: of the columns.
        rows: from left to right.
        widths: of the columns, in shares of the page; empty shares it evenly.
    """

    name: str
    caption: str
    heading: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    widths: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Bars:
    """One figure for each line of a chart.

    Attributes:
        values: None leaves a line without a bar.
        intervals: around the values, None without any.
    """

    name: str
    values: tuple[float | None, ...]
    intervals: tuple[tuple[float, float] | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of horizontal bars, the first line at the top."""

    caption: str
    lines: tuple[str, ...]
    bars: tuple[Bars, ...]


Block: TypeAlias = Heading | Paragraph | Grid | Chart


@dataclass(frozen=True, slots=True)
class Annex:
    """Begins a page of its own, after the document proper."""

    title: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A document.

    Attributes:
        title: in its middle at the top.
        below: lines under the title, such as who made it and when.
        blocks: what it holds.
        language: it is written in, such as ``zh_CN``.
        made_on: when it was written.
        author: whose paper it is.
    """

    title: str
    below: tuple[str, ...]
    blocks: tuple[Block | Annex, ...]
    language: str
    made_on: date
    author: str

    @property
    def grids(self) -> Sequence[Grid]:
        """Its tables."""
        return [block for block in self.blocks if isinstance(block, Grid)]
