"""The first screen: who is it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent

from cati.base.errors import CatiError
from cati.base.i18n import translate as _
from cati.domain.users import DemoUser
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.form import Centred, Form, labelled
from cati.gui.tasks import Tasks
from cati.gui.widgets.button import Button
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.key_bar import KeyBar
from cati.gui.widgets.layouts import column, row
from cati.gui.widgets.middle import Middle
from cati.gui.widgets.surface import Band, Page, Surface
from cati.gui.widgets.text import Strong, Text


class Door(Protocol):
    """What sign-in asks of the station; every call runs in the worker and may raise `CatiError`."""

    @property
    def demo(self) -> DemoUser | None:
        """The demonstration's user, None when real data lies here."""
        ...

    def sign_in(self, login: str, password: str, *, take_over: bool = False) -> Any:
        """Open a session; `take_over` also where the user is at work at another station."""
        ...


class SignInForm(Form):
    """Login and password, and in the demonstration what to type."""

    def __init__(self) -> None:
        self.login = LineField(_("Login"))
        self.password = LineField(_("Password"), secret=True)
        self._demo_words = Text(size=14, wrap=True, line_height=112)
        lines = row(
            Icon("info", "accent", 18, "soft"), (self._demo_words, 1), gap=9, margins=(14, 10, 14, 10)
        )
        self._demo = Surface(lines, "soft", None, 8)
        self._demo.hide()
        super().__init__(
            _("Sign in"),
            "",
            [labelled(self.login), labelled(self.password)],
            _("Sign in"),
            foot=self._demo,
        )

    def show_demo(self, demo: DemoUser) -> None:
        """Fill in the demonstration's user and say so, unless somebody else's name was typed."""
        if (self.login.text(), self.password.text()) not in (("", ""), (demo.login, demo.password)):
            return
        self.login.setText(demo.login)
        self.password.setText(demo.password)
        before, _field, rest = _(
            "Demonstration with invented people: login {login}, password {password}. "
            "Both are filled in; press Enter. To set up for real work press F9."
        ).partition("{login}")
        between, _field, after = rest.partition("{password}")
        self._demo_words.set_text((before, Strong(demo.login), between, Strong(demo.password), after))
        self._demo.show()


class SignInPage(Page):
    """Head with the language, one sheet of paper, key bar.

    It may be typed into while the database is still being opened.

    Signals:
        signed_in: a session was opened.
        practise: somebody wants to practise without.
        retry: the station is to be opened once more.
        earnest: the demonstration is to be left for real work.

    Args:
        keys: of the window.
        tasks: runs what is slow.
        version: of the program, shown in the head.
    """

    signed_in = Signal(object)
    practise = Signal()
    retry = Signal()
    earnest = Signal()

    def __init__(self, keys: Keys, tasks: Tasks, version: str) -> None:
        super().__init__()
        self._keys, self._tasks = keys, tasks
        self._door: Door | None = None
        self._failed = False
        self._form = SignInForm()
        self._stack = Middle()
        self._stack.addWidget(Centred(self._form))
        language = Button(_("中文 / English"), "F8", size=14, height=32)
        language.clicked.connect(lambda: keys.trigger("language"))
        title = Text(_("CATI · satisfaction interviews by telephone"), 20, bold=True)
        head = row(title, Text(version, 14, "ink2"), None, language, gap=12, margins=(18, 0, 16, 0))
        band = Band(head, "sheet", 52, bottom="line")
        self.setLayout(column(band, (self._stack, 1), KeyBar(keys), gap=0))
        self._form.confirmed.connect(self._confirm)
        # Of somebody else nothing was said.
        self._form.login.textChanged.connect(lambda _typed: keys.unbind("take_over"))
        self._stack.overflows.connect(self._offer_scrolling)
        keys.bind("confirm", self._confirm)
        keys.set_mode(Mode.SIGN_IN)
        self._form.wait(_("Opening the database"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give way where the window is small."""
        self.restyle()

    def restyle(self) -> None:
        """Take the scale of the theme in use."""
        super().restyle()
        scant = theme.current().space(self.width(), self.height()) > theme.Space.FULL
        for form in self.findChildren(Form):
            form.set_scant(scant)
        for sheet in self.findChildren(Centred):
            sheet.set_scant(scant)

    def _offer_scrolling(self, over: bool) -> None:
        if over:
            self._keys.bind("scroll", self._stack.scroll_page)
        else:
            self._keys.unbind("scroll")

    def take_focus(self) -> None:
        """Put the cursor where something is still to be typed."""
        if self._form.login.text() and not self._form.password.text():
            self._form.password.setFocus()
        else:
            self._form.login.setFocus()

    def go_on_from(self, before: SignInPage) -> None:
        """Take what was typed on the page before this one, as when the language changes."""
        self._form.login.setText(before._form.login.text())
        self._form.password.setText(before._form.password.text())

    def preparing(self, done: int, total: int) -> None:
        """Say how far the making of the demonstration has come."""
        words = _("Preparing the demonstration: {done} of {total}")
        self._form.wait(words.format(done=done, total=total))

    def open(self, door: Door) -> None:
        """The station is open: let people in."""
        self._door = door
        self._failed = False
        self._form.go(_("Sign in"))
        self._keys.bind("practise_first", self._practise)
        if door.demo is not None:
            self._form.show_demo(door.demo)
            self._keys.bind("set_up", self._begin)

    def _practise(self) -> None:
        if not self._form.waiting:
            self.practise.emit()

    def _begin(self) -> None:
        self._keys.unbind("set_up")
        self._form.wait(_("Checking"))
        self.earnest.emit()

    def cannot_open(self, error: CatiError) -> None:
        """The station could not be opened; Enter tries again."""
        self._failed = True
        self._form.go(_("Try again"))
        self._form.complain(str(error))

    def _confirm(self) -> None:
        if self._failed:
            self._form.wait(_("Opening the database"))
            self.retry.emit()
        elif self._door is not None and not self._form.waiting:
            self._sign_in(self._door)

    def _take_over(self) -> None:
        if self._door is not None and not self._form.waiting:
            self._sign_in(self._door, take_over=True)

    def _sign_in(self, door: Door, *, take_over: bool = False) -> None:
        self._keys.unbind("take_over")
        if not self._form.filled_in(self._form.login, self._form.password):
            return
        login, password = self._form.login.text().strip(), self._form.password.text()
        self._form.wait(_("Checking"))
        self._ask(lambda: door.sign_in(login, password, take_over=take_over), self._let_in)

    def _let_in(self, session: object) -> None:
        self._form.password.clear()
        self.signed_in.emit(session)

    def _ask(self, work: Callable[[], Any], done: Callable[[Any], Any]) -> None:
        self._tasks.run(self, work, done, self._refused)

    def _refused(self, error: CatiError) -> None:
        self._form.go(_("Sign in"))
        self._form.complain(str(error))
        if error.code == "signed_in_elsewhere":
            # Never by Enter alone, which is pressed to sign in.
            self._keys.bind("take_over", self._take_over)
        self._form.password.selectAll()
        self._form.password.setFocus()
