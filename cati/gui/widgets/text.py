"""Text on screen: plain or with strong words, wrapped, or shortened where there is no room."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import ceil
from typing import NamedTuple

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent, QTextDocument
from PySide6.QtWidgets import QLabel, QSizePolicy

from cati.gui import theme
from cati.gui.theme import px


class Strong(NamedTuple):
    """Words in bold, such as a piped unit name.

    Attributes:
        text: plain words.
        ink: colour token; None keeps the colour of the text around it.
    """

    text: str
    ink: str | None = None


Part = str | Strong

# Marks that never begin a line, and such as never end one.
CLOSING = frozenset("，。、；：？！）》」』】〕〉”’…—·～％,.;:?!)]}%")
OPENING = frozenset("（《「『【〔〈“‘([{")


def may_break(text: str, place: int) -> bool:
    """Whether a line may end before the letter at `place`: at a blank, or beside a Chinese letter.

    Latin words and figures are not cut; a closing mark opens no line, an opening one ends none.
    """
    before, after = text[place - 1], text[place]
    opens = text[place:].lstrip()[:1]
    if before == " " or before in OPENING or opens in CLOSING:
        return False
    return after == " " or not (before.isascii() and after.isascii())


def _parts_of(text: str | Sequence[Part]) -> tuple[Part, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


class Text(QLabel):
    """Words in the type of the visual language.

    Args:
        text: a plain text, or parts of which some are `Strong`.
        size: px at 100 %, not under 12.
        ink: colour token.
        bold: weight 700.
        mono: for hashes only.
        wrap: several lines instead of one.
        elide: may be shortened by an ellipsis when the line is too short; then it asks for little room.
        line_height: per cent, for wrapped reading text.
        width: fixed width in px at 100 %.
        align: of the text in its place.
    """

    def __init__(
        self,
        text: str | Sequence[Part] = "",
        size: float = 14,
        ink: str = "ink",
        bold: bool = False,
        mono: bool = False,
        wrap: bool = False,
        elide: bool = False,
        line_height: int | None = None,
        width: int | None = None,
        align: Qt.AlignmentFlag | None = None,
    ) -> None:
        super().__init__()
        self._size, self._ink, self._bold, self._mono = size, ink, bold, mono
        self._elide, self._line_height, self._width = elide, line_height, width
        self.shortened: set[str] = set()
        if wrap:
            self.setWordWrap(True)
            policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
            self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        if elide:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        if align is not None:
            self.setAlignment(align)
        self._parts = _parts_of(text)
        self.restyle()

    def set_text(self, text: str | Sequence[Part]) -> None:
        """Show other words."""
        parts = _parts_of(text)
        if parts != self._parts:
            self._parts = parts
            self._show()

    def set_ink(self, ink: str, bold: bool | None = None) -> None:
        """Show the words in another colour token, and weight if given."""
        if (ink, bold) == (self._ink, None) or (ink, bold) == (self._ink, self._bold):
            return
        self._ink = ink
        if bold is not None:
            self._bold = bold
        self.restyle()

    def set_size(self, size: float) -> None:
        """Show the words in another size, px at 100 %."""
        if size != self._size:
            self._size = size
            self.restyle()

    def words(self) -> str:
        """The text without its marks."""
        return "".join(part if isinstance(part, str) else part.text for part in self._parts)

    def restyle(self) -> None:
        """Take font and colours from the theme in use."""
        self.setFont(theme.font(self._size, self._bold, self._mono))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, theme.colour(self._ink))
        self.setPalette(palette)
        if self._width is not None:
            self.setFixedWidth(px(self._width))
        self._show()

    def _show(self) -> None:
        rich = self._line_height is not None or any(isinstance(part, Strong) for part in self._parts)
        self.setTextFormat(Qt.TextFormat.RichText if rich else Qt.TextFormat.PlainText)
        self.setAccessibleName(self.words())
        if not rich:
            self.setText(self.words())
            return
        inner = "".join(self._markup(part) for part in self._parts).replace("\n", "<br>")
        if self._line_height is not None:
            inner = f'<p style="line-height:{self._line_height}%;margin:0">{inner}</p>'
        self.setText(inner)

    def _markup(self, part: Part) -> str:
        if isinstance(part, str):
            return escape(part)
        if part.ink is None:
            return f"<b>{escape(part.text)}</b>"
        return f'<b style="color:{theme.colour(part.ink).name()}">{escape(part.text)}</b>'

    def minimumSizeHint(self) -> QSize:
        """A few letters when the text may be shortened, else all of it."""
        if not self._parts or not self.words():
            # An empty label would remember the size of a font it had before.
            return QSize(0, 0)
        if self._elide:
            return QSize(px(24), super().minimumSizeHint().height())
        return super().minimumSizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint as a label does, but with an ellipsis where `elide` asks for it."""
        self.shortened = set()
        if not self._elide or self.sizeHint().width() <= self.width():
            super().paintEvent(event)
            return
        self.shortened.add(self.words())
        line = self.fontMetrics().elidedText(self.words(), Qt.TextElideMode.ElideRight, self.width())
        painter = QPainter(self)
        painter.setPen(theme.colour(self._ink))
        painter.drawText(QRect(0, 0, self.width(), self.height()), self.alignment(), line)


