"""Every screen of a call in the least window, in both languages and sizes: nothing is cut or shortened."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication

from cati.base.errors import CatiError
from cati.domain.call import Phase
from cati.domain.queue import Reason
from cati.gui import theme
from cati.gui.console.storing import REASONS
from tests.gui.fits import Clip, clipped
from tests.gui.operators import Key, Operator

WIDTH, HEIGHT = 1366, 690


@pytest.fixture(params=[("light", 1.0), ("dark", 1.25)], ids=["100", "125"])
def scaled(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[float]:
    mode, scale = request.param
    theme.use(mode, scale)
    yield scale
    theme.use("light", 1.0)


def lacking(operator: Operator) -> list[Clip | str]:
    """What of the screen of the moment has no room."""
    # A layout of wrapped words takes several rounds: widths, heights for them, and what moves by that.
    for _round in range(4):
        QApplication.processEvents()
    console, found = operator.console, list(clipped(operator.shell))
    screen = console._stack.currentWidget()
    assert screen is not None
    layout = screen.layout()
    assert layout is not None
    need, given = layout.minimumSize(), screen.size()
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


def test_ready_card_dialling_and_break(at_work: Operator) -> None:
    assert lacking(at_work) == []
    at_work.press(Key.Key_F2)
    assert lacking(at_work) == []
    at_work.press(Key.Key_F2, Key.Key_F5)
    at_work.wait(lambda: at_work.call.phase is Phase.IDLE)
    at_work.settled()
    assert lacking(at_work) == []
    at_work.press(Key.Key_Return)
    at_work.wait_for(Phase.READY)
    at_work.press(Key.Key_Return)
    at_work.wait_for(Phase.DIALLING)
    at_work.settled()
    assert lacking(at_work) == []


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


def test_every_question_of_an_interview(at_work: Operator) -> None:
    at_work.connect()
    while at_work.call.shown is not None:
        assert (at_work.call.shown, lacking(at_work)) == (at_work.call.shown, [])
        if at_work.call.shown == "service":
            at_work.press(Key.Key_F3)
            assert lacking(at_work) == []
            at_work.press(Key.Key_F3, Key.Key_F4)
            assert lacking(at_work) == []
            at_work.press(Key.Key_Escape)
        before = at_work.call.shown
        at_work.press(Key.Key_3 if at_work.call.shown == "rural" else Key.Key_1)
        if at_work.call.shown == before:
            at_work.press(Key.Key_Return)
        at_work.settled()
    assert lacking(at_work) == []


def test_a_card_with_attempts_and_an_appointment(at_work: Operator) -> None:
    for _nth in range(2):
        at_work.connect()
        at_work.press(Key.Key_F10, Key.Key_6, Key.Key_T, Key.Key_F4)
        at_work.type("call in the morning, speak slowly")
        at_work.press(Key.Key_Return)
        at_work.wait_for(Phase.READY)
    # When the appointments are due, the case on the desk goes to somebody else.
    at_work.clock.advance(26 * 3600)
    before = at_work.case_id
    at_work.press(Key.Key_F11)
    at_work.wait(lambda: at_work.call.phase is Phase.READY and at_work.case_id != before)
    assert at_work.call.assignment is not None
    assert at_work.call.assignment.reason is Reason.OWN_APPOINTMENT
    assert "speak slowly" in at_work.words()
    assert lacking(at_work) == []


@pytest.mark.usefixtures("look")
def test_changing_the_size_during_a_call_keeps_everything_in_sight(seat: Callable[[], Operator]) -> None:
    operator = seat()
    operator.connect()
    operator.screen()
    for scale in (1.25, 1.0):
        theme.use("light", scale)
        assert lacking(operator) == []


@pytest.mark.parametrize("answered", [0, 3])
def test_the_outcome_and_the_time_to_call_again(at_work: Operator, answered: int) -> None:
    at_work.connect()
    at_work.press(*[Key.Key_1] * (4 + answered))
    at_work.press(Key.Key_F10)
    assert lacking(at_work) == []
    at_work.press(Key.Key_6)
    assert lacking(at_work) == []
    at_work.press(Key.Key_F4)
    assert lacking(at_work) == []
