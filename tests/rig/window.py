"""The program's window as a process of its own, driven by key events of the X server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.rig.close_request import ask_to_close
from tests.rig.waiting import wait_until

PROGRAM = (str(Path(sys.executable).with_name("cati")),)
STOP_SECONDS = 20


class Window:
    """A running window; whoever started it ends it with `kill`, `terminate` or by closing it.

    Args:
        data_folder: the station's.
        command: the program, or what stands for it.
        settings: values of ``CATI_*`` variables by name.
    """

    def __init__(self, data_folder: Path, command: Sequence[str] = PROGRAM, **settings: str) -> None:
        environment = os.environ | {"CATI_DATA": str(data_folder)} | settings
        self.log = data_folder.with_name(f"{data_folder.name}.window.log")
        with self.log.open("ab") as said:
            self.process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )
        try:
            wait_until(self._has_focus, "the window to have the keyboard", 40)
        except AssertionError:
            self.kill()
            raise

    def _has_focus(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"the window ended:\n{self.log.read_text('utf-8')}")
        found = _xdotool("search", "--onlyvisible", "--pid", str(self.process.pid), "--name", "^CATI$")
        return bool(found) and _xdotool("getwindowfocus") in found.split()

    def press(self, *keys: str) -> None:
        """Press keys one after the other, as the X server names them, such as ``Return`` or ``alt+Left``."""
        done = subprocess.run(["xdotool", "key", "--delay", "1", *keys], capture_output=True, timeout=30)
        assert done.returncode == 0, done.stderr

    def hold(self, key: str, seconds: float) -> None:
        """Keep a key down; the X server repeats it."""
        done = subprocess.run(
            ["xdotool", "keydown", key, "sleep", str(seconds), "keyup", key], capture_output=True, timeout=30
        )
        assert done.returncode == 0, done.stderr

    def write(self, text: str) -> None:
        """Type a text."""
        subprocess.run(["xdotool", "type", "--delay", "1", text], check=True, timeout=30)

    def is_open(self) -> bool:
        """Whether the process lives."""
        return self.process.poll() is None

    def kill(self) -> None:
        """Stop it as a power cut does."""
        self.process.kill()
        self.process.wait(STOP_SECONDS)

    def close(self) -> int:
        """Ask it to close and wait for its end; gives the exit code."""
        windows = _xdotool("search", "--onlyvisible", "--pid", str(self.process.pid), "--name", "^CATI$")
        for window in windows.split():
            ask_to_close(int(window))
        return self.process.wait(STOP_SECONDS)

    def said(self) -> str:
        """What it wrote to its terminal."""
        return self.log.read_text("utf-8", "replace")


def _xdotool(*words: str) -> str:
    done = subprocess.run(["xdotool", *words], capture_output=True, text=True, check=False, timeout=30)
    return done.stdout.strip()
