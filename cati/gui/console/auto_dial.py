"""Dialling by itself after an outcome was stored, where the station's telephone was set to do so."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from cati.domain.call import Call
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.console.desk import Desk
from cati.gui.console.ready import ReadyScreen


class AutoDial(QObject):
    """Counts down on the queue card, does what the key does that dials, and is stopped by any key.

    The first case of a shift and one that comes after a break or a wait are dialled by key alone: nobody
    may be there to speak.

    Args:
        desk: has the case.
        keys: of the window.
        screen: shows the seconds that are left.
        look: sees whether calls are allowed now, and says it of the key that dials.
    """

    def __init__(self, desk: Desk, keys: Keys, screen: ReadyScreen, look: Callable[[], None]) -> None:
        super().__init__(screen)
        self._look = look
        self._desk, self._keys, self._screen = desk, keys, screen
        self._is_armed, self._left = False, 0
        self._case: tuple[object, object] | None = None
        self.ticker = QTimer(self)
        self.ticker.setInterval(1000)
        self.ticker.timeout.connect(self.beat)
        keys.pressed.connect(self.stop)

    def arm(self) -> None:
        """The operator is wrapping a call up: the next case may be dialled by itself."""
        self._is_armed = True

    def disarm(self) -> None:
        """There is no next case yet, or nobody is there."""
        self._is_armed = False
        self.stop()

    def begin(self) -> None:
        """A case is on the card: count down, if a call was wrapped up before it."""
        seconds, armed = self._desk.place.pause_seconds, self._is_armed
        self._is_armed = False
        if armed and seconds:
            self._left, self._case = seconds, _what(self._desk.call)
            self._screen.show_countdown(seconds)
            self.ticker.start()

    def stop(self) -> None:
        """Dial by key alone."""
        if self.ticker.isActive():
            self.ticker.stop()
            self._screen.show_countdown(0)

    def beat(self) -> None:
        """A second less; what changed meanwhile is not dialled by itself."""
        if not self.ticker.isActive():
            return
        self._look()
        if self._keys.mode is not Mode.READY or _what(self._desk.call) != self._case or self._is_off():
            self.stop()
            return
        self._left -= 1
        if self._left:
            self._screen.show_countdown(self._left)
        else:
            self.stop()
            self._keys.trigger("dial")

    def _is_off(self) -> bool:
        return any(offer.reason for offer in self._keys.offers() if offer.action.name == "dial")


def _what(call: Call) -> tuple[object, object]:
    """Whom a key would dial now, and on which number."""
    return (call.assignment.case_id, call.phone) if call.assignment is not None else (None, None)
