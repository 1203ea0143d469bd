"""Over the field while a running call is listened to: whom, since when, how loud both are."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer, Signal

from cati.base.i18n import translate as _
from cati.domain.times import clock
from cati.gui.actions import Keys
from cati.gui.office.office import Office
from cati.gui.widgets.button import Button
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.layouts import column, row
from cati.gui.widgets.level import Level
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.text import Strong, Text

FOLLOW_MS = 100


class ListenBar(Surface):
    """Shown while somebody is listened to; hidden else.

    Signals:
        changed: it begins, or it is over.
    """

    changed = Signal()

    def __init__(self, office: Office, keys: Keys) -> None:
        self._office, self._keys = office, keys
        self._heard: Any = None
        self._is_asked = False
        self._whom, self._state = Text(size=15), Text(size=14, ink="ink2", wrap=True)
        self._own = Level(_("How loud the operator is"))
        self._other = Level(_("How loud the respondent is"))
        self._respondent = Text(_("Respondent"), 13, "ink2")
        stop = Button(_("Stop listening"), "Esc", size=14, height=32)
        stop.clicked.connect(lambda: keys.trigger("field_back"))
        super().__init__(
            row(
                Icon("play", "accent", 18),
                (column(self._whom, self._state, gap=1), 1),
                column(Text(_("Operator"), 13, "ink2"), self._own, gap=2),
                column(self._respondent, self._other, gap=2),
                stop,
                gap=10,
                margins=(12, 6, 8, 6),
            )
        )
        self._timer = QTimer(self)
        self._timer.setInterval(FOLLOW_MS)
        self._timer.timeout.connect(self._follow)
        self.hide()

    @property
    def on(self) -> bool:
        """Whether somebody is listened to."""
        return self._heard is not None

    def listen_to(self, operator_id: int) -> None:
        """Listen to the call an operator is in; said where there is none.

        Args:
            operator_id: row number.
        """
        programme, room = self._office.programme, self._office.listening_room
        if programme is not None:
            self._is_asked = True
            self._office.ask(self, lambda: room.overhear(programme, operator_id), self._begun)

    def stop(self) -> None:
        """Listen no more."""
        self._is_asked = False
        if self._heard is not None:
            self._heard.quit()
            self._over()

    def _begun(self, heard: Any) -> None:
        if not self._is_asked:
            # The place was left meanwhile.
            heard.quit()
            return
        self._heard = heard
        self._whom.set_text([_("You listen to "), Strong(heard.operator)])
        self._own.set_feed(lambda: _height(heard, 0))
        self._other.set_feed(lambda: _height(heard, 1))
        self._follow()
        self.show()
        self._timer.start()
        self._keys.set_words("field_back", _("Stop listening"))
        self.changed.emit()

    def _follow(self) -> None:
        heard = self._heard
        state = heard.state
        if state.on:
            self._state.set_text(self._said(state.is_heard).format(time=clock(heard.since)))
            # One microphone hears one side.
            for part in (self._respondent, self._other):
                part.setVisible(len(state.levels) > 1)
            return
        self._over()
        if state.fault is not None:
            self._office.say_error(state.fault)
        else:
            over = _("The call of {name} is over, or recorded no more.")
            self._office.tell(over.format(name=heard.operator))

    def _said(self, is_heard: bool) -> str:
        if not is_heard:
            return _("since {time} · waiting for the operator's station")
        programme = self._office.programme
        if programme is not None and programme.programme.settings.listening_told:
            return _("since {time} · the operator is told")
        return _("since {time} · nobody is told")

    def _over(self) -> None:
        self._heard = None
        self._timer.stop()
        self._own.set_feed(None)
        self._other.set_feed(None)
        self._keys.set_words("field_back", "")
        self.hide()
        self.changed.emit()


def _height(heard: Any, channel: int) -> float:
    levels = heard.state.levels
    return float(levels[channel]) if channel < len(levels) else 0.0
