"""Two windows on a floor: a voice at the operator's microphone comes out of the supervisor's loudspeaker."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from cati.audio.codec import SAMPLE_RATE, Samples
from cati.domain.users import Role
from cati.services import users
from tests.audio.studio import likeness, voice
from tests.rig.display import Display, start_display
from tests.rig.pulse import Pulse
from tests.rig.waiting import wait_until
from tests.rig.window import Window
from tests.soak.test_kill_window import WATCHED, Screen
from tests.soak.test_kill_window_floor import STATION, Place, place
from tests.station.office import PASSWORD

__all__ = ["place"]

WORDS = (
    "Good morning, this is the bureau of statistics. Are you satisfied, rather satisfied, not very satisfied "
    "or not satisfied at all with the style of work of the office of education? And with its service? Thank "
    "you. One more question: does it keep what it promises, and how often did you have to go there?"
)
MOST_LATE = 1.0
"""Seconds from the operator's microphone to the supervisor's ear."""


@dataclass
class Tap(threading.Thread):
    """What goes through one of the fake devices, with the moment at which its first sample came."""

    source: str
    pieces: list[bytes] = field(default_factory=list)
    began: float = 0.0

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        words = ["parec", f"--device={self.source}", "--raw", "--format=s16le", f"--rate={SAMPLE_RATE}"]
        self._reader = subprocess.Popen([*words, "--channels=1", "--latency-msec=10"], stdout=subprocess.PIPE)
        self.start()

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        assert self._reader.stdout is not None
        while piece := os.read(self._reader.stdout.fileno(), 1 << 16):
            came = time.monotonic()
            self.pieces.append(piece)
            # What came soonest after it was heard tells best when it was.
            held = sum(map(len, self.pieces)) / 2 / SAMPLE_RATE
            self.began = min(self.began or came, came - held)

    def end(self) -> Samples:
        self._reader.terminate()
        self._reader.wait()
        self.join()
        assert self._reader.stdout is not None
        self._reader.stdout.close()
        return np.frombuffer(b"".join(self.pieces), np.int16).reshape(-1, 1)


def late(said: Tap, heard: Tap) -> float:
    """How many seconds after it went into the one device a sound came out of the other."""
    one, other = (tap.end()[:, 0].astype(float) for tap in (said, heard))
    size = 1 << (len(one) + len(other)).bit_length()
    products = np.fft.irfft(np.fft.rfft(other, size) * np.conj(np.fft.rfft(one, size)), size)
    place = int(products.argmax())
    shift = place if place < size // 2 else place - size
    return shift / SAMPLE_RATE + heard.began - said.began


@pytest.fixture
def second_display() -> Iterator[Display]:
    shown = start_display(os.getpid())
    yield shown
    shown.stop()


@contextmanager
def at(display: str) -> Iterator[None]:
    """Press keys on this display."""
    before = os.environ["DISPLAY"]
    os.environ["DISPLAY"] = display
    try:
        yield
    finally:
        os.environ["DISPLAY"] = before


def opened(place: Place, name: str, folder: Path, station: str) -> tuple[Window, Screen]:
    """A window in which somebody has signed in."""
    screen = Screen(folder.with_suffix(".jsonl"))
    command = (sys.executable, WATCHED, str(screen.file), place.floor.login(name), PASSWORD)
    window = Window(folder, command, CATI_LANGUAGE="en", CATI_DB=place.floor.address, CATI_STATION=station)
    screen.wait_phase("door")
    window.press("Return")
    return window, screen


def logged(place: Place) -> list[str]:
    with place.bureau.database.read() as connection:
        found = connection.execute(
            text("select action from audit where action like 'listening%' order by at, seq")
        )
        return [action for (action,) in found]


@pytest.mark.usefixtures("x_display")
def test_a_voice_at_the_microphone_is_heard_by_the_supervisor_in_time(
    place: Place,
    pulse: Pulse,
    second_display: Display,
    tmp_path: Path,
) -> None:
    spoken = voice(tmp_path / "voice.wav", WORDS)
    users.add_user(place.bureau, place.floor.login("guan"), "督导", {Role.SUPERVISOR}, PASSWORD)
    windows = []
    try:
        operator, desk = opened(place, "zhou", place.folder, STATION)
        windows.append(operator)
        desk.wait_phase("ready")
        operator.press("Return")
        desk.wait_phase("dialling")
        operator.press("Return")
        desk.wait_phase("connected")
        with at(second_display.name):
            supervisor, board = opened(place, "guan", tmp_path / "chief", "pc-chief")
            windows.append(supervisor)
            board.wait_phase("office")
            supervisor.press("ctrl+6")
            wait_until(lambda: "interview" in board.now.get("people", ()), "the operator on the board")
            supervisor.press("l")
            wait_until(lambda: bool(board.now.get("heard")), "sound to come")
            assert logged(place) == ["listening_begun"]
            said, heard = Tap("mic.monitor"), Tap("spk.monitor")
            pulse.play(tmp_path / "voice.wav")
            threading.Event().wait(1.5)
            seconds = late(said, heard)
            like = likeness(np.frombuffer(b"".join(heard.pieces), np.int16).reshape(-1, 1), spoken)
            print(f"heard {seconds:.2f} s later, likeness {like:.2f}")
            assert 0 < seconds < MOST_LATE
            assert like > 0.6
            # Esc ends it; the next one ends with the call, and the recording is whole.
            supervisor.press("Escape")
            wait_until(lambda: board.now.get("listens") is False, "listening to end")
            wait_until(lambda: logged(place) == ["listening_begun", "listening_ended"], "that to be noted")
            supervisor.press("l")
            wait_until(lambda: bool(board.now.get("heard")), "sound to come again")
        operator.press("F10")
        wait_until(lambda: board.now.get("listens") is False, "listening to end with the call")
        wait_until(lambda: logged(place) == ["listening_begun", "listening_ended"] * 2, "all to be noted")
        whole = "select problem is null and complete from recordings"
        wait_until(lambda: place.one(whole) is True, "the recording to be whole")
        assert place.one("select count(*) from listening_sounds") == 0
    finally:
        for window in windows:
            window.kill()
