"""Ballots keyed by hand: the grid under one hand on the number pad, and how far a stack of papers is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from cati.domain.ballots import NONE_TICKED, SEVERAL_TICKED, Line

NOT_KEYED = "."
"""What stands for an answer that was not keyed yet."""

Spot = tuple[int, int]
"""A place of the grid: row of the unit and column of the item, from 0."""


@dataclass(frozen=True, slots=True)
class KeyedItem:
    """A column of the grid.

    Attributes:
        label: its heading.
        answers: name of the answer by its digit; empty where a number is typed.
        numbers: lowest and highest number that may be typed, None with answers.
        words: what each answer is called.
    """

    label: str
    answers: Mapping[str, str]
    numbers: tuple[Decimal, Decimal] | None = None
    words: Mapping[str, str] = field(default_factory=dict)

    def takes(self, answer: str) -> bool:
        """Whether this is what somebody may have keyed, and not a place that was left open."""
        if answer in (NONE_TICKED, SEVERAL_TICKED):
            return True
        if self.numbers is None:
            return answer in self.answers.values()
        return answer.isdecimal() and self.numbers[0] <= Decimal(answer) <= self.numbers[1]

    def key_of(self, answer: str) -> str:
        """What is shown for an answer: its digit, the number, or the mark."""
        return next((key for key, name in self.answers.items() if name == answer), answer)


@dataclass(frozen=True, slots=True)
class _Step:
    """One key, as it is taken back: where it was pressed, and what stood in the places it changed."""

    at: Spot
    before: tuple[tuple[Spot, str], ...]


@dataclass(slots=True)
class Grid:
    """One ballot being keyed: rows are units, columns are items, and a digit ticks and moves on.

    Attributes:
        units: codes, in the order of the paper.
        items: what is asked about each unit.
        by_item: the units follow each other under each item, instead of the items under each unit.
        cells: what was keyed, by code of the unit.
        at: where the next key goes.
        changed: codes of the units whose line changed since `take_changes`.
        about_one: the paper is about a single unit, as a questionnaire mailed to that unit's staff: the unit
            comes first, by its number, and then its items only.
    """

    units: Sequence[str]
    items: Sequence[KeyedItem]
    by_item: bool = False
    cells: dict[str, list[str]] = field(default_factory=dict)
    at: Spot = (0, 0)
    changed: set[str] = field(default_factory=set)
    about_one: bool = False
    _row: int | None = None
    _sought: str = ""
    _found: bool = False
    _steps: list[_Step] = field(default_factory=list)
    _typing: bool = False

    def __post_init__(self) -> None:
        self.cells = {unit: list(self.cells.get(unit, (NOT_KEYED,) * len(self.items))) for unit in self.units}
        begun = [row for row, unit in enumerate(self.units) if self._is_begun(unit)]
        if self.about_one and len(begun) == 1:
            [self._row] = begun
            self.at = (begun[0], 0)
        self.go_to_open()

    # ---- what is there ---------------------------------------------------------------------------

    def value(self, spot: Spot) -> str:
        """What was keyed at a place."""
        return self.cells[self.units[spot[0]]][spot[1]]

    @property
    def open_places(self) -> int:
        """How many places were not keyed yet."""
        if self.asks_unit:
            return len(self.items)
        return sum(self.value(spot) == NOT_KEYED for spot in self._order())

    @property
    def asks_unit(self) -> bool:
        """Whether it must be said yet which unit the paper is about."""
        return self.about_one and self._row is None

    @property
    def has_found(self) -> bool:
        """Whether a unit was gone to that Enter takes."""
        return self._found

    def take_changes(self) -> dict[str, Line]:
        """The lines that changed since this was last asked."""
        found = {unit: tuple(self.cells[unit]) for unit in self.units if unit in self.changed}
        self.changed.clear()
        return found

    # ---- keys ------------------------------------------------------------------------------------

    def digit(self, key: str) -> bool:
        """Tick the answer of a digit, or add it to the number; False where it means nothing.

        Where no answer has the digit 0 it stands for no tick. Before the unit is known it is part of its
        number.
        """
        if self.asks_unit:
            return self._seek(self._sought + key)
        item = self.items[self.at[1]]
        if item.numbers is not None:
            return self._type(key, item.numbers)
        answer = item.answers.get(key, NONE_TICKED if key == "0" else None)
        return answer is not None and self._put([self.at], answer)

    def no_tick(self) -> bool:
        """The place has no tick."""
        return not self.asks_unit and self._put([self.at], NONE_TICKED)

    def several(self) -> bool:
        """The place has several ticks."""
        return not self.asks_unit and self._put([self.at], SEVERAL_TICKED)

    def next_line(self) -> bool:
        """Leave the rest of the line without ticks, and go on with the next one.

        False where the number that is being typed is too small.
        """
        if self.asks_unit or (self._typing and not self.end_number()):
            return False
        line = self._line_of(self.at)
        rest = [spot for spot in line[line.index(self.at) :] if self.value(spot) == NOT_KEYED]
        self._put(rest, NONE_TICKED, line[-1])
        return True

    def end_number(self) -> bool:
        """Go on from a number that was typed; False when none is being typed or it is too small.

        The number of a unit is taken with this: its items follow, and what was keyed about another is none.
        """
        if self.asks_unit:
            return self._found and self._take_unit()
        numbers = self.items[self.at[1]].numbers
        if not self._typing or numbers is None or Decimal(self.value(self.at)) < numbers[0]:
            return False
        self._typing = False
        self._step_on(self.at)
        return True

    def back(self) -> None:
        """Go back to the place before; what stands there stays until another key is pressed.

        Before the first item is the unit, where the paper is about one.
        """
        self._typing = False
        order = self._order()
        if self.asks_unit or (self.about_one and self.at == order[0]):
            self._ask_unit()
            return
        self.at = order[max(0, order.index(self.at) - 1)]

    def move(self, rows: int, columns: int) -> None:
        """Go some rows down and columns to the right, as far as there are any."""
        self._typing = False
        row = min(max(self.at[0] + rows, 0), len(self.units) - 1)
        if self.asks_unit:
            self._sought, self._found = "", True
        elif self._row is not None:
            row = self._row
        self.at = row, min(max(self.at[1] + columns, 0), len(self.items) - 1)

    def undo(self) -> bool:
        """Take the last key back; False when there is none."""
        self._typing = False
        if self.asks_unit and self._sought:
            return self._seek(self._sought[:-1])
        if not self._steps:
            knows_unit = self.about_one and not self.asks_unit
            if knows_unit:
                self._ask_unit()
            return knows_unit
        step = self._steps.pop()
        if self.about_one:
            self._row = step.at[0]
        for spot, value in step.before:
            self._set(spot, value)
        self.at = step.at
        return True

    def go_to_open(self) -> bool:
        """Go to the first place that was not keyed yet; False when there is none."""
        found = next((spot for spot in self._order() if self.value(spot) == NOT_KEYED), None)
        if found is not None:
            self.at = found
        return found is not None

    # ---- inside ----------------------------------------------------------------------------------

    def _is_begun(self, unit: str) -> bool:
        return any(value != NOT_KEYED for value in self.cells[unit])

    def _ask_unit(self) -> None:
        self._row, self._sought, self._found = None, "", False
        self.at = (self.at[0], 0)

    def _seek(self, number: str) -> bool:
        """Go to the unit of a number, or to none; False where there is no such unit."""
        if number and not 1 <= int(number) <= len(self.units):
            return False
        self._sought, self._found = number, bool(number)
        if number:
            self.at = (int(number) - 1, 0)
        return True

    def _take_unit(self) -> bool:
        self._row, self._sought, self._found = self.at[0], "", False
        self._steps.clear()
        for unit in self.units:
            if unit != self.units[self._row] and self._is_begun(unit):
                self.cells[unit] = [NOT_KEYED] * len(self.items)
                self.changed.add(unit)
        self.at = (self._row, 0)
        self.go_to_open()
        return True

    def _type(self, key: str, numbers: tuple[Decimal, Decimal]) -> bool:
        text = f"{self.value(self.at)}{key}" if self._typing else key
        if len(text) > 1 and text.startswith("0"):
            return False
        if Decimal(text) > numbers[1]:
            return False
        spot = self.at
        self._steps.append(_Step(spot, ((spot, self.value(spot)),)))
        self._set(spot, text)
        # No further digit is possible: the number is whole.
        self._typing = Decimal(text) * 10 <= numbers[1] and text != "0"
        if not self._typing:
            self._step_on(spot)
        return True

    def _put(self, spots: Sequence[Spot], answer: str, last: Spot | None = None) -> bool:
        self._typing = False
        self._steps.append(_Step(self.at, tuple((spot, self.value(spot)) for spot in spots)))
        for spot in spots:
            self._set(spot, answer)
        self._step_on(last or self.at)
        return True

    def _set(self, spot: Spot, value: str) -> None:
        unit = self.units[spot[0]]
        self.cells[unit][spot[1]] = value
        self.changed.add(unit)

    def _step_on(self, spot: Spot) -> None:
        order = self._order()
        self.at = order[min(order.index(spot) + 1, len(order) - 1)]

    def _line_of(self, spot: Spot) -> list[Spot]:
        if self.by_item and not self.about_one:
            return [(row, spot[1]) for row in range(len(self.units))]
        return [(spot[0], column) for column in range(len(self.items))]

    def _order(self) -> list[Spot]:
        rows: Sequence[int] = range(len(self.units))
        if self.about_one:
            rows = () if self._row is None else (self._row,)
        columns = range(len(self.items))
        if self.by_item:
            return [(row, column) for column in columns for row in rows]
        return [(row, column) for row in rows for column in columns]


@dataclass(frozen=True, slots=True)
class Keying:
    """Ballots of one channel and group that are keyed in the window.

    Attributes:
        group: code, empty where the channel has none.
        ballots: how many papers there are, numbered from 1.
        by_item: how the paper lies; see `Grid`.
        at: aware UTC, when keying was opened.
        set_id: of the set they were taken as, None while they do not count.
    """

    id: int
    channel: str
    group: str
    ballots: int
    by_item: bool
    at: datetime
    set_id: int | None


@dataclass(frozen=True, slots=True)
class KeyedBallot:
    """One keying of one ballot.

    Attributes:
        turn: 1 for the first, 2 for the second.
        done: whether it was ended.
    """

    id: int
    ballot: int
    turn: int
    user_id: int
    done: bool


def next_ballot(known: Iterable[KeyedBallot], ballots: int, me: int, after: int = 0) -> int | None:
    """The number of the ballot somebody goes on with: the own one begun, else the next that wants a keying.

    Args:
        known: all keyings there are.
        ballots: how many papers there are.
        me: key of the user; nobody keys a ballot twice.
        after: the number the user comes from; smaller numbers come when no larger one is left.
    """
    mine: dict[int, bool] = {}
    keyed: dict[int, int] = {}
    for one in known:
        keyed[one.ballot] = keyed.get(one.ballot, 0) + 1
        if one.user_id == me:
            mine[one.ballot] = one.done
    begun = min((number for number, done in mine.items() if not done), default=None)
    if begun is not None:
        return begun
    free = [n for n in range(1, ballots + 1) if n not in mine and keyed.get(n, 0) < 2]
    return next((n for n in free if n > after), free[0] if free else None)