class Name(Text):
    """A name that is never shortened: it takes smaller letters first, and a second line after that.

    Args:
        sizes: px at 100 %, the largest first.
        last: size of the letters on several lines; by default the smallest of `sizes`.
        ink: colour token.
        bold: weight 700.
    """

    def __init__(
        self, sizes: Sequence[int], last: int | None = None, ink: str = "ink", bold: bool = True
    ) -> None:
        self._sizes, self._last = tuple(sizes), last or sizes[-1]
        super().__init__(size=self._sizes[0], ink=ink, bold=bold)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _one_line(self, width: int) -> int | None:
        """The largest size at which the words fit on one line; None when none does."""
        return next((size for size in self._sizes if self._wide(size) <= width), None)

    def _wide(self, size: int) -> float:
        """Width of the words on one line."""
        parts = ((part, self._bold) if isinstance(part, str) else (part.text, True) for part in self._parts)
        return sum(theme.text_width(text, size, bold) for text, bold in parts)

    def hasHeightForWidth(self) -> bool:
        """Its height follows from the width it gets."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of the words in the size they would take."""
        size = self._one_line(width)
        if size is not None:
            return round(theme.current().metrics(size, self._bold).height())
        box = QRectF(0, 0, max(1, width), 10_000)
        metrics = theme.current().metrics(self._last, self._bold)
        return ceil(metrics.boundingRect(box, Qt.TextFlag.TextWordWrap, self.words()).height())

    def sizeHint(self) -> QSize:
        """All on one line in the largest letters."""
        width = ceil(self._wide(self._sizes[0])) + 1
        return QSize(width, round(theme.current().metrics(self._sizes[0], self._bold).height()))

    def minimumSizeHint(self) -> QSize:
        """A few words wide."""
        least = round(theme.current().metrics(self._sizes[-1], self._bold).height())
        return QSize(min(px(60), self.sizeHint().width()), least)

    def set_text(self, text: str | Sequence[Part]) -> None:
        """Show another name."""
        super().set_text(text)
        self._fit()

    def set_sizes(self, sizes: Sequence[int]) -> None:
        """Take letters of other sizes, px at 100 %, the largest first."""
        if tuple(sizes) != self._sizes:
            self._sizes = tuple(sizes)
            self._last = self._sizes[-1]
            self._fit()
            self.updateGeometry()

    def restyle(self) -> None:
        """Take font and colours from the theme in use."""
        super().restyle()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the letters that fit."""
        self._fit()

    def _fit(self) -> None:
        size = self._one_line(self.width())
        self.setWordWrap(size is None)
        self.setFont(theme.font(size or self._last, self._bold))


class Prose(Text):
    """Reading text of several lines that takes smaller letters before any of it is lost.

    Args:
        sizes: px at 100 %, the largest first.
        line_height: per cent.
    """

    def __init__(self, sizes: Sequence[int], line_height: int) -> None:
        self._sizes = tuple(sizes)
        super().__init__(size=sizes[0], wrap=True, line_height=line_height)

    def heightForWidth(self, width: int) -> int:
        """Height in the smallest letters: more is taken where there is more."""
        return self._height(self._sizes[-1], width)

    def sizeHint(self) -> QSize:
        """What the smallest letters need."""
        return QSize(px(200), self._height(self._sizes[-1], px(200)))

    def minimumSizeHint(self) -> QSize:
        """A few words wide."""
        return QSize(px(120), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the largest letters that fit."""
        self._fit()

    def _show(self) -> None:
        super()._show()
        self._fit()

    def _height(self, size: float, width: int) -> int:
        page = QTextDocument()
        page.setDocumentMargin(0)
        page.setDefaultFont(theme.font(size, self._bold))
        page.setHtml(self.text())
        page.setTextWidth(max(1, width))
        return ceil(page.size().height())

    def _fit(self) -> None:
        fitting = (size for size in self._sizes if self._height(size, self.width()) <= self.height())
        self._size = next(fitting, self._sizes[-1])
        self.setFont(theme.font(self._size, self._bold))
