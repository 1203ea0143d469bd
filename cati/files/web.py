"""Results of surveys on the web, row by row: a row a respondent and unit, or a row a respondent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.ballots import SEVERAL_TICKED
from cati.domain.programmes import ChannelGroup, Unit
from cati.domain.web import (
    EACH,
    FIRST,
    GROUP,
    LAST,
    RESPONDENT,
    ROLES,
    TIME,
    UNIT,
    Columns,
    Opinion,
    answers_to,
    as_read,
    is_dated,
    moment_of,
)
from cati.files.ballots import BallotForm, answer_of, unit_of
from cati.files.faults import Faults
from cati.files.limits import column_letters
from cati.files.streams import Row, Stream

_KNOWN: Mapping[str, Sequence[str]] = {
    UNIT: ("单位", "被评单位", "单位名称", "评价单位", "评价对象", "unit"),
    GROUP: ("对象类别", "评价人类别", "人员类别", "身份", "您的身份", "group"),
    RESPONDENT: (
        *("答卷人", "受访者", "答题人", "用户ID", "用户编号", "openid", "微信OpenID", "respondent"),
        # Where nothing tells who answered, the paper does: all rows of one are of one respondent.
        *("答卷编号", "答卷序号", "答卷号", "答卷ID", "提交编号"),
    ),
    TIME: ("提交时间", "提交答卷时间", "答题时间", "填写时间", "time"),
}
_BETWEEN = re.compile(r"\s*(?:--|[-—–_·•:：/|｜、（(【\[])\s*")
_AFTER = re.compile(r"\s*[）)】\]]\s*$")
_MOST_KNOWN = 10_000
"""So many texts of a column are remembered with what they mean; numbers may have more."""


@dataclass(frozen=True, slots=True)
class WebForm:
    """What a survey asks, and who answers it.

    Attributes:
        ballot: units and items.
        groups: empty where respondents are of one kind.
    """

    ballot: BallotForm
    groups: tuple[ChannelGroup, ...] = ()

    @property
    def answers(self) -> dict[str, tuple[int | None, int]]:
        """What a column of answers may be named by, with the place of its unit (None: any) and its item."""
        items = self.ballot.items
        found: dict[str, tuple[int | None, int]] = {item.name: (None, n) for n, item in enumerate(items)}
        for place, unit in enumerate(self.ballot.units):
            for n, item in enumerate(items):
                found[answers_to(unit.code, item.name)] = (place, n)
        return found


@dataclass(frozen=True, slots=True)
class Preview:
    """The top of a file.

    Attributes:
        sheet: the first one with anything in it.
        headings: in its first row that is not blank.
        rows: some below.
    """

    sheet: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_preview(stream: Stream, rows: int = 8) -> Preview:
    """The headings of a file and some rows below.

    Raises:
        CatiError: ``web_empty``, and what `Stream.sheets` refuses.
    """
    for sheet, lines in stream.sheets():
        filled = ([as_read(cell) for cell in row] for _number, row in lines)
        head = next((row for row in filled if any(row)), None)
        if head is not None:
            below = islice((row for row in filled if any(row)), rows)
            return Preview(sheet, tuple(head), tuple(tuple(row) for row in below))
    raise _empty(stream.path)


def guess(form: WebForm, headings: Sequence[str]) -> dict[str, str]:
    """What the headings of a file suggest: which column says what, as far as names tell."""
    folded = {heading.casefold(): heading for heading in reversed(headings) if heading}
    found: dict[str, str] = {}
    for role, names in _KNOWN.items():
        if known := next((folded[name.casefold()] for name in names if name.casefold() in folded), None):
            found[role] = known
    if not form.groups:
        found.pop(GROUP, None)
    for item in form.ballot.items:
        if known := next((folded[n.casefold()] for n in item.names if n.casefold() in folded), None):
            found[item.name] = known
    wide: dict[str, str] = {}
    if UNIT not in found:
        for heading in headings:
            if says := _about(form, heading):
                wide.setdefault(says, heading)
    return found if not wide else {says: h for says, h in found.items() if says in ROLES} | wide


def _about(form: WebForm, heading: str) -> str:
    """What a heading such as 区教育局-作风建设 names: a unit and an item, in this order or the other."""
    items = form.ballot.items
    if len(items) == 1 and (unit := unit_of(form.ballot, heading)):
        return answers_to(unit.code, items[0].name)
    parts = [_AFTER.sub("", part) for part in _BETWEEN.split(heading, maxsplit=1)]
    if len(parts) == 2:
        for name, label in (parts, parts[::-1]):
            unit = unit_of(form.ballot, name)
            item = next((one for one in items if label in one.names), None)
            if unit and item:
                return answers_to(unit.code, item.name)
    return ""


class WebReader:
    """The opinions of a file.

    Args:
        stream: the file.
        form: what the survey asks.
        columns: which column says what.
        doubles: what is done about doubles; unless each counts, every row has to tell who answered.
        group: code of who answered the whole file; empty where a column says it, or there are none.

    Raises:
        CatiError: ``web_column_unknown``, ``web_columns_missing``, ``web_column_twice``,
            ``web_layouts_mixed``.
    """

    def __init__(
        self, stream: Stream, form: WebForm, columns: Columns, doubles: str, group: str = ""
    ) -> None:
        self._stream, self._form, self._group = stream, form, group
        self._columns = columns = {says: as_read(heading) for says, heading in columns.items()}
        self._told, self._timed = doubles != EACH, doubles in (FIRST, LAST)
        self._faults = Faults(stream.path.name)
        self._answers = form.answers
        self._cells = [_Known(self._reader_of(n)) for n in range(len(form.ballot.items))]
        self._units = _Known(self._unit)
        self._groups = _Known(self._group_code)
        _check(form, columns, doubles, group)

    @property
    def columns(self) -> Columns:
        """Which column says what, headings as they are compared."""
        return self._columns

    def opinions(self, advance: Callable[[int, int], None]) -> Iterator[Opinion]:
        """Every opinion in the order of the file; at the end everything that does not fit is refused at once.

        Args:
            advance: told every thousand rows how much is read of how much.

        Raises:
            CatiError: ``file_problems``, ``web_empty``, and what `advance` and `Stream.sheets` raise.
        """
        empty = True
        self._dated: bool | None = None
        for sheet, rows in self._stream.sheets():
            head = next(((n, row) for n, row in rows if any(row)), None)
            if head is None:
                continue
            places = self._places(sheet, head)
            for count, (number, row) in enumerate(rows):
                if not count % 1000:
                    advance(self._stream.done, self._stream.size)
                if places is not None and any(row):
                    empty = False
                    yield from self._of_row(sheet, number, row, places)
        self._faults.refuse()
        if empty:
            raise _empty(self._stream.path)

    def _places(self, sheet: str, head: Row) -> _Places | None:
        """Where a sheet has what; None, and a fault noted, where it lacks a column."""
        number, row = head
        headings = [as_read(cell) for cell in row]
        found: dict[str, int] = {}
        for says, heading in self._columns.items():
            if heading not in headings:
                self._faults.add(sheet, number, N_("there is no column {column}."), column=heading)
            elif headings.count(heading) > 1:
                self._faults.add(sheet, number, N_("“{text}” stands twice."), text=heading)
            else:
                found[says] = headings.index(heading)
        if len(found) < len(self._columns):
            return None
        wide: dict[int, list[tuple[int, int]]] = {}
        long: list[int] = [0] * len(self._form.ballot.items)
        for says, at in found.items():
            if says not in ROLES:
                unit, item = self._answers[says]
                if unit is None:
                    long[item] = at
                else:
                    wide.setdefault(unit, []).append((item, at))
        return _Places(
            found.get(UNIT),
            found.get(GROUP),
            found.get(RESPONDENT),
            found.get(TIME),
            tuple(long),
            tuple(
                (self._form.ballot.units[unit].code, tuple(at for _item, at in sorted(cells)))
                for unit, cells in sorted(wide.items())
            ),
            max(found.values()) + 1,
        )

    def _of_row(self, sheet: str, number: int, row: list[str], places: _Places) -> Iterator[Opinion]:
        if len(row) < places.width:
            row = row + [""] * (places.width - len(row))
        who, at = self._who(sheet, number, row, places), None
        if places.time is not None:
            at = self._moment(sheet, number, row[places.time], places.time)
        group = self._group if places.group is None else self._groups[row[places.group]]
        if group is None:
            text = as_read(row[places.group or 0])
            self._faults.add(sheet, number, N_("“{text}” is nobody who is asked in this channel."), text=text)
        if who is None or group is None:
            return
        if places.unit is None:
            for code, cells in places.wide:
                # Who left a whole unit blank said nothing about it.
                if any(row[one] for one in cells):
                    answers = self._line(sheet, number, row, cells)
                    if answers is not None:
                        yield Opinion(sheet, number, who, code, group, answers, at)
            return
        unit = self._units[row[places.unit]]
        if unit is None:
            text = as_read(row[places.unit])
            self._faults.add(sheet, number, N_("“{text}” is no unit of this channel."), text=text)
            return
        answers = self._line(sheet, number, row, places.long)
        if answers is not None:
            yield Opinion(sheet, number, who, unit, group, answers, at)

    def _who(self, sheet: str, number: int, row: list[str], places: _Places) -> str | None:
        """What tells this respondent from others; None, and a fault noted, where something has to."""
        if not self._told:
            return ""
        if places.respondent is None:
            # Nobody is named: the same row handed in at the same moment is the same opinion.
            return "\x1f".join(row)
        who = row[places.respondent].strip()
        if not who:
            message = N_("“{column}” is blank, so that doubles cannot be told.")
            self._faults.add(sheet, number, message, column=self._columns[RESPONDENT])
            return None
        return who

    def _moment(self, sheet: str, number: int, text: str, place: int) -> int | None:
        """When somebody answered; None, and a fault noted, where it is no time or has to be told."""
        found = moment_of(text)
        if found is not None:
            if self._dated is None:
                self._dated = is_dated(found)
            if self._dated == is_dated(found):
                return found
            message = N_("{cell}: “{text}” cannot be compared with other rows: not all of them say the day.")
        elif text.strip():
            message = N_("{cell}: “{text}” in “{column}” is no time that there is.")
        elif self._timed:
            message = N_("{cell}: “{column}” is blank, so that it cannot be told which answer counts.")
        else:
            return None
        cell, column = f"{column_letters(place + 1)}{number}", self._columns[TIME]
        self._faults.add(sheet, number, message, cell=cell, text=as_read(text), column=column)
        return None

    def _line(self, sheet: str, number: int, row: list[str], at: Sequence[int]) -> tuple[str, ...] | None:
        answers = [known[row[place]] for known, place in zip(self._cells, at, strict=True)]
        if None not in answers:
            return tuple(answers)  # type: ignore[arg-type]
        for item, place, answer in zip(self._form.ballot.items, at, answers, strict=True):
            if answer is None:
                message = N_("“{text}” is no answer to {item}.")
                self._faults.add(sheet, number, message, text=as_read(row[place]), item=item.label)
        return None

    def _reader_of(self, place: int) -> Callable[[str], str | None]:
        item = self._form.ballot.items[place]

        def read(text: str) -> str | None:
            found = answer_of(item, as_read(text))
            return None if found == SEVERAL_TICKED else found

        return read

    def _unit(self, text: str) -> str | None:
        found: Unit | None = unit_of(self._form.ballot, as_read(text))
        return None if found is None else found.code

    def _group_code(self, text: str) -> str | None:
        return group_code(self._form, as_read(text))


class _Known(dict[str, str | None]):
    """What texts mean, each asked once.

    Args:
        ask: what a text means.
    """

    def __init__(self, ask: Callable[[str], str | None]) -> None:
        super().__init__()
        self._ask = ask

    def __missing__(self, text: str) -> str | None:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        found = self[text] = self._ask(text)
        return found


@dataclass(frozen=True, slots=True)
class _Places:
    """Where a sheet has what, columns from 0; `wide` by code of the unit, `width` as many as are needed."""

    unit: int | None
    group: int | None
    respondent: int | None
    time: int | None
    long: tuple[int, ...]
    wide: tuple[tuple[str, tuple[int, ...]], ...]
    width: int


def group_code(form: WebForm, text: str) -> str | None:
    """The code of a group by code or label, None when it is none."""
    return next((g.code for g in form.groups if text in (g.code, *g.labels.values())), None)


def _check(form: WebForm, columns: Columns, doubles: str, group: str) -> None:
    """Refuse columns that do not make up opinions."""
    known, items = form.answers, form.ballot.items
    for says in columns:
        if says not in ROLES and says not in known:
            raise CatiError(
                "web_column_unknown",
                N_(
                    "“{text}” is nothing a column can say. Nothing was changed. There are: {known}; and for "
                    "columns of one unit each its code, a dot and the item."
                ),
                text=says,
                known=", ".join([*ROLES, *(item.name for item in items)]),
            )
    twice = [h for h in columns.values() if list(columns.values()).count(h) > 1]
    if twice:
        raise CatiError(
            "web_column_twice",
            N_("Column “{column}” cannot say two things. Nothing was changed. Choose one."),
            column=twice[0],
        )
    if UNIT in columns and any(says in known and known[says][0] is not None for says in columns):
        raise CatiError(
            "web_layouts_mixed",
            N_(
                "A column names the unit of each row, and other columns are about one unit each. Nothing was "
                "changed. Keep one of the two ways."
            ),
        )
    missing = _missing(form, columns, doubles, group)
    if missing:
        raise CatiError(
            "web_columns_missing",
            N_("It is not said which column holds: {what}. Nothing was changed. Name the columns."),
            what=", ".join(missing),
        )


def _missing(form: WebForm, columns: Columns, doubles: str, group: str) -> list[str]:
    known, items = form.answers, form.ballot.items
    found = []
    about: dict[int | None, set[int]] = {}
    for says in columns:
        if says not in ROLES:
            unit, item = known[says]
            about.setdefault(unit, set()).add(item)
    units = [unit for unit in about if unit is not None]
    if UNIT in columns or not units:
        found += [UNIT] if UNIT not in columns else []
        found += [item.name for n, item in enumerate(items) if n not in about.get(None, ())]
    for unit in units:
        code = form.ballot.units[unit].code
        found += [answers_to(code, item.name) for n, item in enumerate(items) if n not in about[unit]]
    if form.groups and not group and GROUP not in columns:
        found.append(GROUP)
    if doubles != EACH and RESPONDENT not in columns and TIME not in columns:
        found.append(RESPONDENT)
    return found


def _empty(path: Path) -> CatiError:
    return CatiError(
        "web_empty",
        N_("{file} holds no answers. Nothing was changed. It needs headings, and a row for each respondent."),
        file=path.name,
    )
