"""Signals of the interview: what the program saw, each with the key to hear it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QWidget

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain import signals as rules
from cati.domain.signal_words import detail, title
from cati.gui.review.keys import HEAR_KEYS
from cati.gui.widgets.button import Button
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.surface import Rule, Surface
from cati.gui.widgets.text import Name, Text

HEARD_MS = 5_000
"""Who heard so much of a signal's stretch, or all of a shorter one, has heard it."""


AROUND_MS = 10_000
"""Before and after a noted place: what was said shortly before made the operator press the key."""


def with_places(
    signals: Sequence[rules.Signal], prompted: Sequence[int], length_ms: int
) -> list[rules.Signal]:
    """Signals with the stretch where they can be heard, as far as the recording tells.

    Args:
        signals: of the interview.
        prompted: where the operator noted prompting, in ms; earlier recordings hold no such mark.
        length_ms: of all that was recorded.
    """
    found = []
    for one in signals:
        if one.kind is rules.SignalKind.PROMPTED and prompted:
            start, end = max(0, prompted[0] - AROUND_MS), min(length_ms, prompted[-1] + AROUND_MS)
            found.append(replace(one, start_ms=start, end_ms=end))
        elif one.kind in (rules.SignalKind.PROMPTED, rules.SignalKind.LATE) and length_ms:
            # It concerns the whole conversation, and is heard from its beginning.
            found.append(replace(one, start_ms=0, end_ms=length_ms))
        else:
            found.append(one)
    return found


class SignalRow(Holder):
    """One signal.

    Args:
        signal: see there.
        key: plays it; empty when it cannot be heard.
        numbers: of the questions, by name.
    """

    asked = Signal()

    def __init__(self, signal: rules.Signal, key: str, numbers: Mapping[str, int]) -> None:
        self.signal, self.key = signal, key
        self.listened_ms = 0.0
        self._mark, self._tick = Text(size=12, ink="ink2"), Icon("tick", "ok", 12)
        said = title(signal, numbers)
        words = column(
            Text(said, 15, bold=True, wrap=True), Text(detail(signal), 14, "ink2", wrap=True), gap=1
        )
        side: Any = column(None, gap=0)
        if key:
            button = Button(_("Hear"), key, size=13, height=30, width=84)
            button.clicked.connect(lambda: self.asked.emit())
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            side = column(button, row(None, self._tick, self._mark, gap=3), None, gap=2)
        marked = signal.kind is rules.SignalKind.MARKED
        icon = column(Icon("flag" if marked else "warning", "accent" if marked else "warn", 18), None, gap=0)
        super().__init__(row(icon, (words, 1), side, gap=10))
        self.setAccessibleName(said)
        self._show()

    @property
    def heard(self) -> bool:
        """Whether enough of it was heard, or there is nothing of it to hear."""
        if not self.key or self.signal.start_ms is None or self.signal.end_ms is None:
            return True
        if self.signal.own:
            return True  # who marked it has heard it
        # The clock of the screen is coarser than the sound.
        return self.listened_ms >= min(HEARD_MS, self.signal.end_ms - self.signal.start_ms) * 0.9

    def take_over(self, listened_ms: float) -> None:
        """So much of it was heard before."""
        self.listened_ms = listened_ms
        self._show()

    def listen(self, start_ms: int, end_ms: int) -> None:
        """A stretch was heard without a break."""
        if self.signal.start_ms is not None and self.signal.end_ms is not None:
            shared = min(end_ms, self.signal.end_ms) - max(start_ms, self.signal.start_ms)
            if shared > 0:
                self.listened_ms += shared
                self._show()

    def _show(self) -> None:
        heard = self.heard
        self._tick.setVisible(bool(self.key) and heard)
        self._mark.set_text(_("heard") if heard else _("not heard"))
        self._mark.set_ink("ok" if heard else "ink2", bold=heard)


class SignalSheet(Surface):
    """The list on paper; with many of them it scrolls.

    Signals:
        asked: a signal to hear.
        changed: another one was heard.
    """

    asked = Signal(object)
    changed = Signal()

    def __init__(self) -> None:
        self._title, self._note = Text(size=15, bold=True), Text(size=14, wrap=True)
        self._note_head = Text(_("Operator’s note"), 13, "ink2", bold=True)
        self.rows: list[SignalRow] = []
        self._scroll = scrolling(column())
        hint = Name((13, 12), ink="ink2", bold=False)
        hint.set_text(_("no verdict: listen, then decide"))
        self._talk = Text(size=13, ink="ink2", wrap=True)
        self._foot = Holder(row(self._note_head, (self._note, 1), gap=8))
        super().__init__(
            column(
                row(self._title, (hint, 1), gap=8),
                (self._scroll, 1),
                self._talk,
                self._foot,
                gap=6,
                margins=(14, 10, 12, 8),
            )
        )

    def show_signals(
        self,
        signals: Sequence[rules.Signal],
        numbers: Mapping[str, int],
        audible: bool,
        notes: str,
        talk: str = "",
    ) -> None:
        """Show these, and who spoke how much; what was heard of a signal that was there before stays."""
        before = [(row.signal, row.listened_ms) for row in self.rows]
        self.rows = []
        keys = iter(HEAR_KEYS)
        parts: list[Any] = []
        for signal in signals:
            can = audible and signal.start_ms is not None and signal.end_ms is not None
            line = SignalRow(signal, next(keys, "") if can else "", numbers)
            line.take_over(next((heard for known, heard in before if known == signal), 0.0))
            line.asked.connect(lambda s=signal: self.asked.emit(s))
            parts += [Rule(), line] if parts else [line]
            self.rows.append(line)
        if not signals:
            parts.append(Text(_("Nothing conspicuous was seen."), 14, "ink2"))
        lay_in(self._scroll, column(*parts, None, gap=5))
        count = len(signals)
        self._title.set_text(ngettext("{count} signal", "{count} signals", count).format(count=count))
        self._talk.set_text(talk)
        self._talk.setVisible(bool(talk))
        self._note.set_text(notes)
        self._foot.setVisible(bool(notes))

    def forget(self) -> None:
        """Another interview comes: nothing of it was heard yet."""
        self.rows = []

    def by_key(self, key: str) -> SignalRow | None:
        """The signal that a key plays."""
        return next((row for row in self.rows if row.key == key), None)

    def listen(self, start_ms: int, end_ms: int) -> None:
        """A stretch was heard without a break."""
        before = self.unheard
        for line in self.rows:
            line.listen(start_ms, end_ms)
        if self.unheard != before:
            self.changed.emit()

    def show_row(self, line: SignalRow) -> None:
        """Bring a signal into view."""
        self._scroll.ensureWidgetVisible(line)

    @property
    def unheard(self) -> int:
        """How many are still to be heard."""
        return sum(not row.heard for row in self.rows)


class Still(QWidget):
    """Asks for the least height it can do with.

    Else a place that scrolls gives wrapped words the height they would like, and scrolls without need.
    """

    def hasHeightForWidth(self) -> bool:
        """Its height follows from nothing."""
        return False


def scrolling(layout: QLayout) -> QScrollArea:
    """An area that scrolls up and down what has not enough room; the ground under it is seen."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.viewport().setAutoFillBackground(False)
    lay_in(area, layout)
    return area


def lay_in(area: QScrollArea, layout: QLayout) -> None:
    """Put something else into an area; what was in it is deleted."""
    inside = QWidget()
    inside.setLayout(layout)
    area.setWidget(inside)
    # Taking it, the area has it filled.
    inside.setAutoFillBackground(False)
