"""Deciding on the interview in hand: a verdict is chosen, given its reason, and stored or taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from cati.base.errors import CatiError
from cati.base.i18n import translate as _
from cati.domain.review import REASONS, Verdict
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.office.office import Office
from cati.gui.review.verdict import ReasonSheet, VerdictBar
from cati.gui.review.words import VERDICTS, reason_words

if TYPE_CHECKING:
    from cati.services.verdicts import Effect

BY_KEY = {key: verdict for verdict, (_words, key, _icon) in VERDICTS.items()}


class Deciding(QObject):
    """What lies between choosing a verdict and having it stored.

    Args:
        office: session, programme and worker.
        keys: of the window; while a verdict is chosen `Mode.VERDICT` lies over the place.
        parent: it lives as long.

    Signals:
        changed: another verdict is chosen, or none.
        stored: what it did.
        refused: it was not stored; the error is said.
    """

    changed = Signal()
    stored = Signal(object)
    refused = Signal()

    def __init__(self, office: Office, keys: Keys, parent: QObject) -> None:
        super().__init__(parent)
        self._office, self._keys = office, keys
        self._interview: str | None = None
        self._reason: str | None = None
        self._storing = False
        self.verdict: Verdict | None = None
        self.bar, self.reasons = VerdictBar(keys), ReasonSheet()
        self.reasons.chosen.connect(self._choose_reason)

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """What its actions do."""
        return {
            "review_verdict": self._choose,
            "review_reason": self._choose_by_digit,
            "review_note": self.reasons.note.setFocus,
            "review_store": self._store,
            "review_take_back": self._take_back,
        }

    def begin(self, interview: str | None) -> None:
        """Another interview is in hand; nothing is chosen yet."""
        self._interview = interview
        self.drop()

    def drop(self) -> None:
        """Forget what was chosen."""
        self._set(None)

    def _choose(self, key: str) -> None:
        if self._interview is not None and not self._storing:
            self._set(BY_KEY[key])

    def _take_back(self) -> None:
        note = self.reasons.note
        if note.hasFocus():
            note.clearFocus()
        else:
            self._set(None)

    def _set(self, verdict: Verdict | None) -> None:
        if verdict is not self.verdict:
            self._reason = None
        if verdict is None:
            self.reasons.note.clear()
            self._keys.pop(Mode.VERDICT)
        elif self._keys.mode is not Mode.VERDICT:
            self._keys.push(Mode.VERDICT)
        self.verdict = verdict
        self._show()

    def _show(self) -> None:
        verdict = self.verdict
        if verdict is not None:
            self.reasons.show_reasons(verdict, self._reason)
        missing = verdict in REASONS and self._reason is None
        off = _("choose a reason") if missing else ""
        words = reason_words(verdict, self._reason) if verdict is not None else ""
        self.bar.show_choice(verdict, words, off)
        self._keys.set_off("review_store", off)
        self.changed.emit()

    def _choose_by_digit(self, digit: str) -> None:
        codes = list(REASONS.get(self.verdict, {})) if self.verdict is not None else []
        if int(digit) <= len(codes):
            self._choose_reason(codes[int(digit) - 1])

    def _choose_reason(self, code: str) -> None:
        self._reason = code
        self._show()

    def _store(self) -> None:
        from cati.services import verdicts

        loaded, session = self._office.programme, self._office.session
        interview, verdict = self._interview, self.verdict
        if loaded is None or interview is None or verdict is None or self._storing:
            return
        reason, note = self._reason, self.reasons.note.text()
        self._storing = True
        self._office.ask(
            self,
            lambda: verdicts.decide(session, loaded, interview, verdict, reason=reason, note=note),
            self._done,
            self._not_done,
        )

    def _done(self, effect: Effect) -> None:
        self._storing = False
        self._set(None)
        self.stored.emit(effect)

    def _not_done(self, error: CatiError) -> None:
        self._storing = False
        self._office.say_error(error)
        if error.code == "words_too_long":
            return  # they stand there still, to be made shorter
        self._set(None)
        self.refused.emit()
