"""The system: users, copies with the examination of the station, and the audit log in tabs."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.office.office import Office
from cati.gui.office.place import Place
from cati.gui.system.tab import SystemTab
from cati.gui.widgets.layouts import OneOf, column, row
from cati.gui.widgets.segments import Segment, Segments

TABS: tuple[tuple[str, str, str, str], ...] = (
    ("users", N_("Users"), "system.users", "UsersTab"),
    ("care", N_("Copies and examination"), "system.care", "CareTab"),
    ("telephone", N_("Telephone"), "system.telephone", "TelephoneTab"),
    ("audit", N_("Audit log"), "system.log", "AuditTab"),
)
"""Code, words, module and class of each tab, in the order they stand in; made when first shown."""


class SystemPage(Place):
    """Tabs over one place."""

    mode = Mode.SYSTEM

    def __init__(self, office: Office, keys: Keys) -> None:
        super().__init__(office, keys)
        self._made: dict[str, SystemTab] = {}
        self._shown = ""
        self.tabs = Segments(_("System"), [Segment(code, _(said)) for code, said, _m, _c in TABS])
        self.tabs.chosen.connect(self._switch)
        self._body = OneOf()
        self.setLayout(column(row(self.tabs, None), (self._body, 1), gap=8, margins=(16, 9, 16, 9)))

    @property
    def here(self) -> SystemTab:
        """The tab that is shown."""
        return self._made[self._shown]

    def summary(self) -> str:
        """As the tab says."""
        return self.here.summary() if self._shown else ""

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """To another tab, and what the shown one does."""
        return {"system_tab": self._step, **(self.here.handlers() if self._shown else {})}

    def arrive(self, about: object = None) -> None:
        """Show the tab that was left; `about` is the code of another one."""
        if isinstance(about, str) and about != self.tabs.code:
            self.tabs.choose(about)
        elif not self._shown:
            self._switch(self.tabs.code)

    def refresh(self) -> None:
        """Let the tab read anew."""
        if self._shown:
            self.here.refresh()

    def reason_to_stay(self) -> str:
        """As the tab says."""
        return self.here.reason_to_stay() if self._shown else ""

    def _switch(self, code: str) -> None:
        first = not self._shown
        if not first:
            self.keys.unbind(*self.here.handlers())
        if code not in self._made:
            module, name = next((module, name) for one, _w, module, name in TABS if one == code)
            made = getattr(import_module(f"cati.gui.{module}"), name)(self)
            made.summary_changed.connect(self.head_changed)
            self._made[code] = made
            self._body.add(made)
        self._shown = code
        self._body.choose(self.here)
        self.keys.bind_all(self.handlers())
        self.head_changed.emit()
        if not first:
            # The frame itself asks for the first one.
            self.here.refresh()

    def _step(self, key: str) -> None:
        codes = [code for code, *_rest in TABS]
        step = 1 if key == "F7" else -1
        self.tabs.choose(codes[(codes.index(self.tabs.code) + step) % len(codes)])
