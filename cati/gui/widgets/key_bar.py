"""The bottom line of every screen: what each key does now."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from cati.gui.action import Group
from cati.gui.actions import Keys, Offer
from cati.gui.theme import px
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.layouts import Holder, row
from cati.gui.widgets.surface import Band, Rule
from cati.gui.widgets.text import Text

HEIGHT, SCANT = 44, 33
GAP = 2
# Room a divider takes between keys.
DIVIDER = 9


class KeyBar(Band):
    """Built from the action table for the mode in force; the irreversible action stands alone at the right.

    Args:
        keys: whose actions are shown, and done on a click.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._buttons: list[Button] = []
        self._rules: list[Rule] = []
        self._order: list[QWidget] = []
        self._last: list[Button] = []
        self._names: list[tuple[str, bool, str]] = []
        self._said: tuple[str, str | None, str] = ("", None, "ok")
        self._line, self._placing = HEIGHT, True
        super().__init__(None, "sheet", HEIGHT, top="line")
        self._placing = False
        self._icon = Icon("microphone", "ok", 15)
        self._note = Text(size=13, ink="ink2")
        self._aside_line = row(self._icon, self._note, gap=5)
        self._aside = Holder(self._aside_line)
        self._aside.setParent(self)
        self._aside.hide()
        keys.changed.connect(self._follow)

    def set_note(self, text: str, icon: str | None = None, ink: str = "ok") -> None:
        """Words at the right end, such as the state of the microphone; empty hides them."""
        if (text, icon, ink) == self._said:
            return
        self._said = (text, icon, ink)
        self._note.set_text(text)
        self._icon.setVisible(icon is not None)
        if icon is not None:
            self._icon.set_icon(icon, ink)
        self._aside.setVisible(bool(text))
        self._place()

    def set_scant(self, scant: bool) -> None:
        """Be lower where every line counts."""
        self._line = SCANT if scant else HEIGHT
        self._place()

    def restyle(self) -> None:
        """Take sizes from the theme in use."""
        # A new height comes in two steps, the least and the most; keys are placed after both.
        before, self._placing = self._placing, True
        super().restyle()
        self._placing = before
        if self._order:
            # What lies in it takes its sizes after it.
            self._icon.restyle()
            self._note.restyle()
            for button in self._buttons:
                button.restyle()
            self._place()

    def minimumSizeHint(self) -> QSize:
        """Any width: what has no room goes to a second line."""
        return QSize(0, self.minimumHeight())

    def _follow(self) -> None:
        if not self.isVisible():
            # While a screen is made much changes that nobody sees; what holds then is shown with the bar.
            return
        offers = [offer for offer in self._keys.offers() if offer.action.group is not Group.HIDDEN]
        names = [(offer.action.name, offer.on is None, offer.text) for offer in offers]
        if names != self._names:
            self._names = names
            self._rebuild(offers)
        for button, offer in zip(self._buttons, offers, strict=True):
            button.set_off(offer.reason)
            if offer.on is not None:
                button.setChecked(offer.on)
        self._place()

    def _rebuild(self, offers: list[Offer]) -> None:
        for widget in (*self._buttons, *self._rules):
            widget.hide()
            widget.deleteLater()
        self._buttons, self._rules, self._order, self._last = [], [], [], []
        before: Group | None = None
        for offer in offers:
            group = offer.action.group
            button = self._button(offer)
            if group is Group.LAST:
                self._last.append(button)
                continue
            if before is not None and group is not before:
                self._order.append(self._divider())
            before = group
            self._order.append(button)

    def _divider(self) -> Rule:
        rule = Rule("line", upright=True, length=20)
        rule.setParent(self)
        rule.show()
        self._rules.append(rule)
        return rule

    def _button(self, offer: Offer) -> Button:
        kind = Kind.DANGER if offer.action.irreversible else Kind.QUIET
        size = 14 if offer.action.irreversible else 13
        button = Button(offer.text, offer.action.printed, kind, size, 32)
        # A flag shows what the program says: the click only asks, and `_follow` sets it.
        button.setCheckable(offer.on is not None)
        button.clicked.connect(lambda _checked=False, name=offer.action.name: self._click(name))
        # Each has its key; Tab is for fields and the screen's own buttons.
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setParent(self)
        button.show()
        self._buttons.append(button)
        return button

    def _click(self, name: str) -> None:
        self._keys.trigger(name)
        self._follow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the buttons anew where there is another width.

        The height is its own doing: placed anew while it takes one, it would be left between two of them.
        """
        if event.size().width() != event.oldSize().width():
            self._place()

    def showEvent(self, event: QShowEvent) -> None:
        """Now it has a width to go by."""
        self._follow()

    def event(self, event: QEvent) -> bool:
        """Place the words at the right anew when they have become wider."""
        if event.type() is QEvent.Type.LayoutRequest and self._aside.size() != self._aside_line.sizeHint():
            self._place()
        return super().event(event)

    def _place(self) -> None:
        """Keys from the left, what stands alone from the right; a second line where one is too short."""
        if self._placing:
            return
        if not self._aside.isHidden():
            self._aside_line.restyle()
            self._aside.resize(self._aside_line.sizeHint())
        lines = self._lines(self.width())
        # Before it is seen it has no width to go by.
        count = len(lines) if self.isVisible() else 1
        height = self._line if count == 1 else SCANT
        self.set_height(height * count)
        high = px(height)
        right = self.width() - px(14)
        for button in self._last:
            size = button.sizeHint()
            right -= size.width()
            button.setGeometry(right, (high - size.height()) // 2, size.width(), size.height())
            right -= px(10)
        if not self._aside.isHidden():
            self._aside.move(right - self._aside.width(), (high - self._aside.height()) // 2)
        for nth, line in enumerate(lines):
            self._place_keys(line, nth * high, high)

    def _lines(self, width: int) -> list[list[QWidget]]:
        """The keys in lines; before there is a second one, keys move closer together and print no reasons."""
        others = width - px(24)
        first = others - sum(self._wide(button) + px(10) for button in self._last)
        if not self._aside.isHidden():
            first -= self._aside_line.sizeHint().width() + px(10)
        keys = [widget for widget in self._order if isinstance(widget, Button)]
        for squeezed, reasons in ((False, True), (True, True), (True, False)):
            for button in keys:
                button.squeeze(squeezed)
                button.give_reason(reasons)
            if sum(self._wide(widget) + px(GAP) for widget in self._order) <= first:
                return [self._order]
        for button in keys:
            button.give_reason(beside=True)
        lines: list[list[QWidget]] = [[]]
        room = first
        for widget in self._order:
            wide = self._wide(widget) + px(GAP)
            if wide > room and lines[-1]:
                lines.append([])
                room = others
            lines[-1].append(widget)
            room -= wide
        return lines

    def _place_keys(self, line: list[QWidget], top: int, high: int) -> None:
        left = px(10)
        for widget in line:
            wide = self._wide(widget)
            if isinstance(widget, Button):
                tall = widget.sizeHint().height()
                widget.setGeometry(left, top + (high - tall) // 2, wide, tall)
            else:
                widget.setGeometry(left + wide // 2, top + (high - px(20)) // 2, 1, px(20))
            left += wide + px(GAP)

    def _wide(self, widget: QWidget) -> int:
        return widget.sizeHint().width() if isinstance(widget, Button) else px(DIVIDER)
