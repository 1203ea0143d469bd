"""Connections to a server: given up when it falls silent, and with a reason when it lets nobody in."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.errors import _WaitTimeout

from cati.store.turned_away import explained

_INTERVAL = 0.1


def connect(silence: float | None, *args: Any, **named: Any) -> psycopg.Connection[Any]:
    """Connect to a server, all of whose answers have to come within `silence` seconds (None waits for ever).

    The line itself may be up: whatever stands between may have swallowed the answer, so the kernel's own
    time-outs would not notice. A commit cut off like this may have been carried out or not.
    """
    kind, patience = (psycopg.Connection, {}) if silence is None else _impatient(silence)
    try:
        return kind.connect(*args, **named | patience)
    except psycopg.OperationalError as refused:
        raise explained(refused, args, named) from None


def _impatient(silence: float) -> tuple[type[psycopg.Connection[Any]], dict[str, Any]]:
    class Impatient(psycopg.Connection[Any]):
        def wait(self, gen: Any, interval: float = _INTERVAL, timeout: float | None = None) -> Any:
            try:
                return super().wait(gen, interval, silence if timeout is None else timeout)
            except _WaitTimeout:
                # Nothing more can be said on a line that waits for an answer.
                self.pgconn.finish()
                raise psycopg.OperationalError("the server has been silent for too long") from None

    return Impatient, {"tcp_user_timeout": int(silence * 1000)}
