"""Proof that nothing is clipped: walks a tree of widgets and reports texts without room."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtWidgets import QLabel, QWidget

from cati.gui.widgets.base import Painted
from cati.gui.widgets.text import Text


class Clip(NamedTuple):
    """A text that is not seen whole: how, which, what it got and what it needs."""

    how: str
    text: str
    given: tuple[int, int]
    needed: tuple[int, int]


def clipped(root: QWidget) -> list[Clip]:
    """Everything under `root` that is cut, shortened, or larger than the window."""
    root.grab()
    found = []
    least = root.minimumSizeHint()
    if least.width() > root.width() or least.height() > root.height():
        found.append(Clip("window too small", root.objectName(), _pair(root.size()), _pair(least)))
    for widget in root.findChildren(QWidget):
        if not widget.isVisibleTo(root) or widget.visibleRegion().isEmpty():
            continue
        if isinstance(widget, Painted | Text):
            found += [
                Clip("shortened", text, _pair(widget.size()), _pair(widget.sizeHint()))
                for text in getattr(widget, "shortened", ())
            ]
        if isinstance(widget, QLabel) and widget.text():
            found += _label(widget)
        elif isinstance(widget, Painted):
            need = widget.minimumSizeHint()
            if need.width() > widget.width() + 1 or need.height() > widget.height() + 1:
                words = getattr(widget, "text", widget.accessibleName)()
                found.append(Clip("cut", words, _pair(widget.size()), _pair(need)))
    return found


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
