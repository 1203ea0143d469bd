"""The computer's microphones by PortAudio."""

from __future__ import annotations

import threading

import numpy as np
import pyaudio

from cati.audio.capture import BLOCK_MS, InputDevice, OverflowedError, Source
from cati.audio.codec import SAMPLE_RATE, Resampler, Samples
from cati.audio.sound_server import Follower, SoundServer

PORTAUDIO = threading.Lock()
"""Held by whoever opens or closes sound in this process."""
# The device wakes this process once for every level shown: waking up costs more than the work.
_DEVICE_BUFFER_MS = 50


class PortAudio:
    """The computer's sound system by PortAudio; to be used by one thread.

    PortAudio and what is below it write pages to the error stream whenever a device is missing.
    """

    def __init__(self) -> None:
        with PORTAUDIO:
            self._system = pyaudio.PyAudio()
        self._server = SoundServer()

    def devices(self) -> tuple[InputDevice, ...]:
        """The microphones of the platform's usual sound interface as of the last `refresh`."""
        try:
            interface = self._system.get_default_host_api_info()
        except OSError:
            return ()
        found = []
        for place in range(interface["deviceCount"]):
            facts = self._system.get_device_info_by_host_api_device_index(interface["index"], place)
            if facts["maxInputChannels"] > 0:
                is_default = facts["index"] == interface["defaultInputDevice"]
                found.append(InputDevice(facts["index"], _text(facts["name"]), is_default))
        return tuple(found)

    def refresh(self) -> None:
        """Look again which devices there are; no source may be open."""
        with PORTAUDIO:
            self._system.terminate()
            self._system = pyaudio.PyAudio()

    def open(self, name: str | None) -> Source:
        """Open a microphone by name, None for the default one.

        Raises:
            OSError: it is not there or does not open.
        """
        device = self._device(name)
        if device is None or not self._server.lets_open(device.name):
            raise OSError("no such microphone")
        return _PortAudioSource(self._system, device, self._server)

    def choose(self, name: str | None) -> None:
        """Somebody chooses a microphone: it is what the system takes for it now."""
        device = self._device(name)
        if device is not None:
            self._server.forget(device.name)

    def _device(self, name: str | None) -> InputDevice | None:
        return next((d for d in self.devices() if d.name == name or (name is None and d.is_default)), None)

    def close(self) -> None:
        """Let the sound system go."""
        with PORTAUDIO:
            self._system.terminate()


class _PortAudioSource:
    """A microphone opened at 16 kHz in mono if it allows that, else at what it has, and converted."""

    def __init__(self, system: pyaudio.PyAudio, device: InputDevice, server: SoundServer) -> None:
        self.name = device.name
        facts = system.get_device_info_by_index(device.index)
        own_rate = int(facts["defaultSampleRate"])
        own_channels = min(2, int(facts["maxInputChannels"]))
        with PORTAUDIO:
            self._stream, self._rate, self._channels = _open_first(
                system,
                device.index,
                [(SAMPLE_RATE, 1), (SAMPLE_RATE, own_channels), (own_rate, 1), (own_rate, own_channels)],
            )
        self._block = self._rate * BLOCK_MS // 1000
        self._resampler = None if self._rate == SAMPLE_RATE else Resampler(1, self._rate)
        self._follower = Follower(server, device.name)

    def read(self) -> Samples:
        if self._follower.is_lost:
            raise OSError("its sound comes from elsewhere")
        try:
            raw = self._stream.read(self._block)
        except OSError as error:
            if pyaudio.paInputOverflowed in error.args:
                raise OverflowedError from error
            raise
        samples = np.frombuffer(raw, np.int16).reshape(-1, self._channels)
        if self._channels > 1:
            samples = samples.mean(axis=1, keepdims=True).astype(np.int16)
        return samples if self._resampler is None else self._resampler.feed(samples)

    def waiting_frames(self) -> int:
        return int(self._stream.get_read_available()) * SAMPLE_RATE // self._rate

    def close(self) -> None:
        self._follower.end()
        with PORTAUDIO:
            self._stream.close()


def _open_first(
    system: pyaudio.PyAudio, index: int, forms: list[tuple[int, int]]
) -> tuple[pyaudio.Stream, int, int]:
    refusal: OSError | None = None
    for rate, channels in dict.fromkeys(forms):
        try:
            stream = system.open(
                rate=rate,
                channels=channels,
                format=pyaudio.paInt16,
                input=True,
                input_device_index=index,
                frames_per_buffer=rate * _DEVICE_BUFFER_MS // 1000,
            )
        except OSError as error:
            refusal = error
        else:
            return stream, rate, channels
    raise refusal or OSError("no form to open it in")


def _text(name: str | bytes) -> str:
    # PyAudio leaves bytes where it cannot decode; Chinese Windows then speaks GB 18030.
    return name if isinstance(name, str) else name.decode("gb18030", "replace")
