"""The recordings of one interview as one line of time; sound is decrypted in memory only, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cati.audio.codec import SAMPLE_RATE, Resampler, Samples
from cati.audio.reader import Reader, Salvage
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.times import length

_SILENCE_FRAMES = SAMPLE_RATE


@dataclass(frozen=True)
class Piece:
    """One recording on the line of time.

    Attributes:
        private_key: private half of the programme's recording key.
        start_ms, duration_ms: its stretch; pieces follow each other without a gap.
    """

    recording_id: str
    path: Path
    private_key: bytes
    start_ms: int
    duration_ms: int


class Tape:
    """Opens recordings and decodes any stretch of their line of time, for several listeners at once.

    A piece that cannot be opened is silent, and so is what of one is damaged; `faults` tells which.

    Attributes:
        channels: 2 where any piece tells the respondent from the operator, else 1.
        complete: every piece is there, whole and ended.
        faults: what keeps pieces from being heard.
        markers: what was noted while recording: place on the line of time in ms, and kind.

    Args:
        pieces: in their order.
    """

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = tuple(pieces)
        self.faults: list[CatiError] = []
        self._closed: set[str] = set()
        self.markers: list[tuple[int, str]] = []
        self._salvages: dict[str, Salvage] = {}
        channels, ended = [1], []
        for piece in self.pieces:
            try:
                with Reader(piece.path, piece.private_key, piece.recording_id) as reader:
                    channels.append(reader.header.channels)
                    salvage = self._salvages[piece.recording_id] = reader.salvage()
                    ended.append(reader.complete and not salvage.lost)
                    if salvage.lost:
                        self.faults.append(_holes(piece, salvage.lost))
                    self.markers += [(piece.start_ms + mark.at_ms, mark.kind) for mark in reader.markers]
            except CatiError as fault:
                self.faults.append(fault)
                self._closed.add(piece.recording_id)
        self.channels = max(channels)
        self.complete = len(ended) == len(self.pieces) and all(ended)

    @property
    def duration_ms(self) -> int:
        """Length of the whole line."""
        return self.pieces[-1].start_ms + self.pieces[-1].duration_ms if self.pieces else 0

    @property
    def audible(self) -> bool:
        """Whether there is anything to hear."""
        return any(piece.recording_id not in self._closed and piece.duration_ms for piece in self.pieces)

    def stream(self, start_ms: int = 0) -> Iterator[Samples]:
        """The sound from a place to the end, frames × `channels` at `SAMPLE_RATE`, a little at a time.

        What was damaged is silent and keeps its place.

        Raises:
            CatiError: ``recording_damaged`` where something was changed since it was opened.
        """
        for piece in self.pieces:
            end = piece.start_ms + piece.duration_ms
            if end > start_ms:
                yield from self._piece(piece, max(0, start_ms - piece.start_ms))

    def _piece(self, piece: Piece, from_ms: int) -> Iterator[Samples]:
        missing = (piece.duration_ms - from_ms) * SAMPLE_RATE // 1000
        if piece.recording_id not in self._closed:
            with Reader(piece.path, piece.private_key, piece.recording_id) as reader:
                rate, channels = reader.header.sample_rate, reader.header.channels
                convert = None if rate == SAMPLE_RATE else Resampler(channels, rate)
                salvage = self._salvages[piece.recording_id]
                for samples in reader.patched(salvage, from_ms, piece.duration_ms):
                    found = samples if convert is None else convert.feed(samples)
                    missing -= len(found)
                    yield self._wide(found)
        # What the file lacks is silence, so that everything after it keeps its place.
        while missing > 0:
            length = min(missing, _SILENCE_FRAMES)
            missing -= length
            yield np.zeros((length, self.channels), np.int16)

    def _wide(self, samples: Samples) -> Samples:
        if samples.shape[1] == self.channels:
            return samples
        # One source only: it was the operator's microphone.
        both = np.zeros((len(samples), self.channels), np.int16)
        both[:, :1] = samples
        return both

    def recorded(self, start_ms: int, end_ms: int) -> list[tuple[str, int, int]]:
        """A stretch of the line as recordings: id, and from and to in milliseconds from its first frame."""
        found = []
        for piece in self.pieces:
            first = max(start_ms, piece.start_ms) - piece.start_ms
            last = min(end_ms, piece.start_ms + piece.duration_ms) - piece.start_ms
            if last > first and piece.recording_id not in self._closed:
                found.append((piece.recording_id, first, last))
        return found


def _holes(piece: Piece, lost: Sequence[tuple[int, int]]) -> CatiError:
    # To the second, outwards: what is told lost is not heard, what is not told is heard.
    told = ", ".join(
        f"{length((piece.start_ms + first) // 1000)}–{length(-(-(piece.start_ms + last) // 1000))}"
        for first, last in lost
    )
    return CatiError(
        "recording_holes",
        N_("The recording {file} was damaged: {places} cannot be heard and is silent. The rest plays."),
        file=piece.path.name,
        places=told,
    )
