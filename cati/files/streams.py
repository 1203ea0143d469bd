"""Big tables row by row, so that memory stays flat however many rows there are: .csv and .xlsx."""

from __future__ import annotations

import codecs
import csv
import io
import posixpath
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, TypeAlias
from xml.parsers import expat

from cati.files.csv import ENCODINGS, broken, is_csv, not_text, separator
from cati.files.limits import (
    DAMAGED,
    Limits,
    check_archive,
    not_a_workbook,
    too_large,
    unreadable,
    workbook_of,
)
from cati.files.ole import OLE

_PIECE = 1 << 18
_HEAD = 10_000
_MOST_COLUMNS = 16_384
"""As many as Excel has."""

STREAMED = Limits(packed=1 << 30, unpacked=16 << 30, ratio=1_000, area=1 << 34)
"""What may be read row by row: nothing of it is held, so that only time is lost on a file full of nothing."""

Row: TypeAlias = tuple[int, list[str]]
"""Number of a row, from 1, and its cells."""


@dataclass(slots=True)
class Stream:
    """A file being read.

    Attributes:
        path: of the file.
        sha256: of its bytes, hexadecimal.
        size: how much there is to read, in a unit of its own.
        done: how much of that was read.
        encoding: of a .csv; empty for a workbook.
        content: of a workbook, as it can be read.
    """

    path: Path
    sha256: str
    size: int
    done: int = 0
    encoding: str = ""
    content: Path | io.BytesIO = field(default_factory=io.BytesIO)

    def sheets(self) -> Iterator[tuple[str, Iterator[Row]]]:
        """Each sheet with its rows, which are to be taken before the next sheet is.

        Cells are the texts or numbers that are stored, as they are; a row ends with the last one it has.

        Raises:
            CatiError: ``csv_broken``, ``file_not_workbook``.
        """
        self.done = 0
        if self.encoding:
            yield self.path.stem, self._csv_rows()
            return
        with self._damaged(), zipfile.ZipFile(self.content) as archive:
            shared = _shared_strings(archive)
            for name, member in _sheet_names(archive):
                yield name, self._sheet_rows(archive, member, shared)

    def _csv_rows(self) -> Iterator[Row]:
        with self.path.open(encoding=self.encoding, newline="") as file:
            head = file.read(_HEAD)
            # What is cut off by the end of the head would look like a row of its own.
            parted_by = separator(head[: head.rfind("\n") + 1] or head)
        with self.path.open("rb") as raw:
            text = io.TextIOWrapper(raw, self.encoding, newline="")
            reader = csv.reader(text, delimiter=parted_by, strict=True)
            try:
                for number, row in enumerate(reader, 1):
                    if not number % 1000:
                        self.done = raw.tell()
                    yield number, row
            except csv.Error as error:
                raise broken(self.path, reader.line_num) from error
        self.done = self.size

    def _sheet_rows(self, archive: zipfile.ZipFile, member: str, shared: Sequence[str]) -> Iterator[Row]:
        with self._damaged(), archive.open(member) as sheet:
            reader = _SheetReader(shared)
            while piece := sheet.read(_PIECE):
                self.done += len(piece)
                yield from reader.feed(piece)
            yield from reader.feed(b"", last=True)

    @contextmanager
    def _damaged(self) -> Iterator[None]:
        try:
            yield
        except (*DAMAGED, expat.ExpatError, LookupError):
            raise not_a_workbook(self.path) from None


def open_stream(path: Path, limits: Limits = STREAMED, passwords: Sequence[str] = ()) -> Stream:
    """Look at a file that is to be read row by row.

    Args:
        path: .csv (UTF-8 or GB 18030) or .xlsx.
        limits: what it may hold; a .csv is as large as an unpacked workbook at most.
        passwords: are tried if it is protected; a protected workbook is unlocked in memory.

    Raises:
        CatiError: ``file_unreadable``, ``file_too_large``, ``file_not_text``, ``file_not_workbook``,
            ``cell_far_away``, and what `workbook_of` refuses.
    """
    try:
        size = path.stat().st_size
        if size > (limits.unpacked if is_csv(path) else limits.packed):
            raise too_large(path)
        with path.open("rb") as file:
            if is_csv(path):
                return _open_csv(path, size, file)
            return _open_workbook(path, size, file, limits, passwords)
    except OSError as error:
        raise unreadable(path, error) from error


def _open_csv(path: Path, size: int, file: IO[bytes]) -> Stream:
    digest = sha256()
    decoders = {name: codecs.getincrementaldecoder(name)() for name in ENCODINGS}
    while piece := file.read(_PIECE):
        digest.update(piece)
        decoders = {n: one for n, one in decoders.items() if _decodes(one, piece)}
    fitting = [name for name, one in decoders.items() if _decodes(one, b"", last=True)]
    if not fitting:
        raise not_text(path)
    return Stream(path, digest.hexdigest(), size, encoding=fitting[0])


def _decodes(decoder: codecs.IncrementalDecoder, piece: bytes, *, last: bool = False) -> bool:
    try:
        return "\0" not in decoder.decode(piece, last)
    except UnicodeDecodeError:
        return False


