"""The office's frame: directory, head and key bar never move; between them lies the place of the moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from cati.base.errors import SHUT_OUT, CatiError
from cati.base.i18n import translate as _
from cati.domain.programmes import LoadedProgramme
from cati.domain.stations import SHUT, STRAIN_WORDS, Strain, strain_words
from cati.domain.times import clock
from cati.domain.users import Right, Role
from cati.gui.action import Mode
from cati.gui.actions import BY_NAME
from cati.gui.office.directory import PLACES
from cati.gui.office.following import Following
from cati.gui.office.nav import Nav, NavLine
from cati.gui.office.office import Office
from cati.gui.office.place import Place, PlaceKind
from cati.gui.office.words import role_words
from cati.gui.own_password import ask_own_password
from cati.gui.widgets.key_bar import KeyBar
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.middle import Middle
from cati.gui.widgets.surface import Band, Page
from cati.gui.widgets.text import Name, Text
from cati.gui.widgets.trouble_line import TroubleLine

if TYPE_CHECKING:
    from cati.gui.app import Shell

HEAD = 52
MESSAGES_MS = 15_000
"""How often messages are counted where the server does not tell of them."""
# The least window, in px.
LEAST_WIDTH, LEAST_HEIGHT = 1024, 600
STRAIN_SECONDS = 10.0
"""How soon after a look stations' troubles are looked at again: many stations tell of themselves."""
ROLE_ORDER = (Role.BUREAU, Role.SUPERVISOR, Role.ADMIN, Role.OBSERVER, Role.OPERATOR, Role.CLERK)


