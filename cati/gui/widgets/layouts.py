"""Rows and columns whose gaps and margins follow the scale."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QBoxLayout, QLayout, QSizePolicy, QSpacerItem, QWidget

from cati.gui.theme import px

# An int is a space in px at 100 %, None a stretch, a pair an item with its stretch factor.
Item = QWidget | QLayout | int | None | tuple[QWidget | QLayout, int]
ANY_WIDTH = (1 << 24) - 1
Margins = int | tuple[int, int, int, int]


class Line(QBoxLayout):
    """Items one after the other.

    Args:
        direction: of `QBoxLayout`.
        items: see `Item`.
        gap: between neighbours, px at 100 %.
        margins: one for all, or left, top, right, bottom, px at 100 %.
    """

    def __init__(
        self, direction: QBoxLayout.Direction, items: Iterable[Item], gap: int, margins: Margins
    ) -> None:
        super().__init__(direction)
        self._gap = gap
        self._margins = (margins,) * 4 if isinstance(margins, int) else margins
        self._spaces: list[tuple[QSpacerItem, int]] = []
        for item in items:
            self.put(item)
        self.restyle()

    def put(self, item: Item) -> None:
        """Add one item at the end."""
        thing, stretch = item if isinstance(item, tuple) else (item, 0)
        if thing is None:
            self.addStretch(1)
        elif isinstance(thing, int):
            spacer = QSpacerItem(0, 0)
            self._spaces.append((spacer, thing))
            self.addItem(spacer)
        elif isinstance(thing, QLayout):
            self.addLayout(thing, stretch)
        else:
            self.addWidget(thing, stretch)

    def set_gap(self, gap: int) -> None:
        """Change the gap between neighbours, px at 100 %."""
        if gap != self._gap:
            self._gap = gap
            self.restyle()

    def set_margins(self, margins: Margins) -> None:
        """Change the margins: one for all, or left, top, right, bottom, px at 100 %."""
        wanted = (margins,) * 4 if isinstance(margins, int) else margins
        if wanted != self._margins:
            self._margins = wanted
            self.restyle()

    def restyle(self) -> None:
        """Take gaps and margins from the theme in use."""
        self.setSpacing(px(self._gap))
        left, top, right, bottom = (px(margin) for margin in self._margins)
        self.setContentsMargins(left, top, right, bottom)
        fixed, least = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Minimum
        flat = self.direction() in (QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.RightToLeft)
        for spacer, measure in self._spaces:
            if flat:
                spacer.changeSize(px(measure), 0, fixed, least)
            else:
                spacer.changeSize(0, px(measure), least, fixed)
        self.invalidate()

    def set_upright(self, upright: bool) -> None:
        """Lay the items one under the other, or side by side again."""
        box = QBoxLayout.Direction
        wanted = box.TopToBottom if upright else box.LeftToRight
        if wanted != self.direction():
            self.setDirection(wanted)
            self.restyle()


def row(*items: Item, gap: int = 8, margins: Margins = 0) -> Line:
    """Items from left to right."""
    return Line(QBoxLayout.Direction.LeftToRight, items, gap, margins)


def column(*items: Item, gap: int = 8, margins: Margins = 0) -> Line:
    """Items from top to bottom."""
    return Line(QBoxLayout.Direction.TopToBottom, items, gap, margins)


def free_width(widget: QWidget) -> None:
    """Let a widget of fixed width have any."""
    widget.setMinimumWidth(0)
    widget.setMaximumWidth(ANY_WIDTH)


class Holder(QWidget):
    """A bare widget around a layout, with an optional fixed width or height in px at 100 %."""

    def __init__(self, layout: QLayout, width: int | None = None, height: int | None = None) -> None:
        super().__init__()
        self._width, self._height = width, height
        self.setLayout(layout)
        self.restyle()

    def set_width(self, width: int | None) -> None:
        """Change the fixed width, px at 100 %; None takes what there is."""
        self._width = width
        if width is None:
            free_width(self)
        self.restyle()

    def restyle(self) -> None:
        """Take the size from the theme in use."""
        if self._width is not None:
            self.setFixedWidth(px(self._width))
        if self._height is not None:
            self.setFixedHeight(px(self._height))


class OneOf(QWidget):
    """Shows one of several widgets and needs no more room than that one; the first is shown first.

    Args:
        views: in no order that matters; without any, the first that is chosen is shown.
    """

    def __init__(self, *views: QWidget) -> None:
        super().__init__()
        self._views = list(views)
        self._current = views[0] if views else None
        self.setLayout(column(*((view, 1) for view in views), gap=0))
        for view in views[1:]:
            view.hide()

    def current(self) -> QWidget | None:
        """Which is shown."""
        return self._current

    def add(self, view: QWidget) -> None:
        """Take in one more, not shown yet."""
        view.hide()
        self._views.append(view)
        layout = self.layout()
        assert isinstance(layout, Line)
        layout.put((view, 1))

    def choose(self, view: QWidget) -> None:
        """Show another one."""
        self._current = view
        for other in self._views:
            if other is not view:
                other.hide()
        view.show()
