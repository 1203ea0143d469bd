"""Buttons that carry their key."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from cati.gui import theme
from cati.gui.theme import px
from cati.gui.widgets.base import LEFT, NO_BRUSH, Painted, outline, whole
from cati.gui.widgets.icons import draw_icon
from cati.gui.widgets.keycap import cap_size, draw_cap, key_print


class Kind(Enum):
    """How a button looks: ground, ink and outline tokens."""

    PRIMARY = ("fill", "on_accent", "fill")
    PLAIN = ("sheet", "ink", "edge")
    QUIET = (None, "ink", None)
    DANGER = ("sheet", "stop", "stop")
    SELECTED = ("soft", "ink", "accent")


class Button(Painted, QAbstractButton):
    """A button with its words and its key; right of the words, but left in the key bar (QUIET).

    A checkable button shows `checked` as a flag that is set. `set_off` greys it and says why.

    Args:
        text: the words.
        key: as `keycap.key_print` takes it, or empty.
        kind: how it looks.
        size: of the words, px at 100 %.
        height: 32, 36, 46 or 76; px at 100 %.
        icon: outline before the words, or None.
        spread: words at the left, key at the right end, instead of both in the middle.
        width: fixed width in px at 100 %, widened when the words need more.
    """

    def __init__(
        self,
        text: str,
        key: str = "",
        kind: Kind = Kind.PLAIN,
        size: int = 14,
        height: int = 36,
        icon: str | None = None,
        spread: bool = False,
        width: int | None = None,
    ) -> None:
        super().__init__()
        self._key, self._kind, self._letters, self._height = key, kind, size, height
        self._icon, self._spread, self._width = icon, spread, width
        self._reason, self._beside = "", True
        self._squeezed = False
        self.setText(text)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._name()
        self.restyle()

    def set_words(self, text: str, key: str | None = None) -> None:
        """Show other words, and another key if given."""
        if text == self.text() and key in (None, self._key):
            return
        self.setText(text)
        if key is not None:
            self._key = key
        self._name()
        self.restyle()

    def set_icon(self, icon: str | None) -> None:
        """Show another outline before the words."""
        if icon != self._icon:
            self._icon = icon
            self.restyle()

    def set_kind(self, kind: Kind) -> None:
        """Look otherwise."""
        if kind is not self._kind:
            self._kind = kind
            self.restyle()

    def set_measure(self, height: int) -> None:
        """Give way to a tight screen: height in px at 100 %."""
        if height != self._height:
            self._height = height
            self.restyle()

    def set_off(self, reason: str) -> None:
        """Switch the button off and print the reason beside it; an empty reason switches it on."""
        if reason == self._reason and self.isEnabled() == (not reason):
            return
        self._reason = reason
        self.setEnabled(not reason)
        self.setToolTip(reason)
        self._name()
        self.restyle()

    def give_reason(self, beside: bool) -> None:
        """Whether the reason is printed beside the button, or only its tooltip and screen readers tell it."""
        if beside != self._beside:
            self._beside = beside
            self.restyle()

    def squeeze(self, narrow: bool) -> None:
        """Spend less on space around the words, as the key bar asks when it is full."""
        if narrow != self._squeezed:
            self._squeezed = narrow
            self.restyle()

    def restyle(self) -> None:
        """Take sizes from the theme in use."""
        if self._width is not None:
            self.setFixedWidth(max(px(self._width), round(self._need())))
        super().restyle()

    def _name(self) -> None:
        said = [self.text(), key_print(self._key) if self._key else "", self._reason]
        self.setAccessibleName(", ".join(part for part in said if part))

    @property
    def _cap_letters(self) -> int:
        return 12 if self._letters < 18 else 15

    @property
    def _bold(self) -> bool:
        return self._kind is Kind.PRIMARY

    def _pad(self) -> int:
        if self._squeezed:
            return px(3)
        if self._kind is Kind.QUIET:
            return px(8)
        return px(12 if self._letters < 18 else 24)

    def _gap(self) -> int:
        return px(4 if self._squeezed else 8) if self.text() else 0

    def _reason_width(self) -> float:
        return theme.text_width(self._reason, 13) + px(18) if self._reason and self._beside else 0.0

    def _content(self) -> float:
        width = theme.text_width(self.text(), self._letters, self._bold)
        if self._key:
            width += cap_size(key_print(self._key), self._cap_letters).width() + self._gap()
        if self._icon:
            width += px(self._letters + 2) + px(7)
        return width

    def _need(self) -> float:
        return self._content() + 2 * self._pad() + 2 + self._reason_width()

    def sizeHint(self) -> QSize:
        """Room for words, key, outline and the reason it is off."""
        return QSize(round(self._need()) + 1, px(self._height))

    def minimumSizeHint(self) -> QSize:
        """All of it, but in the key bar, which may shorten words."""
        if self._kind is Kind.QUIET:
            return QSize(px(40), px(self._height))
        return self.sizeHint()

    def event(self, event: QEvent) -> bool:
        """Repaint when focus or pointer comes and goes."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut) or isinstance(event, QEnterEvent):
            self.update()
        return super().event(event)

    def _tokens(self) -> tuple[str | None, str, str | None]:
        ground, ink, edge = self._kind.value
        if not self.isEnabled():
            return "panel", "ink2", "line"
        if self.isCheckable() and self.isChecked():
            return "warn_s", "warn", "warn"
        if self.underMouse():
            ground = "fill_h" if self._kind is Kind.PRIMARY else "soft"
            if theme.current().mode == "contrast" and self._kind is not Kind.DANGER:
                edge = "accent"
        return ground, ink, edge

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw outline, words, key-cap, focus ring and the reason it is off."""
        painter = self.begin()
        ground, ink, edge = self._tokens()
        box = whole(self)
        if self._reason and self._beside:
            box.setWidth(box.width() - self._reason_width())
            beside = QRectF(box.right() + px(10), 0, self._reason_width() - px(18) + 1, self.height())
            self.write(painter, beside, self._reason, 13, "ink2")
        if self.hasFocus():
            painter.setPen(outline("accent", theme.ring()))
            painter.setBrush(NO_BRUSH)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), px(9), px(9))
            box.adjust(px(4), px(4), -px(4), -px(4))
        hovered = self.underMouse() and theme.current().mode == "contrast"
        heavy = (self._kind is Kind.SELECTED or hovered) and self.isEnabled()
        painter.setPen(outline(edge, theme.ring() if heavy else 1))
        painter.setBrush(theme.colour(ground) if ground else NO_BRUSH)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5) if heavy else box, px(6), px(6))
        self._paint_content(painter, box, ground, ink)

    def _paint_content(self, painter: QPainter, box: QRectF, ground: str | None, ink: str) -> None:
        middle = box.center().y()
        left = box.left() + self._pad() if self._spread else box.center().x() - self._content() / 2
        left = max(left, box.left() + min(self._pad(), px(4)))
        right = box.right() - (self._pad() if self._spread else min(self._pad(), px(4)))
        cap = cap_size(key_print(self._key), self._cap_letters) if self._key else QSize(0, 0)
        if self._kind is Kind.QUIET and self._key:
            at = QRectF(left, middle - cap.height() / 2, cap.width(), cap.height())
            edge = "warn" if ink == "warn" else "edge"
            draw_cap(painter, key_print(self._key), at, self._cap_letters, ink, edge=edge)
            words = QRectF(at.right() + self._gap() - 1, box.top(), 0, box.height())
            words.setRight(box.right())
            self.write(painter, words, self.text(), self._letters, ink, align=LEFT)
            return
        if self._icon:
            side = px(self._letters + 2)
            draw_icon(
                painter, self._icon, QRectF(left, middle - side / 2, side, side), ink, ground or "sheet"
            )
            left += side + px(7)
        width = theme.text_width(self.text(), self._letters, self._bold)
        room = right - left - (cap.width() + self._gap() if self._key else 0)
        words = QRectF(left, box.top(), min(width, room) + 1, box.height())
        self.write(painter, words, self.text(), self._letters, ink, self._bold)
        if not self._key:
            return
        start = right - cap.width() if self._spread else words.right() - 1 + self._gap()
        at = QRectF(start, middle - cap.height() / 2, cap.width(), cap.height())
        if self._kind is Kind.PRIMARY and self.isEnabled():
            # No white plate on a filled button: outline and print only.
            plate = ground or "fill"
            draw_cap(painter, key_print(self._key), at, self._cap_letters, "on_accent", plate, "on_accent")
        else:
            draw_cap(painter, key_print(self._key), at, self._cap_letters, ink)
