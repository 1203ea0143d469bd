"""Answer tiles, the progress steps, and the list of what was answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from cati.base.i18n import translate as _
from cati.gui import theme
from cati.gui.theme import px
from cati.gui.widgets.base import NO_PEN, RIGHT, Painted, outline, whole
from cati.gui.widgets.icons import draw_icon
from cati.gui.widgets.keycap import cap_size, draw_cap, key_print
from cati.gui.widgets.text import may_break

# The smallest words of a tile, px at 100 %.
TILE_LEAST = 15


def halves(text: str) -> tuple[str, str]:
    """Words on two lines of about the same length, cut where `may_break` allows it."""
    middle = len(text) / 2
    places = [place for place in range(1, len(text)) if may_break(text, place)]
    cut = min(places, key=lambda place: abs(place - middle), default=len(text))
    return text[:cut].strip(), text[cut:].strip()


class Tile(Painted, QAbstractButton):
    """One spoken answer. All tiles are equal: no colour praises or blames.

    Args:
        key: the digit that gives this answer.
        text: the words as read aloud.
        height: 88, or 70 where the screen is tight; px at 100 %.
        size: of the words, px at 100 %.
    """

    def __init__(self, key: str, text: str, height: int = 88, size: int = 22) -> None:
        super().__init__()
        self._key, self._height, self._letters, self._given = key, height, size, False
        self.setText(text)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{text}, {key_print(key)}")

    def set_answer(self, key: str, text: str) -> None:
        """Stand for another answer."""
        if (key, text) == (self._key, self.text()):
            return
        self._key = key
        self.setText(text)
        self.setAccessibleName(f"{text}, {key_print(key)}")
        self.restyle()

    def set_measure(self, height: int, size: int) -> None:
        """Give way to a tight screen: height and letters in px at 100 %."""
        if (height, size) != (self._height, self._letters):
            self._height, self._letters = height, size
            self.restyle()

    def set_given(self, given: bool) -> None:
        """Mark it as the answer that was given before, when the operator has come back."""
        if given != self._given:
            self._given = given
            self.update()

    def _cap(self) -> QSize:
        need = cap_size(key_print(self._key), 20)
        return QSize(max(need.width(), px(34)), px(36))

    def _content(self) -> float:
        return self._cap().width() + px(12) + theme.text_width(self.text(), self._letters)

    def sizeHint(self) -> QSize:
        """Room for the key and the words."""
        return QSize(round(self._content()) + px(20), px(self._height))

    def minimumSizeHint(self) -> QSize:
        """Room for the words on two lines: an answer is never shortened."""
        words = max(theme.text_width(line, TILE_LEAST, self._given) for line in halves(self.text()))
        return QSize(round(self._cap().width() + px(12) + words) + px(20), px(self._height))

    def _set_words(self) -> tuple[int, tuple[str, ...]]:
        """Size and lines of the words: on one line if they fit, else on two."""
        room = self.width() - self._cap().width() - px(12 + 18)
        lines = tuple(filter(None, halves(self.text())))
        for size in range(self._letters, TILE_LEAST if len(lines) == 1 else self._letters - 1, -1):
            if theme.text_width(self.text(), size, self._given) <= room:
                return size, (self.text(),)
        for size in range(min(self._letters, 18), TILE_LEAST, -1):
            if max(theme.text_width(line, size, self._given) for line in lines) <= room:
                return size, lines
        return TILE_LEAST, lines

    def event(self, event: QEvent) -> bool:
        """Repaint when the focus comes and goes."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the outline, the key and the words."""
        painter = self.begin()
        box = whole(self, 1)
        marked, hovered = self.hasFocus() or self._given, self.underMouse()
        # A pointer at rest must not look like an answer; high contrast has no ground to tell it by.
        ringed = marked or (hovered and theme.current().mode == "contrast")
        painter.setPen(outline("accent", theme.ring()) if ringed else outline("edge"))
        painter.setBrush(theme.colour("soft" if marked or hovered else "sheet"))
        painter.drawRoundedRect(box, px(8), px(8))
        cap = self._cap()
        size, lines = self._set_words()
        wide = max(theme.text_width(line, size, self._given) for line in lines)
        left = max(box.left() + px(6), box.center().x() - (cap.width() + px(12) + wide) / 2)
        at = QRectF(left, box.center().y() - cap.height() / 2, cap.width(), cap.height())
        if self._key:
            draw_cap(painter, key_print(self._key), at, 20)
        pitch = theme.current().metrics(size).height() if len(lines) > 1 else box.height()
        top = box.center().y() - pitch * len(lines) / 2
        for line in lines:
            words = QRectF(at.right() + px(12), top, 0, pitch)
            words.setRight(box.right() - 1)
            self.write(painter, words, line, size, bold=self._given)
            top += pitch


