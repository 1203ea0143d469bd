"""Indicators with their points, and what teams have still to report on them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.domain.programmes import LoadedProgramme, in_language
from cati.domain.register import PROGRESS, STANDINGS, Standing, hand_ins
from cati.gui.register.pages import Known, RegisterPage
from cati.gui.scoring.lines import NONE
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.rows import Cell, Column
from cati.gui.widgets.segments import Segment, Segments

if TYPE_CHECKING:
    from cati.domain.programmes import Indicator
    from cati.gui.register.pages import Work
    from cati.services.indicators import IndicatorBoard

POINTS, REPORT, FORMS = "points", "report", "forms"


class IndicatorPage(RegisterPage):
    """Takes points and reports from files, and writes the forms."""

    def __init__(self, loaded: LoadedProgramme) -> None:
        self._board: IndicatorBoard | None = None
        items = [one for one in hand_ins(loaded.programme) if one.kind == PROGRESS]
        self.which = Segments(
            _("Report"),
            [Segment(i.code, in_language(i.labels, language(), i.label)) for i in items],
            slides=True,
        )
        self.file = LineField(_("File (.csv or .xlsx)"))
        self.folder = LineField(_("Folder for the forms of all teams"))
        super().__init__(
            loaded,
            _("Indicators"),
            [
                Column("name", _("Indicator"), 280, grows=2),
                Column("section", _("Section"), 70, gives_way=2),
                Column("points", _("Points got"), 110, figure=True),
                Column("collector", _("Collected by"), 150, grows=1, gives_way=1),
                Column("teams", _("Reported on by"), 110, grows=1),
            ],
            self._cells,
            lambda one: one.code,
            {POINTS: _("take points"), REPORT: _("take a report"), FORMS: _("write forms")},
            [[(self.file, (POINTS, REPORT)), (self.folder, (FORMS,))]],
            self.which,
        )

    def show_known(self, known: Known) -> None:
        """Show what is known now."""
        self._board = known.indicators
        self.table.show_rows(known.indicators.indicators)
        self._tell_behind(self.table.current())

    def behind_words(self, line: Indicator) -> str:
        """What the teams have not reported in time."""
        assert self._board is not None
        late = [
            _("{name}: {value}").format(
                name=in_language(one.item.labels, language(), one.item.label),
                value=f"{one.team} {_(STANDINGS[one.standing])}",
            )
            for one in self._board.reports
            if one.standing is not Standing.IN_TIME
        ]
        return " · ".join(late)

    def needed(self) -> Sequence[LineField]:
        """The fields that have to be filled in for the action."""
        return (self.folder,) if self.doing.code == FORMS else (self.file,)

    def work(self) -> Work:
        """What the fields say to do."""
        code, item = self.doing.code, self.which.code
        path = Path(self.needed()[0].text().strip()).expanduser()

        def do(session: Any, loaded: LoadedProgramme) -> Any:
            from cati.services import indicators

            if code == POINTS:
                return indicators.take_points(session, loaded, path)
            if code == REPORT:
                return indicators.take_progress(session, loaded, item, path)
            for team in loaded.programme.teams:
                indicators.write_form(session, loaded, item, team, path / f"{item}-{team}.xlsx")
            return None

        return do

    def _cells(self, one: Indicator) -> Sequence[Cell | str]:
        assert self._board is not None
        got = [
            str(self._board.points.get(unit.code, {}).get(one.code, NONE))
            for unit in self.loaded.programme.units
        ]
        return [
            in_language(one.labels, language(), one.label),
            one.section,
            f"{' '.join(got)} / {one.points}",
            one.collector or NONE,
            "、".join(one.teams) or _("all teams"),
        ]
