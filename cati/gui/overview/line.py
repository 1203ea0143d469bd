"""The interviews so far, where they lead, and the slowest line that still meets the end."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from cati.base.i18n import translate as _
from cati.domain.forecast import Forecast
from cati.gui import theme
from cati.gui.office.words import date_words
from cati.gui.theme import px
from cati.gui.widgets.base import CENTRE, LEFT, NO_PEN, RIGHT, Painted

LEFT_ROOM, RIGHT_ROOM, TOP, FOOT = 48, 92, 26, 24
STEPS = (1, 2, 5)


class ProgressLine(Painted, QWidget):
    """Interviews over the days of the fieldwork."""

    def __init__(self) -> None:
        super().__init__()
        self._forecast: Forecast | None = None
        self._today = date.min
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_forecast(self, forecast: Forecast, today: date) -> None:
        """Draw other days."""
        self._forecast, self._today = forecast, today
        self.setAccessibleName(self._said())
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is."""
        return QSize(px(560), px(240))

    def minimumSizeHint(self) -> QSize:
        """Enough to read the axis."""
        return QSize(px(360), px(120))

    def _said(self) -> str:
        forecast = self._forecast
        if forecast is None or not forecast.line:
            return _("No interviews yet")
        done = forecast.line[-1][1]
        return _("{done} of {target} interviews").format(done=done, target=forecast.target)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw axis, closed days, the line, and where it leads."""
        painter = self.begin()
        forecast = self._forecast
        if forecast is None or forecast.start is None or not forecast.target:
            self.write(painter, QRectF(self.rect()), _("No interviews yet"), 14, "ink2", align=CENTRE)
            return
        Plot(self, painter, forecast, self._today).draw()


class Plot:
    """One painting of the line.

    Args:
        page: it is painted on.
        painter: of it.
        forecast: what is drawn; its start is known.
        today: where the line of now stands.
    """

    def __init__(self, page: ProgressLine, painter: QPainter, forecast: Forecast, today: date) -> None:
        assert forecast.start is not None
        self._page, self._painter, self._forecast, self._today = page, painter, forecast, today
        self._first = forecast.start - timedelta(days=1)
        done = forecast.line[-1][1] if forecast.line else 0
        self._done, self._now = done, forecast.line[-1][0] if forecast.line else self._first
        self._top = max(forecast.target, done)
        ends = (forecast.end, self._now, self._first + timedelta(days=7))
        self._last = max(day for day in ends if day is not None)
        right = page.width() - px(RIGHT_ROOM)
        self._box = QRectF(px(LEFT_ROOM), px(TOP), right - px(LEFT_ROOM), page.height() - px(TOP + FOOT))

    def draw(self) -> None:
        """All of it."""
        self._axis()
        self._closed_days()
        self._expected()
        self._so_far()

    def _x(self, day: date) -> float:
        return self._box.left() + self._box.width() * (day - self._first).days / max(
            1, (self._last - self._first).days
        )

    def _y(self, count: float) -> float:
        return self._box.bottom() - self._box.height() * count / max(1, self._top)

    def _axis(self) -> None:
        for count in (*_ticks(self._forecast.target), self._forecast.target):
            y = self._y(count)
            self._painter.fillRect(QRectF(self._box.left(), y, self._box.width(), 1), theme.colour("line"))
            place = QRectF(0, y - px(9), self._box.left() - px(8), px(18))
            self._page.write(self._painter, place, f"{count:,}", 12, "ink2", align=RIGHT)
        self._foot(self._first + timedelta(days=1), date_words(self._first + timedelta(days=1)))
        if self._forecast.end is not None and (self._forecast.end - self._today).days > 3:
            self._foot(self._forecast.end, _("{day} end").format(day=date_words(self._forecast.end)))
        if self._first <= self._today <= self._last:
            x = self._x(self._today)
            line = QRectF(x, self._box.top(), 1, self._box.height())
            self._painter.fillRect(line, theme.colour("ink"))
            self._foot(self._today, _("today"), bold=True)

    def _foot(self, day: date, words: str, bold: bool = False) -> None:
        wide = theme.text_width(words, 12, bold) + 2
        left = min(max(0.0, self._x(day) - wide / 2), self._page.width() - wide)
        place = QRectF(left, self._box.bottom() + px(4), wide, px(18))
        if bold or abs(self._x(day) - self._x(self._today)) > wide or day == self._last:
            self._page.write(self._painter, place, words, 12, "ink" if bold else "ink2", bold, CENTRE)

    def _closed_days(self) -> None:
        brush = QBrush(theme.colour("hatch"), Qt.BrushStyle.BDiagPattern)
        for day in self._forecast.closed:
            if self._first < day <= self._last:
                left = self._x(day - timedelta(days=1))
                part = QRectF(left, self._box.top(), self._x(day) - left, self._box.height())
                self._painter.fillRect(part, brush)

    def _expected(self) -> None:
        forecast = self._forecast
        if forecast.needed is None or self._done >= forecast.target:
            return
        here = QPointF(self._x(self._now), self._y(self._done))
        if forecast.end is not None:
            self._painter.setPen(QPen(theme.colour("ink2"), 1, Qt.PenStyle.DotLine))
            end = QPointF(self._x(forecast.end), self._y(forecast.target))
            self._painter.drawLine(QLineF(here, end))
            beside = QRectF(end.x() + px(6), end.y() - px(9), px(RIGHT_ROOM - 8), px(18))
            self._page.write(self._painter, beside, _("slowest line"), 12, "ink2", align=LEFT)
        if forecast.finish is not None:
            self._painter.setPen(QPen(theme.colour("accent"), px(2), Qt.PenStyle.DashLine))
            shown = min(forecast.finish, self._last)
            part = (shown - self._now).days / max(1, (forecast.finish - self._now).days)
            reached = self._done + part * (forecast.target - self._done)
            self._painter.drawLine(QLineF(here, QPointF(self._x(shown), self._y(reached))))

    def _so_far(self) -> None:
        if not self._forecast.line:
            return
        points = [QPointF(self._x(day), self._y(count)) for day, count in self._forecast.line]
        self._painter.setPen(QPen(theme.colour("accent"), px(2)))
        self._painter.drawPolyline(points)
        self._painter.setPen(NO_PEN)
        self._painter.setBrush(theme.colour("accent"))
        self._painter.drawEllipse(points[-1], px(4), px(4))
        words = f"{self._done:,}"
        wide = theme.text_width(words, 13, bold=True) + 2
        place = QRectF(points[-1].x() - wide - px(6), points[-1].y() - px(22), wide, px(18))
        if place.left() < self._box.left():
            place.moveLeft(points[-1].x() + px(8))
        self._page.write(self._painter, place, words, 13, "ink", bold=True)


def _ticks(target: int) -> list[int]:
    """Round counts below a target, 0 first, at most four and none close to it."""
    step = next(base * 10**power for power in range(9) for base in STEPS if target / (base * 10**power) <= 4)
    return [count for count in range(0, target, step) if count <= target - step / 2]
