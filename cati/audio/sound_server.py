"""What a sound server does with an open microphone: one that is unplugged it replaces, and tells nobody.

PulseAudio, and PipeWire in its place, move the stream of whoever records to another source, and every
computer has one (what the loudspeaker plays). Their own program ``pactl`` says where a stream comes from and
tells of changes. Where there is no such program or no server, nothing is known: there a microphone that goes
away cannot be read any more.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_SECONDS = 2.0
# Of a burst of events, as of a volume that is dragged, a few looks are enough.
_PAUSE_SECONDS = 0.25
_FIRST_LOOKS = 10
_NEWS = (b"on source", b"on card", b"on server")

Pactl = Callable[..., str | None]
Sources = Mapping[str, Mapping[str, Any]]


def pactl(*words: str) -> str | None:
    """What the sound server's program says, None where there is neither."""
    try:
        done = subprocess.run(
            ["pactl", "-f", "json", *words],
            # In other languages it writes numbers that are no JSON, and says otherwise what is plugged in.
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=True,
            text=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


@dataclass(frozen=True, slots=True)
class Home:
    """Where the sound of a microphone comes from while all is well.

    Attributes:
        source: the server's name of the device.
        port: which of its sockets; None where that is not known to be plugged in.
    """

    source: str
    port: str | None

    def is_there(self, sources: Sources) -> bool:
        """Whether it is plugged in."""
        source = sources.get(self.source)
        return source is not None and (self.port is None or _is_plugged(source, self.port))


class SoundServer:
    """Remembers where the sound of each microphone came from, and lets it come from nowhere else.

    Whoever moves the sound to another device while the old one is there chooses that one. When a device is
    gone, a new one that is plugged in and becomes the system's own choice takes its place; what was there
    before does not.

    Args:
        ask: runs ``pactl``.
    """

    def __init__(self, ask: Pactl = pactl) -> None:
        self._ask = ask
        self._homes: dict[str, Home] = {}
        # Of microphones that are gone: the devices there were besides.
        self._others: dict[str, frozenset[str]] = {}

    def lets_open(self, name: str) -> bool:
        """Whether the sound of a microphone would come from where it came from before, as far as is known."""
        home = self._homes.get(name)
        sources = None if home is None else self._sources()
        if home is None or sources is None or home.is_there(sources):
            return True
        others = self._others.setdefault(name, frozenset(sources))
        facts: Mapping[str, Any] = _read(self._ask("info")) or {}
        chosen = facts.get("default_source_name")
        if chosen and chosen in sources and chosen not in others and not _is_loudspeaker(sources[chosen]):
            self.forget(name)
            return True
        return False

    def forget(self, name: str) -> None:
        """Somebody chooses this microphone: it is what the system takes for it now."""
        self._homes.pop(name, None)
        self._others.pop(name, None)

    def look(self, name: str) -> bool:
        """See where this process's stream, open for a microphone, comes from; False when that is gone."""
        # The stream first: when its device is gone by now, the list of devices tells.
        streams, sources = _read(self._ask("list", "source-outputs")), self._sources()
        if streams is None or sources is None:
            return True
        home = self._homes.get(name)
        if home is not None and not home.is_there(sources):
            self._others[name] = frozenset(sources)
            return False
        me = str(os.getpid())
        mine = next((s for s in streams if s.get("properties", {}).get("application.process.id") == me), None)
        source = next((s for s in sources.values() if mine and s["index"] == mine["source"]), None)
        if mine is None or source is None:
            return True
        if home is not None and self._others.pop(name, None) is not None and source["name"] != home.source:
            # It is plugged in again, but the server has got used to another one.
            self._ask("move-source-output", str(mine["index"]), home.source)
        else:
            port = source.get("active_port")
            self._homes[name] = Home(source["name"], port if port and _is_plugged(source, port) else None)
        return True

    def _sources(self) -> Sources | None:
        listed = _read(self._ask("list", "sources"))
        return None if listed is None else {source["name"]: source for source in listed}


class Follower(threading.Thread):
    """Watches where an open microphone's sound comes from, until it is lost or let go.

    Args:
        server: what it is told about.
        name: the microphone.
    """

    def __init__(self, server: SoundServer, name: str) -> None:
        super().__init__(name="sound server", daemon=True)
        self.is_lost = False
        self._server, self._microphone = server, name
        self._ended = threading.Event()
        self._events: subprocess.Popen[bytes] | None = None
        program = shutil.which("pactl")
        if program is not None:
            self._events = subprocess.Popen(
                [program, "subscribe"],
                env={**os.environ, "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            self.start()

    def end(self) -> None:
        """Watch no more."""
        self._ended.set()
        if self._events is not None:
            self._events.terminate()
            self.join()

    def run(self) -> None:
        """Look whenever something changes."""
        assert self._events is not None
        assert self._events.stdout is not None
        with self._events, self._events.stdout as events:
            # What is asked is itself an event: silence means that it does not listen yet.
            for _look in range(_FIRST_LOOKS):
                if not self._look() or select.select([events], [], [], _PAUSE_SECONDS)[0]:
                    break
            rest = b""
            while not self.is_lost and (news := os.read(events.fileno(), 65536)):
                lines, _end, rest = (rest + news).rpartition(b"\n")
                if any(word in lines for word in _NEWS) and self._look():
                    self._ended.wait(_PAUSE_SECONDS)
            self._events.terminate()

    def _look(self) -> bool:
        if not self._ended.is_set() and not self._server.look(self._microphone):
            self.is_lost = True
        return not self.is_lost


def _read(said: str | None) -> Any:
    # An old one has no JSON and answers in words.
    try:
        return None if said is None else json.loads(said)
    except ValueError:
        return None


def _is_plugged(source: Mapping[str, Any], port: str) -> bool:
    """Whether a socket is not known to be empty."""
    sockets = {socket["name"]: socket for socket in source.get("ports", ())}
    return bool(sockets.get(port, {}).get("availability") != "not available")


def _is_loudspeaker(source: Mapping[str, Any]) -> bool:
    """Whether it is what a loudspeaker plays."""
    return bool(source.get("properties", {}).get("device.class") == "monitor")
