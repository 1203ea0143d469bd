"""One of many choices in little room: a line that opens into a list."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPaintEvent, QPolygonF
from PySide6.QtWidgets import QComboBox, QSizePolicy, QStyle, QStyleOptionComboBox, QStylePainter

from cati.gui import theme
from cati.gui.theme import px
from cati.gui.widgets.base import LEFT, NO_PEN
from cati.gui.widgets.segments import HEIGHT, Segment


class Chooser(QComboBox):
    """Exactly one of many choices; Space opens the list, arrows and Enter choose.

    Args:
        name: what is chosen here, said by a screen reader.
        choices: the first is chosen.
        width: px at 100 %; what is chosen is shortened in it, the open list is as wide as it needs.

    Signals:
        chosen: code of what the user chose.
    """

    chosen = Signal(str)

    def __init__(self, name: str, choices: Sequence[Segment] = (), width: int = 120) -> None:
        super().__init__()
        self._name, self._width = name, width
        self._choices: tuple[Segment, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMaxVisibleItems(20)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.activated.connect(self._tell)
        self.restyle()
        self.set_choices(choices)

    @property
    def code(self) -> str:
        """What is chosen."""
        return self._choices[self.currentIndex()].code if self._choices else ""

    def set_choices(self, choices: Sequence[Segment]) -> None:
        """Other choices or other words; what was chosen stays chosen while it exists."""
        if tuple(choices) == self._choices:
            return
        code = self.code
        self._choices = tuple(choices)
        self.clear()
        self.addItems([choice.words for choice in choices])
        codes = [choice.code for choice in choices]
        self.setCurrentIndex(codes.index(code) if code in codes else 0)
        self._say()
        self.restyle()

    def choose(self, code: str) -> None:
        """Choose one and tell of it."""
        codes = [choice.code for choice in self._choices]
        if code in codes and code != self.code:
            self.setCurrentIndex(codes.index(code))
            self._tell()

    def _tell(self) -> None:
        self._say()
        self.chosen.emit(self.code)

    def _say(self) -> None:
        self.setAccessibleName(f"{self._name}: {self.currentText()}")
        self.setToolTip(self.currentText())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field, what is chosen, and a triangle that says there is more."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter = QStylePainter(self)
        painter.setRenderHint(QStylePainter.RenderHint.Antialiasing)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        words = QRectF(px(8), 0, self.width() - px(26), self.height())
        metrics = theme.current().metrics(13)
        painter.setPen(theme.colour("ink"))
        painter.drawText(
            words, LEFT, metrics.elidedText(self.currentText(), Qt.TextElideMode.ElideRight, words.width())
        )
        painter.setPen(NO_PEN)
        painter.setBrush(theme.colour("ink2"))
        left, top = self.width() - px(15), self.height() / 2 - px(2)
        corners = [
            QPointF(left, top),
            QPointF(left + px(8), top),
            QPointF(left + px(4), top + px(5)),
        ]
        painter.drawPolygon(QPolygonF(corners))

    def restyle(self) -> None:
        """Take font, colours and height from the theme in use."""
        sheet, ink, edge = (theme.colour(token).name() for token in ("sheet", "ink", "edge"))
        soft, accent = theme.colour("soft").name(), theme.colour("accent").name()
        thin, ring = max(1, px(1)), theme.ring()
        self.setFont(theme.font(13))
        self.setStyleSheet(
            f"QComboBox {{ background: {sheet}; color: {ink}; border: {thin}px solid {edge};"
            f" border-radius: {px(6)}px; }}"
            f"QComboBox:focus {{ border: {ring}px solid {accent}; }}"
            f"QComboBox::drop-down {{ border: none; width: {px(20)}px; }}"
            f"QComboBox QAbstractItemView {{ background: {sheet}; color: {ink};"
            f" selection-background-color: {soft}; selection-color: {ink}; outline: none; }}"
        )
        self.setFixedWidth(px(self._width))
        widest = max((theme.text_width(choice.words, 13) for choice in self._choices), default=0)
        self.view().setMinimumWidth(round(widest) + px(40))
        self.setFixedHeight(px(HEIGHT))
