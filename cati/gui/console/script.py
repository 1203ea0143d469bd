"""Words to be read aloud: broken into breath groups, in the largest type that has room."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import ceil
from typing import NamedTuple

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cati.domain.interview import Piece
from cati.gui import theme
from cati.gui.theme import px
from cati.gui.widgets.base import Painted

SIZES = (38, 36, 34, 32, 30, 28, 26)
# Below the sizes of a script: only where a long text in a low window has no other way.
LAST_SIZES = (24, 22, 20, 18)
LINE_HEIGHT = 1.12
NEARLY = 1.25
"""How much the width of letters may differ from growing with their size."""
_BREATH = re.compile(r"(?<=[，；。！？：])(?![”’）』」，；。！？：])|(?<=[,;.!?:])(?=\s)")
# Where a line may end inside a group that is too long for one.
_WORD = re.compile(r"(?:[\x21-\u024f‘’“”]+|[^\x21-\u024f\s][，、；。！？：”’）]*)\s*|\s+")

Line = tuple[Piece, ...]


class Setting(NamedTuple):
    """A text set in lines: size in px at 100 %, line pitch in px, the lines."""

    size: int
    pitch: float
    lines: tuple[Line, ...]


def breath_groups(pieces: Sequence[Piece]) -> list[Line]:
    """A text cut after every comma and stop, each group to be said in one breath."""
    groups: list[list[Piece]] = [[]]
    for piece in pieces:
        for place, part in enumerate(_BREATH.split(piece.text)):
            if place:
                groups.append([])
            text = part.lstrip() if not groups[-1] else part
            if text:
                groups[-1].append(Piece(text, piece.piped))
    # A group that began with the stop of the one before belongs to it.
    joined: list[list[Piece]] = []
    for group in groups:
        if joined and group and group[0].text[0] in "，；。！？：,;.!?:":
            joined[-1] += group
        elif group:
            joined.append(group)
    return [tuple(group) for group in joined]


def line_width(line: Line, size: int) -> float:
    """Width of a line in px."""
    return sum(theme.text_width(piece.text, size, piece.piped) for piece in line)


def _gap(left: Line, right: Line) -> Line:
    # Between Latin groups a blank is due again.
    latin = left and right and left[-1].text[-1].isascii() and right[0].text[0].isascii()
    return (Piece(" "),) if latin else ()


def _filled(groups: Sequence[Line], size: int, width: float) -> tuple[Line, ...]:
    """Groups put together on lines as long as they fit."""
    lines: list[Line] = []
    taken = 0.0
    for group in groups:
        gap = _gap(lines[-1], group) if lines else ()
        more = line_width((*gap, *group), size)
        if lines and taken + more <= width:
            lines[-1] = (*lines[-1], *gap, *group)
            taken += more
        else:
            lines.append(group)
            taken = line_width(group, size)
    return tuple(lines)


def _words(group: Line) -> Iterator[Piece]:
    for piece in group:
        for word in _WORD.findall(piece.text) or [piece.text]:
            yield Piece(word, piece.piped)


def _wrapped(groups: Sequence[Line], size: int, width: float) -> list[Line]:
    """Groups that are too long for a line, cut between words."""
    cut: list[Line] = []
    for group in groups:
        if line_width(group, size) <= width:
            cut.append(group)
            continue
        line: list[Piece] = []
        taken = 0.0
        for word in _words(group):
            more = theme.text_width(word.text, size, word.piped)
            if line and taken + more > width:
                cut.append(_joined(line))
                line, taken = [], 0.0
            if line or word.text.strip():
                line.append(word)
                taken += more
        if line:
            cut.append(_joined(line))
    return cut


def _joined(words: Sequence[Piece]) -> Line:
    """Neighbours of the same kind as one piece: they are written at once, with the font's own spacing."""
    pieces: list[Piece] = []
    for word in words:
        if pieces and pieces[-1].piped == word.piped:
            pieces[-1] = Piece(pieces[-1].text + word.text, word.piped)
        else:
            pieces.append(word)
    return tuple(pieces)


