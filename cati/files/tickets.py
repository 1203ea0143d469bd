"""Lists of 12345 tickets as the platform of the hotline gives them out, one row each.

What people wrote and who they are is never read, even where a file has it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.frames import find_unit
from cati.domain.hotline import Appeal, Kind, Outcome, Ticket, Way, most_extension
from cati.domain.programmes import Unit
from cati.files.tables import TableRow, read_hashed_table

T = TypeVar("T")

COLUMNS: Mapping[str, Sequence[str]] = {
    "number": ("工单号", "工单编号", "编号"),
    "unit": ("承办单位", "办理单位", "单位", "单位名称"),
    "kind": ("诉求类型", "工单类型", "类型"),
    "sent": ("派单时间", "转派时间", "派发时间"),
    "done": ("办结时间", "办结或退单时间", "办理时间"),
    "way": ("处理方式", "办理方式", "办理结果"),
}
"""What every list has, with the headings it also goes by."""

OPTIONAL: Mapping[str, Sequence[str]] = {
    "marked": ("是否按时", "是否按时办结", "按时"),
    "satisfied": ("处理满意", "是否满意", "满意评价", "满意度"),
    "sms": ("短信评价", "短信评价结果"),
    "call": ("人工回访", "人工回访结果", "回访结果"),
    "spot": ("自治区抽查未解决", "抽查未解决"),
    "appeal": ("申诉结果",),
    "appealed": ("申诉时间", "申诉日期"),
    "extension": ("延期", "延长时限", "延期天数"),
    "suspended": ("挂起时间", "挂起开始"),
    "resumed": ("恢复时间", "挂起结束"),
}

KINDS = {
    "突发": Kind.URGENT,
    "咨询": Kind.QUESTION,
    "求助": Kind.HELP,
    "建议": Kind.PROPOSAL,
    "投诉": Kind.COMPLAINT,
    "举报": Kind.REPORT,
}
WAYS = {"办结": Way.CLOSED, "已办结": Way.CLOSED, "退单": Way.RETURNED, "已退单": Way.RETURNED}
MARKS = {"": None, "是": True, "按时": True, "否": False, "超时": False, "逾期": False}
SATISFIED = {"": None, "未评价": None, "满意": True, "不满意": False}
OUTCOMES = {
    "": None,
    "未评价": None,
    "已解决": Outcome.RESOLVED,
    "部分解决": Outcome.PARTLY,
    "未解决": Outcome.UNRESOLVED,
}
SPOT = {"": False, "否": False, "是": True}
APPEALS = {"": None, "通过": Appeal.PASSED, "未通过": Appeal.FAILED, "不通过": Appeal.FAILED}

TOTALS = {"合计", "总计", "小计"}
"""What stands in a line that is a sum and no row."""

MOST_TOLD = 20
"""Problems that one refusal tells; the count says how many there are."""

# A telephone number is no number of a ticket: nobody's is kept.
_NUMBER = re.compile(r"(?!(?:\+?86)?1[3-9]\d{9}$)[A-Za-z0-9][A-Za-z0-9_-]{2,39}")
_TIME = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[ T]*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})\d*)?)?)?"
)
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?")


@dataclass(frozen=True, slots=True)
class TicketFile:
    """A list of tickets: name of the file, hexadecimal SHA-256 of its bytes, what it holds."""

    name: str
    sha256: str
    tickets: tuple[Ticket, ...]


class _Wrong(Exception):
    """What is wrong with a cell, in words."""


def read_tickets(path: Path, units: Sequence[Unit], zone: ZoneInfo) -> TicketFile:
    """Read a list of tickets, all of it or nothing.

    Args:
        path: .xlsx or .csv with a heading row; see `COLUMNS`.
        units: of the programme, by name, alias or code.
        zone: of the times in it.

    Raises:
        CatiError: ``tickets_problems`` with rows and reasons, ``tickets_missing``, and what
            `read_hashed_table` refuses.
    """
    sha256, rows = read_hashed_table(path, COLUMNS, OPTIONAL)
    found: list[Ticket] = []
    problems: list[str] = []
    first: dict[str, int] = {}
    names = _UnitNames(units)
    for row in rows:
        if row.cells["number"] in TOTALS:
            continue
        try:
            ticket = _ticket(row, names, zone)
            if ticket.number in first:
                message = _("“{text}” stands in row {first} already.")
                raise _Wrong(message.format(text=ticket.number, first=first[ticket.number]))
            first[ticket.number] = row.number
            found.append(ticket)
        except _Wrong as wrong:
            problems.append(_("row {row}: {problem}").format(row=row.number, problem=wrong))
    refuse_problems(path, problems)
    if not found:
        raise CatiError(
            "tickets_missing",
            N_("{file} holds no tickets. Nothing was changed. It needs one row for each."),
            file=path.name,
        )
    return TicketFile(path.name, sha256, tuple(found))


def refuse_problems(path: Path, problems: Sequence[str]) -> None:
    """Refuse a file in which anything does not fit.

    Args:
        path: of the file.
        problems: each with its row.

    Raises:
        CatiError: ``tickets_problems``, also with the problems in params["problems"].
    """
    if problems:
        raise CatiError(
            "tickets_problems",
            N_("{file} was not taken; rows to put right: {count}. Nothing was changed.\n{list}"),
            file=path.name,
            count=len(problems),
            list="\n".join([*problems[:MOST_TOLD], *(["…"] if len(problems) > MOST_TOLD else [])]),
            problems=tuple(problems),
        )


class _UnitNames:
    """Units by what lists call them; a list names the same ones again and again."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._units = units
        self._known: dict[str, Unit | None] = {unit.code: unit for unit in units}

    def find(self, text: str) -> str:
        if text not in self._known:
            self._known[text] = find_unit(self._units, text)
        unit = self._known[text]
        if unit is None:
            raise _Wrong(_("the programme has no unit “{text}”.").format(text=text))
        return unit.code