class OfficeFrame(Page):
    """Supervisor's, bureau's and observer's place of work.

    Args:
        shell: the window it lies in.
        office: session, programme and worker.
        to_calling: goes over to interviewing; None for who has no right to.
        to_choice: lets another programme be chosen; None where that is not possible.
        code: of the programme to begin with; None for the one loaded last.
    """

    def __init__(
        self,
        shell: Shell,
        office: Office,
        to_calling: Callable[[], Any] | None = None,
        to_choice: Callable[[], Any] | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__()
        self._shell, self._keys, self.office = shell, shell.keys, office
        self._places: dict[Mode, Place] = {}
        self._kinds = [kind for kind in PLACES if any(office.may(right) for right in kind.rights)]
        self._to_choice, self._code = to_choice, code
        self._codes: set[str] = set()
        self._here: PlaceKind | None = None
        self._marked: Place | None = None
        self.nav = Nav()
        self._title, self._summary = Text(size=20, bold=True), Name((14, 13, 12), ink="ink2", bold=False)
        self._marks = row(gap=8)
        head = row(self._title, (self._summary, 1), Holder(self._marks), gap=10, margins=(16, 0, 16, 0))
        self._stack = Middle()
        self.notice = TroubleLine(self._keys)
        self.key_bar = KeyBar(self._keys)
        self._head = Band(head, "sheet", HEAD, bottom="line")
        right = column(self._head, self.notice, (self._stack, 1), gap=0)
        self.setLayout(column((row(self.nav, (right, 1), gap=0), 1), self.key_bar, gap=0))
        self._bound: dict[str, Callable[..., Any]] = {
            "office_place": lambda key: self._go_to(key.removeprefix("Ctrl+")),
            "look_again": self.refresh,
            "sign_out": self._leave,
            "own_password": self._change_password,
        }
        if to_calling is not None:
            self._bound["place"] = to_calling
        self._keys.bind_all(self._bound)
        self.nav.chosen.connect(self._go_to)
        office.said.connect(self.say)
        office.taken_back.connect(self.notice.take_back)
        office.wanted.connect(self._go_by_name)
        office.programme_changed.connect(self._follow_programme)
        office.projecting.connect(self._project)
        office.restoring.connect(self._restore)
        office.news.line_changed.connect(self._show_line)
        office.news.heard.connect(self._hear)
        self._waiting = 0
        self._messages = Following(
            self, office, frozenset({"messages"}), lambda _kinds: self._count_messages(), MESSAGES_MS
        )
        self._strain: Strain | None = None
        self._strained = Following(
            self,
            office,
            frozenset({"stations"}),
            lambda _kinds: self._look_at_strain(),
            MESSAGES_MS,
            STRAIN_SECONDS,
        )
        self._show_line()
        if office.may(Right.SEE_PROGRESS):
            self._strained.start()
        self._follow_programme()
        self._keys.set_mode(Mode.ASK)
        self._find_programme()

    # ---- what the window asks --------------------------------------------------------------------

    def say(self, sentence: str, well: bool = False) -> None:
        """Show a sentence until it is seen; `well` when it tells of something done as it should be."""
        self.notice.say(sentence, well)

    def _show_line(self) -> None:
        """Say that the server does not answer, or takes nothing, for as long as that is so."""
        since, why = self.office.news.lost_since, self.office.news.lost_why
        if since is None:
            self.notice.take_back(self.office.unanswered)
            self.notice.stand(strain_words(self._strain, _) if self._strain is not None else "")
            return
        if why in STRAIN_WORDS:
            self.notice.stand(_(STRAIN_WORDS[why]))
            return
        said = _(
            "No connection to the server since {time}. What is shown is from before; it goes on by itself "
            "when the server answers."
        )
        self.notice.stand(said.format(time=clock(since)))

    def _hear(self, what: str, _programme: int) -> None:
        """Say why the server lets nobody go on here for as long as that is so: asking for anything tells."""
        from cati.services import programmes

        if what == SHUT:
            session = self.office.session
            self.office.ask(
                self, lambda: programmes.listing(session), lambda _known: self._show_line(), self._shut_out
            )

    def _shut_out(self, refused: CatiError) -> None:
        if refused.code in SHUT_OUT:
            self.notice.stand(str(refused))
        else:
            self.office.say_error(refused)

    def reason_to_stay(self) -> str:
        """Why the window cannot be closed now; empty when it can."""
        return self.here.reason_to_stay() if self._here is not None else ""

    def let_go(self) -> None:
        """The office is left: its keys are given back."""
        self._messages.stop()
        self._strained.stop()
        if self._here is not None:
            self.here.depart()
            self._keys.unbind(*self.here.handlers())
        self._keys.unbind(*self._bound, "programme")

    # ---- places ----------------------------------------------------------------------------------

    @property
    def here(self) -> Place:
        """The place that is shown."""
        assert self._here is not None
        return self._places[self._here.mode]

    def refresh(self) -> None:
        """Look again at everything the place shows."""
        self.here.refresh()

    def _off(self, kind: PlaceKind) -> str:
        if kind.needs_programme and self.office.programme is None:
            return _("no programme yet")
        return ""

    def _go_to(self, digit: str) -> None:
        # What was said of one place is of no use in another.
        self.notice.clear()
        for kind in self._kinds:
            if kind.digit == digit:
                self._go(kind, None)

    def _go_by_name(self, name: str, about: object) -> None:
        for kind in self._kinds:
            if kind.mode.value == name:
                self._go(kind, about)

    def _go(self, kind: PlaceKind, about: object) -> None:
        if self._off(kind):
            self.say(_("There is no programme yet. Load one first."))
            return
        if self._here is not None:
            reason = self.here.reason_to_stay()
            if reason:
                self.say(reason)
                return
            self.here.depart()
            self.here.head_changed.disconnect(self._show_head)
            self._keys.unbind(*self.here.handlers(), tell=False)
        self._here = kind
        if kind.mode not in self._places:
            self._places[kind.mode] = kind.make(self.office, self._keys)
            self._stack.addWidget(self._places[kind.mode])
        place = self.here
        self._stack.setCurrentWidget(place)
        self._keys.turn_to(kind.mode, place.handlers())
        place.head_changed.connect(self._show_head)
        self._show_marks(place.marks())
        self._show_head()
        self.nav.set_on(kind.digit)
        place.setFocus()
        place.arrive(about)
        place.refresh()

    def _show_marks(self, marks: Sequence[QWidget]) -> None:
        while self._marks.count():
            item = self._marks.takeAt(0)
            old = item.widget() if item is not None else None
            if old is not None:
                old.hide()
                # Its place may show it while away: without a parent it would be a window of its own.
                old.setParent(self._marked)
        self._marked = self.here
        for mark in marks:
            self._marks.put(mark)
            mark.show()

    def _show_head(self) -> None:
        assert self._here is not None
        self._title.set_text(_(self._here.title))
        self._summary.set_text(self.here.summary())
        words, icon, ink = self.here.note()
        self.key_bar.set_note(words or self._who(), icon, ink)

    def _who(self) -> str:
        actor = self.office.actor
        first = next(role for role in ROLE_ORDER if role in actor.roles)
        return f"{role_words(first)} · {actor.name}"

    def _change_password(self) -> None:
        tell = partial(self.say, well=True)
        ask_own_password(self.here, self._keys, self._shell.tasks, self.office.session, tell)

    # ---- programme -------------------------------------------------------------------------------

    def _find_programme(self) -> None:
        from cati.services import keying, programmes

        session = self.office.session
        # Whoever is hired to key does nothing else.
        hired = self.office.may(Right.KEY_BALLOTS) and not self.office.may(Right.SEE_PROGRESS)

        def look() -> Sequence[LoadedProgramme]:
            known = programmes.listing(session)
            return keying.most_to_do_first(session, known) if hired else known

        self.office.ask(self, look, self._found)

    def _found(self, known: Sequence[LoadedProgramme]) -> None:
        self._codes |= {loaded.programme.code for loaded in known}
        if known:
            named = (loaded for loaded in known if loaded.programme.code == self._code)
            self.office.take(next(named, known[0]))
        if self._here is not None:
            self.refresh()
            return
        open_now = [kind for kind in self._kinds if not self._off(kind)]
        if open_now:
            self._go(open_now[0], None)

    def _project(self, on: bool) -> None:
        """Directory and head make room for a place that a whole room looks at."""
        self.nav.setVisible(not on)
        self._head.setVisible(not on)

    def _follow_programme(self) -> None:
        loaded = self.office.programme
        if loaded is None:
            self.nav.set_programme("CATI", _("no programme yet"))
        else:
            # A programme that was copied or loaded here is one more to choose from.
            self._codes.add(loaded.programme.code)
            several = self._to_choice is not None and len(self._codes) > 1
            change = BY_NAME["programme"].printed if several else ""
            self.nav.set_programme(loaded.programme.title, loaded.programme.code, change)
            if several and self._to_choice is not None:
                self._keys.bind("programme", self._to_choice)
        self._list_places()
        if loaded is not None and self.office.may(Right.REVIEW):
            self._messages.start()
            self._count_messages()

    def _list_places(self) -> None:
        self.nav.set_lines(
            NavLine(
                kind.digit, _(kind.title), self._off(kind), self._waiting if kind.mode is Mode.FIELD else 0
            )
            for kind in self._kinds
        )

    def _look_at_strain(self) -> None:
        """See whether stations tell of a server that takes nothing: whoever only reads does not notice."""
        from cati.services import stations

        session = self.office.session
        self._strained.ask(lambda: stations.strain(session), self._take_strain)

    def _take_strain(self, strain: Strain | None) -> None:
        if strain != self._strain:
            self._strain = strain
            self._show_line()

    def _count_messages(self) -> None:
        """See how many messages wait for whoever decides, wherever one is in the office."""
        from cati.services import messages

        session, loaded = self.office.session, self.office.programme
        if loaded is not None:
            self._messages.ask(lambda: messages.count_waiting(session, loaded), self._take_waiting)

    def _take_waiting(self, count: int) -> None:
        self._waiting = count
        self._list_places()

    def _restore(self, file: Path) -> None:
        self.let_go()
        self._shell.restore(file)

    def _leave(self) -> None:
        reason = self.reason_to_stay()
        if reason:
            self.say(reason)
            return
        self.let_go()
        self._shell.leave()

    def minimumSizeHint(self) -> QSize:
        """Small enough to be given little room: only then does it know to give way."""
        return QSize(LEAST_WIDTH, LEAST_HEIGHT)
