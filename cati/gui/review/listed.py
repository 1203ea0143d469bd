"""The list of interviews to review: which ones, found by operator, unit, group or case, opened by Enter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.programmes import Programme
from cati.domain.signal_words import title
from cati.gui.review.answers import item_numbers
from cati.gui.review.words import group_names, moment, reason_words, state_words, unit_names, verdict_done
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.segments import Segment, Segments
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.table import Cell, Column, Table
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.review import Listed


class InterviewList(Holder):
    """Filters above, interviews below.

    Signals:
        opened: id of an interview.
        wanted: code of another choice of interviews.
    """

    opened = Signal(str)
    wanted = Signal(str)

    def __init__(self) -> None:
        self._programme: Programme | None = None
        self._units: dict[str, str] = {}
        self._groups: dict[str, str] = {}
        self._numbers: Mapping[str, int] = {}
        self._lines: Sequence[Listed] = ()
        choices = (
            Segment("open", _("to review")),
            Segment("signals", _("with signals")),
            Segment("sample", _("share by lot")),
            Segment("second", _("second opinion")),
            Segment("all", _("All")),
        )
        self.choices = Segments(_("Show"), choices)
        self.search = LineField(_("Find"), hint=_("F4: operator, unit, group or case number"), size=14)
        self.search.textChanged.connect(lambda _text: self._show())
        self._count = Text(size=13, ink="ink2")
        columns = (
            Column("case", _("Case"), 60, sort=True),
            Column("unit", _("Unit"), 140, grows=2, sort=True),
            Column("group", _("Group"), 96, grows=1, sort=True),
            Column("operator", _("Operator"), 90, grows=1, sort=True),
            Column("at", _("When"), 132, sort=True, key=lambda line: line.interview.started_at),
            Column("state", _("State"), 96, gives_way=1),
            Column("verdict", _("Verdict"), 120, grows=1, sort=True),
            Column("signals", _("Signals"), 200, grows=4),
        )
        self.table = Table(
            _("Interviews to review"),
            columns,
            self._cells,
            lambda line: line.interview.interview_id,
            _("There is nothing to review here."),
        )
        self.table.opened.connect(lambda line: self.opened.emit(line.interview.interview_id))
        head = row(Text(_("Show"), 13, "ink2"), self.choices, 8, (self.search, 1), self._count, gap=6)
        sheet = Surface(column((self.table, 1), margins=(8, 8, 8, 8)))
        super().__init__(column(head, (sheet, 1), gap=8))
        self.choices.chosen.connect(self.wanted)

    def show_lines(self, programme: Programme, lines: Sequence[Listed]) -> None:
        """List these interviews."""
        self._programme, self._lines = programme, lines
        self._units, self._groups = unit_names(programme), group_names(programme)
        self._numbers = item_numbers(programme)
        self._show()

    def shown(self) -> list[str]:
        """Ids of what is listed, in order."""
        return [line.interview.interview_id for line in self._found()]

    def _found(self) -> list[Listed]:
        wanted = self.search.text().casefold().split()
        return [line for line in self._lines if all(part in self._text(line) for part in wanted)]

    def _text(self, line: Listed) -> str:
        one = line.interview
        names = self._units[one.unit_code], one.unit_name, self._groups[one.group_code]
        parts = (one.operator, *names, f"{one.case_id:04}")
        return " ".join(parts).casefold()

    def _show(self) -> None:
        found = self._found()
        self.table.show_rows(found)
        words = ngettext("{count} interview", "{count} interviews", len(found))
        self._count.set_text(words.format(count=len(found)))

    def _cells(self, line: Listed) -> Sequence[Cell | str]:
        one, programme = line.interview, self._programme
        assert programme is not None
        said = _("; ").join(title(signal, self._numbers) for signal in line.signals)
        verdict = verdict_done(one.verdict) if one.verdict else ""
        reason = reason_words(one.verdict, one.reason) if one.verdict else ""
        return (
            f"{one.case_id:04}",
            self._units[one.unit_code],
            Cell(self._groups[one.group_code], "ink2"),
            one.operator,
            Cell(moment(one.started_at, programme), "ink2"),
            Cell(state_words(one.state), "ink2"),
            Cell(": ".join(part for part in (verdict, reason) if part), bold=one.excluded),
            Cell(said, "warn", icon="warning" if said else None),
        )
