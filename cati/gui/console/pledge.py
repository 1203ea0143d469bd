"""The pledge of confidentiality: read on paper, signed with one's own password."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from cati.base.errors import CatiError
from cati.base.i18n import translate as _
from cati.domain.clearances import Pledge, pledge_for
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.console.desk import Desk
from cati.gui.form import Form, labelled
from cati.gui.tasks import Tasks
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import column, row
from cati.gui.widgets.text import Text

WIDTH = 960
# Where there is little room: nearly as wide as the window, in small letters.
TIGHT_WIDTH = 1060


class PledgeScreen(QWidget):
    """One sheet: what is pledged, and a field for the signature."""

    def __init__(self) -> None:
        super().__init__()
        self.form: Form | None = None
        self.field: LineField | None = None
        self._points: list[Text] = []
        self._tight = False
        self._page = row(None, None, gap=0)
        self.setLayout(column(None, self._page, None, margins=(8, 4, 8, 4)))

    def show_pledge(self, pledge: Pledge, who: str, confirmed: Callable[[], Any]) -> None:
        """Show the words to be signed by somebody."""
        if self.form is not None:
            self._page.removeWidget(self.form)
            self.form.deleteLater()
        self.field = LineField(_("Own password of {name}, as signature").format(name=who), secret=True)
        numbered = (f"{nth}. {point}" for nth, point in enumerate(pledge.points, 1))
        self._points = [Text(words, 15, wrap=True, line_height=106) for words in (pledge.lead, *numbered)]
        parts = [*self._points, labelled(self.field, _("time and wording are kept"))]
        self.form = Form(pledge.heading, "", parts, _("Sign"), width=WIDTH)
        self.form.confirmed.connect(confirmed)
        self.form.set_scant(True)
        self._page.insertWidget(1, self.form)
        self._give_way()

    def set_space(self, space: theme.Space) -> None:
        """Take smaller letters and more width in a small window."""
        self._tight = space >= theme.Space.TIGHT
        self._give_way()

    def _give_way(self) -> None:
        if self.form is not None:
            self.form.set_width(TIGHT_WIDTH if self._tight else WIDTH)
            for words in self._points:
                words.set_size(13 if self._tight else 15)


class Signing(QObject):
    """Lets the pledge be signed when it is missing.

    Args:
        desk: of the console.
        tasks: of the window.
        keys: of the window.
        show: puts the screen in the place of a case.
    """

    def __init__(self, desk: Desk, tasks: Tasks, keys: Keys, show: Callable[[QWidget], None]) -> None:
        super().__init__(desk)
        self._desk, self._tasks, self._keys, self._show = desk, tasks, keys, show
        self._pledge: Pledge | None = None
        self._asking = False
        self.screen = PledgeScreen()

    def ask(self, leave: Callable[[], Any]) -> None:
        """Show the pledge of the programme in hand; `leave` shows something else instead."""
        if self._asking:
            return
        self._asking = True
        self._pledge = pledge_for(self._desk.place.programme.programme, self._desk.place.ctx.actor)
        self.screen.show_pledge(self._pledge, self._desk.place.ctx.actor.name, self._sign)
        self._show(self.screen)
        self._keys.set_mode(Mode.PLEDGE)
        self._keys.bind_all({"confirm": self._sign, "close": partial(self._leave, leave)})
        if self.screen.field is not None:
            self.screen.field.setFocus()

    def _sign(self) -> None:
        form, field, pledge = self.screen.form, self.screen.field, self._pledge
        assert form is not None
        assert field is not None
        assert pledge is not None
        asks = _("Type your own password: it is the signature.")
        if form.waiting or not form.filled_in(field, asks=asks):
            return
        password, place = field.text(), self._desk.place
        form.wait(_("Checking"))
        self._tasks.run(self, lambda: place.sign(pledge, password), self._signed, self._refused)

    def _signed(self, _none: None) -> None:
        if self.screen.field is not None:
            self.screen.field.clear()
        self._leave(self._desk.claim)

    def _refused(self, error: CatiError) -> None:
        assert self.screen.form is not None
        assert self.screen.field is not None
        self.screen.form.go(_("Sign"))
        self.screen.form.complain(str(error))
        self.screen.field.selectAll()
        self.screen.field.setFocus()

    def _leave(self, then: Callable[[], Any]) -> None:
        self._asking = False
        self._keys.unbind("confirm", "close")
        then()
