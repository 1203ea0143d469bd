"""Today: what every operator does at this moment, the rates, and what operators ask of the supervisor."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QStackedLayout, QWidget

from cati.base import i18n
from cati.base.i18n import translate as _
from cati.domain.board import AT_WORK
from cati.domain.times import length
from cati.domain.users import Right
from cati.gui.actions import Keys
from cati.gui.field import words
from cati.gui.field.excuse import ask_to_excuse
from cati.gui.field.messages import MessageSide
from cati.gui.field.stations import StationTable, sentence
from cati.gui.field.steer import ask_to_write
from cati.gui.field.tab import Tab
from cati.gui.office.following import Following
from cati.gui.office.office import Office
from cati.gui.widgets.layouts import column, row
from cati.gui.widgets.segments import Segment, Segments
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.table import Cell, Column, Table
from cati.gui.widgets.text import Part, Strong, Text

if TYPE_CHECKING:
    from cati.services.board import BoardLine
    from cati.services.rates import RateLine
    from cati.services.stations import Stations

REFRESH_MS = 5_000
RATES_SECONDS = 5.0
"""How soon after a look the day's rates are looked at again: no single call moves them much."""
STATIONS = "stations"
FLOOR = frozenset({"floor"})
EVERYTHING = frozenset({"floor", "messages", "stations"})


def _board_columns() -> Sequence[Column]:
    return (
        Column("who", _("Operator"), 80, grows=1, sort=True),
        # Wide enough for since when somebody is not seen, which is all there is to be known of them.
        Column("state", _("State"), 168 if i18n.language() == "en" else 128),
        Column("since", _("Since"), 124, gives_way=2),
        Column("case", _("Case"), 60, figure=True, gives_way=5),
        Column("where", _("Unit and group"), 120, grows=2, gives_way=4),
        Column("calls", _("Calls"), 44, figure=True, sort=True, key=lambda line: line.today.calls),
        Column("completes", _("Done"), 44, figure=True, sort=True, key=lambda line: line.today.completes),
        Column("refusals", _("Refused"), 44, 0, True, True, lambda line: line.today.refusals, gives_way=1),
        Column("unheard", _("No sound"), 60, figure=True, sort=True, key=lambda line: line.today.unheard),
        Column("mean", _("Mean"), 54, 0, True, True, lambda line: line.today.seconds or 0.0, gives_way=3),
        Column("sound", _("Sound test"), 120 if i18n.language() == "en" else 76, gives_way=2),
    )


def _rate_columns() -> Sequence[Column]:
    return (
        Column("name", "", 140, grows=3, sort=True),
        *(
            Column(name, title, 70, figure=True, gives_way=way)
            for name, title, way in (
                ("cases", _("Cases"), 1),
                ("complete", _("Complete"), 2),
                ("rr1", _("Response RR1"), 0),
                ("coop1", _("Cooperation COOP1"), 0),
                ("ref1", _("Refusal REF1"), 0),
                ("con1", _("Contact CON1"), 0),
            )
        ),
    )


