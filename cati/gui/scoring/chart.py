"""The ranking: a unit is a row, its interval lies on one axis, brackets join neighbours that are alike."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cati.base.i18n import translate as _
from cati.gui import theme
from cati.gui.scoring.lines import Line
from cati.gui.theme import px
from cati.gui.widgets.base import CENTRE, LEFT, NO_BRUSH, NO_PEN, RIGHT, Painted, outline

HEAD = 40
# A heading wider than this takes two lines where it can.
WIDE_HEAD = 52
LEAST_ROW, MOST_ROW = 21, 26
LEAST_ROWS = 8
LANES = 34
LEAST_AXIS = 110
PAD = 8
# Every so many rows a rule helps the eye.
RULE_EVERY = 5


class ScoreChart(Painted, QWidget):
    """All units of a series; as many rows as there is room for, the chosen one always among them.

    Signals:
        chosen: code of the unit that is chosen now.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[Line, ...] = ()
        self._heads: tuple[str, ...] = ()
        self._score_head = ""
        self._at = self._first = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # ---- what is shown ---------------------------------------------------------------------------

    def show_lines(self, score_head: str, heads: Sequence[str], lines: Sequence[Line]) -> None:
        """Draw other units; the one that was chosen stays chosen while it is among them."""
        code = self.code
        self._score_head, self._heads, self._lines = score_head, tuple(heads), tuple(lines)
        codes = [line.code for line in lines]
        self._at = codes.index(code) if code in codes else 0
        self._reveal()
        self._say()
        self.restyle()

    @property
    def code(self) -> str:
        """Of the chosen unit; empty without units."""
        return self._lines[self._at].code if self._lines else ""

    @property
    def lines(self) -> tuple[Line, ...]:
        """As they are drawn, the first rank first."""
        return self._lines

    def choose(self, code: str) -> None:
        """Choose a unit, if it is among those shown."""
        codes = [line.code for line in self._lines]
        if code in codes:
            self._choose(codes.index(code))

    def walk(self, key: str) -> None:
        """Choose another unit, as by a key of `cati.gui.action.MOVES`."""
        count = len(self._lines)
        page = max(1, self._shown() - 1)
        step = {"Up": -1, "Down": 1, "PgUp": -page, "PgDown": page, "Home": -count, "End": count}[key]
        if count:
            self._choose(max(0, min(count - 1, self._at + step)))

    def _choose(self, place: int) -> None:
        if place != self._at:
            self._at = place
            self._reveal()
            self._say()
            self.update()
            self.chosen.emit(self.code)

    def _say(self) -> None:
        if not self._lines:
            self.setAccessibleName(_("No unit"))
            return
        line = self._lines[self._at]
        words = _("{rank}. {unit}: {score}").format(rank=line.rank, unit=line.name, score=line.shown)
        if line.joined:
            words += _(", does not differ from the next")
        self.setAccessibleName(words)

    # ---- rows and columns ------------------------------------------------------------------------

    def _shown(self) -> int:
        return max(1, int((self.height() - px(HEAD)) // px(LEAST_ROW)))

    def _high(self) -> float:
        seen = min(max(1, len(self._lines)), self._shown())
        return max(float(px(LEAST_ROW)), min(float(px(MOST_ROW)), (self.height() - px(HEAD)) / seen))

    def _reveal(self) -> None:
        shown = self._shown()
        self._first = max(self._at - shown + 1, min(self._first, self._at, max(0, len(self._lines) - shown)))

    def _widths(self) -> tuple[float, float, float, list[float]]:
        """Of rank, unit and score, and of the figures at the right."""

        def widest(head: str, texts: Sequence[str], size: float, bold: bool) -> float:
            parts = [
                *(theme.text_width(part, 12) for part in _two_lines(head)),
                *(theme.text_width(text, size, bold) for text in texts),
            ]
            return max(parts) + px(PAD) + 2

        rank = widest(_("Rank"), [line.rank for line in self._lines], 13, True)
        unit = widest(_("Unit"), [line.name for line in self._lines], 13, True) + px(PAD)
        score = widest(self._score_head, [line.shown for line in self._lines], 13, True)
        cells = [
            widest(head, [line.cells[place] for line in self._lines], 13, True)
            for place, head in enumerate(self._heads)
        ]
        return rank, unit, score, cells

    def sizeHint(self) -> QSize:
        """Room for all rows."""
        return QSize(self.minimumSizeHint().width(), px(HEAD + MOST_ROW * max(LEAST_ROWS, len(self._lines))))

    def minimumSizeHint(self) -> QSize:
        """All columns, and a few rows: the others come as one walks on."""
        rank, unit, score, cells = self._widths()
        wide = rank + unit + score + px(LEAST_AXIS) + px(LANES) + sum(cells)
        return QSize(ceil(wide), px(HEAD + LEAST_ROW * LEAST_ROWS))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the chosen unit in view."""
        self._reveal()

    # ---- pointer ---------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the unit under the pointer."""
        place = self._first + int((event.position().y() - px(HEAD)) // self._high())
        if event.position().y() >= px(HEAD) and place < len(self._lines):
            self._choose(place)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Look at units above or below."""
        step = -1 if event.angleDelta().y() > 0 else 1
        most = max(0, len(self._lines) - self._shown())
        self._first = max(0, min(most, self._first + 3 * step))
        self.update()

    # ---- paint -----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw headings, axis, rows and brackets."""
        painter = self.begin()
        rank, unit, score, cells = self._widths()
        left = rank + unit + score + px(PAD)
        right = self.width() - sum(cells) - px(LANES)
        axis = Axis(self._lines, left + px(6), right - px(10))
        high = self._high()
        seen = self._lines[self._first : self._first + self._shown()]
        bottom = px(HEAD) + high * len(seen)
        self._paint_head(painter, (rank, unit, score), axis, cells)
        for value, x in axis.ticks():
            painter.fillRect(QRectF(x, px(HEAD) - px(4), 1, bottom - px(HEAD) + px(4)), theme.colour("line"))
            place = QRectF(x - px(16), px(HEAD) - px(20), px(32), px(16))
            self.write(painter, place, f"{value:g}", 12, "ink2", align=CENTRE)
        for nth, line in enumerate(seen):
            box = QRectF(0, px(HEAD) + nth * high, self.width(), high)
            if nth and (self._first + nth) % RULE_EVERY == 0:
                painter.fillRect(QRectF(0, box.top(), self.width(), 1), theme.colour("line"))
            if self._first + nth == self._at:
                self._paint_chosen(painter, box)
            self._paint_words(painter, box, line, (rank, unit, score), cells)
            self._paint_interval(painter, box, line, axis)
        self._paint_brackets(painter, right, high, len(seen))
        if len(self._lines) > len(seen):
            self._paint_rest(painter, len(seen))

    def _paint_head(
        self, painter: QPainter, widths: tuple[float, float, float], axis: Axis, cells: Sequence[float]
    ) -> None:
        rank, unit, score = widths
        high = px(HEAD) - px(4)
        for box, words, align in (
            (QRectF(0, 0, rank - px(PAD), high), _("Rank"), RIGHT),
            (QRectF(rank, 0, unit, high), _("Unit"), LEFT),
            (QRectF(rank + unit, 0, score, high), self._score_head, RIGHT),
        ):
            self._write_head(painter, box, words, align)
        x = self.width() - sum(cells)
        for head, width in zip(self._heads, cells, strict=True):
            self._write_head(painter, QRectF(x, 0, width - px(2), high), head, RIGHT)
            x += width

    def _write_head(self, painter: QPainter, box: QRectF, words: str, align: Qt.AlignmentFlag) -> None:
        parts = _two_lines(words)
        line = px(16)
        for nth, part in enumerate(parts):
            top = box.bottom() - line * (len(parts) - nth)
            self.write(painter, QRectF(box.left(), top, box.width(), line), part, 12, "ink2", align=align)

    def _paint_chosen(self, painter: QPainter, box: QRectF) -> None:
        thick = theme.ring()
        painter.setPen(outline("accent", thick))
        painter.setBrush(theme.colour("soft"))
        painter.drawRoundedRect(box.adjusted(thick / 2, 0.5, -thick / 2, -0.5), px(4), px(4))

    def _paint_words(
        self,
        painter: QPainter,
        box: QRectF,
        line: Line,
        widths: tuple[float, float, float],
        cells: Sequence[float],
    ) -> None:
        rank, unit, score = widths
        top, high = box.top(), box.height()
        self.write(painter, QRectF(0, top, rank - px(PAD), high), line.rank, 13, "ink", True, RIGHT)
        on = line.code == self.code
        self.write(painter, QRectF(rank, top, unit, high), line.name, 13, "ink", on, LEFT)
        self.write(painter, QRectF(rank + unit, top, score, high), line.shown, 13, "ink", True, RIGHT)
        x = self.width() - sum(cells)
        for place, (text, width) in enumerate(zip(line.cells, cells, strict=True)):
            ink, bold = line.strong.get(place, "ink"), place in line.strong
            self.write(painter, QRectF(x, top, width - px(2), high), text, 13, ink, bold, RIGHT)
            x += width

    def _paint_interval(self, painter: QPainter, box: QRectF, line: Line, axis: Axis) -> None:
        if line.score is None:
            return
        middle, accent = box.center().y(), theme.colour("accent")
        here = axis.x(line.score)
        if line.interval is not None:
            low, high = axis.x(line.interval[0]), axis.x(line.interval[1])
            bar = QColor(theme.colour("accent"))
            bar.setAlphaF(0.4)
            painter.fillRect(QRectF(low, middle - px(3), max(1.0, high - low), px(6)), bar)
            for x in (low, high):
                painter.fillRect(QRectF(x - 0.7, middle - px(5), 1.4, px(10)), accent)
        if line.before is not None:
            there = axis.x(line.before)
            painter.setPen(QPen(theme.colour("warn"), 1.2, Qt.PenStyle.DotLine))
            painter.drawLine(QLineF(here, middle, there, middle))
            painter.setPen(outline("warn", px(2)))
            painter.setBrush(NO_BRUSH)
            painter.drawEllipse(QPointF(there, middle), px(4), px(4))
        painter.setPen(NO_PEN)
        painter.setBrush(accent)
        painter.drawEllipse(QPointF(here, middle), px(4), px(4))

    def _paint_brackets(self, painter: QPainter, left: float, high: float, seen: int) -> None:
        """Each joins two neighbours; the lanes alternate, so that a chain never reads as one group."""
        painter.setPen(outline("edge", 1.4))
        for place in range(self._first, self._first + seen):
            line = self._lines[place]
            if not line.joined or place + 1 >= self._first + seen:
                continue
            x = left + px(12) + (px(10) if place % 2 else 0)
            top = px(HEAD) + (place - self._first + 0.5) * high
            painter.drawPolyline(
                [
                    QPointF(x - px(4), top),
                    QPointF(x, top),
                    QPointF(x, top + high),
                    QPointF(x - px(4), top + high),
                ]
            )

    def _paint_rest(self, painter: QPainter, seen: int) -> None:
        room = self.height() - px(HEAD)
        top = px(HEAD) + room * self._first / len(self._lines)
        bar = QRectF(self.width() - px(3), top, px(3), room * seen / len(self._lines))
        painter.fillRect(bar, theme.colour("edge"))


def _two_lines(head: str) -> tuple[str, ...]:
    """A heading, broken at the blank nearest its middle where it is wide; Chinese needs none for that."""
    if theme.text_width(head, 12) <= px(WIDE_HEAD):
        return (head,)
    blanks = [at for at, letter in enumerate(head) if letter == " "]
    if blanks:
        at = min(blanks, key=lambda place: abs(place - len(head) / 2))
        return head[:at], head[at + 1 :]
    if not any(letter > "\u2e7f" for letter in head):
        return (head,)
    # What stands in brackets is kept together.
    at = head.find("（")
    at = at if at > 0 else max(4, ceil(len(head) / 2))
    return head[:at], head[at:]


class Axis:
    """Scores from left to right.

    Args:
        lines: all that have to find room.
        left, right: where the axis begins and ends, in px.
    """

    def __init__(self, lines: Sequence[Line], left: float, right: float) -> None:
        found = [line.score for line in lines if line.score is not None]
        found += [line.before for line in lines if line.before is not None]
        found += [bound for line in lines if line.interval is not None for bound in line.interval]
        self._low, self._high = (floor(min(found)), ceil(max(found))) if found else (0, 100)
        if self._low == self._high:
            self._high += 1
        self._left, self._right = left, right

    def x(self, score: float) -> float:
        """Where a score lies, in px."""
        share = (score - self._low) / (self._high - self._low)
        return self._left + share * (self._right - self._left)

    def ticks(self) -> list[tuple[float, float]]:
        """Round scores and where they lie; so few that their figures do not touch."""
        room = max(1, int((self._right - self._left) // px(40)))
        step = next(s for s in (1, 2, 5, 10, 20, 50, 100) if (self._high - self._low) / s <= room or s == 100)
        first = ceil(self._low / step) * step
        return [(float(v), self.x(v)) for v in range(first, self._high + 1, step)]
