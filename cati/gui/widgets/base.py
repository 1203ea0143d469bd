"""What every painted widget shares: taking the theme, and writing text that elides instead of clipping."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from cati.gui import theme
from cati.gui.theme import Ink

LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
CENTRE = Qt.AlignmentFlag.AlignCenter
NO_PEN = Qt.PenStyle.NoPen
NO_BRUSH = Qt.BrushStyle.NoBrush


class Painted:
    """Mixed into a QWidget that paints itself.

    ``shortened`` holds the texts that had to be elided when it last painted; a test reads it.
    """

    def restyle(self) -> None:
        """Take sizes from the theme in use; called by `theme.use` and by the widget itself."""
        self.updateGeometry()  # type: ignore[attr-defined]
        self.update()  # type: ignore[attr-defined]

    def begin(self) -> QPainter:
        """A painter on this widget with smooth edges; forgets what was shortened before."""
        self.shortened: set[str] = set()
        painter = QPainter(self)  # type: ignore[call-overload]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        return painter

    def write(
        self,
        painter: QPainter,
        box: QRectF,
        text: str,
        size: float = 14,
        ink: Ink = "ink",
        bold: bool = False,
        align: Qt.AlignmentFlag = LEFT,
    ) -> None:
        """Write one line into `box`; a text that is too wide ends in an ellipsis.

        Args:
            painter: made by `begin`.
            box: where, in px.
            text: plain text.
            size: px at 100 %.
            ink: colour token, or a colour.
            bold: weight 700 instead of 400.
            align: where in the box.
        """
        in_use = theme.current()
        # Half a pixel of grace: metrics round differently from layouts.
        if in_use.text_width(text, size, bold) > box.width() + 0.5:
            self.shortened.add(text)
            text = in_use.metrics(size, bold).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.setFont(in_use.font(size, bold))
        painter.setPen(in_use.colour(ink))
        painter.drawText(box, align, text)


def fitting(text: str, sizes: Sequence[int], width: float, bold: bool = False) -> int:
    """The first of some sizes, px at 100 %, at which a text fits into a width; the last when none does."""
    return next((size for size in sizes if theme.text_width(text, size, bold) <= width), sizes[-1])


def outline(token: str | None, width: float = 1) -> QPen:
    """A pen of a colour token; no token, no line."""
    return QPen(theme.colour(token), width) if token else QPen(NO_PEN)


def whole(widget: QWidget, inset: float = 0.5) -> QRectF:
    """The widget's rectangle, `inset` px inside, so that one-pixel lines stay sharp."""
    return QRectF(widget.rect()).adjusted(inset, inset, -inset, -inset)
