"""What the station's telephone tells, as steps of the call: connected, engaged, hung up."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from cati.base.i18n import translate as _
from cati.domain.call import Phase
from cati.domain.phone import CallNews, CallState, EarNews, LineNews, PhoneNews
from cati.gui.actions import Keys
from cati.gui.console.desk import Desk
from cati.gui.console.dialling import DiallingScreen
from cati.gui.console.keypad import KeypadOverlay

LINE_KEYS = ("mute", "hold", "keypad")
"""Actions on the line of a station that calls by itself."""
_HEARD = (CallState.RINGING, CallState.EARLY)


class Telephone(QObject):
    """Follows the telephone of a desk; without one it does nothing.

    Args:
        desk: takes the steps.
        screen: says how far the call has come.
        say: shows a sentence to the operator.
        keys: of the window.
        over: the keypad lies over this.
    """

    def __init__(
        self, desk: Desk, screen: DiallingScreen, say: Callable[..., None], keys: Keys, over: QWidget
    ) -> None:
        super().__init__(screen)
        self._over = over
        self._keypad: KeypadOverlay | None = None
        self._desk, self._screen, self._say, self._keys = desk, screen, say, keys
        self._muted = self._held = False
        self._end: CallNews | None = None
        desk.phoned.connect(self._told)

    @property
    def is_there(self) -> bool:
        """Whether this station calls by itself."""
        return self._desk.is_open and self._desk.place.phone is not None

    def begin(self) -> None:
        """The place is open: where it calls by itself, nothing is dialled by hand."""
        if self.is_there:
            self._screen.set_telephone()
            self._keys.unbind("connected", "copy_number", "phone_program")
            self._keypad = KeypadOverlay(self._over, self._keys, self._press)
            self._keys.bind_all({"mute": self._mute, "hold": self._hold, "keypad": self._open_keypad})

    def let_go(self) -> None:
        """Give its keys back."""
        self._put_keypad_away()
        self._keys.unbind(*LINE_KEYS)

    def _open_keypad(self) -> None:
        if self._keypad is not None:
            self._keypad.open(self._desk.call.phone.extension)

    def _put_keypad_away(self) -> None:
        if self._keypad is not None:
            self._keypad.put_away()

    def _press(self, sign: str) -> None:
        phone = self._desk.place.phone
        if phone is not None:
            phone.press(sign)

    def _mute(self) -> None:
        phone = self._desk.place.phone
        if phone is not None:
            self._muted = not self._muted
            phone.mute(self._muted)
            self._keys.set_flag("mute", self._muted)

    def _hold(self) -> None:
        phone = self._desk.place.phone
        if phone is not None:
            self._held = not self._held
            phone.hold(self._held)
            self._keys.set_flag("hold", self._held)

    def _open_line(self) -> None:
        """A new call is heard on both sides."""
        self._muted = self._held = False
        for name in LINE_KEYS:
            self._keys.set_off(name, "")
        self._keys.set_flag("mute", False)
        self._keys.set_flag("hold", False)

    def proposal(self) -> str:
        """The outcome that the network proposes for the call that was dialled last; "" for none."""
        return self._desk.place.proposal(self._end) if self._end is not None else ""

    def _told(self, news: PhoneNews) -> None:
        if not self._desk.is_open:
            return
        if isinstance(news, LineNews):
            self._line_told(news)
        elif isinstance(news, EarNews):
            self._ear_told(news)
        elif news.state is CallState.ENDED:
            self._ended(news)
        elif news.state is CallState.CONNECTED:
            self._desk.do(lambda r: r.connect() if r.call.phase is Phase.DIALLING else None, commits=True)
        else:
            self._end = None
            self._open_line()
            self._screen.show_progress(rings=news.state in _HEARD)

    def _line_told(self, news: LineNews) -> None:
        if not news.registered:
            pattern = _(
                "The telephone exchange does not let this telephone in ({said}). Nobody can be called until "
                "it does; tell whoever looks after the telephones."
            )
            self._say(pattern.format(said=f"{news.code} {news.reason}".strip()))

    def _ear_told(self, news: EarNews) -> None:
        self._desk.set_deaf(not news.there)
        if news.there:
            self._say(_("The other side can be heard again."), True)
        else:
            self._say(_("The other side cannot be heard: plug the headset in. Call and recording go on."))

    def _ended(self, news: CallNews) -> None:
        self._desk.set_deaf(False)
        self._end = news
        if news.by_us:
            return
        if self._desk.call.phase is Phase.CONNECTED:
            self.hung_up(_("The other side has hung up."))
        else:
            self._desk.do(lambda r: r.end() if r.call.phase is Phase.DIALLING else None)

    def lost(self) -> None:
        """The telephone's process died, and the call with it; what was answered is not touched."""
        if not self.is_there:
            return
        self._desk.set_deaf(False)
        self._end = None
        if self._desk.call.phase is Phase.CONNECTED:
            self.hung_up(_("The telephone failed, and the call was lost."))
        else:
            self._desk.do(lambda r: r.end() if r.call.phase is Phase.DIALLING else None)

    def hung_up(self, what: str) -> None:
        """Say that nobody is on the line any more: the operator ends the call, or dials again."""
        self._put_keypad_away()
        for name in LINE_KEYS:
            self._keys.set_off(name, _("nobody is on the line"))
        pattern = _("{what} Answers are kept. Dial again at once with F8, or end the call with F10.")
        self._say(pattern.format(what=what))
