"""Asking for the password of protected files; what is typed is kept until they are read, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.gui.form import labelled
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.widgets.fields import LineField

LOCKED = ("file_protected", "password_wrong")
"""Codes of the refusals that a password cures."""


class Unlocking:
    """Asks again and again until every file is open, or somebody gives up.

    Args:
        page: the question lies over it.
        take: reads what is still locked once more.
        give_up: is called when the question is left without an answer.
    """

    def __init__(self, page: Place, take: Callable[[], Any], give_up: Callable[[], Any]) -> None:
        self._page, self._take, self._give_up = page, take, give_up
        self._answered = False
        self.question: Question | None = None
        self.passwords: list[str] = []

    def ask(self, locked: Sequence[str], refusal: str) -> None:
        """Ask for the password of the first of these files; it is tried on all of them.

        Args:
            locked: names of the files.
            refusal: why the first one was not read; shown if a password was tried.
        """
        field = LineField(_("Password"), secret=True)
        count = len(locked)
        pattern = ngettext(
            "{count} file is locked. The password is used for this time only and is not stored.",
            "{count} files are locked; the password is tried on each of them. "
            "It is used for this time only and is not stored.",
            count,
        )
        self._answered = False
        self.question = Question(
            self._page,
            _("Password of {file}").format(file=locked[0]),
            pattern.format(count=count),
            [labelled(field)],
            _("Open"),
            lambda: self._answer(field),
        )
        self.question.left.connect(self._left)
        if self.passwords:
            self.question.form.complain(refusal)

    def leave(self) -> None:
        """A question left open is not asked any more."""
        if self.question is not None:
            self.question.leave()

    def forget(self) -> None:
        """The files are read, or given up."""
        self.passwords = []

    def _answer(self, field: LineField) -> None:
        assert self.question is not None
        # Blanks at the ends may be part of a password.
        if field.text():
            self.passwords.append(field.text())
            self._answered = True
            self.question.leave()
        else:
            self.question.form.filled_in(field)

    def _left(self) -> None:
        self.question = None
        if self._answered:
            self._take()
        else:
            self._give_up()
