"""The recording file: encrypted, safe against crashes, seekable, closed to the station that wrote it.

Layout, integers little-endian::

    MAGIC | u32 size of header | header, JSON in UTF-8 | records
    record = u32 size of sealed | u8 type | u64 first frame | u32 frames | u32 CRC-32 of these | sealed

Types: ``H`` empty, first, proves the header; ``A`` a chunk of sound; ``M`` a marker (JSON); ``C`` the
recording's condition so far (JSON in the open, followed by the tag that proves it); ``E`` the end (JSON),
after which nothing follows.
Each record is sealed with AES-256-GCM. Its nonce is a random prefix of the file, the number of the record
and whether it is the end; SHA-256 of the header and the record's own head are bound in. So no record can
be changed, moved, left out or put into another file unseen. The CRC tells a damaged head from a cut end.
The file key is sealed to the programme's recording key: whoever writes a file cannot read it back.
"""

from __future__ import annotations

import base64
import json
import os
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from cati.audio.codec import SAMPLE_RATE, make_codec
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_

MAGIC = b"CATIREC\n"
VERSION = 2
SUFFIX = ".crec"
BINDING, SOUND, MARKER, CONDITION, END = b"H", b"A", b"M", b"C", b"E"
_LATER = (SOUND, MARKER, CONDITION, END)
PREFIX_BYTES = 7
TAG_BYTES = 16

_HEADER_SIZE = struct.Struct("<I")
_HEADER_LIMIT = 65_536
_HEAD = struct.Struct("<IcQI")
_CRC = struct.Struct("<I")
_HEAD_BYTES = _HEAD.size + _CRC.size
_NUMBER = struct.Struct(">I")
_KINDS = re.compile(rb"[AMCE]")
_KIND_AT = 4


@dataclass(frozen=True)
class Header:
    """What a recording says about itself in the open: no name, no number, no answer.

    Attributes:
        sample_rate: frames a second.
        channels: 1 (operator) or 2 (operator, respondent).
        codec: one of `cati.audio.codec.CODECS`.
        devices: what the channels were taken from, as the system calls it.
    """

    recording_id: str
    attempt_id: str
    started_at: datetime
    sample_rate: int = SAMPLE_RATE
    channels: int = 1
    codec: str = "opus"
    devices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """How a recording went so far; it stands in the file in the open, so that its station knows it too.

    Attributes:
        heard: there was more than silence.
        lost_frames: how many frames are silence put where sound was lost.
        problem: code of the first thing that went wrong, None if nothing did.
    """

    heard: bool = False
    lost_frames: int = 0
    problem: str | None = None


@dataclass(frozen=True)
class Outline:
    """What can be told of a file without its key; nothing in it is proven.

    Attributes:
        complete: the end record is there.
        markers: how many markers it holds.
        size: bytes of the file.
        condition: the last one noted; None in files of earlier versions.
    """

    header: Header
    frames: int
    markers: int
    complete: bool
    size: int
    condition: Condition | None = None

    @property
    def duration_ms(self) -> int:
        """How long it plays."""
        return self.frames * 1000 // self.header.sample_rate


@dataclass(frozen=True)
class Record:
    """Where a record lies in its file.

    Attributes:
        number: 0, 1, 2 … in the file.
        kind: `BINDING`, `SOUND`, `MARKER` or `END`.
        place: where its sealed bytes begin.
        size: how many there are.
        head: the bytes of its head that are bound into the seal.
    """

    number: int
    kind: bytes
    first_frame: int
    frames: int
    place: int
    size: int
    head: bytes


def file_start(header: bytes) -> bytes:
    """What a file begins with, up to its first record."""
    return MAGIC + _HEADER_SIZE.pack(len(header)) + header


def record_head(kind: bytes, first_frame: int, frames: int, size: int) -> bytes:
    """A record's head without its check sum.

    Args:
        kind: `BINDING`, `SOUND`, `MARKER` or `END`.
        first_frame: where it begins, in frames from the first one.
        frames: how many it holds.
        size: bytes of what is sealed.
    """
    return _HEAD.pack(size, kind, first_frame, frames)


def with_check_sum(head: bytes) -> bytes:
    """A record's head as it stands in the file."""
    return head + _CRC.pack(zlib.crc32(head))


def nonce(prefix: bytes, number: int, kind: bytes) -> bytes:
    """The nonce of a record: the file's prefix, the record's number, whether it is the end."""
    return prefix + _NUMBER.pack(number) + (b"\x01" if kind == END else b"\x00")


def outline(path: Path) -> Outline:
    """What a file is, for a station that cannot open it.

    Raises:
        CatiError: ``recording_damaged`` or ``recording_newer`` when not even its header can be read.
    """
    with path.open("rb") as file:
        return outline_of(file, path.name)


def outline_of(file: BinaryIO, name: str) -> Outline:
    """As `outline`, of a file that is open."""
    header, _, _ = parse_header(read_header(file, name), name)
    records, broken = index(file)
    notes = [record for record in records if record.kind == CONDITION]
    condition = _condition(file, notes[-1], name) if notes else None
    size = file.seek(0, os.SEEK_END)
    frames = sum(record.frames for record in records)
    markers = sum(record.kind == MARKER for record in records)
    ended = bool(records) and records[-1].kind == END
    return Outline(header, frames, markers, ended and not broken, size, condition)


