"""Hearing the microphone: blocking reads in a thread of their own, and what to do when it goes away."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from cati.audio.codec import SAMPLE_RATE, Samples

BLOCK_MS = 20
# How often to look for a device that is not there, and how often to say that time goes on.
RETRY_SECONDS = 1.0
_WAIT_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class InputDevice:
    """A microphone.

    Attributes:
        index: its number in the sound system; changes when devices come and go.
        name: what the system calls it; it is chosen by this.
        is_default: what is taken when none is chosen.
    """

    index: int
    name: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """The next samples, frames × 1."""

    samples: Samples


@dataclass(frozen=True, slots=True)
class Gap:
    """Sound that is missing at this place.

    Attributes:
        frames: how much, by the clock.
    """

    frames: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A microphone delivers from now on."""

    device: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """A microphone does not deliver.

    Attributes:
        kind: ``no_device``: there is none to open; ``device_lost``: the open one went away;
            ``overflow``: sound was lost because nobody fetched it in time.
    """

    kind: str


@dataclass(frozen=True, slots=True)
class Devices:
    """The microphones there are."""

    devices: tuple[InputDevice, ...]


Report = Heard | Gap | Opened | Trouble | Devices


class OverflowedError(Exception):
    """The sound system dropped sound because it was not read in time."""


class Source(Protocol):
    """An open microphone."""

    name: str

    def read(self) -> Samples:
        """The next `BLOCK_MS` of sound at `SAMPLE_RATE`, frames × 1; waits for it.

        Raises:
            OverflowedError: sound was dropped.
            OSError: the device is gone.
        """
        ...

    def waiting_frames(self) -> int:
        """How much could be read at once, in frames at `SAMPLE_RATE`."""
        ...

    def close(self) -> None:
        """Let the device go."""
        ...


class SoundSystem(Protocol):
    """What knows the microphones."""

    def devices(self) -> tuple[InputDevice, ...]:
        """The microphones as of the last `refresh`."""
        ...

    def refresh(self) -> None:
        """Look again which devices there are; no source may be open."""
        ...

    def open(self, name: str | None) -> Source:
        """Open a microphone by name, None for the default one.

        Raises:
            OSError: it is not there or does not open.
        """
        ...

    def choose(self, name: str | None) -> None:
        """Somebody chooses a microphone: it is what the system takes for it now."""
        ...

    def close(self) -> None:
        """Let the sound system go."""
        ...


@dataclass(frozen=True, slots=True)
class _Listen:
    device: str | None


@dataclass(frozen=True, slots=True)
class _Choose:
    device: str | None


class _Rest:
    pass


class _List:
    pass


class _Quit:
    pass


_Request = _Listen | _Choose | _Rest | _List | _Quit


class Capture(threading.Thread):
    """Reads the microphone and does nothing else: whatever it hears, it hands on at once.

    It listens from `listen` to `rest`. A microphone that is missing is looked for until it comes; sound
    missed meanwhile is reported as a `Gap`, so that who counts frames keeps the time. The first report are
    the devices found at the start.

    Args:
        deliver: takes reports in the order they happen; called in this thread, must return at once.
        make_system: opens the sound system; called in this thread.
    """

    def __init__(self, deliver: Callable[[Report], None], make_system: Callable[[], SoundSystem]) -> None:
        super().__init__(name="capture", daemon=True)
        self._deliver = deliver
        self._make_system = make_system
        self._requests: queue.SimpleQueue[_Request] = queue.SimpleQueue()
        self._wanted: _Listen | None = None
        self._source: Source | None = None
        self._retry_at = 0.0
        self._missed = False
        self._just_opened = False
        # When the last sound was taken; None before the first.
        self._heard_at: float | None = None

    def listen(self, device: str | None) -> None:
        """Begin to hear a microphone, None for the default one; nothing changes if it is heard already."""
        self._requests.put(_Listen(device))

    def choose(self, device: str | None) -> None:
        """Somebody chooses a microphone: it is what the system takes for it now, whatever it was before."""
        self._requests.put(_Choose(device))

    def rest(self) -> None:
        """Let the microphone go."""
        self._requests.put(_Rest())

    def list_devices(self) -> None:
        """Have `Devices` delivered; looks afresh unless a microphone is open."""
        self._requests.put(_List())

    def quit(self) -> None:
        """End the thread."""
        self._requests.put(_Quit())

    def run(self) -> None:
        """Serve requests and read, until told to quit."""
        self._system = self._make_system()
        self._deliver(Devices(self._system.devices()))
        while True:
            match self._next_request():
                case _Listen() as wanted:
                    self._listen(wanted)
                case _Choose(device):
                    self._system.choose(device)
                case _Rest():
                    self._close_source()
                    self._wanted = self._heard_at = None
                case _List():
                    if self._source is None:
                        self._system.refresh()
                    self._deliver(Devices(self._system.devices()))
                case _Quit():
                    self._close_source()
                    self._system.close()
                    return
                case None if self._source is None:
                    self._look_for_device()
                case None:
                    self._read(self._source)

    def _next_request(self) -> _Request | None:
        try:
            if self._source is not None or self._is_due():
                return self._requests.get_nowait()
            return self._requests.get(timeout=None if self._wanted is None else _WAIT_SECONDS)
        except queue.Empty:
            return None

    def _is_due(self) -> bool:
        return self._wanted is not None and time.monotonic() >= self._retry_at

    def _listen(self, wanted: _Listen) -> None:
        if self._source is not None and wanted == self._wanted:
            return
        self._close_source()
        self._wanted = wanted
        self._retry_at = 0.0
        self._missed = False

    def _look_for_device(self) -> None:
        self._count_silence()
        if not self._is_due() or self._wanted is None:
            return
        try:
            self._source = self._system.open(self._wanted.device)
        except OSError:
            self._missing()
        else:
            self._missed = False
            self._just_opened = True
            self._deliver(Opened(self._source.name))

    def _missing(self) -> None:
        if not self._missed:
            # It may have been plugged in after the last look: look afresh and try once more at once.
            self._missed = True
            self._system.refresh()
            return
        if self._retry_at == 0.0:
            self._deliver(Trouble("no_device" if self._heard_at is None else "device_lost"))
        else:
            self._system.refresh()
        self._retry_at = time.monotonic() + RETRY_SECONDS

    def _read(self, source: Source) -> None:
        try:
            samples = source.read()
        except OverflowedError:
            self._deliver(Trouble("overflow"))
            self._count_silence(source.waiting_frames())
        except OSError:
            self._close_source()
            self._retry_at = 0.0
        else:
            if self._just_opened:
                self._just_opened = False
                self._count_silence(len(samples) + source.waiting_frames())
            self._heard_at = time.monotonic()
            if len(samples):
                self._deliver(Heard(samples))

    def _count_silence(self, waiting_frames: int = 0) -> None:
        """Report what should have been heard since the last sound, but for what can still be fetched."""
        now = time.monotonic()
        if self._heard_at is not None:
            missing = int((now - self._heard_at) * SAMPLE_RATE) - waiting_frames
            if missing > 0:
                self._heard_at = now - waiting_frames / SAMPLE_RATE
                self._deliver(Gap(missing))

    def _close_source(self) -> None:
        if self._source is not None:
            self._source.close()
            self._source = None
