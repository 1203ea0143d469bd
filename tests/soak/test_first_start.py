"""The guide at a real window that is killed after every step: each start goes on where the last one was."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cati.base import settings
from cati.sealing import recovery
from tests.flow.station import StationFolder
from tests.rig.waiting import wait_until
from tests.rig.window import Window

PASSWORD = "four plain words"
BITS = 2024
# The key is random; whoever cannot read the screen has to know it.
PROGRAM = (
    sys.executable,
    "-c",
    f"import secrets; secrets.randbits = lambda _bits: {BITS}; from cati.__main__ import main; main()",
)
TRIES = 6


class Settler:
    """Sets a station up at its window, which is killed after each step."""

    def __init__(self, folder: Path) -> None:
        self.custom, self.chosen = folder / "home" / "cati", folder / "disk" / "bureau"
        self.station = StationFolder(self.chosen)
        self._folder, self._before = folder, dict[str, int]()

    def log(self) -> str:
        """What the windows logged, in the folders there are."""
        files = (self.custom / "logs" / "cati.log", self.chosen / "logs" / "cati.log")
        return "".join(file.read_text("utf-8") for file in files if file.exists())

    def times(self, step: str) -> int:
        """How often a step of the guide was shown."""
        return self.log().count(f"guide state={step}\n")

    def wait_for(self, step: str) -> None:
        """Until a step of the guide is shown by the present window."""
        wait_until(lambda: self.times(step) > self._before[step], f"{step} at the guide", 60)

    @contextmanager
    def window(self) -> Iterator[Window]:
        """A window, which is killed in the end."""
        steps = ("language", "folder", "user", "key", "key_typed_back")
        self._before = {step: self.times(step) for step in steps}
        opened = Window(
            self._folder / "unused",
            PROGRAM,
            CATI_DATA="",
            XDG_DATA_HOME=str(self._folder / "home"),
            LC_ALL="C.UTF-8",
        )
        try:
            yield opened
        finally:
            opened.kill()

    def kept(self) -> dict[str, str]:
        return settings.kept(self.custom)

    def signed_in(self) -> int:
        return self.station.count("audit", "action = 'sign_in'")

    def sign_in(self, window: Window) -> None:
        before = self.signed_in()
        fill_in(window, "li", PASSWORD)
        press_until(window, lambda: self.signed_in() > before, "Return")


def press_until(window: Window, done: Callable[[], bool], *actions: str) -> None:
    """Press keys, and write texts behind an equals sign, again and again until something is done."""
    for _time in range(TRIES):
        for action in actions:
            if action.startswith("="):
                window.write(action[1:])
            else:
                window.press(action)
        try:
            wait_until(done, "it to be done", 5)
        except AssertionError:
            continue
        return
    raise AssertionError(f"not done by {actions}:\n{window.said()}")


def fill_in(window: Window, *texts: str) -> None:
    """Write into fields, from the one with the cursor on."""
    for nth, text in enumerate(texts):
        if nth:
            window.press("Tab")
        window.write(text)


@pytest.fixture
def settler(tmp_path: Path, x_display: object, monkeypatch: pytest.MonkeyPatch) -> Settler:
    for variable in settings.VARIABLES.values():
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    return Settler(tmp_path)


@pytest.mark.usefixtures("pulse")
def test_killed_after_every_step_the_guide_goes_on_at_the_first_open_one(settler: Settler) -> None:
    station, key = settler.station, recovery._written(BITS)
    with settler.window() as window:
        settler.wait_for("language")
        press_until(window, lambda: settler.kept().get("language") == "en", "Return")
    with settler.window() as window:
        # Keys that come too early are lost, but for Enter, which would take the folder that is proposed.
        settler.wait_for("folder")
        wanted = str(settler.chosen)
        settled = ("ctrl+a", f"={wanted}", "Return")
        press_until(window, lambda: settler.kept().get("data_folder") == wanted, *settled)
    with settler.window() as window:
        # Killed while the key is shown, nothing was made: the first user is asked for again.
        settler.wait_for("user")
        fill_in(window, "wang", "Wang", PASSWORD, PASSWORD)
        window.press("Return")
        settler.wait_for("key")
    assert not station.database.exists()
    with settler.window() as window:
        settler.wait_for("user")
        fill_in(window, "li", "Li", PASSWORD, PASSWORD)
        window.press("Return")
        settler.wait_for("key")
        window.press("Return")
        settler.wait_for("key_typed_back")
        press_until(window, lambda: station.count("users") == 1, "ctrl+a", f"={key}", "Return")
    with settler.window() as window:
        settler.sign_in(window)
        press_until(window, lambda: station.count("sound_tests") > 0, "Escape", "=no headset", "Return")
    with settler.window() as window:
        settler.sign_in(window)
        press_until(window, lambda: station.count("programmes") == 1, "Return")
    with settler.window() as window:
        settler.sign_in(window)
    assert [row[0] for row in station.rows("select login from users")] == ["li"]
    assert not (settler.custom / "cati.db").exists()
    assert "ERROR" not in settler.log()
    assert not (settler.custom.parent.parent / "unused.window.log").read_text("utf-8")
