"""The sound of the interview in hand: opened in the worker, drawn beside it, followed while it plays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from cati.base.errors import CatiError
from cati.gui.office.office import Office
from cati.gui.tasks import Job

if TYPE_CHECKING:
    from cati.services.review import Sound

FOLLOW_MS = 50
SPEEDS = (1.0, 1.25, 1.5, 2.0)
VOICES = ("both", "operator", "respondent")


class Listening(QObject):
    """Plays one interview at a time.

    Signals:
        opened: there is something to hear now, or it is known that there is not.
        drawn: more of its picture is there; True when all of it is.
        moved: it plays or stands somewhere else.
        heard: from here to there (ms) was heard without a break.
        fetched: what share of it has come from the archive, 0 to 1.
    """

    opened = Signal()
    drawn = Signal(bool)
    moved = Signal()
    heard = Signal(int, int)
    fetched = Signal(float)

    def __init__(self, office: Office, parent: QObject) -> None:
        super().__init__(parent)
        self._office = office
        self._hearing: Any = None
        self._job: Job | None = None
        # Tells an interview that was asked for from the one that is wanted by now.
        self._wanted: object = None
        self._told_fault: object = None
        self._before = (False, 0)
        self._heard = (0, 0)
        self.speed, self.voice = SPEEDS[0], VOICES[0]
        self._timer = QTimer(self)
        self._timer.setInterval(FOLLOW_MS)
        self._timer.timeout.connect(self._follow)

    # ---- one interview ---------------------------------------------------------------------------

    def open(self, sounds: Sequence[Sound]) -> None:
        """Have the recordings of an interview opened; none is no fault."""
        self.close()
        if not sounds:
            self.opened.emit()
            return
        wanted = self._wanted = object()
        room = self._office.listening_room
        if not room.fetches:
            self._office.ask(
                self, lambda: room.open(sounds), lambda hearing: self._take(hearing, wanted), self._cannot
            )
            return
        self._job = self._office.start(
            self,
            lambda job: room.open(sounds, lambda share: job.step(share)),
            lambda hearing: self._take(hearing, wanted),
            lambda error: self._not_fetched(error, wanted),
            lambda share, _words: self.fetched.emit(share) if wanted is self._wanted else None,
        )

    def close(self) -> None:
        """Stop, and let go of the recordings."""
        self._timer.stop()
        self._wanted = None
        if self._job is not None:
            self._job.cancel()
            self._job = None
        if self._hearing is not None:
            self._hearing.close()
            self._hearing = None
        self._before, self._heard = (False, 0), (0, 0)

    def _not_fetched(self, error: CatiError, wanted: object) -> None:
        if wanted is self._wanted:
            self._job = None
            self._cannot(error)

    def _cannot(self, error: CatiError) -> None:
        self._office.say_error(error)
        self.opened.emit()

    def _take(self, hearing: Any, wanted: object) -> None:
        if wanted is not self._wanted:
            hearing.close()
            return
        self._job, self._hearing = None, hearing
        hearing.player.set_speed(self.speed)
        hearing.player.set_voice(self.voice)
        self.opened.emit()
        if hearing.audible:
            self._timer.start()
            self._job = self._office.start(
                self,
                lambda job: hearing.draw(lambda share: job.step(share)),
                lambda _none: self._all_drawn(wanted),
                self._not_drawn,
                lambda _share, _words: self.drawn.emit(False),
            )

    def _all_drawn(self, wanted: object) -> None:
        if wanted is self._wanted:
            self._job = None
            self.drawn.emit(True)

    def _not_drawn(self, error: CatiError) -> None:
        if error.code != "cancelled":
            self._office.say_error(error)

    # ---- what there is ---------------------------------------------------------------------------

    @property
    def audible(self) -> bool:
        """Whether there is anything to hear."""
        return self._hearing is not None and self._hearing.audible

    @property
    def picture(self) -> Any:
        """Of the sound; None when there is nothing to hear."""
        return self._hearing.peaks if self.audible else None

    @property
    def channels(self) -> int:
        """1 when only the operator was recorded."""
        return self._hearing.channels if self._hearing is not None else 0

    @property
    def complete(self) -> bool:
        """Whether every recording is there and whole."""
        return self._hearing is not None and self._hearing.complete

    @property
    def faults(self) -> Sequence[CatiError]:
        """What keeps some of it from being heard."""
        return tuple(self._hearing.faults) if self._hearing is not None else ()

    def places(self, kind: str) -> list[int]:
        """Where the operator noted something of a kind."""
        return list(self._hearing.places(kind)) if self.audible else []

    def loud(self, step_ms: int) -> list[bool]:
        """Where anything is to be heard, step by step."""
        return list(self._hearing.peaks.loud(step_ms)) if self.audible else []

    # ---- playing ---------------------------------------------------------------------------------

    @property
    def playing(self) -> bool:
        """Whether it sounds."""
        return self._before[0]

    @property
    def place_ms(self) -> int:
        """What is heard now."""
        return self._before[1]

    def toggle(self) -> None:
        """Play, or stop here."""
        if self.audible:
            if self._hearing.player.state.playing:
                self._hearing.player.pause()
            else:
                self._hearing.player.play()

    def play(self, place_ms: int) -> None:
        """Play from a place."""
        if self.audible:
            self._hearing.player.play(place_ms)

    def seek(self, place_ms: int) -> None:
        """Go to a place."""
        if self.audible:
            self._hearing.player.seek(place_ms)

    def skip(self, by_ms: int) -> None:
        """Go so far on, or back."""
        if self.audible:
            self._hearing.player.skip(by_ms)

    def set_speed(self, speed: float) -> None:
        """Hear faster or slower."""
        self.speed = speed
        if self._hearing is not None:
            self._hearing.player.set_speed(speed)

    def set_voice(self, voice: str) -> None:
        """Hear both, or one of them."""
        self.voice = voice
        if self._hearing is not None:
            self._hearing.player.set_voice(voice)

    def _follow(self) -> None:
        state = self._hearing.player.state
        now = (state.playing, state.place_ms)
        if state.fault is not None and state.fault is not self._told_fault:
            self._told_fault = state.fault
            self._office.say_error(state.fault)
        if now != self._before:
            self._before = now
            self._note_heard(state.since_ms, state.place_ms)
            self.moved.emit()

    def _note_heard(self, since_ms: int, place_ms: int) -> None:
        """Tell what was heard since the last look, however long ago that was."""
        since, to = self._heard
        start = to if since == since_ms and to <= place_ms else since_ms
        self._heard = (since_ms, place_ms)
        if place_ms > start:
            self.heard.emit(start, place_ms)
