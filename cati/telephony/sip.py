"""Dialling by the softphone, which shares the recorder's process."""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Callable

from cati.audio.recorder import RecorderProcess
from cati.domain.phone import PhoneAccount, check_account, dialled
from cati.telephony import messages

# A frozen program understands the same words itself.
COMMAND = (sys.executable, "-m", "cati.telephony.process")
"""The recorder's process, with a telephone in it."""


def is_installed() -> bool:
    """Whether the softphone's library is here."""
    return importlib.util.find_spec("pjsua2") is not None


class SipDialler:
    """Calls by an exchange; what becomes of a call is told by the process's news.

    Args:
        process: of the recorder, started by `COMMAND`.
        account: of the exchange; the process is told it at once, and so is one that takes its place.
        show: gets the digits when a call is made and None when it is over.
    """

    def __init__(
        self, process: RecorderProcess, account: PhoneAccount, show: Callable[[str | None], None]
    ) -> None:
        check_account(account)
        self._process, self._account, self._show = process, account, show
        self._one_by_one = threading.Lock()
        self.call = 0
        """Number of the call dialled last; news of another are old."""
        process.introduce(messages.register(account))

    def dial(self, number: str) -> None:
        """Begin to call a number.

        Raises:
            CatiError: ``phone_number``.
        """
        digits = dialled(self._account, number)
        with self._one_by_one:
            self.call += 1
            self._show(number)
            self._process.tell(messages.dial(self.call, digits))

    def hang_up(self) -> None:
        """End the call, if there is one."""
        self._process.tell(messages.hang_up())
        self._show(None)

    def end(self, call: int) -> None:
        """End a call unless another one was dialled since."""
        with self._one_by_one:
            if self.call == call:
                self.hang_up()

    def press(self, digits: str) -> None:
        """Send the tones of keys, such as an extension asked for by a switchboard."""
        self._process.tell(messages.press(digits))

    def mute(self, on: bool) -> None:
        """Let the other side hear nothing, or hear again."""
        self._process.tell(messages.mute(on))

    def hold(self, on: bool) -> None:
        """Put the call on hold, or take it up again."""
        self._process.tell(messages.hold(on))
