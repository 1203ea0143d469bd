"""The programme's days to scale: what lies behind, today, and what is to come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.domain.overview import Milestone
from cati.domain.programmes import HandIn, in_language
from cati.gui import theme
from cati.gui.office.words import MILESTONES, date_words, full_date_words
from cati.gui.theme import px
from cati.gui.widgets.base import CENTRE, NO_PEN, Painted, outline
from cati.gui.widgets.icons import draw_icon

HEIGHT = 62
AXIS = 12


class CalendarLine(Painted, QWidget):
    """Days on one line; labels that would touch give way to the sides, never out of order."""

    def __init__(self) -> None:
        super().__init__()
        self._days: tuple[Milestone, ...] = ()
        self._today = date.min
        self._names: dict[str, str] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_days(self, days: Sequence[Milestone], today: date, items: Sequence[HandIn] = ()) -> None:
        """Draw other days; what units hand in has the name the programme gives it."""
        self._days, self._today = tuple(days), today
        self._names = {one.code: in_language(one.labels, language(), one.label) for one in items}
        said = [f"{date_words(d.on)} {self._name(d.code)}" for d in self._days]
        self.setAccessibleName(_(", ").join(said))
        self.restyle()

    def _name(self, code: str) -> str:
        return self._names.get(code) or _(MILESTONES.get(code, code))

    def sizeHint(self) -> QSize:
        """Three lines high."""
        return QSize(self._least(), px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Room for all labels side by side."""
        return self.sizeHint()

    def _labels(self) -> list[tuple[date, str, str]]:
        """Day, its date and its words, in order, with today among them."""
        found = [(d.on, date_words(d.on), self._name(d.code)) for d in self._days]
        if self._today != date.min:
            found = sorted(
                [(self._today, date_words(self._today), _("today")), *found], key=lambda one: one[0]
            )
        merged: list[tuple[date, str, str]] = []
        for day, when, words in found:
            if merged and merged[-1][0] == day:
                merged[-1] = (day, when, _("{one}, {other}").format(one=merged[-1][2], other=words))
            else:
                merged.append((day, when, words))
        years = [merged[0][0], *(day for day, _when, _words in merged)] if merged else []
        return [
            (day, when if day.year == before.year else full_date_words(day), words)
            for before, (day, when, words) in zip(years, merged, strict=False)
        ]

    def _wide(self, label: tuple[date, str, str]) -> float:
        return max(theme.text_width(label[1], 12, bold=True), theme.text_width(label[2], 12, bold=True)) + px(
            8
        )

    def _least(self) -> int:
        return round(sum(map(self._wide, self._labels()))) + 2

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line, its marks and their words."""
        painter = self.begin()
        labels = self._labels()
        if not labels:
            return
        first, last = labels[0][0], labels[-1][0]
        ends = self._wide(labels[0]) / 2, self.width() - self._wide(labels[-1]) / 2
        span = max(1, (last - first).days)
        places = [ends[0] + (ends[1] - ends[0]) * (label[0] - first).days / span for label in labels]
        axis = px(AXIS)
        painter.fillRect(QRectF(ends[0], axis, ends[1] - ends[0], 1), theme.colour("edge"))
        now = next((x for x, label in zip(places, labels, strict=True) if label[0] == self._today), ends[0])
        painter.fillRect(QRectF(ends[0], axis - 1, now - ends[0], 3), theme.colour("accent"))
        for x, label in zip(places, labels, strict=True):
            self._mark(painter, x, axis, label[0])
        for x, left, label in zip(places, self._apart(places, labels), labels, strict=True):
            wide = self._wide(label)
            self._lead(painter, x, left + wide / 2)
            here = label[0] == self._today
            self.write(painter, QRectF(left, px(24), wide, px(18)), label[1], 12, "ink", True, CENTRE)
            self.write(
                painter,
                QRectF(left, px(42), wide, px(18)),
                label[2],
                12,
                "ink" if here else "ink2",
                here,
                CENTRE,
            )

    def _lead(self, painter: QPainter, mark: float, words: float) -> None:
        """A line from a mark to its words, where these had to give way."""
        if abs(words - mark) > px(4):
            painter.setPen(outline("edge", 1))
            painter.drawLine(QPointF(mark, px(AXIS + 7)), QPointF(words, px(27)))
            painter.setPen(NO_PEN)

    def _apart(self, places: Sequence[float], labels: Sequence[tuple[date, str, str]]) -> list[float]:
        """Left edges of the labels, each beside its mark as far as its neighbours let it."""
        widths = [self._wide(label) for label in labels]
        lefts = [x - wide / 2 for x, wide in zip(places, widths, strict=True)]
        for at in range(1, len(lefts)):
            lefts[at] = max(lefts[at], lefts[at - 1] + widths[at - 1])
        edge = float(self.width())
        for at in range(len(lefts) - 1, -1, -1):
            lefts[at] = min(lefts[at], edge - widths[at])
            edge = lefts[at]
        return lefts

    def _mark(self, painter: QPainter, x: float, axis: float, day: date) -> None:
        half = px(7)
        if day == self._today:
            painter.fillRect(QRectF(x, axis - px(12), px(2), px(22)), theme.colour("ink"))
        elif day < self._today:
            draw_icon(painter, "done", QRectF(x - half, axis - half, 2 * half, 2 * half), "ok", "panel")
        else:
            painter.setPen(outline("edge", 1.4))
            painter.setBrush(theme.colour("panel"))
            painter.drawEllipse(QPointF(x, axis), px(6), px(6))
            painter.setPen(NO_PEN)
