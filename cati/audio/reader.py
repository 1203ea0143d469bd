"""Opens a recording with the programme's recording key and decodes any stretch of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cati.audio import container
from cati.audio.codec import Samples, make_codec
from cati.audio.container import CONDITION, END, MARKER, SOUND, TAG_BYTES, Record
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.sealing import keys


@dataclass(frozen=True)
class Marker:
    """Something that happened in a call, at a place of its recording.

    Attributes:
        at_ms: milliseconds from the first frame.
        kind: such as ``question`` or ``answer``.
    """

    at_ms: int
    kind: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Salvage:
    """What of a recording can be heard.

    Attributes:
        runs: sounds that follow each other without a gap, in order.
        frames: its length with what is lost, as far as that is known.
    """

    runs: tuple[tuple[Record, ...], ...]
    frames: int
    sample_rate: int

    @property
    def duration_ms(self) -> int:
        """Its length."""
        return self.frames * 1000 // self.sample_rate

    @property
    def lost(self) -> list[tuple[int, int]]:
        """What cannot be heard: from and to, in milliseconds."""
        edges = [0]
        for run in self.runs:
            edges += [run[0].first_frame, run[-1].first_frame + run[-1].frames]
        edges.append(self.frames)
        pairs = zip(edges[::2], edges[1::2], strict=True)
        return [(a * 1000 // self.sample_rate, b * 1000 // self.sample_rate) for a, b in pairs if a < b]


class Reader:
    """Opens one recording and decodes any stretch of it; holds one chunk at a time.

    A file that was cut off plays to its last whole chunk and is not `complete`. Where something was changed,
    reading up to there works and reading on says so.

    Attributes:
        header: what the file says about itself.
        markers: what was noted, in the order of the file.
        summary: what the recorder noted at the end; empty if it never came to that.
        complete: the end record is there and fits.
        damaged: opening found something changed; `verify` finds the rest.

    Args:
        path: the file.
        private_key: private half of the programme's recording key.
        recording_id: whose file it must be; None where any will do.
        file: what is read, where it is open already; the path then only names it. It is closed with this.

    Raises:
        CatiError: ``recording_missing``, ``recording_damaged``, ``recording_newer``,
            ``recording_key_wrong`` or ``recording_other``.
    """

    def __init__(
        self,
        path: Path,
        private_key: bytes,
        recording_id: str | None = None,
        *,
        file: BinaryIO | None = None,
    ) -> None:
        try:
            self._file = path.open("rb") if file is None else file
        except FileNotFoundError:
            raise CatiError(
                "recording_missing",
                N_("The recording {file} is not there. Look for it on the station that made it."),
                file=path.name,
            ) from None
        self._name = path.name
        try:
            self._open(private_key)
            if recording_id not in (None, self.header.recording_id):
                raise CatiError(
                    "recording_other",
                    N_(
                        "The file {file} holds another recording ({id}): files were exchanged or renamed. "
                        "Nothing was changed. Fetch the right file from the station or from a backup."
                    ),
                    file=self._name,
                    id=self.header.recording_id,
                )
        except BaseException:
            self._file.close()
            raise

    def _open(self, private_key: bytes) -> None:
        text = container.read_header(self._file, self._name)
        self.header, self._prefix, sealed_key = container.parse_header(text, self._name)
        self._digest = hashlib.sha256(text).digest()
        try:
            self._aead = AESGCM(keys.unseal(sealed_key, private_key))
        except CatiError:
            raise CatiError(
                "recording_key_wrong",
                N_(
                    "The recording {file} belongs to another programme's key, or its "
                    "beginning was changed. It was left as it is. Fetch the right file from "
                    "the station or from a backup."
                ),
                file=self._name,
            ) from None
        self._first_place = self._file.tell()
        records, self.damaged = container.index(self._file)
        self._records = records
        if records:
            self._unseal(records[0])
        sounds = [record for record in records if record.kind == SOUND]
        self._sounds = _joined(sounds)
        self.damaged |= len(self._sounds) < len(sounds)
        self.markers = tuple(self._markers(records))
        self.summary: Mapping[str, Any] = {}
        self.complete = False
        if records and records[-1].kind == END:
            self._read_end(records[-1])

    def _read_end(self, record: Record) -> None:
        try:
            self.summary = json.loads(self._unseal(record))
        except CatiError:
            self.damaged = True
        self.damaged |= record.first_frame != self.frames
        self.complete = not self.damaged

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def frames(self) -> int:
        """Frames that can be played."""
        return self._sounds[-1].first_frame + self._sounds[-1].frames if self._sounds else 0

    @property
    def duration_ms(self) -> int:
        """How long it plays."""
        return self.frames * 1000 // self.header.sample_rate

    def stream(self, start_ms: int = 0, end_ms: int | None = None) -> Iterator[Samples]:
        """Decode a stretch piece by piece, exact to the frame.

        Args:
            start_ms: milliseconds from the first frame, >= 0.
            end_ms: where to stop; by default, or beyond the end, the end.

        Raises:
            CatiError: ``recording_damaged`` where something was changed or taken out.
        """
        rate = self.header.sample_rate
        first = min(start_ms * rate // 1000, self.frames)
        stop = self.frames if end_ms is None else min(end_ms * rate // 1000, self.frames)
        yield from self._decoded(self._sounds, first, stop)
        if self.damaged and (end_ms is None or end_ms * rate // 1000 > self.frames):
            raise container.damaged(self._name)

    def _decoded(self, sounds: Sequence[Record], first: int, stop: int) -> Iterator[Samples]:
        """The frames of a stretch, out of sounds that follow each other without a gap."""
        codec = make_codec(self.header.codec, self.header.channels, self.header.sample_rate)
        chosen = [
            index
            for index, sound in enumerate(sounds)
            if sound.first_frame + sound.frames > first and sound.first_frame < stop + codec.delay_frames
        ]
        if chosen and first < stop:
            begin = max(0, chosen[0] - codec.preroll_chunks)
            skip = first - sounds[begin].first_frame + codec.delay_frames
            pieces = codec.decode(self._unseal(sound) for sound in sounds[begin : chosen[-1] + 1])
            yield from _stretch(pieces, skip, stop - first)

    def read(self, start_ms: int, end_ms: int) -> Samples:
        """A short stretch as one array, frames × channels; see `stream`."""
        empty = np.zeros((0, self.header.channels), np.int16)
        return np.concatenate([empty, *self.stream(start_ms, end_ms)])

    def verify(self) -> None:
        """Open every record.

        Raises:
            CatiError: ``recording_damaged``.
        """
        for sound in self._sounds:
            self._unseal(sound)
        if self.damaged:
            raise container.damaged(self._name)

    def salvage(self) -> Salvage:
        """Open every record and see what can be heard, also behind what was damaged.

        Raises:
            CatiError: ``recording_damaged`` when nothing at all belongs to this file.
        """
        found = list(self._records)
        if self.damaged:
            # Behind a damaged head the numbers of records are guessed until one opens.
            for run, most in container.beyond(self._file, self._records, self._first_place):
                lost = next((n for n in range(most + 1) if self._opens(_moved(run[0], n))), None)
                found += [] if lost is None else [_moved(record, lost) for record in run]
        sounds = [record for record in found if record.kind == SOUND and self._opens(record)]
        sounds.sort(key=lambda record: record.first_frame)
        runs: list[list[Record]] = []
        for sound in sounds:
            before = runs[-1][-1] if runs else None
            if before is not None and before.first_frame + before.frames == sound.first_frame:
                runs[-1].append(sound)
            else:
                runs.append([sound])
        ends = [record.first_frame for record in found if record.kind == END and self._opens(record)]
        last = sounds[-1].first_frame + sounds[-1].frames if sounds else 0
        return Salvage(tuple(map(tuple, runs)), max([last, *ends]), self.header.sample_rate)

    def _opens(self, record: Record) -> bool:
        try:
            self._unseal(record)
        except CatiError:
            return False
        return True

    def patched(self, salvage: Salvage, start_ms: int = 0, end_ms: int | None = None) -> Iterator[Samples]:
        """Decode a stretch piece by piece, with silence where sound is lost.

        Args:
            salvage: of this file.
            start_ms, end_ms: see `stream`.
        """
        rate = self.header.sample_rate
        at = start_ms * rate // 1000
        stop = salvage.frames if end_ms is None else min(end_ms * rate // 1000, salvage.frames)
        for run in salvage.runs:
            first, last = max(at, run[0].first_frame), min(stop, run[-1].first_frame + run[-1].frames)
            if first >= last:
                continue
            yield from self._silence(first - at)
            at = first
            for samples in self._decoded(run, first, last):
                at += len(samples)
                yield samples
        yield from self._silence(stop - at)

    def _silence(self, frames: int) -> Iterator[Samples]:
        for start in range(0, frames, self.header.sample_rate):
            yield np.zeros((min(self.header.sample_rate, frames - start), self.header.channels), np.int16)

    def _markers(self, records: list[Record]) -> Iterator[Marker]:
        for record in records:
            if record.kind in (MARKER, CONDITION):
                try:
                    plain = self._unseal(record)
                except CatiError:
                    # The sound around it can still be played.
                    self.damaged = True
                    continue
                if record.kind == CONDITION:
                    continue
                values = json.loads(plain)
                at_ms = record.first_frame * 1000 // self.header.sample_rate
                yield Marker(at_ms, values.pop("kind"), values)

    def _unseal(self, record: Record) -> bytes:
        self._file.seek(record.place)
        sealed = self._file.read(record.size)
        nonce = container.nonce(self._prefix, record.number, record.kind)
        # A condition stands in the open, before the tag that proves it.
        shown, sealed = (
            (sealed[:-TAG_BYTES], sealed[-TAG_BYTES:]) if record.kind == CONDITION else (b"", sealed)
        )
        try:
            return self._aead.decrypt(nonce, sealed, self._digest + record.head + shown)
        except InvalidTag:
            raise container.damaged(self._name) from None


def _moved(record: Record, by: int) -> Record:
    return replace(record, number=record.number + by)


def _joined(sounds: list[Record]) -> list[Record]:
    """Those that follow each other without a gap from the beginning."""
    kept: list[Record] = []
    place = 0
    for sound in sounds:
        if sound.first_frame != place:
            break
        kept.append(sound)
        place += sound.frames
    return kept


def _stretch(pieces: Iterator[Samples], skip: int, frames: int) -> Iterator[Samples]:
    for piece in pieces:
        dropped = min(skip, len(piece))
        skip -= dropped
        kept = piece[dropped : dropped + frames]
        frames -= len(kept)
        if len(kept):
            yield kept
