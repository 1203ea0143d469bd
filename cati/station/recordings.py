"""The recordings folder of a station, and what a stopped station left in it."""

from __future__ import annotations

import shutil
from pathlib import Path

from cati.audio.container import outline
from cati.base.errors import CatiError
from cati.domain.ports import RecordingSummary
from cati.services import recordings
from cati.services.context import Context

FOLDER = "recordings"


def folder(data_folder: Path) -> Path:
    """Where this station keeps its recordings."""
    return data_folder / FOLDER


def free_bytes(where: Path) -> int:
    """Space left on the disk of a folder, which need not be there yet."""
    there = next(folder for folder in (where, *where.absolute().parents) if folder.is_dir())
    return shutil.disk_usage(there).free


def note_left_behind(ctx: Context, where: Path) -> int:
    """Note what became of files a stopped station left open; gives how many there were.

    A file keeps everything up to its last whole second; without an end it stays marked as incomplete. What
    the recorder noted in it tells whether it is silent or has gaps.

    Args:
        where: the recordings folder.
    """
    found = recordings.unfinished(ctx)
    for recording in found:
        recordings.finish(ctx, _what_is_left(recording.id, where / recording.file))
    return len(found)


def _what_is_left(recording_id: str, file: Path) -> RecordingSummary:
    try:
        left = outline(file)
    except FileNotFoundError:
        return RecordingSummary(recording_id, None, 0, 0, 0, False, False, "missing")
    except CatiError:
        return RecordingSummary(recording_id, file, 0, 0, file.stat().st_size, False, False, "damaged")
    condition = left.condition
    silent = condition is not None and not condition.heard
    problem = condition.problem if condition else None
    if condition and condition.lost_frames:
        problem = problem or "frames_lost"
    if not left.complete and not silent:
        problem = problem or "cut_off"
    return RecordingSummary(
        recording_id=recording_id,
        path=file,
        duration_ms=left.duration_ms,
        channels=left.header.channels,
        size=left.size,
        complete=left.complete,
        silent=silent,
        problem=problem,
    )
