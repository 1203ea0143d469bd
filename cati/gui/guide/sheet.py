"""One sheet of the guide: what it asks, and what keys do on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal

from cati.base.errors import CatiError
from cati.base.i18n import translate as _
from cati.gui.form import Form
from cati.gui.tasks import Tasks

WIDTH = 600


class Sheet(Form):
    """A form of the guide.

    Signals:
        done: it is settled; the guide goes on.
    """

    done = Signal()

    def choose(self, key: str) -> None:
        """A digit was pressed outside of a field."""

    def confirm(self) -> None:
        """Enter was pressed."""
        raise NotImplementedError

    def take_focus(self) -> None:
        """Put the cursor where something is to be typed."""
        self.setFocus()

    def ask(self, tasks: Tasks, button: str, work: Callable[[], Any], done: Callable[[Any], Any]) -> None:
        """Have something checked or made; a refusal is said on the sheet.

        Args:
            tasks: runs it.
            button: its words, when it may be pressed again.
            work: runs in the worker.
            done: takes what it gave.
        """

        def finished(result: Any) -> None:
            self.go(button)
            done(result)

        def failed(error: CatiError) -> None:
            self.go(button)
            self.complain(str(error))

        self.wait(_("Checking"))
        tasks.run(self, work, finished, failed)
