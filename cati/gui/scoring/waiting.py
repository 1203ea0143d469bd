"""What stands in place of the ranking while people are still called: why, and what can be prepared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.adjusting import state_words
from cati.domain.names import channel_words, ground_words
from cati.domain.overview import Overview
from cati.domain.programmes import Programme, Unit
from cati.gui.scoring.lines import NONE
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.rows import Cell, Column
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.table import Table
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.adjustments import StoredAdjustment

MOST_COLUMNS = 3
"""So many other channels have a column each."""


class Prepared(NamedTuple):
    """What is known of a unit before its score may be seen."""

    code: str
    name: str
    series: str
    channels: tuple[str, ...]
    points: tuple[StoredAdjustment, ...]


class Waiting(Holder):
    """Says that nobody sees interim scores, and lists what was prepared for every unit."""

    def __init__(self) -> None:
        self._why = Text(size=14, ink="ink2", wrap=True)
        self._missing = Text(size=14, wrap=True)
        self.button = Button(_("Close fieldwork"), "Ctrl+L", Kind.DANGER)
        self.button.hide()
        title = Text(_("Scores are locked: nobody sees interim results"), 18, bold=True, wrap=True)
        words = column(title, self._why, self._missing, gap=5)
        head = Surface(
            row(
                column(Icon("lock", "ink2", 22), None),
                (words, 1),
                column(None, self.button, None),
                gap=12,
                margins=16,
            ),
            "panel",
        )
        self._sheet = column(margins=(10, 8, 10, 8))
        self._columns: tuple[Column, ...] = ()
        self._grounds: dict[str, str] = {}
        self.table = self._make_table(())
        self._paper = Surface(self._sheet)
        super().__init__(column(head, (self._paper, 99), None, gap=10))

    def show_prepared(self, may: bool) -> None:
        """Show what was prepared for each unit only to who prepares it."""
        self._paper.setVisible(may)

    def _make_table(self, columns: Sequence[Column]) -> Table:
        self._columns = tuple(columns)
        made = Table(_("Prepared for the scores"), columns, self._cells, lambda unit: unit.code)
        self._sheet.put((made, 1))
        return made

    def show_programme(
        self,
        programme: Programme,
        found: Overview,
        finished: Mapping[tuple[str, str], Decimal],
        points: Sequence[StoredAdjustment],
    ) -> None:
        """Show what is missing, and what there is already."""
        facts = found.facts
        if programme.has_interviews:
            words = _(
                "{done:,} of {wanted:,} interviews are done. Close fieldwork when nobody is to be called now."
            )
        else:
            words = _("Nobody is called in this programme. Close it when all other opinions are in.")
        self._why.set_text(words.format(done=facts.completed, wanted=programme.quota))
        self._missing.set_text(_missing_words(programme, found))
        others = programme.other_channels
        # More of them than there is room for are told in one column, by what is still missing.
        wide = len(others) <= MOST_COLUMNS
        columns = (
            Column("unit", _("Unit"), 200, grows=1),
            Column("series", _("Series"), 150, grows=1, gives_way=1),
            *(Column(c.code, channel_words(programme, c.code), 90, figure=True) for c in others if wide),
            *(() if wide else (Column("missing", _("Channels still missing"), 260, grows=2),)),
            Column("points", _("Points added or taken"), 260, grows=1),
        )
        if columns != self._columns:
            self.table.setParent(None)
            self.table.deleteLater()
            self.table = self._make_table(columns)
        self._grounds = {one.code: ground_words(programme, one.code) for one in points}
        by_unit: dict[str, list[StoredAdjustment]] = {}
        for one in points:
            by_unit.setdefault(one.unit, []).append(one)
        self.table.show_rows(
            [
                Prepared(
                    unit.code,
                    unit.name,
                    unit.series,
                    channel_cells(programme, unit, finished, facts.scores.missing, wide),
                    tuple(by_unit.get(unit.code, ())),
                )
                for unit in programme.units
            ]
        )

    def _cells(self, unit: Prepared) -> Sequence[Cell | str]:
        open_now = any(a.state == "proposed" for a in unit.points)
        words = points_words(unit.points, self._grounds)
        return [
            unit.name,
            unit.series,
            *unit.channels,
            Cell(words, "warn" if open_now else "ink", open_now, "warning" if open_now else None),
        ]


def channel_cells(
    programme: Programme,
    unit: Unit,
    finished: Mapping[tuple[str, str], Decimal],
    missing: Mapping[str, int],
    wide: bool,
) -> tuple[str, ...]:
    """What is there of a unit in each other channel; blank where nothing is waited for.

    Args:
        programme: whose channels.
        unit: which.
        finished: scores that were entered, by codes of channel and unit.
        missing: by channel, of how many units nothing is there.
        wide: a text for each channel, else one that names those without anything.
    """
    cells, lacking = [], []
    for channel in programme.other_channels:
        score = finished.get((channel.code, unit.code))
        if not channel.is_about(unit):
            cells.append("")
        elif score is not None:
            cells.append(str(score))
        elif not channel.weight:
            cells.append("")
        elif not missing.get(channel.code):
            # Opinions themselves were taken: what they give nobody sees yet.
            cells.append(_("collected"))
        else:
            cells.append(NONE)
            lacking.append(channel_words(programme, channel.code))
    return tuple(cells) if wide else (_(", ").join(lacking) or _("none is missing"),)


def points_words(points: Sequence[StoredAdjustment], grounds: Mapping[str, str]) -> str:
    """What was proposed or decided for a unit, in words; `grounds` names each by its code."""
    parts = [
        _("{code} {points}: {state}").format(
            code=grounds[a.code], points=a.points, state=state_words(a.state, Decimal(a.points))
        )
        for a in points
    ]
    return _("; ").join(parts) or NONE


def _missing_words(programme: Programme, found: Overview) -> str:
    facts, parts = found.facts, []
    missing = programme.quota - facts.completed
    if missing > 0:
        words = ngettext("{count} interview", "{count} interviews", missing)
        parts.append(words.format(count=missing))
    for code, count in facts.scores.missing.items():
        if count:
            words = ngettext("{channel} of {count} unit", "{channel} of {count} units", count)
            parts.append(words.format(channel=channel_words(programme, code), count=count))
    undecided = len({*facts.scores.late, *facts.scores.proposed})
    if undecided:
        words = ngettext("the points of {count} unit", "the points of {count} units", undecided)
        parts.append(words.format(count=undecided))
    if not parts:
        return _("Nothing else is missing.")
    return _("Still missing: {what}.").format(what=_(", ").join(parts))
