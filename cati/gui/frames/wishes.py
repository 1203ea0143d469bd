"""Numbers that are not to be called, over the lists: looked up, put on the bureau's list, taken off it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from cati.base.i18n import translate as _
from cati.domain.programmes import LoadedProgramme
from cati.domain.wishes import WISH_WORDS
from cati.gui.form import labelled
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, row
from cati.gui.widgets.segments import Segment, Segments
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.wishes import StoredWish

LOOK, ADD, REMOVE = "look", "add", "remove"


class WishSheet:
    """Stays open, so that one number after the other can be looked up; nothing it shows names anybody.

    Args:
        place: the lists.
        loaded: its area code completes landlines.
    """

    def __init__(self, place: Place, loaded: LoadedProgramme) -> None:
        self._place, self._loaded = place, loaded
        self.number = LineField(_("Telephone number"))
        self.reason = LineField(_("Reason"))
        self.doing = Segments(
            _("What to do"),
            (
                Segment(LOOK, _("look up")),
                Segment(ADD, _("never call again")),
                Segment(REMOVE, _("take off the list")),
            ),
        )
        self.told = Text(size=15, bold=True, wrap=True)
        self._why = labelled(self.reason, _("kept in the audit log"))
        lead = _(
            "For whoever asks outside of a call not to be called. The number itself is not kept, only its "
            "hash under the bureau's key; it holds for every programme until it expires."
        )
        self.question = Question(
            place,
            _("Numbers not to be called"),
            lead,
            [Holder(row(self.doing, None)), labelled(self.number), self._why, self.told],
            _("Do it"),
            self._answer,
        )
        self.doing.chosen.connect(lambda _code: self._follow())
        self._follow()

    def _follow(self) -> None:
        self._why.setVisible(self.doing.code != LOOK)
        self.told.set_text("")

    def _answer(self) -> None:
        doing = self.doing.code
        fields = (self.number,) if doing == LOOK else (self.number, self.reason)
        if self.question.form.filled_in(*fields):
            self.question.wait(_("one moment"))
            work = self._work(doing, self.number.text(), self.reason.text())
            self._place.office.ask(self.question, work, self._show, self.question.refuse)

    def _work(self, doing: str, number: str, reason: str) -> Callable[[], Any]:
        session, loaded = self._place.office.session, self._loaded

        def work() -> str:
            from cati.services import wishes

            if doing == ADD:
                wishes.add(session, loaded, number, reason)
                return _("Stored. The number is not called any more.")
            if doing == REMOVE:
                wishes.withdraw(session, loaded, number, reason)
                return _("The number is on no list any more. What was closed for it stays closed.")
            return _found(wishes.of_number(session, loaded, number))

        return work

    def _show(self, words: str) -> None:
        self.question.form.go(_("Do it"))
        self.question.form.hush_complaint()
        self.told.set_text(words)
        self.number.selectAll()
        self.number.setFocus()


def _found(wishes: Sequence[StoredWish]) -> str:
    lines = [f"{_(WISH_WORDS[one.wish])} · {one.programme} · {one.expires_at:%Y-%m-%d}" for one in wishes]
    return "\n".join(lines) or _("This number is on no list.")
