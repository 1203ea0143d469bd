"""Laying a paper out: words, lines and codes with their places on A4 pages, heads of tables repeated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtGui import QFont, QFontMetricsF, QTextLayout, QTextOption

from cati.base.i18n import translate as _
from cati.gui import theme
from cati.gui.printing.paper import (
    BODY,
    LEAD,
    SMALL,
    TITLE,
    Block,
    Code,
    Facts,
    Grid,
    Head,
    Paper,
    Part,
    Signatures,
    Words,
)

# Everything is measured in tenths of a millimetre.
SHORT, LONG = 2100, 2970
# Tables across a lying page need its width.
_MARGIN, _MARGIN_LYING = 150, 100
_RULE, _TOP, _FOOT = 50, 75, 30
_LEADING = 1.3
_PAD, _SIDE = 9, 12
_CODE = 360
_SIGNED = 170
_FACT_NAME = 380


class At(Enum):
    """To which side of its place a line of words keeps."""

    LEFT = 0
    RIGHT = 1
    CENTRE = 2


class Script(NamedTuple):
    """How letters look; size in tenths of a millimetre."""

    size: int
    bold: bool = False
    mono: bool = False


class Line(NamedTuple):
    """One line of words in a place of some width; `top` is that of the line."""

    left: float
    top: float
    width: float
    text: str
    script: Script
    at: At = At.LEFT


class Stroke(NamedTuple):
    """A line drawn across or down."""

    left: float
    top: float
    right: float
    bottom: float
    strong: bool = False


class Ground(NamedTuple):
    """The ground of a table's head."""

    left: float
    top: float
    width: float
    height: float


class Square(NamedTuple):
    """A QR code."""

    left: float
    top: float
    side: float
    holds: str


Mark = Line | Stroke | Ground | Square


@dataclass(slots=True)
class Page:
    """One page with all that is on it."""

    landscape: bool
    marks: list[Mark] = field(default_factory=list)

    @property
    def width(self) -> int:
        """In tenths of a millimetre."""
        return LONG if self.landscape else SHORT

    @property
    def height(self) -> int:
        """In tenths of a millimetre."""
        return SHORT if self.landscape else LONG

    @property
    def margin(self) -> float:
        """All round what is printed, in tenths of a millimetre."""
        return float(_MARGIN_LYING if self.landscape else _MARGIN)

    def words(self) -> list[str]:
        """Its lines of words, in the order they were written."""
        return [mark.text for mark in self.marks if isinstance(mark, Line)]


@lru_cache(maxsize=64)
def font(script: Script) -> QFont:
    """The letters on paper: a pixel is a tenth of a millimetre."""
    made = QFont()
    made.setFamilies(list(theme.MONO if script.mono else theme.SANS))
    made.setPixelSize(script.size)
    made.setBold(script.bold)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


@lru_cache(maxsize=64)
def _metrics(script: Script) -> QFontMetricsF:
    return QFontMetricsF(font(script))


def width_of(text: str, script: Script) -> float:
    """How wide a line of words is."""
    return float(_metrics(script).horizontalAdvance(text))


def line_height(script: Script) -> float:
    """From one line of words to the next."""
    return script.size * _LEADING


