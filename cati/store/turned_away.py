"""Why a server lets nobody in just now: told by its code, since what it says then is in its own language."""

from __future__ import annotations

import os
import re
import select
import sys
from typing import Any

import psycopg
from psycopg import pq
from psycopg.conninfo import make_conninfo

_STATE = re.compile(rb'\tErrorResponse\t.*? C "(\w{5})"')
_PASSING = ("53", "57P", "58030")
"""SQLSTATE classes of a server that has no place left, is being started or stopped, or whose disk refuses."""
_WITHIN = "XX"
"""SQLSTATE class of faults within a server, whose words are English everywhere."""
_UNWRITTEN = "could not write init file"
"""What a server says whose disk is full before it lets anybody in, beside the code of a fault within."""
_CLOSED = "28000"
"""SQLSTATE of a role that may not sign in: the server says so only after the password was right."""
_SPOKEN = ":  "
"""What libpq puts after the severity of whatever a server says, in every language."""
_SECONDS = 5.0
"""How long the second look may wait for each answer."""
_BROKEN = "no connection came about, and the server did not say why"


def explained(refused: psycopg.OperationalError, args: tuple[Any, ...], named: dict[str, Any]) -> Exception:
    """What kept a connection from coming about, with the server's code where that tells more.

    The client library keeps the words of a server that lets nobody in, but not the code. So the same is
    asked once more, with a look at what is said on the line (the driver can do so on Linux).

    Args:
        refused: what the driver raised.
        args, named: what it was called with.

    Returns:
        `refused` itself where nothing else is known.
    """
    asked = refused.pgconn is not None and bool(refused.pgconn.used_password)
    knows = sys.platform == "linux" and not isinstance(refused, psycopg.errors.ConnectionTimeout)
    if not (knows and (asked or _SPOKEN in str(refused))):
        return refused
    # What else it was called with is for Python alone.
    plain = {name: str(value) for name, value in named.items() if isinstance(value, str | int)}
    state, let_in = _second_look(make_conninfo(*args, **plain))
    if state is not None and state.startswith(_WITHIN):
        full = _UNWRITTEN in str(refused)
        return psycopg.errors.DiskFull(str(refused)) if full else psycopg.OperationalError(_BROKEN)
    if state is not None:
        told = state.startswith(_PASSING) or (asked and state == _CLOSED)
        return psycopg.errors.lookup(state)(str(refused)) if told else refused
    # Whoever is let in now was not refused for a password, nor whoever was told nothing.
    return psycopg.OperationalError(_BROKEN) if let_in or asked else refused


def _second_look(address: str) -> tuple[str | None, bool]:
    """The server's code for letting nobody in, if it says one, and whether it does let in."""
    line = pq.PGconn.connect_start(address.encode())
    watched = os.memfd_create("line")
    try:
        line.trace(watched)
        line.set_trace_flags(pq.Trace.SUPPRESS_TIMESTAMPS)
        let_in = _wait(line)
        line.untrace()
        said = _STATE.search(os.pread(watched, os.fstat(watched).st_size, 0))
        return (said[1].decode() if said else None), let_in
    finally:
        os.close(watched)
        line.finish()


def _wait(line: pq.abc.PGconn) -> bool:
    while line.status != pq.ConnStatus.BAD:
        match line.connect_poll():
            case pq.PollingStatus.OK:
                return True
            case pq.PollingStatus.READING:
                ready = select.select([line.socket], [], [], _SECONDS)[0]
            case pq.PollingStatus.WRITING:
                ready = select.select([], [line.socket], [], _SECONDS)[1]
            case _:
                return False
        if not ready:
            return False
    return False
