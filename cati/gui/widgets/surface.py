"""Grounds and small marks: paper, bands, rules and tags."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLayout, QSizePolicy, QWidget

from cati.gui import theme
from cati.gui.theme import px
from cati.gui.widgets.base import NO_PEN, Painted, outline, whole
from cati.gui.widgets.icons import draw_icon
from cati.gui.widgets.layouts import free_width


class Surface(Painted, QFrame):
    """A sheet, panel or inset with round corners.

    Args:
        layout: what lies on it.
        ground: colour token: sheet for what is spoken or decided, panel for what is not.
        edge: token of its outline, or None.
        radius: 10 surface, 8 inset, 6 field; px at 100 %.
        width: fixed width in px at 100 %.
    """

    def __init__(
        self,
        layout: QLayout | None = None,
        ground: str = "sheet",
        edge: str | None = "line",
        radius: int = 10,
        width: int | None = None,
    ) -> None:
        super().__init__()
        self._ground, self._edge, self._radius, self._width = ground, edge, radius, width
        if layout is not None:
            self.setLayout(layout)
        self.restyle()

    def set_ground(self, ground: str, edge: str | None = "line") -> None:
        """Change ground and outline, for a moment or for good."""
        if (ground, edge) != (self._ground, self._edge):
            self._ground, self._edge = ground, edge
            self.update()

    def set_width(self, width: int | None) -> None:
        """Change the fixed width, px at 100 %; None takes what there is."""
        self._width = width
        if width is None:
            free_width(self)
        self.restyle()

    def restyle(self) -> None:
        """Take the width from the theme in use."""
        if self._width is not None:
            self.setFixedWidth(px(self._width))
        super().restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the ground and draw the outline."""
        painter = self.begin()
        painter.setBrush(theme.colour(self._ground))
        if self._ground == "soft" and theme.current().mode == "contrast":
            # There is no soft ground then: a thick ring says the same.
            thick = theme.ring()
            painter.setPen(outline("accent", thick))
            painter.drawRoundedRect(whole(self, thick / 2), px(self._radius), px(self._radius))
            return
        painter.setPen(outline(self._edge))
        painter.drawRoundedRect(whole(self), px(self._radius), px(self._radius))


class Band(Painted, QWidget):
    """A strip over the whole width, ruled at the top or at the bottom.

    Args:
        layout: what lies on it.
        ground: colour token.
        height: px at 100 %, or None for what the layout needs.
        top: token of a line along its upper side, or None.
        bottom: the same along its lower side.
    """

    def __init__(
        self,
        layout: QLayout | None,
        ground: str = "sheet",
        height: int | None = None,
        top: str | None = None,
        bottom: str | None = None,
    ) -> None:
        super().__init__()
        self._ground, self._height, self._top, self._bottom = ground, height, top, bottom
        if layout is not None:
            self.setLayout(layout)
        self.restyle()

    def set_ground(self, ground: str, bottom: str | None) -> None:
        """Change the ground and the lower line."""
        self._ground, self._bottom = ground, bottom
        self.update()

    def set_height(self, height: int) -> None:
        """Change the height, px at 100 %."""
        if height != self._height:
            self._height = height
            self.restyle()

    def restyle(self) -> None:
        """Take the height from the theme in use."""
        if self._height is not None:
            self.setFixedHeight(px(self._height))
        super().restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the strip and rule it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour(self._ground))
        if self._top:
            painter.fillRect(0, 0, self.width(), 1, theme.colour(self._top))
        if self._bottom:
            painter.fillRect(0, self.height() - 1, self.width(), 1, theme.colour(self._bottom))


class Page(Band):
    """The grey desk under everything."""

    def __init__(self, layout: QLayout | None = None) -> None:
        super().__init__(layout, "desk")


class Rule(Painted, QWidget):
    """A line of one pixel; `length` in px at 100 % where it shall not run the whole way."""

    def __init__(self, ink: str = "line", upright: bool = False, length: int | None = None) -> None:
        super().__init__()
        self._ink, self._upright, self._length = ink, upright, length
        self.restyle()

    def set_ink(self, ink: str) -> None:
        """Draw the line in another colour token."""
        self._ink = ink
        self.update()

    def restyle(self) -> None:
        """Take the length from the theme in use."""
        if self._upright:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)
        if self._length is not None and self._upright:
            self.setFixedHeight(px(self._length))
        elif self._length is not None:
            self.setFixedWidth(px(self._length))
        super().restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line."""
        QPainter(self).fillRect(self.rect(), theme.colour(self._ink))


class Tag(Painted, QWidget):
    """A word in a box: outline and word first, colour second.

    Args:
        text: one or two words.
        ink: token of the word.
        ground: token of the box.
        icon: outline before the word, or None.
        edge: token of the box's line, or None.
        size: of the letters, px at 100 %.
    """

    def __init__(
        self,
        text: str,
        ink: str = "ink2",
        ground: str = "panel",
        icon: str | None = None,
        edge: str | None = "line",
        size: int = 12,
    ) -> None:
        super().__init__()
        self._text, self._ink, self._ground, self._icon = text, ink, ground, icon
        self._edge, self._letters = edge, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def set_text(self, text: str, icon: str | None = None) -> None:
        """Show another word, and another outline if given."""
        if text != self._text or icon not in (None, self._icon):
            self._text, self._icon = text, icon or self._icon
            self.setAccessibleName(text)
            self.restyle()

    def set_look(self, ink: str, ground: str, icon: str | None) -> None:
        """Show the word in other colour tokens, with another outline."""
        if (ink, ground, icon) != (self._ink, self._ground, self._icon):
            self._ink, self._ground, self._icon = ink, ground, icon
            self.restyle()

    def sizeHint(self) -> QSize:
        """Room for word and outline."""
        width = theme.text_width(self._text, self._letters, bold=True) + px(16)
        if self._icon:
            width += px(self._letters + 6)
        return QSize(round(width) + 2, px(self._letters * 1.9))

    def minimumSizeHint(self) -> QSize:
        """A tag is never shortened."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box, the outline and the word."""
        painter = self.begin()
        box = whole(self)
        painter.setPen(outline(self._edge))
        painter.setBrush(theme.colour(self._ground))
        painter.drawRoundedRect(box, px(4), px(4))
        left = float(px(8))
        if self._icon:
            side = px(self._letters + 1)
            at = QRectF(left, box.center().y() - side / 2, side, side)
            draw_icon(painter, self._icon, at, self._ink, self._ground)
            left += px(self._letters + 6)
        words = QRectF(left, 0, self.width() - left, self.height())
        self.write(painter, words, self._text, self._letters, self._ink, bold=True)
        painter.setPen(NO_PEN)
