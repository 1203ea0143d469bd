"""The week to come as a grid: call hours, own appointments, and the time that is being agreed on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cati.base.i18n import translate as _
from cati.gui import theme
from cati.gui.console.times import DAYS, Calendar
from cati.gui.console.words import weekday
from cati.gui.theme import px
from cati.gui.widgets.base import CENTRE, NO_BRUSH, NO_PEN, RIGHT, Painted, outline
from cati.gui.widgets.day import clock_time
from cati.gui.widgets.icons import draw_icon

GAP = 2
ARROWS = {"Left": (-1, 0), "Right": (1, 0), "Up": (0, -1), "Down": (0, 1)}


class WeekGrid(Painted, QWidget):
    """Days across, bands of call hours down; closed cells are hatched, appointments are flags."""

    picked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._calendar: Calendar | None = None
        self._flags: Counter[tuple[int, int]] = Counter()
        self._chosen: datetime | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(_("The week to come"))

    def show_week(self, calendar: Calendar, appointments: Sequence[datetime]) -> None:
        """Show another week.

        Args:
            calendar: of the group that is called.
            appointments: the operator's own, aware.
        """
        self._calendar = calendar
        zone = calendar.now.tzinfo
        cells = (calendar.cell_of(moment.astimezone(zone)) for moment in appointments)
        self._flags = Counter(cell for cell in cells if cell is not None)
        self.updateGeometry()
        self.update()

    def choose(self, moment: datetime | None) -> None:
        """Mark the cell of a time, which may lie beyond the week."""
        self._chosen = moment
        said = "" if moment is None else f"{moment:%Y-%m-%d} {weekday(moment)} {clock_time(moment)}"
        self.setAccessibleDescription(said)
        self.update()

    def walk(self, key: str) -> datetime | None:
        """The first time of the next open cell in the direction of an arrow key; None at the edge.

        To the side it is the next day that has an open cell, in the same band or the one nearest to it.
        """
        calendar = self._calendar
        assert calendar is not None
        here = calendar.cell_of(self._chosen) if self._chosen else None
        across, down = ARROWS[key]
        if here is None:
            # Before anything is chosen any arrow leads to the first open cell.
            return self._first_open((day, band) for day in range(DAYS) for band in range(self._rows()))
        day, band = here
        if down:
            return self._first_open((day, to) for to in self._beyond(band, down, self._rows()))
        near = sorted(range(self._rows()), key=lambda other: abs(other - band))
        return self._first_open((to, other) for to in self._beyond(day, across, DAYS) for other in near)

    @staticmethod
    def _beyond(here: int, step: int, count: int) -> range:
        return range(here + step, count if step > 0 else -1, step)

    def _first_open(self, cells: Iterable[tuple[int, int]]) -> datetime | None:
        calendar = self._calendar
        assert calendar is not None
        times = (calendar.first_in(calendar.days[day], calendar.bands[band]) for day, band in cells)
        return next((found for found in times if found is not None), None)

    # ---- measures --------------------------------------------------------------------------------

    def _left(self) -> float:
        calendar = self._calendar
        if calendar is None:
            return 0.0
        return max(theme.text_width(band.words, 12) for band in calendar.bands) + px(7)

    def _day_width(self) -> float:
        return (self.width() - self._left()) / 7

    def _heads(self) -> list[tuple[str, str]]:
        """Weekday and date over each column; today has its word where that fits."""
        calendar = self._calendar
        assert calendar is not None
        names = [weekday(day) for day in calendar.days]
        if theme.text_width(_("today"), 12, bold=True) <= self._day_width():
            names[0] = _("today")
        return [(name, str(day.day)) for name, day in zip(names, calendar.days, strict=True)]

    def _in_one_line(self) -> bool:
        widest = max(theme.text_width(f"{name} {number}", 12, bold=True) for name, number in self._heads())
        return widest <= self._day_width() - px(2)

    def _top(self) -> int:
        return px(20 if self._in_one_line() else 34)

    def _cell(self, day: int, band: int) -> QRectF:
        assert self._calendar is not None
        top, width = self._top(), self._day_width()
        height = (self.height() - top) / len(self._calendar.bands)
        gap = px(GAP)
        return QRectF(self._left() + day * width + gap / 2, top + band * height, width - gap, height - gap)

    def sizeHint(self) -> QSize:
        """Comfortable rows."""
        return QSize(px(400), px(34 + 30 * self._rows()))

    def minimumSizeHint(self) -> QSize:
        """Rows that still take a flag."""
        return QSize(px(240), px(34 + 13 * self._rows()))

    def _rows(self) -> int:
        return len(self._calendar.bands) if self._calendar else 5

    # ---- painting --------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw heads, bands and cells."""
        painter = self.begin()
        calendar = self._calendar
        if calendar is None:
            return
        chosen = calendar.cell_of(self._chosen) if self._chosen else None
        self._paint_heads(painter)
        for nth, band in enumerate(calendar.bands):
            box = self._cell(0, nth)
            words = QRectF(0, box.top(), self._left() - px(7), box.height())
            self.write(painter, words, band.words, 12, "ink2", align=RIGHT)
        for day in range(len(calendar.days)):
            for nth in range(len(calendar.bands)):
                self._paint_cell(painter, day, nth, chosen == (day, nth))

    def _paint_heads(self, painter: QPainter) -> None:
        one, line = self._in_one_line(), px(17)
        for nth, (name, number) in enumerate(self._heads()):
            box = QRectF(self._left() + nth * self._day_width(), 0, self._day_width(), line)
            today = nth == 0
            ink = "ink" if today else "ink2"
            if one:
                self.write(painter, box, f"{name} {number}", 12, ink, today, CENTRE)
                continue
            self.write(painter, box, name, 12, ink, today, CENTRE)
            self.write(painter, box.translated(0, px(15)), number, 12, ink, today, CENTRE)

    def _paint_cell(self, painter: QPainter, day: int, band: int, chosen: bool) -> None:
        calendar, box = self._calendar, self._cell(day, band)
        assert calendar is not None
        is_open = calendar.first_in(calendar.days[day], calendar.bands[band]) is not None
        if not is_open and not chosen:
            painter.setPen(NO_PEN)
            painter.setBrush(QBrush(theme.colour("hatch"), Qt.BrushStyle.BDiagPattern))
            painter.drawRect(box)
        painter.setPen(outline("accent" if chosen else "line", theme.ring() if chosen else 1))
        painter.setBrush(theme.colour("soft") if chosen else NO_BRUSH)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), px(2), px(2))
        if chosen and self._chosen is not None:
            time = clock_time(self._chosen)
            if theme.text_width(time, 12, bold=True) <= box.width():
                self.write(painter, box, time, 12, bold=True, align=CENTRE)
            return
        self._paint_flags(painter, box, self._flags[(day, band)])

    def _paint_flags(self, painter: QPainter, box: QRectF, count: int) -> None:
        side = px(12)
        shown = min(count, max(1, int(box.width() // (side + px(3)))))
        left = box.center().x() - (shown * (side + px(2)) - px(2)) / 2
        for nth in range(shown):
            at = QRectF(left + nth * (side + px(2)), box.center().y() - side / 2, side, side)
            draw_icon(painter, "flag", at, "accent")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on an open cell picks its first time."""
        calendar = self._calendar
        if calendar is None:
            return
        for day, date in enumerate(calendar.days):
            for nth, band in enumerate(calendar.bands):
                if self._cell(day, nth).contains(event.position()):
                    found = calendar.first_in(date, band)
                    if found is not None:
                        self.picked.emit(found)
                    return
