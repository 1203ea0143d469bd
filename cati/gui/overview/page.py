"""The overview: one next step, six stages, the speed, open matters, and the days of the programme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.overview import Overview, StageName
from cati.domain.users import Right
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.office.office import Office
from cati.gui.office.place import Place
from cati.gui.overview.calendar import CalendarLine
from cati.gui.overview.keys import MATTER_KEYS
from cati.gui.overview.line import ProgressLine
from cati.gui.overview.parts import MatterRow, StageCard, StepCard
from cati.gui.overview.words import (
    STAGES,
    Said,
    button_words,
    speed_words,
    stage_time,
    stage_words,
    step_words,
    verdict_words,
)
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.middle import Middle
from cati.gui.widgets.surface import Rule, Surface, Tag
from cati.gui.widgets.text import Part, Text

REFRESH_MS = 15_000


class OverviewPage(Place):
    """Where the programme stands; Enter leads to what is to be done next."""

    mode = Mode.OVERVIEW

    def __init__(self, office: Office, keys: Keys) -> None:
        super().__init__(office, keys)
        self._found: Overview | None = None
        self._until = Tag("", "ink", "panel", "calendar", "line", 13)
        self._until.hide()
        self.step = StepCard()
        self.step.button.clicked.connect(lambda: keys.trigger("next_step"))
        self._stages = {name: StageCard(_(words)) for name, words in STAGES.items()}
        self._line, self._calendar = ProgressLine(), CalendarLine()
        self._speed, self._in_time = Text(size=13, ink="ink2"), Text(size=14, bold=True)
        self._matters = [MatterRow(key) for key in MATTER_KEYS]
        self._rules = [Rule() for _key in MATTER_KEYS[1:]]
        self._count = Text(size=13, ink="ink2")
        self._rest = Holder(self._below())
        cards = list(self._stages.values())
        halves = [row(*((card, 1) for card in half), gap=10) for half in (cards[:3], cards[3:])]
        self._halves = row(*((half, 1) for half in halves), gap=10)
        self._cards = Holder(self._halves)
        middle = Middle()
        # Without a programme the one card stays as high as its words.
        self._empty = QWidget()
        shown = (self.step, self._cards, (self._rest, 1), (self._empty, 1))
        middle.addWidget(Holder(column(*shown, gap=10, margins=(16, 10, 16, 10))))
        self.setLayout(column(middle, gap=0))
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._show_nothing()

    def _below(self) -> Any:
        head = row(Text(_("Progress"), 15, bold=True), self._speed, None, self._in_time, gap=10)
        progress = Surface(column(head, (self._line, 1), gap=4, margins=(16, 10, 12, 6)))
        lines: list[QWidget] = [self._matters[0]]
        for rule, matter in zip(self._rules, self._matters[1:], strict=True):
            lines += [rule, matter]
        for key, matter in zip(MATTER_KEYS, self._matters, strict=True):
            matter.pressed.connect(lambda k=key: self.keys.trigger("open_matter", k))
        title = row(Text(_("Still missing"), 15, bold=True), self._count, None, gap=8)
        missing = Surface(column(title, *lines, None, gap=3, margins=(16, 10, 10, 8)))
        dates = Surface(column(self._calendar, margins=(14, 10, 14, 6)), "panel")
        self._pair = row((progress, 6), (missing, 5), gap=10)
        return column((self._pair, 1), dates, gap=10)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay one under the other what has no room side by side."""
        super().resizeEvent(event)
        tight = theme.current().space(self.window().width()) >= theme.Space.TIGHT
        self._halves.set_upright(tight)
        self._pair.set_upright(tight)

    def restyle(self) -> None:
        """Follow another size of letters."""
        self.resizeEvent(QResizeEvent(self.size(), self.size()))

    # ---- the frame asks --------------------------------------------------------------------------

    def summary(self) -> str | Sequence[Part]:
        """Figures of the whole programme."""
        loaded = self.office.programme
        if loaded is None:
            return ""
        programme = loaded.programme
        series = len({unit.series for unit in programme.units})
        return _("{units} units · {series} series · {cells} cells · {quota:,} interviews").format(
            units=len(programme.units),
            series=series,
            cells=len(programme.cells),
            quota=programme.quota,
        )

    def marks(self) -> Sequence[QWidget]:
        """How many days are left."""
        return (self._until,)

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """To where something is to be done."""
        return {"next_step": self._go_on, "open_matter": self._open}

    def arrive(self, about: object = None) -> None:
        """Follow the calling while shown."""
        self._timer.start()

    def depart(self) -> None:
        """Nobody looks any more."""
        self._timer.stop()

    def refresh(self) -> None:
        """Look again where the programme stands."""
        from cati.services import overview

        loaded, session = self.office.programme, self.office.session
        if loaded is None:
            self._show_nothing()
        else:
            if self._found is None:
                self.step.say(Said(_("Looking …"), ""), "")
            self.office.ask(self, lambda: overview.look(session, loaded), self._take)

    # ---- what is shown ---------------------------------------------------------------------------

    def _show_nothing(self) -> None:
        self._found = None
        self._cards.hide()
        self._rest.hide()
        self._empty.show()
        self._until.hide()
        if self.office.may(Right.SET_UP_PROGRAMME):
            why = _("A programme workbook says who is evaluated, what is asked, and how it is weighed.")
            self.step.say(Said(_("Load a programme"), why), button_words("programmes"))
        else:
            self.step.say(Said(_("There is no programme yet"), _("The bureau loads one.")), "")

    def _take(self, found: Overview) -> None:
        self._found = found
        facts = found.facts
        for name, standing in found.stages:
            words = stage_words(name, standing, found)
            self._stages[StageName(name)].say(standing, stage_time(name, standing, facts), words)
        self._show_step(found)
        self._show_matters(found)
        self._speed.set_text(speed_words(found.forecast))
        self._in_time.set_text(verdict_words(found.forecast))
        self._in_time.set_ink("warn" if found.forecast.in_time is False else "ok")
        self._line.show_forecast(found.forecast, facts.today)
        self._calendar.show_days(found.calendar, facts.today, facts.programme.hand_ins)
        self._cards.show()
        self._rest.show()
        self._empty.hide()
        self._show_days_left(found)
        self.head_changed.emit()

    def _show_step(self, found: Overview) -> None:
        step = found.next_step
        if step is None:
            words = Said(_("Nothing for you to do"), _("The stages below show where the programme stands."))
            self.step.say(words, "")
        else:
            self.step.say(step_words(step, found.facts), button_words(step.place))

    def _show_matters(self, found: Overview) -> None:
        count = len(found.open_matters)
        self._count.set_text(
            ngettext("{count} matter", "{count} matters", count).format(count=count)
            if count
            else _("nothing")
        )
        for place, line in enumerate(self._matters):
            line.setVisible(place < count)
            if place:
                self._rules[place - 1].setVisible(place < count)
            if place < count:
                matter = found.open_matters[place]
                line.say(step_words(matter, found.facts), matter.urgent)

    def _show_days_left(self, found: Overview) -> None:
        end = found.forecast.end
        open_now = found.facts.state in ("setup", "drawn") and end is not None
        days = (end - found.facts.today).days if end is not None else 0
        self._until.set_text(
            ngettext("{count} day until calling ends", "{count} days until calling ends", days).format(
                count=days
            )
            if days >= 0
            else _("calling time is over")
        )
        self._until.setVisible(open_now)

    # ---- keys ------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        if self._found is None:
            if self.office.programme is None and self.office.may(Right.SET_UP_PROGRAMME):
                self.office.go("programmes")
        elif self._found.next_step is not None:
            self.office.go(self._found.next_step.place, self._found.next_step)

    def _open(self, key: str) -> None:
        place = MATTER_KEYS.index(key)
        if self._found is not None and place < len(self._found.open_matters):
            matter = self._found.open_matters[place]
            self.office.go(matter.place, matter)
