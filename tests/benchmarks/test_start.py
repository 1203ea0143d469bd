"""Start to first paint, against an empty Qt window: at most three times as long.

The program paints before it opens its database, so both are measured from the start of the process to the
first paint, in pairs, with warm file caches.
"""

import os
import statistics
import subprocess
import sys
import time

import pytest

PAIRS = 5
MOST = 3.0

EMPTY = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

class Window(QWidget):
    def paintEvent(self, event):
        QTimer.singleShot(0, lambda: (print("painted", flush=True), app.exit()))

app = QApplication([])
window = Window()
window.resize(1366, 768)
window.show()
app.exec()
"""
PROGRAM = """
import sys
from pathlib import Path
from cati.gui.app import Start, make_application

def never():
    raise SystemExit("opened before the first paint was reported")

start = Start(open_station=never, make_place=never, language=sys.argv[1], mode="light", scale=100,
              version="0", log_folder=Path(), remember=never)
app, shell = make_application(start)
shell._open_station = lambda: (print("painted", flush=True), app.exit())
shell.show()
app.exec()
assert "sqlalchemy" not in sys.modules and "pandas" not in sys.modules
"""


def seconds_to_first_paint(code: str, *arguments: str) -> float:
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"QT_LOGGING_RULES": "*=false"},
    )
    assert child.stdout is not None
    line = child.stdout.readline()
    took = time.perf_counter() - began
    child.communicate()
    assert line == "painted\n"
    assert child.returncode == 0
    return took


@pytest.mark.usefixtures("x_display")
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_first_paint_comes_within_three_times_that_of_an_empty_window(language: str) -> None:
    seconds_to_first_paint(EMPTY)
    seconds_to_first_paint(PROGRAM, language)
    pairs = [
        (seconds_to_first_paint(EMPTY), seconds_to_first_paint(PROGRAM, language)) for _nth in range(PAIRS)
    ]
    ratio = statistics.median(program / empty for empty, program in pairs)
    empty, program = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(f"empty {empty * 1000:.0f} ms, program {program * 1000:.0f} ms, ratio {ratio:.2f}")
    assert ratio <= MOST
