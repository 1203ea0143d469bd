"""Complaints of the supervision line."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from cati.base.i18n import translate as _
from cati.domain.programmes import LoadedProgramme
from cati.domain.register import COMPLAINTS
from cati.gui.register.pages import Known, RegisterPage, day_in, refuse_without_row
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.rows import Cell, Column

if TYPE_CHECKING:
    from cati.gui.register.pages import Work
    from cati.services.complaints import Complaint

TAKE, VERIFIED, UNFOUNDED, CALLER = "take", "verified", "unfounded", "caller"
REOPEN = "reopen"


class ComplaintPage(RegisterPage):
    """Takes complaints and says whether they are true."""

    def __init__(self, loaded: LoadedProgramme) -> None:
        self._names = {unit.code: unit.name for unit in loaded.programme.units}
        rules = loaded.programme.adjustments
        grounds = ", ".join(rule.code for rule in rules if rule.per != "person" and rule.points <= 0)
        self.unit = LineField(_("Unit"))
        self.day = LineField(_("Day of the complaint; empty: today"), hint="2024-01-25")
        self.caller = LineField(_("Caller, only if given; it is sealed"))
        self.words = LineField(_("What was complained of, the evidence, or why"))
        self.ground = LineField(_("Ground; empty proposes no points"), hint=grounds)
        super().__init__(
            loaded,
            _("Complaints"),
            [
                Column("number", _("Complaint no."), 70, figure=True),
                Column("day", _("Day"), 90),
                Column("unit", _("Unit"), 160, grows=1),
                Column("said", _("Complaint"), 260, grows=2),
                Column("state", _("State"), 110),
            ],
            self._cells,
            lambda one: one.id,
            {
                TAKE: _("write down"),
                VERIFIED: _("verified"),
                UNFOUNDED: _("not verified"),
                REOPEN: _("take up again"),
                CALLER: _("who complained"),
            },
            [
                [(self.unit, (TAKE,)), (self.day, (TAKE,)), (self.caller, (TAKE,))],
                [(self.words, (TAKE, VERIFIED, UNFOUNDED, REOPEN)), (self.ground, (VERIFIED,))],
            ],
        )

    def show_known(self, known: Known) -> None:
        """Show what is known now."""
        self.table.show_rows(known.complaints)
        self._tell_behind(self.table.current())

    def behind_words(self, line: Complaint) -> str:
        """Who took it, whether somebody gave a name, and the evidence."""
        said = [_("taken by {name}").format(name=line.taken_by), line.said]
        if line.named:
            said.append(_("the caller gave a name, which is sealed"))
        return " · ".join([*said, *([line.evidence] if line.evidence else [])])

    def needed(self) -> Sequence[LineField]:
        """The fields that have to be filled in for the action."""
        return {TAKE: (self.unit, self.words), CALLER: ()}.get(self.doing.code, (self.words,))

    def work(self) -> Work:
        """What the fields say to do."""
        line, code = self.table.current(), self.doing.code
        words, ground = self.words.text(), self.ground.text()
        if code == TAKE:
            unit, caller = self.unit.text(), self.caller.text()
            day = day_in(self.day) if self.day.text().strip() else None

            def take(session: Any, loaded: LoadedProgramme) -> Any:
                from cati.services import complaints

                return complaints.take(session, loaded, unit, words, day, caller)

            return take
        if line is None:
            raise refuse_without_row()
        number = line.id
        if code == CALLER:
            return partial(_caller, number)
        if code == REOPEN:
            return partial(_reopen, number, words)

        def settle(session: Any, loaded: LoadedProgramme) -> Any:
            from cati.services import complaints

            verified = code == VERIFIED
            return complaints.settle(
                session, loaded, number, words, verified=verified, ground=ground if verified else ""
            )

        return settle

    def _cells(self, one: Complaint) -> Sequence[Cell | str]:
        state = _(COMPLAINTS[one.state])
        return [
            str(one.id),
            one.heard_on.isoformat(),
            self._names[one.unit],
            one.said,
            Cell(state, "warn", True, "warning") if one.state == "open" else state,
        ]


def _reopen(number: int, reason: str, session: Any, loaded: LoadedProgramme) -> Any:
    from cati.services import complaints

    return complaints.reopen(session, loaded, number, reason)


def _caller(number: int, session: Any, loaded: LoadedProgramme) -> str:
    from cati.services import complaints

    name = complaints.caller(session, loaded, number)
    if not name:
        return _("Nobody gave a name with complaint {number}.").format(number=number)
    return _("Complaint {number} is from: {name}. That it was looked up is logged.").format(
        number=number, name=name
    )
