"""Proof that nothing was left in English: reads what stands on a Chinese window."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

from cati.gui.widgets.table import Table
from cati.gui.widgets.text import Text

_WORDS = re.compile(r"[A-Za-z]{3,}(?: [A-Za-z]{2,})+")
# Names of keys and commands, and what a tour itself says and types.
_NAMES = re.compile(
    r"Noto Sans CJK|PgUp PgDn|Ctrl (Enter|Delete)|\b(cati|chmod) [a-z]+|outcome was stored|Load one|fetches"
    r"|Signing in was refused|on a network share|key is mistyped|Yazhou"
)
_HEX = re.compile(r"[a-f ]+")


def sentences(root: QWidget) -> Iterator[str]:
    """Runs of English words on a window: on labels, buttons, in tables, for readers of the screen."""
    for widget in (root, *root.findChildren(QWidget)):
        if widget.isVisibleTo(root):
            for text in filter(None, _texts(widget)):
                for found in _WORDS.finditer(text):
                    if not _NAMES.search(text) and not _HEX.fullmatch(found[0]):
                        yield f"{found[0]} ({type(widget).__name__})"


def _texts(widget: QWidget) -> Iterator[str]:
    yield widget.accessibleName()
    yield widget.toolTip()
    if isinstance(widget, Text):
        yield widget.words()
    elif isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    elif isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    elif isinstance(widget, Table):
        for row in range(min(60, widget.rows.rowCount())):
            for cell in widget.rows.cells(row) or ():
                yield cell.text
