"""A real X display without a screen, for tests that press keys in a real window."""

from __future__ import annotations

import os
import select
from dataclasses import dataclass

from tests.rig.keeper import Kept, keep, make_folder


@dataclass(frozen=True, slots=True)
class Display:
    """A running Xvfb.

    Attributes:
        name: value of the variable DISPLAY, such as ``:99``.
    """

    name: str
    kept: Kept

    def stop(self) -> None:
        self.kept.stop()


def start_display(owner: int, size: str = "1366x768") -> Display:
    """Start a display of `size` pixels that ends with the process `owner`.

    Raises:
        RuntimeError: it did not start; what it said is in the message.
    """
    told, tell = os.pipe()
    command = ["Xvfb", "-displayfd", str(tell), "-screen", "0", f"{size}x24", "-nolisten", "tcp", "-noreset"]
    kept = keep(command, make_folder("display"), owner, hand_over=[tell])
    os.close(tell)
    with open(told, "rb") as pipe:
        # The server writes its number once it accepts connections, or closes the pipe by ending.
        answered = select.select([pipe], [], [], 20)[0]
        number = pipe.readline().strip().decode() if answered else ""
    if not number:
        kept.stop()
        raise RuntimeError(f"Xvfb did not start:\n{kept.take_log()}")
    return Display(f":{number}", kept)
