"""Problems found about units, with what each costs and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.adjusting import STATES
from cati.domain.deductions import CIRCUMSTANCES, basis_words
from cati.domain.names import ground_words
from cati.domain.programmes import LoadedProgramme
from cati.gui.register.pages import Known, RegisterPage, day_in, refuse_without_row
from cati.gui.scoring.lines import NONE
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.rows import Cell, Column
from cati.gui.widgets.segments import Segment, Segments

if TYPE_CHECKING:
    from cati.gui.register.pages import Work
    from cati.services.problems import Found

REPORT, CONFIRM, RELIEVE, WAIVE = "report", "confirm", "relieve", "waive"


class ProblemPage(RegisterPage):
    """Writes problems down, and decides on their points."""

    def __init__(self, loaded: LoadedProgramme) -> None:
        programme = loaded.programme
        self._names = {unit.code: unit.name for unit in programme.units}
        kinds = [rule.code for rule in programme.adjustments if rule.per != "unit"]
        rules = _(", ").join(ground_words(programme, code) for code in kinds)
        grounds = ", ".join(one.code for one in programme.relief)
        self.unit = LineField(_("Unit"))
        self.number = LineField(_("Number of the problem"))
        self.day = LineField(_("Day it was found"), hint="2024-01-25")
        self.rules = LineField(_("Rules, with commas between"), hint=rules)
        self.circumstance = Segments(
            _("Circumstances"),
            [
                Segment("", _("no special circumstance")),
                *(Segment(one.value, _(words)) for one, words in CIRCUMSTANCES.items()),
            ],
            slides=True,
        )
        self.persons = LineField(_("Persons held accountable"), hint="0")
        self.relief = LineField(_("Ground of relief"), hint=grounds)
        self.left = LineField(_("Points still taken"), hint="0")
        self.words = LineField(_("What was found, evidence, or reason"))
        super().__init__(
            loaded,
            _("Problems"),
            [
                Column("unit", _("Unit"), 130, grows=1),
                Column("number", _("Number of the problem"), 80),
                Column("day", _("Day"), 90),
                Column("rule", _("Rule"), 150, grows=1),
                Column("points", _("Points"), 60, figure=True),
                Column("state", _("State"), 100),
                Column("why", _("How the points come about"), 240, grows=2, gives_way=1),
            ],
            self._cells,
            lambda one: (one.known.unit, one.known.number),
            {
                REPORT: _("write down"),
                CONFIRM: _("confirm"),
                RELIEVE: _("relieve"),
                WAIVE: _("waive"),
            },
            [
                [(self.unit, (REPORT,)), (self.number, (REPORT,)), (self.day, (REPORT,))],
                [
                    (self.rules, (REPORT,)),
                    (self.persons, (REPORT,)),
                    (self.relief, (RELIEVE,)),
                    (self.left, (RELIEVE,)),
                ],
                [(self.words, (REPORT, CONFIRM, RELIEVE, WAIVE))],
            ],
            self.circumstance,
        )

    def show_known(self, known: Known) -> None:
        """Show what is known now."""
        self.table.show_rows(known.problems)
        self._tell_behind(self.table.current())

    def behind_words(self, line: Found) -> str:
        """What was found, in which circumstances, how the points come about, and a decision on them."""
        problem = line.known.problem
        said = [line.known.said, *(_(CIRCUMSTANCES[one]) for one in sorted(problem.circumstances))]
        said.append(self._why(line))
        if problem.relief is not None:
            said.append(line.known.relief_reason)
        return " · ".join(part for part in said if part)

    def needed(self) -> Sequence[LineField]:
        """The fields that have to be filled in for the action."""
        return {
            REPORT: (self.unit, self.number, self.day, self.rules, self.words),
            RELIEVE: (self.relief, self.words),
        }.get(self.doing.code, (self.words,))

    def work(self) -> Work:
        """What the fields say to do."""
        return self._report() if self.doing.code == REPORT else self._decide()

    def _report(self) -> Work:
        unit, number, words = self.unit.text(), self.number.text(), self.words.text()
        day, rules, persons = day_in(self.day), self._rules(), int(_number(self.persons))
        circumstances = [self.circumstance.code] if self.circumstance.code else []

        def report(session: Any, loaded: LoadedProgramme) -> Any:
            from cati.services import problems

            return problems.report(session, loaded, unit, number, rules, words, day, circumstances, persons)

        return report

    def _rules(self) -> list[str]:
        """Codes of the rules, which may be typed by code or name."""
        codes = {
            name: rule.code
            for rule in self.loaded.programme.adjustments
            for name in (rule.code, rule.label, *rule.labels.values())
        }
        typed = [part.strip() for part in re.split(r"[,;，；]", self.rules.text()) if part.strip()]
        return [codes.get(part, part) for part in typed]

    def show_fields(self) -> None:
        """Circumstances are of a problem that is written down."""
        super().show_fields()
        self.circumstance.setVisible(self.doing.code == REPORT)

    def _decide(self) -> Work:
        line, code, words = self.table.current(), self.doing.code, self.words.text()
        if line is None:
            raise refuse_without_row()
        known, points = line.known, line.adjustment
        ground, left = self.relief.text().strip(), _number(self.left)
        if code != RELIEVE and points is None:
            raise CatiError("points_none", N_("No points are proposed for it. Nothing was changed."))

        def decide(session: Any, loaded: LoadedProgramme) -> Any:
            from cati.services import adjustments, problems

            if code == RELIEVE:
                return problems.relieve(session, loaded, known.unit, known.number, ground, left, words)
            return adjustments.settle(
                session,
                loaded,
                known.unit,
                points.code,
                words,
                confirm=code == CONFIRM,
                problem=points.problem,
            )

        return decide

    def _why(self, line: Found) -> str:
        return "" if line.adjustment is None else basis_words(self.loaded.programme, line.adjustment.basis)

    def _cells(self, one: Found) -> Sequence[Cell | str]:
        points = one.adjustment
        ground = points.code if points is not None else one.known.problem.grounds[0]
        state: Cell | str = NONE
        if one.counted_with:
            state = Cell(_("counted with {number}").format(number=one.counted_with), "ink2")
        if points is not None:
            words, open_now = _(STATES[points.state]), points.state == "proposed"
            state = Cell(words, "warn", True, "warning") if open_now else words
        return [
            self._names[one.known.unit],
            one.known.number,
            one.known.found_on.isoformat(),
            ground_words(self.loaded.programme, ground),
            NONE if points is None else points.points.replace("-", "−"),
            state,
            self._why(one),
        ]


def _number(field: LineField) -> Decimal:
    text = field.text().strip() or "0"
    try:
        found = Decimal(text)
    except InvalidOperation as error:
        raise CatiError(
            "number_unreadable", N_("“{text}” is no number. Nothing was changed."), text=text
        ) from error
    return found
