"""A console on a real database of invented people, driven by real key events."""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from cati.audio.capture import InputDevice
from cati.audio.recorder import Fault, Level
from cati.base import i18n
from cati.base.clock import VirtualClock
from cati.domain.call import Call, Phase
from cati.domain.messages import Stretch
from cati.domain.ports import RecordingSummary
from cati.gui.action import Mode
from cati.gui.app import LetsGo, Shell, Start
from cati.gui.console.console import Console
from cati.gui.tasks import Tasks
from cati.gui.widgets.text import Text
from cati.services import programmes, sessions, users
from cati.services.context import Context
from cati.station import demo
from cati.station.workplace import Workplace
from cati.store.engine import Database
from tests.gui.fingers import Fingers
from tests.gui.stalls import between, own_work
from tests.gui.stations import MemoryStation

Key = Qt.Key
LOGIN, PASSWORD = "wang", "practice makes perfect"
MORNING = datetime(2024, 2, 21, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def make_demonstration(schema: Path, target: Path) -> None:
    """The demonstration in an SQLite file, made once for all tests of a run."""
    making = target.with_suffix(".making")
    shutil.copyfile(schema, making)
    database = Database(f"sqlite:///{making}")
    ctx, _key = users.init(
        database, VirtualClock(MORNING), login=LOGIN, name="王丽", password=PASSWORD, station="12"
    )
    demo.make(ctx)
    database.close()
    making.rename(target)


@dataclass
class QuietRecorder:
    """Keeps what it was asked for; its microphone is silent until `hear` is called."""

    on_event: Callable[[Any], None]
    asked: list[str] = field(default_factory=list)
    running: str = ""
    names: tuple[str, ...] = ("Headset", "Webcam")
    listening_to: str | None = None
    # Of a recorder with a telephone beside it.
    command: Any = None
    on_news: Callable[[dict[str, Any]], None] | None = None
    told: list[dict[str, Any]] = field(default_factory=list)

    def tell(self, command: dict[str, Any]) -> None:
        self.told.append(command)

    introduce = tell

    def devices(self) -> tuple[InputDevice, ...]:
        return tuple(InputDevice(nth, name, nth == 0) for nth, name in enumerate(self.names))

    def monitor(self, device: str | None = None, *, chosen: bool = False) -> None:
        self.asked.append("monitor")
        self.listening_to = device

    def rest(self) -> None:
        self.asked.append("rest")

    def start(self, *, path: Path, recording_id: str, **_facts: object) -> None:
        self.running = recording_id
        self.asked.append("start")

    def mark(self, kind: str, **values: str) -> None:
        self.asked.append(f"{kind} {values['item']}")

    def offset_ms(self) -> int | None:
        return 1000 if self.running else None

    def lately(self, _attempt_id: str, _length_ms: int) -> Stretch | None:
        return Stretch(self.running, 0, 1000) if self.running else None

    def cut(self) -> None:
        self.asked.append("cut")

    def stop(self) -> RecordingSummary | None:
        stopped, self.running = self.running, ""
        self.asked.append("stop")
        return RecordingSummary(stopped, None, 1000, 1, 10, True, False, None) if stopped else None

    def close(self) -> None:
        self.asked.append("close")

    def hear(self, me: float, heard: bool = True) -> None:
        """As the recorder's thread tells a level."""
        self.on_event(Level(me, me, heard))

    def fail(self, kind: str) -> None:
        """As the recorder's thread tells a fault."""
        self.on_event(Fault(kind))


class Seated(ABC):
    """Somebody at the window: presses keys, reads the screen.

    Args:
        qtbot: of pytest-qt.
        file: the SQLite database, changed by what is done.
        data_folder: of the station.
        clock: both of the station and of the database.
    """

    def __init__(self, qtbot: Any, file: Path, data_folder: Path, clock: VirtualClock) -> None:
        self._qtbot, self.clock, self.gone = qtbot, clock, False
        with own_work():
            self.database = Database(f"sqlite:///{file}")
            self.ctx: Context = sessions.sign_in(self.database, clock, LOGIN, PASSWORD, "12")
        self._data = data_folder
        self.session: Any = LOGIN
        self.remembered: dict[str, str] = {}
        self.station = MemoryStation({LOGIN: PASSWORD})
        start = Start(
            open_station=lambda *_tell: self.station,
            make_place=self._make_place,
            language=i18n.language(),
            mode="light",
            scale=100,
            version="0.1.0",
            log_folder=Path(),
            remember=self.remembered.update,
        )
        # The window is made before anybody sees it.
        with own_work():
            self.shell = Shell(start)
            self.shell.resize(1366, 690)
        self._fingers: Fingers | None = None

    @abstractmethod
    def _make_place(self, shell: Shell, _session: Any) -> QWidget: ...

    def sit_down(self) -> None:
        """Open the window and sign in."""
        self.open_window()
        between()
        self.shell.enter(self.session)
        between()

    def open_window(self) -> None:
        """Until the station is open and somebody may sign in."""
        self._qtbot.addWidget(self.shell)
        self.shell.show()
        self.shell.activateWindow()
        self._qtbot.waitUntil(self.shell.isActiveWindow)
        self.wait(lambda: self.shell._station is not None)

    def wait(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=10_000)

    @property
    def fingers(self) -> Fingers:
        """The operator's, whose clock goes on from key to key."""
        if self._fingers is None:
            self._fingers = Fingers(self.shell.windowHandle())
        return self._fingers

    def settled(self) -> None:
        """Until the worker has nothing left to do, nor what its results led to."""
        tasks: Tasks = self.shell.tasks
        quiet = 0
        while quiet < 2:
            asked = tasks.asked + 1
            self._turn(tasks)
            quiet = quiet + 1 if tasks.asked == asked else 0

    def _turn(self, tasks: Tasks) -> None:
        done: list[bool] = []
        tasks.run(self.shell, lambda: None, lambda _none: done.append(True), lambda _error: None)
        self.wait(lambda: bool(done))

    def press(self, *keys: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.fingers.tap(*keys, held=held)

    def type(self, text: str) -> None:
        """Type into what has the focus, digits and blanks too."""
        self._qtbot.keyClicks(self.shell.focusWidget(), text)

    def keys_mode(self) -> Mode:
        return self.shell.keys.mode

    def words(self) -> str:
        """All that is to be read on the window."""
        labels = [label for label in self.shell.findChildren(QLabel) if label.isVisible()]
        buttons = [button for button in self.shell.findChildren(QAbstractButton) if button.isVisible()]
        said = [label.words() if isinstance(label, Text) else label.text() for label in labels]
        return " | ".join([*said, *(button.accessibleName() for button in buttons)])

    def stand_up(self) -> None:
        """Leave without a word, as when the test is over."""
        if self.gone:
            return
        place: object = self.shell._place
        if isinstance(place, LetsGo):
            place.let_go()
        self.shell.tasks.close()
        self.database.close()


class Operator(Seated):
    """Somebody at a console."""

    def sit_down(self) -> None:
        """Open the window, sign in, and wait until all of the console is there."""
        super().sit_down()
        self.wait(lambda: self.console.is_made)

    def _make_place(self, shell: Shell, _session: Any) -> QWidget:
        return Console(shell, self._make_workplace)

    def _make_workplace(self, **wiring: Any) -> Workplace:
        return Workplace(self.ctx, programmes.get(self.ctx), data_folder=self._data, **wiring)

    @property
    def console(self) -> Console:
        place = self.shell._place
        assert isinstance(place, Console)
        return place

    @property
    def call(self) -> Call:
        return self.console.desk.call

    @property
    def case_id(self) -> int | None:
        """The case on the desk, None without one."""
        case = self.call.assignment
        return case.case_id if case else None

    @property
    def recorder(self) -> QuietRecorder:
        recorder: object = self.console.desk.place.recorder
        assert isinstance(recorder, QuietRecorder)
        return recorder

    def wait_for(self, phase: Phase) -> None:
        """Until the call is in a phase and nothing is being committed."""
        self.wait(lambda: self.call.phase is phase and not self.console.desk.committing)

    def connect(self) -> None:
        """From the queue card to the first question."""
        self.wait_for(Phase.READY)
        self.press(Key.Key_Return)
        self.wait_for(Phase.DIALLING)
        self.press(Key.Key_Return)
        self.wait_for(Phase.CONNECTED)

    def screen(self) -> None:
        """Through opening, identity, recording and age, to the first item."""
        self.press(Key.Key_1, Key.Key_1, Key.Key_1, Key.Key_1)
        assert self.call.shown == "work_style"

    def words(self) -> str:
        """All that is to be read on the window."""
        return f"{super().words()} | {self.console.question.script.words()}"

    def lose_power(self) -> None:
        """Everything in memory is gone; nothing is settled or given back."""
        self.gone = True
        if isinstance(self.shell._place, Console):
            desk = self.console.desk
            desk._pulse.stop()
            self.console.clockwork.ticker.stop()
            self.console.typing.timer.stop()
        self.shell.tasks.close()
        self.database.close()
        self.shell.hide()
