"""What every place of the office shares: the session, the programme in hand, and the way to the worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal

from cati.base.errors import SERVER_AWAY, CatiError
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Actor, Right
from cati.gui.tasks import Job, Tasks

if TYPE_CHECKING:
    from cati.base.settings import Settings
    from cati.gui.news import News
    from cati.services.context import Context

Result = TypeVar("Result")


class Office(QObject):
    """The desk behind the places, without a picture of its own.

    Args:
        tasks: of the window.
        session: of whoever signed in; handed to services, never looked into.
        settings: of this station.
        listening_room: makes what plays this station's recordings to a session.
        news: what the server tells of its own accord.

    Attributes:
        unanswered: what was said last of a server that does not answer.

    Signals:
        said: a sentence the user is to read, and whether it tells of something done as it should be.
        taken_back: a sentence that was said and does not hold any more.
        wanted: a place by its mode's value, and what to show there.
        programme_changed: another programme, or the same one in another state.
        projecting: whether the place fills the whole window, to be seen by a room.
        restoring: the file of a copy that takes the database's place now; the office is left.
    """

    said = Signal(str, bool)
    taken_back = Signal(str)
    wanted = Signal(str, object)
    programme_changed = Signal()
    projecting = Signal(bool)
    restoring = Signal(object)

    def __init__(
        self,
        tasks: Tasks,
        session: Context,
        settings: Settings,
        listening_room: Callable[[Context], Any],
        news: News,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._make_room, self._room = listening_room, None
        self.tasks = tasks
        self.session, self.settings, self.news = session, settings, news
        self._programme: LoadedProgramme | None = None
        self.unanswered = ""

    @property
    def actor(self) -> Actor:
        """Who works here."""
        return self.session.actor

    def may(self, right: Right) -> bool:
        """Whether whoever works here has a right; services ask again."""
        return self.actor.may(right)

    @property
    def programme(self) -> LoadedProgramme | None:
        """The programme in hand; None while there is none."""
        return self._programme

    def take(self, programme: LoadedProgramme | None) -> None:
        """Work on a programme from now on, or see the one in hand anew."""
        self._programme = programme
        self.programme_changed.emit()

    @property
    def listening_room(self) -> Any:
        """Where recordings of this station are heard."""
        if self._room is None:
            self._room = self._make_room(self.session)
        return self._room

    def ask(
        self,
        asker: QObject,
        work: Callable[[], Result],
        done: Callable[[Result], Any],
        failed: Callable[[CatiError], Any] | None = None,
    ) -> None:
        """Run a short statement in the worker; an error is said unless `failed` takes it."""

        def answered(result: Result) -> None:
            self.news.answered()
            done(result)

        self.tasks.run(asker, work, answered, failed or self.say_error)

    def start(
        self,
        asker: QObject,
        work: Callable[[Job], Result],
        done: Callable[[Result], Any],
        failed: Callable[[CatiError], Any] | None = None,
        progressed: Callable[[float, str], Any] = lambda _share, _words: None,
    ) -> Job:
        """Run a long job beside the worker; see `Tasks.start`."""
        return self.tasks.start(asker, work, done, failed or self.say_error, progressed)

    def go(self, place: str, about: object = None) -> None:
        """Show a place of the office.

        Args:
            place: value of its mode.
            about: what to show there, as that place understands it.
        """
        self.wanted.emit(place, about)

    def say(self, sentence: str) -> None:
        """Tell the user of something to see to, until it is seen."""
        self.said.emit(sentence, False)

    def tell(self, sentence: str) -> None:
        """Tell the user of something that was done as it should be, until it is seen."""
        self.said.emit(sentence, True)

    def take_back(self, sentence: str) -> None:
        """What was told does not hold any more."""
        self.taken_back.emit(sentence)

    def say_error(self, error: CatiError) -> None:
        """Tell the user what went wrong; that the server does not answer, only until it does."""
        if error.code in SERVER_AWAY:
            self.unanswered = str(error)
            self.lose_line(error)
        self.say(str(error))

    def lose_line(self, error: CatiError) -> None:
        """The server did not answer, or said why it cannot."""
        self.news.set_lost(self.session.clock.now(), error.code)
