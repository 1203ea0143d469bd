"""Phone lists as units hand them in: rows, what is wrong with them, and what a list as a whole amounts to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from cati.base.i18n import mark as N_
from cati.domain.list_checks import NOTHING, ListFindings
from cati.domain.phones import clean_text
from cati.domain.programmes import Group, Unit

Named = TypeVar("Named", Unit, Group)

DEADLINE = "lists"
"""The item of the programme's deadlines that phone lists are held to."""


class RowProblem(StrEnum):
    """Why a row is not used. A row has the first that applies."""

    BLANK_PHONE = "blank_phone"
    BLANK_ADDRESS = "blank_address"
    INVALID_PHONE = "invalid_phone"
    LANDLINE_NOT_ALLOWED = "landline_not_allowed"
    DUPLICATE_IN_LIST = "duplicate_in_list"
    DUPLICATE_ACROSS_LISTS = "duplicate_across_lists"


PROBLEM_LABELS: Mapping[RowProblem, str] = {
    RowProblem.BLANK_PHONE: N_("No phone number"),
    RowProblem.BLANK_ADDRESS: N_("No address"),
    RowProblem.INVALID_PHONE: N_("Not a valid phone number"),
    RowProblem.LANDLINE_NOT_ALLOWED: N_("A landline, but only mobiles are called"),
    RowProblem.DUPLICATE_IN_LIST: N_("Number already in this list"),
    RowProblem.DUPLICATE_ACROSS_LISTS: N_("Number already in another list of the unit"),
}
"""What each problem is called, to be translated."""


class ListRow(NamedTuple):
    """One row of a list, cells as they came. A tuple, for there may be a million.

    Attributes:
        number: row of the sheet, from 1.
        phones: cells that may hold numbers, mobiles before office telephones.
        area_code: cell of the column of area codes, "" without one.
        serial, address, postcode: cells of those columns, "" without them.
    """

    number: int
    name: object
    phones: Sequence[object]
    area_code: object
    remark: object
    serial: object = ""
    address: object = ""
    postcode: object = ""


@dataclass(frozen=True, slots=True)
class Titles:
    """What the lines above the headings say.

    Attributes:
        unit: the 报送单位, "" if none is named.
        submitted_on: the 报送时间, None if none is given or it is no date.
        lines: all of them as text, top down.
        unread: what stands as 报送时间 and names no day.
    """

    unit: str = ""
    submitted_on: date | None = None
    lines: tuple[str, ...] = ()
    unread: str = ""


@dataclass(frozen=True, slots=True)
class ListReport:
    """What became of one list: ``rows`` is always accepted plus rejected.

    Attributes:
        rows: rows submitted.
        accepted: rows that can be used.
        rejected: number of rows by the code of their problem.
        short: fewer usable rows than the programme asks for.
        findings: about the list as a whole.
    """

    rows: int
    accepted: int
    rejected: Mapping[str, int] = field(default_factory=dict)
    short: bool = False
    findings: ListFindings = NOTHING

    def as_json(self) -> dict[str, Any]:
        """The report as scripts read it; findings are there where there are any."""
        return {
            "rows": self.rows,
            "accepted": self.accepted,
            "rejected": dict(self.rejected),
            "short": self.short,
            **self.findings.as_json(),
        }


@dataclass(frozen=True, slots=True)
class FrameReport:
    """What became of the lists of one unit in one file.

    Attributes:
        file: name without folders.
        version: 1, or more when lists of the unit were handed in again.
        late: any of the lists was handed in after the deadline.
        lists: by the label of the group.
        undated: there is a deadline, and whether it was kept cannot be told.
        unread: what stands as 报送时间 and names no day; empty if nothing does.
    """

    file: str
    unit: str
    series: str
    version: int
    late: bool
    lists: Mapping[str, ListReport]
    undated: bool = False
    unread: str = ""

    def as_json(self) -> dict[str, Any]:
        """The report as scripts read it; ``undated`` and ``unread`` are there where they hold."""
        doubt = {"undated": True, "unread": self.unread} if self.undated else {}
        return {
            **doubt,
            "file": self.file,
            "unit": self.unit,
            "series": self.series,
            "version": self.version,
            "late": self.late,
            "lists": {label: report.as_json() for label, report in self.lists.items()},
        }


@dataclass(frozen=True, slots=True)
class PoolReport:
    """What became of the list of the public.

    Attributes:
        file: name without folders.
        also_in_unit_lists: usable numbers that lists of units have as well.
    """

    file: str
    rows: int
    accepted: int
    rejected: Mapping[str, int]
    also_in_unit_lists: int

    def as_json(self) -> dict[str, Any]:
        """The report as scripts read it."""
        return {
            "file": self.file,
            "rows": self.rows,
            "accepted": self.accepted,
            "rejected": dict(self.rejected),
            "also_in_unit_lists": self.also_in_unit_lists,
        }


