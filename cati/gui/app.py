"""The application and its window: from an empty screen to sign-in to a place of work."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from PySide6.QtCore import QLibraryInfo, QTimer, QTranslator, Signal
from PySide6.QtGui import QCloseEvent, QContextMenuEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QStackedLayout, QWidget

from cati.base import i18n, logging
from cati.base.errors import CatiError
from cati.base.i18n import translate as _
from cati.gui import theme
from cati.gui.actions import Keys
from cati.gui.events import GuiThread
from cati.gui.guide.beginning import Beginning, Draft, Founding
from cati.gui.help import Help
from cati.gui.news import News
from cati.gui.sign_in import Door, SignInPage
from cati.gui.tasks import Tasks, fault_sentence
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.layouts import column, row
from cati.gui.widgets.surface import Band
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.base.settings import Settings
    from cati.gui.guide.finishing import Finishing
    from cati.gui.sound.sheet import Booth

SCALE_STEP = 0.1


class Station(Door, Protocol):
    """What the window asks of the station it runs on."""

    @property
    def settings(self) -> Settings:
        """Of the station."""
        ...

    def sound_booth(self, on_sound: Callable[[Any], None]) -> Booth:
        """Where the sound is tested; runs in the worker."""
        ...

    def unfinished(self, session: Any) -> Sequence[str]:
        """What of the setting up is still open; runs in the worker."""
        ...

    def founding(self) -> Founding:
        """Leave the demonstration for real work: closes the station; runs in the worker."""
        ...

    def sign_out(self, session: Any) -> None:
        """Note the end of a session; runs in the worker."""
        ...

    def restore(self, session: Any, file: Path) -> Path | None:
        """Close, and put a copy in the database's place; where the one before lies; runs in the worker."""
        ...

    def daily_backup(self, tell: Callable[[], None]) -> None:
        """Copy the database unless that was done today; a long job, which `tell` may stop."""
        ...

    def listen(
        self,
        told: Callable[[str, int], None],
        live: Callable[[bool], None],
        lost: Callable[[datetime | None, str], None],
    ) -> None:
        """Be told of what changes on a server, from another thread; see `News`."""
        ...

    def close(self) -> None:
        """Let go of database, recorder and lock."""
        ...


@runtime_checkable
class Stays(Protocol):
    """A place that may have to keep the window open."""

    def reason_to_stay(self) -> str:
        """Why the window cannot be closed now, in words; empty when it can."""
        ...


@runtime_checkable
class Speaks(Protocol):
    """A place that has a line of its own for what the user has to be told."""

    def say(self, sentence: str) -> None:
        """Show a sentence until it is seen."""
        ...


@runtime_checkable
class LetsGo(Protocol):
    """A place that holds something which must be given back."""

    def let_go(self) -> None:
        """The place is left."""
        ...


@dataclass(frozen=True)
class Start:
    """What the window needs to begin.

    Attributes:
        open_station: slow; called in the worker after the first paint. It is given what to tell how far
            the making of a demonstration has come: steps done and steps in all. Where there are no users
            yet it gives what founds a station.
        make_place: the place of work for a session, made in the window's thread; practice for None.
        language: one of `i18n.LANGUAGES`.
        mode: a colour mode of the theme.
        scale: per cent.
        version: of the program.
        log_folder: where the log lies.
        remember: keeps settings that were changed here: language, theme, scale.
        fetch: imports what places of work need; a long job once the station is open, which is given what
            may stop it.
    """

    open_station: Callable[[Callable[[int, int], None]], Station | Founding]
    make_place: Callable[[Shell, Any], QWidget]
    language: str
    mode: str
    scale: int
    version: str
    log_folder: Path
    remember: Callable[[dict[str, str]], None]
    fetch: Callable[[Callable[[], None]], None] = lambda _step: None


