"""The window while the line stalls again and again: it waits for nothing that an eye would notice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from cati.domain.call import Phase
from cati.services import deliveries
from cati.store.faults import unreachable
from tests.gui.conftest import _demonstration, look, seat  # noqa: F401
from tests.gui.operators import Key, Operator
from tests.gui.stalls import Watch
from tests.gui.test_line import Line, line  # noqa: F401

INTERVIEWS = 10
LONGEST_MS = 200.0
SILENCE = 1.5
"""Seconds until a stalled statement is given up."""


@pytest.fixture
def stalled(line: Line, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:  # noqa: F811
    """While it is set nothing is heard of the server."""
    stalls, carry, silence = threading.Event(), deliveries.deliver, threading.Event()

    def deliver(*args: Any) -> None:
        if stalls.is_set():
            silence.wait(SILENCE)
            raise unreachable()
        carry(*args)

    monkeypatch.setattr(deliveries, "deliver", deliver)
    yield stalls
    stalls.clear()


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
@pytest.mark.usefixtures("x_display", "look")
def test_no_slot_keeps_the_window_while_the_line_stalls(request: pytest.FixtureRequest) -> None:
    # The display has to be there before the application is.
    stalls: threading.Event = request.getfixturevalue("stalled")
    sit_down: Callable[[], Operator] = request.getfixturevalue("seat")
    operator = sit_down()
    with closing(Watch(LONGEST_MS)) as watch, watch.looking():
        for nth in range(INTERVIEWS):
            watch.when = f"interview {nth}"
            operator.wait_for(Phase.READY)
            operator.connect()
            operator.screen()
            stalls.set()
            for item in range(10):
                operator.press((Key.Key_1, Key.Key_2, Key.Key_3, Key.Key_4)[(nth + item) % 4])
            for _rest in range(4):
                operator.press(Key.Key_Return)
            operator._qtbot.waitUntil(lambda: "Saved here, sent later" in operator.words(), timeout=60_000)
            stalls.clear()
        operator.wait_for(Phase.READY)
    assert watch.stalls == []
