"""My day to scale: what was dialled, what is agreed, when nobody may be called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.gui import theme
from cati.gui.theme import px
from cati.gui.widgets.base import CENTRE, Painted
from cati.gui.widgets.icons import Icon, draw_icon
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.surface import Band
from cati.gui.widgets.text import Strong, Text


class MarkKind(Enum):
    """What happened: its word, outline in the legend, and ink."""

    COMPLETED = (N_("completed"), "end", "ok")
    NO_CONTACT = (N_("no contact"), "no_answer", "ink2")
    REFUSAL = (N_("refusal"), "refusal", "stop")
    APPOINTMENT = (N_("appointment"), "flag", "accent")


@dataclass(frozen=True)
class DayMark:
    """One thing on the line of the day.

    Attributes:
        kind: how it is drawn.
        start: when it began, in local time.
        length: how long it took; only a completed interview is drawn to length.
        label: words beside an appointment, such as the unit.
    """

    kind: MarkKind
    start: datetime
    length: timedelta = timedelta()
    label: str = ""


@dataclass(frozen=True)
class Span:
    """A time in which nobody is called, with an optional word such as lunch."""

    start: datetime
    end: datetime
    label: str = ""


@dataclass(frozen=True)
class DayPicture:
    """All that the line of the day shows, in local time.

    Attributes:
        start: left end, a little before the first call hour.
        end: right end.
        now: the present moment, or None to leave it out.
        marks: in any order.
        closed: closed hours and breaks.
    """

    start: datetime
    end: datetime
    now: datetime | None = None
    marks: Sequence[DayMark] = field(default=())
    closed: Sequence[Span] = field(default=())


def clock_time(moment: datetime) -> str:
    """9:05 for five past nine; ``%-H`` does not exist on every platform."""
    return f"{moment.hour}:{moment:%M}"


class Day(Painted, QWidget):
    """The line itself.

    Solid is completed, low and hollow is no contact, a crossed square a refusal, a flag an appointment,
    hatched is closed, the upright line is now.

    Args:
        full: with hours and the word "now"; otherwise one low line.
    """

    def __init__(self, full: bool) -> None:
        super().__init__()
        self._full = full
        self._day: DayPicture | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_("My day"))

    def set_day(self, day: DayPicture) -> None:
        """Show another day, or the same one a little later."""
        if day == self._day:
            return
        self._day = day
        counts = dict.fromkeys(MarkKind, 0)
        for mark in day.marks:
            counts[mark.kind] += 1
        self.setAccessibleDescription(", ".join(f"{_(kind.value[0])} {n}" for kind, n in counts.items() if n))
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room, low or high."""
        return QSize(px(400), px(66 if self._full else 26))

    def minimumSizeHint(self) -> QSize:
        """A third of that is still a picture."""
        return QSize(px(140), px(66 if self._full else 26))

    def _x(self, moment: datetime) -> float:
        assert self._day is not None
        share = (moment - self._day.start) / (self._day.end - self._day.start)
        return min(1.0, max(0.0, share)) * (self.width() - 2) + 1

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the day from its data."""
        if self._day is None:
            return
        painter = self.begin()
        top = float(px(18 if self._full else 4))
        base = float(self.height() - px(20 if self._full else 4))
        self._paint_hours(painter, top, base)
        for mark in sorted(self._day.marks, key=lambda mark: mark.start):
            if mark.kind is not MarkKind.APPOINTMENT:
                self._paint_attempt(painter, mark, top, base)
        self._paint_appointments(painter, base)
        if self._day.now is not None:
            self._paint_now(painter, self._day.now, top, base)

    def _paint_hours(self, painter: QPainter, top: float, base: float) -> None:
        assert self._day is not None
        for span in self._day.closed:
            left, right = self._x(span.start), self._x(span.end)
            box = QRectF(left, top, right - left, base - top)
            painter.fillRect(box, QBrush(theme.colour("hatch"), Qt.BrushStyle.BDiagPattern))
            width = theme.text_width(span.label, 12)
            if span.label and width + px(8) < box.width():
                plate = QRectF(box.center().x() - width / 2 - px(4), top, width + px(8), box.height())
                painter.fillRect(plate, theme.colour(self._ground))
                self.write(painter, plate, span.label, 12, "ink2", align=CENTRE)
        painter.setPen(QPen(theme.colour("edge"), 1))
        painter.drawLine(QLineF(0, base + 0.5, self.width(), base + 0.5))
        hour = self._day.start.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        step = 1 if self.width() / max(1, (self._day.end - hour) / timedelta(hours=1)) > px(48) else 2
        while hour < self._day.end:
            x = self._x(hour)
            painter.setPen(QPen(theme.colour("edge"), 1))
            painter.drawLine(QLineF(x, base, x, base + px(4)))
            if self._full and hour.hour % step == 0:
                self.write(
                    painter,
                    QRectF(x - px(30), base + px(3), px(60), px(17)),
                    clock_time(hour),
                    12,
                    "ink2",
                    align=CENTRE,
                )
            hour += timedelta(hours=1)

    @property
    def _ground(self) -> str:
        return "sheet" if self._full else "panel"

    def _paint_attempt(self, painter: QPainter, mark: DayMark, top: float, base: float) -> None:
        x, high = self._x(mark.start), base - top
        if mark.kind is MarkKind.COMPLETED:
            wide = max(float(px(4)), self._x(mark.start + mark.length) - x - 1)
            painter.fillRect(QRectF(x, top + high * 0.1, wide, high * 0.9), theme.colour("ok"))
        elif mark.kind is MarkKind.REFUSAL:
            side = px(9)
            draw_icon(painter, "refusal", QRectF(x, base - side, side, side), "stop", self._ground)
        else:
            painter.setPen(QPen(theme.colour("edge"), 1.2))
            painter.setBrush(theme.colour("sheet"))
            painter.drawRect(QRectF(x, base - high * 0.38, px(4), high * 0.38))

    def _paint_appointments(self, painter: QPainter, base: float) -> None:
        assert self._day is not None
        agreed = sorted(
            (mark for mark in self._day.marks if mark.kind is MarkKind.APPOINTMENT),
            key=lambda mark: mark.start,
        )
        for place, mark in enumerate(agreed):
            x = self._x(mark.start)
            draw_icon(
                painter, "flag", QRectF(x - px(4), base - px(16), px(15), px(15)), "accent", self._ground
            )
            following = self._x(agreed[place + 1].start) if place + 1 < len(agreed) else float(self.width())
            left, room = x + px(12), following - x - px(18)
            clock = clock_time(mark.start)
            words = f"{clock} {mark.label}" if self._full and mark.label else clock
            if theme.text_width(words, 12) > room:
                words = clock
            width = theme.text_width(words, 12)
            if width > room:
                continue  # the flag alone: the list of appointments has the words
            box = QRectF(left, base - px(18), width + 3, px(16))
            painter.fillRect(box, theme.colour(self._ground))
            self.write(painter, box, words, 12)

    def _paint_now(self, painter: QPainter, now: datetime, top: float, base: float) -> None:
        x = self._x(now)
        painter.setPen(QPen(theme.colour("ink"), 2))
        painter.drawLine(QLineF(x, top - px(2), x, base))
        if self._full:
            words = _("now {time}").format(time=clock_time(now))
            width = theme.text_width(words, 12, bold=True) + 2
            left = min(max(0.0, x - width / 2), self.width() - width)
            self.write(painter, QRectF(left, 0, width, px(16)), words, 12, bold=True)


class DayLine(Band):
    """The day as the last line but one of every operator screen: count, line, next appointment."""

    def __init__(self) -> None:
        self._count = Text(size=13, ink="ink2")
        self._lost = Text(size=13, ink="warn", bold=True)
        self._line = Day(full=False)
        self._flag = Icon("flag", "accent", 14, "panel")
        self._next = Text(size=13, ink="ink2")
        super().__init__(
            row(
                self._count,
                self._lost,
                (self._line, 1),
                self._flag,
                self._next,
                gap=12,
                margins=(18, 0, 18, 0),
            ),
            "panel",
            34,
            top="line",
        )
        self._lost.hide()

    def set_lost(self, words: str) -> None:
        """Say that there is no connection; empty when there is."""
        self._lost.set_text(words)
        self._lost.setVisible(bool(words))

    def set_day(self, day: DayPicture, completed: int, aim: int | None) -> None:
        """Show the day.

        Args:
            day: the picture.
            completed: interviews the operator has completed today.
            aim: how many are meant for the day, or None.
        """
        self._count.set_text(_count_words(completed, aim))
        self._line.set_day(day)
        coming = _next_appointment(day)
        self._flag.setVisible(coming is not None)
        if coming is None:
            self._next.set_text(_("no appointment today"))
        else:
            clock = Strong(clock_time(coming.start), "ink")
            self._next.set_text(
                (_("next appointment") + " ", clock, f" {coming.label}" if coming.label else "")
            )


class DayBoard(Band):
    """The day with hours and legend, on the screen between two calls."""

    def __init__(self) -> None:
        self._hours = Text(size=13, ink="ink2")
        self._lost = Text(size=13, ink="warn", bold=True)
        self._day = Day(full=True)
        legend = [
            Holder(row(Icon(icon, ink, 13), Text(_(word), 12, "ink2"), gap=4))
            for word, icon, ink in (kind.value for kind in MarkKind)
        ]
        head = row(Text(_("My day"), 13, "ink2", bold=True), self._hours, self._lost, None, *legend, gap=12)
        super().__init__(column(head, self._day, gap=0, margins=(18, 6, 18, 2)), "sheet", top="line")
        self._lost.hide()

    def set_lost(self, words: str) -> None:
        """Say that there is no connection; empty when there is."""
        self._lost.set_text(words)
        self._lost.setVisible(bool(words))

    def set_day(self, day: DayPicture, hours: str) -> None:
        """Show the day; `hours` are the call hours in words, such as 9:00–20:30."""
        self._hours.set_text(hours)
        self._day.set_day(day)


def _count_words(completed: int, aim: int | None) -> tuple[str | Strong, ...]:
    count = Strong(str(completed), "ink")
    before, _gap, after = _("today {count} completed").partition("{count}")
    middle = f" / {aim}" if aim is not None else ""
    return (before, count, middle + after)


def _next_appointment(day: DayPicture) -> DayMark | None:
    coming = [
        mark
        for mark in day.marks
        if mark.kind is MarkKind.APPOINTMENT and (day.now is None or mark.start >= day.now)
    ]
    return min(coming, key=lambda mark: mark.start, default=None)
