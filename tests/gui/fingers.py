"""Key presses with the times of a finger, as the X server tells them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent, QWindow

from tests.gui.stalls import between

TAP_MS, BETWEEN_MS = 60, 60
DELAY_MS, REPEAT_MS = 660, 40
"""From pressing to the first repeat of a held key, and from one repeat to the next."""
NOTHING = Qt.KeyboardModifier.NoModifier
_WRITES = {Qt.Key.Key_Return: "\r", Qt.Key.Key_Backspace: "\b", Qt.Key.Key_Tab: "\t"}


class Fingers:
    """Presses keys of one window; the clock of its events is its own.

    Args:
        window: gets the events as from its server.
    """

    def __init__(self, window: QWindow) -> None:
        self._window, self.now = window, 1000

    def tap(self, *keys: Qt.Key, held: Qt.KeyboardModifier = NOTHING) -> None:
        """Press and let go, one key after the other."""
        for key in keys:
            self.down(key, held)
            self.now += TAP_MS
            self.up(key, held)
            self.now += BETWEEN_MS
            between()

    def hold(self, key: Qt.Key, seconds: float, noticed: bool = False) -> None:
        """Keep a key down; the server repeats it as releases and presses of the same moment.

        Args:
            seconds: until it is let go.
            noticed: whether Qt finds out that these are repeats.
        """
        end = self.now + round(seconds * 1000)
        self.down(key)
        self.now += DELAY_MS
        while self.now < end:
            self.up(key, repeated=noticed)
            self.down(key, repeated=noticed)
            self.now += REPEAT_MS
        self.up(key)
        self.now += BETWEEN_MS

    def down(self, key: Qt.Key, held: Qt.KeyboardModifier = NOTHING, repeated: bool = False) -> None:
        """Press a key."""
        self._send(QEvent.Type.KeyPress, key, held, repeated)

    def up(self, key: Qt.Key, held: Qt.KeyboardModifier = NOTHING, repeated: bool = False) -> None:
        """Let a key go."""
        self._send(QEvent.Type.KeyRelease, key, held, repeated)

    def _send(self, kind: QEvent.Type, key: Qt.Key, held: Qt.KeyboardModifier, repeated: bool) -> None:
        plain = held in (NOTHING, Qt.KeyboardModifier.ShiftModifier)
        text = _WRITES.get(key, chr(key) if key < 0x100 else "") if plain else ""
        event = QKeyEvent(kind, key, held, text, repeated)
        event.setTimestamp(self.now)
        QCoreApplication.sendEvent(self._window, event)
