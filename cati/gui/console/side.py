"""Beside the question: what was answered, and the notes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.domain.call import Call
from cati.domain.interview import Piece
from cati.gui import theme
from cati.gui.actions import Keys
from cati.gui.console.words import answer_words, answered_words, parts, screened_words
from cati.gui.theme import px
from cati.gui.widgets.answers import Rail, RailRow
from cati.gui.widgets.base import Painted
from cati.gui.widgets.fields import NotesField
from cati.gui.widgets.icons import draw_icon
from cati.gui.widgets.keycap import KeyCap
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.surface import Rule, Surface
from cati.gui.widgets.text import Text

WIDE, NARROW = 292, 258


class Checks(Painted, QWidget):
    """What the screening found in a running line: what was passed with a tick, the rest in words."""

    def __init__(self) -> None:
        super().__init__()
        self._found: tuple[tuple[bool, str], ...] = ()
        self.shortened: set[str] = set()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.restyle()

    def show_found(self, found: Sequence[tuple[bool, str]]) -> None:
        """Show other findings: whether it is ticked, and its words."""
        if tuple(found) != self._found:
            self._found = tuple(found)
            self.setAccessibleName(", ".join(f"✓ {word}" if tick else word for tick, word in found))
            self.restyle()

    def restyle(self) -> None:
        """Take the height from the words and the theme in use."""
        lines = self._places()[-1][0] + 1 if self._found else 1
        self.setFixedHeight(px(18) * lines)
        super().restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the line elsewhere."""
        if event.size().width() != event.oldSize().width():
            self.restyle()

    def _places(self) -> list[tuple[int, float, bool, str]]:
        """Line, left edge in px, tick and words of each finding."""
        found: list[tuple[int, float, bool, str]] = []
        line, x = 0, 0.0
        for tick, word in self._found:
            width = px(17) + theme.text_width(word, 13)
            if x and x + width > self.width():
                line, x = line + 1, 0.0
            found.append((line, x, tick, word))
            x += width + px(12)
        return found

    def sizeHint(self) -> QSize:
        """As high as the words need."""
        return QSize(px(200), self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        """The same height; any width."""
        return QSize(px(120), self.minimumHeight())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw outlines and words."""
        painter = self.begin()
        high = px(18)
        for line, x, tick, word in self._places():
            side = px(13)
            top = line * high
            box = QRectF(x, top + (high - side) / 2, side, side)
            draw_icon(painter, "tick" if tick else "dash", box, "ok" if tick else "ink2", "panel")
            left = x + px(17)
            self.write(painter, QRectF(left, top, self.width() - left, high), word, 13)


class Notes(Surface):
    """The note on this attempt; while it has the focus, digits are text."""

    changed = Signal(str)

    def __init__(self, keys: Keys) -> None:
        self.field = NotesField(_("Notes"), least=32)
        self._hint = Text(size=13, ink="ink2", elide=True)
        head = row(Text(_("Notes"), 13, "ink2", bold=True), KeyCap("F4"), (self._hint, 1), gap=8)
        super().__init__(column(head, (self.field, 1), gap=6, margins=(12, 10, 12, 12)), "panel")
        self.field.textChanged.connect(lambda: self.changed.emit(self.field.toPlainText()))
        self.field.installEventFilter(self)
        self._follow(False)

    _tight = False

    def set_tight(self, tight: bool) -> None:
        """The hint goes where there is little room, but for the one that matters."""
        self._tight = tight
        self._follow(self.field.hasFocus())

    def _follow(self, focused: bool) -> None:
        words = _("digits are text · Esc") if focused else _("typing here gives no answer")
        self._hint.set_text(words)
        self._hint.setVisible(focused or not self._tight)
        self._hint.set_ink("warn" if focused else "ink2", focused)
        self.set_ground("warn_s" if focused else "panel", "warn" if focused else "line")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Say that digits are dead while the focus is here."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._follow(event.type() == QEvent.Type.FocusIn)
        return False


class AnsweredSide(QWidget):
    """The column at the right of the question."""

    def __init__(self, keys: Keys) -> None:
        super().__init__()
        self.spoken = ""
        self.notes = Notes(keys)
        self._count = Text(size=13, ink="ink2", bold=True)
        self._since = Text(size=13, ink="ink2")
        self._checks, self.rail = Checks(), Rail()
        self._screened: tuple[dict[str, str], str] = ({}, "")
        self._answered = Surface(
            column(
                row(self._count, None, self._since, gap=8),
                self._checks,
                Rule(),
                (self.rail, 1),
                gap=6,
                margins=(12, 10, 12, 10),
            ),
            "panel",
        )
        self._help = Text(size=15, wrap=True, line_height=106)
        heading = Text(_("Read only when asked"), 13, "ink2", bold=True)
        self._beside = Surface(
            column(row(heading, None, KeyCap("F3")), self._help, None, gap=8, margins=(14, 10, 14, 10))
        )
        self._beside.hide()
        self._holder = Holder(
            column((self._answered, 3), (self.notes, 2), (self._beside, 1), gap=10), width=WIDE
        )
        self.setLayout(row(self._holder))

    def begin(self, call: Call) -> None:
        """Another call: its note, and when it was answered."""
        self.show_note(call.note)

    def show_note(self, note: str) -> None:
        """The note as it was written elsewhere."""
        self.notes.field.blockSignals(True)
        self.notes.field.setPlainText(note)
        self.notes.field.blockSignals(False)

    def set_since(self, words: str) -> None:
        """When the line was opened."""
        self._since.set_text(words)

    def show_answers(self, call: Call, items: Sequence[str], saved: frozenset[str]) -> None:
        """List the items with their answers, and what the screening found."""
        assert call.script is not None
        script, answers = call.script, call.answers
        self._show_screening(call, items)
        rows = []
        for place, name in enumerate(items):
            given = answers.get(name)
            words = None if given is None else answer_words(script, name, given, self.spoken)
            _keyed, gap, label = (words or "").partition("  ")
            brief = label if gap else ""
            words = words.replace("  ", " ") if words else None
            rows.append(
                RailRow(
                    str(place + 1), script.short(name, self.spoken or language()), words, name in saved, brief
                )
            )
        self.rail.set_rows(rows, items.index(call.shown) if call.shown in items else -1)
        if call.outcome is not None:
            self._count.set_text(answered_words(call.outcome))

    def _show_screening(self, call: Call, items: Sequence[str]) -> None:
        assert call.script is not None
        path, given = call.path, call.answers
        first = path.index(items[0]) if items else len(path)
        asked = [n for n in path[1:first] if n in given and call.script.question(n).type != "note"]
        screened = {name: given[name] for name in path[:first] if name in given}
        if (screened, self.spoken) != self._screened:
            self._screened = (screened, self.spoken)
            found = [screened_words(call.script, name, call.facts, given, self.spoken) for name in asked]
            self._checks.show_found(found)

    def show_help(self, pieces: tuple[Piece, ...]) -> None:
        """Show an explanation in place of the lists; none brings the lists back."""
        self._help.set_text(parts(pieces))
        self._beside.setVisible(bool(pieces))
        self._answered.setVisible(not pieces)
        self.notes.setVisible(not pieces)

    def set_space(self, space: theme.Space) -> None:
        """Be narrower where there is little room, or take the whole width under the question."""
        tight = space >= theme.Space.TIGHT
        self._holder.set_width(None if space is theme.Space.NARROW else NARROW if tight else WIDE)
        self.rail.set_least(5 if space >= theme.Space.SCANT else 10)
        self.notes.set_tight(tight)
