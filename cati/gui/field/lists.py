"""What the long lists share: filters, a search for people, and a table that is filled as it is looked at."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from cati.base.errors import CatiError
from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.browse import Filters
from cati.domain.dispositions import DISPOSITIONS
from cati.domain.programmes import LoadedProgramme, in_language
from cati.gui.actions import Keys
from cati.gui.field.tab import Tab
from cati.gui.office.office import Office
from cati.gui.tasks import Job
from cati.gui.theme import px
from cati.gui.widgets.chooser import Chooser
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import column, row
from cati.gui.widgets.rows import PAGE
from cati.gui.widgets.segments import Segment, Segments
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.table import Cell, Column, Table
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.browse import Found

DAYS = {"today": 0, "yesterday": 1, "week": 6}


class Asked(NamedTuple):
    """What is looked for, as it was set when it was asked."""

    programme: LoadedProgramme
    filters: Filters
    order: str
    down: bool


def _search_words(sees_numbers: bool) -> str:
    return _("Case, number or name") if sees_numbers else _("Number of a case")


class ListTab(Tab):
    """Filters over one long table. The first page is shown at once; the rest is counted beside.

    A subclass says which columns there are, and asks for ids and rows.

    Args:
        office: session, programme and worker.
        keys: of the window.
    """

    name = ""
    columns: Callable[[], Sequence[Column]]
    first_order: tuple[str, bool]

    def __init__(self, office: Office, keys: Keys) -> None:
        super().__init__(office, keys)
        self._found: Found | None = None
        self._count: int | None = None
        self._job: Job | None = None
        self._search = LineField(_search_words(False), hint=_search_words(False), size=13, height=28)
        self._search.setMinimumWidth(px(200))
        self._units, self._groups = Chooser(_("Unit"), width=150), Chooser(_("Group"), width=120)
        self._outcomes = Chooser(_("Outcome"), width=130)
        self._people = Chooser(_("Operator"), width=120)
        self._days = Segments(_("Day"), self._day_choices())
        self._told = Text(size=13, ink="ink2", elide=True)
        self._progress = Text(size=13, ink="ink2")
        self.table = Table(_(self.name), type(self).columns(), self._cells, nothing=_("Nothing to show"))
        self.table.set_order(*self.first_order)
        self.table.ordered.connect(lambda _code, _down: self._load())
        self.table.opened.connect(self._open)
        self.setLayout(
            column(
                row(*self._filters(), None, gap=6),
                row(self._days, self._search, (self._told, 1), self._progress, gap=10),
                (Surface(column(self.table, margins=(6, 4, 6, 6))), 1),
                gap=8,
            )
        )
        for chooser in (self._units, self._groups, self._outcomes, self._people, self._days):
            chooser.chosen.connect(lambda _code: self._load())

    # ---- what a subclass says --------------------------------------------------------------------

    def _filters(self) -> Sequence[QWidget]:
        return (self._units, self._groups, self._outcomes, self._people)

    @abstractmethod
    def _cells(self, thing: Any) -> Sequence[Cell | str]:
        """What a row shows, column by column."""

    @abstractmethod
    def _ids(self, ask: Asked, limit: int | None, step: Callable[[int], None]) -> Sequence[Any]:
        """Ids of what is asked for; runs in a worker."""

    @abstractmethod
    def _rows(self, ids: Sequence[Any]) -> Sequence[Any]:
        """Rows of some ids; runs in the worker."""

    @abstractmethod
    def _open(self, thing: Any) -> None:
        """Enter was pressed on a row."""

    def _wanted(self) -> Filters:
        since, until = self._days_wanted()
        return Filters(
            unit=self._units.code,
            group=self._groups.code,
            disposition=self._outcomes.code,
            operator=int(self._people.code) if self._people.code else None,
            since=since,
            until=until,
            cases=self._found.cases if self._found is not None else None,
        )

    # ---- the place asks --------------------------------------------------------------------------

    def summary(self) -> str:
        """How many there are."""
        if self._count is None:
            return ""
        return ngettext("{count:,} row", "{count:,} rows", self._count).format(count=self._count)

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """Walk, open, order; search and leave the search."""
        return {
            **self.table.handlers(),
            "table_open": self._enter,
            "field_search": self._search.setFocus,
            "field_back": self._forget_search,
        }

    def arrive(self) -> None:
        """The rows have the keys."""
        self.table.setFocus()

    def depart(self) -> None:
        """Nobody waits for the rest any more."""
        self._stop()

    def refresh(self) -> None:
        """Read filters and rows anew."""
        from cati.services import browse

        loaded, session = self.office.programme, self.office.session
        if loaded is None:
            return
        self._name_search(browse.sees_numbers(session, loaded))
        self._name_filters()
        self.office.ask(self, lambda: browse.operators(session), self._name_people)
        self._load()

    # ---- filters ---------------------------------------------------------------------------------

    def _name_search(self, sees_numbers: bool) -> None:
        self._search.setPlaceholderText(_search_words(sees_numbers))
        self._search.setAccessibleName(_search_words(sees_numbers))

    def _day_choices(self) -> list[Segment]:
        return [
            Segment("", _("All days")),
            Segment("today", _("Today")),
            Segment("yesterday", _("Yesterday")),
            Segment("week", _("7 days")),
        ]

    def _days_wanted(self) -> tuple[datetime | None, datetime | None]:
        if not self._days.code or self.office.programme is None:
            return None, None
        zone = ZoneInfo(self.office.programme.programme.settings.timezone)
        today = datetime.combine(self.office.session.clock.now().astimezone(zone).date(), time(), zone)
        since = today - timedelta(days=DAYS[self._days.code])
        until = today if self._days.code == "yesterday" else today + timedelta(days=1)
        return since, until

    def _name_filters(self) -> None:
        assert self.office.programme is not None
        programme = self.office.programme.programme
        units = [Segment(unit.code, unit.name) for unit in programme.units]
        self._units.set_choices([Segment("", _("All units")), *units])
        groups = [Segment(g.code, in_language(g.labels, language(), g.label)) for g in programme.groups]
        self._groups.set_choices([Segment("", _("All groups")), *groups])
        outcomes = [Segment(code, _(one.label)) for code, one in DISPOSITIONS.items()]
        self._outcomes.set_choices([Segment("", _("All outcomes")), *outcomes])
        if not self._people.code:
            self._people.set_choices([Segment("", _("All operators"))])

    def _name_people(self, people: Sequence[tuple[int, str]]) -> None:
        choices = [Segment(str(number), name) for number, name in people]
        self._people.set_choices([Segment("", _("All operators")), *choices])

    # ---- rows ------------------------------------------------------------------------------------

    def _load(self) -> None:
        """The first page at once, then all ids beside."""
        wanted = self._asked()
        if wanted is None:
            return
        self._stop()
        self._count = None
        self.office.ask(
            self,
            lambda: self._ids(wanted, PAGE, lambda _count: None),
            lambda ids: self._show_first(wanted, ids),
        )

    def _asked(self) -> Asked | None:
        if self.office.programme is None:
            return None
        return Asked(self.office.programme, self._wanted(), *(self.table.order or self.first_order))

    def _show_first(self, wanted: Asked, ids: Sequence[Any]) -> None:
        if wanted != self._asked():
            return
        self.table.show_pages(ids, self._rows, self.office.ask)
        if len(ids) < PAGE:
            self._show_count(len(ids))
            return

        def step(job: Job, count: int) -> None:
            job.step(0.0, _("{count:,} read").format(count=count))

        self._job = self.office.start(
            self,
            lambda job: self._ids(wanted, None, lambda count: step(job, count)),
            self._show_all,
            self._stopped,
            lambda _share, said: self._progress.set_text(said),
        )

    def _show_all(self, ids: Sequence[Any]) -> None:
        self._job = None
        self.table.show_pages(ids, self._rows, self.office.ask)
        self._show_count(len(ids))

    def _show_count(self, count: int) -> None:
        self._count = count
        self._progress.set_text("")
        self.summary_changed.emit()

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self._progress.set_text("")

    def _stopped(self, error: CatiError) -> None:
        if error.code != "cancelled":
            self._job = None
            self._progress.set_text("")
            self.office.say_error(error)

    # ---- looking for people ----------------------------------------------------------------------

    def _enter(self) -> None:
        if self._search.hasFocus():
            self._look_for(self._search.text())
        else:
            self.table.open_current()

    def _look_for(self, typed: str) -> None:
        from cati.services import browse

        loaded, session = self.office.programme, self.office.session
        if not typed.strip() or loaded is None:
            self._forget_search()
            return
        self._stop()
        self._job = self.office.start(
            self,
            lambda job: browse.find(session, loaded, typed, lambda share: job.step(share)),
            self._take_found,
            self._stopped,
            lambda share, _said: self._progress.set_text(_("searching, {share:.0%}").format(share=share)),
        )
        self._progress.set_text(_("searching"))

    def _take_found(self, found: Found) -> None:
        self._job, self._found = None, found
        count = len(found.cases)
        told = ngettext("{count} case found", "{count} cases found", count).format(count=count)
        if found.more:
            told = _("More than {count} cases: only these are shown, type more").format(count=count)
        self._told.set_text(told)
        self.table.setFocus()
        self._load()

    def _forget_search(self) -> None:
        """Stop looking, then show everybody again."""
        self._stop()
        self._search.clear()
        self._told.set_text("")
        self.table.setFocus()
        if self._found is not None:
            self._found = None
            self._load()
