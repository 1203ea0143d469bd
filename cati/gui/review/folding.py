"""Two rows of controls beside each other, or one under the other where the width is small."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLayout, QWidget

from cati.gui.theme import px
from cati.gui.widgets.layouts import Holder, Line, row

GAP = 8
_FLAT, _UNDER = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


class Folding(QWidget):
    """Folds itself by the width it gets, before anything in it is cut.

    Args:
        left, right: layouts; the second one takes what is left over.

    Signals:
        folded: whether one lies under the other now; what lies in it may draw together then.
    """

    folded = Signal(bool)

    def __init__(self, left: QLayout, right: QLayout) -> None:
        super().__init__()
        self._left, self._right = Holder(left), Holder(right)
        self._line: Line = row(self._left, (self._right, 1), gap=GAP)
        self._need = 0
        self.setLayout(self._line)

    def _is_flat(self) -> bool:
        return self._line.direction() is _FLAT

    def _fold(self) -> None:
        if self._is_flat():
            # Drawn together it would need less, and would unfold and fold for ever.
            self._need = self._left.sizeHint().width() + px(GAP) + self._right.minimumSizeHint().width()
        wanted = _FLAT if self._need <= self.width() else _UNDER
        if self._line.direction() is not wanted:
            self._turn(wanted)

    def _turn(self, wanted: QBoxLayout.Direction) -> None:
        self._line.setDirection(wanted)
        self.folded.emit(wanted is _UNDER)
        self.updateGeometry()

    def event(self, event: QEvent) -> bool:
        """Look again when something in it has another size."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fold()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold or unfold."""
        self._fold()

    def restyle(self) -> None:
        """Sizes have changed: measure it flat."""
        if not self._is_flat():
            self._turn(_FLAT)

    def minimumSizeHint(self) -> QSize:
        """As wide as the wider of both, since it folds."""
        left, right = self._left.minimumSizeHint(), self._right.minimumSizeHint()
        high = max(left.height(), right.height())
        if not self._is_flat():
            high = left.height() + right.height() + px(GAP)
        return QSize(max(left.width(), right.width()), high)
