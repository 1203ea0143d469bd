"""A recording, or a stretch of it, written out for whoever may take it: as WAV or as Ogg with Opus."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cati.audio import sound_files
from cati.audio.container import SUFFIX, damaged
from cati.audio.reader import Reader
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.files.aside import written_aside
from cati.services import recordings
from cati.services.context import Context
from cati.services.recordings import StoredRecording
from cati.station import archive_place
from cati.station import recordings as station
from cati.station.archive_place import ArchivePlace
from cati.station.listening import FETCHED


@dataclass(frozen=True, slots=True)
class Extract:
    """What was written.

    Attributes:
        seconds: its length.
        whole: the recording was ended as it should be.
        lost: what of it is silent because it was damaged, in milliseconds of the recording.
    """

    seconds: float
    whole: bool
    lost: tuple[tuple[int, int], ...] = ()


def extract(
    ctx: Context,
    data_folder: Path,
    prefix: str,
    target: Path,
    *,
    start_ms: int = 0,
    end_ms: int | None = None,
    patched: bool = False,
) -> Extract:
    """Decrypt one recording of this station or its archive, by right and noted in the audit log.

    What was cut off while it was made is written as far as it goes. What was whole once and is not now is
    refused, as what was changed is, unless silence may stand for what is lost.

    Args:
        ctx: of somebody who may listen.
        data_folder: of the station.
        prefix: see `recordings.release`.
        target: the file; ``.ogg`` is written as Ogg, all else as WAV.
        start_ms, end_ms: of the stretch; the beginning and the end by default.
        patched: write silence where it is damaged.

    Raises:
        CatiError: as `recordings.release` and `Reader`; ``stretch_empty``; ``recording_missing`` when its
            file is neither here nor in the archive; ``recording_damaged``; ``file_not_written``.
    """
    found, key = recordings.release(ctx, prefix, "export", start_ms, end_ms)
    with (
        _at_hand(data_folder, found) as file,
        Reader(file, key, found.id) as reader,
    ):
        if found.complete and not (reader.complete or patched):
            raise damaged(file.name)
        salvage = reader.salvage() if patched else None
        length_ms = reader.duration_ms if salvage is None else salvage.duration_ms
        if not 0 <= start_ms < min(length_ms, length_ms if end_ms is None else end_ms):
            raise CatiError(
                "stretch_empty",
                N_("There is no such stretch: the recording plays {seconds} s. Nothing was written."),
                seconds=f"{length_ms / 1000:.1f}",
            )
        sound = reader.stream(start_ms, end_ms)
        if salvage is not None:
            sound = reader.patched(salvage, start_ms, end_ms)
        write = sound_files.write_ogg if target.suffix.lower() == ".ogg" else sound_files.write_wav
        with written_aside(target, private=True) as (aside,):
            frames = write(aside, sound, reader.header.channels, reader.header.sample_rate)
        lost = () if salvage is None else tuple(salvage.lost)
        seconds = frames / reader.header.sample_rate
        return Extract(seconds, reader.complete, lost)


@contextmanager
def _at_hand(data_folder: Path, found: StoredRecording) -> Iterator[Path]:
    """Its file here, for as long as it is needed."""
    here = station.folder(data_folder) / found.file
    if here.is_file():
        yield here
        return
    where = archive_place.address(data_folder)
    target = data_folder / FETCHED / f"{uuid.uuid4()}{SUFFIX}"
    try:
        if where is not None:
            with closing(ArchivePlace(where)) as place:
                place.fetch(found.file, target, lambda _bytes: None)
        if not target.is_file():
            raise CatiError(
                "recording_missing",
                N_(
                    "The file of this recording is not on this station. It was recorded at "
                    "{station}: hear it there, or have it fetched from there."
                ),
                station=found.station,
            )
        yield target
    finally:
        target.unlink(missing_ok=True)
