"""How sure the planned interviews make a unit's figures, and what a margin would take, over the quotas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cati.base.i18n import translate as _
from cati.domain.programmes import LoadedProgramme
from cati.gui.form import labelled
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.theme import px
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.rows import Column
from cati.gui.widgets.table import Table
from cati.gui.widgets.table_parts import HEAD
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.planning import Plan, UnitPlan

WIDTH = 820
ROW, ROWS = 24, 8
PROPOSED = "5"
"""Percentage points."""


class MarginSheet:
    """Lies over the quotas: a margin is typed, and what it takes is worked out; nothing is changed.

    Args:
        place: the quotas.
        loaded: a programme that plans interviews.
    """

    def __init__(self, place: Place, loaded: LoadedProgramme) -> None:
        self._place, self._loaded = place, loaded
        self.wanted = LineField(_("Margin wanted of a share, in percentage points"))
        self.wanted.setText(PROPOSED)
        self.given, self.takes = Text(size=14, wrap=True), Text(size=15, bold=True, wrap=True)
        self.table = Table(
            _("Margins"),
            (
                Column("unit", _("Unit"), 240, grows=2),
                Column("lists", _("Usable rows"), 130, grows=1, figure=True),
                Column("share", _("a share, ± points"), 130, figure=True),
                Column("score", _("an item's score, ±"), 150, figure=True),
            ),
            _cells,
            lambda one: one.unit,
            most_row=ROW,
            least_row=ROW,
        )
        self.table.setMinimumHeight(px(HEAD) + px(ROW) * ROWS + 4)
        lead = _(
            "At their widest, at the programme's level of confidence. To change quotas, change the workbook."
        )
        self.question = Question(
            place,
            _("What the planned interviews give"),
            lead,
            [labelled(self.wanted), self.takes, self.given, self.table],
            _("Work it out"),
            self._ask,
            width=WIDTH,
        )
        self.wanted.selectAll()
        self._ask()

    def _ask(self) -> None:
        from cati.services import planning

        session, loaded, text = self._place.office.session, self._loaded, self.wanted.text().strip()
        try:
            wanted = float(text)
        except ValueError:
            self.question.form.complain(_("“{text}” is no number.").format(text=text))
            return
        self.question.wait(_("one moment"))
        self._place.office.ask(
            self.question, lambda: planning.plan(session, loaded, wanted), self._show, self.question.refuse
        )

    def _show(self, found: Plan) -> None:
        self.question.form.go(_("Work it out"))
        words = _("Level {level} %. Planned of each unit: {planned}. Margins at their widest:")
        planned = _each(found, found.interviews)
        rest = _(
            "from long lists: a share ±{share:.1f} percentage points, an item's score ±{score:.1f} points"
        )
        said = words.format(level=f"{100 * found.level:g}", planned=planned)
        self.given.set_text(f"{said} {rest.format(share=found.share, score=found.score)}")
        if found.needed is None:
            takes = _("No number of interviews gives ±{margin:g}.").format(margin=found.wanted)
        else:
            words = _("±{margin:g} percentage points take of each unit: {planned}.")
            takes = words.format(margin=found.wanted, planned=_each(found, found.needed))
        self.takes.set_text(takes)
        self.table.show_rows(found.units)


def _each(found: Plan, counts: Sequence[int]) -> str:
    return _(", ").join(f"{group} {count}" for group, count in zip(found.groups, counts, strict=True))


def _cells(one: UnitPlan) -> Sequence[str]:
    lists = " + ".join("—" if size is None else f"{size:,}" for size in one.populations)
    return [one.unit, lists, f"{one.share:.1f}", f"{one.score:.1f}"]
