"""The outlines: every state has its own shape, so that no colour is needed to tell it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from cati.gui import theme
from cati.gui.theme import Ink, px
from cati.gui.widgets.base import NO_BRUSH, NO_PEN, Painted, whole

GRID = 16
STROKE = 1.7


class Pencil:
    """Draws on the 16-unit grid with round caps; `knock` is the ground seen through solid shapes."""

    def __init__(self, painter: QPainter, ink: QColor, knock: QColor) -> None:
        self._painter, self._ink, self._knock = painter, ink, knock
        self.stroke()

    def stroke(self, width: float = STROKE, knock: bool = False) -> None:
        """Draw lines from now on."""
        cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        ink = self._knock if knock else self._ink
        self._painter.setPen(QPen(ink, width, Qt.PenStyle.SolidLine, cap, join))
        self._painter.setBrush(NO_BRUSH)

    def solid(self) -> None:
        """Fill shapes from now on."""
        self._painter.setPen(NO_PEN)
        self._painter.setBrush(self._ink)

    def line(self, *points: tuple[float, float]) -> None:
        """A line through the points."""
        self._painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))

    def shape(self, *points: tuple[float, float]) -> None:
        """A closed shape."""
        self._painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))

    def dot(self, x: float, y: float) -> None:
        """A point as thick as the stroke."""
        self._painter.drawPoint(QPointF(x, y))

    def circle(self, inset: float) -> None:
        """A circle `inset` units inside the grid."""
        side = GRID - 2 * inset
        self._painter.drawEllipse(QRectF(inset, inset, side, side))

    def box(self, x: float, y: float, width: float, height: float, radius: float = 0) -> None:
        """A rectangle with round corners."""
        self._painter.drawRoundedRect(QRectF(x, y, width, height), radius, radius)

    def arc(self, x: float, y: float, width: float, height: float, start: int, span: int) -> None:
        """An arc; degrees, counter-clockwise from three o'clock."""
        self._painter.drawArc(QRectF(x, y, width, height), start * 16, span * 16)

    def half_disc(self, inset: float) -> None:
        """The left half of a disc."""
        side = GRID - 2 * inset
        self._painter.drawChord(QRectF(inset, inset, side, side), 90 * 16, 180 * 16)

    def path(self, path: QPainterPath) -> None:
        """A free shape."""
        self._painter.drawPath(path)


def _tick(pen: Pencil) -> None:
    pen.stroke(2)
    pen.line((3, 8.5), (6.6, 12), (13, 4.5))


def _two_ticks(pen: Pencil) -> None:
    pen.stroke(1.8)
    pen.line((0.8, 8.8), (3.6, 11.8), (8.8, 5))
    pen.line((6.6, 10.6), (8, 11.8), (15, 4.4))


def _done(pen: Pencil) -> None:
    pen.solid()
    pen.circle(1)
    pen.stroke(2, knock=True)
    pen.line((4.6, 8.3), (7.1, 10.8), (11.6, 5.6))


def _disc(pen: Pencil) -> None:
    pen.solid()
    pen.circle(2)


def _recording(pen: Pencil) -> None:
    pen.stroke(1.4)
    pen.circle(1)
    pen.solid()
    pen.circle(4)


def _ring(pen: Pencil) -> None:
    pen.circle(2.5)


def _half(pen: Pencil) -> None:
    pen.circle(2.5)
    pen.solid()
    pen.half_disc(2.5)


def _no_answer(pen: Pencil) -> None:
    pen.circle(2.5)
    pen.line((4.6, 11.4), (11.4, 4.6))


def _busy(pen: Pencil) -> None:
    pen.solid()
    pen.box(3.2, 3, 3.4, 10, 1)
    pen.box(9.4, 3, 3.4, 10, 1)


def _refusal(pen: Pencil) -> None:
    pen.solid()
    pen.box(2, 2, 12, 12, 2)
    pen.stroke(1.9, knock=True)
    pen.line((5.4, 5.4), (10.6, 10.6))
    pen.line((5.4, 10.6), (10.6, 5.4))


def _end(pen: Pencil) -> None:
    pen.solid()
    pen.box(3.5, 3.5, 9, 9, 1)


def _warning(pen: Pencil) -> None:
    pen.solid()
    pen.shape((8, 1.6), (15.4, 14.4), (0.6, 14.4))
    pen.stroke(1.9, knock=True)
    pen.line((8, 6.4), (8, 9.6))
    pen.dot(8, 12.2)


def _again(pen: Pencil) -> None:
    pen.arc(2.5, 2.5, 11, 11, 60, 280)
    pen.solid()
    pen.shape((8.6, 0.2), (13.6, 3), (9, 6.2))


def _calendar(pen: Pencil) -> None:
    pen.box(2, 3.2, 12, 10.8, 1.6)
    pen.line((2, 6.8), (14, 6.8))
    pen.line((5.2, 1.6), (5.2, 4))
    pen.line((10.8, 1.6), (10.8, 4))


