"""The way from other threads into the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid


class GuiThread(QObject):
    """Runs callables in the window's thread, in the order they were posted.

    Made in the window's thread; `post` may be called from any. Recorder, heartbeat and workers report
    through it, so that no callback of theirs ever touches a widget.
    """

    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._posted.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], Any], receiver: QObject | None = None) -> None:
        """Run `call` later in the window's thread, unless `receiver` has been deleted by then."""
        self._posted.emit((call, receiver))

    @Slot(object)
    def _run(self, posted: tuple[Callable[[], Any], QObject | None]) -> None:
        call, receiver = posted
        if receiver is None or isValid(receiver):
            call()
