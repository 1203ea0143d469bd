"""Opinions: what people said about each unit, coded under one hand, sent to the units and answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from cati.base.errors import CatiError
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.users import Right
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.actions import BY_NAME, Keys
from cati.gui.office.office import Office
from cati.gui.office.place import Place
from cati.gui.opinions import asking, lines
from cati.gui.opinions.lines import FILTERS, UNCODED, Known, UnitLine
from cati.gui.opinions.side import WIDTH, OpinionSide
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.middle import Middle
from cati.gui.widgets.segments import Segment, Segments
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.table import Table
from cati.gui.widgets.text import Part, Text

if TYPE_CHECKING:
    from cati.services.opinions import Opinion

UNITS_WIDTH = 324


class OpinionsPage(Place):
    """Units at the left, what was said of one of them in the middle, one opinion and its codes beside it."""

    mode = Mode.OPINIONS

    def __init__(self, office: Office, keys: Keys) -> None:
        super().__init__(office, keys)
        self._known: Known | None = None
        self._second, self._code = False, ""
        self._done: list[tuple[int, bool, tuple[str, ...]]] = []
        self._may = office.may(Right.HANDLE_OPINIONS)
        self.units = Table(_("Unit"), lines.unit_columns(), lines.unit_cells, lambda line: line.code)
        self.units.chosen.connect(lambda _line: self._draw())
        self.table = Table(
            _("Opinions"), lines.columns(), self._cells, lambda one: one.id, _("Nothing of this kind")
        )
        self.table.chosen.connect(lambda _one: self._show_chosen())
        self.side = OpinionSide()
        self.side.pressed.connect(self._press)
        listed = [Segment(code, _(words)) for code, words in FILTERS.items()]
        self._filter = Segments(_("Show"), listed, slides=True)
        self._filter.chosen.connect(lambda _code: self._draw())
        self._coder = self._button(_("Second coder"), "opinion_second")
        self._file = self._button(_("From a file"), "opinion_file")
        show = Text(f"{_('Show')} ({BY_NAME['opinion_show'].printed})", 13, "ink2")
        bar = row(show, self._filter, None, gap=8)
        units = Surface(column(self.units, margins=(8, 8, 8, 8)), width=UNITS_WIDTH)
        sheet = Surface(column(bar, (self.table, 1), gap=8, margins=(12, 10, 12, 8)))
        self._units = units
        self._listed = row(units, (sheet, 1), gap=10)
        self._beside = row((self._listed, 1), self.side, gap=10, margins=(16, 10, 16, 10))
        middle = Middle()
        middle.addWidget(Holder(self._beside))
        self.setLayout(column(middle, gap=0))

    def _button(self, words: str, action: str) -> Button:
        """A button in the head that does what a key does."""
        made = Button(words, BY_NAME[action].printed, Kind.PLAIN, 13, 32)
        made.clicked.connect(lambda: self.keys.trigger(action))
        return made

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the units over the list where there is little room, and then everything under each other."""
        super().resizeEvent(event)
        space = theme.current().space(self.window().width())
        tight, narrow = space >= theme.Space.TIGHT, space >= theme.Space.NARROW
        self._listed.set_upright(tight)
        self._beside.set_upright(narrow)
        self.side.set_width(None if narrow else WIDTH)
        self._units.set_width(None if tight else UNITS_WIDTH)

    def restyle(self) -> None:
        """Follow another size of letters."""
        self.resizeEvent(QResizeEvent(self.size(), self.size()))

    # ---- the frame asks --------------------------------------------------------------------------

    def summary(self) -> str | Sequence[Part]:
        """How many opinions there are, and how far two coders agree."""
        if self._known is None:
            return ""
        found = self._known.found
        words = ngettext("{count:,} opinion", "{count:,} opinions", len(found.opinions))
        said = [words.format(count=len(found.opinions))]
        if self._code:
            said.append(_("only {code}").format(code=lines.code_words(found.book, self._code)))
        told = found.agreement
        if told.both:
            alike = _("coded twice {both}, alike {same}").format(both=told.both, same=told.same)
            kappa = "" if told.kappa is None else f" (κ {float(told.kappa):.2f})"
            said.append(alike + kappa)
        return " · ".join(said)

    def marks(self) -> Sequence[QWidget]:
        """Who codes, and words from elsewhere; for whoever handles opinions."""
        return (self._file, self._coder) if self._may else ()

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """Walk and look; code, hide and send for whoever handles opinions."""
        found: dict[str, Callable[..., Any]] = {
            "opinion_move": self.table.walk,
            "opinion_unit": lambda key: self.units.walk("Up" if key == "Left" else "Down"),
            "opinion_show": self._filter.step,
            "opinion_of_code": self._step_code,
        }
        if self._may:
            found |= {
                "opinion_code": self._press,
                "opinion_more": self._turn,
                "opinion_next": self._go_on,
                "opinion_undo": self._undo,
                "opinion_second": self._change_coder,
                "opinion_hide": self._ask_hiding,
                "opinion_codes": self._ask_codes,
                "opinion_send": self._ask_sending,
                "opinion_reply": self._ask_answers,
                "opinion_file": self._ask_words,
                "opinion_follow": self._ask_following,
            }
        return found

    def refresh(self) -> None:
        """Read everything anew."""
        loaded, session = self.office.programme, self.office.session
        if loaded is None:
            return
        code = loaded.programme.code

        def look() -> Known:
            from cati.services import opinion_bundles, opinions, programmes

            found = programmes.get(session, code)
            return Known(found, opinions.listing(session, found), opinion_bundles.sent(session, found))

        self.office.ask(self, look, self._take)

    # ---- what is shown ---------------------------------------------------------------------------

    def _take(self, known: Known) -> None:
        if self._known is not None and self._known.loaded.id != known.loaded.id:
            self._done.clear()
            self._code = ""
        self._known = known
        if self.office.programme != known.loaded:
            self.office.take(known.loaded)
        self.units.show_rows(lines.unit_lines(known, self._second))
        self._draw()
        self.head_changed.emit()

    def _draw(self) -> None:
        if self._known is not None:
            unit = self.units.current()
            code = unit.code if unit is not None else lines.EVERYBODY
            found = lines.shown(self._known, code, self._filter.code, self._code, self._second)
            self.table.show_rows(found)
            self._show_chosen()

    def _cells(self, one: Opinion) -> Sequence[Any]:
        assert self._known is not None
        return lines.cells(self._known, one, self._codes(one))

    def _codes(self, one: Opinion) -> tuple[str, ...]:
        """As the coder at work gave them: the second one does not see the first one's."""
        return one.second if self._second else one.codes

    def _show_chosen(self) -> None:
        if self._known is not None:
            one = self._current()
            codes = self._codes(one) if one is not None else ()
            self.side.show_opinion(self._known, one, codes, self._may)

    def _current(self) -> Opinion | None:
        found: Opinion | None = self.table.current()
        return found

    # ---- coding ----------------------------------------------------------------------------------

    def _press(self, key: str) -> None:
        """Give the code of a digit, or take it back."""
        one = self._current()
        if one is None or self._known is None or not self._may:
            return
        offered = self.side.codes(self._known)
        if int(key) > len(offered):
            return
        code, before = offered[int(key) - 1].code, self._codes(one)
        after = tuple(c for c in before if c != code) if code in before else (*before, code)
        self._done.append((one.id, self._second, before))
        self._store(one, self._second, after)

    def _undo(self, _key: str) -> None:
        """Take back what was coded last, wherever that is."""
        if self._known is None or not self._done:
            return
        key, second, before = self._done.pop()
        one = next((one for one in self._known.found.opinions if one.id == key), None)
        if one is not None:
            self._store(one, second, before)
            self.table.choose_named(key)

    def _store(self, one: Opinion, second: bool, codes: tuple[str, ...]) -> None:
        from cati.services import opinions

        assert self._known is not None
        loaded, session = self._known.loaded, self.office.session
        by = self.office.actor.login if codes else ""
        given = {"second": codes, "second_by": by} if second else {"codes": codes, "by": by}
        self._put(replace(one, **given))  # type: ignore[arg-type]
        self.office.ask(
            self, lambda: opinions.code(session, loaded, one.id, codes, second=second), lambda _held: None,
            self._failed,
        )  # fmt: skip

    def _put(self, changed: Opinion) -> None:
        """Show an opinion as it is now; it stays in the list until another is made."""
        assert self._known is not None
        found = self._known.found
        every = tuple(changed if one.id == changed.id else one for one in found.opinions)
        self._known = replace(self._known, found=replace(found, opinions=every))
        listed = [self.table.rows.source.row(place) for place in range(len(self.table.rows.source))]
        self.table.show_rows([changed if one.id == changed.id else one for one in listed])
        self._show_chosen()

    def _failed(self, error: CatiError) -> None:
        self._done.clear()
        self.office.say_error(error)
        self.refresh()

    def _turn(self) -> None:
        if self._known is not None:
            self.side.turn(self._known)
            self._show_chosen()

    def _go_on(self) -> None:
        """To the next opinion nobody coded; lists and counts follow what was coded."""
        if self._known is None:
            return
        source, here = self.table.rows.source, self.table.current_place()
        order = [*range(here + 1, len(source)), *range(here + 1)]
        left = (one for one in map(source.row, order) if not self._codes(one))
        following = next(left, None)
        self.units.show_rows(lines.unit_lines(self._known, self._second))
        self._draw()
        if following is None:
            self.office.tell(_("Everything here is coded."))
        else:
            self.table.choose_named(following.id)

    def _step_code(self) -> None:
        """Show those of the next code alone, after the last those of any."""
        if self._known is not None:
            codes = ["", *self._known.found.book]
            at = codes.index(self._code) if self._code in codes else 0
            self._code = codes[(at + 1) % len(codes)]
            if self._code and self._filter.code == UNCODED:
                self._filter.choose(lines.ALL)
            self._draw()
            self.head_changed.emit()

    def _change_coder(self) -> None:
        self._second = not self._second
        self._coder.set_kind(Kind.SELECTED if self._second else Kind.PLAIN)
        self._filter.choose(UNCODED)
        if self._known is not None:
            self.units.show_rows(lines.unit_lines(self._known, self._second))
            self._draw()

    # ---- what is asked ---------------------------------------------------------------------------

    def _ask_hiding(self) -> None:
        one = self._current()
        if one is not None and self._known is not None:
            asking.ask_hiding(self, self._known.loaded, one, self.refresh)

    def _ask_codes(self) -> None:
        if self._known is not None:
            asking.ask_codes(self, self._known, self.refresh)

    def _ask_sending(self) -> None:
        unit: UnitLine | None = self.units.current()
        if self._known is not None:
            asking.ask_sending(self, self._known, unit, self._say)

    def _ask_answers(self) -> None:
        if self._known is not None:
            asking.ask_answers(self, self._known, self._say)

    def _ask_words(self) -> None:
        if self._known is not None and self._known.loaded.programme.other_channels:
            asking.ask_words(self, self._known, self._say)

    def _ask_following(self) -> None:
        from cati.services import follow_up, follow_ups

        if self._known is None:
            return
        loaded, session = self._known.loaded, self.office.session
        self.office.ask(
            self,
            lambda: (follow_ups.foresee(session, loaded), follow_up.open_to(session, loaded)),
            lambda found: asking.ask_following(self, loaded, *found, self._say),
        )

    def _say(self, words: str) -> None:
        self.office.tell(words)
        self.refresh()
