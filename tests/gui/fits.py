"""Proof that nothing is clipped: walks a tree of widgets and reports texts without room.

Labels are asked for the room they need, painted widgets for the texts they had to shorten; nothing may reach
beyond what holds it, nor over its neighbour, and what scrolls is told.
"""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QSize
from PySide6.QtWidgets import QLabel, QLineEdit, QScrollArea, QWidget

from cati.gui.widgets.base import Painted
from cati.gui.widgets.middle import Middle, Reading
from cati.gui.widgets.text import Text

# A layout of wrapped words takes several rounds: widths, heights for them, and what moves by that.
LEAST_ROUNDS, ROUNDS = 3, 8


class Clip(NamedTuple):
    """A text that is not seen whole: how, which, what it got and what it needs."""

    how: str
    text: str
    given: tuple[int, int]
    needed: tuple[int, int]


def come_to_rest(root: QWidget) -> None:
    """Let layouts do what they have put off, until nothing moves any more."""
    before: list[QRect] = []
    widgets = root.findChildren(QWidget)
    for nth in range(ROUNDS):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        now = [widget.geometry() for widget in widgets]
        if now == before and nth >= LEAST_ROUNDS:
            return
        before = now


def clipped(root: QWidget) -> list[Clip]:
    """Everything under `root` that is cut, shortened, hidden, overlapped, or larger than the window."""
    come_to_rest(root)
    root.grab()
    for area in _scrolling(root):
        # What is scrolled out of sight has to paint too.
        area.page.grab()
    found = []
    least = root.minimumSizeHint()
    if least.width() > root.width() or least.height() > root.height():
        found.append(Clip("window too small", root.objectName(), _pair(root.size()), _pair(least)))
    # Qt's own dialogs, such as that for files, are windows beside it.
    here = [widget for widget in root.findChildren(QWidget) if widget.window() is root.window()]
    seen = [widget for widget in here if widget.isVisibleTo(root)]
    for widget in seen:
        if not _says_something(widget):
            continue
        found += _beyond(widget, root)
        found += _shortened(widget)
        if isinstance(widget, QLabel):
            found += _label(widget)
        elif isinstance(widget, Painted):
            need = _need(widget)
            if need.width() > widget.width() + 1 or need.height() > widget.height() + 1:
                found.append(Clip("cut", _words(widget), _pair(widget.size()), _pair(need)))
        elif isinstance(widget, QLineEdit) and widget.fontMetrics().height() * 0.8 > widget.height():
            found.append(Clip("cut", _words(widget), _pair(widget.size()), _pair(widget.sizeHint())))
    return found + _overlapping(seen)


def scrolled(root: QWidget) -> list[Clip]:
    """What does not show all it holds at once, but for texts to be read."""
    come_to_rest(root)
    return [
        Clip("scrolls", type(area.parent()).__name__, _pair(area.size()), _pair(area.page.size()))
        for area in _scrolling(root)
        if not isinstance(area, Reading)
    ]


def _scrolling(root: QWidget) -> list[Middle]:
    """Places of which a part is out of sight."""
    return [
        area
        for area in root.findChildren(Middle)
        if area.isVisibleTo(root)
        and (area.verticalScrollBar().maximum() or area.horizontalScrollBar().maximum())
    ]


def _says_something(widget: QWidget) -> bool:
    if isinstance(widget, QLabel):
        return bool(widget.text())
    return isinstance(widget, Painted | QLineEdit)


def _words(widget: QWidget) -> str:
    if isinstance(widget, Text):
        return widget.words()
    return str(getattr(widget, "text", widget.accessibleName)())


def _shortened(widget: QWidget) -> list[Clip]:
    texts = getattr(widget, "shortened", ())
    return [Clip("shortened", text, _pair(widget.size()), _pair(widget.sizeHint())) for text in texts]


def _beyond(widget: QWidget, root: QWidget) -> list[Clip]:
    """Whether it reaches out of something that holds it; what scrolls is reached by scrolling."""
    place, holder = widget.geometry(), widget.parentWidget()
    while holder is not None and holder is not root.parentWidget():
        if isinstance(holder.parentWidget(), QScrollArea):
            return []
        if not holder.rect().adjusted(-1, -1, 1, 1).contains(place):
            return [Clip("beyond", _words(widget), _pair(holder.size()), _pair(place.bottomRight()))]
        if holder is root:
            break
        place, holder = place.translated(holder.pos()), holder.parentWidget()
    return []


def _overlapping(seen: list[QWidget]) -> list[Clip]:
    """Neighbours that lie over one another, but for what covers its whole place on purpose."""
    siblings: dict[int, list[QWidget]] = {}
    for widget in seen:
        parent = widget.parentWidget()
        if parent is not None and widget.geometry() != parent.rect() and not widget.isWindow():
            siblings.setdefault(id(parent), []).append(widget)
    return [
        Clip("overlaps", f"{_words(one)} / {_words(other)}", _pair(QPoint()), _pair(shared.size()))
        for group in siblings.values()
        for one, other in combinations(group, 2)
        if (shared := one.geometry().intersected(other.geometry())).width() > 1 and shared.height() > 1
    ]


def _need(widget: QWidget) -> QSize:
    """What a widget needs at least; lines that wrap need less height the wider they are."""
    need, layout = widget.minimumSizeHint(), widget.layout()
    if layout is not None and layout.hasHeightForWidth():
        need.setHeight(min(need.height(), layout.minimumHeightForWidth(widget.width())))
    return need


def _label(label: QLabel) -> list[Clip]:
    given, need = label.size(), label.sizeHint()
    words = label.words() if isinstance(label, Text) else label.text()
    if label.wordWrap() or label.hasHeightForWidth():
        if label.heightForWidth(label.width()) * (1 if label.wordWrap() else 0.8) > label.height() + 2:
            return [Clip("cut", words, _pair(given), (given.width(), label.heightForWidth(label.width())))]
        return []
    if isinstance(label, Text) and label.shortened:
        return []
    # CJK fonts bring leading above and below the letters: a fifth less height cuts none of them.
    if need.width() > given.width() + 1 or need.height() * 0.8 > given.height():
        return [Clip("cut", words, _pair(given), _pair(need))]
    return []


def _pair(size: object) -> tuple[int, int]:
    return size.toTuple()  # type: ignore[attr-defined]
