"""Attendance as a workbook: the days, the sums by person and month, every correction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from cati.base.i18n import translate as _
from cati.domain.attendance import LOCAL, hours
from cati.domain.times import clock
from cati.files.exports import Cell, new_workbook


@dataclass(frozen=True, slots=True)
class DayRow:
    """A working day as it is printed.

    Attributes:
        first_in, last_out: None where there is none.
        corrections: when, by whom, why; oldest first, one for each correction.
        open: nobody clocked out.
    """

    day: date
    login: str
    name: str
    first_in: datetime | None
    last_out: datetime | None
    worked: timedelta
    on_break: timedelta
    open: bool
    corrections: tuple[tuple[datetime, str, str], ...]


def write_attendance(path: Path, rows: Sequence[DayRow]) -> None:
    """Write a workbook with the sheets days, months and corrections.

    Args:
        path: where to.
        rows: by day and name.
    """
    with new_workbook(path) as book:
        heading = [
            _("Day"),
            _("User name"),
            _("Name"),
            _("From"),
            _("To"),
            _("Worked"),
            _("Breaks"),
            _("Remark"),
        ]
        book.add_sheet("days", heading, map(_day, rows), widths=(12, 14, 14, 8, 8, 10, 10, 40))
        heading = [_("Month"), _("User name"), _("Name"), _("Days"), _("Worked"), _("Breaks")]
        book.add_sheet("months", heading, _months(rows), widths=(12, 14, 14, 8, 10, 10))
        heading = [_("Day"), _("User name"), _("Name"), _("Corrected at"), _("Corrected by"), _("Reason")]
        book.add_sheet("corrections", heading, _corrections(rows), widths=(12, 14, 14, 18, 14, 60))


def _day(row: DayRow) -> list[Cell]:
    remarks = [_("not clocked out")] if row.open else []
    remarks += [_("corrected")] if row.corrections else []
    return [
        row.day.isoformat(),
        row.login,
        row.name,
        clock(row.first_in) or None,
        clock(row.last_out) or None,
        hours(row.worked),
        hours(row.on_break),
        _("; ").join(remarks),
    ]


def _months(rows: Iterable[DayRow]) -> Iterator[list[Cell]]:
    found: dict[tuple[str, str, str], list[DayRow]] = defaultdict(list)
    for row in rows:
        found[f"{row.day:%Y-%m}", row.login, row.name].append(row)
    for (month, login, name), days in sorted(found.items()):
        worked = sum((day.worked for day in days), timedelta())
        on_break = sum((day.on_break for day in days), timedelta())
        present = sum(day.worked > timedelta() for day in days)
        yield [month, login, name, present, hours(worked), hours(on_break)]


def _corrections(rows: Iterable[DayRow]) -> Iterator[list[Cell]]:
    for row in rows:
        for at, by, reason in row.corrections:
            there = at.astimezone(LOCAL)
            yield [row.day.isoformat(), row.login, row.name, f"{there:%Y-%m-%d %H:%M}", by, reason]
