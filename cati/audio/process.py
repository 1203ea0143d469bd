"""The recorder's own process: takes commands and gives events as lines of JSON, whatever the window does.

Commands come on standard input, events go to standard output. When the commands end (the window was closed or
killed), a recording that runs is ended properly. Commands, by ``do``: ``devices``, ``monitor`` (device,
chosen), ``rest``, ``start`` (path, recording_id, attempt_id, public_key, started_at, device, codec), ``mark``
(kind, values), ``stop``, ``share`` (id, attempt_id, key), ``unshare`` (id); others go on to the telephone,
where one shares the process. Events, by ``is``: ``ready``, ``devices``, ``level``, ``fault``, ``stopped``,
``shared`` (id, seq, sealed: base64).
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable
from typing import BinaryIO

from cati.audio.session import Event, Session

_EVENTS_KEPT = 200
# Some two seconds of a call that is listened to.
_SHARED_KEPT = 12


class Outbox(threading.Thread):
    """Writes events to a pipe that may be full: never keeps its caller waiting.

    Of levels only the newest is kept; of others, beyond `_EVENTS_KEPT`, the oldest are dropped, and of sound
    for listeners beyond `_SHARED_KEPT`.
    """

    def __init__(self, pipe: BinaryIO) -> None:
        super().__init__(name="outbox", daemon=True)
        self._pipe = pipe
        self._changed = threading.Condition()
        self._events: deque[Event] = deque(maxlen=_EVENTS_KEPT)
        self._shared: deque[Event] = deque(maxlen=_SHARED_KEPT)
        self._level: Event | None = None
        self._closed = False

    def post(self, event: Event) -> None:
        """Have an event written when there is room."""
        with self._changed:
            if event["is"] == "level":
                self._level = event
            elif event["is"] == "shared":
                self._shared.append(event)
            else:
                self._events.append(event)
                # Told after it, a level from before would say that all is well again.
                self._level = None
            self._changed.notify()

    def close(self) -> None:
        """Let the thread end when everything is written."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def run(self) -> None:
        """Write until closed, or until nobody reads any more."""
        while (event := self._next()) is not None:
            try:
                self._pipe.write(json.dumps(event).encode() + b"\n")
                self._pipe.flush()
            except OSError:
                return

    def _next(self) -> Event | None:
        with self._changed:
            self._changed.wait_for(lambda: self._events or self._shared or self._level or self._closed)
            if self._events:
                return self._events.popleft()
            if self._shared:
                return self._shared.popleft()
            level, self._level = self._level, None
            return level


def _read_commands(pipe: BinaryIO, session: Session) -> None:
    for line in pipe:
        session.take(json.loads(line))
    session.take(None)


def serve(make_session: Callable[[Callable[[Event], None]], Session]) -> None:
    """Serve the process that started this one, until it ends.

    Args:
        make_session: makes what obeys and hears, given what takes its events.
    """
    # Ctrl-C in a terminal is for the window; a log-out asks everybody, and the file must be ended.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    commands = os.fdopen(os.dup(0), "rb")
    events = os.fdopen(os.dup(1), "wb")
    # Sound libraries print pages; Python keeps the error stream for itself.
    sys.stderr = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="backslashreplace")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    outbox = Outbox(events)
    session = make_session(outbox.post)

    def crash(facts: threading.ExceptHookArgs) -> None:
        trace = traceback.format_exception(facts.exc_type, facts.exc_value, facts.exc_traceback)
        outbox.post({"is": "crash", "trace": "".join(trace)})
        session.take(None)

    threading.excepthook = crash
    signal.signal(signal.SIGTERM, lambda number, frame: session.take(None))
    outbox.start()
    threading.Thread(target=_read_commands, args=(commands, session), name="commands", daemon=True).start()
    session.run()
    outbox.close()
    outbox.join(timeout=1)
    # The thread of the commands may still wait for more.
    os._exit(0)


def main() -> None:
    """Serve as a recorder and nothing else."""
    serve(Session)


if __name__ == "__main__":
    main()
