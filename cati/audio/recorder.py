"""The window's side of recording: starts the recorder's process, commands it and hears from it."""

from __future__ import annotations

import contextlib
import json
import logging
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cati.audio.capture import InputDevice
from cati.audio.codec import SAMPLE_RATE
from cati.audio.container import outline
from cati.audio.levels import SILENCE_PEAK
from cati.base.errors import CatiError
from cati.domain.messages import Stretch
from cati.domain.ports import RecordingSummary, Speech

STOP_SECONDS = 10.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Level:
    """What the level meter shows, twenty times a second while a microphone is open.

    Attributes:
        me: loudness of the operator, 0 to 1.
        peak: its highest point since the last one, 0 to 1.
        heard: a microphone gave it, be it silence; else it stands for sound that is missing.
        other: highest point of the other voice on the line, 0 to 1; None without a line.
    """

    me: float
    peak: float
    heard: bool = True
    other: float | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something is wrong with the recording, as it happens.

    Attributes:
        kind: ``no_device``, ``device_lost`` (recording goes on when it is plugged in again), ``silent``
            (nothing heard for some seconds), ``overflow``, ``disk``, ``file_exists`` or ``recorder_died``.
    """

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedFile(RecordingSummary):
    """What became of one recording file, with what its samples say.

    Attributes:
        frames: how many there are.
        lost_frames: how many of them are silence put where the microphone's sound was lost.
        markers: how many were asked for.
        peak: the largest sample as a share of full scale.
    """

    frames: int
    lost_frames: int
    markers: int
    peak: float


class _Child:
    """One process, what it answered, and the thread that hears from it.

    Args:
        command: what to start.
        on_event: told each event but answers, in that thread.
        on_end: told when the process is gone, with whether it had ever been ready.
    """

    def __init__(
        self,
        command: Sequence[str],
        on_event: Callable[[dict[str, Any]], None],
        on_end: Callable[[_Child, bool], None],
    ) -> None:
        # An answer of None means that none will come.
        self.stopped: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self.listed: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._on_event = on_event
        self._on_end = on_end
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Ctrl-C and a closed terminal are for the window.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._hearing = threading.Thread(target=self._hear, name="recorder events", daemon=True)
        self._hearing.start()

    @property
    def is_gone(self) -> bool:
        return self.process.poll() is not None

    def send(self, command: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(command).encode() + b"\n")
            self.process.stdin.flush()
        except (OSError, ValueError):
            # It died (a pipe that is closed gives a ValueError); the thread that hears from it tells.
            _log.info("the recorder's process took no command")

    def end(self) -> None:
        """Let it end properly; kill it if it does not. Not for the thread that hears from it."""
        self._close_commands()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self._hearing.join()

    def _close_commands(self) -> None:
        assert self.process.stdin is not None
        # What it will not take any more is lost with it.
        with contextlib.suppress(OSError):
            self.process.stdin.close()

    def _hear(self) -> None:
        assert self.process.stdout is not None
        was_ready = False
        with self.process.stdout as events:
            for line in events:
                # A killed process may leave half a line.
                if line.endswith(b"\n"):
                    event = json.loads(line)
                    was_ready |= event["is"] == "ready"
                    self._sort(event)
        self.process.wait()
        self._close_commands()
        self.stopped.put(None)
        self.listed.put(None)
        self._on_end(self, was_ready)

    def _sort(self, event: dict[str, Any]) -> None:
        match event["is"]:
            case "stopped":
                self.stopped.put(event)
            case "devices":
                self.listed.put(event)
            case _:
                self._on_event(event)


@dataclass
class _Active:
    child: _Child
    recording_id: str
    attempt_id: str
    path: Path
    markers: int = 0
    # Monotonic time of the first frame, as the recorder's process counts samples.
    began_at: float | None = None
    is_cut: bool = False


class RecorderProcess:
    """Records one call at a time in a process of its own, which starts at once and stays warm.

    If that process dies, a new one is started; what was recorded up to then is kept, and the next `start`
    makes a new file.

    Args:
        on_event: told levels and faults, in a thread of the recorder's; must return soon.
        codec: one of `cati.audio.codec.CODECS`.
        command: what to start instead of this program's recorder process.
        on_news: told what else that process says, in the same thread.
    """

    def __init__(
        self,
        on_event: Callable[[Level | Fault], None],
        codec: str = "opus",
        command: Sequence[str] | None = None,
        on_news: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        self._on_event = on_event
        self._on_news = on_news
        self._first_words: tuple[dict[str, Any], ...] = ()
        self._codec = codec
        # A frozen program understands the same words itself.
        self._command = command or (sys.executable, "-m", "cati.audio.process")
        self._lock = threading.RLock()
        self._active: _Active | None = None
        self._monitored: dict[str, Any] | None = None
        # What was recorded last: of which attempt, in which file, how long.
        self._before: tuple[str, str, int] | None = None
        self._is_closing = False
        self._child = self._spawn()

    @property
    def process_id(self) -> int:
        """The process that records at present."""
        with self._lock:
            return self._child.process.pid

    def devices(self) -> tuple[InputDevice, ...]:
        """The microphones there are; waits for the answer."""
        child = self._living_child()
        child.send({"do": "devices"})
        answer = _await(child.listed)
        return tuple(InputDevice(**facts) for facts in answer["devices"]) if answer else ()

    def monitor(self, device: str | None = None, *, chosen: bool = False) -> None:
        """Show levels without recording, until `rest`.

        Args:
            device: name of a microphone, None for the default one.
            chosen: somebody has just chosen it, so it is what the system takes for it now; else one that is
                gone is not replaced by another that the system takes in its place.
        """
        with self._lock:
            self._monitored = {"do": "monitor", "device": device, "chosen": False}
            self._living_child().send({**self._monitored, "chosen": chosen})

    def tell(self, command: dict[str, Any]) -> None:
        """Pass a command on to what shares the recorder's process."""
        with self._lock:
            self._child.send(command)

    def introduce(self, *commands: dict[str, Any]) -> None:
        """Pass commands on now, and to every process that takes the place of one that died."""
        with self._lock:
            self._first_words = commands
            for command in commands:
                self._living_child().send(command)

    def share(self, listening_id: str, attempt_id: str, key: bytes) -> None:
        """Tell the sound of an attempt's recording, sealed by a key, as news ``shared``, to its end.

        Where that attempt is not being recorded, the end comes at once.
        """
        self.tell({"do": "share", "id": listening_id, "attempt_id": attempt_id, "key": key.hex()})

    def unshare(self, listening_id: str) -> None:
        """Tell it no more."""
        self.tell({"do": "unshare", "id": listening_id})

    def rest(self) -> None:
        """Let the microphone go between recordings."""
        with self._lock:
            self._monitored = None
            self._child.send({"do": "rest"})

    def start(
        self,
        *,
        path: Path,
        recording_id: str,
        attempt_id: str,
        public_key: bytes,
        started_at: datetime,
        device: str | None = None,
    ) -> None:
        """Begin a new file; does not wait for the device and does not fail without one.

        Args:
            path: where it goes; its folder is there, the file is not.
            recording_id: names the recording.
            attempt_id: the attempt it belongs to.
            public_key: the programme's recording key, 32 bytes.
            started_at: aware time.
            device: name of a microphone, None for the default one.
        """
        with self._lock:
            if self._active is not None:
                raise RuntimeError("the last recording was not stopped")
            child = self._living_child()
            self._active = _Active(child, recording_id, attempt_id, path)
            child.send(
                {
                    "do": "start",
                    "path": str(path.absolute()),
                    "recording_id": recording_id,
                    "attempt_id": attempt_id,
                    "public_key": public_key.hex(),
                    "started_at": started_at.isoformat(),
                    "device": device,
                    "codec": self._codec,
                }
            )

    def mark(self, kind: str, **values: str) -> None:
        """Write a marker at this moment of the recording; without one, nothing."""
        with self._lock:
            if self._active is not None:
                self._active.markers += 1
                self._active.child.send({"do": "mark", "kind": kind, "values": values})

    def offset_ms(self) -> int | None:
        """Place in the recording now, None when nothing is being recorded."""
        with self._lock:
            active = self._active
            if active is None or active.began_at is None or active.is_cut or active.child.is_gone:
                return None
            return max(0, round((time.monotonic() - active.began_at) * 1000))

    def lately(self, attempt_id: str, length_ms: int) -> Stretch | None:
        """The last part of what was recorded of an attempt up to now; None where nothing was.

        Args:
            attempt_id: it is being recorded, or was the last that was.
            length_ms: so long, or less where there is less.
        """
        with self._lock:
            active, place = self._active, self.offset_ms()
            if active is not None and place is not None:
                recorded = active.attempt_id, active.recording_id, place
            else:
                recorded = self._before or ("", "", 0)
        attempt, recording_id, end_ms = recorded
        if attempt != attempt_id or not end_ms:
            return None
        return Stretch(recording_id, max(0, end_ms - length_ms), end_ms)

    def cut(self) -> None:
        """Take in no more sound from this moment on; does not wait."""
        with self._lock:
            if self._active is not None and not self._active.is_cut:
                self._active.is_cut = True
                self._active.child.send({"do": "stop"})

    def stop(self) -> RecordedFile | None:
        """End the file properly and wait for that; None when nothing was started."""
        self.cut()
        with self._lock:
            active = self._active
        if active is None:
            return None
        answer = _await(active.child.stopped)
        if answer is None:
            active.child.end()
        made = _left_behind(active) if answer is None else _summary(active, answer)
        with self._lock:
            self._active = None
            self._before = active.attempt_id, active.recording_id, made.duration_ms
        return made

    def close(self) -> None:
        """End the process; a recording that runs is ended properly."""
        with self._lock:
            self._is_closing = True
            child = self._child
        child.end()

    def _living_child(self) -> _Child:
        with self._lock:
            if self._child.is_gone:
                self._child = self._spawn()
            return self._child

    def _spawn(self) -> _Child:
        child = _Child(self._command, self._take, self._ended)
        for command in self._first_words:
            child.send(command)
        return child

    def _ended(self, child: _Child, was_ready: bool) -> None:
        with self._lock:
            if self._is_closing:
                return
            # One that never came up would not the next time either: then wait until it is needed.
            if child is self._child and was_ready:
                self._child = self._spawn()
                if self._monitored:
                    self._child.send(self._monitored)
        _log.warning("the recorder's process ended with %s", child.process.returncode)
        self._on_event(Fault("recorder_died"))

    def _take(self, event: dict[str, Any]) -> None:
        match event["is"]:
            case "level":
                self._note_place(event)
                self._on_event(Level(event["me"], event["peak"], event["heard"], event.get("other")))
            case "fault":
                self._on_event(Fault(event["kind"]))
            case "crash":
                _log.error("the recorder's process crashed:\n%s", event["trace"])
            case _ if self._on_news is not None:
                self._on_news(event)

    def _note_place(self, event: dict[str, Any]) -> None:
        with self._lock:
            active = self._active
            if active is not None and active.recording_id == event["recording_id"] and event["frames"]:
                active.began_at = event["at"] - event["frames"] / SAMPLE_RATE


