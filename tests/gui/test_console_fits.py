"""Every screen of a call in the least window, in both languages and sizes: nothing is cut or shortened."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication

from cati.base.errors import CatiError
from cati.domain.call import Phase
from cati.gui import theme
from cati.gui.console.storing import REASONS
from tests.gui.fits import Clip, clipped
from tests.gui.operators import Operator

WIDTH, HEIGHT = 1366, 690


@pytest.fixture(params=[("light", 1.0), ("dark", 1.25)], ids=["100", "125"])
def scaled(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[float]:
    mode, scale = request.param
    theme.use(mode, scale)
    yield scale
    theme.use("light", 1.0)


def lacking(operator: Operator) -> list[Clip | str]:
    """What of the screen of the moment has no room."""
    console, found = operator.console, list(clipped(operator.shell))
    screen = console._stack.currentWidget()
    assert screen is not None
    layout = screen.layout()
    assert layout is not None
    need, given = layout.totalMinimumSize(), screen.size()
    wider = need.width() > given.width() or need.height() > given.height()
    window = operator.shell.size().toTuple()
    return found + [f"needs {need}, has {given}"] * wider + [f"{window}"] * (window != (WIDTH, HEIGHT))


@pytest.fixture
def at_work(
    seat: Callable[[], Operator], tongue: str, scaled: float, monkeypatch: pytest.MonkeyPatch
) -> Operator:
    operator = seat()
    theme.use(theme.current().mode, scaled)
    operator.shell.resize(WIDTH, HEIGHT)
    operator.wait_for(Phase.READY)
    return operator


def test_what_the_machine_lacks(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    console, desk = at_work.console, at_work.console.desk
    desk.free = 420_000_000
    console._show_room()
    assert lacking(at_work) == []
    desk.free = 10**12
    console._show_room()
    at_work.connect()
    refused = CatiError("database_unreachable", "")
    for reason in REASONS:
        monkeypatch.setattr(refused, "code", reason)
        desk.storing.note(None, desk.place.runner)
        monkeypatch.setattr(type(desk.place.runner), "unsaved", 88)
        desk.storing.note(refused, desk.place.runner)
        at_work.recorder.fail("disk")
        at_work.wait(lambda: desk.sound_fault == "disk")
        assert desk.storing.count == 88
        assert (reason, lacking(at_work)) == (reason, [])
