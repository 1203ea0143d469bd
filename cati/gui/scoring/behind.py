"""What is behind a score, layer by layer: channels, groups, items, and the interviews or counted answers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.behind import AnswerCount, ChannelBehind, GroupBehind, ItemBehind
from cati.domain.programmes import LoadedProgramme, in_language
from cati.domain.ranking import shown
from cati.domain.signal_words import clock
from cati.gui.scoring.lines import NONE
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.rows import Cell, Column
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.table import Table
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.behind import InterviewBehind, UnitBehind

IN = "\u3000"
"""Before what is part of the row above."""


class _Layer(NamedTuple):
    """One step of the way down.

    Attributes:
        title: of what is looked at.
        rows: what is behind it.
        at: name of the row that was chosen, to come back to; None before.
    """

    title: str
    rows: Sequence[Any]
    at: Any = None


class Behind(Holder):
    """The layers of one unit, the way down to them above.

    Signals:
        wanted: codes of unit and group and name of the item whose interviews are to be listed.
        heard: id of an interview, and the item to hear.
        left: the uppermost layer was left.
    """

    wanted = Signal(str, str, str)
    heard = Signal(str, str)
    left = Signal()

    def __init__(self) -> None:
        self._loaded: LoadedProgramme | None = None
        self._unit = self._group = ""
        self._item: ItemBehind | None = None
        self._way: list[_Layer] = []
        self._waits = False
        self._title = Text(size=16, bold=True, wrap=True)
        self._given = Text(size=13, ink="ink2", wrap=True)
        figures = (
            Column("label", _("What is behind it"), 220, grows=1),
            Column("weight", _("Weight"), 80, figure=True),
            Column("score", _("Score"), 90, figure=True),
            Column("n", _("People or answers"), 130, figure=True),
        )
        self.layers = Table(
            _("What is behind it"), figures, self._layer_cells, _name, _("Nobody was asked here.")
        )
        answers = (
            Column("answer", _("Answer"), 220, grows=1),
            Column("points", _("Points of it"), 90, figure=True),
            Column("count", _("How often"), 100, figure=True),
        )
        self.answers = Table(_("Answers"), answers, _answer_cells, _name, _("No answer was given"))
        interviews = (
            Column("at", _("When"), 140, sort=True, key=lambda one: one.ended_at),
            Column("case", _("Case"), 70, sort=True),
            Column("group", _("Group"), 140, grows=1, sort=True),
            Column("operator", _("Operator"), 110, grows=1, sort=True),
            Column("answer", _("Answer"), 150, grows=1, sort=True),
            Column("place", _("At"), 70),
        )
        self.interviews = Table(
            _("Interviews"),
            interviews,
            self._interview_cells,
            lambda one: one.interview_id,
            _("No interview counts here."),
        )
        for table in (self.layers, self.answers, self.interviews):
            table.opened.connect(lambda _row: self.open())
        body = QWidget()
        self._stack = QStackedLayout(body)
        for table in (self.layers, self.answers, self.interviews):
            self._stack.addWidget(table)
        sheet = Surface(column((body, 1), margins=(10, 8, 10, 8)))
        head = row((self._title, 1), gap=8)
        super().__init__(column(head, self._given, (sheet, 1), gap=6, margins=(16, 10, 16, 10)))

    @property
    def table(self) -> Table:
        """What is shown of the three."""
        found = self._stack.currentWidget()
        assert isinstance(found, Table)
        return found

    def show_unit(self, loaded: LoadedProgramme, found: UnitBehind) -> None:
        """Begin with the channels of a unit."""
        self._loaded, self._unit, self._waits = loaded, found.line.unit.code, False
        self._way = [_Layer(found.line.unit.name, found.channels)]
        self._show()

    def show_interviews(self, found: Sequence[InterviewBehind]) -> None:
        """Show the interviews that were wanted, unless somebody went another way meanwhile."""
        if not self._waits:
            return
        assert self._item is not None
        self._waits = False
        self._way.append(_Layer(self._item.label, found))
        self._show()
        counts = _(", ").join(f"{one.label} {one.count}" for one in self._item.answers)
        words = ngettext("{count} interview", "{count} interviews", len(found)).format(count=len(found))
        self._given.set_text(f"{words} · {counts}")
        self._given.show()

    def open(self) -> None:
        """Go one layer down, from the row that is chosen."""
        found = self.table.current()
        if found is None:
            return
        if self.table is self.interviews:
            assert self._item is not None
            self.heard.emit(found.interview_id, self._item.name)
            return
        if self.table is self.answers:
            return
        self._way[-1] = self._way[-1]._replace(at=_name(found))
        match found:
            case ChannelBehind(groups=()):
                return
            case ChannelBehind(groups=(whole,)):
                self._group = ""
                self._way.append(_Layer(found.label, whole.items))
            case ChannelBehind():
                self._way.append(_Layer(found.label, found.groups))
            case GroupBehind():
                self._group = found.code
                self._way.append(_Layer(_group_words(found), found.items))
            case ItemBehind():
                self._item = found
                if self._of_interviews():
                    if not self._waits:
                        self._waits = True
                        self.wanted.emit(self._unit, self._group, found.name)
                    return
                self._way.append(_Layer(found.label, found.answers))
        self._show()

    def back(self) -> None:
        """Go one layer up."""
        self._waits = False
        self._way.pop()
        if self._way:
            self._show()
        else:
            self.left.emit()

    def _of_interviews(self) -> bool:
        channels: Sequence[ChannelBehind] = self._way[0].rows
        return any(c.kind == "phone" and c.code == self._way[0].at for c in channels)

    def _show(self) -> None:
        layer = self._way[-1]
        self._title.set_text(" › ".join(one.title for one in self._way))
        self._given.hide()
        first = layer.rows[0] if layer.rows else None
        if isinstance(first, AnswerCount):
            shown_now = self.answers
        elif len(self._way) > 1 and not isinstance(first, (ChannelBehind, GroupBehind, ItemBehind)):
            shown_now = self.interviews
        else:
            shown_now = self.layers
        self._stack.setCurrentWidget(shown_now)
        shown_now.show_rows(layer.rows)
        if layer.rows:
            shown_now.choose(0)
        if layer.at is not None:
            shown_now.choose_named(layer.at)

    def _layer_cells(self, found: ChannelBehind | GroupBehind | ItemBehind) -> Sequence[Cell | str]:
        """A channel that is part of another stands in from it: their weights are of different sums."""
        label, *others = _cells(found)
        if isinstance(found, ChannelBehind) and self._loaded is not None:
            channels = self._loaded.programme.channels
            if any(one.code == found.code and one.parent for one in channels):
                label = f"{IN}{label}"
        return [label, *others]

    def _interview_cells(self, one: InterviewBehind) -> Sequence[Cell | str]:
        assert self._loaded is not None
        assert self._item is not None
        programme = self._loaded.programme
        zone, spoken = ZoneInfo(programme.settings.timezone), language()
        group = next((g for g in programme.groups if g.code == one.group), None)
        words = next((a.label for a in self._item.answers if a.name == one.answer), one.answer or NONE)
        return (
            f"{one.ended_at.astimezone(zone):%m-%d %H:%M}",
            f"{one.case_id:04}",
            "" if group is None else in_language(group.labels, spoken, group.label),
            one.operator,
            Cell(words, bold=True),
            Cell("" if one.answered_ms is None else clock(one.answered_ms), "ink2"),
        )


def _group_words(group: GroupBehind) -> str:
    return group.label or _("all people asked")


def _name(found: Any) -> Any:
    return found.name if isinstance(found, (ItemBehind, AnswerCount)) else found.code


def _cells(found: ChannelBehind | GroupBehind | ItemBehind) -> Sequence[Cell | str]:
    label = _group_words(found) if isinstance(found, GroupBehind) else found.label
    weight = NONE if found.weight is None else f"{float(found.weight):g}"
    people = NONE if found.n is None else f"{found.n:,}"
    return label, weight, Cell(_figure(found.score), bold=True), people


def _answer_cells(one: AnswerCount) -> Sequence[Cell | str]:
    points = _("not counted") if one.points is None else f"{float(one.points):g}"
    return one.label, points, Cell(f"{one.count:,}", bold=True)


def _figure(score: Fraction | None) -> str:
    return NONE if score is None else shown(score)
