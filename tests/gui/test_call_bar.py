import pytest
from PySide6.QtWidgets import QLabel, QWidget

from cati.base.i18n import translate as _
from cati.gui import theme
from cati.gui.console.bar import _LINE_DOWN, _WAITS
from cati.gui.console.storing import REASONS, SLOW
from cati.gui.widgets import level
from cati.gui.widgets.call_bar import CallBar, CallBarState, Lamp, LampFault, OtherSide, Phase, Saved
from cati.gui.widgets.level import Level
from tests.gui.board import live_state

pytestmark = pytest.mark.usefixtures("look")


@pytest.fixture
def bar(qtbot) -> CallBar:
    made = CallBar()
    qtbot.addWidget(made)
    made.resize(1366, 64)
    made.show()
    return made


def words(bar: CallBar) -> set[str]:
    return {label.text() for label in bar.findChildren(QLabel) if label.isVisible() and label.text()}


STATES = [
    CallBarState(),
    CallBarState(phase=Phase.DIALLING, clock="00:03"),
    live_state(),
    live_state(
        other_side=OtherSide.SILENT,
        silent_seconds=12,
        saved=Saved.LINE_DOWN,
        saved_note="line down, sent later",
    ),
    live_state(lamp=Lamp.LOST, other_side=OtherSide.NOT_RECORDED, clock="1:04:17"),
    live_state(lamp=Lamp.LOST, other_side=OtherSide.NO_HEADSET),
    live_state(lamp=Lamp.DECLINED, other_side=OtherSide.NOT_RECORDED),
    live_state(phase=Phase.WRAP, lamp=Lamp.SEALED, saved=Saved.PENDING),
    live_state(saved=Saved.WAITING, unsaved=12, saved_note="database in use"),
    live_state(phase=Phase.WRAP, lamp=Lamp.PARTLY, lamp_fault=LampFault.DISK),
    *(live_state(lamp=Lamp.OFF, lamp_fault=fault) for fault in LampFault),
    *(live_state(phase=Phase.IDLE, lamp=Lamp.OFF, lamp_fault=fault) for fault in LampFault),
]


@pytest.mark.usefixtures("tongue")
@pytest.mark.parametrize("scale", [1.0, 1.25])
def test_no_slot_moves_from_one_state_to_another(qtbot, qapp, scale: float) -> None:
    theme.use("light", scale)
    bar = CallBar()
    qtbot.addWidget(bar)
    bar.resize(1366, round(64 * scale))
    bar.show()

    def places() -> list[tuple[int, ...]]:
        qapp.processEvents()
        slots: tuple[QWidget, ...] = (bar._lamp_slot, bar._clock_slot, bar._level_slot, bar._who, bar._own)
        return [(slot.mapTo(bar, slot.rect().topLeft()).x(), slot.height()) for slot in slots]

    seen = []
    for state in STATES:
        bar.set_state(CallBarState(**(vars(state) | {"me": "A", "today": "B", "who": "C", "who_note": "D"})))
        seen.append(places())
    assert seen == [seen[0]] * len(STATES)


def test_a_connected_call_is_told_from_across_the_room(bar: CallBar) -> None:
    def ground() -> str:
        return bar.grab().toImage().pixelColor(3, 30).name()

    bar.set_state(live_state(phase=Phase.IDLE))
    assert ground() == theme.LIGHT["sheet"].lower()
    bar.set_state(live_state())
    assert ground() == theme.LIGHT["live"].lower()


def test_faults_take_the_place_of_the_words_in_their_own_slot(bar: CallBar) -> None:
    bar.set_state(
        live_state(
            other_side=OtherSide.SILENT,
            silent_seconds=12,
            saved=Saved.LINE_DOWN,
            saved_note="line down, sent later",
        )
    )
    assert {"other side silent 12 s", "no sound", "Saved on this PC", "line down, sent later"} <= words(bar)
    bar.set_state(live_state(lamp=Lamp.LOST))
    assert {"Microphone lost", "plug it in to go on"} <= words(bar)