def set_text(pieces: Sequence[Piece], width: float, height: float) -> Setting:
    """Set a text in the largest size at which its breath groups fit on one line each.

    Args:
        pieces: the text.
        width: of the place, px.
        height: of the place, px.
    """
    groups = breath_groups(pieces)
    # Letters grow with their size, nearly: what is far too large is not tried.
    widths = [line_width(group, SIZES[0]) / SIZES[0] for group in groups]
    longest, whole = max(widths, default=0.0), sum(widths)

    def is_far_too_large(size: int, pitch: float) -> bool:
        return whole * size * pitch > NEARLY * width * height

    for size in SIZES:
        pitch = theme.current().metrics(size).height() * LINE_HEIGHT
        if longest * size > NEARLY * width or is_far_too_large(size, pitch):
            continue
        if any(line_width(group, size) > width for group in groups):
            continue
        lines = _filled(groups, size, width)
        if len(lines) * pitch <= height:
            return Setting(size, pitch, lines)
    made = Setting(LAST_SIZES[-1], 1, ())
    for size in SIZES + LAST_SIZES:
        pitch = theme.current().metrics(size).height()
        if size != LAST_SIZES[-1] and is_far_too_large(size, pitch):
            continue
        made = Setting(size, pitch, _filled(_wrapped(groups, size, width), size, width))
        if len(made.lines) * pitch <= height:
            break
    return made


def least_lines(pieces: Sequence[Piece], width: float) -> int:
    """How many lines a text takes in the smallest letters, in a place so many px wide."""
    size = LAST_SIZES[-1]
    return len(_filled(_wrapped(breath_groups(pieces), size, width), size, width))


class ScriptText(Painted, QWidget):
    """The words to be read aloud, piped words bold in accent.

    Args:
        least: least height in px at 100 %.
    """

    def __init__(self, least: int = 76) -> None:
        super().__init__()
        self._least = least
        self._pieces: tuple[Piece, ...] = ()
        self._made: tuple[object, Setting] | None = None
        self._heights: dict[tuple[int, theme.Theme], int] = {}
        self.shortened: set[str] = set()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_pieces(self, pieces: Sequence[Piece]) -> None:
        """Show another text."""
        if tuple(pieces) != self._pieces:
            self._pieces = tuple(pieces)
            self._heights.clear()
            self.setAccessibleName(self.words())
            self.updateGeometry()
            self.update()

    def words(self) -> str:
        """The text without its marks."""
        return "".join(piece.text for piece in self._pieces)

    def first_line(self) -> float:
        """Distance in px from the top to the middle of the first line."""
        setting = self._setting()
        top = (self.height() - len(setting.lines) * setting.pitch) / 2
        return max(0.0, top) + setting.pitch / 2

    def _setting(self) -> Setting:
        key = (self._pieces, self.width(), self.height(), theme.current())
        if self._made is None or self._made[0] != key:
            self._made = (key, set_text(self._pieces, self.width(), self.height()))
        return self._made[1]

    def hasHeightForWidth(self) -> bool:
        """Its least height follows from the width it gets."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Room for the whole text in the smallest letters: more is taken where there is more."""
        # Layouts ask many times for each question.
        place = (width, theme.current())
        if place not in self._heights:
            lines = least_lines(self._pieces, width)
            needed = ceil(lines * theme.current().metrics(LAST_SIZES[-1]).height())
            self._heights[place] = max(px(self._least), needed)
        return self._heights[place]

    def sizeHint(self) -> QSize:
        """Room for three lines."""
        return QSize(px(600), px(180))

    def minimumSizeHint(self) -> QSize:
        """Two lines of the smallest script."""
        return QSize(px(300), px(self._least))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write the lines, in the middle of the height."""
        painter = self.begin()
        setting = self._setting()
        if len(setting.lines) * setting.pitch > self.height() + 1:
            self.shortened.add(self.words())
        metrics = theme.current().metrics(setting.size)
        y = self.first_line() - (metrics.height() / 2) + metrics.ascent()
        for line in setting.lines:
            x = 0.0
            for piece in line:
                painter.setFont(theme.font(setting.size, piece.piped))
                painter.setPen(theme.colour("accent" if piece.piped else "ink"))
                painter.drawText(QPointF(x, y), piece.text)
                x += theme.text_width(piece.text, setting.size, piece.piped)
            y += setting.pitch