def _open_workbook(
    path: Path, size: int, file: IO[bytes], limits: Limits, passwords: Sequence[str]
) -> Stream:
    digest = sha256()
    begin = file.read(len(OLE))
    file.seek(0)
    while piece := file.read(_PIECE):
        digest.update(piece)
    content: Path | io.BytesIO = path
    if begin == OLE:
        content = io.BytesIO(workbook_of(path, path.read_bytes(), limits, passwords))
    try:
        with zipfile.ZipFile(content) as archive:
            check_archive(path, archive, size, limits)
            known = [archive.getinfo(member).file_size for _name, member in _sheet_names(archive)]
    except (*DAMAGED, expat.ExpatError, LookupError, StopIteration):
        raise not_a_workbook(path) from None
    return Stream(path, digest.hexdigest(), sum(known), content=content)


def _sheet_names(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Name and place in the archive of each sheet of cells, in the order of the workbook."""
    named: list[tuple[str, str]] = []
    targets: dict[str, str] = {}

    def of_book(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(" ")[2] == "sheet":
            # Its namespace is one of two, as the workbook was written.
            key = next(value for name, value in attributes.items() if name.endswith(" id"))
            named.append((attributes["name"], key))

    def of_relations(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(" ")[2] == "Relationship" and attributes["Type"].endswith("/worksheet"):
            targets[attributes["Id"]] = posixpath.normpath(
                posixpath.join("/xl", attributes["Target"])
            ).lstrip("/")

    for member, handler in (("xl/workbook.xml", of_book), ("xl/_rels/workbook.xml.rels", of_relations)):
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = handler
        parser.Parse(archive.read(member), True)
    return [(name, targets[key]) for name, key in named if key in targets]


def _shared_strings(archive: zipfile.ZipFile) -> list[str]:
    """The texts that cells refer to by number."""
    name = "xl/sharedStrings.xml"
    if name not in archive.namelist():
        return []
    reader = _TextReader()
    with archive.open(name) as file:
        while piece := file.read(_PIECE):
            reader.parser.Parse(piece, False)
    reader.parser.Parse(b"", True)
    return reader.texts


class _TextReader:
    """Collects texts; how they are to be pronounced is no part of them."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._aloud = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _start(self, tag: str, _attributes: object) -> None:
        tag = tag.rpartition(" ")[2]
        if tag == "si":
            self._parts = []
        elif tag == "rPh":
            self._aloud += 1
        elif tag == "t" and not self._aloud:
            self.parser.CharacterDataHandler = self._parts.append

    def _end(self, tag: str) -> None:
        tag = tag.rpartition(" ")[2]
        if tag == "si":
            self.texts.append("".join(self._parts))
        elif tag == "rPh":
            self._aloud -= 1
        elif tag == "t":
            self.parser.CharacterDataHandler = None


class _SheetReader:
    """Turns the text of a sheet, piece by piece, into rows.

    Args:
        shared: texts that cells refer to by number.
    """

    def __init__(self, shared: Sequence[str]) -> None:
        self._shared = shared
        self._rows: list[Row] = []
        self._row: list[str] = []
        self._number = 0
        self._at = -1
        self._kind = ""
        self._aloud = 0
        self._parts: list[str] = []
        self._columns: dict[str, int] = {}
        self._tags: dict[str, str] = {}
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def feed(self, piece: bytes, *, last: bool = False) -> list[Row]:
        """The rows that a piece completes."""
        self._parser.Parse(piece, last)
        rows, self._rows = self._rows, []
        return rows

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        known = self._tags.get(tag)
        if known is None:
            known = self._tags[tag] = tag.rpartition(" ")[2]
        if known == "c":
            place = attributes.get("r")
            self._at = self._at + 1 if place is None else self._column(place)
            self._kind = attributes.get("t", "")
            self._parts = []
        elif known in ("v", "t"):
            if not self._aloud:
                self._parser.CharacterDataHandler = self._parts.append
        elif known == "row":
            stated = attributes.get("r")
            self._number = self._number + 1 if stated is None else int(stated)
            self._row, self._at = [], -1
        elif known == "rPh":
            self._aloud += 1

    def _end(self, tag: str) -> None:
        known = self._tags[tag]
        if known == "c":
            if self._parts:
                self._put("".join(self._parts))
        elif known in ("v", "t"):
            self._parser.CharacterDataHandler = None
        elif known == "row":
            self._rows.append((self._number, self._row))
        elif known == "rPh":
            self._aloud -= 1

    def _put(self, text: str) -> None:
        row, at = self._row, self._at
        if self._kind == "s":
            text = self._shared[int(text)]
        if len(row) < at:
            row.extend([""] * (at - len(row)))
        if len(row) == at:
            row.append(text)
        else:
            row[at] = text

    def _column(self, place: str) -> int:
        letters = place.rstrip("0123456789")
        at = self._columns.get(letters)
        if at is None:
            number = 0
            for letter in letters:
                number = number * 26 + ord(letter) - 64
            if number > _MOST_COLUMNS:
                raise ValueError(place)
            at = self._columns[letters] = number - 1
        return at
