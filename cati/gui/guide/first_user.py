"""The first user, the recovery key shown once, and the key typed back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal

from cati.base.i18n import translate as _
from cati.gui.form import labelled
from cati.gui.guide.sheet import WIDTH, Sheet
from cati.gui.tasks import Tasks
from cati.gui.widgets.base import CENTRE
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.text import Text

FIRST_LINE_GROUPS = 4


class WhoSheet(Sheet):
    """Who the first user is.

    Args:
        tasks: runs the check.
        check: refuses login, name and password that could not be made; runs in the worker.
    """

    def __init__(self, tasks: Tasks, check: Callable[[str, str, str], Any]) -> None:
        self._tasks, self._check = tasks, check
        self.login = LineField(_("Login"))
        self.name = LineField(_("Name on screens"))
        self.password = LineField(_("Password"), secret=True)
        self.again = LineField(_("Password again"), secret=True)
        self.fields = (self.login, self.name, self.password, self.again)
        pairs = [row((labelled(self.login), 1), (labelled(self.name), 1), gap=12)]
        pairs.append(row((labelled(self.password), 1), (labelled(self.again), 1), gap=12))
        super().__init__(
            _("A new database: who is its first user?"),
            _("This user belongs to the bureau, sets programmes up and lets others in."),
            [*map(Holder, pairs)],
            _("Go on"),
            width=WIDTH,
        )

    def take_focus(self) -> None:
        """The first field that is empty gets the cursor."""
        empty = [field for field in self.fields if not field.text()]
        (empty or self.fields)[0].setFocus()

    def typed(self) -> tuple[str, str, str]:
        """Login, name and password."""
        return self.login.text().strip(), self.name.text().strip(), self.password.text()

    def confirm(self) -> None:
        """Have what was typed checked."""
        if not self.filled_in(*self.fields):
            return
        if self.password.text() != self.again.text():
            self.complain(_("The two passwords differ. Type the second one again."))
            self.again.clear()
            self.again.setFocus()
            return
        typed = self.typed()
        self.ask(self._tasks, _("Go on"), lambda: self._check(*typed), lambda _none: self.done.emit())


class KeySheet(Sheet):
    """The recovery key, shown once."""

    def __init__(self) -> None:
        self._lines = [Text(size=28, bold=True, mono=True, align=CENTRE) for _line in range(2)]
        paper = Surface(column(*self._lines, gap=6, margins=(20, 16, 20, 16)), "panel", "edge", 8)
        super().__init__(
            _("Write down the recovery key"),
            _(
                "It opens everything when passwords are lost, and nobody can make it again. Write it on "
                "paper and lock the paper away; the program keeps no copy. "
                "On the next sheet you type it back."
            ),
            [paper],
            _("I have it on paper"),
            width=WIDTH,
        )

    def show_key(self, key: str) -> None:
        """Print the groups on two lines."""
        groups = key.split("-")
        for line, part in zip(
            self._lines, (groups[:FIRST_LINE_GROUPS], groups[FIRST_LINE_GROUPS:]), strict=True
        ):
            line.set_text(" ".join(part))

    def confirm(self) -> None:
        """It is on paper."""
        self.done.emit()


class TypedBackSheet(Sheet):
    """The recovery key as it stands on paper.

    Signals:
        made: what `make` gave.

    Args:
        tasks: runs what is slow.
        make: refuses a mistyped key, then makes everything ready; gets what was typed, runs in the worker.
    """

    made = Signal(object)

    def __init__(self, tasks: Tasks, make: Callable[[str], Any]) -> None:
        self._tasks, self._make = tasks, make
        self.field = LineField(_("Recovery key from your paper"), size=18, mono=True)
        super().__init__(
            _("Type the recovery key back"),
            _("Spaces, hyphens and small letters do not matter."),
            [labelled(self.field)],
            _("Make the database ready"),
            width=WIDTH,
        )

    def take_focus(self) -> None:
        """The cursor goes where the key is typed."""
        self.field.setFocus()

    def confirm(self) -> None:
        """Have it compared, and everything made."""
        if self.filled_in(self.field):
            typed = self.field.text()
            self.ask(self._tasks, _("Make the database ready"), lambda: self._make(typed), self.made.emit)
