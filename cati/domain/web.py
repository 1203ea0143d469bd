"""Opinions from a survey on the web: which column of a file says what, and what is done about doubles."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import TypeAlias
from unicodedata import normalize

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.ballots import Line

DAY = 86_400
"""Seconds: a moment below says no day."""
_SERIAL = range(20_000, 80_000)
"""Days as Excel numbers them: 1954 to 2119."""
_EXCEL = date(1899, 12, 30).toordinal()
_BEIJING = timezone(timedelta(hours=8))
_MOMENT = re.compile(
    r"(?:(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?)?[T\s]*"
    r"(?:(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?秒?)?分?)?"
)

UNIT, GROUP, RESPONDENT, TIME = "unit", "group", "respondent", "time"
ROLES: Mapping[str, str] = {
    UNIT: N_("unit"),
    GROUP: N_("group"),
    RESPONDENT: N_("respondent"),
    TIME: N_("time of answering"),
}
"""What a column may say beside answers, with what it is called."""

REFUSE, FIRST, LAST, EACH = "refuse", "first", "last", "each"
DOUBLES: Mapping[str, str] = {
    REFUSE: N_("refuse the file"),
    FIRST: N_("the first counts"),
    LAST: N_("the last counts"),
    EACH: N_("each counts"),
}
"""What is done about somebody who answered about the same unit more than once."""

Columns: TypeAlias = Mapping[str, str]
"""Heading by what the column says: one of `ROLES`, the name of an item, or code of a unit and name of an item
with a dot between (`answers_to`)."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one respondent said about one unit.

    Attributes:
        sheet: its name.
        row: number in the sheet, from 1.
        who: what tells this respondent from others; kept nowhere. Empty where nothing does.
        unit: code.
        group: code, empty where the channel has none.
        at: when, see `moment_of`; None where no column says it.
        answers: to the items of the channel in their order.
    """

    sheet: str
    row: int
    who: str
    unit: str
    group: str
    answers: Line
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """Which column of a file probably says what.

    Attributes:
        columns: as far as anything is proposed.
        doubles: the rule of last time, empty the first time.
        gone: headings that were used last time and are not in this file.
        unused: headings of this file that nothing is taken from.
    """

    columns: Columns
    doubles: str
    gone: tuple[str, ...]
    unused: tuple[str, ...]


def as_read(text: str) -> str:
    """A heading or cell as it is compared: wide signs as narrow ones, without blanks around."""
    return normalize("NFKC", text).strip()


def moment_of(text: str) -> int | None:
    """A moment of answering as seconds from the year 1 on, to be compared with others; None if it is none.

    Args:
        text: day and time as surveys write them (2023-06-01 9:05, 2023/6/1 09:05:30, 2023年6月1日), a time
            alone (09:05), or the number Excel keeps. A time alone is less than a day: see `is_dated`.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _less_plain(text)
    if moment.tzinfo is not None:
        moment = moment.astimezone(_BEIJING)
    return moment.toordinal() * DAY + moment.hour * 3600 + moment.minute * 60 + moment.second


def is_dated(at: int) -> bool:
    """Whether a moment says which day it was."""
    return at >= DAY


def _less_plain(text: str) -> int | None:
    text = as_read(text)
    if text.replace(".", "", 1).isdecimal() and (0 <= float(text) < 1 or int(float(text)) in _SERIAL):
        seconds = round(float(text) * DAY)
        return seconds + _EXCEL * DAY if seconds >= DAY else seconds
    found = _MOMENT.fullmatch(text)
    if not text or found is None:
        return None
    year, month, day, *clock = found.groups()
    try:
        days = date(int(year), int(month), int(day)).toordinal() if year else 0
        hour, minute, second = (int(part or 0) for part in clock)
        moment = time(hour, minute, second)
    except ValueError:
        return None
    return days * DAY + moment.hour * 3600 + moment.minute * 60 + moment.second


def order_words(doubles: str, columns: Columns) -> str:
    """By what it was told which answer of somebody is the first or the last; empty where nothing was."""
    if doubles not in (FIRST, LAST):
        return ""
    if TIME not in columns:
        return _("Which answer is the first and which the last, the order of the rows told.")
    words = _("Which answer is the first and which the last, “{column}” told; at equal times, the rows did.")
    return words.format(column=columns[TIME])


def answers_to(unit: str, item: str) -> str:
    """What a column of answers to one item about one unit is named by."""
    return f"{unit}.{item}"


def remembered(columns: Columns, doubles: str, guessed: Columns, headings: Sequence[str]) -> Proposal:
    """What is proposed for a file with these headings.

    Args:
        columns: of last time, by heading names; empty the first time.
        doubles: the rule of last time.
        guessed: what the headings themselves suggest.
        headings: of the file.
    """
    kept = {says: heading for says, heading in columns.items() if heading in headings}
    chosen = dict(kept) if columns else {}
    taken = set(chosen.values())
    for says, heading in guessed.items():
        if says not in chosen and heading not in taken and (not columns or says in columns):
            chosen[says] = heading
            taken.add(heading)
    return Proposal(
        chosen,
        doubles,
        tuple(heading for heading in dict.fromkeys(columns.values()) if heading not in headings),
        tuple(heading for heading in headings if heading and heading not in taken),
    )
