"""Sound written as files that every player knows."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame

from cati.audio.codec import OPUS_BITS_PER_CHANNEL, Samples


def write_wav(target: Path, sound: Iterator[Samples], channels: int, sample_rate: int) -> int:
    """Write a WAV file of 16-bit samples; gives how many frames it has."""
    count = 0
    with wave.open(str(target), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(sample_rate)
        for samples in sound:
            out.writeframes(samples.astype("<i2", copy=False).tobytes())
            count += len(samples)
    return count


def write_ogg(target: Path, sound: Iterator[Samples], channels: int, sample_rate: int) -> int:
    """Write an Ogg file with Opus (RFC 7845); gives how many frames went into it."""
    count, layout = 0, "stereo" if channels == 2 else "mono"
    with av.open(str(target), "w", format="ogg") as out:
        stream = out.add_stream("libopus", rate=sample_rate, layout=layout)
        stream.bit_rate = OPUS_BITS_PER_CHANNEL * channels
        for samples in sound:
            packed = np.ascontiguousarray(samples, np.int16).reshape(1, -1)
            frame = AudioFrame.from_ndarray(packed, format="s16", layout=layout)
            frame.sample_rate, frame.pts = sample_rate, count
            count += len(samples)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return count