class Steps(Painted, QWidget):
    """One segment an item: solid is answered, tall is asked now, low is to come."""

    def __init__(self, width: int = 250) -> None:
        super().__init__()
        self._count, self._done, self._now, self._width = 0, 0, 0, width
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_width(self, width: int) -> None:
        """Change the width, px at 100 %."""
        if width != self._width:
            self._width = width
            self.restyle()

    def set_progress(self, count: int, now: int, done: int | None = None) -> None:
        """Show where the interview is.

        Args:
            count: items on the path, as far as it is known.
            now: position of the item asked now, from 1; 0 for none.
            done: answered items from the first on; `now` - 1 when left out.
        """
        self._count, self._now = count, now
        self._done = max(0, now - 1) if done is None else done
        self.setAccessibleName(_("Item {now} of {count}").format(now=now, count=count))
        self.update()

    def sizeHint(self) -> QSize:
        """Its fixed size."""
        return QSize(px(self._width), px(12))

    def minimumSizeHint(self) -> QSize:
        """Half of it will do."""
        return QSize(px(self._width // 2), px(12))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the segments."""
        if not self._count:
            return
        painter = self.begin()
        gap = px(4) if self._count <= 15 else px(2)
        wide = (self.width() - gap * (self._count - 1)) / self._count
        high = self.height()
        for index in range(self._count):
            box = QRectF(index * (wide + gap), 0, wide, high)
            if index == self._now - 1:
                painter.fillRect(box, theme.colour("accent"))
            elif index < self._done:
                painter.fillRect(box.adjusted(0, high * 0.25, 0, -high * 0.25), theme.colour("ok"))
            else:
                painter.fillRect(box.adjusted(0, high * 0.38, 0, -high * 0.38), theme.colour("edge"))


class RailRow(NamedTuple):
    """One item in the list of answers.

    Attributes:
        label: number or short code printed before the title.
        title: what the item is about.
        answer: key and words of the answer, or None.
        saved: whether the answer is durable on this station.
        brief: the answer's words without its key, where both leave no room for the title.
    """

    label: str
    title: str
    answer: str | None = None
    saved: bool = False
    brief: str = ""


class Rail(Painted, QWidget):
    """What was answered, in order, and where the interview is; position is progress.

    Rows stretch from 20 to 28 px; of a long list the part around the item asked now is shown.
    """

    LEAST, MOST = 20, 28

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[RailRow] = ()
        self._now = -1
        self._least = 10
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(_("Answers so far"))

    def set_rows(self, rows: Sequence[RailRow], now: int) -> None:
        """Show the items; `now` is the index of the one asked, -1 for none."""
        if (tuple(rows), now) == (self._rows, self._now):
            return
        grows = len(rows) != len(self._rows)
        self._rows, self._now = tuple(rows), now
        said = [f"{row.label} {row.title} {row.answer}" for row in self._rows if row.answer]
        self.setAccessibleDescription("; ".join(said))
        if grows:
            self.restyle()
        else:
            self.update()

    def sizeHint(self) -> QSize:
        """All rows at their widest."""
        return QSize(px(230), px(self.MOST) * max(1, len(self._rows)))

    def set_least(self, rows: int) -> None:
        """Be content with so many rows, those around the item asked now."""
        self._least = rows
        self.restyle()

    def minimumSizeHint(self) -> QSize:
        """Ten rows at their narrowest, or all there are, or as few as it may be content with."""
        return QSize(px(160), px(self.LEAST) * max(1, min(self._least, len(self._rows))))

    def _window(self, fits: int) -> range:
        """Indexes of the rows that are shown."""
        if len(self._rows) <= fits:
            return range(len(self._rows))
        first = min(max(0, self._now - fits // 2), len(self._rows) - fits)
        return range(first, first + fits)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows."""
        if not self._rows:
            return
        painter = self.begin()
        shown = self._window(max(1, self.height() // px(self.LEAST)))
        high = min(px(self.MOST), self.height() / len(shown))
        for place, index in enumerate(shown):
            box = QRectF(0, place * high, self.width(), high)
            self._paint_row(painter, box, self._rows[index], index == self._now)

    def _paint_row(self, painter: QPainter, box: QRectF, row: RailRow, asked: bool) -> None:
        ink = "on_accent" if asked else "ink" if row.answer else "ink2"
        if asked:
            painter.setPen(NO_PEN)
            painter.setBrush(theme.colour("fill"))
            painter.drawRoundedRect(box.adjusted(0, 1, 0, -1), px(4), px(4))
        right = box.right() - px(10)
        if row.answer and row.saved and not asked:
            side = px(13)
            draw_icon(painter, "tick", QRectF(right - side, box.center().y() - side / 2, side, side), "ok")
            right -= side + px(7)
        self.write(
            painter, QRectF(box.left() + px(8), box.top(), px(20), box.height()), row.label, 13, ink, asked
        )
        left = box.left() + px(28)
        answer = _("asking") if asked else row.answer or ""
        room = right - left
        if (row.brief or asked) and theme.text_width(answer + row.title, 13, asked) + px(8) > room:
            answer = row.brief if not asked else ""
        width = min(theme.text_width(answer, 13, asked) + 1, room * 0.75)
        self.write(
            painter, QRectF(right - width, box.top(), width, box.height()), answer, 13, ink, asked, RIGHT
        )
        title = QRectF(left, box.top(), room - width - px(6), box.height())
        fits = theme.text_width(row.title, 13, asked) <= title.width()
        size = 13 if fits else 12
        # A title is known by its first words, an answer is not: the title gives way.
        known = (
            theme.current()
            .metrics(size, asked)
            .elidedText(row.title, Qt.TextElideMode.ElideRight, title.width() - 1)
        )
        self.write(painter, title, known, size, ink, asked)
