"""Scrubs recordings, in an archive or a station's folder: whether each is there and as it was recorded.

Without the recording key a file's heads, its end, its hash and its size are looked at; with the key every
record of it is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from cati.audio.container import SUFFIX, outline_of
from cati.audio.reader import Reader
from cati.base.errors import CatiError
from cati.domain.recordings import Defect
from cati.services import recordings
from cati.services.context import Context
from cati.services.recordings import Known
from cati.station.archive_place import PARTIAL, Address, ArchivePlace

_IN_MEMORY = 32 << 20


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file.

    Attributes:
        file: path below the place.
        lost: what cannot be heard, in milliseconds; empty where that is not known.
    """

    file: str
    defect: Defect
    lost: tuple[tuple[int, int], ...] = ()


@dataclass(slots=True)
class Scrub:
    """What was found.

    Attributes:
        place: what was scrubbed.
        files, size: recordings that were read, and their bytes.
        opened: how many of them were opened with their key, all of their sound.
        faults: what is wrong, by file.
    """

    place: str
    files: int = 0
    size: int = 0
    opened: int = 0
    faults: list[Fault] = field(default_factory=list)


def scrub(ctx: Context, where: Address, tell: Callable[[int, int], None], *, station: bool = False) -> Scrub:
    """Read every recording below a place; nothing is changed there.

    Args:
        ctx: of somebody who may listen.
        where: the place.
        tell: gets files done and files in all; may raise to stop.
        station: it is this station's own folder: what is not archived has to be there, and what is being
            recorded may be.

    Raises:
        CatiError: ``not_allowed``, ``archive_away``.
    """
    known, keys = recordings.to_verify(ctx)
    with closing(ArchivePlace(where)) as place:
        found = Scrub(place.name)
        names = place.names()
        by_file = {one.kept.file: one for one in known}
        for number, name in enumerate(names):
            tell(number, len(names))
            one = by_file.get(name)
            if station and one is not None and not one.kept.ended:
                continue
            fault = _foreign(name, one) or _read(place, name, one, keys, found)
            found.faults += [] if fault is None else [fault]
    expected = _expected(known, found.place, ctx.actor.station if station else None)
    found.faults += [Fault(name, Defect.MISSING) for name in sorted(expected - set(names))]
    recordings.note_verified(ctx, found.place, files=found.files, faults=len(found.faults))
    return found


def _expected(known: Sequence[Known], place: str, station: str | None) -> set[str]:
    """The files that have to be there."""
    if station is not None:
        return {
            one.kept.file
            for one in known
            if one.kept.station == station and one.kept.ended and one.kept.size and one.kept.place is None
        }
    here = {one.kept.file for one in known if one.kept.place == place}
    # The same archive may be reached by another name, such as a share's.
    return here or {one.kept.file for one in known if one.kept.place is not None}


def _foreign(name: str, one: Known | None) -> Fault | None:
    if name.endswith(PARTIAL):
        return Fault(name, Defect.PARTIAL)
    return Fault(name, Defect.FOREIGN) if one is None or not name.endswith(SUFFIX) else None


def _read(
    place: ArchivePlace, name: str, one: Known | None, keys: Mapping[int, bytes], found: Scrub
) -> Fault | None:
    assert one is not None
    blocks = place.blocks(name)
    if blocks is None:
        return Fault(name, Defect.MISSING)
    with SpooledTemporaryFile(_IN_MEMORY) as spool:
        file, digest, size = cast(BinaryIO, spool), sha256(), 0
        for block in blocks:
            file.write(block)
            digest.update(block)
            size += len(block)
        found.files, found.size = found.files + 1, found.size + size
        fault = examined(file, one, keys.get(one.programme_id))
        found.opened += one.programme_id in keys
    kept = one.kept
    other = kept.sha256 not in (None, digest.hexdigest()) or kept.size not in (None, size)
    return fault or (Fault(name, Defect.CHANGED) if other else None)


def examined(file: BinaryIO, one: Known, key: bytes | None) -> Fault | None:
    """What is wrong with a recording itself; None for nothing.

    Args:
        file: its content.
        one: what is known of it.
        key: private half of its programme's recording key; None looks at what stands in the open.
    """
    name = one.kept.file
    try:
        file.seek(0)
        seen = outline_of(file, name)
        if seen.header.recording_id != one.kept.id:
            return Fault(name, Defect.EXCHANGED)
        if one.kept.complete and not seen.complete:
            return Fault(name, Defect.DAMAGED, (_lost(file, one, key) if key is not None else None) or ())
        if key is None:
            return None
        lost = _lost(file, one, key)
    except CatiError as refused:
        return Fault(name, _DEFECTS.get(refused.code, Defect.DAMAGED))
    return Fault(name, Defect.DAMAGED, lost) if lost is not None else None


def _lost(file: BinaryIO, one: Known, key: bytes) -> tuple[tuple[int, int], ...] | None:
    """What cannot be heard of a file; None when every record of it is as it was written."""
    file.seek(0)
    reader = Reader(Path(PurePosixPath(one.kept.file).name), key, one.kept.id, file=file)
    salvage = reader.salvage()
    whole = not reader.damaged and not salvage.lost and (reader.complete or not one.kept.complete)
    return None if whole else tuple(salvage.lost)


_DEFECTS = {
    "recording_newer": Defect.NEWER,
    "recording_key_wrong": Defect.KEY,
    "recording_other": Defect.EXCHANGED,
}
