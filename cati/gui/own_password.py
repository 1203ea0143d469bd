"""Changing the own password: the old one, the new one twice."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from cati.base.i18n import translate as _
from cati.gui.actions import Keys
from cati.gui.form import labelled
from cati.gui.over import Over
from cati.gui.tasks import Tasks
from cati.gui.widgets.fields import LineField


def ask_own_password(
    screen: QWidget, keys: Keys, tasks: Tasks, session: Any, tell: Callable[[str], Any]
) -> Over:
    """Ask for it over a screen, and change it.

    Args:
        screen: see `Over`.
        keys: of the window.
        tasks: of the window.
        session: of whoever has signed in.
        tell: says that it was changed.
    """
    old = LineField(_("Old password"), secret=True)
    first, again = LineField(_("New password"), secret=True), LineField(_("Once more"), secret=True)

    def answer() -> None:
        from cati.services import passwords

        form = question.form
        if not form.filled_in(old, first) or not agree(question, first, again):
            return
        question.wait(_("One moment"))
        work = partial(passwords.change_password, session, old.text(), first.text())
        tasks.run(question, work, changed, question.refuse)

    def changed(_none: None) -> None:
        question.leave()
        tell(_("Your password was changed."))

    parts = [labelled(old), labelled(first), labelled(again)]
    question = Over(screen, keys, _("My own password"), _("All keys stay yours."), parts, _("Change"), answer)
    return question


def agree(question: Over, first: LineField, again: LineField) -> bool:
    """Whether a new password was typed twice alike; else that is said."""
    if first.text() == again.text():
        return True
    question.form.complain(_("The two passwords differ. Type them again."))
    return False
