"""Connections to a server that are given up when it falls silent, so that a stalled line hangs nobody."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.errors import _WaitTimeout

_INTERVAL = 0.1


def connect(silence: float, *args: Any, **named: Any) -> psycopg.Connection[Any]:
    """Connect to a server whose every answer has to come within `silence` seconds.

    The line itself may be up: whatever stands between may have swallowed the answer, so the kernel's own
    time-outs would not notice. A commit cut off like this may have been carried out or not.
    """

    class Impatient(psycopg.Connection[Any]):
        def wait(self, gen: Any, interval: float = _INTERVAL, timeout: float | None = None) -> Any:
            try:
                return super().wait(gen, interval, silence if timeout is None else timeout)
            except _WaitTimeout:
                # Nothing more can be said on a line that waits for an answer.
                self.pgconn.finish()
                raise psycopg.OperationalError("the server has been silent for too long") from None

    named = {"tcp_user_timeout": int(silence * 1000)} | named
    return Impatient.connect(*args, **named)
