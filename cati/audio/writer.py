"""Writes a recording's file, so that a crash loses less than a second and the writer cannot read it back."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cati.audio import container
from cati.audio.codec import Samples, make_codec
from cati.audio.container import BINDING, CONDITION, END, MARKER, SOUND, TAG_BYTES, Condition, Header
from cati.sealing import keys

# Under a second, so that what a killed recorder loses stays under it with the delays of device and disk.
CHUNK_MS = 800


class Writer:
    """Writes one recording; every whole chunk is on the disk when `write` returns.

    A file that exists is never touched. When the disk refuses a record, the file is cut back to its last
    whole one and the error is raised; nothing may be written afterwards.

    Args:
        path: where the new file goes; its folder is there.
        public_key: the programme's recording key, `cati.sealing.keys.KEY_BYTES`.
        header: what is known of the recording.

    Raises:
        FileExistsError: there is such a file.
        OSError: the disk refuses it.
    """

    def __init__(self, path: Path, public_key: bytes, header: Header) -> None:
        file_key = AESGCM.generate_key(256)
        self._prefix = os.urandom(container.PREFIX_BYTES)
        self._aead = AESGCM(file_key)
        self._codec = make_codec(header.codec, header.channels, header.sample_rate)
        self._rate = header.sample_rate
        self._chunk_frames = header.sample_rate * CHUNK_MS // 1000
        self._pending = [np.zeros((0, header.channels), np.int16)]
        self._pending_frames = 0
        self._written = 0
        self._records = 0
        self._size = 0
        text = container.header_text(header, self._prefix, keys.seal(file_key, public_key))
        self._digest = hashlib.sha256(text).digest()
        self._file: BinaryIO = open(path, "xb", buffering=0, opener=_private)  # noqa: SIM115
        try:
            self._append(container.file_start(text))
            _sync_folder(path.parent)
            self._record(BINDING, 0, 0, b"")
        except OSError:
            self._file.close()
            raise

    @property
    def frames(self) -> int:
        """Frames taken so far."""
        return self._written + self._pending_frames

    @property
    def size(self) -> int:
        """Bytes on the disk, after `close` too."""
        return self._size

    def write(self, samples: Samples) -> None:
        """Take frames × channels; a chunk that becomes whole is made durable."""
        self._pending.append(samples)
        self._pending_frames += len(samples)
        if self._pending_frames >= self._chunk_frames:
            rest = np.concatenate(self._pending)
            while len(rest) >= self._chunk_frames:
                chunk, rest = np.split(rest, [self._chunk_frames])
                self._sound(chunk, last=False)
            self._pending = [rest]

    def mark(self, kind: str, values: Mapping[str, Any]) -> None:
        """Note something that happened after the last frame taken.

        Args:
            kind: such as ``question``.
            values: what JSON can hold; never a name, a number or an answer.
        """
        self._record(MARKER, self.frames, 0, container.compact_json({**values, "kind": kind}))

    def note(self, condition: Condition) -> None:
        """Write down in the open how the recording went so far."""
        self._record(CONDITION, self.frames, 0, b"", container.compact_json(asdict(condition)))

    def close(self, **summary: Any) -> None:
        """Write what is pending and the end record, with `summary` in it, and close the file."""
        self._sound(np.concatenate(self._pending), last=True)
        self._record(END, self._written, 0, container.compact_json(summary))
        self._file.close()

    def _sound(self, samples: Samples, *, last: bool) -> None:
        self._record(SOUND, self._written, len(samples), self._codec.encode(samples, last=last))
        self._written += len(samples)
        self._pending_frames -= len(samples)

    def _record(self, kind: bytes, first_frame: int, frames: int, secret: bytes, shown: bytes = b"") -> None:
        head = container.record_head(kind, first_frame, frames, len(shown) + len(secret) + TAG_BYTES)
        nonce = container.nonce(self._prefix, self._records, kind)
        sealed = self._aead.encrypt(nonce, secret, self._digest + head + shown)
        self._append(container.with_check_sum(head) + shown + sealed)
        self._records += 1

    def _append(self, data: bytes) -> None:
        whole = self._file.tell()
        try:
            view = memoryview(data)
            while view:
                view = view[self._file.write(view) :]
            os.fsync(self._file.fileno())
        except OSError:
            with self._file:
                self._file.truncate(whole)
            raise
        self._size = whole + len(data)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    # Windows has no handle to a folder that could be synchronised, and needs none.
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
