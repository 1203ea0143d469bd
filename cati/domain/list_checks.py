"""What is looked at in a list as a whole: its serial numbers, and the areas its people are in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cati.domain.phones import clean_text
from cati.domain.programmes import Area


@dataclass(frozen=True, slots=True)
class SerialBreak:
    """Where the serial numbers of a list first do not go on from 1 by one.

    Attributes:
        row: of the sheet.
        expected: the number that should stand there.
        found: what stands there.
        count: how often they do not go on.
    """

    row: int
    expected: int
    found: str
    count: int


@dataclass(frozen=True, slots=True)
class ListFindings:
    """What was found about a list as a whole; nothing, if all is well.

    Attributes:
        missing_areas: names of the programme's areas nobody of the list is in, where it has to cover them.
    """

    serials: SerialBreak | None = None
    missing_areas: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As scripts and the database have it; only what was found."""
        found: dict[str, Any] = {}
        if self.serials is not None:
            one = self.serials
            found["serials"] = {
                "row": one.row, "expected": one.expected, "found": one.found, "count": one.count
            }  # fmt: skip
        if self.missing_areas:
            found["missing_areas"] = list(self.missing_areas)
        return found

    @classmethod
    def of(cls, document: Mapping[str, Any] | None) -> ListFindings:
        """The findings `as_json` wrote; None is of a list that was not looked at."""
        document = document or {}
        serials = document.get("serials")
        return cls(SerialBreak(**serials) if serials else None, tuple(document.get("missing_areas", ())))


NOTHING = ListFindings()

SIZE, AREAS = "size", "areas"
EXEMPTED = (SIZE, AREAS)
"""What a list may be exempted from: its smallest size, or covering all areas."""


@dataclass(frozen=True, slots=True)
class Exemption:
    """What the list of a unit and group (codes) need not meet.

    Attributes:
        kind: one of `EXEMPTED`.
        granted_by: who decided so.
        document: its number.
        at: when it was written down (aware).
    """

    unit: str
    group: str
    kind: str
    granted_by: str
    document: str
    reason: str
    at: datetime


class Serials:
    """Watches serial numbers go from 1 by one, as they have to (Guangxi 2015, 填报要求2).

    After a break it goes on from the number that stands there, so that one missing number is one break.
    """

    def __init__(self) -> None:
        self._next = 1
        self._first: tuple[int, int, str] | None = None
        self._count = 0

    def see(self, row: int, cell: object) -> None:
        """Look at the serial number of the next row of a list, which is that row of the sheet."""
        if cell == self._next:
            self._next += 1
            return
        text = clean_text(cell)
        number = int(text) if text.isdecimal() else None
        if number != self._next:
            self._count += 1
            self._first = self._first or (row, self._next, text)
        self._next = (self._next if number is None else number) + 1

    @property
    def found(self) -> SerialBreak | None:
        """None while all go on."""
        return SerialBreak(*self._first, self._count) if self._first is not None else None


class Coverage:
    """Watches which areas the addresses of a list name.

    Args:
        areas: that have to be named.
    """

    def __init__(self, areas: Sequence[Area]) -> None:
        self._names = [area.name for area in areas]
        self._open = {area.name: (area.name, *area.aliases) for area in areas}

    def see(self, address: str) -> None:
        """Look at the address of one person."""
        found = [name for name, words in self._open.items() if any(word in address for word in words)]
        for name in found:
            del self._open[name]

    @property
    def missing(self) -> tuple[str, ...]:
        """Areas that were not named yet, in the programme's order."""
        return tuple(name for name in self._names if name in self._open)
