"""What units handed in: a line for each unit, a column for each thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.domain.adjusting import STATES
from cati.domain.programmes import HandIn, LoadedProgramme, in_language
from cati.domain.register import OVERDUE, STANDINGS, Standing, hand_ins
from cati.gui.register.pages import Known, RegisterPage, day_in, refuse_without_row
from cati.gui.scoring.lines import NONE
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.rows import Cell, Column
from cati.gui.widgets.segments import Segment, Segments

if TYPE_CHECKING:
    from cati.gui.register.pages import Work
    from cati.services.register import Entry, Line, Register

RECEIVED, HINDERED, CONFIRM, WAIVE = "received", "hindered", "confirm", "waive"
TAKE_BACK = "take_back"


class HandInPage(RegisterPage):
    """Enters receipts, says what hindered the work, confirms, waives, and takes back."""

    def __init__(self, loaded: LoadedProgramme) -> None:
        self._items = hand_ins(loaded.programme)
        self.day = LineField(_("Day it was handed in"), hint="2024-01-25")
        self.document = LineField(_("Number of the document"))
        self.words = LineField(_("How it hindered the work, evidence, or reason"))
        self.which = Segments(
            _("What was handed in"), [Segment(i.code, _name(i)) for i in self._items], slides=True
        )
        super().__init__(
            loaded,
            _("What units hand in"),
            [
                Column("unit", _("Unit"), 190, grows=1),
                *(Column(item.code, _name(item), 130, grows=1) for item in self._items),
            ],
            _cells,
            lambda line: line.unit.code,
            {
                RECEIVED: _("received"),
                HINDERED: _("hindered the work"),
                CONFIRM: _("confirm"),
                WAIVE: _("waive"),
                TAKE_BACK: _("take back"),
            },
            [
                [(self.day, (RECEIVED,)), (self.document, (RECEIVED, WAIVE))],
                [(self.words, (HINDERED, CONFIRM, WAIVE, TAKE_BACK))],
            ],
            self.which,
        )

    def show_known(self, known: Known) -> None:
        """Show what is known now."""
        self.show_register(known.register)

    def show_register(self, register: Register) -> None:
        """Show what units handed in."""
        self.table.show_rows(register.lines)
        self._tell_behind(self.table.current())

    def behind_words(self, line: Line) -> str:
        """Each thing that is not here in time: since when, what it hindered, what waives it, its points."""
        told = [_behind(entry) for entry in line.entries if entry.standing is not Standing.NOT_ASKED]
        return "\n".join(words for words in told if words)

    def needed(self) -> Sequence[LineField]:
        """The fields that have to be filled in for the action."""
        return {RECEIVED: (self.day,), WAIVE: (self.document, self.words)}.get(self.doing.code, (self.words,))

    def work(self) -> Work:
        """What the fields say to do."""
        line, code = self.table.current(), self.doing.code
        if line is None:
            raise refuse_without_row()
        unit, item, document, words = line.unit.code, self.which.code, self.document.text(), self.words.text()
        day = day_in(self.day) if code == RECEIVED else None

        def do(session: Any, loaded: LoadedProgramme) -> Any:
            from cati.services import register

            if day is not None:
                return register.enter(session, loaded, unit, item, day, document)
            if code == HINDERED:
                return register.hinder(session, loaded, unit, item, words)
            if code == CONFIRM:
                return register.confirm(session, loaded, unit, item, words)
            if code == TAKE_BACK:
                return register.take_back(session, loaded, unit, item, words)
            return register.waive(session, loaded, unit, item, document, words)

        return do


def _name(item: HandIn) -> str:
    return in_language(item.labels, language(), item.label)


def _cells(line: Line) -> Sequence[Cell | str]:
    return [line.unit.name, *(_cell(entry) for entry in line.entries)]


def _cell(entry: Entry) -> Cell | str:
    if entry.standing is Standing.NOT_ASKED:
        return NONE
    day = entry.receipt.received_on
    words = _(STANDINGS[entry.standing]) + (f" {day:%m-%d}" if day is not None else "")
    if entry.standing in OVERDUE:
        return Cell(words, "warn", True, "warning")
    return Cell(words, "ink2") if entry.standing is Standing.AWAITED else words


def _behind(entry: Entry) -> str:
    receipt, points = entry.receipt, entry.adjustment
    said = [one for one in (receipt.document, receipt.hindering, receipt.waiver) if one]
    if points is not None:
        said.append(f"{points.points} {_(STATES[points.state])}")
    if not said:
        return ""
    return _("{name}: {value}").format(name=_name(entry.item), value=" · ".join(said))
