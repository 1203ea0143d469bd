"""A connection on which a server tells that something has changed, and takes a station's signs of life."""

from __future__ import annotations

import select
import socket
from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import text

from cati.store import faults
from cati.store.engine import Connection, Database

CHANNELS = ("cati_floor", "cati_notices")
"""Told by the triggers of migrations/versions/0019_stations.py: what of the floor, and what to operators."""


class News(NamedTuple):
    """Something has changed; it carries no name and no number of anybody.

    Attributes:
        what: ``floor`` (cases, calls, interviews, cells, attendance), ``messages``, ``notices``,
            ``stations``, or of another channel its name.
        programme: its row number; 0 where it concerns every one.
    """

    what: str
    programme: int


class Wire:
    """One connection of its own to a server, listening.

    Args:
        database: of a server; its connections are given up when the server falls silent.
        channels: what to listen for.

    Raises:
        CatiError: ``database_unreachable`` and whatever else keeps a statement from being carried out.
    """

    def __init__(self, database: Database, channels: Sequence[str]) -> None:
        self._stack = database.engine.connect()
        self.connection: Connection = self._stack.execution_options(isolation_level="AUTOCOMMIT")
        driver: Any = self.connection.connection.driver_connection
        self._server: psycopg.Connection[Any] = driver
        self._heard: deque[News] = deque()
        # What comes together with an answer to a statement is handed out by the driver.
        self._server.add_notify_handler(self._hear)
        self._waker, self._wakes = socket.socketpair()
        for channel in channels:
            self.connection.execute(text(f"listen {channel}"))

    def wait(self, seconds: float) -> tuple[News, ...]:
        """What was told since the last time, waiting for it at most `seconds` (>= 0) or until woken.

        Raises:
            CatiError: ``database_unreachable`` when the connection has ended.
        """
        line = self._server.pgconn
        try:
            if not self._heard:
                woken = self._wakes.fileno()
                readable, _, _ = select.select([line.socket, woken], [], [], seconds)
                if woken in readable:
                    self._wakes.recv(1024)
                if line.socket in readable:
                    line.consume_input()
            while (told := line.notifies()) is not None:
                self._take(told.relname, told.extra)
        except (psycopg.OperationalError, OSError, ValueError) as ended:
            raise faults.unreachable() from ended
        heard = tuple(dict.fromkeys(self._heard))
        self._heard.clear()
        return heard

    def probe(self) -> None:
        """Make sure that the server still answers.

        Raises:
            CatiError: ``database_unreachable``.
        """
        self.connection.execute(text("select 1"))

    def wake(self) -> None:
        """End a wait at once; from any thread."""
        self._waker.send(b"!")

    def close(self) -> None:
        """Give the connection back to nobody: what it listens for is nobody else's."""
        self.connection.invalidate()
        self._stack.close()
        self._waker.close()
        self._wakes.close()

    def _hear(self, told: psycopg.Notify) -> None:
        self._take(told.channel.encode(), told.payload.encode())

    def _take(self, channel: bytes, payload: bytes) -> None:
        if channel.decode() not in CHANNELS:
            self._heard.append(News(channel.decode(), 0))
            return
        what, _blank, programme = payload.decode().partition(" ")
        if programme.isdecimal():  # anybody signed in may tell anything
            self._heard.append(News(what, int(programme)))


def tell(database: Database, channel: str) -> None:
    """Tell who listens to a channel, from a connection other than that which listens."""
    # Nothing is worked on by that: also who works with another version is told of what changes.
    with database.engine.begin() as connection:
        connection.execute(text("select pg_notify(:channel, '')"), {"channel": channel})
