"""What the recorder's process does: one queue of commands and sound, one file at a time."""

from __future__ import annotations

import queue
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from cati.audio import levels
from cati.audio.capture import (
    Capture,
    Devices,
    Gap,
    Heard,
    InputDevice,
    Opened,
    Report,
    SoundSystem,
    Trouble,
)
from cati.audio.codec import BLOCK_FRAMES, SAMPLE_RATE, Samples
from cati.audio.container import Condition, Header
from cati.audio.line import Joined, Line, LineReport, Passed, Released, Seized
from cati.audio.port_audio import PortAudio
from cati.audio.sharing import Share
from cati.audio.speech import SpeechMeter
from cati.audio.writer import Writer

SILENT_AFTER_SECONDS = 5.0
STALLED_AFTER_SECONDS = 2.0
CLOSING_SECONDS = 1.0
# Between somebody's answer and the beginning of the file the station has to write it down.
EARLY_SECONDS = 20
MOST_SHARES = 4
"""Who listens to one call at the same time."""

Command = Mapping[str, Any]
Event = dict[str, Any]


class Recording:
    """One file being recorded, and what will be said of it at the end.

    Args:
        command: the ``start`` command.
        devices: the microphone it is meant to come from, and the line if it has two channels; none if there
            is no microphone.
        channels: 1, or 2 where the line gives both voices.
        post_fault: told what goes wrong with the file.
    """

    def __init__(
        self, command: Command, devices: tuple[str, ...], channels: int, post_fault: Callable[[str], None]
    ) -> None:
        self.recording_id: str = command["recording_id"]
        self.attempt_id: str = command["attempt_id"]
        self.channels = channels
        self._post_fault = post_fault
        self._peaks = [0.0] * channels
        self._lost_frames = 0
        self._markers = 0
        self._problem: str | None = None
        self._noted: Condition | None = None
        self._writer: Writer | None = None
        self._complete = False
        self._speech = SpeechMeter()
        header = Header(
            recording_id=self.recording_id,
            attempt_id=self.attempt_id,
            started_at=datetime.fromisoformat(command["started_at"]),
            codec=command["codec"],
            channels=channels,
            devices=devices,
        )
        try:
            self._writer = Writer(Path(command["path"]), bytes.fromhex(command["public_key"]), header)
        except FileExistsError:
            self._fail("file_exists")
        except OSError:
            self._fail("disk")
        self._note()

    @property
    def frames(self) -> int:
        """Frames recorded so far."""
        return self._writer.frames if self._writer else 0

    def hear(self, samples: Samples) -> None:
        """Take the next sound."""
        self._write(samples)
        self._speech.feed(samples)

    def peaked(self, peaks: Sequence[float]) -> None:
        """Take note of the largest of the latest samples of each channel, shares of full scale."""
        self._peaks = [max(pair) for pair in zip(self._peaks, peaks, strict=True)]
        self._note()

    def miss(self, frames: int) -> None:
        """Put silence where sound was lost, so that what follows stays in its place."""
        if self.frames:
            self._lost_frames += frames
            self._note()
            for start in range(0, frames, SAMPLE_RATE):
                silence = np.zeros((min(SAMPLE_RATE, frames - start), self.channels), np.int16)
                self._write(silence)
                self._speech.feed(silence)

    def mark(self, kind: str, values: Mapping[str, str]) -> None:
        """Note something that happens now."""
        self._markers += 1
        self._speech.mark(kind)
        self._try(lambda writer: writer.mark(kind, values))

    def trouble(self, kind: str) -> None:
        """Remember the first thing that went wrong with the microphone."""
        # What an overflow lost is counted, and told at the end.
        if self._problem is None and kind != "overflow":
            self._problem = kind
            self._note()

    def opened(self, device: str) -> None:
        """Note which microphone the sound comes from now on."""
        if self._problem == "no_device":
            self._problem = "late_device"
            self._note()
        self._try(lambda writer: writer.mark("device", {"name": device}))

    def close(self) -> Event:
        """End the file; what became of it."""
        frames, lost = self.frames, self._lost_frames
        if lost:
            self._problem = self._problem or "frames_lost"
        heard = self._heard()
        if any(heard) and not all(heard):
            self._problem = self._problem or "one_sided"
        self._note(ending=True)
        self._try(self._end)
        speech = self._speech.figures()
        return {
            "is": "stopped",
            "recording_id": self.recording_id,
            "frames": frames,
            "lost_frames": lost,
            "markers": self._markers,
            "channels": self.channels,
            "peak": max(self._peaks) if any(heard) else 0.0,
            "size": self._writer.size if self._writer else 0,
            "complete": self._complete,
            "problem": self._problem,
            "speech": None if speech is None else asdict(speech),
        }

    def _heard(self) -> list[bool]:
        """Of each channel, whether there was more than silence."""
        limits = (levels.SILENCE_PEAK, levels.LINE_SILENCE_PEAK)
        return [peak > limit for peak, limit in zip(self._peaks, limits, strict=False)]

    def _write(self, samples: Samples) -> None:
        self._try(lambda writer: writer.write(samples))

    def _note(self, *, ending: bool = False) -> None:
        # In the file at once, for whoever finds it after window or recorder were killed; while it runs, each
        # kind of news once.
        now = Condition(any(self._heard()), self._lost_frames, self._problem)
        before = self._noted
        is_news = before is None or (now.heard, bool(now.lost_frames), now.problem) != (
            before.heard,
            bool(before.lost_frames),
            before.problem,
        )
        if is_news or (ending and now != before):
            self._noted = now
            self._try(lambda writer: writer.note(now))

    def _end(self, writer: Writer) -> None:
        writer.close(lost_frames=self._lost_frames, problem=self._problem)
        self._complete = True

    def _try(self, work: Callable[[Writer], None]) -> None:
        if self._writer is None or self._problem == "disk":
            return
        try:
            work(self._writer)
        except OSError:
            self._fail("disk")

    def _fail(self, kind: str) -> None:
        # Worse than anything before: the file stays as it is.
        self._problem = kind
        self._post_fault(kind)


