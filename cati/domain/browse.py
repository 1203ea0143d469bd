"""Looking through cases, attempts and recordings: which ones, in what order, and ids in little room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import overload

from cati.domain.queue import CaseState

_WIDE = 16


class Order(StrEnum):
    """What a list is put in order by; each is served by an index."""

    TICKET = "ticket"
    """Cases: unit, group, then place in the order by lot."""
    NUMBER = "number"
    """Cases: the number of the case."""
    DUE = "due"
    """Cases: those that wait for a time first, by it; then all others."""
    TIME = "time"
    """Attempts and recordings: when they began."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What is wanted; whatever is empty leaves nothing out.

    Attributes:
        unit, group: codes.
        state: of the case.
        disposition: of the case, or of the attempt.
        operator: row number of who dialled.
        since, until: begin of the attempt or recording, or of any attempt of the case, in [since, until).
        faulty: only recordings that are not complete or had a problem, and attempts with such a one.
        cases: only these, as found by a number or a name.
    """

    unit: str = ""
    group: str = ""
    state: CaseState | None = None
    disposition: str = ""
    operator: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    faulty: bool = False
    cases: tuple[int, ...] | None = None


class Uuids(Sequence[str]):
    """Many uuids in 16 bytes each.

    Args:
        ids: in the usual writing, lower case with dashes.
    """

    def __init__(self, ids: Iterable[str] = ()) -> None:
        self._packed = bytearray()
        self.extend(ids)

    def extend(self, ids: Iterable[str]) -> None:
        """Add some at the end."""
        self._packed += bytes.fromhex("".join(ids).replace("-", ""))

    def __len__(self) -> int:
        return len(self._packed) // _WIDE

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self._at(nth) for nth in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        return self._at(place % len(self))

    def _at(self, place: int) -> str:
        h = self._packed[place * _WIDE : (place + 1) * _WIDE].hex()
        return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"

    def index(self, value: str, start: int = 0, stop: int | None = None) -> int:
        """Place of the first one that is `value`, looked for from `start`.

        Raises:
            ValueError: there is none.
        """
        wanted = bytes.fromhex(value.replace("-", ""))
        found = self._packed.find(wanted, start * _WIDE)
        while found % _WIDE and found >= 0:
            found = self._packed.find(wanted, found + 1)
        if found < 0 or (stop is not None and found // _WIDE >= stop):
            raise ValueError(value)
        return found // _WIDE