@pytest.mark.usefixtures("tongue")
@pytest.mark.parametrize("scale", [1.0, 1.25])
def test_a_fault_is_amber_and_never_cut(qtbot, qapp, scale: float) -> None:
    theme.use("light", scale)
    bar = CallBar()
    qtbot.addWidget(bar)
    bar.resize(1366, round(64 * scale))
    bar.show()
    reasons = [_(reason.short) for reason in (*REASONS.values(), SLOW)]
    for phase, ink in ((Phase.LIVE, "live_warn"), (Phase.IDLE, "warn")):
        for fault in LampFault:
            for reason in reasons:
                waits = {"saved": Saved.WAITING, "unsaved": 88, "saved_note": reason}
                bar.set_state(live_state(phase=phase, lamp=Lamp.OFF, lamp_fault=fault, **waits))
                qapp.processEvents()
                amber = theme.LIGHT[ink].lower()
                for text in (bar._lamp_note, bar._saved, bar._saved_note):
                    assert text.palette().windowText().color().name() == amber
                    assert text.sizeHint().width() <= text.width(), text.words()
                assert bar._lamp_note.words() == _(fault.value)
        for reason in (_LINE_DOWN, *_WAITS.values()):
            bar.set_state(live_state(phase=phase, saved=Saved.LINE_DOWN, saved_note=_(reason)))
            qapp.processEvents()
            assert bar._saved_note.sizeHint().width() <= bar._saved_note.width(), _(reason)


def test_what_is_not_stored_is_counted_in_words(bar: CallBar) -> None:
    bar.set_state(live_state(saved=Saved.WAITING, unsaved=3, saved_note="disk full"))
    assert {"Not yet stored: 3", "disk full"} <= words(bar)


def test_a_recording_that_was_cut_off_is_not_said_to_be_sealed(bar: CallBar) -> None:
    bar.set_state(live_state(phase=Phase.WRAP, lamp=Lamp.PARTLY, lamp_fault=LampFault.DISK))
    assert {"Partly recorded", "disk full"} <= words(bar)
    assert "Recording sealed" not in words(bar)


def test_a_side_that_is_not_recorded_is_no_fault(bar: CallBar) -> None:
    bar.set_state(live_state(lamp=Lamp.RECORDING_ONE, other_side=OtherSide.NOT_RECORDED))
    assert {"not recorded", "Recording", "own voice only · encrypted"} <= words(bar)
    assert not bar._other_icon.isVisible()


def test_practice_is_said_all_the_time_above_the_bar(bar: CallBar) -> None:
    assert not bar._banner.isVisible()
    bar.set_state(live_state(practice=True))
    assert bar._banner.isVisible()
    assert any(text.startswith("Practice with invented people") for text in words(bar))


def test_the_clock_ticks_without_touching_the_rest(bar: CallBar) -> None:
    bar.set_state(live_state())
    before = words(bar)
    bar.set_clock("04:18")
    assert words(bar) - before == {"04:18"}
    bar.set_clock("")
    assert "--:--" in words(bar)


def test_the_meter_asks_its_feed_only_while_it_is_seen(qtbot) -> None:
    asked = []

    def feed() -> float:
        asked.append(1)
        return 0.5

    meter = Level("me", feed)
    qtbot.addWidget(meter)
    assert not meter._timer.isActive()
    meter.show()
    qtbot.waitUntil(lambda: len(asked) >= 2)
    meter.hide()
    assert not meter._timer.isActive()


def test_the_meter_holds_the_peak_for_its_time(qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(level, "HOLD_MS", 30)
    meter = Level("me")
    qtbot.addWidget(meter)
    meter.set_level(1.0)
    meter.set_level(0.2)
    assert meter._lit() == (3, 13)
    qtbot.waitUntil(lambda: meter._since_peak.elapsed() > 40)
    meter.set_level(0.2)
    assert meter._lit() == (3, 2)


def test_levels_beyond_the_scale_are_its_ends(qtbot) -> None:
    meter = Level("me")
    qtbot.addWidget(meter)
    meter.set_level(7.0)
    assert meter._lit()[0] == level.CELLS
    meter.set_feed(None)
    assert meter._lit() == (0, -1)