def _await(answers: queue.SimpleQueue[dict[str, Any] | None]) -> dict[str, Any] | None:
    try:
        return answers.get(timeout=STOP_SECONDS)
    except queue.Empty:
        return None


def _summary(active: _Active, answer: dict[str, Any]) -> RecordedFile:
    return RecordedFile(
        recording_id=active.recording_id,
        path=active.path if answer["size"] else None,
        duration_ms=answer["frames"] * 1000 // SAMPLE_RATE,
        channels=answer["channels"],
        size=answer["size"],
        complete=answer["complete"],
        silent=answer["peak"] <= SILENCE_PEAK,
        problem=answer["problem"],
        speech=_speech(answer["speech"]),
        frames=answer["frames"],
        lost_frames=answer["lost_frames"],
        markers=answer["markers"],
        peak=answer["peak"],
    )


def _speech(told: dict[str, Any] | None) -> Speech | None:
    return None if told is None else Speech(**told | {"talk_ms": tuple(told["talk_ms"])})


def _left_behind(active: _Active) -> RecordedFile:
    """What a process that died left, as far as its file tells without the key."""
    try:
        found = outline(active.path)
    except (OSError, CatiError):
        found = None
    condition = found.condition if found else None
    return RecordedFile(
        recording_id=active.recording_id,
        path=active.path if active.path.exists() else None,
        duration_ms=found.duration_ms if found else 0,
        channels=found.header.channels if found else 1,
        size=found.size if found else 0,
        complete=found.complete if found else False,
        silent=condition is not None and not condition.heard,
        problem="recorder_died",
        frames=found.frames if found else 0,
        lost_frames=condition.lost_frames if condition else 0,
        markers=active.markers,
        peak=0.0,
    )
