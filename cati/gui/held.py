"""Which keys are held down: a key that has not been let go since it acted must not act again.

`QKeyEvent.isAutoRepeat` is not enough. X11 repeats a held key as a release and a press of the same
millisecond, and Qt tells such a pair from a real one only when both are in its queue at once.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

SAME_MOMENT_MS = 2
"""A release and a press no further apart were made by no finger."""
HELD_MS = 100
"""A key is down this long before it repeats; whoever lets it go earlier has only tapped it."""
LOST_MS = 1200
"""A key that did not even repeat for so long was let go where nobody saw it, as in another window."""


@dataclass
class _Down:
    """A key that was pressed: when, when seen last, where its letters went; ms of the event's clock."""

    since: int
    seen: int
    where: QWidget | None
    released: int | None = None
    held: bool = False

    def lasts(self, now: int) -> bool:
        """Whether a press at this moment comes from the finger that pressed before."""
        if self.released is None:
            return 0 <= now - self.seen <= LOST_MS
        gap, down = now - self.released, self.released - self.since
        return 0 <= gap <= SAME_MOMENT_MS and down >= HELD_MS


class HeldKeys:
    """Watches presses and releases of one window."""

    def __init__(self) -> None:
        self._down: dict[int, _Down] = {}

    def press(self, event: QKeyEvent, where: QWidget | None) -> bool:
        """Take note of a press; True when the key was down already.

        Args:
            event: as it came, once or again on its way up to the window.
            where: what has the focus.
        """
        now, code = event.timestamp(), _code(event)
        before = self._down.get(code)
        if before is not None and before.released is None and before.seen == now:
            before.held |= event.isAutoRepeat()
            return before.held
        if before is not None and (event.isAutoRepeat() or before.lasts(now)):
            before.seen, before.released, before.held = now, None, True
            return True
        self._down[code] = _Down(now, now, where, held=event.isAutoRepeat())
        return event.isAutoRepeat()

    def release(self, event: QKeyEvent) -> None:
        """Take note of a release."""
        before = self._down.get(_code(event))
        if before is not None and not event.isAutoRepeat():
            before.released = event.timestamp()

    def began_in(self, event: QKeyEvent, where: QWidget) -> bool:
        """Whether the key of a press was put down while `where` had the focus."""
        before = self._down.get(_code(event))
        return before is not None and before.where is where


def _code(event: QKeyEvent) -> int:
    """The key as a place on the keyboard, whatever it writes; events made by hand have none."""
    return event.nativeScanCode() or event.key()
