"""The third look: both values side by side, and what the paper says keyed one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.ballots import NONE_TICKED, SEVERAL_TICKED
from cati.domain.keying import KeyedItem
from cati.domain.programmes import LoadedProgramme
from cati.gui.form import labelled
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.theme import px
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.rows import Cell, Column
from cati.gui.widgets.table import Table
from cati.gui.widgets.table_parts import HEAD
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.third_look import Doubt

WIDTH, ROW, MOST_ROWS = 940, 24, 5
NOT_SETTLED = "—"


class LookSheet:
    """Lies over the ballots: a line for each place that differs; Enter stores what the paper says there.

    Args:
        place: the ballots.
        loaded: the programme.
        keying: of which ballots.
        found: all places that differ.
        changed: is called after one was settled.
    """

    def __init__(
        self,
        place: Place,
        loaded: LoadedProgramme,
        keying: int,
        found: Sequence[Doubt],
        changed: Callable[[], Any],
    ) -> None:
        self._place, self._loaded, self._keying, self._changed = place, loaded, keying, changed
        self.table = Table(
            _("Differences"), _columns(), _cells, lambda one: one.difference, _("Both keyings are alike."),
            most_row=ROW, least_row=ROW,
        )  # fmt: skip
        self.table.setMinimumHeight(px(HEAD) + px(ROW) * max(3, min(len(found), MOST_ROWS)) + 4)
        self._left = ""
        self.here = Text(size=15, bold=True, wrap=True)
        self.paper = LineField(_("What the paper says: a digit, * for several ticks, . for none"))
        lead = _(
            "Look at the paper of each line. Whoever keyed it does not settle it where somebody else can."
        )
        self.question = Question(
            place, _("Third look"), lead, [self.table, self.here, labelled(self.paper)],
            _("Store and go on"), self._store, width=WIDTH,
        )  # fmt: skip
        self.table.chosen.connect(self._show)
        self._take(found)

    def _take(self, found: Sequence[Doubt]) -> None:
        self.table.show_rows(found)
        left = [one for one in found if one.look is None]
        if left:
            self.table.choose_named(left[0].difference)
        words = ngettext("{count} place is not settled.", "{count} places are not settled.", len(left))
        self._left = words.format(count=len(left))
        self._show(self.table.current())

    def _show(self, one: Doubt | None) -> None:
        self.paper.clear()
        if one is None:
            self.here.set_text(self._left)
            return
        words = _("Ballot {number} · {unit} · {item}: {legend}")
        legend = "  ".join(
            f"{key} {one.item.words.get(name, name)}" for key, name in one.item.answers.items()
        )
        self.here.set_text(
            words.format(number=one.difference.ballot, unit=one.unit, item=one.item.label, legend=legend)
            + f"  {self._left}"
        )

    def _store(self) -> None:
        from cati.services import third_look

        one: Doubt | None = self.table.current()
        if one is None:
            self.question.leave()
            return
        if not self.question.form.filled_in(self.paper):
            return
        loaded, keying, session, text = (
            self._loaded,
            self._keying,
            self._place.office.session,
            self.paper.text(),
        )

        def settle() -> Sequence[Doubt]:
            third_look.settle(session, loaded, keying, one.difference, text)
            return third_look.doubts(session, loaded, keying)

        self.question.wait(_("one moment"))
        self._place.office.ask(self._place, settle, self._settled, self.question.refuse)

    def _settled(self, found: Sequence[Doubt]) -> None:
        self.question.form.go(_("Store and go on"))
        self.question.form.hush_complaint()
        self._take(found)
        self._changed()
        self.paper.setFocus()


def _columns() -> list[Column]:
    return [
        Column("ballot", _("Ballot"), 60, figure=True),
        Column("unit", _("Unit"), 150, grows=2),
        Column("item", _("Item"), 110, grows=1),
        Column("first", _("First keying"), 110, grows=1),
        Column("second", _("Second keying"), 110, grows=1),
        Column("paper", _("Paper"), 110, grows=1),
    ]


def _cells(one: Doubt) -> Sequence[Cell | str]:
    difference = one.difference
    look = Cell(NOT_SETTLED, "warn") if one.look is None else Cell(_told(one.item, one.look), "ok", True)
    return [
        str(difference.ballot),
        one.unit,
        one.item.label,
        _told(one.item, difference.first),
        _told(one.item, difference.second),
        look,
    ]


def _told(item: KeyedItem, answer: str | None) -> str:
    if answer is None:
        return _("not keyed")
    if answer == NONE_TICKED:
        return _("no tick")
    if answer == SEVERAL_TICKED:
        return _("several ticks")
    return item.words.get(answer, answer)