def _ticket(row: TableRow, units: _UnitNames, zone: ZoneInfo) -> Ticket:
    cells = row.cells
    number = cells["number"]
    if not _NUMBER.fullmatch(number):
        raise _Wrong(_("“{text}” is no number of a ticket.").format(text=number))
    unit = units.find(cells["unit"])
    kind = _word(KINDS, cells["kind"].removesuffix("类"))
    sent, done = _moment(cells["sent"], zone), _moment(cells["done"], zone)
    if done < sent:
        raise _Wrong(_("it was done before it was sent."))
    appealed = _day(cells["appealed"], zone)
    return Ticket(
        number,
        unit,
        kind,
        sent,
        done,
        _word(WAYS, cells["way"]),
        _word(MARKS, cells["marked"]),
        _word(SATISFIED, cells["satisfied"]),
        _word(OUTCOMES, cells["sms"]),
        _word(OUTCOMES, cells["call"]),
        _word(SPOT, cells["spot"]),
        _word(APPEALS, cells["appeal"]),
        None if appealed is None else appealed.date(),
        _extension(cells["extension"], kind),
        _suspension(cells["suspended"], cells["resumed"], sent, zone),
    )


def _word(words: Mapping[str, T], text: str) -> T:
    if text not in words:
        message = _("“{text}” must be one of {known}.")
        raise _Wrong(message.format(text=text, known="、".join(word for word in words if word)))
    return words[text]


def _moment(text: str, zone: ZoneInfo) -> datetime:
    """A time; of a workbook's cell a day alone is left when it was midnight."""
    found = _TIME.fullmatch(text)
    if found:
        *parts, fraction = found.groups("0")
        return _made(text, *map(int, parts), int(fraction.ljust(6, "0")), zone=zone)
    raise _Wrong(_("“{text}” is no time such as 2024-11-18 08:30.").format(text=text))


def _day(text: str, zone: ZoneInfo) -> datetime | None:
    if not text:
        return None
    found = _DAY.fullmatch(text)
    if not found:
        raise _Wrong(_("“{text}” is no date such as 2024-11-18.").format(text=text))
    return _made(text, *map(int, found.groups()), zone=zone)


def _made(text: str, *numbers: int, zone: ZoneInfo) -> datetime:
    try:
        return datetime(*numbers, tzinfo=zone)  # type: ignore[arg-type, misc]
    except ValueError:
        raise _Wrong(_("“{text}” is no time such as 2024-11-18 08:30.").format(text=text)) from None


def _extension(text: str, kind: Kind) -> int:
    most = most_extension(kind)
    if not text:
        return 0
    if not re.fullmatch(r"\d{1,3}", text) or int(text) > most:
        message = _("an extension of “{text}” is not from 0 to {most}, once the limit.")
        raise _Wrong(message.format(text=text, most=most))
    return int(text)


def _suspension(start: str, end: str, sent: datetime, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    if not start and not end:
        return None
    suspended, resumed = _moment(start, zone), _moment(end, zone)
    if not sent <= suspended <= resumed:
        raise _Wrong(_("it was resumed before it was suspended, or suspended before it was sent."))
    return suspended, resumed
