"""Beside the ranking: the chosen unit's sum, line by line, how to read the picture, and the unit's notes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cati.base.i18n import translate as _
from cati.domain.names import channel_words, ground_words
from cati.domain.programmes import Programme
from cati.domain.ranking import UnitScore, final_interval, shown
from cati.domain.score_plan import ScorePlan
from cati.gui import theme
from cati.gui.scoring.lines import NONE, signed
from cati.gui.theme import px
from cati.gui.widgets.base import LEFT, RIGHT, Painted
from cati.gui.widgets.button import Button
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.surface import Rule, Surface
from cati.gui.widgets.text import Name, Text

WIDTH = 296
LINE = 25
# More of them would push the button out of a low window.
NOTES = 5


class SumLine(NamedTuple):
    """One line of a sum.

    Attributes:
        ruled: a line is drawn above it.
    """

    words: str
    figure: str
    ink: str = "ink"
    bold: bool = False
    ruled: bool = False
    size: int = 14


class Sum(Painted, QWidget):
    """Words at the left, figures at the right, one line each."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[SumLine, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def lines(self) -> tuple[SumLine, ...]:
        """What is written."""
        return self._lines

    def show_lines(self, lines: Sequence[SumLine]) -> None:
        """Write another sum."""
        self._lines = tuple(lines)
        self.setAccessibleName("; ".join(f"{line.words} {line.figure}" for line in lines))
        self.restyle()

    def _highs(self) -> list[int]:
        return [px(LINE if line.size < 20 else 36) for line in self._lines]

    def sizeHint(self) -> QSize:
        """All lines."""
        return QSize(px(200), sum(self._highs()))

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write all lines."""
        painter = self.begin()
        top = 0.0
        for line, high in zip(self._lines, self._highs(), strict=True):
            if line.ruled:
                painter.fillRect(QRectF(0, top, self.width(), 1), theme.colour("edge"))
            figure = theme.text_width(line.figure, line.size, line.bold) + 2
            words = QRectF(0, top, self.width() - figure - px(6), high)
            self.write(painter, words, line.words, min(16, line.size), line.ink, line.bold, LEFT)
            box = QRectF(self.width() - figure, top, figure, high)
            self.write(painter, box, line.figure, line.size, line.ink, line.bold, RIGHT)
            top += high


class ScoreSide(Holder):
    """The column at the right of the ranking."""

    def __init__(self) -> None:
        self._name, self._place = Name((18, 16, 15)), Text(size=13, ink="ink2", wrap=True)
        self.sum = Sum()
        self._interval = Text(size=13, ink="ink2", wrap=True)
        sheet = Surface(
            column(self._name, self._place, Rule(), self.sum, self._interval, gap=5, margins=(14, 10, 14, 10))
        )
        joined = Text(
            _("A bracket joins two units whose difference may be due to the draw alone."), 13, wrap=True
        )
        before = Text(_("A hollow ring is the score before points were added or taken."), 13, wrap=True)
        key = Surface(
            column(
                Text(_("How to read this"), 13, "ink2", True),
                row(column(2, Icon("info", "accent", 15, "panel"), None), (joined, 1), gap=7),
                row(column(2, Icon("ring", "warn", 15, "panel"), None), (before, 1), gap=7),
                gap=4,
                margins=(14, 8, 14, 10),
            ),
            "panel",
        )
        self._notes = Text(size=13, wrap=True)
        self.button = Button(_("See the working"), "Enter")
        notes = Surface(
            column(
                Text(_("Notes on this unit"), 13, "ink2", True),
                self._notes,
                None,
                self.button,
                gap=6,
                margins=(14, 8, 14, 12),
            ),
            "panel",
        )
        super().__init__(column(sheet, key, (notes, 1), gap=10), width=WIDTH)

    def show_unit(self, programme: Programme, plan: ScorePlan, line: UnitScore, members: int) -> None:
        """Show another unit.

        Args:
            programme: what was evaluated.
            plan: how it is scored.
            line: of the unit.
            members: units of its series.
        """
        self._name.set_text(line.unit.name)
        if line.rank_in_series is None:
            self._place.set_text(line.unit.series)
        else:
            place = _("{series}: rank {rank} of {count}")
            self._place.set_text(
                place.format(series=line.unit.series, rank=line.rank_in_series, count=members)
            )
        self.sum.show_lines(_sum(programme, plan, line))
        interval = final_interval(plan, line)
        level = f"{100 * plan.level:g}"
        if interval is None:
            self._interval.set_text(_("There is no interval."))
        else:
            words = _("Interval {low:.2f} – {high:.2f} (level {level} %)")
            self._interval.set_text(words.format(level=level, low=interval[0], high=interval[1]))
        notes = [str(note) for note in line.notes]
        if len(notes) > NOTES:
            rest = _("{count} more notes stand in the working.").format(count=len(notes) - NOTES + 1)
            notes = [*notes[: NOTES - 1], rest]
        self._notes.set_text("\n".join(notes) or _("None."))


def _sum(programme: Programme, plan: ScorePlan, line: UnitScore) -> list[SumLine]:
    found = []
    for code, share in plan.shares(line.unit.series, line.exempt).items():
        score, told = line.channels[code].score, f"{float(100 * share):g}"
        if plan.in_points:
            words = _("{channel}, of {points} points").format(
                channel=channel_words(programme, code), points=told
            )
            score = None if score is None else share * score
        else:
            words = _("{channel} × {share} %").format(channel=channel_words(programme, code), share=told)
        found.append(SumLine(words, _shown(score), "ink2"))
    found.append(SumLine(_("Composite"), _shown(line.composite), "ink", True, True))
    # Problems on one ground are told together; each stands in the register.
    together: dict[str, list[Fraction]] = {}
    for one in line.adjustments:
        together.setdefault(one.code, []).append(one.points)
    for code, points in together.items():
        name, whole = ground_words(programme, code), sum(points, Fraction(0))
        times = f"{name} × {len(points)}" if len(points) > 1 else name
        found.append(SumLine(times, signed(whole), "warn" if whole < 0 else "ok"))
    found.append(SumLine(_("Final score"), _shown(line.final), "ink", True, True, 22))
    return found


def _shown(value: Fraction | None) -> str:
    return NONE if value is None else shown(value)
