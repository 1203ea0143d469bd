"""Fields to type into."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from cati.gui import theme
from cati.gui.theme import px


def _field_style(kind: str) -> str:
    """Outline and ground of a field; the focus is a line of 2 px that takes no room."""
    edge, accent = theme.colour("edge").name(), theme.colour("accent").name()
    thin, thick = max(1, px(1)), max(2, px(2))
    down, across = px(4), px(8)
    return (
        f"{kind} {{ background: {theme.colour('sheet').name()}; color: {theme.colour('ink').name()};"
        f" border: {thin}px solid {edge}; border-radius: {px(6)}px; padding: {down}px {across}px;"
        f" selection-background-color: {theme.colour('fill').name()};"
        f" selection-color: {theme.colour('on_accent').name()}; }}"
        f"{kind}:focus {{ border: {thick}px solid {accent};"
        f" padding: {down - thick + thin}px {across - thick + thin}px; }}"
        f"{kind}:disabled {{ background: {theme.colour('panel').name()};"
        f" color: {theme.colour('ink2').name()}; }}"
    )


class LineField(QLineEdit):
    """A field of one line.

    Args:
        name: what it is for, said by a screen reader.
        secret: shows dots.
        hint: shown while it is empty.
        size: of the letters, px at 100 %.
        mono: for keys and hashes.
        height: px at 100 %.
    """

    def __init__(
        self,
        name: str,
        secret: bool = False,
        hint: str = "",
        size: int = 16,
        mono: bool = False,
        height: int = 40,
    ) -> None:
        super().__init__()
        self._letters, self._mono, self._height = size, mono, height
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        if secret:
            self.setEchoMode(QLineEdit.EchoMode.Password)
        self.restyle()

    def restyle(self) -> None:
        """Take font, colours and height from the theme in use."""
        self.setStyleSheet(_field_style("QLineEdit"))
        self.setFont(theme.font(self._letters, mono=self._mono))
        self.setFixedHeight(px(max(self._height, self._letters * 2)))


class NotesField(QPlainTextEdit):
    """A field of several lines; Tab leaves it.

    Args:
        name: what it is for, said by a screen reader.
        hint: shown while it is empty.
        least: least height, px at 100 %.
    """

    def __init__(self, name: str, hint: str = "", least: int = 40) -> None:
        super().__init__()
        self._least = least
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)
        self.restyle()

    def minimumSizeHint(self) -> QSize:
        """One line is enough."""
        return QSize(px(120), px(self._least))

    def restyle(self) -> None:
        """Take font and colours from the theme in use."""
        self.setStyleSheet(_field_style("QPlainTextEdit"))
        self.setFont(theme.font(14))
        self.setMinimumHeight(px(self._least))


def is_text_field(widget: QWidget | None) -> bool:
    """Whether typing there writes text, with an input method or without."""
    return widget is not None and widget.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