def _condition(file: BinaryIO, record: Record, name: str) -> Condition:
    file.seek(record.place)
    try:
        return Condition(**json.loads(file.read(record.size)[:-TAG_BYTES]))
    except (ValueError, TypeError):
        raise damaged(name) from None


def index(file: BinaryIO) -> tuple[list[Record], bool]:
    """The whole records from here on, and whether what follows them is damaged rather than cut off."""
    return _chain(file, file.tell(), 0)


def beyond(file: BinaryIO, records: list[Record], place: int) -> Iterator[tuple[list[Record], int]]:
    """What is whole behind places that are not: runs of records, and how many may be lost before each.

    How many records are lost nobody knows without the key, so their numbers are the least there can be.

    Args:
        file: the recording.
        records: what `index` found.
        place: where its first record begins.
    """
    size = file.seek(0, os.SEEK_END)
    at = records[-1].place + records[-1].size if records else place
    number = len(records)
    file.seek(0)
    data = file.read()
    for kind in _KINDS.finditer(data, at + 1 + _KIND_AT):
        start = kind.start() - _KIND_AT
        if start < at or not _is_head(data[start : start + _HEAD_BYTES]):
            continue
        run, _broken = _chain(file, start, number)
        if run:
            yield run, (start - at) // (_HEAD_BYTES + TAG_BYTES)
            at, number = run[-1].place + run[-1].size, run[-1].number + 1
        if at >= size:
            return


def _is_head(raw: bytes) -> bool:
    return len(raw) == _HEAD_BYTES and _CRC.unpack(raw[_HEAD.size :]) == (zlib.crc32(raw[: _HEAD.size]),)


def _chain(file: BinaryIO, place: int, first: int) -> tuple[list[Record], bool]:
    """The records from a place on that follow each other, the first with this number."""
    records: list[Record] = []
    size = file.seek(0, os.SEEK_END)
    while place < size:
        file.seek(place)
        raw = file.read(_HEAD_BYTES)
        if len(raw) < _HEAD_BYTES:
            return records, False
        head = raw[: _HEAD.size]
        if not _is_head(raw):
            # A power cut can leave a tail of zeros.
            return records, any(raw) or _holds_data(file)
        length, kind, first_frame, frames = _HEAD.unpack(head)
        if place + _HEAD_BYTES + length > size:
            return records, False
        number = first + len(records)
        if kind not in (_LATER if number else (BINDING,)) or (records and records[-1].kind == END):
            return records, True
        records.append(Record(number, kind, first_frame, frames, place + _HEAD_BYTES, length, head))
        place += _HEAD_BYTES + length
    return records, False


def _holds_data(file: BinaryIO) -> bool:
    while block := file.read(65_536):
        if any(block):
            return True
    return False


def header_text(header: Header, prefix: bytes, sealed_key: bytes) -> bytes:
    """The header as JSON, with the nonces' prefix and the sealed file key."""
    return compact_json(
        {
            "version": VERSION,
            **asdict(header),
            "started_at": header.started_at.isoformat(),
            "nonce_prefix": prefix.hex(),
            "file_key": base64.b64encode(sealed_key).decode(),
        }
    )


def read_header(file: BinaryIO, name: str) -> bytes:
    """The header's bytes; leaves `file` at the first record.

    Raises:
        CatiError: ``recording_damaged``.
    """
    start = file.read(len(MAGIC) + _HEADER_SIZE.size)
    if len(start) < len(MAGIC) + _HEADER_SIZE.size or not start.startswith(MAGIC):
        raise damaged(name)
    (size,) = _HEADER_SIZE.unpack(start[len(MAGIC) :])
    text = file.read(min(size, _HEADER_LIMIT))
    if len(text) != size:
        raise damaged(name)
    return text


def parse_header(text: bytes, name: str) -> tuple[Header, bytes, bytes]:
    """The header, the nonces' prefix and the sealed file key.

    Raises:
        CatiError: ``recording_damaged`` or ``recording_newer``.
    """
    try:
        values = json.loads(text)
        if values["version"] > VERSION:
            raise CatiError(
                "recording_newer",
                N_(
                    "The recording {file} was made by a newer version of the program. It was "
                    "left as it is. Update this program to play it."
                ),
                file=name,
            )
        header = Header(
            recording_id=values["recording_id"],
            attempt_id=values["attempt_id"],
            started_at=datetime.fromisoformat(values["started_at"]),
            sample_rate=values["sample_rate"],
            channels=values["channels"],
            codec=values["codec"],
            devices=tuple(values["devices"]),
        )
        make_codec(header.codec, header.channels, header.sample_rate)
        return header, bytes.fromhex(values["nonce_prefix"]), base64.b64decode(values["file_key"])
    except (ValueError, KeyError, TypeError):
        raise damaged(name) from None


def compact_json(values: Mapping[str, Any]) -> bytes:
    """`values` as JSON in UTF-8 without blanks."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def damaged(name: str) -> CatiError:
    """The refusal of a file that is not as it was written."""
    return CatiError(
        "recording_damaged",
        N_(
            "The recording {file} was changed or damaged after it was made. What comes before that place "
            "plays. Fetch it again from the station or from a backup."
        ),
        file=name,
    )
