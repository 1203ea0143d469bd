"""A question that lies over a place of the office."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from cati.base.i18n import translate as _
from cati.gui.office.place import Place
from cati.gui.over import Over


class Question(Over):
    """Covers a place until it is answered or left; only its own keys act meanwhile.

    Args:
        place: lies under it.
        title, lead, parts, button, answer, irreversible, width: see `Over`.
    """

    def __init__(
        self,
        place: Place,
        title: str,
        lead: str,
        parts: Sequence[QWidget],
        button: str,
        answer: Callable[[], Any],
        irreversible: bool = False,
        width: int = 560,
    ) -> None:
        super().__init__(place, place.keys, title, lead, parts, button, answer, irreversible, width)
        self._place = place

    @property
    def place(self) -> Place:
        """What lies under it."""
        return self._place

    def send(self, work: Callable[[], Any], done: Callable[[Any], Any]) -> None:
        """Let the worker do what was answered; the question stays with the error, or goes."""
        self.wait(_("one moment"))

        def finish(result: Any) -> None:
            self.leave()
            done(result)

        self._place.office.ask(self._place, work, finish, self.refuse)
