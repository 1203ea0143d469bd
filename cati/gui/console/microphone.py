"""Which microphone: the list with a live level, tried out at once and remembered when it is taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from cati.base.errors import CatiError
from cati.base.i18n import translate as _
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.console.desk import Desk
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.cover import Cover
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.layouts import Holder, Line, column, row
from cati.gui.widgets.level import Level
from cati.gui.widgets.middle import Middle
from cati.gui.widgets.options import OptionRow
from cati.gui.widgets.surface import Rule, Surface
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.gui.app import Shell

LOOK_AGAIN_MS = 2000
MOST = 9


class DeviceRow(OptionRow):
    """One microphone."""

    MOST = 44


class MicrophoneOverlay(Cover):
    """Lies over the screen between calls; Enter takes what is chosen, Esc leaves all as it was.

    Args:
        screen: it covers this.
        shell: keeps what was taken in the station's settings.
        desk: its recorder listens.
    """

    def __init__(self, screen: QWidget, shell: Shell, desk: Desk) -> None:
        super().__init__(screen)
        self._shell, self._desk = shell, desk
        self._keys: Keys = shell.keys
        self._names: list[str | None] = []
        self._rows: list[DeviceRow] = []
        self._chosen = 0
        self._level = Level(_("Your microphone"), desk.level, 280)
        self._state_icon, self._state = Icon("microphone", "ink2", 18), Text(size=15)
        self._list = column(gap=2)
        self._take = Button(_("Take this microphone"), "Enter", Kind.PRIMARY, 16, 46)
        self._take.clicked.connect(lambda: self._keys.trigger("keep_microphone"))
        self._leave = Button(_("Leave it as it was"), "Esc")
        self._leave.clicked.connect(lambda: self._keys.trigger("leave_microphone"))
        self._again = QTimer(self)
        self._again.setInterval(LOOK_AGAIN_MS)
        self._again.timeout.connect(self._look)
        self.setLayout(self._build())
        self.hide()
        self._keys.changed.connect(self._follow)
        desk.sound_changed.connect(self._show_state)

    def _build(self) -> Line:
        lead = Text(_("Say something: the bar must move. A key tries another one at once."), 15, "ink2")
        meter = row(self._state_icon, self._state, None, self._level, gap=10)
        sheet = Surface(
            column(
                Text(_("Which microphone?"), 20, bold=True),
                lead,
                Holder(self._list),
                Rule(),
                meter,
                row((self._take, 1), self._leave, gap=12),
                gap=12,
                margins=(28, 20, 28, 24),
            ),
            width=720,
        )
        middle = Middle()
        middle.addWidget(Holder(column(None, row(None, sheet, None), None)))
        return column(middle, gap=0)

    # ---- coming and going ------------------------------------------------------------------------

    def open(self) -> None:
        """Look which microphones there are, and listen to the one in use."""
        self._show_list([], looking=True)
        self._keys.bind_all(
            {
                "choose_microphone": lambda key: self._choose(int(key) - 1),
                "keep_microphone": self._keep,
                "leave_microphone": self._go_back,
            }
        )
        self._keys.push(Mode.MICROPHONE)
        self.setGeometry(self._screen.rect())
        self.show()
        self.raise_()
        self._look()

    def _look(self) -> None:
        self._shell.tasks.run(self, self._desk.place.recorder.devices, self._found, self._failed)

    def _found(self, devices: Sequence[Any]) -> None:
        if not self.isVisible():
            return
        self._again.stop()
        if not devices:
            self._again.start()
        self._show_list([device.name for device in devices][: MOST - 1])

    def _failed(self, error: CatiError) -> None:
        self._state.set_text(str(error))

    def _listen(self, name: str | None) -> None:
        recorder = self._desk.place.recorder
        self._shell.tasks.run(
            self, lambda: recorder.monitor(name, chosen=True), lambda _none: None, self._failed
        )

    def _keep(self) -> None:
        if not self._names:
            return
        name = self._names[self._chosen]
        self._desk.place.runner.device = name
        self._shell.remember({"audio_device": name or ""})
        self._close()

    def _go_back(self) -> None:
        self._listen(self._desk.place.runner.device)
        self._close()

    def _close(self) -> None:
        self._again.stop()
        self._keys.pop(Mode.MICROPHONE)

    def _follow(self) -> None:
        if self.isVisible() and self._keys.mode not in (Mode.MICROPHONE, Mode.HELP):
            self._again.stop()
            self.hide()
            self._keys.unbind("choose_microphone", "keep_microphone", "leave_microphone")

    # ---- showing ---------------------------------------------------------------------------------

    def _show_list(self, names: Sequence[str], looking: bool = False) -> None:
        used = self._desk.place.runner.device
        self._names = [None, *names] if names else []
        self._chosen = self._names.index(used) if used in self._names else 0
        for old in self._rows:
            self._list.removeWidget(old)
            old.deleteLater()
        self._rows = []
        for nth, name in enumerate(self._names):
            option = DeviceRow(str(nth + 1), name or _("The system's own choice"))
            option.clicked.connect(lambda _checked=False, place=nth: self._choose(place))
            option.set_selected(nth == self._chosen)
            self._list.put(option)
            self._rows.append(option)
        self._take.setEnabled(bool(self._names))
        self._show_state()
        if looking:
            self._state.set_text(_("Looking for microphones …"))

    def _choose(self, place: int) -> None:
        if place >= len(self._names):
            return
        self._chosen = place
        for nth, option in enumerate(self._rows):
            option.set_selected(nth == place)
        self._listen(self._names[place])

    def _show_state(self) -> None:
        fault = self._desk.sound_fault
        if not self._names or fault in ("no_device", "device_lost"):
            words, ink = _("No microphone is there. Plug one in: it is found by itself."), "stop"
        elif fault == "silent":
            words, ink = _("Nothing is heard from this one"), "warn"
        else:
            words, ink = _("This one is listening"), "ok"
        self._state_icon.set_icon("microphone", ink)
        self._state.set_text(words)
        self._state.set_ink("ink" if ink == "ok" else ink)
