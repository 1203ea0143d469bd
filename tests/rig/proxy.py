"""A line to a server that fails when told: refuses, drops, resets, stalls, and cuts off at a commit."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from enum import Enum

COMMIT = b"COMMIT"


class Fault(Enum):
    """What happens, once, to the next bytes that a client sends."""

    DROP = "both sides are closed"
    RESET = "the client gets a reset"
    STALL = "nothing is heard any more, though the line stands"
    CUT_BEFORE_COMMIT = "the next commit never arrives"
    CUT_AFTER_COMMIT = "the next commit is carried out, its answer never arrives"


_AT_COMMIT = (Fault.CUT_BEFORE_COMMIT, Fault.CUT_AFTER_COMMIT)


class Proxy:
    """Passes everything on to a port of this computer, unless it is down or a fault is due.

    Args:
        target: port of the server.
        told: what a client hears in place of what the server says.
    """

    def __init__(self, target: int, told: Callable[[bytes], bytes] = bytes) -> None:
        self._target, self._told = target, told
        self._lock = threading.Lock()
        self._fault: Fault | None = None
        self._is_down = self._stalls = False
        self._open: set[_Pair] = set()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._start(self._let_in)

    def url(self, direct: str) -> str:
        """The address of a database behind the proxy, given the direct one."""
        return direct.replace(f":{self._target}/", f":{self.port}/")

    def fail(self, fault: Fault | None) -> None:
        """Let one fault happen, in place of one that has not happened yet."""
        with self._lock:
            self._fault = fault

    def down(self) -> None:
        """End all connections and take no new ones."""
        self._is_down = True
        self._cut_all()

    def stall(self) -> None:
        """Let nothing through on any connection, new ones too, until `up`."""
        self._stalls = True

    def up(self) -> None:
        """The line is whole again; what stalled is lost."""
        if self._stalls:
            self._stalls = False
            self._cut_all()
        self._is_down = False

    def close(self) -> None:
        """End everything."""
        self._is_down = True
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._cut_all()
        for thread in self._threads:
            thread.join(10)

    def _cut_all(self) -> None:
        with self._lock:
            pairs = list(self._open)
        for pair in pairs:
            pair.cut()

    def _start(self, work: object, *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _let_in(self) -> None:
        while True:
            try:
                client, _address = self._door.accept()
            except OSError:
                return
            if self._is_down:
                client.close()
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                client.close()
                continue
            pair = _Pair(client, server)
            with self._lock:
                self._open.add(pair)
            self._start(self._to_server, pair)
            self._start(self._to_client, pair)

    def _due(self, data: bytes) -> Fault | None:
        with self._lock:
            fault = self._fault
            if fault in _AT_COMMIT and COMMIT not in data:
                return None
            self._fault = None
            return fault

    def _to_server(self, pair: _Pair) -> None:
        with suppress(OSError):
            while data := pair.client.recv(65536):
                match self._due(data):
                    case Fault.DROP | Fault.CUT_BEFORE_COMMIT:
                        break
                    case Fault.RESET:
                        pair.reset()
                        break
                    case Fault.STALL:
                        pair.stalls = True
                    case Fault.CUT_AFTER_COMMIT:
                        pair.ends_with_answer = True
                        pair.server.sendall(data)
                    case None if not (pair.stalls or self._stalls):
                        pair.server.sendall(data)
        self._end(pair)

    def _to_client(self, pair: _Pair) -> None:
        with suppress(OSError):
            while data := pair.server.recv(65536):
                if pair.ends_with_answer:
                    break
                if not (pair.stalls or self._stalls):
                    pair.client.sendall(self._told(data))
        self._end(pair)

    def _end(self, pair: _Pair) -> None:
        pair.cut()
        with self._lock:
            self._open.discard(pair)


class _Pair:
    """One connection: from a client, and on to the server."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client, self.server = client, server
        self.stalls = self.ends_with_answer = False

    def cut(self) -> None:
        for side in (self.client, self.server):
            with suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
            side.close()

    def reset(self) -> None:
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.client.close()
