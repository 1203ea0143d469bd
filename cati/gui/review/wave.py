"""The sound of both channels on one line of time, with question numbers above and signals as dotted bands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.times import length
from cati.gui import theme
from cati.gui.theme import px
from cati.gui.widgets.base import CENTRE, LEFT, NO_PEN, RIGHT, Painted, outline

NAMES, TOP, AXIS = 98, 26, 20
CLOSEST_MS = 4_000
"""Closer than this the picture would show single bins."""
MOST_GAIN = 8
_STEPS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1200)
_LABEL = 64
_REST_ALPHA = 0.5


class Picture(Protocol):
    """What is drawn; see `cati.audio.waveform.Peaks`."""

    channels: int
    duration_ms: int

    @property
    def loudest(self) -> int:
        """The largest sample so far."""
        ...

    def columns(
        self, channel: int, start_ms: float, end_ms: float, width: int
    ) -> tuple[list[int], list[int]]:
        """Least and largest sample of each column."""
        ...


class Mark(NamedTuple):
    """A question on the line of time: its number as the list prints it, and where it was asked."""

    number: str
    at_ms: int


class Wave(Painted, QWidget):
    """Two lanes of sound; a click goes there, the wheel comes closer.

    Signals:
        sought: a place, in milliseconds.
    """

    sought = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._picture: Picture | None = None
        self._duration_ms = 0
        self._words = ""
        self._marks: tuple[Mark, ...] = ()
        self._bands: tuple[tuple[int, int], ...] = ()
        self._flags: tuple[int, ...] = ()
        self._place_ms, self._at = 0, -1
        self._from_ms, self._to_ms = 0.0, 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(_("Sound of the interview"))

    def show_sound(self, picture: Picture | None, duration_ms: int, words: str = "") -> None:
        """Draw another interview.

        Args:
            picture: of its sound; None when there is nothing to hear.
            duration_ms: length of the line of time.
            words: said in the middle, such as why nothing can be heard.
        """
        self._picture, self._words = picture, words
        if duration_ms != self._duration_ms or picture is None:
            self._duration_ms = duration_ms
            self._from_ms, self._to_ms = 0.0, float(max(1, duration_ms))
        self.update()

    def set_marks(
        self, marks: Sequence[Mark], bands: Sequence[tuple[int, int]], flags: Sequence[int] = ()
    ) -> None:
        """The questions, the stretches of signals, and the places that somebody marked (ms)."""
        self._marks, self._bands, self._flags = tuple(marks), tuple(bands), tuple(flags)
        words = _("Sound of the interview")
        if flags:
            count = len(flags)
            words += _("; ") + ngettext("{count} mark", "{count} marks", count).format(count=count)
        self.setAccessibleName(words)
        self.update()

    def set_place(self, place_ms: int, at: int) -> None:
        """Where it is heard now, and which of the marks is chosen (-1: none)."""
        if (place_ms, at) == (self._place_ms, self._at):
            return
        self._place_ms, self._at = place_ms, at
        span = self._to_ms - self._from_ms
        if span < self._duration_ms and not self._from_ms <= place_ms <= self._to_ms:
            self._show_span(place_ms - span * 0.1, span)
        self.update()

    def zoom(self, closer: bool) -> None:
        """Come closer to where it is heard, or step back."""
        self._zoom_at(self._place_ms, closer)

    def _zoom_at(self, centre_ms: float, closer: bool) -> None:
        if self._duration_ms:
            span = self._to_ms - self._from_ms
            wanted = span / 1.6 if closer else span * 1.6
            share = (centre_ms - self._from_ms) / span
            wanted = max(min(CLOSEST_MS, self._duration_ms), min(wanted, self._duration_ms))
            self._show_span(centre_ms - wanted * max(0.0, min(1.0, share)), wanted)

    def _show_span(self, start_ms: float, span: float) -> None:
        start = max(0.0, min(start_ms, self._duration_ms - span))
        self._from_ms, self._to_ms = start, start + span
        self.update()

    @property
    def span_ms(self) -> tuple[float, float]:
        """What is shown: from and to."""
        return self._from_ms, self._to_ms

    def sizeHint(self) -> QSize:
        """Wide, and high enough for two lanes."""
        return QSize(px(800), px(166))

    def minimumSizeHint(self) -> QSize:
        """Two low lanes."""
        return QSize(px(300), px(112))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to where it was clicked."""
        if event.button() is Qt.MouseButton.LeftButton and event.position().x() >= px(NAMES):
            self.sought.emit(round(self._time(event.position().x())))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Come closer or step back where the pointer is."""
        if event.angleDelta().y():
            self._zoom_at(self._time(event.position().x()), event.angleDelta().y() > 0)

    def _time(self, x: float) -> float:
        room = max(1, self.width() - px(NAMES) - 1)
        share = max(0.0, min(1.0, (x - px(NAMES)) / room))
        return self._from_ms + share * (self._to_ms - self._from_ms)

    def _x(self, at_ms: float) -> float:
        room = self.width() - px(NAMES) - 1
        return px(NAMES) + (at_ms - self._from_ms) / (self._to_ms - self._from_ms) * room

    # ---- painting --------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw bands, sound, names, questions, axis and the place."""
        painter = self.begin()
        lanes = QRectF(px(NAMES), px(TOP), self.width() - px(NAMES), self.height() - px(TOP) - px(AXIS))
        painter.setClipRect(lanes.adjusted(0, -px(TOP), 0, px(AXIS)))
        for band in self._bands:
            self._paint_band(painter, lanes, *band)
        painter.setClipping(False)
        high = lanes.height() / 2
        known = self._picture.channels if self._picture is not None else 0
        for channel in (0, 1):
            lane = QRectF(lanes.left(), lanes.top() + channel * high, lanes.width(), high)
            self._paint_name(painter, lane, channel, known)
            if channel < known:
                self._paint_sound(painter, lane, channel)
            elif channel == 1 and known == 1:
                self.write(painter, lane, _("The other side was not recorded"), 13, "ink2", align=CENTRE)
        if known == 0:
            self.write(painter, lanes, self._words, 14, "ink2", align=CENTRE)
        else:
            between = QRectF(lanes.left(), lanes.top() + high, lanes.width(), 1)
            painter.fillRect(between, theme.colour("line"))
        self._paint_axis(painter, lanes)
        for flag in self._flags:
            self._paint_flag(painter, lanes, flag)
        self._paint_marks(painter, lanes)
        self._paint_place(painter, lanes)

    def _paint_band(self, painter: QPainter, lanes: QRectF, start_ms: int, end_ms: int) -> None:
        left = self._x(start_ms)
        box = QRectF(left, lanes.top(), max(px(4), self._x(end_ms) - left), lanes.height())
        painter.fillRect(box, theme.colour("warn_s"))
        painter.fillRect(box, QBrush(theme.colour("warn"), Qt.BrushStyle.Dense7Pattern))

    def _paint_name(self, painter: QPainter, lane: QRectF, channel: int, known: int) -> None:
        name = _("Operator") if channel == 0 else _("Respondent")
        middle = lane.center().y()
        ink = f"ch{channel + 1}" if channel < max(1, known) else "ink2"
        room = px(NAMES) - px(12)
        both = lane.height() >= px(38)
        words = QRectF(0, middle - px(18 if both else 9), room, px(18))
        self.write(painter, words, name, 13, ink, bold=True, align=RIGHT)
        if not both:
            return
        under = QRectF(0, middle, room, px(18))
        self.write(painter, under, _("channel {number}").format(number=channel + 1), 12, "ink2", align=RIGHT)

    def _paint_sound(self, painter: QPainter, lane: QRectF, channel: int) -> None:
        assert self._picture is not None
        width = max(1, round(lane.width()))
        least, most = self._picture.columns(channel, self._from_ms, self._to_ms, width)
        # Low voices are drawn larger, so that pauses and words are told apart.
        loudest = max(self._picture.loudest, 32768 // MOST_GAIN)
        middle, unit = lane.center().y(), (lane.height() / 2 - px(2)) / loudest
        left = lane.left() + 0.5
        # A line of half a pixel each way, so that silence is seen as a line.
        lines = [
            QLineF(left + x, middle - high * unit - 0.5, left + x, middle - low * unit + 0.5)
            for x, (low, high) in enumerate(zip(least, most, strict=True))
        ]
        played = max(0, min(width, round(self._x(self._place_ms) - lane.left())))
        # A colour of its own: those of the theme are shared.
        ink = QColor(theme.colour(f"ch{channel + 1}"))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(ink, 1))
        painter.drawLines(lines[:played])
        ink.setAlphaF(_REST_ALPHA)
        painter.setPen(QPen(ink, 1))
        painter.drawLines(lines[played:])
        painter.restore()

    def _paint_axis(self, painter: QPainter, lanes: QRectF) -> None:
        if not self._duration_ms:
            return
        seconds = (self._to_ms - self._from_ms) / 1000
        most = max(1.0, lanes.width() / px(_LABEL))
        step = next((s for s in _STEPS if seconds / s <= most), _STEPS[-1])
        first = -(-int(self._from_ms) // (step * 1000)) * step
        for second in range(first, int(self._to_ms / 1000) + 1, step):
            x = self._x(second * 1000)
            wide = px(_LABEL)
            box = QRectF(x - wide / 2, lanes.bottom() + px(3), wide, px(16))
            words = length(second)
            if box.left() < lanes.left():
                box.moveLeft(lanes.left())
                self.write(painter, box, words, 12, "ink2", align=LEFT)
            elif box.right() <= self.width():
                self.write(painter, box, words, 12, "ink2", align=CENTRE)

    def _paint_marks(self, painter: QPainter, lanes: QRectF) -> None:
        free = -1.0
        for place, mark in enumerate(self._marks):
            x = self._x(mark.at_ms)
            if not lanes.left() <= x <= lanes.right():
                continue
            painter.fillRect(QRectF(x, px(20), 1, lanes.bottom() - px(20)), theme.colour("edge"))
            on = place == self._at
            wide = max(float(px(18)), theme.text_width(mark.number, 12, bold=True) + px(6))
            left = max(x - wide / 2, free)
            if left + wide > self.width() or (left - x > wide and not on):
                continue
            free = left + wide + 1
            box = QRectF(left, 0.5, wide, px(18))
            painter.setPen(outline(None if on else "edge"))
            painter.setBrush(theme.colour("fill" if on else "sheet"))
            painter.drawRoundedRect(box, px(3), px(3))
            self.write(painter, box, mark.number, 12, "on_accent" if on else "ink", bold=True, align=CENTRE)

    def _paint_flag(self, painter: QPainter, lanes: QRectF, at_ms: int) -> None:
        """A pole with a flag at its foot, where the numbers of questions do not reach."""
        x = self._x(at_ms)
        if not lanes.left() <= x <= lanes.right():
            return
        painter.fillRect(QRectF(x - 1, lanes.top(), 2, lanes.height()), theme.colour("accent"))
        painter.setPen(NO_PEN)
        painter.setBrush(theme.colour("accent"))
        high, wide, foot = px(12), px(11), lanes.bottom()
        left = x - wide if x + wide > lanes.right() else x + wide
        points = [QPointF(x, foot - high), QPointF(left, foot - high / 2), QPointF(x, foot)]
        painter.drawPolygon(QPolygonF(points))

    def _paint_place(self, painter: QPainter, lanes: QRectF) -> None:
        x = self._x(self._place_ms)
        if self._picture is None or not lanes.left() <= x <= lanes.right() + 1:
            return
        foot = lanes.bottom()
        painter.fillRect(QRectF(x - px(1), px(18), px(2), foot - px(18)), theme.colour("ink"))
        painter.setPen(NO_PEN)
        painter.setBrush(theme.colour("ink"))
        side = px(6)
        points = [QPointF(x - side, foot + px(8)), QPointF(x + side, foot + px(8)), QPointF(x, foot - 1)]
        painter.drawPolygon(QPolygonF(points))