class Notice(Band):
    """A line over everything for what concerns the whole window, such as a fault of the program."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self.is_well = False
        self._words = Text(size=14, ink="stop", bold=True, elide=True)
        button = Button(_("Seen"), "Ctrl+E", Kind.QUIET, 13, 32)
        button.clicked.connect(self.hide)
        self._icon = Icon("warning", "stop", 18, "stop_s")
        line = row(self._icon, (self._words, 1), button, gap=8, margins=(18, 0, 10, 0))
        super().__init__(line, "stop_s", 36)
        self.hide()
        keys.bind("dismiss", self.hide)

    def take_back(self, sentence: str) -> None:
        """What was said concerns nobody any more; anything else stays."""
        if self._words.words() == sentence:
            self.hide()

    def say(self, sentence: str, well: bool = False) -> None:
        """Show a sentence until it is dismissed; `well` when it tells of something done as it should be."""
        self.is_well = well
        ink, ground = ("ok", "ok_s") if well else ("stop", "stop_s")
        self._icon.set_icon("tick" if well else "warning", ink, ground)
        self._words.set_ink(ink)
        self.set_ground(ground, None)
        self._words.set_text(sentence)
        self._words.setToolTip(sentence)
        self._keys.bind("dismiss", self.hide)
        self.show()


class Shell(QWidget):
    """The window: a notice line, and under it sign-in or the place of work.

    Args:
        start: see there.
    """

    painted = Signal()

    def __init__(self, start: Start) -> None:
        super().__init__()
        self._start = start
        self._station: Station | None = None
        self._session: Any = None
        self._place: QWidget | None = None
        self._guide: Beginning | Finishing | None = None
        self._was_painted = False
        self._parting = ""
        self.setWindowTitle("CATI")
        self.keys = Keys(self)
        self.tasks = Tasks(self)
        self.news = News(self)
        self._gui = GuiThread(self)
        self._notice = Notice(self.keys)
        self._stack = QStackedLayout()
        self.setLayout(column(self._notice, (self._stack, 1), gap=0))
        self._help = Help(self, self.keys, self.tasks, lambda: self._place, self._not_kept)
        self._bind()
        self._sign_in = self._make_sign_in()
        self.tasks.fault.connect(self.show_fault)
        self.resize(1366, 768)

    @property
    def station(self) -> Station:
        """The open station."""
        assert self._station is not None
        return self._station

    def _bind(self) -> None:
        self.keys.bind("larger", lambda: self._restyle(scale=theme.current().scale + SCALE_STEP))
        self.keys.bind("smaller", lambda: self._restyle(scale=theme.current().scale - SCALE_STEP))
        self.keys.bind("dark", self._switch_mode)
        self.keys.bind("language", self._switch_language)

    def _make_sign_in(self, before: SignInPage | None = None) -> SignInPage:
        page = SignInPage(self.keys, self.tasks, self._start.version)
        if before is not None:
            page.go_on_from(before)
        page.signed_in.connect(self._let_in)
        page.practise.connect(lambda: self.enter(None))
        page.retry.connect(self._open_station)
        page.earnest.connect(self._leave_demo)
        self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        page.take_focus()
        if self._station is not None:
            page.open(self._station)
        return page

    def paintEvent(self, event: QPaintEvent) -> None:
        """After the first paint the slow part begins."""
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self._first_paint)

    def _first_paint(self) -> None:
        self.painted.emit()
        self._open_station()

    def _open_station(self) -> None:
        work = partial(self._start.open_station, self._tell_preparing)
        self.tasks.run(self, work, self._opened, self._cannot_open)

    def _tell_preparing(self, done: int, total: int) -> None:
        self._gui.post(lambda: self._sign_in.preparing(done, total), self)

    def _opened(self, found: Station | Founding) -> None:
        if isinstance(found, Founding):
            self._begin(found)
            return
        self._sign_in.open(found)
        self._work_on(found)

    def _work_on(self, station: Station) -> None:
        self._station = station
        self.news.listen(station)
        fetch = self._start.fetch
        self.tasks.start(self, lambda job: fetch(lambda: job.step(0.0)), lambda _none: None, self._not_kept)
        self.tasks.start(
            self, lambda job: station.daily_backup(lambda: job.step(0.0)), lambda _none: None, self._not_kept
        )

    def _cannot_open(self, error: CatiError) -> None:
        self._sign_in.cannot_open(error)

    # ---- a station without users -----------------------------------------------------------------

    def _begin(self, founding: Founding, draft: Draft | None = None) -> None:
        """Lead through the making of the station."""
        self.keys.unbind("confirm", "set_up", "practise_first", "take_over")
        left = self._front()
        guide = Beginning(self.keys, self.tasks, self._start.version, founding, self._enter_new, draft)
        guide.language_settled.connect(lambda: self.remember({"language": i18n.language()}))
        for leave in (guide.in_use, guide.given_up):
            leave.connect(self._leave_guide)
        guide.made.connect(lambda found: self._made(*found))
        self._guide = guide
        self._stack.addWidget(guide)
        self._stack.setCurrentWidget(guide)
        guide.take_focus()
        self._drop(left)

    def _enter_new(self, login: str, password: str) -> tuple[Station, Any]:
        station = self._start.open_station(lambda _done, _total: None)
        assert not isinstance(station, Founding)
        return station, station.sign_in(login, password)

    def _made(self, station: Station, session: Any) -> None:
        self._work_on(station)
        self._let_in(session)

    def _let_in(self, session: Any) -> None:
        """To work, unless something of the setting up is still open."""
        station = self.station
        self._session = session
        self.tasks.run(
            self,
            lambda: station.unfinished(session),
            lambda steps: self._finish(session, steps) if steps else self.enter(session),
            lambda error: self._enter_all_the_same(session, error),
        )

    def _enter_all_the_same(self, session: Any, error: CatiError) -> None:
        self.enter(session)
        self.say(str(error))

    def _finish(self, session: Any, steps: Sequence[str]) -> None:
        """Go on with the setting up, as the first user."""
        from cati.gui.guide.finishing import Finishing

        self.keys.unbind("confirm", "set_up", "practise_first", "take_over")
        left = self._front()
        if self._guide is not None:
            self._guide.let_go()
        guide = Finishing(self.keys, self.tasks, self._start.version, self.station, session, steps)
        guide.device_chosen.connect(lambda name: self.remember({"audio_device": name}))
        guide.finished.connect(lambda: self.enter(session))
        self._guide = guide
        self._stack.addWidget(guide)
        self._stack.setCurrentWidget(guide)
        self._drop(left)

    def _leave_guide(self) -> None:
        """To sign-in: of the bureau that is there already, or of the demonstration."""
        left = self._front()
        assert self._guide is not None
        self._guide.let_go()
        self._guide = None
        self.keys.bind("language", self._switch_language)
        self._sign_in = self._make_sign_in()
        self._drop(left)
        self._open_station()

    def _leave_demo(self) -> None:
        station, self._station = self.station, None
        self.tasks.run(self, station.founding, self._begin, self._cannot_open)

    def _front(self) -> QWidget:
        return self._sign_in if self._guide is None else self._guide

    def _drop(self, page: QWidget) -> None:
        self._stack.removeWidget(page)
        page.deleteLater()

    # ---- places of work --------------------------------------------------------------------------

    def enter(self, session: Any) -> None:
        """Show the place of work of somebody who has signed in, or practice for nobody (None)."""
        # It was meant for whoever left.
        self._notice.take_back(self._parting)
        self.keys.unbind("language", "confirm", "set_up", "practise_first", "take_over")
        left = self._front()
        if self._guide is not None:
            self._guide.let_go()
            self._guide = None
        self._session = session
        self._place = self._start.make_place(self, session)
        self._stack.addWidget(self._place)
        self._stack.setCurrentWidget(self._place)
        self._drop(left)

    def change_place(self, make: Callable[[], QWidget]) -> None:
        """Go over to another place of work of the same session; stays where it must not be left."""
        place: object = self._place
        reason = place.reason_to_stay() if isinstance(place, Stays) else ""
        if reason:
            self.say(reason)
            return
        if isinstance(place, LetsGo):
            place.let_go()
        left, self._place = self._place, make()
        self._stack.addWidget(self._place)
        self._stack.setCurrentWidget(self._place)
        if left is not None:
            self._stack.removeWidget(left)
            left.deleteLater()

    def leave(self, said: str = "", *, well: bool = False) -> None:
        """Back to sign-in, after clocking out.

        Args:
            said: stands over the sign-in; where the server cannot be told of the leaving either, this is all
                that is said of it.
            well: all is as it should be.
        """
        self._sign_out(said)
        self._to_sign_in()
        if said:
            self._parting = said
            self._notice.say(said, well)

    def _to_sign_in(self) -> None:
        assert self._place is not None
        self._bind()
        left, self._place = self._place, None
        self._sign_in = self._make_sign_in()
        self._stack.removeWidget(left)
        left.deleteLater()

    def restore(self, file: Path) -> None:
        """Put a copy in the database's place: back to sign-in, and on with what it holds."""
        station, session = self.station, self._session
        self._station = self._session = None
        self._to_sign_in()

        def work() -> tuple[Station | Founding, Path | None]:
            self.tasks.end_jobs()
            station.sign_out(session)
            old = station.restore(session, file)
            return self._start.open_station(self._tell_preparing), old

        self.tasks.run(self, work, lambda done: self._restored(*done), self._cannot_open)

    def _restored(self, found: Station | Founding, old: Path | None) -> None:
        self._opened(found)
        words = _(
            "The copy is in its place. Sign in as it was then. What was there before is kept as {file}."
        )
        self._notice.say(words.format(file=old.name if old else ""), well=True)

    def _sign_out(self, said: str = "") -> None:
        left, self._session = self._session, None
        if left is None:
            return

        def failed(error: CatiError) -> None:
            # What is said of the leaving stands already, in the tone it has.
            if not said:
                self.say(str(error))

        self.tasks.run(self, lambda: self.station.sign_out(left), lambda _none: None, failed)

    def say(self, sentence: str) -> None:
        """Show a sentence until it is dismissed: in the place's own line if it has one, else over all."""
        place: object = self._place
        if isinstance(place, Speaks):
            place.say(sentence)
        else:
            self._notice.say(sentence)

    def show_fault(self, reference: str) -> None:
        """Tell of a fault of the program, found in the log under `reference`; from any thread."""
        self._gui.post(lambda: self.say(str(fault_sentence(reference))), self)

    def _restyle(self, mode: str | None = None, scale: float | None = None) -> None:
        now = theme.current()
        used = theme.use(mode or now.mode, round(now.scale if scale is None else scale, 2))
        changed = {"theme": used.mode, "scale": str(round(used.scale * 100))}
        self.remember(changed)

    def _switch_mode(self) -> None:
        modes = list(theme.MODES)
        self._restyle(mode=modes[(modes.index(theme.current().mode) + 1) % len(modes)])

    def _switch_language(self) -> None:
        others = [name for name in i18n.LANGUAGES if name != i18n.language()]
        use_language(others[0])
        self.remember({"language": others[0]})
        if isinstance(self._guide, Beginning):
            self._begin(self._guide.founding, self._guide.draft())
            return
        old = self._sign_in
        self._sign_in = self._make_sign_in(old)
        self._drop(old)

    def remember(self, changed: dict[str, str]) -> None:
        """Keep settings of this station that were changed here."""
        self.tasks.run(self, lambda: self._start.remember(changed), lambda _none: None, self._not_kept)

    def _not_kept(self, error: CatiError) -> None:
        self.say(str(error))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What the keys do, for the mouse."""
        self.keys.menu(self).popup(event.globalPos())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stay while the place of work needs it; else finish what was asked for and let go."""
        reason = self._place.reason_to_stay() if isinstance(self._place, Stays) else ""
        if reason:
            self.say(reason)
            event.ignore()
            return
        for front in (self._place, self._guide):
            part: object = front
            if isinstance(part, LetsGo):
                part.let_go()
        self._sign_out()
        self.tasks.close()
        if self._station is not None:
            self._station.close()
        event.accept()


_translators: list[QTranslator] = []


def use_language(language: str) -> None:
    """Speak another language from now on, in Qt's own menus too."""
    i18n.set_language(language)
    app = QApplication.instance()
    assert app is not None
    while _translators:
        app.removeTranslator(_translators.pop())
    if language == "en":
        return
    translator = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(f"qtbase_{language}", folder):
        app.installTranslator(translator)
        _translators.append(translator)


def make_application(start: Start) -> tuple[QApplication, Shell]:
    """The application and its window, not yet shown."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("CATI")
    use_language(start.language)
    theme.use(start.mode, start.scale / 100)
    return app, Shell(start)


def run(start: Start) -> int:
    """Open the window and stay until it is closed; returns the exit code."""
    # A folder that takes no log is told in the window, when it opens the station.
    with suppress(CatiError):
        logging.start(start.log_folder)
    app, shell = make_application(start)
    logging.install_hooks(shell.show_fault)
    shell.show()
    # Without a window manager nobody else gives the window the keyboard.
    shell.activateWindow()
    return app.exec()
