"""One ballot after the other under one hand: every key is stored at once, and Enter brings the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from cati.base.errors import CatiError
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.ballots import Line
from cati.domain.keying import Grid
from cati.domain.programmes import LoadedProgramme
from cati.gui.ballots.grid import GridView
from cati.gui.office.office import Office
from cati.gui.widgets.layouts import column, row
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.text import Part, Strong, Text

if TYPE_CHECKING:
    from cati.services.keying import Desk

GAP, FAR = "\u00a0", "\u00a0\u00a0\u00a0 "
"""Between a key and its words, and between two of them; blanks alone would run together."""
MOVES = {"Up": (-1, 0), "Down": (1, 0), "Left": (0, -1), "Right": (0, 1)}


class BallotDesk(QWidget):
    """The grid with what is over it, and the way to the database.

    What is keyed goes to the worker while the next key is awaited: one statement at a time, each with all
    that was keyed since. Keys that come before the next ballot is there wait for it.

    Args:
        office: session and worker.

    Signals:
        ended: nothing is left to key, or it was stopped.
    """

    ended = Signal()

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._loaded: LoadedProgramme | None = None
        self.desk: Desk | None = None
        self.grid: Grid | None = None
        self._pending: dict[str, Line] = {}
        self._early: list[Callable[[], Any]] = []
        self._saving, self.failed = False, False
        self._by_item: bool | None = None
        self.number = Text(size=24, bold=True)
        self._whose = Text(size=14, ink="ink2")
        self.where = Text(size=18, bold=True, wrap=True)
        self.legend = Text(size=14, wrap=True)
        self.told = Text(size=14, ink="ink2")
        self.view = GridView()
        head = row(self.number, self._whose, None, self.told, gap=12)
        sheet = Surface(column((self.view, 1), margins=(10, 6, 10, 8)))
        self.setLayout(column(head, self.where, self.legend, (sheet, 1), gap=6, margins=(16, 10, 16, 10)))

    # ---- the way of a ballot ---------------------------------------------------------------------

    def begin(self, loaded: LoadedProgramme, keying: int, whose: str, number: int | None = None) -> None:
        """Take the next ballot of a stack in hand, or that of a number."""
        self._loaded = loaded
        self._whose.set_text(whose)
        self._early.clear()
        self._fetch(keying, number, 0)

    def _fetch(self, keying: int, number: int | None, after: int) -> None:
        from cati.services import keying as service

        assert self._loaded is not None
        loaded, session = self._loaded, self._office.session
        self.grid = None
        self._office.ask(
            self,
            lambda: service.take_in_hand(session, loaded, keying, number, after),
            self._show,
            self._refuse,
        )

    def _refuse(self, error: CatiError) -> None:
        self._office.say_error(error)
        self._early.clear()
        if self.desk is not None:
            # The ballot that was in hand still is.
            self._show(self.desk)
        else:
            self.ended.emit()

    def _show(self, desk: Desk | None) -> None:
        if desk is None:
            self._early.clear()
            self.desk = None
            self._office.tell(_("Nothing is left for you to key here."))
            self.ended.emit()
            return
        self._office.take_back(_("Nothing is left for you to key here."))
        by_item = desk.keying.by_item if self._by_item is None else self._by_item
        lines = {unit: list(line) for unit, line in desk.lines.items()}
        self.desk = desk
        self.grid = Grid(
            [unit.code for unit in desk.units], desk.items, by_item, lines, about_one=desk.about_one
        )
        self.number.set_text(_("Ballot {number}").format(number=desk.ballot))
        self._say("")
        self._follow()
        early, self._early = self._early, []
        for press in early:
            press()

    def flush(self) -> None:
        """Send what is not stored yet; the ballot is put down."""
        if self.desk is not None and self._pending:
            from cati.services import keying as service

            desk, changed, loaded, session = self.desk, self._pending, self._loaded, self._office.session
            assert loaded is not None
            self._pending = {}
            self._office.ask(
                self, lambda: service.keep_lines(session, loaded, desk, changed), lambda _done: None
            )
        self.desk = self.grid = None
        self._early.clear()

    # ---- keys ------------------------------------------------------------------------------------

    def press(self, name: str, key: str = "") -> None:
        """Do what a key of the grid means, now or as soon as the ballot is there."""
        if self.grid is None:
            self._early.append(lambda: self.press(name, key))
            return
        grid = self.grid
        done = {
            "tick": lambda: grid.digit(key),
            "no_tick": grid.no_tick,
            "several_ticks": grid.several,
            "next_line": grid.next_line,
            "place_before": grid.back,
            "take_back": grid.undo,
            "grid_move": lambda: grid.move(*MOVES.get(key, (0, 0))),
            "turn_paper": self._turn,
        }[name]()
        if done is False and grid.asks_unit:
            self._say(_("{key} is nothing here ({item}).").format(key=key or "+", item=_("unit")), "stop")
        elif done is False:
            here = grid.items[grid.at[1]].label
            self._say(_("{key} is nothing here ({item}).").format(key=key or "+", item=here), "stop")
        else:
            self._say("")
        self._follow()
        self._keep()

    def end(self) -> None:
        """End the ballot and take the next one; what was left out is gone to first."""
        if self.grid is None or self.desk is None:
            self._early.append(self.end)
            return
        if self.grid.end_number():
            self._follow()
            self._keep()
            return
        missing = self.grid.open_places
        if self.grid.asks_unit:
            self._say(_("Type the number of the unit first."), "stop")
            return
        if missing:
            self.grid.go_to_open()
            words = ngettext("{count} place is not keyed yet", "{count} places are not keyed yet", missing)
            self._say(words.format(count=missing), "stop")
            self._follow()
            return
        self._finish(self.desk)

    def _finish(self, desk: Desk) -> None:
        from cati.services import keying as service

        assert self._loaded is not None
        loaded, session, grid = self._loaded, self._office.session, self.grid
        assert grid is not None
        self._pending |= grid.take_changes()
        changed, self._pending, self.grid = self._pending, {}, None

        def refused(error: CatiError) -> None:
            self.grid, self._pending = grid, changed | self._pending
            self._early.clear()
            self._office.say_error(error)
            self._follow()

        self._office.ask(
            self,
            lambda: service.finish(session, loaded, desk, changed),
            lambda _done: self._fetch(desk.keying.id, None, desk.ballot),
            refused,
        )

    def another(self, number: int) -> None:
        """Put this ballot down as it is, and take that of a number."""
        if self.desk is not None:
            keying = self.desk.keying.id
            self.flush()
            self._fetch(keying, number, 0)

    def _turn(self) -> None:
        assert self.grid is not None
        self.grid.by_item = self._by_item = not self.grid.by_item
        self._say(_("column by column") if self._by_item else _("line by line"))

    # ---- storing ---------------------------------------------------------------------------------

    def _keep(self) -> None:
        """Store what changed, unless a statement is under way: then what came meanwhile follows it."""
        if self.grid is not None:
            self._pending |= self.grid.take_changes()
        if self._saving or not self._pending or self.desk is None:
            return
        from cati.services import keying as service

        assert self._loaded is not None
        desk, changed, loaded, session = self.desk, self._pending, self._loaded, self._office.session
        self._pending, self._saving = {}, True

        def kept(_done: None) -> None:
            self._saving = self.failed = False
            self._keep()
            if not self._saving and not self.told.text():
                self._say(_("saved"))

        def refused(error: CatiError) -> None:
            # The next key tries again.
            self._saving, self.failed = False, True
            if self.desk is desk:
                self._pending = changed | self._pending
            self._office.say_error(error)

        self._office.ask(self, lambda: service.keep_lines(session, loaded, desk, changed), kept, refused)

    # ---- what is shown ---------------------------------------------------------------------------

    def _say(self, words: str, ink: str = "ink2") -> None:
        self.told.set_ink(ink)
        self.told.set_text(words)

    def _follow(self) -> None:
        if self.grid is None or self.desk is None:
            self.view.show_grid(None)
            return
        at, item = self.grid.at, self.grid.items[self.grid.at[1]]
        unit = self.desk.units[at[0]].name
        if self.grid.asks_unit:
            which = _("Which unit is the paper about?")
            self.where.set_text(f"{at[0] + 1}  {unit}" if self.grid.has_found else which)
        else:
            self.where.set_text(f"{at[0] + 1}  {unit} · {item.label}")
        self.legend.set_text(self._legend())
        self.view.show_grid(self.grid, [unit.name for unit in self.desk.units])

    def _legend(self) -> list[Part]:
        assert self.grid is not None
        assert self._loaded is not None
        if self.grid.asks_unit:
            keys = (("0–9", _("number of the unit")), ("↑ ↓", _("another unit")), ("Enter", _("take it")))
            return [part for key, name in keys for part in (Strong(key), f"{GAP}{name}{FAR}")]
        item = self.grid.items[self.grid.at[1]]
        if item.numbers is not None:
            least, most = (f"{number.normalize():f}" for number in item.numbers)
            words: list[Part] = [_("a number from {least} to {most}").format(least=least, most=most), FAR]
        else:
            words = []
            for key, name in item.answers.items():
                words += [Strong(key), f"{GAP}{item.words.get(name, name)}{FAR}"]
        return [*words, Strong("*"), f"{GAP}{_('several ticks')}{FAR}", Strong("."), f"{GAP}{_('no tick')}"]