def broken(text: str, script: Script, width: float) -> list[str]:
    """A text in lines that are no wider than `width`; words too long for a line are parted."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        if width_of(paragraph, script) <= width:
            lines.append(paragraph)
            continue
        layout = QTextLayout(paragraph, font(script))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            lines.append(paragraph[line.textStart() : line.textStart() + line.textLength()].rstrip())
        layout.endLayout()
    return lines


def laid_out(paper: Paper) -> list[Page]:
    """The pages of a paper, with heading and foot."""
    pages = [page for part in paper.parts for page in _Setter(part).pages]
    for number, page in enumerate(pages, start=1):
        _frame(page, paper, number, len(pages))
    return pages


def _frame(page: Page, paper: Paper, number: int, of: int) -> None:
    left, width, script = page.margin, page.width - 2 * page.margin, Script(SMALL)
    half = width / 2 - _SIDE
    top = page.margin - 30.0
    for text, at, place in (
        (paper.bureau, At.LEFT, left),
        (paper.programme, At.RIGHT, left + width / 2 + _SIDE),
    ):
        for nth, line in enumerate(broken(text, script, half)[:2] if text else ()):
            page.marks.append(Line(place, top + nth * line_height(script), half, line, script, at))
    rule = page.margin + _RULE
    page.marks.append(Stroke(left, rule, left + width, rule, True))
    foot = page.height - page.margin + 20.0
    page.marks.append(Line(left, foot, width, paper.made, script))
    words = _("Page {number} of {count}").format(number=number, count=of)
    page.marks.append(Line(left, foot, width, words, script, At.RIGHT))


class _Setter:
    """Sets one part, page after page."""

    def __init__(self, part: Part) -> None:
        self._landscape = part.landscape
        self.pages: list[Page] = []
        self._turn()
        self._write(part.title, Script(TITLE, bold=True), At.CENTRE)
        if part.under:
            self._top += 6
            self._write(part.under, Script(BODY), At.CENTRE)
        self._top += 20
        for block in part.blocks:
            self._set(block)

    @property
    def _page(self) -> Page:
        return self.pages[-1]

    @property
    def _width(self) -> float:
        return self._page.width - 2 * self._page.margin

    @property
    def _left(self) -> float:
        return self._page.margin

    @property
    def _bottom(self) -> float:
        return self._page.height - self._page.margin - _FOOT

    def _turn(self) -> None:
        self.pages.append(Page(self._landscape))
        self._top = self._page.margin + _TOP

    def _need(self, height: float) -> bool:
        """Begin another page when so much does not fit any more; whether it did."""
        if self._top + height <= self._bottom or self._is_empty():
            return False
        self._turn()
        return True

    def _is_empty(self) -> bool:
        return not self._page.marks

    def _write(self, text: str, script: Script, at: At = At.LEFT) -> None:
        for line in broken(text, script, self._width):
            self._need(line_height(script))
            self._page.marks.append(Line(self._left, self._top, self._width, line, script, at))
            self._top += line_height(script)

    def _set(self, block: Block) -> None:
        match block:
            case Words():
                self._top += block.before
                if block.bold:
                    # A heading does not stay behind alone.
                    self._need(line_height(Script(block.size)) * 4)
                self._write(block.text, Script(block.size, block.bold))
                self._top += 8 if block.bold else 0
            case Facts():
                self._facts(block)
            case Grid():
                self._grid(block)
            case Code():
                self._code(block)
            case Signatures():
                self._signatures(block)

    def _facts(self, block: Facts) -> None:
        plain = Script(BODY)
        for name, value in block.pairs:
            script = Script(SMALL, mono=True) if is_hash(value) else plain
            lines = broken(value, script, self._width - _FACT_NAME)
            names = broken(name, plain, _FACT_NAME - _SIDE)
            height = max(len(lines) * line_height(script), len(names) * line_height(plain))
            self._need(height + 6)
            for nth, line in enumerate(names):
                top = self._top + nth * line_height(plain)
                self._page.marks.append(Line(self._left, top, _FACT_NAME, line, plain))
            for nth, line in enumerate(lines):
                top = self._top + nth * line_height(script)
                width = self._width - _FACT_NAME
                self._page.marks.append(Line(self._left + _FACT_NAME, top, width, line, script))
            self._top += height + 8

    # ---- tables ----------------------------------------------------------------------------------

    def _grid(self, block: Grid) -> None:
        self._top += 20
        whole = sum(head.width for head in block.heads)
        widths = [head.width / whole * self._width for head in block.heads]
        head = _row([head.words for head in block.heads], block, widths, strong=True)
        self._need(head.height * 3 + block.least)
        self._put_head(head, block, widths)
        if not block.rows:
            nothing = replace(block, heads=[Head("", 1)])
            self._put(_row([block.nothing], nothing, [self._width]), nothing, [self._width])
        for number, texts in enumerate(block.rows):
            row = _row(texts, block, widths, strong=number in block.strong, least=block.least)
            if self._need(row.height):
                self._put_head(head, block, widths)
            self._put(row, block, widths)

    def _put_head(self, row: _Row, block: Grid, widths: Sequence[float]) -> None:
        left, right = self._left, self._left + self._width
        self._page.marks.append(Ground(left, self._top, self._width, row.height))
        self._page.marks.append(Stroke(left, self._top, right, self._top, True))
        self._put(row, block, widths)

    def _put(self, row: _Row, block: Grid, widths: Sequence[float]) -> None:
        left, top, bottom, marks = self._left, self._top, self._top + row.height, self._page.marks
        marks.append(Stroke(left, top, left, bottom))
        for lines, script, head, width in zip(row.cells, row.scripts, block.heads, widths, strict=True):
            step = line_height(script)
            at = At.RIGHT if head.figure else At.LEFT
            first = top + (row.height - len(lines) * step) / 2
            for nth, line in enumerate(lines):
                wide = width - 2 * block.side
                marks.append(Line(left + block.side, first + nth * step, wide, line, script, at))
            left += width
            marks.append(Stroke(left, top, left, bottom))
        marks.append(Stroke(self._left, bottom, self._left + self._width, bottom))
        self._top = bottom

    # ---- codes and signatures --------------------------------------------------------------------

    def _code(self, block: Code) -> None:
        self._top += 30
        left, width = self._left + _CODE + 40.0, self._width - _CODE - 40
        lines = [
            (line, Script(LEAD if nth == 0 else BODY, nth == 0, is_hash(text)))
            for nth, text in enumerate(block.lines)
            for line in broken(text, Script(LEAD if nth == 0 else BODY, nth == 0, is_hash(text)), width)
        ]
        high = sum(line_height(script) + 6 for _line, script in lines)
        self._need(max(_CODE, high))
        self._page.marks.append(Square(self._left, self._top, _CODE, block.holds))
        top = self._top
        for line, script in lines:
            self._page.marks.append(Line(left, top, width, line, script))
            top += line_height(script) + 6
        self._top += max(_CODE, high) + 10

    def _signatures(self, block: Signatures) -> None:
        across = min(3, max(1, len(block.names)))
        width = self._width / across
        for place, name in enumerate(block.names):
            if place % across == 0:
                self._top += 30
                self._need(_SIGNED)
            left = self._left + (place % across) * width
            line = self._top + 110
            self._page.marks.append(Stroke(left, line, left + width - 40, line, True))
            script = Script(SMALL)
            said = broken(name, script, width - 40)[0]
            self._page.marks.append(Line(left, line + 8, width - 40, said, script))
            self._page.marks.append(Line(left, line + 8, width - 40, _("date"), script, At.RIGHT))
            if place % across == across - 1 or place == len(block.names) - 1:
                self._top += _SIGNED


def is_hash(text: str) -> bool:
    """Whether a text is nothing but hexadecimal digits, in groups or not."""
    digits = text.replace(" ", "")
    return len(digits) >= 32 and set(digits) <= frozenset("0123456789abcdef")


class _Row(NamedTuple):
    """A row of a table, its cells in lines."""

    cells: list[list[str]]
    scripts: list[Script]
    height: float


def _row(
    texts: Sequence[str], block: Grid, widths: Sequence[float], strong: bool = False, least: float = 0
) -> _Row:
    scripts = [Script(block.size, strong, head.mono) for head in block.heads]
    cells = [
        broken(text, script, width - 2 * block.side)
        for text, script, width in zip(texts, scripts, widths, strict=True)
    ]
    high = max(len(lines) for lines in cells) * line_height(Script(block.size)) + 2 * _PAD
    return _Row(cells, scripts, max(high, least))
