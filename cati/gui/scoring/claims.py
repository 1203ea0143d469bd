"""What a report claims beside what is counted, over the scores."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.domain.claims import Amount, Compared
from cati.domain.programmes import LoadedProgramme, in_language
from cati.domain.users import Right
from cati.gui.form import labelled
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.scoring.lines import NONE
from cati.gui.theme import px
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, row
from cati.gui.widgets.rows import Cell, Column
from cati.gui.widgets.table import Table
from cati.gui.widgets.table_parts import HEAD
from cati.gui.widgets.text import Text

WIDTH = 1000
ROW, MOST_ROWS = 24, 12


class ClaimsSheet:
    """Lies over the scores: a line for each claim, what differs marked; who enters points notes new ones.

    Args:
        place: the scores.
        loaded: whose claims.
        found: the claims.
    """

    def __init__(self, place: Place, loaded: LoadedProgramme, found: Sequence[Compared]) -> None:
        self._place, self._loaded = place, loaded
        self.table = Table(
            _("Claimed and computed"),
            (
                Column("claim", _("Claim"), 180, grows=1),
                Column("planned", _("claimed as planned"), 140, figure=True),
                Column("planned_computed", _("computed"), 110, figure=True),
                Column("done", _("claimed as done"), 140, figure=True),
                Column("done_computed", _("computed"), 120, figure=True),
                Column("completion", _("done of planned"), 90, figure=True, gives_way=1),
            ),
            _cells,
            lambda one: one.claim.code,
            most_row=ROW,
            least_row=ROW,
        )
        self.table.setMinimumHeight(px(HEAD) + px(ROW) * min(len(found), MOST_ROWS) + 4)
        self.source = Text(size=13, ink="ink2", wrap=True)
        self.planned = LineField(_("claimed as planned"), hint=_("300+ for more than 300"))
        self.done = LineField(_("claimed as done"), hint=_("empty leaves it as it is"))
        self.said = LineField(_("Where it is said now"))
        fields = Holder(
            row((labelled(self.planned), 1), (labelled(self.done), 1), (labelled(self.said), 2), gap=10)
        )
        notes = place.office.may(Right.ADJUST)
        width = min(WIDTH, (place.width() - px(24)) * 100 // px(100))
        self.question = Question(
            place,
            _("Claimed and computed"),
            _("What a report claims, beside what is counted here or follows from its other claims."),
            [self.table, self.source, fields],
            _("Note for the chosen claim") if notes else _("Close"),
            self._note if notes else lambda: self.question.leave(),
            width=width,
        )
        fields.setVisible(notes)
        self.question.form.set_scant(True)
        self.table.chosen.connect(self._show_source)
        self.table.show_rows(found)
        self._show_source(self.table.current())

    def _show_source(self, one: Compared | None) -> None:
        self.source.set_text("" if one is None else one.claim.source)

    def _note(self) -> None:
        from cati.services import claims

        one: Compared | None = self.table.current()
        if one is None or not self.question.form.filled_in(self.said):
            return
        session, loaded, code = self._place.office.session, self._loaded, one.claim.code
        planned, done, said = self.planned.text(), self.done.text(), self.said.text()

        def work() -> Sequence[Compared]:
            claims.note(session, loaded, code, said, planned=planned, done=done)
            return claims.listing(session, loaded)

        self.question.wait(_("one moment"))
        self._place.office.ask(self.question, work, self._noted, self.question.refuse)

    def _noted(self, found: Sequence[Compared]) -> None:
        self.question.form.go(_("Note for the chosen claim"))
        for field in (self.planned, self.done, self.said):
            field.clear()
        self.table.show_rows(found)
        self._show_source(self.table.current())


def _cells(one: Compared) -> Sequence[Cell | str]:
    measure = one.claim.measure
    return [
        in_language(one.claim.labels, language(), one.claim.code),
        _amount(one.claim.planned, measure),
        _computed(one.planned, measure, one.planned_differs),
        _amount(one.claim.done, measure),
        _computed(one.done, measure, one.done_differs),
        _amount(one.completion, "%"),
    ]


def _amount(amount: Amount | Decimal | None, measure: str) -> str:
    if amount is None:
        return NONE
    words = str(amount) if isinstance(amount, Amount) else f"{amount:,f}"
    return f"{words}{measure}" if measure == "%" else f"{words} {measure}".strip()


def _computed(amount: Decimal | None, measure: str, differs: bool) -> Cell | str:
    words = _amount(amount, measure)
    return Cell(words, "warn", True, "warning") if differs else words
