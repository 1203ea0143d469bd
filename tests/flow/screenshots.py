"""Takes pictures of the window, those of the README and those of the manual.

``python -m tests.flow.screenshots FOLDER`` and ``python -m tests.flow.screenshots --manual``. It starts
the real program on a display without a screen, on invented people, and presses keys until each screen stands
there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.flow.operating import Operator, sign_in
from tests.flow.station import StationFolder, demo_session, script_of
from tests.rig.display import start_display
from tests.rig.pulse import Pulse, speak, start_pulse
from tests.rig.waiting import wait_until
from tests.rig.window import Window

NAMES = ("sign-in", "ready", "question", "disposition")
COLOURS = 256
GRAB = """
import sys
import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage

app = QGuiApplication([])
image = app.primaryScreen().grabWindow(0).toImage().convertToFormat(QImage.Format.Format_RGB32)
found, counts = np.unique(np.frombuffer(image.constBits(), np.uint32), return_counts=True)
# Of colours that look alike only the commonest is kept, so that rare ones such as the lamp's have a place.
alike = {}
for colour in found[np.argsort(-counts)].tolist():
    alike.setdefault(colour & 0xF8F8F8, colour)
table = list(alike.values())[: int(sys.argv[2])]
small = image.convertToFormat(QImage.Format.Format_Indexed8, table, Qt.ImageConversionFlag.ThresholdDither)
# Quality 0 is the strongest compression of a format that loses nothing.
sys.exit(not small.save(sys.argv[1], "PNG", 0))
"""
SPOKEN = "满意，办事比以前快多了，工作人员也很耐心，谢谢你们打电话来问。"


def take(folder: Path, data: Path, pulse: Pulse) -> None:
    """Take all pictures; the display is that of the environment.

    Args:
        folder: where they go, as `NAMES` with .png.
        data: an empty data folder.
        pulse: its fake microphone is spoken into.
    """
    station = StationFolder(data)
    window = Window(data, CATI_DEMO="1", CATI_LANGUAGE="zh_CN", CATI_STATION="12", CATI_THEME="light")
    try:
        subprocess.run(["xdotool", "mousemove", "1365", "767"], check=True, timeout=30)
        wait_until(lambda: station.count("users") == 1, "the demonstration", 120)
        let_settle()
        grab(folder / "sign-in.png")
        sign_in(window, station)
        with station.opened() as opened:
            operator = Operator(window, station, script_of(demo_session(opened)))
        a_morning(operator)
        let_settle()
        grab(folder / "ready.png")
        a_question(operator, pulse, data, folder / "question.png")
        window.press("F10")
        wait_until(lambda: station.count("recordings", "size is null") == 0, "the end of the recording")
        let_settle()
        window.press("6", "Right", "Right")
        let_settle()
        grab(folder / "disposition.png")
    finally:
        window.kill()


def a_morning(operator: Operator) -> None:
    """A few calls, so that the day has something to show."""
    for key in ("1", "2"):
        operator.dial()
        operator.window.press("F10")
        let_settle()
        settle(operator, key)
    operator.dial()
    operator.connect()
    for digit in "11112111232111":
        operator.answer(digit)
    operator.answer("Return", value="")
    operator.answer("Return", value="read")
    operator.window.press("F10")
    let_settle()
    settle(operator)


def settle(operator: Operator, *keys: str) -> None:
    """Store an outcome and wait for the next person."""
    station = operator.station
    done = station.count("attempts", "disposition is not null")
    operator.window.press(*keys, "Return")
    wait_until(lambda: station.count("attempts", "disposition is not null") > done, "the outcome")
    wait_until(lambda: station.held_case() is not None, "the next case")
    let_settle()


def a_question(operator: Operator, pulse: Pulse, sounds: Path, picture: Path) -> None:
    """In the middle of an interview, while somebody speaks."""
    speak(SPOKEN, sounds / "spoken.wav", "cmn")
    operator.dial()
    operator.connect()
    for digit in "1111122":
        operator.answer(digit)
    with pulse.start_playing(sounds / "spoken.wav"):
        let_settle(2)
        grab(picture)


def let_settle(seconds: float = 1) -> None:
    """Give the window time to paint what it was told."""
    subprocess.run(["xdotool", "sleep", str(seconds)], check=True, timeout=30)


def grab(file: Path) -> None:
    """Save what is on the display in its commonest colours, so that the file is small."""
    subprocess.run([sys.executable, "-c", GRAB, str(file), str(COLOURS)], check=True, timeout=60)


def main(what: str) -> None:
    """Take the pictures on a display and a microphone of their own.

    Args:
        what: a folder for those of the README, or ``--manual``.
    """
    display, pulse = start_display(os.getpid()), start_pulse(os.getpid())
    try:
        os.environ |= {"DISPLAY": display.name, "QT_QPA_PLATFORM": "xcb", **pulse.environment}
        with tempfile.TemporaryDirectory(prefix="cati-pictures-") as data:
            if what == "--manual":
                from tests.flow import manual_pictures

                manual_pictures.take(Path(data), pulse)
                return
            folder = Path(what)
            folder.mkdir(parents=True, exist_ok=True)
            take(folder, Path(data) / "data", pulse)
    finally:
        display.stop()
        pulse.stop()


if __name__ == "__main__":
    main(sys.argv[1])
