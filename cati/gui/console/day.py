"""The operator's day: figures, appointments and card beside the queue card, and the picture of the day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.domain.programmes import Programme, in_language
from cati.domain.times import length
from cati.gui import theme
from cati.gui.console import words
from cati.gui.widgets.day import DayMark, DayPicture, MarkKind, Span, clock_time
from cati.gui.widgets.keycap import KeyCap
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.text import Name, Part, Prose, Text

if TYPE_CHECKING:
    from cati.station.workplace import Today

WIDE, NARROW = 396, 272
SHOWN_APPOINTMENTS = 3
REFUSALS = ("refusal", "refusal_final", "recording_refused")


class Figure(QWidget):
    """A number with its word under it."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self._number = Text(size=22, bold=True)
        self.setLayout(column(self._number, Text(word, 12, "ink2"), gap=0))

    def show_number(self, number: str) -> None:
        """Show another number."""
        self._number.set_text(number)


class TodaySide(QWidget):
    """The column at the right of the queue card."""

    def __init__(self) -> None:
        super().__init__()
        self._since = Text(size=13, ink="ink2", elide=True)
        self._figures = [Figure(_("completed")), Figure(_("dialled")), Figure(_("refused"))]
        self._mean = Figure(_("mean interview"))
        figures = row(*self._spread(), gap=4)
        head = row(Text(_("Today"), 13, "ink2", bold=True), None, self._since, gap=8)
        today = Surface(column(head, figures, gap=4, margins=(18, 10, 18, 8)), "panel")
        self._agreed = [self._appointment() for _place in range(SHOWN_APPOINTMENTS)]
        self._appointments = Surface(
            column(
                Text(_("My appointments"), 13, "ink2", bold=True),
                *(line for line, _parts in self._agreed),
                gap=4,
                margins=(18, 10, 18, 8),
            ),
            "panel",
        )
        self._card = Prose((17, 16, 15, 14), 108)
        head = row(Text(_("If they doubt the call, read this"), 13, "ink2", bold=True), None, KeyCap("F2"))
        self._brief = Text(_("Where the number is from, approval, hotline"), 15, wrap=True)
        self._brief.hide()
        card = Surface(column(head, (self._card, 1), self._brief, None, gap=6, margins=(18, 10, 18, 10)))
        self._holder = Holder(column(today, self._appointments, (card, 1), gap=10), width=WIDE)
        self.setLayout(row(self._holder))

    def _spread(self) -> list[QWidget | None]:
        spread: list[QWidget | None] = []
        for figure in (*self._figures, self._mean):
            spread += [figure, None]
        return spread[:-1]

    def _appointment(self) -> tuple[Holder, tuple[Text, Name, Text]]:
        parts = (Text(size=15, bold=True), Name((14, 13, 12), bold=False), Text(size=13, ink="ink2"))
        return Holder(row(parts[0], (parts[1], 1), parts[2], gap=10)), parts

    def show_today(self, programme: Programme, today: Today) -> None:
        """Show figures and appointments."""
        day = today.presence
        since = ""
        if day.first_in is not None:
            start = clock_time(words.local(day.first_in, programme.settings))
            since = _("in since {time} · breaks {minutes} min").format(
                time=start, minutes=int(day.on_break / timedelta(minutes=1))
            )
        self._since.set_text(since)
        counts = (today.completed, len(today.attempts), today.refused)
        for figure, count in zip(self._figures, counts, strict=True):
            figure.show_number(str(count))
        mean = today.mean_seconds
        self._mean.show_number(length(mean, "—"))
        self._show_appointments(programme, today)

    def _show_appointments(self, programme: Programme, today: Today) -> None:
        coming = today.appointments[:SHOWN_APPOINTMENTS]
        self._appointments.setVisible(bool(coming))
        for place, (line, (time, unit, group)) in enumerate(self._agreed):
            line.setVisible(place < len(coming))
            if place >= len(coming):
                continue
            agreed = coming[place]
            there = words.local(agreed.at, programme.settings)
            same = there.date() == today.now.date()
            day = "" if same else words.day_words(there.date(), today.now.date()) + " "
            time.set_text(day + clock_time(there))
            unit.set_text(_unit(programme, agreed.unit_code))
            found = programme.group(agreed.group_code)
            group.set_text(in_language(found.labels, language(), found.label))

    def show_card(self, parts: Sequence[Part]) -> None:
        """Show the verification card of the case in hand."""
        self._card.set_text(parts)

    def maximum_width(self) -> int:
        """Its width in px beside the queue card."""
        return self._holder.maximumWidth()

    def set_space(self, space: theme.Space) -> None:
        """Be narrower, or take the whole width under the queue card; the card is then opened by its key."""
        tight = space >= theme.Space.TIGHT
        width = None if space is theme.Space.NARROW else NARROW if tight else WIDE
        self._holder.set_width(width)
        self._mean.setVisible(not tight)
        for _line, (_time, _unit, group) in self._agreed:
            group.setVisible(not tight)
        self._card.setVisible(not tight)
        self._brief.setVisible(space is theme.Space.TIGHT)


def _unit(programme: Programme, code: str) -> str:
    unit = programme.unit(code)
    return in_language(unit.labels, language(), unit.name) if language() == "en" else unit.name


def hours_words(today: Today) -> str:
    """The hours of the day in which somebody may be called."""
    if not today.hours:
        return _("nobody may be called today")
    start, end = today.hours[0][0], max(end for _start, end in today.hours)
    return f"{clock_time(start)}–{clock_time(end)}"


def picture(programme: Programme, today: Today) -> DayPicture:
    """The day to scale, from a little before the first call hour to a little after the last."""
    zone = today.now.tzinfo
    start, end = _bounds(today)
    marks = [
        DayMark(
            _kind(attempt.disposition),
            attempt.at.astimezone(zone),
            timedelta(seconds=attempt.connected_seconds or 0),
        )
        for attempt in today.attempts
    ]
    marks += [
        DayMark(MarkKind.APPOINTMENT, agreed.at.astimezone(zone), label=_unit(programme, agreed.unit_code))
        for agreed in today.appointments
        if agreed.at.astimezone(zone).date() == today.now.date()
    ]
    return DayPicture(start, end, today.now, tuple(marks), _closed(today, start, end))


def _bounds(today: Today) -> tuple[datetime, datetime]:
    """From the first call hour to the last, but not further than anybody works."""
    early, late = (today.now.replace(hour=hour, minute=0, second=0, microsecond=0) for hour in (8, 21))
    opens = min((start for start, _end in today.hours), default=early)
    closes = max((end for _start, end in today.hours), default=late)
    done = [attempt.at.astimezone(today.now.tzinfo) for attempt in today.attempts]
    margin = timedelta(minutes=12)
    return (
        min(max(opens, early), today.now, *done) - margin,
        max(min(closes, late), today.now, *done) + margin,
    )


def _closed(today: Today, start: datetime, end: datetime) -> tuple[Span, ...]:
    merged: list[list[datetime]] = []
    for opens, closes in sorted(today.hours):
        if merged and opens <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], closes)
        else:
            merged.append([opens, closes])
    edges: list[datetime] = [start, *(edge for stretch in merged for edge in stretch), end]
    return tuple(Span(left, right) for left, right in list(pairwise(edges))[::2] if left < right)


def _kind(disposition: str | None) -> MarkKind:
    if disposition == "complete":
        return MarkKind.COMPLETED
    if disposition in REFUSALS:
        return MarkKind.REFUSAL
    return MarkKind.NO_CONTACT
