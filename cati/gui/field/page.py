"""The field: today's board and the long lists in tabs, and one case on its card over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.users import Right
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.field.card import CardTab
from cati.gui.field.case_list import CasesTab
from cati.gui.field.listen import ListenBar
from cati.gui.field.tab import CasesOf, Tab
from cati.gui.office.office import Office
from cati.gui.office.place import Place
from cati.gui.widgets.layouts import OneOf, column, row
from cati.gui.widgets.segments import Segment, Segments
from cati.gui.widgets.text import Part

TABS: tuple[tuple[str, str, str, str], ...] = (
    ("today", N_("Today"), "field.board", "BoardTab"),
    ("cases", N_("Cases"), "field.case_list", "CasesTab"),
    ("attempts", N_("Calls"), "field.call_lists", "AttemptsTab"),
    ("recordings", N_("Recordings"), "field.call_lists", "RecordingsTab"),
    ("attendance", N_("Attendance"), "field.attendance", "AttendanceTab"),
)
"""Code, words, module and class of each tab, in the order they stand in; made when first shown."""
CARD = "card"
NEEDS = {"attendance": Right.KEEP_ATTENDANCE}
"""What a tab asks of whoever is to see it, beside the way into the place."""


class FieldPage(Place):
    """Tabs over one place; a case's card lies over the tab it was opened from."""

    mode = Mode.FIELD

    def __init__(self, office: Office, keys: Keys) -> None:
        super().__init__(office, keys)
        self._made: dict[str, Tab] = {}
        self._shown = ""
        self._codes = [code for code, _s, _m, _c in TABS if code not in NEEDS or office.may(NEEDS[code])]
        said = {code: _(words) for code, words, _m, _c in TABS}
        self.tabs = Segments(_("Field"), [Segment(code, said[code]) for code in self._codes])
        self.tabs.chosen.connect(self._show)
        self._body = OneOf()
        self._is_here = False
        self.listening = ListenBar(office, keys)
        self.listening.changed.connect(self._listen_changed)
        self.setLayout(
            column(row(self.tabs, None), self.listening, (self._body, 1), gap=8, margins=(16, 9, 16, 9))
        )

    # ---- the frame asks --------------------------------------------------------------------------

    def summary(self) -> str | Sequence[Part]:
        """As the tab says."""
        return self.here.summary() if self._shown else ""

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """To another tab, and what the shown one does."""
        tab = self.here.handlers() if self._shown else {}
        if self._shown == CARD:
            tab["field_back"] = self._leave_card
        if self.listening.on:
            tab["field_back"] = self.listening.stop
        return {"field_tab": self._step, **tab}

    def arrive(self, about: object = None) -> None:
        """Show the tab that was left, or a case.

        Args:
            about: row number of a case, the cell whose cases are to be listed, or code of a tab.
        """
        self._is_here = True
        if isinstance(about, int):
            self.open_case(about)
        elif isinstance(about, CasesOf):
            cases = self._tab("cases")
            assert isinstance(cases, CasesTab)
            cases.narrow(about)
            self._show("cases")
        elif isinstance(about, str):
            self._show(about)
        elif not self._shown:
            self._show(self.tabs.code)
        else:
            self.here.arrive()

    def refresh(self) -> None:
        """Let the tab read anew."""
        if self._shown:
            self.here.refresh()

    def depart(self) -> None:
        """Nobody looks any more, and nobody listens."""
        self._is_here = False
        self.listening.stop()
        if self._shown:
            self.here.depart()

    def _listen_changed(self) -> None:
        if not self._is_here:
            return
        bound = self.handlers()
        if "field_back" not in bound:
            self.keys.unbind("field_back")
        self.keys.bind_all(bound)

    # ---- tabs ------------------------------------------------------------------------------------

    @property
    def here(self) -> Tab:
        """The tab that is shown."""
        return self._made[self._shown]

    def open_case(self, case_id: int) -> None:
        """Lay a case's card over the tab."""
        card = self._tab(CARD)
        assert isinstance(card, CardTab)
        self._switch(CARD)
        card.show_case(case_id)

    def _tab(self, code: str) -> Tab:
        if code not in self._made:
            kind = CardTab
            for one, _words, module, name in TABS:
                if one == code:
                    kind = getattr(import_module(f"cati.gui.{module}"), name)
            made = kind(self.office, self.keys)
            made.card_wanted.connect(self.open_case)
            made.summary_changed.connect(self.head_changed)
            made.listen_wanted.connect(self.listening.listen_to)
            self._made[code] = made
            self._body.add(made)
        return self._made[code]

    def _show(self, code: str) -> None:
        if self.tabs.code != code:
            self.tabs.choose(code)
            return
        self._switch(code)
        self.here.refresh()

    def _switch(self, code: str) -> None:
        if code == self._shown:
            return
        if self._shown:
            self.here.depart()
            self.keys.unbind(*self.handlers())
        self._tab(code)
        self._shown = code
        self._body.choose(self.here)
        self.keys.bind_all(self.handlers())
        self.here.arrive()
        self.head_changed.emit()

    def _leave_card(self) -> None:
        self._switch(self.tabs.code)
        self.here.refresh()

    def _step(self, key: str) -> None:
        codes = self._codes
        step = 1 if key == "F7" else -1
        at = codes.index(self.tabs.code)
        if self._shown == CARD:
            self._leave_card()
        else:
            self._show(codes[(at + step) % len(codes)])
