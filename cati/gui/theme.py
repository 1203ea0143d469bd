"""Colours, type and measures of every screen, switchable while the program runs.

White paper is spoken or decided; the grey desk is not. Widgets read the theme in use when they paint;
what a widget derives from it once (fonts of labels, sizes, margins) it sets in ``restyle()``, which
`use` calls on everything that lives.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication

from cati.base.i18n import language

SANS = ("Microsoft YaHei UI", "PingFang SC", "Noto Sans CJK SC")
MONO = ("Consolas", "Menlo", "Noto Sans Mono CJK SC")
# Chinese fonts draw quotation marks, dashes and middle dots as wide as a character; English needs its own.
PROPORTIONAL = ("pwid", "palt")
STYLE = "fusion"
LEAST_SCALE, MOST_SCALE = 0.8, 2.0


class Space(IntEnum):
    """How much room a screen has at its scale.

    TIGHT gives way in the agreed order: help, hints, side column, opening line. SCANT tightens the bars too.
    NARROW lays side columns under the paper, where they are reached by scrolling.
    """

    FULL = 0
    TIGHT = 1
    SCANT = 2
    NARROW = 3


# A screen smaller than this, px at 100 %, has the space to the right. English words are wider.
_TIGHT = {"en": (1300, 640)}
_TIGHT_ELSE = (1200, 640)
_SCANT = {"en": (1110, 540)}
_SCANT_ELSE, _NARROW = (1020, 540), (940, 0)

LIGHT = {
    "desk": "#E9EDF2",
    "panel": "#F5F7F9",
    "sheet": "#FFFFFF",
    "line": "#D3D9E0",
    "edge": "#788392",
    "ink": "#17202B",
    "ink2": "#4A5664",
    "accent": "#1B57A8",
    "soft": "#DDE8F7",
    "fill": "#1B57A8",
    "fill_h": "#154788",
    "on_accent": "#FFFFFF",
    "ok": "#0B665A",
    "ok_s": "#D8EEE9",
    "warn": "#7A4800",
    "warn_s": "#FBEACB",
    "stop": "#A81F16",
    "stop_s": "#FBE3DF",
    "live": "#13243C",
    "on_live": "#FFFFFF",
    "on_live2": "#B9C6D6",
    "live_line": "#3A4C66",
    "lamp": "#FF6A5A",
    "live_ok": "#7FD6C2",
    "live_warn": "#FFC46B",
    "lv_off": "#3A4F6C",
    "ch1": "#1B57A8",
    "ch2": "#B05A00",
    "hatch": "#AEB8C4",
}
DARK = {
    "desk": "#0F141A",
    "panel": "#151B22",
    "sheet": "#1B222A",
    "line": "#333E4B",
    "edge": "#748292",
    "ink": "#E7ECF2",
    "ink2": "#A9B5C3",
    "accent": "#82B4F6",
    "soft": "#21384F",
    "fill": "#2C69BB",
    "fill_h": "#3371C2",
    "on_accent": "#FFFFFF",
    "ok": "#62C9B3",
    "ok_s": "#173A35",
    "warn": "#E8B45A",
    "warn_s": "#3D2E12",
    "stop": "#FF9184",
    "stop_s": "#46211D",
    "live": "#21466F",
    "on_live": "#FFFFFF",
    "on_live2": "#C9D8E8",
    "live_line": "#4A6F9B",
    "lamp": "#FF9A8E",
    "live_ok": "#8FE3D0",
    "live_warn": "#FFD08A",
    "lv_off": "#3D628C",
    "ch1": "#82B4F6",
    "ch2": "#E9A45B",
    "hatch": "#4A5766",
}
# High contrast: dividers in ink, no grey ground, a thicker ring instead of a soft ground.
CONTRAST = LIGHT | {
    "desk": "#FFFFFF",
    "panel": "#FFFFFF",
    "soft": "#FFFFFF",
    "line": LIGHT["ink"],
    "edge": LIGHT["ink"],
    "ink2": LIGHT["ink"],
}
MODES = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}
# Share ramp: one hue, monotone lightness; the text colour changes with the last two steps.
RAMPS = {
    "light": ("#F0F4F9", "#D6E3F3", "#A9C6E8", "#7DA9DA", "#2F6AB0", "#174E96"),
    "dark": ("#1D2731", "#1F364F", "#28507A", "#2F6299", "#7FB0E6", "#A5CBF6"),
}
RAMPS["contrast"] = RAMPS["light"]
RAMP_TEXT = {
    "light": ("#17202B", "#FFFFFF"),
    "dark": ("#F2F6FA", "#0B1726"),
    "contrast": ("#17202B", "#FFFFFF"),
}


Ink = str | QColor
"""A colour token, or a colour that the tokens do not name, such as one of the share ramp."""


@dataclass(frozen=True)
class Theme:
    """A colour mode at a size.

    Attributes:
        mode: key of `MODES`.
        scale: 0.8 to 2.0; 1.0 is the measures as they are written in the code.
    """

    mode: str = "light"
    scale: float = 1.0

    def px(self, measure: float) -> int:
        """A measure at 100 % in pixels of this scale."""
        return round(measure * self.scale)

    def colour(self, token: Ink) -> QColor:
        """The colour of a token of the visual language; a colour, such as one of the ramp, is itself."""
        return _colour(self.mode, token) if isinstance(token, str) else token

    def font(self, size: float = 14, bold: bool = False, mono: bool = False) -> QFont:
        """A font by its size in px at 100 %; `mono` is for hashes only."""
        return _font(self.px(size), bold, mono, language() == "en")

    def metrics(self, size: float = 14, bold: bool = False, mono: bool = False) -> QFontMetricsF:
        """Metrics of `font` with the same arguments."""
        return _metrics(self.px(size), bold, mono, language() == "en")

    def text_width(self, text: str, size: float = 14, bold: bool = False, mono: bool = False) -> float:
        """Width of a text on one line in px."""
        return _text_width(text, self.px(size), bold, mono, language() == "en")

    def ring(self) -> int:
        """Width in px of the line round what has the focus or is chosen."""
        return self.px(3 if self.mode == "contrast" else 2)

    def ramp(self, share: float) -> tuple[QColor, QColor]:
        """Ground and text colour of a share from 0 to 1."""
        step = max(0, min(5, int(share * 6)))
        return QColor(RAMPS[self.mode][step]), QColor(RAMP_TEXT[self.mode][step >= 4])

    def space(self, width: int, height: int | None = None) -> Space:
        """How much room a window of this size in px has at this scale; any height when left out."""
        bounds = (
            (Space.NARROW, _NARROW),
            (Space.SCANT, _SCANT.get(language(), _SCANT_ELSE)),
            (Space.TIGHT, _TIGHT.get(language(), _TIGHT_ELSE)),
        )
        for space, (wide, high) in bounds:
            if width / self.scale < wide or (height is not None and height / self.scale < high):
                return space
        return Space.FULL


@lru_cache(maxsize=256)
def _colour(mode: str, token: str) -> QColor:
    return QColor(MODES[mode][token])


@lru_cache(maxsize=512)
def _font(pixels: int, bold: bool, mono: bool, latin: bool) -> QFont:
    made = QFont()
    made.setFamilies(list(MONO if mono else SANS))
    made.setPixelSize(max(1, pixels))
    made.setBold(bold)
    # A new font starts as the application's, which may have been made for another language.
    made.clearFeatures()
    if latin and not mono:
        for feature in PROPORTIONAL:
            made.setFeature(QFont.Tag(feature), 1)
    return made


@lru_cache(maxsize=512)
def _metrics(pixels: int, bold: bool, mono: bool, latin: bool) -> QFontMetricsF:
    return QFontMetricsF(_font(pixels, bold, mono, latin))


@lru_cache(maxsize=4096)
def _text_width(text: str, pixels: int, bold: bool, mono: bool, latin: bool) -> float:
    return _metrics(pixels, bold, mono, latin).horizontalAdvance(text)


_current = Theme()


def current() -> Theme:
    """The theme in use."""
    return _current


def px(measure: float) -> int:
    """A measure at 100 % in pixels of the scale in use."""
    return _current.px(measure)


def colour(token: Ink) -> QColor:
    """The colour of a token in the mode in use; a colour is itself."""
    return _current.colour(token)


def font(size: float = 14, bold: bool = False, mono: bool = False) -> QFont:
    """A font of the scale in use; `size` in px at 100 %."""
    return _current.font(size, bold, mono)


def ring() -> int:
    """Width in px of the line round what has the focus or is chosen."""
    return _current.ring()


def text_width(text: str, size: float = 14, bold: bool = False, mono: bool = False) -> float:
    """Width of a text on one line in px at the scale in use."""
    return _current.text_width(text, size, bold, mono)


def use(mode: str = "light", scale: float = 1.0) -> Theme:
    """Use a colour mode and a scale from now on, for widgets that live and those to come.

    There is no style sheet over the whole program: it would reset fonts and palettes of labels that move.

    Args:
        mode: key of `MODES`.
        scale: clamped to 0.8 .. 2.0.
    """
    global _current
    if mode not in MODES:
        raise ValueError(mode)
    _current = Theme(mode, max(LEAST_SCALE, min(MOST_SCALE, scale)))
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise RuntimeError("a theme needs a QApplication")
    _metrics.cache_clear()
    _text_width.cache_clear()
    if app.style().objectName() != STYLE:
        # Anew for every widget there is, which takes long.
        app.setStyle(STYLE)
    dark = Qt.ColorScheme.Dark if mode == "dark" else Qt.ColorScheme.Light
    app.styleHints().setColorScheme(dark)
    app.setPalette(_palette(_current))
    app.setFont(_current.font(14))
    for window in app.topLevelWidgets():
        restyle(window)
    return _current


def restyle(root: QObject) -> None:
    """Let `root` and everything under it take fonts, sizes and margins of the theme in use."""
    for thing in (root, *root.findChildren(QObject)):
        take = getattr(thing, "restyle", None)
        if take is not None:
            take()


def _palette(theme: Theme) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for which, token in (
        (role.Window, "desk"),
        (role.WindowText, "ink"),
        (role.Base, "sheet"),
        (role.AlternateBase, "panel"),
        (role.Text, "ink"),
        (role.Button, "sheet"),
        (role.ButtonText, "ink"),
        (role.ToolTipBase, "sheet"),
        (role.ToolTipText, "ink"),
        (role.Highlight, "fill"),
        (role.HighlightedText, "on_accent"),
        (role.PlaceholderText, "ink2"),
        (role.Link, "accent"),
        (role.Mid, "line"),
    ):
        palette.setColor(which, theme.colour(token))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, theme.colour("ink2"))
    return palette
