"""The tab of attendance: everybody's days of a month, put right with a reason, written into a workbook."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.attendance import LOCAL, Event, Step, hours, local_day
from cati.domain.times import clock
from cati.gui.actions import Keys
from cati.gui.field.attendance_paper import day_part, days_part, month_part
from cati.gui.field.tab import Tab
from cati.gui.form import labelled
from cati.gui.office.files import choose_target
from cati.gui.office.office import Office
from cati.gui.office.question import Question
from cati.gui.printing.offer import headed, offer
from cati.gui.printing.paper import Paper
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.segments import Segment, Segments
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.table import Cell, Column, Table
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.attendance import WorkingDay

_STRETCH = re.compile(r"^(\d{1,2}):?(\d{2})-(\d{1,2}):?(\d{2})$")


def stretches(steps: Sequence[Event]) -> str:
    """The work of a day as it is typed, such as ``9:00-12:00 13:30-18:00``; breaks are what lies between."""
    local = [(step.step, step.at.astimezone(LOCAL)) for step in steps]
    begun: datetime | None = None
    parts = []
    for step, at in local:
        if step in (Step.IN, Step.BACK):
            begun = at
        elif begun is not None:
            parts.append(f"{begun:%H:%M}-{at:%H:%M}")
            begun = None
    if begun is not None:
        parts.append(f"{begun:%H:%M}-")
    return " ".join(parts)


def read_stretches(day: date, text: str) -> tuple[Event, ...]:
    """The steps of a day from its stretches of work; nothing typed strikes the day out.

    Raises:
        CatiError: ``stretches_unreadable``.
    """
    found: list[tuple[datetime, datetime]] = []
    for part in text.replace("–", "-").replace("：", ":").replace("，", " ").replace(",", " ").split():
        matched = _STRETCH.match(part)
        times = [int(number) for number in matched.groups()] if matched else []
        if not times or times[0] > 23 or times[2] > 23 or times[1] > 59 or times[3] > 59:
            raise _unreadable(part)
        start = datetime(day.year, day.month, day.day, times[0], times[1], tzinfo=LOCAL)
        end = datetime(day.year, day.month, day.day, times[2], times[3], tzinfo=LOCAL)
        if end <= start or (found and start < found[-1][1]):
            raise _unreadable(part)
        found.append((start, end))
    if not found:
        return ()
    steps = [Event(Step.IN, found[0][0])]
    for (_start, end), (again, _end) in pairwise(found):
        steps += [Event(Step.BREAK, end), Event(Step.BACK, again)]
    return (*steps, Event(Step.OUT, found[-1][1]))


def _unreadable(part: str) -> CatiError:
    return CatiError(
        "stretches_unreadable",
        N_(
            "“{part}” is no time of work. Nothing was changed. Type it such as 9:00-12:00 "
            "13:30-18:00, one after the other."
        ),
        part=part,
    )


def _columns() -> Sequence[Column]:
    return (
        Column("day", _("Day"), 100, sort=True),
        Column("name", _("Name"), 90, grows=1, sort=True),
        Column("from", _("From"), 60, figure=True),
        Column("to", _("To"), 60, figure=True),
        Column("worked", _("Worked"), 70, figure=True),
        Column("breaks", _("Breaks"), 70, figure=True),
        Column("state", _("Remark"), 140, grows=2),
    )


class AttendanceTab(Tab):
    """A month of everybody's working days."""

    def __init__(self, office: Office, keys: Keys) -> None:
        super().__init__(office, keys)
        self._first = local_day(office.session.clock.now()).replace(day=1)
        self._days: tuple[WorkingDay, ...] = ()
        self._month, self._sums = Text(size=17, bold=True), Text(size=14, ink="ink2", elide=True)
        self.table = Table(
            _("Attendance"),
            _columns(),
            self._cells,
            row_name=lambda day: (day.day, day.login),
            nothing=_("Nobody worked in this month"),
        )
        self.table.opened.connect(self._ask_truth)
        head = row(self._month, (self._sums, 1), gap=12, margins=(4, 0, 4, 0))
        sheet = Surface(column(head, (self.table, 1), gap=8, margins=(10, 10, 10, 8)))
        self.setLayout(column(sheet, gap=0))

    # ---- the page asks ---------------------------------------------------------------------------

    def summary(self) -> str:
        """How many days and how much work."""
        count = len(self._days)
        return ngettext("{count} working day", "{count} working days", count).format(count=count)

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """Walk over the rows and months, correct, write a workbook."""
        return {
            **self.table.handlers(),
            "attendance_month": self._turn,
            "attendance_write": self._ask_file,
            "print": self._ask_print,
        }

    def arrive(self) -> None:
        """The rows take the keys."""
        self.table.setFocus()

    def refresh(self) -> None:
        """Read the month anew."""
        from cati.services import attendance

        session, first, last = self.office.session, self._first, self._last()
        self.office.ask(self, lambda: attendance.days(session, first, last), self._take)

    def _last(self) -> date:
        return self._first.replace(day=monthrange(self._first.year, self._first.month)[1])

    def _take(self, days: tuple[WorkingDay, ...]) -> None:
        self._days = days
        self.table.show_rows(days)
        self._month.set_text(f"{self._first:%Y-%m}")
        worked = sum((day.summary.worked for day in days), timedelta())
        people = len({day.login for day in days})
        words = _("{people} people · {hours} hours worked").format(people=people, hours=hours(worked))
        self._sums.set_text(words)
        self.summary_changed.emit()

    def _cells(self, day: WorkingDay) -> Sequence[Cell | str]:
        state = Cell("")
        if day.open:
            state = Cell(_("not clocked out"), "warn", icon="warning")
        elif day.changes:
            state = Cell(_("corrected"), "ink2", icon="again")
        return (
            day.day.isoformat(),
            day.name,
            clock(day.summary.first_in, "—"),
            clock(day.last_out, "—"),
            Cell(hours(day.summary.worked), bold=True),
            hours(day.summary.on_break),
            state,
        )

    # ---- what is done ----------------------------------------------------------------------------

    def _turn(self, key: str) -> None:
        # From a first day, 31 days on lies in the next month, whatever its length.
        self._first = (self._first + timedelta(days=31 if key == "M" else -1)).replace(day=1)
        self.refresh()

    def _ask_truth(self, day: WorkingDay) -> None:
        from cati.services import attendance

        session = self.office.session
        work = LineField(_("Work of the day"), hint="9:00-12:00 13:30-18:00")
        work.setText(stretches(day.steps))
        reason = LineField(_("Reason"))
        clocked = stretches([one.event for one in day.clocked]) or "—"

        def answer() -> None:
            try:
                steps = read_stretches(day.day, work.text())
            except CatiError as error:
                question.refuse(error)
                return
            why = reason.text()
            self.office.ask(
                self,
                lambda: attendance.correct(session, day.login, day.day, steps, why),
                corrected,
                question.refuse,
            )

        question = Question(
            self.place(),
            _("{name}, {day}").format(name=day.name, day=day.day.isoformat()),
            _("As clocked: {clocked}. The original is kept; what you type holds.").format(clocked=clocked),
            [labelled(work), labelled(reason)],
            _("Correct it"),
            answer,
        )

        def corrected(_day: WorkingDay) -> None:
            question.leave()
            self.refresh()

    def _ask_file(self) -> None:
        name = f"attendance-{self._first:%Y-%m}.xlsx"
        choose_target(self, _("Export the month"), ["Excel (*.xlsx)"], name, self._write)

    def _ask_print(self) -> None:
        """The month, its days, or the day the row in hand belongs to."""
        current = self.table.current()
        day = current.day if current is not None else None
        choices = [Segment("month", _("The month")), Segment("days", _("Day by day"))]
        if day is not None:
            choices.append(Segment("day", day.isoformat()))
        which = Segments(_("What to print"), choices)

        def answer() -> None:
            code = which.code
            question.leave()
            self._print(code, day)

        question = Question(
            self.place(),
            _("Print attendance"),
            _("← → choose. A PDF file of A4 pages is written, to be looked at and printed."),
            [Holder(row(which, None))],
            _("Print"),
            answer,
        )
        which.setFocus()

    def _print(self, code: str, day: date | None) -> None:
        from cati.services.prints import Print

        first, days, office = self._first, self._days, self.office
        name = f"{day:%Y-%m-%d}" if code == "day" and day is not None else f"{first:%Y-%m}"

        def make() -> Paper:
            if code == "day" and day is not None:
                part = day_part(day, days)
            else:
                part = month_part(first, days) if code == "month" else days_part(first, days)
            return headed(office, part.title, [part])

        proposed = f"attendance-{name}" + ("-days" if code == "days" else "")
        offer(self.place(), Print.ATTENDANCE, f"attendance {name}", proposed, make)

    def _write(self, file: Path) -> None:
        from cati.services import attendance

        session, first, last = self.office.session, self._first, self._last()

        def written(count: int) -> None:
            words = ngettext("{file} written, {count} day.", "{file} written, {count} days.", count)
            self.office.tell(words.format(file=file, count=count))

        self.office.start(self, lambda _job: attendance.write_workbook(session, first, last, file), written)
