"""The process that has the telephone and the recording: a recorder with a line.

The softphone is brought in by the first account; who has none has a recorder alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from cati.audio.codec import Samples
from cati.audio.line import LineReport
from cati.audio.process import serve
from cati.audio.session import Event, Session
from cati.domain.phone import LineNews
from cati.telephony.messages import event

if TYPE_CHECKING:
    from cati.telephony.softphone import Softphone

_GOODBYE_SECONDS = 1.0


class PhoneLine:
    """The softphone in a thread of its own.

    Args:
        post: takes events.
    """

    def __init__(self, post: Callable[[Event], None]) -> None:
        self._post = post
        self._phone: Softphone | None = None
        self._thread: threading.Thread | None = None
        self._deliver: Callable[[LineReport], None] = lambda report: None

    def begin(self, deliver: Callable[[LineReport], None]) -> None:
        """Take to whom sound is given."""
        self._deliver = deliver

    def obey(self, command: Mapping[str, Any]) -> None:
        """Pass a command on to the softphone."""
        if self._phone is None and command["do"] == "register":
            self._bring()
        if self._phone is not None:
            self._phone.take(command)

    def _bring(self) -> None:
        try:
            from cati.telephony.softphone import Softphone
        except ImportError as missing:
            self._post(event(LineNews(False, 0, str(missing))))
            return
        self._phone = Softphone(lambda news: self._post(event(news)))
        self._thread = threading.Thread(
            target=self._phone.run, args=(self._deliver,), name="telephone", daemon=True
        )
        self._thread.start()

    def speak(self, samples: Samples) -> None:
        """Pass on what the microphone heard."""
        if self._phone is not None:
            self._phone.speak(samples)

    def end(self) -> None:
        """Hang up and tell the exchange."""
        if self._phone is not None and self._thread is not None:
            self._phone.quit()
            self._thread.join(_GOODBYE_SECONDS)


def main() -> None:
    """Serve the window that started this process."""
    serve(lambda post: Session(post, line=PhoneLine(post)))


if __name__ == "__main__":
    main()
