"""Scores: the ranking of a programme whose fieldwork is closed, and what has to be prepared for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.names import channel_words
from cati.domain.overview import Step
from cati.domain.ranking import UnitScore
from cati.domain.scoring import Working
from cati.domain.users import Right
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.office.office import Office
from cati.gui.office.place import Place
from cati.gui.office.words import date_words
from cati.gui.scoring.behind import Behind
from cati.gui.scoring.chart import ScoreChart
from cati.gui.scoring.known import Known, look
from cati.gui.scoring.lines import headings, lines
from cati.gui.scoring.sheets import ScoreSheets
from cati.gui.scoring.side import WIDTH, ScoreSide
from cati.gui.scoring.waiting import Waiting
from cati.gui.scoring.working import show_working
from cati.gui.theme import px
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.middle import Middle
from cati.gui.widgets.segments import Segment, Segments
from cati.gui.widgets.surface import Surface, Tag
from cati.gui.widgets.text import Part, Text

if TYPE_CHECKING:
    from cati.services.behind import UnitBehind
    from cati.services.scoring import Board


BESIDE = 76
"""Margins around and between the ranking and the column beside it."""
ALL = "*"
"""Stands for every series."""


class ScoresPage(Place):
    """The ranking, or why nobody may see it yet."""

    mode = Mode.SCORES

    def __init__(self, office: Office, keys: Keys) -> None:
        super().__init__(office, keys)
        self.known: Known | None = None
        self._wanted: str | None = None
        self._hearing = False
        self._signed = Tag("", "ok", "ok_s", "done", None, 13)
        self._signed.hide()
        self._simulated = Tag("", "warn", "warn_s", "warning", None, 13)
        self._simulated.hide()
        self.sheets = ScoreSheets(self)
        self.chart, self.side = ScoreChart(), ScoreSide()
        self.chart.chosen.connect(lambda _code: self._show_unit())
        self.side.button.clicked.connect(lambda: keys.trigger("score_working"))
        self._by_series = Segments(_("Series"), slides=True)
        self._by_channel = Segments(_("Channel"), slides=True)
        for segments in (self._by_series, self._by_channel):
            segments.chosen.connect(lambda _code: self._draw())
        self._level = Text(size=13, ink="ink2")
        self._filters = row(self._by_series, row(self._by_channel, None, self._level, gap=12), gap=12)
        sheet = Surface(column(self._filters, (self.chart, 1), gap=8, margins=(14, 12, 14, 8)))
        self._beside = row((sheet, 1), self.side, gap=12, margins=(16, 10, 16, 10))
        board = Holder(self._beside)
        self.waiting = Waiting()
        self.waiting.button.clicked.connect(lambda: keys.trigger("score_close"))
        self._board, self._waiting = Middle(), Middle()
        self._board.addWidget(board)
        self._waiting.addWidget(Holder(column(self.waiting, margins=(16, 10, 16, 10))))
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self._waiting)
        self._stack.addWidget(self._board)
        self.behind = Behind()
        self.behind.wanted.connect(self._list_interviews)
        self.behind.heard.connect(self._hear)
        self.behind.left.connect(self._leave_behind)
        self._stack.addWidget(self.behind)
        self.setLayout(column(body, gap=0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the side column under the ranking where there is no room beside it."""
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        """Where there are many channels the ranking alone is as wide as the window."""
        wide = self.chart.minimumSizeHint().width() + px(WIDTH) + px(BESIDE) > self.width()
        tight = wide or theme.current().space(self.window().width()) >= theme.Space.TIGHT
        self._beside.set_upright(tight)
        self._filters.set_upright(tight)
        self.side.set_width(None if tight else WIDTH)

    def restyle(self) -> None:
        """Follow another size of letters."""
        self.resizeEvent(QResizeEvent(self.size(), self.size()))

    # ---- the frame asks --------------------------------------------------------------------------

    def summary(self) -> str | Sequence[Part]:
        """When fieldwork ended, and how many interviews there are."""
        if self.known is None:
            return ""
        facts = self.known.overview.facts
        count = facts.review.complete - facts.review.excluded
        words = ngettext("{count:,} interview", "{count:,} interviews", count).format(count=count)
        out = _("{count} excluded").format(count=facts.review.excluded)
        closed = facts.field.closed_on
        if closed is None:
            return _("fieldwork is open")
        return _("fieldwork closed on {day} · {interviews}, {excluded}").format(
            day=date_words(closed), interviews=words, excluded=out
        )

    def marks(self) -> Sequence[QWidget]:
        """Whether they are a trial's, and who approved them."""
        return (self._simulated, self._signed)

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """Walk, look closer, and decide: what can be done as fieldwork stands."""
        found: dict[str, Callable[..., Any]] = {"score_move": self.walk}
        board = self.known is not None and self.known.board is not None
        if board:
            found |= {
                "score_working": self._explain,
                "score_series": self._by_series.step,
                "score_channel": self._by_channel.step,
            }
        if self.known is not None:
            found |= self.sheets.handlers(self.known)
        if self.office.may(Right.LISTEN) and board:
            found |= {
                "score_behind": self._look_behind,
                "table_move": lambda key: self.behind.table.walk(key),
                "table_open": lambda: self.behind.table.open_current(),
                "table_order": lambda: self.behind.table.next_order(),
                "table_turn": lambda: self.behind.table.turn_order(),
                "behind_back": lambda: self.behind.back(),
            }
        if self.office.may(Right.EXPORT) and board:
            found["score_export"] = lambda: self.office.go("exports", "scores")
        return found

    def arrive(self, about: object = None) -> None:
        """Go to the unit of a step that led here, such as one whose points are to be decided."""
        # Whoever went to hear an interview comes back to where it was found.
        back, self._hearing = self._hearing, False
        if isinstance(about, Step) and about.names:
            self._wanted = about.names[0]
        elif back:
            self.keys.push(Mode.BEHIND)
            return
        if self._stack.currentWidget() is self.behind:
            self._stack.setCurrentWidget(self._board)

    def refresh(self) -> None:
        """Read everything anew."""
        loaded, session = self.office.programme, self.office.session
        if loaded is not None:
            code = loaded.programme.code
            self.office.ask(self, lambda: look(session, code), self._take)

    # ---- what is shown ---------------------------------------------------------------------------

    def _take(self, known: Known) -> None:
        before = self.handlers()
        self.known = known
        if self.isVisible():
            self.keys.unbind(*(before.keys() - self.handlers().keys()))
            self.keys.bind_all(self.handlers())
        if self.office.programme != known.loaded:
            self.office.take(known.loaded)
        board, programme = known.board, known.loaded.programme
        if board is None:
            self.waiting.show_programme(programme, known.overview, known.finished, known.points)
            self.waiting.show_prepared(self.office.may(Right.ADJUST))
            self._stack.setCurrentWidget(self._waiting)
        else:
            self._name_filters(board)
            self._draw()
            if self._stack.currentWidget() is not self.behind:
                self._stack.setCurrentWidget(self._board)
        self._show_approval(board)
        self.waiting.button.setVisible("score_close" in self.handlers())
        self._go_to_wanted()
        self.head_changed.emit()

    def _name_filters(self, board: Board) -> None:
        assert self.known is not None
        units = [line.unit for line in board.lines]
        counts = {series: sum(unit.series == series for unit in units) for series in _in_order(units)}
        self._by_series.set_segments(
            [
                *(Segment(series, f"{series} {count}") for series, count in counts.items()),
                Segment(ALL, _("All {count}").format(count=len(units))),
            ]
        )
        programme = self.known.loaded.programme
        channels = [Segment(c.code, channel_words(programme, c.code)) for c in board.plan.channels]
        self._by_channel.set_segments([Segment("", _("Composite")), *channels])
        words = _("out of 100, level {level} %")
        if programme.settings.composite_in_points:
            words = _("channels out of 100, level {level} %")
        self._level.set_text(words.format(level=f"{100 * board.plan.level:g}"))

    def _draw(self) -> None:
        if self.known is None or self.known.board is None:
            return
        programme, board = self.known.loaded.programme, self.known.board
        channel = self._by_channel.code
        head = channel_words(programme, channel) if channel else _("Final score")
        series = "" if self._by_series.code == ALL else self._by_series.code
        found = lines(programme, board.plan, board.lines, series, channel)
        self.chart.show_lines(head, headings(programme, board.plan), found)
        self._lay_out()
        self._show_unit()

    def _line(self) -> UnitScore | None:
        if self.known is None or self.known.board is None:
            return None
        return next((one for one in self.known.board.lines if one.unit.code == self.chart.code), None)

    def _show_unit(self) -> None:
        line = self._line()
        if line is not None:
            assert self.known is not None
            assert self.known.board is not None
            members = sum(one.unit.series == line.unit.series for one in self.known.board.lines)
            self.side.show_unit(self.known.loaded.programme, self.known.board.plan, line, members)

    def _show_approval(self, board: Board | None) -> None:
        count = 0 if board is None else board.simulated
        self._simulated.setVisible(count > 0)
        words = ngettext("{count:,} simulated interview", "{count:,} simulated interviews", count)
        self._simulated.set_text(words.format(count=count))
        signed = None if board is None else board.sign_off
        self._signed.setVisible(signed is not None)
        if signed is None or board is None:
            return
        if board.changed:
            self._signed.set_look("warn", "warn_s", "warning")
            self._signed.set_text(_("changed since {body} approved").format(body=signed.body))
        else:
            self._signed.set_look("ok", "ok_s", "done")
            words = _("approved · {body}, {signer}, {day}")
            day = date_words(signed.signed_at.astimezone(self._zone()).date())
            self._signed.set_text(words.format(body=signed.body, signer=signed.signer, day=day))

    def _zone(self) -> ZoneInfo:
        assert self.known is not None
        return ZoneInfo(self.known.loaded.programme.settings.timezone)

    def _go_to_wanted(self) -> None:
        wanted, self._wanted = self._wanted, None
        assert self.known is not None
        unit = next((u for u in self.known.loaded.programme.units if u.name == wanted), None)
        if unit is not None:
            self._by_series.choose(unit.series)
            self.chart.choose(unit.code)
            self.waiting.table.choose_named(unit.code)

    # ---- keys ------------------------------------------------------------------------------------

    def walk(self, key: str) -> None:
        """Choose another unit."""
        if self.known is not None and self.known.board is None:
            self.waiting.table.walk(key)
        else:
            self.chart.walk(key)

    def unit_code(self) -> str:
        """Code of the unit that is chosen; empty while there is none."""
        if self.known is not None and self.known.board is None:
            unit = self.waiting.table.current()
            return "" if unit is None else str(unit.code)
        return self.chart.code

    def _explain(self) -> None:
        from cati.services import scoring

        line = self._line()
        if line is not None and self.known is not None:
            loaded, session, channel = self.known.loaded, self.office.session, self._by_channel.code
            self.office.ask(
                self,
                lambda: scoring.explain(session, loaded, line.unit.code, channel),
                lambda found: self._show_working(line, channel, found),
            )

    def _show_working(self, line: UnitScore, channel: str, found: Working | None) -> None:
        if found is None:
            self.office.tell(_("Nobody was asked for this score; D shows what is behind it."))
            return
        assert self.known is not None
        programme = self.known.loaded.programme
        asked = channel or next((c.code for c in programme.channels if c.kind == "phone"), "")
        name = channel_words(programme, asked) if asked else ""
        show_working(self, line, found, name)

    # ---- what is behind a score ------------------------------------------------------------------

    def _look_behind(self) -> None:
        from cati.services import behind

        line = self._line()
        if line is None or self.known is None:
            return
        loaded, session = self.known.loaded, self.office.session

        def show(found: UnitBehind) -> None:
            if self.keys.mode is Mode.SCORES:
                self.behind.show_unit(loaded, found)
                self._stack.setCurrentWidget(self.behind)
                self.keys.push(Mode.BEHIND)

        self.office.ask(self, lambda: behind.unit_behind(session, loaded, line.unit.code), show)

    def _list_interviews(self, unit: str, group: str, item: str) -> None:
        from cati.services import behind

        assert self.known is not None
        loaded, session = self.known.loaded, self.office.session
        self.office.ask(
            self,
            lambda: behind.interviews_behind(session, loaded, unit, group, item),
            self.behind.show_interviews,
        )

    def _hear(self, interview: str, item: str) -> None:
        self._hearing = True
        self.office.go("review", (interview, item))

    def _leave_behind(self) -> None:
        self._stack.setCurrentWidget(self._board)
        self.keys.pop(Mode.BEHIND)
        self.setFocus()


def _in_order(units: Sequence[Any]) -> list[str]:
    return list(dict.fromkeys(unit.series for unit in units))
