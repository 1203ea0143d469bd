"""Attendance on paper: the month of everybody on one table, its days one by one, and one day to be signed."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from cati.base.i18n import translate as _
from cati.domain.attendance import LOCAL, hours
from cati.gui.printing.paper import TINY, Block, Grid, Head, Part, Signatures, Words

if TYPE_CHECKING:
    from cati.services.attendance import WorkingDay

_SIGN_ROW = 100


def month_part(first: date, days: Sequence[WorkingDay]) -> Part:
    """Everybody's hours, day by day across, with sums and room to sign."""
    last = monthrange(first.year, first.month)[1]
    heads = [
        Head(_("Name"), 22),
        *(Head(str(number), 7.1, figure=True) for number in range(1, last + 1)),
        Head(_("Days"), 8, figure=True),
        Head(_("Hours"), 12, figure=True),
        Head(_("Signature"), 17),
    ]
    rows = []
    for login, name in sorted({(day.login, day.name) for day in days}, key=lambda who: (who[1], who[0])):
        own = {day.day.day: day for day in days if day.login == login}
        cells = [_worked(own[number]) if number in own else "" for number in range(1, last + 1)]
        worked = [day.summary.worked for day in own.values()]
        present = sum(time > timedelta() for time in worked)
        rows.append((name, *cells, str(present), hours(sum(worked, timedelta())), ""))
    blocks: list[Block] = [
        Grid(heads, rows, size=TINY, nothing=_("Nobody worked in this month"), least=_SIGN_ROW, side=4),
        Words(_notes(), TINY),
        Signatures([_("Made by"), _("Checked by")]),
    ]
    return Part(
        _("Attendance, {year}-{month:02}").format(year=first.year, month=first.month), blocks, landscape=True
    )


def days_part(first: date, days: Sequence[WorkingDay]) -> Part:
    """Every day of everybody on its line, and every correction with its reason."""
    heads = [
        Head(_("Day"), 22),
        Head(_("Name"), 26),
        Head(_("From"), 13, figure=True),
        Head(_("To"), 13, figure=True),
        Head(_("Worked"), 15, figure=True),
        Head(_("Breaks"), 15, figure=True),
        Head(_("Remark"), 40),
    ]
    rows = [(day.day.isoformat(), *_line(day)) for day in days]
    title = _("Attendance day by day, {year}-{month:02}").format(year=first.year, month=first.month)
    return Part(title, [Grid(heads, rows, nothing=_("Nobody worked in this month")), *_corrections(days)])


def day_part(day: date, days: Sequence[WorkingDay]) -> Part:
    """One day of everybody, to be signed by each."""
    heads = [
        Head(_("Name"), 28),
        Head(_("From"), 14, figure=True),
        Head(_("To"), 14, figure=True),
        Head(_("Worked"), 16, figure=True),
        Head(_("Breaks"), 16, figure=True),
        Head(_("Remark"), 44),
        Head(_("Signature"), 34),
    ]
    there = [one for one in days if one.day == day]
    rows = [(*_line(one), "") for one in there]
    blocks: list[Block] = [
        Grid(heads, rows, nothing=_("Nobody worked on this day"), least=_SIGN_ROW),
        *_corrections(there),
        Signatures([_("Made by"), _("Checked by")]),
    ]
    return Part(_("Attendance, {day}").format(day=day.isoformat()), blocks)


def _line(day: WorkingDay) -> tuple[str, ...]:
    remarks = [_("not clocked out")] if day.open else []
    remarks += [_("corrected")] if day.changes else []
    return (
        day.name,
        _clock(day.summary.first_in),
        _clock(day.last_out),
        hours(day.summary.worked),
        hours(day.summary.on_break),
        _("; ").join(remarks),
    )


def _worked(day: WorkingDay) -> str:
    return hours(day.summary.worked) + ("*" if day.changes else "") + ("!" if day.open else "")


def _notes() -> str:
    return _("Hours and minutes without breaks. * corrected, the original is kept; ! nobody clocked out.")


def _corrections(days: Sequence[WorkingDay]) -> list[Block]:
    made = [
        (day.day.isoformat(), day.name, f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}", by, reason)
        for day in days
        for at, by, reason in dict.fromkeys((c.made_at, c.made_by, c.reason) for c in day.changes)
    ]
    if not made:
        return []
    heads = [
        Head(_("Day"), 22),
        Head(_("Name"), 24),
        Head(_("Corrected at"), 30),
        Head(_("Corrected by"), 24),
        Head(_("Reason"), 60),
    ]
    return [Words(_("Corrections"), bold=True, before=40), Grid(heads, made)]


def _clock(moment: datetime | None) -> str:
    return "—" if moment is None else f"{moment.astimezone(LOCAL):%H:%M}"