class Session:
    """Brings commands and sound together, in the order they came.

    Args:
        post: takes events; must return at once.
        make_system: opens the sound system.
        line: a telephone in this process; while it is in a call, that is what is heard and recorded.
    """

    def __init__(
        self,
        post: Callable[[Event], None],
        make_system: Callable[[], SoundSystem] = PortAudio,
        line: Line | None = None,
    ) -> None:
        self._post = post
        self._inbox: queue.SimpleQueue[Report | LineReport | Command | None] = queue.SimpleQueue()
        self._line = line
        # In a call, and in one that somebody has answered.
        self._is_on_line = self._is_joined = False
        # What was said since somebody answered and no file was begun yet; None when a file was.
        self._early: deque[Samples] | None = None
        self._capture = Capture(self._inbox.put, make_system)
        self._recording: Recording | None = None
        # Who listens to what is being recorded.
        self._shares: dict[str, Share] = {}
        self._devices: tuple[InputDevice, ...] | None = None
        self._monitored: str | None = None
        self._is_monitoring = False
        self._meter, self._own_meter = levels.LevelMeter(), levels.LevelMeter()
        self._silent_frames = 0
        # The microphone is open; it is, but gives nothing.
        self._is_hearing = False
        self._is_stalled = False
        # What passed on the line since the microphone gave anything.
        self._unheard_frames = 0

    def take(self, command: Command | None) -> None:
        """Queue a command; None ends the session."""
        self._inbox.put(command)

    def run(self) -> None:
        """Serve until ended, then close what is open."""
        self._capture.start()
        if self._line:
            self._line.begin(self._inbox.put)
        while (message := self._next()) is not None:
            match message:
                case Heard(samples):
                    self._listen(samples)
                case Gap(frames):
                    self._miss(frames)
                case Seized() | Joined() | Passed() | Released():
                    self._follow(message)
                case Opened(device):
                    self._is_hearing, self._unheard_frames = True, 0
                    if self._recording:
                        self._recording.opened(device)
                case Trouble(kind):
                    self._trouble(kind)
                case Devices():
                    self._list(message)
                case _:
                    self._obey(message)
        if self._line:
            self._line.end()
        self._stop()
        self._capture.quit()
        # It may wait for a driver that never answers.
        self._capture.join(CLOSING_SECONDS)

    def _next(self) -> Report | LineReport | Command | None:
        while True:
            is_expecting = self._is_hearing and (self._recording is not None or self._is_monitoring)
            try:
                return self._inbox.get(timeout=STALLED_AFTER_SECONDS if is_expecting else None)
            except queue.Empty:
                self._stall()

    def _stall(self) -> None:
        """An open microphone gives neither sound nor an error."""
        self._is_stalled = True
        self._trouble("device_lost")
        self._end_if_stalled()

    def _end_if_stalled(self) -> None:
        # The thread that reads may never return: the next recording needs a new process. A call goes on.
        if self._is_stalled and self._recording is None and not self._is_on_line:
            self._inbox.put(None)

    def _obey(self, command: Command) -> None:
        match command["do"]:
            case "devices":
                self._capture.list_devices()
            case "monitor":
                self._is_monitoring, self._monitored = True, command["device"]
                if command["chosen"]:
                    self._capture.choose(command["device"])
                if self._recording is None:
                    self._capture.listen(command["device"])
            case "rest":
                self._is_monitoring = False
                if self._recording is None:
                    self._rest()
            case "start":
                self._start(command)
            case "mark":
                if self._recording:
                    self._recording.mark(command["kind"], command["values"])
            case "stop":
                self._stop()
            case "share":
                self._share(command)
            case "unshare":
                self._shares.pop(command["id"], None)
            case "hang_up":
                self._early = None
                self._tell_line(command)
            case _:
                self._tell_line(command)

    def _share(self, command: Command) -> None:
        """Only what is recorded of the very call that was asked for is given to anybody."""
        recording = self._recording
        there = recording is not None and recording.attempt_id == command["attempt_id"]
        channels = recording.channels if recording is not None else 1
        share = Share(command["id"], bytes.fromhex(command["key"]), channels, self._post)
        if there and len(self._shares) < MOST_SHARES:
            self._shares.setdefault(command["id"], share)
        else:
            share.end()

    def _tell_line(self, command: Command) -> None:
        if self._line:
            self._line.obey(command)

    def _follow(self, message: LineReport) -> None:
        match message:
            case Seized():
                self._is_on_line, self._early = True, None
                self._capture.listen(self._monitored)
            case Joined():
                self._is_joined, self._meter = True, levels.LevelMeter()
                self._early = deque(maxlen=EARLY_SECONDS * SAMPLE_RATE // BLOCK_FRAMES)
            case Passed(samples):
                self._hear(samples)
                self._unheard_frames += len(samples)
                if self._is_hearing and self._unheard_frames > STALLED_AFTER_SECONDS * SAMPLE_RATE:
                    self._stall()
            case Released():
                # A file that is begun only now still gets what was said before.
                self._is_on_line = self._is_joined = False
                self._meter = levels.LevelMeter()
                if not self._is_monitoring and self._recording is None:
                    self._rest()
                self._end_if_stalled()

    def _listen(self, samples: Samples) -> None:
        """What the microphone hears goes out on the line, from where it comes back with the other voice."""
        self._is_hearing, self._is_stalled, self._unheard_frames = True, False, 0
        if self._is_on_line and self._line:
            self._line.speak(samples)
        if self._is_joined:
            # On a line that is muted a microphone that works is not silent.
            own = self._own_meter.feed(samples)
            if own:
                self._watch_silence(own[0].peak)
        elif self._recording is None or self._recording.channels == 1:
            self._hear(samples)

    def _rest(self) -> None:
        self._is_hearing = False
        self._capture.rest()

    def _list(self, found: Devices) -> None:
        # The first list tells that the sound system is up.
        kind = "ready" if self._devices is None else "devices"
        self._devices = found.devices
        self._post({"is": kind, "devices": [asdict(device) for device in found.devices]})

    def _start(self, command: Command) -> None:
        self._stop()
        self._silent_frames = 0
        self._is_hearing = self._is_hearing and self._is_monitoring
        self._capture.listen(command["device"])
        default = next((device.name for device in self._devices or () if device.is_default), None)
        microphone = command["device"] or default
        devices = () if microphone is None else (microphone,)
        if self._is_joined or self._early is not None:
            self._recording = Recording(command, (microphone or "", "line"), 2, self._fault)
            for samples in self._early or ():
                self._recording.hear(samples)
            self._early = None
        else:
            self._recording = Recording(command, devices, 1, self._fault)

    def _stop(self) -> None:
        if self._recording is None:
            return
        if self._is_monitoring:
            self._capture.listen(self._monitored)
        elif not self._is_on_line:
            self._rest()
        self._post(self._recording.close())
        self._recording = None
        for share in self._shares.values():
            share.end()
        self._shares.clear()
        self._end_if_stalled()

    def _hear(self, samples: Samples) -> None:
        if self._recording:
            self._recording.hear(samples)
            for share in self._shares.values():
                share.hear(samples)
        elif self._early is not None:
            self._early.append(samples)
        channels = self._meter.feed(samples)
        if channels:
            if self._recording:
                self._recording.peaked([channel.peak for channel in channels])
            # The line goes on without a microphone.
            self._show(channels, heard=self._is_hearing)
            if not self._is_joined:
                self._watch_silence(channels[0].peak)

    def _miss(self, frames: int) -> None:
        if self._is_on_line:
            return  # on the line time goes on by itself, and so does the other voice
        if self._recording and self._recording.channels == 1:
            self._recording.miss(frames)
            # Who listens hears that the microphone gives nothing, and does not take the line for dead.
            silence = np.zeros((min(frames, SAMPLE_RATE), 1), np.int16)
            for share in self._shares.values():
                share.hear(silence)
        self._show((levels.ChannelLevel(0.0, 0.0),), heard=False)

    def _show(self, channels: Sequence[levels.ChannelLevel], *, heard: bool) -> None:
        recording, level = self._recording, channels[0]
        self._post(
            {
                "is": "level",
                "me": round(levels.meter(level.rms), 3),
                "peak": round(levels.meter(level.peak), 3),
                "other": round(levels.meter(channels[1].peak), 3) if len(channels) > 1 else None,
                "heard": heard,
                "recording_id": recording.recording_id if recording else None,
                "frames": recording.frames if recording else 0,
                "at": time.monotonic(),
            }
        )

    def _watch_silence(self, peak: float) -> None:
        before = self._silent_frames
        limit = int(SILENT_AFTER_SECONDS * SAMPLE_RATE)
        self._silent_frames = before + SAMPLE_RATE // levels.METER_HZ if peak <= levels.SILENCE_PEAK else 0
        if before < limit <= self._silent_frames:
            self._fault("silent")

    def _trouble(self, kind: str) -> None:
        self._is_hearing = self._is_hearing and kind == "overflow"
        if self._recording:
            self._recording.trouble(kind)
        self._fault(kind)

    def _fault(self, kind: str) -> None:
        self._post({"is": "fault", "kind": kind})
