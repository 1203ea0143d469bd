"""The register over the lists: pages for what units hand in, complaints, problems and indicators."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QStackedLayout, QWidget

from cati.base.errors import CatiError
from cati.base.i18n import translate as _
from cati.domain.programmes import LoadedProgramme, Programme
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.register.complaints import ComplaintPage
from cati.gui.register.hand_ins import HandInPage
from cati.gui.register.indicators import IndicatorPage
from cati.gui.register.pages import Known, RegisterPage
from cati.gui.register.problems import ProblemPage
from cati.gui.theme import px
from cati.gui.widgets.layouts import Holder, row
from cati.gui.widgets.segments import Segment, Segments

if TYPE_CHECKING:
    from cati.services.register import Register

WIDTH = 1090


class RegisterSheet:
    """Lies over the lists until it is left; what is stored is shown at once.

    Args:
        place: the lists.
        loaded: the programme.
        known: what is known now.
        changed: is called after something was stored.
    """

    def __init__(
        self, place: Place, loaded: LoadedProgramme, known: Known, changed: Callable[[], Any]
    ) -> None:
        self._place, self._loaded, self._changed = place, loaded, changed
        self.pages = {code: make(loaded) for code, (_words, make) in _pages(loaded.programme).items()}
        self.tabs = Segments(
            _("Page"), [Segment(code, words) for code, (words, _make) in _pages(loaded.programme).items()]
        )
        body = QWidget()
        self._stack = QStackedLayout(body)
        for page in self.pages.values():
            page.show_known(known)
            self._stack.addWidget(page)
        self.tabs.chosen.connect(lambda code: self._stack.setCurrentWidget(self.pages[code]))
        width = min(WIDTH, (place.width() - px(24)) * 100 // px(100))
        parts = [Holder(row(self.tabs, None)), body]
        self.question = Question(place, _("Register"), "", parts, _("Store"), self._store, width=width)
        self.question.form.set_scant(True)

    @property
    def page(self) -> RegisterPage:
        """What is seen."""
        return self.pages[self.tabs.code]

    def _store(self) -> None:
        if not self.question.form.filled_in(*self.page.needed()):
            return
        try:
            work = self.page.work()
        except CatiError as error:
            self.question.refuse(error)
            return
        session, loaded = self._place.office.session, self._loaded
        assert work is not None
        self.question.wait(_("one moment"))

        def do() -> tuple[Any, Known]:
            result = work(session, loaded)
            return result, look(session, loaded)

        self._place.office.ask(self._place, do, self._finish, self.question.refuse)

    def _finish(self, done: tuple[Any, Known]) -> None:
        told, known = done
        self.question.form.go(_("Store"))
        self.question.form.hush_complaint()
        self.page.clear()
        for page in self.pages.values():
            page.show_known(known)
        # What was only looked up is told in words.
        self._place.office.tell(told if isinstance(told, str) else _("Stored."))
        self._changed()


class HandInSheet:
    """What units handed in, over the lists, for whoever reads it and decides nothing.

    Args:
        place: the lists.
        loaded: the programme.
        register: what is known.
    """

    def __init__(self, place: Place, loaded: LoadedProgramme, register: Register) -> None:
        self.page = HandInPage(loaded)
        self.page.only_read()
        self.page.show_register(register)
        width = min(WIDTH, (place.width() - px(24)) * 100 // px(100))
        self.question = Question(
            place, _("What units hand in"), "", [self.page], _("Close"), lambda: self.question.leave(),
            width=width,
        )  # fmt: skip


def look(session: Any, loaded: LoadedProgramme) -> Known:
    """Read all that the register shows."""
    from cati.services import complaints, indicators, problems, register

    return Known(
        register.look(session, loaded),
        complaints.listing(session, loaded),
        problems.listing(session, loaded),
        indicators.board(session, loaded),
    )


def _pages(programme: Programme) -> dict[str, tuple[str, Callable[[LoadedProgramme], RegisterPage]]]:
    found: dict[str, tuple[str, Callable[[LoadedProgramme], RegisterPage]]] = {
        "hand_ins": (_("What units hand in"), HandInPage),
        "complaints": (_("Complaints"), ComplaintPage),
    }
    if any(rule.per != "unit" for rule in programme.adjustments):
        found["problems"] = (_("Problems"), ProblemPage)
    if programme.indicators:
        found["indicators"] = (_("Indicators"), IndicatorPage)
    return found
