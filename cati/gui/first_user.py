"""A new database: the first user, the recovery key shown once, and the key typed back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from cati.base.errors import CatiError
from cati.base.i18n import translate as _
from cati.gui.actions import Keys
from cati.gui.form import Form, labelled
from cati.gui.tasks import Tasks
from cati.gui.widgets.answers import Steps
from cati.gui.widgets.base import CENTRE
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.text import Text

FIRST_LINE_GROUPS = 4
WIDTH = 560


class _Founding(Protocol):
    def check_first_user(self, login: str, name: str, password: str) -> None: ...

    def new_recovery_key(self) -> str: ...

    def check_recovery_key(self, shown: str, typed: str) -> None: ...

    def create_first_user(self, login: str, name: str, password: str, recovery_key: str) -> Any: ...


@dataclass(frozen=True)
class Draft:
    """How far somebody has come, to go on from on another page, such as in another language.

    Attributes:
        who: what was typed into the fields of the first sheet.
        key: the recovery key that was shown, "" for none.
        typed_back: of the key.
        sheet: which one is shown, from 0.
    """

    who: tuple[str, ...]
    key: str
    typed_back: str
    sheet: int


class _Who(Form):
    """Who the first user is."""

    def __init__(self) -> None:
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
            _step(1),
            WIDTH,
        )


class _Shown(Form):
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
            _step(2),
            WIDTH,
        )

    def show_key(self, key: str) -> None:
        """Print the groups on two lines."""
        groups = key.split("-")
        for line, part in zip(
            self._lines, (groups[:FIRST_LINE_GROUPS], groups[FIRST_LINE_GROUPS:]), strict=True
        ):
            line.set_text(" ".join(part))


class _TypedBack(Form):
    """The recovery key as it stands on paper."""

    def __init__(self) -> None:
        self.field = LineField(_("Recovery key from your paper"), size=18, mono=True)
        super().__init__(
            _("Type the recovery key back"),
            _("Spaces, hyphens and small letters do not matter."),
            [labelled(self.field)],
            _("Make the database ready"),
            _step(3),
            WIDTH,
        )


def _step(now: int) -> QWidget:
    steps = Steps(150)
    steps.set_progress(3, now)
    words = _("Step {now} of {count}").format(now=now, count=3)
    return Holder(row(steps, Text(words, 13, "ink2"), None, gap=10))


class FirstUser(QWidget):
    """Leads through the three sheets; nothing is made before the key was typed back.

    Args:
        keys: of the window.
        tasks: runs what is slow.
        door: checks and makes the user.
        draft: where to go on, None to begin.
    """

    made = Signal(object)

    def __init__(self, keys: Keys, tasks: Tasks, door: _Founding, draft: Draft | None = None) -> None:
        super().__init__()
        self._keys, self._tasks, self._door = keys, tasks, door
        self._key = ""
        self._who, self._shown, self._back = _Who(), _Shown(), _TypedBack()
        self._sheets = (self._who, self._shown, self._back)
        self._sheet: Form = self._who
        # No stack: that would make every sheet as high as the highest.
        self.setLayout(column(*self._sheets, gap=0))
        for form in self._sheets:
            form.confirmed.connect(self.confirm)
            form.setVisible(form is self._sheet)
        if draft is not None:
            self._go_on_from(draft)

    def draft(self) -> Draft:
        """How far it has come."""
        who = tuple(field.text() for field in self._who.fields)
        return Draft(who, self._key, self._back.field.text(), self._sheets.index(self._sheet))

    def _go_on_from(self, draft: Draft) -> None:
        for field, text in zip(self._who.fields, draft.who, strict=True):
            field.setText(text)
        self._back.field.setText(draft.typed_back)
        if draft.key:
            self._key = draft.key
            self._shown.show_key(draft.key)
        self._turn_to(self._sheets[draft.sheet])

    def take_focus(self) -> None:
        """Put the cursor into the first field of the sheet that is shown."""
        sheet = self._sheet
        if sheet is self._who:
            self._who.login.setFocus()
        elif sheet is self._back:
            self._back.field.setFocus()
        else:
            self.setFocus()

    def confirm(self) -> None:
        """Go on from the sheet that is shown."""
        sheet = self._sheet
        if sheet.waiting:
            return
        if sheet is self._who:
            self._confirm_who()
        elif sheet is self._shown:
            self._turn_to(self._back)
        else:
            self._confirm_back()

    def _confirm_who(self) -> None:
        if not self._who.filled_in(*self._who.fields):
            return
        if self._who.password.text() != self._who.again.text():
            self._who.complain(_("The two passwords differ. Type the second one again."))
            self._who.again.clear()
            self._who.again.setFocus()
            return
        login, name, password = self._typed()

        def check() -> str:
            self._door.check_first_user(login, name, password)
            return self._key or self._door.new_recovery_key()

        self._ask(self._who, _("Go on"), check, self._show_key)

    def _typed(self) -> tuple[str, str, str]:
        return self._who.login.text().strip(), self._who.name.text().strip(), self._who.password.text()

    def _show_key(self, key: str) -> None:
        self._key = key
        self._shown.show_key(key)
        self._turn_to(self._shown)

    def _confirm_back(self) -> None:
        typed, key = self._back.field.text(), self._key
        login, name, password = self._typed()
        if not self._back.filled_in(self._back.field):
            return

        def make() -> Any:
            self._door.check_recovery_key(key, typed)
            return self._door.create_first_user(login, name, password, key)

        self._ask(self._back, _("Make the database ready"), make, self.made.emit)

    def _turn_to(self, sheet: Form) -> None:
        # Never two at once: they would need more room than the window has, and it would grow.
        self._sheet.hide()
        self._sheet = sheet
        sheet.show()
        if sheet is self._back:
            self._keys.bind("show_again", lambda: self._turn_to(self._shown))
        else:
            self._keys.unbind("show_again")
        if self.isVisible():
            self.take_focus()

    def _ask(self, sheet: Form, button: str, work: Callable[[], Any], done: Callable[[Any], Any]) -> None:
        def finished(result: Any) -> None:
            sheet.go(button)
            done(result)

        def failed(error: CatiError) -> None:
            sheet.go(button)
            sheet.complain(str(error))

        sheet.wait(_("Checking"))
        self._tasks.run(self, work, finished, failed)
