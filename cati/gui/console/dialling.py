"""The number large and copyable while the operator dials it by hand."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QWidget

from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.domain.call import Call
from cati.domain.programmes import Programme
from cati.gui import theme
from cati.gui.actions import Keys
from cati.gui.console.words import group_name, grouped, hidden, parts, person, unit_name
from cati.gui.widgets.base import LEFT
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.surface import Rule, Surface, Tag
from cati.gui.widgets.text import Name, Strong, Text

NO_MICROPHONE = ("no_device", "device_lost")


class DiallingScreen(QWidget):
    """Shown from the commit of the attempt until somebody answers or nobody does.

    Args:
        keys: its buttons do the same as the keys.
    """

    def __init__(self, keys: Keys) -> None:
        super().__init__()
        self._digits = ""
        self._practice = self._calls = False
        self._unit = Name((26, 24, 22, 20))
        self._group = Tag("", "ink", "panel", edge="edge", size=14)
        self._ask = Text(size=18)
        self._caption = Text(size=15, ink="ink2")
        self._number = Text(size=72, bold=True)
        self._note = Text(size=15, ink="ink2")
        self._copied = Text(size=14, ink="ok", bold=True)
        copy = self._copy = Button(_("Copy number"), "Ctrl+C", size=15, height=46)
        copy.clicked.connect(lambda: keys.trigger("copy_number"))
        self._link = Button(_("Open in a phone program"), "Ctrl+O", size=15, height=46, icon="phone")
        self._link.clicked.connect(lambda: keys.trigger("phone_program"))
        connected = Button(_("Somebody answered"), "Enter", Kind.PRIMARY, 24, 76)
        connected.clicked.connect(lambda: keys.trigger("connected"))
        nobody = Button(_("No connection, choose the outcome"), "F10", Kind.DANGER, 15, 46)
        nobody.clicked.connect(lambda: keys.trigger("end_call"))
        self._opening = Text(size=18, wrap=True, line_height=112)
        caption = Text(_("Read this first when they answer"), 13, "ink2", bold=True)
        self._beside = Holder(column(caption, self._opening, None, gap=8), width=400)
        self._upright = Rule("line", upright=True)
        self._connected = connected
        self._lamp, self._recorded = Icon("recording", "stop", 15), Text(size=13)
        self.show_sound("")
        self._copies = row(copy, self._link, self._copied, None, gap=12)
        self._ends = row(connected, nobody, None, gap=16)
        self._whom = row(self._unit, (self._group, 1), gap=14)
        self._whom.setAlignment(self._group, LEFT)
        left = self._left = column(
            self._whom,
            self._ask,
            None,
            self._caption,
            self._number,
            self._note,
            16,
            self._copies,
            None,
            self._ends,
            8,
            row(self._lamp, self._recorded, None, gap=7),
            gap=6,
        )
        self._page = row((left, 1), self._upright, self._beside, gap=28, margins=(36, 22, 36, 20))
        self._desk = column(Surface(self._page), margins=(16, 10, 16, 10))
        self.setLayout(self._desk)

    def show_call(self, programme: Programme, call: Call) -> None:
        """Show whom to ask for; the number comes with `show_number`."""
        assert call.assignment is not None
        case = call.assignment
        self._unit.set_text(unit_name(programme, case))
        self._group.set_text(group_name(programme, case))
        self._ask.set_text((_("Ask for") + " ", Strong(person(case))))
        assert call.script is not None
        opening = call.script.path(call.facts, {})[0]
        self._opening.set_text(parts(call.script.text(opening, call.facts, {}, language())))
        if not self._digits:
            self._number.set_text(hidden(call))
            first = _("Writing the attempt down first …")
            self._caption.set_text(_("Practice: nobody is dialled") if self._practice else first)
        extension = call.phone.extension
        self._note.set_text(_("extension {number}").format(number=extension) if extension else "")

    def show_number(self, digits: str | None) -> None:
        """Show the digits to dial; None when the call is over, and they leave the clipboard too.

        An invented number may be somebody's: in practice it is neither shown nor handed on.
        """
        if self._practice:
            return
        clipboard = QGuiApplication.clipboard()
        if digits is None and self._digits and clipboard.text() == self._digits:
            clipboard.clear()
        self._digits = digits or ""
        self._copied.set_text("")
        self._number.set_text(grouped(self._digits))
        self._caption.set_text(_("Calling …") if self._calls else _("Dial this number on your telephone"))

    def set_telephone(self) -> None:
        """The station calls by itself: nothing is dialled by hand, and no key says that somebody answered."""
        self._calls = True
        for by_hand in (self._copy, self._link, self._connected):
            by_hand.hide()
        self.show_sound("")

    def show_progress(self, *, rings: bool) -> None:
        """How far the station's own call has come.

        Args:
            rings: it rings at the other end, or the network speaks.
        """
        if self._digits:
            self._caption.set_text(_("It rings …") if rings else _("Calling …"))

    def set_practice(self) -> None:
        """The respondents are invented: nobody is to be dialled."""
        self._practice = True
        self._copy.hide()
        self._link.hide()

    def show_sound(self, fault: str) -> None:
        """Say what will be recorded: nothing while there is no microphone."""
        missing = fault in NO_MICROPHONE
        self._lamp.set_icon("warning" if missing else "recording", "warn" if missing else "stop")
        self._recorded.set_text(
            _("No microphone: nothing is recorded until one is plugged in")
            if missing
            else _("Recording begins when somebody answers")
            if self._calls
            else _("Recording begins when you press Enter")
        )
        self._recorded.set_ink("warn" if missing else "ink2")

    def set_space(self, space: theme.Space) -> None:
        """Give way to a low or narrow window."""
        tight, narrow = space >= theme.Space.TIGHT, space is theme.Space.NARROW
        self._whom.set_upright(narrow)
        self._whom.set_gap(4 if narrow else 14)
        self._copies.set_upright(narrow)
        self._ends.set_upright(narrow)
        scant = space >= theme.Space.SCANT
        self._desk.set_margins((8, 6, 8, 6) if scant else (16, 10, 16, 10))
        self._number.set_size(56 if tight else 72)
        self._connected.set_measure(54 if tight else 76)
        self._upright.setVisible(not tight)
        self._beside.setVisible(not tight)
        self._left.set_gap(2 if tight else 6)
        self._page.set_margins((24, 12, 24, 10) if tight else (36, 22, 36, 20))

    def copy(self) -> None:
        """Put the digits on the clipboard."""
        if self._digits:
            QGuiApplication.clipboard().setText(self._digits)
            self._copied.set_text(_("Copied"))

    def open_link(self) -> None:
        """Hand the digits to the computer's own phone program (tel:)."""
        if self._digits:
            QDesktopServices.openUrl(QUrl(f"tel:{self._digits}"))
