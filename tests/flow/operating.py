"""An operator at a real window, who looks at what is stored before the next key."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from cati.domain.interview import Script
from tests.flow.station import StationFolder
from tests.rig.waiting import wait_until
from tests.rig.window import Window

PRESSES, PATIENCE = 3, 10.0
"""How often a key is pressed, and for how many seconds it is waited each time."""


class Operator:
    """Presses keys, each one after what the last one did is stored, and keeps count of what was asked.

    Args:
        window: signed in to the demonstration.
        station: its folder.
        script: of the demonstration.
    """

    def __init__(self, window: Window, station: StationFolder, script: Script) -> None:
        self.window, self.station, self.script = window, station, script
        self.facts: dict[str, str] = {}
        self.holding: dict[str, str] = {}
        self.before = 0
        self.given: list[tuple[str, str]] = []
        self.marks: list[tuple[str, str]] = []

    def dial(self) -> None:
        wait_until(lambda: self.station.held_case() is not None, "a case")
        case = self.station.held_case()
        assert case is not None
        self.facts = self.station.facts(case)
        self.holding, self.before = {}, self.station.count("answers")
        attempts = self.station.count("attempts")
        self._press_until("Return", lambda: self.station.count("attempts") > attempts, "the attempt")

    def connect(self) -> None:
        recordings = self.station.count("recordings")
        self._press_until("Return", lambda: self.station.count("recordings") > recordings, "the recording")
        self._note_question()

    def _press_until(self, key: str, done: Callable[[], bool], what: str) -> None:
        # A key that comes before its screen does nothing; on a busy computer that takes a while.
        for _nth in range(PRESSES):
            self.window.press(key)
            with suppress(AssertionError):
                wait_until(done, what, PATIENCE)
            if done():
                return
        raise AssertionError(f"{key} was pressed {PRESSES} times in vain for {what}")

    @property
    def shown(self) -> str | None:
        return self.script.next_open(self.facts, self.holding)

    def answer(self, *keys: str, value: str | None = None, item: str | None = None) -> None:
        name = item or self.shown
        assert name is not None
        chosen = value if value is not None else self.script.by_key(name, keys[-1], self.facts)
        assert chosen is not None
        self.window.press(*keys)
        self._wait_stored(name, chosen)

    def write(self, text: str) -> None:
        name = self.shown
        assert name is not None
        self.window.write(text)
        self.window.press("Return")
        self._wait_stored(name, text)

    def _wait_stored(self, name: str, value: str) -> None:
        wait_until(lambda: self.station.count("answers") > self.before, f"the answer to {name}")
        self.before += 1
        self.given.append((name, value))
        self.holding[name] = value
        self.marks.append(("answer", name))
        self._note_question()

    def _note_question(self) -> None:
        if self.shown is not None:
            self.marks.append(("question", self.shown))


def sign_in(window: Window, station: StationFolder) -> None:
    """Press Enter on what the demonstration has filled in, once that is there."""
    before = station.count("audit", "action = 'sign_in'")
    for _time in range(5):
        window.press("Return")
        try:
            wait_until(lambda: station.count("audit", "action = 'sign_in'") > before, "the session", 8)
        except AssertionError:
            continue
        return
    raise AssertionError(f"nobody was let in:\n{window.said()}")