class BoardTab(Tab):
    """The board, the rates in its place when asked for, and the messages beside it."""

    def __init__(self, office: Office, keys: Keys) -> None:
        super().__init__(office, keys)
        self._lines: Sequence[BoardLine] = ()
        self._decides = office.may(Right.REVIEW)
        self.by = Segments(_("Rates"), _choices(stations=False))
        self.by.chosen.connect(lambda _code: self._show_rates())
        self._today = Text(size=14, wrap=True)
        self.people = Table(
            _("Operators today"),
            _board_columns(),
            self._board_cells,
            lambda line: line.user_id,
            nothing=_("Nobody has called today"),
        )
        self.rates = Table(_("Rates"), _rate_columns(), _rate_cells, lambda line: line.name, _("Reading"))
        self.stations = StationTable()
        self._of_stations = Text(size=13, ink="warn", wrap=True)
        self.side = MessageSide(office, keys)
        self.messages, self.form = self.side.table, self.side.form
        self._lay_out()
        self.people.opened.connect(self._open_line)
        self.side.settled.connect(self._follow)
        self.following = Following(self, office, EVERYTHING, self._follow, REFRESH_MS)
        self.rating = Following(self, office, FLOOR, self._read_today, 2 * REFRESH_MS, RATES_SECONDS)

    def _lay_out(self) -> None:
        self._stack_holder = QWidget()
        self._stack = QStackedLayout(self._stack_holder)
        self._stack.addWidget(self.people)
        self._stack.addWidget(self.rates)
        self._stack.addWidget(self.stations)
        left = Surface(
            column(
                self._today,
                self._of_stations,
                row(self.by, None),
                (self._stack_holder, 1),
                gap=8,
                margins=(12, 10, 8, 8),
            )
        )
        self.setLayout(row((left, 8), (self.side, 4), gap=12))
        # Shown before it lies in a window it would be one of its own.
        self.side.setVisible(self._decides)
        self._of_stations.hide()

    # ---- the place asks --------------------------------------------------------------------------

    def summary(self) -> str:
        """Figures of the day."""
        at_work = sum(line.activity in AT_WORK for line in self._lines)
        calls = sum(line.today.calls for line in self._lines)
        done = sum(line.today.completes for line in self._lines)
        refused = sum(line.today.refusals for line in self._lines)
        said = _("{at_work} at work · today {calls:,} calls, {done:,} complete, {refused:,} refused")
        return said.format(at_work=at_work, calls=calls, done=done, refused=refused)

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """The keys of the table that is looked at, and those of its own."""
        bound: dict[str, Callable[..., Any]] = {
            "table_move": lambda key: self._table().walk(key),
            "table_open": self._enter,
            "table_order": lambda: self._table().next_order(),
            "table_turn": lambda: self._table().turn_order(),
            "field_rates": self.by.step,
            "field_back": self._back,
        }
        if self._decides:
            bound |= {"field_side": self._change_side, **self.side.handlers()}
        if self.office.may(Right.STEER):
            bound["field_write"] = self._write
        if self.office.may(Right.CLEAR_OPERATORS):
            bound["field_excuse"] = self._excuse
        if self.office.may(Right.LISTEN):
            bound["field_listen"] = self._listen
        return bound

    def arrive(self) -> None:
        """Follow the floor while shown."""
        self.following.start()
        self.rating.start()
        self._left_table().setFocus()
        self.side.say_keys()

    def depart(self) -> None:
        """Nobody looks any more."""
        self.following.stop()
        self.rating.stop()

    def refresh(self) -> None:
        """Read everything anew, the rates too."""
        self._follow()
        self._read_today()
        self._read_rates()

    # ---- the board -------------------------------------------------------------------------------

    def _follow(self, kinds: Set[str] = EVERYTHING) -> None:
        from cati.services import board, stations

        loaded, session = self.office.programme, self.office.session
        if loaded is None:
            return
        # Who is there, stations tell.
        if kinds & {"floor", "stations"}:
            self.following.ask(lambda: board.today(session, loaded), self._take_lines)
        if "messages" in kinds and self._decides:
            self.side.read(self.following)
        if "stations" in kinds:
            self.following.ask(lambda: stations.today(session), self._take_stations)

    def _take_lines(self, lines: Sequence[BoardLine]) -> None:
        self._lines = lines
        self.people.show_rows(lines)
        self.summary_changed.emit()

    def _take_stations(self, found: Stations) -> None:
        self.stations.show_stations(found)
        # Where the database is on this computer there is none but this one.
        self.by.set_segments(_choices(stations=bool(found.lines)))
        said = sentence(found)
        self._of_stations.set_text(said)
        self._of_stations.setVisible(bool(said))

    def _board_cells(self, line: BoardLine) -> Sequence[Cell | str]:
        today = line.today
        now = self.office.session.clock.now()
        unheard = Cell(str(today.unheard), "warn", True, "warning") if today.unheard else Cell("0", "ink2")
        return (
            line.name,
            words.activity_cell(line.activity, line.since),
            words.since_words(line.since, now),
            str(line.case_id or ""),
            Cell(f"{line.unit} · {line.group}" if line.unit else "", "ink2"),
            str(today.calls),
            Cell(str(today.completes), bold=True),
            str(today.refusals),
            unheard,
            length(today.seconds),
            words.sound_cell(line.sound),
        )

    def _open_line(self, line: BoardLine) -> None:
        if line.case_id is not None:
            self.card_wanted.emit(line.case_id)
        else:
            self.office.say(_("{name} has no case in hand.").format(name=line.name))

    def _write(self) -> None:
        ask_to_write(self.place(), self.office, self._looked_at(), self._follow)

    def _listen(self) -> None:
        operator = self._looked_at()
        if operator is None:
            self.office.say(_("Choose an operator on the board, then listen."))
        else:
            self.listen_wanted.emit(operator)

    def _excuse(self) -> None:
        if self.office.programme is not None:
            ask_to_excuse(self.place(), self.office, self._looked_at(), self._follow)

    def _looked_at(self) -> int | None:
        """Row number of the operator whose line is chosen."""
        line: BoardLine | None = self.people.current() if self._left_table() is self.people else None
        return line.user_id if line is not None else None

    # ---- rates -----------------------------------------------------------------------------------

    def _read_rates(self) -> None:
        from cati.services import rates

        loaded, session = self.office.programme, self.office.session
        if loaded is None or self.by.code in ("", STATIONS):
            return
        by = rates.By(self.by.code)
        self.office.start(
            self,
            lambda _job: (by, rates.indicators(session, loaded, by)),
            lambda found: self._take_rates(*found),
        )

    def _show_rates(self) -> None:
        self.rates.show_rows(())
        self._stack.setCurrentWidget(self._left_table())
        # Rates need the whole width.
        self.side.setVisible(self._decides and not self.by.code)
        self._left_table().setFocus()
        self._read_rates()

    def _take_rates(self, by: str, lines: Sequence[RateLine]) -> None:
        if by != self.by.code:
            return
        self.rates.set_nothing(_("No call has an outcome yet"))
        self.rates.show_rows(lines)

    def _read_today(self, _kinds: Set[str] = FLOOR) -> None:
        from cati.services import rates

        loaded, session = self.office.programme, self.office.session
        if loaded is not None:
            work = partial(rates.today, session, loaded)
            self.rating.ask(work, lambda line: self._today.set_text(_today_words(line)))

    # ---- keys ------------------------------------------------------------------------------------

    def _enter(self) -> None:
        if not self.side.enter():
            self._table().open_current()

    def _back(self) -> None:
        if not self.side.back() and self.messages.hasFocus():
            self._left_table().setFocus()

    def _change_side(self) -> None:
        table = self._left_table() if self.messages.hasFocus() else self.messages
        table.setFocus()

    # ---- which table the keys mean ---------------------------------------------------------------

    def _left_table(self) -> Table:
        return {"": self.people, STATIONS: self.stations}.get(self.by.code, self.rates)

    def _table(self) -> Table:
        return self.messages if self.messages.hasFocus() else self._left_table()


def _choices(*, stations: bool) -> list[Segment]:
    return [
        Segment("", _("Board")),
        Segment("unit", _("Unit")),
        Segment("group", _("Group")),
        Segment("operator", _("Operator")),
        Segment("day", _("Day")),
        *([Segment(STATIONS, _("Stations"))] if stations else []),
    ]


def _share(value: Fraction | None) -> str:
    return f"{float(value):.1%}" if value is not None else _("n/a")


def _rate_cells(line: RateLine) -> Sequence[Cell | str]:
    found = line.rates
    shares = (found.rr1, found.coop1, found.ref1, found.con1)
    return (line.name, f"{found.counts.cases:,}", f"{found.counts.i:,}", *(_share(one) for one in shares))


def _today_words(line: RateLine | None) -> str | Sequence[Part]:
    if line is None:
        return _("No call has an outcome today")
    found = line.rates
    parts: list[Part] = [_("Today")]
    for title, value in (
        (_("response"), found.rr1),
        (_("cooperation"), found.coop1),
        (_("refusal rate"), found.ref1),
        (_("contact"), found.con1),
    ):
        parts += [f" · {title} ", Strong(_share(value))]
    return parts
