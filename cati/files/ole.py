"""The container an .xls file lies in ([MS-CFB]): what is wanted of it is taken out and put into a sound one.

The reader of workbooks takes a container at its word, and one that is damaged makes it ask for gigabytes or
fail in ways that cannot be caught. Laid out anew, no length and no chain in it can be wrong.
"""

from __future__ import annotations

import io
import struct

OLE = bytes.fromhex("D0CF11E0A1B11AE1")
"""How every such file begins."""

_STREAMS = ("Workbook", "Book")
_SECTOR = 4096
_ENTRIES = _SECTOR // 4
_NONE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_FATS_IN_HEAD = 109
_ROOT, _STREAM = 5, 2
_CELLS = frozenset({0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x0207, 0x027E})
"""Records that begin with a row and a column ([MS-XLS] 2.3.2); blank ones as well."""


def workbook_stream(content: bytes) -> tuple[str, bytes] | None:
    """Name and bytes of the stream with the workbook; None where there is none, or it cannot be read."""
    # Late, because few lists are .xls.
    from olefile import OleFileIO
    from olefile.olefile import OleFileError

    try:
        with OleFileIO(io.BytesIO(content)) as ole:
            name = next((name for name in _STREAMS if ole.exists(name)), None)
            return None if name is None else (name, ole.openstream(name).read())
    except (OleFileError, OSError, struct.error, AttributeError, IndexError, TypeError, ValueError):
        return None


def sound_container(name: str, stream: bytes) -> bytes | None:
    """A container with one stream and nothing else; None for one of more than some 400 megabytes.

    Args:
        name: of the stream.
        stream: its bytes; a short one is filled up with zeros, as streams in sectors of their own are.
    """
    stream = stream.ljust(_SECTOR, b"\0")
    sectors = -(-len(stream) // _SECTOR)
    fats = 1
    while fats * _ENTRIES < fats + 2 + sectors:
        fats += 1
    if fats > _FATS_IN_HEAD:
        return None
    # First the tables, then the directory, a sector for short streams, of which there are none but which the
    # reader wants to see, and then the stream.
    first = fats + 2
    chain = [_FAT] * fats + [_END, _END] + list(range(first + 1, first + sectors)) + [_END]
    chain += [_NONE] * (fats * _ENTRIES - len(chain))
    head = OLE + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 4, 0xFFFE, 12, 6)
    head += struct.pack("<IIIIIIIII", 1, fats, fats, 0, 4096, _END, 0, _END, 0)
    places = [*range(fats), *[_NONE] * (_FATS_IN_HEAD - fats)]
    head += struct.pack(f"<{_FATS_IN_HEAD}I", *places)
    directory = _entry("Root Entry", _ROOT, 1, fats + 1, 64) + _entry(
        name, _STREAM, _NONE, first, len(stream)
    )
    directory += _entry("", 0, _NONE, 0, 0) * (_SECTOR // 128 - 2)
    body = bytes(_SECTOR) + stream.ljust(sectors * _SECTOR, b"\0")
    return head.ljust(_SECTOR, b"\0") + struct.pack(f"<{len(chain)}I", *chain) + directory + body


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    length = len(text) + 2 if name else 0
    links = struct.pack("<HBBIII", length, kind, 1, _NONE, _NONE, child)
    return text.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)


def outermost(stream: bytes) -> tuple[int, int]:
    """The last row and the last column with a cell in any sheet of a workbook, from 1; 0 for none."""
    row = column = at = 0
    while at + 8 <= len(stream):
        number, size = struct.unpack_from("<HH", stream, at)
        if number in _CELLS and size >= 4:
            cell = struct.unpack_from("<HH", stream, at + 4)
            row, column = max(row, cell[0] + 1), max(column, cell[1] + 1)
        at += 4 + size
    return row, column
