"""Plays a tape: any place, four speeds at the same pitch, one voice or both; nothing is written to disk."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import av
import av.filter
import numpy as np
import pyaudio
from av.audio.frame import AudioFrame

from cati.audio.codec import SAMPLE_RATE, Resampler, Samples
from cati.audio.port_audio import PORTAUDIO
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_

SPEEDS = (1.0, 1.25, 1.5, 2.0)
BLOCK_MS = 40
_BLOCK_FRAMES = SAMPLE_RATE * BLOCK_MS // 1000


class Voice(StrEnum):
    """Who is heard."""

    BOTH = "both"
    OPERATOR = "operator"
    RESPONDENT = "respondent"


@dataclass(frozen=True)
class State:
    """Where playing stands.

    Attributes:
        place_ms: what is heard now, on the tape's line of time.
        since_ms: from here to the place it was heard without a break.
        fault: why it stopped, if it did by itself.
    """

    playing: bool = False
    place_ms: int = 0
    since_ms: int = 0
    fault: CatiError | None = None


class Playable(Protocol):
    """Something that is played, such as a tape."""

    @property
    def duration_ms(self) -> int:
        """Length of the whole."""
        ...

    def stream(self, start_ms: int = 0) -> Iterator[Samples]:
        """The sound from a place to the end, frames × 1 or 2 at `SAMPLE_RATE`, a little at a time."""
        ...


class Speaker(Protocol):
    """An open loudspeaker that takes mono sound at `SAMPLE_RATE`."""

    def write(self, samples: Samples) -> None:
        """Hand over the next sound; waits for room.

        Raises:
            OSError: the device is gone.
        """
        ...

    def delay_ms(self) -> float:
        """How much later than it was handed over sound is heard."""
        ...

    def drain(self) -> None:
        """Wait until everything was heard."""
        ...

    def close(self) -> None:
        """Let the device go; what was not heard yet is dropped."""
        ...


class PortAudioSpeaker:
    """The default loudspeaker at 16 kHz in mono if it allows that, else at what it has, and converted.

    Raises:
        OSError: there is none, or it does not open.
    """

    def __init__(self) -> None:
        with _alone_and_quiet():
            self._system = pyaudio.PyAudio()
            try:
                self._open()
            except BaseException:
                self._system.terminate()
                raise

    def _open(self) -> None:
        facts = self._system.get_default_output_device_info()
        own = int(facts["defaultSampleRate"]), min(2, int(facts["maxOutputChannels"]))
        refusal: OSError | None = None
        for rate, channels in dict.fromkeys([(SAMPLE_RATE, 1), (SAMPLE_RATE, own[1]), own]):
            try:
                self._stream = self._system.open(
                    rate=rate,
                    channels=channels,
                    format=pyaudio.paInt16,
                    output=True,
                    frames_per_buffer=rate * BLOCK_MS // 1000,
                )
            except OSError as error:
                refusal = error
            else:
                self._channels = channels
                self._resampler = None if rate == SAMPLE_RATE else Resampler(1, SAMPLE_RATE, rate)
                return
        raise refusal or OSError("no form to open it in")

    def write(self, samples: Samples) -> None:
        """Hand over the next sound; waits for room."""
        if self._resampler is not None:
            samples = self._resampler.feed(samples)
        self._stream.write(np.repeat(samples, self._channels, axis=1).tobytes())

    def delay_ms(self) -> float:
        """How much later than it was handed over sound is heard."""
        return float(self._stream.get_output_latency()) * 1000

    def drain(self) -> None:
        """Wait until everything was heard."""
        self._stream.stop_stream()

    def close(self) -> None:
        """Let the device go; what was not heard yet is dropped."""
        with _alone_and_quiet():
            self._stream.close()
            self._system.terminate()


def loudspeaker() -> str | None:
    """Name of the default loudspeaker; None without one."""
    with _alone_and_quiet():
        system = pyaudio.PyAudio()
        try:
            return str(system.get_default_output_device_info()["name"])
        except OSError:
            return None
        finally:
            system.terminate()


@contextmanager
def _alone_and_quiet() -> Iterator[None]:
    """Open or close sound: one thread at a time, and without what libraries in C print meanwhile.

    PortAudio counts its users without a lock (its documentation: not thread-safe), and one player ends while
    the next one begins. Without a device it prints pages; what Python logs goes to its file. Two threads
    that put the error stream away and back crosswise would lose it for good.
    """
    with PORTAUDIO:
        nowhere, kept = os.open(os.devnull, os.O_WRONLY), os.dup(2)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


@dataclass(frozen=True)
class _Play:
    place_ms: int | None


@dataclass(frozen=True)
class _Seek:
    place_ms: int
    from_here: bool = False


@dataclass(frozen=True)
class _Change:
    speed: float | None = None
    voice: Voice | None = None


class _Pause:
    pass


class _Quit:
    pass


class Player(threading.Thread):
    """Plays one tape in a thread of its own; the loudspeaker is held only while it sounds.

    `state` may be read from any thread. Every stretch that was heard is reported, also when playing is
    stopped by the end of the tape, a lost device or `quit`.

    Args:
        tape: what is played.
        heard: takes from and to in milliseconds of the line of time; called in this thread. A `CatiError` it
            raises becomes the state's fault.
        make_speaker: opens a loudspeaker; called in this thread.
    """

    def __init__(
        self,
        tape: Playable,
        heard: Callable[[int, int], None],
        make_speaker: Callable[[], Speaker] = PortAudioSpeaker,
    ) -> None:
        super().__init__(name="playback", daemon=True)
        self._tape, self._report, self._make_speaker = tape, heard, make_speaker
        self._wishes: queue.SimpleQueue[_Play | _Pause | _Seek | _Change | _Quit] = queue.SimpleQueue()
        self._speed, self._voice = 1.0, Voice.BOTH
        self._speaker: Speaker | None = None
        self._sound: Iterator[Samples] = iter(())
        # Where the present stream of sound began, and how much of it was handed over.
        self._began_ms, self._given_frames = 0, 0
        self.state = State()

    # ---- from any thread -------------------------------------------------------------------------

    def play(self, place_ms: int | None = None) -> None:
        """Play from a place, by default from where it stands (at the end: from the beginning)."""
        self._wishes.put(_Play(place_ms))

    def pause(self) -> None:
        """Stop here."""
        self._wishes.put(_Pause())

    def seek(self, place_ms: int) -> None:
        """Go to a place, and go on there if it plays."""
        self._wishes.put(_Seek(place_ms))

    def skip(self, by_ms: int) -> None:
        """Go so far on (or back, negative); several add up."""
        self._wishes.put(_Seek(by_ms, from_here=True))

    def set_speed(self, speed: float) -> None:
        """Play faster or slower at the same pitch; 0.5 to 2."""
        self._wishes.put(_Change(speed=speed))

    def set_voice(self, voice: Voice) -> None:
        """Hear both or only one of them."""
        self._wishes.put(_Change(voice=voice))

    def quit(self) -> None:
        """Stop and end the thread."""
        self._wishes.put(_Quit())

    # ---- in the thread ---------------------------------------------------------------------------

    def run(self) -> None:
        """Serve wishes and play, until told to quit."""
        while not isinstance(wish := self._next(), _Quit):
            if wish is not None:
                self._follow(wish)
            elif self._speaker is not None:
                self._play_some(self._speaker)
        self._halt()

    def _next(self) -> _Play | _Pause | _Seek | _Change | _Quit | None:
        try:
            return self._wishes.get(block=self._speaker is None)
        except queue.Empty:
            return None

    def _follow(self, wish: _Play | _Pause | _Seek | _Change | _Quit) -> None:
        match wish:
            case _Play(place_ms):
                place = self.state.place_ms if place_ms is None else place_ms
                self._halt()
                self._start(0 if place >= self._tape.duration_ms else place)
            case _Pause():
                self._halt()
            case _Seek(place_ms, from_here):
                was_playing = self._speaker is not None
                self._halt()
                here = self.state.place_ms if from_here else 0
                there = self._within(here + place_ms)
                self.state = State(False, there, there)
                if was_playing:
                    self._start(there)
            case _Change(speed, voice):
                place = self._place() if self._speaker is not None else self.state.place_ms
                self._speed, self._voice = speed or self._speed, voice or self._voice
                if self._speaker is not None:
                    self._stream_from(place)

    def _within(self, place_ms: int) -> int:
        return max(0, min(place_ms, self._tape.duration_ms))

    def _start(self, place_ms: int) -> None:
        place_ms = self._within(place_ms)
        try:
            self._speaker = self._make_speaker()
        except OSError:
            self.state = State(False, place_ms, place_ms, _no_speaker())
            return
        self._stream_from(place_ms)
        self.state = State(True, place_ms, place_ms)

    def _stream_from(self, place_ms: int) -> None:
        self._began_ms, self._given_frames = place_ms, 0
        mixed = (mix(samples, self._voice) for samples in self._tape.stream(place_ms))
        self._sound = _blocks(stretched(mixed, self._speed))

    def _play_some(self, speaker: Speaker) -> None:
        try:
            block = next(self._sound, None)
            if block is None:
                speaker.drain()
                self._halt(at_end=True)
                return
            speaker.write(block)
        except OSError:
            self._halt(_no_speaker())
        except CatiError as fault:
            self._halt(fault)
        else:
            self._given_frames += len(block)
            self.state = State(True, self._place(), self.state.since_ms)

    def _place(self) -> int:
        """What is heard now: what was handed over, less what the device still holds."""
        assert self._speaker is not None
        sounded = max(0.0, self._given_frames * 1000 / SAMPLE_RATE - self._speaker.delay_ms())
        return self._within(self._began_ms + round(sounded * self._speed))

    def _halt(self, fault: CatiError | None = None, *, at_end: bool = False) -> None:
        if self._speaker is None:
            self.state = State(False, self.state.place_ms, self.state.since_ms, fault)
            return
        since = self.state.since_ms
        place = self._tape.duration_ms if at_end else self._place()
        self._speaker.close()
        self._speaker = None
        self._sound = iter(())
        try:
            if place > since:
                self._report(since, place)
        except CatiError as not_noted:
            fault = fault or not_noted
        self.state = State(False, place, since, fault)


def mix(samples: Samples, voice: Voice) -> Samples:
    """One channel of what is to be heard, frames × 1.

    Args:
        samples: frames × 1 or 2.
        voice: with one channel everything is heard whatever is chosen.
    """
    if samples.shape[1] == 1:
        return samples
    if voice is Voice.BOTH:
        # They take turns: halving both would make each too quiet.
        total = samples.sum(axis=1, keepdims=True, dtype=np.int32).clip(-32768, 32767)
        return np.asarray(total, np.int16)
    column = 0 if voice is Voice.OPERATOR else 1
    return samples[:, column : column + 1]


def stretched(sound: Iterator[Samples], speed: float) -> Iterator[Samples]:
    """Mono sound at another speed with its pitch kept (FFmpeg's filter atempo).

    Args:
        sound: frames × 1.
        speed: 0.5 to 2.
    """
    if speed == 1.0:
        yield from sound
        return
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=SAMPLE_RATE, format="s16", layout="mono")
    tempo = graph.add("atempo", str(speed))
    sink = graph.add("abuffersink")
    source.link_to(tempo)
    tempo.link_to(sink)
    graph.configure()
    place = 0
    for samples in sound:
        if not len(samples):
            continue
        frame = AudioFrame.from_ndarray(
            np.ascontiguousarray(samples.reshape(1, -1)), format="s16", layout="mono"
        )
        frame.sample_rate = SAMPLE_RATE
        frame.pts = place
        place += len(samples)
        graph.push(frame)
        yield from _pulled(graph)
    graph.push(None)
    yield from _pulled(graph)


def _pulled(graph: av.filter.Graph) -> Iterator[Samples]:
    while True:
        try:
            frame = graph.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        assert isinstance(frame, AudioFrame)
        yield np.asarray(frame.to_ndarray(), np.int16).reshape(-1, 1)


def _blocks(sound: Iterator[Samples]) -> Iterator[Samples]:
    """No piece longer than a block, so that a wish never waits."""
    for samples in sound:
        for start in range(0, len(samples), _BLOCK_FRAMES):
            yield samples[start : start + _BLOCK_FRAMES]


def _no_speaker() -> CatiError:
    return CatiError(
        "no_speaker",
        N_("No loudspeaker or headset can be used. Plug one in or let others go of it, then play again."),
    )
