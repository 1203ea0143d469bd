"""A chapter as it is read: Markdown in the type of the visual language, with key-caps around keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QImage,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
    QTextTableCell,
)
from PySide6.QtWidgets import QFrame, QTextBrowser

from cati.gui import theme
from cati.gui.actions import ACTIONS
from cati.gui.manual.book import fitted
from cati.gui.theme import px
from cati.gui.widgets.base import NO_BRUSH, outline
from cati.gui.widgets.keycap import key_print

HEADINGS = {1: 22, 2: 17, 3: 15}
LINE_HEIGHT = 112
# Keeps a cap's outline off its print, and the print on one line.
AIR = "\u00a0"
_CODE = re.compile(r"`([^`]+)`")
_PERCENT = QTextLength.Type.PercentageLength
_FULL = QTextLength(_PERCENT, 100)
# A column whose texts have no more Chinese letters than this is as wide as its longest.
_SHORT = 12
KEYS = frozenset(key_print(key) for action in ACTIONS for key in action.keys) | {
    action.printed for action in ACTIONS
}
"""What may stand in a cap."""


class ChapterView(QTextBrowser):
    """Reading pane; keys that scroll it are actions of the window.

    Args:
        name: what it is, said by a screen reader.
        size: of the letters, px at 100 %.
    """

    wanted = Signal(str)
    """The chapter of a link that was followed."""

    def __init__(self, name: str, size: int = 16) -> None:
        super().__init__()
        self._size, self._text = size, ""
        self._pictures: Mapping[str, QImage] = {}
        self._caps: list[tuple[int, int]] = []
        self._shown: QTextDocument | None = None
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.anchorClicked.connect(lambda url: self.wanted.emit(url.fileName().removesuffix(".md")))
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._render)

    def show_text(self, text: str, pictures: Mapping[str, QImage]) -> None:
        """Show a chapter from its beginning."""
        self._text, self._pictures = text, pictures
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self._render()
        self.verticalScrollBar().setValue(0)

    def minimumSizeHint(self) -> QSize:
        """None: it scrolls."""
        return QSize(0, 0)

    @property
    def room(self) -> int:
        """Width for pictures, px."""
        return self.viewport().width() - px(16)

    def scroll_page(self, key: str) -> None:
        """Scroll nearly a page down, or up for a key with ``Up`` in its name."""
        self.turn("PgUp" if "Up" in key else "PgDown")

    def turn(self, key: str) -> None:
        """Scroll by a key's name: a line, nearly a page, or to an end."""
        bar = self.verticalScrollBar()
        steps = {"Up": -px(40), "Down": px(40), "Home": -bar.maximum(), "End": bar.maximum()}
        page = round(bar.pageStep() * 0.9)
        steps |= {"PgUp": -page, "PgDown": page}
        bar.setValue(bar.value() + steps[key.rpartition("+")[2]])

    def seek(self, word: str, backwards: bool, anew: bool) -> bool:
        """Mark the next place of a word; `anew` begins at the chapter's end that comes first."""
        ways = QTextDocument.FindFlag.FindBackward if backwards else QTextDocument.FindFlag(0)
        if anew:
            end = QTextCursor.MoveOperation.End if backwards else QTextCursor.MoveOperation.Start
            self.moveCursor(end)
        return self.find(word, ways)

    def restyle(self) -> None:
        """Take letters and colours from the theme in use."""
        self.setStyleSheet(
            f"QTextBrowser {{ background: {theme.colour('sheet').name()};"
            f" color: {theme.colour('ink').name()};"
            f" selection-background-color: {theme.colour('fill').name()};"
            f" selection-color: {theme.colour('on_accent').name()}; }}"
        )
        self._later.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Pictures are as wide as the text."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._later.start()

    # ---- setting ---------------------------------------------------------------------------------

    def _render(self) -> None:
        bar = self.verticalScrollBar()
        share = bar.value() / max(1, bar.maximum())
        anchor, place = self.textCursor().anchor(), self.textCursor().position()
        document = QTextDocument(self)
        document.setDefaultFont(theme.font(self._size))
        document.setDocumentMargin(px(4))
        # Text that comes in throws out what was added before it.
        document.setMarkdown(_CODE.sub(_with_air, self._text))
        for name, picture in self._pictures.items():
            document.addResource(
                QTextDocument.ResourceType.ImageResource, QUrl(name), fitted(picture, self.room)
            )
        self._caps = []
        self._dress(document)
        old, self._shown = self._shown, document
        self.setDocument(document)
        if old is not None:
            old.deleteLater()
        # The same letters may have been set before, at another size, with a word marked in them.
        last = document.characterCount() - 1
        self.setTextCursor(_between(document.begin(), *(max(0, min(last, at)) for at in (anchor, place))))
        bar.setValue(round(share * bar.maximum()))

    def _dress(self, document: QTextDocument) -> None:
        for frame in document.rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                self._rule(frame)
        block = document.begin()
        while block.isValid():
            self._set_block(block)
            block = block.next()

    def _set_block(self, block: QTextBlock) -> None:
        cursor = QTextCursor(block)
        form = QTextBlockFormat(block.blockFormat())
        level = form.headingLevel()
        in_table = cursor.currentTable() is not None
        pieces = list(_fragments(block))
        # A line as high as a picture needs no more air.
        height = 100 if any(given.isImageFormat() for _start, _end, given in pieces) else LINE_HEIGHT
        form.setLineHeight(height, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        form.setTopMargin(px(18) if level > 1 else 0)
        form.setBottomMargin(0 if in_table else px(4 if cursor.currentList() else 10))
        if form.hasProperty(QTextFormat.Property.BlockCodeFence):
            form.setBackground(theme.colour("panel"))
            form.setLeftMargin(px(16))
            form.setBottomMargin(0)
        cursor.setBlockFormat(form)
        for start, end, given in pieces:
            self._set_words(_between(block, start, end), given, level)

    def _set_words(self, cursor: QTextCursor, given: QTextCharFormat, level: int) -> None:
        if given.isImageFormat():
            return
        code = given.fontFixedPitch()
        words = cursor.selectedText()
        key = code and words.startswith(AIR)
        size = HEADINGS.get(level, self._size - (2 if key else 0))
        bold = bool(level) or key or given.fontWeight() > 400
        given.clearProperty(QTextFormat.Property.FontSizeAdjustment)
        given.setFont(theme.font(size, bold=bold, mono=code and not key))
        cursor.setCharFormat(given)
        if key:
            self._caps.append((cursor.selectionStart(), cursor.selectionEnd()))

    def _rule(self, table: QTextTable) -> None:
        form = table.format()
        form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        form.setBorder(1)
        form.setBorderBrush(theme.colour("line"))
        form.setBorderCollapse(True)
        form.setCellSpacing(0)
        form.setCellPadding(px(6))
        form.setWidth(_FULL)
        form.setTopMargin(px(4))
        form.setBottomMargin(px(12))
        form.setColumnWidthConstraints(self._columns(table))
        table.setFormat(form)

    def _columns(self, table: QTextTable) -> list[QTextLength]:
        """Columns of keys and short words are as wide as they need, the others share the rest."""
        room = max(1, self.viewport().width())
        longest = [
            max(_letters(table.cellAt(row, column)) for row in range(table.rows()))
            for column in range(table.columns())
        ]
        shares = [100 * (px(self._size) * (length + 1) + px(14)) / room for length in longest]
        short = [share if length <= _SHORT else 0 for share, length in zip(shares, longest, strict=True)]
        rest = sum(share for share, kept in zip(shares, short, strict=True) if not kept)
        if not rest:
            short[-1] = 0
            rest = shares[-1]
        left = max(0.0, 100 - sum(short))
        return [
            QTextLength(_PERCENT, kept or left * share / rest)
            for share, kept in zip(shares, short, strict=True)
        ]

    # ---- painting --------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text, and outlines around the keys in it."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(NO_BRUSH)
        painter.setPen(outline("edge"))
        seen = self.viewport().rect()
        for box in self._boxes():
            if box.intersects(QRectF(seen)):
                painter.drawRoundedRect(box, px(4), px(4))
                foot = box.bottom() - 0.4
                painter.drawLine(QPointF(box.left() + px(3), foot), QPointF(box.right() - px(3), foot))

    def _boxes(self) -> Iterator[QRectF]:
        cursor = QTextCursor(self.document())
        for start, end in self._caps:
            cursor.setPosition(start)
            first = self.cursorRect(cursor)
            cursor.setPosition(end)
            last = self.cursorRect(cursor)
            if first.top() == last.top():
                yield QRectF(first.left(), first.top(), last.left() - first.left(), first.height()).adjusted(
                    0.5, px(1), -0.5, -px(1)
                )


def _between(block: QTextBlock, start: int, end: int) -> QTextCursor:
    cursor = QTextCursor(block)
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    return cursor


def _with_air(found: re.Match[str]) -> str:
    code = found[1]
    if code not in KEYS and key_print(code) not in KEYS:
        return f"`{code}`"
    return f"`{AIR}{key_print(code).replace(' ', AIR)}{AIR}`"


def _fragments(block: QTextBlock) -> Iterator[tuple[int, int, QTextCharFormat]]:
    place = block.begin()
    while not place.atEnd():
        fragment = place.fragment()
        yield (
            fragment.position(),
            fragment.position() + fragment.length(),
            QTextCharFormat(fragment.charFormat()),
        )
        place += 1


def _letters(cell: QTextTableCell) -> float:
    first, last = cell.firstCursorPosition(), cell.lastCursorPosition().position()
    first.setPosition(last, QTextCursor.MoveMode.KeepAnchor)
    return sum(0.6 if letter.isascii() else 1 for letter in first.selectedText())
