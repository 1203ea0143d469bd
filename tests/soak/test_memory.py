"""An operator's whole week at one window: it grows no heavier."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cati.domain.call import Phase
from cati.store import tables as t
from tests.gui.conftest import _demonstration, look, seat  # noqa: F401
from tests.gui.operators import Key, Operator
from tests.rig.folders import in_memory

FIRST, LAST = 100, 1000
MOST_MIB = 20.0


def memory() -> float:
    """MiB that this process holds."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096 / 2**20


def one_interview(operator: Operator, nth: int) -> None:
    """From the queue card to the next one."""
    operator.wait_for(Phase.READY)
    operator.connect()
    operator.screen()
    for item in range(10):
        operator.press((Key.Key_1, Key.Key_2, Key.Key_3, Key.Key_4)[(nth + item) % 4])
    for _rest in range(4):
        operator.press(Key.Key_Return)


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """Where nothing is synced to a disk: that took most of the time, and only memory is looked at."""
    with tempfile.TemporaryDirectory(dir=in_memory()) as folder:
        yield Path(folder)


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
@pytest.mark.usefixtures("x_display", "look")
def test_a_thousand_interviews_take_little_more_memory_than_a_hundred(
    request: pytest.FixtureRequest,
) -> None:
    # The display has to be there before the application is.
    sit_down: Callable[[], Operator] = request.getfixturevalue("seat")
    operator = sit_down()
    held = {}
    for nth in range(1, LAST + 1):
        one_interview(operator, nth)
        if nth % FIRST == 0:
            operator.settled()
            held[nth] = memory()
            print(f"{nth} interviews: {held[nth]:.1f} MiB", flush=True)
    with operator.database.read() as connection:
        complete = t.interviews.c.state == "complete"
        assert connection.scalar(select(func.count()).select_from(t.interviews).where(complete)) == LAST
    assert held[LAST] - held[FIRST] <= MOST_MIB
