from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import Any

import pytest

from cati.audio.sound_server import SoundServer, pactl

HEADSET, WEBCAM, LOUDSPEAKER = "usb-headset", "webcam", "built-in.monitor"
NAME = "default"


@dataclass
class FakeServer:
    """What ``pactl`` would say of a computer whose devices come and go."""

    devices: list[str] = field(default_factory=lambda: [LOUDSPEAKER, WEBCAM, HEADSET])
    chosen: str = HEADSET
    stream_from: str = HEADSET
    empty_sockets: set[str] = field(default_factory=set)
    port: str | None = None
    answers: bool = True
    moved: list[tuple[str, ...]] = field(default_factory=list)

    def unplug(self, name: str, instead: str) -> None:
        self.devices.remove(name)
        self.chosen = self.stream_from = instead

    def plug_in(self, name: str) -> None:
        self.devices.append(name)

    def __call__(self, *words: str) -> str | None:
        if not self.answers:
            return None
        match words:
            case ("list", "sources"):
                return json.dumps([self._source(name) for name in self.devices])
            case ("list", "source-outputs"):
                mine = {"index": 7, "source": self._index(self.stream_from), "properties": {}}
                mine["properties"] = {"application.process.id": str(os.getpid())}
                other = {"index": 6, "source": self._index(LOUDSPEAKER), "properties": {}}
                return json.dumps([other, mine])
            case ("info",):
                return json.dumps({"default_source_name": self.chosen})
        self.moved.append(words)
        return ""

    def _index(self, name: str) -> int:
        return [LOUDSPEAKER, WEBCAM, HEADSET, "second-headset"].index(name)

    def _source(self, name: str) -> dict[str, Any]:
        names = () if self.port is None else ("inner", "outer")
        state = {True: "not available", False: "availability unknown"}
        ports = [{"name": p, "availability": state[p in self.empty_sockets]} for p in names]
        kind = {"device.class": "monitor" if name == LOUDSPEAKER else "sound"}
        return {
            "index": self._index(name),
            "name": name,
            "properties": kind,
            "ports": ports,
            "active_port": self.port,
        }


@pytest.fixture
def computer() -> FakeServer:
    return FakeServer()


@pytest.fixture
def server(computer: FakeServer) -> SoundServer:
    server = SoundServer(computer)
    assert server.lets_open(NAME)
    assert server.look(NAME)
    return server


@pytest.mark.parametrize("instead", [LOUDSPEAKER, WEBCAM])
def test_a_microphone_replaced_by_what_was_there_before_is_lost_until_it_is_back(
    server: SoundServer, computer: FakeServer, instead: str
) -> None:
    computer.unplug(HEADSET, instead)
    assert not server.look(NAME)
    assert not server.lets_open(NAME)
    computer.plug_in(HEADSET)
    assert server.lets_open(NAME)
    # The server has got used to the other one.
    assert server.look(NAME)
    assert computer.moved == [("move-source-output", "7", HEADSET)]
    computer.stream_from = HEADSET
    assert server.look(NAME)
    computer.unplug(HEADSET, instead)
    assert not server.look(NAME)


def test_one_that_goes_while_nobody_listens_is_missed_at_the_next_call(
    server: SoundServer, computer: FakeServer
) -> None:
    computer.unplug(HEADSET, WEBCAM)
    assert not server.lets_open(NAME)
    computer.plug_in("second-headset")
    assert not server.lets_open(NAME)
    computer.chosen = "second-headset"
    assert server.lets_open(NAME)


def test_what_a_loudspeaker_plays_is_never_a_new_microphone(
    server: SoundServer, computer: FakeServer
) -> None:
    computer.devices.remove(LOUDSPEAKER)
    computer.unplug(HEADSET, WEBCAM)
    assert not server.lets_open(NAME)
    computer.plug_in(LOUDSPEAKER)
    computer.chosen = LOUDSPEAKER
    assert not server.lets_open(NAME)


def test_who_changes_the_systems_choice_or_the_stream_loses_nothing(
    server: SoundServer, computer: FakeServer
) -> None:
    computer.chosen = WEBCAM
    assert server.look(NAME)
    computer.stream_from = WEBCAM
    assert server.look(NAME)
    # From now on it is that one.
    computer.unplug(HEADSET, WEBCAM)
    assert server.look(NAME)
    computer.unplug(WEBCAM, LOUDSPEAKER)
    assert not server.look(NAME)


def test_who_chooses_a_microphone_takes_what_is_there(server: SoundServer, computer: FakeServer) -> None:
    computer.unplug(HEADSET, WEBCAM)
    assert not server.look(NAME)
    server.forget(NAME)
    assert server.lets_open(NAME)
    assert server.look(NAME)


def test_a_plug_pulled_out_of_its_socket_is_a_lost_microphone(computer: FakeServer) -> None:
    computer.port = "outer"
    server = SoundServer(computer)
    assert server.look(NAME)
    computer.port, computer.empty_sockets = "inner", {"outer"}
    assert not server.look(NAME)
    assert not server.lets_open(NAME)
    computer.empty_sockets = set()
    assert server.lets_open(NAME)


def test_a_socket_that_never_knew_whether_it_is_used_proves_nothing(computer: FakeServer) -> None:
    computer.port, computer.empty_sockets = "outer", {"outer"}
    server = SoundServer(computer)
    assert server.look(NAME)
    assert server.look(NAME)


def test_without_a_sound_server_nothing_is_known_and_nothing_refused(
    server: SoundServer, computer: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    computer.unplug(HEADSET, WEBCAM)
    computer.answers = False
    assert server.look(NAME)
    assert server.lets_open(NAME)
    monkeypatch.setenv("PATH", "")
    assert pactl("info") is None
