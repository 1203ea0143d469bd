"""Sound in and out of a recording's chunks: Opus, FLAC or plain samples, one chunk at a time."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Literal, Protocol

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
BLOCK_FRAMES = 320
OPUS_BITS_PER_CHANNEL = 24_000
CODECS = ("opus", "flac", "pcm")

# What libopus looks ahead at 16 kHz (312 samples at 48 kHz, its OpusHead pre-skip).
_OPUS_DELAY_FRAMES = 104
_SIZE = struct.Struct("<H")

Samples = NDArray[np.int16]
"""Frames × channels, 16 bit."""


class Codec(Protocol):
    """Turns samples into the bytes of a chunk, in order, and a run of chunks back into samples.

    Attributes:
        delay_frames: how much later than its place in the input a sample comes out of `decode`.
        preroll_chunks: how many earlier chunks `decode` must be given to be right at the asked one.
    """

    delay_frames: int
    preroll_chunks: int

    def encode(self, samples: Samples, *, last: bool = False) -> bytes:
        """The bytes of the next chunk.

        Args:
            samples: whole blocks of `BLOCK_FRAMES`; any number of frames when `last`.
            last: nothing follows; what the encoder still holds is given out.
        """
        ...

    def decode(self, chunks: Iterable[bytes]) -> Iterator[Samples]:
        """The samples of neighbouring chunks, in pieces, never all at once."""
        ...


def make_codec(name: str, channels: int, sample_rate: int = SAMPLE_RATE) -> Codec:
    """A codec of its own for one recording.

    Args:
        name: one of `CODECS`.
        channels: 1 or 2.
        sample_rate: frames a second; Opus takes 16000 only.
    """
    if channels not in (1, 2):
        raise ValueError("a recording has one or two channels")
    if name == "opus" and sample_rate == SAMPLE_RATE:
        return _Opus(channels)
    if name == "flac":
        return _Flac(channels, sample_rate)
    if name == "pcm":
        return _Pcm(channels)
    raise ValueError(f"no codec {name} at {sample_rate} Hz")


class _Opus:
    """Opus by libopus (RFC 6716), tuned for voice, packets of 20 ms, each with a 16-bit length before it."""

    delay_frames = _OPUS_DELAY_FRAMES
    preroll_chunks = 1

    def __init__(self, channels: int) -> None:
        self._channels = channels
        self._frames = 0
        self._encoder: AudioCodecContext | None = None

    def encode(self, samples: Samples, *, last: bool = False) -> bytes:
        encoder = self._encoder = self._encoder or self._new_encoder()
        packets = []
        for start in range(0, len(samples), BLOCK_FRAMES):
            block = samples[start : start + BLOCK_FRAMES]
            packets += _packets(encoder, _frame(block, encoder, self._frames))
            self._frames += len(block)
        if last:
            packets += _packets(encoder, None)
        return _joined(packets)

    def decode(self, chunks: Iterable[bytes]) -> Iterator[Samples]:
        decoder = _context("libopus", "r", self._channels, SAMPLE_RATE)
        decoder.open()
        # libopus in FFmpeg always gives 48 kHz.
        resampler = AudioResampler("s16", decoder.layout, SAMPLE_RATE)
        for chunk in chunks:
            for packet in _split(chunk):
                for frame in decoder.decode(av.Packet(packet)):
                    yield from _samples(resampler.resample(frame), self._channels)
        yield from _samples(resampler.resample(None), self._channels)

    def _new_encoder(self) -> AudioCodecContext:
        encoder = _context("libopus", "w", self._channels, SAMPLE_RATE)
        encoder.bit_rate = OPUS_BITS_PER_CHANNEL * self._channels
        encoder.options = {
            "application": "voip",
            "frame_duration": "20",
            # Free bit rates take 80 kbit/s where both channels speak.
            "vbr": "constrained",
            # Two thirds of the processor's time of 10, and measurably the same sound.
            "compression_level": "6",
        }
        encoder.open()
        return encoder


class _Flac:
    """FLAC, each chunk a stream of its own, so that it needs no neighbour."""

    delay_frames = 0
    preroll_chunks = 0

    def __init__(self, channels: int, sample_rate: int) -> None:
        self._channels = channels
        self._rate = sample_rate
        self._stream_info = b""

    def encode(self, samples: Samples, *, last: bool = False) -> bytes:
        encoder = self._open_encoder()
        packets = []
        for start in range(0, len(samples), encoder.frame_size):
            block = samples[start : start + encoder.frame_size]
            packets += _packets(encoder, _frame(block, encoder, start))
        return _joined(packets + _packets(encoder, None))

    def decode(self, chunks: Iterable[bytes]) -> Iterator[Samples]:
        # The stream information depends on nothing but rate and channels until a stream is finished.
        info = self._stream_info = self._stream_info or bytes(self._open_encoder().extradata or b"")
        for chunk in chunks:
            decoder = _context("flac", "r", self._channels, self._rate)
            decoder.extradata = info
            decoder.open()
            for packet in _split(chunk):
                yield from _samples(decoder.decode(av.Packet(packet)), self._channels)
            yield from _samples(decoder.decode(None), self._channels)

    def _open_encoder(self) -> AudioCodecContext:
        encoder = _context("flac", "w", self._channels, self._rate)
        encoder.open()
        return encoder


class _Pcm:
    """Plain 16-bit little-endian samples."""

    delay_frames = 0
    preroll_chunks = 0

    def __init__(self, channels: int) -> None:
        self._channels = channels

    def encode(self, samples: Samples, *, last: bool = False) -> bytes:
        return samples.astype("<i2", copy=False).tobytes()

    def decode(self, chunks: Iterable[bytes]) -> Iterator[Samples]:
        for chunk in chunks:
            yield np.frombuffer(chunk, "<i2").reshape(-1, self._channels)


def _context(
    name: Literal["libopus", "flac"], mode: Literal["r", "w"], channels: int, sample_rate: int
) -> AudioCodecContext:
    context = AudioCodecContext.create(name, mode)
    context.sample_rate = sample_rate
    context.layout = _layout(channels)
    if mode == "w":
        context.format = "s16"
    return context


def _layout(channels: int) -> str:
    return "stereo" if channels == 2 else "mono"


def _frame(samples: Samples, encoder: AudioCodecContext, position: int) -> AudioFrame:
    packed = np.ascontiguousarray(samples, dtype=np.int16).reshape(1, -1)
    frame = AudioFrame.from_ndarray(packed, format="s16", layout=encoder.layout.name)
    frame.sample_rate = encoder.sample_rate
    frame.pts = position
    return frame


def _packets(encoder: AudioCodecContext, frame: AudioFrame | None) -> list[bytes]:
    # FLAC ends with a packet without data that only carries the final stream information.
    return [bytes(packet) for packet in encoder.encode(frame) if packet.size]


def _joined(packets: list[bytes]) -> bytes:
    return b"".join(_SIZE.pack(len(packet)) + packet for packet in packets)


def _split(chunk: bytes) -> Iterator[bytes]:
    place = 0
    while place < len(chunk):
        (size,) = _SIZE.unpack_from(chunk, place)
        place += _SIZE.size
        yield chunk[place : place + size]
        place += size


def _samples(frames: Iterable[AudioFrame], channels: int) -> Iterator[Samples]:
    for frame in frames:
        yield _array(frame, channels)


def _array(frame: AudioFrame, channels: int) -> Samples:
    return frame.to_ndarray().reshape(-1, channels).astype(np.int16, copy=False)


class Resampler:
    """Brings a device's own rate to another one, piece by piece.

    Args:
        channels: 1 or 2.
        source_rate: frames a second of what `feed` is given.
        target_rate: frames a second of what it returns.
    """

    def __init__(self, channels: int, source_rate: int, target_rate: int = SAMPLE_RATE) -> None:
        self._channels = channels
        self._rate = source_rate
        self._resampler = AudioResampler("s16", _layout(channels), target_rate)

    def feed(self, samples: Samples) -> Samples:
        """The next frames at the target rate; a few stay inside until more is fed."""
        packed = np.ascontiguousarray(samples, dtype=np.int16).reshape(1, -1)
        frame = AudioFrame.from_ndarray(packed, format="s16", layout=_layout(self._channels))
        frame.sample_rate = self._rate
        pieces = [_array(out, self._channels) for out in self._resampler.resample(frame)]
        return np.concatenate(pieces) if pieces else np.zeros((0, self._channels), np.int16)
