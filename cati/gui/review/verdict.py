"""The verdict: chosen, reasoned, stored; and the closed list of reasons."""

from __future__ import annotations

from PySide6.QtCore import Signal

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.review import REASONS, Verdict
from cati.gui.actions import Keys
from cati.gui.review.folding import Folding
from cati.gui.review.words import VERDICTS
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, Line, column, row
from cati.gui.widgets.options import OptionRow, Room
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.text import Name, Text


class VerdictBar(Surface):
    """Four verdicts on keys, the reason, and the key that stores.

    Args:
        keys: the buttons do what the keys do.
    """

    def __init__(self, keys: Keys) -> None:
        self._unheard = Text(size=13, ink="warn", bold=True)
        self._buttons: dict[Verdict, Button] = {}
        for verdict, (words, key, icon) in VERDICTS.items():
            button = Button(_(words), key, size=15, height=44, icon=icon)
            button.clicked.connect(lambda _checked=False, k=key: keys.trigger("review_verdict", k))
            self._buttons[verdict] = button
        self._reason = Name((14, 13, 12))
        self._store = Button(_("Store, next one"), "Enter", Kind.PRIMARY, 15, 44)
        self._store.clicked.connect(lambda: keys.trigger("review_store"))
        title = Text(_("Verdict"), 13, "ink2", bold=True)
        self._said = Holder(column(None, title, self._unheard, None, gap=1))
        self._left = row(self._said, *self._buttons.values(), None, gap=8)
        self._right = row((self._reason, 1), self._store, gap=12)
        folding = Folding(self._left, self._right)
        folding.folded.connect(self._draw_together)
        super().__init__(column(folding, margins=(14, 7, 12, 7)), edge="accent", radius=8)

    def _draw_together(self, tight: bool) -> None:
        old, new = (self._left, self._right) if tight else (self._right, self._left)
        old.removeWidget(self._said)
        new.insertWidget(0, self._said)
        for verdict, button in self._buttons.items():
            button.set_icon(None if tight else VERDICTS[verdict][2])
            button.squeeze(tight)

    def show_unheard(self, count: int, *, audible: bool) -> None:
        """Count the signals nobody listened to yet.

        Args:
            count: of those that can be heard.
            audible: whether anything can be; if not, nothing is called heard either.
        """
        words = ngettext("{count} signal not heard", "{count} signals not heard", count)
        none_left = _("all signals heard") if audible else ""
        self._unheard.set_text(words.format(count=count) if count else none_left)
        self._unheard.set_ink("warn" if count else "ok")

    def show_choice(self, verdict: Verdict | None, reason: str, off: str) -> None:
        """What is chosen.

        Args:
            verdict: None while nothing is.
            reason: in words.
            off: why it cannot be stored now; empty when it can.
        """
        for one, button in self._buttons.items():
            button.set_kind(Kind.SELECTED if one is verdict else Kind.PLAIN)
        self._reason.set_text(reason)
        self._store.set_off(off)
        self._store.setVisible(verdict is not None)


class ReasonSheet(Surface):
    """The closed list, in place of the signals while a reason is wanted; and a note in own words.

    Signals:
        chosen: code of a reason.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        self._title = Text(size=15, bold=True)
        self._list = column(gap=0)
        self._rows: dict[str, OptionRow] = {}
        self.note = LineField(_("Note on the verdict"), hint=_("F4: note, may stay empty"), size=14)
        self._holder = Holder(self._list)
        super().__init__(column(self._title, (self._holder, 1), self.note, gap=6, margins=(14, 10, 12, 10)))

    def show_reasons(self, verdict: Verdict, chosen: str | None) -> None:
        """List the reasons of a verdict; the chosen one is marked."""
        reasons = REASONS.get(verdict, {})
        self._title.set_text(_("Reason, from the list") if reasons else _("No reason is needed"))
        if list(self._rows) != list(reasons):
            self._rebuild(reasons)
        for code, line in self._rows.items():
            line.set_selected(code == chosen)

    def _rebuild(self, reasons: object) -> None:
        assert isinstance(reasons, dict)
        fresh: Line = column(gap=0)
        self._rows = {}
        for digit, (code, words) in enumerate(reasons.items(), start=1):
            line = OptionRow(str(digit), _(words))
            line.set_room(Room.SMALL)
            line.clicked.connect(lambda _checked=False, c=code: self.chosen.emit(c))
            self._rows[code] = line
            fresh.put(line)
        fresh.put(None)
        old = self._holder
        self._holder = Holder(fresh)
        layout = self.layout()
        assert layout is not None
        layout.replaceWidget(old, self._holder)
        old.hide()
        old.deleteLater()
