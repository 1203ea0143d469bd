"""The sheet of the sound test, in the guide and at the beginning of a shift alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, NamedTuple, Protocol

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from cati.base.errors import CatiError
from cati.base.i18n import translate as _
from cati.domain.sound import HEARD_WORDS, Heard
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.form import labelled
from cati.gui.guide.sheet import WIDTH, Sheet
from cati.gui.tasks import Tasks
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.level import Level
from cati.gui.widgets.options import OptionRow
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.text import Text

LONGEST_MS = 8000
"""Nobody needs longer for one sentence; a forgotten recording ends by itself."""
LOOK_MS = 200
MOST_MICROPHONES = 5


class Booth(Protocol):
    """What the sheet asks of the station; what waits runs in the worker."""

    device: str | None

    def microphones(self) -> Sequence[str]:
        """The microphones there are."""
        ...

    def listen(self, device: str | None) -> None:
        """Use another one."""
        ...

    def record(self) -> None:
        """Begin to record."""
        ...

    def stop(self) -> Heard:
        """End the recording and judge it."""
        ...

    def play_back(self) -> None:
        """Let the recording be heard."""
        ...

    def beep(self) -> int:
        """Let beeps be heard; how many."""
        ...

    @property
    def fault(self) -> CatiError | None:
        """Why nothing could be heard."""
        ...

    def hush(self) -> None:
        """Stop playing."""
        ...

    def close(self) -> None:
        """End what runs; destroy what was recorded."""
        ...


class Settled(NamedTuple):
    """How a test ended.

    Attributes:
        heard: how the voice was heard last, None when nothing was recorded.
        reason: why it was skipped; empty when it was passed.
        device: the microphone by name, None for the system's.
    """

    heard: Heard | None
    reason: str
    device: str | None


BOUND = (
    "sound_next",
    "sound_digit",
    "sound_play",
    "sound_again",
    "sound_skip",
    "sound_stop",
    "sound_back",
)


class Stage(Enum):
    """What is done at the moment."""

    SPEAK = 1
    RECORDING = 2
    LISTEN = 3
    COUNT = 4
    SKIP = 5


MODES = {Stage.RECORDING: Mode.SOUND_RECORDING, Stage.SKIP: Mode.SOUND_SKIP}
"""Stages with keys of their own."""


class SoundSheet(Sheet):
    """Speak, hear yourself, count beeps; or say why not.

    Signals:
        settled: it is over and written down.

    Args:
        tasks: runs what waits.
        keys: its actions are bound while it is shown.
        booth: see there.
        level: of the microphone now, 0 to 1.
        keep: writes down how it ended; runs in the worker.
        choose: whether the microphone is chosen here.
    """

    settled = Signal(object)

    def __init__(
        self,
        tasks: Tasks,
        keys: Keys,
        booth: Booth,
        level: Callable[[], float],
        keep: Callable[[Settled], Any],
        choose: bool = False,
    ) -> None:
        self._tasks, self._keys, self._booth, self._choosing = tasks, keys, booth, choose
        self._keep = keep
        self._stage, self._before = Stage.SPEAK, Stage.SPEAK
        self._heard: Heard | None = None
        self._count = 0
        self._names: list[str | None] = []
        self._rows: list[OptionRow] = []
        self._sentence = Text(_sentence(), 20, wrap=True)
        paper = column(self._sentence, margins=(16, 8, 16, 8))
        self._paper = Surface(paper, "panel", "edge", 8)
        self._list = column(gap=2)
        self._list_holder = Holder(self._list)
        self._list_holder.hide()
        meter = Level(_("Your microphone"), level, 280)
        self._meter = Holder(row(Icon("microphone", "ink2", 18), None, meter, gap=10))
        self._verdict_icon, self._verdict = Icon("done", "ok", 18), Text(size=16, bold=True, wrap=True)
        verdict = row(column(2, self._verdict_icon, None), (self._verdict, 1), gap=8)
        self._verdict_row = Holder(verdict)
        self.field = LineField(_("Reason"))
        self._reason = labelled(self.field)
        parts: list[QWidget] = [self._paper, self._list_holder, self._meter, self._verdict_row, self._reason]
        super().__init__("", " ", parts, "", width=WIDTH)
        self._end, self._watch = QTimer(self), QTimer(self)
        self._end.setSingleShot(True)
        self._end.setInterval(LONGEST_MS)
        self._end.timeout.connect(self._stop)
        self._watch.setInterval(LOOK_MS)
        self._watch.timeout.connect(self._look)
        self._turn(Stage.SPEAK)

    def arrive(self) -> None:
        """Take the keys, and see which microphones there are."""
        self._keys.bind_all(
            {
                "sound_next": self.confirm_unless_waiting,
                "sound_digit": self.choose,
                "sound_skip": self._skip,
                "sound_stop": self._stop,
                "sound_back": self._skip,
            }
        )
        self._watch.start()
        self.take_focus()
        self._tasks.run(self, self._first_listen, self._found, self._failed)

    def let_go(self) -> None:
        """Give the keys back and end what runs."""
        self._end.stop()
        self._watch.stop()
        self._keys.pop(Mode.SOUND_SKIP)
        self._keys.pop(Mode.SOUND_RECORDING)
        self._keys.unbind(*BOUND)
        self._tasks.run(self._keys, self._booth.close, lambda _none: None, lambda _error: None)

    def _first_listen(self) -> Sequence[str]:
        self._booth.listen(self._booth.device)
        return self._booth.microphones() if self._choosing else ()

    def _found(self, names: Sequence[str]) -> None:
        self._names = [None, *names][: MOST_MICROPHONES + 1] if len(names) > 1 else []
        for nth, name in enumerate(self._names):
            option = OptionRow(str(nth + 1), name or _("The system's own choice"))
            option.set_selected(name == self._booth.device)
            option.clicked.connect(lambda _checked=False, key=str(nth + 1): self.choose(key))
            self._list.put(option)
            self._rows.append(option)
        self._turn(self._stage)

    # ---- keys ------------------------------------------------------------------------------------

    def confirm_unless_waiting(self) -> None:
        """Enter was pressed."""
        if not self.waiting:
            self.confirm()

    def confirm(self) -> None:
        """Do what the button says."""
        match self._stage:
            case Stage.SPEAK:
                self._record()
            case Stage.RECORDING:
                self._stop()
            case Stage.LISTEN if self._heard is not None and self._heard.usable:
                self._beep()
            case Stage.LISTEN:
                self._turn(Stage.SPEAK)
            case Stage.COUNT:
                self._beep()
            case Stage.SKIP if self.filled_in(self.field):
                self._settle(self.field.text().strip())

    def choose(self, key: str) -> None:
        """Another microphone, or so many beeps."""
        if self._stage is Stage.COUNT and not self.waiting:
            self._counted(int(key))
        elif self._stage is Stage.SPEAK and int(key) <= len(self._names):
            name = self._names[int(key) - 1]
            for option, other in zip(self._rows, self._names, strict=True):
                option.set_selected(other == name)
            self._tasks.run(self, lambda: self._booth.listen(name), lambda _none: None, self._failed)

    def take_focus(self) -> None:
        """Into the reason, when one is wanted."""
        if self._stage is Stage.SKIP:
            self.field.setFocus()
        else:
            self.setFocus()

    def _again(self) -> None:
        if self._stage is Stage.LISTEN and not self.waiting:
            self._record()

    def _play(self) -> None:
        if self._stage is Stage.LISTEN and not self.waiting:
            self._do(self._booth.play_back, lambda _none: None)

    def _skip(self) -> None:
        if self.waiting:
            return
        if self._stage is Stage.SKIP:
            self._turn(self._before)
        else:
            self._before = self._stage
            self._booth.hush()
            self._turn(Stage.SKIP)

    # ---- steps -----------------------------------------------------------------------------------

    def _record(self) -> None:
        self._do(self._booth.record, lambda _none: self._recording())

    def _recording(self) -> None:
        self._end.start()
        self._turn(Stage.RECORDING)

    def _stop(self) -> None:
        self._end.stop()
        if self._stage is Stage.RECORDING and not self.waiting:
            self._do(self._judge, self._judged)

    def _judge(self) -> Heard:
        heard = self._booth.stop()
        if heard.usable:
            self._booth.play_back()
        return heard

    def _judged(self, heard: Heard) -> None:
        self._heard = heard
        self._turn(Stage.LISTEN)

    def _beep(self) -> None:
        self._do(self._booth.beep, self._beeping)

    def _beeping(self, count: int) -> None:
        self._count = count
        self._turn(Stage.COUNT)

    def _counted(self, count: int) -> None:
        if count == self._count:
            self._settle("")
        else:
            self.complain(_("There were not {count}. Press Enter and listen again.").format(count=count))

    def _settle(self, reason: str) -> None:
        self._booth.hush()
        how = Settled(self._heard, reason, self._booth.device)
        self._do(lambda: self._keep(how), lambda _none: self.settled.emit(how))

    def _do(self, work: Callable[[], Any], done: Callable[[Any], Any]) -> None:
        self.ask(self._tasks, self._button(), work, done)

    def _look(self) -> None:
        fault = self._booth.fault
        if fault is not None and self._stage in (Stage.LISTEN, Stage.COUNT):
            self.complain(str(fault))

    def _failed(self, error: CatiError) -> None:
        self.complain(str(error))

    # ---- showing ---------------------------------------------------------------------------------

    def _turn(self, stage: Stage) -> None:
        self._stage = stage
        title, lead = _words(stage)
        if stage is Stage.LISTEN and self._heard is not None and not self._heard.usable:
            lead = _("See to it, then try again. Esc skips the test.")
        self.set_words(title, lead)
        self.hush_complaint()
        self.go(self._button())
        self._paper.setVisible(stage in (Stage.SPEAK, Stage.RECORDING))
        self._list_holder.setVisible(stage is Stage.SPEAK and bool(self._names))
        self._meter.setVisible(stage in (Stage.SPEAK, Stage.RECORDING))
        self._verdict_row.setVisible(stage is Stage.LISTEN)
        self._reason.setVisible(stage is Stage.SKIP)
        for mode in MODES.values():
            if mode is not MODES.get(stage):
                self._keys.pop(mode)
        if stage in MODES and MODES[stage] not in self._keys.modes:
            self._keys.push(MODES[stage])
        if stage is Stage.LISTEN:
            self._keys.bind_all({"sound_play": self._play, "sound_again": self._again})
        else:
            self._keys.unbind("sound_play", "sound_again")
        if self._heard is not None:
            good = self._heard is Heard.WELL
            self._verdict_icon.set_icon("done" if good else "warning", "ok" if good else "warn")
            self._verdict.set_text(_(HEARD_WORDS[self._heard]))
        if self.isVisible():
            self.take_focus()

    def _button(self) -> str:
        match self._stage:
            case Stage.SPEAK:
                return _("Record")
            case Stage.RECORDING:
                return _("That was it")
            case Stage.LISTEN if self._heard is not None and not self._heard.usable:
                return _("Try again")
            case Stage.LISTEN:
                return _("I hear myself") if self._heard is Heard.WELL else _("Go on all the same")
            case Stage.COUNT:
                return _("Let it beep again")
        return _("Go on without the test")


def _words(stage: Stage) -> tuple[str, str]:
    match stage:
        case Stage.SPEAK:
            return _("Sound test: can you be heard?"), _(
                "Put the headset on, press Enter and read this aloud, as loud as on the telephone. The bar "
                "must move."
            )
        case Stage.RECORDING:
            return _("Sound test: recording …"), _("Read the sentence, then press Enter.")
        case Stage.LISTEN:
            return _("Sound test: your own voice"), _(
                "What was recorded is played. P plays it again, R records again."
            )
        case Stage.COUNT:
            return _("Sound test: how many beeps?"), _(
                "Press the digit of how many beeps you heard in the headset."
            )
    return _("Why is the sound test skipped?"), _(
        "Work can go on. The reason is written down, and the supervisor sees that the sound was not tested. "
        "Esc goes back to the test."
    )


def _sentence() -> str:
    return _("“Good morning, this is the bureau of statistics. May I ask you a few questions?”")
