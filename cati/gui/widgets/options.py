"""Rows that are chosen by a key, each saying what follows from the choice."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from cati.gui import theme
from cati.gui.theme import px
from cati.gui.widgets.base import NO_BRUSH, RIGHT, Painted, outline, whole
from cati.gui.widgets.icons import draw_icon
from cati.gui.widgets.keycap import cap_size, draw_cap, key_print

# Letters of a row whose words are too wide in those of its `Room`; px at 100 %.
TIGHT_LETTERS = (13, 12)


class Room(Enum):
    """How rows say what follows: size of their words in px at 100 %, and whether it may stand below them."""

    FULL = (16, False)
    SMALL = (14, False)
    BELOW = (14, True)


class OptionRow(Painted, QAbstractButton):
    """One choice of a list: key, words, and at the right what happens then.

    Args:
        key: chooses it.
        text: the words.
        follows: what happens when it is chosen, in words.
        icon: outline of what happens, or None.
    """

    LEAST, LEAST_BELOW, MOST = 24, 30, 60
    # The least width, px at 100 %, if the words need so much.
    NARROWEST = 300

    def __init__(self, key: str, text: str, follows: str = "", icon: str | None = None) -> None:
        super().__init__()
        self._key, self._follows, self._icon = key, follows, icon
        self._selected, self._room = False, Room.FULL
        self._was_below = False
        self.setText(text)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._name()
        self.restyle()

    @property
    def key(self) -> str:
        """The key that chooses this row."""
        return self._key

    def set_selected(self, selected: bool) -> None:
        """Mark it as the choice."""
        if selected != self._selected:
            self._selected = selected
            self.update()

    def set_words(self, text: str) -> None:
        """Show other words."""
        self.setText(text)
        self._name()
        self.updateGeometry()

    def set_off(self, reason: str, follows: str = "", icon: str | None = None) -> None:
        """Switch it off, the reason in place of what follows; an empty reason switches it on again."""
        self._follows = reason or follows
        self._icon = icon or self._icon
        self.setEnabled(not reason)
        self._name()
        self.updateGeometry()
        self.update()

    def set_room(self, room: Room) -> None:
        """Give way where columns are narrow."""
        if room is not self._room:
            self._room = room
            self.restyle()

    def width_in(self, room: Room) -> int:
        """Width in px at which all it would say is seen whole."""
        letters, below = room.value
        # Measured bold: the row must not grow when it is chosen.
        words = theme.text_width(self.text(), TIGHT_LETTERS[0] if below else letters, bold=True)
        follows = theme.text_width(self._follows, 12 if below else 13)
        if below:
            words = max(words, follows)
        elif self._follows:
            words += px(24) + follows
        return round(self._text_left() + words + px(12) + (px(22) if self._icon else 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may put what follows below the words, which takes more height."""
        if self._is_below() != self._was_below:
            self._was_below = self._is_below()
            self.updateGeometry()

    def _is_below(self) -> bool:
        """Whether what follows stands below the words, since it has no room beside them."""
        return self._room is Room.BELOW and self.width_in(Room.SMALL) > self.width()

    def _name(self) -> None:
        said = (self.text(), key_print(self._key), self._follows)
        self.setAccessibleName(", ".join(part for part in said if part))

    def restyle(self) -> None:
        """Take the greatest height from the theme in use."""
        self.setMaximumHeight(px(self.MOST))
        super().restyle()

    def _cap(self) -> QSize:
        return QSize(cap_size(key_print(self._key), 13).width(), px(23))

    def _text_left(self) -> int:
        return max(px(46), px(10) + self._cap().width() + px(10))

    def sizeHint(self) -> QSize:
        """Room for the words and what follows."""
        return QSize(self.width_in(self._room), px(38))

    def minimumSizeHint(self) -> QSize:
        """Rows tighten before anything is hidden; long words may be shortened at the far end."""
        return QSize(
            min(self.sizeHint().width(), px(self.NARROWEST)),
            px(self.LEAST_BELOW if self._is_below() else self.LEAST),
        )

    def event(self, event: QEvent) -> bool:
        """Repaint when the focus comes and goes."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, key, words, outline and what follows."""
        painter = self.begin()
        ground = whole(self, 1)
        if self._selected or self.hasFocus():
            painter.setPen(outline("accent", theme.ring()))
            painter.setBrush(theme.colour("soft") if self._selected else NO_BRUSH)
            painter.drawRoundedRect(ground, px(6), px(6))
        elif self.isEnabled() and self.underMouse():
            contrast = theme.current().mode == "contrast"
            painter.setPen(outline("accent" if contrast else None, theme.ring()))
            painter.setBrush(theme.colour("soft"))
            painter.drawRoundedRect(ground, px(6), px(6))
        ink = "ink" if self.isEnabled() else "ink2"
        cap, middle = self._cap(), ground.center().y()
        at = QRectF(px(10), middle - cap.height() / 2, cap.width(), cap.height())
        draw_cap(painter, key_print(self._key), at, 13, ink)
        left, end = float(self._text_left()), float(self.width() - px(12))
        letters, _below = self._room.value
        below = self._is_below()
        if self._follows and not below:
            width = theme.text_width(self.text(), letters, self._selected) + 1
            room = end - left
            follows = min(theme.text_width(self._follows, 13) + 1, max(room * 0.3, room - width - px(38)))
            box = QRectF(end - follows, 0, follows, self.height())
            self.write(painter, box, self._follows, 13, "ink2", align=RIGHT)
            end -= follows + px(8)
        if self._icon:
            side = px(14)
            shade = "ink" if self._icon == "end" else "ink2"
            draw_icon(painter, self._icon, QRectF(end - side, middle - side / 2, side, side), shade)
            end -= side + px(8)
        words = QRectF(left, 0, end - left, self.height())
        # Words take smaller letters before they are shortened, measured as if they were chosen.
        smaller = (size for size in TIGHT_LETTERS if theme.text_width(self.text(), size, True) <= end - left)
        if theme.text_width(self.text(), letters, bold=True) > end - left:
            letters = next(smaller, TIGHT_LETTERS[-1])
        if below:
            # The boxes overlap by what a font keeps free above and below its letters.
            words = QRectF(left, middle - px(19), end - left, px(20))
            under = QRectF(left, middle - px(3), end - left, px(17))
            self.write(painter, under, self._follows, 12, "ink2")
        self.write(painter, words, self.text(), letters, ink, self._selected)
