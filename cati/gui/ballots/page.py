"""Ballots: how far each stack of papers is, and the grid under one hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QStackedLayout, QWidget

from cati.base.i18n import translate as _
from cati.domain.programmes import BALLOT_KINDS, LoadedProgramme
from cati.domain.users import Right
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.ballots import asking
from cati.gui.ballots.desk import BallotDesk
from cati.gui.ballots.look import LookSheet
from cati.gui.ballots.paper import print_sign_in
from cati.gui.office.office import Office
from cati.gui.office.place import Place
from cati.gui.scoring.sets import look_at_sets
from cati.gui.widgets.layouts import Holder, column
from cati.gui.widgets.middle import Middle
from cati.gui.widgets.rows import Cell, Column
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.table import Table
from cati.gui.widgets.text import Part, Text

if TYPE_CHECKING:
    from cati.services.keying import Progress

NONE = "—"
GRID_KEYS = (
    "tick",
    "no_tick",
    "several_ticks",
    "next_line",
    "place_before",
    "take_back",
    "turn_paper",
    "grid_move",
)


@dataclass(frozen=True)
class _Known:
    """What the page shows."""

    loaded: LoadedProgramme
    rows: tuple[Progress, ...]
    has_to_sign: bool


class BallotsPage(Place):
    """A table of what is keyed, and in its place the ballot in hand."""

    mode = Mode.BALLOTS

    def __init__(self, office: Office, keys: Keys) -> None:
        super().__init__(office, keys)
        self._known: _Known | None = None
        self.table = Table(_("Ballots"), _columns(), _cells, lambda one: one.keying.id)
        self.table.opened.connect(lambda _one: keys.trigger("ballot_key"))
        self._lead = Text(size=14, ink="ink2", wrap=True)
        self.desk = BallotDesk(office)
        self.desk.ended.connect(self._put_down)
        listed = column(self._lead, (Surface(column(self.table, margins=(10, 8, 10, 8))), 1), gap=10,
                        margins=(16, 10, 16, 10))  # fmt: skip
        self._list, self._grid = Middle(), Middle()
        self._list.addWidget(Holder(listed))
        self._grid.addWidget(self.desk)
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self._list)
        self._stack.addWidget(self._grid)
        self.setLayout(column(body, gap=0))

    # ---- the frame asks --------------------------------------------------------------------------

    def summary(self) -> str | Sequence[Part]:
        """Whose ballots are in hand, or what this place is for."""
        return _("keyed twice by two people, settled by a third")

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """What whoever works here may do."""
        found: dict[str, Callable[..., Any]] = {"ballot_move": self.table.walk}
        if self.office.may(Right.KEY_BALLOTS):
            found |= {"ballot_key": self._begin, "ballot_number": self._ask_number}
            found |= {name: partial(self.desk.press, name) for name in GRID_KEYS}
            found |= {"end_ballot": self.desk.end, "leave_ballot": self._put_down}
        if self.office.may(Right.SETTLE_BALLOTS):
            found["ballot_look"] = self._look
        if self.office.may(Right.ADJUST):
            found |= {
                "ballot_open": self._ask_open,
                "ballot_take": self._ask_taking,
                "ballot_file": self._ask_file,
                "ballot_sets": self._look_at_sets,
                "ballot_form": self._ask_elsewhere,
            }
        programme = self.office.programme
        if self.office.may(Right.EXPORT_IDENTITY) and programme is not None and programme.programme.rosters:
            found["print"] = partial(print_sign_in, self)
        return found

    def refresh(self) -> None:
        """Read how far the ballots are."""
        from cati.services import clearances, keying, programmes

        loaded, session = self.office.programme, self.office.session
        if loaded is None:
            return
        code = loaded.programme.code

        def look() -> _Known:
            found = programmes.get(session, code)
            return _Known(found, keying.progress(session, found), clearances.has_to_sign(session, found))

        self.office.ask(self, look, self._take)

    def depart(self) -> None:
        """What is in hand is put down as it is."""
        self.desk.flush()
        self._stack.setCurrentWidget(self._list)

    def reason_to_stay(self) -> str:
        """What could not be stored would be lost."""
        if self.desk.grid is not None and self.desk.failed:
            return _("What was keyed last is not stored yet: press any key of the grid to try again.")
        return ""

    # ---- the table -------------------------------------------------------------------------------

    def _take(self, known: _Known) -> None:
        self._known = known
        self.table.show_rows(known.rows)
        has_any = any(c.kind in BALLOT_KINDS for c in known.loaded.programme.channels)
        if not has_any:
            words = _("This programme has no channel of ballots.")
        elif known.rows:
            words = _(
                "Number the papers by hand, never in the order of a list of people. Two people key each of "
                "them, and neither sees what the other keyed."
            )
        elif self.office.may(Right.ADJUST):
            words = _("Say with N which ballots are keyed and how many there are.")
        else:
            words = _("No ballots are to be keyed yet: the bureau says when.")
        self._lead.set_text(words)
        self.head_changed.emit()

    def _current(self) -> Progress | None:
        found: Progress | None = self.table.current()
        return found

    # ---- keys ------------------------------------------------------------------------------------

    def _begin(self) -> None:
        one = self._current()
        if one is None or self._known is None:
            return
        if self._known.has_to_sign:
            asking.ask_pledge(self, self._known.loaded, self._signed)
            return
        whose = " · ".join(filter(None, (one.label, one.group)))
        self._stack.setCurrentWidget(self._grid)
        self.keys.push(Mode.KEYING)
        self.setFocus()
        self.desk.begin(self._known.loaded, one.keying.id, whose)

    def _signed(self) -> None:
        assert self._known is not None
        self._known = replace(self._known, has_to_sign=False)
        self._begin()

    def _put_down(self) -> None:
        reason = self.reason_to_stay()
        if reason:
            self.office.say(reason)
            return
        self.desk.flush()
        self.keys.pop(Mode.KEYING)
        self._stack.setCurrentWidget(self._list)
        self.refresh()

    def _ask_number(self) -> None:
        if self.desk.desk is not None and not self.reason_to_stay():
            asking.ask_number(self, self.desk.desk.keying.ballots, self.desk.another)

    def _ask_open(self) -> None:
        if self._known is not None and asking.stacks(self._known.loaded.programme):
            asking.ask_open(self, self._known.loaded, self._current(), self.refresh)

    def _ask_taking(self) -> None:
        one = self._current()
        if one is not None and self._known is not None:
            asking.ask_taking(self, self._known.loaded, one, self.refresh)

    def _ask_file(self) -> None:
        if self._known is not None and asking.stacks(self._known.loaded.programme):
            asking.ask_file(self, self._known.loaded, self.refresh)

    def _ask_elsewhere(self) -> None:
        if self._known is not None and asking.stacks(self._known.loaded.programme):
            asking.ask_elsewhere(self, self._known.loaded)

    def _look_at_sets(self) -> None:
        if self._known is not None:
            look_at_sets(self, self._known.loaded, self.refresh)

    def _look(self) -> None:
        from cati.services import third_look

        one = self._current()
        if one is None or self._known is None:
            return
        loaded, session, keying = self._known.loaded, self.office.session, one.keying.id
        self.office.ask(
            self,
            lambda: third_look.doubts(session, loaded, keying),
            lambda found: LookSheet(self, loaded, keying, found, self.refresh),
        )


def _columns() -> list[Column]:
    return [
        Column("channel", _("Channel"), 170, grows=2),
        Column("group", _("Group"), 150, grows=1, gives_way=3),
        Column("ballots", _("Papers"), 70, figure=True),
        Column("once", _("Keyed once"), 110, figure=True),
        Column("twice", _("Keyed twice"), 110, figure=True),
        Column("differing", _("Differences"), 110, figure=True, gives_way=2),
        Column("open", _("Not settled"), 110, figure=True),
        Column("mine", _("Keyed by you"), 120, figure=True, gives_way=1),
        Column("state", _("State"), 150, grows=1),
    ]


def _cells(one: Progress) -> Sequence[Cell | str]:
    return [
        one.label,
        one.group or NONE,
        str(one.keying.ballots),
        str(one.once),
        str(one.twice),
        NONE if one.differing is None else str(one.differing),
        Cell(str(one.open), "warn", True, "warning") if one.open else NONE if one.open is None else "0",
        str(one.mine),
        _state(one),
    ]


def _state(one: Progress) -> Cell:
    if one.keying.set_id is not None:
        return Cell(_("taken as set {number}").format(number=one.keying.set_id), "ok", False, "done")
    if one.is_ready:
        return Cell(_("can be taken"), "ok", True)
    if one.open:
        return Cell(_("third look"), "warn", True)
    return Cell(_("being keyed") if one.once or one.mine else _("nothing keyed"), "ink2")