class ListTally:
    """Counts the rows of one list and finds the numbers it has twice, or that an earlier list has.

    Only accepted rows are remembered: the second of two rows that another list has is a duplicate
    across lists, as the first is.

    Args:
        earlier: numbers of the unit's earlier lists, in the form that is given to `place`.
    """

    def __init__(self, earlier: Iterable[Container[bytes]] = ()) -> None:
        self.numbers: set[bytes] = set()
        self.rejected: Counter[str] = Counter()
        self._earlier = tuple(earlier)

    def place(self, number: bytes) -> RowProblem | None:
        """Take a row with a usable number: None if it is accepted, else why not. Counted either way."""
        numbers = self.numbers
        if number in numbers:
            return self.reject(RowProblem.DUPLICATE_IN_LIST)
        for earlier in self._earlier:
            if number in earlier:
                return self.reject(RowProblem.DUPLICATE_ACROSS_LISTS)
        numbers.add(number)
        return None

    def reject(self, problem: RowProblem) -> RowProblem:
        """Count a row that is not used."""
        self.rejected[problem.value] += 1
        return problem

    def report(self, minimum: int | None = None, findings: ListFindings = NOTHING) -> ListReport:
        """The list so far.

        Args:
            minimum: usable rows the programme asks for, None if it asks for no number.
            findings: about the list as a whole.
        """
        accepted = len(self.numbers)
        return ListReport(
            rows=accepted + self.rejected.total(),
            accepted=accepted,
            rejected=dict(self.rejected),
            short=minimum is not None and accepted < minimum,
            findings=findings,
        )


def is_late(submitted_on: date | None, deadline: date | None) -> bool:
    """Whether a list came after its deadline; "X日前" includes that day.

    A list without a 报送时间 is not called late: the clock of the computer proves nothing.
    """
    return submitted_on is not None and deadline is not None and submitted_on > deadline


def is_undated(submissions: Sequence[Titles], deadline: date | None) -> bool:
    """Whether it cannot be told if a file kept its deadline.

    Args:
        submissions: what stands above its lists.
        deadline: None if there is none to keep.
    """
    if deadline is None or any(is_late(titles.submitted_on, deadline) for titles in submissions):
        return False
    return any(titles.unread for titles in submissions) or not any(t.submitted_on for t in submissions)


_BRACKETED = re.compile(r"[(\[{【〔《「]([^()\[\]{}【】〔〕《》「」]*)[)\]}】〕》」]")
_NOT_IN_NAMES = re.compile(r"[\s()\[\]{}【】〔〕《》「」:·,、，;。.\-_]+")


def fold(text: str) -> str:
    """A name stripped of what people write differently: width, spaces, brackets, punctuation, case."""
    return _NOT_IN_NAMES.sub("", clean_text(text)).casefold()


def fold_short(text: str) -> str:
    """As `fold`, without bracketed text such as （盖章） or （区民族事务局）."""
    return fold(_BRACKETED.sub("", clean_text(text)))


def find_unit(units: Iterable[Unit], text: str) -> Unit | None:
    """The one unit that goes by a name: in full, by an alias, or but for bracketed text."""
    units = tuple(units)
    for folded in (fold, fold_short):
        wanted = folded(text)
        found = [u for u in units if wanted and wanted in {folded(name) for name in (u.name, *u.aliases)}]
        if len(found) == 1:
            return found[0]
    return None


def find_group(groups: Iterable[Group], sheet: str, title: str = "") -> Group | None:
    """The one group a sheet is named after, else the one its title lines name.

    Args:
        groups: the programme's groups.
        sheet: name of the sheet, such as 管理对象 or 附件2-管理对象名单.
        title: text of the lines above the headings, for sheets called Sheet1.
    """
    groups = tuple(groups)
    for text in (fold(sheet), fold(title)):
        exact = [g for g in groups if text in (fold(g.code), *map(fold, (g.label, *g.aliases)))]
        within = [g for g in groups if any(fold(name) in text for name in (g.label, *g.aliases))]
        for found in (exact, within):
            if len(found) == 1:
                return found[0]
    return None


def _label(*words: str) -> str:
    """A pattern for labels of a title line, however they are spaced, with or without （盖章）."""
    spaced = "|".join(r"\s*".join(word) for word in words)
    return rf"(?:{spaced})\s*(?:\([^)]*\))?\s*"


_UNIT = _label("报送单位", "填报单位", "上报单位")
_TIME = _label("报送时间", "报送日期", "填报时间", "填报日期", "上报时间", "上报日期")
_UNIT_LINE = re.compile(rf"{_UNIT}(?::\s*(.*?)\s*)?(?=$|{_TIME})")
_TIME_LINE = re.compile(rf"{_TIME}(?:$|:\s*(.*)$)")
_DAY = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})")


def read_titles(rows: Iterable[Sequence[object]]) -> Titles:
    """Read the lines above the headings of a list.

    A label may have its value in the same cell or in the next one that is not empty.

    Args:
        rows: those rows, cells as they came.
    """
    unit, submitted_on, lines, unread = "", None, [], ""
    for row in rows:
        cells = [cell for cell in row if clean_text(cell)]
        if not cells:
            continue
        lines.append(" ".join(map(clean_text, cells)))
        for at, cell in enumerate(cells):
            following = cells[at + 1] if at + 1 < len(cells) else ""
            text = clean_text(cell)
            if not unit and (found := _UNIT_LINE.search(text)):
                unit = found.group(1) or _unless_label(following)
            if submitted_on is None and (found := _TIME_LINE.search(text)):
                given = found.group(1) or _unless_unit(following)
                submitted_on = read_day(given)
                unread = unread or clean_text(given)
    return Titles(unit, submitted_on, tuple(lines), "" if submitted_on else unread)


def read_day(cell: object) -> date | None:
    """The day a cell names, None if it names none."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = _DAY.search(clean_text(cell))
    if not found:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def _unless_unit(cell: object) -> object:
    return "" if _UNIT_LINE.search(clean_text(cell)) else cell


def _unless_label(cell: object) -> str:
    text = clean_text(cell)
    return "" if _TIME_LINE.search(text) else text
