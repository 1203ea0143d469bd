"""Opens the window on this station: what is slow to import or to open waits for the first paint."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.metadata import version
from pkgutil import walk_packages
from typing import Any

from PySide6.QtWidgets import QWidget

from cati.base import i18n, settings
from cati.base.errors import CatiError
from cati.domain.users import Right, Role
from cati.gui.app import Shell, Start, Station, run
from cati.gui.guide.beginning import Founding

DEMONSTRATION = "CATI_DEMO"
"""Environment variable that asks for the demonstration in a database that is still empty."""


def open_window() -> int:
    """Open the window and stay until it is closed; returns the exit code."""
    return run(make_start())


def make_start() -> Start:
    """What the window needs, from the settings of this station.

    Settings that cannot be read do not keep the window from opening: it opens plainly, and says what is
    wrong with them when it opens the station.
    """
    try:
        known = settings.load({})
    except CatiError:
        folder = settings.first_folder({})
        language, theme, scale = i18n.system_language(), settings.THEMES[0], 100
    else:
        folder, language, theme, scale = known.data_folder, known.language, known.theme, known.scale
    return Start(
        open_station=_open_station,
        make_place=_make_place,
        language=language,
        mode=theme,
        scale=scale,
        version=version("cati"),
        log_folder=folder / "logs",
        remember=_remember,
        fetch=fetch,
    )


def _open_station(tell: Callable[[int, int], None]) -> Station | Founding:
    # Brings the database's library with it.
    from cati import bootstrap

    asked = os.environ.get(DEMONSTRATION) == "1"
    return bootstrap.open_station(settings.load({}), demonstration=asked, tell=tell)


def _remember(changed: dict[str, str]) -> None:
    # Where the data lie may have been chosen in the window.
    settings.save(settings.load({}).data_folder, changed)


def fetch(step: Callable[[], None]) -> None:
    """Import every screen and every service: whoever goes there for the first time does not wait for it.

    What is imported stays, so the collector of garbage passes over it from then on: going through all of it
    would keep the window's thread for longer than an eye notices.

    Args:
        step: called before each module; may stop it.
    """
    import cati.gui
    import cati.services

    for package in (cati.services, cati.gui):
        for found in walk_packages(package.__path__, f"{package.__name__}."):
            step()
            import_module(found.name)
    gc.freeze()


def _make_place(shell: Shell, session: Any) -> QWidget:
    return _practice_of_nobody(shell) if session is None else PlacesOfWork(shell, session).first()


def _practice_of_nobody(shell: Shell) -> QWidget:
    """Practice for who has not signed in; the way out leads to sign-in again."""
    from cati.gui.console.console import Console

    def back(_code: str) -> None:
        place.let_go()
        shell.leave()

    station: Any = shell.station
    place = Console(shell, partial(station.practice, None), to_practice=back, practising=True)
    return place


class PlacesOfWork:
    """Calling and the office, for whoever may enter both or one of them.

    Args:
        shell: the window they lie in.
        session: of whoever signed in.
    """

    def __init__(self, shell: Shell, session: Any) -> None:
        self._shell, self._session = shell, session
        roles = session.actor.roles
        self._calls = session.actor.may(Right.INTERVIEW)
        self._office = bool(roles - {Role.OPERATOR})
        self._begins_calling = Role.OPERATOR in roles
        self._called_for: str | None = None
        self._worked_on: str | None = None

    def first(self) -> QWidget:
        """Where the day begins: calling for who was hired to call, else the office."""
        return self._calling() if self._begins_calling else self._desk()

    def _calling(self) -> QWidget:
        from cati.gui.console.console import Console

        to_office = partial(self._shell.change_place, self._desk) if self._office else None
        return Console(
            self._shell,
            partial(self._station.workplace, self._session, self._called_for),
            to_office,
            to_practice=lambda code: self._shell.change_place(partial(self._practice, code)),
            to_choice=lambda: self._shell.change_place(self._choice_to_call),
            anew=lambda: self._shell.change_place(self._calling),
        )

    def _practice(self, code: str) -> QWidget:
        from cati.gui.console.console import Console

        self._called_for = code
        return Console(
            self._shell,
            partial(self._station.practice, self._session, code),
            to_practice=lambda _code: self._shell.change_place(self._calling),
            practising=True,
        )

    def _choice_to_call(self) -> QWidget:
        from cati.gui.console.choice import ChoicePage

        def chosen(code: str) -> None:
            self._called_for = code
            self._shell.change_place(self._calling)

        before = self._called_for
        leave = self._shell.leave if before is None else partial(self._shell.change_place, self._calling)
        return ChoicePage(self._shell, self._to_be_called, chosen, leave, before or "")

    def _to_be_called(self) -> Any:
        from cati.services import programmes

        return programmes.for_calling(self._session)

    def _desk(self) -> QWidget:
        from cati.gui.office.frame import OfficeFrame
        from cati.gui.office.office import Office

        to_calling = partial(self._shell.change_place, self._calling) if self._calls else None
        station = self._station
        shell, room = self._shell, station.listening_room
        office = Office(shell.tasks, self._session, station.settings, room, shell.news)
        to_choice = partial(self._shell.change_place, partial(self._choice_to_work_on, office))
        return OfficeFrame(self._shell, office, to_calling, to_choice, self._worked_on)

    def _choice_to_work_on(self, office: Any) -> QWidget:
        from cati.gui.console.choice import ChoicePage

        def chosen(code: str) -> None:
            self._worked_on = code
            self._shell.change_place(self._desk)

        now = office.programme.programme.code if office.programme is not None else ""
        return ChoicePage(self._shell, self._known, chosen, lambda: chosen(now), now)

    def _known(self) -> Any:
        from cati.services import programmes

        return programmes.listing(self._session)

    @property
    def _station(self) -> Any:
        return self._shell.station
