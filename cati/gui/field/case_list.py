"""The list of all cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.browse import Filters, Order
from cati.domain.queue import CaseState
from cati.gui.actions import Keys
from cati.gui.field import words
from cati.gui.field.lists import Asked, ListTab
from cati.gui.field.tab import CasesOf
from cati.gui.office.office import Office
from cati.gui.widgets.chooser import Chooser
from cati.gui.widgets.segments import Segment
from cati.gui.widgets.table import Cell, Column

if TYPE_CHECKING:
    from cati.services.browse import NumberedCase


def _case_columns() -> Sequence[Column]:
    return (
        Column("number", _("Case"), 60, figure=True, sort=True),
        Column("ticket", _("Unit"), 120, grows=3, sort=True),
        Column("group", _("Group"), 90, grows=1),
        Column("place", _("Place"), 50, figure=True, gives_way=3),
        Column("phone", _("Number"), 110, gives_way=1),
        Column("state", _("State"), 116),
        Column("attempts", _("Calls"), 44, figure=True),
        Column("outcome", _("Last outcome"), 130, grows=2),
        Column("last", _("Last call"), 96, gives_way=4),
        Column("operator", _("Operator"), 70, grows=1, gives_way=5),
        Column("due", _("Next call"), 100, sort=True, gives_way=2),
    )


class CasesTab(ListTab):
    """All cases."""

    name = N_("Cases")
    columns = staticmethod(_case_columns)
    first_order = ("ticket", False)

    def __init__(self, office: Office, keys: Keys) -> None:
        self._states = Chooser(_("State"), width=110)
        super().__init__(office, keys)
        self._states.chosen.connect(lambda _code: self._load())

    def _filters(self) -> Sequence[QWidget]:
        return (self._units, self._groups, self._states, self._outcomes, self._people)

    def narrow(self, cell: CasesOf) -> None:
        """List the cases of one cell and nothing else; the filters say so, and can be opened again."""
        self._forget_search()
        self._name_filters()
        for one in (self._states, self._outcomes, self._people, self._days):
            one.choose("")
        self._units.choose(cell.unit)
        self._groups.choose(cell.group)

    def _name_filters(self) -> None:
        super()._name_filters()
        states = [Segment(str(int(state)), _(said)) for state, said in words.STATES.items()]
        self._states.set_choices([Segment("", _("All states")), *states])

    def _wanted(self) -> Filters:
        state = CaseState(int(self._states.code)) if self._states.code else None
        return replace(super()._wanted(), state=state)

    def _cells(self, thing: NumberedCase) -> Sequence[Cell | str]:
        case = thing.case
        due = words.moment(case.not_before)
        return (
            str(case.id),
            case.unit,
            Cell(case.group, "ink2"),
            str(case.position),
            thing.number,
            words.state_cell(case.state),
            str(case.attempts),
            words.outcome_words(case.disposition),
            words.moment(case.last_at),
            case.operator or "",
            Cell(due, bold=case.appointment == "firm"),
        )

    def _ids(self, ask: Asked, limit: int | None, step: Callable[[int], None]) -> Sequence[Any]:
        from cati.services import browse

        return browse.case_ids(
            self.office.session,
            ask.programme,
            ask.filters,
            Order(ask.order),
            down=ask.down,
            limit=limit,
            step=step,
        )

    def _rows(self, ids: Sequence[Any]) -> Sequence[Any]:
        from cati.services import browse

        assert self.office.programme is not None
        return browse.cases(self.office.session, self.office.programme, ids)

    def _open(self, thing: NumberedCase) -> None:
        self.card_wanted.emit(thing.case.id)