def _flag(pen: Pencil) -> None:
    pen.line((4, 2), (4, 14.5))
    pen.solid()
    pen.shape((4, 1.6), (13.4, 5), (4, 8.6))


def _lock(pen: Pencil) -> None:
    pen.arc(4.6, 1.8, 6.8, 8, 0, 180)
    pen.line((4.6, 5.8), (4.6, 7))
    pen.line((11.4, 5.8), (11.4, 7))
    pen.solid()
    pen.box(2.6, 7, 10.8, 7.4, 1.6)


def _microphone(pen: Pencil) -> None:
    pen.box(5.4, 1.4, 5.2, 8.4, 2.6)
    pen.arc(3, 3.6, 10, 8.4, 180, 180)
    pen.line((8, 12), (8, 14.6))


def _phone(pen: Pencil) -> None:
    path = QPainterPath(QPointF(3.2, 2.2))
    for x, y in ((5.8, 1.8), (7, 5.2), (5.4, 6.6)):
        path.lineTo(x, y)
    path.quadTo(6.6, 9.2, 9.4, 10.6)
    for x, y in ((10.8, 9), (14.2, 10.2), (13.8, 12.8)):
        path.lineTo(x, y)
    path.quadTo(13.4, 14, 12, 13.9)
    path.cubicTo(6.4, 13.4, 2.4, 9.2, 2.1, 4)
    path.quadTo(2.1, 2.6, 3.2, 2.2)
    path.closeSubpath()
    pen.solid()
    pen.path(path)


def _info(pen: Pencil) -> None:
    pen.circle(1.8)
    pen.line((8, 7.4), (8, 11.4))
    pen.dot(8, 4.7)


def _right(pen: Pencil) -> None:
    pen.line((6, 3.5), (10.5, 8), (6, 12.5))


def _down(pen: Pencil) -> None:
    pen.line((3.5, 6), (8, 10.5), (12.5, 6))


def _up(pen: Pencil) -> None:
    pen.line((3.5, 10), (8, 5.5), (12.5, 10))


def _play(pen: Pencil) -> None:
    pen.solid()
    pen.shape((4, 2), (14, 8), (4, 14))


def _pause(pen: Pencil) -> None:
    pen.solid()
    pen.box(3.6, 2.4, 3.2, 11.2)
    pen.box(9.2, 2.4, 3.2, 11.2)


def _search(pen: Pencil) -> None:
    pen.box(2, 2, 8.6, 8.6, 4.3)
    pen.line((9.6, 9.6), (14, 14))


def _dash(pen: Pencil) -> None:
    pen.line((4, 8), (12, 8))


OUTLINES: dict[str, Callable[[Pencil], None]] = {
    "tick": _tick,  # durable on this station
    "two_ticks": _two_ticks,  # on the server
    "done": _done,
    "disc": _disc,
    "recording": _recording,
    "ring": _ring,  # not recording, not chosen
    "half": _half,  # under way
    "no_answer": _no_answer,
    "busy": _busy,
    "refusal": _refusal,
    "end": _end,  # the case has ended
    "warning": _warning,  # needs a person
    "again": _again,  # will be redialled
    "calendar": _calendar,
    "flag": _flag,
    "lock": _lock,  # sealed
    "microphone": _microphone,
    "phone": _phone,
    "info": _info,
    "right": _right,
    "down": _down,
    "up": _up,
    "play": _play,
    "pause": _pause,
    "search": _search,
    "dash": _dash,
}


def draw_icon(painter: QPainter, name: str, box: QRectF, ink: Ink, knock: Ink = "sheet") -> None:
    """Draw an outline into a square box.

    Args:
        painter: left as it was.
        name: key of `OUTLINES`.
        box: its width is the icon's size in px.
        ink: colour token, or a colour.
        knock: the same of the ground, seen through solid shapes.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / GRID, box.width() / GRID)
    OUTLINES[name](Pencil(painter, theme.colour(ink), theme.colour(knock)))
    painter.restore()


class Icon(Painted, QWidget):
    """One outline as a widget; words stand beside it, so it is silent to a screen reader."""

    def __init__(self, name: str, ink: str = "ink2", size: int = 16, knock: str = "sheet") -> None:
        super().__init__()
        self._name, self._ink, self._measure, self._knock = name, ink, size, knock
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_icon(self, name: str, ink: str, knock: str = "sheet") -> None:
        """Show another outline."""
        if (name, ink, knock) != (self._name, self._ink, self._knock):
            self._name, self._ink, self._knock = name, ink, knock
            self.update()

    def sizeHint(self) -> QSize:
        """A square of its measure."""
        return QSize(px(self._measure), px(self._measure))

    def minimumSizeHint(self) -> QSize:
        """The same square: an icon is never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the outline."""
        draw_icon(self.begin(), self._name, whole(self), self._ink, self._knock)
