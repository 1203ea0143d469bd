"""Ballots: what somebody ticked about several units at once, on paper or on a screen, without a name.

Yufeng 2024, annex 4, note 2: where several answers or none are ticked about a unit, that line is void.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from cati.domain.weighing import Pattern

NONE_TICKED, SEVERAL_TICKED = "-", "*"
"""What stands for the answer of an item without a tick, and with more than one."""

Line: TypeAlias = tuple[str, ...]
"""What a ballot says about one unit: the answer to each item in order, or one of the two marks."""

Ballots: TypeAlias = Mapping[int, Mapping[str, Line]]
"""The lines by number of the ballot and code of the unit."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where two keyings of the same ballots are not alike.

    Attributes:
        ballot: its number.
        unit: code.
        place: of the item, from 0.
        first: what was keyed first; None when the line was not keyed at all.
        second: what was keyed the other time.
    """

    ballot: int
    unit: str
    place: int
    first: str | None
    second: str | None


def is_void(line: Line) -> bool:
    """Whether nothing of a line counts: no item has exactly one tick."""
    return all(answer in (NONE_TICKED, SEVERAL_TICKED) for answer in line)


def packed(line: Line) -> str:
    """A line as one text; names of answers hold no blanks."""
    return " ".join(line)


def pattern(text: str) -> Pattern:
    """The answers of a packed line as they are scored: without exactly one tick an item was not answered."""
    return tuple(None if answer in (NONE_TICKED, SEVERAL_TICKED) else answer for answer in text.split(" "))


def differences(first: Ballots, second: Ballots, items: int) -> tuple[Difference, ...]:
    """Everything that two keyings of the same ballots have not alike, by ballot, unit and item.

    Args:
        first, second: the keyings.
        items: how many items a line has.
    """
    found = []
    for ballot in sorted({*first, *second}):
        one, other = first.get(ballot, {}), second.get(ballot, {})
        for unit in dict.fromkeys((*one, *other)):
            for place in range(items):
                a = one[unit][place] if unit in one else None
                b = other[unit][place] if unit in other else None
                if a != b:
                    found.append(Difference(ballot, unit, place, a, b))
    return tuple(found)


def settled(
    first: Ballots, second: Ballots, looks: Mapping[tuple[int, str, int], str], items: int
) -> tuple[Ballots, tuple[Difference, ...]]:
    """The ballots as a third look leaves them, and the differences it says nothing about.

    Args:
        first, second: the keyings.
        looks: what the paper says, by ballot, unit and place of the item.
        items: how many items a line has.
    """
    found: dict[int, dict[str, Line]] = {}
    for ballots in (second, first):
        for number, lines in ballots.items():
            found.setdefault(number, {}).update(lines)
    open_ones = []
    for one in differences(first, second, items):
        look = looks.get((one.ballot, one.unit, one.place))
        if look is None:
            open_ones.append(one)
            continue
        line = found[one.ballot][one.unit]
        found[one.ballot][one.unit] = (*line[: one.place], look, *line[one.place + 1 :])
    return dict(sorted(found.items())), tuple(open_ones)


def void_lines(ballots: Ballots, about_one: bool = False) -> int:
    """How many lines of all ballots are void.

    Args:
        ballots: as they hold.
        about_one: each paper is about one unit, as where questionnaires are mailed to a unit's staff: a line
            without a tick is on no paper, and only a paper on which nothing counts is void.
    """
    found = [[is_void(line) for line in lines.values()] for lines in ballots.values()]
    return sum(all(lines) if about_one else sum(lines) for lines in found)


def lines(ballots: Ballots) -> Sequence[tuple[int, str, Line]]:
    """All lines with the number of their ballot and the code of their unit."""
    return [(number, unit, line) for number, of in ballots.items() for unit, line in of.items()]
