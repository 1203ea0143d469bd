"""Keyed ballots in, and forms to key them into: a row a ballot, or a row a ballot and unit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from cati.base.errors import CatiError
from cati.base.i18n import language
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.ballots import NONE_TICKED, SEVERAL_TICKED, Ballots, Difference, Line
from cati.domain.frames import find_unit
from cati.domain.programmes import Choice, Unit, in_language
from cati.domain.web import as_read
from cati.files.exports import Cell, new_workbook
from cati.files.faults import Faults
from cati.files.tables import HEADING_ROWS, column_place, read_hashed_sheets, read_sheets

NUMBER = ("票号", "编号", "序号", "ballot")
UNIT = ("单位", "单位名称", "被评单位", "unit")
ITEM = ("内容", "评价内容", "item")
PAPER = ("核对结果", "票面", "paper")
MOST_BALLOTS = 100_000
MOST_LACKING = 3
"""Missing columns that are told one by one."""

_TICKS = re.compile(r"[|｜;；、/,，\s]+")
_PLACE = re.compile(r"(?:单位|unit)\s*0*([1-9][0-9]{0,3})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BallotItem:
    """An item of a ballot: what may be written, or between which numbers."""

    name: str
    label: str
    choices: tuple[Choice, ...] = ()
    numbers: tuple[Decimal, Decimal] | None = None

    @property
    def names(self) -> tuple[str, str]:
        """What a heading may call it, as headings are read."""
        return as_read(self.label), self.name


@dataclass(frozen=True, slots=True)
class BallotForm:
    """What a ballot asks: some items about each of some units."""

    units: tuple[Unit, ...]
    items: tuple[BallotItem, ...]


def read_keyings(path: Path, form: BallotForm) -> tuple[str, list[Ballots]]:
    """The ballots of a file, once for each sheet that holds any: the same ballots keyed by several people.

    A sheet has a row for each ballot and a column for each unit, where there is one item; or a row for each
    ballot and unit and a column for each item.

    Args:
        path: .xlsx or .csv.
        form: what the ballots ask.

    Returns:
        The hexadecimal SHA-256 of the file, and its keyings.

    Raises:
        CatiError: ``file_problems`` with all of them, ``ballots_missing``, and what `read_sheets` refuses.
    """
    faults = Faults(path.name)
    keyings = []
    digest, sheets = read_hashed_sheets(path)
    for sheet, rows in sheets.items():
        numbered = [(n, row) for n, row in enumerate(rows, start=1) if any(row)]
        if numbered:
            # Whoever typed the printed ballot in has its title over the headings.
            first = numbered[:HEADING_ROWS]
            at = next(
                (n for n, (_row, cells) in enumerate(first) if column_place(cells, NUMBER) is not None), 0
            )
            keyings.append(_Sheet(sheet, form, faults, *numbered[at]).read(numbered[at + 1 :]))
    faults.refuse()
    if not any(keyings):
        raise CatiError(
            "ballots_missing",
            N_(
                "{file} holds no ballots. Nothing was changed. “cati ballots form” writes a form to key into."
            ),
            file=path.name,
        )
    return digest, keyings


class _Sheet:
    """One sheet being read.

    Args:
        name: of the sheet.
        form: what the ballots ask.
        faults: where faults go.
        row: number of the row of headings.
        headings: of the columns.
    """

    def __init__(
        self, name: str, form: BallotForm, faults: Faults, row: int, headings: Sequence[str]
    ) -> None:
        self._name, self._form, self._faults = name, form, faults
        self._number = column_place(headings, NUMBER)
        self._unit = column_place(headings, UNIT)
        self._columns: dict[int, Unit | int] = {}
        if self._number is None:
            faults.add(name, row, N_("there is no column {column}."), column=" / ".join(NUMBER))
        for at, heading in enumerate(headings):
            if heading and at not in (self._number, self._unit):
                found = self._heading(heading)
                if found is None:
                    message = N_("“{text}” is neither a unit nor an item of this channel.")
                    faults.add(name, row, message, text=heading)
                elif found in self._columns.values():
                    faults.add(name, row, N_("“{text}” stands twice."), text=heading)
                else:
                    self._columns[at] = found
        wanted: Sequence[Unit | int] = form.units if self._unit is None else range(len(form.items))
        missing = [one for one in wanted if one not in self._columns.values()]
        lacking = [one.name if isinstance(one, Unit) else form.items[one].label for one in missing]
        if len(lacking) > MOST_LACKING:
            # One fault, and not one for each unit there is: others would find no room beside them.
            told = _(", ").join(lacking[:MOST_LACKING])
            message = N_("{count} columns are missing: {columns} and others.")
            faults.add(name, row, message, count=len(lacking), columns=told)
        else:
            for text in lacking:
                faults.add(name, row, N_("there is no column {column}."), column=text)
        self._sound = self._number is not None and not missing

    def _heading(self, text: str) -> Unit | int | None:
        """What a column is about: a unit where there is one item, else an item by its place."""
        if self._unit is None:
            return unit_of(self._form, text)
        return next((n for n, item in enumerate(self._form.items) if text in item.names), None)

    def read(self, rows: Sequence[tuple[int, Sequence[str]]]) -> Ballots:
        """The ballots below the headings; faults are noted."""
        ballots: dict[int, dict[str, Line]] = {}
        if not self._sound:
            return ballots
        for row, cells in rows:
            number = self._ballot(row, cells)
            if number is None:
                continue
            lines = ballots.setdefault(number, {})
            for unit, line in self._lines(row, cells):
                if unit.code in lines:
                    message = N_("ballot {number} has {unit} in an earlier row already.")
                    self._faults.add(self._name, row, message, number=number, unit=unit.name)
                lines[unit.code] = line
        if len(ballots) > MOST_BALLOTS:
            message = N_("more than {most} ballots. Take them in several files.")
            self._faults.add(self._name, rows[-1][0], message, most=MOST_BALLOTS)
        return ballots

    def _ballot(self, row: int, cells: Sequence[str]) -> int | None:
        text = _cell(cells, self._number)
        if not re.fullmatch(r"[0-9]{1,9}", text) or not int(text):
            message = N_("“{text}” is no number of a ballot. Number them 1, 2, 3 …")
            self._faults.add(self._name, row, message, text=text)
            return None
        return int(text)

    def _lines(self, row: int, cells: Sequence[str]) -> Iterator[tuple[Unit, Line]]:
        if self._unit is None:
            (item,) = self._form.items
            for at, about in self._columns.items():
                if isinstance(about, Unit):
                    yield about, (self._answer(row, about, item, _cell(cells, at)),)
            return
        text = _cell(cells, self._unit)
        unit = unit_of(self._form, text)
        if unit is None:
            self._faults.add(self._name, row, N_("“{text}” is no unit of this channel."), text=text)
            return
        answers = {
            place: self._answer(row, unit, self._form.items[place], _cell(cells, at))
            for at, place in self._columns.items()
            if isinstance(place, int)
        }
        yield unit, tuple(answers[place] for place in range(len(self._form.items)))

    def _answer(self, row: int, unit: Unit, item: BallotItem, text: str) -> str:
        found = answer_of(item, text)
        if found is None:
            _no_answer(self._faults, self._name, row, unit, item, text)
        return found or NONE_TICKED


def _no_answer(faults: Faults, sheet: str, row: int, unit: Unit, item: BallotItem, text: str) -> None:
    """Note what a cell should have held; the unit is named, since a row may hold one cell for each."""
    about = {"text": text, "item": item.label, "unit": unit.name}
    if item.numbers is not None:
        least, most = (f"{number.normalize():f}" for number in item.numbers)
        message = N_("{unit}, {item}: “{text}” is no number from {least} to {most}.")
        faults.add(sheet, row, message, **about, least=least, most=most)
    elif text:
        options = _(", ").join(in_language(c.labels, language(), c.name) for c in item.choices)
        message = N_("{unit}: “{text}” is no answer to {item}. There are: {options}.")
        faults.add(sheet, row, message, same=(item.label, text), **about, options=options)
    else:
        faults.add(sheet, row, N_("{unit}, {item}: nothing is written."), **about)


def answer_of(item: BallotItem, text: str) -> str | None:
    """What a cell says about an item, None when it is no answer.

    Args:
        item: which.
        text: labels, names or keys of answers, several with a separator between them; or a number; or that
            there are several ticks, by the key of the grid or in words.
    """
    text = as_read(text)
    if not text:
        return NONE_TICKED
    if text in (SEVERAL_TICKED, as_read(_("several ticks"))):
        return SEVERAL_TICKED
    if item.numbers is not None:
        return _number(item.numbers, text)
    whole = _choice(item, text)
    if whole is not None:
        return whole
    found = {_choice(item, part) for part in _TICKS.split(text) if part}
    if None in found or not found:
        return None
    return SEVERAL_TICKED if len(found) > 1 else found.pop()


def _number(allowed: tuple[Decimal, Decimal], text: str) -> str | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or not allowed[0] <= number <= allowed[1]:
        return None
    return f"{number.normalize():f}"


def _choice(item: BallotItem, text: str) -> str | None:
    for choice in item.choices:
        if text in (choice.name, choice.key or choice.name, *map(as_read, choice.labels.values())):
            return choice.name
    return None


def unit_of(form: BallotForm, text: str) -> Unit | None:
    """A unit by its code or name, or by its place as in 单位07; None when it is none."""
    by_code = next((unit for unit in form.units if unit.code == text), None)
    place = _PLACE.fullmatch(text)
    if by_code is None and place and int(place[1]) <= len(form.units):
        return form.units[int(place[1]) - 1]
    return by_code or find_unit(form.units, text)


def _cell(cells: Sequence[str], at: int | None) -> str:
    return cells[at] if at is not None and at < len(cells) else ""


def write_form(path: Path, form: BallotForm, ballots: int) -> None:
    """Write an empty workbook for two people to key the same ballots, each into a sheet.

    Args:
        path: an .xlsx file; an existing one is replaced.
        form: what the ballots ask.
        ballots: how many there are, 1 to `MOST_BALLOTS`.

    Raises:
        OSError: it could not be written.
    """
    with new_workbook(path) as book:
        for name in (_("First keying"), _("Second keying")):
            if len(form.items) == 1:
                heading = [_("ballot"), *(unit.name for unit in form.units)]
                book.add_sheet(name, heading, ([number] for number in range(1, ballots + 1)), widths=(8,))
            else:
                heading = [_("ballot"), _("unit"), *(item.label for item in form.items)]
                rows: Iterator[list[Cell]] = (
                    [n, unit.name] for n in range(1, ballots + 1) for unit in form.units
                )
                book.add_sheet(name, heading, rows, widths=(8, 32))


def write_differences(path: Path, form: BallotForm, found: Sequence[Difference]) -> None:
    """Write what two keyings have not alike, with a column for what the paper says.

    Raises:
        OSError: it could not be written.
    """
    units = {unit.code: unit.name for unit in form.units}
    heading = [_("ballot"), _("unit"), _("item"), _("First keying"), _("Second keying"), _("paper")]
    rows: Iterator[list[Cell]] = (
        [
            one.ballot,
            units[one.unit],
            form.items[one.place].label,
            *(_told(form.items[one.place], answer) for answer in (one.first, one.second)),
        ]
        for one in found
    )
    with new_workbook(path) as book:
        book.add_sheet(_("differences"), heading, rows, widths=(8, 32, 24, 16, 16, 16))


def _told(item: BallotItem, answer: str | None) -> str:
    """An answer as it is read: its label, or what stands for it."""
    if answer is None:
        return _("not keyed")
    if answer == NONE_TICKED:
        return _("no tick")
    if answer == SEVERAL_TICKED:
        return _("several ticks")
    return next((next(iter(c.labels.values()), c.name) for c in item.choices if c.name == answer), answer)


def read_looks(path: Path, form: BallotForm) -> dict[tuple[int, str, int], str]:
    """What the paper says, by ballot, unit and place of the item: `write_differences` filled in.

    Raises:
        CatiError: ``file_problems``, ``column_missing``, and what `read_sheets` refuses.
    """
    faults = Faults(path.name)
    looks: dict[tuple[int, str, int], str] = {}
    for sheet, rows in read_sheets(path).items():
        numbered = [(n, row) for n, row in enumerate(rows, start=1) if any(row)]
        if not numbered:
            continue
        head = numbered[0][1]
        columns = [column_place(head, names) for names in (NUMBER, UNIT, ITEM, PAPER)]
        for names, at in zip((NUMBER, UNIT, ITEM, PAPER), columns, strict=True):
            if at is None:
                faults.add(
                    sheet, numbered[0][0], N_("there is no column {column}."), column=" / ".join(names)
                )
        if None in columns:
            continue
        for row, cells in numbered[1:]:
            _look(sheet, row, [_cell(cells, at) for at in columns], form, looks, faults)
    faults.refuse()
    return looks


def _look(
    sheet: str,
    row: int,
    cells: Sequence[str],
    form: BallotForm,
    looks: dict[tuple[int, str, int], str],
    faults: Faults,
) -> None:
    number, name, label, paper = cells
    unit = unit_of(form, name)
    place = next((n for n, item in enumerate(form.items) if label in item.names), None)
    if not number.isdecimal() or unit is None or place is None:
        message = N_("ballot, unit or item are not those of a difference.")
        faults.add(sheet, row, message)
        return
    # An empty place has always been called blank as well.
    words: Mapping[str, str] = {
        _("no tick"): NONE_TICKED,
        _("blank"): NONE_TICKED,
        _("several ticks"): SEVERAL_TICKED,
    }
    answer = words.get(paper) or (answer_of(form.items[place], paper) if paper else None)
    if answer is None:
        _no_answer(faults, sheet, row, unit, form.items[place], paper)
        return
    looks[int(number), unit.code, place] = answer
