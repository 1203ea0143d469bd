"""Appointments over the screen: own or everybody's, and another time for an own one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QStackedLayout, QWidget

from cati.base.errors import CatiError
from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.domain.programmes import in_language
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.console import words
from cati.gui.console.desk import Desk
from cati.gui.console.picker import Picker
from cati.gui.tasks import Tasks
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.cover import Cover
from cati.gui.widgets.layouts import column, row
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.table import Cell, Column, Table
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.appointments import Agreed

AROUND = (40, 16, 40, 16)
ACTIONS = ("agenda_move", "agenda_whose", "agenda_change", "agenda_give_up", "agenda_close")


class AgendaOverlay(Cover):
    """Lies over the queue card; what is changed is changed at once, Esc goes back.

    Args:
        screen: it covers this.
        tasks: of the window.
        keys: of the window.
        desk: knows the workplace.
    """

    def __init__(self, screen: QWidget, tasks: Tasks, keys: Keys, desk: Desk) -> None:
        super().__init__(screen)
        self._tasks, self._keys, self._desk = tasks, keys, desk
        self._all = False
        self._asked: int | None = None
        self._title, self._problem = Text(size=20, bold=True), Text(size=15, ink="stop", wrap=True)
        columns = (
            Column("at", _("When"), 150, 1),
            Column("unit", _("Unit"), 190, 3),
            Column("group", _("Group"), 110, 1, gives_way=2),
            Column("owner", _("Called by"), 90, 1),
            Column("firm", _("Place kept"), 80, gives_way=1),
        )
        self.table = Table(_("Appointments"), columns, self._cells, lambda one: one.case_id, "")
        self.picker = Picker(keys, Mode.AGENDA_TIME)
        self.picker.hide_whose()
        pages = QWidget()
        self._pages = QStackedLayout(pages)
        self._pages.addWidget(self.table)
        self._pages.addWidget(self.picker)
        self._buttons = {
            name: self._button(name, text, key)
            for name, text, key in (
                ("agenda_change", _("Another time"), "Enter"),
                ("agenda_give_up", _("Cancel it"), "Del"),
                ("agenda_whose", _("Own or everybody's"), "A"),
                ("agenda_close", _("Close"), "Esc"),
            )
        }
        foot = row(*self._buttons.values(), None, gap=10)
        sheet = Surface(
            column(self._title, (pages, 1), self._problem, foot, gap=10, margins=(24, 16, 24, 16))
        )
        self._around = column(sheet, margins=AROUND)
        self.setLayout(self._around)
        self.hide()
        keys.changed.connect(self._follow)

    def _button(self, name: str, text: str, key: str) -> Button:
        button = Button(text, key, Kind.PRIMARY if key == "Enter" else Kind.PLAIN, 14, 40)
        button.clicked.connect(lambda: self._press(name))
        return button

    def _show_buttons(self) -> None:
        """Say what the keys do now: over the list, or while a time is chosen."""
        picking = self._picking
        self._buttons["agenda_change"].set_words(_("Take this time") if picking else _("Another time"))
        self._buttons["agenda_close"].set_words(_("Leave it as it was") if picking else _("Close"))
        for name in ("agenda_give_up", "agenda_whose"):
            self._buttons[name].setVisible(not picking)

    def _press(self, name: str) -> None:
        # While a time is chosen Enter stores it and Esc leaves it.
        picking = {"agenda_change": "agenda_store", "agenda_close": "agenda_back"}
        self._keys.trigger(picking.get(name, name) if self._picking else name)

    @property
    def _picking(self) -> bool:
        return self._pages.currentWidget() is self.picker

    # ---- coming and going ------------------------------------------------------------------------

    def open(self) -> None:
        """Show the own appointments."""
        if not self._desk.is_open:
            return
        self._all = False
        self._keys.bind_all(
            {
                "agenda_move": self._walk,
                "agenda_whose": self._turn,
                "agenda_change": self._change,
                "agenda_give_up": self._give_up,
                "agenda_close": lambda _key: self._keys.pop(Mode.AGENDA),
            }
        )
        self._give_way()
        self._pages.setCurrentWidget(self.table)
        self._asked = None
        self._show_buttons()
        self._keys.push(Mode.AGENDA)
        self.setGeometry(self._screen.rect())
        self.show()
        self.raise_()
        self.table.setFocus()
        self._problem.set_text("")
        self._look()

    def _give_way(self) -> None:
        tight = theme.current().space(self._screen.width()) >= theme.Space.TIGHT
        self.picker.set_tight(tight)
        self._around.set_margins((8, 6, 8, 6) if tight else AROUND)

    def restyle(self) -> None:
        """Give way at another scale."""
        self._give_way()

    def _look(self) -> None:
        place = self._desk.place
        self._show([])
        self.table.set_nothing(_("Looking …"))
        work = place.everybodys_appointments if self._all else place.own_appointments
        self._tasks.run(self, work, self._found, self._failed)

    def _found(self, agreed: tuple[Agreed, ...]) -> None:
        self.table.set_nothing(_("There are no appointments"))
        self._show(agreed)

    def _failed(self, error: CatiError) -> None:
        self._problem.set_text(str(error))

    def _follow(self) -> None:
        over = (Mode.AGENDA, Mode.AGENDA_TIME, Mode.HELP)
        if self.isVisible() and self._keys.mode not in over:
            self.hide()
            self._keys.unbind(*ACTIONS)
            self._screen.setFocus()

    # ---- what is done ----------------------------------------------------------------------------

    def _turn(self) -> None:
        self._all = not self._all
        self._asked = None
        self._problem.set_text("")
        self._look()

    def _mine(self) -> Agreed | None:
        """The chosen appointment if the operator may change it; says so when it is another's."""
        one: Agreed | None = self.table.current()
        if one is not None and one.owner_id not in (self._desk.place.ctx.actor.user_id, None):
            self._problem.set_text(
                _("{name} keeps this appointment and alone may change it.").format(name=one.owner)
            )
            return None
        return one

    def _change(self) -> None:
        one = self._mine()
        if one is None:
            return
        settings = self._desk.place.programme.programme.settings
        self._asked = None
        self._problem.set_text("")
        self._pages.setCurrentWidget(self.picker)
        # Else a proposed time would wear the ring of the focus, as if it were chosen.
        self.setFocus()
        self.picker.show_times(settings, one.group_code, self._desk.now(), [one.at])
        self.picker.pick_known(one.at)
        self.picker.bind()
        self._show_buttons()
        self._keys.bind_all({"agenda_store": partial(self._move, one), "agenda_back": self._leave_picker})

    def _leave_picker(self) -> None:
        self._keys.unbind("agenda_store", "agenda_back")
        self._pages.setCurrentWidget(self.table)
        self.picker.unbind()
        self._show_buttons()
        self.table.setFocus()

    def _move(self, one: Agreed) -> None:
        moment = self.picker.moment
        if moment is not None:
            self._leave_picker()
            self._carry_out(partial(self._desk.place.move_appointment, one, moment))

    def _give_up(self) -> None:
        one = self._mine()
        if one is None:
            return
        if self._asked != one.case_id:
            # What was promised to somebody does not go with one key.
            self._ask_once_more(one)
            return
        self._asked = None
        self._problem.set_text("")
        self._carry_out(partial(self._desk.place.cancel_appointment, one))

    def _ask_once_more(self, one: Agreed) -> None:
        self._asked = one.case_id
        when = words.moment_words(one.at, self._desk.place.programme.programme.settings)
        said = _("Once more Del cancels what was agreed for {when}: that call is promised no longer.")
        self._problem.set_text(said.format(when=when))

    def _walk(self, key: str) -> None:
        self._forget_question()
        self.table.walk(key)

    def _forget_question(self) -> None:
        if self._asked is not None:
            self._asked = None
            self._problem.set_text("")

    def _carry_out(self, work: Any) -> None:
        def done(_none: object) -> None:
            self._look()
            self._desk.look_at_day()

        self._tasks.run(self, work, done, self._failed)

    # ---- showing ---------------------------------------------------------------------------------

    def _show(self, agreed: Any) -> None:
        self._title.set_text(_("Everybody's appointments") if self._all else _("My appointments"))
        self.table.show_rows(agreed)

    def _cells(self, one: Agreed) -> tuple[Cell, ...]:
        programme = self._desk.place.programme.programme
        group = programme.group(one.group_code)
        return (
            Cell(words.moment_words(one.at, programme.settings), bold=True, icon="calendar"),
            Cell(words.name_of_unit(programme, one.unit_code)),
            Cell(in_language(group.labels, language(), group.label)),
            Cell(one.owner or _("anybody")),
            Cell(_("yes") if one.firm else _("no")),
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the screen also when its size changes."""
        stopped = super().eventFilter(watched, event)
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._give_way()
        return stopped
